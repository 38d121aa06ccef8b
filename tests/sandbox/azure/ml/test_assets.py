"""Code and environments of a workspace: what they name must be there, and can't be changed."""

from __future__ import annotations

from typing import Any

import pytest
from arming import BLOBS, GROUP, LOCATION, Arm
from azure_ml import WORKSPACE

CODE = f"{WORKSPACE}/codes/0a1b/versions/1"
ENVIRONMENT = f"{WORKSPACE}/environments/train/versions/0123456789ab"
REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/images"
DIGEST = f"sha256:{'0123456789abcdef' * 4}"
IMAGE = f"images.azurecr.io/train/vae@{DIGEST}"
ADDRESS = "https://account1.blob.core.windows.net/code/0a1b"


def code(uri: str | None = ADDRESS, **properties: Any) -> dict[str, Any]:
    return {"properties": {"codeUri": uri, **properties}}


def environment(image: str | None = IMAGE, **properties: Any) -> dict[str, Any]:
    return {"properties": {"image": image, **properties}}


@pytest.fixture
def ready(ml: Arm) -> Arm:
    """A workspace with a container for code, and a registry with an image."""
    ml.put(f"{BLOBS}/containers/code", {"properties": {}})
    ml.put(f"{BLOBS}/containers/other", {"properties": {}})
    ml.put(REGISTRY, {"location": LOCATION, "sku": {"name": "Premium"}})
    source = {"registryUri": "docker.io", "sourceImage": f"library/python@{DIGEST}"}
    ml.call("POST", f"{REGISTRY}/importImage", {"source": source, "targetTags": ["train/vae:1"]})
    return ml


def test_code_is_made_with_what_it_is_a_version_of(ready: Arm) -> None:
    status, made = ready.call("PUT", CODE, code(tags={"a": "b"}))
    assert status == 201
    assert made["type"] == "Microsoft.MachineLearningServices/workspaces/codes/versions"
    assert made["properties"]["codeUri"] == ADDRESS
    assert made["properties"]["provisioningState"] == "Succeeded"
    assert ready.listed(f"{WORKSPACE}/codes") == ["0a1b"]
    assert ready.listed(f"{WORKSPACE}/codes/0a1b/versions") == ["1"]
    assert ready.call("PUT", CODE, made)[0] == 200, "an answer can be sent back"


def test_where_code_is_can_not_be_changed(ready: Arm) -> None:
    ready.put(CODE, code())
    assert ready.refused("PUT", CODE, code(ADDRESS.replace("/code/", "/other/"))) == (
        400,
        "BadRequest",
        "The property codeUri of an asset's version can not be changed after creation.",
    )
    assert ready.put(CODE, code(description="it"))["properties"]["description"] == "it"


@pytest.mark.parametrize("uri", [None, "", "s3://bucket/code", "azureml://datastores/code/paths/a"])
def test_code_is_at_an_address_of_blobs(ready: Arm, uri: str | None) -> None:
    assert ready.refused("PUT", CODE, code(uri)) == (
        400,
        "InvalidPropertyValue",
        (
            f"The specified value {uri} for property properties.codeUri is not the address of a container's "
            "blobs: https://ACCOUNT.blob.core.windows.net/CONTAINER/PATH."
        ),
    )
    assert ready.listed(f"{WORKSPACE}/codes") == []


def test_the_account_and_the_container_of_code_are_there(ready: Arm) -> None:
    for wrong, said in (
        (ADDRESS.replace("account1", "account9"), "storage account account9"),
        (ADDRESS.replace("/code/", "/none/"), "container none of storage account account1"),
    ):
        assert ready.refused("PUT", CODE, code(wrong)) == (
            400,
            "BadRequest",
            f"The {said}, which property properties.codeUri names, was not found.",
        )


def test_an_environment_is_an_image_that_its_registry_has(ready: Arm) -> None:
    made = ready.put(ENVIRONMENT, environment())
    assert made["properties"]["osType"] == "Linux"
    assert made["properties"]["environmentType"] == "UserCreated"
    assert ready.call("PUT", ENVIRONMENT, made)[0] == 200, "an answer can be sent back"
    missing = IMAGE.replace("0123", "9999")
    assert ready.refused("PUT", f"{ENVIRONMENT}0", environment(missing)) == (
        400,
        "BadRequest",
        f"The image {missing} was not found in its registry: import it first.",
    )
    ready.put(f"{ENVIRONMENT}1", environment("mcr.microsoft.com/azureml/base:latest"))


def test_an_image_can_not_be_changed(ready: Arm) -> None:
    ready.put(ENVIRONMENT, environment())
    assert ready.refused("PUT", ENVIRONMENT, environment("images.azurecr.io/train/vae:1")) == (
        400,
        "BadRequest",
        "The property image of an asset's version can not be changed after creation.",
    )


def test_nothing_is_built(ready: Arm) -> None:
    assert ready.refused("PUT", ENVIRONMENT, environment(condaFile="dependencies: []")) == (
        400,
        "BadRequest",
        (
            "The sandbox builds no images: the property condaFile of an environment isn't played. Name an "
            "image."
        ),
    )
    assert ready.refused("PUT", ENVIRONMENT, environment(None)) == (
        400,
        "BadRequest",
        "An environment's version needs the property image.",
    )


def test_a_name_is_one_that_azure_takes(ready: Arm) -> None:
    ends = "and begins with a letter or a digit."
    version = f"The asset version name '-1' is invalid: it has 1 to 255 letters, digits, dots, hyphens and underscores, {ends}"
    wrong = CODE.replace("versions/1", "versions/-1")
    assert ready.refused("PUT", wrong, code()) == (400, "InvalidAssetName", version)
    for name in ("-1", "a.b"):
        said = f"The asset name '{name}' is invalid: it has 1 to 255 letters, digits, hyphens and underscores, {ends}"
        wrong = CODE.replace("/0a1b/", f"/{name}/")
        assert ready.refused("PUT", wrong, code()) == (400, "InvalidAssetName", said)
    ready.put(CODE.replace("versions/1", "versions/1.0"), code())


def test_versions_go_with_what_they_are_of(ready: Arm) -> None:
    ready.put(CODE, code())
    assert ready.call("DELETE", f"{WORKSPACE}/codes/0a1b") == (200, None)
    assert ready.refused("GET", CODE)[1] == "ResourceNotFound"


def test_there_is_no_asset_without_a_workspace(ready: Arm) -> None:
    nowhere = CODE.replace("/ml-dev/", "/none/")
    assert ready.refused("PUT", nowhere, code())[1] == "ParentResourceNotFound"
