"""What a lookup of a size raises when the catalog doesn't know its name."""

from __future__ import annotations

from modelyard.catalog.unknown import UnknownNameError


class UnknownSize(UnknownNameError):  # noqa: N818 - says what is wrong, as KeyError does not
    """A size of virtual machines that the catalog doesn't know."""

    kind = "size"
