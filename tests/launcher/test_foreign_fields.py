"""What other launchers' users write by habit, each told with how a job of ours says it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from modelyard.errors import InputError, Problem
from modelyard_launcher import foreign_fields
from modelyard_launcher.job import Job, Notify, Resources, Retry
from modelyard_launcher.load import load_job

GOOD = "name: a\nrun: x\n"


def refusals(directory: Path, text: str) -> list[Problem]:
    path = directory / "job.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as raised:
        load_job(path)
    return list(raised.value.problems)


FIELDS = [
    ("storage_mounts: {}", "storage_mounts", "read the stores by MODELYARD_DATASETS"),
    ("event_callback: echo", "event_callback", "write notify: {command: ...}"),
    ("config: {}", "config", "what SkyPilot configures there is the environment's"),
    ("service: {port: 80}", "service", "serves no models"),
    ("max_retries: 3", "max_retries", "write retry: {attempts: 3}"),
    ("shm_size: 16GB", "shm_size", "write resources: {shm: 16}, in GiB"),
    ("files: [a]", "files", "write file_mounts"),
    ("roles: []", "roles", "at the top of the job"),
    ("environment: azureml:pytorch@latest", "environment", "write image and envs"),
    ("limits: {timeout: 7200}", "limits", "write timeout, as timeout: 2h"),
    ("code: ./src", "code", "write workdir"),
    ("budget: 100", "budget", "write max_total_cost"),
    ("resources: {infra: aws}", "resources.infra", "the environment says where its pools are"),
    ("resources: {any_of: []}", "resources.any_of", "the cheapest that fits is chosen"),
    ("resources: {memMB: 100}", "resources.memMB", "write memory, in GiB"),
    ("resources: {shm_size: 16GB}", "resources.shm_size", "write shm: 16, in GiB"),
    ("resources: {gpu: H100}", "resources.gpu", "write accelerators: H100:8"),
    ("resources: {job_recovery: none}", "resources.job_recovery", "write retry: {attempts: 3}"),
    ("retry: {duration: 3h}", "retry.duration", "write deadline at the top of the job"),
    ("retry: {max_restarts_on_errors: 3}", "retry.max_restarts_on_errors", "write attempts"),
    ("notify: {email: me}", "notify.email", "write a command that sends it"),
]


@pytest.mark.parametrize(("text", "field", "mend"), FIELDS, ids=[field for _, field, _ in FIELDS])
def test_a_field_of_another_launcher_is_named_with_ours(
    tmp_path: Path, text: str, field: str, mend: str
) -> None:
    told = {problem.field: problem for problem in refusals(tmp_path, f"{GOOD}{text}\n")}
    problem = told[field]
    assert problem.message == f"a job of modelyard has no field {field.rpartition('.')[2]} here"
    assert mend in problem.mend
    assert problem.line == 3


VALUES = [
    (
        "file_mounts:\n  /checkpoints: {source: 's3://bucket', mode: MOUNT}",
        "file_mounts./checkpoints",
        "SkyPilot mounts a bucket here; a job of modelyard mounts files of this machine",
        "MODELYARD_DATASETS and MODELYARD_CHECKPOINTS",
    ),
    (
        "file_mounts:\n  /mnt: {name: v, store: volume}",
        "file_mounts./mnt",
        "SkyPilot mounts a volume here; a job of modelyard mounts files of this machine",
        "MODELYARD_DATASETS and MODELYARD_CHECKPOINTS",
    ),
    (
        "secrets:\n  HF_TOKEN: null",
        "secrets.HF_TOKEN",
        "SkyPilot asks for its value when it launches; here a secret is named by reference",
        "write the secret's ARN here",
    ),
    (
        "secrets:\n  HF_TOKEN: hf_hush",
        "secrets.HF_TOKEN",
        "this is no reference to a secret, and a secret's value never stands in a job's file",
        "write the secret's ARN here",
    ),
    (
        "envs:\n  MODEL_SIZE:",
        "envs.MODEL_SIZE",
        "SkyPilot asks for its value when it launches; here each variable has its text",
        'write MODEL_SIZE: "text"',
    ),
    ("resources:\n  cpus: 16+", "resources.cpus", "16+ isn't a whole number", "write cpus: 16"),
    ("resources:\n  cpus: 2..", "resources.cpus", "2.. isn't a whole number", "write cpus: 2"),
    (
        "resources:\n  memory: 64GB",
        "resources.memory",
        "64GB isn't a whole number of GiB",
        "write memory: 64",
    ),
    ("resources:\n  memory: 32+", "resources.memory", "32+ isn't a whole number of GiB", "write memory: 32"),
    ("resources:\n  shm: 16GiB", "resources.shm", "16GiB isn't a whole number of GiB", "write shm: 16"),
    (
        "resources:\n  accelerators: {H100: 8, A100: 8}",
        "resources.accelerators",
        "SkyPilot takes several kinds here; a job of modelyard asks for one",
        "write accelerators: H100:8",
    ),
    (
        "resources:\n  accelerators: ['L4:1', 'H100:1']",
        "resources.accelerators",
        "SkyPilot takes several kinds here; a job of modelyard asks for one",
        "write accelerators: L4:1",
    ),
    (
        "retry:\n  on_events: [interruption]",
        "retry.on_events[0]",
        "interruption is dstack's name for an event",
        "write host_failure",
    ),
    (
        "retry:\n  on_events: [no-capacity]",
        "retry.on_events[0]",
        "no-capacity is dstack's name for an event",
        "a job waits in its queue",
    ),
    (
        "workdir:\n  url: https://example.com/code.git",
        "workdir",
        "SkyPilot clones a repository here; a job of modelyard takes a directory of this machine",
        "clone it here and name the directory",
    ),
    (
        "image: docker:ubuntu:22.04",
        "image",
        "SkyPilot marks images of containers by docker:; a job of modelyard knows no others",
        "write ubuntu:22.04",
    ),
]


@pytest.mark.parametrize(("text", "field", "message", "mend"), VALUES, ids=[text for text, *_ in VALUES])
def test_a_value_of_another_launcher_is_told_with_how_it_is_written_here(
    tmp_path: Path, text: str, field: str, message: str, mend: str
) -> None:
    (problem,) = refusals(tmp_path, f"{GOOD}{text}\n")
    assert problem.field.replace('["', ".").replace('"]', "") == field
    assert problem.message == message
    assert mend in problem.mend
    assert problem.allowed
    assert problem.line in {3, 4}
    assert "hush" not in str(problem)


def test_a_whole_task_of_skypilots_is_told_field_by_field_in_its_order(tmp_path: Path) -> None:
    task = """\
