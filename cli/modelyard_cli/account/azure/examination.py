"""Looks at an environment's subscription: who is asking, its regions and providers, and what the pools need.

Each check is a function that yields findings; what Azure refuses to tell is a finding as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from modelyard.environment.azure.sites import sites
from modelyard.errors import SurroundingsError
from modelyard_cli.account.azure import (
    costs,
    database,
    providers,
    quotas,
    regions,
    sizes,
    taken_names,
    watchers,
)
from modelyard_cli.account.azure.failures import failures_told
from modelyard_cli.account.azure.session import Session, open_session
from modelyard_cli.account.azure.survey import Loaded, Survey
from modelyard_cli.account.looking import Looking
from modelyard_cli.account.survey import Subject
from modelyard_cli.extras import extra_of

if TYPE_CHECKING:
    from modelyard_cli.findings import Finding

REGION_CHECKS: dict[str, Callable[[Survey], Iterable[Finding]]] = {
    "quotas": quotas.check,
    "sizes": sizes.check,
    "names": taken_names.check,
    "network-watchers": watchers.check,
}
"""What is looked at in each region."""


def examine_subscription(loaded: Loaded) -> Iterator[Finding]:
    """Look at everything. Raises nothing: what can't be looked at is a finding."""
    environment = loaded.environment
    subject = Subject(
        "identity",
        f"subscription {environment.subscription_id}",
        "everything in the subscription",
        "subscription_id",
    )
    extra = extra_of("azure")
    if extra.missing:
        yield subject.missing(f"can't be asked without {', '.join(extra.missing)}", extra.mend)
        return
    try:
        session = open_session(environment)
    except SurroundingsError as error:
        yield subject.missing(error.message, error.mend)
        return
    yield subject.found(f"enabled, of tenant {session.tenant_id}, asked as {session.asked_as}")
    yield from _inside(session, loaded)


def _inside(session: Session, loaded: Loaded) -> Iterator[Finding]:
    environment = loaded.environment
    looking = Looking(failures_told)
    found = list(looking.told("regions", "regions", lambda: regions.check(session, environment)))
    yield from found
    yield from looking.told("providers", "resource providers", lambda: providers.check(session, loaded))
    yield from looking.told("budget", "budget", lambda: costs.check(session, loaded))
    yield from database.check(loaded)
    offered = regions.offered(found)
    for site in sites(environment):
        if site.region in offered:
            yield from looking.in_region(Survey(session, loaded, site), REGION_CHECKS)
