"""Whether two samples are alike: the kernel two-sample statistic (Gretton and others, JMLR 13, 2012)."""

from __future__ import annotations

from typing import Any

import numpy as np

Sample = np.ndarray[Any, Any]


def squared_distance(one: Sample, other: Sample, *, bandwidth: float) -> float:
    """The squared maximum mean discrepancy of two samples, a row each example, by its unbiased estimate.

    With a Gaussian kernel it is zero in the mean for samples of one distribution (an estimate may be a little
    below), and the larger the more two differ, in what they hold as in how often: a generator that repeats a
    few good images is as far off as one that makes bad ones.
    """

    def kernel(left: Sample, right: Sample) -> Sample:
        return np.exp(-_squares(left, right) / (2.0 * bandwidth**2))

    def among(sample: Sample) -> float:
        size = len(sample)
        return float((kernel(sample, sample).sum() - size) / (size * (size - 1)))

    one, other = one.astype(np.float64), other.astype(np.float64)
    return among(one) + among(other) - 2.0 * float(kernel(one, other).mean())


def median_distance(sample: Sample) -> float:
    """The median distance of two examples: the usual bandwidth."""
    squares = _squares(sample, sample.astype(np.float64))
    return float(np.sqrt(np.median(squares[np.triu_indices(len(sample), k=1)])))


def _squares(left: Sample, right: Sample) -> Sample:
    """Squared distance of each row on the left to each on the right."""
    squares = (left**2).sum(axis=1)[:, np.newaxis] + (right**2).sum(axis=1) - 2.0 * left @ right.T
    return np.maximum(squares, 0.0)
