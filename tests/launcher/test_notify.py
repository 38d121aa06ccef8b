"""Who is told when a run ends, by a real server and real commands."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from modelyard_launcher import notify as notify_module
from modelyard_launcher.access import S3Access
from modelyard_launcher.job.notify import Notify
from modelyard_launcher.notify import may_tell, tell
from modelyard_launcher.records import RunRecord, Submission, now
from modelyard_launcher.stores import open_store

RUN = "cnn-20261123-142501-3f2a"


def ended(state: str = "failed", reason: str | None = "rank 1 exited with code 3") -> RunRecord:
    return RunRecord.model_validate(
        {
            "run_id": RUN,
            "state": state,
            "reason": reason,
            "exit_code": 3,
            "backend": "local",
            "environment": "dev",
            "pool": "cpu",
            "num_nodes": 2,
            "created": now(),
            "updated": now(),
            "ended": now(),
            "plan_digest": "0",
            "job": {"envs": {"TOKEN": "(hidden)"}},
            "target": {"account_id": "123456789012"},
        }
    )


class Hook:
    """A webhook on the loopback that answers as it is told to."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.bodies: list[dict[str, Any]] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                hook.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(hook.answers.pop(0) if hook.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/T000/secret-of-the-hook"


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_webhook_gets_how_the_run_ended_and_none_of_the_jobs_texts(hook: Hook) -> None:
    assert tell(Notify(webhook=hook.url), ended()) == []
    (body,) = hook.bodies
    assert body["text"] == f"{RUN} failed: rank 1 exited with code 3"
    assert (body["schema"], body["run_id"], body["state"], body["exit_code"]) == (
        "modelyard.run/1",
        RUN,
        "failed",
        3,
    )
    assert not {"job", "target", "submissions", "attempts"} & body.keys()


def test_a_webhook_that_is_busy_is_tried_again_with_longer_pauses(hook: Hook) -> None:
    hook.answers = [503, 429]
    pauses: list[float] = []
    assert tell(Notify(webhook=hook.url), ended(), pause=pauses.append) == []
    assert (len(hook.bodies), pauses) == (3, [1.0, 2.0])


@pytest.mark.parametrize(("answers", "tried"), [([500] * 9, 3), ([404], 1)])
def test_a_webhook_that_refuses_is_named_by_its_host_alone(
    hook: Hook, answers: list[int], tried: int
) -> None:
    hook.answers = list(answers)
    (trouble,) = tell(Notify(webhook=hook.url), ended(), pause=lambda _: None)
    assert trouble.startswith(f"the webhook at 127.0.0.1 wasn't told: it answered {answers[0]}")
    assert "secret-of-the-hook" not in trouble
    assert len(hook.bodies) == tried


def test_a_webhook_that_nobody_serves_is_said_and_nothing_more() -> None:
    (trouble,) = tell(Notify(webhook="http://127.0.0.1:9/x"), ended(), pause=lambda _: None)
    assert "the webhook at 127.0.0.1 wasn't told: " in trouble
    assert "refused" in trouble


def test_a_command_finds_the_run_its_state_and_why(tmp_path: Path) -> None:
    command = f'echo "$MODELYARD_RUN_ID $MODELYARD_STATE $MODELYARD_REASON" > {tmp_path}/told'
    assert tell(Notify(command=command), ended()) == []
    assert (tmp_path / "told").read_text() == f"{RUN} failed rank 1 exited with code 3\n"


def test_a_command_that_fails_or_hangs_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tell(Notify(command="exit 7"), ended()) == ["the command that tells of the end exited with code 7"]
    monkeypatch.setattr(notify_module, "COMMAND_SECONDS", 0.2)
    assert tell(Notify(command="sleep 60"), ended()) == [
        "the command that tells of the end took longer than 0.2 seconds and was ended"
    ]


def test_endings_that_nobody_asked_for_are_not_told(hook: Hook) -> None:
    assert tell(Notify(webhook=hook.url, command="exit 1", on=["succeeded"]), ended()) == []
    assert hook.bodies == []


def submitted(times: int) -> RunRecord:
    submissions = [
        Submission(number=number, backend="local", pool="cpu", job_name="x", submitted=now())
        for number in range(1, times + 1)
    ]
    return ended().model_copy(update={"submissions": submissions})


def test_of_all_who_see_an_end_one_tells_of_it_and_of_a_later_end_another(tmp_path: Path) -> None:
    store = open_store(f"file://{tmp_path}", S3Access("aws", "eu-central-1"))
    with ThreadPoolExecutor(8) as seeing:
        assert list(seeing.map(lambda _: may_tell(store, submitted(1)), range(8))).count(True) == 1
    assert may_tell(store, submitted(2)), "it was taken up again, and has ended once more"
    assert not may_tell(store, submitted(2))
    assert not may_tell(store, submitted(1))


def test_an_end_that_was_told_of_by_an_older_modelyard_isnt_told_of_again(tmp_path: Path) -> None:
    store = open_store(f"file://{tmp_path}", S3Access("aws", "eu-central-1"))
    store.put(f"runs/{RUN}/told.json", b"{}")
    assert not may_tell(store, submitted(1))
    assert may_tell(store, submitted(2))
