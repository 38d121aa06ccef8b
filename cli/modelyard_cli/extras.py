"""The extras of the distribution, and what each of them brings."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass

from modelyard.errors import SurroundingsError


@dataclass(frozen=True, slots=True)
class Extra:
    """A part of the distribution that is installed when it is asked for."""

    name: str
    modules: tuple[str, ...]
    """The modules that show whether it is installed."""
    needed_for: str

    @property
    def missing(self) -> list[str]:
        """Those of its modules that aren't installed."""
        return [module for module in self.modules if importlib.util.find_spec(module) is None]

    @property
    def mend(self) -> str:
        """How to install it."""
        return f"python -m pip install 'modelyard[{self.name}]' (in a checkout: '.[{self.name}]')"


EXTRAS = (
    Extra("aws", ("boto3", "botocore", "pulumi_aws", "tenacity"), "preview, job stores, `pulumi up` on AWS"),
    Extra("sandbox", ("moto", "flask"), "sandbox and demo"),
    Extra("workloads", ("jax", "keras", "numpy", "sklearn"), "training in the demo"),
)


def require_extras() -> None:
    """Raise SurroundingsError unless all of them are installed: the demo would stop half-way."""
    for extra in EXTRAS:
        if extra.missing:
            raise SurroundingsError(
                f"the extra `{extra.name}` isn't installed: {', '.join(extra.missing)}", extra.mend
            )
