"""What to do about an image that its registry doesn't have: the command that imports it.

Making an environment's version is refused for it. The registry is closed, so that neither bringing the
environment up again nor pushing from here mends it.
"""

from __future__ import annotations

from modelyard.planning.azure.images import import_image
from modelyard_launcher.azure.refusals import FORBIDDEN, THROTTLED, UNAUTHORIZED, ArmRefusedError
from modelyard_launcher.job import image_reference

REGISTRIES = ".azurecr.io"
SOURCE = "docker.io/library"
"""An example of where images come from: which registry has this one, nobody can know here."""

_UNKNOWN_DIGEST = f"sha256:{'0' * 64}"
_DIGITS_OF_TAG = 12
_NOT_THE_IMAGES = (UNAUTHORIZED, FORBIDDEN, THROTTLED)
"""Refusals that are about who asks, or how often."""


def with_import(error: ArmRefusedError, image: str) -> ArmRefusedError:
    """A refusal of an environment's version, with the import of its image as what mends it.

    Any other refusal is given back as it is: one that doesn't name the image, or of an image that lies in no
    registry of Azure.
    """
    registry, _, rest = image.partition("/")
    if image not in error.message or not registry.endswith(REGISTRIES) or error.status in _NOT_THE_IMAGES:
        return error
    reference = image_reference(rest)
    digest = reference.digest or _UNKNOWN_DIGEST
    tag = reference.tag or f"sha256-{digest.partition(':')[2][:_DIGITS_OF_TAG]}"
    source = f"{SOURCE}/{reference.name}@{digest}"
    command = import_image(registry.removesuffix(REGISTRIES), source, f"{reference.name}:{tag}").command
    mend = (
        f"import the image, with the registry that has it {_also(reference.digest)}in --source: `{command}`"
    )
    return ArmRefusedError(error.message, mend, error.status, error.code)


def _also(digest: str | None) -> str:
    return "" if digest else "and its digest there "
