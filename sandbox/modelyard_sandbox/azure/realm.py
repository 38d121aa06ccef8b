"""A subscription of Azure, as an `up` or a `down` works on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from modelyard_sandbox.azure.afterlife import is_name_taken, keeps_backups, leftovers
from modelyard_sandbox.azure.client import AzureCloud
from modelyard_sandbox.azure.handler import ArmHandler
from modelyard_sandbox.azure.package import CLIENT_CONFIG, PACKAGE, AzurePlace
from modelyard_sandbox.azure.registry import handlers
from modelyard_sandbox.errors import CloudError, SandboxError
from modelyard_sandbox.handler import Inputs
from modelyard_sandbox.provider.blame import worded
from modelyard_sandbox.realm import Listed, ProviderSettings


@dataclass(frozen=True, slots=True)
class AzureRealm:
    """A subscription, with the location of what names none and lies in no group."""

    place: AzurePlace
    generation: int | None = None
    """The part of the environment's names that is raised where they stay taken; None for other programs."""

    package: ClassVar[str] = PACKAGE.name
    account_word: ClassVar[str] = "subscription"
    place_word: ClassVar[str] = "subscription"
    adopts: ClassVar[bool] = True

    @property
    def home(self) -> str:
        """The subscription of what names none."""
        return self.place.cloud.subscription_id

    def handler_of(self, type_: str) -> ArmHandler:
        """As `Realm`."""
        return PACKAGE.handler_of(type_)

    def cloud_at(self, place: str) -> AzureCloud:
        """A subscription."""
        return replace(self.place.cloud, subscription_id=place)

    def place_of(self, handler: ArmHandler, region: str | None, settings: ProviderSettings | None) -> str:
        """The provider's subscription: a region is an input of Azure's resources."""
        del handler, region
        return (settings.place if settings else None) or self.home

    def settled(self, handler: ArmHandler, inputs: Inputs, settings: ProviderSettings | None) -> Inputs:
        """A location, where none is given."""
        place = self.place
        if settings is not None:
            cloud = self.cloud_at(settings.place or self.home)
            place = replace(place, cloud=cloud, location=settings.location)
        return place.defaults(handler, inputs)

    def provider(self, properties: Mapping[str, Any]) -> ProviderSettings:
        """The settings of an explicit provider; raises as `Realm`."""
        PACKAGE.check(properties)
        return ProviderSettings(
            place=properties.get("subscriptionId") or None, location=properties.get("location") or None
        )

    def answer(self, token: str, args: dict[str, Any], region: str | None) -> dict[str, Any]:
        """As `Realm`."""
        del region
        return self.place.answer(token, args)

    def offline_answers(self) -> dict[str, dict[str, Any]]:
        """As `Realm`."""
        return {CLIENT_CONFIG: self.place.answer(CLIENT_CONFIG, {})}

    def wait_seconds(self, errors: Sequence[str]) -> float | None:
        """None: what holds a deletion up in Azure holds it up until it goes."""
        del errors

    def worded(self, handler: ArmHandler, inputs: Inputs, error: SandboxError) -> str:
        """With the property at fault, where Azure says it."""
        return worded(handler, inputs, error)

    def mend(self, type_: str, error: SandboxError) -> str | None:
        """Another generation, where something deleted still has the name; time, where backups are kept."""
        if not isinstance(error, CloudError):
            return None
        if keeps_backups(error):
            return (
                "let the days pass that deleted backups are kept, as by `modelyard sandbox clock --forward "
                "15d`, and then again"
            )
        if not is_name_taken(type_, error):
            return None
        if self.generation is None:
            return "give it another name, or recover or purge what was deleted; `up` again continues"
        return (
            f"set the environment's field generation to {self.generation + 1} (it is {self.generation}), "
            "which ends the names that stay taken after a deletion; `up` again continues from here"
        )

    def listed(self, places: set[str]) -> set[Listed]:
        """Type, subscription and id of everything that isn't Azure's own."""
        return {
            (type_, place, id_)
            for place in places
            for type_, handler in handlers().items()
            for id_ in handler.list_ids(self.cloud_at(place)) or ()
        }

    def clean_up(self, environment: str, besides: Iterable[Listed]) -> tuple[set[Listed], list[str]]:
        """Nothing: jobs lie in a workspace, and go with it."""
        del environment, besides
        return set(), []

    def leftovers(self, gone: Iterable[Listed]) -> list[str]:
        """Names that stay taken, and what Azure made by itself."""
        return leftovers(self.place.cloud, gone)
