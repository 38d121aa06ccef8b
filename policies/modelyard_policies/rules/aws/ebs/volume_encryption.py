"""Volumes are encrypted with a customer-managed key, those that an instance is given included.

A volume without a word of it is encrypted only where the account does so by default, as the stack itself may
say for the region (EncryptionByDefault), or where its snapshot was, which the stack doesn't show. An instance
without a root device of its own, or of a launch template, takes what its image says; launch templates are
judged by launch-template-encrypted-volumes.

Without a key the account's default one is taken: a customer-managed one if the stack sets it in the same
region (DefaultKmsKey). A launch configuration can't name a key. The tag `data-classification` may spare a
volume the key, not the encryption.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.keys import names_customer_key
from modelyard_policies.aws.types import (
    EBS_DEFAULT_KEY,
    EBS_ENCRYPTION_BY_DEFAULT,
    INSTANCE,
    KMS_KEYS,
    LAUNCH_CONFIGURATION,
    SPOT_INSTANCE_REQUEST,
    VOLUME,
)
from modelyard_policies.declared import may_be_classified
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, each, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="volume-encryption",
    code="CO4",
    title="Volumes are encrypted with a customer-managed key",
    severity=Severity.HIGH,
    resources=(VOLUME, INSTANCE, SPOT_INSTANCE_REQUEST, LAUNCH_CONFIGURATION),
    reads=(EBS_DEFAULT_KEY, EBS_ENCRYPTION_BY_DEFAULT, *KMS_KEYS),
    why="A volume in plain gives its data to whoever gets a snapshot of it, and AWS's key keeps out nobody.",
    mend=(
        "Set encrypted to true and kmsKeyId to a key of your own, on the volume or in the instance's "
        "rootBlockDevice and ebsBlockDevices. A volume that stands has to be copied by an encrypted snapshot."
    ),
    maps_to={
        "checkov": ["CKV_AWS_3", "CKV_AWS_189", "CKV_AWS_8"],
        "security_hub": ["EC2.3"],
    },
    snippet="""\
aws.ebs.Volume(
    "scratch",
    availability_zone="eu-west-1a",
    size=500,
    type="gp3",
    encrypted=True,
    kms_key_id=key.arn,
)
""",
)


@RULE.check
def volumes_are_encrypted(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the volume itself, or each that a machine is given."""
    if resource.type == VOLUME:
        yield from _is_encrypted(resource, resource, graph)
        return
    keys = ("rootBlockDevice", "ebsBlockDevices")
    yield from each(
        keys, lambda key: each(resource.list(key), lambda volume: _is_encrypted(volume, resource, graph))
    )
    if not resource.has("rootBlockDevice") and not resource.has("launchTemplate"):
        yield from _root_of_the_image(resource, graph)


def _root_of_the_image(machine: Resource, graph: GraphView) -> Iterator[Failure]:
    if _is_encrypted_by_default(machine, graph):
        yield from _key_is_customers(machine.block("rootBlockDevice"), machine, graph)
    else:
        yield machine.failure("rootBlockDevice", "is unset, so the image decides about encryption")


def _is_encrypted(volume: Block, holder: Resource, graph: GraphView) -> Iterator[Failure]:
    if not volume.is_true("noDevice"):
        yield from each((_encryption_is_on, _key_is_customers), lambda check: check(volume, holder, graph))


def _encryption_is_on(volume: Block, holder: Resource, graph: GraphView) -> Iterator[Failure]:
    if not volume.has("encrypted") and _is_encrypted_by_default(holder, graph):
        return
    if not volume.is_true("encrypted"):
        yield volume.failure("encrypted", f"is {volume.shown('encrypted')}")


def _key_is_customers(volume: Block, holder: Resource, graph: GraphView) -> Iterator[Failure]:
    if holder.type == LAUNCH_CONFIGURATION or not may_be_classified(holder, graph):
        return
    if not volume.has("kmsKeyId") and _default_is_customers(holder, graph):
        return
    if not names_customer_key(volume, "kmsKeyId", graph):
        yield volume.failure("kmsKeyId", "names no customer-managed key")


def _is_encrypted_by_default(holder: Resource, graph: GraphView) -> bool:
    """EncryptionByDefault turns it on unless it says false (pulumi-aws 7, ebs.EncryptionByDefault)."""
    return some(
        graph.of_type(EBS_ENCRYPTION_BY_DEFAULT),
        lambda setting: all_of(
            lambda: setting.node.region == holder.node.region,
            lambda: not setting.has("enabled") or setting.is_true("enabled"),
        ),
    )


def _default_is_customers(holder: Resource, graph: GraphView) -> bool:
    return any(default.node.region == holder.node.region for default in graph.of_type(EBS_DEFAULT_KEY))
