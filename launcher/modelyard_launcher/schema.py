"""The job's JSON Schema, for editors: `python -m modelyard_launcher.schema` writes it into schemas/."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from modelyard.validation.attribute_docs import attribute_docs
from modelyard_launcher.job import PARTS, Job

SCHEMA_FILE = Path("schemas") / "job.schema.json"


def job_schema() -> dict[str, Any]:
    """The schema, each field with its description."""
    schema = Job.model_json_schema()
    _describe(schema, Job)
    for part in PARTS:
        _describe(schema["$defs"][part.__name__], part)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_without_words(schema),
        "title": "modelyard job",
    }


def _describe(schema: dict[str, Any], model: type[BaseModel]) -> None:
    for name, text in attribute_docs(model).items():
        if name in schema["properties"]:
            schema["properties"][name]["description"] = " ".join(text.split())


def _without_words(part: Any) -> Any:
    """The schema without the words for our own messages, which are no keywords of JSON Schema."""
    if isinstance(part, dict):
        kept = {
            name: _without_words(value)
            for name, value in part.items()
            if not (name in {"allowed", "mend"} and isinstance(value, str))
        }
        # Nothing but our words stood there.
        return {name: value for name, value in kept.items() if not (name == "propertyNames" and value == {})}
    if isinstance(part, list):
        return [_without_words(value) for value in part]
    return part


def schema_text() -> str:
    """The schema's file as it should be."""
    return json.dumps(job_schema(), indent=2) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text())
