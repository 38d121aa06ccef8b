"""The data center that is composed from an environment on Azure."""

from __future__ import annotations

import gc
import inspect
import re
from collections import Counter
from functools import cache
from ipaddress import IPv4Network
from typing import Any

import pulumi_azure_native as azure_native
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from left_out_azure import left_out
from previewing import ROOT, preview_environment
from strategies_azure import azure_environments

from modelyard.environment import parse_environment
from modelyard.environment.azure.needs import IMAGE_BUILD_NODES
from modelyard.environment.azure.sites import Site, sites
from modelyard.environment.azure.spec import AzureEnvironment
from modelyard.environment.load import load_environment
from modelyard.planning.azure.roles import ROLE_IDS
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN, Graph, Node
from modelyard_policies.registry import all_rules

AZURE = "azure-native:"
TAGS = {"environment", "owner", "cost-center", "data-classification", "residency", "managed-by"}
RESERVED_PER_SUBNET = 5
"""Addresses of a subnet that Azure keeps (Microsoft, Virtual Network FAQ, 2026-11)."""

HOLDS_DATA = {
    "dataprotection:BackupInstance",
    "dataprotection:BackupVault",
    "keyvault:Key",
    "keyvault:Vault",
    "storage:BlobContainer",
    "storage:StorageAccount",
}
"""What is protected in production, besides the network that all of it lies in."""

KEYS = {"dataprotection:BackupVault": "properties", "storage:StorageAccount": "encryption"}
"""Where the customer's key of a type stands, in every environment."""

NAMES = {
    "containerregistry:Registry": ("registryName", r"[a-zA-Z0-9]{5,50}"),
    "keyvault:Vault": ("vaultName", r"[a-zA-Z](?:-?[a-zA-Z0-9]){2,23}"),
    "storage:StorageAccount": ("accountName", r"[a-z0-9]{3,24}"),
    "machinelearningservices:Workspace": ("workspaceName", r"[a-zA-Z0-9][\w-]{2,32}"),
    "operationalinsights:Workspace": ("workspaceName", r"[a-zA-Z0-9][a-zA-Z0-9-]{2,61}[a-zA-Z0-9]"),
    "resources:ResourceGroup": ("resourceGroupName", r"[\w().-]{0,89}[\w()-]"),
}
"""Names that are unique in Azure or in a subscription, and what they may be (Microsoft, "Naming rules and
restrictions for Azure resources", 2026-11)."""

TOO_MUCH = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
}
OF_A_GROUP = {ROLE_IDS["Contributor"], ROLE_IDS["Key Vault Administrator"]}
"""Roles that are too much for a group, and not for one resource."""


def fields_of(name: str) -> dict[str, Any]:
    """The fields of a shipped environment, a copy that a test may change."""
    return load_environment(name, root=ROOT).model_dump(mode="json", exclude_none=True)


def every(graph: Graph, kind: str) -> list[Node]:
    """All resources of a type, as `storage:StorageAccount`."""
    return [node for node in graph.resources if node.type == f"{AZURE}{kind}"]


@pytest.fixture(scope="module")
def dev() -> Graph:
    return preview_environment(fields_of("azure-dev"))


def test_the_number_of_resources_does_not_depend_on_the_number_of_nodes():
    sizes = {}
    for max_nodes in (2, 1_250):
        fields = fields_of("azure-dev")
        fields["network"]["cidr"] = "10.32.0.0/16"
        for pool in fields["compute"]:
            pool.update(max_nodes=max_nodes, max_nodes_per_job=1)
        sizes[max_nodes] = Counter(node.type for node in preview_environment(fields).resources)
    assert sizes[2] == sizes[1_250]


def test_children_take_their_names_from_their_parent(dev):
    by_urn = {node.urn: node for node in dev.resources}
    for node in dev.resources:
        parent = by_urn.get(node.parent or "")
        if parent is not None and parent.type.startswith("modelyard:"):
            assert node.name.startswith(parent.name), node.urn
        assert parent is not None or node.type == "pulumi:pulumi:Stack"


def test_the_provider_names_the_subscription_and_everything_uses_it(dev):
    (provider,) = [node for node in dev.resources if node.type == "pulumi:providers:azure-native"]
    environment = load_environment("azure-dev", root=ROOT)
    assert provider.properties["subscriptionId"] == environment.subscription_id
    assert provider.properties["tenantId"] == environment.tenant_id
    assert provider.properties["location"] == "westeurope"
    references = {node.provider for node in dev.resources if node.custom and node is not provider}
    assert {reference.removesuffix("::unknown") for reference in references} == {provider.urn}


