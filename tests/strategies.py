"""Random valid environments, as the plain data of their YAML. Built to be valid: nothing is filtered out."""

from __future__ import annotations

from functools import cache
from ipaddress import IPv4Network
from typing import Any

from hypothesis import strategies as st

from modelyard.catalog.instances import InstanceType, instance_type, instance_type_names, offered_zone_ids
from modelyard.catalog.regions import region, region_names
from modelyard.environment.checks.regions import UNRESTRICTED
from modelyard.planning.addresses import NetworkTooSmall, PoolNeed, plan_subnets
from modelyard.planning.endpoints import INTERFACE_SERVICES
from modelyard.planning.fabric import addresses_per_node, takes_multi_node_jobs
from modelyard.planning.images import batch_image_type
from modelyard.planning.recovery import worst_rpo_minutes
from modelyard.planning.zones import network_zone_ids, pool_zone_ids

MOST_NODES = 1_250
"""10,000 accelerators, at eight a node."""

IMAGE_IDS = st.from_regex(r"ami-[0-9a-f]{17}", fullmatch=True)
SLUGS = st.from_regex(r"[a-z]([a-z0-9-]{0,18}[a-z0-9])?", fullmatch=True)
TAG_VALUES = st.text("abcXYZ019 .:/=+@_-é", min_size=1, max_size=40).map(str.strip).filter(bool)
MODES = {
    "on_demand": "on-demand",
    "spot": "spot",
    "reservation": "on-demand",
    "capacity_block": "capacity-block",
}
FLOW_LOG_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827)


@st.composite
def environments(draw: st.DrawFn, most_pools: int = 4) -> dict[str, Any]:
    """An environment that validates: every kind of capacity, store and egress, small and large."""
    primary = draw(st.sampled_from(region_names()))
    network, zones = draw(_networks(primary))
    names = draw(st.lists(SLUGS, min_size=1, max_size=most_pools, unique=True))
    pools, needs = draw(_pools(primary, zones, names, network["egress"]))
    network["cidr"] = draw(_ranges(zones, needs, network["egress"]))
    datasets = draw(st.one_of(_stores(), _existing_stores(primary)))
    environment: dict[str, Any] = {
        "cloud": "aws",
        "name": draw(SLUGS),
        "stage": "development",
        "owner": draw(TAG_VALUES),
        "cost_center": draw(TAG_VALUES),
        "data_classification": draw(st.sampled_from(("public", "internal", "confidential", "restricted"))),
        "account_id": draw(st.from_regex(r"[0-9]{12}", fullmatch=True)),
        **draw(_places(primary)),
        "network": network,
        "storage": {
            "datasets": datasets,
            "checkpoints": draw(_stores()),
            **draw(_some({"access_log_retention_days": st.integers(1, 3_650)})),
        },
        "compute": pools,
    }
    if draw(st.booleans()):
        environment["encryption"] = {
            "rotation_days": draw(st.integers(90, 2_560)),
            "deletion_window_days": draw(st.integers(7, 30)),
        }
    if datasets["kind"] == "s3" and draw(st.booleans()):
        environment["backup"] = draw(_backups())
        datasets["backed_up"] = True
    if draw(st.booleans()):
        environment["budget"] = draw(_budgets())
    return environment


@st.composite
def _places(draw: st.DrawFn, primary: str) -> dict[str, Any]:
    facts = region(primary)
    residency = draw(st.sampled_from((facts.jurisdiction, UNRESTRICTED)))
    others = [name for name in region_names() if name != primary]
    candidates = others if residency == UNRESTRICTED else list(facts.recovery_candidates)
    regions = {"primary": primary}
    if candidates and draw(st.booleans()):
        regions["recovery"] = draw(st.sampled_from(candidates))
    return {"residency": residency, "regions": regions}


