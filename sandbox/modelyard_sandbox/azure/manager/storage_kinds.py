"""The types of storage accounts, and of what lies in them."""

from __future__ import annotations

from modelyard_sandbox.azure.manager.blob_containers import BlobContainer
from modelyard_sandbox.azure.manager.blobs import BlobService
from modelyard_sandbox.azure.manager.immutability import ImmutabilityPolicy
from modelyard_sandbox.azure.manager.kinds import Kind
from modelyard_sandbox.azure.manager.lifecycle import ManagementPolicy
from modelyard_sandbox.azure.manager.object_replication import ObjectReplicationPolicy
from modelyard_sandbox.azure.manager.storage import StorageAccount

STORAGE_KINDS: tuple[Kind, ...] = (
    StorageAccount(),
    BlobService(),
    BlobContainer(),
    ImmutabilityPolicy(),
    ManagementPolicy(),
    ObjectReplicationPolicy(),
)
