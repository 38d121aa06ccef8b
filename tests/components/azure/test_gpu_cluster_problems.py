"""What a GpuCluster on Azure refuses, before anything is registered."""

import pulumi
import pytest
from azure_clusters import CLUSTER, H100, KEY, PERSON, SUBSCRIPTION, ZONE_IDS
from previewing import preview

from modelyard.azure.gpu_cluster import GpuCluster
from modelyard.azure.gpu_cluster_problems import cluster_problems
from modelyard.errors import InputError

UNPRICED = {**H100, "size": "Standard_ND128isr_GB300_v6"}
"""No source says where it is sold, so nothing is refused."""
OTHER = "/subscriptions/ffffffff-1111-2222-3333-444455556666/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv"


def problems(**changes):
    with pytest.raises(InputError) as caught:
        preview(lambda: GpuCluster("gpu", {**CLUSTER, **changes}) and None)
    return caught.value.problems


def only(**changes):
    (problem,) = problems(**changes)
    assert problem.field.startswith("gpu.")
    assert problem.allowed
    assert problem.mend
    return problem.field.removeprefix("gpu."), problem.given, problem.message, problem.allowed


@pytest.mark.parametrize(
    ("field", "name", "message"),
    [
        ("environment", "Dev", "names at Azure begin with it, and some of those would be refused"),
        ("environment", "a" * 21, "names at Azure begin with it, and some of those would be refused"),
        ("subscription_id", "my-subscription", "no subscription has this id"),
        ("workspace_name", "w", "Azure refuses a workspace of this name"),
        ("workspace_name", "w" * 34, "Azure refuses a workspace of this name"),
        ("workspace_name", "dev-a1\n", "Azure refuses a workspace of this name"),
        ("registry_name", "dev-images", "Azure refuses a registry of this name"),
        ("registry_name", "dev1", "Azure refuses a registry of this name"),
        ("vault_name", "ml--dev", "Azure refuses a vault of this name"),
        ("vault_name", "m" * 25, "Azure refuses a vault of this name"),
    ],
)
def test_a_name_that_azure_refuses_is_refused(field, name, message):
    assert only(**{field: name})[:3] == (field, repr(name), message)


def test_every_problem_is_told_at_once():
    found = {problem.field for problem in problems(registry_name="x", vault_name="y", pools=[])}
    assert found == {"gpu.registry_name", "gpu.vault_name", "gpu.pools"}


def test_an_argument_that_there_isnt_is_refused_and_the_nearest_named():
    (problem,) = problems(registry="x")
    assert (problem.field, problem.message) == ("gpu.registry", "GpuClusterArgs has no such argument")


def test_zones_that_endpoints_need_are_missed():
    zones = {zone: id_ for zone, id_ in ZONE_IDS.items() if "azureml" not in zone}
    field, given_, message, allowed = only(dns_zone_ids=zones)
    assert (field, given_) == ("dns_zone_ids", ", ".join(sorted(zones)))
    assert message == "names of private endpoints lie in privatelink.api.azureml.ms, whose ids are missing"
    assert allowed == f"the ids of {', '.join(ZONE_IDS)}"
    assert only(dns_zone_ids={})[1] == "none"


@pytest.mark.parametrize("days", [-1, 366])
def test_images_without_a_tag_are_kept_a_year_at_most(days):
    assert only(registry_retention_days=days) == (
        "registry_retention_days",
        str(days),
        "the registry keeps images without a tag no longer",
        "0 to 365",
    )


@pytest.mark.parametrize("end", [f"/{'0a' * 16}", ""])
def test_a_registrys_key_has_an_address_without_a_version(end):
    uri = f"https://kv.vault.azure.net/keys/registry{end}" if end else "registry"
    assert only(registry_key_uri=uri)[:3] == (
        "registry_key_uri",
        repr(uri),
        "the registry would stay with one version of its key, or find none",
    )


@pytest.mark.parametrize(
    ("regions", "given_", "message", "allowed"),
    [
        (["westeurop"], "'westeurop'", "the catalog doesn't know this region", "westeurope"),
        (
            ["westeurope"],
            "westeurope",
            "the registry has its images in this region already",
            "each other region once",
        ),
        (
            ["ukwest", "ukwest"],
            "ukwest",
            "the registry has its images in this region already",
            "each other region once",
        ),
    ],
)
def test_replicas_are_in_other_regions_that_there_are(regions, given_, message, allowed):
    found = only(replica_locations=regions)
    assert found[:3] == ("replica_locations", given_, message)
    assert allowed in found[3]


def test_a_workspaces_key_has_an_address_with_its_version():
    uri = "https://kv-dev-01.vault.azure.net/keys/workspace"
    assert only(customer_key={**KEY, "key_uri": uri})[:3] == (
        "customer_key.key_uri",
        repr(uri),
        "a workspace takes one version of a key",
    )


def test_a_workspaces_key_is_of_its_own_subscription():
    assert only(customer_key={**KEY, "key_vault_id": OTHER}) == (
        "customer_key.key_vault_id",
        OTHER,
        "the vault of a workspace's key is in the subscription of the workspace",
        f"a vault of the subscription {SUBSCRIPTION}",
    )
    shouted = KEY["key_vault_id"].replace(SUBSCRIPTION, SUBSCRIPTION.upper())
    preview(lambda: GpuCluster("gpu", {**CLUSTER, "customer_key": {**KEY, "key_vault_id": shouted}}) and None)


