"""The resource manager as any client finds it: over HTTP, with tokens, headers and pages, by curl as well."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest
from arming import ACCOUNT, GROUP, HOME, LOCATION, VAULT, account, vault
from azure_ml import COMPUTE, H100, ML, WORKSPACE, compute, workspace
from patience import PATIENCE_SECONDS

from modelyard_sandbox.azure.client import AzureCloud

RESOURCES, STORAGE, KEYS, LEARNING = "2024-03-01", "2024-01-01", "2024-11-01", "2025-12-01"
CURL = shutil.which("curl") or ""


class Answer:
    """What a plain HTTP client got."""

    def __init__(self, status: int, headers: Any, content: bytes) -> None:
        self.status, self.headers = status, headers
        self.document: Any = json.loads(content) if content else None


class Plain:
    """A client that knows HTTP, JSON and a token, and nothing of the sandbox."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        url = path if path.startswith("http") else f"{self.endpoint}{path}"
        given = {"Authorization": "Bearer any.token.will-do", "Content-Type": "application/json", **headers}
        data = None if body is None else json.dumps(body).encode()
        try:
            with urlopen(Request(url, data, given, method=method)) as answer:  # noqa: S310  (loopback)
                return Answer(answer.status, answer.headers, answer.read())
        except HTTPError as error:
            return Answer(error.code, error.headers, error.read())

    def at(self, method: str, path: str, version: str, body: Any = None, query: str = "") -> Answer:
        """A call of an api-version."""
        return self(method, f"{path}?api-version={version}{query}", body)

    def poll(self, answer: Answer) -> dict[str, Any]:
        """How the work ended that an answer announced."""
        while (said := self("GET", answer.headers["Azure-AsyncOperation"]).document)[
            "status"
        ] == "InProgress":
            pass
        return said


@pytest.fixture
def plain(cloud: AzureCloud) -> Plain:
    """A client of a server with a group."""
    made = Plain(cloud.endpoint)
    assert made.at("PUT", GROUP, RESOURCES, {"location": LOCATION}).status == 201
    return made


def test_a_workspace_with_a_cluster_is_made_and_taken_away(plain: Plain) -> None:
    plain.at("PUT", ACCOUNT, STORAGE, account())
    plain.at("PUT", VAULT, KEYS, vault())
    made = plain.at("PUT", WORKSPACE, LEARNING, workspace())
    assert (made.status, plain.poll(made)["status"]) == (201, "Succeeded")
    far = {**compute(vmSize=H100, subnet=None), "location": "swedencentral"}
    made = plain.at("PUT", COMPUTE, LEARNING, far)
    assert (made.status, plain.poll(made)["status"]) == (201, "Succeeded")
    shown = plain.at("GET", COMPUTE, LEARNING).document
    assert shown["properties"]["properties"]["vmSize"] == H100
    deleted = plain.at("DELETE", COMPUTE, LEARNING, query="&underlyingResourceAction=Delete")
    assert (deleted.status, deleted.document) == (202, None)
    assert plain.poll(deleted)["status"] == "Succeeded"
    assert plain.at("GET", COMPUTE, LEARNING).status == 404


def test_every_answer_has_the_headers_of_the_resource_manager(plain: Plain) -> None:
    read = plain.at("GET", GROUP, RESOURCES)
    assert len(read.headers["x-ms-request-id"]) == 36
    assert read.headers["x-ms-correlation-request-id"] == read.headers["x-ms-request-id"]
    assert read.headers["x-ms-routing-request-id"].endswith(read.headers["x-ms-request-id"])
    assert read.headers["x-ms-ratelimit-remaining-subscription-reads"] == "249"
    assert read.headers["Content-Type"] == "application/json; charset=utf-8"
    assert read.headers["Cache-Control"] == "no-cache"
    written = plain.at("PUT", GROUP, RESOURCES, {"location": LOCATION})
    assert written.headers["x-ms-ratelimit-remaining-subscription-writes"] == "199"
    gone = plain.at("DELETE", f"{GROUP}x", RESOURCES)
    assert gone.headers["x-ms-ratelimit-remaining-subscription-deletes"] == "199"
    assert gone.document["error"]["code"] == "ResourceGroupNotFound"


