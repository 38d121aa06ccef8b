"""What all parts of a data center are told, on any cloud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import pulumi

from modelyard.environment.common import CommonEnvironment
from modelyard.environment.sites import Site
from modelyard.environment.tags import environment_tags

Environment = TypeVar("Environment", bound=CommonEnvironment)


@dataclass(frozen=True, slots=True)
class CommonSetting(Generic[Environment]):
    """An environment, and what follows from it for everything that is built of it."""

    name: str
    """Name of the data center; the first part of every child's name."""
    environment: Environment
    parent: pulumi.Resource

    @property
    def tags(self) -> dict[str, str]:
        """Tags of everything."""
        return environment_tags(self.environment)

    @property
    def protect(self) -> bool:
        """Whether what holds data is protected from deletion."""
        return self.environment.stage == "production"

    def child(self, *depends_on: pulumi.Resource) -> pulumi.ResourceOptions:
        """Options of a child of the data center."""
        return pulumi.ResourceOptions(parent=self.parent, depends_on=list(depends_on) or None)

    def child_name(self, site: Site[Any, Any], part: str) -> str:
        """Name of a part in a region."""
        return f"{self.name}-recovery-{part}" if site.recovery else f"{self.name}-{part}"
