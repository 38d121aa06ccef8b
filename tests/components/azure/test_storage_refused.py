"""What storage accounts on Azure can't be asked for."""

import pulumi
import pytest
from azure_stores import ACCOUNT, ENDPOINTS, SUBSCRIPTION, storage_args
from previewing import preview

from modelyard.azure.storage import Storage
from modelyard.errors import InputError


def problems(**change):
    with pytest.raises(InputError) as caught:
        preview(lambda: Storage("store", storage_args(**change)) and None)
    return caught.value.problems


def said(problem):
    return (problem.field.removeprefix("store."), problem.given, problem.message, problem.allowed)


ONE = "accounts.datasets"


@pytest.mark.parametrize(
    ("change", "field", "given", "message", "allowed", "mend"),
    [
        (
            {"account_name": "Training-Data"},
            "account_name",
            "'Training-Data'",
            "Azure refuses a storage account of this name",
            "3 to 24 lower-case letters and digits",
            "write another name, unique in all of Azure, as trainingdata01",
        ),
        (
            {"containers": ["datasets", "datasets"]},
            "containers",
            "datasets, datasets",
            "a container is made once",
            "each name once",
            "name each once",
        ),
        (
            {"containers": ["my--data"]},
            "containers",
            "'my--data'",
            "Azure refuses a container of this name",
            "3 to 63 lower-case letters, digits and single hyphens, the first and last no hyphen",
            "write another name, as checkpoints",
        ),
        (
            {"redundancy": "ragrs"},
            "redundancy",
            "'ragrs'",
            "it is none of the choices",
            "lrs, zrs, grs, gzrs",
            "choose one of these",
        ),
        (
            {"trusted_services": ["Backup"]},
            "trusted_services",
            "'Backup'",
            "it is none of the choices",
            "Logging, Metrics, AzureServices",
            "choose one of these",
        ),
        (
            {"trusted_services": ["Logging", "Logging"]},
            "trusted_services",
            "Logging, Logging",
            "each is named once",
            "Logging, Metrics, AzureServices",
            "name each once",
        ),
        (
            {"endpoint_groups": ["web"], "common": ENDPOINTS},
            "endpoint_groups",
            "'web'",
            "it is none of the choices",
            "blob, dfs, file, queue, table",
            "choose one of these",
        ),
        (
            {"endpoint_groups": ["blob"]},
            "endpoint_groups",
            "blob",
            "without endpoint_subnet_id there are no private endpoints",
            "with endpoint_subnet_id and dns_zone_ids only",
            "leave it out, or add both to the component's args",
        ),
        (
            {"deleted_retention_days": 0},
            "deleted_retention_days",
            "0",
            "Azure counts no fewer and no more days here",
            "1 to 365",
            "write 1",
        ),
        (
            {"deleted_retention_days": 366},
            "deleted_retention_days",
            "366",
            "Azure counts no fewer and no more days here",
            "1 to 365",
            "write 365",
        ),
        (
            {"expire_after_days": 0},
            "expire_after_days",
            "0",
            "Azure counts no fewer and no more days here",
            "1 to 99,999",
            "write 1",
        ),
        (
            {"cool_after_days": 30, "expire_after_days": 30},
            "cool_after_days",
            "30",
            "blobs are gone after 30 days, before they would move to the cool tier",
            "less than 30",
            "write fewer days, or leave one of the two out",
        ),
        (
            {"expire_prefixes": ["datasets/tmp/"]},
            "expire_prefixes",
            "datasets/tmp/",
            "nothing expires without expire_after_days",
            "with expire_after_days only",
            "set expire_after_days, or leave this out",
        ),
        (
            {"expire_prefixes": [], "expire_after_days": 9},
            "expire_prefixes",
            "0 prefixes",
            "the lifecycle's rules have to name something, and hold only so much",
            "1 to 980 prefixes",
            "leave it out if all expires, or name fewer and shorter starts",
        ),
        (
            {"expire_prefixes": ["tmp/"], "expire_after_days": 9},
            "expire_prefixes",
            "'tmp/'",
            "Azure looks for it in the names of blobs with their container's in front",
            "CONTAINER/START, the container one of this account's",
            "write the container's name and a slash first, as checkpoints/runs/",
        ),
        (
            {"expire_prefixes": ["datasets"], "expire_after_days": 9},
            "expire_prefixes",
            "'datasets'",
            "Azure looks for it in the names of blobs with their container's in front",
            "CONTAINER/START, the container one of this account's",
            "write the container's name and a slash first, as checkpoints/runs/",
        ),
        (
            {"immutable_containers": ["checkpoints"]},
            "immutable_containers",
            "'checkpoints'",
            "the account has no such container",
            "datasets",
            "name one of these, or add it to containers",
        ),
        (
            {"immutable_containers": ["checkpoints"], "containers": []},
            "immutable_containers",
            "'checkpoints'",
            "the account has no such container",
            "none: the account has no containers",
            "name one of these, or add it to containers",
        ),
        (
            {"immutable_containers": ["datasets"], "versioned": False},
            "versioned",
            "false",
            "only versions can be made immutable",
            "true, with immutable_containers",
            "leave it out, or leave immutable_containers out",
        ),
        (
            {"immutable_containers": ["datasets"], "expire_after_days": 30},
            "expire_prefixes",
            "nothing, so that all expires",
            "what is promoted, under keep/, would expire once its policy has ended",
            "starts that leave datasets/keep/ out, as datasets/runs/",
            "name what expires, or leave expire_after_days out",
        ),
        (
            {
                "immutable_containers": ["datasets"],
                "expire_after_days": 30,
                "expire_prefixes": ["datasets/keep/old"],
            },
            "expire_prefixes",
            "'datasets/keep/old'",
            "what is promoted, under keep/, would expire once its policy has ended",
            "starts that leave datasets/keep/ out, as datasets/runs/",
            "name what expires, or leave expire_after_days out",
        ),
        (
            {"backed_up": True, "change_feed": False},
            "change_feed",
            "false",
            "Azure Backup copies blobs by their versions and the change feed",
            "true, with backed_up",
            "leave it out, or leave backed_up out",
        ),
        (
            {"backed_up": True, "versioned": False},
            "versioned",
            "false",
            "Azure Backup copies blobs by their versions and the change feed",
            "true, with backed_up",
            "leave it out, or leave backed_up out",
        ),
        (
            {"backed_up": True, "trusted_services": ["Logging"]},
            "trusted_services",
            "Logging",
            "Azure Backup reaches a closed account as one of Azure's trusted services, or not at all",
            "with AzureServices, where backed_up",
            "add AzureServices, or leave it out",
        ),
        (
            {"backed_up": True, "deleted_retention_days": 6},
            "deleted_retention_days",
            "6",
            "a backup fails where the lifecycle deletes versions while it runs",
            "7 or more, with backed_up",
            "write 7",
        ),
        (
            {"data_writers": {"job": "p"}},
            "data_writers",
            "job",
            "roles are named by the subscription, which isn't given",
            "with subscription_id only",
            "add 'subscription_id' to the component's args",
        ),
    ],
)
def test_an_account_that_cannot_be_is_refused(change, field, given, message, allowed, mend):
    (problem,) = problems(**change)
    assert said(problem) == (f"{ONE}.{field}", given, message, allowed)
    assert problem.mend == mend


