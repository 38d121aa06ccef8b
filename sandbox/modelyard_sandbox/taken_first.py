"""What has to go before a resource that is deleted ahead of its replacement."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from modelyard_sandbox.handler import BaseHandler
from modelyard_sandbox.state import Entry, deletion_order


def taken_first(
    replaced: Entry, entries: Iterable[Entry], handler_of: Callable[[str], BaseHandler[Any]]
) -> list[Entry]:
    """The resource and all that is replaced with it, in the order in which they can be deleted.

    Replaced with it is what was made from it by an input that can't change in place, and from what that
    takes along, as the engine has it: until the new one stands, that input isn't known.
    """
    others = [entry for entry in reversed(deletion_order(entries)) if entry.urn != replaced.urn]
    taken = {replaced.urn: replaced}
    for entry in others:
        unknown = {
            name for name, urns in entry.property_dependencies.items() if any(urn in taken for urn in urns)
        }
        if unknown & handler_of(entry.type).replacing_inputs:
            taken[entry.urn] = entry
    return deletion_order(taken.values())
