"""What the checks of an account look at: a session, and what the environment asks of each region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelyard_cli.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.environment.aws.sites import Site
    from modelyard.environment.aws.spec import AwsEnvironment
    from modelyard_cli.account.session import CheckedSession
    from modelyard_cli.pinning.loading import Loaded


@dataclass(frozen=True, slots=True)
class Survey:
    """One region of an environment, and the account that it is to be in."""

    session: CheckedSession
    loaded: Loaded
    site: Site

    @property
    def environment(self) -> AwsEnvironment:
        """The whole environment."""
        return self.loaded.environment

    @property
    def region(self) -> str:
        """The region's name."""
        return self.site.region

    def client(self, service: str) -> Any:
        """The region's client of a service."""
        return self.session.client(service, self.region)


@dataclass(frozen=True, slots=True)
class Subject:
    """What one or several findings of a check are about."""

    check: str
    name: str
    needed_for: str
    field: str = ""

    def found(self, detail: str) -> Finding:
        """It is as it should be."""
        return Finding(self.name, True, detail, self.needed_for, mend="", check=self.check, field=self.field)

    def missing(
        self, detail: str, mend: str, *, aspect: str = "", field: str | None = None, required: bool = True
    ) -> Finding:
        """It isn't; `aspect` tells apart what else of it may not be."""
        return Finding(
            f"{self.name}, {aspect}" if aspect else self.name,
            False,
            detail,
            self.needed_for,
            mend,
            required=required,
            check=self.check,
            field=self.field if field is None else field,
        )


def command(words: str, options: Mapping[str, object], region: str = "") -> str:
    """A command of the AWS CLI, to copy."""
    given = {**options, **({"region": region} if region else {})}
    return " ".join(("`aws", words, *(f"--{name} {value}" for name, value in given.items()))) + "`"
