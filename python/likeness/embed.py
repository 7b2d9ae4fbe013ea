"""`likeness-embed`: embeddings of any number of pictures, in shards, continued where it was interrupted."""

import argparse
import csv
import hashlib
import io
import json
import os
import sys
from itertools import chain

import numpy as np
import torch

from .embedding import check
from .encoder import Embedding
from .faults import Fault, run
from .model_file import load, write_whole
from .pictures import CHUNK, chunks, decoded
from .progress import Progress

# Number of chunks of pictures in a shard.
SHARD_CHUNKS = 256


class Shards:
    """A folder of embeddings: for each shard the rows, then the names, whose presence completes it."""

    def __init__(self, folder, kind="npy"):
        self.folder, self.kind = folder, kind

    def path(self, name):
        return os.path.join(self.folder, name)

    def begin(self, description):
        """Creates the folder, or checks that it holds embeddings of this description."""
        text = json.dumps(description, indent=1)
        if os.path.exists(self.path("embeddings.json")):
            with open(self.path("embeddings.json")) as file:
                if file.read() != text:
                    raise Fault(f"“{self.folder}” holds other embeddings; choose another folder.")
        elif os.path.exists(self.folder) and (not os.path.isdir(self.folder) or os.listdir(self.folder)):
            raise Fault(f"“{self.folder}” is not empty and holds no embeddings; choose another folder.")
        return text

    def describe(self, text):
        if not os.path.exists(self.path("embeddings.json")):
            os.makedirs(self.folder, exist_ok=True)
            write_whole(self.path("embeddings.json"), text.encode())

    def count(self):
        """Returns the number of complete shards."""
        count = 0
        while os.path.exists(self.path(f"names-{count:05}.csv")):
            count += 1
        return count

    def write(self, place, rows, names):
        file = io.BytesIO()
        if self.kind == "parquet":
            import pyarrow
            from pyarrow import parquet

            flat = pyarrow.array(rows.ravel())
            columns = {
                "name": [name for name, _ in names],
                "label": [label for _, label in names],
                "embedding": pyarrow.FixedSizeListArray.from_arrays(flat, rows.shape[1]),
            }
            parquet.write_table(pyarrow.table(columns), file)
        else:
            np.save(file, rows)
        write_whole(self.path(f"embeddings-{place:05}.{self.kind}"), file.getvalue())
        listing = io.StringIO()
        csv.writer(listing).writerows((name, label or "") for name, label in names)
        write_whole(self.path(f"names-{place:05}.csv"), listing.getvalue().encode())

    def read(self):
        """Returns all rows, and all names with their labels."""
        rows, names = [], []
        for place in range(self.count()):
            with open(self.path(f"names-{place:05}.csv"), newline="") as file:
                names += [(name, label or None) for name, label in csv.reader(file)]
            if os.path.exists(self.path(f"embeddings-{place:05}.npy")):
                rows.append(np.load(self.path(f"embeddings-{place:05}.npy"), mmap_mode="r"))
            else:
                from pyarrow import parquet

                column = parquet.read_table(self.path(f"embeddings-{place:05}.parquet"))["embedding"]
                flat = column.combine_chunks().flatten().to_numpy()
                rows.append(flat.reshape(len(column), -1))
        if not rows:
            raise Fault(f"“{self.folder}” holds no embeddings.")
        return np.concatenate(rows), names


def embed_all(model, paths, shards, device, workers, skip):
    """Embeds the pictures that no complete shard contains."""
    embedding = Embedding(model).to(device)
    with torch.no_grad():
        check(model, lambda pictures: embedding(torch.from_numpy(pictures).to(device)).cpu().numpy())
    first = shards.count()
    work = decoded(paths, embedding.side, embedding.framing, workers, skip, first * SHARD_CHUNKS)
    with Progress(None, 0, "picture") as progress:
        for place, shard in enumerate(chunks(embedded(embedding, work, device, progress), SHARD_CHUNKS), first):
            rows, names = zip(*shard)
            shards.write(place, np.concatenate(rows), list(chain.from_iterable(names)))


def embedded(embedding, work, device, progress):
    """Returns an iterator of embeddings and names, chunk by chunk."""
    for names, pixels, faults in work:
        for fault in faults:
            print(fault, file=sys.stderr)
        with torch.no_grad():
            rows = embedding(torch.from_numpy(pixels).to(device).float() / 255)
        progress.advance(len(names))
        yield rows.cpu().numpy(), names


def main():
    parser = argparse.ArgumentParser(
        prog="likeness-embed", description="Embeds any number of pictures by a model of Likeness."
    )
    parser.add_argument("model", help="a model that the page or likeness-train saved")
    parser.add_argument("pictures", nargs="+", help="folders, zips, files, or WebDataset shards")
    parser.add_argument("--out", required=True, help="folder of the embeddings; interrupted work continues")
    parser.add_argument("--format", choices=["npy", "parquet"], default="npy")
    parser.add_argument("--device", choices=["cuda", "cpu"])
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes that decode pictures")
    parser.add_argument("--skip-broken", action="store_true", help="leave out files that cannot be decoded")
    arguments = parser.parse_args()
    if arguments.format == "parquet":
        try:
            import pyarrow.parquet
        except ImportError as error:
            raise Fault("Parquet needs the package pyarrow.") from error
    model = load(arguments.model)
    if model[1].get("features") == "map" and "embedding.matrix" not in model[0] and "optimizer_steps" in model[1]:
        raise Fault(f"“{arguments.model}” is a snapshot, without the whitening that embeds; use the model beside it.")
    with open(arguments.model, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    shards = Shards(arguments.out, arguments.format)
    paths = [os.path.abspath(path) if os.path.exists(path) else path for path in arguments.pictures]
    text = shards.begin({"model": digest, "pictures": paths, "format": arguments.format, "chunk": CHUNK})
    device = torch.device(arguments.device or ("cuda" if torch.cuda.is_available() else "cpu"))
    # Broken sources are found before a folder is made for them.
    shards_before = os.path.exists(arguments.out)
    shards.describe(text)
    try:
        embed_all(model, arguments.pictures, shards, device, arguments.workers, arguments.skip_broken)
    except Fault:
        if not shards_before and shards.count() == 0:
            os.remove(shards.path("embeddings.json"))
            os.rmdir(arguments.out)
        raise


if __name__ == "__main__":
    run(main)
