"""What no network of Azure can be made of, and how it is told."""

import pulumi
import pytest
from previewing import preview

from modelyard.azure.network import Network
from modelyard.errors import InputError

NAT = {
    "environment": "dev",
    "resource_group_name": "training",
    "location": "swedencentral",
    "cidr": "10.8.0.0/20",
    "egress": "nat",
    "node_count": 100,
    "endpoint_count": 10,
}
FIREWALL = {**NAT, "egress": "firewall"}


def problems(args, **change):
    registered = []
    opts = pulumi.ResourceOptions(transforms=[registered.append])
    with pytest.raises(InputError) as caught:
        preview(lambda: Network("net", {**args, **change}, opts) and None)
    assert registered == [], "problems are told before anything is made"
    return caught.value.problems


def told(args, **change):
    (problem,) = problems(args, **change)
    assert problem.file is None
    return problem.field, problem.given, problem.message, problem.allowed, problem.mend


NAME_WORDS = "letters, digits, periods, hyphens and underscores, the first a letter or digit, the last no period or hyphen"


@pytest.mark.parametrize("name", ["", "Dev", "1dev", "dev-", "d" * 21, "dev_1", "dev\n"])
def test_an_environment_that_names_cannot_begin_with(name):
    assert told(NAT, environment=name) == (
        "net.environment",
        repr(name),
        "the names of what a network is made of begin with this",
        "1 to 20 small letters, digits and hyphens, the first a letter, the last no hyphen",
        "write another name, as dev",
    )


@pytest.mark.parametrize("name", ["d", "d" * 65, "-dev", "dev.", "d v"])
def test_a_name_that_azure_refuses_for_a_network(name):
    assert told(NAT, virtual_network_name=name) == (
        "net.virtual_network_name",
        repr(name),
        "Azure refuses a virtual network of this name",
        f"2 to 64 {NAME_WORDS}",
        "write another name, or leave it out: it is made of the environment's and the range",
    )


@pytest.mark.parametrize(
    ("change", "field", "given", "least"),
    [
        ({"node_count": 0}, "node_count", "0", 1),
        ({"node_count": -3}, "node_count", "-3", 1),
        ({"endpoint_count": -1}, "endpoint_count", "-1", 0),
    ],
)
def test_a_count_that_is_none(change, field, given, least):
    assert told(NAT, **change) == (
        f"net.{field}",
        given,
        "subnets are made for so many at one time",
        f"{least} or more",
        f"write {least}, or how many there may be",
    )


@pytest.mark.parametrize(
    ("args", "change", "given", "message", "allowed", "mend"),
    [
        (
            NAT,
            {"cidr": "10.8.0.0/25"},
            "10.8.0.0/25",
            "subnet nodes needs 100 addresses, and would have 59 without those that Azure keeps",
            "10.8.0.0/24 or larger",
            "write 10.8.0.0/24",
        ),
        (
            NAT,
            {"cidr": "10.8.0.0/24", "endpoint_count": 40},
            "10.8.0.0/24",
            "subnet endpoints needs 160 addresses, and would have 59 without those that Azure keeps",
            "10.8.0.0/22 or larger",
            "write 10.8.0.0/22",
        ),
        (
            FIREWALL,
            {"cidr": "10.8.0.0/25", "node_count": 1, "endpoint_count": 1},
            "10.8.0.0/25",
            "subnet AzureFirewallSubnet needs 59 addresses, and would have 27 without those that Azure keeps",
            "10.8.0.0/24 or larger",
            "write 10.8.0.0/24",
        ),
        (
            NAT,
            {"cidr": "10.0.0.0/9", "node_count": 10_000_000},
            "10.0.0.0/9",
            "subnet nodes needs 10,000,000 addresses, and would have 4,194,299 without those that Azure keeps",
            "fewer nodes: even a /8 is too small",
            "lower node_count",
        ),
        (
            NAT,
            {"cidr": "10.8.0.1/16"},
            "10.8.0.1/16",
            "10.8.0.1/16 has host bits set",
            "an IPv4 network, as 10.32.0.0/16",
            "write the network's address and its length",
        ),
        (
            NAT,
            {"cidr": ""},
            "nothing",
            "Address cannot be empty",
            "an IPv4 network, as 10.32.0.0/16",
            "write the network's address and its length",
        ),
        *(
            (
                NAT,
                {"cidr": cidr},
                cidr,
                f"{within} is in it: {what}",
                "a range without it, as 10.32.0.0/16",
                "choose another range",
            )
            for cidr, within, what in (
                ("172.17.0.0/16", "172.17.0.0/16", "the addresses of containers on each node"),
                ("172.16.0.0/12", "172.17.0.0/16", "the addresses of containers on each node"),
                ("127.8.0.0/16", "127.0.0.0/8", "a machine's own addresses"),
                ("168.63.0.0/16", "168.63.129.16/32", "the address of Azure's own DNS"),
                ("169.254.0.0/20", "169.254.0.0/16", "link-local addresses"),
                ("224.0.0.0/16", "224.0.0.0/4", "multicast"),
                ("255.255.0.0/16", "255.255.255.255/32", "broadcast"),
            )
        ),
    ],
)
def test_a_range_that_no_network_can_have(args, change, given, message, allowed, mend):
    assert told(args, **change) == ("net.cidr", given, message, allowed, mend)


