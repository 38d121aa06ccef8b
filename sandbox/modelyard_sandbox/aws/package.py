"""The package `aws` behind Pulumi's provider protocol: the account of its credentials, and its region."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, ClassVar

from typing_extensions import override

from modelyard.errors import SurroundingsError
from modelyard_sandbox.accounts import account_of
from modelyard_sandbox.aws.cloud import GLOBAL_REGION, Clients, Cloud, prepare
from modelyard_sandbox.aws.handler import ResourceHandler
from modelyard_sandbox.aws.provider_settings import (
    PROVIDER_IGNORED,
    PROVIDER_INPUTS,
    PROVIDER_TYPE,
    provider_settings,
)
from modelyard_sandbox.aws.regions import check_region
from modelyard_sandbox.aws.registry import handler_of
from modelyard_sandbox.errors import UnsupportedError
from modelyard_sandbox.handler import Inputs, Outputs
from modelyard_sandbox.invokes import answer_invoke
from modelyard_sandbox.provider.journal import Journal
from modelyard_sandbox.provider.packages import unknown_settings
from modelyard_sandbox.provider.surroundings import MEND, journal_of, sandbox_named

LOADED_LATE = (
    "botocore.validate",
    "modelyard_sandbox.aws.at_fault",
    "modelyard_sandbox.aws.observing.ids",
    "modelyard_sandbox.aws.rehearsal",
)

REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")


@dataclass
class SharedClients(Clients):
    """Clients for several threads: boto3's session makes them one at a time only."""

    _making: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @override
    def client(self, service: str, region: str) -> Any:
        with self._making:
            return super().client(service, region)


@dataclass(frozen=True, slots=True)
class AwsPlace:
    """A provider's account and region."""

    cloud: Cloud
    """The provider's account, in its region."""
    journal: Journal
    """The creations that are under way."""
    default_tags: Mapping[str, str] = field(default_factory=dict[str, str])

    def cloud_of(self, handler: ResourceHandler, properties: Mapping[str, Any]) -> Cloud:
        """Where a resource stands: in its own region, or the provider's; a global service has one."""
        if handler.is_global:
            return self.cloud.in_region(GLOBAL_REGION)
        region = properties.get("region")
        return (
            self.cloud.in_region(check_region(region)) if isinstance(region, str) and region else self.cloud
        )

    def defaults(self, handler: ResourceHandler, inputs: Inputs) -> Inputs:
        """None: the region stays out of the inputs, so that a provider's change of region moves resources."""
        del handler, inputs
        return {}

    def moved(self, handler: ResourceHandler, outputs: Outputs, new: Inputs) -> frozenset[str]:
        """The region, if the resource stands in another one."""
        stands = outputs.get("region")
        moves = not handler.is_global and stands and stands != self.cloud_of(handler, new).region
        return frozenset({"region"} if moves else ())

    def answer(self, token: str, args: dict[str, Any]) -> dict[str, Any]:
        """Answer a data source, in the region that it names or the provider's."""
        return answer_invoke(self.cloud.in_region(args.get("region") or self.cloud.region), token, args)


class AwsPackage:
    """pulumi-aws, as the sandbox has it."""

    name: ClassVar[str] = "aws"
    settings: ClassVar[frozenset[str]] = PROVIDER_INPUTS
    ignored: ClassVar[frozenset[str]] = PROVIDER_IGNORED

    def handler_of(self, type_: str) -> ResourceHandler:
        """The handler of a type; raises UnsupportedError naming the type and the known ones."""
        return handler_of(type_)

    def settle(self, settings: Mapping[str, Any]) -> AwsPlace:
        """The place that a provider's settings and this process's environment name; raises as `Package`."""
        if unknown := unknown_settings(self, settings):
            raise UnsupportedError.unknown_input(PROVIDER_TYPE, unknown, PROVIDER_INPUTS)
        account_id = _account_id()
        chosen = provider_settings(dict(settings), account_id)
        region = settings.get("region") or next(filter(None, map(os.environ.get, REGION_VARIABLES)), None)
        if not region:
            raise UnsupportedError(
                "the provider has no region\n  mend: set aws:region, the provider's region, or AWS_REGION"
            )
        _load()
        # Whoever holds credentials of the sandbox reaches its server, and nothing else.
        sandbox = sandbox_named(self.name)
        cloud = Cloud(SharedClients(sandbox.endpoint, account_id), check_region(str(region)))
        return AwsPlace(cloud, journal_of(sandbox), chosen.default_tags)


PACKAGE = AwsPackage()


def _load() -> None:
    """Load what the types need, which the process can start without. From its configuration on the engine
    asks for many resources at once, and modules that import each other don't take to a first use by many.
    """
    for module in LOADED_LATE:
        import_module(module)
    prepare()


def _account_id() -> str:
    account_id = account_of(os.environ.get("AWS_ACCESS_KEY_ID", ""))
    if account_id is None:
        raise SurroundingsError(
            "this `aws` provider is the sandbox's, and AWS_ACCESS_KEY_ID is not a key of a sandbox's account",
            MEND,
        )
    return account_id
