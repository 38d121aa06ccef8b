"""What the resource manager answers beside the resources that are made: actions, and what is only shown."""

from __future__ import annotations

from modelyard_sandbox.azure.manager import (
    immutability,
    keys,
    log_workspaces,
    offered,
    private_records,
    providers,
    registries,
    registry_images,
    subscriptions,
    vaults,
)
from modelyard_sandbox.azure.manager.ids import SUBSCRIPTION
from modelyard_sandbox.azure.manager.kinds import Action
from modelyard_sandbox.azure.manager.ml import jobs, quotas
from modelyard_sandbox.azure.manager.ml.common import JOB
from modelyard_sandbox.azure.manager.storage import check_account_name

ACTIONS: dict[tuple[str, str], Action] = {
    **offered.ACTIONS,
    **providers.ACTIONS,
    ("POST", "microsoft.containerregistry/checknameavailability"): registries.check_registry_name_free,
    ("POST", "microsoft.containerregistry/registries/importimage"): registry_images.import_image,
    ("POST", f"{immutability.POLICY.lower()}/extend"): immutability.extend,
    ("POST", f"{immutability.POLICY.lower()}/lock"): immutability.lock,
    ("POST", f"{JOB.lower()}/cancel"): jobs.cancel,
    ("POST", "microsoft.storage/checknameavailability"): check_account_name,
    ("POST", "microsoft.keyvault/checknameavailability"): vaults.check_vault_name,
    ("GET", "microsoft.keyvault/deletedvaults"): vaults.list_deleted,
    ("GET", "microsoft.operationalinsights/deletedworkspaces"): log_workspaces.list_deleted,
    ("GET", "microsoft.machinelearningservices/locations/usages"): quotas.list_usages,
    ("POST", "microsoft.keyvault/locations/deletedvaults/purge"): vaults.purge,
    ("GET", "microsoft.keyvault/vaults/keys/versions"): keys.list_versions,
    ("GET", "microsoft.network/privatednszones/a"): private_records.list_records,
}
VIEWS: dict[str, Action] = {
    SUBSCRIPTION.lower(): subscriptions.show,
    "microsoft.keyvault/locations/deletedvaults": vaults.show_deleted,
    "microsoft.quota/quotas": quotas.show,
    "microsoft.keyvault/vaults/keys/versions": keys.show_version,
    "microsoft.network/privatednszones/a": private_records.show_record,
}
"""What a GET shows that isn't a resource that was made."""
WRITES: dict[str, Action] = {"microsoft.quota/quotas": quotas.write}
"""What a PUT sets that isn't a resource that is made."""
