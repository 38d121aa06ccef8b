"""How many accelerators machines have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Machine:
    """An instance type that has accelerators."""

    name: str
    vcpus: int
    accelerators: float
    """GPUs, Trainium or Inferentia chips; a part of one where the machine has a share."""


@cache
def machines() -> tuple[Machine, ...]:
    """The accelerated types of EC2's DescribeInstanceTypes, as moto 5 has them (2026), without types that
    can't train: video and field-programmable ones.
    """
    text = files("modelyard_policies.aws").joinpath("accelerators.txt").read_text(encoding="utf-8")
    rows = (line.split() for line in text.splitlines())
    return tuple(Machine(name, int(vcpus), float(count)) for name, vcpus, count in rows)


@cache
def machines_named(name: str) -> tuple[Machine, ...] | None:
    """The accelerated machines among those of a type (`p5.48xlarge`) or family (`p5`).

    None if its name is that of an accelerated family that isn't known.
    """
    wanted = name.strip().lower()
    found = tuple(each for each in machines() if wanted in (each.name, each.name.partition(".")[0]))
    if found or not re.match(r"(p|g|gr|trn|inf|dl)\d", wanted):
        return found
    return None
