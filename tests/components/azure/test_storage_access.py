"""Roles for the blobs of accounts that were there before whom they are given to."""

import pytest
from azure_stores import GROUP, PLACE, SUBSCRIPTION, all_of, storage_args
from previewing import preview

from modelyard.azure.backup import Backup
from modelyard.azure.flow_logs import FlowLogs
from modelyard.azure.storage import Storage
from modelyard.azure.storage_access import StorageAccess
from modelyard.errors import InputError
from modelyard.planning.azure.roles import ROLE_IDS

ACCOUNT = {
    "account_id": f"{GROUP}/providers/Microsoft.Storage/storageAccounts/trainingdata01",
    "account_name": "trainingdata01",
}


def made(**accounts):
    args = {"subscription_id": SUBSCRIPTION, "accounts": accounts}
    return preview(lambda: StorageAccess("access", args) and None)


def test_each_identity_gets_its_role_at_its_account():
    graph = made(
        datasets={**ACCOUNT, "data_readers": {"job": "p1"}},
        checkpoints={
            "account_id": "checkpoints",
            "account_name": "trainingckpt01",
            "data_writers": {"job": "p1"},
            "data_owners": {"release": "p2"},
        },
    )
    (component,) = [n for n in graph.resources if n.type == "modelyard-azure:index:StorageAccess"]
    found = {
        role.name: (
            role.properties["scope"],
            role.properties["principalId"],
            role.properties["roleDefinitionId"].rpartition("/")[2],
        )
        for role in all_of(graph, "authorization:RoleAssignment")
        if role.parent == component.urn
    }
    assert found == {
        "access-datasets-readers-job": (ACCOUNT["account_id"], "p1", ROLE_IDS["Storage Blob Data Reader"]),
        "access-checkpoints-writers-job": ("checkpoints", "p1", ROLE_IDS["Storage Blob Data Contributor"]),
        "access-checkpoints-owners-release": ("checkpoints", "p2", ROLE_IDS["Storage Blob Data Owner"]),
    }


def test_assignments_are_called_the_same_every_time_and_differ_from_one_another():
    names = [
        [
            role.properties["roleAssignmentName"]
            for role in all_of(
                made(datasets={**ACCOUNT, "data_readers": {"a": "p", "b": "p"}, "data_writers": {"a": "p"}}),
                "authorization:RoleAssignment",
            )
        ]
        for _ in range(2)
    ]
    assert names[0] == names[1]
    assert len(set(names[0])) == 3


@pytest.mark.parametrize(
    "accounts", [{}, {"datasets": ACCOUNT}, {"datasets": {**ACCOUNT, "data_readers": {}}}]
)
def test_roles_for_nobody_are_refused(accounts):
    with pytest.raises(InputError) as caught:
        made(**accounts)
    (problem,) = caught.value.problems
    assert (problem.field, problem.given) == ("access.accounts", "none")
    assert problem.message == "there is nobody to give a role to"
    assert problem.allowed == "one identity or more"
    assert problem.mend == "name a reader, writer or owner, or leave the component out"


def test_the_same_role_for_the_same_on_one_account_twice_is_refused():
    twice = {"account_id": "/a", "account_name": "trainingdata01", "data_readers": {"job": "p"}}
    with pytest.raises(InputError) as caught:
        made(first=twice, second={**twice, "account_id": "/b"})
    (problem,) = caught.value.problems
    assert (problem.field, problem.given) == ("access.accounts.second.data_readers.job", "trainingdata01")
    assert problem.message == (
        "first gives job the same role on an account of this name, and assignments are called by it"
    )
    assert problem.allowed == "each account, list and name once"
    assert problem.mend == "leave one out, or write the account's own name"


NAMELESS = {
    StorageAccess: {"accounts": {"data": {**ACCOUNT, "data_readers": {"job": "p"}}}},
    Storage: storage_args(),
    Backup: {
        **PLACE,
        "vault_name": "backup",
        "every_hours": 24,
        "retention_days": 7,
        "instances": {"data": {"account_id": ACCOUNT["account_id"], "containers": ["data"]}},
    },
    FlowLogs: {
        "location": "westeurope",
        "flow_log_name": "dev",
        "virtual_network_id": "/networks/dev",
        "storage_account_id": ACCOUNT["account_id"],
        "identity_name": "dev-flow-logs",
        "identity_group_name": "dev",
    },
}


@pytest.mark.parametrize("component", NAMELESS)
def test_a_subscription_that_is_none_is_refused_by_all_that_give_roles(component):
    with pytest.raises(InputError) as caught:
        preview(lambda: component("it", {**NAMELESS[component], "subscription_id": " "}) and None)
    (problem,) = caught.value.problems
    assert (problem.field, problem.given) == ("it.subscription_id", "' '")
    assert problem.message == "roles are named by the subscription, and this is none"
    assert problem.allowed == "the id of the subscription"
    assert problem.mend == "write its id, as `az account show --query id` tells it"
