"""What an `up` or a `down` needs to know of the cloud that it works on: an account there, and its types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from modelyard_sandbox.errors import SandboxError
from modelyard_sandbox.handler import BaseHandler, Inputs

Listed = tuple[str, str, str]
"""Type, place and id of something in the account."""


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """What an explicit provider says for its resources."""

    default_tags: dict[str, str] = field(default_factory=dict[str, str])
    place: str | None = None
    """Where they are, if the provider says it: see `Realm.home`."""
    location: str | None = None
    """The region of those that don't say it, where a place isn't a region."""


class Realm(Protocol):
    """One account of one cloud.

    A place is what a call must name beside a resource's id: a region of AWS, a subscription of Azure.
    """

    package: ClassVar[str]
    """Pulumi's name of the package whose types it has."""
    account_word: ClassVar[str]
    """What an account is called there."""
    place_word: ClassVar[str]
    """What a place is called there."""
    adopts: ClassVar[bool]
    """Whether what an interrupted creation left is kept for the next `up`, or taken away.

    It is kept where a deleted name stays taken.
    """

    @property
    def home(self) -> str:
        """The place of what names none."""
        ...

    def handler_of(self, type_: str) -> BaseHandler[Any]:
        """The handler of a type; raises UnsupportedError naming the type and the known ones."""
        ...

    def cloud_at(self, place: str) -> Any:
        """A place, as handlers take it."""
        ...

    def place_of(self, handler: Any, region: str | None, settings: ProviderSettings | None) -> str:
        """Where a resource goes, by the region that the engine found for it and by its provider."""
        ...

    def settled(self, handler: Any, inputs: Inputs, settings: ProviderSettings | None) -> Inputs:
        """What a provider adds to a resource's inputs."""
        ...

    def provider(self, properties: Mapping[str, Any]) -> ProviderSettings:
        """The settings of an explicit provider.

        Raises:
            UnsupportedError: one that the sandbox doesn't know.
            ImpossibleError: the provider refuses the account.
        """
        ...

    def answer(self, token: str, args: dict[str, Any], region: str | None) -> dict[str, Any]:
        """Answer a data source; raises UnsupportedError naming one that the sandbox doesn't have."""
        ...

    def offline_answers(self) -> dict[str, dict[str, Any]]:
        """The answers of data sources that don't depend on arguments, for a dry run."""
        ...

    def wait_seconds(self, errors: Sequence[str]) -> float | None:
        """How long to wait before a deletion is tried again, whose tries ended so, the last one first; None:
        another try is of no use.
        """
        ...

    def worded(self, handler: Any, inputs: Inputs, error: SandboxError) -> str:
        """An error of a creation or a change, for people."""
        ...

    def mend(self, type_: str, error: SandboxError) -> str | None:
        """How to mend what refused a type, where the cloud's words don't say it."""
        ...

    def listed(self, places: set[str]) -> set[Listed]:
        """Everything in these places that isn't the cloud's own."""
        ...

    def clean_up(self, environment: str, besides: Iterable[Listed]) -> tuple[set[Listed], list[str]]:
        """Take away what people's jobs left of an environment among what else is there; what went, and what
        to say of it.
        """
        ...

    def leftovers(self, gone: Iterable[Listed]) -> list[str]:
        """What the cloud keeps by itself of what was in the account, for people; `gone` was just deleted."""
        ...
