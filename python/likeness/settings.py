"""Settings of a run, from a link, a run's JSON or a model, with the page's keys, limits and defaults.

`settings.json` is written by the crate, and a test of the crate compares the two.
"""

import json
import os
import re
from dataclasses import dataclass

import numpy as np

from .faults import Fault

with open(os.path.join(os.path.dirname(__file__), "settings.json")) as file:
    TABLE = json.load(file)

FIELDS = {field["key"]: field for field in TABLE["fields"]}

# Names of the pictures for which there are defaults, in the order of the table.
IMAGES = FIELDS["images"]["names"]

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")

OPERATIONS = [key for key, field in FIELDS.items() if field["kind"] == "operation"]


@dataclass(frozen=True)
class Operation:
    """One augmentation."""

    on: bool
    strength: float
    probability: float


@dataclass(frozen=True)
class EncoderShape:
    """Channels and stride of every convolution, places of the readout a side, and outputs."""

    stages: tuple
    readout: int
    outputs: int

    def read(self):
        """Returns the number of inputs of the linear layer."""
        return self.readout**2 * self.stages[-1][0]


class Settings:
    """All settings of a run, as attributes; augmentations are `Operation`s."""

    def __init__(self, values):
        self.__dict__.update(values)

    def replaced(self, **values):
        """Returns the settings with other values."""
        return Settings({**self.__dict__, **values})

    def link(self):
        """Returns the settings as the page writes them, without the leading #."""
        return "&".join(f"{key}={write(field, getattr(self, key))}" for key, field in FIELDS.items())

    def clamped(self):
        """Returns the settings with a batch that the page allows."""
        return self.replaced(batch=min(self.batch, FIELDS["batch"]["max"]))

    def mirrors(self):
        """Returns whether some views are mirrored left to right."""
        return self.flip.on and self.flip.probability > 0

    def encoder(self):
        """Returns the shape of the encoder."""
        stages = tuple((self.width << min(place, 2), 1 if place == 0 else 2) for place in range(self.depth))
        map_side = self.side
        for _ in range(self.depth - 1):
            map_side = -(-map_side // 2)
        return EncoderShape(stages, min(self.readout, map_side), self.outputs)


def single(value):
    """Returns a number rounded to single precision."""
    return float(np.float32(value))


def shortest(value):
    """Returns the shortest decimal number that is this one in single precision, without an exponent."""
    return np.format_float_positional(np.float32(value), unique=True, trim="-")


def write(field, value):
    """Returns a value as text, as in a link."""
    if field["kind"] == "operation":
        numbers = f"{shortest(value.strength)}@{shortest(value.probability)}"
        return numbers if value.on else f"off:{numbers}"
    return shortest(value) if field["kind"] == "real" else str(value)


def parse(field, text, before):
    """Returns a value from a link; fails with a ValueError if it is none."""
    kind = field["kind"]
    if kind == "name":
        if text not in field["names"]:
            raise ValueError(f"one of {', '.join(field['names'])}")
        return text
    if kind == "operation":
        if text == "off":
            return Operation(False, before.strength, before.probability)
        strength, _, probability = text.removeprefix("off:").partition("@")
        numbers = [number(part, "strength@probability, both from 0 to 1") for part in (strength, probability)]
        if not all(0 <= value <= 1 for value in numbers):
            raise ValueError("strength@probability, both from 0 to 1")
        return Operation(not text.startswith("off:"), *numbers)
    expected = f"a number from {plain(field['min'])} to {plain(field['max'])}"
    if kind == "whole":
        if not text.isascii() or not text.isdigit():
            raise ValueError(f"a whole number from {plain(field['min'])} to {plain(field['max'])}")
        value = int(text)
    else:
        value = number(text, expected)
    if not single(field["min"]) <= value <= single(field["max"]):
        raise ValueError(expected)
    return value


def plain(value):
    return np.format_float_positional(value, trim="-")


def number(text, expected):
    if not NUMBER.fullmatch(text):
        raise ValueError(expected)
    return single(text)


def entries(text):
    return [entry.partition("=")[::2] for entry in text.lstrip("#").split("&") if entry]


def read_all(text, defaults):
    """Returns values by key from `key=value&…` on top of the defaults; fails at the first wrong entry."""
    values = dict(defaults)
    for key, value in entries(text):
        if key not in FIELDS:
            raise Fault(f"There is no setting “{key}” in a link of Likeness.")
        try:
            values[key] = parse(FIELDS[key], value, values.get(key))
        except ValueError as error:
            raise Fault(f"The link's “{key}={value}” should be {error}.") from error
    return values


def recommended(images):
    """Returns the recommended settings for a source of pictures."""
    return Settings(read_all(TABLE["recommended"][IMAGES.index(images)], {}))


def from_link(link):
    """Returns the settings of a link or of its part after #."""
    text = link.partition("#")[2] if "#" in link else link
    known = [entry for entry in entries(text) if entry[0] not in PAGE_KEYS]
    if not known or not any(key in FIELDS for key, _ in known):
        raise Fault(f"“{link[:80]}” is no link of Likeness with settings after “#”.")
    images = dict(known).get("images", IMAGES[0])
    if images.startswith(("http:", "https:")):
        # A link with pictures from elsewhere; they are given to the command instead.
        images, known = "own", [entry for entry in known if entry[0] != "images"] + [("images", "own")]
    defaults = recommended(images if images in IMAGES else IMAGES[0])
    return Settings(read_all("&".join(map("=".join, known)), defaults.__dict__))


# Entries of a link that say what the page opens and shows, not how it trains.
PAGE_KEYS = ("tab", "lens", "embed", "view", "remote", "model", "open")


def stored(text):
    """Returns settings that some build of the page wrote in full into a file."""
    values = read_all(text, recommended(dict(entries(text)).get("images", IMAGES[0])).__dict__)
    if not any(key == "readout" for key, _ in entries(text)):
        # A build without this setting had one kind of network.
        values.update(readout=1, outputs=values["width"] << min(values["depth"] - 1, 2))
        values.update(first_layer="random", features="outputs")
    return Settings(values)


def given(argument):
    """Returns the settings that a command's argument names: a link, a run's JSON, a model or a snapshot."""
    if not os.path.exists(argument):
        if argument.endswith((".json", ".safetensors")):
            raise Fault(f"There is no file “{argument}”.")
        return from_link(argument)
    if argument.endswith(".safetensors"):
        from .model_file import load

        return stored(load(argument)[1].get("settings", ""))
    try:
        with open(argument) as file:
            link = json.load(file)["link"]
        if not isinstance(link, str):
            raise TypeError("the link is no text")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Fault(f"“{argument}” is no run saved by Likeness as JSON.") from error
    return stored(link)
