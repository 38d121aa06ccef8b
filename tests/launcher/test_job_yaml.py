"""Jobs that can't be used: each with its line, what was given, what is allowed and how to mend it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from launcher.invalid_jobs import INVALID_SPECS, InvalidJob

from modelyard.errors import InputError
from modelyard.yaml_lines import YamlDocument
from modelyard_launcher.durations import duration_seconds, duration_text
from modelyard_launcher.job import Job, image_reference, reference_in, shown_envs, shown_webhook
from modelyard_launcher.job.document import job_document
from modelyard_launcher.job.spec import RUN_ID_PATTERN
from modelyard_launcher.load import job_of, load_job
from modelyard_launcher.records import RUN_ID_PATTERN as RECORDS_RUN_ID_PATTERN
from modelyard_launcher.schema import SCHEMA_FILE, job_schema, schema_text

REPOSITORY = Path(__file__).parents[2]

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)

DIGEST = f"sha256:{'0123456789abcdef' * 4}"

GOOD = {"name": "digits-cnn", "run": "python train.py"}

EVERYTHING: dict[str, Any] = {
    **GOOD,
    "image": f"cnn@{DIGEST}",
    "workdir": ".",
    "file_mounts": {"/data/vocabulary.json": "./vocabulary.json"},
    "num_nodes": 2,
    "resources": {"accelerators": "H100:8", "cpus": 16, "memory": 512, "shm": 64, "pool": "h100"},
    "envs": {"EPOCHS": "8", "HF_TOKEN": "hush"},
    "secrets": {"WANDB_API_KEY": "arn:aws:ssm:eu-central-1:123456789012:parameter/wandb"},
    "setup": "make",
    "distribution": "torchrun",
    "retry": {"attempts": 3, "exit_codes": [75], "on_events": ["host_failure"]},
    "timeout": "30m",
    "max_hourly_cost": 400,
    "max_total_cost": 2_000.5,
    "deadline": "2100-12-01T11:30:00Z",
    "recovery": "recovery_region",
    "sweep": {"list": [{"LR": 0.1, "API_KEY": "hush"}, {"LR": 0.01}], "parallel": 1},
    "depends_on": ["digits-cnn-20261123-142501-3f2a"],
    "preflight": {"end_bad_nodes": True},
    "notify": {"webhook": "https://hooks.example.com/hush", "on": ["failed"]},
}
"""A job that says all that a job can say."""


def whole(text: str) -> str:
    """A job's file: `text` behind a name and a run, or with its own."""
    alone = text.startswith(("name:", "run:"))
    return text + "\n" if alone else f"name: a\nrun: x\n{text}\n"


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
        "resources:\n  accelerators: 8",
        "isn't text",
        "kind:number, as H100:8",
    ),
    ("resources.cpus", 4, "resources:\n  cpus: many", "isn't a whole number", "cpus: 16"),
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
    ('file_mounts["/data"]', 3, "file_mounts: {/data: s3://b}", "s3:// names a store", "MODELYARD_DATASETS"),
    ("secrets.TOKEN", 3, "secrets: {TOKEN: hush}", "no reference to a secret", "write the secret's ARN here"),
    ("secrets.TOKEN", 4, "secrets:\n  TOKEN: [hush]", "isn't text", "a value is never written"),
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
    ("setup", 3, 'setup: "echo\\0"', "holds a NUL character", "or leave setup out"),
    ("envs.EPOCHS", 4, "envs:\n  EPOCHS: 3", "3 isn't text", 'in quotes, as "3"'),
    ("envs.A-B", 4, "envs:\n  A-B: x", "isn't written as it has to be", "another name"),
    ("distribution", 3, "distribution: slurm", "none of the choices", "choose one of these"),
    ("datasets", 3, "datasets: s3://mine", "none of the choices", "choose one of these"),
    ("checkpoints", 3, "checkpoints: datasets", "none of the choices", "checkpoints"),
    ("retry.attempts", 4, "retry:\n  attempts: 11", "11 is too large", "from 1 to 10"),
    ("retry.exit_codes", 4, "retry:\n  exit_codes: 75", "isn't a list", "as [75, 137]"),
    ("retry.exit_codes[1]", 4, "retry:\n  exit_codes: [75, '76']", "isn't a whole number", "quotes: 76"),
    ("retry.on_events", 4, "retry:\n  on_events: host_failure", "isn't a list", "as [host_failure]"),
    ("max_total_cost", 3, "max_total_cost: '5'", "isn't a number", "max_total_cost: 2000"),
    ("deadline", 3, "deadline: tomorrow", "isn't written as it has to be", "2026-12-01T11:30:00Z"),
    ("sweep", 3, "sweep: [1]", "isn't a mapping", "grid: {LR: [0.1, 0.01]}"),
    ("sweep.grid.LR", 3, "sweep: {grid: {LR: 0.1}}", "isn't a list", "as [0.1, 0.01]"),
    ("sweep.list", 4, "sweep:\n  list:\n  - A: 1", "too short", "one variant a line"),
    ("sweep.list[1].RANK", 6, "sweep:\n  list:\n  - A: 1\n  - RANK: 2", "set by the launcher", "another"),
    ("sweep.random.A", 3, "sweep: {random: {A: 3}, count: 2}", "isn't a mapping", "{choices: [adam, sgd]}"),
    ("sweep.gird", 3, "sweep: {gird: {A: [1]}, seed: 1}", 'no field "gird"', "did you mean grid?"),
    ("depends_on", 3, "depends_on: digits-cnn", "isn't a list", "wait for those only"),
    ("preflight", 3, "preflight: 'yes'", "isn't a mapping", "write preflight: true"),
    ("preflight.min_gbps", 4, "preflight:\n  min_gbps: fast", "isn't a number", "min_gbps: 1600"),
    ("notify", 3, "notify: me@example.com", "isn't a mapping", "notify: {webhook:"),
    ("notify.on", 4, "notify:\n  on: failed\n  command: x", "isn't a list", "as [failed]"),
    ("notify.webhook", 4, "notify:\n  webhook: ftp://hush", "what is given isn't written", "as its service"),
    ("retry.exit_codes[0]", 4, "retry:\n  exit_codes: [0]", "0 is too small", "from 1 to 255"),
    ("timeout", 3, "timeout: 30s", "between 60s and 28d", "as 90s, 30m, 2h, 1d"),
    ("timeout", 3, "timeout: 29d", "between 60s and 28d", "as 90s, 30m, 2h, 1d"),
    ("timeout", 3, "timeout: 1.5h", "isn't written as it has to be", "as 90s, 30m, 2h, 1d"),
    ("timeout", 3, "timeout: 3600", "isn't text", "as 90s, 30m, 2h, 1d"),
    ("max_hourly_cost", 3, "max_hourly_cost: 0", "0 is too small", "max_hourly_cost: 40"),
    ("max_hourly_cost", 3, "max_hourly_cost: true", "isn't a number", "max_hourly_cost: 40"),
    ("max_hourly_cost", 3, "max_hourly_cost: $5", "isn't a number", "max_hourly_cost: 40"),
    (
        "workdir",
        3,
        "workdir: /no/such/place",
        "/no/such/place isn't there",
        "the directory of the job's file",
    ),
    ("workdir", 3, "workdir: no/such/place", "no/such/place isn't there", "make the directory"),
    ("image", 3, "image: 'a b'", "isn't written as it has to be", "as the registry has it"),
    ("setup", 3, "setup: ''", "too short", "setup"),
]


