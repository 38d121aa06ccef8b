"""What botocore's model of a service refuses in the request that would make a resource, before it is sent.

A handler's `make` is run up to its first call; that request is held against its shape: kinds, lengths and
ranges by botocore's own validator, enumerations and patterns here, since botocore leaves these to the
service.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Never

from typing_extensions import override

from modelyard_sandbox.aws.at_fault import path_of, paths_with
from modelyard_sandbox.aws.cloud import GLOBAL_REGION, Clients, Cloud, service_model
from modelyard_sandbox.errors import UnsupportedError
from modelyard_sandbox.handler import Inputs
from modelyard_sandbox.paths import under
from modelyard_sandbox.retrying import is_read

if TYPE_CHECKING:
    from modelyard_sandbox.aws.handler import ResourceHandler

LONGEST_ENUMERATION = 60
"""Longer ones are catalogues (instance types, regions), and the installed botocore may lack the newest."""

PLACE = re.compile(r"([\w.\[\]]+) (?:has no place|takes )")
START_AMIDST = re.compile(r"(?<=[^\[\\(|])\^")
"""A start of the text in the midst of a pattern, which no text matches: PlacementGroupArn has one."""
MEMBER = re.compile(r"parameter (?:in )?([\w.\[\]]+)")
_reading = threading.Lock()

Refusal = tuple[str, str]
"""The path of an input, empty if it isn't known, and what is wrong."""


class _FirstCallError(Exception):
    """The handler has come to its first call."""

    def __init__(self, service: str, operation: str, request: dict[str, Any]) -> None:
        self.service, self.operation, self.request = service, operation, request
        super().__init__(operation)


class _Rehearsal(Cloud):
    """A cloud that lets nothing through."""

    @override
    def call(self, service: str, operation: str, **request: Any) -> Never:
        raise _FirstCallError(service, operation, request)

    @override
    def client(self, service: str, region: str | None = None) -> Never:
        raise _FirstCallError(service, "Describe", {})

    @override
    def shape(self, service: str, operation: str) -> Any:
        return _shape(service, operation)

    @override
    def in_region(self, region: str) -> Cloud:
        return _Rehearsal(self.clients, region)


def refusals(handler: ResourceHandler, inputs: Inputs) -> list[Refusal]:
    """What the API's model refuses in the request that these inputs make; all of them must be known."""
    region = inputs.get("region") or os.environ.get("AWS_REGION") or GLOBAL_REGION
    plain = {name: value for name, value in inputs.items() if name != "region"}
    try:
        handler.make(_Rehearsal(Clients("http://nowhere.invalid"), str(region)), plain)
    except _FirstCallError as first:
        return [] if is_read(first.operation) else list(_refused(first, plain))
    except UnsupportedError as error:
        place = PLACE.match(str(error))
        return [((path_of(plain, place[1]) or _known_top(plain, place[1])) if place else "", str(error))]
    except (LookupError, TypeError, ValueError):
        # Inputs too odd to make a request of: creation says so.
        return []
    return []


def _refused(first: _FirstCallError, inputs: Inputs) -> Iterator[Refusal]:
    from botocore.validate import ParamValidator

    shape = _shape(first.service, first.operation)
    tokens = {
        name: "x" * 32 for name, member in shape.members.items() if member.metadata.get("idempotencyToken")
    }
    request = {**tokens, **first.request}
    for line in filter(None, ParamValidator().validate(request, shape).generate_report().splitlines()):
        member = MEMBER.search(line)
        yield (path_of(inputs, member[1]) or "" if member else "", line)
    for member_path, value, wanted in _strangers(shape, request, ""):
        path = path_of(inputs, member_path)
        if path is None:
            alike = paths_with(inputs, value)
            path = alike[0] if len(alike) == 1 else ""
        yield (
            path,
            f"{path or member_path} takes {wanted}, not {value!r} ({first.service}:{first.operation})",
        )


def _strangers(shape: Any, value: Any, path: str) -> Iterator[tuple[str, str, str]]:
    """Texts that no enumeration or pattern of the model has room for: path, value, what is wanted."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for name in value.keys() & shape.members.keys():
            yield from _strangers(shape.members[name], value[name], under(path, name))
    elif shape.type_name == "list" and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _strangers(shape.member, item, f"{path}[{index}]")
    elif shape.type_name == "string" and isinstance(value, str):
        enumeration = list(shape.enum)
        if enumeration and len(enumeration) <= LONGEST_ENUMERATION and value not in enumeration:
            yield path, value, f"one of {', '.join(enumeration)}"
        elif not _matches(shape.metadata.get("pattern"), value):
            yield path, value, f"text that matches {shape.metadata['pattern']}"


def _matches(pattern: str | None, value: str) -> bool:
    if pattern is None or START_AMIDST.search(pattern):
        return True
    try:
        # The services want the whole text to match, whether the pattern is anchored or not.
        return re.fullmatch(pattern, value) is not None
    except re.error:
        # The models' patterns are Java's; what Python can't read is the service's to judge.
        return True


def _known_top(inputs: Inputs, place: str) -> str:
    """A path below something that only the request has, without it."""
    rest = place.partition(".")[2]
    return rest if re.split(r"[.\[]", rest)[0] in inputs else ""


def _shape(service: str, operation: str) -> Any:
    with _reading:
        return service_model(service).operation_model(operation).input_shape
