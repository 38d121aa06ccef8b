from modelyard_policies.azure.types import DISK, VIRTUAL_MACHINE, VIRTUAL_MACHINE_SCALE_SET
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.azure.compute.virtual_machine_trusted_launch import TrustedLaunch


def machine(kind="TrustedLaunch", secure_boot=True, tpm=True, size="Standard_D4s_v5", token=VIRTUAL_MACHINE):
    settings = {"secureBootEnabled": secure_boot, "vTpmEnabled": tpm}
    security = {"securityType": kind, "uefiSettings": settings}
    return {"vm": (token, {"hardwareProfile": {"vmSize": size}, "securityProfile": security})}


def scale_set(size="Standard_ND96isr_H100_v5", **profile):
    return {"set": (VIRTUAL_MACHINE_SCALE_SET, {"sku": {"name": size}, "virtualMachineProfile": profile})}


TRUSTED = {
    "securityType": "TrustedLaunch",
    "uefiSettings": {"secureBootEnabled": True, "vTpmEnabled": True},
}
UNTRUSTED = "securityProfile.securityType: is unset, not TrustedLaunch"

CASES = {
    "bad": {
        "nothing said": (
            {"vm": (VIRTUAL_MACHINE, {"hardwareProfile": {"vmSize": "Standard_D4s_v5"}})},
            f"vm: {UNTRUSTED}",
        ),
        "Standard": (
            machine("Standard"),
            "vm: securityProfile.securityType: is Standard, not TrustedLaunch",
        ),
        "nothing said by a scale set": (
            scale_set(priority="Regular"),
            f"set: virtualMachineProfile.{UNTRUSTED}",
        ),
        "no Secure Boot": (
            machine(secure_boot=False),
            "vm: securityProfile.uefiSettings.secureBootEnabled: is false",
        ),
        "no vTPM": (machine(tpm=None), "vm: securityProfile.uefiSettings.vTpmEnabled: is unset"),
        "no vTPM, whether there is Secure Boot isn't known": (
            machine(secure_boot=UNKNOWN, tpm=False),
            "vm: securityProfile.uefiSettings.vTpmEnabled: is false",
        ),
        "a family that has successors": (
            machine(None, size="Standard_NC24"),
            f"vm: {UNTRUSTED}",
        ),
        "of an older API": (
            machine(None, token="azure-native:compute/v20230301:VirtualMachine"),
            f"vm: {UNTRUSTED}",
        ),
    },
    "good": {
        "Trusted Launch": (machine(),),
        "confidential computing": (machine("ConfidentialVM", size="Standard_DC4as_v5"),),
        "a scale set": (scale_set(securityProfile=TRUSTED),),
        "whatever the size": (machine(size=UNKNOWN),),
        "a size that needn't": (machine(size="Standard_ND96amsr_A100_v4"),),
    },
    "unknown": {
        "a type that isn't known": (
            machine(UNKNOWN),
            "vm: securityProfile.securityType: can't be judged: not known before the deployment",
        ),
        "a size that isn't known": (
            machine(None, size=UNKNOWN),
            "vm: hardwareProfile.vmSize: can't be judged: not known before the deployment",
        ),
        "Secure Boot that isn't known": (
            machine(secure_boot=UNKNOWN),
            (
                "vm: securityProfile.uefiSettings.secureBootEnabled: "
                "can't be judged: not known before the deployment"
            ),
        ),
    },
    "not applicable": {
        "a size that can't": (machine(None, size="Standard_ND96asr_v4"),),
        "a scale set's size that can't": (scale_set("Standard_M128s", priority="Spot"),),
        "a scale set without a profile": ({"set": (VIRTUAL_MACHINE_SCALE_SET, {})},),
        "no machine": ({"data": (DISK, {})},),
    },
}


def test_verdict(case, check):
    check("CO12", case)


def test_secure_boot_may_be_left_to_the_machines(build):
    options = [TrustedLaunch.from_json({"secure_boot": "optional"})]
    graph = build(machine(secure_boot=False, tpm=False))
    report = evaluate(graph, all_rules(), select=["CO12"], options=options)
    assert [finding.property for finding in report.findings] == ["securityProfile.uefiSettings.vTpmEnabled"]
