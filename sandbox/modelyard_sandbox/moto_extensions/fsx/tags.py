"""Tags of FSx resources: of those that exist only, and of links too, which moto doesn't know.

Source: Amazon FSx API reference, TagResource, UntagResource, ListTagsForResource, 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from moto.core.resource_tagging import TaggedResource
from moto.fsx.models import FSxBackend

from modelyard_sandbox.moto_extensions.fsx.answers import listed, parameters, refuse
from modelyard_sandbox.moto_extensions.fsx.records import associations_of, backups_of
from modelyard_sandbox.moto_extensions.store import store_of

MOTO_TAGGED = FSxBackend.iter_tagged_resources


def install() -> None:
    """Show our resources to the Resource Groups Tagging API as well."""
    FSxBackend.iter_tagged_resources = _iter_tagged  # pyright: ignore[reportAttributeAccessIssue] (in the place of moto's)


def tag_resource(self: Any) -> str:
    """TagResource."""
    asked = parameters(self)
    self.fsx_backend.tagger.tag_resource(_arn(self), asked.get("Tags") or [])
    return json.dumps({})


def untag_resource(self: Any) -> str:
    """UntagResource."""
    asked = parameters(self)
    self.fsx_backend.untag_resource(_arn(self), asked.get("TagKeys") or [])
    return json.dumps({})


def list_tags_for_resource(self: Any) -> str:
    """ListTagsForResource."""
    return listed(self, self.fsx_backend.list_tags_for_resource(_arn(self)), "Tags")


def _arn(self: Any) -> str:
    arn = parameters(self).get("ResourceARN", "")
    if ":fsx:" not in arn:
        refuse("NotServiceResourceError", f"{arn} is no resource of Amazon FSx.", ResourceARN=arn)
    known = {file_system.resource_arn for file_system in self.fsx_backend.file_systems.values()}
    for kept in (backups_of(self), associations_of(self)):
        known |= {record["ResourceARN"] for record in kept.values()}
    if arn not in known:
        refuse("ResourceNotFound", f"The resource {arn} does not exist.", ResourceARN=arn)
    return arn


def _iter_tagged(self: Any) -> Iterator[TaggedResource]:
    yield from MOTO_TAGGED(self)
    for kind, name in (("backup", "backups"), ("association", "associations")):
        for record in store_of(self, name).values():
            arn = record["ResourceARN"]
            yield TaggedResource(
                arn=arn,
                tags=self.tagger.get_tag_dict_for_resource(arn),
                resource_type=f"fsx:{kind}",
            )
