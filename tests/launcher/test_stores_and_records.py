"""Stores and the records in them, on directories and on a real server of S3's protocol."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from blob_fixtures import ServedBlobs
from botocore.exceptions import ConnectionClosedError
from botocore.httpsession import URLLib3Session

from modelyard.errors import InputError, SurroundingsError
from modelyard_launcher.access import S3Access
from modelyard_launcher.azure.access import AzureAccess
from modelyard_launcher.backends.local.uploads import Uploader
from modelyard_launcher.outcomes import AnsweredError
from modelyard_launcher.records import RunRecord, RunStore, new_run_id, now
from modelyard_launcher.records.cache import RecordCache, cache_file
from modelyard_launcher.records.settled import TAKEN_UP_WITHIN
from modelyard_launcher.stores import Store, open_store
from modelyard_launcher.stores.files import FileStore
from modelyard_launcher.stores.s3 import S3Store

REGION = "eu-central-1"


@pytest.fixture(params=["file", "s3", "s3 with a prefix", "blob", "blob with a prefix"])
def store(request: pytest.FixtureRequest, tmp_path: Path, s3_access: S3Access, s3_client: Any) -> Store:
    if request.param == "file":
        return open_store(f"file://{tmp_path}/with%20space", s3_access)
    if "blob" in request.param:
        served: ServedBlobs = request.getfixturevalue("served_blobs")
        uri = served.container()
        return open_store(f"{uri}/some%20where/" if "prefix" in request.param else uri, served.access)
    bucket = f"b-{abs(hash(request.node.nodeid))}"
    s3_client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    return open_store(f"s3://{bucket}{'/some/where' if 'prefix' in request.param else ''}", s3_access)


def record(run_id: str, **changes: object) -> RunRecord:
    fields = {
        "run_id": run_id,
        "state": "running",
        "backend": "local",
        "environment": "dev",
        "pool": "cpu",
        "num_nodes": 1,
        "created": now(),
        "updated": now(),
        "plan_digest": "0",
        "job": {},
        "target": {},
    }
    return RunRecord.model_validate({**fields, **changes})


def test_what_was_put_is_there_from_any_byte_on(store: Store, tmp_path: Path) -> None:
    assert store.get("a/b") is None
    store.put("a/b", b"01234")
    assert (store.get("a/b"), store.get("a/b", 3), store.get("a/b", 5)) == (b"01234", b"34", b"")
    file = tmp_path / "file"
    file.write_bytes(b"new")
    store.put_file("a/b", file)
    assert store.get("a/b") == b"new"


def test_folders_are_the_names_below_a_prefix(store: Store) -> None:
    assert store.folders("runs/") == []
    for key in ("runs/b/run.json", "runs/a/run.json", "runs/a/logs/0.log", "other/c/x"):
        store.put(key, b"x")
    assert store.folders("runs/") == ["a", "b"]


def test_keys_are_all_that_lie_below_a_prefix(store: Store) -> None:
    assert store.keys("runs/") == []
    for key in ("runs/b/run.json", "runs/a/logs/0.log", "other/c/x"):
        store.put(key, b"x")
    assert store.keys("runs/") == ["runs/a/logs/0.log", "runs/b/run.json"]


def test_an_object_that_is_there_has_a_size(store: Store) -> None:
    assert store.size("a/b") is None
    store.put("a/b", b"12345")
    assert store.size("a/b") == 5


def test_of_many_who_create_an_object_at_once_one_does(store: Store) -> None:
    with ThreadPoolExecutor(8) as writers:
        won = list(writers.map(lambda number: store.create("a/lease", b"%d" % number), range(8)))
    assert won.count(True) == 1
    assert store.get("a/lease") == b"%d" % won.index(True)


def test_an_object_is_replaced_only_while_it_is_the_one_that_was_read(store: Store) -> None:
    assert not store.replace("a/lease", b"x", "no-such-tag")
    store.put("a/lease", b"one")
    found = store.get_tagged("a/lease")
    assert found is not None
    assert found.data == b"one"
    with ThreadPoolExecutor(8) as writers:
        won = list(writers.map(lambda number: store.replace("a/lease", b"%d" % number, found.tag), range(8)))
    assert won.count(True) == 1
    assert store.get("a/lease") == b"%d" % won.index(True)
    assert store.get_tagged("a/none") is None


def test_a_store_that_answers_and_refuses_isnt_away(s3_access: S3Access, unused_port: int) -> None:
    with pytest.raises(AnsweredError, match="NoSuchBucket"):
        open_store("s3://no-such-bucket-at-all", s3_access).get("a")
    nobody = replace(s3_access, endpoint_url=f"http://127.0.0.1:{unused_port}")
    with pytest.raises(SurroundingsError) as error:
        open_store("s3://bucket", nobody).get("a")
    assert not isinstance(error.value, AnsweredError)


@pytest.mark.parametrize("operation", ["create", "replace"])
def test_a_conditional_write_whose_answer_was_lost_is_known_as_ones_own(
    operation: str, s3_access: S3Access, s3_client: Any
) -> None:
    """The SDK sends it again, and the service refuses: it is there already."""
    bucket = f"lost-{operation}"
    s3_client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    store = S3Store(f"s3://{bucket}", bucket, "", s3_access)
    sent: list[int] = []

    def lose_the_first_answer(request: Any, **_: Any) -> None:
        if not sent:
            sent.append(URLLib3Session().send(request).status_code)
            raise ConnectionClosedError(endpoint_url=request.url)

    if operation == "replace":
        store.put("a/lease", b"one")
    found = store.get_tagged("a/lease")
    store._client.meta.events.register("before-send.s3.PutObject", lose_the_first_answer)
    written = (
        store.create("a/lease", b"two") if found is None else store.replace("a/lease", b"two", found.tag)
    )
    assert sent == [200]
    assert written
    assert store.get("a/lease") == b"two"
    assert not store.create("a/lease", b"three")
    assert not store.replace("a/lease", b"three", "no-such-tag")


@pytest.mark.parametrize(
    "uri",
    [
        "https://account.blob.core.windows.net",
        "https://account.blob.core.windows.net/c?sv=x",
        "https://account.example/c",
        "http://account.blob.core.windows.net/c",
        "file://relative",
        "s3://",
        "bucket",
    ],
)
def test_any_other_store_is_refused(uri: str, s3_access: S3Access) -> None:
    with pytest.raises(InputError, match="a store that the launcher doesn't know") as refused:
        open_store(uri, s3_access)
    assert refused.value.problems[0].allowed == (
        "s3://bucket, https://account.blob.core.windows.net/container or file:///directory"
    )


def test_a_store_of_another_cloud_than_the_targets_is_refused(s3_access: S3Access) -> None:
    azure = AzureAccess("azure", "westeurope", "1")
    with pytest.raises(InputError, match="the store is in AWS, and the target isn't") as refused:
        open_store("s3://bucket", azure)
    assert refused.value.problems[0].allowed == "a store of Azure in westeurope, or file:///directory"
    with pytest.raises(InputError, match="the store is in Azure, and the target isn't"):
        open_store("https://account.blob.core.windows.net/c", s3_access)


def test_a_directory_that_cannot_be_written_to_is_the_surroundings_fault(
    tmp_path: Path, s3_access: S3Access
) -> None:
    (tmp_path / "checkpoints").write_text("")
    with pytest.raises(SurroundingsError, match="checkpoints/a: File exists"):
        open_store(f"file://{tmp_path}/checkpoints", s3_access).put("a", b"")


def test_a_server_that_does_not_answer_is_the_surroundings_fault() -> None:
    access = S3Access(
        "environment", REGION, "http://127.0.0.1:9", {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    )
    with pytest.raises(SurroundingsError, match=r"127\.0\.0\.1:9") as raised:
        open_store("s3://bucket", access).get("a")
    assert "AWS_ENDPOINT_URL" in raised.value.mend


def test_a_records_every_field_survives_the_store(store: Store) -> None:
    written = RunStore(store).write(record("cnn-20261123-142501-3f2a", reason="because", exit_code=3))
    assert RunStore(store).read("cnn-20261123-142501-3f2a") == written


def test_the_newest_runs_come_first_whatever_their_names(store: Store) -> None:
    runs = RunStore(store)
    ids = ["zebra-20261123-100000-0000", "ant-20261124-100000-0000", "my-cnn-20261123-110000-0000"]
    for run_id in ids:
        runs.write(record(run_id))
    store.put("runs/not-a-run/run.json", b"{}")
    assert [found.run_id for found in runs.newest(2)] == [ids[1], ids[2]]
    assert len(runs.newest(9)) == 3


def test_of_runs_of_one_second_the_one_that_was_submitted_last_comes_first(store: Store) -> None:
    runs = RunStore(store)
    ids = [f"cnn-20261123-100000-{end}" for end in ("0002", "ffff", "0001")]
    for index, run_id in enumerate(ids):
        runs.write(record(run_id, created=datetime(2026, 11, 23, 10, 0, 0, index, tzinfo=UTC)))
    runs.write(record("cnn-20261122-100000-0000"))
    assert [found.run_id for found in runs.newest(2)] == [ids[2], ids[1]]
    assert [found.run_id for found in runs.newest(9)][:3] == ids[::-1]
    assert runs.newest(0) == []


@pytest.mark.parametrize("run_id", ["cnn-20261123-142501-ffff", "../../secrets", "", "CNN"])
def test_a_run_that_there_is_not_is_named_beside_those_there_are(store: Store, run_id: str) -> None:
    RunStore(store).write(record("cnn-20261123-142501-3f2a"))
    with pytest.raises(InputError) as raised:
        RunStore(store).read(run_id)
    assert raised.value.problems[0].allowed == "the id of a run, as cnn-20261123-142501-3f2a"


def test_a_record_of_a_newer_form_is_said_to_be_one(store: Store) -> None:
    store.put("runs/cnn-20261123-142501-3f2a/run.json", b'{"schema": "modelyard.run/2"}')
    with pytest.raises(SurroundingsError, match="is no record of a run"):
        RunStore(store).read("cnn-20261123-142501-3f2a")


def test_a_field_that_a_newer_modelyard_adds_is_passed_over() -> None:
    document = record("cnn-20261123-142501-3f2a").as_dict()
    assert RunRecord.model_validate({**document, "carbon": 3}).as_dict() == document


def test_run_ids_are_readable_and_do_not_repeat() -> None:
    ids = {new_run_id("digits-cnn") for _ in range(50)}
    assert len(ids) > 45
    assert all(run_id.startswith(f"digits-cnn-{now():%Y%m}") for run_id in ids)


def test_files_that_grow_are_uploaded_while_they_do(
    tmp_path: Path, store: Store, eventually: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("modelyard_launcher.backends.local.uploads.SHORTEST_PAUSE_SECONDS", 0.02)
    log = tmp_path / "log"
    uploader = Uploader(store, {"log": log, "never": tmp_path / "never"})
    uploader.start()
    log.write_bytes(b"one\n")
    eventually(lambda: store.get("log") == b"one\n")
    log.write_bytes(b"one\ntwo\n")
    eventually(lambda: store.get("log") == b"one\ntwo\n")
    log.write_bytes(b"one\ntwo\nthree\n")
    uploader.finish()
    assert store.get("log") == b"one\ntwo\nthree\n"
    assert store.get("never") is None


def test_a_store_that_comes_back_gets_everything_at_the_end(
    tmp_path: Path, monkeypatch: Any, s3_access: S3Access
) -> None:
    monkeypatch.setattr("modelyard_launcher.backends.local.uploads.SHORTEST_PAUSE_SECONDS", 0.01)
    (tmp_path / "checkpoints").write_text("in the way")
    log = tmp_path / "log"
    log.write_bytes(b"words")
    store = open_store(f"file://{tmp_path}/checkpoints", s3_access)
    uploader = Uploader(store, {"log": log})
    uploader.start()
    with pytest.raises(SurroundingsError):
        uploader.finish()
    (tmp_path / "checkpoints").unlink()
    uploader.finish()
    assert store.get("log") == b"words"


def finished(number: int, state: str = "succeeded", **changes: object) -> RunRecord:
    ended = {"ended": now(), "state": state, **changes}
    return record(f"cnn-20261123-142501-{number:04x}", **ended)


class CountingStore(FileStore):
    """A directory that counts what is read."""

    reads = 0

    def get(self, key: str, start: int = 0) -> bytes | None:
        self.reads += 1
        return super().get(key, start)


@pytest.fixture
def counting(tmp_path: Path) -> CountingStore:
    return CountingStore(f"file://{tmp_path}/store", tmp_path / "store")


def cached(store: Store, tmp_path: Path) -> RunStore:
    return RunStore(store, RecordCache(store.uri, tmp_path / "cache" / "runs.sqlite"))


def test_records_that_stay_as_they_are_are_read_once(counting: CountingStore, tmp_path: Path) -> None:
    runs = cached(counting, tmp_path)
    long_ago = now() - TAKEN_UP_WITHIN - timedelta(minutes=1)
    for each in (
        finished(1),
        finished(2, "cancelled"),
        finished(3, "failed", ended=long_ago),
        finished(4, "failed"),
        record("cnn-20261123-142501-0005"),
    ):
        runs.write(each)
    first = runs.newest(9)
    assert counting.reads == 5
    assert cached(counting, tmp_path).newest(9) == first
    assert counting.reads == 5 + 2, "what runs, and what may be taken up again, is read again"


def test_a_copy_never_outlives_what_it_is_of(counting: CountingStore, tmp_path: Path) -> None:
    runs = cached(counting, tmp_path)
    runs.write(finished(1))
    assert len(runs.newest(9)) == 1
    shutil.rmtree(tmp_path / "store")
    assert runs.newest(9) == []


def test_copies_of_one_store_are_not_taken_for_anothers(counting: CountingStore, tmp_path: Path) -> None:
    cached(counting, tmp_path).write(finished(1))
    cached(counting, tmp_path).newest(9)
    other = CountingStore(f"file://{tmp_path}/other", tmp_path / "other")
    cached(other, tmp_path).write(finished(1, reason="another"))
    assert cached(other, tmp_path).newest(9)[0].reason == "another"


@pytest.mark.parametrize("content", [b"no database at all, and long enough to be looked at " * 20, b""])
def test_a_cache_that_is_none_is_made_anew(counting: CountingStore, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "runs.sqlite").write_bytes(content)
    runs = cached(counting, tmp_path)
    runs.write(finished(1))
    for _ in range(2):
        assert [found.state for found in runs.newest(9)] == ["succeeded"]
    assert counting.reads == 1


def test_without_a_place_for_the_cache_everything_goes_on(counting: CountingStore, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    runs = cached(counting, tmp_path)
    runs.write(finished(1))
    for _ in range(2):
        assert len(runs.newest(9)) == 1
    assert counting.reads == 2


def test_the_cache_lies_where_the_user_keeps_caches() -> None:
    assert cache_file({"HOME": "/home/u"}) == Path("/home/u/.cache/modelyard/runs.sqlite")
    assert cache_file({"HOME": "/home/u", "XDG_CACHE_HOME": "/c"}) == Path("/c/modelyard/runs.sqlite")
    assert cache_file({"MODELYARD_CACHE_DIR": "/m", "XDG_CACHE_HOME": "/c"}) == Path("/m/runs.sqlite")


def test_a_large_file_is_copied_without_being_read_into_memory(tmp_path: Path, s3_access: S3Access) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(64 << 20)
    store = open_store(f"file://{tmp_path}/store", s3_access)
    tracemalloc.start()
    store.put_file("logs/0.log", large)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert store.size("logs/0.log") == 64 << 20
    assert peak < 16 << 20


FILLING = """
import resource, signal, sys
from pathlib import Path
from modelyard.errors import SurroundingsError
from modelyard_launcher.stores.files import FileStore

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
store = FileStore("file:///x", Path(sys.argv[1]))
for write in (store.put, store.create):
    try:
        write("runs/a", b"x" * 1_000)
    except SurroundingsError as error:
        print(error.message)
"""


def test_a_write_for_which_there_is_no_room_leaves_nothing_behind(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FILLING, str(tmp_path / "store")], capture_output=True, text=True, check=True
    )
    assert done.stdout == "file:///x/runs/a: File too large\n" * 2
    assert list((tmp_path / "store" / "runs").iterdir()) == []
