"""Every type of azure-native that the sandbox knows."""

from __future__ import annotations

from functools import cache

from modelyard_sandbox.azure import groups, keyvault, network, storage
from modelyard_sandbox.azure.handler import ArmHandler
from modelyard_sandbox.errors import UnsupportedError

TYPES: tuple[type[ArmHandler], ...] = (
    groups.ManagementLockByScope,
    groups.ResourceGroup,
    keyvault.Key,
    keyvault.Vault,
    network.NetworkSecurityGroup,
    network.Subnet,
    network.VirtualNetwork,
    storage.BlobContainer,
    storage.BlobServiceProperties,
    storage.StorageAccount,
)


@cache
def handlers() -> dict[str, ArmHandler]:
    """The handler of each type."""
    return {made.type: made() for made in TYPES}


def handler_of(type_: str) -> ArmHandler:
    """The handler of a type; raises UnsupportedError naming the type and the known ones."""
    found = handlers().get(type_)
    if found is None:
        raise UnsupportedError(f"the sandbox has no {type_}\n  it has: {', '.join(sorted(handlers()))}")
    return found
