"""Virtual machines are backed up, by an item of a vault or by a policy that puts them there.

Left out are machines of which there is nothing to back up: those whose system disk is ephemeral, which Azure
Backup doesn't take, and spot machines, which come and go. A machine that says by its tags that it isn't for
production (`stage`), or that its data is public or internal (`data-classification`), is spared; so is a
member of a scale set. A policy that is assigned outside the stack isn't seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.azure.backup_policies import READ_BY_ASSIGNMENTS, is_put_under_backup
from modelyard_policies.azure.types import PROTECTED_ITEM, VIRTUAL_MACHINE
from modelyard_policies.declared import holds_what_matters
from modelyard_policies.reading import Failure, GraphView, Resource, all_of, any_of, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="virtual-machine-backup",
    code="BK10",
    title="Virtual machines are backed up",
    severity=Severity.MEDIUM,
    resources=(VIRTUAL_MACHINE,),
    reads=(PROTECTED_ITEM, *READ_BY_ASSIGNMENTS),
    why="A machine's disks keep no versions: what is deleted or encrypted by somebody else is gone.",
    mend=(
        "Add a ProtectedItem with the machine's id as sourceResourceId, or assign a policy that configures "
        "backup; or say with the tags stage and data-classification that it may be lost."
    ),
    maps_to={
        "checkov": ["CKV2_AZURE_12"],
        "azure_policy": ["013e242c-8828-4970-87b3-ab247555486d"],
        "mcsb": ["BR-1"],
    },
    snippet="""\
policy = azure.recoveryservices.ProtectionPolicy(
    "daily",
    policy_name="daily",
    resource_group_name=group.name,
    vault_name=recovery_vault.name,
    properties=azure.recoveryservices.AzureIaaSVMProtectionPolicyArgs(
        backup_management_type="AzureIaasVM",
        schedule_policy=azure.recoveryservices.SimpleSchedulePolicyArgs(
            schedule_policy_type="SimpleSchedulePolicy",
            schedule_run_frequency="Daily",
            schedule_run_times=["2026-01-01T02:00:00Z"],
        ),
        retention_policy=azure.recoveryservices.LongTermRetentionPolicyArgs(
            retention_policy_type="LongTermRetentionPolicy",
            daily_schedule=azure.recoveryservices.DailyRetentionScheduleArgs(
                retention_times=["2026-01-01T02:00:00Z"],
                retention_duration={"count": 35, "duration_type": "Days"},
            ),
        ),
    ),
)
machine = azure.compute.VirtualMachine(
    "login",
    vm_name="login",
    resource_group_name=group.name,
    hardware_profile={"vm_size": "Standard_D4s_v5"},
)
azure.recoveryservices.ProtectedItem(
    "login",
    resource_group_name=group.name,
    vault_name=recovery_vault.name,
    fabric_name="Azure",
    container_name="iaasvmcontainer;iaasvmcontainerv2;main;login",
    protected_item_name="vm;iaasvmcontainerv2;main;login",
    properties=azure.recoveryservices.AzureIaaSComputeVMProtectedItemArgs(
        protected_item_type="Microsoft.Compute/virtualMachines",
        policy_id=policy.id,
        source_resource_id=machine.id,
    ),
)
""",
)

STOPPED: Final = ("protectionstopped", "backupssuspended")


@RULE.applies
def has_something_to_lose(machine: Resource, graph: GraphView) -> bool:
    """Whether it isn't spared, and can be backed up."""
    disk = machine.block("storageProfile").block("osDisk")
    return all_of(
        lambda: holds_what_matters(machine, graph),
        lambda: machine.text("priority").strip().lower() not in ("spot", "low"),
        lambda: disk.block("diffDiskSettings").text("option").strip().lower() != "local",
        lambda: not machine.has("virtualMachineScaleSet"),
    )


@RULE.check
def is_backed_up(machine: Resource, graph: GraphView) -> Iterator[Failure]:
    """One way is enough."""
    if not any_of(
        lambda: some(
            graph.linked(machine, PROTECTED_ITEM, "properties"), lambda item: _protects(item, machine, graph)
        ),
        lambda: is_put_under_backup(machine, graph),
    ):
        yield machine.failure("", "no vault takes its backups")


def _protects(item: Resource, machine: Resource, graph: GraphView) -> bool:
    properties = item.block("properties")
    return all_of(
        lambda: properties.text("protectionState").strip().lower() not in STOPPED,
        lambda: any_of(
            lambda: graph.refers_to(properties, "sourceResourceId", machine),
            lambda: graph.refers_to(properties, "virtualMachineId", machine),
        ),
    )
