"""Embeds pictures with a model saved by Likeness, as its page does.

    python embed.py likeness-model-step-1700.safetensors pictures/*.jpg > embeddings.csv

Needs numpy and Pillow, and the folder `likeness` beside it; `likeness-embed` is the command for
many pictures. The convolutions are computed by PyTorch, else JAX, else numpy itself, which is
slower; `--with numpy` and so on selects one. To use the network in another program:

    from embed import load, picture, embed
    model = load("likeness-model-step-1700.safetensors")
    embeddings = embed(model, [picture(model, "cat.jpg"), picture(model, "dog.jpg")])

`load` returns the tensors as numpy arrays by name, and their metadata: PyTorch's
`torch.from_numpy` and JAX's `jnp.asarray` accept the arrays as they are.
"""

import argparse
import csv
import sys

from likeness.embedding import CONVOLUTIONS, best_convolution, check, embed, picture
from likeness.faults import run
from likeness.model_file import load


def main():
    parser = argparse.ArgumentParser(description="Embeds pictures by a model that Likeness saved.")
    parser.add_argument("--with", dest="library", choices=CONVOLUTIONS, help="what computes; default: the first there is")
    parser.add_argument("model")
    parser.add_argument("pictures", nargs="+")
    arguments = parser.parse_args()
    model = load(arguments.model)
    convolve = CONVOLUTIONS[arguments.library]() if arguments.library else best_convolution()
    check(model, lambda pictures: embed(model, pictures, convolve))
    writer = csv.writer(sys.stdout)
    for place, name in enumerate(arguments.pictures):
        (row,) = embed(model, [picture(model, name)], convolve)
        if place == 0:
            writer.writerow(["name", *(f"e{i}" for i in range(len(row)))])
        writer.writerow([name, *map(str, row)])


if __name__ == "__main__":
    run(main)
