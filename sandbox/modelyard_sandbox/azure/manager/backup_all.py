"""The types of Azure Backup's vaults for blobs."""

from __future__ import annotations

from modelyard_sandbox.azure.manager.backup_guards import ResourceGuard, ResourceGuardProxy
from modelyard_sandbox.azure.manager.backup_instances import BackupInstance
from modelyard_sandbox.azure.manager.backup_policies import BackupPolicy
from modelyard_sandbox.azure.manager.backup_vaults import BackupVault
from modelyard_sandbox.azure.manager.kinds import Kind

BACKUP_KINDS: tuple[Kind, ...] = (
    BackupVault(),
    BackupPolicy(),
    BackupInstance(),
    ResourceGuard(),
    ResourceGuardProxy(),
)
