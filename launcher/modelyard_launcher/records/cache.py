"""A copy of what doesn't change any more: records of runs that are over, in a file that may be deleted.

The truth of a run lies in the checkpoint store. A run that succeeded or was cancelled stays as it is, and so
does one that failed, once it can't be taken up again; their records are read from the store once. Whoever
can't write the file works without it; a file that is none of SQLite's is made anew.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path

_TABLE = """
create table if not exists records (
    store text not null, run_id text not null, record blob not null, primary key (store, run_id)
) without rowid
"""

_MOST_NAMES = 500
"""Names in one question: SQLite takes 999 at least."""


def cache_file(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the copy lies: MODELYARD_CACHE_DIR, or the user's directory for caches (XDG Base Directory)."""
    chosen = environ.get("MODELYARD_CACHE_DIR")
    if chosen:
        return Path(chosen) / "runs.sqlite"
    caches = environ.get("XDG_CACHE_HOME") or str(Path(environ.get("HOME") or "/") / ".cache")
    return Path(caches) / "modelyard" / "runs.sqlite"


class RecordCache:
    """Settled records of one store."""

    def __init__(self, store_uri: str, file: Path | None = None) -> None:
        self._store_uri = store_uri
        self._file = file or cache_file()

    def read(self, run_ids: Iterable[str]) -> dict[str, bytes]:
        """The records that are here of these runs, as they were written."""
        wanted = list(run_ids)
        found: dict[str, bytes] = {}
        with self._connected() as connection:
            if connection is None:
                return {}
            for start in range(0, len(wanted), _MOST_NAMES):
                names = wanted[start : start + _MOST_NAMES]
                marks = ",".join("?" * len(names))
                query = f"select run_id, record from records where store = ? and run_id in ({marks})"  # noqa: S608
                found |= dict(connection.execute(query, (self._store_uri, *names)))
        return found

    def keep(self, records: Mapping[str, bytes]) -> None:
        """Keep settled records, as they were written."""
        if not records:
            return
        with self._connected() as connection:
            if connection is not None:
                connection.executemany(
                    "insert or replace into records values (?, ?, ?)",
                    [(self._store_uri, run_id, content) for run_id, content in records.items()],
                )

    @contextmanager
    def _connected(self) -> Generator[sqlite3.Connection | None]:
        """The file, opened; None where that isn't possible. What goes wrong within ends the work on it."""
        try:
            connection = self._open()
        except (OSError, sqlite3.OperationalError):
            yield None
            return
        try:
            with contextlib.suppress(sqlite3.OperationalError), connection:  # locked, or a full disk
                yield connection
        finally:
            connection.close()

    def _open(self) -> sqlite3.Connection:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        for last in (False, True):
            connection = sqlite3.connect(self._file, timeout=1)
            try:
                connection.execute(_TABLE)
            except sqlite3.OperationalError:
                connection.close()
                raise
            except sqlite3.DatabaseError:  # no database, or a broken one
                connection.close()
                if last:
                    raise
                self._file.unlink(missing_ok=True)
            else:
                return connection
        raise AssertionError("the second time either opens it or raises")
