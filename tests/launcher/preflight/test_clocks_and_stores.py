"""Clocks, the dataset store, the checkpoint store: what is found, and what is made of it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from patience import PATIENCE_SECONDS

from modelyard_node.preflight.clocks import judge_clock
from modelyard_node.preflight.findings import Finding
from modelyard_node.preflight.stores import check_checkpoint, check_dataset, first_key
from modelyard_node.store import open_store

CLOCK_MEND = (
    "the machine's time service (chronyd) doesn't run, or reaches nobody: set it right in the machines' image, "
    "or end the instance"
)
READ = "an object of it can be read"
WRITTEN = "what is written can be read back"
REACH = "see whether the node reaches the store: its network, its endpoints, its security group"


@pytest.mark.parametrize(
    ("store", "main", "finding"),
    [
        (None, None, Finding("clock", "unknown", "there is no other clock to compare it with")),
        (
            0.0,
            0.02,
            Finding(
                "clock",
                "passed",
                "less than a second from the store's, less than a second from the main node's",
                "within 5 s",
            ),
        ),
        (-4.0, None, Finding("clock", "passed", "4 s behind the store's", "within 5 s")),
        (
            90.0,
            0.1,
            Finding("clock", "failed", "90 s ahead of the store's", "within 5 s", CLOCK_MEND, "node"),
        ),
        (
            None,
            -3_600.0,
            Finding("clock", "failed", "3,600 s behind the main node's", "within 5 s", CLOCK_MEND, "node"),
        ),
    ],
)
def test_clocks(store: float | None, main: float | None, finding: Finding) -> None:
    assert judge_clock(store, main) == finding


def test_the_main_nodes_clock_is_what_others_are_compared_with() -> None:
    assert judge_clock(None, None, is_compared_with=True) == Finding(
        "clock", "passed", "the others' are compared with it", "within 5 s"
    )
    assert judge_clock(20.0, None, is_compared_with=True).status == "failed"


def test_a_dataset_is_looked_for_in_folders(tmp_path: Path) -> None:
    uri = f"file://{tmp_path}"
    assert check_dataset(uri, {}, PATIENCE_SECONDS) == Finding("dataset", "passed", f"{uri} is empty", READ)
    (tmp_path / "digits" / "train").mkdir(parents=True)
    (tmp_path / "digits" / "train" / "part-0").write_bytes(b"")
    assert first_key(open_store(uri, {}), time.monotonic() + PATIENCE_SECONDS) == "digits/train/part-0"
    assert check_dataset(uri, {}, PATIENCE_SECONDS) == Finding(
        "dataset", "passed", f"{uri} can be read", READ
    )


def test_what_is_no_store_is_refused() -> None:
    assert check_dataset("gs://bucket", {}, 1) == Finding(
        "dataset",
        "failed",
        "gs://bucket: no such store is known; allowed: s3://bucket, "
        "https://ACCOUNT.blob.core.windows.net/CONTAINER or file:///directory",
        READ,
        "see what the job's role may do (s3:ListBucket, s3:GetObject and the store's key)",
        "common",
    )


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    store = open_store(f"file://{tmp_path}", {})
    assert check_checkpoint(store, "runs/a/0.json", b"{}", 1) == Finding(
        "checkpoint", "passed", "written and read back within 0.1 s", WRITTEN
    )
    assert (tmp_path / "runs" / "a" / "0.json").read_bytes() == b"{}"


class Refusing(BaseHTTPRequestHandler):
    """Answers as S3 does to whom it refuses something, or as a service that is away."""

    refused = "PUT"
    status, code = 403, "AccessDenied"

    def do_GET(self) -> None:
        self._answer("GET", b"<ListBucketResult><Key>a</Key></ListBucketResult>")

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self._answer("PUT", b"")

    def _answer(self, method: str, content: bytes) -> None:
        is_refused = type(self).refused in (method, "both")
        body = f"<Error><Code>{self.code}</Code><Message>no</Message></Error>".encode()
        self.send_response(self.status if is_refused else 200)
        sent = body if is_refused else content
        self.send_header("content-length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def bucket() -> Iterator[dict[str, str]]:
    """A service that is reached as S3 is."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {
        "PATH": os.defpath,
        "AWS_REGION": "eu-central-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
        "AWS_ACCESS_KEY_ID": "AKIASAND123456789012",
        "AWS_SECRET_ACCESS_KEY": "sandbox-only-not-a-secret",
    }
    server.shutdown()
    server.server_close()
    Refusing.refused, Refusing.status, Refusing.code = "PUT", 403, "AccessDenied"


def test_a_store_that_refuses_is_nothing_of_the_nodes(bucket: dict[str, str]) -> None:
    store = open_store("s3://checkpoints", bucket)
    found = check_checkpoint(store, "runs/a/0.json", b"{}", 1)
    assert (found.status, found.blame, found.expected) == ("failed", "common", WRITTEN)
    assert "AccessDenied" in found.found
    assert found.mend == "see what the job's role may do (s3:PutObject, s3:GetObject and the store's key)"
    Refusing.refused = "both"
    found = check_dataset("s3://datasets", bucket, 1)
    assert (found.status, found.blame) == ("failed", "common")
    assert "AccessDenied" in found.found


def test_a_store_that_is_away_may_be_the_nodes_own_trouble(bucket: dict[str, str]) -> None:
    Refusing.refused, Refusing.status, Refusing.code = "both", 503, "SlowDown"
    store = open_store("s3://checkpoints", bucket)
    found = check_checkpoint(store, "runs/a/0.json", b"{}", 0.1)
    assert (found.status, found.blame, found.mend) == ("failed", "node", REACH)
    found = check_dataset("s3://datasets", bucket, 0.1)
    assert (found.status, found.blame, found.mend) == ("failed", "node", REACH)
    assert found.found.startswith("s3://datasets: ")


def test_what_comes_back_otherwise_is_told(bucket: dict[str, str]) -> None:
    Refusing.refused = "nothing"
    store = open_store("s3://checkpoints", bucket)
    found = check_checkpoint(store, "runs/a/0.json", b"{}", 1)
    assert found == Finding(
        "checkpoint",
        "failed",
        "s3://checkpoints/runs/a/0.json isn't what was written",
        WRITTEN,
        "see who else writes to the store, or where what is read comes from",
        "common",
    )


def test_an_objects_first_byte_is_read_and_nothing_of_an_empty_one(tmp_path: Path) -> None:
    store = open_store(f"file://{tmp_path}", {})
    (tmp_path / "full").write_bytes(b"12")
    (tmp_path / "empty").touch()
    assert [store.peek(name) for name in ("full", "empty", "none")] == [b"1", b"", None]
