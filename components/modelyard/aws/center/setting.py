"""What all parts of a data center are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast

import pulumi

from modelyard.environment.aws.capacity import Spot
from modelyard.environment.aws.sites import Site, primary_site, recovery_site
from modelyard.environment.aws.spec import AwsEnvironment
from modelyard.environment.aws.storage import DatasetS3Store, ExistingS3Store, S3Store
from modelyard.planning.arns import Place
from modelyard.planning.names import roles_boundary
from modelyard.planning.policies.keys import PURPOSES
from modelyard.wiring.setting import CommonSetting

Args = TypeVar("Args", bound=Mapping[str, Any])


class Keys(Protocol):
    """Keys by purpose: those of Encryption, or their replicas in another region."""

    def key_arn(self, purpose: str) -> pulumi.Output[str]:
        """ARN of the key for one purpose."""
        ...


@dataclass(frozen=True, slots=True)
class Setting(CommonSetting[AwsEnvironment]):
    """An environment on AWS, and what follows from it for everything that is built of it."""

    @property
    def primary(self) -> Site:
        """The region that it lives in."""
        return primary_site(self.environment)

    @property
    def recovery(self) -> Site | None:
        """The region to come back in."""
        return recovery_site(self.environment)

    @property
    def own_datasets(self) -> DatasetS3Store | None:
        """The dataset bucket, if it is the environment's own."""
        datasets = self.environment.storage.datasets
        return None if isinstance(datasets, ExistingS3Store) else datasets

    @property
    def stores(self) -> Mapping[str, S3Store]:
        """The environment's own buckets for data, by purpose."""
        checkpoints = {"checkpoints": self.environment.storage.checkpoints}
        return {"datasets": self.own_datasets, **checkpoints} if self.own_datasets else checkpoints

    @property
    def backs_up_datasets(self) -> bool:
        """Whether AWS Backup keeps copies of the dataset bucket."""
        return bool(self.environment.backup and self.own_datasets and self.own_datasets.backed_up)

    @property
    def key_purposes(self) -> list[str]:
        """What keys are needed for."""
        unused = {
            *(() if self.own_datasets else ("datasets",)),
            *(() if self.environment.backup else ("backup",)),
            *(() if self.environment.storage.file_systems else ("files",)),
        }
        return [purpose for purpose in PURPOSES if purpose not in unused]

    def bounded(self, args: Args) -> Args:
        """The args of a component with roles, with their boundary where the environment has one."""
        environment = self.environment
        if environment.permissions_boundary:
            place = Place(environment.account_id, environment.regions.primary)
            boundary = place.iam(f"policy/{roles_boundary(environment.name)}")
            cast("dict[str, Any]", args)["permissions_boundary"] = boundary
        return args

    def uses_spot(self, site: Site) -> bool:
        """Whether any pool of a region is bought on spot."""
        return any(isinstance(pool.capacity, Spot) for pool in site.pools)

    @property
    def backed_up_kinds(self) -> set[str]:
        """Kinds of the file systems that AWS Backup keeps copies of."""
        if self.environment.backup is None:
            return set()
        return {each.kind for each in self.environment.storage.file_systems if each.backed_up}
