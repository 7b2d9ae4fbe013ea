"""`likeness-neighbours`: the nearest of every picture, and groups of near-duplicates."""

import argparse
import csv
import io
import os

import numpy as np
import torch

from .embed import Shards
from .faults import Fault, run
from .model_file import write_whole

# Number of pictures above which an index that finds nearly all neighbours takes the place of exact products.
EXACT = 100_000

# Number of rows compared with all others at a time.
BLOCK = 1024

# Number of rows with which these are compared at a time; bounds the memory.
COLUMNS = 1 << 16

# Least and largest suggested similarity of near-duplicates, the share of pictures that may have some, the
# number that always may, and the number of steps in 1, as on the page.
LEAST, HIGHEST, SHARE, FEWEST, STEPS = 0.9, 0.999, 0.02, 2, 1000


def unit(rows):
    """Returns rows of length 1."""
    rows = np.asarray(rows, np.float32)
    return rows / np.sqrt(np.maximum((rows * rows).sum(1, keepdims=True), 1e-12))


def exact(rows, k, device="cpu"):
    """Returns index and similarity of the `k` nearest of each row of length 1, by products with all."""
    count = len(rows)
    rows = torch.from_numpy(rows).to(device)
    indices, similarities = np.empty((count, k), np.int32), np.empty((count, k), np.float32)
    for begin in range(0, count, BLOCK):
        block = rows[begin : begin + BLOCK]
        best = torch.full((len(block), k), -2.0, device=device)
        where = torch.zeros((len(block), k), dtype=torch.int64, device=device)
        for first in range(0, count, COLUMNS):
            products = block @ rows[first : first + COLUMNS].t()
            own = torch.arange(begin, begin + len(block), device=device) - first
            within = (own >= 0) & (own < products.shape[1])
            products[within, own[within]] = -2.0
            found = products.topk(min(k, products.shape[1]), 1)
            both = torch.cat([best, found.values], 1)
            order = both.topk(k, 1)
            best = order.values
            where = torch.cat([where, found.indices + first], 1).gather(1, order.indices)
        indices[begin : begin + len(block)] = where.cpu().numpy()
        similarities[begin : begin + len(block)] = best.cpu().numpy()
    return indices, similarities


def by_index(rows, k):
    """Like `exact`, by FAISS: rows are searched only in the nearest of some hundred cells."""
    import faiss

    cells = int(4 * np.sqrt(len(rows)))
    index = faiss.IndexIVFFlat(faiss.IndexFlatIP(rows.shape[1]), rows.shape[1], cells, faiss.METRIC_INNER_PRODUCT)
    index.train(rows[:: max(1, len(rows) // (64 * cells))])
    index.add(rows)
    index.nprobe = max(16, cells // 32)
    similarities, indices = index.search(rows, k + 1)
    # A row finds itself, or a copy in its place.
    own = indices == np.arange(len(rows))[:, None]
    own[~own.any(1), -1] = True
    return indices[~own].reshape(-1, k).astype(np.int32), similarities[~own].reshape(-1, k)


def links(indices, similarities, least):
    """Returns the pairs at or above a similarity that connect what no more similar pair does."""
    row, column = np.nonzero(similarities >= least)
    order = np.argsort(-similarities[row, column], kind="stable")
    sets = list(range(len(indices)))
    found = []
    for place in order:
        a, b = int(row[place]), int(indices[row[place], column[place]])
        roots = root(sets, a), root(sets, b)
        if roots[0] != roots[1]:
            sets[roots[1]] = roots[0]
            found.append((a, b, float(similarities[row[place], column[place]])))
    return found


def root(sets, place):
    while sets[place] != place:
        sets[place] = sets[sets[place]]
        place = sets[place]
    return place


def suggested(pairs, count):
    """Returns the similarity from which few pictures have near-duplicates, or None if many always have."""
    most = max(int(np.float32(count) * np.float32(SHARE)), FEWEST)
    found = set()
    for a, b, similarity in pairs:
        found |= {a, b}
        if len(found) > most:
            threshold = (np.floor(similarity * STEPS) + 1) / STEPS
            return min(max(threshold, LEAST), HIGHEST) if threshold <= HIGHEST + 0.5 / STEPS else None
    return LEAST


def duplicates(pairs, threshold, count):
    """Returns groups of near-duplicates, the largest first, with each one's greatest similarity."""
    sets, greatest = list(range(count)), {}
    for a, b, similarity in pairs:
        if similarity >= threshold:
            sets[root(sets, b)] = root(sets, a)
            for place in (a, b):
                greatest.setdefault(place, similarity)
    groups = {}
    for place in greatest:
        groups.setdefault(root(sets, place), []).append(place)
    ordered = sorted(groups.values(), key=lambda group: (-len(group), min(group)))
    return [[(place, greatest[place]) for place in sorted(group)] for group in ordered]


def main():
    parser = argparse.ArgumentParser(
        prog="likeness-neighbours", description="Finds the nearest of every embedded picture, and near-duplicates."
    )
    parser.add_argument("embeddings", help="the folder that likeness-embed wrote")
    parser.add_argument("--out", required=True, help="folder for the tables")
    parser.add_argument("--k", type=int, default=10, help="number of neighbours of each picture")
    parser.add_argument("--threshold", type=float, help="similarity of near-duplicates; default: as the page suggests")
    parser.add_argument("--device", choices=["cuda", "cpu"])
    arguments = parser.parse_args()
    rows, names = Shards(arguments.embeddings).read()
    if not 1 <= arguments.k < len(rows):
        raise Fault(f"The number of neighbours has to be from 1 to {len(rows) - 1}, one less than there are pictures.")
    if os.path.exists(arguments.out) and (not os.path.isdir(arguments.out) or os.listdir(arguments.out)):
        raise Fault(f"“{arguments.out}” is not empty; choose another folder.")
    rows = unit(rows)
    device = arguments.device or ("cuda" if torch.cuda.is_available() else "cpu")
    if len(rows) > EXACT and has_faiss():
        indices, similarities = by_index(rows, arguments.k)
    else:
        indices, similarities = exact(rows, arguments.k, device)
    os.makedirs(arguments.out, exist_ok=True)
    for name, values in (("neighbours", indices), ("similarities", similarities)):
        file = io.BytesIO()
        np.save(file, values)
        write_whole(os.path.join(arguments.out, f"{name}.npy"), file.getvalue())
    pairs = links(indices, similarities, min(LEAST, arguments.threshold or LEAST))
    threshold = suggested(pairs, len(rows)) if arguments.threshold is None else arguments.threshold
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["group", "name", "label", "similarity"])
    groups = [] if threshold is None else duplicates(pairs, threshold, len(rows))
    for number, group in enumerate(groups, 1):
        writer.writerows([number, names[at][0], names[at][1] or "", similarity] for at, similarity in group)
    write_whole(os.path.join(arguments.out, "near-duplicates.csv"), table.getvalue().encode())


def has_faiss():
    try:
        import faiss  # noqa: F401
    except ImportError:
        return False
    return True


if __name__ == "__main__":
    run(main)
