from modelyard_policies.azure.types import DISK, VIRTUAL_MACHINE, VIRTUAL_MACHINE_SCALE_SET
from modelyard_policies.graph import SECRET, UNKNOWN

UBUNTU = {"publisher": "Canonical", "offer": "ubuntu-24_04-lts"}
WINDOWS = {"publisher": "MicrosoftWindowsServer", "offer": "WindowsServer"}
LOGIN = {"adminUsername": "modelyard", "adminPassword": SECRET}


def machine(login=None, image=None, token=VIRTUAL_MACHINE, **disk):
    storage = {"imageReference": image or {}, "osDisk": disk}
    return {"vm": (token, {"osProfile": login, "storageProfile": storage})}


def linux(passwords_off=None, **login):
    return {"linuxConfiguration": {"disablePasswordAuthentication": passwords_off}, **login}


def scale_set(login):
    return {"set": (VIRTUAL_MACHINE_SCALE_SET, {"virtualMachineProfile": {"osProfile": login}})}


UNSET = "osProfile.linuxConfiguration.disablePasswordAuthentication: is unset"

CASES = {
    "bad": {
        "a machine": (
            machine(linux(False)),
            "vm: osProfile.linuxConfiguration.disablePasswordAuthentication: is false",
        ),
        "a machine that says nothing": (machine(linux()), f"vm: {UNSET}"),
        "a scale set": (scale_set(linux()), f"set: virtualMachineProfile.{UNSET}"),
        "a password and a Linux image": (machine(LOGIN, UBUNTU), f"vm: {UNSET}"),
        "a password and a Linux image among Windows'": (
            machine(LOGIN, {"publisher": "microsoft-dsvm", "offer": "ubuntu-hpc"}),
            f"vm: {UNSET}",
        ),
        "a password and a Linux image with a database": (
            machine(LOGIN, {"publisher": "MicrosoftSQLServer", "offer": "sql2022-ubuntu2204"}),
            f"vm: {UNSET}",
        ),
        "a password and a Linux disk": (machine(LOGIN, osType="Linux"), f"vm: {UNSET}"),
        "of an older API": (
            machine(linux(), token="azure-native:compute/v20230301:VirtualMachine"),
            f"vm: {UNSET}",
        ),
    },
    "good": {
        "keys only": (machine(linux(True)),),
        "keys only, as text": (scale_set(linux("true")),),
    },
    "unknown": {
        "whether passwords are off": (
            machine(linux(UNKNOWN)),
            (
                "vm: osProfile.linuxConfiguration.disablePasswordAuthentication: "
                "can't be judged: not known before the deployment"
            ),
        ),
        "a password and an image of one's own": (
            machine(LOGIN, {"id": UNKNOWN}),
            "vm: osProfile: can't be judged: whether the image is Linux's isn't known",
        ),
        "a profile that isn't known": (
            {"set": (VIRTUAL_MACHINE_SCALE_SET, {"virtualMachineProfile": UNKNOWN})},
            "set: virtualMachineProfile: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "Windows, by its settings": (machine({"windowsConfiguration": {}, **LOGIN}),),
        "Windows, by its image": (machine(LOGIN, WINDOWS),),
        "Windows, by its disk": (machine(LOGIN, osType="Windows"),),
        "a disk that has its users already": (machine(osType="Linux"),),
        "an image of one's own, without a password": (machine({"adminUsername": "modelyard"}),),
        "a scale set without a profile": ({"set": (VIRTUAL_MACHINE_SCALE_SET, {})},),
        "no machine": ({"data": (DISK, {})},),
    },
}


def test_verdict(case, check):
    check("CO11", case)
