"""What can be wrong with how a Network lets its nodes out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.errors import Problem
from modelyard.planning.azure.egress import domain_within, is_domain

if TYPE_CHECKING:
    from modelyard.azure.network import NetworkArgs

EGRESS = ("nat", "firewall")

FIREWALL_TIERS = ("Standard", "Premium")
"""The tiers that take what is asked here. Basic needs a subnet and an address for its management, and refuses
no known-bad address (Microsoft, "Choose the right Azure Firewall SKU to meet your needs")."""


def egress_problems(name: str, args: NetworkArgs) -> Iterator[Problem]:
    """Every problem of checked args that is about the way out."""
    if args["egress"] not in EGRESS:
        yield Problem(
            field=f"{name}.egress",
            given=repr(args["egress"]),
            message="nodes have no public address, and reach Azure's services in one of two ways",
            allowed=", ".join(EGRESS),
            mend="choose nat (HTTPS to any host) or firewall (to hosts that are allowed)",
        )
        return
    yield from _without_firewall(name, args)
    yield from _tier(name, args)
    yield from _domains(name, args)


def _without_firewall(name: str, args: NetworkArgs) -> Iterator[Problem]:
    if args["egress"] == "firewall":
        return
    given = {
        "allowed_domains": ", ".join(args.get("allowed_domains", [])) or "none",
        "firewall_tier": repr(args.get("firewall_tier")),
    }
    for field, shown in given.items():
        if field in args:
            yield Problem(
                field=f"{name}.{field}",
                given=shown,
                message="a NAT gateway lets nodes reach any host by HTTPS, and knows no names",
                allowed="nothing, without egress firewall",
                mend="leave it out, or choose egress firewall",
            )


def _tier(name: str, args: NetworkArgs) -> Iterator[Problem]:
    tier = args.get("firewall_tier", FIREWALL_TIERS[0])
    if args["egress"] == "firewall" and tier not in FIREWALL_TIERS:
        yield Problem(
            field=f"{name}.firewall_tier",
            given=repr(tier),
            message="an Azure Firewall of this tier can't do what is asked of it here",
            allowed=", ".join(FIREWALL_TIERS),
            mend="choose Standard, or Premium to have intrusions detected and refused as well",
        )


def _domains(name: str, args: NetworkArgs) -> Iterator[Problem]:
    domains = args.get("allowed_domains", [])
    if args["egress"] != "firewall":
        return
    for place, domain in enumerate(domains):
        if is_domain(domain):
            continue
        host = domain_within(domain)
        yield Problem(
            field=f"{name}.allowed_domains[{place}]",
            given=repr(domain),
            message="a host is allowed by its name alone, without scheme, port or path",
            allowed="the name of a host, as huggingface.co, or *. and a name for every host below it",
            mend=f"write {host}" if host else "write the host's name, or leave it out",
        )
    if len({domain.lower() for domain in domains}) < len(domains):
        yield Problem(
            field=f"{name}.allowed_domains",
            given=", ".join(domains),
            message="a name needs allowing once, however it is spelled",
            allowed="each name once",
            mend="name each host once",
        )
