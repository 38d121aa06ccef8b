"""What all parts of a data center on Azure are told."""

from __future__ import annotations

from dataclasses import dataclass

from modelyard.environment.azure.recovery_chains import backed_up, replicated_stores
from modelyard.environment.azure.sites import Site, primary_site, recovery_site
from modelyard.environment.azure.spec import AzureEnvironment
from modelyard.environment.azure.storage import DatasetBlobStore, ExistingBlobStore
from modelyard.environment.azure.target import names
from modelyard.planning.azure.names import Names
from modelyard.wiring.setting import CommonSetting

KEY_PURPOSES = ("datasets", "checkpoints", "logs", "registry", "workspace", "backup")
"""What keys may be needed for: none for volumes, since disks of nodes are Azure Machine Learning's own."""


@dataclass(frozen=True, slots=True)
class Setting(CommonSetting[AzureEnvironment]):
    """An environment on Azure, and what follows from it for everything that is built of it."""

    @property
    def primary(self) -> Site:
        """The region that it lives in."""
        return primary_site(self.environment)

    @property
    def recovery(self) -> Site | None:
        """The region to come back in."""
        return recovery_site(self.environment)

    @property
    def own_datasets(self) -> DatasetBlobStore | None:
        """The dataset store, if it is the environment's own."""
        datasets = self.environment.storage.datasets
        return None if isinstance(datasets, ExistingBlobStore) else datasets

    @property
    def replicated(self) -> tuple[str, ...]:
        """Purposes of the stores that are copied to the recovery region as they are written."""
        return replicated_stores(self.environment)

    @property
    def replicates_registry(self) -> bool:
        """Whether the recovery region shares the primary one's registry, which has a replica there."""
        recovery = self.environment.recovery
        return recovery is not None and recovery.replicate_registry

    def registry_name(self, site: Site) -> str:
        """The registry that a region's images come from."""
        shared = site.recovery and self.replicates_registry
        return self.names(self.primary if shared else site).registry

    def backs_up(self, purpose: str, site: Site) -> bool:
        """Whether a store of a region is backed up: what was copied isn't copied again."""
        environment = self.environment
        return environment.backup is not None and not site.recovery and purpose in backed_up(environment)

    def key_purposes(self, site: Site) -> list[str]:
        """What keys a region needs."""
        backup = self.environment.backup
        unused = {
            *(() if self.own_datasets else ("datasets",)),
            *(() if backup and backup.customer_key and not site.recovery else ("backup",)),
            *(("registry",) if site.recovery and self.replicates_registry else ()),
        }
        return [purpose for purpose in KEY_PURPOSES if purpose not in unused]

    def names(self, site: Site) -> Names:
        """The names of what Azure has in a region."""
        return names(self.environment, site.region)
