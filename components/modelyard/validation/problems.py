"""pydantic's errors as problems: the field, what was given, what is allowed, how to mend it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, get_args, get_origin

from modelyard.errors import Problem
from modelyard.validation.kinds import allowed_text, field_names, range_text
from modelyard.validation.slots import Path, Slot, field_slot, find
from modelyard.validation.values import given_text, listed, nearest, shortened, visible
from modelyard.yaml_lines.document import field_text

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

Foreign = Callable[[Path, object], tuple[str, str, str] | None]
"""What to say of a place that something else than the model has: message, allowed, mend."""

_SECRET_NAME = re.compile(r"secret|token|passw|credential|api_?key|private_?key", re.IGNORECASE)


def problems_from_validation(
    error: ValidationError,
    model: type[BaseModel],
    *,
    file: str | None = None,
    locate: Callable[[Path], int | None] | None = None,
    written: Callable[[Path], str | None] | None = None,
    foreign: Foreign | None = None,
) -> list[Problem]:
    """One problem for each place that pydantic refused, in the order of the lines where they are known.

    `locate` gives the line of a path, `written` a scalar as it was written (a YamlDocument has both).
    `foreign` knows what has a counterpart elsewhere: for a path and what stands there, what is wrong, what is
    allowed (empty: as the model says) and how to mend it.
    """
    found: dict[Path, Problem] = {}
    errors = error.errors(include_url=False)
    meant = _meant(errors)
    for details in errors:
        if details["type"] == "missing" and details["loc"] in meant.values():
            continue
        path, problem, value = _problem(details, model, written or (lambda _: None))
        if foreign is not None and (words := foreign(path, value)) is not None:
            message, allowed, mend = words
            problem = replace(problem, message=message, allowed=allowed or problem.allowed, mend=mend)
        elif details["loc"] in meant:
            problem = replace(problem, mend=f"did you mean {meant[details['loc']][-1]}?")
        line = locate(path) if locate is not None else None
        if path not in found:
            found[path] = problem.at(file, line)
        elif problem.allowed not in found[path].allowed:
            found[path] = _either(found[path], problem)
    return sorted(found.values(), key=lambda problem: problem.line or 0)


def _meant(errors: list[ErrorDetails]) -> dict[Path, Path]:
    """For an unknown field, the missing one beside it that it was meant to be: one mistake, not two."""
    missing = [details["loc"] for details in errors if details["type"] == "missing"]
    meant: dict[Path, Path] = {}
    for details in errors:
        if details["type"] != "extra_forbidden":
            continue
        *around, name = details["loc"]
        names = [str(path[-1]) for path in missing if [*path[:-1]] == around]
        if like := nearest(name, names, most=1):
            meant[details["loc"]] = (*around, like[0])
    return meant


def _either(first: Problem, second: Problem) -> Problem:
    """One problem out of two at one place: no kind of a union took the value."""
    allowed = f"{first.allowed} or {second.allowed}"
    message = f"{first.given} is none of the kinds that it takes"
    return Problem(first.field, first.given, message, allowed, "write one of these", first.file, first.line)


def _problem(
    details: ErrorDetails, model: type[BaseModel], written: Callable[[Path], str | None]
) -> tuple[Path, Problem, object]:
    path, slot, around = find(model, details["loc"])
    kind, value = details["type"], details["input"]
    if kind == "extra_forbidden" or slot is None:
        given = _shown(path, value, written)
        return path, Problem(field_text(path), given, *_unknown_field(path, around)), value
    if kind.startswith("union_tag"):
        path, slot, value = _tag_place(path, slot, value)
        kind = "literal_error" if value is not None else "missing"
    if kind == "missing":
        words = (_missing(path, slot), allowed_text(slot), _mend_missing(path, slot))
        return path, Problem(field_text(path), "nothing", *words), None
    given = _shown(path, value, written)
    words = (
        _message(details, kind, given),
        allowed_text(slot),
        _near(path, kind, value, slot) or slot.words.get("mend") or _mend(path, kind, value, slot, given),
    )
    return path, Problem(field_text(path), given, *words), value


def _shown(path: Path, value: object, written: Callable[[Path], str | None]) -> str:
    if _is_secret(path):
        return "a value that isn't shown"
    return given_text(value, written(path))


def _is_secret(path: Path) -> bool:
    return any(isinstance(step, str) and _SECRET_NAME.search(step) for step in path)


def _tag_place(path: Path, slot: Slot, value: object) -> tuple[Path, Slot, object]:
    """Where the tag of a union stands, or should; every kind's tag together is what is allowed there."""
    name = str(slot.discriminator)
    tags = tuple(tag for member in slot.members for tag in slot.tags_of(member))
    first = slot.members[0].model
    own = field_slot(first, name) if first is not None else None
    words = dict(own.words) if own is not None else {}
    tag = value.get(name) if isinstance(value, Mapping) else None
    return (*path, name), Slot(Literal[tags], {}, words), tag


