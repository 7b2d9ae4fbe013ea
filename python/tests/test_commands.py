"""The commands, from one end to the other, and their refusals."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest
import zipfile
from importlib.util import find_spec

import numpy as np
import torch
from PIL import Image

from likeness import experiment, neighbours
from likeness.embed import Shards
from likeness.embedding import embed as numpy_embed
from likeness.model_file import load
from likeness.settings import from_link

from . import golden

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

RUN = "images=shapes&seed=5&batch=16&width=8&steps="

# On flat areas the whitened first layer gives numbers close to 0, whose sign depends on rounding; with blur and
# noise there are none, and a small rate of learning keeps what remains small.
STABLE = "&blur=0.5@1&noise=0.4@1&learning_rate=0.0005"

# One thread, so that sums have one order; the loopback, so that no network is needed.
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"}

# torchrun of PyTorch 1 fails on Python 3.11 with the defaults of these options.
OPTIONS = ["--redirects", "9:1", "--tee", "9:1"] if torch.__version__.startswith("1.") else []

# How one process is started, and two.
ONE = [sys.executable, "-m"]
TWO = [sys.executable, "-m", "torch.distributed.run", *OPTIONS, "--standalone", "--nproc_per_node", "2", "-m"]


def start(how, command, *arguments):
    words = [*how, f"likeness.{command}", *map(str, arguments)]
    return subprocess.Popen(
        words, cwd=PACKAGE, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finish(process):
    """Returns the exit code of a process and what it said on stderr."""
    _, said = process.communicate(timeout=300)
    return process.returncode, said


def call(command, *arguments, how=ONE):
    code, said = finish(start(how, command, *arguments))
    assert code == 0, said


def train(link, out, *more, how=ONE):
    call("train", link, golden.SHAPES, "--out", out, "--workers", 1, *more, how=how)


def losses(folder):
    with open(os.path.join(folder, "steps.csv"), newline="") as file:
        return [float(row[1]) for row in csv.reader(file) if row[0].isdigit()]


class InAFolder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.folder, *names)


class Training(InAFolder):
    def test_two_processes_have_the_losses_of_one(self):
        for entries in ("", f"&loss=triplet&mining=random{STABLE}", f"&loss=nce&learned_temperature=1{STABLE}"):
            link = f"{RUN}12{entries}"
            train(link, self.path("one"))
            train(link, self.path("two"), how=TWO)
            one, two = losses(self.path("one")), losses(self.path("two"))
            self.assertEqual((len(one), len(two)), (12, 12))
            self.assertLess(golden.off(two, one), 1e-5, link)
            first, _ = load(self.path("one", "snapshot.safetensors"))
            second, _ = load(self.path("two", "snapshot.safetensors"))
            self.assertEqual(first.keys(), second.keys())
            for name, values in first.items():
                self.assertLess(golden.off(second[name], values), 1e-3 * max(1, np.abs(values).max()), name)
            shutil.rmtree(self.path("one"))
            shutil.rmtree(self.path("two"))

    def test_a_killed_run_continues_from_its_checkpoint(self):
        for how in (ONE, TWO):
            folder = self.path(f"killed-{len(how)}")
            process = start(how, "train", f"{RUN}80", golden.SHAPES, "--out", folder, "--workers", 1, "--save-every", 5)
            snapshot = os.path.join(folder, "snapshot.safetensors")
            while not os.path.exists(snapshot):
                self.assertIsNone(process.poll(), "it ended without a checkpoint")
                time.sleep(0.01)
            process.send_signal(signal.SIGTERM if how is TWO else signal.SIGKILL)
            finish(process)
            step = int(load(snapshot)[1]["step"])
            self.assertTrue(0 < step < 80, step)
            train(f"{RUN}80", folder, "--save-every", "40", how=how)
            self.assertEqual(load(os.path.join(folder, "model.safetensors"))[1]["step"], "80")
            self.assertEqual(len(losses(folder)), 80)
        whole = self.path("whole")
        train(f"{RUN}80", whole)
        # In one process, as if it had not been interrupted.
        self.assertLess(golden.off(losses(whole), losses(self.path("killed-2"))), 1e-6)

    @unittest.skipUnless(os.path.exists("/proc/self/cmdline"), "the processes of torchrun are found on Linux only")
    def test_torchrun_starts_all_processes_anew_if_one_ends(self):
        folder = self.path("run")
        how = [*TWO[:-1], "--max_restarts", "1", "-m"]
        process = start(how, "train", f"{RUN}80", golden.SHAPES, "--out", folder, "--workers", 1, "--save-every", 5)
        while not os.path.exists(os.path.join(folder, "snapshot.safetensors")):
            self.assertIsNone(process.poll(), "it ended without a checkpoint")
            time.sleep(0.01)
        with open(f"/proc/{process.pid}/task/{process.pid}/children") as file:
            one = file.read().split()[-1]
        with open(f"/proc/{one}/cmdline") as file:
            self.assertIn("likeness.train", file.read())
        os.kill(int(one), signal.SIGKILL)
        code, said = finish(process)
        self.assertEqual(code, 0, said)
        self.assertEqual(load(os.path.join(folder, "model.safetensors"))[1]["step"], "80")
        self.assertEqual(len(losses(folder)), 80)

    def test_a_batch_too_small_for_the_processes_is_refused(self):
        words = ["train", f"{RUN}2&batch=5", golden.SHAPES, "--out", self.path("run"), "--workers", 1]
        code, said = finish(start(TWO, *words))
        self.assertNotEqual(code, 0)
        self.assertIn("Batches of 5 pairs cannot be divided among 2 processes.", said)

    def test_a_batch_larger_than_the_page_allows_opens_there(self):
        train(f"{RUN}2", self.path("run"), "--batch", "600")
        settings = load(self.path("run", "model.safetensors"))[1]["settings"]
        self.assertIn("&batch=512&", settings)


class Everything(InAFolder):
    def test_a_run_is_trained_embedded_searched_and_sampled(self):
        run, rows, near = self.path("run"), self.path("rows"), self.path("near")
        with open(self.path("run.json"), "w") as file:
            json.dump({"link": from_link(f"{RUN}40").link(), "steps": []}, file)
        train(self.path("run.json"), run)
        call("embed", os.path.join(run, "model.safetensors"), golden.SHAPES, "--out", rows, "--workers", 2)
        found, names = Shards(rows).read()
        for name in ("model", "snapshot"):
            shutil.copy(os.path.join(run, f"{name}.safetensors"), golden.written(f"{name}.safetensors"))
        with open(golden.written("embeddings.json"), "w") as file:
            json.dump(found.tolist(), file)
        with open(golden.written("names.json"), "w") as file:
            json.dump(names, file)
        # In the order of the embeddings, by numpy.
        order = sorted(range(60), key=lambda index: (names_of(index)[1], index))
        self.assertEqual([names_of(index) for index in order], names)
        planes = golden.planes(32)[order].astype(np.float32) / np.float32(255)
        model = load(os.path.join(run, "model.safetensors"))
        self.assertLess(golden.off(numpy_embed(model, planes), found), 1e-4)
        call("neighbours", rows, "--out", near, "--k", 5)
        indices = np.load(os.path.join(near, "neighbours.npy"))
        self.check_neighbours(found, indices, np.load(os.path.join(near, "similarities.npy")))
        call("sample", run, rows, golden.SHAPES, "--out", self.path("some.likeness"), "--count", 12)
        shutil.copy(self.path("some.likeness"), golden.written("sample.likeness"))
        with open(self.path("some.likeness"), "rb") as file:
            parts = experiment.unpacked(file.read())
        self.assertEqual(len(parts), 13)
        for place, part in enumerate(parts):
            with open(golden.written(f"experiment-{place}.bin"), "wb") as file:
                file.write(part)
        # Nothing is written twice.
        for command, out in (("neighbours", near), ("sample", self.path("some.likeness"))):
            more = [run, rows, golden.SHAPES] if command == "sample" else [rows]
            code, said = finish(start(ONE, command, *more, "--out", out))
            self.assertEqual((code, said.count("\n")), (1, 1), said)

    def check_neighbours(self, rows, indices, similarities):
        rows = rows.astype(np.float64)
        unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        products = unit @ unit.T
        np.fill_diagonal(products, -2)
        expected = -np.sort(-products, 1)[:, :5]
        self.assertLess(golden.off(similarities, expected), 1e-5)
        self.assertLess(golden.off(np.take_along_axis(products, indices, 1), expected), 1e-5)

    def test_embedding_continues_after_the_last_complete_shard(self):
        model, rows = golden.path("dcl-model.safetensors"), self.path("rows")
        call("embed", model, golden.SHAPES, "--out", rows, "--workers", 1)
        whole, _ = Shards(rows).read()
        # As after an interruption: what was written last is there, but not its names.
        os.remove(os.path.join(rows, "names-00000.csv"))
        call("embed", model, golden.SHAPES, "--out", rows, "--workers", 1)
        self.assertEqual(golden.off(Shards(rows).read()[0], whole), 0)
        other = golden.path("infonce-model.safetensors")
        code, said = finish(start(ONE, "embed", other, golden.SHAPES, "--out", rows))
        self.assertEqual((code, said), (1, f"“{rows}” holds other embeddings; choose another folder.\n"))

    def test_pictures_from_a_zip_are_those_of_the_folder(self):
        with zipfile.ZipFile(self.path("shapes.zip"), "w") as file:
            for folder, _, names in os.walk(golden.SHAPES):
                for name in names:
                    path = os.path.join(folder, name)
                    file.write(path, os.path.relpath(path, golden.SHAPES))
        found = []
        for place, source in enumerate((golden.SHAPES, self.path("shapes.zip"))):
            out = self.path(str(place))
            call("embed", golden.path("dcl-model.safetensors"), source, "--out", out, "--workers", 1)
            found.append(Shards(out).read())
        self.assertEqual(golden.off(found[0][0], found[1][0]), 0)
        self.assertEqual(found[0][1], found[1][1])


@unittest.skipUnless(find_spec("pyarrow"), "pyarrow is not installed")
class Parquet(InAFolder):
    def test_parquet_holds_the_same_embeddings(self):
        found = []
        for kind in ("npy", "parquet"):
            out = self.path(kind)
            call("embed", golden.path("dcl-model.safetensors"), golden.SHAPES, "--out", out, "--format", kind)
            found.append(Shards(out).read())
        self.assertEqual(golden.off(found[0][0], found[1][0]), 0)
        self.assertEqual(found[0][1], found[1][1])


@unittest.skipUnless(find_spec("webdataset"), "webdataset is not installed")
class WebDataset(InAFolder):
    def test_pictures_from_shards_are_those_of_the_folder(self):
        shards = [tarfile.open(self.path(f"shapes-{place}.tar"), "w") for place in (0, 1)]
        for kind in sorted(os.listdir(golden.SHAPES)):
            for name in sorted(os.listdir(os.path.join(golden.SHAPES, kind))):
                shard = shards[kind > "e"]
                shard.add(os.path.join(golden.SHAPES, kind, name), f"{kind}/{name}")
        for shard in shards:
            shard.close()
        found = []
        for place, source in enumerate((golden.SHAPES, self.path("shapes-{0..1}.tar"))):
            out = self.path(str(place))
            call("embed", golden.path("dcl-model.safetensors"), source, "--out", out, "--workers", 2)
            found.append(Shards(out).read())
        self.assertEqual(golden.off(found[0][0], found[1][0]), 0)
        self.assertEqual(found[0][1], found[1][1])


@unittest.skipUnless(find_spec("faiss"), "faiss is not installed")
class Index(unittest.TestCase):
    def test_the_index_finds_nearly_all_neighbours(self):
        random = np.random.default_rng(3)
        centres = random.normal(size=(40, 24))
        rows = neighbours.unit(np.repeat(centres, 100, 0) + 0.5 * random.normal(size=(4000, 24)))
        exact, similarities = neighbours.exact(rows, 10)
        found, by_index = neighbours.by_index(rows, 10)
        self.assertFalse((found == np.arange(4000)[:, None]).any())
        shared = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(exact.tolist(), found.tolist())])
        self.assertGreater(shared, 0.95)
        self.assertLess(golden.off(by_index[:, 0].mean(), similarities[:, 0].mean()), 1e-2)


def names_of(index):
    kinds = ["disc", "ring", "square", "triangle", "star", "cross", "heart", "crescent", "dots", "stripes"]
    return f"{index:03}.png", kinds[index % 10]


class Duplicates(unittest.TestCase):
    def test_copies_form_groups_and_others_do_not(self):
        rows = neighbours.unit(np.random.default_rng(2).normal(size=(300, 16)))
        rows[7], rows[250] = rows[3], rows[3]
        indices, similarities = neighbours.exact(rows, 10)
        pairs = neighbours.links(indices, similarities, neighbours.LEAST)
        threshold = neighbours.suggested(pairs, 300)
        self.assertEqual(threshold, neighbours.LEAST)
        groups = neighbours.duplicates(pairs, threshold, 300)
        self.assertEqual([[place for place, _ in group] for group in groups], [[3, 7, 250]])

    def test_many_alike_raise_the_threshold(self):
        pairs = [(place, place + 1, 0.9985 - place * 0.0007) for place in range(199)]
        # Two percent of 200 pictures: the fifth is found by the fourth pair.
        self.assertAlmostEqual(neighbours.suggested(pairs, 200), 0.997, places=6)
        self.assertIsNone(neighbours.suggested([(place, place + 1, 0.9999) for place in range(199)], 200))


class Refusals(InAFolder):
    """Each failure is one sentence and an exit code, and nothing is written."""

    def assert_refused(self, sentence, command, *arguments):
        out = self.path("out.likeness" if command == "sample" else "out")
        code, said = finish(start(ONE, command, *arguments, "--out", out))
        self.assertEqual((code, said), (1, sentence + "\n"))
        self.assertFalse(os.path.exists(out), f"{sentence}: something was written")

    def test_wrong_links(self):
        for link, sentence in [
            ("images=shapes&colour=red", "There is no setting “colour” in a link of Likeness."),
            ("#images=shapes&batch=1", "The link's “batch=1” should be a number from 2 to 512."),
            ("#images=shapes&hue=2@1", "The link's “hue=2@1” should be strength@probability, both from 0 to 1."),
            ("#loss=quartet", "The link's “loss=quartet” should be one of infonce, dcl, nce, triplet."),
            ("https://example.org/", "“https://example.org/” is no link of Likeness with settings after “#”."),
            ("missing.json", "There is no file “missing.json”."),
        ]:
            self.assert_refused(sentence, "train", link, golden.SHAPES)

    def test_wrong_runs(self):
        run = self.path("run.json")
        for text in ("", "[1, 2]", '{"link": 7}'):
            with open(run, "w") as file:
                file.write(text)
            self.assert_refused(f"“{run}” is no run saved by Likeness as JSON.", "train", run, golden.SHAPES)

    def test_missing_and_empty_folders(self):
        empty = self.path("empty")
        os.mkdir(empty)
        for pictures, sentence in [
            (self.path("none"), f"There is no file or folder “{self.path('none')}”."),
            (empty, f"The folder “{empty}” contains no pictures."),
        ]:
            self.assert_refused(sentence, "train", f"{RUN}2", pictures)
            self.assert_refused(sentence, "embed", golden.path("dcl-model.safetensors"), pictures)

    def test_broken_files(self):
        broken = self.path("broken.png")
        with open(os.path.join(golden.SHAPES, "disc", "000.png"), "rb") as file:
            contents = file.read()
        for part in (b"", b"no picture at all", contents[: len(contents) // 2]):
            with open(broken, "wb") as file:
                file.write(part)
            sentence = f"“{broken}” cannot be decoded as a picture."
            self.assert_refused(sentence, "train", f"{RUN}2", golden.SHAPES, broken)
            self.assert_refused(sentence, "embed", golden.path("dcl-model.safetensors"), broken)
        # Or they are left out on demand.
        call("train", f"{RUN}2", golden.SHAPES, broken, "--out", self.path("run"), "--skip-broken", "--workers", 2)
        with open(self.path("run", "pictures.json")) as file:
            listed = json.load(file)
        self.assertEqual((len(listed["names"]), len(listed["skipped"])), (60, 1))
        with open(self.path("broken.zip"), "wb") as file:
            file.write(b"PK no zip")
        self.assert_refused(f"“{self.path('broken.zip')}” is no zip, or damaged.", "train", f"{RUN}2", file.name)

    def test_too_few_pictures(self):
        one = self.path("one.png")
        Image.new("RGB", (40, 30)).save(one)
        self.assert_refused("Training needs at least 4 pictures, and there are 1.", "train", f"{RUN}2", one)

    def test_foreign_networks(self):
        foreign = self.path("foreign.safetensors")
        whole = golden.path("dcl-model.safetensors")
        with open(whole, "rb") as file:
            contents = file.read()
        for part, why in [
            (b"\x10\0\0\0\0\0\0\0" + b'{"a":{"b":"c"}} ', "is no safetensors file, or damaged."),
            (b"\x02\0\0\0\0\0\0\0{}", "is no model of Likeness in a version that can be read here."),
            (contents[: len(contents) // 2], "is no safetensors file, or damaged."),
        ]:
            with open(foreign, "wb") as file:
                file.write(part)
            self.assert_refused(f"“{foreign}” {why}", "embed", foreign, golden.SHAPES)
            self.assert_refused(f"“{foreign}” {why}", "train", foreign, golden.SHAPES)
        snapshot = golden.path("dcl-end.safetensors")
        sentence = f"“{snapshot}” is a snapshot, without the whitening that embeds; use the model beside it."
        self.assert_refused(sentence, "embed", snapshot, golden.SHAPES)

    def test_folders_of_something_else_stay_as_they_are(self):
        for command, what in (("train", "run"), ("embed", "embeddings")):
            out = self.path(command)
            os.mkdir(out)
            with open(os.path.join(out, "thesis.txt"), "w") as file:
                file.write("years of work")
            first = f"{RUN}2" if command == "train" else golden.path("dcl-model.safetensors")
            code, said = finish(start(ONE, command, first, golden.SHAPES, "--out", out))
            sentence = f"“{out}” is not empty and holds no {what}; choose another folder.\n"
            self.assertEqual((code, said, os.listdir(out)), (1, sentence, ["thesis.txt"]))
        train(f"{RUN}2", self.path("run"))
        before = losses(self.path("run"))
        code, said = finish(start(ONE, "train", f"{RUN}3", golden.SHAPES, "--out", self.path("run")))
        self.assertEqual((code, said), (1, f"“{self.path('run')}” holds another run; choose another folder.\n"))
        self.assertEqual(losses(self.path("run")), before)


class Script(InAFolder):
    def test_embed_py_needs_only_numpy_and_pillow(self):
        script = os.path.join(PACKAGE, "embed.py")
        picture = os.path.join(golden.SHAPES, "disc", "000.png")
        # As if PyTorch were not installed.
        with open(self.path("torch.py"), "w") as file:
            file.write("raise ImportError('no torch')\n")
        words = [sys.executable, script, "--with", "numpy", golden.path("dcl-model.safetensors"), picture]
        environment = {**ENVIRONMENT, "PYTHONPATH": self.folder}
        done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        row = list(csv.reader(done.stdout.splitlines()))[1][1:]
        self.assertLess(golden.off(np.array(row, np.float32), golden.TENSORS["run.dcl.embeddings"][0]), 1e-4)
        words[-1] = __file__
        done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=300)
        sentence = f"“{__file__}” cannot be decoded as a picture.\n"
        self.assertEqual((done.returncode, done.stderr), (1, sentence))


if __name__ == "__main__":
    unittest.main()
