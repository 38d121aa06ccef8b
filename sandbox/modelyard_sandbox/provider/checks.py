"""Inputs checked before the cloud is asked: unknown and missing ones, names made up, the provider's tags."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from modelyard_sandbox.errors import UnsupportedError
from modelyard_sandbox.handler import BaseHandler, Inputs
from modelyard_sandbox.provider import input_types
from modelyard_sandbox.provider.values import UNKNOWN, Secret, reveal

DEFAULTS = "__defaults"
"""The input that lists which others the provider made up; Pulumi keeps and hides what starts with `__`."""

IMPORTED = "__imported"
"""The input that says that the others were read from the cloud: what the cloud never shows is then no change,
whatever the program says of it. The next `up` puts the program's own inputs in their place.
"""


class NameMode(Enum):
    """What the user's autonaming settings say."""

    PROPOSE = 0
    ENFORCE = 1
    DISABLE = 2


@dataclass(frozen=True, slots=True)
class Naming:
    """What a name that the program left out is made from."""

    logical: str
    """The resource's name in the program."""
    seed: bytes = b""
    """The engine's: the same in a preview and in an update by its plan, another one in any other update."""
    proposed: str = ""
    """The engine's proposal, if the user has configured autonaming."""
    mode: NameMode = NameMode.PROPOSE

    def name(self, handler: BaseHandler[Any]) -> str:
        """The name that the user's settings propose or enforce, or one as the type's are made up."""
        if self.proposed:
            return self.proposed if self.mode is NameMode.ENFORCE else handler.spelled(self.proposed)
        seeded = hashlib.sha256(self.seed + self.logical.encode()).hexdigest() if self.seed else ""
        return handler.automatic_name(self.logical, seeded or secrets.token_hex(16))


@dataclass(frozen=True, slots=True)
class Failure:
    """What is wrong with one property."""

    property: str
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """Inputs as they are kept, and what is wrong with them."""

    inputs: Inputs
    failures: list[Failure] = field(default_factory=list[Failure])


def plain(inputs: Mapping[str, Any]) -> Inputs:
    """Inputs as a handler takes them: secrets in the open, without the region, which says where, and without
    Pulumi's own.
    """
    return {
        name: reveal(value)
        for name, value in inputs.items()
        if name != "region" and not name.startswith("__") and value is not None
    }


def check(
    handler: BaseHandler[Any],
    asked: Inputs,
    kept: Inputs,
    naming: Naming,
    default_tags: Mapping[str, str],
) -> Checked:
    """The inputs with what the provider adds to them: a name, and the provider's tags.

    Args:
        handler: the type's.
        asked: what the program says.
        kept: what was kept of the resource before; a name made up once stays.
        naming: where a name comes from.
        default_tags: the provider's, under those of the resource.
    """
    given = {name: value for name, value in asked.items() if value is not None}
    settled = input_types.settle(handler.type, given)
    inputs = settled.inputs
    failures = [
        *(Failure(problem.path, problem.reason) for problem in settled.problems),
        *_unknown_names(handler, inputs),
        *_missing(handler, inputs),
    ]
    named = _made_up_name(handler, inputs, kept, naming)
    if isinstance(named, Failure):
        failures.append(named)
    else:
        inputs |= named
    if failures:
        return Checked(inputs, failures)
    if handler.taggable:
        inputs |= _tags(inputs.get("tags"), default_tags)
    return Checked(inputs, _refusals(handler, inputs))


def _refusals(handler: BaseHandler[Any], inputs: Inputs) -> list[Failure]:
    """What the handler and the cloud's own model of its API refuse, as far as values are known."""
    known = plain(inputs)
    try:
        handler.check(known)
    except UnsupportedError as error:
        return [Failure("", str(error))]
    if input_types.holds_unknown(known):
        return []
    region = {"region": reveal(inputs["region"])} if inputs.get("region") else {}
    return [Failure(path, reason) for path, reason in handler.problems({**known, **region})]


def made_up(inputs: Mapping[str, Any]) -> frozenset[str]:
    """The inputs that the provider made up."""
    return frozenset(inputs.get(DEFAULTS) or ())


def _unknown_names(handler: BaseHandler[Any], inputs: Inputs) -> list[Failure]:
    """Inputs that the sandbox doesn't know; those that the SDK doesn't know either are told elsewhere."""
    known = sorted(handler.known_inputs - {"tagsAll"})
    kinds = input_types.kinds_of(handler.type)
    failures: list[Failure] = []
    for name in sorted(inputs.keys() - set(known)):
        if name.startswith("__") or (kinds is not None and name not in kinds):
            continue
        meant = input_types.nearest(name, known)
        reason = f"the sandbox's {handler.type} does not know {name}; {meant}it knows {', '.join(known)}"
        failures.append(Failure(name, reason))
    return failures


def _missing(handler: BaseHandler[Any], inputs: Inputs) -> list[Failure]:
    required = handler.required | input_types.required_of(handler.type)
    return [Failure(name, f"{handler.type} needs {name}") for name in sorted(required - inputs.keys())]


def _made_up_name(
    handler: BaseHandler[Any], inputs: Inputs, kept: Inputs, naming: Naming
) -> Inputs | Failure:
    name = handler.name_input
    if name is None or inputs.get(name) or inputs.get(f"{name}Prefix"):
        return {}
    if naming.mode is NameMode.DISABLE:
        return Failure(name, f"{handler.type} needs {name}: automatic naming is disabled for it")
    if name in made_up(kept) and kept.get(name):
        return {name: kept[name], DEFAULTS: [name]}
    return {name: naming.name(handler), DEFAULTS: [name]}


def _tags(tags: Any, default_tags: Mapping[str, str]) -> Inputs:
    if not default_tags or tags is UNKNOWN or (isinstance(tags, Secret) and tags.value is UNKNOWN):
        return {}
    if isinstance(tags, Secret):
        return {"tags": Secret({**default_tags, **tags.value})}
    return {"tags": {**default_tags, **(tags or {})}}
