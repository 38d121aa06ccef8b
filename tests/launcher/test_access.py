"""How AWS is reached: which endpoint each service has, and in which region."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from botocore.httpsession import URLLib3Session

from modelyard.errors import SurroundingsError
from modelyard_launcher.access import IDENTITY, S3Access, find_access
from modelyard_launcher.stores import open_store

REGION = "eu-central-1"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_SECRET_ACCESS_KEY": "hush"}


def test_one_endpoint_is_that_of_all_services(tmp_path: Path) -> None:
    access = find_access(tmp_path, REGION, "1", {"AWS_ENDPOINT_URL": "http://here"})
    assert [access.endpoint_of(service) for service in ("s3", "batch", "logs")] == ["http://here"] * 3


def test_an_endpoint_of_s3_alone_leaves_the_others_at_aws(tmp_path: Path) -> None:
    access = find_access(tmp_path, REGION, "1", {"AWS_ENDPOINT_URL_S3": "http://store", **KEYS})
    assert access.endpoint_of("s3") == "http://store"
    assert access.endpoint_of("batch") is None


def test_a_service_may_have_an_endpoint_of_its_own(tmp_path: Path) -> None:
    environ = {"AWS_ENDPOINT_URL": "http://here", "AWS_ENDPOINT_URL_BATCH": "http://batch"}
    access = find_access(tmp_path, REGION, "1", environ)
    assert access.endpoint_of("batch") == "http://batch"
    assert access.endpoint_of("logs") == access.endpoint_of("s3") == "http://here"


def test_the_same_identity_in_another_region_shows_no_credential() -> None:
    access = S3Access("aws", REGION, None, KEYS)
    there = access.in_region("eu-west-1")
    assert (there.region, there.credentials) == ("eu-west-1", KEYS)
    assert access.in_region(REGION) is access
    assert "hush" not in repr(there)


def test_a_client_asks_where_the_access_says_as_whom_it_says() -> None:
    access = S3Access("environment", REGION, "http://127.0.0.1:1", KEYS)
    client = access.client("batch", retries=0, connect_seconds=1, read_seconds=1)
    assert client.meta.endpoint_url == "http://127.0.0.1:1"
    assert client.meta.region_name == REGION
    assert client.meta.config.retries["total_max_attempts"] == 1


def test_a_profile_that_isnt_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(SurroundingsError, match=r"batch in AWS in eu-central-1: .*nobody") as error:
        S3Access("aws", REGION).client("batch", retries=0, connect_seconds=1, read_seconds=1)
    assert "check AWS_PROFILE" in error.value.mend


def test_a_sandbox_that_has_ended_is_told_at_once_and_not_asked_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unused_port: int
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(URLLib3Session, "send", lambda _, request: asked.append(request.url))
    record = tmp_path / ".modelyard" / "sandbox" / "server.json"
    record.parent.mkdir(parents=True)
    record.write_text(json.dumps({"pid": 1, "started": "1", "port": unused_port, "azurePort": 0}))
    with pytest.raises(SurroundingsError) as refused:
        open_store("s3://no-such-bucket", find_access(tmp_path, REGION, "1", {})).get("key")
    assert (
        refused.value.message
        == f"the sandbox at http://127.0.0.1:{unused_port} has ended: nothing answers there"
    )
    assert refused.value.mend == (
        "bring the environment up in the sandbox: `modelyard sandbox up ENV`; "
        f"if no sandbox is meant, remove {record}"
    )
    assert asked == []


def test_whoever_one_is_is_looked_up_again_when_that_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def key() -> str:
        access = find_access(tmp_path, REGION, "1")
        client = access.client("batch", retries=0, connect_seconds=1, read_seconds=1)
        return client._request_signer._credentials.access_key

    for name in IDENTITY:
        monkeypatch.delenv(name, raising=False)
    files = {name: tmp_path / name for name in ("one", "two")}
    for name, file in files.items():
        file.write_text(f"[somebody]\naws_access_key_id = {name}\naws_secret_access_key = hush\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(files["one"]))
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(SurroundingsError, match="The config profile \\(nobody\\) could not be found"):
        key()
    monkeypatch.setenv("AWS_PROFILE", "somebody")
    assert key() == "one"
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(files["two"]))
    assert key() == "two"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "three")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    monkeypatch.delenv("AWS_PROFILE")
    assert key() == "three"
