"""What pydantic refuses, said again for the person who has to mend it, in the words of a model's fields.

A field may carry words of its own, `Field(json_schema_extra={"allowed": …, "mend": …})`; what it is for is
read from the text below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.validation.values import given_text, listed, nearest, visible

if TYPE_CHECKING:
    from modelyard.validation.problems import problems_from_validation

__all__ = ["given_text", "listed", "nearest", "problems_from_validation", "visible"]


def __getattr__(name: str) -> object:
    # What knows models imports pydantic, which who only names the nearest of some words can do without.
    if name == "problems_from_validation":
        from modelyard.validation.problems import problems_from_validation

        return problems_from_validation
    raise AttributeError(f"module {__name__} has no attribute {name}")
