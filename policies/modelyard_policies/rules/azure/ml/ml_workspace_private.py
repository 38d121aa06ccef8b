"""Azure Machine Learning's workspaces are reached by private endpoints only.

What isn't set counts as open, as for Azure's own policy 438c38d2 (2026-04). A project goes by its hub, where
the network is set up (Azure, "Role-based access control in Azure AI Studio").
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.azure.types import ML_WORKSPACE
from modelyard_policies.reading import Failure, GraphView, Resource, any_of
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="ml-workspace-private",
    code="CO16",
    title="Machine Learning workspaces take no requests from the internet",
    severity=Severity.HIGH,
    resources=(ML_WORKSPACE,),
    why="Whoever has a leaked token reads datasets and models, and starts jobs, from anywhere.",
    mend="Set publicNetworkAccess to Disabled, and give the workspace a private endpoint.",
    maps_to={
        "checkov": ["CKV_AZURE_144"],
        "azure_policy": ["438c38d2-3772-465a-a9cc-7a6666a275ce"],
        "mcsb": ["NS-2"],
    },
    snippet="""\
azure.machinelearningservices.Workspace(
    "training",
    resource_group_name=group.name,
    identity={"type": "SystemAssigned"},
    key_vault=key_vault.id,
    storage_account=account.id,
    public_network_access="Disabled",
)
""",
)


@RULE.applies
def has_a_network_of_its_own(workspace: Resource, graph: GraphView) -> bool:
    """A project has its hub's."""
    return any_of(
        lambda: not workspace.has("hubResourceId"), lambda: workspace.text("kind").lower() != "project"
    )


@RULE.check
def public_access_is_off(workspace: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the setting, whatever private endpoints there are."""
    if workspace.text("publicNetworkAccess").strip().lower() != "disabled":
        yield workspace.failure("publicNetworkAccess", f"is {workspace.shown('publicNetworkAccess')}")
