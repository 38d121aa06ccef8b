"""Names of what bootstrap makes. None begins with an environment's name: the deploy role's rights do."""

from __future__ import annotations

from dataclasses import dataclass

from modelyard.account.load import AwsSpec
from modelyard.account.spec import AwsAccount
from modelyard.planning.arns import Place
from modelyard.planning.names import roles_boundary

BUCKET_NAME_LENGTH = 63
"""Most characters of a bucket's name (Amazon S3 User Guide, "General purpose bucket naming rules",
2026-11)."""


@dataclass(frozen=True, slots=True)
class Naming:
    """The names that belong to one environment."""

    environment: str
    place: Place
    """Account and primary region."""
    recovery: str | None = None
    """Recovery region, if there is one."""

    others: tuple[str, ...] = ()
    """Further regions, which get no copy of the state."""
    has_deployer: bool = True
    """Whether a role of its own runs `pulumi up`."""

    @classmethod
    def of(cls, spec: AwsSpec) -> Naming:
        """The names of an environment, or of the stack that owns what an account has once.

        People bring that up with their own rights: it watches over the deploy roles.
        """
        place = Place(spec.account_id, spec.regions.primary)
        if isinstance(spec, AwsAccount):
            return cls(spec.name, place, others=tuple(spec.regions.others), has_deployer=False)
        return cls(spec.name, place, spec.regions.recovery)

    @property
    def regions(self) -> list[str]:
        """The regions, the primary one first."""
        return [self.place.region, *([self.recovery] if self.recovery else []), *self.others]

    def state_bucket(self, region: str) -> str:
        """Bucket for Pulumi's state, in a region: its dashes go where the name would get too long."""
        start = f"modelyard-state-{self.environment}-{self.place.account_id}-"
        fits = len(start) + len(region) <= BUCKET_NAME_LENGTH
        return start + (region if fits else region.replace("-", ""))

    @property
    def key_alias(self) -> str:
        """Alias of the key for Pulumi's state and secrets; the same in both regions."""
        return f"alias/modelyard-state-{self.environment}"

    @property
    def deploy_role(self) -> str:
        """Role that `pulumi up` runs under."""
        return f"modelyard-deploy-{self.environment}"

    @property
    def replication_role(self) -> str:
        """Role that S3 copies the state under."""
        return f"modelyard-state-copy-{self.environment}"

    @property
    def deploy_boundary(self) -> str:
        """Policy that bounds the deploy role."""
        return f"modelyard-deploy-boundary-{self.environment}"

    @property
    def workload_boundary(self) -> str:
        """Policy that bounds every role that the deploy role makes."""
        return roles_boundary(self.environment)

    def deploy_policy(self, part: str) -> str:
        """Policy with a part of the deploy role's rights."""
        return f"modelyard-deploy-{self.environment}-{part}"

    def policy_arn(self, policy: str) -> str:
        """ARN of a policy of the account."""
        return self.place.iam(f"policy/{policy}")

    @property
    def tags(self) -> dict[str, str]:
        """Tags of everything. Not `environment`: what carries it is the deploy role's to change."""
        return {"managed-by": "modelyard-bootstrap", "bootstrap-of": self.environment}
