"""What a Network is made of, and what can be wrong with what it is told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from modelyard.azure.network_egress_problems import egress_problems
from modelyard.azure.regions import known_region
from modelyard.azure.tag_problems import zone_tag_problems
from modelyard.errors import InputError, Problem
from modelyard.planning.addresses import NetworkTooSmall
from modelyard.planning.azure.network import RESOURCE_NAME, RESOURCE_NAME_WORDS, UNUSABLE, ZONES
from modelyard.planning.azure.network_subnets import plan_network_subnets

if TYPE_CHECKING:
    from modelyard.azure.network import NetworkArgs

ENDPOINT_GROUPS = ("amlworkspace", "blob", "dfs", "file", "registry", "vault")
"""Kinds of private endpoint that zones are made for unless said otherwise."""

ENVIRONMENT = re.compile(r"[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?")

LONGEST_NETWORK_NAME = 64
SHORTEST_NETWORK_NAME = 2
"""Characters of a virtual network's name (Microsoft, "Naming rules and restrictions for Azure resources",
2020-02-11)."""


def plan_network(name: str, args: NetworkArgs) -> dict[str, IPv4Network]:
    """The range of each subnet. Raises InputError for args that no network can be made of."""
    if problems := [
        *_name_problems(name, args),
        *_count_problems(name, args),
        *egress_problems(name, args),
        *_group_problems(name, args),
        *_zone_problems(name, args),
        *_tag_problems(name, args),
    ]:
        raise InputError(problems)
    subnets = _subnets(name, args)
    if problems := [*_unusable_problems(name, args), *_peer_problems(name, args)]:
        raise InputError(problems)
    return subnets


def network_name(args: NetworkArgs) -> str:
    """Name of the virtual network: the range is in it, so that one of another range can be made beside it."""
    own = f"{args['environment']}-{re.sub('[./]', '-', args['cidr'])}"
    return args.get("virtual_network_name", own)


def private_zones(args: NetworkArgs) -> list[str]:
    """Names of the private DNS zones, each once: two kinds of endpoint may share one."""
    groups = args.get("endpoint_groups", list(ENDPOINT_GROUPS))
    return sorted({zone for group in groups for zone in ZONES[group]})


def _name_problems(name: str, args: NetworkArgs) -> Iterator[Problem]:
    if not ENVIRONMENT.fullmatch(args["environment"]):
        yield Problem(
            field=f"{name}.environment",
            given=repr(args["environment"]),
            message="the names of what a network is made of begin with this",
            allowed="1 to 20 small letters, digits and hyphens, the first a letter, the last no hyphen",
            mend="write another name, as dev",
        )
    given = args.get("virtual_network_name")
    if given is None:
        return
    long_enough = SHORTEST_NETWORK_NAME <= len(given) <= LONGEST_NETWORK_NAME
    if not RESOURCE_NAME.fullmatch(given) or not long_enough:
        yield Problem(
            field=f"{name}.virtual_network_name",
            given=repr(given),
            message="Azure refuses a virtual network of this name",
            allowed=f"{SHORTEST_NETWORK_NAME} to {LONGEST_NETWORK_NAME} {RESOURCE_NAME_WORDS}",
            mend="write another name, or leave it out: it is made of the environment's and the range",
        )


def _count_problems(name: str, args: NetworkArgs) -> Iterator[Problem]:
    for field, given, least in (
        ("node_count", args["node_count"], 1),
        ("endpoint_count", args["endpoint_count"], 0),
    ):
        if given < least:
            yield Problem(
                field=f"{name}.{field}",
                given=str(given),
                message="subnets are made for so many at one time",
                allowed=f"{least} or more",
                mend=f"write {least}, or how many there may be",
            )


def _group_problems(name: str, args: NetworkArgs) -> Iterator[Problem]:
    groups = args.get("endpoint_groups", [])
    for place, group in enumerate(groups):
        if group not in ZONES:
            yield Problem(
                field=f"{name}.endpoint_groups[{place}]",
                given=repr(group),
                message="no part of a resource that endpoints are made for here is called so",
                allowed=", ".join(ZONES),
                mend="name a part of a resource that nodes use, or leave it out",
            )
    if len(set(groups)) < len(groups):
        message, allowed = "endpoints of one kind share their zones", "each kind once"
        yield Problem(f"{name}.endpoint_groups", ", ".join(groups), message, allowed, "name each kind once")


def _zone_problems(name: str, args: NetworkArgs) -> Iterator[Problem]:
    if "zones" not in args:
        return
    zones = args["zones"]
    if not zones or len(set(zones)) < len(zones) or not all(re.fullmatch("[1-9]", zone) for zone in zones):
        yield Problem(
            field=f"{name}.zones",
            given=", ".join(map(repr, zones)) or "none",
            message="the way out stands in zones of the region",
            allowed="the region's zones by number, each once, as 1, 2, 3",
            mend="name each zone once, or leave it out where the region has none",
        )
        return
    region = known_region(args["location"])
    if region is not None and not region.availability_zones:
        yield Problem(
            field=f"{name}.zones",
            given=", ".join(map(repr, zones)),
            message=f"{region.name} has no availability zones",
            allowed="nothing, in this region",
            mend="leave it out",
        )


def _tag_problems(name: str, args: NetworkArgs) -> Iterator[Problem]:
    """Private DNS zones take fewer tags than the rest; without them that is no matter."""
    if args.get("endpoint_groups", ENDPOINT_GROUPS):
        yield from zone_tag_problems(name, args.get("tags", {}))


def _subnets(name: str, args: NetworkArgs) -> dict[str, IPv4Network]:
    firewall = args["egress"] == "firewall"
    try:
        return plan_network_subnets(args["cidr"], args["node_count"], args["endpoint_count"], firewall)
    except NetworkTooSmall as error:
        message = (
            f"subnet {error.share} needs {error.needed:,} addresses, and would have {error.available:,} "
            "without those that Azure keeps"
        )
        if error.smallest is None:
            allowed, mend = "fewer nodes: even a /8 is too small", "lower node_count"
        else:
            allowed, mend = f"{error.smallest} or larger", f"write {error.smallest}"
        raise InputError([_bad_cidr(name, args, message, allowed, mend)]) from None
    except ValueError as error:
        allowed, mend = "an IPv4 network, as 10.32.0.0/16", "write the network's address and its length"
        raise InputError([_bad_cidr(name, args, str(error), allowed, mend)]) from None


def _unusable_problems(name: str, args: NetworkArgs) -> Iterator[Problem]:
    network = IPv4Network(args["cidr"])
    for cidr, what in UNUSABLE.items():
        if network.overlaps(IPv4Network(cidr)):
            message = f"{cidr} is in it: {what}"
            allowed = "a range without it, as 10.32.0.0/16"
            yield _bad_cidr(name, args, message, allowed, "choose another range")


def _peer_problems(name: str, args: NetworkArgs) -> Iterator[Problem]:
    network = IPv4Network(args["cidr"])
    for place, given in enumerate(args.get("peer_cidrs", [])):
        if (flaw := _peer_flaw(given, network)) is not None:
            yield Problem(
                field=f"{name}.peer_cidrs[{place}]",
                given=repr(given),
                message=flaw,
                allowed=f"an IPv4 network apart from {network}, as 10.64.0.0/24",
                mend="write the range of the peered network, its address and its length",
            )
    if _repeated(args.get("peer_cidrs", [])):
        yield Problem(
            field=f"{name}.peer_cidrs",
            given=", ".join(args.get("peer_cidrs", [])),
            message="a range needs naming once",
            allowed="each range once",
            mend="name each range once",
        )


def _peer_flaw(given: str, network: IPv4Network) -> str | None:
    try:
        peer = IPv4Network(given)
    except ValueError as error:
        return str(error)
    if peer.prefixlen == 0:
        return "that is every address there is, and endpoints are private"
    return f"it overlaps with the network itself, {network}" if peer.overlaps(network) else None


def _repeated(given: Sequence[str]) -> bool:
    return len(set(given)) < len(given)


def _bad_cidr(name: str, args: NetworkArgs, message: str, allowed: str, mend: str) -> Problem:
    return Problem(f"{name}.cidr", args["cidr"] or "nothing", message, allowed, mend)
