"""What an environment has in the sandbox: `state-<environment>.json`, written after each resource.

The cloud of the sandbox lives in its server's memory, so a state belongs to one server and is worthless
after it. The file's mode is 0600: outputs and inputs may hold secrets, which the sandbox keeps as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from modelyard_sandbox.files import write_private

SCHEMA = "modelyard.sandbox-state/1"


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource that stands in the cloud."""

    urn: str
    type: str
    name: str
    id: str
    region: str
    """Its place: a region of AWS, a subscription of Azure."""
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    dependencies: tuple[str, ...] = ()
    protect: bool = False
    auto_named: bool = False
    """Whether the sandbox made its physical name up."""
    incomplete: bool = False
    """It was made, and a later step of its creation failed."""
    property_dependencies: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """URNs that each input was made from."""
    deleted_with: str | None = None
    """URN of the resource whose deletion takes it along."""
    retain: bool = False
    """Whether it is left standing where the program no longer asks for it."""

    @property
    def label(self) -> str:
        """For people: type and name."""
        return f"{self.type} {self.name!r}"


@dataclass(frozen=True, slots=True)
class Intent:
    """A creation that was begun; it is on record only while it runs, or if it was interrupted."""

    type: str
    name: str
    region: str
    inputs: dict[str, Any]
    token: str
    """The mark of its calls (see `once`): made again under it, they tell what the first ones made."""
    goal: Entry | None = None
    """What was to stand, but for its id and outputs."""


@dataclass
class State:
    """The resources of one environment, by URN; and those whose replacement stands already."""

    path: Path
    server: str
    account_id: str
    entries: dict[str, Entry] = field(default_factory=dict[str, Entry])
    doomed: list[Entry] = field(default_factory=list[Entry])
    """Replaced resources that still stand."""
    intent: Intent | None = None
    stack_outputs: dict[str, Any] = field(default_factory=dict[str, Any])
    """The stack's outputs after its last `up` that came to its program's end, but for secret ones."""
    _written: dict[int, tuple[Entry, str]] = field(default_factory=dict[int, tuple[Entry, str]], repr=False)

    @staticmethod
    def path_of(directory: Path, environment: str) -> Path:
        """Where an environment's state lies."""
        return directory / f"state-{environment}.json"

    @classmethod
    def load(cls, path: Path, server: str, account_id: str) -> tuple[State, str | None]:
        """The state of a server; an empty one, with a message, if the file is another server's."""
        try:
            document = json.loads(path.read_text())
        except FileNotFoundError:
            return cls(path, server, account_id), None
        if document["server"] != server:
            count = len(document["resources"])
            path.unlink()
            gone = (
                f"the sandbox that held {count} resources has ended, and they with it: starting from nothing"
            )
            return cls(path, server, account_id), gone
        return cls._from(path, document), None

    @classmethod
    def _from(cls, path: Path, document: dict[str, Any]) -> State:
        entries = [_entry(item) for item in document["resources"]]
        intent = document["intent"]
        return cls(
            path,
            document["server"],
            document["accountId"],
            {entry.urn: entry for entry in entries},
            [_entry(item) for item in document["doomed"]],
            _intent(intent) if intent else None,
            document.get("stackOutputs", {}),
        )

    def begin(self, intent: Intent) -> None:
        """Put on record that a creation begins: if it is interrupted, what it made can be found again."""
        self.intent = intent
        self._write()

    def keep_outputs(self, outputs: dict[str, Any]) -> None:
        """The program has ended, and these are the stack's outputs now: the next one may read them."""
        self.stack_outputs = outputs
        self._write()

    def abandon(self) -> None:
        """The creation that was begun has made nothing."""
        self.intent = None
        self._write()

    def put(self, entry: Entry, replaced: Entry | None = None) -> None:
        """Keep a resource as it now stands; one that it replaces, and that stands beside it, is kept for its
        deletion at the end.
        """
        if replaced is not None:
            self.doomed.append(replaced)
            self.entries.pop(replaced.urn, None)
        self.entries[entry.urn] = entry
        self.intent = None
        self._write()

    def drop(self, entry: Entry) -> None:
        """A resource is gone."""
        if self.entries.get(entry.urn) is entry:
            del self.entries[entry.urn]
        self.doomed = [other for other in self.doomed if other is not entry]
        self._write()

    def remove_file(self) -> None:
        """Nothing of the environment is left."""
        self.path.unlink(missing_ok=True)

    @property
    def standing(self) -> list[Entry]:
        """All that stands in the cloud."""
        return [*self.entries.values(), *self.doomed]

    def _write(self) -> None:
        intent = json.dumps(asdict(self.intent) if self.intent else None)
        head = f'"schema": "{SCHEMA}", "server": {json.dumps(self.server)}, "accountId": "{self.account_id}"'
        head += f', "stackOutputs": {json.dumps(self.stack_outputs)}'
        # One resource a line; each is turned into JSON once, for the file is written after every one of them.
        resources = ",\n".join(self._text(entry) for entry in self.entries.values())
        doomed = ",\n".join(self._text(entry) for entry in self.doomed)
        write_private(
            self.path,
            f'{{{head}, "intent": {intent},\n"resources": [\n{resources}\n],\n"doomed": [\n{doomed}\n]}}\n',
        )

    def _text(self, entry: Entry) -> str:
        kept = self._written.get(id(entry))
        if kept is None or kept[0] is not entry:
            kept = self._written[id(entry)] = (entry, json.dumps(asdict(entry)))
        return kept[1]


