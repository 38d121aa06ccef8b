"""Where datasets, checkpoints and logs are kept."""

from typing import Annotated, Literal

from pydantic import Field

from modelyard.environment.aws.file_systems import ElasticFileSystem, LustreFileSystem
from modelyard.environment.base import Spec
from modelyard.environment.common import Promotion


class S3Store(Spec):
    """A bucket of the environment's own: versioned, encrypted with its own key, closed to the public."""

    kind: Literal["s3"]
    """Kind of store."""

    noncurrent_retention_days: int = Field(default=30, ge=1, le=3_650)
    """Days that overwritten and deleted versions are kept."""

    expire_after_days: int | None = Field(default=None, ge=1, le=36_500)
    """Days after which objects expire. Unset, they are kept."""

    expected_size_gib: int = Field(default=100, ge=0, le=100_000_000)
    """Size that is expected, in GiB. For cost estimates only."""


class DatasetS3Store(S3Store):
    """The environment's own bucket for datasets."""

    backed_up: bool = False
    """Whether AWS Backup keeps copies of it, as `backup` says. Versions are kept anyway."""


class CheckpointStore(S3Store):
    """The bucket for checkpoints: versioned, and replicated where there is a recovery region."""

    promotion: Promotion | None = None
    """Object lock for checkpoints that are promoted. Unset, no object is ever locked. With it, what expires
    by `expire_after_days` is what lies under runs/ and checkpoints/."""


class ExistingS3Store(Spec):
    """A bucket that exists already and is somebody else's: jobs may read it, nothing in it is managed."""

    kind: Literal["existing_s3"]
    """Kind of store."""

    bucket: Annotated[
        str,
        Field(
            pattern=r"^[a-z0-9](?:\.?[a-z0-9-])*\.?[a-z0-9]$",
            min_length=3,
            max_length=63,
            json_schema_extra={
                "allowed": "the name of a bucket: 3 to 63 lower-case letters, digits, dots and dashes",
                "mend": "write the bucket's name alone, without s3:// and without a key",
            },
        ),
    ]
    """Name of the bucket."""

    kms_key_arn: (
        Annotated[
            str,
            Field(
                pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/(?:mrk-[0-9a-f]{32}|[0-9a-f-]{36})$",
                json_schema_extra={
                    "allowed": "the ARN of a KMS key, as "
                    "arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef",
                    "mend": "write the key's own ARN: the policy that lets jobs use it can't name an alias",
                },
            ),
        ]
        | None
    ) = None
    """ARN of the key that its objects are encrypted with, if jobs need to use it."""


DatasetStore = Annotated[DatasetS3Store | ExistingS3Store, Field(discriminator="kind")]


FileSystem = Annotated[LustreFileSystem | ElasticFileSystem, Field(discriminator="kind")]


class Storage(Spec):
    """The stores of an environment, by purpose."""

    datasets: DatasetStore
    """What training reads."""

    checkpoints: CheckpointStore
    """What training writes: checkpoints, results, and the record of each run."""

    file_systems: list[FileSystem] = Field(default=[], max_length=10)
    """File systems that nodes can mount, in the primary region. They come back elsewhere from backups."""

    access_log_retention_days: int = Field(default=365, ge=1, le=3_650)
    """Days that the buckets' access logs are kept."""
