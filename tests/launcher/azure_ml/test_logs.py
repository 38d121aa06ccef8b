"""Logs: by the rank's own file, from where one has read, and what is said where they can't be read."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from azure_front import Front, Say, standing_before
from azure_ml_launching import MlYard, a_record, ml_target

from modelyard.errors import SurroundingsError
from modelyard_launcher.azure.access import AzureAccess
from modelyard_launcher.backends.azure_ml import history as run_history
from modelyard_launcher.backends.azure_ml.history import INSIDE, History
from modelyard_launcher.backends.azure_ml.logs import Logs, file_of
from modelyard_launcher.follow import follow_logs
from modelyard_launcher.outcomes import AnsweredError, DeniedError

WORKSPACE = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ml"


@pytest.fixture
def through(ml_yard: MlYard) -> Iterator[tuple[Front, AzureAccess]]:
    """A front of the sandbox's resource manager and run history, and the way through it."""
    with standing_before(ml_yard.access.arm_endpoint) as front:
        yield front, replace(ml_yard.access, arm_endpoint=front.endpoint)


@pytest.fixture(autouse=True)
def without_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_history, "PAUSES_SECONDS", (0.01, 0.01))


def test_each_rank_has_the_file_of_its_process() -> None:
    one, many = (
        {"user_logs/std_log.txt": ""},
        {f"user_logs/std_log_process_{n}.txt": "" for n in ("00", "01", "10")},
    )
    assert file_of(0, one) == "user_logs/std_log.txt"
    assert file_of(1, one) is None
    assert [file_of(rank, many) for rank in (0, 1, 10)] == list(many)
    assert file_of(0, {"user_logs/std_log_process_0.txt": ""}) == "user_logs/std_log_process_0.txt"
    assert file_of(2, many) is None


def test_who_reads_on_gets_what_came_since(ml_yard: MlYard) -> None:
    record = ml_yard.over(ml_yard.begin("echo one; echo two"))
    backend = ml_yard.backend()
    whole = backend.read_log(record, 0)
    assert whole.data.endswith(b"one\ntwo\n")
    rest = backend.read_log(record, 0, whole.cursor)
    assert (rest.data, rest.cursor) == (b"", whole.cursor)


def test_the_host_is_the_workspaces_own_or_the_regions() -> None:
    history = History(AzureAccess("azure", "westeurope", "s"), ml_target(WORKSPACE, "acct"))
    assert history.host(WORKSPACE, "westeurope") == "https://westeurope.api.azureml.ms"
    assert (
        history.host(WORKSPACE.replace("/ml", "/other"), "northeurope")
        == "https://northeurope.api.azureml.ms"
    )


def test_from_outside_a_closed_network_it_is_said_where_logs_can_be_read(
    ml_yard: MlYard, unused_port: int, tmp_path: Path
) -> None:
    access = AzureAccess("azure", "westeurope", "s")
    history = History(access, ml_target(WORKSPACE, "acct"))
    with pytest.raises(SurroundingsError) as raised:
        history.read("user_logs/std_log.txt", f"http://127.0.0.1:{unused_port}/log", 0)
    assert raised.value.message.startswith(f"127.0.0.1:{unused_port} can't be reached from here: ")
    assert raised.value.mend == INSIDE
    assert INSIDE.startswith("run this inside the environment's network")


def test_a_refused_log_names_the_network_and_the_role(ml_yard: MlYard) -> None:
    with standing_before(ml_yard.access.arm_endpoint) as front:
        front.script = [Say(403, "Forbidden")]
        history = History(AzureAccess("azure", "westeurope", "s"), ml_target(WORKSPACE, "acct"))
        with pytest.raises(DeniedError) as raised:
            history.read("user_logs/std_log.txt", f"{front.endpoint}/log", 0)
    assert raised.value.message == "the log user_logs/std_log.txt at 127.0.0.1: it answered 403"
    assert raised.value.mend == f"{INSIDE}; or have the role AzureML Data Scientist assigned"


def test_a_job_that_run_history_doesnt_know_has_no_log(ml_yard: MlYard) -> None:
    history = History(ml_yard.access, ml_yard.target)
    assert history.details(f"{ml_yard.workspace}/jobs/none") == {}
    record = a_record(target=ml_yard.target.model_dump(mode="json", by_alias=True))
    assert ml_yard.backend().read_log(record, 0).data == b""


BUSY = Say(503, "ServerBusy")
THROTTLED = Say(429, "TooManyRequests", {"Retry-After": "0"})


def test_run_history_that_is_busy_is_asked_again(ml_yard: MlYard, through: tuple[Front, AzureAccess]) -> None:
    front, access = through
    front.script = [BUSY, THROTTLED]
    assert History(access, ml_yard.target).details(f"{ml_yard.workspace}/jobs/none") == {}
    assert len(front.seen) == 3


@pytest.mark.parametrize(
    "script", [[BUSY] * 3, [Say(429, "TooManyRequests", {"Retry-After": "600"})]], ids=["busy", "throttled"]
)
def test_run_history_that_stays_busy_is_away_and_hasnt_answered(
    script: list[Say], ml_yard: MlYard, through: tuple[Front, AzureAccess]
) -> None:
    front, access = through
    front.script = [*script]
    with pytest.raises(SurroundingsError) as raised:
        History(access, ml_yard.target).details(f"{ml_yard.workspace}/jobs/none")
    assert raised.value.message == f"run history of none at 127.0.0.1: it answered {script[0].status}"
    assert raised.value.mend == "try again in a few minutes"
    assert not isinstance(raised.value, AnsweredError)
    assert len(front.seen) == len(script)


def test_the_logs_of_a_jobs_ranks_are_found_by_one_question(
    ml_yard: MlYard, through: tuple[Front, AzureAccess]
) -> None:
    record = ml_yard.over(ml_yard.begin("echo rank $NODE_RANK", num_nodes=2))
    front, access = through
    backend = ml_yard.backend(access)
    assert [b"rank 0\n" in backend.read_log(record, 0).data, b"rank 1\n" in backend.read_log(record, 1).data]
    assert sum(target.endswith("/details") for _, target, _ in front.seen) == 1


def test_a_long_log_is_read_in_pieces_to_its_end(ml_yard: MlYard, monkeypatch: pytest.MonkeyPatch) -> None:
    record = ml_yard.over(ml_yard.begin("seq 1 200"))
    whole = ml_yard.log(record)
    logs = Logs(History(ml_yard.access, ml_yard.target, most_bytes=100), ml_yard.store)
    first = logs.read(record, 0, None)
    assert (first.data.decode(), first.more) == (whole[:100], True)
    backend = ml_yard.backend()
    monkeypatch.setattr(backend, "read_log", logs.read)
    lines = [line for _, line in follow_logs(backend, record, [0], None)]
    assert "\n".join(lines) == whole.rstrip("\n")
    assert [str(number) for number in range(1, 201)] == lines[-200:]


def test_a_logs_address_which_opens_it_isnt_logged(
    ml_yard: MlYard, through: tuple[Front, AzureAccess], caplog: pytest.LogCaptureFixture
) -> None:
    front, access = through
    front.script = [Say(200, text="line\n")]
    with caplog.at_level(logging.INFO, logger="httpx"):
        assert History(access, ml_yard.target).read("x", f"{front.endpoint}/log?sig=hush", 0) == b"line\n"
    assert f"HTTP Request: GET {front.endpoint}/log " in caplog.text
    assert "hush" not in caplog.text
