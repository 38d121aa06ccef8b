"""Instance types and where they are offered: from the catalog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modelyard.catalog.instances import (
    InstanceType,
    instance_type,
    instance_type_names,
    offered_zone_ids,
)
from modelyard.catalog.unknown import UnknownInstanceType
from modelyard_preview.engine import Call

TYPE = "aws:ec2/getInstanceType:getInstanceType"
OFFERING = "aws:ec2/getInstanceTypeOffering:getInstanceTypeOffering"
OFFERINGS = "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings"


def type_answer(call: Call) -> Mapping[str, Any] | None:
    """What the catalog has of an instance type; its other fields are left out."""
    name = call.args.get("instanceType")
    try:
        known = instance_type(name) if isinstance(name, str) else None
    except UnknownInstanceType:
        known = None
    if known is None:
        return None
    return {
        "id": known.name,
        "instanceType": known.name,
        "defaultVcpus": known.vcpus,
        "memorySize": known.memory_mib,
        "efaSupported": known.efa_interfaces > 0,
        "efaMaximumInterfaces": known.efa_interfaces,
        "maximumNetworkCards": len(known.network_cards),
        "maximumIpv4AddressesPerInterface": known.ipv4_per_interface,
        "supportedArchitectures": [known.architecture],
        "supportedUsagesClasses": list(known.usage_classes),
        "instanceStorageSupported": known.local_storage_gb > 0,
        "totalInstanceStorage": known.local_storage_gb,
        **({"region": call.region} if call.region else {}),
        **_accelerators(known),
    }


def _accelerators(known: InstanceType) -> dict[str, Any]:
    if known.kind != "gpu" or known.accelerator_share != 1:
        return {}
    gpu = {
        "name": known.accelerator,
        "count": known.accelerator_count,
        "manufacturer": known.accelerator_vendor,
        "memorySize": known.accelerator_memory_mib,
    }
    return {"gpuses": [gpu], "totalGpuMemory": known.accelerator_count * known.accelerator_memory_mib}


def offerings(call: Call) -> Mapping[str, Any] | None:
    """Types and the places that offer them; names of zones are an account's own, so only ids are answered."""
    found = _offered(call)
    if found is None:
        return None
    kind = call.args.get("locationType") or "region"
    return {
        "id": call.region,
        "instanceTypes": [name for name, _ in found],
        "locations": [place for _, place in found],
        "locationTypes": [kind] * len(found),
        "region": call.region,
        **{key: value for key, value in call.args.items() if value is not None},
    }


def offering(call: Call) -> Mapping[str, Any] | None:
    """The one type that fits: of those preferred the first that is offered."""
    found = _offered(call)
    preferred: Sequence[str] = call.args.get("preferredInstanceTypes") or ()
    names = list(dict.fromkeys(name for name, _ in found or ()))
    chosen = next((name for name in preferred if name in names), names[0] if len(names) == 1 else None)
    if found is None or chosen is None:
        return None
    location = next(place for name, place in found if name == chosen)
    return {
        "id": chosen,
        "instanceType": chosen,
        "location": location,
        "region": call.region,
        **{key: value for key, value in call.args.items() if value is not None},
    }


def _offered(call: Call) -> list[tuple[str, str]] | None:
    """Pairs of a type and a place; None if they can't be told from the catalog."""
    filters = {each["name"]: each.get("values") or () for each in call.args.get("filters") or ()}
    wanted = filters.pop("instance-type", None)
    places = filters.pop("location", None)
    kind = call.args.get("locationType") or "region"
    known = set(instance_type_names())
    if wanted is None or filters or kind not in ("region", "availability-zone-id") or call.region is None:
        return None
    if not known.issuperset(wanted):
        return None
    found: list[tuple[str, str]] = []
    for name in sorted(wanted):
        zones = offered_zone_ids(name, call.region)
        offered = zones if kind == "availability-zone-id" else (call.region,) if zones else ()
        found += [(name, place) for place in offered if places is None or place in places]
    return found
