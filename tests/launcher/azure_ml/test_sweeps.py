"""Sweeps as one sweep job: a grid over the variants' index, with the values that the plan shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from azure_ml_launching import MlYard


def test_a_sweep_is_one_job_whose_trials_have_the_planned_values(ml_yard: MlYard) -> None:
    record = ml_yard.begin(
        'echo "lr is $LR in $MODELYARD_RUN_ID"',
        sweep={"random": {"LR": {"min": 0.1, "max": 0.2}}, "count": 3},
    )
    assert record.variants == 3
    body = ml_yard.body(record)
    assert body["jobType"] == "Sweep"
    assert body["searchSpace"] == {"variant": ["choice", [[0, 1, 2]]]}
    assert body["limits"]["maxTotalTrials"] == 3
    assert body["limits"]["maxConcurrentTrials"] == 2, "the pool has room for two"
    ended = ml_yard.over(record)
    assert ended.state == "succeeded", ended.as_dict()
    assert ended.spent_usd is not None
    variants = ml_yard.stored(f"runs/{record.run_id}/variants.json")["variants"]
    for index, variant in enumerate(variants):
        assert f"lr is {variant['LR']} in {record.run_id}.{index}\n" in ml_yard.log(ended, index)


def test_a_sweep_of_which_a_variant_fails_has_failed_though_the_service_is_content(ml_yard: MlYard) -> None:
    record = ml_yard.begin("[ $N != 2 ]", sweep={"grid": {"N": [1, 2, 3]}})
    ended = ml_yard.over(record)
    assert ml_yard.status(record.submissions[0].job_name) == "Completed"
    assert (ended.state, ended.submissions[0].kind) == ("failed", "program")
    assert ended.reason == "1 of 3 variants failed (1); the first: rank 0 exited with code 1"


def test_a_cancelled_sweep_takes_its_trials_along(ml_yard: MlYard) -> None:
    record = ml_yard.begin("exec sleep 300", sweep={"list": [{"N": 1}, {"N": 2}, {"N": 3}]})
    ended = ml_yard.backend(cancel_seconds=60).cancel(record)
    assert ended.state == "cancelled"
    assert ended.reason == f"cancelled by {ended.owner}"


def test_at_most_as_many_variants_run_as_the_sweep_says(ml_yard: MlYard) -> None:
    record = ml_yard.begin("true", sweep={"grid": {"N": [1, 2]}, "parallel": 1})
    assert ml_yard.body(record)["limits"]["maxConcurrentTrials"] == 1
    assert ml_yard.over(record).state == "succeeded"


def test_how_many_variants_stand_how_is_told_while_a_sweep_goes_on(
    ml_yard: MlYard, eventually: Callable[..., Any]
) -> None:
    record = ml_yard.begin(
        "[ $N = 0 ] || [ $N = 1 ] && exit $N; exec sleep 300", sweep={"grid": {"N": [0, 1, 2, 3, 4]}}
    )
    backend = ml_yard.backend(cancel_seconds=60)
    told = "variants: 1 succeeded, 1 failed, 2 running, 1 waiting"
    eventually(lambda: told in backend.describe(record).details)
    assert backend.cancel(record).state == "cancelled"


def test_a_variants_log_is_its_own_trials_whatever_number_that_has(ml_yard: MlYard) -> None:
    record = ml_yard.over(ml_yard.begin("echo variant $N", sweep={"list": [{"N": 0}, {"N": 1}]}))
    leases = [f"runs/{record.run_id}.{index}/attempts/001-01/lease.json" for index in (0, 1)]
    told = [ml_yard.stored(key) for key in leases]
    job = record.submissions[0].job_name
    assert [lease["service_job"] for lease in told] == [f"{job}_0", f"{job}_1"]
    # The service may go through a grid in another order.
    for key, lease in zip(leases, reversed(told), strict=True):
        ml_yard.store.put(key, json.dumps(lease).encode())
    assert ["variant 1\n" in ml_yard.log(record, 0), "variant 0\n" in ml_yard.log(record, 1)] == [True, True]
