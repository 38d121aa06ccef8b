"""The texts below a class's attributes, read from its source.

pydantic can read them itself (`use_attribute_docstrings`), but does so for every class at import: 20 of the
45 ms that the environment's classes took (2026-11). They are wanted only by an error and by the schema.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from functools import cache


@cache
def attribute_docs(owner: type) -> dict[str, str]:
    """The text below each attribute, own and inherited; empty where there is no source to read."""
    docs: dict[str, str] = {}
    for base in reversed(owner.__mro__):
        docs |= _own_docs(base)
    return docs


def _own_docs(owner: type) -> dict[str, str]:
    if owner.__module__ in {"builtins", "pydantic.main"}:
        return {}
    definition = _classes(owner.__module__).get(owner.__qualname__)
    if definition is None:
        return {}
    return {
        statement.target.id: inspect.cleandoc(after.value.value)
        for statement, after in zip(definition.body, definition.body[1:], strict=False)
        if isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and isinstance(after, ast.Expr)
        and isinstance(after.value, ast.Constant)
        and isinstance(after.value.value, str)
    }


@cache
def _classes(module: str) -> dict[str, ast.ClassDef]:
    try:
        source = inspect.getsource(importlib.import_module(module))
    except (ImportError, OSError, TypeError):
        return {}
    return {node.name: node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)}
