"""The demo's way on Azure: the job trains on two nodes of the sandbox's Azure Machine Learning, with its data
in Azurite.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from modelyard.environment.azure.target import names
from modelyard.environment.only import azure_only
from modelyard.errors import SurroundingsError
from modelyard_cli.demo.checkpoint import Checkpoint, examine
from modelyard_launcher.clouds import on_azure

if TYPE_CHECKING:
    from modelyard.environment.clouds import Environment
    from modelyard_launcher.clouds import AnyTarget
    from modelyard_launcher.records import RunRecord
    from modelyard_launcher.target import Place
    from modelyard_sandbox.azure.client import AzureCloud
    from modelyard_sandbox.sandbox import Sandbox

IMAGE = "cnn:0.1.0"
"""Image of the job, which jobs find in the environment's registry only."""

SOURCE = {"registryUri": "docker.io", "sourceImage": f"library/{IMAGE}"}
REGISTRIES = "2023-01-01-preview"
ACCOUNTS = "2024-01-01"


class AzureWay:
    """Azure, as Way says."""

    environment_name = "azure-dev"
    stand_in = "Azure"
    backend = "azure_ml"
    trains = "trains on two nodes of Azure Machine Learning"
    dataset_place = "the dataset container"

    def check_machine(self) -> None:
        """Node.js, which blobs are served on. Raises SurroundingsError where it isn't there."""
        from modelyard_sandbox.azurite.install import must_be_possible

        must_be_possible()

    def prepare(self, sandbox: Sandbox, environment: Environment) -> list[str]:
        """Serve blobs, and import the image: the registry is closed to everything else.

        Raises SurroundingsError where Azurite can't be had.
        """
        own = azure_only(environment, "the demo's way on Azure")
        told: list[str] = []
        endpoint = sandbox.start_blobs(told.append)
        called = names(own, own.regions.primary)
        registry = f"Microsoft.ContainerRegistry/registries/{called.registry}"
        path = f"{_group(own.subscription_id, called.resource_group)}/{registry}/importImage"
        body = {"source": SOURCE, "targetTags": [IMAGE], "mode": "Force"}
        _cloud(sandbox, own.subscription_id).call("POST", path, REGISTRIES, body)
        return [
            *told,
            f"blobs of its accounts are at {endpoint} (Azurite)",
            f"{IMAGE} imported into {called.registry}",
        ]

    def variables(self, sandbox: Sandbox, environment: Environment) -> Mapping[str, str]:
        """Those of the subscription."""
        from modelyard_sandbox.environments import account_of

        return sandbox.variables_of(account_of(environment))

    def datasets_uri(self, target: AnyTarget) -> str:
        """The dataset container."""
        return _stores(target).datasets.uri

    def examine(self, sandbox: Sandbox, place: Place, target: AnyTarget, record: RunRecord) -> Checkpoint:
        """By the launcher's store, and by what the resource manager says of the account's key."""
        from modelyard_launcher.stores import open_store

        uri = _stores(target).checkpoints.uri
        store = open_store(uri, place.access)
        environment = azure_only(_environment(place), "the demo's way on Azure")
        called = names(environment, environment.regions.primary)
        group = _group(environment.subscription_id, called.resource_group)
        path = f"{group}/Microsoft.Storage/storageAccounts/{called.account('checkpoints')}"
        account = _cloud(sandbox, environment.subscription_id).get(path, ACCOUNTS)

        def read(key: str) -> bytes:
            found = store.get(key)
            if found is None:
                raise SurroundingsError(f"{uri}/{key} isn't there", "run the demo again")
            return found

        expected = f"https://{called.vault}.vault.azure.net/keys/checkpoints"
        return examine(read, lambda _: _key_of(account), uri, record.run_id, expected)


def _cloud(sandbox: Sandbox, subscription_id: str) -> AzureCloud:
    from modelyard_sandbox.azure.client import AzureCloud

    return AzureCloud(str(sandbox.must_run().azure_endpoint), subscription_id)


def _group(subscription_id: str, name: str) -> str:
    return f"/subscriptions/{subscription_id}/resourceGroups/{name}/providers"


def _stores(target: AnyTarget) -> Any:
    assert on_azure(target)  # noqa: S101 (the demo's environment is)
    return target.stores


def _environment(place: Place) -> Any:
    assert place.environment is not None  # noqa: S101 (the demo names it by its YAML)
    return place.environment


def _key_of(account: Mapping[str, Any]) -> str:
    """Address of the key that a storage account's data is encrypted under; none for Microsoft's."""
    encryption = account["properties"]["encryption"]
    key = encryption.get("keyvaultproperties") or {}
    if encryption.get("keySource") != "Microsoft.Keyvault":
        return "none"
    return f"{str(key.get('keyvaulturi')).rstrip('/')}/keys/{key.get('keyname')}"
