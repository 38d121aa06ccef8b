"""The specification of an environment: everything that a data center is built from."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from modelyard.environment.backup import Backup
from modelyard.environment.base import Slug, Spec, TagValue
from modelyard.environment.budget import Budget
from modelyard.environment.compute import Pool
from modelyard.environment.encryption import Encryption
from modelyard.environment.network import Network
from modelyard.environment.storage import Storage

RegionName = Annotated[
    str,
    Field(
        pattern=r"^[a-z]{2}(?:-[a-z]+)+-[0-9]$",
        examples=["eu-central-1"],
        json_schema_extra={"allowed": "the name of an AWS region, as eu-central-1"},
    ),
]


class Regions(Spec):
    """Where the environment lives."""

    primary: RegionName
    """Region that the environment is built in."""

    recovery: RegionName | None = None
    """Region to come back in when the primary is lost. It must lie within the residency."""


class AwsEnvironment(Spec):
    """An environment on AWS: one data center for training, in one account."""

    cloud: Literal["aws"]
    """Cloud that the environment is built on."""

    name: Slug
    """Name of the environment, as dev or prod; part of every resource's name."""

    owner: TagValue
    """Team that answers for the environment."""

    cost_center: TagValue
    """Cost centre that pays for it."""

    data_classification: Literal["public", "internal", "confidential", "restricted"]
    """Highest classification of the data that is kept in it."""

    residency: Annotated[
        str,
        Field(
            pattern=r"^[a-z]{2,12}$",
            examples=["eu"],
            json_schema_extra={"allowed": "a jurisdiction in lower case, as eu or us; or unrestricted"},
        ),
    ]
    """Jurisdiction that data may not leave, as eu or us; `unrestricted` for none."""

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

    backup: Backup | None = None
    """Backups of the dataset bucket. Unset, there are none: versions in the buckets are all there is."""

    budget: Budget | None = None
    """Its budget."""

    @model_validator(mode="after")
    def _what_no_field_can_see_alone(self) -> "AwsEnvironment":
        from modelyard.environment.checks import check

        check(self)
        return self


Environment = AwsEnvironment
"""An environment on any of the clouds that modelyard builds on, told apart by `cloud`."""
