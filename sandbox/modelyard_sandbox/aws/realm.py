"""An account of AWS, as an `up` or a `down` works on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from modelyard.planning.release import release_wait_seconds
from modelyard_preview.report.names import count
from modelyard_sandbox.aws.cloud import GLOBAL_REGION, Cloud
from modelyard_sandbox.aws.handler import ResourceHandler
from modelyard_sandbox.aws.provider_settings import provider_settings
from modelyard_sandbox.aws.registry import handler_of, handlers
from modelyard_sandbox.definitions_of_jobs import remove_definitions
from modelyard_sandbox.errors import SandboxError
from modelyard_sandbox.handler import Inputs
from modelyard_sandbox.invokes import answer_invoke, offline_answers
from modelyard_sandbox.realm import Listed, ProviderSettings


@dataclass(frozen=True, slots=True)
class AwsRealm:
    """An account, in the region of what names none."""

    cloud: Cloud

    package: ClassVar[str] = "aws"
    account_word: ClassVar[str] = "account"
    place_word: ClassVar[str] = "region"
    adopts: ClassVar[bool] = False

    @property
    def home(self) -> str:
        """The region of what names none."""
        return self.cloud.region

    def handler_of(self, type_: str) -> ResourceHandler:
        """As `Realm`."""
        return handler_of(type_)

    def cloud_at(self, place: str) -> Cloud:
        """The account in a region."""
        return self.cloud.in_region(place)

    def place_of(
        self, handler: ResourceHandler, region: str | None, settings: ProviderSettings | None
    ) -> str:
        """The region: a global service has one."""
        del settings
        return GLOBAL_REGION if handler.is_global else region or self.home

    def settled(self, handler: ResourceHandler, inputs: Inputs, settings: ProviderSettings | None) -> Inputs:
        """The provider's tags under those of the resource."""
        if not handler.taggable:
            return {}
        default_tags = settings.default_tags if settings else {}
        return {"tagsAll": {**default_tags, **(inputs.get("tags") or {})}}

    def provider(self, properties: Mapping[str, Any]) -> ProviderSettings:
        """The settings for the account that the cloud says it is; raises as `Realm`."""
        return provider_settings(properties, self.cloud.call("sts", "GetCallerIdentity")["Account"])

    def answer(self, token: str, args: dict[str, Any], region: str | None) -> dict[str, Any]:
        """As `Realm`."""
        return answer_invoke(self.cloud.in_region(region or self.home), token, args)

    def offline_answers(self) -> dict[str, dict[str, Any]]:
        """As `Realm`."""
        return offline_answers(self.cloud)

    def wait_seconds(self, errors: Sequence[str]) -> float | None:
        """As often as the error hook of our pools would have the engine try."""
        return release_wait_seconds("delete", errors)

    def worded(self, handler: ResourceHandler, inputs: Inputs, error: SandboxError) -> str:
        """As it is."""
        del handler, inputs
        return str(error)

    def mend(self, type_: str, error: SandboxError) -> str | None:
        """None: AWS's words do."""
        del type_, error

    def listed(self, places: set[str]) -> set[Listed]:
        """Type, region and id of everything in the account that isn't AWS's own."""
        found: set[Listed] = set()
        regional = places - ({GLOBAL_REGION} - {self.home})
        for type_, handler in handlers().items():
            for region in {GLOBAL_REGION} if handler.is_global else regional:
                found |= {
                    (type_, region, id_) for id_ in handler.list_ids(self.cloud.in_region(region)) or ()
                }
        return found

    def clean_up(self, environment: str, besides: Iterable[Listed]) -> tuple[set[Listed], list[str]]:
        """The definitions of jobs that were submitted to it."""
        gone = remove_definitions(environment, besides, self.cloud)
        said = f"removed the {count(len(gone), 'job definition')} of what was submitted to it"
        return gone, [said] if gone else []

    def leftovers(self, gone: Iterable[Listed]) -> list[str]:
        """Nothing: what AWS makes by itself is its own, and in every account."""
        del gone
        return []
