"""Symmetric customer-managed keys rotate by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modelyard_policies.aws.types import KMS_KEY
from modelyard_policies.reading import Failure, GraphView, Resource, all_of
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="key-rotation",
    code="EN1",
    title="Customer-managed keys rotate",
    severity=Severity.MEDIUM,
    resources=(KMS_KEY,),
    why="Rotation bounds how much data one key's material ever protects.",
    mend="Set enableKeyRotation to true.",
    maps_to={"checkov": ["CKV_AWS_7"], "security_hub": ["KMS.4"], "cis_aws": ["3.6"]},
    snippet='aws.kms.Key("datasets", description="Datasets", enable_key_rotation=True)\n',
)


@RULE.applies
def can_rotate(key: Resource, graph: GraphView) -> bool:
    """KMS rotates symmetric encryption keys only, and none in a custom key store."""
    return all_of(
        lambda: key.text("customerMasterKeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT",
        lambda: not key.text("customKeyStoreId"),
    )


@RULE.check
def rotation_is_on(key: Resource, graph: GraphView) -> Iterator[Failure]:
    """Rotation is off unless it is asked for."""
    if not key.is_true("enableKeyRotation"):
        yield key.failure("enableKeyRotation", f"is {key.shown('enableKeyRotation')}")


@RULE.remedy
def rotate(key: Resource, graph: GraphView) -> Mapping[str, Any]:
    """Rotation takes nothing away: what older material encrypted stays readable."""
    return {} if key.is_true("enableKeyRotation") else {"enableKeyRotation": True}
