"""What is to stand of a resource that a program registers."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from modelyard_preview.engine import Registration
from modelyard_sandbox.handler import BaseHandler, Inputs
from modelyard_sandbox.property_paths import left_as_it_was, parsed
from modelyard_sandbox.realm import ProviderSettings, Realm
from modelyard_sandbox.state import Entry


def goal_of(
    registration: Registration, realm: Realm, settings: ProviderSettings | None, kept: Entry | None
) -> Entry:
    """The entry that is to stand, but for its id and outputs.

    Args:
        registration: what the program asks for.
        realm: where it is to stand.
        settings: those of its explicit provider, if it has one.
        kept: what stands of it already.
    """
    handler = realm.handler_of(registration.type)
    inputs: Inputs = {
        name: value for name, value in registration.inputs.items() if name != "region" and value is not None
    }
    if kept is not None:
        for path in registration.opts.ignore_changes:
            inputs = left_as_it_was(inputs, kept.inputs, parsed(path))
    name = handler.name_input
    auto_named = bool(name) and not inputs.get(name or "") and not inputs.get(f"{name}Prefix")
    if auto_named:
        inputs |= automatic_name(handler, registration.name, kept)
    inputs |= realm.settled(handler, inputs, settings)
    parents = (registration.parent,) if registration.parent else ()
    return Entry(
        urn=registration.urn,
        type=registration.type,
        name=registration.name,
        id="",
        region=realm.place_of(handler, registration.region, settings),
        inputs=inputs,
        outputs={},
        dependencies=tuple(sorted({*registration.dependencies, *parents})),
        protect=registration.protect,
        auto_named=auto_named,
        property_dependencies={
            name: urns for name, urns in registration.property_dependencies.items() if urns
        },
        deleted_with=registration.opts.deleted_with,
        retain=registration.opts.retain_on_delete,
    )


def named_anew(goal: Entry, handler: BaseHandler[Any], logical: str) -> Entry:
    """The entry with another name, where the sandbox makes it up: old and new are to stand side by side."""
    if not goal.auto_named:
        return goal
    return replace(goal, inputs={**goal.inputs, **automatic_name(handler, logical)})


def automatic_name(handler: BaseHandler[Any], logical: str, kept: Entry | None = None) -> Inputs:
    """A physical name as Pulumi makes it up, from the logical one; kept while the resource is."""
    name = handler.name_input
    if name is None:
        return {}
    if kept is not None and kept.auto_named:
        return {name: kept.inputs[name]}
    return {name: handler.automatic_name(logical, secrets.token_hex(4))}
