"""Objects of a container that are kept: what is sent for that, beside what Azure's REST reference says.

Azurite knows no immutability policies, so a recording transport stands in for the network.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from azure.core.pipeline.transport import HttpTransport
from azure.core.rest import HttpRequest
from blob_fixtures import Keyed, ServedBlobs

from modelyard.errors import SurroundingsError
from modelyard_launcher.outcomes import AnsweredError
from modelyard_launcher.stores import open_store
from modelyard_launcher.stores.blob import BlobStore
from modelyard_launcher.stores.blob_container import BlobContainer
from modelyard_launcher.stores.blob_promotion import lock, promote

URI = "https://data1.blob.core.windows.net/checkpoints"
UNTIL = datetime(2027, 1, 31, 12, 0, tzinfo=UTC)


def opened(served_blobs: ServedBlobs) -> BlobStore:
    """A store in a container of Azurite's."""
    made = open_store(served_blobs.container(), served_blobs.access)
    assert isinstance(made, BlobStore)
    return made


class Recorder(HttpTransport):
    """Takes requests in the place of the network, and answers as it is told; the last answer again and again."""

    def __init__(self, *answers: tuple[int, str, dict[str, str]]) -> None:
        self.answers = list(answers)
        self.requests: list[HttpRequest] = []

    def send(self, request: Any, **_: Any) -> Any:
        from azure.core.pipeline.transport import RequestsTransportResponse
        from requests import Response

        self.requests.append(request)
        status, code, headers = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        answer = Response()
        answer.status_code, answer._content = status, b""
        answer.headers.update({**headers, **({"x-ms-error-code": code} if code else {})})
        answer.raw = None
        return RequestsTransportResponse(request, answer)

    def open(self) -> None:
        pass

    def close(self) -> None:
        pass

    def sleep(self, _: float) -> None:
        pass

    def __exit__(self, *_: Any) -> None:
        pass


def recorded(*answers: tuple[int, str, dict[str, str]]) -> tuple[BlobStore, Recorder]:
    """A store whose requests are looked at."""
    access, recorder = Keyed(), Recorder(*answers)
    store = BlobStore(f"{URI}/team", "data1", "checkpoints", "team", access)
    store.container = BlobContainer(store.uri, "data1", "checkpoints", access, recorder)
    return store, recorder


COPIED = {"x-ms-copy-status": "success", "x-ms-copy-id": "1", "x-ms-copy-progress": "1/1"}
PROPERTIES = {"ETag": '"0x1"', "Content-Length": "1", "x-ms-blob-type": "BlockBlob", "x-ms-copy-source": "x"}


@pytest.mark.parametrize(("locked", "mode"), [(False, "Unlocked"), (True, "Locked")])
def test_what_is_promoted_is_copied_with_its_policy_to_where_nothing_lies(locked: bool, mode: str) -> None:
    store, recorder = recorded((202, "", COPIED), (200, "", {**PROPERTIES, **COPIED}))
    assert promote(store, "runs/a/last", "keep/last", UNTIL, locked=locked)
    copy, look = recorder.requests
    assert (copy.method, copy.url) == ("PUT", f"{URI}/team/keep/last")
    assert copy.headers["x-ms-copy-source"] == f"{URI}/team/runs/a/last"
    assert copy.headers["x-ms-immutability-policy-until-date"] == "Sun, 31 Jan 2027 12:00:00 GMT"
    assert copy.headers["x-ms-immutability-policy-mode"] == mode
    assert copy.headers["If-None-Match"] == "*"
    assert copy.headers["x-ms-version"] >= "2020-10-02", "the first that knows policies"
    assert look.method == "HEAD"


def test_a_copy_that_takes_time_is_waited_for_and_one_that_fails_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("modelyard_launcher.stores.blob_promotion.PAUSE_SECONDS", 0.01)
    pending = {**PROPERTIES, **COPIED, "x-ms-copy-status": "pending"}
    store, recorder = recorded((202, "", pending), (200, "", pending), (200, "", {**PROPERTIES, **COPIED}))
    assert promote(store, "a", "keep/a", UNTIL)
    assert [request.method for request in recorder.requests] == ["PUT", "HEAD", "HEAD"]
    failed = {**pending, "x-ms-copy-status": "failed", "x-ms-copy-status-description": "400 Bad"}
    store, _ = recorded((202, "", pending), (200, "", failed))
    with pytest.raises(AnsweredError, match="the copy of a to keep/a ended as failed: 400 Bad") as error:
        promote(store, "a", "keep/a", UNTIL)
    assert error.value.mend.startswith("promote it again, to another name")


def test_nothing_takes_the_place_of_what_was_promoted(served_blobs: ServedBlobs) -> None:
    taken, recorder = recorded((409, "BlobAlreadyExists", {}))
    assert not promote(taken, "a", "keep/a", UNTIL)
    assert len(recorder.requests) == 1
    store = opened(served_blobs)
    with pytest.raises(AnsweredError, match=r"BlobNotFound|CannotVerifyCopySource"):
        promote(store, "none", "keep/none", UNTIL)


@pytest.mark.parametrize(("locked", "mode"), [(False, "Unlocked"), (True, "Locked")])
def test_a_lock_is_a_policy_of_the_version_that_is_there(locked: bool, mode: str) -> None:
    store, recorder = recorded((200, "", {}))
    lock(store, "keep/a", UNTIL, locked=locked)
    (request,) = recorder.requests
    assert (request.method, request.url) == ("PUT", f"{URI}/team/keep/a?comp=immutabilityPolicies")
    assert request.headers["x-ms-immutability-policy-until-date"] == "Sun, 31 Jan 2027 12:00:00 GMT"
    assert request.headers["x-ms-immutability-policy-mode"] == mode


def test_azurite_knows_no_policies_and_says_so(served_blobs: ServedBlobs) -> None:
    store = opened(served_blobs)
    store.put("keep/a", b"x")
    with pytest.raises(SurroundingsError, match="Current API is not implemented yet"):
        lock(store, "keep/a", UNTIL)
