"""Datastores of a workspace (REST reference of Datastores, 2025-12-01; "Use datastores"; as of 2026-11).

Without `skipValidation` the account and the container must stand, and the account must take its keys where
the datastore goes by them; that is all that is looked at. Certificates and service principals are taken as
they are. A credential's secret isn't shown.
"""

from __future__ import annotations

import re

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import bad_request
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.kinds import Naming, Write, envelope, filled
from modelyard_sandbox.azure.manager.ml.common import DATASTORE, WORKSPACE, MachineLearningKind, fixed
from modelyard_sandbox.azure.manager.shapes import flag, mapping, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,254}")
ACCOUNT = "Microsoft.Storage/storageAccounts"
CONTAINER = f"{ACCOUNT}/blobServices/containers"
HOLDERS = {"AzureBlob": "containerName", "AzureDataLakeGen2": "filesystem", "AzureFile": "fileShareName"}
"""The property that names what is in the account, by type."""
CREDENTIALS = ("None", "AccountKey", "Sas", "ServicePrincipal", "Certificate")
FIXED = ("accountName", "datastoreType", "endpoint", "protocol", *HOLDERS.values())
WITH_THE_WORKSPACE = (
    *("workspaceartifactstore", "workspaceblobstore", "workspacefilestore", "workspaceworkingdirectory"),
)
DEFAULT = "workspaceblobstore"


class Datastore(MachineLearningKind):
    """A datastore of a workspace."""

    type = DATASTORE
    naming = Naming(
        NAME,
        "datastore",
        "it has 1 to 255 letters, digits, hyphens and underscores, and begins with a letter or a digit",
        "InvalidDatastoreName",
    )
    parent_type = WORKSPACE
    located = False
    patched = False
    listed_in = frozenset[str]()
    page_size = 30
    shape = envelope(
        "Datastore",
        record(
            "DatastoreProperties",
            {
                **dict.fromkeys(("accountName", "description", "endpoint", "protocol"), text()),
                **dict.fromkeys(("resourceGroup", "subscriptionId", *HOLDERS.values()), text()),
                "credentials": record(
                    "DatastoreCredentials",
                    {
                        **dict.fromkeys(("authorityUrl", "clientId", "resourceUrl"), text()),
                        **dict.fromkeys(("tenantId", "thumbprint"), text()),
                        "credentialsType": text(*CREDENTIALS),
                        "secrets": mapping(text()),
                    },
                    required=("credentialsType",),
                ),
                "datastoreType": text(*HOLDERS),
                "properties": mapping(text()),
                "serviceDataAccessAuthIdentity": text(
                    "None", "WorkspaceSystemAssignedIdentity", "WorkspaceUserAssignedIdentity"
                ),
                "tags": mapping(text()),
            },
            required=("accountName", "credentials", "datastoreType"),
            read_only=("isDefault",),
        ),
        required=("properties",),
        skipValidation=flag(),
    )

    @override
    def settle(self, write: Write) -> Body:
        properties = filled(
            write.properties,
            {"endpoint": "core.windows.net", "protocol": "https", "serviceDataAccessAuthIdentity": "None"},
        )
        holder = HOLDERS[properties["datastoreType"]]
        if not properties.get(holder):
            raise bad_request(
                "BadRequest",
                f"A datastore of type {properties['datastoreType']} needs the property {holder}.",
                f"properties.{holder}",
            )
        if write.old is not None:
            for name in FIXED:
                if properties.get(name) != write.old.properties.get(name):
                    raise fixed(f"The {name} of a datastore", f"properties.{name}")
        if write.query.get("skipValidation", "false").lower() != "true":
            _check_account(write, properties, holder)
        return {"properties": properties}

    @override
    def check_deletion(self, store: Store, resource: Resource) -> None:
        if resource.id.name.lower() in WITH_THE_WORKSPACE:
            raise bad_request(
                "BadRequest",
                f"The datastore {resource.id.name} came with the workspace and can't be deleted.",
            )

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        credentials: Body = resource.properties["credentials"]
        properties = {
            **resource.properties,
            "credentials": {name: value for name, value in credentials.items() if name != "secrets"},
            "isDefault": resource.id.name.lower() == DEFAULT,
        }
        return {**super().answer(store, resource), "properties": properties}


def _check_account(write: Write, properties: Body, holder: str) -> None:
    account = next(
        (found for found in write.store.of_type(ACCOUNT) if found.id.name == properties["accountName"]), None
    )
    if account is None:
        raise bad_request(
            "BadRequest",
            f"The storage account {properties['accountName']} was not found.",
            "properties.accountName",
        )
    by_key = properties["credentials"]["credentialsType"] == "AccountKey"
    if by_key and account.properties.get("allowSharedKeyAccess") is False:
        raise bad_request(
            "BadRequest",
            f"Key based authentication is not permitted on the storage account {account.id.name}.",
            "properties.credentials.credentialsType",
        )
    if holder != "fileShareName" and not _holds(write.store, account.id, properties[holder]):
        raise bad_request(
            "BadRequest",
            f"The container {properties[holder]} of storage account {account.id.name} was not found.",
            f"properties.{holder}",
        )


def _holds(store: Store, account: ResourceId, name: str) -> bool:
    return any(container.id.name == name for container in store.within(account, CONTAINER))
