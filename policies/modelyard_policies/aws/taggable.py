"""Resources that take tags."""

from __future__ import annotations

from importlib.resources import files


def taggable_types() -> tuple[str, ...]:
    """Types of the common services that take a `tags` input, in pulumi-aws 7.51.1.

    S3 objects are left out: neither bills nor access rules go by their tags unless someone asks for it,
    and their bucket's tags say what they are.
    """
    text = files("modelyard_policies.aws").joinpath("taggable.txt").read_text(encoding="utf-8")
    return tuple(text.split())
