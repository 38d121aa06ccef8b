"""Plans of Microsoft Defender for Cloud, by explicit choice."""

from itertools import pairwise

import pulumi_azure_native as azure_native
import pytest
from mutating import drop, put, with_changes
from previewing import TAGS, preview

from modelyard.azure.defender import Defender
from modelyard.errors import InputError
from modelyard_policies.engine import evaluate
from modelyard_policies.registry import all_rules

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
ARGS = {
    "subscription_id": SUBSCRIPTION,
    "plans": ["VirtualMachines", "Containers", "StorageAccounts", "KeyVaults"],
}


def plans(**change):
    graph = preview(lambda: Defender("d", {**ARGS, **change}) and None)
    return {node.name: node for node in graph.resources if node.type == "azure-native:security:Pricing"}


def test_only_what_is_named_is_on_for_the_whole_subscription():
    made = plans(plans=["KeyVaults"])
    assert {name: node.properties for name, node in made.items()} == {
        "d-KeyVaults": {
            "pricingName": "KeyVaults",
            "pricingTier": "Standard",
            "scopeId": f"subscriptions/{SUBSCRIPTION}",
        }
    }


def test_plans_are_turned_on_one_after_another():
    made = list(plans().values())
    assert [node.properties["pricingName"] for node in made] == ARGS["plans"]
    for before, after in pairwise(made):
        assert before.urn in after.dependencies
    assert made[0].urn not in made[0].dependencies


def test_servers_are_watched_by_the_smaller_plan_unless_the_other_is_chosen():
    assert plans()["d-VirtualMachines"].properties["subPlan"] == "P1"
    assert plans(servers_plan="P2")["d-VirtualMachines"].properties["subPlan"] == "P2"


def test_uploads_are_scanned_only_up_to_what_was_named():
    off, sensitive = plans()["d-StorageAccounts"].properties["extensions"]
    assert off == {"name": "OnUploadMalwareScanning", "isEnabled": "False"}
    assert sensitive == {"name": "SensitiveDataDiscovery", "isEnabled": "True"}
    storage = plans(malware_scan_gb=500)["d-StorageAccounts"].properties
    assert storage["subPlan"] == "DefenderForStorageV2"
    assert storage["extensions"][0] == {
        "name": "OnUploadMalwareScanning",
        "isEnabled": "True",
        "additionalExtensionProperties": {"CapGBPerMonthPerStorageAccount": "500"},
    }


@pytest.mark.parametrize(
    ("change", "field", "given", "message", "mend"),
    [
        ({"plans": []}, "plans", "none", "Defender is turned on plan by plan", "name each once"),
        (
            {"plans": ["KeyVaults", "KeyVaults"]},
            "plans",
            "KeyVaults, KeyVaults",
            "Defender is turned on plan by plan",
            "name each once",
        ),
        (
            {"plans": ["Keyvault"]},
            "plans",
            "'Keyvault'",
            "there is no such plan, or none that is of use beside training",
            "name one of these",
        ),
        (
            {"subscription_id": "research"},
            "subscription_id",
            "'research'",
            "no subscription has this id",
            "write what `az account show --query id` prints",
        ),
        (
            {"servers_plan": "P3"},
            "servers_plan",
            "'P3'",
            "there is no such plan for servers",
            "write P1",
        ),
        (
            {"plans": ["KeyVaults"], "servers_plan": "P2"},
            "servers_plan",
            "P2",
            "this is part of the plan VirtualMachines, which isn't among the plans",
            "add VirtualMachines to plans, or leave servers_plan out",
        ),
        (
            {"plans": ["KeyVaults"], "malware_scan_gb": 5},
            "malware_scan_gb",
            "5",
            "this is part of the plan StorageAccounts, which isn't among the plans",
            "add StorageAccounts to plans, or leave malware_scan_gb out",
        ),
        (
            {"malware_scan_gb": 0},
            "malware_scan_gb",
            "0",
            "scanning has a bound of a gigabyte or more",
            "leave it out to scan nothing",
        ),
    ],
)
def test_plans_that_cannot_be_are_refused(change, field, given, message, mend):
    with pytest.raises(InputError) as caught:
        plans(**change)
    (problem,) = caught.value.problems
    assert (problem.field, problem.given) == (f"d.{field}", given)
    assert (problem.message, problem.mend) == (message, mend)
    assert problem.allowed


def subscription():
    """The stack that says it is the subscription's."""

    def program():
        azure_native.resources.ResourceGroup(
            "account", location="westeurope", tags={**TAGS, "modelyard:scope": "account"}
        )
        Defender("d", ARGS)

    return preview(program)


def failing(graph):
    return {finding.code for finding in evaluate(graph, all_rules()).findings}


def test_the_packs_rules_pass():
    assert failing(subscription()) == set()


@pytest.mark.parametrize(
    "change", [drop("Pricing d-Containers"), put("Pricing d-KeyVaults", "pricingTier", "Free")]
)
def test_weakened_it_fails_the_packs_rules(change):
    assert failing(with_changes(subscription(), [change])) == {"LM7"}
