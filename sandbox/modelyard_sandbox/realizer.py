"""Realises a program's resources in the sandbox: the side that the in-process engine asks, one resource
at a time.
"""

from __future__ import annotations

import secrets
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from modelyard_preview.engine import Realized, Registration
from modelyard_sandbox.errors import ImpossibleError, PartialError, RealizationError, SandboxError
from modelyard_sandbox.goals import goal_of, named_anew
from modelyard_sandbox.handler import BaseHandler
from modelyard_sandbox.preflight import Planned
from modelyard_sandbox.property_paths import covered
from modelyard_sandbox.provider.diffs import Difference, compare
from modelyard_sandbox.realm import Realm
from modelyard_sandbox.state import Entry, Intent, State, deletion_order
from modelyard_sandbox.taken_first import taken_first

NAMES_SHOWN = 6
MEND = "mend the cause; `up` again continues from here, and `down` takes away what stands"


@dataclass
class SandboxRealizer:
    """Creates what is new, updates what changed, replaces what can't be updated, and keeps the state.

    After the program has ended, `finish` deletes what it no longer asks for.
    """

    realm: Realm
    """The environment's account."""
    state: State
    planned: Planned
    done: Counter[str] = field(default_factory=Counter[str])
    """How many were created, updated, replaced, unchanged, deleted."""
    notes: list[str] = field(default_factory=list[str])
    """What is to be said besides."""
    _seen: set[str] = field(default_factory=set[str])
    _gone: dict[str, Entry] = field(default_factory=dict[str, Entry])
    """What was deleted ahead of its replacement, by URN, until that stands."""
    _failed: RealizationError | None = None

    def register(self, registration: Registration) -> Realized:
        """Create the resource, or bring it to these inputs.

        Raises:
            RealizationError: the cloud refused; says what stands and what doesn't.
            UnsupportedError: the sandbox doesn't know the type or an input.
        """
        if self._failed is not None:
            # What the program asks for meanwhile is for the next `up`, so that what was said stays true.
            raise self._failed
        kept = self.state.entries.get(registration.urn)
        self._seen.add(registration.urn)
        settings = self.planned.settings_of(registration.provider)
        goal = goal_of(registration, self.realm, settings, kept or self._gone.get(registration.urn))
        try:
            entry = self._bring(kept, goal, registration)
        except SandboxError as error:
            self._failed = self._failure(goal, registration.source, error)
            raise self._failed from error
        return Realized(entry.id, entry.outputs)

    def invoke(self, token: str, args: dict[str, Any], region: str | None) -> dict[str, Any]:
        """Answer a data source."""
        return self.realm.answer(token, args, region)

    def read(self, type: str, name: str, id: str, inputs: dict[str, Any]) -> Realized:  # noqa: A002
        """Read a resource that exists already.

        Raises:
            ImpossibleError: there is none of that id.
        """
        handler = self.realm.handler_of(type)
        place = self.realm.place_of(handler, inputs.get("region"), None)
        known = {key: value for key, value in inputs.items() if key != "region"}
        outputs = handler.read(self.realm.cloud_at(place), id, known)
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
        going = {entry.urn for entry in removed} | {entry.urn for entry in self.state.doomed}
        for entry in deletion_order([*self.state.doomed, *removed]):
            self._delete(entry, going)
            self.done["deleted"] += entry in removed and not entry.retain

    def _bring(self, kept: Entry | None, goal: Entry, registration: Registration) -> Entry:
        handler = self.realm.handler_of(goal.type)
        import_id = registration.opts.import_id
        if import_id is not None and (kept is None or kept.id != import_id):
            return self._import(handler, kept, goal, import_id)
        if kept is None:
            entry = self._create(handler, goal)
            self.done["replaced" if self._gone.pop(goal.urn, None) else "created"] += 1
            return entry
        if kept.region != goal.region:
            return self._replace(handler, kept, goal, registration, [self.realm.place_word])
        if kept.inputs == goal.inputs and not kept.incomplete:
            return self._unchanged(kept, goal)
        difference = compare(handler, kept.inputs, goal.inputs)
        asked_for = covered(registration.opts.replace_on_changes, difference.changes)
        if difference.replaces or asked_for:
            because = sorted({*difference.replaces, *asked_for})
            return self._replace(handler, kept, goal, registration, because)
        return self._change(handler, kept, goal, difference)

    def _unchanged(self, kept: Entry, goal: Entry) -> Entry:
        # Compared by what the engine would show: other dependencies or protection are no change of the
        # resource.
        entry = replace(goal, id=kept.id, outputs=kept.outputs)
        if entry != kept:
            self.state.put(entry)
        self.done["unchanged"] += 1
        return entry

    def _change(self, handler: BaseHandler[Any], kept: Entry, goal: Entry, difference: Difference) -> Entry:
        if not difference.changes and not kept.incomplete:
            return self._unchanged(kept, goal)
        old = {} if kept.incomplete else handler.meaning.aligned(kept.inputs, goal.inputs)
        outputs = handler.update(self.realm.cloud_at(goal.region), kept.id, old, goal.inputs)
        entry = replace(goal, id=kept.id, outputs=outputs)
        self.state.put(entry)
        self.done["updated"] += 1
        return entry

    def _import(self, handler: BaseHandler[Any], kept: Entry | None, goal: Entry, import_id: str) -> Entry:
        """Take over what stands already, and bring it to the goal."""
        cloud = self.realm.cloud_at(goal.region)
        found = handler.find(cloud, import_id)
        outputs = None if found is None else handler.read(cloud, *found)
        if found is None or outputs is None:
            raise ImpossibleError(
                f"it is to be taken over (the option `import_`), and the sandbox has none with the id "
                f"{import_id}\n  mend: give the id of one that stands, or leave the option out"
            )
        id_, known = found
        inputs = handler.observe(cloud, id_, {}, {**outputs, **known})
        difference = compare(handler, inputs, goal.inputs)
        if difference.replaces:
            fixed = ", ".join(sorted(difference.replaces))
            raise ImpossibleError(
                f"it is to be taken over (the option `import_`), and {fixed} of"
                f" {import_id} can't be changed without replacing it\n"
                "  mend: ask for what stands, and change it in the next `up`"
            )
        taken = replace(goal, id=id_, inputs=inputs, outputs=outputs)
        self.state.put(taken, replaced=kept)
        self.notes.append(f"took over {id_} as {goal.label}")
        return self._change(handler, taken, goal, difference)

    def _create(self, handler: BaseHandler[Any], goal: Entry, replaced: Entry | None = None) -> Entry:
        token = secrets.token_hex(16)
        self.state.begin(Intent(goal.type, goal.name, goal.region, goal.inputs, token, goal))
        try:
            id_, outputs = handler.create(self.realm.cloud_at(goal.region), goal.inputs, token)
        except PartialError as error:
            self.state.put(replace(goal, id=error.id, outputs=error.outputs, incomplete=True), replaced)
            raise
        except Exception:
            self.state.abandon()
            raise
        entry = replace(goal, id=id_, outputs=outputs)
        self.state.put(entry, replaced)
        return entry

    def _replace(
        self,
        handler: BaseHandler[Any],
        kept: Entry,
        goal: Entry,
        registration: Registration,
        because: list[str],
    ) -> Entry:
        if goal.protect:
            raise ImpossibleError(
                f"it is protected, and {', '.join(because)} can't be changed without replacing it"
            )
        goal = named_anew(goal, handler, registration.name)
        first = registration.opts.delete_before_replace
        if first is None:
            first = handler.collides(kept.inputs, goal.inputs)
        if first:
            self._take_first(kept)
            self._gone.pop(goal.urn, None)
        entry = self._create(handler, goal, None if first else kept)
        self.done["replaced"] += 1
        return entry

    def _take_first(self, kept: Entry) -> None:
        """Delete a resource ahead of its replacement, and before it all that is replaced with it."""
        taken = taken_first(kept, self.state.entries.values(), self.realm.handler_of)
        for entry in taken:
            if entry.protect and entry is not kept:
                raise ImpossibleError(
                    f"it can't be replaced unless {entry.label} goes first, which is protected\n"
                    "  mend: take its protection off in one `up`, and replace it in the next"
                )
        going = {entry.urn for entry in taken}
        for entry in taken:
            self._delete(entry, going)
            self._gone[entry.urn] = entry

    def _delete(self, entry: Entry, going: set[str]) -> None:
        """Delete a resource, unless it is to be left or goes with another of those that go."""
        if entry.retain:
            self.notes.append(f"left {entry.label} ({entry.id}) standing, by its option `retain_on_delete`")
        elif entry.deleted_with not in going:
            try:
                self._delete_in_time(entry)
            except SandboxError as error:
                raise RealizationError(
                    f"{entry.label} could not be deleted\n  {error}\n  done: {self._counts()}\n"
                    "  mend: take away what refuses it; `up` again continues"
                ) from error
        self.state.drop(entry)

    def _delete_in_time(self, entry: Entry) -> None:
        """Delete, as often as it is of use."""
        handler, cloud = self.realm.handler_of(entry.type), self.realm.cloud_at(entry.region)
        errors: list[str] = []
        while True:
            try:
                handler.delete(cloud, entry.id, entry.inputs)
            except SandboxError as error:
                errors.insert(0, str(error))
                seconds = self.realm.wait_seconds(errors)
                if seconds is None:
                    raise
                time.sleep(seconds)
            else:
                return

    def _failure(self, goal: Entry, source: str | None, error: SandboxError) -> RealizationError:
        missing = [
            self.planned.labels[urn]
            for urn in self.planned.urns
            if urn not in self._seen and urn not in self.state.entries
        ]
        more = f" and {len(missing) - NAMES_SHOWN} more" if len(missing) > NAMES_SHOWN else ""
        said = self.realm.worded(self.realm.handler_of(goal.type), goal.inputs, error)
        rows = [
            f"{goal.label}{f' ({source})' if source else ''} could not be brought up",
            *(f"  {line}" for line in said.splitlines()),
            f"  done: {self._counts()}",
            f"  not begun: {', '.join(missing[:NAMES_SHOWN])}{more}"
            if missing
            else "  nothing else was missing",
            f"  mend: {self.realm.mend(goal.type, error) or MEND}",
        ]
        return RealizationError("\n".join(rows))

    def _counts(self) -> str:
        return ", ".join(f"{count} {word}" for word, count in self.done.items() if count) or "nothing"
