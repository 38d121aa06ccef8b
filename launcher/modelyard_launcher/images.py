"""Which image a job's name of one stands for, where the environment's own repository is meant."""

from __future__ import annotations

from modelyard_launcher.clouds import AnyTarget, on_azure
from modelyard_launcher.job import image_reference

LONGEST_TAG = 128
"""Characters of a tag (OCI Distribution Specification 1.1, "Pulling manifests")."""


class UnnameableImageError(ValueError):
    """A name that can't stand for an image of the environment's repository."""


def image_in(target: AnyTarget, image: str) -> str:
    """The image that a job names, as nodes of a target pull it.

    On Azure the environment has a registry with a repository for each image: cnn:1.0 is in its repository
    cnn.

    Raises UnnameableImageError, as image_uri does.
    """
    if not on_azure(target):
        return image_uri(image, target.registry.repository_url)
    reference = image_reference(image)
    if "/" in reference.name:
        return image
    return (
        f"{target.registry}/{image}"
        if reference.tag or reference.digest
        else f"{target.registry}/{image}:latest"
    )


def image_uri(image: str, repository_url: str) -> str:
    """The image as nodes pull it.

    A name with a path or a registry (team/cnn:1.0, registry.example/cnn:1.0) stands for itself. A bare one
    is an image of the environment's own repository. That is one repository, whose tags never move: cnn:1.0 is
    its image cnn-1.0, and cnn@sha256:... its image of that digest.

    Raises UnnameableImageError if name and tag are longer together than a tag may be.
    """
    reference = image_reference(image)
    if "/" in reference.name:
        return image
    if reference.digest is not None:
        return f"{repository_url}@{reference.digest}"
    tag = f"{reference.name}-{reference.tag or 'latest'}"
    if len(tag) > LONGEST_TAG:
        raise UnnameableImageError(
            f"name and tag make a tag of {len(tag)} characters in the environment's repository"
        )
    return f"{repository_url}:{tag}"
