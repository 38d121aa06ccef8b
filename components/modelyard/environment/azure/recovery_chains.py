"""What an environment on Azure promises when something is lost, worked out from what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.environment.azure.storage import BlobStore
from modelyard.environment.chains import backup_chains, store_chain, training_chains
from modelyard.planning.azure.recovery import (
    copy_term,
    replication_term,
    restore_term,
    resumption_terms,
    schedule_terms,
)
from modelyard.planning.recovery import Chain

if TYPE_CHECKING:
    from modelyard.environment.azure.spec import AzureEnvironment


def recovery_chains(environment: AzureEnvironment) -> tuple[Chain, ...]:
    """Every chain of an environment that is built as it says: backups by schedule, with copies in the paired
    region where they are asked for, and with a recovery region object replication of its other stores.
    """
    recovery = environment.recovery
    replicated = replication_term(recovery.assumed_replication_minutes) if recovery is not None else None
    chains: list[Chain] = []
    if (backup := environment.backup) is not None:
        scheduled = schedule_terms(
            backup.every_hours, backup.assumed_backup_hours, backup.tolerated_missed_runs
        )
        restored = restore_term(backup.assumed_restore_hours)
        copied = copy_term(backup.assumed_copy_hours) if backup.geo_redundant else None
        chains += backup_chains(backup, scheduled, restored, copied)
    if (training := environment.training) is not None:
        resumed = resumption_terms(training.assumed_capacity_minutes, training.assumed_start_minutes)
        chains += training_chains(training, resumed, replicated)
    if replicated is not None:
        chains += [store_chain(purpose, replicated) for purpose in replicated_stores(environment)]
    return tuple(chains)


def stores(environment: AzureEnvironment) -> tuple[str, ...]:
    """Purposes of the stores that are the environment's own."""
    own = {"datasets": environment.storage.datasets, "checkpoints": environment.storage.checkpoints}
    return tuple(purpose for purpose, store in own.items() if isinstance(store, BlobStore))


def replicated_stores(environment: AzureEnvironment) -> tuple[str, ...]:
    """Purposes of the stores that are copied to the recovery region as they are written.

    A container can be in one replication, and Azure Backup's copies to a vault are one (Microsoft,
    "Troubleshoot Azure Blob backup", 2024-09-16): what is backed up comes to the recovery region with the
    vault.
    """
    if environment.regions.recovery is None:
        return ()
    return tuple(purpose for purpose in stores(environment) if purpose not in backed_up(environment))


def backed_up(environment: AzureEnvironment) -> tuple[str, ...]:
    """Purposes of the stores that say `backed_up`."""
    return ("datasets",) if getattr(environment.storage.datasets, "backed_up", False) else ()
