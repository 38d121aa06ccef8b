"""Where datasets, checkpoints and logs are kept."""

from typing import Annotated, Literal

from pydantic import Field

from modelyard.environment.azure.base import GUID
from modelyard.environment.base import Spec
from modelyard.environment.common import Promotion


class BlobStore(Spec):
    """A storage account of the environment's own with one container: versioned, encrypted with its own key,
    closed to the public, without shared keys.
    """

    kind: Literal["blob"]
    """Kind of store."""

    noncurrent_retention_days: int = Field(default=30, ge=7, le=365)
    """Days that overwritten and deleted versions are kept (soft delete takes 365 at most)."""

    expire_after_days: int | None = Field(default=None, ge=1, le=36_500)
    """Days after which objects expire. Unset, they are kept."""

    cool_after_days: int | None = Field(default=None, ge=1, le=36_500)
    """Days without a change after which objects move to the cool tier, where reading costs more than keeping.
    Unset, they stay hot."""

    redundancy: Literal["lrs", "zrs", "grs", "gzrs"] | None = None
    """Azure's copies within the account: in one zone (`lrs`), over zones (`zrs`), and either of them with
    another copy in the paired region (`grs`, `gzrs`). Unset: over zones where the region has them."""

    expected_size_gib: int = Field(default=100, ge=0, le=100_000_000)
    """Size that is expected, in GiB. For cost estimates only."""


class DatasetBlobStore(BlobStore):
    """The environment's own store for datasets."""

    backed_up: bool = False
    """Whether Azure Backup keeps copies of it, as `backup` says. Versions are kept anyway."""


class CheckpointStore(BlobStore):
    """The store for checkpoints: versioned, and replicated where there is a recovery region."""

    promotion: Promotion | None = None
    """Immutability of checkpoints that are promoted. Unset, no object is ever locked. With it, what expires
    by `expire_after_days` is what lies under runs/ and checkpoints/."""


class ExistingBlobStore(Spec):
    """A container that exists already and is somebody else's: jobs may read it, nothing in it is managed."""

    kind: Literal["existing_blob"]
    """Kind of store."""

    account_id: Annotated[
        str,
        Field(
            pattern=rf"^/subscriptions/{GUID}/resourceGroups/[\w().-]{{1,90}}/providers"
            r"/Microsoft\.Storage/storageAccounts/[a-z0-9]{3,24}$",
            json_schema_extra={
                "allowed": "the resource id of a storage account, as "
                "/subscriptions/GUID/resourceGroups/GROUP/providers/Microsoft.Storage/storageAccounts/NAME",
                "mend": "copy the id that `az storage account show --query id` prints",
            },
        ),
    ]
    """Resource id of the storage account. Its network rules have to let the environment's networks in, and
    who brings the environment up has to be allowed to assign roles there."""

    container: Annotated[
        str,
        Field(
            pattern=r"^[a-z0-9](?:-?[a-z0-9])*$",
            min_length=3,
            max_length=63,
            json_schema_extra={
                "allowed": "the name of a container: 3 to 63 small letters, digits and single dashes",
            },
        ),
    ]
    """Name of the container."""


DatasetStore = Annotated[DatasetBlobStore | ExistingBlobStore, Field(discriminator="kind")]


class Storage(Spec):
    """The stores of an environment, by purpose. What is read and written is logged in Log Analytics."""

    datasets: DatasetStore
    """What training reads."""

    checkpoints: CheckpointStore
    """What training writes: checkpoints, results, and the record of each run."""
