"""Makes linear_probe.json: logistic regression by SciPy, for src/evaluate/linear_probe.rs.

Needs numpy and scipy. Rows are scaled to length 1, features standardised by the given
rows' moments and divided by the root of their number; the loss is the mean
cross-entropy plus 1e-4 / 2 times the squared weights, biases free.
"""

import json
import pathlib

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

GIVEN, HELD_OUT, DIMENSIONS, CLASSES, PENALTY = 15, 6, 7, 3, 1e-4

rng = np.random.default_rng(3)
classes = np.arange(GIVEN + HELD_OUT) % CLASSES
rows = rng.normal(size=(len(classes), DIMENSIONS)) + 0.8 * np.eye(CLASSES, DIMENSIONS)[classes]
rows = rows.round(4)

unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
x = (unit - unit[:GIVEN].mean(0)) / (unit[:GIVEN].std(0) * np.sqrt(DIMENSIONS))


def scores(p, x):
    p = p.reshape(CLASSES, DIMENSIONS + 1)
    return x @ p[:, :-1].T + p[:, -1]


def loss(p):
    weights = p.reshape(CLASSES, DIMENSIONS + 1)[:, :-1]
    log = log_softmax(scores(p, x[:GIVEN]), axis=1)
    return -log[np.arange(GIVEN), classes[:GIVEN]].mean() + PENALTY / 2 * (weights**2).sum()


solution = minimize(loss, np.zeros(CLASSES * (DIMENSIONS + 1)), method="BFGS", options={"gtol": 1e-8})
golden = {
    "dimensions": DIMENSIONS,
    "given": GIVEN,
    "classes": classes[:GIVEN].tolist(),
    "rows": rows.ravel().tolist(),
    "probabilities": softmax(scores(solution.x, x[GIVEN:]), axis=1).ravel().round(6).tolist(),
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden) + "\n")
print(solution.message, solution.fun)
