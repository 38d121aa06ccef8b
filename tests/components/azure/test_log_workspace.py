"""Where logs are kept on Azure, and what sends them there."""

import pulumi
import pulumi_azure_native as azure_native
import pytest
from previewing import TAGS, preview

from modelyard.azure.diagnostics import diagnose
from modelyard.azure.log_workspace import LogWorkspace
from modelyard.errors import InputError
from modelyard_policies.engine import evaluate
from modelyard_policies.registry import all_rules

ARGS = {
    "resource_group_name": "training",
    "location": "westeurope",
    "workspace_name": "training-dev-logs",
    "tags": TAGS,
}
LOGS = "/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/logs"


def workspace(**change):
    graph = preview(lambda: LogWorkspace("logs", {**ARGS, **change}) and None)
    (found,) = [node for node in graph.resources if node.type == "azure-native:operationalinsights:Workspace"]
    (component,) = [node for node in graph.resources if node.type == "modelyard-azure:index:LogWorkspace"]
    assert found.parent == component.urn
    return found


def setting(**options):
    """The setting of a workspace that is somebody's own, and that workspace."""

    def program():
        component = pulumi.ComponentResource("own:index:Watched", "watched")
        watched = azure_native.machinelearningservices.Workspace("ml", resource_group_name="training")
        diagnose("ml-logs", watched.id, LOGS, parent=component, **options)

    graph = preview(program)
    (found,) = [node for node in graph.resources if node.type == "azure-native:monitor:DiagnosticSetting"]
    return graph, found


def test_a_workspace_is_closed_has_no_keys_and_keeps_logs_for_a_year():
    found = workspace()
    assert found.properties == {
        "workspaceName": "training-dev-logs",
        "resourceGroupName": "training",
        "location": "westeurope",
        "sku": {"name": "PerGB2018"},
        "retentionInDays": 365,
        "features": {"disableLocalAuth": True, "enableLogAccessUsingOnlyResourcePermissions": True},
        "publicNetworkAccessForIngestion": "Disabled",
        "publicNetworkAccessForQuery": "Disabled",
        "tags": TAGS,
    }
    assert not found.protect


def test_retention_access_from_the_internet_and_protection_are_choices():
    found = workspace(retention_days=30, public_network=True, protect=True)
    assert found.properties["retentionInDays"] == 30
    assert found.properties["publicNetworkAccessForIngestion"] == "Enabled"
    assert found.properties["publicNetworkAccessForQuery"] == "Enabled"
    assert found.protect
    later = workspace(retention_days=pulumi.Output.from_input(90))
    assert later.properties["retentionInDays"] == 90


@pytest.mark.parametrize(("days", "failing"), [(365, set()), (364, {"LM9"})])
def test_the_packs_rules_pass_and_a_shorter_retention_fails(days, failing):
    graph = preview(lambda: LogWorkspace("logs", {**ARGS, "retention_days": days}) and None)
    assert {finding.code for finding in evaluate(graph, all_rules()).findings} == failing


@pytest.mark.parametrize("name", ["log", "-logs", "logs-", "my_logs", "l" * 64, "logs\n"])
def test_a_name_that_azure_refuses_for_a_workspace_is_refused(name):
    with pytest.raises(InputError) as caught:
        workspace(workspace_name=name)
    (problem,) = caught.value.problems
    assert (problem.field, problem.given) == ("logs.workspace_name", repr(name))
    assert problem.message == "Azure refuses a Log Analytics workspace of this name"
    assert problem.allowed.startswith("4 to 63 letters, digits and hyphens")
    assert problem.mend == "write another name, as training-dev-logs"


@pytest.mark.parametrize("name", ["logs", "l" * 63, "4-Logs-4"])
def test_a_name_that_azure_takes_for_a_workspace_is_taken(name):
    assert workspace(workspace_name=name).properties["workspaceName"] == name


@pytest.mark.parametrize(("days", "mend"), [(29, "write 30"), (731, "write 730")])
def test_a_retention_that_azure_refuses_is_refused(days, mend):
    with pytest.raises(InputError) as caught:
        workspace(retention_days=days)
    (problem,) = caught.value.problems
    assert (problem.field, problem.given, problem.mend) == ("logs.retention_days", str(days), mend)
    assert problem.message == "a Log Analytics workspace keeps logs no shorter and no longer"
    assert problem.allowed == "30 to 730"


def test_a_setting_sends_every_log_and_no_metric_to_the_workspace():
    graph, found = setting()
    (watched,) = [n for n in graph.resources if n.type == "azure-native:machinelearningservices:Workspace"]
    assert found.name == "ml-logs"
    assert found.property_dependencies["resourceUri"] == (watched.urn,)
    assert {key: value for key, value in found.properties.items() if key != "resourceUri"} == {
        "name": "log-analytics",
        "workspaceId": LOGS,
        "logs": [{"categoryGroup": "allLogs", "enabled": True}],
    }


def test_the_groups_of_logs_and_metrics_are_choices():
    _, found = setting(groups=["audit"], metrics=True)
    assert found.properties["logs"] == [{"categoryGroup": "audit", "enabled": True}]
    assert found.properties["metrics"] == [{"category": "AllMetrics", "enabled": True}]