@pytest.mark.parametrize(
    ("common", "field", "given", "message", "allowed"),
    [
        ({"accounts": {}}, "accounts", "none", "there is nothing to make", "one account or more"),
        (
            {"endpoint_subnet_id": "subnet"},
            "dns_zone_ids",
            "nothing",
            "endpoint_subnet_id needs it: an endpoint has an address, and records of its names",
            "both, or neither",
        ),
        (
            {"dns_zone_ids": ENDPOINTS["dns_zone_ids"]},
            "endpoint_subnet_id",
            "nothing",
            "dns_zone_ids needs it: an endpoint has an address, and records of its names",
            "both, or neither",
        ),
        (
            {"endpoint_subnet_id": "subnet", "dns_zone_ids": {}},
            "dns_zone_ids",
            "none",
            "an endpoint for blob has its names in privatelink.blob.core.windows.net, whose id is missing",
            "the ids of privatelink.blob.core.windows.net",
        ),
        ({"account": {}}, "account", "account", "StorageArgs has no such argument", None),
    ],
)
def test_args_that_cannot_be_are_refused(common, field, given, message, allowed):
    (problem,) = problems(common=common)
    assert said(problem)[:3] == (field, given, message)
    assert allowed is None or problem.allowed == allowed
    assert problem.mend


def test_two_accounts_of_one_name_are_refused():
    found = problems(common={"accounts": {"datasets": ACCOUNT, "checkpoints": ACCOUNT}})
    assert [said(problem)[2] for problem in found] == ["another account here has the same name"] * 2


def test_what_decides_what_is_made_has_to_be_known():
    def program():
        Storage("store", storage_args(containers=pulumi.Output.from_input(["datasets"])))

    with pytest.raises(InputError) as caught:
        preview(program)
    (problem,) = caught.value.problems
    assert problem.field == "store.accounts.datasets.containers"
    assert problem.message == "this decides what is made, so it must be known before anything is"


def test_what_fits_together_is_taken():
    promoting = {
        "immutable_containers": ["datasets"],
        "expire_after_days": 30,
        "expire_prefixes": ["datasets/runs/"],
        "cool_after_days": 90,
        "backed_up": True,
        "data_owners": {"release": "p"},
        "common": {"subscription_id": SUBSCRIPTION},
    }
    preview(lambda: Storage("store", storage_args(**promoting)) and None)


@pytest.mark.parametrize(
    ("location", "account", "given", "message", "allowed", "mend"),
    [
        ("westus", {}, "nothing, which is zrs", "westus has no availability zones", "lrs, grs", "write grs"),
        (
            "West US",
            {"redundancy": "gzrs"},
            "gzrs",
            "westus has no availability zones",
            "lrs, grs",
            "write grs",
        ),
        (
            "italynorth",
            {"redundancy": "gzrs"},
            "gzrs",
            "italynorth has no paired region",
            "lrs, zrs",
            "write zrs",
        ),
    ],
)
def test_copies_that_a_region_has_no_place_for(location, account, given, message, allowed, mend):
    (problem,) = problems(common={"location": location}, **account)
    assert said(problem) == (f"{ONE}.redundancy", given, message, allowed)
    assert problem.mend == mend


@pytest.mark.parametrize("location", ["westeurope", "moon", pulumi.Output.from_input("westus")])
def test_where_the_region_has_zones_or_is_not_known_copies_are_kept_in_them(location):
    assert preview(lambda: Storage("store", storage_args(common={"location": location})) and None)
