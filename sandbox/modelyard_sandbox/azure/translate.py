"""Pulumi's inputs and outputs, and the documents of Azure's API: the same in two spellings.

azure-native writes the members of `properties` beside the others, and gives some members other names. A
`Form` says what is so in one object; what it doesn't mention is spelled alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

OF_THE_USER = frozenset({"tags", "metadata"})
"""Maps whose members are the user's own."""


@dataclass(frozen=True, slots=True)
class Form:
    """How one object is spelled."""

    beside: frozenset[str] | None = None
    """Members that are beside `properties`, where the others are; None: there is no `properties`, or it is
    spelled out in Pulumi as well.
    """
    renames: Mapping[str, str] = field(default_factory=dict[str, str])
    """Azure's names of members by Pulumi's, where they differ."""
    inner: Mapping[str, Form] = field(default_factory=dict[str, "Form"])
    """Forms of members, or of their items, by Pulumi's names."""
    keyed: frozenset[str] = frozenset()
    """Lists of ids that Azure writes as the keys of a map."""
    read_only: frozenset[str] = frozenset()
    """Members that are Azure's to set, in an object that the user writes."""
    write_only: frozenset[str] = frozenset()
    """Members that Azure doesn't show again."""
    each: Form | None = None
    """The form of every member, of a map."""

    def of(self, name: str) -> Form:
        """The form of a member, or of its items, by Pulumi's name."""
        return self.inner.get(name) or self.each or Form()

    def azure_name(self, name: str) -> str:
        """Azure's name of a member."""
        return self.renames.get(name, name)

    def pulumi_name(self, name: str) -> str:
        """Pulumi's name of a member."""
        return next((ours for ours, theirs in self.renames.items() if theirs == name), name)


def item(*beside: str, **parts: Any) -> Form:
    """The form of what has an id of its own inside another resource."""
    return Form(
        frozenset({"id", "name", "type", "etag", *beside}),
        read_only=frozenset({"id", "type", "etag", "provisioningState"}),
        **parts,
    )


def to_azure(form: Form, value: Any) -> Any:
    """A value of a program as the API takes it."""
    if isinstance(value, list):
        return [to_azure(form, part) for part in value]
    if not isinstance(value, dict):
        return value
    body: dict[str, Any] = {}
    for name, part in value.items():
        if name in form.keyed and isinstance(part, list):
            written: Any = {id_: {} for id_ in part}
        else:
            written = to_azure(form.of(name), part)
        wrapped = form.beside is not None and name not in form.beside
        place = body.setdefault("properties", {}) if wrapped else body
        place[form.azure_name(name)] = written
    return body


def to_pulumi(form: Form, value: Any) -> Any:
    """A value of the API as a program gets it."""
    if isinstance(value, list):
        return [to_pulumi(form, part) for part in value]
    if not isinstance(value, dict):
        return value
    members = value
    if form.beside is not None:
        members = {**value.get("properties", {}), **{k: v for k, v in value.items() if k != "properties"}}
    named = {form.pulumi_name(name): part for name, part in members.items()}
    return {name: to_pulumi(form.of(name), part) for name, part in named.items()}


def as_input(form: Form, found: Any, like: Any) -> Any:
    """What a resource has, as a program would ask for it.

    Args:
        form: of the object.
        found: the value among the outputs.
        like: what the program asks for; what it leaves out is left out. None: nothing is known of a program.
    """
    if isinstance(found, list):
        wanted = like if isinstance(like, list) else []
        return [
            as_input(form, part, wanted[at] if at < len(wanted) else None) for at, part in enumerate(found)
        ]
    if not isinstance(found, dict):
        return found
    asked = {name: like[name] for name in form.write_only & like.keys()} if isinstance(like, dict) else {}
    for name, part in found.items():
        if isinstance(like, dict) and name not in like:
            continue
        if name in form.read_only and not isinstance(like, dict):
            continue
        wanted = like.get(name) if isinstance(like, dict) else None
        if name in form.keyed and isinstance(part, dict):
            asked[name] = _listed(part, wanted)
        elif name in OF_THE_USER:
            asked[name] = part
        else:
            asked[name] = as_input(form.of(name), part, wanted)
    return asked


def pulumi_path(form: Form, path: str) -> str:
    """The path of a property in Pulumi's spelling: `properties.networkAcls` is `networkRuleSet`."""
    first, _, rest = path.partition(".")
    if first == "properties" and form.beside is not None:
        first, _, rest = rest.partition(".")
    bare, bracket, index = first.partition("[")
    name = form.pulumi_name(bare)
    inner = form.of(name)
    return f"{name}{bracket}{index}" + (f".{pulumi_path(inner, rest)}" if rest else "")


def _listed(keys: Mapping[str, Any], like: Any) -> list[str]:
    given: list[str] = like if isinstance(like, list) else []
    return [id_ for id_ in given if id_ in keys] + sorted(keys.keys() - set(given))
