"""JSON Schemas of an environment, of an account and of a stack's file, for editors and whoever writes YAML
by program.

`python -m modelyard.environment.schema [FOLDER]` writes them into a folder, by default `schemas`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from modelyard.environment.clouds import CLOUDS, environment_model
from modelyard.environment.files import ACCOUNT_KEY, CONFIG_KEY

DRAFT = "https://json-schema.org/draft/2020-12/schema"

_NOT_FOR_EDITORS = {"allowed", "mend", "discriminator"}
"""Words for our own messages, and OpenAPI's hint beside `oneOf`."""


def environment_schema() -> dict[str, Any]:
    """The schema of an environment on any cloud: what stands under `modelyard:environment` of a stack."""
    definitions: dict[str, Any] = {}
    kinds: list[dict[str, str]] = []
    for cloud in CLOUDS:
        name = cloud.capitalize()
        schema = environment_schema_of(cloud, prefix=name)
        definitions |= schema.pop("$defs")
        definitions[f"{name}Environment"] = {**schema, "title": f"modelyard environment on {cloud}"}
        kinds.append({"$ref": f"#/$defs/{name}Environment"})
    return {
        "$schema": DRAFT,
        "title": "modelyard environment",
        "description": "An environment: one data center for training.",
        "oneOf": kinds,
        "$defs": definitions,
    }


def environment_schema_of(cloud: str, *, prefix: str = "") -> dict[str, Any]:
    """The schema of an environment on one cloud, without `$schema`; its parts are named with a prefix, since
    those of two clouds share names.
    """
    template = f"#/$defs/{prefix}{{model}}"
    schema = _cleaned(environment_model(cloud).model_json_schema(ref_template=template))
    schema["$defs"] = {f"{prefix}{name}": part for name, part in schema["$defs"].items()}
    return schema


def account_schema() -> dict[str, Any]:
    """The schema of an account: what stands under `modelyard:account` in a stack's file."""
    from modelyard.account.spec import AwsAccount

    schema = _cleaned(AwsAccount.model_json_schema())
    return {"$schema": DRAFT, **schema, "title": "modelyard account"}


def stack_schema() -> dict[str, Any]:
    """The schema of a stack's file that holds an environment or an account."""
    environment, account = environment_schema(), account_schema()
    definitions = {**environment.pop("$defs"), **account.pop("$defs")}
    del environment["$schema"], account["$schema"]
    return {
        "$schema": DRAFT,
        "title": "Pulumi stack with a modelyard environment or account",
        "description": "Settings of one stack; what it builds stands in its configuration.",
        "type": "object",
        "required": ["config"],
        "properties": {
            "config": {
                "type": "object",
                "oneOf": [{"required": [CONFIG_KEY]}, {"required": [ACCOUNT_KEY]}],
                "properties": {
                    CONFIG_KEY: {"$ref": "#/$defs/Environment"},
                    ACCOUNT_KEY: {"$ref": "#/$defs/Account"},
                },
            }
        },
        "$defs": {"Environment": environment, "Account": account, **definitions},
    }


def write_schemas(folder: Path) -> list[Path]:
    """Write the schemas into a folder; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    schemas = {
        "environment": environment_schema(),
        "account": account_schema(),
        "stack": stack_schema(),
    }
    paths: list[Path] = []
    for name, schema in schemas.items():
        path = folder / f"{name}.schema.json"
        path.write_text(schema_text(schema), encoding="utf-8")
        paths.append(path)
    return paths


def schema_text(schema: dict[str, Any]) -> str:
    """A schema as it is kept in a file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _cleaned(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without what isn't for editors, and without titles that only repeat a field's name."""
    cleaned: dict[str, Any] = {}
    for name, value in schema.items():
        if name in {"properties", "$defs"}:
            cleaned[name] = {key: _cleaned(part) for key, part in value.items()}
        elif name == "patternProperties":
            # A mapping's names are known by their pattern alone; pydantic allows any other beside them.
            cleaned[name] = {pattern: _cleaned(part) for pattern, part in value.items()}
            cleaned["additionalProperties"] = False
        elif name in {"items", "additionalProperties", "propertyNames"} and isinstance(value, dict):
            cleaned[name] = _cleaned(value)
        elif isinstance(value, dict) and name not in _NOT_FOR_EDITORS:
            cleaned[name] = value
        elif isinstance(value, list) and name in {"anyOf", "oneOf", "allOf"}:
            cleaned[name] = [_cleaned(part) for part in value]
        elif name not in {"title", *_NOT_FOR_EDITORS}:
            cleaned[name] = value
    return cleaned


if __name__ == "__main__":
    for written in write_schemas(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("schemas")):
        sys.stdout.write(f"{written}\n")
