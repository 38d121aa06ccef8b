"""Which machine image Batch chooses for a type of machine."""

from __future__ import annotations

from typing import Literal

from modelyard.catalog.instances import InstanceType

ImageType = Literal["ECS_AL2023", "ECS_AL2023_NVIDIA"]


def batch_image_type(instance: InstanceType) -> ImageType | None:
    """The type of ECS-optimised image that fits; None where Batch offers none with the drivers.

    Source: AWS Batch API Reference, Ec2Configuration.imageType (2026-11): Amazon Linux 2023 for machines
    without GPU, its NVIDIA variant for GPUs except on Graviton. Neuron devices have no image type.
    """
    if instance.kind == "cpu":
        return "ECS_AL2023"
    if instance.kind == "gpu" and instance.architecture == "x86_64":
        return "ECS_AL2023_NVIDIA"
    return None
