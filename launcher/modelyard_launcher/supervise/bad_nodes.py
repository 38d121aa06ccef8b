"""What the end of bad nodes changes of a run's record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from modelyard_launcher.records import BadNode, RunRecord


def with_ended_nodes(record: RunRecord, ended: Sequence[BadNode], moment: datetime) -> RunRecord:
    """The record, with the machines of nodes of its newest attempt ended at a moment."""
    if not record.attempts:
        return record
    newest = record.attempts[-1]
    known = {node.rank: node.model_copy(update={"ended": moment}) for node in ended}
    nodes = [known.get(node.rank, node) for node in newest.bad_nodes]
    attempt = newest.model_copy(update={"bad_nodes": nodes})
    return record.model_copy(update={"attempts": [*record.attempts[:-1], attempt]})
