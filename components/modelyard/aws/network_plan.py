"""What a Network is made of, and what can be wrong with what it is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.errors import InputError, Problem
from modelyard.planning.addresses import NetworkPlan, NetworkTooSmall, plan_subnets
from modelyard.planning.endpoints import INTERFACE_SERVICES

if TYPE_CHECKING:
    from modelyard.aws.network import NetworkArgs

EGRESS = ("endpoints", "nat")
SERVICE = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
"""How services are named in the names of endpoints, after com.amazonaws and the region."""


def plan_network(name: str, args: NetworkArgs) -> NetworkPlan:
    """The subnets of a network. Raises InputError for args that no network can be made of."""
    zone_ids = args["zone_ids"]
    if not zone_ids or len(set(zone_ids)) < len(zone_ids):
        raise InputError(
            [
                Problem(
                    field=f"{name}.zone_ids",
                    given=", ".join(zone_ids) or "none",
                    message="a network has one subnet in each of its zones",
                    allowed="one zone id or more, each once, as euc1-az1",
                    mend="name each zone once",
                )
            ]
        )
    if args["egress"] not in EGRESS:
        raise InputError(
            [
                Problem(
                    field=f"{name}.egress",
                    given=repr(args["egress"]),
                    message="nodes reach the cloud's services in one of two ways",
                    allowed=", ".join(EGRESS),
                    mend="choose endpoints (nothing reaches the internet) or nat (one NAT gateway)",
                )
            ]
        )
    if problems := list(_service_problems(name, args)):
        raise InputError(problems)
    endpoints = len(interface_services(args))
    try:
        return plan_subnets(args["cidr"], args["zone_ids"], (), endpoints, public=args["egress"] == "nat")
    except NetworkTooSmall as error:
        allowed, mend = f"{error.smallest} or larger", f"write {error.smallest}"
        raise _bad_cidr(name, args["cidr"], str(error), allowed, mend) from error
    except ValueError as error:
        allowed, mend = "an IPv4 network, as 10.32.0.0/16", "write the network's address and its length"
        raise _bad_cidr(name, args["cidr"], str(error), allowed, mend) from error


def interface_services(args: NetworkArgs) -> list[str]:
    """The services that get an interface endpoint."""
    if args["egress"] != "endpoints":
        return []
    return args.get("interface_services", list(INTERFACE_SERVICES))


def _service_problems(name: str, args: NetworkArgs) -> Iterator[Problem]:
    if "interface_services" not in args:
        return
    field, services = f"{name}.interface_services", args["interface_services"]
    if args["egress"] != "endpoints":
        message = "with egress nat services are reached through the NAT gateway"
        yield Problem(
            field,
            ", ".join(services) or "none",
            message,
            "nothing, without egress endpoints",
            "leave it out, or choose egress endpoints",
        )
    if len(set(services)) < len(services):
        message = "a service has one endpoint, whose name is the only one in the network"
        yield Problem(field, ", ".join(services), message, "each service once", "name each service once")
    for place, service in enumerate(services):
        if SERVICE.fullmatch(service) is None or service == "s3":
            yield Problem(
                f"{field}[{place}]",
                repr(service),
                "that names no interface endpoint, and S3 has a gateway endpoint anyway",
                "a service's name in small letters, as kms, ecr.api or secretsmanager",
                "write what follows com.amazonaws.REGION in `aws ec2 describe-vpc-endpoint-services`",
            )


def _bad_cidr(name: str, cidr: str, message: str, allowed: str, mend: str) -> InputError:
    return InputError([Problem(f"{name}.cidr", cidr, message, allowed, mend)])
