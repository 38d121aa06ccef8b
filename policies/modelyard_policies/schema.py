"""JSON Schemas of suppressions and of the pack's configuration, for editors.

`python -m modelyard_policies.schema [FOLDER]` writes them into a folder, by default `schemas`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

from modelyard_policies.configuration import reading as configuration
from modelyard_policies.configuration.rules import EVERY_RULE, UNKNOWN_VERDICTS
from modelyard_policies.registry import all_rules
from modelyard_policies.rule import Rule
from modelyard_policies.suppressions import reading as suppressions

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"


def suppressions_schema() -> dict[str, Any]:
    """The schema of `modelyard.suppressions.yaml`."""
    names = sorted(name for rule in all_rules() for name in (rule.id, rule.code))
    kinds = {"rule": {"enum": names}, "expires": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}}
    text = {"type": "string", "pattern": r"\S"}
    fields = {
        name: {**kinds.get(name, text), "description": description}
        for name, description in suppressions.FIELDS.items()
    }
    entry = _object(fields, required=list(suppressions.REQUIRED))
    listed = {"type": ["array", "null"], "items": entry, "description": "Findings that somebody answers for."}
    return _document("modelyard suppressions", suppressions.SCHEMA, {"suppressions": listed})


def policies_schema() -> dict[str, Any]:
    """The schema of `modelyard.policies.yaml`."""
    of_all = {"$ref": "#/$defs/level", "description": "Level of every rule that nothing else is said of."}
    of_unknown = {
        "enum": list(configuration.OF_UNKNOWN),
        "description": "Whether what can't be judged before the deployment makes the answer no.",
    }
    policies = {EVERY_RULE: _entry(of_all), UNKNOWN_VERDICTS: _entry(of_unknown)}
    policies |= {rule.id: _entry({"$ref": "#/$defs/level"}, rule) for rule in all_rules()}
    listed = _object(policies, types=["object", "null"])
    listed["description"] = "What Pulumi's own configuration of the pack takes, by id of the rule."
    document = _document("modelyard policies", configuration.SCHEMA, {"policies": listed})
    level = {"enum": list(configuration.LEVELS), "description": "What follows from a failure."}
    return {**document, "$defs": {"level": level}}


def _entry(level: dict[str, Any], rule: Rule | None = None) -> dict[str, Any]:
    """A level alone, or a mapping of a level and options."""
    options = rule.options.schema() if rule and rule.options else {}
    mapping = _object({configuration.LEVEL: level, **options})
    title = {"description": rule.title} if rule else {}
    return {"anyOf": [level, mapping], **title}


def _object(
    fields: dict[str, Any], *, required: list[str] | None = None, types: list[str] | None = None
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": types or "object",
        "additionalProperties": False,
        "properties": fields,
    }
    return {**made, "required": required} if required else made


def _document(title: str, schema: str, fields: dict[str, Any]) -> dict[str, Any]:
    form = {"const": schema, "description": "The form of the file."}
    body = _object({"schema": form, **fields}, required=["schema"])
    return {"$schema": DRAFT, "title": title, **body}


def schemas() -> dict[str, dict[str, Any]]:
    """Each schema by the start of its file's name."""
    return {"suppressions": suppressions_schema(), "policies": policies_schema()}


def schema_text(schema: dict[str, Any]) -> str:
    """A schema as it is kept in a file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write_schemas(folder: Path) -> list[Path]:
    """Write the schemas into a folder; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {folder / f"{name}.schema.json": schema for name, schema in schemas().items()}
    for path, schema in paths.items():
        path.write_text(schema_text(schema), encoding="utf-8")
    return list(paths)


if __name__ == "__main__":
    for written in write_schemas(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("schemas")):
        sys.stdout.write(f"{written}\n")
