"""Blobs of the sandbox's accounts: there when they are asked for, and gone with what they are in."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from azurite_yard import STORAGE, Yard, answered, quiet
from patience import eventually

from modelyard.errors import SurroundingsError
from modelyard_sandbox.azure.client import AzureError
from modelyard_sandbox.azurite.accounts import connection_string, key_of
from modelyard_sandbox.azurite.install import Program
from modelyard_sandbox.azurite.process import Azurite
from modelyard_sandbox.process import ProcessIdentity
from modelyard_sandbox.record import ServerRecord

HELLO = b"hello"


def processes_in(directory: Path) -> list[int]:
    """The processes of Azurite that keep their blobs there."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if (
            str(directory).encode() in command
            and b"azurite/dist" in command
            and ProcessIdentity.of(int(entry.name))
        ):
            found.append(int(entry.name))
    return found


linux = pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are looked up in /proc")


@linux
def test_what_stands_is_carried_over_later_things_follow_and_all_ends_with_the_server(lone: Yard) -> None:
    lone.container("data")
    assert lone.sandbox.status().blob_endpoint is None
    endpoint = lone.sandbox.start_blobs(quiet)
    assert lone.sandbox.status().blob_endpoint == endpoint
    assert lone.sandbox.start_blobs(quiet) == endpoint, "once"
    assert lone.call("PUT", lone.blob("data/x"), HELLO)[0] == 201
    lone.account("account2")
    other = f"{endpoint}/account2/more/x"
    assert lone.call("PUT", other, HELLO, by="account2")[0] == 404
    lone.container("more", of="account2")
    assert lone.call("PUT", other, HELLO, by="account2")[0] == 201
    assert lone.call("GET", lone.blob("data/x")) == (200, HELLO), "the first one's are still there"
    directory = lone.sandbox.directory
    assert len(processes_in(directory)) == 1
    assert (directory / "blobs").is_dir()
    lone.sandbox.stop()
    assert processes_in(directory) == []
    assert not (directory / "blobs").exists()


def test_blobs_go_with_their_container_and_their_account(yard: Yard) -> None:
    container, url = yard.container("data"), yard.blob("data/x")
    yard.call("PUT", url, HELLO)
    yard.delete(container)
    assert yard.call("GET", url)[0] == 404
    yard.container("data")
    assert yard.call("GET", url)[0] == 404, "one that is made anew is empty"
    yard.call("PUT", url, HELLO)
    own = yard.blob("own?restype=container")
    assert yard.call("PUT", own)[0] == 201, "made without the resource manager"
    yard.delete(yard.id)
    assert yard.call("GET", own)[0] == 404
    yard.account(yard.name)
    assert yard.call("GET", own)[0] == 404
    assert yard.call("GET", url)[0] == 404


def test_a_public_container_is_read_without_a_key_and_others_are_not(yard: Yard) -> None:
    for name, public in (("open", "Blob"), ("closed", "None")):
        yard.container(name, public)
        yard.call("PUT", yard.blob(f"{name}/x"), HELLO)
    assert answered(yard.blob("open/x")) == (200, HELLO)
    assert answered(yard.blob("closed/x"))[0] == 403


def test_another_accounts_key_opens_nothing(yard: Yard) -> None:
    yard.container("data")
    assert yard.call("PUT", yard.blob("data/x"), HELLO, by="stranger")[0] == 403


def test_a_container_that_is_locked_holds_blobs_or_does_not(yard: Yard) -> None:
    container, url = yard.container("data"), yard.blob("data/x")
    yard.call("PUT", url, HELLO)
    days = {"properties": {"immutabilityPeriodSinceCreationInDays": 7}}
    yard.cloud.put(f"{container}/immutabilityPolicies/default", STORAGE, days)
    with pytest.raises(AzureError) as caught:
        yard.delete(container)
    assert caught.value.status == 409
    assert yard.call("DELETE", url)[0] == 202
    yard.delete(container)


@linux
def test_azurite_that_is_gone_can_be_had_again_and_ends_with_a_server_that_is_killed(lone: Yard) -> None:
    first, directory = lone.sandbox.start_blobs(quiet), lone.sandbox.directory
    (pid,) = processes_in(directory)
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: lone.sandbox.status().blob_endpoint is None)
    lone.container("data")
    endpoint = lone.sandbox.start_blobs(quiet)
    assert endpoint != first
    assert lone.call("PUT", lone.blob("data/x"), HELLO)[0] == 201
    os.kill(lone.sandbox.must_run().process.pid, signal.SIGKILL)
    eventually(lambda: not processes_in(directory))


def test_blobs_need_a_server(tmp_path: Path) -> None:
    from modelyard_sandbox.sandbox import Sandbox

    with pytest.raises(SurroundingsError, match="no sandbox runs in"):
        Sandbox(tmp_path / "none").start_blobs(quiet)


def test_an_azurite_that_does_not_come_up_is_quoted(azurite: Program, tmp_path: Path) -> None:
    (tmp_path / "blobs").mkdir()
    blocked = tmp_path / "blobs" / "__azurite_db_blob__.json"
    blocked.mkdir()
    with pytest.raises(SurroundingsError) as caught:
        Azurite(azurite, tmp_path / "blobs", tmp_path / "log", ())
    assert caught.value.message.startswith(
        "Azurite did not come up: the sandbox goes on without blobs; it said\n    "
    )
    assert caught.value.mend == (
        f"see {tmp_path / 'log'}; take {azurite.package.parents[1]} away to have it installed anew"
    )


def test_a_record_of_before_blobs_can_be_read(tmp_path: Path) -> None:
    ServerRecord.path(tmp_path).write_text('{"pid": 1, "started": "1", "port": 2, "azurePort": 3}')
    record = ServerRecord.read(tmp_path)
    assert record is not None
    assert record.blob_endpoint is None


def test_azures_clients_are_told_by_a_connection_string() -> None:
    assert connection_string("http://127.0.0.1:10000", "account1") == (
        f"DefaultEndpointsProtocol=http;AccountName=account1;AccountKey={key_of('account1')};"
        "BlobEndpoint=http://127.0.0.1:10000/account1;"
    )
    assert key_of("account1") != key_of("account2")
