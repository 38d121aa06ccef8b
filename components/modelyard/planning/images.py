"""Which machine image fits a type of machine: the one that Batch chooses, and where AWS publishes its id."""

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


PARAMETER_ROOT = "/aws/service/ecs/optimized-ami/amazon-linux-2023"
"""Public parameters of the ECS-optimised images on Amazon Linux 2023: `recommended`, and one a version."""


def image_parameter(instance: InstanceType) -> str | None:
    """Path of the public parameters of the ECS-optimised image that fits; None where AWS publishes none.

    Under it lie `recommended` and, by its name, every version of the image. Source: Amazon ECS Developer
    Guide, "Retrieving Amazon ECS-optimized Linux AMI metadata" (2026-11): variants for x86_64, arm64, GPUs
    and Neuron devices, the last two on x86_64 only.
    """
    if instance.kind == "cpu":
        return PARAMETER_ROOT if instance.architecture == "x86_64" else f"{PARAMETER_ROOT}/arm64"
    if instance.architecture != "x86_64":
        return None
    return f"{PARAMETER_ROOT}/{'gpu' if instance.kind == 'gpu' else 'neuron'}"
