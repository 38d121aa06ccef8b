"""What is written down: calls to AWS, and how resources change."""

from typing import Annotated, Literal

from pydantic import Field

from modelyard.account.base import Adopted, Created, LeftAlone
from modelyard.environment.base import RegionName

ObjectArnPrefix = Annotated[
    str,
    Field(
        pattern=r"^arn:aws:s3:::[a-z0-9][a-z0-9.-]{0,62}(?:/.*)?$",
        max_length=1_024,
        examples=["arn:aws:s3:::prod-datasets-123456789012-eu-central-1/"],
        json_schema_extra={
            "allowed": "the start of the ARNs of objects, as arn:aws:s3:::my-bucket/ for all of a bucket",
            "mend": "write arn:aws:s3::: and the start of a bucket's name, with a slash after a whole one",
        },
    ),
]

TrailArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws:cloudtrail:[a-z0-9-]+:[0-9]{12}:trail/[A-Za-z0-9._-]{3,128}$",
        examples=["arn:aws:cloudtrail:eu-central-1:210987654321:trail/organisation"],
        json_schema_extra={"allowed": "the ARN of a trail"},
    ),
]

RecorderName = Annotated[
    str,
    Field(
        pattern=r"^[^:/\s]{1,256}$",
        examples=["default"],
        json_schema_extra={"allowed": "the name of a configuration recorder, as default"},
    ),
]

KEPT_DAYS_MIN, KEPT_DAYS_MAX = 90, 3_653


class CreatedTrail(Created):
    """One trail for all regions, with digests that prove that nothing was taken out, under a key and in a
    bucket of its own.
    """

    data_event_arn_prefixes: list[ObjectArnPrefix] = Field(
        max_length=100,
        json_schema_extra={
            "mend": "name the objects to record, or write data_event_arn_prefixes: [] for none"
        },
    )
    """Objects whose every read and write is recorded too, by how their ARNs start, as
    arn:aws:s3:::prod-checkpoints-123456789012-eu-central-1/. Events are paid for each; an empty list records
    none."""

    retention_days: int = Field(default=400, ge=KEPT_DAYS_MIN, le=KEPT_DAYS_MAX)
    """Days that the records are kept."""

    lock_mode: Literal["governance", "compliance", "none"] = "governance"
    """How each record is locked as soon as it is written. `governance`: nobody lifts a lock before its time
    without changing the bucket's policy first, which the trail shows. `compliance`: nobody, not even the
    account's root user. `none`: whoever may delete a record deletes it: the weaker choice. Object lock, once
    on, stays on for the bucket; a change is for what is written from then on."""

    lock_days: int = Field(default=90, ge=KEPT_DAYS_MIN, le=KEPT_DAYS_MAX)
    """Days that a record can't be deleted or overwritten, at most `retention_days`. The bucket can't be
    deleted before either. Without effect where `lock_mode` is none."""


class AdoptedTrail(Adopted):
    """A trail that exists, as an organisation's."""

    arn: TrailArn
    """Its ARN. It must be one that the account can see in the primary region."""


class CreatedConfig(Created):
    """AWS Config records every resource and how it changes, in each region; what is global only in the
    primary one.
    """

    frequency: Literal["continuous", "daily"] = "continuous"
    """How often a change is recorded: each one, or once a day what a resource has become. Daily costs less
    where nodes come and go, and Security Hub learns of a fault a day late."""

    service_role: Literal["create", "adopt"] = "create"
    """Whether the service-linked role that it works under is made here, or exists already: an account has one
    from the first use of AWS Config on, and a second can't be made."""

    retention_days: int = Field(default=400, ge=KEPT_DAYS_MIN, le=KEPT_DAYS_MAX)
    """Days that its snapshots and histories are kept in their bucket."""


class AdoptedConfig(Adopted):
    """Recorders that exist."""

    recorders: dict[RegionName, RecorderName] = Field(min_length=1)
    """Name of the recorder in each region, as default."""


Trail = Annotated[CreatedTrail | AdoptedTrail | LeftAlone, Field(discriminator="mode")]
Config = Annotated[CreatedConfig | AdoptedConfig | LeftAlone, Field(discriminator="mode")]

CONFIG = CreatedConfig(mode="create")