def test_an_existing_dataset_store_is_read_and_not_managed():
    fields = fields_of("azure-dev")
    account = (
        "/subscriptions/0b1c2d3e-4f50-4617-8293-a4b5c6d7e8f9/resourceGroups/shared/providers/"
        "Microsoft.Storage/storageAccounts/corpusofsomebody"
    )
    fields["storage"]["datasets"] = {"kind": "existing_blob", "account_id": account, "container": "corpus"}
    fields.pop("backup")
    graph = preview_environment(fields)
    for kind in ("storage:StorageAccount", "keyvault:Key"):
        assert not [node for node in every(graph, kind) if node.name.endswith("datasets")]
    given = [
        node.properties
        for node in every(graph, "authorization:RoleAssignment")
        if node.properties["scope"] is not UNKNOWN and account in node.properties["scope"]
    ]
    assert [each["roleDefinitionId"].rpartition("/")[2] for each in given] == [
        ROLE_IDS["Storage Blob Data Reader"]
    ]
    (datastore,) = [
        node for node in every(graph, "machinelearningservices:Datastore") if "datasets" in node.name
    ]
    assert (
        datastore.properties["properties"].items()
        >= {
            "accountName": "corpusofsomebody",
            "containerName": "corpus",
            "resourceGroup": "shared",
            "subscriptionId": "0b1c2d3e-4f50-4617-8293-a4b5c6d7e8f9",
        }.items()
    )


def test_an_existing_dataset_store_is_read_in_both_regions_and_by_every_environment():
    account = (
        "/subscriptions/9b7e4d20-3c61-4f8a-a5d2-60e1c9f7b834/resourceGroups/shared/providers/"
        "Microsoft.Storage/storageAccounts/corpusofsomebody"
    )
    names, readers = [], []
    for name in ("azure-prod", "azure-stag"):
        fields = {**fields_of("azure-prod"), "name": name}
        fields["storage"]["datasets"] = {
            "kind": "existing_blob",
            "account_id": account,
            "container": "corpus",
        }
        fields.pop("backup")
        graph = preview_environment(fields)
        for node in every(graph, "authorization:RoleAssignment"):
            if node.properties["scope"] == account:
                names.append(node.properties["roleAssignmentName"])
                readers.append(node.property_dependencies["principalId"])
    assert len(set(readers)) == 4
    assert len(set(names)) == 4, "Azure would take a second one of a name for a change of the first"


def test_who_submits_jobs_finds_the_target_and_keeps_the_records_of_runs_in_each_region():
    fields = fields_of("azure-prod")
    people = {
        "8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f": ("user", "User"),
        "8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e60": ("service_principal", "ServicePrincipal"),
    }
    fields["jobs"] = {
        "submitters": [{"principal_id": id_, "kind": kind} for id_, (kind, _) in people.items()]
    }
    graph = preview_environment(fields)
    roles = {id_: role for role, id_ in ROLE_IDS.items()}
    given = Counter(
        (
            properties["principalId"],
            properties["principalType"],
            roles[properties["roleDefinitionId"].rpartition("/")[2]],
            node.property_dependencies["scope"][0].rpartition("::")[2],
        )
        for node in every(graph, "authorization:RoleAssignment")
        if (properties := node.properties)["principalId"] in people
    )
    assert given == {
        (id_, kind, role, scope): 1
        for id_, (_, kind) in people.items()
        for region in ("azure-prod", "azure-prod-recovery")
        for role, scope in (
            ("Reader", f"{region}-group"),
            ("Storage Blob Data Contributor", f"{region}-storage-checkpoints"),
            ("Storage Blob Data Contributor", f"{region}-storage-workspace"),
            ("Storage File Data Privileged Contributor", f"{region}-storage-workspace"),
            ("AzureML Data Scientist", f"{region}-cluster-workspace"),
        )
    } | {
        # Both regions have one registry.
        (id_, kind, "Container Registry Data Importer and Data Reader", "azure-prod-cluster-registry"): 1
        for id_, (_, kind) in people.items()
    }


def test_jobs_read_datasets_and_write_checkpoints_and_give_them_policies_only_where_some_are_promoted(dev):
    def given(graph: Graph) -> set[tuple[str, str]]:
        roles = {id_: role for role, id_ in ROLE_IDS.items()}
        return {
            (
                node.property_dependencies["scope"][0].rpartition("::")[2],
                roles[node.properties["roleDefinitionId"].rpartition("/")[2]],
            )
            for node in every(graph, "authorization:RoleAssignment")
            if "-access-" in node.name
        }

    assert given(dev) == {
        ("azure-dev-storage-datasets", "Storage Blob Data Reader"),
        ("azure-dev-storage-checkpoints", "Storage Blob Data Contributor"),
    }
    assert given(preview_environment(fields_of("azure-prod"))) == {
        (f"{region}-storage-{purpose}", role)
        for region in ("azure-prod", "azure-prod-recovery")
        for purpose, role in (
            ("datasets", "Storage Blob Data Reader"),
            ("checkpoints", "Storage Blob Data Owner"),
        )
    }


