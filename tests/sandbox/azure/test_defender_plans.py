"""Defender's plans, which are there from the start and can't be deleted."""

from __future__ import annotations

from typing import Any

import pytest
from arming import GROUP, HOME, SUBSCRIPTION, Arm, Maker

from modelyard_sandbox.azure.client import AzureError
from modelyard_sandbox.azure.registry import handler_of
from modelyard_sandbox.errors import ImpossibleError
from modelyard_sandbox.provider.input_types import settle

PLANS = f"{HOME}/providers/Microsoft.Security/pricings"
STORAGE = f"{PLANS}/StorageAccounts"
INPUTS: dict[str, Any] = {
    "scopeId": f"subscriptions/{SUBSCRIPTION}",
    "pricingName": "StorageAccounts",
    "pricingTier": "Standard",
    "subPlan": "DefenderForStorageV2",
    "extensions": [
        {
            "name": "OnUploadMalwareScanning",
            "isEnabled": "True",
            "additionalExtensionProperties": {"CapGBPerMonthPerStorageAccount": "5000"},
        }
    ],
}


def plan(tier: str = "Standard", **properties: Any) -> dict[str, Any]:
    return {"properties": {"pricingTier": tier, **properties}}


def test_a_plan_that_nobody_set_is_free(arm: Arm) -> None:
    assert arm.get(STORAGE)["properties"] == {
        "pricingTier": "Free",
        "enforce": "False",
        "freeTrialRemainingTime": "PT0S",
        "resourcesCoverageStatus": "NotCovered",
    }
    assert arm.refused("GET", f"{PLANS}/Nothing")[0] == 404


def test_a_plan_is_set_and_turned_off_again(arm: Arm) -> None:
    status, made = arm.call("PUT", STORAGE, plan())
    assert status == 200
    assert made["properties"] == {
        "pricingTier": "Standard",
        "subPlan": "DefenderForStorageV2",
        "enforce": "False",
        "enablementTime": "2026-11-25T12:00:00.0000000Z",
        "freeTrialRemainingTime": "PT0S",
        "resourcesCoverageStatus": "FullyCovered",
    }
    assert arm.put(STORAGE, made)["properties"] == made["properties"], "an answer can be sent back"
    assert arm.listed(PLANS) == ["StorageAccounts"]
    assert "subPlan" not in arm.put(STORAGE, plan("Free", subPlan="PerTransaction"))["properties"]
    assert arm.put(f"{PLANS}/VirtualMachines", plan())["properties"]["subPlan"] == "P2"
    assert "subPlan" not in arm.put(f"{PLANS}/Containers", plan())["properties"]


@pytest.mark.parametrize(
    ("name", "body", "refusal"),
    [
        (
            "Containers",
            plan(subPlan="P1"),
            ("InvalidInputJson", "The sub plan 'P1' is not one of 'Containers', which has: none."),
        ),
        (
            "VirtualMachines",
            plan(subPlan="P3"),
            ("InvalidInputJson", "The sub plan 'P3' is not one of 'VirtualMachines', which has: P2, P1."),
        ),
        (
            "KeyVaults",
            plan(extensions=[{"name": "OnUploadMalwareScanning", "isEnabled": "True"}]),
            (
                "InvalidInputJson",
                "The extension 'OnUploadMalwareScanning' is not one of 'KeyVaults', which has: none.",
            ),
        ),
        (
            "StorageAccounts",
            plan(
                subPlan="PerTransaction",
                extensions=[{"name": "OnUploadMalwareScanning", "isEnabled": "True"}],
            ),
            (
                "InvalidInputJson",
                "The extension 'OnUploadMalwareScanning' is not one of 'StorageAccounts', which has: none.",
            ),
        ),
        (
            "StorageAccounts",
            plan(extensions=[{"name": "Scanning", "isEnabled": "True"}]),
            (
                "InvalidInputJson",
                (
                    "The extension 'Scanning' is not one of 'StorageAccounts', which has: OnUploadMalwareScanning, "
                    "SensitiveDataDiscovery."
                ),
            ),
        ),
    ],
)
def test_a_plan_that_can_not_be_so_is_refused(
    arm: Arm, name: str, body: dict[str, Any], refusal: tuple[str, str]
) -> None:
    assert arm.refused("PUT", f"{PLANS}/{name}", body) == (400, *refusal)


def test_only_plans_that_azure_has_can_be_set_and_only_for_subscriptions(group: Arm) -> None:
    status, code, message = group.refused("PUT", f"{PLANS}/default", plan())
    assert (status, code) == (400, "InvalidInputJson")
    assert message.startswith(
        "The name 'default' is not a valid name. Possible pricing bundle names: Api, AppS"
    )
    assert group.refused("PUT", STORAGE.replace(HOME, GROUP), plan()) == (
        400,
        "InvalidUrlConfiguration",
        "The sandbox has plans of subscriptions only.",
    )


NOT_DELETED = (
    "Delete operation is supported only for single resources scope (not subscriptions). Use PUT to Enabled or "
    "Disable specific pricing bundles on a subscription."
)


def test_a_plan_can_not_be_deleted(arm: Arm) -> None:
    assert arm.refused("DELETE", STORAGE) == (400, "InvalidUrlConfiguration", NOT_DELETED)
    arm.put(STORAGE, plan())
    assert arm.refused("DELETE", STORAGE) == (400, "InvalidUrlConfiguration", NOT_DELETED)


def test_a_program_takes_a_plan_over_and_changes_it_and_makes_none(make: Maker) -> None:
    one = handler_of("azure-native:security:Pricing")
    assert settle(one.type, INPUTS).problems == []
    assert one.problems(INPUTS) == []
    with pytest.raises(
        ImpossibleError, match=f"cannot create already existing resource '{STORAGE}'"
    ) as caught:
        one.create(make.cloud, INPUTS)
    assert "mend: import it" in str(caught.value)
    assert one.find(make.cloud, STORAGE) == (STORAGE, {})
    outputs = one.read(make.cloud, STORAGE, {})
    assert outputs is not None
    held = one.observe(make.cloud, STORAGE, {}, outputs)
    assert held == {
        "scopeId": INPUTS["scopeId"],
        "pricingName": "StorageAccounts",
        "pricingTier": "Free",
        "enforce": "False",
    }
    assert one.replaces(held, INPUTS) == frozenset()
    now = one.update(make.cloud, STORAGE, held, INPUTS)
    assert one.observe(make.cloud, STORAGE, INPUTS, now) == INPUTS
    with pytest.raises(AzureError, match="Delete operation is supported only for single resources"):
        one.delete(make.cloud, STORAGE, INPUTS)