def test_what_a_client_calls_its_requests_comes_back(plain: Plain) -> None:
    path = f"{GROUP}?api-version={RESOURCES}"
    headers = {"x-ms-client-request-id": "mine", "x-ms-correlation-request-id": "ours"}
    quiet = plain("GET", path, **headers)
    assert "x-ms-client-request-id" not in quiet.headers
    assert quiet.headers["x-ms-correlation-request-id"] == "ours"
    loud = plain("GET", path, **headers, **{"x-ms-return-client-request-id": "true"})
    assert loud.headers["x-ms-client-request-id"] == "mine"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (GROUP, 400, "MissingApiVersionParameter"),
        (f"{GROUP}?api-version=now", 400, "InvalidApiVersionParameter"),
        (f"{WORKSPACE}?api-version=2018-11-19", 400, "NoRegisteredProviderFound"),
        (f"{WORKSPACE}?api-version={LEARNING}", 404, "ResourceNotFound"),
        (f"{ML}/workspaces/w/computes/c?api-version={LEARNING}", 404, "ParentResourceNotFound"),
        (f"{ML}/planets?api-version={LEARNING}", 404, "InvalidResourceType"),
        (f"{HOME}/resourceGroups/none?api-version={RESOURCES}", 404, "ResourceGroupNotFound"),
    ],
)
def test_what_can_not_be_answered_is_told_in_azures_form(
    plain: Plain, path: str, status: int, code: str
) -> None:
    answer = plain("GET", path)
    assert (answer.status, answer.document["error"]["code"]) == (status, code)
    assert answer.document["error"]["message"]


def test_no_token_and_any_token_are_the_same(plain: Plain) -> None:
    path = f"{GROUP}?api-version={RESOURCES}"
    assert plain("GET", path, Authorization="").document == plain("GET", path).document


def test_lists_come_in_pages(plain: Plain, cloud: AzureCloud) -> None:
    names = [f"account{number}" for number in range(5)]
    for name in names:
        assert plain.at("PUT", ACCOUNT.replace("account1", name), STORAGE, account()).status == 201
    url, pages = f"{GROUP}/resources?api-version={RESOURCES}&$top=2", []
    while url:
        document = plain("GET", url).document
        pages.append([item["name"] for item in document["value"]])
        url = document.get("nextLink", "")
        if url:
            query = parse_qs(urlsplit(url).query)
            assert query["api-version"] == [RESOURCES]
            assert query["$top"] == ["2"]
    assert pages == [names[:2], names[2:4], names[4:]]
    listed = cloud.listed(f"{GROUP}/resources", RESOURCES)
    assert [item["name"] for item in listed] == names


@pytest.mark.parametrize("top", ["0", "-1", "many"])
def test_a_page_of_no_size_is_refused(plain: Plain, top: str) -> None:
    answer = plain("GET", f"{GROUP}/resources?api-version={RESOURCES}&$top={top}")
    assert (answer.status, answer.document["error"]) == (
        400,
        {
            "code": "InvalidQueryParameterValue",
            "message": (
                f"The value '{top}' of the query parameter '$top' is invalid: it must be a whole number, 1 or more."
            ),
        },
    )


@pytest.mark.skipif(not CURL, reason="there is no curl on this machine")
def test_curl_does_it_too(plain: Plain, tmp_path: Path) -> None:
    body = tmp_path / "account.json"
    body.write_text(json.dumps(account()))

    def curl(*arguments: str) -> str:
        command = [CURL, "--silent", "--show-error", "--noproxy", "*", "--oauth2-bearer", "a.b.c", *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=PATIENCE_SECONDS
        ).stdout

    url = f"{plain.endpoint}{ACCOUNT}?api-version={STORAGE}"
    assert json.loads(curl("--request", "PUT", "--json", f"@{body}", url))["name"] == "account1"
    head = curl("--request", "DELETE", "--include", url)
    assert head.startswith("HTTP/1.1 200 OK")
    said = json.loads(curl(url))
    assert said["error"]["code"] == "ResourceNotFound"
