"""Random views of pictures.

The parameters of views are drawn on the CPU, as on the page, and applied on the training
device to the whole batch.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from .random import VIEWS, Generator, generator, uniform
from .settings import TABLE

# Largest deviation of a crop's width-to-height ratio from 1, as a factor.
MAX_ASPECT = np.float32(4 / 3)

# Luma weights of red, green and blue (ITU-R BT.601).
LUMA = np.float32([0.299, 0.587, 0.114])

TO_YIQ = np.float32([LUMA, [0.595716, -0.274453, -0.321263], [0.211456, -0.522591, 0.311135]])
FROM_YIQ = np.float32([[1.0, 0.9563, 0.621], [1.0, -0.2721, -0.6474], [1.0, -1.107, 1.7046]])

# Number of standard deviations at which the kernel of a blur is truncated.
REACH = 3.0

# Colour of a cutout.
GREY = 0.5

# Number of random numbers for one view.
DRAWS = 27


@dataclass
class Views:
    """Augmentations of some views, one row each."""

    # Maps a place in the view to the place in the picture, both in -1 … 1: [n, 2, 3].
    affine: np.ndarray
    # Colours are the matrix, [n, 3, 3], times red, green and blue, plus the offset, [n, 3].
    matrix: np.ndarray
    offset: np.ndarray
    # Standard deviation of the blur as a share of the side, [n].
    blur: np.ndarray
    # Standard deviation of the noise, and its seed, [n].
    noise: np.ndarray
    seeds: np.ndarray
    # Centre, [n, 2], and half the side of the covered square in -1 … 1, [n].
    centre: np.ndarray
    half: np.ndarray


def draw(settings, step, views):
    """Returns the augmentations of a range of a step's views."""
    count = len(views)
    random = generator(settings.seed, VIEWS, step).skip(views.start * DRAWS)
    columns = iter(random.words(count * DRAWS).reshape(count, DRAWS).T)

    def applies(operation):
        chance = uniform(next(columns), 0, 1)
        return chance < np.float32(operation.probability) if operation.on else np.zeros(count, bool)

    def strength(operation):
        return np.where(applies(operation), np.float32(operation.strength), np.float32(0))

    def share():
        return uniform(next(columns), 0, 1)

    def signed():
        return uniform(next(columns), -1, 1)

    affine = draw_affine(settings, strength, applies, share, signed)
    matrix, offset = draw_colour(settings, strength, signed)
    blur = strength(settings.blur) * np.float32(TABLE["max_blur"]) * share()
    noise = strength(settings.noise) * np.float32(TABLE["max_noise"]) * share()
    seeds = next(columns).copy()
    half = strength(settings.cutout)
    centre = np.stack([signed(), signed()], 1)
    return Views(affine, matrix, offset, blur, noise, seeds, centre, half)


def draw_affine(settings, strength, applies, share, signed):
    """Draws crop, flips and rotation."""
    one = np.float32(1)
    crop = strength(settings.crop)
    area = one - crop * share()
    aspect = MAX_ASPECT ** signed()
    aspect = np.where(crop > 0, np.sqrt(aspect), one)
    width = np.minimum(np.sqrt(area) * aspect, one)
    height = np.minimum(np.sqrt(area) / aspect, one)
    x, y = (one - width) * signed(), (one - height) * signed()
    across = np.where(applies(settings.flip), -one, one)
    down = np.where(applies(settings.vertical_flip), -one, one)
    angle = strength(settings.rotation) * np.float32(np.pi) * signed()
    sin, cos = np.sin(angle), np.cos(angle)
    rows = [[cos * width * across, -sin * height * down, x], [sin * width * across, cos * height * down, y]]
    return np.stack([np.stack(row, 1) for row in rows], 1)


