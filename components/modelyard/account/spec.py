"""The specification of an account.

The stack `account` builds what an account has once. It belongs to no environment: an environment that is
destroyed leaves it as it is.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from modelyard.account.base import CREATED, Setting
from modelyard.account.detection import (
    GUARD_DUTY,
    INSPECTOR,
    SECURITY_HUB,
    AccessAnalyzer,
    GuardDuty,
    Inspector,
    SecurityHub,
)
from modelyard.account.records import CONFIG, Config, Trail
from modelyard.account.settings import (
    INSTANCE_METADATA,
    VOLUME_ENCRYPTION,
    InstanceMetadata,
    NetworkBlock,
    VolumeEncryption,
)
from modelyard.environment.aws.encryption import Encryption
from modelyard.environment.base import RegionName, Slug, Spec, TagValue


class AccountRegions(Spec):
    """Where the account is used."""

    primary: RegionName
    """Region of what the account has in one place: the trail with its bucket and key, and Config's bucket."""

    others: list[RegionName] = Field(default=[], max_length=30)
    """Further regions: what is set for each region is set in these as well."""


class AwsAccount(Spec):
    """What an AWS account has once, for all of its environments.

    Each part is made by this stack (`create`), is somebody else's and only referred to (`adopt`), or is done
    without (`none`).
    """

    cloud: Literal["aws"]
    """Cloud of the account."""

    name: Slug
    """Name of the stack, as account; part of the names of what it makes."""

    owner: TagValue
    """Team that answers for the account."""

    cost_center: TagValue
    """Cost centre that pays for what the account has once."""

    data_classification: Literal["public", "internal", "confidential", "restricted"]
    """Classification of its records: they name who did what to which object."""

    account_id: Annotated[
        str,
        Field(
            pattern=r"^[0-9]{12}$",
            json_schema_extra={
                "allowed": "twelve digits in quotes",
                "mend": 'write the account id in quotes, as "123456789012"',
            },
        ),
    ]
    """Id of the AWS account. Any other account is refused."""

    regions: AccountRegions
    """Where it is used."""

    encryption: Encryption = Encryption()
    """Its keys."""

    deletion_protection: bool = True
    """Whether the engine refuses to destroy anything of it. Without, `pulumi destroy` takes the account's
    protection away: the weaker choice."""

    s3_public_access: Setting = CREATED
    """Refusal of public buckets and objects in the whole account."""

    ebs_encryption: VolumeEncryption = VOLUME_ENCRYPTION
    """Encryption of new volumes, in each region."""

    snapshot_public_access: Setting = CREATED
    """Refusal of public snapshots of volumes, in each region."""

    instance_metadata: InstanceMetadata = INSTANCE_METADATA
    """How new instances answer about themselves, in each region."""

    vpc_public_access: NetworkBlock = Field(
        json_schema_extra={"mend": "add it, as vpc_public_access: {mode: create, block: ingress}"}
    )
    """Refusal of traffic from the internet, in each region. To be chosen by name, for it stops what serves
    the internet today."""

    trail: Trail = Field(
        json_schema_extra={"mend": "add it, as trail: {mode: create, data_event_arn_prefixes: []}"}
    )
    """Record of calls to AWS (CloudTrail)."""

    guardduty: GuardDuty = GUARD_DUTY
    """Detection of attacks (GuardDuty), in each region."""

    config: Config = CONFIG
    """Record of resources and their changes (AWS Config), in each region."""

    security_hub: SecurityHub = SECURITY_HUB
    """Findings and standards (Security Hub), in each region."""

    inspector: Inspector = INSPECTOR
    """Known holes in machines and images (Inspector), in each region."""

    access_analyzer: AccessAnalyzer = CREATED
    """What is open to other accounts (IAM Access Analyzer), in each region."""

    cost_allocation_tags: Setting = Field(
        json_schema_extra={"mend": "add it, as cost_allocation_tags: {mode: create}"}
    )
    """Activation of the tags that costs are told apart by. To be chosen by name: only an account that pays
    its own bills can; in an organisation that is the management account (`adopt`). A tag can be activated a
    day after something has first carried it."""

    @model_validator(mode="after")
    def _what_no_field_can_see_alone(self) -> "AwsAccount":
        from modelyard.account.checks import check

        check(self)
        return self

    @property
    def every_region(self) -> tuple[str, ...]:
        """All regions, the primary one first."""
        return (self.regions.primary, *self.regions.others)
