"""How an image that exists reaches a registry that is closed to the internet, as a command to be run.

A registry with no public endpoint can't be pushed to from anywhere but its network, and Azure's own builds
(ACR Tasks) don't reach it either (Azure/acr#762). The ways that are left are told in
docs/how-to/run-an-environment-on-azure.md.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

SOURCE = re.compile(
    r"(?P<host>[a-z0-9.-]+(?::[0-9]+)?)/(?P<path>[a-z0-9._/-]+)@sha256:(?P<digest>[0-9a-f]{64})"
)
"""An image elsewhere, by its digest: docker.io/library/python@sha256:0123…"""

TARGET = re.compile(r"(?P<repository>[a-z0-9]+(?:[._/-][a-z0-9]+)*):(?P<tag>[\w][\w.-]{0,127})")
"""What an image is called in the registry: training/vae:2026-11."""


@dataclass(frozen=True, slots=True)
class Import:
    """An image to be copied into the registry by Azure itself."""

    command: str
    """What to run, anywhere: the copy is made by Azure's management, not by this machine."""
    reference: str
    """What jobs then call the image, by its digest."""


def import_image(registry: str, source: str, target: str, *, with_credentials: bool = False) -> Import:
    """How to copy an image into a registry, called as jobs want it.

    The copy has the digest of its source. It is always given a tag as well: an image that has none is
    untagged, and the registry's retention would delete it after some days, whoever uses it by its digest.

    Args:
        registry: the registry's name, as devimages01.
        source: the image elsewhere, by digest.
        target: repository and tag in the registry.
        with_credentials: whether the command asks for a name and a token of the source's registry. Docker
            Hub counts imports without against all of Azure's.

    Raises ValueError for a source that isn't pinned by its digest, or a target without a tag.
    """
    pinned, called = SOURCE.fullmatch(source), TARGET.fullmatch(target)
    if pinned is None:
        raise ValueError(
            f"{source!r} is no image by its digest, as docker.io/library/python@sha256:{'0' * 8}…: "
            "what a tag stands for moves"
        )
    if called is None:
        raise ValueError(f"{target!r} is no repository with a tag, as training/vae:2026-11")
    words = ["az", "acr", "import", "--name", registry, "--source", source, "--image", target]
    command = shlex.join(words)
    if with_credentials:
        command += ' --username "$SOURCE_USER" --password "$SOURCE_TOKEN"'
    return Import(command, f"{registry.lower()}.azurecr.io/{called['repository']}@sha256:{pinned['digest']}")