def test_a_way_out_that_there_is_none_of():
    assert told(NAT, egress="endpoints", allowed_domains=["https://x"]) == (
        "net.egress",
        "'endpoints'",
        "nodes have no public address, and reach Azure's services in one of two ways",
        "nat, firewall",
        "choose nat (HTTPS to any host) or firewall (to hosts that are allowed)",
    )


@pytest.mark.parametrize(
    ("change", "field", "given"),
    [
        ({"allowed_domains": ["huggingface.co", "a.io"]}, "allowed_domains", "huggingface.co, a.io"),
        ({"allowed_domains": []}, "allowed_domains", "none"),
        ({"firewall_tier": "Standard"}, "firewall_tier", "'Standard'"),
    ],
)
def test_what_a_nat_gateway_cannot_do(change, field, given):
    assert told(NAT, **change) == (
        f"net.{field}",
        given,
        "a NAT gateway lets nodes reach any host by HTTPS, and knows no names",
        "nothing, without egress firewall",
        "leave it out, or choose egress firewall",
    )


def test_a_tier_that_lacks_what_is_asked_of_it():
    assert told(FIREWALL, firewall_tier="Basic") == (
        "net.firewall_tier",
        "'Basic'",
        "an Azure Firewall of this tier can't do what is asked of it here",
        "Standard, Premium",
        "choose Standard, or Premium to have intrusions detected and refused as well",
    )


@pytest.mark.parametrize(
    ("domain", "mend"),
    [
        ("https://huggingface.co/simple", "write huggingface.co"),
        ("huggingface.co:443", "write huggingface.co"),
        ("*", "write the host's name, or leave it out"),
        ("*.com", "write the host's name, or leave it out"),
        ("10.0.0.1", "write the host's name, or leave it out"),
        ("", "write the host's name, or leave it out"),
    ],
)
def test_what_is_no_hosts_name(domain, mend):
    assert told(FIREWALL, allowed_domains=["a.io", domain]) == (
        "net.allowed_domains[1]",
        repr(domain),
        "a host is allowed by its name alone, without scheme, port or path",
        "the name of a host, as huggingface.co, or *. and a name for every host below it",
        mend,
    )


def test_a_host_that_is_allowed_twice():
    assert told(FIREWALL, allowed_domains=["HuggingFace.co", "huggingface.co"]) == (
        "net.allowed_domains",
        "HuggingFace.co, huggingface.co",
        "a name needs allowing once, however it is spelled",
        "each name once",
        "name each host once",
    )


