"""Regions and residency."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

from modelyard.catalog.unknown import UnknownRegion
from modelyard.errors import Problem
from modelyard.validation.values import given_text, listed, nearest

if TYPE_CHECKING:
    from modelyard.environment.sites import Sited


class Place(Protocol):
    """A region of a catalog."""

    @property
    def place(self) -> str:
        """Where it is."""
        ...

    @property
    def jurisdiction(self) -> str:
        """Whose law holds there."""
        ...

    @property
    def recovery_candidates(self) -> tuple[str, ...]:
        """Other regions of that jurisdiction."""
        ...


class Atlas(Protocol):
    """What a cloud's catalog knows of regions: modelyard.catalog.regions, or another cloud's."""

    @property
    def jurisdictions(self) -> Callable[[], tuple[str, ...]]:
        """Every jurisdiction that has a region."""
        ...

    @property
    def region(self) -> Callable[[str], Place]:
        """Facts about a region; raises UnknownRegion."""
        ...

    @property
    def region_names(self) -> Callable[[], tuple[str, ...]]:
        """Every region that is known."""
        ...


UNRESTRICTED = "unrestricted"
"""The residency of data that may be anywhere."""


def residency_is_known(environment: Sited, atlas: Atlas) -> Iterator[Problem]:
    """The residency is a jurisdiction that has regions, or none at all."""
    known = (*atlas.jurisdictions(), UNRESTRICTED)
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


def regions_are_known(environment: Sited, atlas: Atlas) -> Iterator[Problem]:
    """Both regions are in the catalog."""
    for field, name in _named_regions(environment):
        try:
            atlas.region(name)
        except UnknownRegion as error:
            near = listed(error.nearest) if error.nearest else ""
            yield Problem(
                field=field,
                given=given_text(name),
                message=f'the catalog knows no region "{name}"',
                allowed=", ".join(atlas.region_names()),
                mend=f"did you mean {near}?" if near else "choose one of these",
            )


def regions_lie_within_the_residency(environment: Sited, atlas: Atlas) -> Iterator[Problem]:
    """Neither region takes data out of the residency."""
    residency = environment.residency
    if residency not in atlas.jurisdictions():
        return
    within = [name for name in atlas.region_names() if atlas.region(name).jurisdiction == residency]
    for field, name in _named_regions(environment):
        if name not in atlas.region_names() or name in within:
            continue
        place = atlas.region(name).place
        yield Problem(
            field=field,
            given=given_text(name),
            message=f'{name} ({place}) lies outside the residency "{residency}"',
            allowed=", ".join(within),
            mend="choose one of these, or change residency if the data may be there",
        )


def recovery_is_elsewhere(environment: Sited, atlas: Atlas) -> Iterator[Problem]:
    """The recovery region isn't the primary one."""
    regions = environment.regions
    if regions.recovery != regions.primary:
        return
    known = regions.primary in atlas.region_names()
    candidates = atlas.region(regions.primary).recovery_candidates if known else atlas.region_names()
    others = ", ".join(candidates) or "any other region, if residency is widened"
    yield Problem(
        field="regions.recovery",
        given=given_text(regions.recovery),
        message=f"{regions.recovery} is the primary region too: it would be lost with it",
        allowed=others,
        mend="choose another region, or remove recovery",
    )


def recovery_is_described(environment: Sited) -> Iterator[Problem]:
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


def _named_regions(environment: Sited) -> Iterator[tuple[str, str]]:
    yield "regions.primary", environment.regions.primary
    if environment.regions.recovery is not None:
        yield "regions.recovery", environment.regions.recovery
