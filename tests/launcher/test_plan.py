"""What a plan says, as text and as JSON, and as whom a job reaches its stores."""

from __future__ import annotations

import importlib.util
import json
import socket
from pathlib import Path
from typing import Any

import pytest
from launcher.planning import BLOCK, CPU, H100, REGION, SECRET, SPOT, bare_plan, plan, unwrapped

from modelyard.errors import InputError
from modelyard_launcher.access import S3Access
from modelyard_launcher.azure.access import AzureAccess
from modelyard_launcher.backends import BACKENDS, DEFAULT_BACKENDS, LaunchContext, open_backend
from modelyard_launcher.call_text import call_lines
from modelyard_launcher.plan import Call
from modelyard_launcher.plan_text import WIDTH, plan_text


@pytest.mark.parametrize(
    ("job", "pools", "words"),
    [
        (
            {"num_nodes": 2, "timeout": "30m", "retry": {"attempts": 3}},
            (CPU,),
            "$1.63 an hour, at most $4.89 in 6 starts up to the timeout (list price, ",
        ),
        (
            {"timeout": "1h", "retry": {"on_events": []}},
            (CPU,),
            "$0.81 an hour, at most $0.81 up to the timeout (",
        ),
        ({}, (CPU,), "$0.81 an hour, without end: the job has no timeout ("),
        ({"max_total_cost": 50}, (CPU,), "$0.81 an hour, at most $50.00, the total budget ("),
        (
            {"sweep": {"grid": {"A": [1, 2, 3]}}, "timeout": "1h"},
            ({**CPU, "max_nodes": 2},),
            "$0.81 a variant and hour, $1.63 at a time, at most $9.78 of 3 variants in 4 starts of each up to the",
        ),
        ({"resources": {"use_spot": True}}, (SPOT,), "an hour, the lowest spot price seen, without end"),
        (
            {"resources": {"cpus": 4}, "timeout": "1h", "retry": {"on_events": []}},
            (CPU,),
            "$0.20 an hour, its part of a node at $0.81, at most $0.20 up to the timeout (",
        ),
        (
            {"resources": {"cpus": 4}, "sweep": {"grid": {"A": list(range(20))}}},
            ({**CPU, "max_nodes": 2},),
            "$0.20 a variant and hour, its part of a node at $0.81, $1.63 at a time, without end",
        ),
    ],
)
def test_a_plan_says_what_the_job_costs_an_hour_and_in_all(
    tmp_path: Path, job: dict[str, Any], pools: tuple[dict[str, Any], ...], words: str
) -> None:
    assert words in unwrapped(plan_text(plan(tmp_path, job, *pools)))


def test_what_has_no_price_is_said_to_be_unpriced(tmp_path: Path) -> None:
    lasting = {**BLOCK["window"], "drain_at": "2126-12-04T11:00:00Z", "ends_at": "2126-12-04T11:30:00Z"}
    made = plan(tmp_path, {"resources": {"accelerators": "H100:8"}}, {**BLOCK, "window": lasting})
    assert made.cost.hourly_usd is None
    assert made.as_dict()["cost"]["unpriced"] == ["p5.48xlarge (capacity_block)"]
    assert "unpriced: the catalog has no price for p5.48xlarge (capacity_block) in eu-central-1" in unwrapped(
        plan_text(made)
    )


def test_values_with_line_ends_stay_on_their_line(tmp_path: Path) -> None:
    text = plan_text(plan(tmp_path, {"envs": {"A": "one\ntwo\x1b[2J", "B": "ü"}}))
    assert r"    A=one\ntwo\u001b[2J" in text.splitlines()
    assert "    B=ü" in text.splitlines()


def test_one_process_is_one(tmp_path: Path) -> None:
    text = plan_text(plan(tmp_path, {}))
    assert f"local: a process on {socket.gethostname()} stands in for the pool's node; it costs" in unwrapped(
        text
    )


