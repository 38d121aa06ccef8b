"""A sandbox with accounts whose blobs are served: what tests of these share."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from arming import ACCOUNT, BLOBS, GROUP, LOCATION, SUBSCRIPTION, account

from modelyard_sandbox.azure.client import AzureCloud
from modelyard_sandbox.azurite.accounts import signed
from modelyard_sandbox.sandbox import Sandbox

STORAGE = "2024-01-01"


@dataclass
class Yard:
    """A sandbox with an account."""

    sandbox: Sandbox
    name: str
    """The account's."""

    def __post_init__(self) -> None:
        self.cloud = AzureCloud(self.sandbox.must_run().azure_endpoint, SUBSCRIPTION)
        self.cloud.put(GROUP, "2024-03-01", {"location": LOCATION})
        self.id = self.account(self.name)

    def account(self, name: str) -> str:
        """Make an account; its id."""
        id_ = ACCOUNT.replace("account1", name)
        self.cloud.put(id_, STORAGE, account(properties={"allowBlobPublicAccess": True}))
        return id_

    def container(self, name: str, public: str = "None", of: str = "") -> str:
        """Make a container, in another account if that is named; its id."""
        id_ = f"{BLOBS.replace('account1', of or self.name)}/containers/{name}"
        self.cloud.put(id_, STORAGE, {"properties": {"publicAccess": public}})
        return id_

    def blob(self, path: str) -> str:
        """Where something of the account is; Azurite must run."""
        return f"{self.sandbox.status().blob_endpoint}/{self.name}/{path}"

    def call(self, method: str, url: str, content: bytes | None = None, by: str = "") -> tuple[int, bytes]:
        """Status and content of an answer to a request that is signed by the account's key, or another's."""
        headers = {} if content is None else {"x-ms-blob-type": "BlockBlob"}
        return answered(signed(method, url, by or self.name, content, headers))

    def delete(self, id_: str) -> None:
        """Delete an account or a container."""
        self.cloud.delete(id_, STORAGE)


def answered(request: Request | str) -> tuple[int, bytes]:
    """Status and content of an answer."""
    try:
        with urlopen(request) as answer:  # noqa: S310  (loopback)
            return answer.status, answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()


def quiet(_: str) -> None:
    """Nobody to be told of an installation."""
