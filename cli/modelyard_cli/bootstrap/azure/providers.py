"""Resource providers: what a subscription has to be told once that it uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from modelyard.errors import SurroundingsError
from modelyard_cli.bootstrap.parts import Difference

if TYPE_CHECKING:
    from modelyard_cli.account.azure.session import Session

API_VERSION = "2021-04-01"
"""Of providers (REST reference: Providers, 2026-11)."""

GLOBAL = "global"
REGISTERED, ABSENT = "Registered", "NotRegistered"

POLL_SECONDS = 5.0
WAIT_SECONDS = 900.0
"""Registration takes minutes ("Azure resource providers and types", 2026-11)."""


class Providers:
    """The providers that an environment needs. They are registered, and none is ever taken away."""

    region = GLOBAL
    subject = "resource providers"
    why = "Azure refuses to make what they make until they are registered (MissingSubscriptionRegistration)"

    def __init__(self, session: Session, wanted: Sequence[str]) -> None:
        self._session, self._wanted = session, wanted

    def differences(self) -> list[Difference]:
        """Those that aren't registered."""
        states = registration_states(self._session, self._wanted)
        lacking = [namespace for namespace, state in states.items() if state != REGISTERED]
        mends = [lambda: self._register(lacking), *[_nothing] * len(lacking)]
        return [
            Difference(namespace, states[namespace], REGISTERED, mend)
            for namespace, mend in zip(lacking, mends, strict=False)
        ]

    def _register(self, namespaces: Iterable[str]) -> None:
        """Ask for all of them, and wait until the last one is there."""
        import time

        for namespace in namespaces:
            path = f"{self._session.home}/providers/{namespace}/register"
            self._session.arm.post(path, API_VERSION, once=False)
        until = time.monotonic() + WAIT_SECONDS
        while lacking := self._lacking():
            if time.monotonic() >= until:
                raise SurroundingsError(
                    f"Azure was asked {WAIT_SECONDS / 60:.0f} minutes ago, and hasn't registered "
                    f"{', '.join(lacking)}",
                    "wait some minutes",
                )
            time.sleep(POLL_SECONDS)

    def _lacking(self) -> list[str]:
        states = registration_states(self._session, self._wanted)
        return [namespace for namespace, state in states.items() if state != REGISTERED]


def registration_states(session: Session, wanted: Sequence[str]) -> dict[str, str]:
    """How far each provider is registered, in the order of the wanted."""
    listed = session.arm.pages(f"{session.home}/providers", API_VERSION)
    known = {each["namespace"].lower(): each["registrationState"] for each in listed}
    return {namespace: known.get(namespace.lower(), ABSENT) for namespace in wanted}


def _nothing() -> None:
    """Was asked for with another."""
