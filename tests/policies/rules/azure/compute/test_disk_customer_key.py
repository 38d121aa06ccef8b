from modelyard_policies.azure.types import (
    DISK,
    DISK_ENCRYPTION_SET,
    MANAGED_CLUSTER,
    RESOURCE_GROUP,
    VIRTUAL_MACHINE,
    VIRTUAL_MACHINE_SCALE_SET,
)
from modelyard_policies.graph import UNKNOWN

VERSIONED = "azure-native_compute_v20240701:compute:VirtualMachine"
ID = "/subscriptions/0000/resourceGroups/main/providers/Microsoft.Compute/diskEncryptionSets/disks"
WITHOUT = "names no disk encryption set"
OS = "storageProfile.osDisk.managedDisk.diskEncryptionSet"
SET = {"set": (DISK_ENCRYPTION_SET, {})}


def managed(set_id=ID):
    return {"managedDisk": {"storageAccountType": "Premium_LRS", "diskEncryptionSet": {"id": set_id}}}


def machine(os_disk, *data_disks, token=VIRTUAL_MACHINE, tags=None, links=None):
    storage = {"osDisk": os_disk, "dataDisks": list(data_disks)}
    return {"node": (token, {"storageProfile": storage, "tags": tags}, links or {})}


def scale_set(os_disk, *data_disks, links=None):
    profile = {"storageProfile": {"osDisk": os_disk, "dataDisks": list(data_disks)}}
    return {"nodes": (VIRTUAL_MACHINE_SCALE_SET, {"virtualMachineProfile": profile}, links or {})}


def disk(**properties):
    return {"disk": (DISK, properties)}


CASES = {
    "bad": {
        "a disk that says nothing": (disk(), f"disk: encryption.diskEncryptionSetId: {WITHOUT}"),
        "a disk under Azure's key": (
            disk(encryption={"type": "EncryptionAtRestWithPlatformKey"}),
            f"disk: encryption.diskEncryptionSetId: {WITHOUT}",
        ),
        "a machine that says nothing": ({"node": (VIRTUAL_MACHINE, {})}, f"node: {OS}: {WITHOUT}"),
        "by an API of its own version": (
            machine({"createOption": "FromImage"}, token=VERSIONED),
            f"node: {OS}: {WITHOUT}",
        ),
        "a machine's data disk": (
            machine(managed(), managed(), {"createOption": "Empty", "lun": 1}),
            f"node: storageProfile.dataDisks[1].managedDisk.diskEncryptionSet: {WITHOUT}",
        ),
        "a data disk, and a first disk that isn't known": (
            machine(UNKNOWN, {"createOption": "Empty"}),
            f"node: storageProfile.dataDisks[0].managedDisk.diskEncryptionSet: {WITHOUT}",
        ),
        "a scale set": (
            scale_set({"createOption": "FromImage"}, managed("")),
            f"nodes: virtualMachineProfile.{OS}: {WITHOUT}",
            (
                "nodes: virtualMachineProfile.storageProfile.dataDisks[0].managedDisk.diskEncryptionSet: "
                f"{WITHOUT}"
            ),
        ),
        "a cluster": ({"aks": (MANAGED_CLUSTER, {})}, f"aks: diskEncryptionSetID: {WITHOUT}"),
    },
    "good": {
        "a disk, by the id": (disk(encryption={"diskEncryptionSetId": ID}),),
        "a disk, by the dependency": (
            SET | {"disk": (DISK, {"encryption": {"diskEncryptionSetId": UNKNOWN}}, {"encryption": ["set"]})},
        ),
        "a disk of a confidential machine": (disk(securityProfile={"secureVMDiskEncryptionSetId": ID}),),
        "a machine, by the id": (machine(managed(), managed()),),
        "a machine, by the dependency": (SET | machine(managed(UNKNOWN), links={"storageProfile": ["set"]}),),
        "a confidential machine": (
            machine({"managedDisk": {"securityProfile": {"diskEncryptionSet": {"id": ID}}}}),
        ),
        "disks that are made elsewhere": (
            machine({"createOption": "Attach"}, {"managedDisk": {"id": UNKNOWN}, "createOption": "Attach"}),
        ),
        "an ephemeral disk": (machine({"diffDiskSettings": {"option": "Local"}}),),
        "a scale set, by the dependency": (
            SET | scale_set(managed(UNKNOWN), links={"virtualMachineProfile": ["set"]}),
        ),
        "a cluster, by the dependency": (
            SET
            | {
                "aks": (
                    MANAGED_CLUSTER,
                    {"diskEncryptionSetID": UNKNOWN},
                    {"diskEncryptionSetID": ["set"]},
                )
            },
        ),
    },
    "unknown": {
        "a set that isn't known and comes from none of the graph": (
            disk(encryption={"diskEncryptionSetId": UNKNOWN}),
            "disk: encryption.diskEncryptionSetId: can't be judged: not known before the deployment",
        ),
        "disks that aren't known": (
            {"node": (VIRTUAL_MACHINE, {"storageProfile": UNKNOWN})},
            "node: storageProfile: can't be judged: not known before the deployment",
        ),
        "tags that aren't known": (
            {"aks": (MANAGED_CLUSTER, {"tags": UNKNOWN})},
            "aks: tags: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "internal data": (machine({}, tags={"data-classification": "Internal"}),),
        "a scale set that makes no machines": ({"nodes": (VIRTUAL_MACHINE_SCALE_SET, {})},),
        "no disk": ({"group": (RESOURCE_GROUP, {})},),
    },
}


def test_verdict(case, check):
    check("EN11", case)