def draw_colour(settings, strength, signed):
    """Draws the colour operations, and combines them into one matrix and offset for each view."""
    jitter = np.float32(TABLE["max_jitter"])

    def factor(operation):
        return 1 + jitter * strength(operation) * signed()

    brightness, contrast, saturation = map(factor, (settings.brightness, settings.contrast, settings.saturation))
    hue = np.float32(np.pi) * strength(settings.hue) * signed()
    invert, grayscale = strength(settings.invert), strength(settings.grayscale)
    identity = np.broadcast_to(np.eye(3, dtype=np.float32), (len(hue), 3, 3))

    def blended(share, toward):
        share = share[:, None, None]
        return share * identity + (1 - share) * toward

    matrix = brightness[:, None, None] * identity
    offset = np.zeros((len(hue), 3), np.float32)

    def then(next_matrix, next_offset):
        moved = (next_matrix @ offset[..., None])[..., 0] + next_offset[:, None]
        return next_matrix @ matrix, moved

    none = np.zeros(len(hue), np.float32)
    matrix, offset = then(contrast[:, None, None] * identity, (1 - contrast) * np.float32(0.5))
    matrix, offset = then(blended(saturation, LUMA), none)
    sin, cos = np.sin(hue), np.cos(hue)
    turn = np.zeros((len(hue), 3, 3), np.float32)
    turn[:, 0, 0] = 1
    turn[:, 1, 1], turn[:, 1, 2], turn[:, 2, 1], turn[:, 2, 2] = cos, -sin, sin, cos
    matrix, offset = then(FROM_YIQ @ turn @ TO_YIQ, none)
    matrix, offset = then((1 - 2 * invert)[:, None, None] * identity, invert)
    return then(blended(1 - grayscale, LUMA), none)


def render(pictures, views, exact=None):
    """Renders one view of every picture, [n, 3, side, side], values in 0 … 1.

    It interpolates between pixels, mirrors beyond the edges and clamps values. Noise has exactly
    the page's values if `exact`, which is the default on the CPU; on other devices it is drawn
    there, with the same distribution.
    """
    device = pictures.device
    with torch.no_grad():
        grid = functional.affine_grid(to(views.affine, device), pictures.shape, align_corners=False)
        result = functional.grid_sample(
            pictures, grid, mode="bilinear", padding_mode="reflection", align_corners=False
        )
        result = torch.einsum("nij,njhw->nihw", to(views.matrix, device), result)
        result = (result + to(views.offset, device)[:, :, None, None]).clamp(0, 1)
        if views.blur.any():
            result = blurred(result, to(views.blur, device))
        if views.noise.any():
            exact = device.type == "cpu" if exact is None else exact
            result = (result + (page_noise if exact else device_noise)(result, views)).clamp(0, 1)
        if views.half.any():
            result = covered(result, to(views.centre, device), to(views.half, device))
    return result


def to(values, device):
    return torch.from_numpy(np.ascontiguousarray(values, np.float32)).to(device, non_blocking=True)


def blurred(pictures, deviations):
    """Blurs by products with a band matrix from both sides."""
    side = pictures.shape[-1]
    deviations = deviations[:, None] * side
    reach = (REACH * deviations).floor().clamp(max=side)
    most = int(reach.max())
    distances = torch.arange(-most, most + 1, device=pictures.device)
    weights = torch.exp(-0.5 * (distances / deviations.clamp(min=1e-12)) ** 2) * (distances.abs() <= reach)
    weights = weights / weights.sum(1, keepdim=True)
    # Where each distance leads from each row, mirrored at both ends.
    at = (torch.arange(side, device=pictures.device)[:, None] + distances) % (2 * side)
    at = torch.minimum(at, 2 * side - 1 - at)
    bands = torch.einsum("nd,rdc->nrc", weights, functional.one_hot(at, side).to(weights.dtype))[:, None]
    return bands @ pictures @ bands.transpose(2, 3)


def page_noise(pictures, views):
    """Returns the page's noise: row by row, pixel by pixel, red, green and blue."""
    count, channels, side, _ = pictures.shape
    noise = np.zeros((count, side, side, channels), np.float32)
    for place in np.flatnonzero(views.noise):
        values = Generator(int(views.seeds[place])).normal(side * side * channels).astype(np.float32)
        noise[place] = (values * views.noise[place]).reshape(side, side, channels)
    return to(noise.transpose(0, 3, 1, 2), pictures.device)


def device_noise(pictures, views):
    """Returns noise drawn on the device, reproducible from the views."""
    random = torch.Generator(pictures.device).manual_seed(int(views.seeds[0]) >> 1)
    noise = torch.randn(pictures.shape, generator=random, device=pictures.device)
    return noise * to(views.noise, pictures.device)[:, None, None, None]


def covered(pictures, centre, half):
    side = pictures.shape[-1]
    at = (2 * torch.arange(side, device=pictures.device) + 1) / side - 1
    within = (at[None, None] - centre[:, :, None]).abs() < half[:, None, None]
    square = (within[:, 0, None, :] & within[:, 1, :, None])[:, None]
    return torch.where(square, torch.full_like(pictures, GREY), pictures)
