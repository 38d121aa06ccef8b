"""The rules of firewall policies."""

from __future__ import annotations

from typing import Any

import pytest
from arming import Arm
from azure_firewalls import POLICY, RULES, collection, policy, rule, rules


@pytest.fixture
def ruled(group: Arm) -> Arm:
    """A policy without a DNS proxy."""
    group.put(POLICY, policy())
    return group


def test_rules_are_shown_as_they_were_given(ruled: Arm) -> None:
    given = [
        collection(rule()),
        collection(rule("ApplicationRule"), name="second", action="Deny"),
        collection(rule("NatRule"), name="third", action="DNAT"),
    ]
    assert ruled.call("PUT", RULES, rules(*given))[0] == 201
    assert ruled.get(RULES)["properties"]["ruleCollections"] == given
    assert ruled.call("PUT", RULES, rules(*given, priority=300))[0] == 200
    assert ruled.listed(f"{POLICY}/ruleCollectionGroups") == ["out"]


def test_addresses_may_be_ranges_tags_and_all(ruled: Arm) -> None:
    one = rule(
        sourceAddresses=["10.0.0.0/8", "10.0.0.4-10.0.0.9", "*"],
        destinationAddresses=["Storage.WestEurope", "azuremonitor", "198.51.100.1"],
    )
    ruled.put(RULES, rules(collection(one)))


