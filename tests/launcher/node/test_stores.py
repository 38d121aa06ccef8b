"""Stores as nodes use them: a directory and a bucket behave alike; what fails for a moment is tried again."""

from __future__ import annotations

import base64
import errno
import hashlib
import io
import json
import os
import threading
import time
from collections.abc import Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from patience import GONE_SECONDS

from modelyard_node.clock import Clock, instant, moment
from modelyard_node.store import Store, StoreAwayError, StoreError, open_store

ODD = "runs/a b+ü~'(x)&=%20/ö.json"


@pytest.fixture(params=["files", "bucket", "container"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "files":
        made = open_store((tmp_path / "a dir").as_uri(), {})
    elif request.param == "container":
        served: Any = request.getfixturevalue("served_blobs")
        made = open_store(f"{served.container()}/a%20dir", served.variables)
    else:
        bucket: Any = request.getfixturevalue("bucket")
        made = open_store(bucket.uri.replace(" ", "%20"), bucket.variables)
    yield made
    made.close()


def test_what_was_written_is_read(store: Store):
    assert store.get(ODD) is None
    assert store.put(ODD, b"one")
    assert store.put(ODD, b"two")
    assert store.get(ODD) == b"two"
    assert store.get("runs/a b+ü~'(x)&=%20") is None


def test_what_may_only_be_created_is_created_once(store: Store):
    assert store.put("runs/x/lease.json", b"mine", if_absent=True)
    assert not store.put("runs/x/lease.json", b"theirs", if_absent=True)
    assert store.get("runs/x/lease.json") == b"mine"


def test_of_many_who_create_one_does(store: Store):
    made: list[int] = []
    gate = threading.Barrier(8)

    def create(number: int) -> None:
        gate.wait()
        if store.put("runs/x/lease.json", str(number).encode() * 1000, if_absent=True):
            made.append(number)
        store.close()

    threads = [threading.Thread(target=create, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert store.get("runs/x/lease.json") == str(made[0]).encode() * 1000


def test_large_objects_go_through_files(store: Store, tmp_path: Path):
    content = os.urandom(1 << 20) * 5 + b"end"
    source = tmp_path / "source"
    source.write_bytes(content)
    store.put_file("runs/big", str(source))
    target = io.BytesIO()
    assert store.fetch("runs/big", target) == hashlib.sha256(content).hexdigest()
    assert target.getvalue() == content
    assert store.fetch("runs/none", io.BytesIO()) is None


def test_names_below_a_prefix(store: Store):
    for key in ("runs/x/attempts/001-02/lease.json", "runs/x/attempts/001-01/a/b", "runs/x/attempts/ö & <x>"):
        store.put(key, b"")
    assert store.names("runs/x/attempts/") == ["001-01/", "001-02/", "ö & <x>"]
    assert store.names("runs/x/attempts/", most=1) == ["001-01/"]
    assert store.names("runs/y/attempts/") == []


def test_names_of_every_page(server: Server):
    def page(*names: str, more: str = "") -> bytes:
        found = "".join(f"<CommonPrefixes><Prefix>runs/{name}/</Prefix></CommonPrefixes>" for name in names)
        following = f"<NextContinuationToken>{more}</NextContinuationToken>" if more else ""
        return f"<ListBucketResult>{following}<Contents><Key>runs/x%2By</Key></Contents>{found}</ListBucketResult>".encode()

    server.answers = [(200, page("b", more="1+&amp;/=")), (503, error("SlowDown")), (200, page("a"))]
    assert server.store().names("runs/") == ["a/", "b/", "x+y", "x+y"]
    assert "continuation-token" not in server.asked[0][1]
    assert "continuation-token=1%2B%26%2F%3D" in server.asked[1][1]
    assert server.asked[1][1] == server.asked[2][1]


def test_writes_name_no_encryption_and_carry_a_checksum():
    with Server() as server:
        store = server.store()
        store.put("runs/x", b"1")
        store.put("runs/x", b"1", if_absent=True)
        names = {name for _, _, headers in server.asked for name in headers}
        checksum = base64.b64encode(hashlib.sha256(b"1").digest()).decode()
        assert {headers["x-amz-checksum-sha256"] for _, _, headers in server.asked} == {checksum}
    assert not [name for name in names if "encryption" in name]


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path):
    store = open_store(f"file://{tmp_path}", {})
    store.put("runs/x", b"one")
    store.put("runs/y", b"one", if_absent=True)
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == ["x", "y"]


def test_a_directory_that_may_not_be_written_to_is_said_at_once():
    store = open_store("file:///sys/modelyard", {})
    with pytest.raises(
        StoreError, match=r"runs/x/y: (Operation not permitted|Permission|Read-only)"
    ) as raised:
        store.put("runs/x/y", b"", patience=600)
    assert not isinstance(raised.value, StoreAwayError)


def test_a_directory_that_is_away_is_tried_again(tmp_path: Path):
    (tmp_path / "store").write_text("not yet a directory")
    store = open_store(f"file://{tmp_path}/store", {})
    with pytest.raises(StoreAwayError, match=r"store/runs/x: (Not a directory|File exists)"):
        store.put("runs/x", b"", patience=0.1)

    def mend() -> None:
        (tmp_path / "store").unlink()

    threading.Timer(0.3, mend).start()
    assert store.put("runs/x", b"now")
    assert store.get("runs/x") == b"now"


def test_file_systems_without_links_still_create_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    store = open_store(f"file://{tmp_path}", {})
    assert store.put("runs/x", b"mine", if_absent=True)
    assert not store.put("runs/x", b"theirs", if_absent=True)
    assert store.get("runs/x") == b"mine"


class Server:
    """A server of S3's protocol that does as it is told, one answer after another; then it says yes."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.answers: list[Any] = []
        self.stores: list[Store] = []
        self.content = b"content"
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                self.rfile.read(length)
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.asked.append((self.command, self.path, headers))
                answer = outer.answers.pop(0) if outer.answers else (200, outer.content)
                if callable(answer):
                    answer(self)
                else:
                    self.reply(*answer)

            do_PUT = do_GET  # noqa: N815

            def reply(self, code: int, body: bytes, **headers: str) -> None:
                self.send_response_only(code)
                self.send_header("Date", headers.pop("date", formatdate(usegmt=True)))
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"

    def store(self, **variables: str) -> Store:
        keys = variables or {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
        made = open_store(
            "s3://bucket", {"AWS_REGION": "eu-central-1", "AWS_ENDPOINT_URL": self.address, **keys}
        )
        self.stores.append(made)
        return made

    def __enter__(self) -> Server:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for store in self.stores:
            store.close()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        yield made


def error(code: str, message: str = "") -> bytes:
    return f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()


def hang_up(handler: Any) -> None:
    handler.close_connection = True
    handler.connection.close()


def break_off(handler: Any) -> None:
    handler.send_response_only(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"0123456789")
    handler.close_connection = True


@pytest.mark.parametrize(
    "answer",
    [
        (503, error("SlowDown")),
        (500, error("InternalError")),
        (502, b"<html>no xml</html>"),
        (429, b""),
        (400, error("RequestTimeout")),
        (409, error("ConditionalRequestConflict")),
        (400, error("ExpiredToken")),
        hang_up,
        break_off,
    ],
)
def test_what_may_pass_is_tried_again(server: Server, answer: Any):
    server.answers = [answer, answer]
    assert server.store().get("runs/x") == b"content"
    assert len(server.asked) == 3


def test_a_store_that_stays_away_is_given_up_after_a_while(server: Server):
    server.answers = [(503, error("SlowDown"))] * 100
    at = time.monotonic()
    with pytest.raises(StoreAwayError) as raised:
        server.store().put("runs/x", b"", patience=1)
    assert time.monotonic() - at < GONE_SECONDS
    assert str(raised.value) == "s3://bucket/runs/x: it answers 503 SlowDown"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((403, error("AccessDenied", "no kms:Decrypt")), "s3://bucket/runs/x: AccessDenied: no kms:Decrypt"),
        ((403, b""), "s3://bucket/runs/x: 403: Forbidden"),
        ((404, error("NoSuchBucket", "no")), "s3://bucket/runs/x: NoSuchBucket: no"),
        ((301, error("PermanentRedirect", "elsewhere")), "s3://bucket/runs/x: PermanentRedirect: elsewhere"),
    ],
)
def test_a_refusal_is_said_at_once(server: Server, answer: Any, said: str):
    server.answers = [answer]
    with pytest.raises(StoreError) as raised:
        server.store().get("runs/x", patience=600)
    assert str(raised.value) == said
    assert len(server.asked) == 1


def test_a_download_that_breaks_off_goes_on_where_it_stopped(server: Server):
    server.content = bytes(990)
    server.answers = [break_off, hang_up, (503, error("SlowDown")), (206, b"a" * 990)]
    target = io.BytesIO()
    digest = server.store().fetch("runs/x", target)
    assert target.getvalue() == b"0123456789" + b"a" * 990
    assert digest == hashlib.sha256(target.getvalue()).hexdigest()
    assert [headers.get("range") for _, _, headers in server.asked] == [None, *["bytes=10-"] * 3]


def test_a_download_that_never_comes_on_is_given_up(server: Server):
    server.answers = [break_off] + [hang_up] * 100
    with pytest.raises(StoreAwayError, match="s3://bucket/runs/x: "):
        server.store().fetch("runs/x", io.BytesIO(), patience=0.5)


def test_a_full_disk_is_no_fault_of_the_stores(server: Server):
    with pytest.raises(OSError, match="No space left"), Path("/dev/full").open("wb", buffering=0) as full:
        server.store().fetch("runs/x", full)


def test_a_lease_whose_answer_was_lost_is_found_taken(server: Server):
    server.answers = [hang_up, (412, error("PreconditionFailed"))]
    assert not server.store().put("runs/x", b"", if_absent=True)
    assert [headers.get("if-none-match") for _, _, headers in server.asked] == ["*", "*"]


def test_connections_are_kept(server: Server):
    store = server.store()
    ports = set()
    original = server.server.process_request

    def note(request: Any, address: Any) -> None:
        ports.add(address)
        original(request, address)

    server.server.process_request = note
    for _ in range(5):
        store.get("runs/x")
    assert len(ports) == 1


def test_a_clock_that_is_wrong_is_put_right_by_the_stores(server: Server):
    theirs = time.time() - 3_600
    date = formatdate(theirs, usegmt=True)
    refused: Any = lambda handler: handler.reply(403, error("RequestTimeTooSkewed"), date=date)  # noqa: E731
    right: Any = lambda handler: handler.reply(200, b"yes", date=date)  # noqa: E731
    server.answers = [refused, right]
    store = server.store()
    assert store.get("runs/x") == b"yes"
    signed = [headers["x-amz-date"] for _, _, headers in server.asked]
    expected = time.strftime("%Y%m%dT%H", time.gmtime(theirs))
    assert not signed[0].startswith(expected)
    assert signed[1].startswith(expected)
    assert abs(store.clock.now().timestamp() - theirs) < 5


def test_small_differences_of_clocks_are_not_believed():
    clock = Clock()
    now = time.time()
    clock.observe(formatdate(now - 1, usegmt=True), now, now)
    assert clock.offset_seconds == 0
    clock.observe(formatdate(now - 60, usegmt=True), now, now)
    assert -62 < clock.offset_seconds < -58
    clock.observe("nonsense", now, now)
    clock.observe(None, now, now)
    assert clock.offset_seconds < -58


def test_instants_are_written_and_read_alike():
    at = moment("2026-12-01T11:30:00Z")
    assert instant(at) == "2026-12-01T11:30:00.000Z"
    assert moment(instant(at)) == at == moment("2026-12-01T12:30:00+01:00")
    with pytest.raises(ValueError, match="names no time zone"):
        moment("2026-12-01T11:30:00")


@pytest.mark.parametrize(
    ("uri", "host", "path"),
    [
        ("s3://bucket", "bucket.s3.eu-central-1.amazonaws.com", "/runs/x"),
        ("s3://bucket/a/b/", "bucket.s3.eu-central-1.amazonaws.com", "/a/b/runs/x"),
        ("s3://with.dots", "s3.eu-central-1.amazonaws.com", "/with.dots/runs/x"),
    ],
)
def test_a_bucket_is_reached_by_its_own_name(monkeypatch: pytest.MonkeyPatch, uri: str, host: str, path: str):
    import http.client

    asked: list[tuple[str, str, str]] = []

    def request(self: Any, method: str, target: str, **_: Any) -> None:
        asked.append((self.host, method, target))
        raise ConnectionRefusedError

    monkeypatch.setattr(http.client.HTTPSConnection, "request", request)
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "eu-central-1"}
    with pytest.raises(StoreAwayError):
        open_store(uri, keys).get("runs/x", patience=0)
    assert asked == [(host, "GET", path)]


def test_a_certificate_that_nobody_vouches_for_is_said(tmp_path: Path):
    import ssl

    certificate, key = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with Server() as server:
        server.server.socket = context.wrap_socket(server.server.socket, server_side=True)
        endpoint = server.address.replace("http:", "https:")
        variables = {
            "AWS_REGION": "eu-central-1",
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "a",
            "AWS_SECRET_ACCESS_KEY": "b",
        }
        with pytest.raises(
            StoreError, match=r"shows a certificate that nobody here vouches for .*AWS_CA_BUNDLE"
        ):
            open_store("s3://bucket", variables).get("runs/x", patience=600)
        trusting = open_store("s3://bucket", {**variables, "AWS_CA_BUNDLE": str(certificate)})
        assert trusting.get("runs/x") == b"content"
        trusting.close()


def self_signed(directory: Path) -> tuple[Path, Path]:
    from datetime import UTC, datetime, timedelta
    from ipaddress import IPv4Address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "here")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    certificate, key = directory / "certificate.pem", directory / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, key


def role(key: str, seconds: float | None = 3_600) -> tuple[int, bytes]:
    document: dict[str, Any] = {"AccessKeyId": key, "SecretAccessKey": "s", "Token": "t"}
    if seconds is not None:
        at = time.gmtime(time.time() + seconds)
        document["Expiration"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", at)
    return 200, json.dumps(document).encode()


def signers(server: Server) -> list[str]:
    """Who signed each request to the store."""
    found = (headers.get("authorization", "") for _, _, headers in server.asked)
    return [text.split("Credential=")[1].split("/")[0] for text in found if "Credential=" in text]


def test_a_containers_role_is_asked_once_and_again_before_it_expires(server: Server, tmp_path: Path):
    token = tmp_path / "token"
    token.write_text("secret of the task\n")
    token.chmod(0o400)
    store = server.store(
        AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{server.address}/role?x=1",
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(token),
    )
    server.answers = [role("FIRST", 290), (200, b""), role("SECOND"), (200, b""), (200, b"")]
    for _ in range(2):
        store.get("runs/x")
    assert signers(server) == ["FIRST", "FIRST"]
    assert server.asked[0][1:] == ("/role?x=1", server.asked[0][2])
    assert server.asked[0][2]["authorization"] == "secret of the task"


def test_a_role_that_expires_is_replaced(server: Server):
    store = server.store(
        AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{server.address}/role",
        AWS_CONTAINER_AUTHORIZATION_TOKEN="of task",
    )
    server.answers = [role("FIRST"), (400, error("ExpiredToken")), role("SECOND"), (200, b"yes")]
    assert store.get("runs/x") == b"yes"
    assert signers(server) == ["FIRST", "SECOND"]
    assert server.asked[0][2]["authorization"] == "of task"


def test_while_no_new_role_can_be_had_the_old_one_is_used(server: Server):
    store = server.store(AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{server.address}/role")
    server.answers = [role("FIRST", 200), (200, b""), (500, b""), (200, b"")]
    source: Any = store._service._credentials  # type: ignore[attr-defined]
    store.get("runs/x")
    source._next_try = 0
    store.get("runs/x")
    assert signers(server) == ["FIRST", "FIRST"]
    assert [path for _, path, _ in server.asked] == ["/role", "/bucket/runs/x", "/role", "/bucket/runs/x"]


def test_the_machines_role_is_the_last_that_is_asked(server: Server):
    store = server.store(AWS_EC2_METADATA_SERVICE_ENDPOINT=server.address)
    server.answers = [(200, b"session"), (200, b"the-role\n"), role("MACHINE"), (200, b"yes")]
    assert store.get("runs/x") == b"yes"
    assert signers(server) == ["MACHINE"]
    assert [(method, path) for method, path, _ in server.asked[:3]] == [
        ("PUT", "/latest/api/token"),
        ("GET", "/latest/meta-data/iam/security-credentials/"),
        ("GET", "/latest/meta-data/iam/security-credentials/the-role"),
    ]
    assert server.asked[2][2]["x-aws-ec2-metadata-token"] == "session"


NO_CREDENTIALS = (
    "there are no credentials: neither AWS_ACCESS_KEY_ID nor a container's role is set, "
    "and the machine's metadata are switched off"
)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        (
            {"AWS_EC2_METADATA_DISABLED": "true"},
            NO_CREDENTIALS,
        ),
        (
            {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/role"},
            "AWS_CONTAINER_CREDENTIALS_FULL_URI: http://example.com/role is neither https nor this machine's",
        ),
    ],
)
def test_credentials_that_cannot_be_had_are_said_at_once(server: Server, variables: Any, said: str):
    with pytest.raises(StoreError) as raised:
        server.store(**variables).get("runs/x", patience=600)
    assert str(raised.value) == said


def test_credentials_that_cannot_be_had_now_are_asked_for_again(server: Server):
    store = server.store(AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{server.address}/role")
    server.answers = [(503, b""), hang_up, (200, b"no json"), role("LATE"), (200, b"yes")]
    assert store.get("runs/x") == b"yes"


def test_credentials_that_never_come_are_given_up(server: Server):
    server.answers = [(503, b"")] * 50
    with pytest.raises(StoreAwayError, match=r"no credentials from 127.0.0.1:\d+: it answered 503"):
        server.store(AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{server.address}/role").get("runs/x", patience=0.5)


def test_the_service_for_credentials_on_ecs_needs_no_full_address(monkeypatch: pytest.MonkeyPatch):
    from modelyard_node.store import credentials

    asked: list[str] = []

    def ask(_method: str, uri: str, _headers: Any) -> str:
        asked.append(uri)
        return role("TASK")[1].decode()

    monkeypatch.setattr(credentials, "_ask", ask)
    source = credentials.CredentialSource({"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/x"})
    assert source.get().access_key == source.get().access_key == "TASK"
    assert asked == ["http://169.254.170.2/v2/credentials/x"]
