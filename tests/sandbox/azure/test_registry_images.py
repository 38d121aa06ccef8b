"""Images that are imported into a registry."""

from __future__ import annotations

from typing import Any

import pytest
from arming import GROUP, LOCATION, Arm

from modelyard_sandbox.azure.manager.registry_images import digest_of

REGISTRIES = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries"
REGISTRY = f"{REGISTRIES}/images"
DIGEST = f"sha256:{'0123456789abcdef' * 4}"
OTHER = f"sha256:{'f' * 64}"
HOST = "images.azurecr.io"


def imported(image: str, *tags: str, **parts: Any) -> dict[str, Any]:
    source = {"registryUri": "docker.io", "sourceImage": image}
    return {"source": source, "targetTags": list(tags), **parts}


@pytest.fixture
def registry(group: Arm) -> Arm:
    """One with a registry that is closed to the internet."""
    premium = {"location": LOCATION, "sku": {"name": "Premium"}}
    group.put(REGISTRY, {**premium, "properties": {"publicNetworkAccess": "Disabled"}})
    return group


def listed(arm: Arm, path: str, host: str = HOST) -> tuple[int, Any]:
    return arm.call("GET", path, headers={"Host": host})


def test_an_import_is_noted_under_its_digest_and_its_tags(registry: Arm) -> None:
    asked = imported(f"library/python@{DIGEST}", "train/python:3.12", "train/python:latest")
    assert registry.call("POST", f"{REGISTRY}/importImage", asked) == (200, None)
    store = registry.store
    assert digest_of(store, f"{HOST}/train/python:3.12") == DIGEST
    assert digest_of(store, f"{HOST}/train/python") == DIGEST
    assert digest_of(store, f"{HOST}/train/python@{DIGEST}") == DIGEST
    assert digest_of(store, f"{HOST}/train/python:3.11") is None
    assert digest_of(store, f"{HOST}/train/ruby") is None
    assert digest_of(store, "other.azurecr.io/train/python") is None
    assert listed(registry, "/acr/v1/_catalog") == (200, {"repositories": ["train/python"]})
    assert listed(registry, "/acr/v1/train/python/_tags")[1] == {
        "registry": HOST,
        "imageName": "train/python",
        "tags": [{"name": "3.12", "digest": DIGEST}, {"name": "latest", "digest": DIGEST}],
    }
    assert listed(registry, "/acr/v1/train/python/_manifests")[1]["manifests"] == [
        {"digest": DIGEST, "tags": ["3.12", "latest"]}
    ]


@pytest.mark.parametrize(
    ("source", "tag"), [("library/python:3.12", "3.12"), (f"library/python@{DIGEST}", "latest")]
)
def test_an_import_to_no_tag_has_its_sources(registry: Arm, source: str, tag: str) -> None:
    registry.call("POST", f"{REGISTRY}/importImage", imported(source, "train/python"))
    tags = listed(registry, "/acr/v1/train/python/_tags")[1]["tags"]
    assert [item["name"] for item in tags] == [tag]


def test_an_import_without_a_tag_is_found_by_its_digest(registry: Arm) -> None:
    asked = imported(f"library/python@{DIGEST}", untaggedTargetRepositories=["python"])
    registry.call("POST", f"{REGISTRY}/importImage", asked)
    assert listed(registry, "/acr/v1/python/_tags")[1]["tags"] == []
    assert digest_of(registry.store, f"{HOST}/python@{DIGEST}") == DIGEST


def test_an_import_by_tag_has_the_same_digest_each_time(registry: Arm) -> None:
    for tag in ("a:1", "b:1"):
        registry.call("POST", f"{REGISTRY}/importImage", imported("library/python:3.12", tag))
    digests = {digest_of(registry.store, f"{HOST}/{tag}") for tag in ("a:1", "b:1")}
    assert len(digests) == 1
    assert str(digests.pop()).startswith("sha256:")


def test_a_tag_is_moved_only_by_force(registry: Arm) -> None:
    registry.call("POST", f"{REGISTRY}/importImage", imported(f"python@{DIGEST}", "python:3"))
    registry.call("POST", f"{REGISTRY}/importImage", imported(f"python@{DIGEST}", "python:3"))
    again = imported(f"python@{OTHER}", "python:3")
    assert registry.refused("POST", f"{REGISTRY}/importImage", again) == (
        409,
        "TagAlreadyExists",
        "The tag python:3 already exists in the registry. Use mode Force.",
    )
    registry.call("POST", f"{REGISTRY}/importImage", {**again, "mode": "Force"})
    assert digest_of(registry.store, f"{HOST}/python:3") == OTHER
    assert digest_of(registry.store, f"{HOST}/python@{DIGEST}") == DIGEST, "the old one is still there"


