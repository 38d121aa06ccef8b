"""Realises a program's resources in the sandbox: the side that the in-process engine asks, one resource
at a time.
"""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from modelyard.planning.release import release_wait_seconds
from modelyard_preview.engine import Realized, Registration
from modelyard_sandbox.aws.cloud import GLOBAL_REGION, Cloud
from modelyard_sandbox.aws.handler import ResourceHandler
from modelyard_sandbox.aws.registry import handler_of
from modelyard_sandbox.errors import ImpossibleError, PartialError, RealizationError, SandboxError
from modelyard_sandbox.invokes import answer_invoke
from modelyard_sandbox.preflight import Planned
from modelyard_sandbox.state import Entry, Intent, State, deletion_order

NAMES_SHOWN = 6


@dataclass
class SandboxRealizer:
    """Creates what is new, updates what changed, replaces what can't be updated, and keeps the state.

    After the program has ended, `finish` deletes what it no longer asks for.
    """

    cloud: Cloud
    """The environment's account, in its primary region."""
    state: State
    planned: Planned
    done: Counter[str] = field(default_factory=Counter[str])
    """How many were created, updated, replaced, unchanged, deleted."""
    _seen: set[str] = field(default_factory=set[str])

    def register(self, registration: Registration) -> Realized:
        """Create the resource, or bring it to these inputs.

        Raises:
            RealizationError: the cloud refused; says what stands and what doesn't.
            UnsupportedError: the sandbox doesn't know the type or an input.
        """
        handler = handler_of(registration.type)
        region = self._region(handler, registration)
        kept = self.state.entries.get(registration.urn)
        self._seen.add(registration.urn)
        goal = self._goal(handler, registration, region, kept)
        try:
            entry = self._bring(handler, kept, goal, registration)
        except SandboxError as error:
            raise self._failure(goal, registration.source, error) from error
        return Realized(entry.id, entry.outputs)

    def invoke(self, token: str, args: dict[str, Any], region: str | None) -> dict[str, Any]:
        """Answer a data source."""
        return answer_invoke(self.cloud.in_region(region or self.cloud.region), token, args)

    def read(self, type: str, name: str, id: str, inputs: dict[str, Any]) -> Realized:  # noqa: A002
        """Read a resource that exists already.

        Raises:
            ImpossibleError: there is none of that id.
        """
        handler = handler_of(type)
        place = GLOBAL_REGION if handler.is_global else inputs.get("region", self.cloud.region)
        known = {key: value for key, value in inputs.items() if key != "region"}
        outputs = handler.read(self.cloud.in_region(place), id, known)
        if outputs is None:
            raise ImpossibleError(f"{type} {name!r}: the sandbox has none with the id {id}")
        return Realized(id, outputs)

    def finish(self) -> None:
        """Delete what was replaced, and what the program no longer asks for, dependents first."""
        removed = [entry for urn, entry in self.state.entries.items() if urn not in self._seen]
        for entry in removed:
            if entry.protect:
                raise ImpossibleError(
                    f"{entry.label} is protected, so it can't be deleted; all else is as the program asks\n"
                    "  mend: put it back, or take its protection off in one `up` and the resource in the next"
                )
        for entry in deletion_order([*self.state.doomed, *removed]):
            self._delete(entry)
            self.done["deleted"] += entry in removed

    def _bring(
        self, handler: ResourceHandler, kept: Entry | None, goal: Entry, registration: Registration
    ) -> Entry:
        if kept is None:
            entry = self._create(handler, goal)
            self.done["created"] += 1
            return entry
        replacing = handler.replaces(kept.inputs, goal.inputs)
        if replacing or kept.region != goal.region:
            return self._replace(handler, kept, goal, registration, sorted(replacing) or ["region"])
        cloud = self.cloud.in_region(goal.region)
        if kept.inputs == goal.inputs and not kept.incomplete:
            # Compared by what the engine would show: other dependencies or protection are no change of
            # the resource.
            entry = replace(goal, id=kept.id, outputs=kept.outputs)
            if entry != kept:
                self.state.put(entry)
            self.done["unchanged"] += 1
            return entry
        outputs = handler.update(cloud, kept.id, {} if kept.incomplete else kept.inputs, goal.inputs)
        entry = replace(goal, id=kept.id, outputs=outputs)
        self.state.put(entry)
        self.done["updated"] += 1
        return entry

    def _create(self, handler: ResourceHandler, goal: Entry) -> Entry:
        token = secrets.token_hex(16)
        self.state.begin(Intent(goal.type, goal.name, goal.region, goal.inputs, token))
        try:
            id_, outputs = handler.create(self.cloud.in_region(goal.region), goal.inputs, token)
        except PartialError as error:
            self.state.put(replace(goal, id=error.id, outputs=error.outputs, incomplete=True))
            raise
        except Exception:
            self.state.abandon()
            raise
        entry = replace(goal, id=id_, outputs=outputs)
        self.state.put(entry)
        return entry

    def _replace(
        self,
        handler: ResourceHandler,
        kept: Entry,
        goal: Entry,
        registration: Registration,
        because: list[str],
    ) -> Entry:
        if goal.protect:
            raise ImpossibleError(
                f"it is protected, and {', '.join(because)} can't be changed without replacing it"
            )
        if goal.auto_named:
            goal = replace(goal, inputs={**goal.inputs, **_auto_name(handler, registration.name)})
        first = registration.opts.delete_before_replace or handler.collides(kept.inputs, goal.inputs)
        if first:
            self._delete(kept)
        else:
            self.state.doom(kept.urn)
        entry = self._create(handler, goal)
        self.done["replaced"] += 1
        return entry

    def _delete(self, entry: Entry) -> None:
        try:
            self._delete_in_time(entry)
        except SandboxError as error:
            raise RealizationError(
                f"{entry.label} could not be deleted\n  {error}\n  done: {self._counts()}\n"
                "  mend: take away what refuses it; `up` again continues"
            ) from error
        self.state.drop(entry)

    def _delete_in_time(self, entry: Entry) -> None:
        """Delete, as often as the error hook of our pools would have the engine try."""
        errors: list[str] = []
        while True:
            try:
                handler_of(entry.type).delete(self.cloud.in_region(entry.region), entry.id, entry.inputs)
            except SandboxError as error:
                errors.insert(0, str(error))
                seconds = release_wait_seconds("delete", errors)
                if seconds is None:
                    raise
                time.sleep(seconds)
            else:
                return

    def _region(self, handler: ResourceHandler, registration: Registration) -> str:
        if handler.is_global:
            return GLOBAL_REGION
        return registration.region or self.cloud.region

    def _goal(
        self, handler: ResourceHandler, registration: Registration, region: str, kept: Entry | None
    ) -> Entry:
        """The entry that is to stand, but for its id and outputs."""
        inputs = {
            name: value
            for name, value in registration.inputs.items()
            if name != "region" and value is not None
        }
        if kept is not None:
            for path in registration.opts.ignore_changes:
                _leave_as_it_was(inputs, kept.inputs, path.split("."))
        name = handler.name_input
        auto_named = bool(name) and not inputs.get(name or "") and not inputs.get(f"{name}Prefix")
        if auto_named:
            inputs |= _auto_name(handler, registration.name, kept)
        if handler.taggable:
            settings = self.planned.providers.get((registration.provider or "").rpartition("::")[0]) or (
                self.planned.providers.get(registration.provider or "")
            )
            inputs["tagsAll"] = {**(settings.default_tags if settings else {}), **(inputs.get("tags") or {})}
        parents = (registration.parent,) if registration.parent else ()
        return Entry(
            urn=registration.urn,
            type=registration.type,
            name=registration.name,
            id="",
            region=region,
            inputs=inputs,
            outputs={},
            dependencies=tuple(sorted({*registration.dependencies, *parents})),
            protect=registration.protect,
            auto_named=auto_named,
        )

    def _failure(self, goal: Entry, source: str | None, error: Exception) -> RealizationError:
        missing = [
            self.planned.labels[urn]
            for urn in self.planned.urns
            if urn not in self._seen and urn not in self.state.entries
        ]
        more = f" and {len(missing) - NAMES_SHOWN} more" if len(missing) > NAMES_SHOWN else ""
        rows = [
            f"{goal.label}{f' ({source})' if source else ''} could not be brought up",
            *(f"  {line}" for line in str(error).splitlines()),
            f"  done: {self._counts()}",
            f"  not begun: {', '.join(missing[:NAMES_SHOWN])}{more}"
            if missing
            else "  nothing else was missing",
            "  mend: mend the cause; `up` again continues from here, and `down` takes away what stands",
        ]
        return RealizationError("\n".join(rows))

    def _counts(self) -> str:
        return ", ".join(f"{count} {word}" for word, count in self.done.items() if count) or "nothing"


def _leave_as_it_was(inputs: dict[str, Any], kept: Mapping[str, Any], path: Sequence[str]) -> None:
    """Put back what a path named by `ignoreChanges` held, or take away what it didn't hold, as the engine
    does.
    """
    name, *rest = path
    if not rest:
        if name in kept:
            inputs[name] = kept[name]
        else:
            inputs.pop(name, None)
    elif isinstance(inputs.get(name), Mapping) and isinstance(kept.get(name), Mapping):
        inputs[name] = dict(inputs[name])
        _leave_as_it_was(inputs[name], kept[name], rest)


def _auto_name(handler: ResourceHandler, logical: str, kept: Entry | None = None) -> dict[str, str]:
    """A physical name as Pulumi makes it up: the logical one with seven random digits; kept while the
    resource is.
    """
    name = handler.name_input
    if name is None:
        return {}
    if kept is not None and kept.auto_named:
        return {name: kept.inputs[name]}
    return {name: handler.automatic_name(logical, secrets.token_hex(4))}
