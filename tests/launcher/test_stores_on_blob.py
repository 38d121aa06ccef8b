"""What a store on Azure's blobs has of its own: its client's faults, blocks, pages, who may, and what is kept."""

from __future__ import annotations

import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from azure_front import Front, Lose, Say, standing_before
from blob_fixtures import Keyed, ServedBlobs

from modelyard.errors import SurroundingsError
from modelyard_launcher.azure.access import AzureAccess
from modelyard_launcher.azure.credentials import IDENTITY
from modelyard_launcher.outcomes import AnsweredError, DeniedError
from modelyard_launcher.stores import blob, blob_container, open_store
from modelyard_launcher.stores.blob import BLOCK_BYTES, BlobStore
from modelyard_node.store import open_store as open_node_store

URI = "https://data1.blob.core.windows.net/checkpoints"


@pytest.fixture
def blob_front(served_blobs: ServedBlobs) -> Iterator[Front]:
    """A front of Azurite."""
    with standing_before(served_blobs.access.blob_root or "") as made:
        yield made


@pytest.fixture(autouse=True)
def no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second between a call and the next try."""
    monkeypatch.setattr(blob_container, "PAUSE_BASE", 1)
    monkeypatch.setattr(blob_container, "PAUSE_SPREAD_SECONDS", 0)


@pytest.fixture
def store(served_blobs: ServedBlobs, blob_front: Front) -> BlobStore:
    """A store through the front, which has seen nothing yet."""
    made = open_store(served_blobs.container(), replace(served_blobs.access, blob_root=blob_front.endpoint))
    assert isinstance(made, BlobStore)
    return made


def refused(status: int, code: str) -> Say:
    """An error as the service words it."""
    text = f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>Told so.</Message></Error>'
    return Say(status, text=text, headers={"x-ms-error-code": code, "Content-Type": "application/xml"})


@pytest.mark.parametrize("operation", ["create", "replace"])
def test_a_conditional_write_whose_answer_was_lost_is_known_as_ones_own(
    operation: str, store: BlobStore, blob_front: Front
) -> None:
    if operation == "replace":
        store.put("a/lease", b"one")
    found = store.get_tagged("a/lease")
    blob_front.seen.clear()
    blob_front.script += [Lose(True)]
    written = (
        store.create("a/lease", b"two") if found is None else store.replace("a/lease", b"two", found.tag)
    )
    assert blob_front.methods == ["PUT", "PUT", "GET"]
    assert written
    assert store.get("a/lease") == b"two"
    assert not store.create("a/lease", b"three")
    assert not store.replace("a/lease", b"three", '"0x1"')


def test_of_many_who_count_up_no_count_is_lost(store: BlobStore) -> None:
    store.put("count", b"0")

    def count_up(writer: int) -> None:
        while True:
            found = store.get_tagged("count")
            assert found is not None
            if store.replace("count", b"%d by %d" % (int(found.data.split()[0]) + 1, writer), found.tag):
                return

    with ThreadPoolExecutor(8) as writers:
        list(writers.map(count_up, range(40)))
    assert (store.get("count") or b"").startswith(b"40 by ")


def test_an_object_is_replaced_by_none_that_was_deleted_meanwhile(store: BlobStore) -> None:
    store.put("a", b"one")
    found = store.get_tagged("a")
    assert found is not None
    store.container.client().get_blob_client("a").delete_blob()
    assert not store.replace("a", b"two", found.tag)
    assert store.get("a") is None


def test_a_service_that_is_busy_for_a_moment_is_asked_again(store: BlobStore, blob_front: Front) -> None:
    blob_front.script += [refused(503, "ServerBusy"), Lose(False)]
    store.put("a", b"x")
    assert blob_front.methods == ["PUT"] * 3


def test_the_upload_of_a_file_outlives_a_network_that_is_away_for_minutes(
    store: BlobStore, blob_front: Front, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blob_container, "PAUSE_BASE", 0)
    file = tmp_path / "file"
    file.write_bytes(b"content")
    blob_front.script += [Lose(False)] * blob_container.UPLOAD_RETRIES
    store.put_file("a", file)
    assert store.get("a") == b"content"
    assert sum(2**count for count in range(1, blob_container.UPLOAD_RETRIES + 1)) > 120


def test_a_file_goes_up_with_another_token_if_the_one_that_was_kept_isnt_taken(
    store: BlobStore, blob_front: Front, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AzureAccess, "forget_token", lambda _: True)
    file = tmp_path / "file"
    file.write_bytes(b"content")
    blob_front.script += [refused(401, "InvalidAuthenticationInfo")]
    store.put_file("a", file)
    assert store.get("a") == b"content"
    blob_front.script += [refused(401, "InvalidAuthenticationInfo")] * 2
    with pytest.raises(AnsweredError, match="InvalidAuthenticationInfo: Told so"):
        store.get("a")


def test_a_large_file_goes_up_in_blocks_and_isnt_read_into_memory(
    store: BlobStore, blob_front: Front, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    block = bytes(range(256)) * (BLOCK_BYTES // 256)
    with file.open("wb") as out:
        for _ in range(5):
            out.write(block)
        out.write(b"end")
    tracemalloc.start()
    store.put_file("a/large", file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    blocks = [target for _, target, _ in blob_front.seen if "comp=block&" in target]
    assert len(blocks) == 6
    assert sum("comp=blocklist" in target for _, target, _ in blob_front.seen) == 1
    # (the front, in this process, holds up to four blocks as well)
    assert peak < 2 * blob.AT_ONCE * BLOCK_BYTES + (8 << 20)
    assert store.size("a/large") == 5 * BLOCK_BYTES + 3
    assert store.get("a/large", 5 * BLOCK_BYTES) == b"end"
    assert store.get("a/large") == file.read_bytes()


def test_a_large_file_that_breaks_off_leaves_what_was_there(
    store: BlobStore, blob_front: Front, tmp_path: Path
) -> None:
    store.put("a/large", b"before")
    file = tmp_path / "file"
    file.write_bytes(bytes(BLOCK_BYTES + 1))
    blob_front.script += [refused(403, "AuthorizationFailure")]
    with pytest.raises(DeniedError):
        store.put_file("a/large", file)
    assert store.get("a/large") == b"before"
    assert store.keys("a/") == ["a/large"]


def test_lists_are_read_page_after_page(
    store: BlobStore, blob_front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        store.put(f"runs/{number}/a b+%&ü", b"x")
    blob_front.seen.clear()
    monkeypatch.setattr(blob, "PAGE_SIZE", 2)
    assert store.keys("runs/") == [f"runs/{number}/a b+%&ü" for number in range(5)]
    assert len(blob_front.seen) == 3
    assert store.folders("runs/") == list("01234")
    assert len(blob_front.seen) == 6
    assert store.get("runs/3/a b+%&ü") == b"x"


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, "AuthorizationPermissionMismatch", DeniedError),
        (403, "AuthorizationFailure", DeniedError),
        (401, "NoAuthenticationInformation", AnsweredError),
        (409, "BlobImmutableDueToPolicy", AnsweredError),
        (404, "ContainerNotFound", AnsweredError),
    ],
)
def test_a_refusal_is_told_in_the_services_words(
    status: int, code: str, kind: type[AnsweredError], store: BlobStore, blob_front: Front
) -> None:
    blob_front.script += [refused(status, code)]
    with pytest.raises(kind) as error:
        store.put("a", b"x")
    assert error.value.message == f"{store.uri} in {store.container.access.place}: {code}: Told so."
    assert isinstance(error.value, DeniedError) is (kind is DeniedError)
    assert blob_front.methods == ["PUT"]


def test_a_store_that_answers_and_refuses_isnt_away(served_blobs: ServedBlobs, blob_front: Front) -> None:
    uri = f"https://{served_blobs.account}.blob.core.windows.net/no-such-container"
    store = open_store(uri, served_blobs.access)
    for ask in (lambda: store.get("a"), lambda: store.size("a"), lambda: store.keys("a/")):
        with pytest.raises(AnsweredError, match=f"^{uri} in the sandbox at .*: ContainerNotFound: The spec"):
            ask()
    blob_front.script += [refused(500, "InternalError")] * 4
    through = replace(served_blobs.access, blob_root=blob_front.endpoint)
    # (not `get`: the SDK keeps a connection from which it didn't read the answer that it goes by)
    with pytest.raises(SurroundingsError, match="InternalError") as error:
        open_store(uri, through).put("a", b"x")
    assert not isinstance(error.value, AnsweredError)


def test_a_sandbox_without_blobs_or_one_that_has_ended_is_told(unused_port: int) -> None:
    access = AzureAccess("sandbox", "westeurope", "1", "http://127.0.0.1:9")
    with pytest.raises(SurroundingsError, match="it serves no blobs") as none:
        open_store(URI, access)
    assert none.value.mend == ("have it serve them, which takes Node.js: `modelyard sandbox start --blobs`")
    gone = f"http://127.0.0.1:{unused_port}"
    with pytest.raises(SurroundingsError, match=f"its blobs have ended, nothing answers at {gone}/data1"):
        open_store(URI, replace(access, blob_root=gone))


@pytest.mark.parametrize(
    ("code", "mend"),
    [
        ("ContainerNotFound", "provision the environment with `pulumi up`, or try it in the sandbox"),
        ("AuthorizationFailure", "ask from inside the environment's network"),
        ("PublicAccessNotPermitted", "ask from inside the environment's network"),
        (
            "AuthorizationPermissionMismatch",
            "have Storage Blob Data Contributor, or Storage Blob Data Reader",
        ),
        (
            "KeyVaultEncryptionKeyNotFound",
            "see that the key of the account's encryption is there and enabled",
        ),
        ("Whatever", "check credentials and network (`az account show`)"),
    ],
)
def test_a_refusal_of_the_real_service_says_what_to_do_about_it(
    code: str, mend: str, blob_front: Front
) -> None:
    blob_front.script += [refused(403, code)]
    store = BlobStore(URI, "data1", "checkpoints", "", Keyed(blob_front.endpoint))
    with pytest.raises(AnsweredError, match=f"^{URI} in Azure in westeurope: {code}") as error:
        store.get("a")
    assert error.value.mend.startswith(mend)


def test_whoever_isnt_signed_in_is_told_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in IDENTITY:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    # The environment alone is asked: a machine of Azure's would know a managed identity.
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    began = time.monotonic()
    with pytest.raises(AnsweredError, match=r"^no token of Azure for https://storage\.azure\.com/") as error:
        open_store(URI, AzureAccess("azure", "westeurope", "1")).get("a")
    assert error.value.mend.startswith("sign in with `az login`")
    assert time.monotonic() - began < 5


def test_without_the_package_it_is_named(served_blobs: ServedBlobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "azure.storage.blob", None)
    with pytest.raises(SurroundingsError, match="azure-storage-blob isn't installed") as error:
        open_store(URI.replace("data1", served_blobs.account), served_blobs.access)
    assert error.value.mend == "install modelyard with its azure extra: pip install 'modelyard[azure]'"


def test_stores_of_other_clouds_read_nothing_of_azures(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from modelyard_launcher.access import S3Access\n"
        "from modelyard_launcher.stores import open_store\n"
        "open_store(f'file://{sys.argv[1]}', S3Access('aws', 'x')).put('a', b'x')\n"
        "sys.exit(1 if {'azure', 'httpx', 'msal', 'requests'} & set(sys.modules) else 0)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    assert subprocess.run(command, check=False).returncode == 0


def test_the_launcher_and_a_node_mean_the_same_by_a_uri(served_blobs: ServedBlobs) -> None:
    uri = f"{served_blobs.container()}/a%20team/ü/"
    open_store(uri, served_blobs.access).put("runs/x", b"1")
    node = open_node_store(uri, served_blobs.variables)
    assert node.get("runs/x") == b"1"
    node.close()
