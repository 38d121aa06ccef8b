"""Random valid environments, as the plain data of their YAML. Built to be valid: nothing is filtered out."""

from __future__ import annotations

from functools import cache
from ipaddress import IPv4Network
from typing import Any

from hypothesis import strategies as st

from modelyard.catalog.instances import InstanceType, instance_type, instance_type_names, offered_zone_ids
from modelyard.catalog.regions import region, region_names
from modelyard.environment.checks.regions import UNRESTRICTED
from modelyard.planning.addresses import NetworkTooSmall, ZoneNeed, plan_subnets
from modelyard.planning.endpoints import INTERFACE_SERVICES
from modelyard.planning.fabric import addresses_per_node, takes_multi_node_jobs
from modelyard.planning.images import batch_image_type
from modelyard.planning.recovery import worst_rpo_minutes
from modelyard.planning.zones import network_zone_ids, pool_zone_ids

MOST_ENDPOINTS = len(INTERFACE_SERVICES) + 2
"""Interface endpoints in a zone: for jobs that are given secrets, and whose nodes may be ended, two more."""

MOST_NODES = 1_250
"""10,000 accelerators, at eight a node."""

IMAGE_IDS = st.from_regex(r"ami-[0-9a-f]{17}", fullmatch=True)
SLUGS = st.from_regex(r"[a-z]([a-z0-9-]{0,18}[a-z0-9])?", fullmatch=True)
TAG_VALUES = st.text("abcXYZ019 .:/=+@_-é", min_size=1, max_size=40).map(str.strip).filter(bool)
MODES = {
    "on_demand": "on-demand",
    "spot": "spot",
    "open_reservation": "on-demand",
    "reservation": "on-demand",
    "capacity_block": "capacity-block",
}
RESERVED = ("open_reservation", "reservation", "capacity_block")
PRIVATE_RANGES = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
FLOW_LOG_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827)


@st.composite
def environments(draw: st.DrawFn, most_pools: int = 4, recovery: bool | None = None) -> dict[str, Any]:
    """An environment that validates: every kind of capacity, store and egress, small and large.

    With `recovery` there is a recovery region, or none; unset, there may be.
    """
    stage = draw(st.sampled_from(("development", "staging", "production")))
    primary = draw(st.sampled_from(_with_others() if recovery else region_names()))
    places = draw(_places(primary, recovery))
    elsewhere = places["regions"].get("recovery")
    network, zones = draw(_networks(primary))
    network["egress"] = draw(st.sampled_from(("endpoints", "nat")))
    names = draw(st.lists(SLUGS, min_size=1, max_size=most_pools, unique=True))
    file_systems = draw(_file_systems(zones))
    needs = _file_system_needs(file_systems, zones)
    pools, pool_needs = draw(_pools(primary, zones, names, needs))
    home, other_home = draw(st.permutations(PRIVATE_RANGES))[:2]
    network["cidr"] = draw(_ranges(home, zones, [*needs, *pool_needs], network["egress"]))
    datasets = draw(st.one_of(_dataset_stores(), _existing_stores(primary)))
    environment: dict[str, Any] = {
        "cloud": "aws",
        "name": draw(SLUGS),
        "stage": stage,
        "owner": draw(TAG_VALUES),
        "cost_center": draw(TAG_VALUES),
        "data_classification": draw(st.sampled_from(("public", "internal", "confidential", "restricted"))),
        "account_id": draw(st.from_regex(r"[0-9]{12}", fullmatch=True)),
        **places,
        "network": network,
        "storage": {
            "datasets": datasets,
            "checkpoints": draw(_checkpoint_stores()),
            **({"file_systems": file_systems} if file_systems else {}),
            **draw(_some({"access_log_retention_days": st.integers(1, 3_650)})),
        },
        "compute": pools,
    }
    if elsewhere is not None:
        environment["recovery"] = draw(_recoveries(elsewhere, other_home, pools, network["egress"]))
    _pin_images(environment, draw(IMAGE_IDS), everywhere=stage != "development" or draw(st.booleans()))
    if draw(st.booleans()):
        shortest = 30 if stage == "production" else 7
        environment["encryption"] = {
            "rotation_days": draw(st.integers(90, 2_560)),
            "deletion_window_days": draw(st.integers(shortest, 30)),
        }
    protected = datasets.get("backed_up") or any(each.get("backed_up", True) for each in file_systems)
    # Datasets that say backed_up have to be.
    if datasets.get("backed_up") or (protected and draw(st.booleans())):
        environment["backup"] = draw(_backups(elsewhere is not None))
    environment |= draw(
        _some(
            {
                "budget": _budgets(),
                "jobs": _jobs(environment["account_id"], sorted(places["regions"].values())),
                "permissions_boundary": st.booleans(),
                "training": _training(),
                "monitoring": _monitoring(),
                **({} if stage == "production" else {"working_hours": _working_hours()}),
            }
        )
    )
    return environment


