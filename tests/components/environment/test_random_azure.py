"""Random valid environments on Azure: they load, follow the editors' schema, and hold what Azure holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from previewing import ROOT, preview_environment
from strategies_azure import azure_environments

from modelyard.catalog.azure import jurisdictions, region_names, size, size_names, vcpu_quotas
from modelyard.environment import AzureEnvironment, load_environment, parse_environment
from modelyard.environment.azure import needs
from modelyard.environment.azure.sites import sites
from modelyard.environment.schema import environment_schema
from modelyard.errors import InputError, Problem
from modelyard.planning.azure.network_subnets import ADDRESSES_PER_ENDPOINT, plan_network_subnets


class Quoting(yaml.SafeDumper):
    """Writes text in quotes: PyYAML leaves them out of 09, which is text by YAML 1.1 and a number by 1.2."""

    def represent_text(self, text: str) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", text, style='"')


Quoting.add_representer(str, Quoting.represent_text)

VALIDATOR = jsonschema.Draft202012Validator(environment_schema())


def parsed(data: dict[str, Any]) -> AzureEnvironment:
    environment = parse_environment(data)
    assert isinstance(environment, AzureEnvironment)
    return environment


def features(environment: AzureEnvironment) -> set[str]:
    """What is worth trying in an environment."""
    pools, backup, storage = environment.compute, environment.backup, environment.storage
    stores = [store for store in (storage.datasets, storage.checkpoints) if store.kind == "blob"]
    recovery, workspace = environment.recovery, environment.workspace
    has = {
        "one region": recovery is None,
        "inherited pools": recovery is not None and recovery.compute is None,
        "pools of its own": recovery is not None and recovery.compute is not None,
        "assumed replication": recovery is not None and recovery.assumed_replication_minutes is not None,
        "backups": backup is not None,
        "backups elsewhere": backup is not None and backup.geo_redundant,
        "backups in two regions": backup is not None and recovery is not None,
        "an objective for restores": backup is not None and backup.rto_hours is not None,
        "a lock": backup is not None and backup.lock is not None,
        "a second person": backup is not None and backup.multi_user is not None,
        "no soft delete": backup is not None and backup.soft_delete_days == 0,
        "quotas": bool(environment.quotas),
        "a quota elsewhere": any(quota.recovery_vcpus for quota in environment.quotas),
        "promotion": storage.checkpoints.promotion is not None,
        "cooling": any(store.cool_after_days for store in stores),
        "a key of the workspace's own": workspace.customer_key,
        "another builder": "image_build_instance_type" in workspace.model_fields_set,
        "submitters": bool(environment.jobs.submitters),
        "a budget": environment.budget is not None,
        "training": environment.training is not None,
        "watching": bool(environment.monitoring.model_fields_set),
        "keys that expire": environment.encryption.expiry_days is not None,
        "a later generation": environment.generation > 1,
        "several pools": len(pools) > 1,
        "more than 4,000 nodes": any(pool.max_nodes > 4_000 for pool in pools),
        "several nodes with InfiniBand": any(
            pool.max_nodes_per_job > 1 and size(pool.instance_type).infiniband_gbps for pool in pools
        ),
        "an allow-list": bool(environment.network.allowed_domains),
        "no residency": environment.residency == "unrestricted",
    }
    return (
        {name for name, holds in has.items() if holds}
        | {pool.capacity.mode for pool in pools}
        | {f"redundancy {store.redundancy}" for store in stores}
        | {environment.network.egress, storage.datasets.kind, environment.stage}
    )


EVERYTHING = {
    *("one region", "inherited pools", "pools of its own", "assumed replication", "no residency"),
    *("backups", "backups elsewhere", "backups in two regions", "an objective for restores", "a lock"),
    *("a second person", "no soft delete", "quotas", "a quota elsewhere", "promotion", "cooling"),
    *("a key of the workspace's own", "another builder", "submitters", "a budget", "training", "watching"),
    *("keys that expire", "a later generation", "several pools", "more than 4,000 nodes", "an allow-list"),
    *("several nodes with InfiniBand", "on_demand", "spot", "nat", "firewall", "blob", "existing_blob"),
    *("development", "staging", "production"),
    *(f"redundancy {each}" for each in (None, "lrs", "zrs", "grs", "gzrs")),
}


def test_random_valid_environments_load_and_cover_all_that_there_is() -> None:
    seen: set[str] = set()

    @settings(max_examples=150)
    @given(azure_environments())
    def look(data: dict[str, Any]) -> None:
        environment = parsed(data)
        assert AzureEnvironment.model_validate(environment.model_dump(exclude_unset=True)) == environment
        assert parse_environment(environment.model_dump(mode="json")) == environment
        seen.update(features(environment))

    for number in range(8):  # what is rare may not be among the first
        seed(number)(look)()
        if seen == EVERYTHING:
            break
    assert seen == EVERYTHING


@settings(max_examples=100)
@given(azure_environments())
def test_random_valid_environments_follow_the_schema(data: dict[str, Any]) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(data)] == []


@settings(max_examples=40)
@given(azure_environments())
def test_an_environment_that_is_written_as_yaml_is_read_as_itself(
    tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any]
) -> None:
    path: Path = tmp_path_factory.mktemp("environment") / "environment.yaml"
    path.write_text(yaml.dump(data, Dumper=Quoting, sort_keys=False, allow_unicode=True), encoding="utf-8")
    assert load_environment(path) == parse_environment(data)


@settings(max_examples=50)
@given(st.data(), st.booleans())
def test_there_is_a_recovery_region_where_one_is_asked_for(choices: st.DataObject, recovery: bool) -> None:
    environment = parsed(choices.draw(azure_environments(recovery=recovery)))
    assert len(sites(environment)) == 1 + recovery


@settings(max_examples=60)
@given(azure_environments())
def test_every_node_and_endpoint_of_every_region_has_an_address(data: dict[str, Any]) -> None:
    environment = parsed(data)
    for site in sites(environment):
        nodes = needs.node_count(site)
        assert nodes == sum(pool.max_nodes for pool in site.pools) + needs.IMAGE_BUILD_NODES
        firewall = site.egress == "firewall"
        subnets = plan_network_subnets(site.network.cidr, nodes, needs.endpoint_count(), firewall)
        # Azure keeps five addresses of each.
        assert subnets["nodes"].num_addresses >= nodes + 5
        assert subnets["endpoints"].num_addresses >= needs.endpoint_count() * ADDRESSES_PER_ENDPOINT + 5
        assert ("AzureFirewallSubnet" in subnets) is firewall


@settings(max_examples=60)
@given(azure_environments())
def test_one_node_more_than_a_range_holds_is_refused(data: dict[str, Any]) -> None:
    environment = parsed(data)
    [site, *_] = sites(environment)
    subnet = plan_network_subnets(site.network.cidr, 1, 1, firewall=False)["nodes"]
    free = subnet.num_addresses - 5 - needs.node_count(site)
    pool = {
        "name": "one-too-many",
        "instance_type": environment.workspace.image_build_instance_type,
        "max_nodes_per_job": 1,
        "capacity": {"mode": "on_demand"},
    }
    full = [{**pool, "name": f"full-{place}", "max_nodes": 10_000} for place in range(free // 10_000)]
    rest = [{**pool, "max_nodes": free % 10_000}] if free % 10_000 else []
    more = {**pool, "name": "more", "max_nodes": 1}
    # Neither quotas nor the other region are what this is about.
    alone: dict[str, Any] = {**data, "regions": {"primary": site.region}, "quotas": []}
    alone.pop("recovery", None)
    assert _network_problems({**alone, "compute": [*data["compute"], *full, *rest]}) == []
    assert _network_problems({**alone, "compute": [*data["compute"], *full, *rest, more]}) == ["network.cidr"]


def _network_problems(data: dict[str, Any]) -> list[str]:
    try:
        parse_environment(data)
    except InputError as error:
        return [problem.field for problem in error.problems if problem.field.endswith("cidr")]
    return []


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
NEAR_VALUES = st.one_of(
    st.sampled_from((*region_names(), *size_names(), *jurisdictions())),
    st.sampled_from([quota.family for quota in vcpu_quotas()]),
    st.sampled_from(
        ("10.0.0.0/16", "172.17.0.0/20", "192.168.0.0/24", "10.0.0.1/20", "8.8.8.0/24", "10.0.0.0/33")
    ),
    st.integers(0, 400),
    st.sampled_from(("spot", "on_demand", "nat", "firewall", "lrs", "gzrs", "blob", "compliance")),
)
"""What is right somewhere, so that rules get to see it in the wrong place."""


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(data=azure_environments(), choices=st.data())
def test_whatever_stands_in_the_place_of_a_value_is_taken_or_refused_in_full(
    data: dict[str, Any], choices: st.DataObject
) -> None:
    part: Any = data
    while True:
        step = choices.draw(st.sampled_from(sorted(part) if isinstance(part, dict) else range(len(part))))
        if not isinstance(part[step], dict | list) or not part[step] or choices.draw(st.booleans()):
            break
        part = part[step]
    part[step] = choices.draw(st.one_of(JSON_VALUES, NEAR_VALUES))
    check_problems(data)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(azure_environments(), azure_environments(), st.data())
def test_parts_of_another_environment_are_taken_or_refused_in_full(
    data: dict[str, Any], other: dict[str, Any], choices: st.DataObject
) -> None:
    names = sorted({*data, *other} - {"cloud"})
    for name in choices.draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True)):
        data.pop(name, None)
        if name in other:
            data[name] = other[name]
    check_problems(data)


def check_problems(data: dict[str, Any]) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        parse_environment(data)
    except InputError as refused:
        problems = refused.problems
    for problem in problems:
        assert problem.given
        assert problem.message
        assert problem.allowed
        assert problem.mend
        assert "None" not in problem.message + problem.allowed + problem.mend


@settings(max_examples=6, deadline=None)
@given(azure_environments())
def test_what_the_specification_takes_the_components_take(data: dict[str, Any]) -> None:
    environment = parsed(data)
    graph = preview_environment(data)
    kinds = [node.type for node in graph.resources]
    regions = len(sites(environment))
    assert kinds.count("azure-native:machinelearningservices:Workspace") == regions
    pools = sum(len(site.pools) + 1 for site in sites(environment))
    assert kinds.count("azure-native:machinelearningservices:Compute") == pools


@pytest.mark.parametrize("name", ["a--b", "a", "x" * 20])
def test_names_at_the_bounds_of_the_specification_are_taken_by_the_components(name: str) -> None:
    data = load_environment("azure-dev", root=ROOT).model_dump(mode="json", exclude_none=True)
    data["name"] = name
    for place, pool in enumerate(data["compute"]):
        pool["name"] = name if place == 0 else f"pool{place}"
    graph = preview_environment(data)
    groups = [node for node in graph.resources if node.type == "azure-native:resources:ResourceGroup"]
    assert groups[0].properties["resourceGroupName"] == f"{name}-westeurope"
