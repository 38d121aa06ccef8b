"""Flow logs of a network of Azure, alone in a program of somebody else."""

import pulumi
import pytest
from previewing import TAGS, preview

from modelyard.azure.flow_logs import FlowLogs
from modelyard.azure.identities import IDENTITY_NAME_WORDS
from modelyard.errors import InputError
from modelyard.planning.azure.network import RESOURCE_NAME_WORDS
from modelyard.planning.azure.roles import ROLE_IDS
from modelyard_policies.graph import UNKNOWN

GROUP = "/subscriptions/s/resourceGroups/g/providers"
ARGS = {
    "location": "Sweden Central",
    "flow_log_name": "dev",
    "virtual_network_id": f"{GROUP}/Microsoft.Network/virtualNetworks/dev",
    "storage_account_id": f"{GROUP}/Microsoft.Storage/storageAccounts/devlogs1",
    "tags": TAGS,
}
WORKSPACE = f"{GROUP}/Microsoft.OperationalInsights/workspaces/logs"
CUSTOMER = "99999999-9999-9999-9999-999999999999"


def log(**change):
    seen = []
    opts = pulumi.ResourceOptions(transforms=[seen.append])
    graph = preview(lambda: FlowLogs("flows", {**ARGS, **change}, opts) and None)
    component, found = graph.resources[1:]
    assert (component.type, found.parent) == ("modelyard-azure:index:FlowLogs", component.urn)
    assert (found.type, found.name) == ("azure-native:network:FlowLog", "flows")
    replaced = seen[-1].opts
    assert replaced.replace_on_changes == ["targetResourceId", "location"]
    assert replaced.delete_before_replace is True
    return found.properties


def told(**change):
    with pytest.raises(InputError) as caught:
        preview(lambda: FlowLogs("flows", {**ARGS, **change}) and None)
    (problem,) = caught.value.problems
    return problem.field, problem.given, problem.message, problem.allowed, problem.mend


def test_all_traffic_is_recorded_for_ninety_days_by_the_watcher_that_azure_made():
    assert log() == {
        "flowLogName": "dev",
        "networkWatcherName": "NetworkWatcher_swedencentral",
        "resourceGroupName": "NetworkWatcherRG",
        "location": "Sweden Central",
        "targetResourceId": ARGS["virtual_network_id"],
        "storageId": ARGS["storage_account_id"],
        "enabled": True,
        "format": {"type": "JSON", "version": 2},
        "retentionPolicy": {"days": 90, "enabled": True},
        "tags": TAGS,
    }


@pytest.mark.parametrize(("days", "enabled"), [(1, True), (365, True), (0, False)])
def test_they_are_kept_as_long_as_is_said_or_for_ever(days, enabled):
    assert log(retention_days=days)["retentionPolicy"] == {"days": days, "enabled": enabled}


def test_another_watcher_can_be_named_and_a_region_that_becomes_known_later_names_its_own():
    own = log(network_watcher_group="watchers", network_watcher_name="mine")
    assert (own["resourceGroupName"], own["networkWatcherName"]) == ("watchers", "mine")
    later = log(location=pulumi.Output.from_input("Norway East"))
    assert later["networkWatcherName"] == "NetworkWatcher_norwayeast"


@pytest.mark.parametrize(
    ("change", "region", "minutes"),
    [
        ({}, "Sweden Central", 60),
        ({"log_workspace_location": "westeurope", "analytics_minutes": 10}, "westeurope", 10),
    ],
)
def test_traffic_analytics_is_a_choice_and_names_its_workspace_by_both_ids(change, region, minutes):
    found = log(log_workspace_id=WORKSPACE, log_workspace_customer_id=CUSTOMER, **change)
    assert found["flowAnalyticsConfiguration"] == {
        "networkWatcherFlowAnalyticsConfiguration": {
            "enabled": True,
            "workspaceResourceId": WORKSPACE,
            "workspaceId": CUSTOMER,
            "workspaceRegion": region,
            "trafficAnalyticsInterval": minutes,
        }
    }


WRITER = {"identity_name": "dev-flow-logs", "identity_group_name": "dev", "subscription_id": "s"}


