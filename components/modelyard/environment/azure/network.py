"""The environment's network."""

from typing import Annotated, Literal

from pydantic import Field

from modelyard.environment.base import Spec

Cidr = Annotated[
    str,
    Field(
        pattern=r"^(?:[0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}$",
        json_schema_extra={
            "allowed": "a private IPv4 range between /16 and /24, as 10.32.0.0/16",
            "mend": "write an address, a slash and a length, as 10.32.0.0/16",
        },
    ),
]

Domain = Annotated[
    str,
    Field(
        pattern=r"^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$",
        max_length=253,
        examples=["huggingface.co"],
        json_schema_extra={
            "allowed": "a host's name in small letters, as huggingface.co, or *.hf.co for all below it",
            "mend": "write the name alone, without https:// and without a path",
        },
    ),
]


class Network(Spec):
    """A private network: nodes have no public address, and reach stores, keys and registry by private
    endpoints. Azure Machine Learning's clusters have to reach its services as well, for which there are no
    endpoints, so there is always a way out.
    """

    cidr: Cidr
    """IPv4 range of the network: private (10/8, 172.16/12, 192.168/16), /16 to /24."""

    egress: Literal["nat", "firewall"]
    """How nodes reach what has no private endpoint: `nat` (one NAT gateway; the internet is reachable, and
    each GB through it is charged) or `firewall` (an Azure Firewall lets through what the service needs and
    `allowed_domains`, and nothing else)."""

    allowed_domains: list[Domain] = Field(default=[], max_length=100)
    """Hosts that the firewall lets nodes reach by HTTPS, besides what Azure Machine Learning needs."""

    firewall_tier: Literal["standard", "premium"] = "standard"
    """Tier of the firewall; premium adds intrusion detection."""

    flow_log_retention_days: int = Field(default=365, ge=1, le=365)
    """Days that flow logs are kept (Network Watcher takes 1 to 365)."""
