"""Resources that take tags."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

PARTS: Final = (
    *("SecurityGroupEgressRule", "SecurityGroupIngressRule"),
    *("AccessEntry", "Addon", "Capability", "IdentityProviderConfig", "PodIdentityAssociation"),
    *("BucketObject", "BucketObjectv2", "ObjectCopy", "TaskSet"),
)
"""Names of types that are parts of another resource, whose tags say what they are: nothing is billed by
theirs, and access goes by them only where someone asks for it."""


def taggable_types() -> tuple[str, ...]:
    """Types of the common services that take a `tags` input, in pulumi-aws 7.51.1, without parts of
    others.
    """
    text = files("modelyard_policies.aws").joinpath("taggable.txt").read_text(encoding="utf-8")
    return tuple(text.split())
