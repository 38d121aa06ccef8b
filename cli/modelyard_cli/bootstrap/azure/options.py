"""What the options of `modelyard bootstrap azure` take."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from modelyard_cli.account.azure.session import Principal

_GUID = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def principals(
    _context: click.Context, param: click.Parameter, values: Sequence[str]
) -> tuple[Principal, ...]:
    """Read who is named; refuse what is no object id."""
    from modelyard_cli.account.azure.session import KINDS, Principal

    found: list[Principal] = []
    for value in values:
        kind, _colon, object_id = value.rpartition(":")
        if not _GUID.fullmatch(object_id) or (kind or "service_principal") not in KINDS:
            raise click.BadParameter(
                f"{value!r} isn't an object id, as 8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f, with "
                f"{', '.join(f'{each}:' for each in KINDS)} before it (unset: service_principal:)",
                param=param,
            )
        found.append(Principal(object_id.lower(), kind or "service_principal"))
    return tuple(dict.fromkeys(found))


def addresses(_context: click.Context, param: click.Parameter, values: Sequence[str]) -> tuple[str, ...]:
    """Read addresses; refuse what Azure's firewalls don't take."""
    from modelyard_cli.bootstrap.azure.reach import address

    found: list[str] = []
    for value in values:
        try:
            found.append(address(value))
        except ValueError as error:
            raise click.BadParameter(f"{value!r} can't be let in: {error}", param=param) from error
    return tuple(dict.fromkeys(found))
