"""What becomes of a creation that was interrupted: it was begun, and never came into the state."""

from __future__ import annotations

from dataclasses import replace

from modelyard_sandbox.errors import SandboxError
from modelyard_sandbox.realm import Realm
from modelyard_sandbox.state import Entry, Intent, State


def recover(state: State, realm: Realm) -> list[str]:
    """Take away or take over what an interrupted creation may have left; what to say of it."""
    intent = state.intent
    if intent is None:
        return []
    if realm.adopts and intent.goal is not None:
        said = _adopted(state, realm, intent, intent.goal)
    else:
        said = _removed(realm, intent)
        state.abandon()
    return [f"the creation of {intent.type} {intent.name!r} was interrupted: {said}"]


def _removed(realm: Realm, intent: Intent) -> str:
    """Made again under its mark it tells what it had made; what it hadn't is made now, and goes as well."""
    handler = realm.handler_of(intent.type)
    place = realm.cloud_at(intent.region)
    try:
        id_ = handler.make_once(place, intent.inputs, intent.token)
    except SandboxError:
        return "it had made nothing"
    handler.clear(place, id_, intent.inputs)
    handler.delete(place, id_, intent.inputs)
    return f"removed {id_}"


def _adopted(state: State, realm: Realm, intent: Intent, goal: Entry) -> str:
    """Keep what it made for whoever goes on from here; what stood there before isn't its own."""
    handler = realm.handler_of(intent.type)
    place = realm.cloud_at(intent.region)
    id_ = handler.id_from(place, intent.inputs)
    if id_ is None or handler.read(place, id_, intent.inputs) is None:
        state.abandon()
        return "it had made nothing"
    try:
        made = handler.make_once(place, intent.inputs, intent.token)
    except SandboxError:
        state.abandon()
        return "it had made nothing"
    state.put(replace(goal, id=made, outputs={**intent.inputs, "id": made}, incomplete=True))
    return f"{made} stands, and is finished or taken away now"
