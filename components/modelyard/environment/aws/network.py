"""The environment's network."""

from typing import Annotated, Literal

from pydantic import Field

from modelyard.environment.base import LogRetentionDays, Spec, ZoneId

Cidr = Annotated[
    str,
    Field(
        pattern=r"^(?:[0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}$",
        json_schema_extra={
            "allowed": "a private IPv4 range between /16 and /28, as 10.32.0.0/16",
            "mend": "write an address, a slash and a length, as 10.32.0.0/16",
        },
    ),
]


class Network(Spec):
    """A private network: nodes have no public address, and reach services by endpoints or one NAT."""

    cidr: Cidr
    """IPv4 range of the network: private (10/8, 172.16/12, 192.168/16), /16 to /28."""

    zone_count: int = Field(default=2, ge=1, le=4)
    """Number of availability zones with subnets."""

    zone_ids: Annotated[list[ZoneId], Field(min_length=1, max_length=4)] | None = None
    """Ids of the zones, one to four, in place of the region's first `zone_count`."""

    egress: Literal["endpoints", "nat"]
    """How nodes reach the cloud's services: `endpoints` (interface endpoints; nothing reaches the internet)
    or `nat` (one NAT gateway; the internet is reachable, and each GB through it is charged)."""

    flow_log_retention_days: LogRetentionDays = 365
    """Days that flow logs are kept: one of the periods that CloudWatch Logs knows."""
