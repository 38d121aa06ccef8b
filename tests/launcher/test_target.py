"""Where the target comes from, and how S3 is reached."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from modelyard.errors import InputError, SurroundingsError
from modelyard.outputs import TARGET_OBJECT_KEY
from modelyard_launcher import access as access_module
from modelyard_launcher.access import S3Access, find_access
from modelyard_launcher.project import project_directory
from modelyard_launcher.target import UNKNOWN_YET, find_place, resolve_target, resolve_target_for_plan

REPOSITORY = Path(__file__).parents[2]
BUCKET = "dev-checkpoints-123456789012-eu-central-1"
REGION = "eu-central-1"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the environment dev."""
    (tmp_path / "Pulumi.yaml").write_text("name: p\nruntime: python\nstackConfigDir: stacks\n")
    (tmp_path / "stacks").mkdir()
    dev = (REPOSITORY / "stacks" / "Pulumi.dev.yaml").read_text()
    (tmp_path / "stacks" / "Pulumi.dev.yaml").write_text(dev)
    return tmp_path


def sandbox(project: Path, port: int) -> Path:
    record = project / ".modelyard" / "sandbox" / "server.json"
    record.parent.mkdir(parents=True)
    record.write_text(json.dumps({"pid": os.getpid(), "started": "1", "port": port}))
    return record


def test_the_project_is_found_from_below(project: Path) -> None:
    below = project / "a" / "b"
    below.mkdir(parents=True)
    assert project_directory(below) == project


def test_the_only_environment_needs_no_name(project: Path) -> None:
    place = find_place(None, None, project=project)
    assert place.checkpoints_uri == f"s3://{BUCKET}"
    assert place.environment is not None
    assert place.environment.name == "dev"


def test_of_several_environments_one_has_to_be_named(project: Path) -> None:
    stacks = project / "stacks"
    (stacks / "Pulumi.prod.yaml").write_text((stacks / "Pulumi.dev.yaml").read_text())
    with pytest.raises(InputError) as raised:
        find_place(None, None, project=project)
    assert (raised.value.problems[0].field, raised.value.problems[0].allowed) == ("--env", "dev, prod")


def test_without_an_environment_the_error_says_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"write stacks/Pulumi\.dev\.yaml"):
        find_place(None, None, project=tmp_path)


def test_a_targets_file_comes_first(yard: Any) -> None:
    place = find_place("no-such-environment", yard.target_file, project=yard.project)
    resolved = resolve_target(place)
    assert (resolved.target, resolved.source) == (yard.target, "file")


@pytest.mark.parametrize(
    ("content", "message"), [(None, "can't be read"), ("{}", "field required"), ("not json", "invalid JSON")]
)
def test_a_targets_file_that_is_none_is_refused(tmp_path: Path, content: str | None, message: str) -> None:
    path = tmp_path / "target.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(InputError, match=message):
        find_place(None, path)


def test_the_target_is_read_from_the_checkpoint_bucket(
    project: Path, s3_yard: Any, s3_client: Any, s3_access: S3Access
) -> None:
    assert s3_access.endpoint_url is not None
    sandbox_port = int(s3_access.endpoint_url.rpartition(":")[2])
    # s3_yard has written the sandbox's record into the same project.
    assert json.loads((project / ".modelyard/sandbox/server.json").read_text())["port"] == sandbox_port
    s3_client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    try:
        place = find_place("dev", None, project=project)
        with pytest.raises(SurroundingsError, match="isn't there: the environment isn't up") as raised:
            resolve_target(place)
        assert "modelyard sandbox up dev" in raised.value.mend
        content = s3_yard.target.model_dump_json(by_alias=True).encode()
        s3_client.put_object(Bucket=BUCKET, Key=TARGET_OBJECT_KEY, Body=content)
        resolved = resolve_target_for_plan(place)
        assert (resolved.target, resolved.source) == (s3_yard.target, "store")
        s3_client.put_object(Bucket=BUCKET, Key=TARGET_OBJECT_KEY, Body=b'{"schema": "modelyard.target/9"}')
        with pytest.raises(SurroundingsError, match=r"is no modelyard\.target/1"):
            resolve_target(place)
    finally:
        s3_client.delete_object(Bucket=BUCKET, Key=TARGET_OBJECT_KEY)
        s3_client.delete_bucket(Bucket=BUCKET)


def test_a_bucket_that_is_not_there_is_the_surroundings_fault(project: Path, s3_yard: Any) -> None:
    with pytest.raises(SurroundingsError, match="NoSuchBucket") as raised:
        resolve_target(find_place("dev", None, project=project))
    assert "modelyard sandbox up ENV" in raised.value.mend


def test_a_sandbox_that_has_ended_is_told_apart_from_the_real_aws(project: Path) -> None:
    record = sandbox(project, 9)  # the port `discard`, on which nobody listens
    place = find_place("dev", None, project=project)
    with pytest.raises(SurroundingsError, match=r"the sandbox at http://127\.0\.0\.1:9") as raised:
        resolve_target(place)
    assert str(record) in raised.value.mend
    resolved = resolve_target_for_plan(place)
    assert resolved.source == "environment"
    assert "the environment's YAML alone: " in resolved.note