def test_the_plan_reads_as_a_whole(tmp_path: Path) -> None:
    job = {
        "num_nodes": 2,
        "distribution": "torchrun",
        "image": "cnn:1.0",
        "workdir": ".",
        "file_mounts": {"/data/words.json": "./job.yaml"},
        "envs": {"EPOCHS": "3", "HF_TOKEN": "hush"},
        "timeout": "2h",
        "deadline": "2100-01-01T00:00:00Z",
        "max_total_cost": 1_000,
        "resources": {"accelerators": "H100:8", "shm": 64},
        "retry": {"attempts": 2, "exit_codes": [75]},
        "recovery": "recovery_region",
        "depends_on": ["a-20261123-142501-3f2a"],
    }
    pools = ({**H100, "instance_type": "p5.48xlarge", "fallback": ["other"]}, {**H100, "name": "other"}, CPU)
    text = plan_text(bare_plan(tmp_path, job, *pools, stores="file:///stores", region="us-east-1"))
    for line in (
        "job try on dev, backend bare",
        "  target     the file target.json",
        "  pool       h100: p5.48xlarge, on_demand",
        "             not other: it would do at the same price, but h100 comes first by its name",
        "             not cpu: the job asks for H100, and its nodes have none",
        "  nodes      2, one process each (torchrun); the host keeps about 4% of a node's memory; 64 GiB",
        "             of it for /dev/shm",
        "    POOL   TYPE         CAPACITY   DEVICES   CPUS  MEMORY GiB      EFA  $/HOUR",
        "    h100   p5.48xlarge  on_demand  8 x H100  192   1966.1 of 2048  32   55.04",
        "    other  p5.48xlarge  on_demand  8 x H100  192   1966.1 of 2048  32   55.04",
        "  files      . as its working directory, ./job.yaml as /data/words.json",
        "  limits     2h an attempt, 2 attempts on exit codes 75, 3 starts more if hosts fail, $1,000.00",
        "             in all, until 2100-01-01 00:00 UTC, may go on in the recovery region",
        "  waits for  a-20261123-142501-3f2a",
        "  record     file:///stores-c/runs/<run id>/",
        "    EPOCHS=3",
        "    HF_TOKEN=(hidden)",
        "    NODE_RANK=1",
        "    a note",
        "    1. batch SubmitJob jobName=<run id>-1",
        "       (once)",
    ):
        assert line in text.splitlines(), line
    assert "hush" not in text
    whole = unwrapped(text)
    for sentence in (
        "the image cnn:1.0 is named by a tag, under which another may lie tomorrow",
        "EC2 may have no p5.48xlarge to give for a while: the job waits in the queue",
    ):
        assert sentence in whole, sentence
    headings = ["  warnings", "  what can fail", "  mind", "  every rank finds", "  rank 0", "  rank 1"]
    headings.append("  calls, in their order (whole with --format json)")
    assert [line for line in text.splitlines() if line in headings] == headings


@pytest.mark.parametrize(
    "job",
    [
        {"envs": {"LONG": "x" * 4_000, "WORDS": "a b " * 400}},
        {"sweep": {"grid": {f"VARIABLE_{n}": ["x" * 200, "y"] for n in range(5)}}},
        {"secrets": {"TOKEN": f"{SECRET[:-6]}{'x' * 200}"}},
        {"num_nodes": 8, "file_mounts": {f"/data/{n}": "." for n in range(30)}},
    ],
)
def test_the_text_fits_a_terminal(tmp_path: Path, job: dict[str, Any]) -> None:
    text = plan_text(bare_plan(tmp_path, job, CPU, H100, {**SPOT, "name": "a-pool-of-long-name1"}))
    assert [line for line in text.splitlines() if len(line) > WIDTH] == []


def test_a_plan_fits_a_terminal_that_is_narrower(tmp_path: Path) -> None:
    made = plan(tmp_path, {"num_nodes": 2, "envs": {"LONG": "x" * 200}})
    whole = plan_text(made)
    narrow = plan_text(made, 60).splitlines()
    table = [line for line in whole.splitlines() if "c7i." in line or "POOL" in line]
    wide = [line for line in narrow if len(line) > 60 and line not in table]
    assert all(" " not in line.strip() for line in wide), wide
    assert max(map(len, plan_text(made, 1).splitlines())) <= max(map(len, narrow))
    assert plan_text(made, 500) == whole == plan_text(made)


