"""The resources and conditions that rights are bounded by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from modelyard.planning.policies.document import Conditions, Statement, statement
from modelyard_cli.bootstrap.naming import Naming


@dataclass(frozen=True, slots=True)
class Grant:
    """One statement of the deploy role, and the types of resources that it is for."""

    sid: str
    types: tuple[str, ...]
    """Pulumi types of the provider aws, as `s3.Bucket`."""
    actions: Sequence[str]
    resources: Sequence[str] = ("*",)
    conditions: Conditions | None = None

    def statement(self) -> Statement:
        """The statement."""
        return statement(self.sid, self.actions, self.resources, conditions=self.conditions)


@dataclass(frozen=True, slots=True)
class Scope:
    """One environment's part of an account."""

    naming: Naming

    @property
    def environment(self) -> str:
        """Name of the environment."""
        return self.naming.environment

    @property
    def account_id(self) -> str:
        """The account."""
        return self.naming.place.account_id

    def named(self, service: str, *kinds: str) -> list[str]:
        """ARNs of what is named after the environment, in its regions: `kinds` end where the name begins."""
        return [
            f"arn:aws:{service}:{region}:{self.account_id}:{kind}{self.environment}-*"
            for kind in kinds
            for region in self.naming.regions
        ]

    def all_of(self, service: str, *kinds: str) -> list[str]:
        """ARNs of everything of a kind in the environment's regions: where the service makes up the name."""
        return [
            f"arn:aws:{service}:{region}:{self.account_id}:{kind}"
            for kind in kinds
            for region in self.naming.regions
        ]

    def iam(self, *kinds: str) -> list[str]:
        """ARNs of what IAM has under the environment's name."""
        return [self.naming.place.iam(f"{kind}/{self.environment}-*") for kind in kinds]

    @property
    def buckets(self) -> str:
        """ARN of the environment's buckets: their names end in account and region."""
        return f"arn:aws:s3:::{self.environment}-*-{self.account_id}-*"

    @property
    def tagged(self) -> dict[str, dict[str, str]]:
        """What carries the environment's tag."""
        return {"StringEquals": {"aws:ResourceTag/environment": self.environment}}

    @property
    def tagged_if_at_all(self) -> dict[str, dict[str, str]]:
        """What carries the environment's tag, or none: what a service made by itself."""
        return {"StringEqualsIfExists": {"aws:ResourceTag/environment": self.environment}}

    @property
    def to_be_tagged(self) -> dict[str, dict[str, str]]:
        """What is made with the environment's tag."""
        return {"StringEquals": {"aws:RequestTag/environment": self.environment}}

    @property
    def here(self) -> dict[str, dict[str, list[str]]]:
        """In the environment's regions."""
        return {"StringEquals": {"aws:RequestedRegion": self.naming.regions}}
