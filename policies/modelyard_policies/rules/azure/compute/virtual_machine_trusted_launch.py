"""Machines start what is signed, and can prove it: Trusted Launch, or confidential computing.

Sizes that can't have it yet are let off (azure/sizes.py). CUDA drivers need more steps with Secure Boot on
Ubuntu, and Secure Boot off on other Linux systems (Azure, "Trusted Launch for Azure VMs", 2025-04-21): an
option leaves it to the machines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.azure.machines import MACHINES, profile, size_of
from modelyard_policies.azure.sizes import can_have_trusted_launch
from modelyard_policies.options import Options, choice, option
from modelyard_policies.reading import Failure, GraphView, Resource, any_of, each
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class TrustedLaunch(Options):
    """How far machines have to be trusted."""

    rule: ClassVar[str] = "virtual-machine-trusted-launch"
    secure_boot: str = option(
        choice("required", "optional"), "required", "Whether Secure Boot has to be on as well as the vTPM"
    )


RULE = Rule(
    id="virtual-machine-trusted-launch",
    code="CO12",
    title="Machines have Trusted Launch",
    severity=Severity.MEDIUM,
    resources=MACHINES,
    options=TrustedLaunch,
    why="Without it a rootkit that starts before the system stays in a node unseen, job after job.",
    mend=(
        "Take an image of generation 2 and set securityProfile.securityType to TrustedLaunch, with "
        "uefiSettings.secureBootEnabled and vTpmEnabled true."
    ),
    maps_to={
        "cis_azure": ["8.11"],
        "azure_policy": ["1c30f9cd-b84c-49cc-aa2c-9288447cc3b3", "97566dd7-78ae-4997-8b36-1c7bfe0d8121"],
        "mcsb": ["PV-4"],
    },
    snippet="""\
azure.compute.VirtualMachineScaleSet(
    "nodes",
    resource_group_name=group.name,
    orchestration_mode="Uniform",
    sku={"name": "Standard_ND96isr_H100_v5", "tier": "Standard", "capacity": 2},
    upgrade_policy={"mode": "Manual"},
    virtual_machine_profile={
        "security_profile": {
            "security_type": "TrustedLaunch",
            "uefi_settings": {"secure_boot_enabled": True, "v_tpm_enabled": True},
        },
    },
)
""",
)

TYPES = ("trustedlaunch", "confidentialvm")


@RULE.applies
def can_have_it(machine: Resource, graph: GraphView) -> bool:
    """A scale set may have no profile of its own; a size may not be able to."""
    return bool(profile(machine).keys()) and any_of(
        lambda: _has_type(machine), lambda: can_have_trusted_launch(size_of(machine))
    )


@RULE.check
def the_start_is_trusted(machine: Resource, graph: GraphView) -> Iterator[Failure]:
    """None of it is on by itself: what sets no securityProfile is made without (same page)."""
    if not _has_type(machine):
        security = profile(machine).block("securityProfile")
        yield security.failure("securityType", f"is {security.shown('securityType')}, not TrustedLaunch")
        return
    wanted = ["vTpmEnabled"]
    if graph.options(TrustedLaunch).secure_boot == "required":
        wanted.insert(0, "secureBootEnabled")
    yield from each(wanted, lambda setting: _setting(machine, setting))


def _setting(machine: Resource, setting: str) -> Iterator[Failure]:
    settings = profile(machine).block("securityProfile").block("uefiSettings")
    if not settings.is_true(setting):
        yield settings.failure(setting, f"is {settings.shown(setting)}")


def _has_type(machine: Resource) -> bool:
    return profile(machine).block("securityProfile").text("securityType").strip().lower() in TYPES