def test_the_widest_table_of_nodes_fits_a_terminal(tmp_path: Path) -> None:
    widest = {
        **H100,
        "name": "a-pool-of-twenty-chr",
        "instance_type": "p6e-gb200.36xlarge",
        "accelerator": "GB200",
        "capacity": "capacity_block",
        "memory_mib": 1_000_000,
    }
    made = plan(tmp_path, {"resources": {"accelerators": "GB200:8"}}, widest)
    assert max(map(len, plan_text(made).splitlines())) <= 100


def test_secrets_are_shown_by_their_references(tmp_path: Path) -> None:
    text = plan_text(plan(tmp_path, {"secrets": {"TOKEN": SECRET}}))
    assert f"    TOKEN=(from {SECRET})" in text.splitlines()


def test_a_sweep_is_shown_by_its_first_and_its_last_variant(tmp_path: Path) -> None:
    job = {
        "sweep": {
            "random": {"LR": {"min": 0, "max": 1}, "API_KEY": {"choices": ["hush"]}},
            "count": 100,
            "seed": 7,
        }
    }
    made = plan(tmp_path, job)
    lines = plan_text(made).splitlines()
    place = lines.index("  sweep      100 variants (random, seed 7), 40 at a time")
    assert lines[place + 1].startswith("             0: LR=0.")
    assert lines[place + 1].endswith(" API_KEY=(hidden)")
    assert lines[place + 2].startswith("             99: LR=0.")
    assert "hush" not in "".join(lines)
    document = made.as_dict()
    assert document["sweep"]["variants"] == 100
    assert document["sweep"]["at_a_time"] == 40
    assert document["sweep"]["first"]["API_KEY"] == "(hidden)"
    assert document["sweep"]["first"]["LR"] in lines[place + 1]
    assert "hush" not in json.dumps(document)


@pytest.mark.parametrize(
    ("sweep", "kind"), [({"grid": {"A": [1, 2]}}, "a grid"), ({"list": [{"A": 1}, {"A": 2}]}, "a list")]
)
def test_a_sweep_says_what_it_is_made_of(tmp_path: Path, sweep: dict[str, Any], kind: str) -> None:
    assert (
        f"  sweep      2 variants ({kind}), 2 at a time"
        in plan_text(plan(tmp_path, {"sweep": sweep})).splitlines()
    )


def test_calls_are_one_line_each_with_what_is_plain_in_front() -> None:
    calls = [
        Call(
            "s3",
            "PutObject",
            {"Key": "runs/archives/x.tar.gz", "Body": {"size_bytes": 3}},
            "left out if it is there",
        ),
        Call(
            "batch",
            "SubmitJob",
            {"containerOverrides": {"environment": []}, "jobName": "a\nb", "n": 3, "t": ["x"]},
        ),
        Call("batch", "Long", {"name": "x" * 200, "other": "y" * 200}),
    ]
    assert list(call_lines(calls, 80)) == [
        "    1. s3 PutObject Key=runs/archives/x.tar.gz Body={size_bytes}",
        "       (left out if it is there)",
        "    2. batch SubmitJob jobName=a\\nb n=3 containerOverrides={environment} t=[1]",
        f"    3. batch Long name={'x' * 29}…{'x' * 14} other=yyyyy…",
    ]


def test_of_many_calls_the_first_stand_for_all() -> None:
    calls = [Call("batch", "SubmitJob", {"jobName": str(n)}) for n in range(1_000)]
    lines = list(call_lines(calls, 80))
    assert len(lines) == 21
    assert lines[-1] == "    and 980 calls more, likewise"
    assert list(call_lines(calls[:21], 80))[-1] == "    and 1 call more, likewise"
    assert list(call_lines(calls[:20], 80))[-1] == "    20. batch SubmitJob jobName=19"


def test_a_long_key_is_cut_in_its_middle_and_a_long_sentence_at_its_end() -> None:
    key = f"runs/archives/{'0123456789abcdef' * 4}.tar.gz"
    (line,) = call_lines([Call("s3", "PutObject", {"Key": key, "Body": "a b " * 20})], 200)
    assert line == (
        "    1. s3 PutObject Key=runs/archives/0123456789abcde…9abcdef.tar.gz "
        "Body=a b a b a b a b a b a b a b a b a b a b a b…"
    )


