"""The commands of a retirement on Azure, for a POSIX shell."""

from __future__ import annotations

import shlex

EMPTY = (
    "import sys; from azure.identity import DefaultAzureCredential as Me; "
    "from azure.storage.blob import ContainerClient as Container; "
    "at = Container(f'https://{sys.argv[1]}.blob.core.windows.net', sys.argv[2], credential=Me()); "
    "[at.delete_blob(b.name) for b in at.list_blobs()]; "
    "old = [(at.get_blob_client(b.name, version_id=b.version_id), b) "
    "for b in at.list_blobs(include=['versions', 'immutabilitypolicy'])]; "
    "[c.delete_immutability_policy(version_id=b.version_id) for c, b in old "
    "if str(b.immutability_policy and b.immutability_policy.policy_mode).lower().endswith('unlocked')]; "
    "[c.delete_blob(version_id=b.version_id) for c, b in old]"
)
"""Deletes every blob of a container, and then every version, lifting what isn't locked: the Azure CLI has no
command for it. What is deleted so is soft-deleted for its days."""


def list_jobs(environment: str) -> str:
    """Show what runs."""
    return f"modelyard job list --env {_q(environment)}"


def open_vault(vault: str, group: str) -> str:
    """Let backups be deleted, and let them go at once."""
    return (
        f"az dataprotection backup-vault update --vault-name {_q(vault)} --resource-group {_q(group)} "
        "--immutability-state Disabled --soft-delete-state Off"
    )


def suspend_backups(instance: str, vault: str, group: str) -> str:
    """Take no more backups; those that are there go by their retention."""
    return f"az dataprotection backup-instance suspend-backup {_instance(instance, vault, group)}"


def delete_backups(instance: str, vault: str, group: str) -> str:
    """Delete what is backed up, with its backups."""
    return f"az dataprotection backup-instance delete {_instance(instance, vault, group)} --yes"


def empty_container(account: str, container: str) -> str:
    """Delete every version of every blob in a container."""
    return f"python3 -c {_q(EMPTY)} {_q(account)} {_q(container)}"


def purge_workspace(name: str, group: str) -> str:
    """Delete a workspace for good, with its clusters."""
    return f"az ml workspace delete --name {_q(name)} --resource-group {_q(group)} --permanently-delete --yes"


def _instance(instance: str, vault: str, group: str) -> str:
    return f"--name {_q(instance)} --vault-name {_q(vault)} --resource-group {_q(group)}"


def _q(text: str) -> str:
    return shlex.quote(text)
