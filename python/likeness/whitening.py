"""Whitening of the map that embeds pictures, as the page fits it."""

import numpy as np

from .random import SUBSPACE, generator
from .settings import TABLE

# Ridge added to every direction's variance, as a share of the mean variance.
SHRINKAGE = 0.3

# Number of rounds of subspace iteration.
ROUNDS = 3

# Smallest length of a direction after orthogonalisation, relative to its length before.
LEAST_REST = 1e-4

# Smallest variance, relative to the squared length of the mean, that is more than rounding.
LEAST_VARIANCE = 1e-10

# Largest number of pictures that a whitening is fitted to.
SAMPLE = 2048


def fit(rows):
    """Returns mean, matrix and effective rank for rows, [n, features]; None if all are alike."""
    rows = np.asarray(rows, np.float64)
    count, features = rows.shape
    mean = rows.mean(0)
    rows = rows - mean
    variance = (rows**2).sum() / count
    if variance <= LEAST_VARIANCE * (mean @ mean):
        return None
    components = min(TABLE["max_components"], features, count - 1)
    directions = generator(0, SUBSPACE, 0).uniform(-1, 1, components * features)
    directions = orthonormal(directions.reshape(components, features).astype(np.float64))
    covariance = rows.T @ rows / count
    for _ in range(ROUNDS):
        directions = orthonormal(directions @ covariance)
    within = directions @ covariance @ directions.T
    added = SHRINKAGE * variance / min(features, count - 1)
    factor = np.linalg.cholesky(within + added * np.eye(components))
    matrix = np.linalg.solve(factor, directions).T
    return mean.astype(np.float32), matrix.astype(np.float32), effective_rank(within / variance)


def orthonormal(rows):
    """Orthonormalises rows in order; rows that depend on those before become zero."""
    result = np.zeros_like(rows)
    for place, row in enumerate(rows):
        length = np.linalg.norm(row)
        for _ in range(2):
            row = row - (result[:place] @ row) @ result[:place]
        rest = np.linalg.norm(row)
        if rest > LEAST_REST * length:
            result[place] = row / rest
    return result


def effective_rank(gram):
    """Returns exp of the entropy of the normalised singular values."""
    singular = np.sqrt(np.maximum(np.linalg.eigvalsh(gram), 0))
    if singular.sum() < 1e-4:
        return 0.0
    shares = singular / singular.sum()
    shares = shares[shares > 0]
    return float(np.exp(-(shares * np.log(shares)).sum()))