@pytest.mark.parametrize(("field", "line", "text", "message", "mend"), MALFORMED)
def test_a_malformed_job_is_refused_where_it_is_wrong(
    tmp_path: Path, field: str, line: int, text: str, message: str, mend: str
) -> None:
    path = tmp_path / "job.yaml"
    path.write_text(whole(text))
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


@pytest.mark.parametrize("row", INVALID_SPECS, ids=[row.id for row in INVALID_SPECS])
def test_an_invalid_job_is_refused_with_a_message_of_its_own(tmp_path: Path, row: InvalidJob) -> None:
    path = tmp_path / "job.yaml"
    path.write_text(whole(row.text))
    with pytest.raises(InputError) as raised:
        load_job(path, now=NOW)
    (problem,) = raised.value.problems
    assert (problem.field, problem.message) == (row.field, row.message.replace("{home}", str(tmp_path)))
    assert problem.allowed
    assert problem.mend
    assert problem.line
    assert "hush" not in str(raised.value)


@pytest.mark.parametrize("row", [row for row in INVALID_SPECS if row.allowed], ids=lambda row: row.id)
def test_what_is_just_allowed_is_taken(tmp_path: Path, row: InvalidJob) -> None:
    path = tmp_path / "job.yaml"
    path.write_text(whole(row.allowed))
    assert load_job(path, now=NOW).job.run