def _unknown_field(path: Path, around: Slot) -> tuple[str, str, str]:
    name, names = str(path[-1]), field_names(around)
    like = nearest(name, names)
    mend = f"did you mean {listed(like)}?" if like else _elsewhere(name, around)
    return f'there is no field "{shortened(visible(name))}" here', ", ".join(names), mend


def _elsewhere(name: str, around: Slot) -> str:
    """Where a field belongs that stands one level too high: most often its indentation is wrong."""
    for field in field_names(around):
        inside = field_slot(around.model, field) if around.model is not None else None
        if inside is not None and name in field_names(inside):
            return f"write it under {field}, or remove it"
    return "remove it"


def _missing(path: Path, slot: Slot) -> str:
    purpose = slot.words.get("purpose", "").split(". ")[0].rstrip(".")
    return f"{path[-1]} is missing" + (f": {purpose[0].lower()}{purpose[1:]}" if purpose else "")


def _mend_missing(path: Path, slot: Slot) -> str:
    if "mend" in slot.words:
        return slot.words["mend"]
    if slot.model is not None:
        return f"add {path[-1]}: with its fields under it"
    choices = get_args(slot.annotation) if get_origin(slot.annotation) is Literal else ()
    example = slot.words.get("example") or (choices[0] if choices else None)
    return f"add it, as {path[-1]}: {example}" if example is not None else f"add {path[-1]}: and a value"


def _message(details: ErrorDetails, kind: str, given: str) -> str:
    if kind == "value_error":
        return str(details.get("ctx", {}).get("error", details["msg"]))
    if kind in {"greater_than_equal", "greater_than"}:
        return f"{given} is too small"
    if kind in {"less_than_equal", "less_than"}:
        return f"{given} is too large"
    if kind in {"too_short", "too_long", "string_too_short", "string_too_long"}:
        return f"{given} is too {kind.rpartition('_')[2]}"
    if kind == "literal_error":
        return f"{given} is none of the choices"
    if kind == "string_pattern_mismatch":
        return f"{given} isn't written as it has to be"
    wanted = _KINDS.get(kind)
    if details["input"] is None:
        return f"there is no value, and {wanted} is wanted" if wanted else "there is no value"
    return f"{given} isn't {wanted}" if wanted else details["msg"][:1].lower() + details["msg"][1:]


_KINDS = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}


def _mend(path: Path, kind: str, value: object, slot: Slot, given: str) -> str:
    name = _name(path)
    wanted = _KINDS.get(kind)
    if kind == "literal_error":
        return _nearest_choice(value, get_args(slot.annotation))
    if kind in {"greater_than_equal", "less_than_equal"}:
        return f"set {name} to a value{range_text(slot)}"
    if wanted == "text":
        return _quote(path, value, given)
    if wanted in {"a whole number", "a number"}:
        is_quoted = isinstance(value, str) and re.fullmatch(r"-?[0-9]+", value)
        return _shown_in(path, "write it without quotes", f": {value}") if is_quoted else f"write {wanted}"
    if wanted == "true or false":
        return "write true or false, without quotes"
    if wanted == "a list":
        return "write one entry a line, each after a dash"
    if wanted == "a mapping":
        return f"write the fields of {name} one a line, each as `name: value`"
    if kind == "too_short":
        return f"add an entry to {name}"
    if kind == "too_long" and "max_length" in slot.limits:
        return f"leave {slot.limits['max_length']} entries in {name} at most"
    return f"write {name} as is allowed here"


def _name(path: Path) -> str:
    """What a mend calls a field: by its own name, in a list by its place there."""
    return field_text(path[-2:] if isinstance(path[-1], int) else path[-1:]) if path else "the document"


def _nearest_choice(value: object, choices: tuple[object, ...]) -> str:
    numbers = [choice for choice in choices if isinstance(choice, int)]
    if isinstance(value, int) and numbers:
        return f"choose one of these; the nearest is {min(numbers, key=lambda choice: abs(choice - value))}"
    if len(choices) == 1:
        return f"write {choices[0]}"
    like = nearest(value, map(str, choices), most=1)
    return f"did you mean {like[0]}?" if like else "choose one of these"


def _near(path: Path, kind: str, value: object, slot: Slot) -> str | None:
    """A value that would do, if one is near: most wrong names have a capital, a space or an underscore. Where
    the field says itself how to mend it, only capitals and blanks around it are told.
    """
    if kind != "string_pattern_mismatch" or not isinstance(value, str) or _is_secret(path):
        return None
    plain = value.strip().lower()
    if "mend" not in slot.words:
        plain = re.sub(r"[\s_]+", "-", plain)
    fits = re.fullmatch(slot.limits["pattern"], plain) and len(plain) <= slot.limits.get("max_length", 999)
    return f"set {_name(path)}: {plain}" if fits else None


def _quote(path: Path, value: object, given: str) -> str:
    """In quotes a value is the text that was written, 007 and not 7."""
    if not isinstance(value, bool | int | float):
        return "write one line of text"
    return _shown_in(path, "write it in quotes", f', as "{given}"')


def _shown_in(path: Path, mend: str, example: str) -> str:
    """A mend with the value in it, unless that may be secret."""
    return mend if _is_secret(path) else f"{mend}{example}"
