"""What the checks of a subscription look at: a session, and what the environment asks of each region."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelyard.environment.azure.target import names

if TYPE_CHECKING:
    from modelyard.environment.azure.sites import Site
    from modelyard.environment.azure.spec import AzureEnvironment
    from modelyard.planning.azure.names import Names
    from modelyard_cli.account.azure.session import Session


@dataclass(frozen=True, slots=True)
class Loaded:
    """An environment, and how it was named."""

    environment: AzureEnvironment
    reference: str
    """Its name or its file."""

    def command(self, words: str) -> str:
        """A command of modelyard's for it, to copy."""
        return f"`modelyard {words} {shlex.quote(self.reference)}`"


@dataclass(frozen=True, slots=True)
class Survey:
    """One region of an environment, and the subscription that it is to be in."""

    session: Session
    loaded: Loaded
    site: Site

    @property
    def environment(self) -> AzureEnvironment:
        """The whole environment."""
        return self.loaded.environment

    @property
    def region(self) -> str:
        """The region's name."""
        return self.site.region

    @property
    def names(self) -> Names:
        """What everything there is called."""
        return names(self.environment, self.region)

    @property
    def group_id(self) -> str:
        """Resource id of the region's group."""
        return f"{self.session.home}/resourceGroups/{self.names.resource_group}"
