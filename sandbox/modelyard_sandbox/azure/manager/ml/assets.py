"""Code and environments of a workspace, in versions (REST reference of Code Versions and of Environment
Versions, 2025-12-01; "Train models with REST", 2022-03-31; as of 2026-11).

A version can't be changed once it is made, but for what describes it. Of environments only an image that
stands ready is played: nothing is built. An image of a registry of the sandbox must be there when the version
is made, where Azure says so only to the job; images of other registries are taken as they are.
"""

from __future__ import annotations

import re
from typing import Any

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import bad_request
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.kinds import Naming, Write, envelope, filled
from modelyard_sandbox.azure.manager.ml.blob_places import ADDRESS, place_of
from modelyard_sandbox.azure.manager.ml.common import (
    CODE,
    CODE_VERSION,
    ENVIRONMENT,
    ENVIRONMENT_VERSION,
    WORKSPACE,
    MachineLearningKind,
    fixed,
)
from modelyard_sandbox.azure.manager.ml.computes import workspace_of
from modelyard_sandbox.azure.manager.registry_catalog import is_a_registrys
from modelyard_sandbox.azure.manager.registry_images import digest_of
from modelyard_sandbox.azure.manager.shapes import flag, mapping, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

NAMES = Naming(
    re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,254}"),
    "asset",
    "it has 1 to 255 letters, digits, hyphens and underscores, and begins with a letter or a digit",
    "InvalidAssetName",
)
"""Of what has versions: the pattern of the REST reference, 2025-12-01, which takes no dot."""
DESCRIBES = {
    "description": text(),
    "isArchived": flag(),
    "properties": mapping(text()),
    "tags": mapping(text()),
}
"""What of a version can be changed; `properties` can only be added to in Azure."""
PAGE = 30
NOT_PLAYED = ("build", "condaFile", "inferenceConfig")


class _Asset(MachineLearningKind):
    located = False
    patched = False
    listed_in = frozenset[str]()
    page_size = PAGE

    @override
    def settle(self, write: Write) -> Body:
        return {"properties": filled(write.properties, {"isArchived": False, "properties": {}, "tags": {}})}


class _Container(_Asset):
    naming = NAMES
    parent_type = WORKSPACE
    shape = envelope(
        "AssetContainer",
        record(
            "AssetContainerProperties",
            DESCRIBES,
            read_only=("latestVersion", "nextVersion", "provisioningState"),
        ),
        required=("properties",),
    )


class _Version(_Asset):
    naming = Naming(
        re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}"),
        "asset version",
        "it has 1 to 255 letters, digits, dots, hyphens and underscores, and begins with a letter or a digit",
        "InvalidAssetName",
    )
    makes_parent = True
    fixed: tuple[str, ...] = ()
    """The properties that can't be changed."""

    @override
    def settle(self, write: Write) -> Body:
        if write.id.parent is not None:
            # It may be made along with this one.
            NAMES.check(write.id.parent.name)
        body = super().settle(write)
        if write.old is not None:
            for name in self.fixed:
                if body["properties"].get(name) != write.old.properties.get(name):
                    raise fixed(f"The property {name} of an asset's version", f"properties.{name}")
        return body

    @override
    def written(self, store: Store, resource: Resource) -> None:
        parent = resource.id.parent
        if parent is not None and store.get(parent) is None:
            store.write(parent, {"properties": {"isArchived": False, "properties": {}, "tags": {}}})

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        properties = {**resource.properties, "provisioningState": "Succeeded"}
        return {**super().answer(store, resource), "properties": properties}


class Code(_Container):
    """The versions of one piece of code."""

    type = CODE


class Environment(_Container):
    """The versions of one environment."""

    type = ENVIRONMENT


class CodeVersion(_Version):
    """A version of code: where its files are."""

    type = CODE_VERSION
    parent_type = CODE
    fixed = ("codeUri", "isAnonymous")
    shape = envelope(
        "CodeVersion",
        record(
            "CodeVersionProperties",
            {**DESCRIBES, "codeUri": text(), "isAnonymous": flag()},
            read_only=("provisioningState",),
        ),
        required=("properties",),
    )

    @override
    def settle(self, write: Write) -> Body:
        body = super().settle(write)
        uri = body["properties"].get("codeUri")
        if not uri or not ADDRESS.fullmatch(uri):
            raise bad_request(
                "InvalidPropertyValue",
                f"The specified value {uri} for property properties.codeUri is not the address of a "
                "container's blobs: https://ACCOUNT.blob.core.windows.net/CONTAINER/PATH.",
                "properties.codeUri",
            )
        place_of(write.store, _workspace(write), uri, "properties.codeUri")
        return body


class EnvironmentVersion(_Version):
    """A version of an environment: an image."""

    type = ENVIRONMENT_VERSION
    parent_type = ENVIRONMENT
    fixed = ("image", "isAnonymous", "osType")
    shape = envelope(
        "EnvironmentVersion",
        record(
            "EnvironmentVersionProperties",
            {**DESCRIBES, "image": text(), "isAnonymous": flag(), "osType": text("Linux", "Windows")},
            read_only=("environmentType", "provisioningState", "stage"),
        ),
        required=("properties",),
    )

    @override
    def accept(self, id_: ResourceId, body: Any) -> Body:
        given = body.get("properties")
        for name in NOT_PLAYED if isinstance(given, dict) else ():
            if given.get(name) is not None:
                raise bad_request(
                    "BadRequest",
                    f"The sandbox builds no images: the property {name} of an environment isn't played. Name "
                    "an image.",
                    f"properties.{name}",
                )
        return super().accept(id_, body)

    @override
    def settle(self, write: Write) -> Body:
        body = super().settle(write)
        body["properties"].setdefault("osType", "Linux")
        image: str = body["properties"].get("image") or ""
        if not image:
            raise bad_request(
                "BadRequest", "An environment's version needs the property image.", "properties.image"
            )
        if is_a_registrys(image.partition("/")[0]) and digest_of(write.store, image) is None:
            raise bad_request(
                "BadRequest",
                f"The image {image} was not found in its registry: import it first.",
                "properties.image",
            )
        return body

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        shown = super().answer(store, resource)
        return {**shown, "properties": {**shown["properties"], "environmentType": "UserCreated"}}


def _workspace(write: Write) -> ResourceId:
    assert write.id.parent is not None  # noqa: S101  (a version lies in its asset)
    return workspace_of(write.store, write.id.parent).id
