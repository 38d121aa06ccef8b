"""Questions that are asked of a file's fields, each with its problem at the field's line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from modelyard_policies.errors import SettingsError, SettingsProblem, nearest
from modelyard_policies.settings.lines import Document, Path


class Fields:
    """Reads a document and gathers every problem instead of stopping at the first."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[SettingsProblem] = []

    def done(self) -> None:
        """Raise SettingsError if there were problems."""
        if self.problems:
            raise SettingsError(sorted(self.problems, key=lambda problem: problem.line or 0))

    def refuse(self, path: Path, given: object, message: str, allowed: str, mend: str) -> None:
        """Note a problem."""
        self.problems.append(self.document.problem(path, given, message, allowed, mend))

    def schema(self, expected: str) -> None:
        """The file has to say its form. Raises SettingsError, as nothing can be read of another form."""
        given = self.document.data.get("schema")
        if given != expected:
            allowed = f"schema: {expected}"
            message = "the file doesn't say its form" if given is None else "this is another form"
            path: Path = () if given is None else ("schema",)
            self.refuse(path, given, message, allowed, f"write `{allowed}` as the first line")
        self.done()

    def known(self, path: Path, data: Mapping[str, Any], fields: Iterable[str]) -> None:
        """No field but these."""
        names = list(fields)
        for name in data:
            if name not in names:
                message = f"there is no field {name!r} here{nearest(name, names)}"
                self.refuse((*path, name), name, message, ", ".join(names), "remove or rename it")

    def mapping(self, path: Path, value: Any, what: str) -> dict[str, Any]:
        """A mapping; empty, and a problem, for anything else."""
        if isinstance(value, dict):
            return cast("dict[str, Any]", value)
        self.refuse(path, value, f"{what} has to be a mapping", "`name: value` lines", "write it so")
        return {}

    def items(self, path: Path, value: Any, what: str) -> list[Any]:
        """A list; empty, and a problem, for anything else."""
        if isinstance(value, list):
            return cast("list[Any]", value)
        self.refuse(path, value, f"{what} has to be a list", "lines that start with `- `", "write it so")
        return []

    def text(self, path: Path, data: Mapping[str, Any], name: str, what: str) -> str:
        """A field of text that says something; empty, and a problem, for anything else."""
        value = data.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if value is None:
            self.refuse(path, "nothing", f"{name!r} is missing", what, f"add `{name}:`")
        else:
            self.refuse((*path, name), value, f"{name!r} has to be text", what, "write text, in quotes")
        return ""
