"""What the trials of a sweep try ("Hyperparameter tuning a model", 2024-12; reference of the sweep job,
2024-12-03; as of 2026-11).

A grid has every combination of its choices. At random each value is drawn by itself; the same seed draws the
same ones here, though not the ones that Azure's does. Not played: Bayesian sampling, Sobol's rule, and what
isn't in `DRAWS`.
"""

from __future__ import annotations

import itertools
import json
import math
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request

WHERE = "properties.searchSpace"
SearchSpace = Mapping[str, tuple[str, tuple[Any, ...]]]
"""By parameter: how it is drawn, and of what."""

DRAWS: dict[str, tuple[int, Callable[..., Any]]] = {
    "uniform": (2, lambda by, low, high: by.uniform(low, high)),
    "loguniform": (2, lambda by, low, high: math.exp(by.uniform(low, high))),
    "quniform": (3, lambda by, low, high, step: round(by.uniform(low, high) / step) * step),
    "normal": (2, lambda by, mean, spread: by.gauss(mean, spread)),
    "randint": (1, lambda by, upper: by.randrange(int(upper))),
}
"""By what a space's expression is called: how many numbers it takes, and how a value is drawn."""
CHOICE = "choice"


def read_space(given: Any, *, grid: bool) -> SearchSpace:
    """A search space, as a request has it.

    Raises:
        ArmError: it is none, or not one that is played.
    """
    if not isinstance(given, dict) or not given:
        raise _wrong("", "is not an object with at least one parameter")
    space: dict[str, tuple[str, tuple[Any, ...]]] = {}
    for name, value in given.items():
        space[str(name)] = _expression(str(name), value, grid=grid)
    return space


def trials(space: SearchSpace, sampling: Mapping[str, Any], most: int) -> list[dict[str, str]]:
    """What each trial is given, in words: no more of them than that."""
    if sampling["samplingAlgorithmType"] == "Grid":
        names = list(space)
        combined = itertools.product(*(values for _, values in space.values()))
        return [
            dict(zip(names, map(_worded, chosen), strict=True)) for chosen in itertools.islice(combined, most)
        ]
    by = random.Random(sampling.get("seed"))  # noqa: S311  (nothing is kept secret by it)
    return [{name: _worded(_drawn(by, *space[name])) for name in space} for _ in range(most)]


def _drawn(by: random.Random, how: str, values: Sequence[Any]) -> Any:
    return by.choice(values) if how == CHOICE else DRAWS[how][1](by, *values)


def _expression(name: str, value: Any, *, grid: bool) -> tuple[str, tuple[Any, ...]]:
    if not isinstance(value, list) or len(value) != 2 or not isinstance(value[1], list):
        raise _wrong(name, 'is not an expression, as ["choice", [[1, 2]]] or ["uniform", [0, 1]]')
    how, given = str(value[0]).lower(), value[1]
    if how == CHOICE:
        if len(given) != 1 or not isinstance(given[0], list) or not given[0]:
            raise _wrong(name, 'is not a choice of something, as ["choice", [[1, 2]]]')
        return how, tuple(given[0])
    if grid:
        raise _wrong(name, f"is {how}: a grid takes choice only")
    if how not in DRAWS:
        played = ", ".join((CHOICE, *DRAWS))
        raise _wrong(name, f"is {how}, which the sandbox doesn't play; it plays {played}")
    count = DRAWS[how][0]
    numbers = [item for item in given if isinstance(item, (int, float)) and not isinstance(item, bool)]
    if len(given) != count or len(numbers) != count:
        raise _wrong(name, f"is {how} of {json.dumps(given)}: it takes {count} numbers")
    if how == "randint" and numbers[0] < 1:
        raise _wrong(name, f"is randint of {numbers[0]}: it takes 1 or more")
    if how == "quniform" and numbers[2] <= 0:
        raise _wrong(name, f"is quniform in steps of {numbers[2]}: they must be more than 0")
    return how, tuple(numbers)


def _worded(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _wrong(name: str, said: str) -> ArmError:
    where = f"{WHERE}.{name}" if name else WHERE
    return bad_request("InvalidPropertyValue", f"The search space {name or 'of a sweep'} {said}.", where)
