"""Measures the commands on generated pictures: python measure.py [COUNT].

Each line gives the seconds of the clock and of the processors, the largest memory of a process so far, and pictures a
second of both; training counts each picture once for each epoch. The pictures, drawn once, are JPEGs of random
ellipses in a temporary folder (about 2 kB each).
"""

import os
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np
import torch
from PIL import Image, ImageDraw

SIZE = (80, 72)
EPOCHS, BATCH = 2, 512
RUN = f"images=own&seed=1&side=24&width=8&depth=3&batch={BATCH}&steps="

# torchrun of PyTorch 1 fails on Python 3.11 with the defaults of these options.
OPTIONS = ["--redirects", "9:1", "--tee", "9:1"] if torch.__version__.startswith("1.") else []


def draw(folder, count):
    """Writes pictures in folders of 1,000."""
    random = np.random.default_rng(1)
    for index in range(count):
        picture = Image.new("RGB", SIZE, tuple(random.integers(0, 256, 3).tolist()))
        canvas = ImageDraw.Draw(picture)
        for _ in range(4):
            corners = np.sort(random.integers(0, SIZE, (2, 2)), axis=0)
            canvas.ellipse(corners.ravel().tolist(), tuple(random.integers(0, 256, 3).tolist()))
        place = os.path.join(folder, f"{index // 1000:03}")
        os.makedirs(place, exist_ok=True)
        picture.save(os.path.join(place, f"{index:06}.jpg"), quality=85)


def measure(name, passes, count, words):
    """Runs a command and prints what it took."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"}
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run([sys.executable, "-m", *map(str, words)], check=True, env=environment, cwd=os.path.dirname(__file__) or ".")
    clock, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # Kibibytes on Linux.
    memory = after.ru_maxrss * 1024 / 1e9
    seen = passes * count
    print(f"| {name} | {clock:.0f} s | {busy:.0f} s | {memory:.2f} GB | {seen / clock:,.0f}, {seen / busy:,.0f} |", flush=True)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    run = f"{RUN}{-(-EPOCHS * count // BATCH)}"
    with tempfile.TemporaryDirectory() as folder:
        def path(*names):
            return os.path.join(folder, *names)

        started = time.monotonic()
        draw(path("pictures"), count)
        print(f"{count:,} pictures, drawn in {time.monotonic() - started:.0f} s.\n", flush=True)
        print("| | clock | processors | memory so far | pictures a second of the clock, of the processors |\n|---|---:|---:|---:|---:|")
        two = ["torch.distributed.run", *OPTIONS, "--standalone", "--nproc_per_node", 2, "-m", "likeness.train"]
        for name, how, out in (("one process", ["likeness.train"], "run"), ("two processes", two, "other")):
            measure(f"training, {name}", EPOCHS, count, [*how, run, path("pictures"), "--out", path(out)])
        model = path("run", "model.safetensors")
        measure("embedding", 1, count, ["likeness.embed", model, path("pictures"), "--out", path("rows"), "--workers", 2])
        measure("neighbours", 1, count, ["likeness.neighbours", path("rows"), "--out", path("near")])
        sample = ["likeness.sample", path("run"), path("rows"), path("pictures"), "--out", path("some.likeness")]
        measure("sample of 2,000", 1, count, [*sample, "--count", 2000])


if __name__ == "__main__":
    main()
