"""Whether the resource providers that the environment needs are registered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard_cli.account.survey import Subject
from modelyard_cli.bootstrap.azure.providers import REGISTERED, registration_states
from modelyard_cli.bootstrap.azure.rights import NAMESPACES_OF_CUSTOMER_KEY, namespaces

if TYPE_CHECKING:
    from modelyard_cli.account.azure.session import Session
    from modelyard_cli.account.azure.survey import Loaded
    from modelyard_cli.findings import Finding


def check(session: Session, loaded: Loaded) -> Iterator[Finding]:
    """Look at each provider."""
    states = registration_states(session, namespaces(loaded.environment))
    for namespace, state in states.items():
        field = "workspace.customer_key" if namespace in NAMESPACES_OF_CUSTOMER_KEY else ""
        subject = Subject("providers", f"resource provider {namespace}", "what it makes", field)
        if state == REGISTERED:
            yield subject.found("registered")
        elif state == "Registering":
            yield subject.missing("being registered", "wait some minutes")
        else:
            yield subject.missing(
                "not registered",
                f"{loaded.command('bootstrap azure')} registers it, or "
                f"`az provider register --namespace {namespace}`",
            )