def test_an_account_without_keys_is_written_by_an_identity_once_it_may():
    graph = preview(lambda: FlowLogs("flows", {**ARGS, **WRITER}) and None)
    nodes = {node.type.rpartition(":")[2]: node for node in graph.resources}
    identity, role, found = (nodes[kind] for kind in ("UserAssignedIdentity", "RoleAssignment", "FlowLog"))
    assert identity.properties == {
        "resourceName": "dev-flow-logs",
        "resourceGroupName": "dev",
        "location": "Sweden Central",
        "tags": TAGS,
    }
    assert role.properties["scope"] == ARGS["storage_account_id"]
    assert role.properties["roleDefinitionId"].endswith(ROLE_IDS["Storage Blob Data Contributor"])
    assert role.property_dependencies["principalId"] == (identity.urn,)
    assert found.properties["identity"] == {"type": "UserAssigned", "userAssignedIdentities": [UNKNOWN]}
    assert set(found.property_dependencies["identity"]) == {identity.urn, role.urn}


def test_roles_of_two_flow_logs_have_two_names():
    def program():
        FlowLogs("here", {**ARGS, **WRITER})
        FlowLogs("there", {**ARGS, **WRITER, "identity_name": "dev-flow-logs-2"})

    roles = [node for node in preview(program).resources if node.type.endswith(":RoleAssignment")]
    assert len({role.properties["roleAssignmentName"] for role in roles}) == 2


def test_a_program_that_says_half_of_who_writes():
    with pytest.raises(InputError) as caught:
        preview(lambda: FlowLogs("flows", {**ARGS, "identity_name": "dev-flow-logs"}) and None)
    why = "identity_name needs it: an identity is made in a group, and its role named by a subscription"
    every = "identity_name, identity_group_name, subscription_id, or none of them"
    assert [
        (problem.field, problem.given, problem.message, problem.allowed, problem.mend)
        for problem in caught.value.problems
    ] == [
        (f"flows.{field}", "nothing", why, every, f"add {field!r} to args, or leave 'identity_name' out")
        for field in ("identity_group_name", "subscription_id")
    ]


def test_an_identity_of_a_name_that_azure_refuses():
    assert told(**{**WRITER, "identity_name": "_x"}) == (
        "flows.identity_name",
        "'_x'",
        "Azure refuses an identity of this name",
        IDENTITY_NAME_WORDS,
        "write another name, as dev-flow-logs",
    )


@pytest.mark.parametrize("name", ["", "-dev", "dev.", "d" * 81])
def test_a_name_that_azure_refuses(name):
    assert told(flow_log_name=name) == (
        "flows.flow_log_name",
        repr(name),
        "Azure refuses a flow log of this name",
        f"1 to 80 {RESOURCE_NAME_WORDS}",
        "write another name, as the environment's",
    )


@pytest.mark.parametrize("days", [-1, 366])
def test_a_time_that_azure_does_not_keep_them_for(days):
    assert told(retention_days=days) == (
        "flows.retention_days",
        str(days),
        "Azure keeps flow logs for a year at most, unless it keeps them for ever",
        "1 to 365, or 0 for ever",
        "write 365, or 0 with a lifecycle rule of the account",
    )


@pytest.mark.parametrize(
    ("change", "given"),
    [
        ({"log_workspace_id": WORKSPACE}, "log_workspace_id"),
        ({"log_workspace_customer_id": CUSTOMER}, "log_workspace_customer_id"),
        (
            {"log_workspace_location": "westeurope", "analytics_minutes": 10},
            "log_workspace_location, analytics_minutes",
        ),
    ],
)
def test_half_a_workspace(change, given):
    assert told(**change) == (
        "flows.log_workspace_id",
        given,
        "traffic analytics names its workspace by both of its ids",
        "log_workspace_id and log_workspace_customer_id together, or neither",
        "give both, as LogWorkspace has them, or leave all of traffic analytics out",
    )


def test_an_interval_that_there_is_none_of():
    both = {"log_workspace_id": WORKSPACE, "log_workspace_customer_id": CUSTOMER}
    assert told(**both, analytics_minutes=30) == (
        "flows.analytics_minutes",
        "30",
        "traffic analytics looks at the logs at one of two intervals",
        "10 or 60",
        "choose 60, or 10 to know sooner at a higher price",
    )
