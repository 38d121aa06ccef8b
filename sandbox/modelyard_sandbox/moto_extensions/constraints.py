"""What a service's own model says of its parameters: lengths, ranges, patterns and choices.

AWS checks these before anything else, and words all violations in one message. Source: the API references'
"Length Constraints", "Valid Range", "Pattern" and "Valid Values", which botocore's service model carries;
2026-11.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from moto.core.utils import camelcase_to_underscores, get_service_model

from modelyard_sandbox.paths import under

Refuse = Callable[[str], Exception]


def constrain(response_class: Any, service: str, refuse: Refuse) -> None:
    """Check the parameters of every operation that a Response class has, before the operation.

    Args:
        response_class: moto's, extended by then.
        service: its name in botocore.
        refuse: makes the service's error of the message.
    """
    model: Any = get_service_model(service)
    for operation in model.operation_names:
        method = camelcase_to_underscores(operation)
        original = getattr(response_class, method, None)
        if original is not None:
            setattr(
                response_class,
                method,
                _checked(original, functools.partial(_input, model, operation), refuse),
            )


def violations(shape: Any, value: Any, path: str = "") -> Iterator[str]:
    """What of a value its shape doesn't allow, in AWS's words."""
    if shape.type_name == "structure" and isinstance(value, Mapping):
        for name, member in shape.members.items():
            if value.get(name) is not None:
                yield from violations(member, value[name], under(path, _lower(name)))
        return
    if shape.type_name == "list" and isinstance(value, list):
        for number, item in enumerate(value, 1):
            yield from violations(shape.member, item, f"{path}.{number}.member")
    for words in _broken(shape, value):
        yield f"Value '{value}' at '{path}' failed to satisfy constraint: Member must {words}"


def _checked(original: Any, input_shape: Callable[[], Any], refuse: Refuse) -> Any:
    @functools.wraps(original)
    def checked(self: Any) -> Any:
        shape = input_shape()
        found = list(violations(shape, _parameters(self))) if shape else []
        if found:
            count = f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected"
            raise refuse(f"{count}: {'; '.join(found)}")
        return original(self)

    return checked


def _input(model: Any, operation: str) -> Any:
    return model.operation_model(operation).input_shape


def _parameters(response: Any) -> Mapping[str, Any]:
    if response.automated_parameter_parsing:
        return response.params
    return json.loads(response.body or "{}")


def _broken(shape: Any, value: Any) -> Iterator[str]:
    limits = shape.metadata
    if shape.type_name in ("string", "list", "map"):
        yield from _of_length(limits, len(value))
    elif shape.type_name in ("integer", "long", "float", "double"):
        yield from _of_size(limits, value)
    if shape.type_name == "string":
        if "enum" in limits and value not in limits["enum"]:
            yield f"satisfy enum value set: [{', '.join(limits['enum'])}]"
        pattern = _compiled(limits["pattern"]) if "pattern" in limits else None
        if pattern and not pattern.fullmatch(value):
            yield f"satisfy regular expression pattern: {limits['pattern']}"


def _of_length(limits: Mapping[str, Any], length: int) -> Iterator[str]:
    if length < limits.get("min", length):
        yield f"have length greater than or equal to {limits['min']}"
    if length > limits.get("max", length):
        yield f"have length less than or equal to {limits['max']}"


def _of_size(limits: Mapping[str, Any], value: float) -> Iterator[str]:
    if value < limits.get("min", value):
        yield f"have value greater than or equal to {limits['min']}"
    if value > limits.get("max", value):
        yield f"have value less than or equal to {limits['max']}"


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """The pattern, or None where it uses what only Java's expressions have (classes of Unicode)."""
    try:
        return re.compile(pattern)
    except re.error:
        return None


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]
