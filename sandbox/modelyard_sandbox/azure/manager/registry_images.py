"""What is in a container registry: tags and digests of what was imported (REST reference: Registries, Import
Image; "Import container images to a container registry"; as of 2026-11).

No image is fetched: an import is noted, under the digest that its source names. Where it names a tag, the
digest is made up of the source's name, so that the same import has the same digest. The words of refusals are
the sandbox's: Azure's pages show none.
"""

from __future__ import annotations

import hashlib
import re

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request, conflict, not_found
from modelyard_sandbox.azure.manager.ids import ResourceId, is_resource_id, resource_id
from modelyard_sandbox.azure.manager.registries import OFF, REGISTRY, REPOSITORIES, Registry, login_server
from modelyard_sandbox.azure.manager.registry_shapes import IMPORT
from modelyard_sandbox.azure.manager.shapes import ShapeFault, accepted
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

REPOSITORY = r"(?P<repository>[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)"
REFERENCE = re.compile(
    rf"{REPOSITORY}(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}}))?(?:@(?P<digest>sha256:[0-9a-f]{{64}}))?"
)
Images = dict[str, dict[str, str]]
"""By repository: the digest of each tag, and of each digest itself."""


def import_image(store: Store, owner: ResourceId, body: Body) -> tuple[int, Body | None]:
    """Note an image in a registry, under the tags asked for."""
    registry = store.get(owner)
    if registry is None:
        raise Registry().missing(owner)
    try:
        asked = accepted(IMPORT, body)
    except ShapeFault as fault:
        raise bad_request("InvalidParameters", fault.message, fault.path) from None
    closed = registry.properties["publicNetworkAccess"] == "Disabled"
    if closed and registry.properties["networkRuleBypassOptions"] != "AzureServices":
        raise ArmError(
            403,
            "NetworkAccessDenied",
            f"The registry {registry.id.name} is closed to the import: networkRuleBypassOptions must be "
            "AzureServices while public network access is disabled.",
        )
    digest = _digest(store, asked["source"])
    targets = [(name, *_target(name, asked["source"])) for name in asked.get("targetTags", [])]
    images: Images = registry.body[REPOSITORIES]
    for name, repository, tag in targets:
        standing = images.get(repository, {}).get(tag, digest)
        if standing != digest and asked.get("mode", "NoForce") == "NoForce":
            raise conflict(
                "TagAlreadyExists", f"The tag {name} already exists in the registry. Use mode Force."
            )
    for _, repository, tag in targets:
        _note(images, repository, digest, tag)
    for name in asked.get("untaggedTargetRepositories", []):
        _note(images, _parted(name, "untaggedTargetRepositories")["repository"] or "", digest)
    return 200, None


def digest_of(store: Store, image: str) -> str | None:
    """The digest of an image, named with its registry's host, as a registry of the sandbox has it; None if
    none does.
    """
    host, _, name = image.partition("/")
    for registry in store.of_type(REGISTRY):
        found = REFERENCE.fullmatch(name)
        if login_server(registry) == host.lower() and found is not None:
            return _find(registry, found)
    return None


def _target(name: str, source: Body) -> tuple[str, str]:
    """The repository and the tag that an import goes to: without a tag, it is the source's."""
    target, given = _parted(name, "targetTags"), _parted(source["sourceImage"], "source.sourceImage")
    return target["repository"], target["tag"] or given["tag"] or "latest"


def _find(registry: Resource, name: re.Match[str]) -> str | None:
    images: Images = registry.body[REPOSITORIES]
    return images.get(name["repository"], {}).get(name["digest"] or name["tag"] or "latest")


def _note(images: Images, repository: str, digest: str, tag: str | None = None) -> None:
    held = images.setdefault(repository, {})
    held[digest] = digest
    if tag is not None:
        held[tag] = digest


def _digest(store: Store, source: Body) -> str:
    """The digest of an import's source."""
    name = _parted(source["sourceImage"], "source.sourceImage")
    if bool(source.get("registryUri")) == bool(source.get("resourceId")):
        raise bad_request("InvalidParameters", "The source needs either registryUri or resourceId.", "source")
    host: str = source.get("registryUri") or ""
    if source.get("resourceId"):
        return _held(_registry(store, source["resourceId"]), name, source["sourceImage"])
    own = next((found for found in store.of_type(REGISTRY) if login_server(found) == host.lower()), None)
    if own is not None:
        return _held(own, name, source["sourceImage"])
    whole = f"{host.lower()}/{name['repository']}:{name['tag'] or 'latest'}"
    return name["digest"] or f"sha256:{hashlib.sha256(whole.encode()).hexdigest()}"


def _registry(store: Store, id_: str) -> Resource:
    place = resource_id(id_) if is_resource_id(id_) else None
    found = store.get(place) if place and place.kind == REGISTRY.lower() else None
    if found is None:
        raise bad_request(
            "InvalidParameters", f"The source registry '{id_}' was not found.", "source.resourceId"
        )
    return found


def _held(registry: Resource, name: re.Match[str], image: str) -> str:
    if registry.properties["policies"]["exportPolicy"]["status"] == OFF:
        raise ArmError(
            403, "ExportDenied", f"The export policy of the registry {registry.id.name} is disabled."
        )
    found = _find(registry, name)
    if found is None:
        raise not_found("ManifestUnknown", f"The image '{image}' was not found in {login_server(registry)}.")
    return found


def _parted(name: str, where: str) -> re.Match[str]:
    found = REFERENCE.fullmatch(name)
    if found is None:
        raise bad_request("InvalidParameters", f"The image '{name}' is not valid.", where)
    return found
