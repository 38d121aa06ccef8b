"""Copies of containers in another region of Azure."""

import pulumi
import pytest
from azure_stores import ACCOUNT, GROUP, PLACE, all_of, azure
from previewing import preview

from modelyard.azure.replication import Replication
from modelyard.azure.storage import Storage
from modelyard.errors import InputError
from modelyard_policies.graph import UNKNOWN

ACCOUNTS = f"{GROUP}/providers/Microsoft.Storage/storageAccounts"
PAIR = {
    "source_account_id": f"{ACCOUNTS}/trainingdata01",
    "source_account_name": "trainingdata01",
    "destination_account_id": f"{ACCOUNTS}/recoverydata01",
    "destination_account_name": "recoverydata01",
    "containers": {"datasets": "datasets", "raw": "raw-copies"},
}
ARGS = {
    **PLACE,
    "destination_resource_group_name": "recovery",
    "destination_location": "northeurope",
    "accounts": {"data": PAIR},
}


def made(**change):
    return preview(lambda: Replication("copies", {**ARGS, **change}) and None)


def problems(change=None, **pair):
    with pytest.raises(InputError) as caught:
        made(**{"accounts": {"data": {**PAIR, **pair}}, **(change or {})})
    return caught.value.problems


def test_the_destination_has_the_policy_first_and_the_source_the_same_one():
    graph = made()
    destination = azure(graph, "storage:ObjectReplicationPolicy", "copies-data-destination")
    source = azure(graph, "storage:ObjectReplicationPolicy", "copies-data")
    assert len(all_of(graph, "storage:ObjectReplicationPolicy")) == 2
    assert destination.urn in source.dependencies
    same = {
        "sourceAccount": PAIR["source_account_id"],
        "destinationAccount": PAIR["destination_account_id"],
        "metrics": {"enabled": True},
    }
    since = {"filters": {"minCreationTime": "1601-01-01T00:00:00Z"}}
    rules = [
        {"sourceContainer": "datasets", "destinationContainer": "datasets", **since},
        {"sourceContainer": "raw", "destinationContainer": "raw-copies", **since},
    ]
    assert destination.properties == {
        **same,
        "objectReplicationPolicyId": "default",
        "accountName": "recoverydata01",
        "resourceGroupName": "recovery",
        "rules": rules,
    }
    assert source.properties == {
        **same,
        "objectReplicationPolicyId": UNKNOWN,
        "accountName": "trainingdata01",
        "resourceGroupName": "training",
        "rules": [{**rule, "ruleId": UNKNOWN} for rule in rules],
    }
    assert source.property_dependencies["objectReplicationPolicyId"] == (destination.urn,)


def test_one_resource_group_may_hold_both_sides():
    graph = preview(
        lambda: (
            Replication(
                "copies", {name: ARGS[name] for name in ARGS if name != "destination_resource_group_name"}
            )
            and None
        )
    )
    groups = {
        node.properties["resourceGroupName"] for node in all_of(graph, "storage:ObjectReplicationPolicy")
    }
    assert groups == {"training"}


def test_pairs_are_made_one_after_another():
    other = {
        name: value if name == "containers" else value.replace("data01", "other01")
        for name, value in PAIR.items()
    }
    graph = made(accounts={"data": PAIR, "other": other})
    first = azure(graph, "storage:ObjectReplicationPolicy", "copies-data")
    second = azure(graph, "storage:ObjectReplicationPolicy", "copies-other-destination")
    assert first.urn in second.dependencies


def test_accounts_of_storage_are_copied_once_all_of_them_is_there():
    def program():
        stores = {
            name: Storage(
                name,
                {**PLACE, "location": region, "accounts": {"data": {**ACCOUNT, "account_name": f"{name}01"}}},
            )
            for name, region in (("first", "westeurope"), ("second", "northeurope"))
        }
        pair = {"containers": {"datasets": "datasets"}}
        for side, store in zip(("source", "destination"), stores.values(), strict=True):
            pair[f"{side}_account_id"] = store.account_id("data")
            pair[f"{side}_account_name"] = store.account_name("data")
        copies = Replication("copies", {**ARGS, "accounts": {"data": pair}})
        assert isinstance(copies.policy_ids, pulumi.Output)
        assert isinstance(copies.source_account_ids, pulumi.Output)

    graph = preview(program)
    destination = azure(graph, "storage:ObjectReplicationPolicy", "copies-data-destination")
    for store in ("first", "second"):
        assert azure(graph, "storage:ManagementPolicy", f"{store}-data").urn in destination.dependencies


