import re
from pathlib import Path

import pytest
from blob_fixtures import ServedBlobs
from moto.s3.models import s3_backends

from modelyard_training.errors import ExistingObjectError, MissingObjectError, StoreError
from modelyard_training.stores import Store, open_store


@pytest.fixture(params=["file", "s3", "blob"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "file":
        return open_store((tmp_path / "store with space").as_uri())
    if request.param == "blob":
        served: ServedBlobs = request.getfixturevalue("served_blobs")
        for name, value in served.variables.items():
            request.getfixturevalue("monkeypatch").setenv(name, value)
        return open_store(f"{served.container()}/a%20prefix")
    return open_store(f"{request.getfixturevalue('bucket').uri}/{tmp_path.name}")


def test_what_was_put_is_got_back_and_put_again_it_is_replaced(store: Store) -> None:
    store.put("a/b.bin", b"\x00one")
    assert store.get("a/b.bin") == b"\x00one"
    store.put("a/b.bin", b"two")
    assert store.get("a/b.bin") == b"two"


def test_put_if_absent_keeps_what_is_there(store: Store) -> None:
    store.put("a", b"first", if_absent=True)
    with pytest.raises(ExistingObjectError, match=r"/a: there already"):
        store.put("a", b"second", if_absent=True)
    assert store.get("a") == b"first"


def test_an_object_that_is_not_there_is_an_error_of_its_own(store: Store) -> None:
    with pytest.raises(MissingObjectError, match=r"nothing/here: no such object"):
        store.get("nothing/here")
    assert not store.exists("nothing/here")


def test_keys_are_listed_by_prefix_and_sorted(store: Store) -> None:
    for key in ("runs/b", "runs/a/1", "runs/a/2", "running", "other"):
        store.put(key, b"")
    assert store.list("runs/") == ["runs/a/1", "runs/a/2", "runs/b"]
    assert store.list("run") == ["running", "runs/a/1", "runs/a/2", "runs/b"]
    assert store.list("nowhere/") == []


def test_a_deleted_object_is_gone_and_deleting_it_again_does_nothing(store: Store) -> None:
    store.put("a/b", b"")
    assert store.exists("a/b")
    store.delete("a/b")
    store.delete("a/b")
    assert not store.exists("a/b")
    assert store.list("") == []


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../other", "a//b", "a/../../b", "a/"])
def test_a_key_that_could_leave_the_store_is_refused(store: Store, key: str) -> None:
    for act in (store.get, store.exists, store.delete, lambda key: store.put(key, b"")):
        with pytest.raises(StoreError, match="is no key"):
            act(key)


def test_a_write_to_s3_is_encrypted_with_the_bucket_s_key(bucket) -> None:
    open_store(bucket.uri).put("encrypted", b"data")
    head = bucket.s3.head_object(Bucket=bucket.name, Key="a/prefix/encrypted")
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", bucket.key_arn)


def test_more_keys_than_a_page_holds_are_all_listed(bucket) -> None:
    bucket.s3.create_bucket(Bucket="many-keys", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    # The server is in this process; put by HTTP, a thousand keys would take seconds.
    server_side = s3_backends["123456789012"]["aws"]
    for number in range(1_002):
        server_side.put_object("many-keys", f"many/{number:04d}", b"")
    assert len(open_store("s3://many-keys/many").list("")) == 1_002


def test_a_bucket_that_is_not_there_is_no_missing_object() -> None:
    with pytest.raises(StoreError, match="NoSuchBucket") as caught:
        open_store("s3://nobody-has-this").get("key")
    assert not isinstance(caught.value, MissingObjectError)


def test_an_endpoint_that_does_not_answer_is_an_error_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:9"):
        open_store("s3://training").get("key")


def test_an_unfinished_write_to_a_directory_is_not_listed(tmp_path: Path) -> None:
    (tmp_path / ".model.npz.0123.part").write_bytes(b"half")
    assert open_store(tmp_path.as_uri()).list("") == []


@pytest.mark.parametrize(
    "uri",
    [
        "https://blob/x",
        "https://data1.blob.core.windows.net",
        "file://host/x",
        "file:relative",
        "s3:///prefix",
        "/data",
    ],
)
def test_an_unknown_kind_of_store_is_refused_with_those_that_are_known(uri: str) -> None:
    allowed = (
        "s3://bucket/prefix, https://account.blob.core.windows.net/container/prefix or file:///directory"
    )
    with pytest.raises(
        StoreError, match=re.escape(f"{uri!r} is no store that this container knows: {allowed}")
    ):
        open_store(uri)


def test_a_container_that_is_not_there_is_no_missing_object(
    served_blobs: ServedBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELYARD_BLOB_ENDPOINT", served_blobs.variables["MODELYARD_BLOB_ENDPOINT"])
    with pytest.raises(StoreError, match="key: ContainerNotFound: ") as caught:
        open_store(f"https://{served_blobs.account}.blob.core.windows.net/no-such").get("key")
    assert not isinstance(caught.value, MissingObjectError)


def test_whom_no_identity_can_be_found_for_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MODELYARD_BLOB_ENDPOINT", raising=False)
    # The environment alone is asked: a machine of Azure's would know a managed identity.
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    for name in ("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(StoreError, match=r"data1\.blob\.core\.windows\.net/c: no identity of Azure: Default"):
        open_store("https://data1.blob.core.windows.net/c").get("key")
