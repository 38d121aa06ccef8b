"""What attempts of a run left in the checkpoint store, as its record tells it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, cast

from modelyard_launcher.preflight.verdicts import bad_nodes
from modelyard_launcher.records import USD_DIGITS, Attempt, BadNode, RankOutcome
from modelyard_launcher.stores import Store
from modelyard_node.codes import PREFLIGHT, SUCCEEDED
from modelyard_node.keys import attempt_prefix, attempts_prefix, heartbeat_key, lease_key

MAIN_RANK = 0
"""The rank whose end is the attempt's."""

_READERS = 8


def gather(store: Store, run_id: str, known: Sequence[Attempt] = ()) -> list[Attempt]:
    """The attempts of a run that were let run, by time.

    Those in `known` that have ended, with a kind, are taken as they are: an end is written once. So are those
    that the store has nothing of: they were seen in another region, or by whoever started them.
    """
    settled = {attempt.name: attempt for attempt in known if attempt.ended is not None and attempt.kind}
    names = store.folders(attempts_prefix(run_id))
    with ThreadPoolExecutor(_READERS) as readers:
        read = readers.map(lambda name: settled.get(name) or _read(store, run_id, name), names)
        found = {attempt.name or "": attempt for attempt in read if attempt is not None}
    elsewhere = {attempt.name: attempt for attempt in known if attempt.name and attempt.name not in found}
    by_name = {**found, **elsewhere}
    return [by_name[name].model_copy(update={"number": at}) for at, name in enumerate(sorted(by_name), 1)]


def spent_before(store: Store, run_id: str, known: Sequence[Attempt]) -> tuple[float, list[str]]:
    """What a run has cost so far, in whichever region, and the names of the attempts that did.

    Of an attempt that was seen elsewhere, what the store has of it may be older or newer than what is known:
    the larger counts.
    """
    costs: dict[str, float] = {}
    for attempt in (*known, *gather(store, run_id)):
        if attempt.name:
            costs[attempt.name] = max(costs.get(attempt.name, 0.0), attempt.spent_usd or 0.0)
    return round(sum(costs.values()), USD_DIGITS), sorted(costs)


def spent(attempts: Iterable[Attempt]) -> float | None:
    """What attempts cost together at list price; None if one of them is unpriced."""
    costs = [attempt.spent_usd for attempt in attempts]
    known = [cost for cost in costs if cost is not None]
    return round(sum(known), USD_DIGITS) if len(known) == len(costs) else None


def last_heartbeat(store: Store, run_id: str, name: str) -> Mapping[str, Any] | None:
    """The last word of an attempt's main node; None if there is none."""
    return _document(store.get(heartbeat_key(run_id, name)))


def _read(store: Store, run_id: str, name: str) -> Attempt | None:
    """One attempt; None if nothing is known of it but its name."""
    lease = _document(store.get(lease_key(run_id, name)))
    ends = _ends(store, run_id, name)
    main = ends.get(MAIN_RANK)
    # One that may not run, because a limit is reached already, ends before it takes the lease.
    started = _moment(lease, "started_at") or _moment(main, "started_at")
    if started is None:
        return None
    heartbeat = last_heartbeat(store, run_id, name)
    ended = _moment(main, "ended_at")
    succeeded = _text(main, "kind") == SUCCEEDED
    return Attempt(
        number=1,
        name=name,
        region=_text(lease, "region"),
        started=started,
        ended=ended,
        exit_code=0 if succeeded else _exit_code(main, ends),
        kind=_text(main, "kind"),
        reason=None if succeeded else _text(main, "reason"),
        tail=_tail(main),
        step=_step(heartbeat),
        bad_nodes=_bad_nodes(store, run_id, name) if _text(main, "kind") == PREFLIGHT else [],
        spent_usd=0.0 if lease is None else _cost(lease, started, ended or _moment(heartbeat, "at")),
        ranks=[
            RankOutcome(
                rank=rank,
                exit_code=_number(end, "own_exit_code" if "own_exit_code" in end else "exit_code"),
                stopped=end.get("stopped") is True,
            )
            for rank, end in sorted(ends.items())
        ],
    )


def _ends(store: Store, run_id: str, name: str) -> dict[int, Mapping[str, Any]]:
    prefix = f"{attempt_prefix(run_id, name)}ends/"
    keys = store.keys(prefix)
    with ThreadPoolExecutor(_READERS) as readers:
        documents = list(readers.map(lambda key: _document(store.get(key)), keys))
    found = zip(keys, documents, strict=True)
    ranks = ((key.removeprefix(prefix).removesuffix(".json"), end) for key, end in found)
    return {int(rank): end for rank, end in ranks if end is not None and rank.isdigit()}


def _bad_nodes(store: Store, run_id: str, name: str) -> list[BadNode]:
    return [BadNode.model_validate(dict(node)) for node in bad_nodes(store, run_id, name)]


def _exit_code(main: Mapping[str, Any] | None, ends: Mapping[int, Mapping[str, Any]]) -> int | None:
    """The exit code of the program that failed first: the main node tells it. Without its word, that of the
    first that ended with another than 0; None if none is known.
    """
    told = _number(main, "exit_code") if main is not None else None
    if told is not None:
        return told
    failed = [end for end in ends.values() if _number(end, "exit_code")]
    if not failed:
        return None
    return _number(min(failed, key=lambda end: str(end.get("ended_at"))), "exit_code")


def _cost(lease: Mapping[str, Any], started: datetime, until: datetime | None) -> float | None:
    """What it cost up to its end, or its last word."""
    hourly = lease.get("hourly_usd")
    if not isinstance(hourly, int | float):
        return None
    return round(hourly * max(((until or started) - started).total_seconds(), 0) / 3_600, USD_DIGITS)


def _step(heartbeat: Mapping[str, Any] | None) -> int | None:
    progress = (heartbeat or {}).get("progress")
    return _number(cast("Mapping[str, Any]", progress), "step") if isinstance(progress, dict) else None


def _tail(end: Mapping[str, Any] | None) -> list[str]:
    lines = (end or {}).get("tail")
    return [str(line) for line in cast("list[object]", lines)] if isinstance(lines, list) else []


def _document(data: bytes | None) -> Mapping[str, Any] | None:
    """What a node wrote; None if it isn't there, or is none of ours."""
    try:
        document = json.loads(data) if data is not None else None
    except ValueError:
        return None
    return cast("Mapping[str, Any]", document) if isinstance(document, dict) else None


def _text(document: Mapping[str, Any] | None, name: str) -> str | None:
    value = (document or {}).get(name)
    return value if isinstance(value, str) else None


def _number(document: Mapping[str, Any], name: str) -> int | None:
    value = document.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _moment(document: Mapping[str, Any] | None, name: str) -> datetime | None:
    text = _text(document, name)
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
