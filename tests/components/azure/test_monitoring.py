"""Who is told of what on Azure."""

import pulumi
import pulumi_azure_native as azure_native
import pytest
from mutating import drop, put, with_changes
from previewing import TAGS, preview

from modelyard.azure.monitoring import Monitoring
from modelyard.errors import InputError
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules

PROVIDERS = "/subscriptions/s/resourceGroups/training/providers"
WORKSPACE = f"{PROVIDERS}/Microsoft.MachineLearningServices/workspaces/dev"
VAULT = f"{PROVIDERS}/Microsoft.DataProtection/backupVaults/dev"
POLICY = f"{PROVIDERS}/Microsoft.Storage/storageAccounts/data/objectReplicationPolicies/1"
LOGS = f"{PROVIDERS}/Microsoft.OperationalInsights/workspaces/logs"
ARGS = {
    "environment": "dev",
    "resource_group_name": "training",
    "emails": ["a@example.com", "b@example.com"],
    "workspace_id": WORKSPACE,
    "pools": [
        {"name": "gpu", "compute_name": "gpu-1a2b", "idle_minutes": 10},
        {"name": "cpu", "compute_name": "cpu-1a2b", "idle_minutes": 120, "min_nodes": 1},
    ],
    "backup_vault_id": VAULT,
    "replications": {"datasets": POLICY},
    "resources": {"workspace": WORKSPACE, "vault": VAULT},
    "log_workspace_id": LOGS,
    "tags": TAGS,
}
WORKSPACE_ALERTS = {"failed-runs", "silent-runs", "unusable-nodes", "preempted-nodes", "quota"}


def graph_of(**change):
    return preview(lambda: Monitoring("m", {**ARGS, **change}) and None)


def of(graph, kind):
    return {node.name: node.properties for node in graph.resources if node.type == f"azure-native:{kind}"}


def criterion(alert):
    (found,) = alert["criteria"]["allOf"]
    return found


def problems(*left_out, **change):
    args = {key: value for key, value in {**ARGS, **change}.items() if key not in left_out}
    with pytest.raises(InputError) as caught:
        preview(lambda: Monitoring("m", args) and None)
    return caught.value.problems


def test_an_action_group_tells_each_address():
    (group,) = of(graph_of(), "monitor:ActionGroup").values()
    assert (group["actionGroupName"], group["groupShortName"], group["location"]) == (
        "dev-alerts",
        "dev",
        "Global",
    )
    assert [each["emailAddress"] for each in group["emailReceivers"]] == ["a@example.com", "b@example.com"]
    assert len({each["name"] for each in group["emailReceivers"]}) == 2
    assert group["tags"] == TAGS
    (long,) = of(graph_of(environment="a-training-environment"), "monitor:ActionGroup").values()
    assert long["groupShortName"] == "a-training-e"


def test_everything_that_is_there_has_its_alerts_and_all_go_to_the_group():
    alerts = of(graph_of(), "monitor:MetricAlert")
    assert set(alerts) == {
        *(f"m-{end}" for end in WORKSPACE_ALERTS),
        "m-idle-gpu",
        "m-idle-cpu",
        "m-failed-backups",
        "m-lag-datasets",
    }
    scopes = {"m-failed-backups": VAULT, "m-lag-datasets": POLICY}
    for name, alert in alerts.items():
        assert alert["ruleName"] == f"dev-{name.removeprefix('m-')}"
        assert alert["scopes"] == [scopes.get(name, WORKSPACE)]
        assert (alert["location"], alert["enabled"], alert["tags"]) == ("global", True, TAGS)
        assert alert["actions"] == [{"actionGroupId": UNKNOWN}]
        assert criterion(alert)["operator"] == "GreaterThan"


def test_idle_nodes_are_those_of_the_pools_own_cluster_beyond_what_it_keeps():
    alerts = of(graph_of(), "monitor:MetricAlert")
    idle = criterion(alerts["m-idle-cpu"])
    assert idle["dimensions"] == [{"name": "ClusterName", "operator": "Include", "values": ["cpu-1a2b"]}]
    assert (idle["metricName"], idle["threshold"]) == ("Idle Nodes", 1)
    assert alerts["m-idle-cpu"]["windowSize"] == "PT6H"
    assert (criterion(alerts["m-idle-gpu"])["threshold"], alerts["m-idle-gpu"]["windowSize"]) == (0, "PT1H")
    sooner = of(graph_of(idle_accelerator_minutes=30), "monitor:MetricAlert")
    assert (sooner["m-idle-gpu"]["windowSize"], sooner["m-idle-cpu"]["windowSize"]) == ("PT30M", "PT6H")


def test_the_lag_that_is_told_of_is_a_choice():
    alerts = of(graph_of(replication_lag_minutes=120), "monitor:MetricAlert")
    (dimension,) = criterion(alerts["m-lag-datasets"])["dimensions"]
    assert dimension["values"][-1] == "30 mins-2 hrs"


def test_every_resource_sends_its_logs_to_the_workspace():
    settings = of(graph_of(), "monitor:DiagnosticSetting")
    assert {name: each["resourceUri"] for name, each in settings.items()} == {
        "m-workspace": WORKSPACE,
        "m-vault": VAULT,
    }
    assert {each["workspaceId"] for each in settings.values()} == {LOGS}


