"""Virtual machines, and the scale sets that start them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.azure.types import NETWORK_INTERFACE, VIRTUAL_MACHINE, VIRTUAL_MACHINE_SCALE_SET
from modelyard_policies.graph import canonical
from modelyard_policies.reading import Block, Resource

MACHINES: Final = (VIRTUAL_MACHINE, VIRTUAL_MACHINE_SCALE_SET)

_WINDOWS: Final = ("microsoftwindows", "microsoftsqlserver", "microsoftsharepoint", "microsoftvisualstudio")
"""Beginnings of the publishers of images that are Windows'."""
_LINUX: Final = (
    "canonical",
    "redhat",
    "suse",
    "debian",
    "oracle",
    "almalinux",
    "resf",
    "ciq",
    "kinvolk",
    "microsoftcblmariner",
    "azurelinux",
)
"""Beginnings of the publishers of the Linux distributions that Azure endorses (Azure, "Endorsed Linux
distributions", 2026)."""
_LINUX_OFFERS: Final = ("ubuntu", "linux", "alma", "rhel", "sles", "debian")
"""Parts of what publishers of both kinds, such as microsoft-dsvm, call their Linux images."""


def profile(machine: Resource) -> Block:
    """What says how a machine is made: the machine itself, or the profile of a scale set. A scale set may be
    without one, for machines that join it later.
    """
    if canonical(machine.type) == VIRTUAL_MACHINE_SCALE_SET:
        return machine.block("virtualMachineProfile")
    return machine


def size_of(machine: Resource) -> str:
    """The size; empty if none is set."""
    if canonical(machine.type) == VIRTUAL_MACHINE_SCALE_SET:
        return machine.block("sku").text("name")
    return machine.block("hardwareProfile").text("vmSize")


def is_linux(machine: Resource) -> bool | None:
    """Whether the machine runs Linux; None where nothing that is set tells."""
    made = profile(machine)
    login = made.block("osProfile")
    storage = made.block("storageProfile")
    for name, answer in (("linuxConfiguration", True), ("windowsConfiguration", False)):
        if login.has(name):
            return answer
    system = storage.block("osDisk").text("osType").lower()
    if system in ("linux", "windows"):
        return system == "linux"
    return _told_by_image(storage.block("imageReference"))


def interfaces(resource: Resource) -> Iterator[Block]:
    """The network interface itself, or those that a machine or a scale set has made."""
    if canonical(resource.type) == NETWORK_INTERFACE:
        yield resource
    else:
        yield from profile(resource).block("networkProfile").list("networkInterfaceConfigurations")


def _told_by_image(image: Block) -> bool | None:
    publisher, offer = image.text("publisher").lower(), image.text("offer").lower()
    if publisher.startswith(_LINUX) or any(part in offer for part in _LINUX_OFFERS):
        return True
    return False if publisher.startswith(_WINDOWS) else None