def test_the_target_is_published_once_jobs_may_use_the_data(dev):
    (published,) = every(dev, "resources:Deployment")
    given = {node.urn for node in every(dev, "authorization:RoleAssignment") if "-access-" in node.name}
    assert len(given) == 2
    assert given <= set(published.dependencies)


def test_who_submits_jobs_imports_images_into_each_registry_that_there_is():
    fields = fields_of("azure-prod")
    fields["jobs"] = {
        "submitters": [{"principal_id": "8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f", "kind": "group"}]
    }
    fields["recovery"]["replicate_registry"] = False
    importer = ROLE_IDS["Container Registry Data Importer and Data Reader"]
    assert [
        node.property_dependencies["scope"][0].rpartition("::")[2]
        for node in every(preview_environment(fields), "authorization:RoleAssignment")
        if node.properties["roleDefinitionId"].endswith(importer)
    ] == ["azure-prod-cluster-registry", "azure-prod-recovery-cluster-registry"]


def test_without_backup_and_budget_there_is_neither():
    fields = fields_of("azure-dev")
    fields.pop("backup")
    fields["storage"]["datasets"]["backed_up"] = False
    fields.pop("budget")
    graph = preview_environment(fields)
    kinds = (f"{AZURE}dataprotection:", f"{AZURE}consumption:")
    assert not [node for node in graph.resources if node.type.startswith(kinds)]


def test_a_plan_of_defender_is_turned_on_where_it_is_named():
    fields = fields_of("azure-dev")
    fields["monitoring"]["defender_plans"] = ["containers"]
    (pricing,) = every(preview_environment(fields), "security:Pricing")
    assert (pricing.properties["pricingName"], pricing.properties["pricingTier"]) == (
        "Containers",
        "Standard",
    )


def test_idle_nodes_are_told_of_when_the_environment_says_so():
    fields = fields_of("azure-dev")
    fields["monitoring"]["idle_accelerator_minutes"] = 60
    fields["compute"][0]["idle_shutdown_minutes"] = 20
    alerts = {
        node.name: node.properties
        for node in every(preview_environment(fields), "monitor:MetricAlert")
        if "-idle-" in node.name
    }
    assert {alert["windowSize"] for alert in alerts.values()} == {"PT1H"}
    alert = alerts[f"azure-dev-monitoring-idle-{fields['compute'][0]['name']}"]
    assert (
        "have stood idle for 1 h and cost, though they are to be let go after 20 minutes."
        in (alert["description"])
    )


def check_environment(fields: dict[str, Any]) -> None:
    """What holds of every valid environment, in each of its regions."""
    environment = parse_environment(fields)
    assert isinstance(environment, AzureEnvironment)
    graph = preview_environment(fields)
    failed = [each for each in evaluate(graph, all_rules()).findings if each.verdict != "unknown"]
    assert {finding.code for finding in failed} == left_out(environment), failed
    regions = {site.region: site for site in sites(environment)}
    for site in regions.values():
        _addresses_hold(site, graph)
    _everything_lies_in(set(regions), graph)
    _everything_has_its_regions_key(graph)
    _everything_is_tagged(environment, graph)
    _nobody_may_do_more_than_needed(graph)
    _production_is_protected(environment, graph)
    _names_are_taken_once(graph)


def _addresses_hold(site: Site, graph: Graph) -> None:
    (network,) = [each for each in every(graph, "network:VirtualNetwork") if each.region == site.region]
    subnets = {
        node.properties["subnetName"]: IPv4Network(node.properties["addressPrefix"])
        for node in every(graph, "network:Subnet")
        if network.urn in node.property_dependencies["virtualNetworkName"]
    }
    assert {"nodes", "endpoints"} <= {name.rpartition("-")[2] for name in subnets} | set(subnets), subnets
    ranges = list(subnets.values())
    assert all(part.subnet_of(IPv4Network(site.network.cidr)) for part in ranges)
    assert not any(one.overlaps(other) for i, one in enumerate(ranges) for other in ranges[:i])
    (nodes,) = [part for name, part in subnets.items() if name.endswith("nodes")]
    wanted = sum(pool.max_nodes for pool in site.pools) + IMAGE_BUILD_NODES
    assert nodes.num_addresses - RESERVED_PER_SUBNET >= wanted
    (endpoints,) = [part for name, part in subnets.items() if name.endswith("endpoints")]
    made = [each for each in every(graph, "network:PrivateEndpoint") if each.region == site.region]
    # A registry's endpoint has an address for each of its regions' data besides its own.
    assert endpoints.num_addresses - RESERVED_PER_SUBNET >= 2 * len(made)


