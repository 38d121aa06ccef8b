"""What a container registry answers at its own address about what is in it (REST reference of the registry's
data plane, 2021-07-01: Get Repositories, Get Tags, Get Manifests; as of 2026-11).

It takes any token, and none; images can be neither pushed nor pulled.
"""

from __future__ import annotations

import re

from modelyard_sandbox.azure.manager.errors import ArmError, not_found
from modelyard_sandbox.azure.manager.registries import REGISTRY, REPOSITORIES, login_server
from modelyard_sandbox.azure.manager.registry_images import Images
from modelyard_sandbox.azure.manager.store import Body, Store

HOST = re.compile(r"[a-z0-9]{5,50}\.azurecr\.io", re.IGNORECASE)
LISTS = re.compile(r"/acr/v1/(?P<repository>.+)/_(?P<what>tags|manifests)")


def is_a_registrys(host: str) -> bool:
    """Whether a request's Host is a registry's."""
    return HOST.fullmatch(host.partition(":")[0]) is not None


def answer(store: Store, host: str, method: str, path: str) -> tuple[int, Body]:
    """What a registry holds."""
    name = host.partition(":")[0].lower()
    registry = next((found for found in store.of_type(REGISTRY) if login_server(found) == name), None)
    if registry is None:
        raise not_found("NAME_UNKNOWN", f"The registry {name} was not found.")
    if method != "GET":
        raise ArmError(405, "UNSUPPORTED", "Images can't be pushed to a registry of the sandbox.")
    images: Images = registry.body[REPOSITORIES]
    if path in ("/acr/v1/_catalog", "/v2/_catalog"):
        return 200, {"repositories": sorted(images)}
    found = LISTS.fullmatch(path)
    if found is None or found["repository"] not in images:
        raise not_found("NAME_UNKNOWN", "The repository name is not known to the registry.")
    held, whole = images[found["repository"]], {"registry": name, "imageName": found["repository"]}
    if found["what"] == "tags":
        tags = [{"name": tag, "digest": digest} for tag, digest in sorted(held.items()) if tag != digest]
        return 200, {**whole, "tags": tags}
    digests = sorted(set(held.values()))
    manifests = [
        {"digest": digest, "tags": sorted(tag for tag in held if tag != digest == held[tag])}
        for digest in digests
    ]
    return 200, {**whole, "manifests": manifests}
