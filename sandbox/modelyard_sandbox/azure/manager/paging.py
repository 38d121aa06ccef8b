"""Lists in pages: `$top`, `$skipToken` and `nextLink` (Azure REST API guidelines: collections; 2026-11).

Machine Learning calls the same `count` and `$skip`. A page has no more than the type shows at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar
from urllib.parse import urlencode

from werkzeug.wrappers import Request

from modelyard_sandbox.azure.manager.errors import bad_request

SIZES, PLACES = ("$top", "count"), ("$skipToken", "$skip")
ItemT = TypeVar("ItemT")


def page(request: Request, items: Sequence[ItemT], most: int) -> tuple[Sequence[ItemT], dict[str, str]]:
    """A page of a list, and the members that lead to the next one, if there is one.

    Args:
        request: which says how many, and from where on.
        items: the whole list.
        most: how many a page can have.

    Raises:
        ArmError: the request says it in no numbers.
    """
    size = min(most, _number(request, SIZES, most, least=1))
    first = _number(request, PLACES, 0, least=0)
    after = first + size
    shown = items[first:after]
    if after >= len(items):
        return shown, {}
    passed = {name.lower() for name in PLACES}
    query = {name: value for name, value in request.args.items() if name.lower() not in passed}
    query["$skipToken"] = str(after)
    return shown, {"nextLink": f"{request.base_url}?{urlencode(query)}"}


def _number(request: Request, names: Sequence[str], default: int, *, least: int) -> int:
    wanted = {name.lower() for name in names}
    for name, value in request.args.items():
        if name.lower() in wanted:
            if not (value.isascii() and value.isdigit()) or int(value) < least:
                raise bad_request(
                    "InvalidQueryParameterValue",
                    f"The value '{value}' of the query parameter '{name}' is invalid: it must be a whole "
                    f"number, {least} or more.",
                )
            return int(value)
    return default
