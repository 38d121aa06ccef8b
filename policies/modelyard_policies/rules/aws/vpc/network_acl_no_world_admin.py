"""Network ACLs let nobody on the internet knock on SSH or RDP.

An ACL's entries count in the order of their numbers, so a range such as 1024 to 65535, which answers need to
come back, is fine where an entry before it denies 3389. Judged are TCP ports: RDP's UDP needs its TCP first.
The default ACL of a VPC is left out, as Security Hub does (Security Hub User Guide, EC2.21, 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

from modelyard_policies.aws.protocols import TCP
from modelyard_policies.aws.traffic import Traffic
from modelyard_policies.aws.types import DEFAULT_NETWORK_ACL, NETWORK_ACL, NETWORK_ACL_RULE
from modelyard_policies.errors import Unread
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, each, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="network-acl-no-world-admin",
    code="NW5",
    title="Network ACLs don't open SSH or RDP to the world",
    severity=Severity.MEDIUM,
    resources=(NETWORK_ACL, NETWORK_ACL_RULE),
    reads=(NETWORK_ACL, NETWORK_ACL_RULE, DEFAULT_NETWORK_ACL),
    why="An ACL is what still keeps the internet out when a security group is opened by mistake.",
    mend=(
        "Name the addresses that need the port, or put an entry that denies 22 and 3389 to 0.0.0.0/0 and "
        "::/0 before the one that allows."
    ),
    maps_to={
        "checkov": ["CKV_AWS_231", "CKV_AWS_232"],
        "security_hub": ["EC2.21"],
        "cis_aws": ["5.2"],
    },
    snippet="""\
aws.ec2.NetworkAcl(
    "nodes",
    vpc_id=vpc.id,
    ingress=[
        {
            "rule_no": 100,
            "action": "deny",
            "protocol": "tcp",
            "cidr_block": "0.0.0.0/0",
            "from_port": 3389,
            "to_port": 3389,
        },
        {
            "rule_no": 200,
            "action": "allow",
            "protocol": "tcp",
            "cidr_block": "0.0.0.0/0",
            "from_port": 1024,
            "to_port": 65535,
        },
    ],
)
""",
)

PORTS: Final = ((22, "SSH"), (3389, "RDP"))
PEERS: Final = ("cidrBlock", "ipv6CidrBlock")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of an ACL, inline or a resource of its own."""

    block: Block
    traffic: Traffic
    action: str
    number: str

    def says(self, action: str) -> bool:
        """Whether it allows, or denies."""
        return self.block.text(self.action).strip().lower() == action


class _Again:
    """What an iterator yields, and the Unread that it ends with, as often as it is asked for."""

    def __init__(self, entries: Iterator[Entry]) -> None:
        self._unread: Unread | None = None
        self._entries: list[Entry] = []
        try:
            for entry in entries:
                self._entries.append(entry)
        except Unread as signal:
            self._unread = signal

    def __iter__(self) -> Iterator[Entry]:
        yield from self._entries
        if self._unread:
            raise self._unread


@RULE.applies
def is_judged_here(resource: Resource, graph: GraphView) -> bool:
    """A rule of an ACL in the stack is judged with the ACL."""
    return resource.type == NETWORK_ACL or not graph.candidates(
        resource, "networkAclId", (NETWORK_ACL, DEFAULT_NETWORK_ACL)
    )


@RULE.check
def admin_ports_are_closed(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge all entries of an ACL, or a rule of an ACL from elsewhere among its siblings in the stack."""
    entries = _Again(_entries(resource, graph))

    def openings(entry: Entry) -> Iterator[Failure]:
        yield from _openings(entry, entries)

    if resource.type == NETWORK_ACL:
        yield from each(entries, openings)
    elif not resource.is_true("egress"):
        yield from openings(_own(resource))


def _openings(entry: Entry, entries: Iterable[Entry]) -> Iterator[Failure]:
    def opening(case: tuple[tuple[int, str], str]) -> Iterator[Failure]:
        (port, service), peer = case
        if all_of(
            lambda: entry.says("allow"),
            lambda: _is_about(entry, port, peer),
            lambda: not some(entries, lambda other: _denies(other, entry, port, peer)),
        ):
            yield entry.block.failure(peer, f"opens {service} (port {port}) to the whole internet")

    yield from each(product(PORTS, PEERS), opening)


def _denies(other: Entry, entry: Entry, port: int, peer: str) -> bool:
    """Whether another entry keeps out what this one would let in."""
    return all_of(
        lambda: other.says("deny"),
        lambda: _is_about(other, port, peer, wholly=True),
        lambda: _comes_before(other, entry),
    )


def _is_about(entry: Entry, port: int, peer: str, *, wholly: bool = False) -> bool:
    return all_of(
        lambda: entry.traffic.is_by(TCP),
        lambda: entry.traffic.has_port(port),
        lambda: entry.traffic.is_of_the_world(peer, wholly=wholly),
    )


def _comes_before(other: Entry, entry: Entry) -> bool:
    first, second = other.block.number(other.number), entry.block.number(entry.number)
    return first is not None and second is not None and first < second


def _entries(resource: Resource, graph: GraphView) -> Iterator[Entry]:
    """The entries for what comes in. What isn't known comes last, as Unread."""
    if resource.type == NETWORK_ACL:
        rules = graph.linked(resource, NETWORK_ACL_RULE, "networkAclId")
        yield from (_own(rule) for rule in rules if not rule.is_true("egress"))
        for block in resource.list("ingress"):
            yield Entry(block, Traffic(block, PEERS), "action", "ruleNo")
    else:
        siblings = graph.once(_by_acl)
        for rule in siblings.get(resource.text("networkAclId"), ()):
            if not rule.is_true("egress"):
                yield _own(rule)
        for rule in siblings.get("", ()):
            if not rule.is_true("egress") and _own(rule).says("deny"):
                rule.text("networkAclId")  # isn't known, and may be the same


def _own(rule: Resource) -> Entry:
    return Entry(rule, Traffic(rule, PEERS), "ruleAction", "ruleNumber")


def _by_acl(graph: GraphView) -> dict[str, list[Resource]]:
    """The rules by the id of their ACL; under an empty one those whose ACL isn't known at all."""
    found: dict[str, list[Resource]] = {}
    for rule in graph.of_type(NETWORK_ACL_RULE):
        acl = rule.raw("networkAclId")
        if isinstance(acl, str):
            found.setdefault(acl, []).append(rule)
        elif acl is not None and not rule.node.property_dependencies.get("networkAclId"):
            found.setdefault("", []).append(rule)
    return found
