"""Virtual machines encrypt at their host: temporary disks and caches, which Azure leaves plain otherwise.

Off unless it is asked for (Azure Virtual Machines, "Encryption at host", 2025). The subscription has to have
the feature EncryptionAtHost registered, and a machine to be stopped before it is changed. Nodes of AKS are
another rule's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from modelyard_policies.azure.machines import profile
from modelyard_policies.azure.types import VIRTUAL_MACHINE, VIRTUAL_MACHINE_SCALE_SET
from modelyard_policies.graph import canonical
from modelyard_policies.reading import Failure, GraphView, Resource
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="encryption-at-host",
    code="EN12",
    title="Virtual machines encrypt at their host",
    severity=Severity.MEDIUM,
    resources=(VIRTUAL_MACHINE, VIRTUAL_MACHINE_SCALE_SET),
    why="Local disks and caches hold shards of the training data, and are the host's, not yours, afterwards.",
    mend="Set securityProfile.encryptionAtHost to true, of a scale set in its virtualMachineProfile.",
    maps_to={
        "checkov": ["CKV_AZURE_97", "CKV_AZURE_151"],
        "azure_policy": ["fc4d8e41-e223-45ea-9bf5-eada37891d87"],
        "mcsb": ["DP-4"],
    },
    snippet="""\
azure.compute.VirtualMachineScaleSet(
    "nodes",
    resource_group_name=group.name,
    orchestration_mode="Uniform",
    sku={"name": "Standard_ND96isr_H100_v5", "capacity": 0},
    upgrade_policy={"mode": "Manual"},
    virtual_machine_profile={"security_profile": {"encryption_at_host": True}},
)
""",
)

KEY = "encryptionAtHost"


@RULE.applies
def makes_machines(machine: Resource, graph: GraphView) -> bool:
    """A scale set without a profile makes none."""
    return canonical(machine.type) == VIRTUAL_MACHINE or machine.has("virtualMachineProfile")


@RULE.check
def hosts_encrypt(machine: Resource, graph: GraphView) -> Iterator[Failure]:
    """The size has to support it, as all of the newer ones do."""
    security = profile(machine).block("securityProfile")
    if not security.is_true(KEY):
        yield security.failure(KEY, f"is {security.shown(KEY)}")


@RULE.remedy
def encrypt(machine: Resource, graph: GraphView) -> Mapping[str, object]:
    """Azure refuses a machine that can't, aloud."""
    return {failure.property: True for failure in hosts_encrypt(machine, graph)}
