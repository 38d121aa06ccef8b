"""Credentials for containers: keys as they are, a profile by somebody who gives them out."""

from __future__ import annotations

import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from modelyard.errors import SurroundingsError
from modelyard_launcher.containers.credentials import reachable
from modelyard_node.store.credentials import CredentialSource

PROFILE = "[me]\naws_access_key_id = AKIAME\naws_secret_access_key = mine\naws_session_token = for now\n"


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What a user with a profile is given for a job, as the launcher finds it."""
    file = tmp_path / "credentials"
    file.write_text(PROFILE)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    monkeypatch.setenv("AWS_PROFILE", "me")
    return {
        "AWS_REGION": "eu-central-1",
        "AWS_PROFILE": "me",
        "AWS_SHARED_CREDENTIALS_FILE": str(file),
        "TOKEN": "hush",
    }


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"AWS_REGION": "x", "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "B"},
        {"AWS_REGION": "x", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
    ],
)
def test_keys_and_stores_on_this_machine_need_nobody(given: dict[str, str]) -> None:
    with reachable(given) as found:
        assert found == given


def test_a_profile_is_given_out_to_who_knows_the_token(profile: dict[str, str]) -> None:
    with reachable(profile) as found:
        assert sorted(found) == [
            "AWS_CONTAINER_AUTHORIZATION_TOKEN",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "AWS_REGION",
            "TOKEN",
        ]
        got = CredentialSource(found).get()  # as a node's runtime gets them
        assert (got.access_key, got.secret_key, got.token) == ("AKIAME", "mine", "for now")
        assert got.expires_at is not None
        assert datetime.fromtimestamp(got.expires_at, UTC) > datetime.now(UTC) + timedelta(minutes=50)
        uri = found["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
        assert uri.startswith("http://127.0.0.1:")
        for token in ({}, {"Authorization": "another"}):
            with pytest.raises(urllib.error.HTTPError) as raised:
                urllib.request.urlopen(urllib.request.Request(uri, headers=token))  # noqa: S310
            assert raised.value.code == 403
            raised.value.close()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(uri)  # noqa: S310


def test_who_is_nobody_is_told_before_anything_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SurroundingsError) as raised, reachable({"AWS_REGION": "eu-central-1"}):
        pass
    assert raised.value.message == "there are no AWS credentials that containers could be given"
    assert raised.value.mend == "log in, or set AWS_PROFILE; check `aws sts get-caller-identity`"
