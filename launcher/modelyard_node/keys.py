"""Keys of what a run keeps in the checkpoint store. All of it lies under `runs/`.

    runs/<run>/
        run.json          the record (modelyard.run/1); the launcher writes it
        run.recovery.json the same, once the run goes on in the recovery region
        specs/<sha256>.json  what nodes are to do (modelyard.spec/1)
        stop.json         a request to save and to end (modelyard.stop/1)
        supervisor.json   who supervises it (modelyard.supervisor/1), taken by conditional writes
        told.json         which end was told of (modelyard.told/1), by whoever tells of the run's end
        logs/<rank>.log, metrics/<rank>.jsonl
        attempts/<attempt>/
            lease.json          created once, by the main node of the attempt that may run
            heartbeat.json      the main node's word, every few seconds
            ends/<rank>.json    how each rank ended (modelyard.end/1)
            preflight/...       what the check before the first step found
    runs/archives/<sha256>.tar.gz   workdir and file mounts
    runs/runtime/<sha256>.pyz       this package
    runs/intents/<digest>.json      submissions that have begun

An attempt is named by its submission and the attempt within it, as `001-02`. A variant of a sweep is a run of
its own below its parent's id: `<run>.<index>`.
"""

from __future__ import annotations

RUNS = "runs/"


def run_prefix(run_id: str) -> str:
    """Where everything about a run lies."""
    return f"{RUNS}{run_id}/"


def variant_run_id(run_id: str, index: int) -> str:
    """The run of one variant of a sweep."""
    return f"{run_id}.{index}"


def record_key(run_id: str, *, moved: bool = False) -> str:
    """The record. Of a run that moved to the recovery region it has a key of its own there: the store is a
    replica, and the primary region's record may still be copied to it, in the place of one of the same key.
    """
    return f"{run_prefix(run_id)}{'run.recovery.json' if moved else 'run.json'}"


def spec_key(run_id: str, sha256: str) -> str:
    """What nodes are to do: by its digest, so that no copy of another takes its place."""
    return f"{run_prefix(run_id)}specs/{sha256}.json"


def stop_key(run_id: str) -> str:
    """A request to save and to end."""
    return f"{run_prefix(run_id)}stop.json"


def supervisor_key(run_id: str) -> str:
    """Who supervises the run."""
    return f"{run_prefix(run_id)}supervisor.json"


def told_key(run_id: str) -> str:
    """Who tells of the run's end."""
    return f"{run_prefix(run_id)}told.json"


def attempts_prefix(run_id: str) -> str:
    """Where the attempts lie."""
    return f"{run_prefix(run_id)}attempts/"


def attempt_name(submission: int, attempt: int) -> str:
    """Name of an attempt, which sorts by time: its submission, and the attempt within that."""
    return f"{submission:03d}-{attempt:02d}"


def attempt_prefix(run_id: str, name: str) -> str:
    """Where one attempt lies."""
    return f"{attempts_prefix(run_id)}{name}/"


def lease_key(run_id: str, name: str) -> str:
    """The lease of an attempt."""
    return f"{attempt_prefix(run_id, name)}lease.json"


def heartbeat_key(run_id: str, name: str) -> str:
    """The main node's word."""
    return f"{attempt_prefix(run_id, name)}heartbeat.json"


def end_key(run_id: str, name: str, rank: int) -> str:
    """How a rank ended."""
    return f"{attempt_prefix(run_id, name)}ends/{rank}.json"


def preflight_key(run_id: str, name: str, part: str) -> str:
    """What the check before the first step found: of a rank (`0`), or all together (`verdict`)."""
    return f"{attempt_prefix(run_id, name)}preflight/{part}.json"


def log_key(run_id: str, rank: int) -> str:
    """A rank's log, where it is kept in the store."""
    return f"{run_prefix(run_id)}logs/{rank}.log"


def metrics_key(run_id: str, rank: int) -> str:
    """A rank's metrics."""
    return f"{run_prefix(run_id)}metrics/{rank}.jsonl"


def archive_key(sha256: str) -> str:
    """An archive of files."""
    return f"{RUNS}archives/{sha256}.tar.gz"


def runtime_key(sha256: str) -> str:
    """The package that nodes run."""
    return f"{RUNS}runtime/{sha256}.pyz"


def intent_key(digest: str) -> str:
    """A submission that has begun."""
    return f"{RUNS}intents/{digest}.json"
