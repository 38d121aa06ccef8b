"""Why a job waits: by what its cluster shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure_front import Say, standing_before
from azure_ml_launching import MlYard, ml_pool

from modelyard.outputs.azure import AzurePool
from modelyard_launcher.backends.azure_ml.cancelling import ask_to_end
from modelyard_launcher.backends.azure_ml.waiting import Scene, why
from modelyard_launcher.outcomes import AnsweredError
from modelyard_sandbox.job_faults import JobFault

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def scene(cluster: dict[str, Any] | None, minutes: float = 1, nodes: int = 2, **outer: Any) -> Scene:
    compute = None if cluster is None else {"properties": {"properties": cluster, **outer}}
    pool = AzurePool.model_validate(ml_pool())
    return Scene(NOW, NOW - timedelta(minutes=minutes), pool, nodes, compute)


def counts(most: int = 4, **nodes: int) -> dict[str, Any]:
    return {
        "scaleSettings": {"maxNodeCount": most},
        "nodeStateCounts": {f"{state}NodeCount": count for state, count in nodes.items()},
    }


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (scene(None), "its cluster cpu isn't there any more: cancel it, and submit it anew"),
        (
            scene(counts(), nodes=5),
            "the job needs 5 nodes, and the cluster may have 4: it starts only if the cluster is made larger",
        ),
        (
            scene(counts(running=3)),
            (
                "3 of the cluster's 4 nodes are at work for other jobs, and the job needs 2: it starts when enough of them "
                "are free"
            ),
        ),
        (scene(counts(preparing=2)), "2 of its nodes are coming; it has waited for 1m"),
        (scene(counts()), "nodes are being started for it; it has waited for 1m"),
        (
            scene(counts(most=0), nodes=1),
            "the job needs 1 node, and the cluster may have none: it starts only if the cluster is made larger",
        ),
        (
            scene(counts(unusable=3)),
            "3 nodes are unusable and take up room until the cluster gives them back",
        ),
        (scene(counts(unusable=1)), "1 node is unusable and takes up room until the cluster gives them back"),
        (
            scene(
                {
                    **counts(),
                    "errors": [{"error": {"code": "ClusterCoreQuotaReached", "message": "no cores"}}],
                }
            ),
            "the quota standardDDSv5Family is used up: no cores",
        ),
        (
            scene({**counts(), "errors": [{"error": {"code": "SubnetFull", "message": "no addresses"}}]}),
            "cluster cpu can't get nodes: no addresses",
        ),
    ],
)
def test_the_most_telling_reason_comes_first(seen: Scene, reason: str) -> None:
    assert why(seen)[0] == reason


@pytest.mark.parametrize("seen", [scene(None), scene(counts(), nodes=5)], ids=["gone", "too small"])
def test_of_nodes_that_cant_come_it_isnt_said_that_they_do(seen: Scene) -> None:
    assert why(seen)[1] == []


def test_who_waits_for_long_is_told_that_azure_may_have_none() -> None:
    _, details = why(scene(counts(), minutes=16))
    assert details == [
        (
            "that is longer than the 15 minutes that starting takes as a rule: Azure may have no Standard_D4ds_v5 to "
            "give, or the quota standardDDSv5Family may be used up"
        )
    ]


def test_a_job_that_gets_no_nodes_is_queued_and_says_so(
    ml_yard: MlYard, eventually: Callable[..., Any]
) -> None:
    ml_yard.sandbox.set_job_faults(JobFault("no_capacity"))
    record = ml_yard.begin("true", num_nodes=2)
    backend = ml_yard.backend()
    standing = eventually(lambda: (found := backend.describe(record)).state == "queued" and found)
    assert "it has waited for" in (standing.reason or "") + " ".join(standing.details)
    assert backend.refresh(record).state == "submitted"
    assert backend.read_log(record, 0).data == b""
    ended = backend.cancel(record)
    assert (ended.state, ended.attempts) == ("cancelled", [])


def test_a_run_whose_job_is_gone_from_the_workspace_is_lost_or_told_by_its_nodes(ml_yard: MlYard) -> None:
    record = ml_yard.begin("true")
    name = record.submissions[0].job_name
    ml_yard.ended(name)
    ml_yard.arm("DELETE", ml_yard.job(name))
    standing = ml_yard.backend().describe(record)
    assert standing.state == "succeeded"
    assert list(standing.details) == [
        (
            "the workspace has no such job any more: somebody deleted it, or the workspace; its nodes tell how it ended"
        )
    ]
    assert ml_yard.backend().refresh(record).state == "succeeded"


def test_a_run_whose_job_was_deleted_before_its_nodes_said_a_word_can_be_cancelled(ml_yard: MlYard) -> None:
    ml_yard.sandbox.set_job_faults(JobFault("no_capacity"))
    record = ml_yard.begin("true")
    name = record.submissions[0].job_name
    ml_yard.cancel(name)
    ml_yard.arm("DELETE", ml_yard.job(name))
    backend = ml_yard.backend(cancel_seconds=0.1)
    standing = backend.describe(record)
    assert (standing.state, standing.reason) == (
        "lost",
        (
            "the workspace has no such job any more: somebody deleted it, or the workspace, and its nodes left "
            "no last word"
        ),
    )
    assert backend.refresh(record).state == "submitted"
    ended = backend.cancel(record)
    assert (ended.state, ended.reason) == ("cancelled", f"cancelled by {ended.owner}")
    assert ended.submissions[0].kind == "stopped"


def test_a_run_in_a_subscription_that_isnt_seen_isnt_lost(ml_yard: MlYard) -> None:
    ml_yard.sandbox.set_job_faults(JobFault("no_capacity"))
    record = ml_yard.begin("true")
    with standing_before(ml_yard.access.arm_endpoint) as front:
        backend = ml_yard.backend(replace(ml_yard.access, arm_endpoint=front.endpoint))
        for ask in (backend.describe, backend.refresh, backend.cancel):
            front.script = [Say(404, "SubscriptionNotFound")]
            with pytest.raises(AnsweredError, match="SubscriptionNotFound: as it was told"):
                ask(record)
    assert ml_yard.backend(cancel_seconds=60).cancel(record).state == "cancelled"


def test_a_cancellation_that_is_refused_because_the_job_is_over_has_done_its_work(ml_yard: MlYard) -> None:
    record = ml_yard.begin("exit 3")
    ml_yard.ended(record.submissions[0].job_name)
    with standing_before(ml_yard.access.arm_endpoint) as front:
        access = replace(ml_yard.access, arm_endpoint=front.endpoint)
        running = Say(200, text='{"properties": {"status": "Running"}}')
        front.script = [running, Say(400, "UserError")]
        after = ask_to_end(access.arm(), ml_yard.store, record)
        front.script = [running, Say(400, "UserError"), running]
        with pytest.raises(AnsweredError, match="UserError: as it was told"):
            ask_to_end(access.arm(), ml_yard.store, record)
    assert after.state == "submitted", "its nodes tell how it ended"
    assert ml_yard.backend().refresh(record).state == "failed"
