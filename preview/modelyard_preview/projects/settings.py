"""The configuration of a stack, as its program gets it.

As `pulumi` merges it (pulumi/pulumi 3.259.0, sdk/go/common/workspace/config.go). Secrets are never decrypted:
the program gets text in their place that stays recognisable as unknown.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from modelyard.errors import InputError, Problem
from modelyard.validation.values import given_text
from modelyard.yaml_lines import FieldPath, YamlDocument, field_text, read_yaml, shown_path
from modelyard_preview.engine.values import PLACEHOLDER, holds_placeholder
from modelyard_preview.projects.declared import Declared
from modelyard_preview.projects.project import Project
from modelyard_preview.projects.stacks import Stack

SECURE = "secure"


@dataclass(frozen=True, slots=True)
class StackSettings:
    """What a stack's file and its project say together."""

    config: dict[str, str]
    """By full key; objects and lists as JSON."""
    secret_keys: frozenset[str]
    shown_file: str
    """The stack's file, as messages show it; where it would be, if there is none."""
    imports: tuple[str, ...] = ()
    """Environments of Pulumi ESC that it takes values from, which aren't known here."""


def read_settings(project: Project, stack: Stack) -> StackSettings:
    """The configuration of a stack. Raises InputError with every problem at its line."""
    missing = project.stacks_directory / f"Pulumi.{stack.name}.yaml"
    document = _read(stack.file) if stack.file else None
    shown = shown_path(stack.file or missing)
    given = _given(document, project.name) if document else {}
    imports = _imports(document) if document else ()
    problems = [
        problem.at(shown, document.line_of(("config", _written_key(document, declared.key))))
        if document
        else replace(problem, file=shown)
        for declared in project.config
        if (problem := _problem(declared, given, stack.name, shown, imports))
    ]
    if problems:
        raise InputError(problems)
    presets = {each.key: each.preset for each in project.config if each.preset is not None}
    found = {**presets, **given}
    secret = {key for key, value in found.items() if holds_placeholder(value)}
    secret |= {each.key for each in project.config if each.secret}
    config = {key: _text(value) for key, value in found.items()}
    return StackSettings(config, frozenset(secret), shown, imports)


def _read(file: Path) -> YamlDocument | None:
    """The file; None for an empty one, which is a stack without configuration."""
    try:
        if not file.read_bytes().strip():
            return None
    except OSError:
        pass  # said by whoever reads it next
    return read_yaml(file)


def _given(document: YamlDocument, project: str) -> dict[str, Any]:
    """The values of a stack's file by full key."""
    config = cast("dict[str, Any]", document.data).get("config")
    if config is None:
        return {}
    if not isinstance(config, dict):
        problem = Problem(
            "config",
            given_text(config),
            "config has to be a mapping",
            "a mapping of keys",
            "write one `namespace:key: value` a line",
        )
        raise InputError([problem.at(document.file, document.line_of(("config",)))])
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, value in cast("dict[str, Any]", config).items():
        full = _full_key(key)
        if full is None:
            path: FieldPath = ("config", key)
            mend = f"write {project}:{key}" if ":" not in key else "write one namespace and one name"
            message = "a key needs a namespace"
            allowed = f"namespace:name, as {project}:size or aws:region"
            problem = Problem(field_text(path), key, message, allowed, mend)
            problems.append(problem.at(document.file, document.line_of(path)))
        else:
            found[full] = _without_secrets(value)
    if problems:
        raise InputError(problems)
    return found


def _full_key(key: str) -> str | None:
    """`namespace:name`; Pulumi once wrote `namespace:config:name`."""
    parts = key.split(":")
    if len(parts) == 3 and parts[1] == "config":
        del parts[1]
    return ":".join(parts) if len(parts) == 2 and all(parts) else None


def _written_key(document: YamlDocument, key: str) -> str:
    """The key as the file has it."""
    config = cast("dict[str, Any]", document.data).get("config") or {}
    return next((written for written in config if _full_key(written) == key), key)


def _without_secrets(value: Any) -> Any:
    """A value with something unknown in the place of each secret."""
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        if list(fields) == [SECURE] and isinstance(fields[SECURE], str):
            return PLACEHOLDER
        return {key: _without_secrets(part) for key, part in fields.items()}
    return [_without_secrets(part) for part in value] if isinstance(value, list) else value


def _imports(document: YamlDocument) -> tuple[str, ...]:
    environment = cast("dict[str, Any]", document.data).get("environment")
    if isinstance(environment, dict):
        environment = cast("dict[str, Any]", environment).get("imports") or ["written in the stack's file"]
    return tuple(map(str, environment)) if isinstance(environment, list) else ()


def _problem(
    declared: Declared, given: dict[str, Any], stack: str, file: str, imports: tuple[str, ...]
) -> Problem | None:
    """What is wrong with the stack's value of a key that its project declares."""
    key = declared.key
    field = field_text(("config", key))
    allowed = f"a value of type {declared.type}" if declared.type else "a value"
    if key not in given:
        if not declared.required or imports:
            return None
        message = f"the stack {stack} has no value for {key}, which its project asks of every stack"
        return Problem(
            field, "nothing", message, allowed, f"write {key}: with a value under config: in {file}"
        )
    value = given[key]
    if holds_placeholder(value):
        return None
    if declared.secret and declared.type:
        message = f"{key} is a secret by its project, and stands here in the open"
        mend = f"encrypt it: pulumi config set --secret {key} --stack {stack}"
        return Problem(field, "a value that isn't shown", message, "an encrypted value", mend)
    message = declared.problem_with(value)
    return Problem(field, given_text(value), message, allowed, "change the value") if message else None


def _text(value: Any) -> str:
    """A value as Pulumi hands it to a program."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
