from modelyard_policies.azure.types import RESOURCE_GROUP, VIRTUAL_MACHINE, VIRTUAL_MACHINE_SCALE_SET
from modelyard_policies.graph import UNKNOWN

VERSIONED = "azure-native:compute/v20240701:VirtualMachine"


def machine(encrypted, token=VIRTUAL_MACHINE):
    return {"node": (token, {"securityProfile": {"encryptionAtHost": encrypted}})}


def scale_set(encrypted):
    profile = {"securityProfile": {"encryptionAtHost": encrypted}}
    return {"nodes": (VIRTUAL_MACHINE_SCALE_SET, {"virtualMachineProfile": profile})}


CASES = {
    "bad": {
        "a machine that says nothing": (
            {"node": (VIRTUAL_MACHINE, {})},
            "node: securityProfile.encryptionAtHost: is unset",
        ),
        "by an API of its own version": (
            machine(False, VERSIONED),
            "node: securityProfile.encryptionAtHost: is false",
        ),
        "a scale set": (
            scale_set("false"),
            "nodes: virtualMachineProfile.securityProfile.encryptionAtHost: is false",
        ),
        "a scale set that says nothing": (
            {"nodes": (VIRTUAL_MACHINE_SCALE_SET, {"virtualMachineProfile": {"priority": "Spot"}})},
            "nodes: virtualMachineProfile.securityProfile.encryptionAtHost: is unset",
        ),
    },
    "good": {
        "a machine": (machine(True),),
        "in text": (machine("true", VERSIONED),),
        "a scale set's machines": (scale_set(True),),
    },
    "unknown": {
        "what isn't known": (
            machine(UNKNOWN),
            "node: securityProfile.encryptionAtHost: can't be judged: not known before the deployment",
        ),
        "a profile that isn't known": (
            {"nodes": (VIRTUAL_MACHINE_SCALE_SET, {"virtualMachineProfile": UNKNOWN})},
            "nodes: virtualMachineProfile: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "a scale set that makes no machines": ({"nodes": (VIRTUAL_MACHINE_SCALE_SET, {})},),
        "no machine": ({"group": (RESOURCE_GROUP, {})},),
    },
}


def test_verdict(case, check):
    check("EN12", case)
