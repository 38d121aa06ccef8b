"""How the account's new volumes, instances and networks start out."""

from typing import Annotated, Literal

from pydantic import Field

from modelyard.account.base import Adopted, Created, LeftAlone


class CreatedVolumeEncryption(Created):
    """Every new volume is encrypted, asked for or not."""

    key: Literal["customer", "aws"] = "customer"
    """Key that it is encrypted with where none is named: one of the account's own in each region, or AWS's
    (`aws/ebs`), which can't be shared or denied to anybody: the weaker choice."""

    spot: bool = False
    """Whether EC2 Spot may use the customer key, for volumes of spot instances that name no key. Its
    service-linked role must exist."""


class CreatedInstanceMetadata(Created):
    """New instances that say nothing of it answer only to who holds a session token (IMDSv2)."""

    hop_limit: int = Field(default=1, ge=1, le=64)
    """Network hops that an answer may take. With 1 it reaches the machine alone; containers behind a bridge
    would need 2: the weaker choice."""


class CreatedNetworkBlock(Created):
    """No VPC of the region is reached from the internet, whatever its routes say."""

    block: Literal["ingress", "all"]
    """`ingress` lets NAT gateways and egress-only gateways through, as environments with egress by NAT need
    them; `all` stops these as well. Load balancers that face the internet stop answering with either."""


VolumeEncryption = Annotated[CreatedVolumeEncryption | Adopted | LeftAlone, Field(discriminator="mode")]
InstanceMetadata = Annotated[CreatedInstanceMetadata | Adopted | LeftAlone, Field(discriminator="mode")]
NetworkBlock = Annotated[CreatedNetworkBlock | Adopted | LeftAlone, Field(discriminator="mode")]

VOLUME_ENCRYPTION = CreatedVolumeEncryption(mode="create")
INSTANCE_METADATA = CreatedInstanceMetadata(mode="create")
