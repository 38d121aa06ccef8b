"""AKS clusters have a private API server, no local accounts, and nodes that encrypt at their host.

All three are off unless they are set (Azure REST API, AKS, Managed Clusters, 2026-11). Nodes are those of the
cluster's own profiles and of agent pools.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.azure.types import AGENT_POOL, MANAGED_CLUSTER
from modelyard_policies.graph import canonical
from modelyard_policies.reading import Block, Failure, GraphView, Resource, each
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="aks-private-cluster",
    code="CT9",
    title="AKS clusters are private, have no local accounts and encrypt at the nodes' hosts",
    severity=Severity.HIGH,
    resources=(MANAGED_CLUSTER, AGENT_POOL),
    why=(
        "Whoever has a local account's certificate is administrator from anywhere on the internet, and no "
        "sign-in shows it; scratch data lies in plain on the host's disks."
    ),
    mend=(
        "Make the cluster with apiServerAccessProfile.enablePrivateCluster true, aadProfile and "
        "disableLocalAccounts true, and each pool with enableEncryptionAtHost true."
    ),
    maps_to={
        "checkov": ["CKV_AZURE_115", "CKV_AZURE_141", "CKV_AZURE_227"],
        "azure_policy": [
            "040732e8-d947-40b8-95d6-854c95024bf8",
            "993c2fcd-2b29-49d2-9eb0-df2c3a730c32",
            "41425d9f-d1a5-499a-9932-f8ed8453932c",
        ],
    },
    snippet="""\
azure.containerservice.ManagedCluster(
    "jobs",
    resource_group_name=group.name,
    dns_prefix="jobs",
    identity={"type": "SystemAssigned"},
    aad_profile={"managed": True, "enable_azure_rbac": True},
    disable_local_accounts=True,
    api_server_access_profile={"enable_private_cluster": True},
    agent_pool_profiles=[
        {
            "name": "system",
            "mode": "System",
            "count": 3,
            "vm_size": "Standard_D4ds_v5",
            "vnet_subnet_id": network_subnet.id,
            "enable_encryption_at_host": True,
        }
    ],
)
""",
)


@RULE.check
def it_is_closed(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge a pool by itself, a cluster with the pools that it lists."""
    if canonical(resource.type) == AGENT_POOL:
        yield from _is_on(resource, "enableEncryptionAtHost")
        return
    checks = (
        lambda: _is_on(resource.block("apiServerAccessProfile"), "enablePrivateCluster"),
        lambda: _is_on(resource, "disableLocalAccounts"),
        lambda: each(resource.list("agentPoolProfiles"), lambda pool: _is_on(pool, "enableEncryptionAtHost")),
    )
    yield from each(checks, lambda check: check())


def _is_on(block: Block, key: str) -> Iterator[Failure]:
    if not block.is_true(key):
        yield block.failure(key, f"is {block.shown(key)}")
