"""The specification of an environment: everything that a data center is built from."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, model_validator

from modelyard.environment.aws.backup import Backup
from modelyard.environment.aws.budget import Budget
from modelyard.environment.aws.compute import Pool
from modelyard.environment.aws.encryption import Encryption
from modelyard.environment.aws.jobs import Jobs
from modelyard.environment.aws.network import Network
from modelyard.environment.aws.operations import Monitoring, WorkingHours
from modelyard.environment.aws.recovery import Recovery
from modelyard.environment.aws.storage import Storage
from modelyard.environment.base import RegionName, Spec
from modelyard.environment.common import OF_A_CLOUD, CommonEnvironment, Training


class Regions(Spec):
    """Where the environment lives."""

    primary: RegionName
    """Region that the environment is built in."""

    recovery: RegionName | None = None
    """Region to come back in when the primary is lost. It must lie within the residency."""


class AwsEnvironment(CommonEnvironment):
    """An environment on AWS: one data center for training, in one account."""

    # What is frozen is only ever read, so that a narrower type is no lie.
    cloud: Annotated[Literal["aws"], OF_A_CLOUD]  # pyright: ignore[reportIncompatibleVariableOverride]
    """Cloud that the environment is built on."""

    stage: Literal["development", "staging", "production"]
    """What it is for. Staging and production run pinned machine images only; in production what holds data is
    protected from deletion. `development` is the weaker choice."""

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

    permissions_boundary: bool = False
    """Whether every role is bounded by the policy that `modelyard bootstrap aws` made for the environment.
    The deploy role that it made makes no other roles."""

    regions: Regions
    """Where it lives."""

    network: Network
    """Its network."""

    encryption: Encryption = Encryption()
    """Its keys."""

    storage: Storage
    """Its stores."""

    compute: list[Pool] = Field(min_length=1, max_length=20)
    """Its pools of machines."""

    jobs: Jobs = Jobs()
    """What its jobs may be given."""

    recovery: Recovery | None = None
    """What stands ready in `regions.recovery`: needed with it, and only with it."""

    backup: Backup | None = None
    """Backups of what says `backed_up`. Unset, there are none: versions and replicas are all there is."""

    training: Training | None = None
    """How much of training may be lost, and how soon it goes on."""

    monitoring: Monitoring = Monitoring()
    """What is watched, and who is told."""

    working_hours: WorkingHours | None = None
    """When it may be used, if it isn't production. Unset: always."""

    budget: Budget | None = None
    """Its budget."""

    @model_validator(mode="after")
    def _what_no_field_can_see_alone(self, info: ValidationInfo) -> "AwsEnvironment":
        from modelyard.environment.aws.checks import check

        check(self, before_pinning=bool(info.context and info.context.get("before_pinning")))
        return self
