"""File systems that nodes can mount."""

from typing import Annotated, Literal

from pydantic import Field

from modelyard.environment.base import Slug, Spec, ZoneId


class LustreFileSystem(Spec):
    """Amazon FSx for Lustre, persistent, on SSD: fast and parallel, in one zone, encrypted with the
    environment's own key.
    """

    kind: Literal["fsx_lustre"]
    """Kind of file system."""

    name: Slug
    """Name of the file system, unique in the environment."""

    size_gib: int = Field(ge=1_200, le=1_000_000)
    """Size in GiB: 1,200, or a multiple of 2,400."""

    throughput_mbps_per_tib: Literal[125, 250, 500, 1000]
    """Throughput in MB/s for each TiB."""

    zone_id: ZoneId | None = None
    """Zone that it is in, by its id. Unset, the zone of the first pool for multi-node jobs, else the
    environment's first."""

    dataset_prefix: (
        Annotated[
            str,
            Field(
                pattern=r"^(?:[A-Za-z0-9!_.*'()-]+/)*$",
                max_length=900,
                json_schema_extra={"allowed": "the start of keys, ending in a slash, as imagenet/; or empty"},
            ),
        ]
        | None
    ) = None
    """Start of the keys in the dataset bucket that appear under /datasets, imported as they are read: "" for
    the whole bucket. Unset, the file system is linked to nothing. A linked one can't be backed up."""

    backed_up: bool = True
    """Whether AWS Backup keeps copies of it, as `backup` says."""


class ElasticFileSystem(Spec):
    """Amazon EFS: grows with what is in it, in every zone of the network, encrypted with the environment's
    own key.
    """

    kind: Literal["efs"]
    """Kind of file system."""

    name: Slug
    """Name of the file system, unique in the environment."""

    throughput_mode: Literal["elastic", "bursting"] = "elastic"
    """`elastic` is paid by what is read and written; `bursting` grows with the size."""

    infrequent_access_after_days: Literal[1, 7, 14, 30, 60, 90, 180, 270, 365] | None = 30
    """Days without access after which a file moves to cheaper storage. `null`: never."""

    expected_size_gib: int = Field(default=100, ge=0, le=100_000_000)
    """Size that is expected, in GiB. For cost estimates only."""

    backed_up: bool = True
    """Whether AWS Backup keeps copies of it, as `backup` says."""
