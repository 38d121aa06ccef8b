"""A node's store on Azure's blobs: what it sends, whose identity it has, and what may pass."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from azure_front import Front, Lose, Say, standing_before
from blob_fixtures import ServedBlobs

from modelyard_node.store import Store, StoreAwayError, StoreError, azure_identity, blob, open_store
from modelyard_node.store.azure_identity import TokenSource
from modelyard_node.store.retrying import TryAgainError
from modelyard_node.store.service import Request
from modelyard_node.store.shared_key import KEY_PREFIX
from modelyard_sandbox.azurite.accounts import key_of

URI = "https://data1.blob.core.windows.net/checkpoints"


@pytest.fixture
def blob_front(served_blobs: ServedBlobs) -> Iterator[Front]:
    """A front of Azurite."""
    with standing_before(served_blobs.access.blob_root or "") as made:
        yield made


@pytest.fixture
def store(served_blobs: ServedBlobs, blob_front: Front) -> Iterator[Store]:
    """A store through the front."""
    made = open_store(served_blobs.container(), {"MODELYARD_BLOB_ENDPOINT": f"{blob_front.endpoint}/"})
    yield made
    made.close()


def refused(status: int, code: str) -> Say:
    """An error as the service words it."""
    text = f"<Error><Code>{code}</Code><Message>Told so.\nRequestId:1</Message></Error>"
    return Say(status, text=text)


@pytest.mark.parametrize(
    "uri",
    [
        "https://data1.blob.core.windows.net",
        "https://data1.example.org/c",
        "https://a.blob.core.windows.net/c",
        f"{URI}?sv=1",
    ],
)
def test_what_is_no_container_is_refused(uri: str) -> None:
    with pytest.raises(StoreError) as error:
        open_store(uri, {})
    assert str(error.value) == (
        f"{uri}: no such store is known; allowed: https://ACCOUNT.blob.core.windows.net/CONTAINER"
    )


def test_a_sandboxs_key_is_derived_as_the_sandbox_does() -> None:
    derived = base64.b64encode(hashlib.sha512(f"{KEY_PREFIX}data1".encode()).digest()).decode()
    assert derived == key_of("data1")


def test_what_may_pass_is_tried_again(store: Store, blob_front: Front) -> None:
    blob_front.script += [refused(503, "ServerBusy"), refused(500, "OperationTimedOut"), Lose(False)]
    assert store.put("a", b"x")
    assert blob_front.methods == ["PUT"] * 4


def test_a_lease_whose_answer_was_lost_is_found_taken(store: Store, blob_front: Front) -> None:
    blob_front.script += [Lose(True)]
    assert not store.put("lease", b"mine", if_absent=True)
    assert store.get("lease") == b"mine"


def test_a_container_that_is_being_deleted_isnt_taken_for_a_lease_of_somebody(
    store: Store, blob_front: Front
) -> None:
    blob_front.script += [refused(409, "ContainerBeingDeleted")]
    with pytest.raises(StoreError, match="lease: ContainerBeingDeleted: Told so"):
        store.put("lease", b"mine", if_absent=True)


def test_a_refusal_is_said_at_once(store: Store, blob_front: Front) -> None:
    blob_front.script += [refused(403, "AuthorizationPermissionMismatch")]
    with pytest.raises(StoreError) as error:
        store.put("a", b"x")
    assert str(error.value) == f"{store.uri}/a: AuthorizationPermissionMismatch: Told so."
    assert blob_front.methods == ["PUT"]
    endpoint = {"MODELYARD_BLOB_ENDPOINT": blob_front.endpoint}
    other = open_store(f"{store.uri.rpartition('/')[0]}/no-such", endpoint)
    with pytest.raises(StoreError, match="no-such/a: ContainerNotFound: The specified container does not"):
        other.get("a")
    other.close()


def test_a_first_byte_is_read_of_whatever_is_there(store: Store) -> None:
    assert store.peek("a") is None
    store.put("a", b"")
    assert store.peek("a") == b""
    store.put("a", b"xyz")
    assert store.peek("a") == b"x"


def test_names_of_every_page(store: Store, blob_front: Front) -> None:
    for name in "abcde":
        store.put(f"runs/{name}/x", b"")
    text = (
        "<EnumerationResults><Blobs><BlobPrefix><Name>runs/a/</Name></BlobPrefix>"
        '<Blob><Name Encoded="true">runs/%EF%BF%BE</Name><Properties/></Blob>'
        "<Blob><Name>runs/x &amp; y%20</Name></Blob></Blobs><NextMarker>2!1&amp;=</NextMarker>"
        "</EnumerationResults>"
    )
    blob_front.seen.clear()
    blob_front.script += [Say(200, text=text), Say(200, text=text.replace("2!1&amp;=", ""))]
    assert store.names("runs/") == sorted(["a/", "\ufffe", "x & y%20"] * 2)
    asked = [parse_qs(urlsplit(target).query) for _, target, _ in blob_front.seen]
    assert [query.get("marker") for query in asked] == [None, ["2!1&="]]
    assert store.names("runs/") == ["a/", "b/", "c/", "d/", "e/"]


def test_a_download_that_breaks_off_goes_on_where_it_stopped(store: Store, blob_front: Front) -> None:
    store.put("a", b"0123456789")
    blob_front.seen.clear()
    blob_front.script += [Lose(False)]
    file = io.BytesIO()
    assert store.fetch("a", file) == hashlib.sha256(b"0123456789").hexdigest()
    assert blob_front.methods == ["GET", "GET"]


def test_a_store_that_stays_away_is_given_up_after_a_while() -> None:
    store = open_store(URI, {"MODELYARD_BLOB_ENDPOINT": "http://127.0.0.1:9"})
    with pytest.raises(StoreAwayError, match=f"^{URI}/a: ConnectionRefusedError"):
        store.get("a", patience=0.2)


class Giver:
    """A service that gives tokens on this machine, and remembers who asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, list[str]], dict[str, str]]] = []
        self.answers: list[tuple[int, bytes]] = []
        giver = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                giver.asked.append((parts.path, parse_qs(parts.query), headers))
                status, body = giver.answers.pop(0) if giver.answers else token("one")
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.path = f"{self.path}?{form}"
                self.do_GET()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def giver() -> Iterator[Giver]:
    made = Giver()
    yield made
    made.close()