def test_an_action_and_a_type_are_taken_in_any_case(ruled: Arm) -> None:
    shouted = collection(rule(ruleType="networkrule"), action="ALLOW")
    made = ruled.put(RULES, rules(shouted))["properties"]["ruleCollections"][0]
    assert (made["action"], made["rules"][0]["ruleType"]) == ({"type": "Allow"}, "NetworkRule")


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "rules of two types in one collection": (
        rules(collection(rule(), rule("ApplicationRule", name="second"))),
        "FirewallPolicyRuleCollectionRuleTypesMismatch",
        (
            "Rule collection first of type FirewallPolicyFilterRuleCollection has rules of type ApplicationRule, "
            "NetworkRule. A filter rule collection has network rules or application rules, a NAT rule collection has "
            "NAT rules."
        ),
    ),
    "a NAT rule that filters": (
        rules(collection(rule("NatRule"))),
        "FirewallPolicyRuleCollectionRuleTypesMismatch",
        "has rules of type NatRule.",
    ),
    "a filter that translates": (
        rules({**collection(rule()), "action": {"type": "DNAT"}}),
        "FirewallPolicyRuleCollectionActionInvalid",
        (
            "Rule collection first of type FirewallPolicyFilterRuleCollection has action DNAT. A filter rule "
            "collection allows or denies, a NAT rule collection does DNAT."
        ),
    ),
    "no action": (
        rules({**collection(rule()), "action": {}}),
        "FirewallPolicyRuleCollectionActionInvalid",
        "Rule collection first of type FirewallPolicyFilterRuleCollection has action none.",
    ),
    "two collections of one name": (
        rules(collection(rule()), collection(rule(), name="FIRST")),
        "FirewallPolicyRuleCollectionNamesNotUnique",
        "Rule collection group out has two rule collections named FIRST.",
    ),
    "two rules of one name": (
        rules(collection(rule(), rule(name="RULE"))),
        "FirewallPolicyRuleNamesNotUnique",
        "Two rules of one rule collection are named RULE.",
    ),
    "a network rule to nowhere": (
        rules(collection(rule(destinationAddresses=None, ipProtocols=None))),
        "FirewallPolicyRuleIncomplete",
        "NetworkRule rule needs destinationAddresses or destinationFqdns, ipProtocols.",
    ),
    "an application rule from nowhere": (
        rules(collection(rule("ApplicationRule", sourceAddresses=[], targetFqdns=None))),
        "FirewallPolicyRuleIncomplete",
        "ApplicationRule rule needs sourceAddresses, targetFqdns or fqdnTags.",
    ),
    "a port that there isn't": (
        rules(collection(rule(destinationPorts=["443", "70000"]))),
        "FirewallPolicyRuleInvalidPort",
        (
            "Rule rule has the destination port 70000. It must be a port from 0 to 65535, a range of them with '-', "
            "or '*'."
        ),
    ),
    "a tag that there isn't": (
        rules(collection(rule(destinationAddresses=["AzureMachineLearnin"]))),
        "FirewallPolicyRuleInvalidAddress",
        (
            "Rule rule has AzureMachineLearnin among its destinationAddresses. It must be an address, a range of them, "
            "or '*'; the destination of a network rule may be a service tag."
        ),
    ),
    "a tag as a source": (
        rules(collection(rule(sourceAddresses=["AzureMonitor"]))),
        "FirewallPolicyRuleInvalidAddress",
        "Rule rule has AzureMonitor among its sourceAddresses.",
    ),
    "a range that ends before it begins": (
        rules(collection(rule(sourceAddresses=["10.0.0.9-10.0.0.4"]))),
        "FirewallPolicyRuleInvalidAddress",
        "Rule rule has 10.0.0.9-10.0.0.4 among its sourceAddresses.",
    ),
    "an address of a page": (
        rules(collection(rule("ApplicationRule", targetFqdns=["https://example.org/a"]))),
        "FirewallPolicyRuleInvalidFqdn",
        (
            "Rule rule has the FQDN https://example.org/a. It must be a host's name, without scheme and path; a star "
            "may stand at its beginning."
        ),
    ),
    "names in network rules without a DNS proxy": (
        rules(collection(rule(destinationAddresses=None, destinationFqdns=["example.org"]))),
        "FirewallPolicyNetworkRuleRequiresDnsProxy",
        (
            f"Network rule rule has destination FQDNs, and firewall policy {POLICY} no DNS proxy. Enable the DNS proxy "
            "of the policy to use FQDNs in network rules."
        ),
    ),
    "a priority that is too low": (
        rules(priority=99),
        "InvalidRequestFormat",
        "Cannot parse the request.",
    ),
    "a member of another type of rule": (
        rules(collection(rule(targetFqdns=["example.org"]))),
        "InvalidRequestFormat",
        "Cannot parse the request.",
    ),
    "a name that is none": (
        rules(collection(rule(), name="-")),
        "InvalidResourceName",
        "Resource name - is invalid.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_rules_that_can_not_be_are_refused(ruled: Arm, case: str) -> None:
    document, code, message = REFUSED[case]
    status, refused_as, said = ruled.refused("PUT", RULES, document)
    assert (status, refused_as) == (400, code)
    assert message in said
    assert ruled.refused("GET", RULES)[0] == 404


def test_a_member_of_another_type_of_rule_is_named(ruled: Arm) -> None:
    _, refused = ruled.call("PUT", RULES, rules(collection(rule(targetFqdns=["example.org"]))))
    path = "properties.ruleCollections[0].rules[0].targetFqdns"
    assert refused["error"]["target"] == path
    assert refused["error"]["details"] == [
        {
            "code": "InvalidJson",
            "message": f"Could not find member 'targetFqdns' on object of type 'NetworkRule'. Path '{path}'.",
        }
    ]


def test_a_policy_keeps_its_proxy_while_rules_need_it(ruled: Arm) -> None:
    ruled.put(POLICY, policy(dnsSettings={"enableProxy": True}))
    ruled.put(RULES, rules(collection(rule(destinationAddresses=None, destinationFqdns=["example.org"]))))
    _, code, message = ruled.refused("PUT", POLICY, policy())
    assert code == "FirewallPolicyNetworkRuleRequiresDnsProxy"
    assert message.startswith("Network rule rule has destination FQDNs")
    ruled.put(RULES, rules(collection(rule())))
    ruled.put(POLICY, policy())
