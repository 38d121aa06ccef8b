"""A name a run: what it makes carries it in its own name and in its tag `environment`."""

from __future__ import annotations

import re
import secrets

RUN = re.compile(r"live-[0-9a-f]{8}")
"""How a run is called. No environment of a person's is called like that."""


def new_run() -> str:
    """A name that no other run has."""
    return f"live-{secrets.token_hex(4)}"


def tags(run: str) -> dict[str, str]:
    """Tags of all that a run makes."""
    return {
        "environment": run,
        "owner": "modelyard-live",
        "cost-center": "modelyard-live",
        "data-classification": "internal",
    }
