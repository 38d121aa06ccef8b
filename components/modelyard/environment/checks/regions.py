"""Regions and residency."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.catalog.regions import jurisdictions, region, region_names
from modelyard.catalog.unknown import UnknownRegion
from modelyard.errors import Problem
from modelyard.validation.values import given_text, listed, nearest

if TYPE_CHECKING:
    from modelyard.environment.spec import AwsEnvironment

UNRESTRICTED = "unrestricted"
"""The residency of data that may be anywhere."""


def residency_is_known(environment: AwsEnvironment) -> Iterator[Problem]:
    """The residency is a jurisdiction that has regions, or none at all."""
    known = (*jurisdictions(), UNRESTRICTED)
    if environment.residency in known:
        return
    like = nearest(environment.residency, known)
    yield Problem(
        field="residency",
        given=given_text(environment.residency),
        message=f'"{environment.residency}" is no jurisdiction that has a region',
        allowed=", ".join(known),
        mend=f"did you mean {listed(like)}?" if like else "choose one of these",
    )


def regions_are_known(environment: AwsEnvironment) -> Iterator[Problem]:
    """Both regions are in the catalog."""
    for field, name in _named_regions(environment):
        try:
            region(name)
        except UnknownRegion as error:
            near = listed(error.nearest) if error.nearest else ""
            yield Problem(
                field=field,
                given=given_text(name),
                message=f'the catalog knows no region "{name}"',
                allowed=", ".join(region_names()),
                mend=f"did you mean {near}?" if near else "choose one of these",
            )


def regions_lie_within_the_residency(environment: AwsEnvironment) -> Iterator[Problem]:
    """Neither region takes data out of the residency."""
    residency = environment.residency
    if residency not in jurisdictions():
        return
    within = [name for name in region_names() if region(name).jurisdiction == residency]
    for field, name in _named_regions(environment):
        if name not in region_names() or name in within:
            continue
        place = region(name).place
        yield Problem(
            field=field,
            given=given_text(name),
            message=f'{name} ({place}) lies outside the residency "{residency}"',
            allowed=", ".join(within),
            mend="choose one of these, or change residency if the data may be there",
        )


def recovery_is_elsewhere(environment: AwsEnvironment) -> Iterator[Problem]:
    """The recovery region isn't the primary one."""
    regions = environment.regions
    if regions.recovery != regions.primary:
        return
    candidates = (
        region(regions.primary).recovery_candidates if regions.primary in region_names() else region_names()
    )
    others = ", ".join(candidates) or "any other region, if residency is widened"
    yield Problem(
        field="regions.recovery",
        given=given_text(regions.recovery),
        message=f"{regions.recovery} is the primary region too: it would be lost with it",
        allowed=others,
        mend="choose another region, or remove recovery",
    )


def recovery_is_described(environment: AwsEnvironment) -> Iterator[Problem]:
    """A recovery region comes with what stands ready there."""
    named, recovery = environment.regions.recovery, environment.recovery
    if named is not None and recovery is None:
        yield Problem(
            field="recovery",
            given="nothing",
            message=f"{named} is the region to come back in, and what stands ready there isn't said",
            allowed="the network there, as network: {cidr: 10.64.0.0/16}; and the pools, if they differ",
            mend="add recovery with its network, or remove regions.recovery",
        )
    if named is None and recovery is not None:
        yield Problem(
            field="regions.recovery",
            given="nothing",
            message="recovery says what stands ready in the region to come back in, and none is named",
            allowed="another region than the primary one",
            mend="name it, or remove recovery",
        )


def _named_regions(environment: AwsEnvironment) -> Iterator[tuple[str, str]]:
    yield "regions.primary", environment.regions.primary
    if environment.regions.recovery is not None:
        yield "regions.recovery", environment.regions.recovery