def test_what_is_not_there_is_not_watched():
    graph = preview(lambda: Monitoring("m", {"environment": "dev", "resource_group_name": "g"}) and None)
    assert {node.type for node in graph.resources if node.type.startswith("azure-native:")} == {
        "azure-native:monitor:ActionGroup"
    }
    (group,) = of(graph, "monitor:ActionGroup").values()
    assert group["emailReceivers"] == []


def test_what_becomes_known_later_passes_through():
    def program():
        output = pulumi.Output.from_input
        Monitoring(
            "m",
            {
                **ARGS,
                "workspace_id": output(WORKSPACE),
                "pools": [{"name": "gpu", "compute_name": output("gpu-1a2b"), "idle_minutes": 10}],
                "resources": {"workspace": output(WORKSPACE)},
            },
        )

    graph = preview(program)
    assert of(graph, "monitor:DiagnosticSetting")["m-workspace"]["resourceUri"] == WORKSPACE
    idle = criterion(of(graph, "monitor:MetricAlert")["m-idle-gpu"])
    assert idle["dimensions"][0]["values"] == ["gpu-1a2b"]


POOL = ARGS["pools"][0]


@pytest.mark.parametrize(
    ("left_out", "change", "field", "given", "message", "mend"),
    [
        (
            (),
            {"replication_lag_minutes": 20},
            "replication_lag_minutes",
            "20",
            "Azure tells only these ages of pending copies apart",
            "write 15",
        ),
        (
            ("log_workspace_id",),
            {},
            "log_workspace_id",
            "nothing",
            "the logs of resources have to be sent somewhere",
            "add 'log_workspace_id' to args, or leave 'resources' out",
        ),
        (
            ("workspace_id",),
            {},
            "workspace_id",
            "nothing",
            "idle nodes are a metric of the Machine Learning workspace that the pools belong to",
            "add 'workspace_id' to args, or leave 'pools' out",
        ),
        (
            (),
            {"environment": "Dev"},
            "environment",
            "'Dev'",
            "alerts and settings are called after it, and Azure takes little else",
            "name it so",
        ),
        (
            (),
            {"resources": {"a/b": VAULT}},
            "resources.a/b",
            "'a/b'",
            "alerts and settings are called after it, and Azure takes little else",
            "name it so",
        ),
        (
            (),
            {"replications": {"a b": POLICY}},
            "replications.a b",
            "'a b'",
            "alerts and settings are called after it, and Azure takes little else",
            "name it so",
        ),
        (
            (),
            {"pools": [{**POOL, "name": "g_1"}]},
            "pools[0].name",
            "'g_1'",
            "alerts and settings are called after it, and Azure takes little else",
            "name it so",
        ),
        (
            (),
            {"pools": [POOL, POOL]},
            "pools",
            "gpu, gpu",
            "each pool has an alert of its own, called after it",
            "name each pool once",
        ),
        (
            (),
            {"pools": [{**POOL, "idle_minutes": 1_440}]},
            "pools[0].idle_minutes",
            "1440",
            "an alert looks back a day at most, and further than nodes may stand idle",
            "write 1439",
        ),
        (
            (),
            {"idle_accelerator_minutes": 2_880},
            "idle_accelerator_minutes",
            "2880",
            "an alert looks back 5 minutes at least and a day at most",
            "write 1440",
        ),
        (
            (),
            {"idle_accelerator_minutes": 1},
            "idle_accelerator_minutes",
            "1",
            "an alert looks back 5 minutes at least and a day at most",
            "write 5",
        ),
        (
            (),
            {"pools": [{**POOL, "min_nodes": -1}]},
            "pools[0].min_nodes",
            "-1",
            "a pool keeps no fewer nodes than none",
            "write 0",
        ),
    ],
)
def test_what_cannot_be_watched_is_refused(left_out, change, field, given, message, mend):
    (problem,) = problems(*left_out, **change)
    assert (problem.field, problem.given) == (f"m.{field}", given)
    assert (problem.message, problem.mend) == (message, mend)
    assert problem.allowed


def watched():
    """A graph in which the workspace whose logs are kept is the program's own."""

    def program():
        workspace = azure_native.machinelearningservices.Workspace(
            "ml",
            resource_group_name="training",
            location="westeurope",
            public_network_access="Disabled",
            tags=TAGS,
        )
        Monitoring("m", {**ARGS, "resources": {"workspace": workspace.id}})

    return preview(program)


def failing(graph):
    return {finding.code for finding in evaluate(graph, all_rules()).findings}


def test_the_packs_rules_pass():
    assert failing(graph_of()) == set()
    assert "LM8" not in failing(watched())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (drop("DiagnosticSetting m-workspace"), "LM8"),
        (put("DiagnosticSetting m-workspace", "logs[0].enabled", False), "LM8"),
        (drop("ActionGroup m", "tags"), "TG1"),
        (drop("MetricAlert m-quota", "tags"), "TG1"),
    ],
)
def test_weakened_it_fails_the_packs_rules(change, code):
    assert code in failing(with_changes(watched(), [change]))