@cache
def _with_others() -> tuple[str, ...]:
    """The regions that one can come back from in another of their jurisdiction."""
    return tuple(name for name in region_names() if region(name).recovery_candidates)


@st.composite
def _places(draw: st.DrawFn, primary: str, recovery: bool | None) -> dict[str, Any]:
    facts = region(primary)
    residency = draw(st.sampled_from((facts.jurisdiction, UNRESTRICTED)))
    others = [name for name in region_names() if name != primary]
    candidates = others if residency == UNRESTRICTED else list(facts.recovery_candidates)
    regions = {"primary": primary}
    wanted = draw(st.booleans()) if recovery is None else recovery
    if candidates and wanted:
        regions["recovery"] = draw(st.sampled_from(candidates))
    return {"residency": residency, "regions": regions}


@st.composite
def _networks(draw: st.DrawFn, place: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A network without its range, and its zones."""
    own = region(place).zone_ids
    network: dict[str, Any] = {}
    most = min(4, len(own))
    if draw(st.booleans()):
        count = network["zone_count"] = draw(st.integers(1, most))
        pinned = None
    else:
        pinned = network["zone_ids"] = draw(st.permutations(own))[: draw(st.integers(1, most))]
        count = len(pinned)
    return network, network_zone_ids(own, count, pinned)


@st.composite
def _ranges(draw: st.DrawFn, within: str, zones: tuple[str, ...], needs: list[ZoneNeed], egress: str) -> str:
    """A private range that holds what is needed: the smallest, or any larger one."""
    sixteens = 2 ** (16 - IPv4Network(within).prefixlen)
    start = int(IPv4Network(within).network_address) + draw(st.integers(0, sixteens - 1)) * 2**16
    endpoints = MOST_ENDPOINTS if egress == "endpoints" else 0
    smallest = _longest_prefix(start, zones, needs, endpoints)
    assert smallest is not None
    prefix = draw(st.integers(16, smallest))
    place = draw(st.integers(0, 2 ** (prefix - 16) - 1))
    return str(IPv4Network((start + place * 2 ** (32 - prefix), prefix)))


def _longest_prefix(start: int, zones: tuple[str, ...], needs: list[ZoneNeed], endpoints: int) -> int | None:
    """Length of the smallest range that holds what is needed; None if not even a /16 does."""
    try:
        plan_subnets(str(IPv4Network((start, 28))), zones, needs, endpoints, public=False)
    except NetworkTooSmall as error:
        return IPv4Network(error.smallest).prefixlen if error.smallest else None
    return 28


@st.composite
def _recoveries(
    draw: st.DrawFn, place: str, within: str, pools: list[dict[str, Any]], egress: str
) -> dict[str, Any]:
    """What stands ready in the recovery region: the primary's pools where they can be there, or others."""
    network, zones = draw(_networks(place))
    inherited = _inherited_needs(place, zones, pools)
    endpoints = MOST_ENDPOINTS if egress == "endpoints" else 0
    fits = inherited is not None and _longest_prefix(0x0A000000, zones, inherited, endpoints) is not None
    # Few can be: most of these are, or too few would be among some hundred examples.
    if inherited is not None and fits and draw(st.integers(0, 3)):
        return {"network": {**network, "cidr": draw(_ranges(within, zones, inherited, egress))}}
    names = draw(st.lists(SLUGS, min_size=1, max_size=2, unique=True))
    own, needs = draw(_pools(place, zones, names, [], number=len(pools)))
    for pool in own:
        pool.pop("min_nodes", None)
        pool.pop("idle_shutdown_minutes", None)
    return {"network": {**network, "cidr": draw(_ranges(within, zones, needs, egress))}, "compute": own}


def _inherited_needs(
    place: str, zones: tuple[str, ...], pools: list[dict[str, Any]]
) -> list[ZoneNeed] | None:
    """What the primary's pools take in the recovery region; None if they can't be there."""
    needs: list[ZoneNeed] = []
    for pool in pools:
        gang = pool.get("max_nodes_per_job", 1) > 1
        usable = pool_zone_ids(offered_zone_ids(pool["instance_type"], place), zones, None, gang)
        if not usable or pool["capacity"]["mode"] not in {"on_demand", "spot"}:
            return None
        each = addresses_per_node(instance_type(pool["instance_type"]), gang)
        needs.append(ZoneNeed(pool["name"], pool["max_nodes"], each, usable))
    return needs


def _pin_images(environment: dict[str, Any], image_id: str, *, everywhere: bool) -> None:
    """Name images where they are needed: everywhere, or where Batch has none for the type."""
    regions, recovery = environment["regions"], environment.get("recovery", {})
    inherited = [regions["recovery"]] if recovery and "compute" not in recovery else []
    groups = [
        (environment["compute"], [regions["primary"], *inherited]),
        (recovery.get("compute", []), [regions.get("recovery", "")]),
    ]
    for pools, places in groups:
        for pool in pools:
            if everywhere or batch_image_type(instance_type(pool["instance_type"])) is None:
                pool["image_ids"] = dict.fromkeys(places, image_id)


@st.composite
def _pools(
    draw: st.DrawFn,
    place: str,
    zones: tuple[str, ...],
    names: list[str],
    others: list[ZoneNeed],
    number: int = 0,
) -> tuple[list[dict[str, Any]], list[ZoneNeed]]:
    """Pools whose nodes, with all their addresses, fit the subnets of a /16, beside what else is there."""
    left = 2 ** (16 - len(zones).bit_length()) - 5 - MOST_ENDPOINTS
    left -= sum(need.addresses for need in others)
    pools: list[dict[str, Any]] = []
    needs: list[ZoneNeed] = []
    for turn, name in enumerate(names):
        pool, need = draw(_pool(place, zones, name, left - (len(names) - turn - 1) * 100, turn + number))
        left -= need.addresses
        pools.append(pool)
        needs.append(need)
    _fall_back(pools, draw(st.booleans()))
    return pools, needs


def _fall_back(pools: list[dict[str, Any]], wanted: bool) -> None:
    """Let a pool fall back to another of the same type whose jobs are as large."""
    for pool in pools if wanted else []:
        for other in pools:
            alike = other is not pool and other["instance_type"] == pool["instance_type"]
            sizes = [each.get("max_nodes_per_job", 1) for each in (pool, other)]
            if alike and sizes[0] <= sizes[1] and (sizes[0] == 1 or other["capacity"]["mode"] != "spot"):
                pool["fallback"] = [other["name"]]


@st.composite
def _pool(
    draw: st.DrawFn, primary: str, zones: tuple[str, ...], name: str, addresses: int, place: int
) -> tuple[dict[str, Any], ZoneNeed]:
    home = draw(st.sampled_from(zones))
    machine = draw(_machines(primary, home))
    modes = [mode for mode, usage in MODES.items() if usage in machine.usage_classes]
    mode = draw(st.sampled_from(modes))
    multi_node = mode != "spot" and takes_multi_node_jobs(machine) and draw(st.booleans())
    per_node = addresses_per_node(machine, multi_node)
    most = min(1_000 if mode == "capacity_block" else MOST_NODES, addresses // per_node)
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
                    "root_volume_gib": st.integers(30, 16_384),
                    "update_wait_hours": st.integers(1, 6),
                    "expected_utilization_percent": st.integers(0, 100),
                }
            )
        ),
    }
    if pool.get("min_nodes") and draw(st.booleans()):
        pool["idle_shutdown_minutes"] = draw(st.integers(15, 1_440))
    if multi_node:
        pool["max_nodes_per_job"] = draw(st.integers(2, min(max_nodes, 1_000)))
    if mode in RESERVED or draw(st.booleans()):
        pool["zone_id"] = home
    offered = offered_zone_ids(machine.name, primary)
    need_zones = pool_zone_ids(offered, zones, pool.get("zone_id"), multi_node)
    return pool, ZoneNeed(name, max_nodes, addresses_per_node(machine, multi_node), need_zones)


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
    reservation_id = f"cr-{draw(st.integers(0, 16**16 - 1)):016x}{place:x}"
    if mode == "spot":
        capacity |= draw(_some({"max_price_percent": st.integers(1, 100)}))
    elif mode == "reservation" and draw(st.booleans()):
        group = "arn:aws:resource-groups:eu-central-1:123456789012:group/training"
        capacity["resource_group_arn"] = f"{group}-{place}"
    elif mode != "on_demand":
        capacity["reservation_id"] = reservation_id
    if mode == "capacity_block":
        capacity |= {
            "node_count": max_nodes,
            "starts_at": "2026-12-01T11:30:00Z",
            "ends_at": f"2026-12-{draw(st.integers(2, 31)):02d}T11:30:00Z",
        }
    return capacity


