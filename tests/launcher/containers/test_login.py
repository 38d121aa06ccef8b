"""Logging in to ECR leaves no trace in what the user keeps."""

from __future__ import annotations

import base64
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from modelyard.errors import SurroundingsError
from modelyard_launcher.access import S3Access
from modelyard_launcher.containers.engines import Engine
from modelyard_launcher.containers.login import (
    ecr_hosts,
    is_stood_in_for,
    log_in,
    logged_in,
    must_keep_images,
    password_of,
    region_of,
)

HOST = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
DOCKER = Engine("docker", "docker")
PODMAN = Engine("podman", "podman")
LOGIN = base64.b64encode(b"AWS:password").decode()


def test_ecr_gives_a_password_of_the_registry_s_region(s3_access: S3Access) -> None:
    user, _, password = base64.b64decode(password_of("eu-central-1", s3_access)).decode().partition(":")
    assert user == "AWS"
    assert password


def test_who_may_not_have_a_password_is_told_what_to_check(s3_access: S3Access) -> None:
    nobody = S3Access("environment", "eu-central-1", "http://127.0.0.1:9", s3_access.credentials)
    with pytest.raises(SurroundingsError) as raised:
        password_of("eu-central-1", nobody)
    assert raised.value.message == (
        'ECR in eu-central-1 gives no password: Could not connect to the endpoint URL: "http://127.0.0.1:9/"'
    )
    assert raised.value.mend == (
        "check `aws sts get-caller-identity`, and that you have the environment's submitter policy"
    )


@pytest.mark.parametrize(
    ("host", "region"),
    [
        (HOST, "eu-central-1"),
        ("123456789012.dkr.ecr-fips.us-east-1.amazonaws.com", "us-east-1"),
        ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("123456789012.dkr-ecr.eu-west-1.on.aws", "eu-west-1"),
        ("public.ecr.aws", None),
        ("127.0.0.1:5000", None),
        ("12.dkr.ecr.eu-central-1.amazonaws.com", None),
    ],
)
def test_hosts_of_ecr_are_known_by_their_names(host: str, region: str | None) -> None:
    assert region_of(host) == region
    assert ecr_hosts(f"FROM {host}/base:1.0 AS base") == ({host} if region else set())


def test_other_registries_are_left_to_the_user_s_own_login(s3_access: S3Access) -> None:
    assert log_in(["ghcr.io", "127.0.0.1:5000"], s3_access) == {}


def test_a_cloud_on_this_machine_keeps_no_images(s3_access: S3Access) -> None:
    assert is_stood_in_for(s3_access)
    assert log_in([HOST], s3_access) == {}
    with pytest.raises(SurroundingsError) as raised:
        must_keep_images(HOST, s3_access)
    assert raised.value.message == (
        f"nothing can be pushed to {HOST} here: the sandbox at {s3_access.endpoint_url} stands in for it "
        "and keeps no images"
    )
    assert raised.value.mend == (
        "build with --no-push, and run the job by `job submit --backend local --container`"
    )
    must_keep_images("127.0.0.1:5000", s3_access)
    assert not is_stood_in_for(S3Access("aws", "eu-central-1"))
    must_keep_images(HOST, S3Access("aws", "eu-central-1"))


def test_docker_finds_the_login_beside_the_user_s_own_settings(tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "contexts").mkdir(parents=True)
    settings = {
        "currentContext": "desktop",
        "credsStore": "keychain",
        "credHelpers": {"ghcr.io": "gh"},
        "auths": {"quay.io": {"auth": "mine"}},
    }
    (own / "config.json").write_text(json.dumps(settings))
    with logged_in(DOCKER, {HOST: LOGIN}, {"DOCKER_CONFIG": str(own)}) as variables:
        directory = Path(variables["DOCKER_CONFIG"])
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        assert stat.S_IMODE((directory / "config.json").stat().st_mode) == 0o600
        assert json.loads((directory / "config.json").read_text()) == {
            "currentContext": "desktop",
            "credsStore": "keychain",
            "credHelpers": {"ghcr.io": "gh", HOST: ""},
            "auths": {"quay.io": {"auth": "mine"}, HOST: {"auth": LOGIN}},
        }
        assert (directory / "contexts").resolve() == own / "contexts"
    assert not directory.exists()
    assert json.loads((own / "config.json").read_text()) == settings
    assert (own / "contexts").is_dir()


@pytest.mark.parametrize(
    "place", ["REGISTRY_AUTH_FILE", "run/containers/auth.json", ".config/containers/auth.json", None]
)
def test_podman_finds_the_login_beside_those_in_the_user_s_file(tmp_path: Path, place: str | None) -> None:
    environ = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path / "run")}
    kept = {"auths": {"quay.io": {"auth": "mine"}}, "credHelpers": {HOST: "ecr-login", "ghcr.io": "gh"}}
    if place == "REGISTRY_AUTH_FILE":
        environ[place] = str(tmp_path / "auth.json")
    file = Path(environ.get(place or "", tmp_path / (place or "unused")))
    if place is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(kept))
    with logged_in(PODMAN, {HOST: LOGIN}, environ) as variables:
        written = Path(variables["REGISTRY_AUTH_FILE"])
        others = {} if place is None else {"quay.io": {"auth": "mine"}}
        helpers = {} if place is None else {"ghcr.io": "gh"}
        assert json.loads(written.read_text()) == {
            "auths": {**others, HOST: {"auth": LOGIN}},
            "credHelpers": helpers,
        }
        assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert not written.exists()


@pytest.mark.parametrize("content", ["no JSON", '["a list"]', '{"auths": "text"}', None])
def test_a_file_that_says_nothing_is_as_none(tmp_path: Path, content: str | None) -> None:
    own = tmp_path / ".docker"
    own.mkdir()
    if content is not None:
        (own / "config.json").write_text(content)
    with logged_in(DOCKER, {HOST: LOGIN}, {"HOME": str(tmp_path)}) as variables:
        found: dict[str, Any] = json.loads((Path(variables["DOCKER_CONFIG"]) / "config.json").read_text())
    assert found == {"auths": {HOST: {"auth": LOGIN}}, "credHelpers": {HOST: ""}}


def test_without_a_login_the_engine_finds_what_it_always_finds() -> None:
    with logged_in(DOCKER, {}, os.environ) as variables:
        assert variables == {}


def test_the_login_is_gone_when_the_work_fails(tmp_path: Path) -> None:
    seen: list[Path] = []

    def work() -> None:
        with logged_in(PODMAN, {HOST: LOGIN}, {"HOME": str(tmp_path)}) as variables:
            seen.append(Path(variables["REGISTRY_AUTH_FILE"]))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        work()
    assert not seen[0].exists()
