"""What a document holds, and how one is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from modelyard.errors import InputError, Problem
from modelyard_policies.graph import Graph

PREVIEW = "pulumi preview --json"
STATE = "pulumi stack export"
OWN = "modelyard preview --format json"

ALLOWED = f"what `{PREVIEW}`, `{STATE}` or `{OWN}` wrote"


@dataclass(frozen=True, slots=True)
class Document:
    """The resources of a document."""

    graph: Graph
    form: str
    """The command that writes such documents."""
    name: str
    """What its resources belong to, as `project/stack`; empty if it doesn't say."""
    region: str | None = None
    """The region that it says of resources that name none."""
    remarks: tuple[str, ...] = field(default=())
    """What has to be known of it, each a sentence."""


class Refusal:
    """Makes the errors of one file."""

    def __init__(self, option: str, given: str) -> None:
        self.option = option
        """The option that named it."""
        self.given = given

    def error(self, message: str, mend: str, field: str = "") -> InputError:
        """The error; `field` is a place in the document."""
        return InputError([Problem(field or self.option, self.given, message, ALLOWED, mend, self.given)])

    def mapping(self, value: Any, place: str) -> dict[str, Any]:
        """A value that has to be an object, at a place of the document. Raises InputError."""
        if isinstance(value, dict):
            return value
        raise self.error("this has to be an object", "write the file anew", place)

    def entries(self, value: Any, place: str) -> list[dict[str, Any]]:
        """A value that has to be a list of objects, or nothing. Raises InputError."""
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.error("this has to be a list", "write the file anew", place)
        return [self.mapping(entry, f"{place}[{position}]") for position, entry in enumerate(value)]

    def text(self, fields: dict[str, Any], name: str, place: str) -> str:
        """A field that has to be text. Raises InputError."""
        value = fields.get(name)
        if isinstance(value, str) and value:
            return value
        raise self.error(f"a resource needs its {name}", "write the file anew", f"{place}.{name}")
