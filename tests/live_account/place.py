"""Where a check runs: in a real account, or against the sandbox's server, by the same calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import boto3
from botocore.config import Config

from live_account.refusal import RefusedError
from live_account.settings import Settings
from live_account.spending import Cap

HOME_REGION = "us-east-1"


@dataclass(slots=True)
class Place:
    """An account that checks run in."""

    kind: Literal["live", "sandbox"]
    settings: Settings
    variables: Mapping[str, str]
    """Environment of whatever is started there: credentials, and for the sandbox its address."""
    pulumi: Path | None
    """The command `pulumi`, if there is one."""
    directory: Path
    """Where runs write down what they make, a directory each: what a killed one left is found there."""
    run: str
    """Name of this run."""
    cap: Cap = field(init=False)
    _clients: dict[tuple[str, str], Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.cap = Cap(self.settings.max_usd)
        self._clients = {}

    @property
    def regions(self) -> tuple[str, str]:
        """Both regions."""
        return self.settings.region, self.settings.recovery_region

    @property
    def run_directory(self) -> Path:
        """Directory of this run."""
        return self.directory / self.run

    def client(self, service: str, region: str | None = None) -> Any:
        """A client of the account. The process has the place's variables (see the fixture `place`)."""
        key = (service, region or self.settings.region)
        if key not in self._clients:
            config = Config(retries={"mode": "standard", "total_max_attempts": 6})
            self._clients[key] = boto3.Session().client(service, region_name=key[1], config=config)
        return self._clients[key]

    def refuse_other_accounts(self) -> None:
        """Raise RefusedError unless the credentials are of the account that was named."""
        identity = self.client("sts", HOME_REGION).get_caller_identity()
        if identity["Account"] != self.settings.account_id:
            raise RefusedError(
                f"the credentials are {identity['Arn']}, of account {identity['Account']}, "
                f"and MODELYARD_LIVE_ACCOUNT_ID is {self.settings.account_id}",
                "sign in to the account that was meant",
            )
