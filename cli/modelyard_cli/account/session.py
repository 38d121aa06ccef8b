"""Sessions in an environment's account, checked before anything is asked of them.

    session = account_session(environment)
    session.client("ec2").describe_vpcs()

Raises SurroundingsError (exit code 3) where there are no credentials, bad ones, those of another account, or
where a region isn't enabled; what later calls raise is said by `failures_told()`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from modelyard_cli.account.failures import (
    CALL,
    expired_credentials,
    failure,
    failures_told,
    incomplete_credentials,
    invalid_credentials,
    no_credentials,
    not_permitted,
    refused,
    region_not_opted_in,
    throttled,
    unknown_region,
    unreachable,
    wrong_account,
)

if TYPE_CHECKING:
    from modelyard.account.load import AwsSpec

HOME_REGION = "us-east-1"
"""Region that can't be disabled, which knows who is asking and what regions are enabled."""

ATTEMPTS = 6
"""Times that a call is tried: botocore's standard mode waits longer each time, and only where it is safe."""

CONNECT_SECONDS = 10
READ_SECONDS = 60

ENABLED = frozenset({"opt-in-not-required", "opted-in"})
"""EC2 API Reference, DescribeRegions, `optInStatus`, 2026-11."""

__all__ = [
    "CheckedSession",
    "account_session",
    "expired_credentials",
    "failure",
    "failures_told",
    "incomplete_credentials",
    "invalid_credentials",
    "no_credentials",
    "not_permitted",
    "open_session",
    "refused",
    "region_not_opted_in",
    "regions_of",
    "throttled",
    "unknown_region",
    "unreachable",
    "wrong_account",
]


@dataclass
class CheckedSession:
    """A session whose credentials are good."""

    account_id: str
    """Account that it is in."""
    region: str
    """Region of calls that name none: the environment's primary one."""
    identity_arn: str
    """Who is asking."""
    _session: Any = field(repr=False)
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict[tuple[str, str], Any], repr=False)

    def now(self) -> datetime:
        """The present moment in UTC by the cloud's clock, which locks and retentions end by."""
        with failures_told():
            answer = self.client("sts", HOME_REGION).get_caller_identity()
        return parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])

    def client(self, service: str, region: str | None = None) -> Any:
        """The boto3 client of a service in a region, made once; safe calls are tried again by themselves."""
        key = (service, region or self.region)
        if key not in self._clients:
            self._clients[key] = _client(self._session, *key)
        return self._clients[key]


def regions_of(environment: AwsSpec) -> dict[str, str]:
    """The regions of an environment or an account, each with its field; the primary one first."""
    from modelyard.account.spec import AwsAccount

    regions = {environment.regions.primary: "regions.primary"}
    if isinstance(environment, AwsAccount):
        others = {other: f"regions.others[{at}]" for at, other in enumerate(environment.regions.others)}
        return {**regions, **others}
    if environment.regions.recovery is not None:
        regions[environment.regions.recovery] = "regions.recovery"
    return regions


def open_session(environment: AwsSpec) -> CheckedSession:
    """A session of the account of an environment, whatever regions are enabled there.

    Raises SurroundingsError.
    """
    import boto3

    with failures_told():
        session = boto3.Session(region_name=environment.regions.primary)
        identity = _client(session, "sts", HOME_REGION).get_caller_identity()
    account_id, arn = identity["Account"], identity["Arn"]
    if account_id != environment.account_id:
        raise wrong_account(arn, account_id, environment.account_id, environment.name)
    return CheckedSession(account_id, environment.regions.primary, arn, session)


def account_session(environment: AwsSpec) -> CheckedSession:
    """A session of the account of an environment, or of an account itself, with all of its regions enabled.

    Raises SurroundingsError.
    """
    session = open_session(environment)
    with failures_told():
        answer = session.client("ec2", HOME_REGION).describe_regions(AllRegions=True)
    known = {region["RegionName"]: region.get("OptInStatus", "opted-in") for region in answer["Regions"]}
    for region, spec_field in regions_of(environment).items():
        if region not in known:
            raise unknown_region(region, spec_field)
        if known[region] not in ENABLED:
            raise region_not_opted_in(region, spec_field, session.account_id)
    return session


def _client(session: Any, service: str, region: str) -> Any:
    from botocore.config import Config

    client = session.client(
        service,
        region_name=region,
        config=Config(
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            user_agent_extra="modelyard",
        ),
    )

    def note_call(parsed: dict[str, Any], model: Any, **_: Any) -> None:
        """Let an error say whose call it was: botocore's own names the operation only."""
        if "Error" in parsed:
            parsed[CALL] = {"service": model.service_model.service_name, "region": region}

    client.meta.events.register("after-call", note_call)
    return client
