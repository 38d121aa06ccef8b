"""What the internet reaches is a web server's ports, and nothing else.

Judged are ports, and so TCP and UDP: nobody is turned away for answering a ping. SSH and RDP by themselves
are left to the rule for administration; a range that holds more than these two is judged here as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from modelyard_policies.aws.protocols import ALL, TCP, UDP
from modelyard_policies.aws.security_groups import INGRESS, LET_IN, is_about, traffic
from modelyard_policies.aws.traffic import Traffic
from modelyard_policies.options import Options, option
from modelyard_policies.ports import Span, is_every, port_ranges, shown, span, without
from modelyard_policies.reading import Failure, GraphView, Resource, all_of, each
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class PublicPorts(Options):
    """Ports that may be open to everyone."""

    rule: ClassVar[str] = "security-group-no-world-ports"
    tcp_ports: tuple[str, ...] = option(
        port_ranges(), ("80", "443"), "TCP ports that may be open to the whole internet"
    )
    udp_ports: tuple[str, ...] = option(
        port_ranges(), (), "UDP ports that may be open to the whole internet, such as 443 for HTTP/3"
    )


RULE = Rule(
    id="security-group-no-world-ports",
    code="NW2",
    title="Security groups open nothing but the web's ports to the world",
    severity=Severity.CRITICAL,
    resources=LET_IN,
    options=PublicPorts,
    why=(
        "Databases, dashboards and notebooks that the whole internet reaches are found within hours, and "
        "many of them ask for no password."
    ),
    mend=(
        "Name the addresses or the security group that need the port, or put a load balancer in front; list "
        "the port in tcp_ports or udp_ports if the public is to reach it."
    ),
    maps_to={"checkov": ["CKV_AWS_277"], "security_hub": ["EC2.18", "EC2.19"]},
    snippet="""\
aws.vpc.SecurityGroupIngressRule(
    "https-from-everywhere",
    security_group_id=security_group.id,
    cidr_ipv4="0.0.0.0/0",
    ip_protocol="tcp",
    from_port=443,
    to_port=443,
    description="HTTPS from everywhere",
)
""",
)

HIGH_RISK: Final = {
    20: "FTP",
    21: "FTP",
    22: "SSH",
    23: "Telnet",
    25: "SMTP",
    110: "POP3",
    135: "RPC",
    143: "IMAP",
    445: "SMB",
    1433: "SQL Server",
    1434: "SQL Server",
    3000: "a development server",
    3306: "MySQL",
    3389: "RDP",
    4333: "ahsp",
    5000: "a development server",
    5432: "PostgreSQL",
    5500: "fcp-addr-srvr1",
    5601: "OpenSearch Dashboards",
    8080: "a web proxy",
    8088: "HTTP",
    8888: "HTTP",
    9200: "OpenSearch",
    9300: "OpenSearch",
}
"""Ports that Security Hub calls of high risk (Security Hub User Guide, EC2.19, 2026-11), and whose."""

ADMINISTRATION: Final = {"TCP": [(22, 22), (3389, 3389)], "UDP": [(3389, 3389)]}
"""What the rule for administration judges."""


@RULE.applies
def lets_traffic_in(resource: Resource, graph: GraphView) -> bool:
    """A SecurityGroupRule may be for egress."""
    return is_about(resource, INGRESS)


@RULE.check
def only_the_webs_ports_are_open(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the resource itself if it is one rule, else each of its inline rules."""
    options = graph.options(PublicPorts)
    yield from each(traffic(resource, INGRESS), lambda let_in: _openings(let_in, options))


def _openings(let_in: Traffic, options: PublicPorts) -> Iterator[Failure]:
    def opening(source: str) -> Iterator[Failure]:
        if all_of(
            lambda: let_in.is_by(TCP | UDP),
            lambda: let_in.is_of_the_world(source),
            lambda: bool(_too_open(let_in, options)),
        ):
            yield let_in.rule.failure(source, f"opens {_named(let_in)} to the whole internet")

    yield from each(let_in.peers, opening)


def _too_open(let_in: Traffic, options: PublicPorts) -> list[Span]:
    """The ports that nobody said may be open, and no other rule judges."""
    ports = let_in.ports()
    if ports is None:
        return []
    if let_in.is_by(ALL):
        return [ports]
    protocol, allowed = ("TCP", options.tcp_ports) if let_in.is_by(TCP) else ("UDP", options.udp_ports)
    return without([ports], [*filter(None, map(span, allowed)), *ADMINISTRATION[protocol]])


def _named(let_in: Traffic) -> str:
    ports = let_in.ports()
    if ports is None or let_in.is_by(ALL):
        return "every port of every protocol"
    protocol = "TCP" if let_in.is_by(TCP) else "UDP"
    if is_every(ports):
        return f"every {protocol} port"
    known = HIGH_RISK.get(ports[0]) if protocol == "TCP" and ports[0] == ports[1] else None
    where = shown(ports) if protocol == "TCP" else f"UDP {shown(ports)}"
    return f"{known} ({where})" if known else where
