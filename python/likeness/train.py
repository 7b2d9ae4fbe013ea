"""`likeness-train`: a run of the page in PyTorch, on one process or many."""

import argparse
import csv
import json
import math
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import numpy as np
import torch

from . import whitening
from .augment import draw, render
from .encoder import GHOSTS, MIN_GHOST, fill, initial, strided
from .faults import Fault, run
from .losses import LogitScale, batch_loss, completed, drawn_negatives
from .model_file import describe, load, to_bytes, write_whole
from .pictures import prepare
from .processes import Processes
from .progress import Progress
from .random import BATCHES, generator
from .settings import FIELDS, TABLE, given, parse

# Share of a run's steps over which the learning rate rises to its peak.
WARM_UP = 0.05

# Smallest number of pictures for training.
MIN_PICTURES = 4

# Number of pictures that pass through the network at once, outside training.
CHUNK = 256

# Number of steps between two reports.
REPORT = 10

# Name of these programs in the files that they write.
BUILD = "likeness-torch 0.1.0"

STATISTICS = ("loss", "accuracy", "alignment", "uniformity")


def warmed_up(step, steps):
    """Returns the learning rate of a step as a share of its peak."""
    warm_up = max(WARM_UP * steps, 1.0)
    rise = min((step + 1) / warm_up, 1.0)
    fall = min(max((step - warm_up) / max(steps - warm_up, 1.0), 0.0), 1.0)
    return rise * 0.5 * (1 + math.cos(math.pi * fall))


