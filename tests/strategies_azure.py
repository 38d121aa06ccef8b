"""Random valid environments on Azure, as the plain data of their YAML. Built to be valid: nothing is filtered
out.
"""

from __future__ import annotations

from functools import cache
from ipaddress import IPv4Network
from typing import Any

from hypothesis import strategies as st
from strategies import PRIVATE_RANGES, SLUGS, TAG_VALUES
from strategies_azure_parts import (
    GUIDS,
    backups,
    budgets,
    checkpoint_stores,
    dataset_stores,
    encryption,
    existing_stores,
    jobs,
    monitoring,
    paired_region,
    sold_in,
    some,
    training,
    workspaces,
)

from modelyard.catalog.azure import (
    limit,
    region,
    region_names,
    size,
    vcpu_quota,
)
from modelyard.environment.azure.needs import IMAGE_BUILD_NODES, endpoint_count
from modelyard.environment.checks.regions import UNRESTRICTED
from modelyard.planning.addresses import NetworkTooSmall
from modelyard.planning.azure.clusters import BUILD_SIZE, node_limit
from modelyard.planning.azure.network import UNUSABLE
from modelyard.planning.azure.network_subnets import plan_network_subnets

MOST_NODES = 5_000
"""Of a pool: six such, and those that build images, fit the larger half of a /16."""

LARGEST_PREFIX, SMALLEST_PREFIX = 16, 24

DOMAINS = st.lists(
    st.sampled_from(("huggingface.co", "*.hf.co", "api.wandb.ai", "pypi.example.com")), unique=True
)


@st.composite
def azure_environments(draw: st.DrawFn, most_pools: int = 4, recovery: bool | None = None) -> dict[str, Any]:
    """An environment that validates: every kind of capacity, store and egress, small and large.

    With `recovery` there is a recovery region, or none; unset, there may be.
    """
    primary = draw(st.sampled_from(_with_others() if recovery else _regions()))
    own_datasets = draw(st.integers(0, 3)) > 0
    protected = own_datasets and draw(st.booleans())
    places = draw(_places(primary, recovery, protected))
    elsewhere, residency = places["regions"].get("recovery"), places["residency"]
    # What is both backed up and in two regions comes to the other one by the vault alone.
    if protected and elsewhere is not None and elsewhere != paired_region(primary, residency):
        protected = False
    workspace = draw(workspaces(primary, elsewhere))
    egress = draw(st.sampled_from(("nat", "firewall")))
    pools = draw(_pools(primary, most_pools))
    home, other_home = draw(st.permutations(PRIVATE_RANGES))[:2]
    environment: dict[str, Any] = {
        "cloud": "azure",
        "name": draw(SLUGS),
        "stage": draw(st.sampled_from(("development", "staging", "production"))),
        "owner": draw(TAG_VALUES),
        "cost_center": draw(TAG_VALUES),
        "data_classification": draw(st.sampled_from(("public", "internal", "confidential", "restricted"))),
        "subscription_id": draw(GUIDS),
        "tenant_id": draw(GUIDS),
        **places,
        "network": draw(_networks(home, _nodes(pools), egress)),
        "storage": {
            "datasets": draw(dataset_stores(primary, residency, protected))
            if own_datasets
            else draw(existing_stores()),
            "checkpoints": draw(checkpoint_stores(primary, residency)),
        },
        "compute": pools,
    }
    if elsewhere is not None:
        environment["recovery"] = draw(_recoveries(elsewhere, other_home, pools, egress))
    if protected:
        environment["backup"] = draw(
            backups(elsewhere is not None, paired_region(primary, residency) is not None)
        )
    if workspace or draw(st.booleans()):
        environment["workspace"] = workspace
    if quotas := draw(_quotas(environment)):
        environment["quotas"] = quotas
    return environment | draw(
        some(
            {
                "generation": st.integers(1, 999),
                "encryption": encryption(),
                "jobs": jobs(),
                "training": training(elsewhere is not None),
                "monitoring": monitoring(),
                "budget": budgets(),
            }
        )
    )