def deletion_order(entries: Iterable[Entry]) -> list[Entry]:
    """The resources in the order in which they can be deleted: each before all that it depends on."""
    listed = list(entries)
    by_urn: dict[str, list[int]] = {}
    for number, entry in enumerate(listed):
        by_urn.setdefault(entry.urn, []).append(number)
    sorter: TopologicalSorter[int] = TopologicalSorter(dict.fromkeys(range(len(listed)), ()))
    for number, entry in enumerate(listed):
        for urn in entry.dependencies:
            for other in by_urn.get(urn, ()):
                if listed[other].urn != entry.urn:
                    sorter.add(number, other)
    try:
        order = list(sorter.static_order())
    except CycleError:
        # An old resource and its successor's dependents may seem to depend on each other: then last made,
        # first deleted.
        order = list(range(len(listed)))
    return [listed[number] for number in reversed(order)]


def _entry(item: dict[str, Any]) -> Entry:
    by_property = item.get("property_dependencies", {})
    return replace(
        Entry(**item),
        dependencies=tuple(item["dependencies"]),
        property_dependencies={name: tuple(urns) for name, urns in by_property.items()},
    )


def _intent(item: dict[str, Any]) -> Intent:
    goal = item.get("goal")
    return replace(Intent(**item), goal=_entry(goal) if goal else None)


def read_counts(directory: Path, server: str) -> dict[str, int]:
    """How many resources each environment has in a server."""
    counts: dict[str, int] = {}
    for path in sorted(directory.glob("state-*.json")):
        document = json.loads(path.read_text())
        if document["server"] == server:
            name = path.stem.removeprefix("state-")
            counts[name] = len(document["resources"]) + len(document["doomed"])
    return counts


def ids_owned(
    directory: Path, server: str, account_id: str, without: Path | None = None
) -> set[tuple[str, str, str]]:
    """Type, region and id of every resource that a state of the server's account holds."""
    owned: set[tuple[str, str, str]] = set()
    for path in directory.glob("state-*.json"):
        document = json.loads(path.read_text())
        if path != without and document["server"] == server and document["accountId"] == account_id:
            items = document["resources"] + document["doomed"]
            owned |= {(item["type"], item["region"], item["id"]) for item in items}
    return owned