def test_images_stay_when_the_registry_is_changed_and_go_with_it(registry: Arm) -> None:
    registry.call("POST", f"{REGISTRY}/importImage", imported(f"python@{DIGEST}", "python:3"))
    made = registry.get(REGISTRY)
    registry.put(REGISTRY, {**made, "tags": {"owner": "me"}})
    assert digest_of(registry.store, f"{HOST}/python:3") == DIGEST
    registry.call("DELETE", REGISTRY)
    assert digest_of(registry.store, f"{HOST}/python:3") is None
    assert listed(registry, "/acr/v1/_catalog") == (
        404,
        {"error": {"code": "NAME_UNKNOWN", "message": f"The registry {HOST} was not found."}},
    )


def test_an_image_of_another_registry_must_be_there_and_may_be_exported(registry: Arm) -> None:
    other = f"{REGISTRIES}/others"
    premium = {"location": LOCATION, "sku": {"name": "Premium"}}
    registry.put(other, premium)
    registry.call("POST", f"{other}/importImage", imported(f"python@{DIGEST}", "python:3"))
    by_id = {"source": {"resourceId": other, "sourceImage": "python:3"}, "targetTags": ["python:3"]}
    by_host = {"source": {"registryUri": "others.azurecr.io", "sourceImage": "python:4"}}
    assert registry.refused("POST", f"{REGISTRY}/importImage", by_host) == (
        404,
        "ManifestUnknown",
        "The image 'python:4' was not found in others.azurecr.io.",
    )
    registry.call("POST", f"{REGISTRY}/importImage", by_id)
    assert digest_of(registry.store, f"{HOST}/python:3") == DIGEST
    policies = {"exportPolicy": {"status": "disabled"}}
    registry.put(other, {**premium, "properties": {"publicNetworkAccess": "Disabled", "policies": policies}})
    assert registry.refused("POST", f"{REGISTRY}/importImage", by_id) == (
        403,
        "ExportDenied",
        "The export policy of the registry others is disabled.",
    )


def test_a_closed_registry_takes_imports_by_azures_trusted_services(registry: Arm) -> None:
    closed = {"publicNetworkAccess": "Disabled", "networkRuleBypassOptions": "None"}
    registry.put(REGISTRY, {"location": LOCATION, "sku": {"name": "Premium"}, "properties": closed})
    assert registry.refused("POST", f"{REGISTRY}/importImage", imported("python:3", "python:3")) == (
        403,
        "NetworkAccessDenied",
        (
            "The registry images is closed to the import: networkRuleBypassOptions must be AzureServices while "
            "public network access is disabled."
        ),
    )


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (imported("Python:3", "python:3"), "The image 'Python:3' is not valid."),
        (imported("python:3", "python:3:4"), "The image 'python:3:4' is not valid."),
        (
            {"source": {"sourceImage": "python:3"}},
            "The source needs either registryUri or resourceId.",
        ),
        (
            {"source": {"sourceImage": "python:3", "resourceId": f"{REGISTRIES}/none"}},
            f"The source registry '{REGISTRIES}/none' was not found.",
        ),
        ({"mode": "Force"}, "Required property 'source' not found in JSON. Path ''."),
    ],
)
def test_an_import_that_can_not_be_is_refused(registry: Arm, asked: Any, message: str) -> None:
    assert registry.refused("POST", f"{REGISTRY}/importImage", asked) == (400, "InvalidParameters", message)


def test_an_import_into_no_registry_is_refused(registry: Arm) -> None:
    assert registry.refused("POST", f"{REGISTRY}2/importImage", imported("python:3", "a:1"))[:2] == (
        404,
        "ResourceNotFound",
    )


def test_nothing_is_pushed_to_a_registrys_address(registry: Arm) -> None:
    status, document = registry.call("PUT", "/v2/python/manifests/3", {}, headers={"Host": HOST})
    assert (status, document["error"]["code"]) == (405, "UNSUPPORTED")
    assert document["error"]["message"] == "Images can't be pushed to a registry of the sandbox."
    assert listed(registry, "/acr/v1/python/_tags")[1]["error"]["message"] == (
        "The repository name is not known to the registry."
    )
