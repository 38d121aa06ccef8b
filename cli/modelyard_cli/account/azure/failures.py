"""What Azure's resource manager refuses, said for the person who has to mend it.

The launcher's client answers refusals in Azure's words with a mend; here is what is said beside them.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from modelyard.errors import SurroundingsError
from modelyard_launcher.outcomes import UnclearOutcomeError

SANDBOX = 'to try it without one: `modelyard sandbox start && eval "$(modelyard sandbox env ENV)"`'


def no_such_subscription(subscription_id: str, reason: str) -> SurroundingsError:
    """The identity doesn't see the subscription."""
    return SurroundingsError(
        f"the subscription {subscription_id} isn't to be seen: {reason}",
        "sign in to its tenant (`az login --tenant TENANT`) as somebody who has a role in it, "
        f"or correct subscription_id in the environment; {SANDBOX}",
    )


def not_enabled(subscription_id: str, state: str) -> SurroundingsError:
    """The subscription takes no changes."""
    return SurroundingsError(
        f"the subscription {subscription_id} is {state}: nothing can be made in it",
        "enable it in the portal, under Cost Management and Billing, or name another one as subscription_id",
    )


def wrong_tenant(subscription_id: str, tenant_id: str, expected_id: str) -> SurroundingsError:
    """The subscription trusts another directory than the environment says."""
    return SurroundingsError(
        f"the subscription {subscription_id} belongs to tenant {tenant_id}, and the environment names "
        f"tenant {expected_id}",
        f"correct tenant_id in the environment to {tenant_id}, or name another subscription_id",
    )


def unclear(error: Exception) -> SurroundingsError:
    """A call had no answer that says whether it got through."""
    return SurroundingsError(f"no answer says whether it got through: {error}", "look, and try again")


@contextmanager
def failures_told() -> Generator[None]:
    """Turn what the client raises inside, beside SurroundingsError, into that."""
    try:
        yield
    except UnclearOutcomeError as error:
        raise unclear(error) from error
