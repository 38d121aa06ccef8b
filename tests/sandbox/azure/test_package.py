"""The package `azure-native` behind the provider protocol: settings, locations, data sources, previews."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest
from arming import GROUP, HOME, LOCATION, OTHER_SUBSCRIPTION, SUBSCRIPTION, TENANT, standing
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2 as pb

from modelyard_sandbox.azure.client import AzureCloud
from modelyard_sandbox.azure.manager.subscriptions import CLIENT_ID, OBJECT_ID, TENANT_ID
from modelyard_sandbox.azure.package import PACKAGE, AzurePlace
from modelyard_sandbox.azure.registry import handler_of
from modelyard_sandbox.errors import UnsupportedError
from modelyard_sandbox.provider.servicer import SandboxProvider
from modelyard_sandbox.provider.values import UNKNOWN, Secret, decode, encode
from modelyard_sandbox.sandbox import DIRECTORY_VARIABLE, Sandbox

VAULT = "azure-native:keyvault:Vault"
CLIENT_CONFIG = "azure-native:authorization:getClientConfig"
PROPERTIES = {"sku": {"family": "A", "name": "standard"}, "tenantId": TENANT, "enableRbacAuthorization": True}


@pytest.fixture
def place(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[AzurePlace]:
    """A provider of a subscription in which nothing stands."""
    monkeypatch.setenv(DIRECTORY_VARIABLE, str(sandbox.directory))
    for name in ("ARM_SUBSCRIPTION_ID", "ARM_LOCATION", "ARM_TENANT_ID", "ARM_CLIENT_ID"):
        monkeypatch.delenv(name, raising=False)
    made = PACKAGE.settle({"subscriptionId": SUBSCRIPTION})
    yield made
    for type_, id_ in standing(made.cloud):
        handler_of(type_).delete(made.cloud, id_, {})


def test_the_subscription_is_the_settings_or_the_environments(
    place: AzurePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert place.cloud.subscription_id == SUBSCRIPTION
    monkeypatch.setenv("ARM_SUBSCRIPTION_ID", OTHER_SUBSCRIPTION)
    assert PACKAGE.settle({}).cloud.subscription_id == OTHER_SUBSCRIPTION
    assert PACKAGE.settle({"subscriptionId": SUBSCRIPTION}).cloud.subscription_id == SUBSCRIPTION
    monkeypatch.delenv("ARM_SUBSCRIPTION_ID")
    with pytest.raises(UnsupportedError, match="the provider has no subscription") as caught:
        PACKAGE.settle({})
    assert "ARM_SUBSCRIPTION_ID" in str(caught.value)


def test_settings_that_the_sandbox_does_not_know_are_refused_by_name(place: AzurePlace) -> None:
    with pytest.raises(UnsupportedError, match="does not know the input region"):
        PACKAGE.settle({"subscriptionId": SUBSCRIPTION, "region": "westeurope"})
    with pytest.raises(UnsupportedError, match="the sandbox has no environment 'china'"):
        PACKAGE.settle({"subscriptionId": SUBSCRIPTION, "environment": "china"})
    known = {"useMsi": "true", "clientSecret": "hush", "environment": "public", "version": "3.29.0"}
    PACKAGE.settle({"subscriptionId": SUBSCRIPTION, **known})


def test_who_asks_is_told_as_azure_native_tells_it(place: AzurePlace) -> None:
    assert place.answer(CLIENT_CONFIG, {}) == {
        "clientId": CLIENT_ID,
        "objectId": OBJECT_ID,
        "subscriptionId": SUBSCRIPTION,
        "tenantId": TENANT_ID,
    }
    named = PACKAGE.settle({"subscriptionId": SUBSCRIPTION, "tenantId": TENANT, "clientId": "me"})
    assert named.answer(CLIENT_CONFIG, {})["tenantId"] == TENANT
    assert named.answer(CLIENT_CONFIG, {})["clientId"] == "me"
    with pytest.raises(
        UnsupportedError, match="no data source azure-native:authorization:getClientToken"
    ) as caught:
        place.answer("azure-native:authorization:getClientToken", {})
    assert f"it has: {CLIENT_CONFIG}" in str(caught.value)


def test_a_resource_without_a_location_is_where_the_provider_says_or_its_group_is(place: AzurePlace) -> None:
    vault, group = handler_of(VAULT), handler_of("azure-native:resources:ResourceGroup")
    inside = {"resourceGroupName": "rg"}
    assert place.defaults(vault, inside) == {}
    group.create(place.cloud, {"resourceGroupName": "rg", "location": "eastus"})
    assert place.defaults(vault, inside) == {"location": "eastus"}
    assert place.defaults(vault, {"resourceGroupName": Secret("rg")}) == {"location": "eastus"}
    assert place.defaults(vault, {"resourceGroupName": UNKNOWN}) == {"location": UNKNOWN}
    assert place.defaults(vault, {**inside, "location": LOCATION}) == {}
    assert place.defaults(handler_of("azure-native:network:Subnet"), inside) == {}
    fixed = PACKAGE.settle({"subscriptionId": SUBSCRIPTION, "location": "uksouth"})
    assert fixed.defaults(vault, inside) == {"location": "uksouth"}
    assert fixed.defaults(group, {}) == {"location": "uksouth"}


class Asked:
    """The provider, asked with plain values."""

    def __init__(self) -> None:
        self.context = cast("Any", object())
        self.provider = SandboxProvider(PACKAGE, lambda _message, _urn: None)
        settings = {"subscriptionId": SUBSCRIPTION}
        self.provider.Configure(pb.ConfigureRequest(args=encode(settings)), self.context)

    def urn(self, type_: str) -> str:
        return f"urn:pulumi:try::toy::{type_}::it"

    def check(self, type_: str, **inputs: Any) -> pb.CheckResponse:
        request = pb.CheckRequest(urn=self.urn(type_), news=encode(inputs), randomSeed=b"seed")
        return self.provider.Check(request, self.context)

    def foreseen(self, type_: str, inputs: dict[str, Any]) -> dict[str, Any]:
        request = pb.CreateRequest(urn=self.urn(type_), properties=encode(inputs), preview=True)
        return decode(self.provider.Create(request, self.context).properties)

    def changed(self, type_: str, old: dict[str, Any], outputs: dict[str, Any], new: dict[str, Any]) -> Any:
        request = pb.UpdateRequest(
            id="it",
            urn=self.urn(type_),
            olds=encode(outputs),
            old_inputs=encode(old),
            news=encode(new),
            preview=True,
        )
        return decode(self.provider.Update(request, self.context).properties)


def test_the_plugin_has_the_version_of_the_sdk(place: AzurePlace) -> None:
    assert Asked().provider.GetPluginInfo(Empty(), cast("Any", object())).version == "3.29.0"


def test_a_check_fills_in_a_name_and_refuses_what_azure_would(place: AzurePlace) -> None:
    asked = Asked()
    given = {"resourceGroupName": "rg", "location": LOCATION, "properties": PROPERTIES}
    checked = decode(asked.check(VAULT, **given).inputs)
    assert checked["vaultName"].startswith("it")
    assert len(checked["vaultName"]) == len("it") + 8
    refused = asked.check(VAULT, **given, vaultName="1st")
    assert [failure.property for failure in refused.failures] == ["vaultName"]
    assert refused.failures[0].reason.startswith("VaultNameNotValid: The vault name '1st' is invalid.")
    refused = asked.check(VAULT, **{**given, "properties": {**PROPERTIES, "softDeleteRetentionInDays": 3}})
    assert [failure.property for failure in refused.failures] == ["properties.softDeleteRetentionInDays"]


def test_a_preview_does_not_say_what_azure_has_yet_to_add(place: AzurePlace) -> None:
    asked = Asked()
    inputs = {
        "resourceGroupName": "rg",
        "location": LOCATION,
        "vaultName": "vault1",
        "properties": PROPERTIES,
    }
    assert asked.foreseen(VAULT, inputs)["properties"] is UNKNOWN
    outputs = {**inputs, "properties": {**PROPERTIES, "vaultUri": "https://vault1.vault.azure.net/"}}
    tagged = {**inputs, "tags": {"owner": "me"}}
    assert asked.changed(VAULT, inputs, outputs, tagged)["properties"] == outputs["properties"]
    dearer = {**inputs, "properties": {**PROPERTIES, "sku": {"family": "A", "name": "premium"}}}
    assert asked.changed(VAULT, inputs, outputs, dearer)["properties"] is UNKNOWN


def test_the_daemon_serves_the_resource_manager(sandbox: Sandbox, place: AzurePlace) -> None:
    cloud = AzureCloud(sandbox.must_run().azure_endpoint, SUBSCRIPTION)
    cloud.put(GROUP, "2024-03-01", {"location": LOCATION})
    assert [item["id"] for item in cloud.get(f"{HOME}/resourcegroups", "2024-03-01")["value"]] == [GROUP]
