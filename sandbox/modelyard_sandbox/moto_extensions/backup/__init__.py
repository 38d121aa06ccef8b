"""AWS Backup: vaults and their locks, plans, jobs that make and restore recovery points, restore tests.

Sources: AWS Backup API reference, the operations of these names; AWS Backup developer guide, Vault Lock,
backup plans, restore testing, S3 backups; 2026-11. Where the guide says that a vault in compliance mode can't
be deleted as long as it contains recovery points, that is what is held here: an empty one goes.
"""

from __future__ import annotations

from moto.backup.responses import BackupResponse
from moto.backup.urls import response, url_paths

from modelyard_sandbox.moto_extensions.backup import (
    backup_jobs,
    copy_jobs,
    plans,
    protected_resources,
    recovery_points,
    restore_jobs,
    restore_testing,
    restore_testing_selections,
    selections,
    settings,
    vault_locks,
    vaults,
)

__all__ = ["install"]

PATHS = (
    "account-settings",
    "backup-jobs",
    "backup-jobs/(?P<job_id>[^/]+)",
    "backup-vaults/(?P<name>[^/]+)/(?P<part>.+)",
    "copy-jobs",
    "copy-jobs/(?P<job_id>[^/]+)",
    "global-settings",
    "resources",
    "resources/(?P<arn>.+)",
    "restore-jobs",
    "restore-jobs/(?P<part>.+)",
    "restore-testing/(?P<part>.+)",
    "supported-resource-types",
)
"""Paths of the service that moto doesn't answer."""

MODULES = (
    backup_jobs,
    copy_jobs,
    plans,
    protected_resources,
    recovery_points,
    restore_jobs,
    restore_testing,
    restore_testing_selections,
    selections,
    settings,
    vault_locks,
    vaults,
)


def install() -> None:
    """Put the operations in the place of moto's, or beside them."""
    BackupResponse.__init__ = _initialize
    for path in PATHS:
        url_paths[f"{{0}}/{path}/?$"] = response.dispatch
    for module in MODULES:
        module.install()


MOTO_INITIALIZE = BackupResponse.__init__


def _initialize(self: BackupResponse) -> None:
    """Requests are read by the service's model: members from body, path and query alike."""
    MOTO_INITIALIZE(self)
    self.automated_parameter_parsing = True
