"""The losses of a batch, each process computing those of its own anchors against all views.

Rows `i` and `i + n` of a batch of `n` pairs are the views of one picture.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from .random import NEGATIVES, generator
from .settings import FIELDS

# Lower bound of a projection's squared length.
LEAST_SQUARE = 1e-12

# Ranks negatives no farther than the positive below all that are farther.
LAST_RESORT = 10.0


class LogitScale(nn.Module):
    """Temperature and bias that turn similarities into logits."""

    def __init__(self, settings):
        super().__init__()
        self.temperature_is_learned = settings.learned_temperature == "1"
        self.bias_is_learned = settings.loss == "nce"
        temperature = np.float32(settings.temperature)
        bias = -1 / temperature if self.bias_is_learned else 0.0
        self.log_temperature = nn.Parameter(torch.tensor([np.log(temperature)], dtype=torch.float32))
        self.bias = nn.Parameter(torch.tensor([bias], dtype=torch.float32))
        self.log_temperature.requires_grad_(self.temperature_is_learned)
        self.bias.requires_grad_(self.bias_is_learned)

    def over_temperature(self, similarities):
        return similarities * torch.exp(-self.log_temperature)

    def limit(self):
        """Clamps the temperature to the limits of the setting."""
        field = FIELDS["temperature"]
        with torch.no_grad():
            self.log_temperature.clamp_(np.log(np.float32(field["min"])), np.log(np.float32(field["max"])))


def drawn_negatives(settings, step, pairs):
    """Returns a random negative for each anchor, or None where the loss draws none."""
    if settings.loss != "triplet" or settings.mining != "random":
        return None
    numbers = generator(settings.seed, NEGATIVES, step).below([pairs - 1, 2] * (2 * pairs))
    steps, halves = numbers.reshape(-1, 2).T
    return torch.from_numpy((np.arange(2 * pairs) + 1 + steps) % pairs + pairs * halves)


def batch_loss(settings, projections, scale, negatives=None, processes=None):
    """Returns this process's share of the loss, and its share of loss, accuracy, alignment and uniformity.

    The shares of all processes add up to the mean over the batch; uniformity is still to be
    completed by `completed`. `projections` are this process's own, [views, dimensions].
    """
    everyone = processes.gathered(projections) if processes else projections
    views, device = len(everyone), projections.device
    pairs = views // 2
    begin = processes.place * len(projections) if processes else 0
    anchors = torch.arange(begin, begin + len(projections), device=device)
    columns = torch.arange(views, device=device)
    positives = (anchors + pairs) % views
    own = anchors[:, None] == columns
    pair = anchors[:, None] % pairs == columns % pairs
    unit = everyone / everyone.square().sum(1, keepdim=True).clamp_min(LEAST_SQUARE).sqrt()
    rows = everyone if settings.similarity == "dot" and settings.loss != "triplet" else unit
    mine = slice(begin, begin + len(projections))
    similarities = rows[mine] @ rows.t()
    positive = (rows[mine] * rows.roll(-pairs, 0)[mine]).sum(1)
    excluded = float("-inf")
    if settings.loss == "triplet":
        losses = triplet(settings, similarities, positive, pair, negatives, anchors)
    elif settings.loss == "nce":
        logits = scale.over_temperature(similarities) + scale.bias
        answers = torch.where(columns == positives[:, None], 1.0, -1.0)
        losses = -functional.logsigmoid(logits * answers).masked_fill(own, 0).sum(1)
    else:
        logits = scale.over_temperature(similarities).masked_fill(own if settings.loss == "infonce" else pair, excluded)
        losses = logits.logsumexp(1) - scale.over_temperature(positive)
    loss = losses.sum() / views
    with torch.no_grad():
        cosines = unit[mine] @ unit.t()
        near = (unit[mine] * unit.roll(-pairs, 0)[mine]).sum(1)
        lead = near > cosines.masked_fill(pair, excluded).max(1).values
        potential = (4 * cosines - 4).exp().masked_fill(own, 0).sum()
        shares = [loss.detach(), lead.sum() / views, (2 - 2 * near).sum() / views, potential / (views * (views - 1))]
    return loss, torch.stack(shares)


def triplet(settings, similarities, positive, pair, negatives, anchors):
    if negatives is None:
        with torch.no_grad():
            score = similarities
            if settings.mining == "semihard":
                score = torch.where(score < positive[:, None], score, -score - LAST_RESORT)
            chosen = score.masked_fill(pair, float("-inf")).argmax(1)
    else:
        chosen = negatives.to(similarities.device)[anchors]
    negative = similarities.gather(1, chosen[:, None])[:, 0]
    return functional.relu(2 * (negative - positive) + settings.margin)


def completed(shares):
    """Returns loss, accuracy, alignment and uniformity from the shares of all processes, added up."""
    return torch.cat([shares[:3], shares[3:].log()])
