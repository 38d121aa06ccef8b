"""The specification of an environment on Azure."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, model_validator

from modelyard.environment.azure.backup import Backup
from modelyard.environment.azure.base import RegionName, SubscriptionId, TenantId
from modelyard.environment.azure.compute import Pool
from modelyard.environment.azure.encryption import Encryption
from modelyard.environment.azure.network import Network
from modelyard.environment.azure.operations import Budget, Monitoring
from modelyard.environment.azure.recovery import Recovery
from modelyard.environment.azure.storage import Storage
from modelyard.environment.azure.workspace import Jobs, Quota, Workspace
from modelyard.environment.base import Spec
from modelyard.environment.common import OF_A_CLOUD, CommonEnvironment, Training
from modelyard.planning.azure.names import HIGHEST_GENERATION


class Regions(Spec):
    """Where the environment lives."""

    primary: RegionName
    """Region that the environment is built in."""

    recovery: RegionName | None = None
    """Region to come back in when the primary is lost. It must lie within the residency."""


class AzureEnvironment(CommonEnvironment):
    """An environment on Azure: one data center for training, in one subscription."""

    # What is frozen is only ever read, so that a narrower type is no lie.
    cloud: Annotated[Literal["azure"], OF_A_CLOUD]  # pyright: ignore[reportIncompatibleVariableOverride]
    """Cloud that the environment is built on."""

    subscription_id: SubscriptionId
    """Id of the subscription. Any other is refused."""

    tenant_id: TenantId
    """Id of the Microsoft Entra tenant that the subscription trusts."""

    generation: int = Field(default=1, ge=1, le=HIGHEST_GENERATION)
    """Part of the names that are unique in Azure, of which some stay taken after deletion: a key vault's for
    90 days, a workspace's for 14. Raise it to build a destroyed environment again before these are over; of
    one that stands it would replace every store, with what is in it."""

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

    quotas: list[Quota] = Field(default=[], max_length=50)
    """vCPUs that Azure has granted, by family: of a family whose quota starts at zero, as those with GPUs do,
    the pools' has to be stated. `modelyard doctor` looks whether it is so."""

    workspace: Workspace = Workspace()
    """Its workspace."""

    jobs: Jobs = Jobs()
    """Who submits its jobs."""

    recovery: Recovery | None = None
    """What stands ready in `regions.recovery`: needed with it, and only with it."""

    backup: Backup | None = None
    """Backups of what says `backed_up`. Unset, there are none: versions and replicas are all there is."""

    training: Training | None = None
    """How much of training may be lost, and how soon it goes on."""

    monitoring: Monitoring = Monitoring()
    """What is watched, and who is told."""

    budget: Budget | None = None
    """Its budget."""

    @model_validator(mode="after")
    def _what_no_field_can_see_alone(self, info: ValidationInfo) -> "AzureEnvironment":
        from modelyard.environment.azure.checks import check

        del info
        check(self)
        return self