def test_a_plan_needs_neither_a_sandbox_nor_credentials(project: Path) -> None:
    resolved = resolve_target_for_plan(find_place("dev", None, project=project))
    assert resolved.source == "environment"
    assert "no sandbox runs here and there are no AWS credentials" in resolved.note
    target = resolved.target
    assert [pool.name for pool in target.pools] == ["cpu", "gpu"]
    assert target.stores.checkpoints.uri == f"s3://{BUCKET}"
    assert {target.pools[0].queue_arn, target.registry.repository_url, target.roles.job_role_arn} == {
        UNKNOWN_YET
    }


def test_an_endpoint_in_the_environment_comes_before_the_sandbox(tmp_path: Path) -> None:
    sandbox(tmp_path, 4566)
    environ = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ACCESS_KEY_ID": "a", "AWS_PROFILE": "me"}
    found = find_access(tmp_path, REGION, "123456789012", environ)
    assert (found.kind, found.endpoint_url, found.credentials) == (
        "environment",
        "http://127.0.0.1:1",
        {"AWS_ACCESS_KEY_ID": "a"},
    )


def test_the_sandbox_is_reached_with_false_credentials_only(tmp_path: Path) -> None:
    sandbox(tmp_path, 4566)
    environ = {"AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_SECRET_ACCESS_KEY": "hush", "AWS_SESSION_TOKEN": "hush"}
    found = find_access(tmp_path, REGION, "210987654321", environ)
    assert (found.kind, found.endpoint_url) == ("sandbox", "http://127.0.0.1:4566")
    variables = found.job_environment()
    assert variables["AWS_ACCESS_KEY_ID"] == "AKIASAND210987654321"
    assert variables["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert not {"AKIAREAL", "hush"} & set(variables.values())


def test_the_sandboxes_false_credentials_are_those_that_it_reads() -> None:
    from modelyard_sandbox import accounts

    assert access_module.SANDBOX_KEY_PREFIX == accounts.ACCESS_KEY_PREFIX
    assert access_module.SANDBOX_SECRET_KEY == accounts.SECRET_ACCESS_KEY


def test_a_sandbox_elsewhere_is_found_where_its_variable_says(tmp_path: Path) -> None:
    record = sandbox(tmp_path / "elsewhere", 4567)
    environ = {"MODELYARD_SANDBOX_DIR": str(record.parent)}
    assert find_access(tmp_path, REGION, "123456789012", environ).endpoint_url == "http://127.0.0.1:4567"


@pytest.mark.parametrize("content", ["", "[]", '{"pid": 1}', "null"])
def test_a_record_that_says_nothing_is_no_sandbox(tmp_path: Path, content: str) -> None:
    sandbox(tmp_path, 1).write_text(content)
    assert find_access(tmp_path, REGION, "123456789012", {}).kind == "aws"


def test_on_the_real_aws_a_job_has_the_launchers_identity_and_nothing_more(tmp_path: Path) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("")
    environ = {
        "HOME": str(tmp_path),
        "AWS_PROFILE": "me",
        "GITHUB_TOKEN": "hush",
        "AWS_VAULT": "x",
        "AWS_CA_BUNDLE": "/ca",
    }
    found = find_access(tmp_path, REGION, "123456789012", environ)
    assert found.kind == "aws"
    assert found.job_environment() == {
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CA_BUNDLE": "/ca",
        "AWS_PROFILE": "me",
        "AWS_CONFIG_FILE": str(tmp_path / ".aws" / "config"),
    }


@pytest.mark.parametrize(
    ("environ", "usable"),
    [
        ({}, False),
        ({"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}, False),
        ({"AWS_CONFIG_FILE": "/no/such/file"}, False),
        ({"AWS_ROLE_SESSION_NAME": "me"}, False),
        ({"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}, True),
        ({"AWS_PROFILE": "work"}, True),
        ({"AWS_WEB_IDENTITY_TOKEN_FILE": "/token"}, True),
        ({"AWS_CONFIG_FILE": __file__}, True),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, True),
    ],
)
def test_an_identity_is_more_than_a_variable_that_names_nothing(
    project: Path, environ: dict[str, str], usable: bool
) -> None:
    assert find_access(project, REGION, "123456789012", environ).seems_usable is usable


def test_a_target_is_named_by_the_store_that_holds_it(yard: Any) -> None:
    uri = yard.target.stores.checkpoints.uri
    store = Path(uri.removeprefix("file://"))
    with pytest.raises(SurroundingsError, match=r"has no modelyard/target\.json: it is no checkpoint store"):
        find_place(None, uri, project=yard.project)
    (store / "modelyard").mkdir(parents=True)
    (store / TARGET_OBJECT_KEY).write_text(yard.target.model_dump_json(by_alias=True))
    place = find_place(None, uri, project=yard.project)
    assert (place.target, place.checkpoints_uri) == (yard.target, uri)
    assert resolve_target(place).note == uri
    # Where the copy of the primary's lies beside the recovery region's own, the own one is meant.
    recovery = yard.target.model_copy(update={"recovery": True})
    (store / "modelyard/target.recovery.json").write_text(recovery.model_dump_json(by_alias=True))
    assert find_place(None, uri, project=yard.project).target == recovery


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("s3://dev-checkpoints-123456789012-eu-central-1", ("eu-central-1", "123456789012")),
        ("s3://dev-checkpoints-123456789012-us-gov-west-1/some/where", ("us-gov-west-1", "123456789012")),
        ("s3://another", ("ap-south-1", "000000000000")),
    ],
)
def test_region_and_account_are_read_off_the_buckets_name(
    uri: str, expected: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from modelyard_launcher.target import _place_of_bucket

    monkeypatch.setenv("AWS_REGION", "ap-south-1")
    assert _place_of_bucket(uri) == expected
