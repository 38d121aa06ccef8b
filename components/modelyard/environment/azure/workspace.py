"""The Azure Machine Learning workspace, its registry, and who may use it."""

from typing import Annotated, Literal

from pydantic import Field

from modelyard.environment.azure.base import PrincipalId, guid
from modelyard.environment.azure.compute import SizeName
from modelyard.environment.base import Spec
from modelyard.planning.azure.clusters import BUILD_SIZE, COSMOS_DB_APPLICATION_ID


class Workspace(Spec):
    """The workspace that clusters and jobs belong to."""

    customer_key: bool = False
    """Whether the workspace's own metadata is encrypted with a key of the environment. Azure then makes a
    database, a search service and a storage account in the subscription, which cost several hundred dollars
    a month whether anything runs or not; `modelyard preview` names them. Azure changes it for no workspace
    that stands. The workspace keeps to one version of the key: after a rotation `pulumi up --refresh` gives
    it the next."""

    cosmos_db_principal_id: (
        Annotated[str, guid(f"write what `az ad sp show --id {COSMOS_DB_APPLICATION_ID} --query id` prints")]
        | None
    ) = None
    """Object id of the service principal "Azure Cosmos DB" in the tenant, which has to use that key: what
    `az ad sp show --id a232010e-820c-4083-83bb-3ace5fc29d0b --query id` prints. Needed with customer_key."""

    high_business_impact: bool = True
    """Whether scratch disks of the nodes are encrypted and Microsoft collects less about what runs. Azure
    changes it for no workspace that stands. `false` is the weaker choice."""

    image_build_instance_type: SizeName = BUILD_SIZE
    """Size of the machines that build images inside the network, since Azure's own builders don't reach a
    closed registry: two in a region at most, and none while nothing is built."""

    registry_retention_days: int = Field(default=30, ge=1, le=365)
    """Days that images without a tag are kept in the registry."""


class Submitter(Spec):
    """Somebody who may submit jobs."""

    principal_id: PrincipalId
    """Object id in the tenant."""

    kind: Literal["user", "group", "service_principal"]
    """What the object is."""


class Jobs(Spec):
    """Who submits jobs. Unset, only who owns the subscription does."""

    submitters: list[Submitter] = Field(default=[], max_length=20)
    """Who may submit jobs, look at them, import images for them, and read and write checkpoints."""


class Quota(Spec):
    """vCPUs of one family that Azure Machine Learning may use in a region."""

    family: str = Field(min_length=3, max_length=80, examples=["standardNDSH100v5Family"])
    """Family of sizes, as Azure names it among a region's usages; `TotalLowPriorityCores` for the one quota
    that all spot pools share."""

    vcpus: int = Field(ge=0, le=10_000_000)
    """vCPUs granted in the primary region."""

    recovery_vcpus: int = Field(default=0, ge=0, le=10_000_000)
    """vCPUs granted in the recovery region."""
