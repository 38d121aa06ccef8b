import ipaddress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from modelyard.planning.azure.egress import (
    DESTINATIONS,
    KEY_VAULT,
    destinations,
    domain_within,
    is_domain,
    rule_collections,
)
from modelyard.planning.azure.network_rules import node_rules

LABELS = st.from_regex(r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,20}[a-zA-Z0-9])?", fullmatch=True)
TOPS = st.from_regex(r"[a-zA-Z][a-zA-Z0-9]{0,10}", fullmatch=True)
DOMAINS = st.builds(
    lambda star, labels, top: star + ".".join([*labels, top]),
    st.sampled_from(("", "*.")),
    st.lists(LABELS, min_size=1, max_size=4),
    TOPS,
)


@given(DOMAINS)
def test_names_of_hosts_are_taken_with_and_without_a_star(domain):
    assert is_domain(domain)


@given(DOMAINS, st.sampled_from(("https://{}", "{}:443", "{}/simple", "http://{}/a?b=c#d", "{}.", " {} ")))
def test_the_host_in_an_address_is_found(domain, form):
    address = form.format(domain)
    assert not is_domain(address)
    assert domain_within(address) == domain


@given(st.text(max_size=40))
def test_whatever_is_found_in_a_text_is_a_host(text):
    found = domain_within(text)
    assert found is None or is_domain(found)


@given(st.ip_addresses(v=4))
def test_an_address_is_no_host(address):
    assert not is_domain(str(address))
    assert domain_within(f"https://{address}/") is None


@pytest.mark.parametrize(
    "text",
    ["", "*", "*.", "*.com", "com", ".com", "a..com", "-a.com", "a-.com", "a*.com", "a.*.com", "**.a.com",
     "a_b.com", f"{'a' * 64}.com", f"{'a.' * 126}com", "huggingface.co\n", "ünï.com", "a b.com"],
)  # fmt: skip
def test_what_is_no_hosts_name_is_not_taken_for_one(text):
    assert not is_domain(text)


def test_a_name_of_253_characters_is_the_longest():
    longest = f"{'a.' * 125}com"
    assert (len(longest), is_domain(longest)) == (253, True)


def test_each_rules_name_is_the_only_one_and_regional_tags_name_the_region():
    every = destinations(high_business_impact=True)
    assert len({each.name for each in every}) == len(every)
    assert [each.tag_in("swedencentral") for each in every] == [
        "AzureActiveDirectory",
        "AzureMachineLearning",
        "AzureMachineLearning",
        "BatchNodeManagement.swedencentral",
        "AzureResourceManager",
        "Storage.swedencentral",
        "MicrosoftContainerRegistry",
        "AzureFrontDoor.FirstParty",
        "AzureMonitor",
        "AzureKeyVault.swedencentral",
    ]
    assert destinations(high_business_impact=False) == DESTINATIONS
    assert KEY_VAULT not in DESTINATIONS
    assert all(each.why for each in every)


def test_azure_batch_is_reached_by_any_protocol_as_microsoft_asks_for():
    (services,) = rule_collections("swedencentral", "10.8.0.0/21", [], False)
    protocols = {rule["name"]: rule["ipProtocols"] for rule in services["rules"]}
    assert protocols["to-BatchNodeManagement"] == ["Any"]
    assert {said for name in protocols for said in protocols[name]} == {"TCP", "UDP", "Any"}
    rules = {rule["name"]: rule for rule in node_rules("swedencentral", "10.8.0.0/20", False, False)}
    assert rules["to-BatchNodeManagement"]["protocol"] == "*"
    assert rules["to-BatchNodeManagement"]["destination_port_range"] == "443"


@given(st.lists(DOMAINS, max_size=5), st.booleans())
def test_only_nodes_get_out_and_only_to_what_is_named(domains, impact):
    assume(len({domain.lower() for domain in domains}) == len(domains))
    collections = rule_collections("swedencentral", "10.8.0.0/21", domains, impact)
    rules = [rule for collection in collections for rule in collection["rules"]]
    assert {collection["action"]["type"] for collection in collections} == {"Allow"}
    assert all(rule["sourceAddresses"] == ["10.8.0.0/21"] for rule in rules)
    named = [text for rule in rules for text in rule.get("destinationAddresses", rule.get("targetFqdns"))]
    assert "*" not in named
    assert not [text for text in named if text[0].isdigit() and _is_range(text)]
    hosts = [rule for rule in rules if rule["ruleType"] == "ApplicationRule"]
    assert [fqdn for rule in hosts for fqdn in rule["targetFqdns"]] == sorted(d.lower() for d in domains)
    # Azure refuses a collection of two kinds, and two of one name or priority.
    for key in ("name", "priority"):
        assert len({collection[key] for collection in collections}) == len(collections)
    for collection in collections:
        assert len({rule["ruleType"] for rule in collection["rules"]}) == 1
        assert len({rule["name"] for rule in collection["rules"]}) == len(collection["rules"])


def _is_range(text):
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


def test_the_rules_are_spelled_as_azure_spells_them():
    services, hosts = rule_collections("swedencentral", "10.8.0.0/21", ["HuggingFace.co", "*.a.io"], False)
    assert (
        services["ruleCollectionType"] == hosts["ruleCollectionType"] == "FirewallPolicyFilterRuleCollection"
    )
    assert (services["name"], services["priority"]) == ("machine-learning", 200)
    assert services["rules"][2] == {
        "ruleType": "NetworkRule",
        "name": "to-AzureMachineLearning-udp",
        "description": "Management of nodes",
        "ipProtocols": ["UDP"],
        "sourceAddresses": ["10.8.0.0/21"],
        "destinationAddresses": ["AzureMachineLearning"],
        "destinationPorts": ["5831"],
    }
    assert (hosts["name"], hosts["priority"]) == ("allowed-domains", 300)
    assert hosts["rules"] == [
        {
            "ruleType": "ApplicationRule",
            "name": "allowed-domains",
            "sourceAddresses": ["10.8.0.0/21"],
            "targetFqdns": ["*.a.io", "huggingface.co"],
            "protocols": [{"protocolType": "Https", "port": 443}],
        }
    ]
