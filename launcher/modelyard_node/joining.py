"""Joining the run: the main node takes the attempt's lease, and children wait for its word."""

from __future__ import annotations

import json
import os
import time
from functools import partial

from modelyard_node import codes, keys
from modelyard_node.causes import Cause
from modelyard_node.ends import EndedError, Ending, broken
from modelyard_node.heartbeat import Heartbeat
from modelyard_node.history import Past, failed, read_history
from modelyard_node.lease import SERVICE_JOB_VARIABLE, take_lease
from modelyard_node.limits import limit_reached
from modelyard_node.loop import Outcome
from modelyard_node.node import Node
from modelyard_node.stopping import heed_notices, stop_request
from modelyard_node.store import StoreError
from modelyard_node.watch import PINGS_IN_SILENCE
from modelyard_node.watch.hub import Hub
from modelyard_node.watch.link import Link, reach_main_node

LOOK_PATIENCE_SECONDS = 5.0


def join(node: Node) -> None:
    """Take part in the attempt, or leave before anything is touched."""
    if node.place.is_main:
        _lead(node)
    else:
        _follow(node)
    if node.watch is not None:
        node.loop.every(node.pace.silence_seconds / PINGS_IN_SILENCE, node.watch.tick)
    heed_notices(node)
    node.heartbeat = Heartbeat(node)
    node.heartbeat.start()


def _lead(node: Node) -> None:
    if not node.place.attempt:
        node.place = node.place._replace(attempt=node.do(partial(_counted, node)))
    history = node.do(partial(_begin, node))
    node.attempt = len(history) + 1
    node.failed_before = failed(history)
    node.history = history
    if node.place.num_ranks > 1:
        try:
            node.watch = Hub(node.loop, node.place, node.pace, node.store.clock, node.attempt, node.stop)
        except OSError as error:
            raise broken(
                f"port {node.place.master_port + 1}, on which the main node hears of the others, "
                f"can't be had: {os.strerror(error.errno or 0)}"
            ) from error


def _counted(node: Node) -> int:
    """Which start of its submission this is. Of two that count alike, one gets the lease."""
    place = node.place
    names = node.store.names(keys.attempts_prefix(place.own_run_id), patience=node.pace.patience_seconds)
    start = keys.attempt_name(place.submission, 0)[:-2]
    found = [name.rstrip("/").removeprefix(start) for name in names if name.startswith(start)]
    return max((int(number) for number in found if number.isdigit()), default=0) + 1


def _begin(node: Node) -> list[Past]:
    """Take the lease, unless something speaks against it; the attempts before this one."""
    store, place, patience = node.store, node.place, node.pace.patience_seconds
    request = stop_request(store, place, patience)
    if request is not None:
        raise EndedError(request)
    history = read_history(store, place.own_run_id, place.attempt_name, patience)
    reached = limit_reached(node.job.limits, history, 0, store.clock.now(), node.job.grace_seconds)
    if reached is not None:
        raise EndedError(Ending(codes.LIMIT, reached))
    take_lease(store, place, node.job, patience, node.environ.get(SERVICE_JOB_VARIABLE))
    return history


def _follow(node: Node) -> None:
    place, pace = node.place, node.pace
    node.loop.every(pace.heartbeat_seconds, partial(_see_whether_it_is_over, node))
    try:
        sock = node.do(partial(reach_main_node, place, pace.arrival_seconds))
    except OSError as error:
        reason = (
            f"the main node at {place.master_addr}:{place.master_port + 1} wasn't reached "
            f"within {pace.arrival_seconds:g} seconds: {error}"
        )
        raise EndedError(Ending(codes.HOST, reason, rank=0)) from error
    link = node.watch = Link(node.loop, sock, place, pace, node.stop, node.on_stop)
    node.until(lambda: link.attempt is not None)
    node.attempt = link.attempt or 0
    if not place.attempt:
        node.place = place._replace(attempt=link.within)


def _see_whether_it_is_over(node: Node) -> None:
    """While the main node isn't reached: it may have been here, and ended before this node came."""
    key = keys.end_key(node.place.own_run_id, node.place.attempt_name, 0)

    def heed(outcome: Outcome[bytes | None]) -> None:
        try:
            end = json.loads(outcome.get() or b"null")
            ending = Ending(str(end["kind"]), str(end["reason"]), end["cause_rank"], end["exit_code"])
        except (StoreError, ValueError, TypeError, KeyError):
            return
        if node.watch is None and not node.causes:
            node.stop(Cause(time.monotonic(), ending))

    if node.watch is None and not node.courier.busy:
        node.courier.do(partial(node.store.get, key, patience=LOOK_PATIENCE_SECONDS), heed)
