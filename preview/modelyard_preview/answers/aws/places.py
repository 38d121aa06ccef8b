"""Regions, partitions, availability zones and service principals: from the catalog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modelyard.catalog.regions import Region, region
from modelyard.catalog.unknown import UnknownRegion
from modelyard_policies.graph import UNKNOWN
from modelyard_preview.engine import Call

PARTITION = "aws:index/getPartition:getPartition"
REGION = "aws:index/getRegion:getRegion"
ZONES = "aws:index/getAvailabilityZones:getAvailabilityZones"
SERVICE_PRINCIPAL = "aws:index/getServicePrincipal:getServicePrincipal"

_DNS_SUFFIX = "amazonaws.com"
"""Of the partition `aws`, which all regions of the catalog are in (botocore 1.44.5, endpoints.json)."""

_EVERY_ZONE = {
    "opt-in-status": "opt-in-not-required",
    "state": "available",
    "zone-type": "availability-zone",
}
"""Filters of DescribeAvailabilityZones, with the value that every zone of the catalog has."""


def partition(call: Call) -> Mapping[str, Any] | None:
    """The partition of the region."""
    known = _region_of(call)
    if known is None:
        return None
    return {
        "id": known.partition,
        "partition": known.partition,
        "dnsSuffix": _DNS_SUFFIX,
        "reverseDnsPrefix": ".".join(reversed(_DNS_SUFFIX.split("."))),
    }


def region_answer(call: Call) -> Mapping[str, Any] | None:
    """The region itself; what AWS calls it in words isn't in the catalog."""
    if call.args.get("endpoint"):
        return None
    name = call.args.get("name") or call.region
    known = _known(name)
    if known is None:
        return None
    return {
        "id": known.name,
        "name": known.name,
        "region": known.name,
        "endpoint": f"ec2.{known.name}.{_DNS_SUFFIX}",
        "description": UNKNOWN,
    }


def zones(call: Call) -> Mapping[str, Any] | None:
    """The zones of the region: names with the letters from `a` on, and the ids that the catalog has.

    Names stand for other zones in other accounts, so none of the names belongs to the id at its place. None
    where the numbers of the ids have gaps: there the letters have as well.
    """
    known = _region_of(call)
    if known is None or not _asks_for_all(call.args, known.name):
        return None
    numbers = [zone.rpartition("-az")[2] for zone in known.zone_ids]
    if numbers != [str(number) for number in range(1, len(numbers) + 1)]:
        return None
    excluded: Sequence[str] = call.args.get("excludeNames") or ()
    letters = "abcdefghijkl"[: len(numbers)]
    names = [name for name in (f"{known.name}{letter}" for letter in letters) if name not in excluded]
    return {
        "id": known.name,
        "region": known.name,
        "names": names,
        "zoneIds": list(known.zone_ids) if len(names) == len(letters) else [UNKNOWN] * len(names),
        "groupNames": [UNKNOWN],
        **{key: value for key, value in call.args.items() if value is not None and key != "region"},
    }


def service_principal(call: Call) -> Mapping[str, Any] | None:
    """The principal by which a service is named in policies."""
    known, service = _region_of(call), call.args.get("serviceName")
    if known is None or known.partition != "aws" or not isinstance(service, str):
        return None
    return {
        "id": f"{service}.{known.name}.{_DNS_SUFFIX}",
        "name": f"{service}.{_DNS_SUFFIX}",
        "region": known.name,
        "serviceName": service,
        "suffix": _DNS_SUFFIX,
    }


def _region_of(call: Call) -> Region | None:
    return _known(call.region)


def _known(name: Any) -> Region | None:
    try:
        return region(name) if isinstance(name, str) else None
    except UnknownRegion:
        return None


def _asks_for_all(args: Mapping[str, Any], name: str) -> bool:
    """Whether the arguments ask for all zones of the region proper, and for nothing else."""
    filters: Sequence[Mapping[str, Any]] = args.get("filters") or ()
    every = {**_EVERY_ZONE, "region-name": name}
    if any(every.get(each["name"]) not in (each.get("values") or ()) for each in filters):
        return False
    if args.get("state") not in (None, "available") or args.get("excludeZoneIds"):
        return False
    narrowed = {"opt-in-status", "zone-type"} & {each["name"] for each in filters}
    # With all zones asked for, local ones and wavelengths come along, which the catalog doesn't have.
    return not args.get("allAvailabilityZones") or bool(narrowed)
