"""Jobs of AWS Batch in the sandbox that wait for others: they go on, fail, and are cancelled as documented."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any


def after(*ids: str, type_: str | None = None, **request: Any) -> dict[str, Any]:
    """A request for a job that waits for others."""
    items = [{"jobId": id_, **({"type": type_} if type_ else {})} for id_ in ids]
    return {"dependsOn": items, **request}


def until(stop: Path, then: str = "true") -> str:
    """A command that waits for a file."""
    return f"until [ -e {stop} ]; do sleep 0.02; done; {then}"


def test_a_job_starts_once_all_that_it_waits_for_has_succeeded(yard: Any, tmp_path: Path) -> None:
    stops = [tmp_path / name for name in "ab"]
    first = [yard.submit(until(stop)) for stop in stops]
    last = yard.submit("true", after(*first))
    assert yard.account.when(last, "PENDING")["dependsOn"] == [{"jobId": id_} for id_ in first]
    stops[0].touch()
    yard.account.ended(first[0])
    assert yard.account.job(last)["status"] == "PENDING"
    stops[1].touch()
    assert yard.account.ended(last)["status"] == "SUCCEEDED"
    assert yard.account.job(last)["startedAt"] >= yard.account.job(first[1])["stoppedAt"]
    assert yard.run("true", after(last))["status"] == "SUCCEEDED", "what it waits for may be over"


def test_a_failure_is_passed_on_to_all_that_wait_for_it(yard: Any, tmp_path: Path) -> None:
    stop = tmp_path / "stop"
    first = yard.submit(until(stop, "exit 1"))
    second = yard.submit("true", after(first))
    third = yard.gang("true", 2, after(second))
    fourth = yard.submit("true", after(second, arrayProperties={"size": 2}))
    stop.touch()
    for id_ in (second, third, f"{third}#1", fourth, f"{fourth}:1"):
        job = yard.account.ended(id_)
        assert (job["status"], job["statusReason"], job["attempts"]) == ("FAILED", "Dependent Job failed", [])
    late = yard.run("true", after(first))
    assert late["statusReason"] == "Dependent Job failed"


def test_each_child_waits_for_its_counterpart(yard: Any, tmp_path: Path) -> None:
    command = f'until [ -e "{tmp_path}/$AWS_BATCH_JOB_ARRAY_INDEX" ]; do sleep 0.02; done'
    command += "; [ $AWS_BATCH_JOB_ARRAY_INDEX != 2 ]"
    size = {"arrayProperties": {"size": 3}}
    first = yard.submit(command, size)
    second = yard.submit("true", after(first, type_="N_TO_N", **size))
    (tmp_path / "1").touch()
    assert yard.account.ended(f"{second}:1")["status"] == "SUCCEEDED"
    assert yard.account.job(f"{second}:0")["status"] == "PENDING"
    for index in (0, 2):
        (tmp_path / str(index)).touch()
    assert yard.account.ended(f"{second}:0")["status"] == "SUCCEEDED"
    failed = yard.account.ended(f"{second}:2")
    assert (failed["status"], failed["statusReason"]) == ("FAILED", "Dependent Job failed")
    assert yard.account.ended(second)["status"] == "FAILED"


def test_children_in_sequence_run_one_after_another_and_stop_at_a_failure(yard: Any) -> None:
    request = {"arrayProperties": {"size": 4}, "dependsOn": [{"type": "SEQUENTIAL"}]}
    job = yard.run("[ $AWS_BATCH_JOB_ARRAY_INDEX != 2 ]", request)
    children = [yard.account.job(f"{job['jobId']}:{index}") for index in range(4)]
    assert [child["status"] for child in children] == ["SUCCEEDED", "SUCCEEDED", "FAILED", "FAILED"]
    assert children[3]["statusReason"] == "Dependent Job failed"
    assert all(one["stoppedAt"] <= two["startedAt"] for one, two in pairwise(children[:3]))


def test_a_job_that_waits_is_cancelled_once_what_it_waits_for_is_over(yard: Any, tmp_path: Path) -> None:
    stop = tmp_path / "stop"
    first = yard.submit(until(stop))
    second, third = yard.submit("true", after(first)), yard.submit("true", after(first))
    for id_ in (second, third):
        yard.account.when(id_, "PENDING")
    yard.account.batch.cancel_job(jobId=second, reason="enough")
    waiting = yard.account.job(second)
    assert (waiting["status"], waiting["isCancelled"]) == ("PENDING", True)
    yard.account.batch.terminate_job(jobId=third, reason="enough")
    assert yard.account.job(third)["statusReason"] == "enough"
    stop.touch()
    job = yard.account.ended(second)
    assert (job["status"], job["statusReason"], job["attempts"]) == ("FAILED", "enough", [])
