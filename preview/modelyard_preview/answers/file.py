"""The file in which whoever runs a program gives answers that only a cloud or another stack would know."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import Field

from modelyard.environment.base import Spec
from modelyard.environment.load import parse_spec
from modelyard.errors import InputError, Problem
from modelyard.yaml_lines import YamlDocument, read_yaml, shown_path
from modelyard_preview.engine import Call

SCHEMA = "modelyard.answers/1"

Token = Annotated[
    str,
    Field(
        pattern=r"^[^:]+:[^:]*:[^:]+$",
        json_schema_extra={"allowed": "the token of a data source, as aws:ec2/getAmi:getAmi"},
    ),
]
StackName = Annotated[
    str,
    Field(
        pattern=r"^[^/]+(?:/[^/]+){0,2}$",
        json_schema_extra={"allowed": "a stack as the program names it, as organization/network/prod"},
    ),
]


class Entry(Spec):
    """One answer of a data source."""

    args: dict[str, Any] = Field(default_factory=dict)
    """The arguments that a call must have to be answered by this; without any, every call is."""
    result: dict[str, Any]
    """What the data source answers, by the names of the provider, as `accountId`."""


class AnswersFile(Spec):
    """All answers of a file."""

    schema_name: Literal["modelyard.answers/1"] = Field(alias="schema")
    """The form of the file."""
    data_sources: dict[Token, list[Entry]] = Field(default_factory=dict)
    """Answers by token; of several the first that fits counts."""
    stacks: dict[StackName, dict[str, Any]] = Field(default_factory=dict)
    """Outputs of other stacks, by the name that the program refers to them by."""


def read_answers(path: Path) -> AnswersFile:
    """The answers of a YAML or JSON file. Raises InputError with every problem at its line."""
    document = _read_json(path) if path.suffix == ".json" else read_yaml(path)
    return parse_spec(
        AnswersFile,
        document.data,
        file=document.file,
        locate=document.line_of,
        written=document.written,
    )


def find(entries: list[Entry], call: Call) -> int | None:
    """Place of the first entry whose arguments a call has."""
    return next((place for place, entry in enumerate(entries) if _fits(entry.args, call.args)), None)


def result_of(entry: Entry, call: Call) -> dict[str, Any]:
    """The result, by the provider's names; texts as text, where they were written as numbers."""
    return dict(_named(entry.result, call.fields))


def _named(result: Mapping[str, Any], fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in result.items():
        known = name if name in fields or not fields else _camel(name)
        wants_text = fields.get(known) is str and isinstance(value, int | float)
        yield known, str(value) if wants_text and not isinstance(value, bool) else value


def _fits(wanted: Any, given: Any) -> bool:
    """Whether a value has all of what is wanted: of mappings some names, everything else as it is."""
    if isinstance(wanted, dict) and isinstance(given, Mapping):
        names = cast("dict[str, Any]", wanted)
        return all(_fits(value, given.get(name, given.get(_camel(name)))) for name, value in names.items())
    if isinstance(wanted, list) and isinstance(given, list):
        return len(wanted) == len(given) and all(map(_fits, wanted, given))
    return bool(wanted == given)


def _camel(name: str) -> str:
    """`accountId` for `account_id`, as Python programs write it."""
    first, *others = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in others)


def _read_json(path: Path) -> YamlDocument:
    file = shown_path(path)
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise _refused(file, f"the file can't be read: {reason}", "check the path") from None
    except (ValueError, RecursionError) as error:
        raise _refused(file, f"this isn't JSON: {error}", "check the file") from None
    return YamlDocument(data, file, {}, {})


def _refused(file: str, message: str, mend: str) -> InputError:
    return InputError([Problem("--answers", file, message, f"YAML or JSON of {SCHEMA}", mend, file)])
