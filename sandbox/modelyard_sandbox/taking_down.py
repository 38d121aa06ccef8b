"""Takes everything away that a state holds, and looks whether it is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from modelyard_sandbox.errors import CloudError, SandboxError
from modelyard_sandbox.realm import Listed, Realm
from modelyard_sandbox.state import Entry, State, deletion_order


@dataclass
class Teardown:
    """One `down`: everything goes, protected or not."""

    realm: Realm
    state: State
    deleted: list[Entry] = field(default_factory=list[Entry])
    left: list[Entry] = field(default_factory=list[Entry])
    """What the cloud would not delete, and the program asks to leave standing."""

    def take_all_away(self) -> dict[str, str]:
        """Take everything away; what was refused by its label, with the reasons.

        What something else still uses is tried again once others are gone, as long as any of it goes:
        programs don't say every dependency (an internet gateway goes after the NAT gateways), and the AWS
        provider tries again as well.
        """
        left = deletion_order(self.state.standing)
        failed: dict[str, str] = {}
        while left:
            failed, again = {}, []
            for entry in left:
                try:
                    self._take_away(entry)
                except SandboxError as error:
                    mend = self.realm.mend(entry.type, error)
                    failed[labelled(entry)] = f"{error}\n    mend: {mend}" if mend else str(error)
                    again.append(entry)
                else:
                    self.deleted.append(entry)
                    self.state.drop(entry)
            if len(again) == len(left):
                break
            left = again
        for entry in left if failed else ():
            if entry.retain:
                del failed[labelled(entry)]
                self.left.append(entry)
                self.state.drop(entry)
        return failed

    def still_standing(self, listed: set[Listed]) -> list[Entry]:
        """What was deleted and is there all the same."""
        return [entry for entry in self.deleted if self._stands(entry, listed)]

    def _take_away(self, entry: Entry) -> None:
        if entry.deleted_with is not None:
            whole = self.state.entries.get(entry.deleted_with)
            if whole is not None:
                raise SandboxError(f"it goes with {whole.label}, which stands")
            if any(gone.urn == entry.deleted_with for gone in self.deleted):
                return
        handler = self.realm.handler_of(entry.type)
        place = self.realm.cloud_at(entry.region)
        try:
            handler.clear(place, entry.id, entry.inputs)
        except CloudError as error:
            if not error.says_gone:
                raise
        handler.delete(place, entry.id, entry.inputs)

    def _stands(self, entry: Entry, listed: set[Listed]) -> bool:
        """Whether it is still there: by listing, or by reading what is a part of another."""
        handler = self.realm.handler_of(entry.type)
        place = self.realm.cloud_at(entry.region)
        if handler.stays:
            return False
        if handler.list_ids(place) is None:
            return handler.read(place, entry.id, entry.inputs) is not None
        return (entry.type, entry.region, entry.id) in listed


def labelled(entry: Entry) -> str:
    """An entry with its id, for people."""
    return f"{entry.label} ({entry.id})"


def worded_left(entries: Sequence[Entry]) -> str:
    """That some stand that can't be deleted, as the program says."""
    return (
        f"left standing, since it can't be deleted and has the option `retain_on_delete`: "
        f"{', '.join(map(labelled, entries))}"
    )