@cache
def _with_others() -> tuple[str, ...]:
    """The regions that one can come back from in another of their jurisdiction."""
    return tuple(name for name in _regions() if _elsewhere(name))


@cache
def _regions() -> tuple[str, ...]:
    """The regions that sell something to build images on: in some the catalog knows accelerators alone."""
    return tuple(name for name in region_names() if any(size(each).kind == "cpu" for each in sold_in(name)))


@cache
def _elsewhere(primary: str) -> tuple[str, ...]:
    """The other regions of a region's jurisdiction."""
    return tuple(name for name in region(primary).recovery_candidates if name in _regions())


@st.composite
def _places(draw: st.DrawFn, primary: str, recovery: bool | None, protected: bool) -> dict[str, Any]:
    facts = region(primary)
    residency = draw(st.sampled_from((facts.jurisdiction, UNRESTRICTED)))
    regions = {"primary": primary}
    wanted = draw(st.booleans()) if recovery is None else recovery
    others = [name for name in _regions() if name != primary]
    candidates = others if residency == UNRESTRICTED else _elsewhere(primary)
    pair = paired_region(primary, residency)
    if candidates and wanted:
        # One of thirty would seldom be the pair, which is what most environments name.
        to_the_pair = pair is not None and (protected or draw(st.booleans()))
        regions["recovery"] = pair if pair is not None and to_the_pair else draw(st.sampled_from(candidates))
    return {"residency": residency, "regions": regions}


@st.composite
def _networks(draw: st.DrawFn, within: str, nodes: int, egress: str) -> dict[str, Any]:
    network: dict[str, Any] = {"cidr": draw(_ranges(within, nodes, egress)), "egress": egress}
    fields: dict[str, st.SearchStrategy[Any]] = {"flow_log_retention_days": st.integers(1, 365)}
    if egress == "firewall":
        fields |= {"allowed_domains": DOMAINS, "firewall_tier": st.sampled_from(("standard", "premium"))}
    return network | draw(some(fields))


@st.composite
def _ranges(draw: st.DrawFn, within: str, nodes: int, egress: str) -> str:
    """A private range that holds what is needed: the smallest, or any larger one."""
    around = draw(st.sampled_from(_networks_within(within)))
    prefix = draw(st.integers(LARGEST_PREFIX, _longest_prefix(nodes, egress)))
    place = draw(st.integers(0, 2 ** (prefix - LARGEST_PREFIX) - 1))
    return str(IPv4Network((int(around.network_address) + place * 2 ** (32 - prefix), prefix)))


@cache
def _networks_within(within: str) -> tuple[IPv4Network, ...]:
    """The largest networks of a private range, without those of which some addresses are taken."""
    taken = tuple(map(IPv4Network, UNUSABLE))
    each = IPv4Network(within).subnets(new_prefix=LARGEST_PREFIX)
    return tuple(network for network in each if not any(map(network.overlaps, taken)))


def _longest_prefix(nodes: int, egress: str) -> int:
    """Length of the smallest range that holds what is needed."""
    try:
        plan_network_subnets(f"10.0.0.0/{SMALLEST_PREFIX}", nodes, endpoint_count(), egress == "firewall")
    except NetworkTooSmall as error:
        return IPv4Network(str(error.smallest)).prefixlen
    return SMALLEST_PREFIX


@st.composite
def _recoveries(
    draw: st.DrawFn, place: str, within: str, pools: list[dict[str, Any]], egress: str
) -> dict[str, Any]:
    """What stands ready in the recovery region: the primary's pools where they can be there, or others."""
    inherited = all(pool["instance_type"] in sold_in(place) for pool in pools) and draw(st.integers(0, 3)) > 0
    own = pools if inherited else draw(_pools(place, 2))
    network = {"cidr": draw(_ranges(within, _nodes(own), egress))}
    recovery: dict[str, Any] = {"network": network}
    if not inherited:
        for pool in own:
            pool.pop("min_nodes", None)
        recovery["compute"] = own
    return recovery | draw(some({"assumed_replication_minutes": st.integers(1, 1_440)}))