def test_the_table_of_invalid_jobs_has_each_row_once_and_most_bounds_on_both_sides() -> None:
    assert len({row.id for row in INVALID_SPECS}) == len(INVALID_SPECS) >= 45
    assert len({(row.field, row.message, row.text) for row in INVALID_SPECS}) == len(INVALID_SPECS)
    assert sum(bool(row.allowed) for row in INVALID_SPECS) >= 45


def test_problems_of_files_and_of_fields_together_come_in_the_order_of_the_lines(tmp_path: Path) -> None:
    path = tmp_path / "job.yaml"
    path.write_text(
        "name: a\nrun: x\nfile_mounts:\n  /data: ./gone\n"
        "deadline: 2026-01-01T00:00:00Z\nworkdir: ./gone\nresources: {memory: 1, shm: 2}\n"
    )
    with pytest.raises(InputError) as raised:
        load_job(path, now=NOW)
    assert [(problem.field, problem.line) for problem in raised.value.problems] == [
        ('file_mounts["/data"]', 4),
        ("deadline", 5),
        ("workdir", 6),
        ("resources.shm", 7),
    ]


def test_files_lie_beside_the_jobs_file_at_their_own_path_or_at_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for place in ("jobs/code", "home/data", "elsewhere"):
        (tmp_path / place).mkdir(parents=True)
    path = tmp_path / "jobs" / "job.yaml"
    path.write_text(
        f"name: a\nrun: x\nworkdir: code\nfile_mounts:\n  /a: ../elsewhere\n  /b: ~/data\n"
        f"  /c: {tmp_path / 'elsewhere'}\n"
    )
    loaded = load_job(path)
    assert loaded.workdir == loaded.directory == tmp_path / "jobs" / "code"
    assert {target: place.resolve() for target, place in loaded.mounts.items()} == {
        "/a": tmp_path / "elsewhere",
        "/b": tmp_path / "home" / "data",
        "/c": tmp_path / "elsewhere",
    }


def test_without_a_workdir_nothing_travels_and_commands_start_beside_the_jobs_file(tmp_path: Path) -> None:
    path = tmp_path / "job.yaml"
    path.write_text(yaml.safe_dump(GOOD))
    loaded = load_job(path)
    assert (loaded.workdir, loaded.mounts, loaded.directory) == (None, {}, tmp_path)


def test_a_job_that_is_no_file_is_checked_alike() -> None:
    document = YamlDocument({**GOOD, "deadline": "2026-01-01T00:00:00Z", "nodes": 2}, "the job", {}, {})
    with pytest.raises(InputError) as raised:
        job_of(document, Path())
    (problem,) = raised.value.problems
    assert (problem.field, problem.line, problem.mend) == ("nodes", None, "write num_nodes")


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


@pytest.mark.parametrize(
    ("retry", "starts"),
    [
        ({}, 4),
        ({"attempts": 3}, 6),
        ({"attempts": 8}, 10),
        ({"attempts": 10}, 10),
        ({"attempts": 3, "on_events": ["out_of_memory"]}, 3),
        ({"attempts": 10, "on_events": []}, 10),
    ],
)
def test_failures_of_hosts_have_starts_of_their_own_as_far_as_ten_have_room(
    retry: dict[str, Any], starts: int
) -> None:
    assert Job.model_validate({**GOOD, "retry": retry}).retry.most_starts == starts


def test_a_budget_is_shared_among_the_variants_of_a_sweep() -> None:
    sweep = {"grid": {"LR": [0.1, 0.01, 0.001, 0.0001]}}
    assert Job.model_validate({**GOOD, "max_total_cost": 100}).budget_of_a_run == 100
    assert Job.model_validate({**GOOD, "max_total_cost": 100, "sweep": sweep}).budget_of_a_run == 25
    assert Job.model_validate({**GOOD, "sweep": sweep}).budget_of_a_run is None


