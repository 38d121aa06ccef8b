"""The pack's rules on a cluster on Azure: it passes, and what is weakened fails."""

import copy
from dataclasses import replace

import pytest
from azure_clusters import CLUSTER, CPU, H100, KEY, PERSON
from previewing import preview

from modelyard.azure.gpu_cluster import GpuCluster
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import Graph
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.common.tags.data_residency import AllowedRegions

OF_THE_WHOLE_STACK = {"CE1"}
"""What a component alone can't answer: whether the stack has a budget."""

ARGS = {
    **CLUSTER,
    "pools": [H100, {**CPU, "low_priority": True}],
    "datastores": {"datasets": {"account_name": "devdata01", "container": "datasets"}},
    "customer_key": KEY,
    "submitters": [PERSON],
    "importers": [PERSON],
    "replica_locations": ["northeurope"],
}
IN_DEVELOPMENT = {**ARGS, "tags": {**CLUSTER["tags"], "stage": "development"}}
COMPUTE, WORKSPACE = "machinelearningservices:Compute", "machinelearningservices:Workspace"
REGISTRY, VAULT, SETTING = "containerregistry:Registry", "keyvault:Vault", "monitor:DiagnosticSetting"


@pytest.fixture(scope="module")
def graph():
    return preview(lambda: GpuCluster("gpu", ARGS) and None)


def failing(graph):
    report = evaluate(graph, all_rules())
    return {finding.code for finding in report.findings if finding.verdict != "unknown"} - OF_THE_WHOLE_STACK


def changed(graph, kind, path, value, name=None):
    """The graph with one property of resources of a kind set to something else; None takes it away."""

    def change(node):
        if node.type != f"azure-native:{kind}" or (name and node.name != name):
            return node
        properties = copy.deepcopy(node.properties)
        inside = properties
        *steps, last = path
        for step in steps:
            inside = inside[step]
        if value is None:
            inside.pop(last)
        else:
            inside[last] = value
        return replace(node, properties=properties)

    nodes = [change(node) for node in graph.resources]
    assert nodes != list(graph.resources)
    return Graph(nodes)


def test_a_cluster_of_safe_arguments_fails_no_rule(graph):
    assert failing(graph) == set()


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("CO15", COMPUTE),
        ("CO16", WORKSPACE),
        ("CE3", COMPUTE),
        ("CT7", REGISTRY),
        ("EN7", VAULT),
        ("EN8", VAULT),
        ("EN9", VAULT),
        ("LM8", WORKSPACE),
        ("LM8", VAULT),
        ("TG1", REGISTRY),
        ("TG4", COMPUTE),
    ],
)
def test_each_rule_for_a_cluster_looks_at_it(graph, code, kind):
    (rule,) = [rule for rule in all_rules() if rule.code == code]
    verdicts = evaluate(graph, [rule]).verdicts
    judged = {verdicts[rule.id, node.urn] for node in graph.resources if node.type == f"azure-native:{kind}"}
    assert "pass" in judged
    # A pool without accelerators concerns neither their cap nor their inventory.
    assert judged <= {"pass", "not applicable"}


INSIDE = ("properties", "properties")


@pytest.mark.parametrize(
    ("code", "kind", "path", "value"),
    [
        ("CO15", COMPUTE, (*INSIDE, "subnet"), None),
        ("CO15", COMPUTE, (*INSIDE, "enableNodePublicIp"), True),
        ("CO15", COMPUTE, (*INSIDE, "remoteLoginPortPublicAccess"), "Enabled"),
        ("CO15", COMPUTE, ("properties", "disableLocalAuth"), False),
        ("CO15", COMPUTE, (*INSIDE, "scaleSettings", "minNodeCount"), 1),
        ("CE2", COMPUTE, (*INSIDE, "scaleSettings", "maxNodeCount"), 60_000),
        ("CE3", COMPUTE, (*INSIDE, "vmSize"), "Standard_M128ms"),
        ("TG4", COMPUTE, ("tags", "pool"), None),
        ("CO16", WORKSPACE, ("publicNetworkAccess",), "Enabled"),
        ("LM8", SETTING, ("logs",), []),
        ("CT7", REGISTRY, ("adminUserEnabled",), True),
        ("CT7", REGISTRY, ("anonymousPullEnabled",), True),
        ("EN7", VAULT, ("properties", "enablePurgeProtection"), False),
        ("EN8", VAULT, ("properties", "enableRbacAuthorization"), False),
        ("EN9", VAULT, ("properties", "networkAcls"), None),
        ("TG1", REGISTRY, ("tags",), {}),
    ],
)
def test_a_weakened_cluster_fails(graph, code, kind, path, value):
    weakened = changed(graph, kind, path, value)
    if code == "EN9":
        weakened = changed(weakened, kind, ("properties", "publicNetworkAccess"), "Enabled")
    assert code in failing(weakened)


def test_a_registry_that_is_opened_to_every_network_fails(graph):
    opened = changed(graph, REGISTRY, ("publicNetworkAccess",), "Enabled")
    assert "CT7" in failing(changed(opened, REGISTRY, ("networkRuleSet",), None))


def test_a_pool_that_keeps_nodes_up_fails_in_development_for_their_cost_too():
    assert failing(preview(lambda: GpuCluster("gpu", IN_DEVELOPMENT) and None)) == set()
    for args, codes in ((ARGS, {"CO15"}), (IN_DEVELOPMENT, {"CO15", "CE4"})):
        pools = [{**H100, "min_nodes": 1}]
        assert failing(preview(lambda: GpuCluster("gpu", {**args, "pools": pools}) and None)) == codes  # noqa: B023


def test_a_replica_outside_the_residency_fails(graph):
    residency = [AllowedRegions(regions=("westeurope", "northeurope"))]
    assert not failing_here(graph, residency)
    abroad = preview(lambda: GpuCluster("gpu", {**CLUSTER, "replica_locations": ["eastus"]}) and None)
    assert failing_here(abroad, residency) == {"gpu-registry-eastus"}


def failing_here(graph, residency):
    findings = evaluate(graph, all_rules(), select=["TG3"], options=residency).findings
    return {finding.urn.rpartition("::")[2] for finding in findings if finding.verdict != "unknown"}