def token(text: str, seconds: float = 3_600) -> tuple[int, bytes]:
    return 200, json.dumps({"access_token": text, "expires_on": str(int(time.time() + seconds))}).encode()


def test_a_workspaces_compute_gives_the_tokens_of_the_jobs_identity(giver: Giver) -> None:
    environ = {
        "MSI_ENDPOINT": f"{giver.url}/MSI/auth",
        "MSI_SECRET": "hush",
        "DEFAULT_IDENTITY_CLIENT_ID": "42",
        "AZURE_CLIENT_ID": "another",
    }
    source = TokenSource(environ)
    assert [source.get(), source.get()] == ["one", "one"]
    ((path, query, headers),) = giver.asked
    assert path == "/MSI/auth"
    assert query == {
        "resource": ["https://storage.azure.com/"],
        "api-version": ["2017-09-01"],
        "clientid": ["42"],
    }
    assert headers["secret"] == "hush"
    source.forget()
    source.get()
    assert len(giver.asked) == 2


def test_an_identity_endpoint_and_the_machine_itself_are_asked_too(
    giver: Giver, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert TokenSource({"IDENTITY_ENDPOINT": giver.url, "IDENTITY_HEADER": "h", "AZURE_CLIENT_ID": "7"}).get()
    monkeypatch.setattr(azure_identity, "METADATA_ADDRESS", f"{giver.url}/metadata/identity/oauth2/token")
    assert TokenSource({}).get()
    first, second = giver.asked
    assert (first[1]["api-version"], first[1]["client_id"]) == (["2019-08-01"], ["7"])
    assert first[2]["x-identity-header"] == "h"
    assert second[0] == "/metadata/identity/oauth2/token"
    assert (second[1]["api-version"], second[2]["metadata"]) == (["2018-02-01"], "true")


def test_a_service_principals_secret_gives_tokens_too(giver: Giver) -> None:
    giver.answers += [(200, b'{"access_token": "its", "expires_in": 3599}'), (401, b"wrong secret")]
    environ = {
        "AZURE_TENANT_ID": "tenant",
        "AZURE_CLIENT_ID": "7",
        "AZURE_CLIENT_SECRET": "hush",
        "AZURE_AUTHORITY_HOST": giver.url,
        "AZURE_CONFIG_DIR": "/nowhere",
    }
    source = TokenSource(environ)
    assert [source.get(), source.get()] == ["its", "its"]
    ((path, form, headers),) = giver.asked
    assert path == "/tenant/oauth2/v2.0/token"
    assert form == {
        "grant_type": ["client_credentials"],
        "client_id": ["7"],
        "client_secret": ["hush"],
        "scope": ["https://storage.azure.com/.default"],
    }
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    source.forget()
    source._expires_at = 0
    with pytest.raises(StoreError, match="there is no such identity here; it says wrong secret"):
        source.get()


def test_on_ones_own_machine_whoever_is_signed_in_is_taken(tmp_path: Path) -> None:
    az = tmp_path / "az"
    az.write_text(
        '#!/bin/sh\n[ "$*" = "account get-access-token --resource https://storage.azure.com/ --output json" ]'
        f' || exit 9\n[ -e {tmp_path}/out ] && {{ echo "Please run az login" >&2; exit 1; }}\n'
        'echo "{\\"accessToken\\": \\"mine\\", \\"expires_on\\": 99999999999}"\n'
    )
    az.chmod(0o755)
    environ = {"AZURE_CONFIG_DIR": str(tmp_path), "PATH": f"{tmp_path}:/bin:/usr/bin"}
    assert TokenSource(environ).get() == "mine"
    (tmp_path / "out").touch()
    with pytest.raises(StoreError, match=r"no token from .*: Please run az login; sign in with `az login`"):
        TokenSource(environ).get()


def test_a_token_is_replaced_before_it_expires_and_used_while_none_can_be_had(
    giver: Giver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(azure_identity, "_PAUSE_SECONDS", 0)
    source = TokenSource({"MSI_ENDPOINT": giver.url, "MSI_SECRET": "s"})
    giver.answers += [token("old", 60), (500, b""), (400, b"not now"), (200, b"{}"), token("new")]
    assert [source.get() for _ in range(5)] == ["old"] * 4 + ["new"]
    giver.answers += [(500, b"")]
    source.forget()
    source._expires_at = 0
    with pytest.raises(TryAgainError, match="it answered 500"):
        source.get()


def test_an_identity_that_there_isnt_is_said_at_once(giver: Giver) -> None:
    giver.answers += [(400, b'{"error":"invalid_request","error_description":"Identity not found"}')]
    with pytest.raises(StoreError, match=r"there is no such identity here; it says .*Identity not found"):
        TokenSource({"MSI_ENDPOINT": giver.url, "MSI_SECRET": "s"}).get()
    with pytest.raises(StoreError, match=r"^http://elsewhere\.example/, which gives tokens, is neither"):
        TokenSource({"MSI_ENDPOINT": "http://elsewhere.example/", "MSI_SECRET": "s"}).get()


def test_a_real_account_is_asked_with_the_token_over_tls_and_no_key(giver: Giver) -> None:
    environ = {"MSI_ENDPOINT": giver.url, "MSI_SECRET": "s"}
    store = open_store(f"{URI}/team", environ)
    assert isinstance(store, blob.BlobStore)
    path, headers = store._service.signed(
        Request("GET", "team/a b", query=[("prefix", "x y")], headers={"range": "bytes=0-0"})
    )
    assert path == "/checkpoints/team/a%20b?prefix=x%20y"
    assert headers["authorization"] == "Bearer one"
    assert headers["x-ms-version"] == blob.API_VERSION
    assert (store._service.host, store._service._secure) == ("data1.blob.core.windows.net", True)


def test_a_certificate_that_nobody_vouches_for_is_said_with_what_would(
    giver: Giver, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(URI, {"MSI_ENDPOINT": giver.url, "MSI_SECRET": "s"})
    assert isinstance(store, blob.BlobStore)

    def refuse() -> None:
        error = ssl.SSLCertVerificationError("self-signed")
        error.verify_message = "self-signed"
        raise error

    monkeypatch.setattr(store._service, "_connect", refuse)
    with pytest.raises(StoreError, match="the image needs ca-certificates, or SSL_CERT_FILE their file"):
        store.get("a")


def test_a_token_that_isnt_taken_is_asked_for_anew(
    giver: Giver, served_blobs: ServedBlobs, blob_front: Front
) -> None:
    uri = served_blobs.container()
    store = open_store(uri, {"MODELYARD_BLOB_ENDPOINT": blob_front.endpoint})
    assert isinstance(store, blob.BlobStore)
    store._service._tokens = TokenSource({"MSI_ENDPOINT": giver.url, "MSI_SECRET": "s"})
    blob_front.script += [refused(401, "InvalidAuthenticationInfo"), Say(201)]
    assert store.put("a", b"x")
    assert len(giver.asked) == 2
    assert [headers["authorization"] for _, _, headers in blob_front.seen] == ["Bearer one"] * 2
    store.close()
