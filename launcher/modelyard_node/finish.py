"""The end of a node: what is said of it to the main node and in the store, and its exit code."""

from __future__ import annotations

import json
import socket
import time
from contextlib import suppress
from functools import partial
from typing import Any

from modelyard_node import codes, keys
from modelyard_node.causes import first
from modelyard_node.clock import instant
from modelyard_node.ends import SCHEMA, SUCCEEDED, Ending, exit_code_of
from modelyard_node.loop import Outcome, Worker
from modelyard_node.node import HEARING_SECONDS, WRITING_SECONDS, Node
from modelyard_node.output import say
from modelyard_node.spec import Retry
from modelyard_node.store import StoreError
from modelyard_node.watch.base import Report
from modelyard_node.watch.hub import Hub
from modelyard_node.watch.link import Link, reach_main_node

PATIENCE_SECONDS = 60.0
"""How long the store may be away at the end, if nothing presses."""

_COURIER_SECONDS = 1.0

_NO_RETRY = Retry(1, None, ())


def finish(node: Node) -> int:
    """See everything end, and say how it did; the exit code."""
    node.settle(lambda: node.program is None or node.program.over, float("inf"))
    if node.causes and node.place.is_main and node.watch is not None:
        node.settle(node.watch.over, node.leave_by)
    ending = first(node.causes).ending if node.causes else SUCCEEDED
    if not node.place.is_main and node.own_failure is not None:
        ending = node.own_failure
    tail = node.output.tail()
    if not node.place.is_main:
        _tell_the_main_node(node, Report(ending, tail))
    if ending.kind != codes.SUCCEEDED:
        say(f"this attempt ends: {ending.reason}")
    _write(node, _document(node, ending, tail), _patience(node, ending))
    if node.watch is not None:
        node.watch.close()
    if node.place.by_mpi and not node.place.is_main and ending.kind != codes.SUCCEEDED:
        # The first process that fails has mpirun kill all others, within a second: the main node, which
        # knows why, leaves first, and is the one whose exit code mpirun's is.
        node.settle(lambda: node.told_to_end, node.leave_by + WRITING_SECONDS)
    return exit_code_of(ending, node.spec.retry if node.spec else _NO_RETRY, node.failed_before)


def _tell_the_main_node(node: Node, report: Report) -> None:
    """Tell it how this rank ended. It may not know yet that there is this rank."""
    until = time.monotonic() + HEARING_SECONDS
    if node.watch is None and report.ending.kind == codes.BROKEN:
        sockets: list[Outcome[socket.socket]] = []
        Worker(node.loop).do(partial(reach_main_node, node.place, HEARING_SECONDS), sockets.append)
        node.settle(lambda: bool(sockets), until)
        with suppress(OSError):
            if sockets:
                node.watch = Link(node.loop, sockets[0].get(), node.place, node.pace, node.stop, node.on_stop)
    if node.watch is not None:
        node.watch.tell_end(report)
        node.settle(node.watch.over, until)


def _patience(node: Node, ending: Ending) -> float:
    patience = min(PATIENCE_SECONDS, node.pace.patience_seconds)
    if ending.kind == codes.SUCCEEDED:
        return patience
    left = node.leave_by + WRITING_SECONDS - time.monotonic()
    return min(max(left, 1.0), patience)


def _document(node: Node, ending: Ending, tail: list[str]) -> dict[str, Any]:
    """The rank's end. The main node's tells of the attempt: of the rank that failed first."""
    program = node.program
    code = own_code = program.exit_code if program is not None else None
    if node.place.is_main and isinstance(node.watch, Hub) and ending.rank:
        report = node.watch.children[ending.rank].report if ending.rank in node.watch.children else None
        tail = report.tail if report is not None else tail
        code = ending.exit_code if ending.exit_code is not None else code
    return {
        "schema": SCHEMA,
        "rank": node.place.rank,
        "kind": ending.kind,
        "exit_code": code,
        "own_exit_code": own_code,
        "reason": ending.reason,
        "cause_rank": ending.rank,
        "stopped": bool(node.causes) and node.own_failure is None,
        "started_at": instant(node.started_at),
        "ended_at": instant(node.store.clock.now()),
        "tail": tail,
        "host": node.place.host,
        "instance_id": node.place.instance_id,
    }


def _write(node: Node, document: dict[str, Any], patience: float) -> None:
    """Write what is to be written, as far as it can be within the patience."""
    node.leaving = True
    until = time.monotonic() + patience
    # What is under way would be written over what is written now.
    node.settle(lambda: not node.courier.busy, min(until, time.monotonic() + _COURIER_SECONDS))
    outcomes: list[Outcome[None]] = []
    Worker(node.loop).do(partial(_store, node, document, patience), outcomes.append)
    node.settle(lambda: bool(outcomes), until)
    try:
        if outcomes:
            outcomes[0].get()
        else:
            say("the store doesn't answer: this node's end isn't in it")
    except (StoreError, OSError) as error:
        say(f"this node's end isn't in the store: {error}")


def _store(node: Node, document: dict[str, Any], patience: float) -> None:
    place = node.place
    end = json.dumps(document).encode()
    key = keys.end_key(place.own_run_id, place.attempt_name, place.rank)
    if node.attempt:
        node.store.put(key, end, patience=patience)
    elif place.is_main and document["kind"] != codes.DUPLICATE:
        # The attempt may be somebody else's: theirs stands.
        node.store.put(key, end, if_absent=True, patience=patience)
    if node.heartbeat is not None:
        if place.is_main:
            node.heartbeat.write(patience)
        if document["kind"] != codes.DUPLICATE:
            # (the metrics are the run's: whoever holds it now writes them)
            node.heartbeat.metrics.upload(patience, last=True)
