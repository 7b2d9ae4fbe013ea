"""`likeness-sample`: pictures that cover a set, with the network, as an experiment that the page opens."""

import argparse
import csv
import os

import torch

from . import experiment
from .embed import Shards
from .faults import Fault, run
from .model_file import load, to_bytes, write_whole
from .neighbours import unit
from .pictures import sources
from .settings import stored

# Most pictures in an experiment for a page.
MOST = 10_000


def farthest_first(rows, count):
    """Returns rows of length 1 that cover all: each is the farthest from those before (Gonzalez 1985).

    The first is the row closest to the mean.
    """
    rows = torch.from_numpy(rows)
    chosen = [int((rows @ rows.mean(0)).argmax())]
    nearest = rows @ rows[chosen[0]]
    while len(chosen) < min(count, len(rows)):
        nearest[chosen[-1]] = float("inf")
        chosen.append(int(nearest.argmin()))
        nearest = torch.maximum(nearest, rows @ rows[chosen[-1]])
    return chosen


def steps_of(folder, step):
    """Returns the measurements of a run up to a step."""
    with open(os.path.join(folder, "steps.csv"), newline="") as file:
        rows = [row for row in csv.reader(file) if row[0].isdigit()]
    return [(int(row[0]), *map(float, row[1:])) for row in rows if int(row[0]) <= step]


def main():
    parser = argparse.ArgumentParser(
        prog="likeness-sample", description="Picks pictures that cover a set, as an experiment for the page."
    )
    parser.add_argument("run", help="the folder that likeness-train wrote")
    parser.add_argument("embeddings", help="the folder that likeness-embed wrote")
    parser.add_argument("pictures", nargs="+", help="the pictures that were embedded, in the same order")
    parser.add_argument("--out", required=True, help="file to write, ending in .likeness")
    parser.add_argument("--count", type=int, default=MOST, help="number of pictures, up to 10,000")
    arguments = parser.parse_args()
    if not 4 <= arguments.count <= MOST:
        raise Fault(f"An experiment has from 4 to {MOST:,} pictures.")
    if not arguments.out.endswith(".likeness"):
        raise Fault("The name of an experiment ends in “.likeness”.")
    if os.path.exists(arguments.out):
        raise Fault(f"“{arguments.out}” exists; choose another name.")
    if not os.path.exists(os.path.join(arguments.run, "snapshot.safetensors")):
        raise Fault(f"“{arguments.run}” is no folder of a run with a checkpoint.")
    tensors, meta = load(os.path.join(arguments.run, "snapshot.safetensors"))
    rows, names = Shards(arguments.embeddings).read()
    chosen = sorted(farthest_first(unit(rows), arguments.count))
    # The page's sets are its own or the user's, and these are the user's.
    link = stored(meta["settings"]).replaced(images="own", run="0").link()
    snapshot = to_bytes(tensors, {**meta, "settings": link})
    steps = steps_of(arguments.run, int(meta["step"]))
    parts, wanted = [experiment.body(link, len(chosen), steps, snapshot)], set(chosen)
    place = 0
    for source in sources(arguments.pictures):
        # A picture that could not be decoded was left out.
        if place < len(names) and (source.name, source.label) == names[place]:
            if place in wanted:
                parts.append(experiment.picture(len(parts) - 1, source.name, source.label, source.square()))
            place += 1
    if place != len(names):
        raise Fault("The pictures are not those that were embedded, or in another order.")
    write_whole(arguments.out, experiment.packed(parts))


if __name__ == "__main__":
    run(main)
