"""Disks for classified data encrypt by a customer-managed key: that of a disk encryption set.

Azure encrypts every managed disk by a key of its own anyway. A resource that says by its tag
`data-classification` that its data is public or internal is left at that. An ephemeral disk is on the host
and goes with the machine: encryption at host is what covers it. A disk that a machine only attaches is judged
where it is made, as by Azure's policy 702dd420. Snapshots aren't judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.azure.machines import profile
from modelyard_policies.azure.types import (
    DISK,
    DISK_ENCRYPTION_SET,
    MANAGED_CLUSTER,
    VIRTUAL_MACHINE,
    VIRTUAL_MACHINE_SCALE_SET,
)
from modelyard_policies.declared import may_be_classified
from modelyard_policies.graph import canonical
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, any_of, each
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="disk-customer-key",
    code="EN11",
    title="Disks for classified data encrypt by a customer-managed key",
    severity=Severity.MEDIUM,
    resources=(DISK, VIRTUAL_MACHINE, VIRTUAL_MACHINE_SCALE_SET, MANAGED_CLUSTER),
    reads=(DISK_ENCRYPTION_SET,),
    why=(
        "Without a key of your own nobody can cut off access to what a disk, or a copy that was made of it, "
        "holds of the training data."
    ),
    mend=(
        "Name a DiskEncryptionSet: in encryption.diskEncryptionSetId of a disk, in "
        "managedDisk.diskEncryptionSet of each disk of a machine, or in diskEncryptionSetID of a cluster, "
        "which only takes it when it is made."
    ),
    maps_to={
        "checkov": ["CKV_AZURE_93", "CKV_AZURE_117"],
        "cis_azure": ["8.3"],
        "azure_policy": ["702dd420-7fcc-42c5-afe8-4026edd20fe0", "7d7be79c-23ba-4033-84dd-45e2a5ccdd67"],
        "mcsb": ["DP-5"],
    },
    snippet="""\
azure.compute.Disk(
    "scratch",
    resource_group_name=group.name,
    creation_data={"create_option": "Empty"},
    disk_size_gb=1024,
    sku={"name": "Premium_LRS"},
    encryption={
        "type": azure.compute.EncryptionType.ENCRYPTION_AT_REST_WITH_CUSTOMER_KEY,
        "disk_encryption_set_id": encryption_set.id,
    },
)
""",
)


@RULE.applies
def has_disks_for_classified_data(owner: Resource, graph: GraphView) -> bool:
    """A tag may spare it; a scale set without a profile makes no disks."""
    return all_of(
        lambda: may_be_classified(owner, graph),
        lambda: canonical(owner.type) != VIRTUAL_MACHINE_SCALE_SET or owner.has("virtualMachineProfile"),
    )


@RULE.check
def keys_are_yours(owner: Resource, graph: GraphView) -> Iterator[Failure]:
    """Each disk that a machine makes is judged."""
    kind = canonical(owner.type)
    if kind == DISK:
        yield from _of_a_disk(owner, graph)
    elif kind == MANAGED_CLUSTER:
        if not _names_a_set(owner, "diskEncryptionSetID", graph):
            yield owner.failure("diskEncryptionSetID", "names no disk encryption set")
    else:
        storage = profile(owner).block("storageProfile")
        checks = (
            lambda: _of_a_machine(storage.block("osDisk"), graph),
            lambda: each(storage.list("dataDisks"), lambda disk: _of_a_machine(disk, graph)),
        )
        yield from each(checks, lambda check: check())


def _of_a_disk(disk: Resource, graph: GraphView) -> Iterator[Failure]:
    encryption = disk.block("encryption")
    if not any_of(
        lambda: _names_a_set(encryption, "diskEncryptionSetId", graph),
        # Of a confidential machine.
        lambda: _names_a_set(disk.block("securityProfile"), "secureVMDiskEncryptionSetId", graph),
    ):
        yield encryption.failure("diskEncryptionSetId", "names no disk encryption set")


def _of_a_machine(disk: Block, graph: GraphView) -> Iterator[Failure]:
    managed = disk.block("managedDisk")
    if not any_of(
        lambda: _is_made_elsewhere(disk),
        lambda: disk.block("diffDiskSettings").has("option"),
        lambda: _names_a_set(managed.block("diskEncryptionSet"), "id", graph),
        # Of a confidential machine.
        lambda: _names_a_set(managed.block("securityProfile").block("diskEncryptionSet"), "id", graph),
    ):
        yield managed.failure("diskEncryptionSet", "names no disk encryption set")


def _is_made_elsewhere(disk: Block) -> bool:
    return any_of(
        lambda: disk.block("managedDisk").has("id"),
        lambda: disk.text("createOption").strip().lower() == "attach",
    )


def _names_a_set(block: Block, key: str, graph: GraphView) -> bool:
    """Whether it names one, of the graph or from elsewhere: its key is always a customer's."""
    return graph.refers_to_any(block, key, DISK_ENCRYPTION_SET) or bool(block.text(key).strip())
