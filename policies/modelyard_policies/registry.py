"""The rules that there are: every module under `rules` that holds a RULE."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from types import ModuleType

from modelyard_policies import rules as package
from modelyard_policies.errors import RuleDefinitionError
from modelyard_policies.rule import Rule


@cache
def all_rules() -> tuple[Rule, ...]:
    """All rules, sorted by id. Raises RuleDefinitionError if two share an id or a code."""
    found = sorted((rule_of(module) for module in rule_modules()), key=lambda rule: rule.id)
    for kind in ("id", "code"):
        names = [getattr(rule, kind) for rule in found]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise RuleDefinitionError(f"several rules have the {kind} {', '.join(twice)}")
    return tuple(found)


def rule_modules() -> Iterator[ModuleType]:
    """The modules that hold a rule: all but packages."""
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module.ispkg:
            yield importlib.import_module(module.name)


def rule_of(module: ModuleType) -> Rule:
    """The rule that a module holds. Raises RuleDefinitionError if it has none or is misnamed."""
    rule = getattr(module, "RULE", None)
    if not isinstance(rule, Rule):
        raise RuleDefinitionError(f"{module.__name__} holds no RULE")
    expected = rule.id.replace("-", "_")
    if module.__name__.rpartition(".")[2] != expected:
        raise RuleDefinitionError(f"{module.__name__} holds the rule {rule.id}: name it {expected}.py")
    return rule
