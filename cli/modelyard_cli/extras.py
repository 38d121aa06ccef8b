"""The extras of the distribution, and what each of them brings."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

from modelyard.errors import SurroundingsError


@dataclass(frozen=True, slots=True)
class Extra:
    """A part of the distribution that is installed when it is asked for."""

    name: str
    modules: tuple[str, ...]
    """The modules that show whether it is installed."""
    needed_for: str
    for_everybody: bool = True
    """Whether nobody can do without it; others are for a cloud that not everybody is on."""

    @property
    def missing(self) -> list[str]:
        """Those of its modules that aren't installed."""
        return [module for module in self.modules if not _is_there(module)]

    @property
    def mend(self) -> str:
        """How to install it."""
        return f"python -m pip install 'modelyard[{self.name}]' (in a checkout: '.[{self.name}]')"


EXTRAS = (
    Extra("aws", ("boto3", "botocore", "pulumi_aws", "tenacity"), "preview, job stores, `pulumi up` on AWS"),
    Extra(
        "azure",
        ("azure.identity", "azure.storage.blob", "httpx", "pulumi_azure_native"),
        "preview, bootstrap, job stores, `pulumi up` on Azure",
        for_everybody=False,
    ),
    Extra("sandbox", ("moto", "flask"), "sandbox and demo"),
    Extra("workloads", ("jax", "keras", "numpy", "sklearn"), "training in the demo"),
)


def _is_of(module: str, known: str) -> bool:
    """Whether one of two modules is the other, or lies in it."""
    return f"{module}.".startswith(f"{known}.") or f"{known}.".startswith(f"{module}.")


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # (of what lies in a package that isn't there)
        return False


def extra_of(name: str) -> Extra:
    """The extra of a name. Raises StopIteration if there is none."""
    return next(extra for extra in EXTRAS if extra.name == name)


def extra_bringing(module: str) -> Extra | None:
    """The extra that brings a module, as `azure.identity` or the `azure` around it; None if none does."""
    return next((extra for extra in EXTRAS if any(_is_of(module, known) for known in extra.modules)), None)


def require_extras(*besides: str) -> None:
    """Raise SurroundingsError unless all that the demo needs is installed: it would stop half-way.

    `besides` are extras that not everybody needs, and this time are needed.
    """
    for extra in EXTRAS:
        if (extra.for_everybody or extra.name in besides) and extra.missing:
            raise SurroundingsError(
                f"the extra `{extra.name}` isn't installed: {', '.join(extra.missing)}", extra.mend
            )
