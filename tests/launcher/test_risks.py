"""What a plan says can fail, and what it warns of: each from what job, target and catalog tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from launcher.planning import BIG, BLOCK, CPU, H100, SECRET, SPOT, outlook

GPUS = {"resources": {"accelerators": "H100:8"}}
GRID = {"grid": {"LR": [0.1, 0.01], "SEED": [1, 2]}}
RECOVERY = {"recovery_target": {"region": "eu-west-1", "checkpoints_uri": "s3://there"}}

RISKS: list[tuple[str, dict[str, Any], tuple[dict[str, Any], ...], dict[str, Any], str]] = [
    # what is told, job, pools, changes of the target, the sentence
    ("failure", {}, (), {}, "a program that fails ends its node: the job fails"),
    ("failure of a gang", {"num_nodes": 2}, (), {}, "one node that fails ends the whole gang: the job fails"),
    (
        "retries",
        {"num_nodes": 2, "retry": {"attempts": 2, "exit_codes": [75, 137]}},
        (),
        {},
        (
            "one node that fails ends the whole gang: the job starts again, in 2 attempts at most "
            "(exit codes 75, 137 only)"
        ),
    ),
    (
        "hosts",
        {"retry": {"attempts": 2}},
        (),
        {},
        (
            "a host that fails, or is taken back, doesn't count as an attempt: the job starts again for that up "
            "to 3 times more, 5 starts in all"
        ),
    ),
    (
        "hosts, nearly out of starts",
        {"retry": {"attempts": 9}},
        (),
        {},
        (
            "a host that fails, or is taken back, doesn't count as an attempt: the job starts again for that up "
            "to 1 time more, 10 starts in all"
        ),
    ),
    (
        "hosts, out of starts",
        {"retry": {"attempts": 10}},
        (),
        {},
        (
            "a host that fails uses up an attempt: 10 starts are all that AWS Batch makes, and retry.attempts "
            "takes them all"
        ),
    ),
    (
        "hosts, not retried",
        {"retry": {"on_events": []}},
        (),
        {},
        "a host that fails fails the job: retry.on_events doesn't have host_failure",
    ),
    (
        "other events",
        {"retry": {"on_events": ["image_pull_failure", "out_of_memory"]}},
        (),
        {},
        (
            "when the image can't be pulled or a container runs out of memory, the job is started again too, "
            "which counts as an attempt"
        ),
    ),
    ("a sweep", {"sweep": GRID}, (), {}, "a variant that fails ends alone: the others go on"),
    (
        "one dependency",
        {"depends_on": ["a-20261123-142501-3f2a"]},
        (),
        {},
        "it starts when a-20261123-142501-3f2a has succeeded; if that fails, it never starts",
    ),
    (
        "several dependencies",
        {"depends_on": ["a-20261123-142501-3f2a", "b-20261123-142501-3f2a"]},
        (),
        {},
        (
            "it starts when a-20261123-142501-3f2a, b-20261123-142501-3f2a have all succeeded; if one fails, it "
            "never starts"
        ),
    ),
    (
        "spot",
        {"resources": {"use_spot": True}},
        (SPOT,),
        {},
        "EC2 may take a spot node back with two minutes' notice: checkpoint often",
    ),
    (
        "spot with a price",
        {"resources": {"use_spot": True}},
        ({**SPOT, "max_price_percent": 60},),
        {},
        (
            "EC2 may take a spot node back with two minutes' notice, or when its price rises above 60% of the "
            "on-demand price: checkpoint often"
        ),
    ),
    (
        "a block that ends before the timeout",
        {**GPUS, "timeout": "10d"},
        (BLOCK,),
        {},
        (
            "the capacity block ends at 2026-12-04 11:30 UTC, and its machines are taken back from 2026-12-04 "
            "11:00 UTC on, whether the job has ended or not: 7d 23h at most are left to it, less than the timeout "
            "of 10d"
        ),
    ),
    (
        "a block with room for the timeout",
        {**GPUS, "timeout": "191h"},
        (BLOCK,),
        {},
        (
            "the capacity block ends at 2026-12-04 11:30 UTC, and its machines are taken back from 2026-12-04 "
            "11:00 UTC on, whether the job has ended or not: an attempt has to start by 2026-11-26 12:00 UTC to "
            "have 191h"
        ),
    ),
    (
        "a block without a timeout",
        GPUS,
        (BLOCK,),
        {},
        (
            "the capacity block ends at 2026-12-04 11:30 UTC, and its machines are taken back from 2026-12-04 "
            "11:00 UTC on, whether the job has ended or not: 7d 23h at most are left to it, and the job has no "
            "timeout"
        ),
    ),
    (
        "a block to come",
        GPUS,
        ({**BLOCK, "window": {**BLOCK["window"], "starts_at": "2026-12-01T11:30:00Z"}},),
        {},
        "the capacity block starts at 2026-12-01 11:30 UTC: the job waits until then",
    ),
    (
        "accelerators on demand",
        GPUS,
        (H100,),
        {},
        "EC2 may have no p5.48xlarge to give for a while: the job waits in the queue",
    ),
    (
        "an open reservation",
        GPUS,
        ({**H100, "capacity": "open_reservation"},),
        {},
        (
            "whoever else runs p5.48xlarge in the account may fill the open reservation: what has no room in it "
            "runs beside it at the list price, or waits where EC2 has none to give"
        ),
    ),
    (
        "a reservation",
        GPUS,
        ({**H100, "capacity": "reservation"},),
        {},
        (
            "its machines run in the reservation and nowhere else: what is taken of it already, the job waits "
            "for; the reservation is paid whether it is used or not"
        ),
    ),
    (
        "fallbacks",
        {"resources": {"pool": "cpu"}},
        (
            {**CPU, "fallback": ["big", "twin", "block"]},
            BIG,
            {**CPU, "name": "twin", "capacity": "reservation"},
            BLOCK,
        ),
        {},
        (
            "while cpu has no machine free, its jobs run on big (on_demand c7i.8xlarge, $1.63 a node and hour) or "
            "twin (reservation c7i.4xlarge, at the same price) or block (capacity_block p5.48xlarge, unpriced): "
            "costs here are those of the pool itself"
        ),
    ),
    (
        "open hours",
        {},
        (),
        {"open_hours": {"opens": "07:30", "closes": "19:00", "days": ["mon", "fri"], "time_zone": "UTC"}},
        (
            "queues are open from 07:30 to 19:00 on mon, fri (UTC): outside of these hours they take no job, and "
            "what runs goes on"
        ),
    ),
    (
        "no timeout",
        {},
        (),
        {},
        "there is no timeout: a job that hangs costs money until somebody cancels it",
    ),
    (
        "no timeout and a budget",
        {"max_total_cost": 10},
        (),
        {},
        "there is no timeout: a job that hangs is ended by its other limits only",
    ),
    ("a timeout", {"timeout": "2h"}, (), {}, "an attempt longer than 2h is ended, and isn't tried again"),
    (
        "a deadline before the timeout could end",
        {"timeout": "5h", "deadline": "2026-11-26T14:30:00Z"},
        (),
        {},
        (
            "at 2026-11-26 14:30 UTC the deadline ends it, with a last checkpoint: 2h 30m before an attempt that "
            "starts now would reach its timeout of 5h"
        ),
    ),
    (
        "a deadline after the timeout",
        {"timeout": "2h", "deadline": "2026-11-26T14:30:00Z"},
        (),
        {},
        (
            "at 2026-11-26 14:30 UTC the deadline ends it, with a last checkpoint; an attempt that starts later "
            "than 2026-11-26 12:30 UTC doesn't have its 2h"
        ),
    ),
    (
        "a deadline without a timeout",
        {"deadline": "2026-11-26T14:30:00Z"},
        (),
        {},
        "at 2026-11-26 14:30 UTC the deadline ends it, with a last checkpoint: 2h 30m from now",
    ),
    (
        "a budget below the timeouts",
        {"timeout": "20h", "max_total_cost": 8.148},
        (),
        {},
        (
            "the total budget of $8.15 ends it, with a last checkpoint: it pays for 10h over all its starts (4 at "
            "most)"
        ),
    ),
    (
        "a budget above the timeouts",
        {"timeout": "1h", "max_total_cost": 100},
        (),
        {},
        (
            "the total budget of $100.00 is more than one submission can cost up to its timeouts, $3.26: it "
            "counts when the job is submitted again"
        ),
    ),
    (
        "a budget of a sweep",
        {"sweep": GRID, "max_total_cost": 8.148, "retry": {"on_events": []}},
        (),
        {},
        (
            "the total budget of $8.15 ends it, with a last checkpoint: each variant's share of it, $2.04, pays "
            "for 2h 30m"
        ),
    ),
    (
        "a budget on spot",
        {"max_total_cost": 10, "resources": {"use_spot": True}},
        (SPOT,),
        {},
        "the budget is counted at the lowest spot price seen: the bill may be higher",
    ),
    (
        "setup without internet",
        {"setup": "apt-get update\npip install x"},
        (),
        {"egress": "endpoints"},
        (
            "setup seems to need the internet (apt, pip install), and the nodes of dev reach none "
            "(network.egress: endpoints): build what it installs into the image"
        ),
    ),
    (
        "a run without internet",
        {"run": "curl https://example.com"},
        (),
        {"egress": "endpoints"},
        (
            "run seems to need the internet (curl), and the nodes of dev reach none (network.egress: endpoints): "
            "put what it fetches into the image, the workdir or the dataset store"
        ),
    ),
    (
        "internet of nobody knows",
        {"setup": "pip install x"},
        (),
        {},
        (
            "setup seems to need the internet (pip install), and the target doesn't tell whether nodes reach it: "
            "build what it installs into the image if they don't"
        ),
    ),
    (
        "a public registry",
        {"image": "nvcr.io/nvidia/pytorch:1"},
        (),
        {"egress": "endpoints"},
        "nodes don't reach nvcr.io, where the image lies: copy it to registry/dev",
    ),
    (
        "a public registry of nobody knows",
        {"image": "nvcr.io/nvidia/pytorch:1"},
        (),
        {},
        "the image lies in nvcr.io, and the target doesn't tell whether nodes reach it",
    ),
    (
        "a recovery region",
        {"recovery": "recovery_region"},
        (),
        RECOVERY,
        (
            "in eu-west-1 the job goes on from the newest checkpoint that was replicated whole: what came after is "
            "computed again"
        ),
    ),
    (
        "secrets in the recovery region",
        {"recovery": "recovery_region", "secrets": {"TOKEN": SECRET}},
        (),
        RECOVERY,
        (
            "secrets are read from their replicas in eu-west-1 there: Secrets Manager has to replicate them, and "
            "the environment to name both"
        ),
    ),
    (
        "no recovery region",
        {"recovery": "recovery_region"},
        (),
        {},
        "the target names no recovery region: the job can't go on outside eu-central-1",
    ),
    (
        "in the recovery region already",
        {"recovery": "recovery_region"},
        (),
        {"recovery": True},
        "this is the recovery region already: if it is lost too, the job can't go on elsewhere",
    ),
    (
        "bad nodes that may not be ended",
        {"preflight": {"end_bad_nodes": True}},
        (),
        {},
        (
            "the environment lets nobody who submits jobs end its nodes: a node that fails the preflight is named, "
            "and stays"
        ),
    ),
]


@pytest.mark.parametrize(
    ("job", "pools", "changes", "sentence"), [row[1:] for row in RISKS], ids=[row[0] for row in RISKS]
)
def test_what_can_fail_is_said(
    tmp_path: Path,
    job: dict[str, Any],
    pools: tuple[dict[str, Any], ...],
    changes: dict[str, Any],
    sentence: str,
) -> None:
    assert sentence in outlook(tmp_path, job, *pools, **changes).risks


@pytest.mark.parametrize(
    ("job", "changes", "word"),
    [
        ({"setup": "pip install x", "image": "nvcr.io/x:1"}, {"egress": "nat"}, "internet"),
        ({"setup": "pip install x", "image": "nvcr.io/x:1"}, {"egress": "nat"}, "nvcr.io"),
        ({"setup": "make"}, {"egress": "endpoints"}, "internet"),
        ({"image": "cnn:1"}, {"egress": "endpoints"}, "reach"),
        ({}, RECOVERY, "region"),
        ({"preflight": {"end_bad_nodes": True}}, {"end_bad_nodes": True}, "preflight"),
        ({"preflight": True}, {}, "preflight"),
        ({}, {}, "spot"),
        ({}, {}, "deadline"),
        ({}, {}, "budget"),
    ],
)
def test_what_cannot_fail_is_not_said(
    tmp_path: Path, job: dict[str, Any], changes: dict[str, Any], word: str
) -> None:
    assert not [risk for risk in outlook(tmp_path, job, **changes).risks if word in risk]


DIGEST = f"cnn@sha256:{'0123456789abcdef' * 4}"

WARNINGS: list[tuple[dict[str, Any], tuple[dict[str, Any], ...], list[str]]] = [
    ({}, (), []),
    ({"image": DIGEST}, (), []),
    (
        {"image": "cnn:1.0"},
        (),
        [
            (
                "the image cnn:1.0 is named by a tag, under which another may lie tomorrow: name it by its digest, "
                "which `modelyard job build` tells"
            )
        ],
    ),
    (
        {"image": "cnn:latest"},
        (),
        [
            (
                "the image cnn:latest is named by the tag latest, and may be another at each attempt: name it by "
                "its digest, which `modelyard job build` tells"
            )
        ],
    ),
    (
        {"image": "cnn"},
        (),
        [
            (
                "the image cnn is named by no tag, which means latest, and may be another at each attempt: name it "
                "by its digest, which `modelyard job build` tells"
            )
        ],
    ),
    (
        {"envs": {"HF_TOKEN": "x", "EPOCHS": "3"}},
        (),
        [
            (
                "HF_TOKEN speaks of a secret, and what envs sets lies readable in the checkpoint store: keep it in "
                "Secrets Manager and name it under secrets"
            )
        ],
    ),
    (
        {"sweep": {"grid": {"API_KEY": ["x", "y"]}}},
        (),
        [
            (
                "API_KEY speaks of a secret, and what sweep sets lies readable in the checkpoint store: keep it in "
                "Secrets Manager and name it under secrets"
            )
        ],
    ),
    (
        {"retry": {"exit_codes": [75]}},
        (),
        ["retry.exit_codes has no effect while retry.attempts is 1: no second attempt is made"],
    ),
    (
        {"sweep": {**GRID, "parallel": 4}},
        ({**CPU, "max_nodes": 2},),
        ["sweep.parallel is 4, and there is room for 2 variants at a time"],
    ),
    ({"sweep": {**GRID, "parallel": 2}}, ({**CPU, "max_nodes": 2},), []),
]


@pytest.mark.parametrize(("job", "pools", "warnings"), WARNINGS)
def test_what_is_allowed_and_yet_unwise_is_warned_of(
    tmp_path: Path, job: dict[str, Any], pools: tuple[dict[str, Any], ...], warnings: list[str]
) -> None:
    assert list(outlook(tmp_path, job, *pools).warnings) == warnings
