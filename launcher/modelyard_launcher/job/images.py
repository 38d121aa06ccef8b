"""Container images by name: what a name says, and how sure one can be of what it stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

LONGEST_IMAGE = 255
"""Characters of an image that AWS Batch takes (API Reference, ContainerProperties, 2026-11)."""

_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?"
_WORD = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
_NAME = rf"(?:{_HOST}/)?{_WORD}(?:/{_WORD})*"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_DIGEST = r"sha256:[0-9a-f]{64}"

IMAGE_PATTERN = rf"^{_NAME}(?::{_TAG})?(?:@{_DIGEST})?$"
"""As registries take it (distribution/reference, 2026-11): host, path in lower case, tag, digest."""

_PARTS = re.compile(rf"^({_NAME})(?::({_TAG}))?(?:@({_DIGEST}))?$")

ImageName = Annotated[
    str,
    Field(
        pattern=IMAGE_PATTERN,
        max_length=LONGEST_IMAGE,
        examples=["cnn:1.0"],
        json_schema_extra={
            "allowed": "the name of an image in lower case with its tag or digest, as cnn:1.0 or "
            f"cnn@sha256:<64 digits>, {LONGEST_IMAGE} characters at most",
            "mend": "write the name as the registry has it, as cnn:1.0",
        },
    ),
]


@dataclass(frozen=True, slots=True)
class ImageReference:
    """The parts of an image's name."""

    name: str
    """Registry and repository, as cnn or registry.example/team/cnn."""
    tag: str | None
    digest: str | None
    """SHA-256 of what it stands for, as sha256:...; none if only the registry knows."""

    @property
    def moves(self) -> bool:
        """Whether it is made to stand for something else tomorrow: no digest, and no tag or `latest`."""
        return self.digest is None and self.tag in {None, "latest"}


def image_reference(image: str) -> ImageReference:
    """The parts of an image's name. Raises ValueError for what is none."""
    match = _PARTS.match(image)
    if match is None:
        raise ValueError(f"{image!r} is no name of an image")
    return ImageReference(*match.groups())