def _everything_lies_in(regions: set[str], graph: Graph) -> None:
    for node in graph.resources:
        location = node.properties.get("location")
        if node.custom and location is not None:
            assert location.lower() in {*regions, "global"}, node.urn
    for region in regions:
        assert [node for node in graph.resources if node.properties.get("location") == region]


def _everything_has_its_regions_key(graph: Graph) -> None:
    homes = {
        node.urn: node.region
        for kind in ("keyvault:Vault", "managedidentity:UserAssignedIdentity")
        for node in every(graph, kind)
    }
    encrypted = [(node, place) for kind, place in KEYS.items() for node in every(graph, kind)]
    encrypted += [
        (node, "encryption")
        for kind in ("containerregistry:Registry", "machinelearningservices:Workspace")
        for node in every(graph, kind)
        if "encryption" in node.properties
    ]
    for node, place in encrypted:
        used = [urn for urn in node.property_dependencies.get(place, ()) if urn in homes]
        assert used, node.urn
        assert {homes[urn] for urn in used} == {node.region}, node.urn
    keyless = [
        node.urn for node in every(graph, "containerregistry:Registry") if "encryption" not in node.properties
    ]
    assert keyless == []


@cache
def takes_tags(kind: str) -> bool:
    """Whether the SDK takes tags for a type."""
    module, _, name = kind.removeprefix(AZURE).partition(":")
    made = getattr(getattr(azure_native, module), name)
    return "tags" in inspect.signature(made._internal_init).parameters


def _everything_is_tagged(environment: AzureEnvironment, graph: Graph) -> None:
    for node in graph.resources:
        if node.type.startswith(AZURE) and takes_tags(node.type):
            tags = node.properties["tags"]
            assert wanted_tags(tags) >= TAGS, node.urn
            assert tags["environment"] == environment.name


def wanted_tags(tags: Any) -> set[str]:
    """The keys of tags that have a value."""
    return {key for key, value in tags.items() if value}


def _nobody_may_do_more_than_needed(graph: Graph) -> None:
    groups = {node.urn for node in every(graph, "resources:ResourceGroup")}
    assignments = every(graph, "authorization:RoleAssignment")
    for node in assignments:
        role = node.properties["roleDefinitionId"].rpartition("/")[2].lower()
        assert role in ROLE_IDS.values(), node.urn
        assert role not in TOO_MUCH, node.urn
        scope = node.properties["scope"]
        if scope is UNKNOWN:
            of = set(node.property_dependencies["scope"])
            assert of, node.urn
            assert role not in OF_A_GROUP or not of <= groups, node.urn
        else:
            assert re.match(r"^/subscriptions/[0-9a-f-]{36}/resourceGroups/[^/]+/providers/.", scope), (
                node.urn
            )
    names = Counter(node.properties["roleAssignmentName"] for node in assignments)
    assert [name for name, count in names.items() if count > 1] == []


def _production_is_protected(environment: AzureEnvironment, graph: Graph) -> None:
    for kind in {*HOLDS_DATA, "network:VirtualNetwork"}:
        for node in every(graph, kind):
            assert bool(node.protect) == (environment.stage == "production"), node.urn


def _names_are_taken_once(graph: Graph) -> None:
    for kind, (key, pattern) in NAMES.items():
        names = [node.properties[key] for node in every(graph, kind)]
        assert names, kind
        assert len({name.lower() for name in names}) == len(names), names
        for name in names:
            assert re.fullmatch(pattern, name), name


@pytest.fixture
def few_objects_to_collect(dev):
    """Leave the SDK's own objects, which stay for good, out of collections."""
    del dev  # so that the SDK is imported
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


# A hundred each, so that they can run side by side.
@pytest.mark.usefixtures("few_objects_to_collect")
@pytest.mark.parametrize("share", range(3))
def test_random_valid_environments_preview_and_pass(share):
    @seed(share)
    # Without shrinking: an example takes a fifth of a second.
    @settings(
        max_examples=100,
        derandomize=False,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(azure_environments(most_pools=2, recovery=share == 2))
    def hundred(fields):
        check_environment(fields)

    hundred()
