"""What somebody says before a real account is touched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from live_account.refusal import RefusedError
from modelyard.catalog.regions import region_names

PREFIX = "MODELYARD_LIVE"
MOST_USD = 100.0
"""The highest cap: these checks make nothing that costs more, so a higher one is a slip."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Which account, where, and what it may cost."""

    account_id: str
    region: str
    recovery_region: str
    """A second region, for what is copied."""
    max_usd: float
    """US dollars that one run may cost."""


def read_settings(variables: Mapping[str, str]) -> Settings | None:
    """What the variables say; None unless MODELYARD_LIVE is 1.

    Raises RefusedError with everything that is missing or wrong.
    """
    if variables.get(PREFIX) != "1":
        return None
    if problems := list(_problems(variables)):
        raise RefusedError("; ".join(problems), "set them all, or leave MODELYARD_LIVE away")
    return Settings(
        account_id=variables[f"{PREFIX}_ACCOUNT_ID"],
        region=variables[f"{PREFIX}_REGION"],
        recovery_region=variables[f"{PREFIX}_RECOVERY_REGION"],
        max_usd=float(variables[f"{PREFIX}_MAX_USD"]),
    )


def _problems(variables: Mapping[str, str]) -> Iterator[str]:
    account = variables.get(f"{PREFIX}_ACCOUNT_ID", "")
    if re.fullmatch(r"\d{12}", account) is None:
        yield f"{PREFIX}_ACCOUNT_ID is {account!r}, not the 12 digits of an account"
    names = [f"{PREFIX}_REGION", f"{PREFIX}_RECOVERY_REGION"]
    for name in names:
        if variables.get(name) not in region_names():
            yield f"{name} is {variables.get(name, '')!r}, not a region"
    first, second = (variables.get(name) for name in names)
    if first is not None and first == second:
        yield f"{names[1]} is {second!r}, the same as {names[0]}"
    usd = variables.get(f"{PREFIX}_MAX_USD", "")
    if re.fullmatch(r"\d+(\.\d+)?", usd) is None or not 0 < float(usd) <= MOST_USD:
        yield f"{PREFIX}_MAX_USD is {usd!r}, not an amount above 0 and up to {MOST_USD:.0f}"
