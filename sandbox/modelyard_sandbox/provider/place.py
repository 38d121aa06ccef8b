"""Where one provider process works: the sandbox's server, the account of its credentials, its region."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from typing_extensions import override

from modelyard.errors import SurroundingsError
from modelyard_sandbox.accounts import account_of
from modelyard_sandbox.aws.cloud import GLOBAL_REGION, Clients, Cloud
from modelyard_sandbox.aws.handler import ResourceHandler
from modelyard_sandbox.errors import UnsupportedError
from modelyard_sandbox.preflight import PROVIDER_IGNORED, PROVIDER_INPUTS, PROVIDER_TYPE, provider_settings
from modelyard_sandbox.sandbox import DIRECTORY_VARIABLE, Sandbox

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
class Place:
    """A provider that has been configured."""

    cloud: Cloud
    """The provider's account, in its region."""
    default_tags: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def region(self) -> str:
        """The provider's region."""
        return self.cloud.region

    def of(self, handler: ResourceHandler, region: object) -> Cloud:
        """Where a resource stands: in its own region, or the provider's; a global service has one."""
        if handler.is_global:
            return self.cloud.in_region(GLOBAL_REGION)
        return self.cloud.in_region(region if isinstance(region, str) and region else self.region)


def settle(settings: Mapping[str, Any]) -> Place:
    """The place that a provider's settings and this process's environment name.

    Raises:
        SurroundingsError: no sandbox runs, or the credentials are not of one.
        UnsupportedError: a setting that the sandbox doesn't know, or no region.
        ImpossibleError: the account isn't among those that the provider allows.
    """
    if unknown := unknown_settings(settings):
        raise UnsupportedError.unknown_input(PROVIDER_TYPE, unknown, PROVIDER_INPUTS)
    account_id = _account_id()
    chosen = provider_settings(dict(settings), account_id)
    region = settings.get("region") or next(filter(None, map(os.environ.get, REGION_VARIABLES)), None)
    if not region:
        raise UnsupportedError(
            "the provider has no region\n  mend: set aws:region, the provider's region, or AWS_REGION"
        )
    # Whoever holds credentials of the sandbox reaches its server, and nothing else.
    clients = SharedClients(_sandbox().endpoint, account_id)
    return Place(Cloud(clients, str(region)), chosen.default_tags)


def unknown_settings(settings: Mapping[str, Any]) -> list[str]:
    """Settings of a provider that the sandbox doesn't know."""
    return sorted(settings.keys() - PROVIDER_INPUTS - PROVIDER_IGNORED)


def _sandbox() -> Sandbox:
    if not os.environ.get(DIRECTORY_VARIABLE):
        raise SurroundingsError(
            f"this `aws` provider is the sandbox's, and {DIRECTORY_VARIABLE} does not say which sandbox",
            'set what `pulumi` needs: eval "$(modelyard sandbox env)"',
        )
    return Sandbox()


def _account_id() -> str:
    account_id = account_of(os.environ.get("AWS_ACCESS_KEY_ID", ""))
    if account_id is None:
        raise SurroundingsError(
            "this `aws` provider is the sandbox's, and AWS_ACCESS_KEY_ID is not a key of a sandbox's account",
            'set what `pulumi` needs: eval "$(modelyard sandbox env)"',
        )
    return account_id
