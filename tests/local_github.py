"""A server that speaks the few calls of GitHub that the gate makes, on this machine."""

from __future__ import annotations

import io
import json
import re
import threading
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

REPOSITORY = "acme/centers"
SHA = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"
BOT = "github-actions[bot]"


@dataclass
class State:
    """What the repository holds, and what was asked."""

    pulls: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    archive: bytes | None = None
    artifact_name: str = "modelyard-report"
    asked: list[str] = field(default_factory=list)
    storage_headers: list[dict[str, str]] = field(default_factory=list)
    """Headers of what the storage, another host, was sent."""
    failures: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)
    """For `METHOD path end`: answers to give before the right one."""
    drop_after_post: bool = False
    """Whether the next comment is written and its answer lost."""
    waited: list[float] = field(default_factory=list)
    """Seconds that the client slept."""
    url: str = ""
    storage: str = ""

    def comment(self, body: str, login: str = BOT) -> dict[str, Any]:
        made = {"id": len(self.comments) + 1, "body": body, "user": {"login": login}}
        self.comments.append(made)
        return made


def archive(**files: str | bytes) -> bytes:
    """A ZIP file; `report_json` is report.json."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in files.items():
            made.writestr(name.replace("_", "."), text)
    return out.getvalue()


def event(**changes: Any) -> dict[str, Any]:
    """The event of a run for a fork's pull request."""
    run = {
        "id": 77,
        "event": "pull_request",
        "head_sha": SHA,
        "head_branch": "wider",
        "head_repository": {"full_name": "fork/centers", "owner": {"login": "fork"}},
        "conclusion": "failure",
        "html_url": "https://github.example/acme/centers/actions/runs/77",
        "pull_requests": [],
    }
    return {"repository": {"full_name": REPOSITORY}, "workflow_run": {**run, **changes}}


def pull(number: int = 5, sha: str = SHA) -> dict[str, Any]:
    """An open pull request."""
    return {"number": number, "head": {"sha": sha, "label": "fork:wider"}}


@contextmanager
def local_github(state: State) -> Generator[State]:
    """Serve until the end of the block; the storage of artifacts is another server."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), _handler(state, which)) for which in (_api, _storage)]
    state.url, state.storage = (f"http://127.0.0.1:{server.server_address[1]}" for server in servers)
    threads = [threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    try:
        yield state
    finally:
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join()


def _handler(state: State, answer: Any) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

        def _serve(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            status, headers, content = answer(state, self, body)
            if status == 0:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = _serve  # noqa: N815  (the names that http.server calls)

    return Handler


Reply = tuple[int, dict[str, str], bytes]


def _said(status: int, document: Any) -> Reply:
    return status, {"content-type": "application/json"}, json.dumps(document).encode()


def _storage(state: State, request: BaseHTTPRequestHandler, _: Any) -> Reply:
    state.storage_headers.append({name.lower(): value for name, value in request.headers.items()})
    return 200, {}, state.archive or b""


def _api(state: State, request: BaseHTTPRequestHandler, body: Any) -> Reply:
    parts = urlsplit(request.path)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    call = f"{request.command} {parts.path.removeprefix(f'/repos/{REPOSITORY}')}"
    state.asked.append(call)
    if request.headers.get("authorization") != "Bearer secret-token":
        return _said(401, {"message": "Bad credentials"})
    if state.failures.get(call):
        status, headers = state.failures[call].pop(0)
        return status, headers, b"{}"
    if call == "GET /pulls":
        found = [item for item in state.pulls if item["head"]["label"] == query["head"]]
        return _said(200, found if query["state"] == "open" else [])
    if call == "GET /actions/runs/77/artifacts":
        there = state.archive is not None and query["name"] == state.artifact_name
        artifact = {"id": 9, "name": state.artifact_name, "expired": False}
        return _said(200, {"artifacts": [artifact] if there else []})
    if call == "GET /actions/artifacts/9/zip":
        return 302, {"location": f"{state.storage}/blob?signature=1"}, b""
    return _comments(state, call, query, body)


def _comments(state: State, call: str, query: dict[str, str], body: Any) -> Reply:
    if call == "GET /issues/5/comments":
        size, page = int(query["per_page"]), int(query["page"])
        return _said(200, state.comments[size * (page - 1) : size * page])
    if call == "POST /issues/5/comments":
        made = state.comment(body["body"])
        if state.drop_after_post:
            state.drop_after_post = False
            return 0, {}, b""
        return _said(201, made)
    found = re.fullmatch(r"PATCH /issues/comments/(\d+)", call)
    if found:
        comment = state.comments[int(found[1]) - 1]
        comment["body"] = body["body"]
        return _said(200, comment)
    return _said(404, {"message": "Not Found"})