@st.composite
def _pools(draw: st.DrawFn, place: str, most: int) -> list[dict[str, Any]]:
    names = draw(st.lists(SLUGS, min_size=1, max_size=most, unique=True))
    return [draw(_pool(place, name)) for name in names]


@st.composite
def _pool(draw: st.DrawFn, place: str, name: str) -> dict[str, Any]:
    kinds = _sizes_by_kind(place)
    chosen = draw(st.sampled_from(kinds[draw(st.sampled_from(sorted(kinds)))]))
    modes = ("on_demand", "spot") if size(chosen).low_priority else ("on_demand",)
    gang = draw(st.booleans())
    held = node_limit(chosen, 2 if gang else 1)
    most = min(held.raisable_to or held.default, MOST_NODES)
    max_nodes = draw(
        st.one_of(st.just(most), st.integers(2, most), st.integers(2, 8)) if gang else st.integers(1, most)
    )
    pool: dict[str, Any] = {
        "name": name,
        "instance_type": chosen,
        "max_nodes": max_nodes,
        "capacity": {"mode": draw(st.sampled_from(modes))},
        **draw(
            some(
                {
                    "min_nodes": st.integers(0, max_nodes),
                    "idle_shutdown_minutes": st.integers(1, 1_440),
                    "expected_utilization_percent": st.integers(0, 100),
                }
            )
        ),
    }
    if gang:
        pool["max_nodes_per_job"] = draw(st.integers(2, min(max_nodes, limit("mpi_run_nodes").default)))
    return pool


@cache
def _sizes_by_kind(place: str) -> dict[str, tuple[str, ...]]:
    """Sizes by what they are: with and without accelerators, with and without InfiniBand."""
    kinds: dict[str, list[str]] = {}
    for name in sold_in(place):
        machine = size(name)
        kind = f"{machine.kind} {bool(machine.infiniband_gbps)} {machine.architecture}"
        kinds.setdefault(kind, []).append(name)
    return {kind: tuple(names) for kind, names in kinds.items()}


def _nodes(pools: list[dict[str, Any]]) -> int:
    """Most nodes of a region, with those that build images."""
    return sum(pool["max_nodes"] for pool in pools) + IMAGE_BUILD_NODES


@st.composite
def _quotas(draw: st.DrawFn, environment: dict[str, Any]) -> list[dict[str, Any]]:
    """Quotas that are enough: of every family that starts at zero, of some others, as either list has them."""
    wanted: dict[str, list[int]] = {}
    required: set[str] = set()
    here, there = (
        environment["compute"],
        environment.get("recovery", {}).get("compute", environment["compute"]),
    )
    groups = [here, there] if "recovery" in environment else [here]
    builder = environment.get("workspace", {}).get("image_build_instance_type", BUILD_SIZE)
    for turn, pools in enumerate(groups):
        machines = [(pool["instance_type"], pool["capacity"]["mode"], pool["max_nodes"]) for pool in pools]
        machines.append((builder, "on_demand", IMAGE_BUILD_NODES))
        for name, mode, nodes in machines:
            quota = vcpu_quota(name, "low_priority" if mode == "spot" else "dedicated")
            wanted.setdefault(quota.family, [0, 0])[turn] += nodes * size(name).vcpus
            if quota.must_be_requested:
                required.add(quota.family)
    quotas: list[dict[str, Any]] = []
    for family, (first, second) in wanted.items():
        if family in required or draw(st.booleans()):
            spelled = draw(st.sampled_from((family, family.lower(), family.replace(" ", ""))))
            quota = {"family": spelled, "vcpus": first + draw(st.integers(0, 1_000))}
            if second or (len(groups) > 1 and draw(st.booleans())):
                quota["recovery_vcpus"] = second + draw(st.integers(0, 1_000))
            quotas.append(quota)
    return quotas
