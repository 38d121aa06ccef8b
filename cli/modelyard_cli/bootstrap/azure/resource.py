"""One resource of Azure as a part of a bootstrap: how it should be, and one PUT that makes it so."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from modelyard_cli.bootstrap.parts import MISSING, Difference
from modelyard_launcher.azure.refusals import ArmRefusedError

if TYPE_CHECKING:
    from modelyard_launcher.azure.arm import Arm

Document = dict[str, Any]

NOT_REGISTERED = frozenset({"MissingSubscriptionRegistration", "SubscriptionNotRegistered"})
"""Codes of answers to who asks for something of a provider that the subscription hasn't registered ("Resolve
errors for resource provider registration", 2026-11): a plan is made before bootstrap registers it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that is looked at, and how it should be."""

    what: str
    """For people, as `shared keys`."""
    path: tuple[str, ...]
    """Where it stands in the resource's document."""
    wanted: Any
    unset: Any = None
    """What Azure takes it for where the document says nothing."""
    normal: Callable[[Any], Any] = field(default=lambda value: value, compare=False)
    """The form in which values are compared and shown."""

    def differs(self, found: Document) -> tuple[str, str] | None:
        """How it is and how it should be, if that isn't the same."""
        now = self.normal(read(found, self.path, self.unset))
        wanted = self.normal(self.wanted)
        return None if now == wanted else (said(now), said(wanted))


@dataclass(slots=True)
class ArmResource:
    """A resource that the resource manager makes."""

    arm: Arm
    id: str
    """Its resource id."""
    api_version: str
    subject: str
    why: str
    region: str
    created: str
    """What it is when it is made, for people."""
    body: Callable[[Document | None], Document]
    """What to PUT, for what stands; None where nothing does."""
    settings: Sequence[Setting] = ()

    def found(self) -> Document | None:
        """What stands."""
        return find(self.arm, self.id, self.api_version)

    def differences(self) -> list[Difference]:
        """What isn't as it should be."""
        found = self.found()
        if found is None:
            return [Difference("resource", MISSING, self.created, lambda: self.write(None))]
        differing = [(setting.what, each) for setting in self.settings if (each := setting.differs(found))]
        # One PUT mends all of them: the first has it.
        mends = [lambda: self.write(found), *[_nothing] * len(differing)]
        return [
            Difference(what, now, wanted, mend)
            for (what, (now, wanted)), mend in zip(differing, mends, strict=False)
        ]

    def write(self, found: Document | None) -> None:
        """Make it so."""
        self.arm.put(self.id, self.api_version, self.body(found))


def find(arm: Arm, path: str, api_version: str) -> Document | None:
    """What stands at a path; None if nothing does, or nothing can, since its provider isn't registered."""
    try:
        return arm.find(path, api_version)
    except ArmRefusedError as error:
        if error.code in NOT_REGISTERED:
            return None
        raise


def read(document: Mapping[str, Any], path: Sequence[str], unset: Any = None) -> Any:
    """What stands at a place in a document."""
    value: Any = document
    for name in path:
        if not isinstance(value, Mapping) or name not in value:
            return unset
        value = value[name]
    return unset if value is None else value


def said(value: Any) -> str:
    """A setting's value for people."""
    match value:
        case None:
            return "not set"
        case True:
            return "on"
        case False:
            return "off"
        case list() | tuple():
            return ", ".join(str(each) for each in value) or "none"
        case _:
            return str(value)


def tagged(found: Document | None, tags: Mapping[str, str]) -> dict[str, str]:
    """Our tags over those that somebody gave it."""
    return {**read(found or {}, ("tags",), {}), **tags}


def tags_setting(tags: Mapping[str, str]) -> Setting:
    """That our tags are there; others are left."""
    ours = sorted(f"{name}={value}" for name, value in tags.items())

    def normal(value: Any) -> list[str]:
        if isinstance(value, list):
            return value
        return sorted(f"{name}={value[name]}" for name in tags if name in (value or {}))

    return Setting("tags", ("tags",), ours, {}, normal)


def _nothing() -> None:
    """Was mended with another."""