def test_a_kind_of_endpoint_that_there_is_none_of():
    assert told(NAT, endpoint_groups=["blob", "blobs"]) == (
        "net.endpoint_groups[1]",
        "'blobs'",
        "no part of a resource that endpoints are made for here is called so",
        "amlworkspace, azuremonitor, blob, dfs, file, queue, registry, table, vault",
        "name a part of a resource that nodes use, or leave it out",
    )
    assert told(NAT, endpoint_groups=["blob", "blob"]) == (
        "net.endpoint_groups",
        "blob, blob",
        "endpoints of one kind share their zones",
        "each kind once",
        "name each kind once",
    )


@pytest.mark.parametrize(
    ("zones", "given"), [([], "none"), (["1", "1"], "'1', '1'"), (["swedencentral-1"], "'swedencentral-1'")]
)
def test_zones_that_there_are_none_of(zones, given):
    assert told(NAT, zones=zones) == (
        "net.zones",
        given,
        "the way out stands in zones of the region",
        "the region's zones by number, each once, as 1, 2, 3",
        "name each zone once, or leave it out where the region has none",
    )


def test_zones_of_a_region_that_has_none():
    assert told(NAT, zones=["1"], location="West US") == (
        "net.zones",
        "'1'",
        "westus has no availability zones",
        "nothing, in this region",
        "leave it out",
    )


@pytest.mark.parametrize(
    ("peer", "message"),
    [
        ("10.8.4.0/24", "it overlaps with the network itself, 10.8.0.0/20"),
        ("0.0.0.0/0", "that is every address there is, and endpoints are private"),
        ("10.64.0.1/24", "10.64.0.1/24 has host bits set"),
    ],
)
def test_a_peer_that_cannot_be_one(peer, message):
    assert told(NAT, peer_cidrs=["10.65.0.0/24", peer]) == (
        "net.peer_cidrs[1]",
        repr(peer),
        message,
        "an IPv4 network apart from 10.8.0.0/20, as 10.64.0.0/24",
        "write the range of the peered network, its address and its length",
    )


def test_a_peer_that_is_named_twice():
    assert told(NAT, peer_cidrs=["10.64.0.0/24", "10.64.0.0/24"]) == (
        "net.peer_cidrs",
        "10.64.0.0/24, 10.64.0.0/24",
        "a range needs naming once",
        "each range once",
        "name each range once",
    )


@pytest.mark.parametrize("tag", ["cost center", "1st", "team:ml", "(a)"])
def test_a_tag_that_dns_zones_do_not_take(tag):
    assert told(NAT, tags={"owner": "ml", tag: "x"}) == (
        "net.tags",
        repr(tag),
        "Azure refuses a private DNS zone with a tag of this name",
        "letters, digits, hyphens, periods and underscores, the first no digit",
        "write another name, as cost-center",
    )


def test_more_tags_than_dns_zones_take():
    tags = {f"tag-{number}": "x" for number in range(16)}
    assert told(NAT, tags=tags) == (
        "net.tags",
        "16 tags",
        "Azure refuses a private DNS zone with so many",
        "15 or fewer",
        "leave some out; other components take up to 50",
    )
    assert preview(lambda: Network("net", {**NAT, "tags": tags, "endpoint_groups": []}) and None)


def test_every_problem_is_told_at_once():
    found = problems(
        NAT, environment="Dev", node_count=0, firewall_tier="Basic", zones=[], endpoint_groups=["a"]
    )
    fields = [problem.field.removeprefix("net.") for problem in found]
    assert fields == ["environment", "node_count", "firewall_tier", "endpoint_groups[0]", "zones"]


def test_what_decides_what_is_made_has_to_be_known():
    (problem,) = problems(NAT, cidr=pulumi.Output.from_input("10.8.0.0/20"))
    assert problem.message == "this decides what is made, so it must be known before anything is"
    (problem,) = problems(NAT, egres="nat")
    assert (problem.message, problem.mend) == ("NetworkArgs has no such argument", "did you mean 'egress'?")