name: train
workdir: .
num_nodes: 2
resources:
  infra: aws
  accelerators: H100:8
  cpus: 32+
  image_id: docker:pytorch:2
envs:
  MODEL: gpt
secrets:
  HF_TOKEN: null
file_mounts:
  /checkpoints:
    source: s3://bucket
    mode: MOUNT
config: {}
run: python train.py
"""
    assert [(problem.line, problem.field) for problem in refusals(tmp_path, task)] == [
        (5, "resources.infra"),
        (7, "resources.cpus"),
        (8, "resources.image_id"),
        (12, "secrets.HF_TOKEN"),
        (14, 'file_mounts["/checkpoints"]'),
        (17, "config"),
    ]


def test_values_of_other_kinds_are_left_to_the_specification(tmp_path: Path) -> None:
    text = f"{GOOD}secrets: hush\nenvs: [A=b]\nretry: true\nresources: []\nfile_mounts: 7\nnotify: 1\n"
    assert {problem.message for problem in refusals(tmp_path, text)} >= {
        "a list of 1 isn't a mapping",
        "true isn't a mapping",
        "an empty list isn't a mapping",
        "7 isn't a mapping",
    }


def test_no_field_of_ours_is_told_as_anothers() -> None:
    parts = ((Job, "_TOP"), (Resources, "_RESOURCES"), (Retry, "_RETRIES"), (Notify, "_NOTIFY"))
    for model, table in parts:
        assert not set(model.model_fields) & set(getattr(foreign_fields, table))


def test_what_is_said_to_be_written_in_its_place_is_a_field_of_ours() -> None:
    tables = (foreign_fields._TOP, foreign_fields._RESOURCES)
    examples = [
        example
        for table in tables
        for mend in table.values()
        for example in re.findall(r"write (\w+: \{[^.]*?\}+)(?:[;, ]|$)", mend)
    ]
    assert len(examples) > 15
    for example in examples:
        Job.model_validate({"name": "a", "run": "x", **yaml.safe_load(example.replace("NAME", "cpu"))})