@st.composite
def _networks(draw: st.DrawFn, primary: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A network without its range, and its zones."""
    own = region(primary).zone_ids
    network: dict[str, Any] = {"egress": draw(st.sampled_from(("endpoints", "nat")))}
    most = min(4, len(own))
    if draw(st.booleans()):
        count = network["zone_count"] = draw(st.integers(1, most))
        pinned = None
    else:
        pinned = network["zone_ids"] = draw(st.permutations(own))[: draw(st.integers(1, most))]
        count = len(pinned)
    network |= draw(_some({"flow_log_retention_days": st.sampled_from(FLOW_LOG_DAYS)}))
    return network, network_zone_ids(own, count, pinned)


@st.composite
def _ranges(draw: st.DrawFn, zones: tuple[str, ...], needs: list[PoolNeed], egress: str) -> str:
    """A private range that holds what is needed: the smallest, or any larger one."""
    within = draw(st.sampled_from(("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
    sixteens = 2 ** (16 - IPv4Network(within).prefixlen)
    start = int(IPv4Network(within).network_address) + draw(st.integers(0, sixteens - 1)) * 2**16
    endpoints = len(INTERFACE_SERVICES) if egress == "endpoints" else 0
    smallest = _longest_prefix(start, zones, needs, endpoints)
    prefix = draw(st.integers(16, smallest))
    place = draw(st.integers(0, 2 ** (prefix - 16) - 1))
    return str(IPv4Network((start + place * 2 ** (32 - prefix), prefix)))


def _longest_prefix(start: int, zones: tuple[str, ...], needs: list[PoolNeed], endpoints: int) -> int:
    try:
        plan_subnets(str(IPv4Network((start, 28))), zones, needs, endpoints, public=False)
    except NetworkTooSmall as error:
        return IPv4Network(error.smallest or "").prefixlen
    return 28


@st.composite
def _pools(
    draw: st.DrawFn, primary: str, zones: tuple[str, ...], names: list[str], egress: str
) -> tuple[list[dict[str, Any]], list[PoolNeed]]:
    """Pools whose nodes, with all their addresses, fit the subnets of a /16."""
    endpoints = len(INTERFACE_SERVICES) if egress == "endpoints" else 0
    left = 2 ** (16 - len(zones).bit_length()) - 5 - endpoints
    pools: list[dict[str, Any]] = []
    needs: list[PoolNeed] = []
    for place, name in enumerate(names):
        others = len(names) - place - 1
        pool, need = draw(_pool(primary, zones, name, left - others * 100, place))
        left -= need.max_nodes * need.addresses_per_node
        pools.append(pool)
        needs.append(need)
    return pools, needs


@st.composite
def _pool(
    draw: st.DrawFn, primary: str, zones: tuple[str, ...], name: str, addresses: int, place: int
) -> tuple[dict[str, Any], PoolNeed]:
    home = draw(st.sampled_from(zones))
    machine = draw(_machines(primary, home))
    modes = [mode for mode, usage in MODES.items() if usage in machine.usage_classes]
    mode = draw(st.sampled_from(modes))
    multi_node = mode != "spot" and takes_multi_node_jobs(machine) and draw(st.booleans())
    per_node = addresses_per_node(machine, multi_node)
    most = min(MOST_NODES, addresses // per_node)
    max_nodes = draw(st.one_of(st.just(most), st.integers(1, most), st.integers(1, min(8, most))))
    multi_node = multi_node and max_nodes > 1
    pool: dict[str, Any] = {
        "name": name,
        "instance_type": machine.name,
        "max_nodes": max_nodes,
        "capacity": draw(_capacities(mode, place, max_nodes)),
        **draw(
            _some(
                {
                    "min_nodes": st.integers(0, 0 if mode == "capacity_block" else max_nodes),
                    "image_ids": st.fixed_dictionaries({primary: IMAGE_IDS}),
                    "root_volume_gib": st.integers(30, 16_384),
                    "update_wait_hours": st.integers(1, 6),
                    "expected_utilization_percent": st.integers(0, 100),
                }
            )
        ),
    }
    if batch_image_type(machine) is None:
        pool["image_ids"] = {primary: draw(IMAGE_IDS)}
    if multi_node:
        pool["max_nodes_per_job"] = draw(st.integers(2, min(max_nodes, 1_000)))
    if mode in {"reservation", "capacity_block"} or draw(st.booleans()):
        pool["zone_id"] = home
    offered = offered_zone_ids(machine.name, primary)
    need_zones = pool_zone_ids(offered, zones, pool.get("zone_id"), multi_node)
    return pool, PoolNeed(name, max_nodes, addresses_per_node(machine, multi_node), need_zones)


@st.composite
def _machines(draw: st.DrawFn, primary: str, zone: str) -> InstanceType:
    """A type that a zone offers, of every kind alike: most of the catalog is CPU types."""
    kinds = _types_by_kind(primary, zone)
    return instance_type(draw(st.sampled_from(kinds[draw(st.sampled_from(sorted(kinds)))])))


@cache
def _types_by_kind(primary: str, zone: str) -> dict[str, tuple[str, ...]]:
    kinds: dict[str, list[str]] = {}
    for name in instance_type_names():
        if zone in offered_zone_ids(name, primary):
            machine = instance_type(name)
            fabric = "with EFA" if machine.efa_interfaces else "without"
            kinds.setdefault(f"{machine.kind} {fabric} {machine.usage_classes}", []).append(name)
    return {kind: tuple(names) for kind, names in kinds.items()}


@st.composite
def _capacities(draw: st.DrawFn, mode: str, place: int, max_nodes: int) -> dict[str, Any]:
    capacity: dict[str, Any] = {"mode": mode}
    if mode == "spot":
        capacity |= draw(_some({"max_price_percent": st.integers(1, 100)}))
    elif mode != "on_demand":
        capacity["reservation_id"] = f"cr-{draw(st.integers(0, 16**16 - 1)):016x}{place:x}"
    if mode == "capacity_block":
        capacity |= {
            "node_count": max_nodes,
            "starts_at": "2026-12-01T11:30:00Z",
            "ends_at": f"2026-12-{draw(st.integers(2, 31)):02d}T11:30:00Z",
        }
    return capacity


@st.composite
def _stores(draw: st.DrawFn) -> dict[str, Any]:
    fields = {
        "noncurrent_retention_days": st.integers(1, 3_650),
        "expire_after_days": st.integers(1, 36_500),
        "expected_size_gib": st.integers(0, 100_000_000),
    }
    return {"kind": "s3", **draw(_some(fields))}


@st.composite
def _existing_stores(draw: st.DrawFn, primary: str) -> dict[str, Any]:
    key = f"arn:aws:kms:{primary}:210987654321:key/01234567-89ab-cdef-0123-456789abcdef"
    return {
        "kind": "existing_s3",
        "bucket": draw(st.sampled_from(("open-images", "corpus.example.com", "x01"))),
        **draw(_some({"kms_key_arn": st.just(key)})),
    }


@st.composite
def _backups(draw: st.DrawFn) -> dict[str, Any]:
    every_hours = draw(st.integers(1, 168))
    start = draw(st.integers(60, 600))
    completion = draw(st.integers(start + 60, 2_000))
    worst = worst_rpo_minutes(every_hours, start, completion)
    return {
        "every_hours": every_hours,
        "start_window_minutes": start,
        "completion_window_minutes": completion,
        "rpo_hours": draw(st.integers(-(-worst // 60), 8_760)),
        "retention_days": draw(st.integers(-(-worst // 1_440), 36_500)),
    }


@st.composite
def _budgets(draw: st.DrawFn) -> dict[str, Any]:
    percents = st.lists(st.integers(1, 1_000), min_size=1, max_size=5, unique=True).map(sorted)
    emails = st.lists(st.sampled_from([f"team{n}@example.com" for n in range(10)]), min_size=1, unique=True)
    return {
        "monthly_usd": draw(st.integers(1, 1_000_000_000)),
        "alert_emails": draw(emails),
        **draw(_some({"alert_percents": percents})),
    }


def _some(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """A mapping with some of the fields: those with a default may be left out."""
    return st.fixed_dictionaries({}, optional=fields)
