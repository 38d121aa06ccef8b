"""Watching a run while its cloud doesn't answer, and one of which nothing will come any more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from azure_front import Front, Say, standing_before
from azure_ml_launching import MlYard

from modelyard.errors import SurroundingsError
from modelyard_launcher.access import S3Access
from modelyard_launcher.azure.access import AzureAccess
from modelyard_launcher.backends import LogChunk, following
from modelyard_launcher.backends.azure_ml import history
from modelyard_launcher.backends.azure_ml.backend import AzureMlBackend
from modelyard_launcher.backends.azure_ml.history import INSIDE
from modelyard_launcher.backends.following import follow
from modelyard_launcher.backends.patience import PATIENCE_SECONDS, Patient, patience_with
from modelyard_launcher.outcomes import AnsweredError
from modelyard_launcher.records import RunRecord
from modelyard_sandbox.job_faults import JobFault

BUSY = Say(503, "ServerBusy", {"Retry-After": "600"})


@pytest.fixture
def front(ml_yard: MlYard) -> Iterator[Front]:
    with standing_before(ml_yard.access.arm_endpoint) as made:
        yield made


@pytest.fixture
def backend(ml_yard: MlYard, front: Front) -> AzureMlBackend:
    return ml_yard.backend(replace(ml_yard.access, arm_endpoint=front.endpoint), patience_seconds=1.0)


def test_a_cloud_may_be_away_for_minutes_and_a_sandbox_may_not(ml_yard: MlYard) -> None:
    assert patience_with(AzureAccess("azure", "westeurope", "s")) == PATIENCE_SECONDS
    assert patience_with(S3Access("aws", "eu-central-1")) == PATIENCE_SECONDS
    assert patience_with(ml_yard.access) == 0


def test_whoever_watches_a_run_outlives_a_cloud_that_is_away(
    ml_yard: MlYard, front: Front, backend: AzureMlBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "LAST_LINES_SECONDS", 0.0)
    gate = ml_yard.project / "gate"
    record = ml_yard.begin(f"echo begun; while [ ! -e {gate} ]; do sleep 0.05; done; echo done")
    events: list[str] = []
    lines: list[str] = []

    def on_event(event: str) -> None:
        events.append(event)
        if event.endswith("and it is asked again"):
            gate.touch()

    def on_line(_: int, line: str) -> None:
        lines.append(line)
        if line == "begun":
            front.script = [BUSY, BUSY]

    last = follow(backend, record, on_line, on_event, patience_seconds=60.0)
    assert last.state == "succeeded"
    assert lines[-1] == "done"
    gone = next(index for index, event in enumerate(events) if event.endswith("and it is asked again"))
    assert "503" in events[gone] or "ServerBusy" in events[gone]
    assert events[gone + 1] == "it answers again"


def test_of_a_run_whose_logs_cant_be_read_from_here_it_is_shown_how_it_stands(
    ml_yard: MlYard, front: Front, backend: AzureMlBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "TOLD_SECONDS", 0.1)
    record = ml_yard.begin("exit 3")
    front.script = [Say(403, "Forbidden")]
    events: list[str] = []
    lines: list[str] = []
    last = follow(backend, record, lambda _, line: lines.append(line), events.append, patience_seconds=60.0)
    assert (last.state, last.exit_code, lines) == ("failed", 3, [])
    assert events[0] == (
        f"what it writes isn't shown: run history of {record.run_id}-1 at 127.0.0.1: it answered 403; "
        f"{INSIDE}; or have the role AzureML Data Scientist assigned"
    )
    front.script = [BUSY]
    with pytest.raises(SurroundingsError, match="it answered 503"):
        Patient(backend, 60.0, events.append).read_log(record, 0)


def test_logs_that_were_read_are_asked_for_again_after_a_while(
    ml_yard: MlYard, front: Front, backend: AzureMlBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = ml_yard.over(ml_yard.begin("echo x"))
    monkeypatch.setattr(history, "SEEN_SECONDS", 0.0)
    events: list[str] = []
    patient = Patient(backend, 60.0, events.append)
    whole = patient.read_log(record, 0)
    assert whole.data.endswith(b"x\n")
    front.seen.clear()
    front.script = [BUSY]
    assert [patient.read_log(record, 0, whole.cursor) for _ in range(2)] == [LogChunk(b"", whole.cursor)] * 2
    assert len(front.seen) == 1, "the second time nobody is asked"
    monkeypatch.setattr(patient, "_next_log", 0.0)
    assert patient.read_log(record, 0, None).data == whole.data
    assert events[1:] == ["it answers again"]


def test_what_is_seen_of_a_cloud_that_is_away_is_what_was_seen_last(
    ml_yard: MlYard, front: Front, backend: AzureMlBackend
) -> None:
    ml_yard.sandbox.set_job_faults(JobFault("no_capacity"))
    record = ml_yard.begin("true")
    events: list[str] = []
    patient = Patient(backend, 60.0, events.append)
    front.script = [BUSY, BUSY, BUSY]
    assert patient.refresh(record) is record
    assert (patient.describe(record).state, patient.describe(record).reason) == ("submitted", None)
    assert len(events) == 1, "once for all that isn't answered"
    assert patient.read_log(record, 0).data == b""
    front.script = [BUSY]
    with pytest.raises(SurroundingsError, match="ServerBusy"):
        Patient(backend, 0.0, events.append).refresh(record)
    front.script = [Say(403, "AuthorizationFailed")]
    with pytest.raises(AnsweredError, match="AuthorizationFailed"):
        patient.refresh(record)
    assert ml_yard.backend(cancel_seconds=60).cancel(record).state == "cancelled"


def lost(yard: MlYard) -> RunRecord:
    """A run whose job was deleted before its nodes said a word."""
    yard.sandbox.set_job_faults(JobFault("no_capacity"))
    record = yard.begin("true")
    name = record.submissions[0].job_name
    yard.cancel(name)
    yard.arm("DELETE", yard.job(name))
    yard.sandbox.set_job_faults()
    return record


def test_a_run_that_is_lost_can_be_submitted_again_and_one_that_goes_on_cant(ml_yard: MlYard) -> None:
    again = ml_yard.again(lost(ml_yard))
    with pytest.raises(SurroundingsError) as raised:
        ml_yard.again(again)
    assert raised.value.message == f"run {again.run_id} still goes on, as far as is known"
    last = ml_yard.over(again)
    assert (last.state, [each.number for each in last.submissions]) == ("succeeded", [1, 2])


def test_who_follows_a_run_that_is_lost_is_told_and_goes(
    ml_yard: MlYard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "TOLD_SECONDS", 0.0)
    record = lost(ml_yard)
    with pytest.raises(SurroundingsError) as raised:
        follow(ml_yard.backend(), record, ml_yard.on_line, ml_yard.events.append)
    assert raised.value.message.startswith(
        f"run {record.run_id} is lost: the workspace has no such job any more"
    )
    assert raised.value.mend == (
        "`modelyard job supervise` submits it again, from its newest checkpoint; `modelyard job cancel` ends it"
    )
    assert ml_yard.backend().cancel(record).state == "cancelled"
