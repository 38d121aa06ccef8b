"""Every resource type that the resource manager has."""

from __future__ import annotations

from modelyard_sandbox.azure.manager.blobs import BlobContainer, BlobService
from modelyard_sandbox.azure.manager.groups import ResourceGroup
from modelyard_sandbox.azure.manager.keys import Key
from modelyard_sandbox.azure.manager.kinds import Kind
from modelyard_sandbox.azure.manager.locks import Lock
from modelyard_sandbox.azure.manager.network import Subnet, VirtualNetwork
from modelyard_sandbox.azure.manager.security_groups import NetworkSecurityGroup
from modelyard_sandbox.azure.manager.storage import StorageAccount
from modelyard_sandbox.azure.manager.vaults import Vault

KINDS: dict[str, Kind] = {
    made.type.lower(): made
    for made in (
        ResourceGroup(),
        Lock(),
        VirtualNetwork(),
        Subnet(),
        NetworkSecurityGroup(),
        StorageAccount(),
        BlobService(),
        BlobContainer(),
        Vault(),
        Key(),
    )
}
"""By full type in lower case."""
