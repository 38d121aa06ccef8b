"""Jobs that can't be used: each with its line, what was given, what is allowed and how to mend it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from modelyard.errors import InputError
from modelyard_launcher.durations import duration_seconds, duration_text
from modelyard_launcher.job import Job, shown_envs
from modelyard_launcher.load import load_job
from modelyard_launcher.schema import SCHEMA_FILE, job_schema, schema_text

REPOSITORY = Path(__file__).parents[2]

GOOD = {"name": "digits-cnn", "run": "python train.py"}

MALFORMED = [
    # field, line, what is appended to (or put in place of) a good job, part of the message, part of the mend
    ("name", 1, "name: Digits CNN\nrun: x", "isn't written as it has to be", "short name in lower case"),
    ("name", 1, "run: x", "name is missing", "short name in lower case"),
    ("run", 1, "name: a", "run is missing", "run: python train.py"),
    ("run", 2, "name: a\nrun: '  '", "isn't written as it has to be", "the command that trains"),
    ("run", 2, "name: a\nrun: [python, train.py]", "isn't text", "the command that trains"),
    ("num_nodes", 3, "num_nodes: 0", "0 is too small", "from 1 to 1,000"),
    ("num_nodes", 3, "num_nodes: 1001", "1001 is too large", "from 1 to 1,000"),
    ("num_nodes", 3, "num_nodes: '2'", "isn't a whole number", "without quotes: 2"),
    (
        "resources.accelerators",
        4,
        "resources:\n  accelerators: 8xH100",
        "isn't written",
        "kind:number, as H100:8",
    ),
    (
        "resources.accelerators",
        4,
        "resources:\n  accelerators: {H100: 8}",
        "isn't text",
        "kind:number, as H100:8",
    ),
    ("resources.cpus", 4, "resources:\n  cpus: 4+", "isn't a whole number", "cpus: 16"),
    ("resources.memory", 4, "resources:\n  memory: 0", "0 is too small", "memory: 32"),
    ("resources.use_spot", 4, "resources:\n  use_spot: 'yes'", "isn't true or false", "without quotes"),
    ("resources.pool", 4, "resources:\n  pool: H100!", "isn't written", "leave pool out"),
    (
        "resources.instance_type",
        4,
        "resources:\n  instance_type: p5.48xlarge",
        "no field instance_type",
        "pool: NAME",
    ),
    ("resources.cloud", 4, "resources:\n  cloud: aws", "no field cloud", "choose one with pool"),
    (
        "resources.max_hourly_cost",
        4,
        "resources:\n  max_hourly_cost: 5",
        "no field max_hourly_cost",
        "top of the job",
    ),
    (
        "resources.acelerators",
        4,
        "resources:\n  acelerators: H100:8",
        'no field "acelerators"',
        "accelerators?",
    ),
    ("file_mounts", 3, "file_mounts: {/data: s3://b}", "no field file_mounts", "MODELYARD_DATASETS"),
    (
        "secrets",
        3,
        "secrets: {TOKEN: hush}",
        "no field secrets",
        "there is none: let the program read a secret",
    ),
    ("service", 3, "service: {port: 80}", "no field service", "serves no models"),
    ("commands", 3, "commands: [a]", "no field commands", "write run"),
    ("nodes", 3, "nodes: 2", "no field nodes", "write num_nodes"),
    ("env", 3, "env: {A: b}", "no field env", "write envs"),
    ("max_duration", 3, "max_duration: 2h", "no field max_duration", "write timeout"),
    ("timeot", 3, "timeot: 2h", 'no field "timeot"', "timeout"),
    (
        "envs.MODELYARD_RUN_ID",
        5,
        "envs:\n  A: b\n  MODELYARD_RUN_ID: x",
        "MODELYARD_RUN_ID is set by the launcher",
        "choose another name",
    ),
    ("envs.NODE_RANK", 3, "envs: {NODE_RANK: '0'}", "NODE_RANK is set by the launcher", "another name"),
    ("envs.AWS_BATCH_X", 3, "envs: {AWS_BATCH_X: '0'}", "AWS Batch keeps for itself", "another name"),
    (
        "envs.AWS_SECRET_ACCESS_KEY",
        3,
        "envs: {AWS_SECRET_ACCESS_KEY: hush}",
        "is a credential; a job gets its access from its role",
        "remove it",
    ),
    ("envs.A", 4, 'envs:\n  A: "a\\0b"', "holds a NUL character", "as is allowed here"),
    ("run", 2, 'name: a\nrun: "echo\\0"', "holds a NUL character", "the command that trains"),
    ("setup", 3, 'setup: "echo\\0"', "holds a NUL character", "as is allowed here"),
    ("envs.EPOCHS", 4, "envs:\n  EPOCHS: 3", "3 isn't text", 'in quotes, as "3"'),
    ("envs.A-B", 4, "envs:\n  A-B: x", "isn't written as it has to be", "another name"),
    ("distribution", 3, "distribution: mpi", "none of the choices", "choose one of these"),
    ("datasets", 3, "datasets: s3://mine", "none of the choices", "choose one of these"),
    ("checkpoints", 3, "checkpoints: datasets", "none of the choices", "checkpoints"),
    ("retry.attempts", 4, "retry:\n  attempts: 11", "11 is too large", "from 1 to 10"),
    ("retry.exit_codes", 4, "retry:\n  exit_codes: [1, 2, 3, 4]", "too long", "five rules"),
    ("retry.exit_codes[0]", 4, "retry:\n  exit_codes: [0]", "0 is too small", "from 1 to 255"),
    ("timeout", 3, "timeout: 30s", "between 60s and 28d", "as 90s, 30m, 2h, 1d"),
    ("timeout", 3, "timeout: 29d", "between 60s and 28d", "as 90s, 30m, 2h, 1d"),
    ("timeout", 3, "timeout: 1.5h", "isn't written as it has to be", "as 90s, 30m, 2h, 1d"),
    ("timeout", 3, "timeout: 3600", "isn't text", "as 90s, 30m, 2h, 1d"),
    ("max_hourly_cost", 3, "max_hourly_cost: 0", "0 is too small", "max_hourly_cost: 40"),
    ("max_hourly_cost", 3, "max_hourly_cost: $5", "isn't a number", "max_hourly_cost: 40"),
    ("workdir", 3, "workdir: /abs", "isn't written as it has to be", "the directory of the job's file"),
    ("workdir", 3, "workdir: no/such/place", "is no directory", "make the directory"),
    ("image", 3, "image: 'a b'", "isn't written as it has to be", "as the registry has it"),
    ("setup", 3, "setup: ''", "too short", "setup"),
]


@pytest.mark.parametrize(("field", "line", "text", "message", "mend"), MALFORMED)
def test_a_malformed_job_is_refused_where_it_is_wrong(
    tmp_path: Path, field: str, line: int, text: str, message: str, mend: str
) -> None:
    path = tmp_path / "job.yaml"
    whole = text if text.startswith(("name:", "run:")) else f"name: a\nrun: x\n{text}"
    path.write_text(whole + "\n")
    with pytest.raises(InputError) as raised:
        load_job(path)
    (problem,) = raised.value.problems
    assert (problem.field, problem.line, problem.file) == (field, line, str(path))
    assert message in problem.message
    assert mend in problem.mend
    assert problem.allowed
    assert "hush" not in str(raised.value)


def test_a_variable_that_is_misnamed_is_told_what_a_name_is(tmp_path: Path) -> None:
    path = tmp_path / "job.yaml"
    path.write_text("name: a\nrun: x\nenvs:\n  A-B: x\n")
    with pytest.raises(InputError) as raised:
        load_job(path)
    assert raised.value.problems[0].allowed.startswith("a name of letters, digits and underscores")


def test_every_problem_is_told_at_once_in_the_order_of_the_lines(tmp_path: Path) -> None:
    path = tmp_path / "job.yaml"
    path.write_text("name: A\nrun: x\nnodes: 2\ntimeout: 1s\n")
    with pytest.raises(InputError) as raised:
        load_job(path)
    assert [problem.field for problem in raised.value.problems] == ["name", "nodes", "timeout"]


def test_a_job_that_no_definition_has_room_for_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "job.yaml"
    path.write_text(yaml.safe_dump({**GOOD, "setup": "#" * 16_000, "run": "#" * 16_000}))
    with pytest.raises(InputError, match="larger together than a job definition") as raised:
        load_job(path)
    (problem,) = raised.value.problems
    assert (problem.given, problem.allowed) == ("32,000 bytes", "20,480 bytes together")


def test_a_job_says_what_it_does_without_saying_it(tmp_path: Path) -> None:
    path = tmp_path / "job.yaml"
    path.write_text(yaml.safe_dump(GOOD))
    job = load_job(path).job
    assert (job.num_nodes, job.distribution, job.retry.attempts, job.timeout_seconds) == (1, "none", 1, None)
    assert (job.resources.accelerator_kind, job.resources.accelerator_count) == (None, 0)


@pytest.mark.parametrize(("text", "kind", "count"), [("H100:8", "H100", 8), ("A100-80GB", "A100-80GB", 1)])
def test_accelerators_are_a_kind_and_a_number(text: str, kind: str, count: int) -> None:
    resources = Job.model_validate({**GOOD, "resources": {"accelerators": text}}).resources
    assert (resources.accelerator_kind, resources.accelerator_count) == (kind, count)


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("30m", 1_800), ("2h", 7_200), ("1d", 86_400)])
def test_a_duration_is_a_number_and_a_unit(text: str, seconds: int) -> None:
    assert duration_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "30", "m", "-1m", "1.5h", "1w", "01m"])
def test_no_other_text_is_a_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        duration_seconds(text)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "0s"), (61, "1m 1s"), (3_600, "1h"), (90_061, "1d 1h"), (7_205, "2h 5s")]
)
def test_a_duration_is_read_in_two_units(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


def test_values_whose_names_speak_of_a_secret_are_hidden() -> None:
    envs = {
        "WANDB_API_KEY": "x",
        "HF_TOKEN": "x",
        "DB_PASSWORD": "x",
        "TOKENIZERS_PARALLELISM": "false",
        "KEY": "k",
    }
    assert shown_envs(envs) == {
        "WANDB_API_KEY": "(hidden)",
        "HF_TOKEN": "(hidden)",
        "DB_PASSWORD": "(hidden)",
        "TOKENIZERS_PARALLELISM": "false",
        "KEY": "k",
    }


def test_the_schema_in_the_repository_is_current() -> None:
    assert (REPOSITORY / SCHEMA_FILE).read_text() == schema_text(), (
        "run `python -m modelyard_launcher.schema`"
    )


def test_the_schema_describes_every_field_and_takes_what_the_launcher_takes() -> None:
    schema = json.loads(schema_text())
    parts = [schema, *schema["$defs"].values()]
    assert [
        name for part in parts for name, entry in part["properties"].items() if not entry.get("description")
    ] == []
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate({**GOOD, "timeout": "30m", "retry": {"attempts": 2}}, job_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**GOOD, "secrets": {}}, job_schema())


def test_the_workloads_jobs_can_be_read() -> None:
    found = sorted((REPOSITORY / "workloads").glob("*/job.yaml"))
    assert found
    for path in found:
        assert load_job(path).job.run
