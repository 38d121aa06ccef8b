"""The inputs of a resource that stands: all of one that is imported by its id, else those given with what has
drifted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from modelyard_sandbox.errors import CloudError
from modelyard_sandbox.handler import BaseHandler, Inputs, Outputs
from modelyard_sandbox.provider.checks import DEFAULTS, IMPORTED, plain
from modelyard_sandbox.provider.values import seal

NOT_TOLD = "NotImplemented"
"""The code of an answer that the sandbox doesn't give."""

REGION_OF_ID = re.compile(r"(?P<id>.+)@(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)")


@dataclass(frozen=True, slots=True)
class Standing:
    """A resource as it stands."""

    id: str
    inputs: Inputs
    outputs: Outputs


def split_region(id_: str) -> tuple[str, str | None]:
    """An id to import by, and the region that it may end in (`vpc-1@eu-west-1`, as pulumi-aws has it)."""
    found = REGION_OF_ID.fullmatch(id_)
    return (found["id"], found["region"]) if found else (id_, None)


def refreshed(handler: BaseHandler[Any], cloud: Any, id_: str, given: Inputs) -> Standing | None:
    """A resource with the inputs that were given, in the cloud's words where it says otherwise; None if it is
    gone.
    """
    known = plain(given)
    seen = _seen(handler, cloud, id_, known)
    if seen is None:
        return None
    outputs, observed = seen
    observed |= {name: known[name] for name in handler.meaning.unseen & known.keys()}
    inputs = handler.meaning.aligned(observed, known)
    own = {name: value for name, value in given.items() if name not in known and value is not None}
    changed = {name: value for name, value in inputs.items() if value is not known.get(name)}
    kept = {name: value for name, value in outputs.items() if name in inputs or name not in known}
    return Standing(id_, {**own, **seal(inputs, given)}, {**kept, **changed})


def imported(handler: BaseHandler[Any], cloud: Any, id_: str, logical: str) -> Standing | None:
    """A resource that is imported by an id, with all inputs that aren't defaults; None if there is none.

    Args:
        handler: the type's.
        cloud: how the cloud is reached.
        id_: the resource's own id, or another that the package documents for imports.
        logical: the resource's name in the program.

    Raises UnsupportedError for what is no id of the type.
    """
    found = handler.find(cloud, id_)
    if found is None:
        return None
    own_id, parts = found
    seen = _seen(handler, cloud, own_id, parts)
    if seen is None:
        return None
    outputs, observed = seen
    meaning = handler.meaning
    inputs = {name: value for name, value in observed.items() if not meaning.same(name, value, None)}
    marks: Inputs = {IMPORTED: True}
    name = handler.name_input
    if name and re.fullmatch(rf"{re.escape(handler.spelled(logical))}-[0-9a-f]{{7}}", str(inputs.get(name))):
        # A name that Pulumi once made up stays, for programs that give none.
        marks[DEFAULTS] = [name]
    return Standing(own_id, {**inputs, **marks}, {**outputs, **inputs})


def _seen(handler: BaseHandler[Any], cloud: Any, id_: str, known: Inputs) -> tuple[Outputs, Inputs] | None:
    """Outputs and inputs as they stand; None if the resource is gone."""
    outputs = handler.read(cloud, id_, known)
    if outputs is None:
        return None
    try:
        return outputs, handler.observe(cloud, id_, known, outputs)
    except CloudError as error:
        if error.says_gone:
            return None
        if error.code != NOT_TOLD:
            raise
        return outputs, BaseHandler[Any].observe(handler, cloud, id_, known, outputs)