def ghosts(pairs, processes):
    """Returns the number of ghost batches, a multiple of that of processes.

    On up to four processes it is the page's number. With an even number the two views of a pair
    are in different ones, since first views come first.
    """
    views = 2 * pairs
    count = GHOSTS if views >= GHOSTS * MIN_GHOST else 2 if views >= 2 * MIN_GHOST else 1
    if count % processes == 0:
        return count
    count = math.lcm(2, processes)
    count *= -(-min(GHOSTS, views // MIN_GHOST) // count) or 1
    if views % processes or views < MIN_GHOST * count:
        raise Fault(f"Batches of {pairs} pairs cannot be divided among {processes} processes.")
    return count


class Trainer:
    """A network in training on the planes of a set, [pictures, 3, side, side] in bytes."""

    def __init__(self, settings, planes, processes, precision="float32", compiles=False):
        self.settings, self.planes, self.processes = settings, planes, processes
        self.pairs = min(settings.batch, len(planes))
        self.ghosts = ghosts(self.pairs, processes.count) // processes.count
        self.network = initial(settings, planes)
        made = [name for name, _ in self.network.named_buffers()]
        made += ["encoder.blocks.0.weight"] if settings.first_layer == "whitened" else []
        self.untrained = {f"untrained.{name}": array(self.network.state_dict()[name]).copy() for name in made}
        self.network.to(processes.device)
        self.scale = LogitScale(settings).to(processes.device)
        rule = TABLE["adamw"]
        learned = [parameter for parameter in self.scale.parameters() if parameter.requires_grad]
        self.parameters = [*self.network.parameters(), *learned]
        self.optimizer = torch.optim.AdamW(
            self.parameters,
            betas=(rule["beta_1"], rule["beta_2"]),
            eps=rule["epsilon"],
            weight_decay=rule["weight_decay"],
        )
        self.forward = torch.compile(self.network) if compiles else self.network
        self.autocasts = precision == "bfloat16"
        self.step, self.epoch, self.ahead = 0, None, {}
        self.reader = ThreadPoolExecutor(1)

    def rows(self, step):
        """Returns the rows of a step's batch: without repetition within an epoch."""
        batches = len(self.planes) // self.pairs
        if self.epoch is None or self.epoch[0] != step // batches:
            random = generator(self.settings.seed, BATCHES, step // batches)
            self.epoch = step // batches, np.array(random.shuffled(len(self.planes)))
        begin = step % batches * self.pairs
        return self.epoch[1][begin : begin + self.pairs]

    def read(self, step):
        """Returns this process's pictures of a step, in bytes, and the augmentations of their views."""
        views = self.processes.share(2 * self.pairs)
        pictures = torch.from_numpy(self.planes[self.rows(step)[np.array(views) % self.pairs]])
        negatives = drawn_negatives(self.settings, step, self.pairs)
        return pictures, draw(self.settings, step, views), negatives

    def next_batch(self):
        """Returns what `read` returns for the next step, and begins to read the one after it."""
        batch = self.ahead.pop(self.step, None)
        batch = batch.result() if batch else self.read(self.step)
        self.ahead = {self.step + 1: self.reader.submit(self.read, self.step + 1)}
        return batch

    def take_step(self):
        """Takes one step; returns loss, accuracy, alignment and uniformity, on the device."""
        pictures, views, negatives = self.next_batch()
        pictures = render(pictures.to(self.processes.device).float() / 255, views)
        with torch.autocast(self.processes.device.type, torch.bfloat16, enabled=self.autocasts):
            projections, statistics = self.forward(pictures, self.ghosts)
        loss, shares = batch_loss(self.settings, projections, self.scale, negatives, self.processes)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.processes.sum_gradients(self.parameters)
        rate = self.settings.learning_rate * warmed_up(self.step, self.settings.steps)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self.scale.limit()
        # The mean over ghost batches, of which every process has equally many.
        sizes = [len(part) for part in statistics]
        means = self.processes.summed(torch.cat(statistics)) / self.processes.count
        self.network.encoder.update_running(means.split(sizes), TABLE["batch_norm_momentum"])
        self.step += 1
        return completed(self.processes.summed(shares))

    def named(self):
        """Returns the trained parameters by name, those of the loss included."""
        return {**dict(self.network.named_parameters()), **prefixed("loss.", dict(self.scale.named_parameters()))}

    def snapshot(self):
        """Returns everything that the next step depends on but the pictures, as a file of the page."""
        tensors = {name: array(value) for name, value in self.network.state_dict().items()}
        tensors.update(self.untrained)
        for name, parameter in self.named().items():
            state = self.optimizer.state.get(parameter, {})
            zeros = torch.zeros_like(parameter)
            tensors[f"optimizer.first.{name}"] = array(state.get("exp_avg", zeros))
            tensors[f"optimizer.second.{name}"] = array(state.get("exp_avg_sq", zeros))
        tensors.update(prefixed("loss.", {name: array(value) for name, value in self.scale.state_dict().items()}))
        learned = any(parameter.requires_grad for parameter in self.scale.parameters())
        meta = describe(self.settings, self.step, BUILD)
        meta.update(optimizer_steps=str(self.step), loss_optimizer_steps=str(self.step if learned else 0))
        return to_bytes(tensors, meta)

    def restore(self, snapshot):
        """Continues from a snapshot, as `model_file.load` returns it."""
        tensors, meta = snapshot
        if "optimizer_steps" not in meta:
            raise Fault("A model without the optimizer's moments is no snapshot to continue from.")
        fill(self.network, tensors)
        fill(self.scale, {name[5:]: value for name, value in tensors.items() if name.startswith("loss.")})
        self.untrained = {name: value for name, value in tensors.items() if name.startswith("untrained.")}
        self.step = int(meta["step"])
        for name, parameter in self.named().items():
            if self.step and parameter.requires_grad:
                moments = [tensors[f"optimizer.{which}.{name}"] for which in ("first", "second")]
                first, second = (torch.from_numpy(values.copy()).to(parameter.device) for values in moments)
                # A number on the CPU, or a tensor in newer versions.
                count = torch.tensor(float(self.step))
                self.optimizer.state[parameter] = {"step": count, "exp_avg": first, "exp_avg_sq": second}

    def model(self):
        """Returns the network as a file of the page, with the whitening of its map."""
        tensors = {name: array(value) for name, value in self.network.state_dict().items()}
        meta = describe(self.settings, self.step, BUILD)
        if self.settings.features == "map":
            fitted = whitening.fit(self.maps(strided(len(self.planes), whitening.SAMPLE)))
            if fitted:
                tensors["embedding.mean"], tensors["embedding.matrix"], rank = fitted
                meta["effective_rank"] = f"{rank:.6f}"
        return to_bytes(tensors, meta)

    def maps(self, rows):
        """Returns the map of some pictures, averaged over a picture and its mirror image where views are."""
        found = []
        with torch.no_grad():
            for begin in range(0, len(rows), CHUNK):
                pictures = torch.from_numpy(self.planes[rows[begin : begin + CHUNK]])
                pictures = pictures.to(self.processes.device).float() / 255
                maps = self.network.encoder.map(pictures)
                if self.settings.mirrors():
                    maps = (maps + self.network.encoder.map(pictures.flip(3))) / 2
                found.append(array(maps))
        return np.concatenate(found)


def array(tensor):
    return tensor.detach().cpu().numpy()


def prefixed(prefix, values):
    return {prefix + name: value for name, value in values.items()}


class Record:
    """The folder of a run: its description, the measurements of every step, and its checkpoints."""

    def __init__(self, folder, link):
        self.folder, self.link = folder, link
        self.steps_file = os.path.join(folder, "steps.csv")
        self.rows, self.board, self.latest = [], None, ""

    def path(self, name):
        return os.path.join(self.folder, name)

    def begin(self):
        """Creates the folder, or checks that it holds this run; returns whether it is new."""
        if os.path.exists(self.path("run.json")):
            with open(self.path("run.json")) as file:
                if json.load(file).get("link") != self.link:
                    raise Fault(f"“{self.folder}” holds another run; choose another folder.")
            return False
        if os.path.exists(self.folder) and (not os.path.isdir(self.folder) or os.listdir(self.folder)):
            raise Fault(f"“{self.folder}” is not empty and holds no run; choose another folder.")
        os.makedirs(self.folder, exist_ok=True)
        write_whole(self.path("run.json"), json.dumps({"link": self.link}).encode())
        return True

    def discard(self):
        """Removes a run that has not begun."""
        for name in ("run.json", "pictures.u8", "pictures.json", "pictures.json.unfinished"):
            if os.path.exists(self.path(name)):
                os.remove(self.path(name))
        os.rmdir(self.folder)

    def open(self, step):
        """Keeps the measurements up to a step, after which the run continues."""
        kept = []
        if os.path.exists(self.steps_file):
            with open(self.steps_file, newline="") as file:
                kept = [row for row in csv.reader(file) if row[0].isdigit() and int(row[0]) <= step]
        lines = [("step", *STATISTICS), *kept]
        write_whole(self.steps_file, "".join(",".join(map(str, row)) + "\n" for row in lines).encode())
        try:
            from torch.utils.tensorboard import SummaryWriter

            self.board = SummaryWriter(self.path("tensorboard"), purge_step=step + 1)
        except ImportError:
            pass

    def add(self, step, statistics):
        self.rows.append((step, statistics))

    def report(self):
        """Writes the steps since the last report; returns the latest loss in words."""
        values = torch.stack([statistics for _, statistics in self.rows]).tolist()
        with open(self.steps_file, "a", newline="") as file:
            csv.writer(file).writerows([step, *map(repr, row)] for (step, _), row in zip(self.rows, values))
        for (step, _), row in zip(self.rows, values):
            for name, value in zip(STATISTICS, row) if self.board else ():
                self.board.add_scalar(name, value, step)
        self.rows, self.latest = [], f"loss {values[-1][0]:.4f}"
        return self.latest

    def close(self):
        if self.board:
            self.board.close()


def train(settings, paths, folder, processes, arguments):
    """Trains a run to its end, from its last snapshot if there is one."""
    record = Record(folder, settings.link())
    if processes.leads:
        is_new = record.begin()
        try:
            planes, skipped = prepare(
                paths, settings.side, settings.framing, folder, arguments.workers, arguments.skip_broken
            )
            for sentence in skipped:
                print(sentence, file=sys.stderr)
            if len(planes) < MIN_PICTURES:
                raise Fault(f"Training needs at least {MIN_PICTURES} pictures, and there are {len(planes)}.")
        except BaseException:
            if is_new:
                record.discard()
            raise
    processes.wait()
    planes, _ = prepare(paths, settings.side, settings.framing, folder, 1)
    trainer = Trainer(settings, planes, processes, arguments.precision, arguments.compile)
    if os.path.exists(record.path("snapshot.safetensors")):
        trainer.restore(load(record.path("snapshot.safetensors")))
    if processes.leads:
        record.open(trainer.step)
    total = settings.steps
    with Progress(total, trainer.step, "step") if processes.leads else nullcontext() as progress:
        while trainer.step < total:
            statistics = trainer.take_step()
            saves = trainer.step % arguments.save_every == 0 or trainer.step == total
            reports = saves or trainer.step % REPORT == 0
            if reports and not math.isfinite(float(statistics[0])):
                raise Fault(f"The loss is no number any more at step {trainer.step}; the last checkpoint is kept.")
            if not processes.leads:
                continue
            record.add(trainer.step, statistics)
            progress.advance(1, record.report() if reports else record.latest)
            if saves:
                write_whole(record.path("snapshot.safetensors"), trainer.snapshot())
    if processes.leads:
        write_whole(record.path("model.safetensors"), trainer.model())
        record.close()
    processes.wait()
    return trainer


def main():
    parser = argparse.ArgumentParser(
        prog="likeness-train",
        description="Trains a run of Likeness in PyTorch. With torchrun, many processes share it.",
    )
    parser.add_argument("run", help="a link, or a run saved as JSON")
    parser.add_argument("pictures", nargs="+", help="folders, zips, files, or WebDataset shards")
    parser.add_argument("--out", required=True, help="folder of the run; an interrupted one continues")
    parser.add_argument("--batch", type=int, help="pairs in a step, also more than the page allows")
    parser.add_argument("--steps", help="number of steps")
    parser.add_argument("--device", choices=["cuda", "cpu"], help="default: cuda if there is one")
    parser.add_argument("--precision", choices=["float32", "bfloat16"], help="default: bfloat16 on GPUs that have it")
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction, help="torch.compile; default: on GPUs")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes that decode pictures")
    parser.add_argument("--save-every", type=int, default=200, help="steps between checkpoints")
    parser.add_argument("--skip-broken", action="store_true", help="leave out files that cannot be decoded")
    arguments = parser.parse_args()
    settings = given(arguments.run)
    if arguments.batch is not None:
        if arguments.batch < 2:
            raise Fault("A batch has at least 2 pairs.")
        settings = settings.replaced(batch=arguments.batch)
    if arguments.steps is not None:
        try:
            settings = settings.replaced(steps=parse(FIELDS["steps"], arguments.steps, None))
        except ValueError as error:
            raise Fault(f"The number of steps should be {error}.") from error
    processes = Processes(arguments.device)
    on_gpu = processes.device.type == "cuda"
    if arguments.precision is None:
        arguments.precision = "bfloat16" if on_gpu and torch.cuda.is_bf16_supported() else "float32"
    if arguments.compile is None:
        arguments.compile = on_gpu and hasattr(torch, "compile")
    try:
        train(settings, arguments.pictures, arguments.out, processes, arguments)
    finally:
        processes.close()


if __name__ == "__main__":
    run(main)
