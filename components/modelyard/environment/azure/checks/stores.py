"""Stores, and the copies that Azure keeps of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.catalog.azure import region, region_names
from modelyard.environment.azure.needs import is_within
from modelyard.environment.azure.recovery_chains import stores
from modelyard.environment.azure.storage import BlobStore, CheckpointStore
from modelyard.errors import Problem
from modelyard.validation.values import given_text

if TYPE_CHECKING:
    from modelyard.environment.azure.spec import AzureEnvironment


OVER_ZONES = ("zrs", "gzrs")
TO_THE_PAIR = ("grs", "gzrs")


def redundancy_exists_in_the_region(environment: AzureEnvironment) -> Iterator[Problem]:
    """Copies over zones need zones, and copies in the paired region a pair."""
    primary = environment.regions.primary
    if primary not in region_names():
        return
    place = region(primary)
    for purpose, store in _own(environment):
        chosen = store.redundancy
        lacks_zones = chosen in OVER_ZONES and not place.availability_zones
        lacks_pair = chosen in TO_THE_PAIR and place.pair is None
        if lacks_zones or lacks_pair:
            allowed = [
                each
                for each in ("lrs", "zrs", "grs", "gzrs")
                if (place.availability_zones or each not in OVER_ZONES)
                and (place.pair is not None or each not in TO_THE_PAIR)
            ]
            what = "no availability zones" if lacks_zones else "no paired region"
            yield Problem(
                field=f"storage.{purpose}.redundancy",
                given=given_text(chosen),
                message=f"{primary} has {what}",
                allowed=", ".join(allowed),
                mend="choose one of these, or remove redundancy",
            )


def copies_of_azure_stay_within_the_residency(environment: AzureEnvironment) -> Iterator[Problem]:
    """The paired region, which Azure chooses, doesn't take data out of the residency."""
    primary, residency = environment.regions.primary, environment.residency
    if not is_within(primary, residency):
        return
    pair = region(primary).pair
    for purpose, store in _own(environment):
        if store.redundancy in TO_THE_PAIR and pair is not None and not is_within(pair, residency):
            yield Problem(
                field=f"storage.{purpose}.redundancy",
                given=given_text(store.redundancy),
                message=f"Azure would copy it to {pair} ({region(pair).place}), outside the residency "
                f'"{residency}"',
                allowed="lrs, zrs",
                mend="choose one of these, or remove redundancy",
            )


def objects_cool_before_they_expire(environment: AzureEnvironment) -> Iterator[Problem]:
    """Nothing expires before it would cool. With promotion what lies under keep/ cools and never expires."""
    for purpose, store in _own(environment):
        cool, expiry = store.cool_after_days, store.expire_after_days
        kept = isinstance(store, CheckpointStore) and store.promotion is not None
        if cool is not None and expiry is not None and cool >= expiry and not kept:
            yield Problem(
                field=f"storage.{purpose}.cool_after_days",
                given=str(cool),
                message=f"objects have expired by then: expire_after_days is {expiry}",
                allowed=f"a whole number from 1 to {expiry - 1}"
                if expiry > 1
                else "nothing beside this expiry",
                mend="lower it, or remove it" if expiry > 1 else "remove it",
            )


def _own(environment: AzureEnvironment) -> Iterator[tuple[str, BlobStore]]:
    for purpose in stores(environment):
        yield purpose, getattr(environment.storage, purpose)
