"""Numbers that must equal the page's."""

import os
import unittest

import numpy as np
import torch

from likeness import augment, losses, settings, whitening
from likeness.embedding import embed as numpy_embed
from likeness.encoder import Embedding, initial
from likeness.model_file import load
from likeness.processes import Processes
from likeness.random import BATCHES, Generator, generator
from likeness.train import Trainer

from . import golden

torch.set_num_threads(1)


class Random(unittest.TestCase):
    def test_words_and_whole_numbers(self):
        random = generator(7, 7, 3)
        self.assertEqual(list(map(str, random.words(5))), golden.VALUES["words"])
        below = random.below([900_000] * 500)
        self.assertEqual((below + 1).tolist(), golden.VALUES["below"])

    def test_words_do_not_depend_on_how_many_are_drawn_together(self):
        together = Generator(3).words(40_000)
        random = Generator(3)
        parts = [random.words(count) for count in (1, 2, 16_384, 16_385, 7_228)]
        self.assertTrue((np.concatenate(parts) == together).all())

    def test_shuffles(self):
        for count in (0, 1, 2, 3, 60, 3000, 70_000):
            found = generator(7, BATCHES, count).shuffled(count)
            self.assertEqual(found, golden.VALUES[f"shuffled.{count}"], count)

    def test_normal_numbers(self):
        # With numbers beyond the last layer, of which one in 3,000 lies there.
        expected = golden.TENSORS["normal"]
        self.assertTrue((np.abs(expected) > 3.7).any())
        found = Generator(12_345_678_901_234_567_890).normal(len(expected))
        self.assertLess(golden.off(found, expected), 1e-6)


class Views(unittest.TestCase):
    def test_views_of_given_parameters(self):
        names = [name for name in golden.VALUES if name.startswith("views.") and name.count(".") == 1]
        self.assertEqual(len(names), 5)
        for name in names:
            given = settings.from_link(golden.VALUES[name]["link"])
            parameters = golden.TENSORS[f"{name}.parameters"]
            views = augment.draw(given, 5, range(len(parameters)))
            flat = [views.affine, views.matrix, views.offset, views.blur, views.noise, views.centre, views.half]
            found = np.concatenate([values.reshape(len(parameters), -1) for values in flat], 1)
            self.assertLess(golden.off(found, parameters), 1e-5, name)
            self.assertEqual(list(map(str, views.seeds)), golden.VALUES[f"{name}.seeds"])
            some = augment.draw(given, 5, range(1, len(parameters)))
            self.assertTrue((some.seeds == views.seeds[1:]).all() and (some.affine == views.affine[1:]).all())
            pictures = torch.from_numpy(golden.TENSORS[f"{name}.pictures"].copy())
            rendered = augment.render(pictures, views)
            self.assertLess(golden.off(rendered, golden.TENSORS[f"{name}.rendered"]), 2e-3, name)

    def test_noise_of_devices_has_the_same_deviation(self):
        given = settings.from_link(golden.VALUES["views.every"]["link"])
        views = augment.draw(given, 5, range(40))
        noise = augment.device_noise(torch.zeros(40, 3, 32, 32), views)
        deviations = noise.flatten(1).std(1).numpy()
        self.assertTrue(np.allclose(deviations, views.noise, rtol=0.08))


class Pictures(unittest.TestCase):
    def test_pictures_are_shrunk_as_on_the_page(self):
        for name, side in (("every", 32), ("odd", 17), ("large", 96)):
            expected = golden.TENSORS[f"views.{name}.pictures"]
            found = golden.planes(side)[: len(expected)].astype(np.float32) / np.float32(255)
            self.assertEqual(golden.off(found, expected), 0, name)


