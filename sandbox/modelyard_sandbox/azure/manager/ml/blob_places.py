"""Where data is: blobs by their address, and paths of datastores ("Access data in a job", 2025-03; "Data
concepts in Azure Machine Learning", 2024-04; as of 2026-11).

`azureml://datastores/NAME/paths/PATH` is of the job's own workspace; the long form names one, which must be
the same here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.ml.common import DATASTORE
from modelyard_sandbox.azure.manager.store import Store

ACCOUNT = "Microsoft.Storage/storageAccounts"
CONTAINER = f"{ACCOUNT}/blobServices/containers"
ADDRESS = re.compile(
    r"https://(?P<account>[a-z0-9]{3,24})\.blob\.core\.windows\.net/(?P<container>[a-z0-9$-]{3,63})(?P<path>/.*)?"
)
OF_DATASTORE = re.compile(
    r"azureml:/(?P<workspace>/subscriptions/[^/]+/resourcegroups/[^/]+/workspaces/[^/]+)?"
    r"/datastores/(?P<name>[^/]+)/paths/(?P<path>.*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class BlobPlace:
    """A part of a container."""

    account: str
    container: str
    path: str
    """Below the container, without a slash around it."""


def place_of(store: Store, workspace: ResourceId, uri: str, where: str) -> BlobPlace:
    """The place that a URI names; its account, container or datastore must stand.

    Args:
        store: where it must stand.
        workspace: whose datastores are meant.
        uri: of a datastore's path, or of blobs.
        where: the property that holds it.

    Raises:
        ArmError: it names none, or none that stands.
    """
    address, of_store = ADDRESS.fullmatch(uri), OF_DATASTORE.fullmatch(uri)
    if address is not None:
        place = BlobPlace(address["account"], address["container"], (address["path"] or "").strip("/"))
        _must_stand(store, place, where)
        return place
    if of_store is None:
        raise bad_request(
            "InvalidPropertyValue",
            f"The specified value {uri} for property {where} is not a URI that the sandbox can read: "
            "azureml://datastores/NAME/paths/PATH or https://ACCOUNT.blob.core.windows.net/CONTAINER/PATH.",
            where,
        )
    if of_store["workspace"] and not _is_own(of_store["workspace"], workspace):
        raise bad_request("BadRequest", f"The URI {uri} of property {where} is of another workspace.", where)
    return _of_datastore(store, workspace, of_store["name"], of_store["path"], where)


def _of_datastore(store: Store, workspace: ResourceId, name: str, path: str, where: str) -> BlobPlace:
    id_ = ResourceId(f"{workspace.text}/datastores/{name}", DATASTORE, name, workspace)
    found = store.get(id_)
    if found is None:
        raise bad_request(
            "BadRequest", f"The datastore {name}, which property {where} names, was not found.", where
        )
    if found.properties["datastoreType"] != "AzureBlob":
        raise bad_request(
            "BadRequest",
            f"The datastore {name} is of type {found.properties['datastoreType']}: jobs in the sandbox read "
            "and write AzureBlob only.",
            where,
        )
    place = BlobPlace(found.properties["accountName"], found.properties["containerName"], path.strip("/"))
    _must_stand(store, place, where)
    return place


def _must_stand(store: Store, place: BlobPlace, where: str) -> None:
    account = next((found for found in store.of_type(ACCOUNT) if found.id.name == place.account), None)
    if account is None:
        raise _gone(f"storage account {place.account}", where)
    if not any(found.id.name == place.container for found in store.within(account.id, CONTAINER)):
        raise _gone(f"container {place.container} of storage account {place.account}", where)


def _gone(what: str, where: str) -> ArmError:
    return bad_request("BadRequest", f"The {what}, which property {where} names, was not found.", where)


def _is_own(named: str, workspace: ResourceId) -> bool:
    group = workspace.group
    own = f"{group.text if group else ''}/workspaces/{workspace.name}"
    return named.lower() == own.lower()
