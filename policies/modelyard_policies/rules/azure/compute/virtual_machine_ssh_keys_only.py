"""Linux machines take keys for SSH, no passwords."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.azure.machines import MACHINES, is_linux, profile
from modelyard_policies.errors import Unread
from modelyard_policies.reading import Failure, GraphView, Resource
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="virtual-machine-ssh-keys-only",
    code="CO11",
    title="Linux machines take no passwords for SSH",
    severity=Severity.HIGH,
    resources=MACHINES,
    why="Passwords are guessed, reused and passed on; whoever has one is an administrator of the node.",
    mend=(
        "Set osProfile.linuxConfiguration.disablePasswordAuthentication to true with a key in "
        "ssh.publicKeys, and drop adminPassword."
    ),
    maps_to={
        "checkov": ["CKV_AZURE_149", "CKV_AZURE_49", "CKV_AZURE_1", "CKV_AZURE_178"],
        "azure_policy": ["630c64f9-8b6b-4c64-b511-6544ceff6fd6"],
    },
    snippet="""\
azure.compute.VirtualMachineScaleSet(
    "nodes",
    resource_group_name=group.name,
    orchestration_mode="Uniform",
    sku={"name": "Standard_D4s_v5", "tier": "Standard", "capacity": 2},
    upgrade_policy={"mode": "Manual"},
    virtual_machine_profile={
        "os_profile": {
            "computer_name_prefix": "node",
            "admin_username": "modelyard",
            "linux_configuration": {
                "disable_password_authentication": True,
                "ssh": {
                    "public_keys": [
                        {
                            "path": "/home/modelyard/.ssh/authorized_keys",
                            "key_data": "ssh-ed25519 AAAA... you@example.com",
                        }
                    ]
                },
            },
        },
    },
)
""",
)


@RULE.applies
def runs_linux(machine: Resource, graph: GraphView) -> bool:
    """A machine made from a disk that has its users already has no login of its own.

    Where nothing that is set tells the system, a password may be that of Windows.
    """
    login = profile(machine).block("osProfile")
    if not login.keys():
        return False
    linux = is_linux(machine)
    if linux is None and login.has("adminPassword"):
        raise Unread(machine.urn, login.path_of(""), "whether the image is Linux's isn't known")
    return linux is True


@RULE.check
def passwords_are_off(machine: Resource, graph: GraphView) -> Iterator[Failure]:
    """Passwords are taken unless that is turned off."""
    linux = profile(machine).block("osProfile").block("linuxConfiguration")
    if not linux.is_true("disablePasswordAuthentication"):
        shown = linux.shown("disablePasswordAuthentication")
        yield linux.failure("disablePasswordAuthentication", f"is {shown}")