def test_a_plan_for_many_nodes_stays_short(tmp_path: Path) -> None:
    text = plan_text(plan(tmp_path, {"num_nodes": 32}))
    assert "  and 28 ranks more, likewise" in text.splitlines()
    assert len(text.splitlines()) < 60


def test_the_json_plan_carries_everything_and_its_digest(tmp_path: Path) -> None:
    first = plan(tmp_path, {"num_nodes": 2, "envs": {"DB_PASSWORD": "hush"}}, CPU, H100)
    document = first.as_dict()
    assert document["schema"] == "modelyard.plan/1"
    assert document["pool"]["name"] == "cpu"
    assert [entry["pool"] for entry in document["passed_over"]] == ["h100"]
    assert [rank["NODE_RANK"] for rank in document["ranks"]["each"]] == ["0", "1"]
    assert document["target"] == {"source": "file", "note": "the file target.json"}
    assert [row["pool"] for row in document["nodes"]] == ["cpu"]
    assert (document["attempts"], document["starts"], document["sweep"]) == (1, 4, None)
    assert document["warnings"] == list(first.warnings) != []
    assert document["cost"]["peak_hourly_usd"] == document["cost"]["hourly_usd"]
    assert "hush" not in json.dumps(document)
    assert (
        document["digest"]
        == plan(tmp_path, {"num_nodes": 2, "envs": {"DB_PASSWORD": "hush"}}, CPU, H100).digest
    )
    assert document["digest"] != plan(tmp_path, {"num_nodes": 1}, CPU, H100).digest


@pytest.mark.parametrize(
    ("access", "note"),
    [
        (
            S3Access("sandbox", REGION, "http://127.0.0.1:1", {"AWS_ACCESS_KEY_ID": "k"}),
            "with its false credentials: AWS_REGION",
        ),
        (
            S3Access("aws", REGION, None, {"AWS_PROFILE": "me"}),
            "as you yourself, not as the job's role: AWS_REGION",
        ),
        (S3Access("aws", REGION), "there are no credentials for it here: submitting would fail"),
    ],
)
def test_a_plan_says_as_whom_the_job_reaches_its_stores(tmp_path: Path, access: S3Access, note: str) -> None:
    assert note in unwrapped(plan_text(plan(tmp_path, {}, access=access)))


def test_a_plan_never_shows_a_credential(tmp_path: Path) -> None:
    access = S3Access("aws", REGION, None, {"AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_SECRET_ACCESS_KEY": "hush"})
    made = plan(tmp_path, {}, access=access)
    shown = plan_text(made) + json.dumps(made.as_dict()) + repr(access)
    assert "AKIAREAL" not in shown
    assert "hush" not in shown


def test_a_job_for_mpirun_is_refused_here_where_none_starts_its_ranks(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        plan(tmp_path, {"distribution": "mpi", "processes_per_node": 8})
    (problem,) = raised.value.problems
    assert (problem.field, problem.given, problem.line) == ("distribution", "mpi", 4)
    assert problem.message == "the local backend starts one process for each node, and no mpirun"
    assert problem.allowed == "torchrun, jax or none with the local backend"
    assert problem.mend == (
        "try it here with distribution: none and mpirun in run, or submit it to an environment on Azure"
    )


def test_every_registered_backend_can_be_opened(tmp_path: Path) -> None:
    for name, place in BACKENDS.items():
        on_azure = name == DEFAULT_BACKENDS["azure"]
        access = AzureAccess("azure", "westeurope", "s") if on_azure else S3Access("aws", REGION)
        assert importlib.util.find_spec(place.partition(":")[0]) is not None
        assert open_backend(name, LaunchContext(tmp_path, access, "file:///stores"))


def test_a_backend_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        open_backend("slurm", LaunchContext(tmp_path, S3Access("aws", REGION), "file:///stores"))
    assert raised.value.problems[0].allowed == ", ".join(BACKENDS)
