"""Volumes that a launch template makes are encrypted with a customer key.

A template without a mapping for any EBS volume fails as well. EC2 then makes the volumes as the image
says and keeps the encryption state of the image's snapshots, so that the template promises nothing
(EC2 User Guide, "Use encryption with EBS-backed AMIs", read August 2026). Encryption by default, a
setting of the account, would encrypt them, but is no part of an environment's graph.

A template can't tell the image's root device from its other volumes: that the mappings include it
is for whoever chooses the image.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modelyard_policies.aws.keys import names_customer_key
from modelyard_policies.aws.types import KMS_KEYS, LAUNCH_TEMPLATE
from modelyard_policies.reading import Block, Failure, GraphView, Resource, each, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="launch-template-encrypted-volumes",
    code="CO3",
    title="Launch template volumes are encrypted with a customer-managed key",
    severity=Severity.HIGH,
    resources=(LAUNCH_TEMPLATE,),
    reads=KMS_KEYS,
    why="Scratch volumes hold shards of the training data long after a job.",
    mend=(
        "Map the image's root device and every other volume, with ebs.encrypted true and ebs.kmsKeyId the "
        "environment's key."
    ),
    maps_to={"security_hub": ["EC2.181"]},
    snippet="""\
aws.ec2.LaunchTemplate(
    "nodes",
    block_device_mappings=[
        {
            "device_name": "/dev/xvda",
            "ebs": {"volume_size": 200, "volume_type": "gp3", "encrypted": "true", "kms_key_id": key.arn},
        }
    ],
)
""",
)


@RULE.check
def volumes_are_encrypted(template: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge each mapping that makes an EBS volume."""
    yield from each(template.list("blockDeviceMappings"), lambda mapping: _is_encrypted(mapping, graph))
    if not some(template.list("blockDeviceMappings"), _makes_volume):
        yield template.failure("blockDeviceMappings", "maps no volume, so the image decides about encryption")


@RULE.remedy
def encrypt(template: Resource, graph: GraphView) -> Mapping[str, Any]:
    """Volumes that name a key already; which key the others take is for whoever knows the environment's."""
    volumes = [
        mapping.block("ebs") for mapping in template.list("blockDeviceMappings") if _makes_volume(mapping)
    ]
    plain = [volume for volume in volumes if volume.has("kmsKeyId") and not volume.is_true("encrypted")]
    return {volume.path_of("encrypted"): "true" for volume in plain}


def _makes_volume(mapping: Block) -> bool:
    """Whether the mapping is neither an instance store's nor one that leaves a device out."""
    return not mapping.has("noDevice") and not mapping.has("virtualName")


def _is_encrypted(mapping: Block, graph: GraphView) -> Iterator[Failure]:
    if not _makes_volume(mapping):
        return
    volume = mapping.block("ebs")
    checks = (_encryption_is_on, _key_is_customers)
    yield from each(checks, lambda check: check(mapping, volume, graph))


def _encryption_is_on(mapping: Block, volume: Block, graph: GraphView) -> Iterator[Failure]:
    if not volume.is_true("encrypted"):
        yield volume.failure("encrypted", f"volume {mapping.shown('deviceName')} isn't encrypted")


def _key_is_customers(mapping: Block, volume: Block, graph: GraphView) -> Iterator[Failure]:
    if not names_customer_key(volume, "kmsKeyId", graph):
        yield volume.failure("kmsKeyId", f"volume {mapping.shown('deviceName')} has no customer key")
