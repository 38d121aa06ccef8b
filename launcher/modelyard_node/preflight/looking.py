"""What one node finds out about itself, before nodes meet."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from modelyard_node import keys
from modelyard_node.clock import instant
from modelyard_node.place import Place
from modelyard_node.preflight.efa import Efa, judge_efa, look_at_efa
from modelyard_node.preflight.expected import Expected
from modelyard_node.preflight.findings import Finding
from modelyard_node.preflight.gpus import Gpus, judge_gpus, look_at_gpus
from modelyard_node.preflight.machine import Machine, judge_machine, judge_memlock, look_at_machine
from modelyard_node.preflight.network import Network
from modelyard_node.preflight.stores import check_checkpoint, check_dataset
from modelyard_node.preflight.versions import (
    Interpreter,
    choose_framework,
    find_interpreter,
    versions_of,
)
from modelyard_node.spec import Spec
from modelyard_node.store import Store

SCHEMA = "modelyard.preflight/1"


class Question(NamedTuple):
    """What a node looks at, and with what."""

    place: Place
    job: Spec
    store: Store
    environ: Mapping[str, str]
    """By which the stores are reached."""
    variables: Mapping[str, str]
    """What the job's program finds."""
    directory: Path
    """Of this node's own."""
    expected: Expected
    seconds: float
    """What one look may take."""

    @property
    def key(self) -> str:
        """Where what this node finds is written."""
        place = self.place
        return keys.preflight_key(place.own_run_id, place.attempt_name, str(place.rank))


class Seen(NamedTuple):
    """What a node has found out."""

    machine: Machine
    gpus: Gpus
    efa: Efa
    interpreter: Interpreter | None
    framework: str | None
    """What it would take part in all-reduces with."""
    findings: list[Finding]

    def versions(self, network: Network | None) -> dict[str, str]:
        """Versions that have to be alike, with what NCCL said of its own."""
        said = network or Network()
        return versions_of(
            self.interpreter,
            driver=self.gpus.driver,
            cuda=self.gpus.cuda,
            efa_driver=self.efa.driver,
            libfabric=self.efa.libfabric or said.libfabric,
            nccl=said.nccl,
            plugin=said.plugin,
        )


def look(question: Question) -> Seen:
    """Look at everything that a node can see by itself."""
    root, variables, seconds = question.place.root, question.variables, question.seconds
    expected = question.expected
    machine = look_at_machine(root, question.directory)
    gpus = look_at_gpus(root, variables, seconds) if expected.gpus else Gpus(is_there=False)
    # Between nodes only: one alone has no use for it.
    efa_wanted = expected.efa if question.job.num_nodes > 1 else 0
    efa = look_at_efa(root, variables, seconds) if efa_wanted else Efa(is_there=False)
    interpreter = find_interpreter(variables, seconds)
    # To be read by nobody: what is found is written in its place.
    trial = json.dumps(
        {"schema": SCHEMA, "rank": question.place.rank, "at": instant(question.store.clock.now())}
    )
    return Seen(
        machine=machine,
        gpus=gpus,
        efa=efa,
        interpreter=interpreter,
        framework=choose_framework(interpreter, question.job.distribution),
        findings=[
            *judge_machine(machine, expected),
            *judge_memlock(machine.memlock_kib, efa_wanted),
            *judge_gpus(gpus, expected.gpus),
            *judge_efa(efa, efa_wanted),
            check_dataset(question.job.datasets_uri, question.environ, seconds),
            check_checkpoint(question.store, question.key, trial.encode(), seconds),
        ],
    )


def rank_document(
    question: Question, seen: Seen, findings: list[Finding], network: Network | None, began: float
) -> dict[str, Any]:
    """What a node found, as it is written (modelyard.preflight/1)."""
    place = question.place
    return {
        "schema": SCHEMA,
        "rank": place.rank,
        "host": place.host,
        "instance_id": place.instance_id,
        "at": instant(question.store.clock.now()),
        "seconds": round(time.monotonic() - began, 1),
        "checks": [finding.as_dict() for finding in findings],
        "found": {
            "machine": seen.machine._asdict(),
            "gpus": [gpu._asdict() for gpu in seen.gpus.gpus],
            "efa": seen.efa._asdict(),
            "python": seen.interpreter.path if seen.interpreter else None,
            "framework": seen.framework,
            "versions": seen.versions(network),
            "network": network._asdict() if network else None,
        },
    }
