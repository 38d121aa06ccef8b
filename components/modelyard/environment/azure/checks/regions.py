"""Regions and residency."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.catalog import azure as atlas
from modelyard.environment.checks import regions as shared
from modelyard.errors import Problem

if TYPE_CHECKING:
    from modelyard.environment.azure.spec import AzureEnvironment


def residency_is_known(environment: AzureEnvironment) -> Iterator[Problem]:
    """The residency is a jurisdiction that has regions, or none at all."""
    return shared.residency_is_known(environment, atlas)


def regions_are_known(environment: AzureEnvironment) -> Iterator[Problem]:
    """Both regions are in the catalog."""
    return shared.regions_are_known(environment, atlas)


def regions_lie_within_the_residency(environment: AzureEnvironment) -> Iterator[Problem]:
    """Neither region takes data out of the residency."""
    return shared.regions_lie_within_the_residency(environment, atlas)


def recovery_is_elsewhere(environment: AzureEnvironment) -> Iterator[Problem]:
    """The recovery region isn't the primary one."""
    return shared.recovery_is_elsewhere(environment, atlas)


def recovery_is_described(environment: AzureEnvironment) -> Iterator[Problem]:
    """A recovery region comes with what stands ready there."""
    return shared.recovery_is_described(environment)
