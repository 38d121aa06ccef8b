"""Looks at an environment's account: who is asking, its regions, and in each of them what the pools need.

Each check is a function that yields findings; what AWS refuses to tell is a finding as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from modelyard.environment.aws.sites import sites
from modelyard.errors import SurroundingsError
from modelyard_cli.account import backups, images, offerings, quotas, regions, reservations, service_roles
from modelyard_cli.account.failures import failures_told
from modelyard_cli.account.looking import Looking
from modelyard_cli.account.session import CheckedSession, open_session
from modelyard_cli.account.survey import Subject, Survey
from modelyard_cli.extras import extra_of

if TYPE_CHECKING:
    from modelyard_cli.findings import Finding
    from modelyard_cli.pinning.loading import Loaded

Check = Callable[[Survey], Iterable["Finding"]]

REGION_CHECKS: dict[str, Check] = {
    "quotas": quotas.check,
    "offerings": offerings.check,
    "images": images.check,
    "reservations": reservations.check,
    "backups": backups.check,
}
"""What is looked at in each region."""


def examine_account(loaded: Loaded) -> Iterator[Finding]:
    """Look at everything in the account. Raises nothing: what can't be looked at is a finding."""
    environment = loaded.environment
    subject = Subject(
        "identity", f"account {environment.account_id}", "everything in the account", "account_id"
    )
    aws = extra_of("aws")
    if aws.missing:
        yield subject.missing(f"can't be asked without {', '.join(aws.missing)}", aws.mend)
        return
    try:
        session = open_session(environment)
    except SurroundingsError as error:
        yield subject.missing(error.message, error.mend)
        return
    yield subject.found(session.identity_arn)
    yield from _in_account(session, loaded)


def _in_account(session: CheckedSession, loaded: Loaded) -> Iterator[Finding]:
    environment = loaded.environment
    looking = Looking(failures_told)
    found = list(looking.told("regions", "regions", lambda: regions.check(session, environment)))
    yield from found
    yield from looking.told(
        "service-roles", "service-linked roles", lambda: service_roles.check(session, loaded)
    )
    enabled = regions.enabled(found)
    for site in sites(environment):
        if site.region in enabled:
            yield from looking.in_region(Survey(session, loaded, site), REGION_CHECKS)
