"""What is left on this machine of a run whose supervisor was killed before it could clear up."""

from __future__ import annotations

import shutil
from pathlib import Path

from modelyard_launcher.backends.local.environment import log_path
from modelyard_launcher.records import RunRecord
from modelyard_launcher.stores import Store
from modelyard_node.keys import log_key


def clear_up(store: Store, record: RunRecord, scratch: Path) -> None:
    """Remove a run's directory, once the last lines that its ranks wrote are in the store, as the others are.

    Raises SurroundingsError if the store can't be written to; the directory stays then.
    """
    for number in range(record.variants or record.num_nodes):
        key, path = log_key(record.run_id, number), log_path(scratch, number)
        if path.is_file() and path.stat().st_size > (store.size(key) or 0):
            store.put_file(key, path)
    shutil.rmtree(scratch, ignore_errors=True)
