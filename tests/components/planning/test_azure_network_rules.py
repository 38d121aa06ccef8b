"""The rules of security groups, by what they let pass: the first that applies decides."""

from ipaddress import ip_address, ip_network

from hypothesis import given
from hypothesis import strategies as st

from modelyard.planning.azure.egress import destinations
from modelyard.planning.azure.network_rules import endpoint_rules, node_rules

NETWORK = "10.8.0.0/20"
INSIDE, OUTSIDE, PEER = "10.8.3.4", "10.9.0.1", "10.64.0.9"
OPTIONS = st.tuples(st.booleans(), st.booleans())


def nodes(impact=False, internet=False):
    return node_rules("swedencentral", NETWORK, impact, internet)


def judged(rules, direction, source, destination, port, protocol="Tcp"):
    """What becomes of a packet, as Azure goes through the rules."""
    for rule in sorted(rules, key=lambda rule: rule["priority"]):
        sources = rule.get("source_address_prefixes", [rule.get("source_address_prefix")])
        ports = rule.get("destination_port_ranges", [rule.get("destination_port_range")])
        if (
            rule["direction"] == direction
            and rule["protocol"] in ("*", protocol)
            and any(_holds(prefix, source) for prefix in sources)
            and _holds(rule["destination_address_prefix"], destination)
            and any(each in ("*", port) for each in ports)
        ):
            return rule["access"]
    raise AssertionError("some rule applies to everything")


def _holds(prefix, place):
    """Whether a prefix holds an address; of a tag, the tag itself stands for its addresses."""
    if prefix in ("*", place):
        return True
    if not prefix[0].isdigit():
        return prefix == "Internet" and not place.startswith("10.")
    return place[0].isdigit() and ip_address(place) in ip_network(prefix)


@given(OPTIONS)
def test_priorities_and_names_are_each_rules_own_and_within_azures_bounds(options):
    for rules in (nodes(*options), endpoint_rules(NETWORK, ["10.64.0.0/24"])):
        for direction in ("Inbound", "Outbound"):
            priorities = [rule["priority"] for rule in rules if rule["direction"] == direction]
            assert len(set(priorities)) == len(priorities)
            assert all(100 <= priority <= 4096 for priority in priorities)
        assert len({rule["name"] for rule in rules}) == len(rules)
        assert all(0 < len(rule["description"]) <= 140 for rule in rules)
        for rule in rules:
            assert ("destination_port_range" in rule) != ("destination_port_ranges" in rule)
            assert ("source_address_prefix" in rule) != ("source_address_prefixes" in rule)


@given(OPTIONS, st.integers(1, 65_535), st.sampled_from(("Tcp", "Udp", "Icmp")))
def test_nodes_talk_on_every_port_and_nobody_else_gets_in(options, port, protocol):
    rules = nodes(*options)
    assert judged(rules, "Inbound", INSIDE, "10.8.1.1", str(port), protocol) == "Allow"
    assert judged(rules, "Outbound", INSIDE, "10.8.1.1", str(port), protocol) == "Allow"
    for elsewhere in (OUTSIDE, "203.0.113.1", "AzureMachineLearning", "AzureLoadBalancer"):
        assert judged(rules, "Inbound", elsewhere, INSIDE, str(port), protocol) == "Deny"


@given(OPTIONS)
def test_nodes_reach_all_that_machine_learning_needs(options):
    rules = nodes(*options)
    for each in destinations(options[0]):
        for port in each.ports:
            tag = each.tag_in("swedencentral")
            assert judged(rules, "Outbound", INSIDE, tag, port, each.protocol) == "Allow", (tag, port)


@given(OPTIONS, st.integers(1, 65_535), st.sampled_from(("Tcp", "Udp")))
def test_the_rest_of_the_internet_is_reached_by_https_where_it_is_let_and_by_nothing_else(
    options, port, protocol
):
    wanted = "Allow" if options[1] and (port, protocol) == (443, "Tcp") else "Deny"
    assert judged(nodes(*options), "Outbound", INSIDE, "203.0.113.1", str(port), protocol) == wanted
    assert judged(nodes(*options), "Outbound", INSIDE, OUTSIDE, str(port), protocol) == "Deny"


def test_another_regions_storage_is_reached_only_through_the_internet():
    assert judged(nodes(), "Outbound", INSIDE, "Storage.westeurope", "443") == "Deny"


@given(st.integers(1, 65_535), st.sampled_from(("Tcp", "Udp")), st.booleans())
def test_endpoints_answer_the_network_and_named_peers_and_ask_nobody(port, protocol, peered):
    rules = endpoint_rules(NETWORK, ["10.64.0.0/24"] if peered else [])
    by_ports = "Allow" if port in (443, 445) and protocol == "Tcp" else "Deny"
    assert judged(rules, "Inbound", INSIDE, "10.8.8.4", str(port), protocol) == by_ports
    assert judged(rules, "Inbound", PEER, "10.8.8.4", str(port), protocol) == (by_ports if peered else "Deny")
    assert judged(rules, "Inbound", OUTSIDE, "10.8.8.4", str(port), protocol) == "Deny"
    assert judged(rules, "Outbound", "10.8.8.4", INSIDE, str(port), protocol) == "Deny"


def test_no_rule_goes_by_the_tag_that_a_default_route_makes_the_whole_internet():
    rules = [*nodes(True, True), *endpoint_rules(NETWORK, [])]
    assert "VirtualNetwork" not in str(rules)