STORE_FIELDS = {
    "noncurrent_retention_days": st.integers(1, 3_650),
    "expire_after_days": st.integers(1, 36_500),
    "expected_size_gib": st.integers(0, 100_000_000),
}


@st.composite
def _dataset_stores(draw: st.DrawFn) -> dict[str, Any]:
    return {"kind": "s3", **draw(_some({**STORE_FIELDS, "backed_up": st.booleans()}))}


@st.composite
def _checkpoint_stores(draw: st.DrawFn) -> dict[str, Any]:
    promotion = st.fixed_dictionaries(
        {"lock_mode": st.sampled_from(("governance", "compliance")), "lock_days": st.integers(1, 36_500)}
    )
    return {"kind": "s3", **draw(_some({**STORE_FIELDS, "promotion": promotion}))}


@st.composite
def _file_systems(draw: st.DrawFn, zones: tuple[str, ...]) -> list[dict[str, Any]]:
    """At most two, which is where a network without pools would still be small."""
    names = draw(st.lists(SLUGS, max_size=2, unique=True))
    return [draw(st.one_of(_lustre(name, zones), _elastic(name))) for name in names]


@st.composite
def _lustre(draw: st.DrawFn, name: str, zones: tuple[str, ...]) -> dict[str, Any]:
    return {
        "kind": "fsx_lustre",
        "name": name,
        "size_gib": draw(st.sampled_from((1_200, 2_400, 4_800, 24_000))),
        "throughput_mbps_per_tib": draw(st.sampled_from((125, 250, 500, 1_000))),
        "zone_id": draw(st.sampled_from(zones)),
        **draw(_some({"backed_up": st.booleans()})),
    }