@pytest.mark.parametrize(
    ("given", "options"),
    [
        (True, {"end_bad_nodes": False, "min_gbps": None}),
        ({"min_gbps": 80}, {"end_bad_nodes": False, "min_gbps": 80.0}),
        (False, None),
        (None, None),
    ],
)
def test_a_preflight_is_true_false_or_how(given: object, options: dict[str, object] | None) -> None:
    job = Job.model_validate({**GOOD, "preflight": given})
    assert job.model_dump(mode="json")["preflight"] == options


def test_a_job_comes_back_from_its_json() -> None:
    job = Job.model_validate(EVERYTHING)
    assert Job.model_validate(job.model_dump(mode="json")) == job
    assert Job.model_validate_json(job.model_dump_json()) == job


def test_what_may_be_a_secret_is_hidden_in_plans_and_records() -> None:
    document = job_document(Job.model_validate(EVERYTHING))
    assert "hush" not in json.dumps(document)
    assert document["envs"] == {"EPOCHS": "8", "HF_TOKEN": "(hidden)"}
    assert document["secrets"] == EVERYTHING["secrets"]
    assert document["notify"]["webhook"] == "https://hooks.example.com/(hidden)"
    assert document["sweep"]["list"] == [{"LR": 0.1, "API_KEY": "(hidden)"}, {"LR": 0.01}]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://hooks.example.com", "https://hooks.example.com"),
        ("https://hooks.example.com/", "https://hooks.example.com"),
        ("https://hooks.example.com:8443/services/T0/B0/x", "https://hooks.example.com:8443/(hidden)"),
        ("https://hooks.example.com?key=x", "https://hooks.example.com/(hidden)"),
    ],
)
def test_of_a_webhook_its_host_is_shown(url: str, shown: str) -> None:
    assert shown_webhook(url) == shown


@pytest.mark.parametrize(
    ("image", "parts", "moves"),
    [
        ("cnn", ("cnn", None, None), True),
        ("cnn:latest", ("cnn", "latest", None), True),
        ("cnn:1.0", ("cnn", "1.0", None), False),
        ("localhost:5000/team/cnn", ("localhost:5000/team/cnn", None, None), True),
        (f"cnn@{DIGEST}", ("cnn", None, DIGEST), False),
        (f"registry.example/cnn:latest@{DIGEST}", ("registry.example/cnn", "latest", DIGEST), False),
    ],
)
def test_an_images_name_has_parts(image: str, parts: tuple[str | None, ...], moves: bool) -> None:
    reference = image_reference(image)
    assert (reference.name, reference.tag, reference.digest) == parts
    assert reference.moves is moves


def test_what_is_no_images_name_has_no_parts() -> None:
    with pytest.raises(ValueError, match="'a b' is no name of an image"):
        image_reference("a b")


def test_a_reference_to_a_secret_has_the_same_name_in_another_region() -> None:
    reference = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:hub-AbCdEf:token::"
    assert reference_in(reference, "eu-west-1") == reference.replace("eu-central-1", "eu-west-1")


def test_the_id_of_a_run_is_written_alike_by_jobs_and_records() -> None:
    assert RUN_ID_PATTERN == RECORDS_RUN_ID_PATTERN


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
    jsonschema.validate(EVERYTHING, job_schema())
    for wrong in ({"secrets": {"A": "hush"}}, {"service": {}}, {"preflight": "yes"}, {"sweep": {"grid": 1}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**GOOD, **wrong}, job_schema())


def test_every_field_has_an_example_or_names_its_choices() -> None:
    schema = job_schema()
    for part in (schema, *schema["$defs"].values()):
        for name, entry in part["properties"].items():
            text = json.dumps(entry)
            says = ("examples", "enum", "const", "boolean", "$ref")
            assert any(f'"{word}"' in text for word in says) or name in {"min", "max"}, name


def test_the_workloads_jobs_can_be_read() -> None:
    found = sorted((REPOSITORY / "workloads").glob("*/job.yaml"))
    assert found
    for path in found:
        assert load_job(path).job.run