def test_a_workspaces_key_is_of_the_vault_that_is_named():
    uri = KEY["key_uri"].replace("kv-dev-01", "kv-dev-01-old")
    assert only(customer_key={**KEY, "key_uri": uri}) == (
        "customer_key.key_uri",
        repr(uri),
        "this is a key of another vault than key_vault_id names",
        "a key of kv-dev-01",
    )


def test_a_tenant_is_named_by_its_id():
    assert only(tenant_id="example.onmicrosoft.com") == (
        "tenant_id",
        "'example.onmicrosoft.com'",
        "no tenant has this id",
        "a tenant's id, as 00000000-0000-0000-0000-000000000000; a domain of it is none",
    )


def test_a_customers_key_needs_all_that_goes_with_it():
    key = {name: value for name, value in KEY.items() if name != "cosmos_db_principal_id"}
    assert only(customer_key=key)[:3] == (
        "customer_key.cosmos_db_principal_id",
        "nothing",
        "CustomerKeyArgs needs this argument",
    )


@pytest.mark.parametrize(
    ("build", "field", "given_", "message"),
    [
        ({"size": "Standard_D4s"}, "size", "'Standard_D4s'", "the catalog doesn't know this size"),
        (
            {"size": "Standard_NC4as_T4_v3"},
            "size",
            "'Standard_NC4as_T4_v3'",
            "building an image uses no accelerator, which would be paid for all the same",
        ),
        ({"max_nodes": 0}, "max_nodes", "0", "no job ever starts here"),
        ({"idle_minutes": 0}, "idle_minutes", "0", "nodes would go while jobs still start on them"),
    ],
)
def test_the_pool_that_builds_images_is_checked_as_others_are(build, field, given_, message):
    assert only(image_build=build)[:3] == (f"image_build.{field}", given_, message)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("my-data", "a datastore can't be called so"),
        ("", "a datastore can't be called so"),
        ("workspaceblobstore", "every workspace has a datastore of this name, in its own account"),
    ],
)
def test_a_datastore_is_called_as_none_is_already(name, message):
    store = {"account_name": "devdata01", "container": "datasets"}
    assert only(datastores={name: store})[:3] == (f"datastores.{name}", repr(name), message)


@pytest.mark.parametrize("field", ["submitters", "importers"])
@pytest.mark.parametrize(
    ("people", "at", "given_", "message"),
    [
        (
            [{**PERSON, "principal_id": "ada@example.org"}],
            "[0].principal_id",
            "'ada@example.org'",
            "roles are given to somebody by the object id",
        ),
        (
            [{**PERSON, "kind": "User"}],
            "[0].kind",
            "'User'",
            "Azure knows no such kind of principal, or gives it no roles here",
        ),
        (
            [PERSON, {**PERSON, "principal_id": PERSON["principal_id"].upper()}],
            "[1].principal_id",
            PERSON["principal_id"].upper(),
            "a role is given to somebody once",
        ),
    ],
)
def test_people_who_are_given_roles_are_named_as_azure_knows_them_and_once(
    field, people, at, given_, message
):
    assert only(**{field: people})[:3] == (f"{field}{at}", given_, message)


def test_a_region_is_one_of_the_catalogs():
    assert only(location="westeurop") == (
        "location",
        "'westeurop'",
        "the catalog doesn't know this region",
        "westeurope, westus, westus2, westus3, northeurope",
    )
    assert only(location="eu-central-1")[2] == "the catalog doesn't know this region"


def test_what_becomes_known_later_is_not_judged():
    later = pulumi.Output.from_input

    def program():
        pool = {**H100, "max_nodes": later(1000), "min_nodes": later(-1), "idle_minutes": later(0)}
        key = {
            **KEY,
            "key_uri": later(f"https://kv.vault.azure.net/keys/k/{'0' * 32}"),
            "key_vault_id": later(OTHER),
        }
        args = {"registry_retention_days": later(999), "dns_zone_ids": later(ZONE_IDS), "customer_key": key}
        GpuCluster("gpu", {**CLUSTER, **args, "pools": [pool]})

    preview(program)


def test_what_decides_what_is_made_has_to_be_known():
    later = pulumi.Output.from_input("dev-a1")
    field, given_, message, _ = only(workspace_name=later)
    assert (field, given_) == ("workspace_name", "an output, whose value becomes known later")
    assert message == "this decides what is made, so it must be known before anything is"


OWN_REGISTRY = ("registry_key_uri", "registry_identity_id", "registry_identity_client_id")
SHARED = {"registry_id": "/subscriptions/…/registries/devimages01", "login_server": "devimages01.azurecr.io"}


@pytest.mark.parametrize("left_out", OWN_REGISTRY)
def test_a_registry_that_is_made_needs_its_key(left_out):
    args = {name: value for name, value in CLUSTER.items() if name != left_out}
    [problem] = cluster_problems("gpu", args)
    assert (problem.field, problem.given) == (f"gpu.{left_out}", "nothing")
    assert problem.message == "the registry's images are encrypted with a customer's key"
    assert (
        problem.mend == f"add {left_out!r} to args, or share another cluster's registry by 'shared_registry'"
    )


def test_a_shared_registry_is_as_its_own_cluster_has_made_it():
    shared = {name: value for name, value in CLUSTER.items() if name not in OWN_REGISTRY}
    assert not list(cluster_problems("gpu", {**shared, "shared_registry": SHARED}))
    [problem] = cluster_problems("gpu", {**shared, "shared_registry": SHARED, "zone_redundant": True})
    assert (problem.field, problem.given) == ("gpu.zone_redundant", "a value beside shared_registry")
    assert problem.message == "a shared registry is as the cluster has made it that it belongs to"
