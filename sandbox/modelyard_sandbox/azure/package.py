"""The package `azure-native` behind Pulumi's provider protocol: a subscription, and a location for what names
none.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from modelyard_sandbox.azure.client import AzureCloud, AzureError
from modelyard_sandbox.azure.groups import ResourceGroup
from modelyard_sandbox.azure.handler import ArmHandler
from modelyard_sandbox.azure.manager.subscriptions import CLIENT_ID, OBJECT_ID, TENANT_ID
from modelyard_sandbox.azure.registry import handler_of
from modelyard_sandbox.errors import UnsupportedError
from modelyard_sandbox.handler import Inputs, Outputs
from modelyard_sandbox.provider.journal import Journal
from modelyard_sandbox.provider.packages import unknown_settings
from modelyard_sandbox.provider.surroundings import journal_of, sandbox_named
from modelyard_sandbox.provider.values import UNKNOWN, reveal

PROVIDER_TYPE = "pulumi:providers:azure-native"
CLIENT_CONFIG = "azure-native:authorization:getClientConfig"


@dataclass(frozen=True, slots=True)
class AzurePlace:
    """A provider's subscription."""

    cloud: AzureCloud
    journal: Journal
    """The creations that are under way."""
    location: str | None
    """Where resources are that don't say it themselves; without it, where their group is."""
    tenant_id: str
    client_id: str
    default_tags: Mapping[str, str]

    def cloud_of(self, handler: ArmHandler, properties: Mapping[str, Any]) -> AzureCloud:
        """The provider's subscription: no resource is in another one."""
        del handler, properties
        return self.cloud

    def defaults(self, handler: ArmHandler, inputs: Inputs) -> Inputs:
        """The location: the provider's, or the resource group's."""
        if not handler.placed_like_its_group or "location" not in handler.inputs:
            return {}
        if inputs.get("location") is not None:
            return {}
        location = self.location or self._location_of(reveal(inputs.get("resourceGroupName")))
        return {} if location is None else {"location": location}

    def moved(self, handler: ArmHandler, outputs: Outputs, new: Inputs) -> frozenset[str]:
        """Nothing: the location is an input."""
        del handler, outputs, new
        return frozenset()

    def answer(self, token: str, args: dict[str, Any]) -> dict[str, Any]:
        """Answer a data source: who asks, in which subscription."""
        del args
        if token != CLIENT_CONFIG:
            raise UnsupportedError(f"the sandbox has no data source {token}\n  it has: {CLIENT_CONFIG}")
        return {
            "clientId": self.client_id,
            "objectId": OBJECT_ID,
            "subscriptionId": self.cloud.subscription_id,
            "tenantId": self.tenant_id,
        }

    def _location_of(self, group: Any) -> Any:
        if group is UNKNOWN or not isinstance(group, str):
            return UNKNOWN if group is UNKNOWN else None
        handler = ResourceGroup()
        try:
            id_ = handler.place(self.cloud, {"resourceGroupName": group})
            return self.cloud.get(id_, handler.api_version)["location"]
        except AzureError as error:
            if error.says_gone:
                return None
            raise


class AzurePackage:
    """pulumi-azure-native, as the sandbox has it."""

    name: ClassVar[str] = "azure-native"
    settings: ClassVar[frozenset[str]] = frozenset(
        {"clientId", "environment", "location", "subscriptionId", "tenantId"}
    )
    ignored: ClassVar[frozenset[str]] = frozenset(
        {
            # How somebody proves who they are, which nobody is asked here.
            *("auxiliaryTenantIds", "clientCertificatePassword", "clientCertificatePath", "clientSecret"),
            *("msiEndpoint", "oidcRequestToken", "oidcRequestUrl", "oidcToken", "oidcTokenFilePath"),
            *("useDefaultAzureCredential", "useMsi", "useOidc", "disableInstanceDiscovery"),
            # What pulumi-azure-native sets by itself, and what is told to Microsoft.
            *("__internal", "disablePulumiPartnerId", "partnerId", "version"),
        }
    )

    def handler_of(self, type_: str) -> ArmHandler:
        """The handler of a type; raises UnsupportedError naming the type and the known ones."""
        return handler_of(type_)

    def check(self, settings: Mapping[str, Any]) -> None:
        """Refuse settings of a provider that the sandbox doesn't know, and a cloud that it doesn't play.

        Raises:
            UnsupportedError: by their names, or the cloud's.
        """
        if unknown := unknown_settings(self, settings):
            raise UnsupportedError.unknown_input(PROVIDER_TYPE, unknown, self.settings)
        if settings.get("environment", "public") != "public":
            raise UnsupportedError(
                f"the sandbox has no environment {settings['environment']!r}: it plays Azure's public cloud"
            )

    def settle(self, settings: Mapping[str, Any]) -> AzurePlace:
        """The place that a provider's settings and this process's environment name; raises as `Package`."""
        self.check(settings)
        subscription_id = settings.get("subscriptionId") or os.environ.get("ARM_SUBSCRIPTION_ID")
        if not subscription_id:
            raise UnsupportedError(
                "the provider has no subscription\n"
                "  mend: set azure-native:subscriptionId, the provider's own, or ARM_SUBSCRIPTION_ID"
            )
        sandbox = sandbox_named(self.name)
        return AzurePlace(
            cloud=AzureCloud(sandbox.must_run().azure_endpoint, str(subscription_id)),
            journal=journal_of(sandbox),
            location=settings.get("location") or os.environ.get("ARM_LOCATION") or None,
            tenant_id=settings.get("tenantId") or os.environ.get("ARM_TENANT_ID") or TENANT_ID,
            client_id=settings.get("clientId") or os.environ.get("ARM_CLIENT_ID") or CLIENT_ID,
            default_tags={},
        )


PACKAGE = AzurePackage()