def test_what_becomes_known_later_passes_through():
    def program():
        later = {
            name: pulumi.Output.from_input(value) if isinstance(value, str) else value
            for name, value in PAIR.items()
        }
        names = {name: pulumi.Output.from_input(ARGS[name]) for name in ("location", "destination_location")}
        Replication("copies", {**ARGS, **names, "accounts": {"data": later}})

    destination = azure(preview(program), "storage:ObjectReplicationPolicy", "copies-data-destination")
    assert destination.properties["sourceAccount"] == PAIR["source_account_id"]


@pytest.mark.parametrize(
    ("change", "pair", "field", "given", "message", "allowed"),
    [
        (
            {"destination_location": "West Europe"},
            {},
            "destination_location",
            "West Europe",
            "copies in the same region are lost with it",
            "a region other than westeurope",
        ),
        ({"accounts": {}}, {}, "accounts", "none", "there is nothing to copy", "one account or more"),
        (
            {},
            {"containers": {}},
            "accounts.data.containers",
            "0 containers",
            "a policy has a rule for each container, one at least",
            "1 to 1,000",
        ),
        (
            {},
            {"containers": {f"c{number:04}": f"d{number:04}" for number in range(1_001)}},
            "accounts.data.containers",
            "1001 containers",
            "a policy has a rule for each container, one at least",
            "1 to 1,000",
        ),
        (
            {},
            {"containers": {"datasets": "copies", "raw": "copies"}},
            "accounts.data.containers",
            "copies",
            "a container takes the copies of one other only",
            "a destination of its own for each container",
        ),
        (
            {},
            {"containers": {"Data": "copies"}},
            "accounts.data.containers",
            "'Data'",
            "Azure refuses a container of this name",
            "3 to 63 lower-case letters, digits and single hyphens, the first and last no hyphen",
        ),
        (
            {},
            {"containers": {"datasets": "-"}},
            "accounts.data.containers.datasets",
            "'-'",
            "Azure refuses a container of this name",
            "3 to 63 lower-case letters, digits and single hyphens, the first and last no hyphen",
        ),
        (
            {},
            {"destination_account_id": PAIR["source_account_id"].upper()},
            "accounts.data.destination_account_id",
            PAIR["source_account_id"].upper(),
            "this is the account that is copied from",
            "another account, in the other region",
        ),
        (
            {},
            {"destination_account_name": "trainingdata01"},
            "accounts.data.destination_account_name",
            "trainingdata01",
            "this is the account that is copied from",
            "another account, in the other region",
        ),
    ],
)
def test_copies_that_cannot_be_are_refused(change, pair, field, given, message, allowed):
    (problem,) = problems(change, **pair)
    assert (problem.field, problem.given) == (f"copies.{field}", given)
    assert (problem.message, problem.allowed) == (message, allowed)
    assert problem.mend


def test_a_name_that_is_not_its_ids_is_refused():
    (problem,) = problems(source_account_name="trainingdata02")
    assert (problem.field, problem.given) == ("copies.accounts.data.source_account_name", "trainingdata02")
    assert problem.message == "source_account_id is that of another account, trainingdata01"
    assert problem.allowed == "the name that the id ends in"
    assert problem.mend == "write trainingdata01, or the id of trainingdata02"


def test_a_second_policy_between_two_accounts_is_refused():
    (problem,) = problems({"accounts": {"data": PAIR, "more": {**PAIR, "containers": {"more": "more"}}}})
    assert (problem.field, problem.given) == (
        "copies.accounts.more.destination_account_name",
        "recoverydata01",
    )
    assert problem.message == "Azure takes one policy from an account to another, and data is it already"
    assert problem.allowed == "each pair of accounts once"
    assert problem.mend == "name all containers under data"


@pytest.mark.parametrize(
    ("side", "message"),
    [
        ("destination", "Azure copies from trainingdata01 by 2 policies at most"),
        ("source", "Azure copies to recoverydata01 by 2 policies at most"),
    ],
)
def test_an_account_that_takes_part_in_too_many_policies_is_refused(side, message):
    def pair(name):
        return {**PAIR, f"{side}_account_id": f"{ACCOUNTS}/{name}", f"{side}_account_name": name}

    (problem,) = problems({"accounts": {name: pair(name) for name in ("one1", "two2", "three3")}})
    assert problem.field == "copies.accounts.three3.destination_account_name"
    assert (problem.message, problem.mend) == (message, "leave one out")
    assert problem.allowed == "2 accounts on the other side of each"