class Runs(unittest.TestCase):
    """Each golden run: ten steps from the same seed, for each loss."""

    def trainer(self, name):
        given = settings.from_link(golden.VALUES[f"run.{name}"]["link"])
        return Trainer(given, golden.planes(given.side), Processes("cpu"))

    def assert_close(self, found, expected, share, name):
        for key, values in expected.items():
            scale = max(np.abs(values).max(), 1e-3)
            self.assertLess(golden.off(found[key], values) / scale, share, f"{name}, {key}")

    def test_runs(self):
        self.assertEqual(len(golden.runs()), 12)
        for name in golden.runs():
            with self.subTest(name):
                self.check(name)

    def check(self, name):
        trainer = self.trainer(name)
        start, _ = load(golden.path(f"{name}-start.safetensors"))
        weights = {key: value.numpy() for key, value in trainer.network.state_dict().items()}
        own = {key: value for key, value in start.items() if key in weights}
        self.assertEqual(len(own), len(weights))
        self.assert_close(weights, own, 1e-4, name)
        untrained = {key: value for key, value in start.items() if key.startswith("untrained.")}
        self.assertEqual(untrained.keys(), trainer.untrained.keys())
        self.assert_close(trainer.untrained, untrained, 1e-4, name)
        # From the very same numbers, so that only the steps are compared.
        trainer.restore(load(golden.path(f"{name}-start.safetensors")))
        expected = golden.TENSORS[f"run.{name}.statistics"]
        for step, (rows, statistics) in enumerate(zip(golden.VALUES[f"run.{name}"]["rows"], expected)):
            self.assertEqual(list(trainer.rows(step)), rows)
            found = trainer.take_step().numpy()
            self.assertLess(abs(found[0] / statistics[0] - 1), 1e-3, f"{name}, loss of step {step}")
            self.assertLess(golden.off(found[2:], statistics[2:]), 5e-3, f"{name}, step {step}")
        end, meta = load(golden.path(f"{name}-end.safetensors"))
        self.assertEqual(meta["step"], str(trainer.step))
        network = {key: value.numpy() for key, value in trainer.network.state_dict().items()}
        running = {key: value for key, value in end.items() if key.startswith("encoder") and "mean" in key}
        self.assert_close(network, running, 2e-2, name)
        scale = trainer.scale.state_dict()
        for key in ("log_temperature", "bias"):
            self.assertLess(abs(float(scale[key]) - float(end[f"loss.{key}"][0])), 1e-3, name)

    def test_embeddings(self):
        for name in golden.runs():
            model = load(golden.path(f"{name}-model.safetensors"))
            planes = golden.planes(int(model[1]["side"])).astype(np.float32) / np.float32(255)
            expected = golden.TENSORS[f"run.{name}.embeddings"]
            with torch.no_grad():
                found = Embedding(model)(torch.from_numpy(planes)).numpy()
            self.assertLess(golden.off(found, expected), 1e-4, name)
            self.assertLess(golden.off(numpy_embed(model, planes), expected), 1e-4, name)

    def test_whitening(self):
        trainer = self.trainer("dcl")
        trainer.restore(load(golden.path("dcl-end.safetensors")))
        tensors, meta = load(golden.path("dcl-model.safetensors"))
        mean, matrix, rank = whitening.fit(trainer.maps(range(60)))
        self.assertLess(golden.off(mean, tensors["embedding.mean"]), 1e-5)
        self.assertLess(abs(rank / float(meta["effective_rank"]) - 1), 1e-2)
        # The root of the inverse covariance is arbitrary, the products are not.
        expected = tensors["embedding.matrix"].astype(np.float64)
        expected = expected @ expected.T
        self.assertLess(golden.off(matrix.astype(np.float64) @ matrix.T, expected) / np.abs(expected).max(), 1e-2)


class Losses(unittest.TestCase):
    def test_losses_agree_with_loops(self):
        random = np.random.default_rng(1)
        pairs, given = 6, settings.from_link("images=shapes&loss=dcl&temperature=0.3")
        rows = random.normal(size=(2 * pairs, 5))
        unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        cosines = np.exp(unit @ unit.T / 0.3)
        others = [[k for k in range(12) if k % pairs != i % pairs] for i in range(12)]
        expected = {
            "dcl": np.mean([-np.log(cosines[i, (i + 6) % 12] / cosines[i, others[i]].sum()) for i in range(12)]),
            "infonce": np.mean(
                [-np.log(cosines[i, (i + 6) % 12] / (cosines[i].sum() - cosines[i, i])) for i in range(12)]
            ),
        }
        for loss, value in expected.items():
            chosen = given.replaced(loss=loss)
            scale = losses.LogitScale(chosen)
            found, _ = losses.batch_loss(chosen, torch.from_numpy(rows).float(), scale)
            self.assertLess(abs(float(found) - value), 1e-5, loss)


class Links(unittest.TestCase):
    def test_links_round_trip(self):
        for name in golden.runs():
            link = golden.VALUES[f"run.{name}"]["link"]
            self.assertEqual(settings.from_link(link).link(), link)

    def test_a_short_link_keeps_the_defaults(self):
        short = settings.from_link("https://example.org/page/#steps=7&images=fashion&tab=watch&hue=off")
        expected = settings.recommended("fashion")
        self.assertEqual(short.replaced(steps=expected.steps).link(), expected.link())
        self.assertEqual((short.steps, short.hue.on), (7, False))

    def test_settings_of_the_first_builds(self):
        model = os.path.join(os.path.dirname(__file__), "../../tests/golden/earlier/model-1.safetensors")
        given = settings.stored(load(model)[1]["settings"])
        self.assertEqual((given.features, given.readout, given.first_layer), ("outputs", 1, "random"))


class FirstLayer(unittest.TestCase):
    def test_outputs_are_uncorrelated_with_equal_deviation(self):
        given = settings.from_link("images=shapes&width=16&seed=3")
        planes = golden.planes(32)
        filters = initial(given, planes).encoder.blocks[0].weight.detach()[:8]
        answers = torch.nn.functional.conv2d(torch.from_numpy(planes).float() / 255 * 4, filters)
        answers = answers.permute(1, 0, 2, 3).flatten(1).numpy()
        covariance = np.cov(answers)
        self.assertLess(np.abs(covariance - np.diag(np.diag(covariance))).max(), 0.03)
        self.assertTrue(((0.12 < np.diag(covariance)) & (np.diag(covariance) < 0.28)).all())


if __name__ == "__main__":
    unittest.main()