@st.composite
def _elastic(draw: st.DrawFn, name: str) -> dict[str, Any]:
    fields = {
        "throughput_mode": st.sampled_from(("elastic", "bursting")),
        "infrequent_access_after_days": st.sampled_from((1, 30, 365)),
        "expected_size_gib": st.integers(0, 100_000_000),
        "backed_up": st.booleans(),
    }
    return {"kind": "efs", "name": name, **draw(_some(fields))}


def _file_system_needs(file_systems: list[dict[str, Any]], zones: tuple[str, ...]) -> list[ZoneNeed]:
    return [
        ZoneNeed(each["name"], 1 + -(-each["size_gib"] // 1_200), 1, (each["zone_id"],))
        if each["kind"] == "fsx_lustre"
        else ZoneNeed(each["name"], 1, 1, zones)
        for each in file_systems
    ]


@st.composite
def _existing_stores(draw: st.DrawFn, primary: str) -> dict[str, Any]:
    key = f"arn:aws:kms:{primary}:210987654321:key/01234567-89ab-cdef-0123-456789abcdef"
    return {
        "kind": "existing_s3",
        "bucket": draw(st.sampled_from(("open-images", "corpus.example.com", "x01"))),
        **draw(_some({"kms_key_arn": st.just(key)})),
    }


@st.composite
def _backups(draw: st.DrawFn, recovery: bool) -> dict[str, Any]:
    every_hours = draw(st.integers(1, 168))
    start = draw(st.integers(60, 600))
    completion = draw(st.integers(start + 60, 2_000))
    worst = worst_rpo_minutes(every_hours, start, completion)
    shortest = -(-worst // 1_440)
    retention = draw(st.integers(shortest, 36_500))
    backup: dict[str, Any] = {
        "every_hours": every_hours,
        "start_window_minutes": start,
        "completion_window_minutes": completion,
        "rpo_hours": draw(st.integers(-(-worst // 60), 8_760)),
        "retention_days": retention,
    }
    if recovery:
        backup |= draw(_some({"copy_retention_days": st.just(retention)}))
    if draw(st.booleans()):
        backup["lock"] = {
            "mode": draw(st.sampled_from(("governance", "compliance"))),
            "min_retention_days": draw(st.integers(1, retention)),
            "max_retention_days": draw(st.integers(retention, 36_500)),
        }
    every = st.sampled_from(("day", "week", "month"))
    return backup | draw(_some({"restore_testing": st.fixed_dictionaries({"every": every})}))


def _training() -> st.SearchStrategy[dict[str, Any]]:
    minutes = {"checkpoint_every_minutes": st.integers(1, 10_080)}
    return st.fixed_dictionaries({**minutes, "checkpoint_upload_minutes": st.integers(1, 1_440)})


def _monitoring() -> st.SearchStrategy[dict[str, Any]]:
    return _some(
        {
            "alarm_emails": st.just(["on-call@example.com"]),
            "idle_accelerator_minutes": st.integers(15, 1_440),
            "log_retention_days": st.sampled_from(FLOW_LOG_DAYS),
        }
    )


def _working_hours() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "opens": st.sampled_from(("00:00", "07:30")),
            "closes": st.sampled_from(("18:00", "23:59")),
            "time_zone": st.sampled_from(("Europe/Berlin", "UTC", "America/Los_Angeles")),
        },
        optional={"days": st.just(["mon", "wed"])},
    )


@st.composite
def _budgets(draw: st.DrawFn) -> dict[str, Any]:
    percents = st.lists(st.integers(1, 1_000), min_size=1, max_size=5, unique=True).map(sorted)
    emails = st.lists(st.sampled_from([f"team{n}@example.com" for n in range(10)]), min_size=1, unique=True)
    return {
        "monthly_usd": draw(st.integers(1, 1_000_000_000)),
        "alert_emails": draw(emails),
        **draw(_some({"alert_percents": percents})),
    }


@st.composite
def _jobs(draw: st.DrawFn, account_id: str, regions: list[str]) -> dict[str, Any]:
    """Secrets and parameters of the environment's own account and regions, and keys where there are some."""
    kinds = (
        "secretsmanager:{}:secret:dev/hub-??????",
        "secretsmanager:{}:secret:b-AbCdEf",
        "ssm:{}:parameter/a/b",
    )
    places = [f"{region}:{account_id}" for region in regions]
    known = [f"arn:aws:{kind.format(place)}" for kind in kinds for place in places]
    secrets = draw(st.lists(st.sampled_from(known), max_size=4, unique=True))
    holding = {arn.split(":")[3] for arn in secrets}
    keys = [f"arn:aws:kms:{region}:{account_id}:key/0f1e2d3c" for region in regions if region in holding]
    return {
        "secrets": secrets,
        "secret_keys": keys if draw(st.booleans()) else [],
        "end_bad_nodes": draw(st.booleans()),
    }


def _some(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """A mapping with some of the fields: those with a default may be left out."""
    return st.fixed_dictionaries({}, optional=fields)
