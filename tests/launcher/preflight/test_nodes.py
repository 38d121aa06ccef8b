"""Nodes that check themselves as they would on a cluster: what they find, what they write, how they end."""

from __future__ import annotations

import http.client
import resource
import signal
import threading
import time
import uuid
import venv
from collections.abc import Callable, Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import preflight_captured as captured
import pytest
from patience import PATIENCE_SECONDS, eventually
from preflight_nodes import RUN, Bucket, Gang

from modelyard_node import codes, keys
from modelyard_node.preflight.step import interface_of

MakeGang = Callable[..., Gang]
H100 = {"devices": {"nvidia": 8, "neuron": 0, "efa": 0}}
WITH_EFA = {"devices": {"nvidia": 8, "neuron": 0, "efa": 2}}


@pytest.fixture(scope="session")
def bare_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with neither PyTorch nor JAX: nothing is measured, and devices need not be real."""
    directory = tmp_path_factory.mktemp("bare")
    venv.create(directory, symlinks=True)
    return directory / "bin" / "python"


def with_gpus(nodes: Gang, rank: int, smi: str | None = None, *, gpus: int = 8, efa: int = 2) -> None:
    """A node as it would be with GPUs and EFA."""
    nodes.has(rank, *(f"dev/nvidia{number}" for number in range(gpus)), "dev/nvidiactl")
    nodes.has(rank, *(f"dev/infiniband/uverbs{number}" for number in range(efa)))
    nodes.has(rank, "smi", "fi")
    (nodes.root(rank) / "smi").write_text(smi or captured.nvidia_smi(8))
    (nodes.root(rank) / "fi").write_text(
        captured.FI_INFO + captured.FI_INFO.replace("rdmap49s0", "rdmap50s0")
    )
    nodes.has_program(rank, "usr/bin/nvidia-smi", f"cat {nodes.root(rank)}/smi")
    nodes.has_program(rank, "opt/amazon/efa/bin/fi_info", f"cat {nodes.root(rank)}/fi")


def gpu_gang(gang: MakeGang, bare_python: Path, count: int) -> Gang:
    nodes = gang(count)
    nodes.python = bare_python
    for rank in range(count):
        with_gpus(nodes, rank)
    return nodes


def test_without_a_preflight_nothing_is_checked(gang: MakeGang, bare_python: Path) -> None:
    nodes = gang(1)
    nodes.python = bare_python
    assert nodes.run(None) == [0]
    assert (nodes.verdict, nodes.found(0)) == (None, None)


def test_nodes_that_are_as_they_should_be_begin(gang: MakeGang, bare_python: Path) -> None:
    nodes = gpu_gang(gang, bare_python, 2)
    assert nodes.run(H100) == [0, 0]
    found = {row["check"]: (row["status"], row["found"]) for row in nodes.verdict["checks"]}
    assert found["devices"] == ("passed", "8 GPUs")
    assert found["gpu_health"] == ("passed", "8 of NVIDIA H100 80GB HBM3, no errors")
    assert not {"efa", "efa_used", "memlock"} & found.keys()
    assert found["versions"][1].startswith("driver 570.124.06, python 3.")
    assert found["dataset"] == ("passed", f"file://{nodes.directory}/datasets is empty")
    own = nodes.found(1)
    assert (own["schema"], own["rank"], own["instance_id"]) == ("modelyard.preflight/1", 1, None)
    assert own["found"]["machine"]["devices"] == {"nvidia": 8, "neuron": 0, "efa": 2}
    assert own["found"]["versions"]["driver"] == "570.124.06"
    assert own["seconds"] < 60
    assert [check["status"] for check in own["checks"] if check["check"] == "checkpoint"] == ["passed"]
    verdict = nodes.verdict
    assert (verdict["passed"], verdict["attempt"], verdict["num_nodes"]) == (True, "001-01", 2)


def test_efa_is_looked_at_where_there_are_several_nodes(gang: MakeGang, bare_python: Path) -> None:
    nodes = gpu_gang(gang, bare_python, 2)
    nodes.run(WITH_EFA)
    found = {row["check"]: (row["status"], row["found"]) for row in nodes.verdict["checks"]}
    assert found["devices"] == ("passed", "8 GPUs, 2 EFA interfaces")
    assert found["efa"] == ("passed", "2 EFA interfaces")
    assert found["efa_used"][0] == "unknown"
    _, hard = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    assert found["memlock"][0] == ("passed" if hard == resource.RLIM_INFINITY else "failed")
    alone = gpu_gang(gang, bare_python, 1)
    assert alone.run(WITH_EFA) == [0]
    assert not {"efa", "efa_used", "memlock"} & {row["check"] for row in alone.verdict["checks"]}


def test_a_node_that_lost_a_gpu_is_named_and_ends_everything(gang: MakeGang, bare_python: Path) -> None:
    nodes = gpu_gang(gang, bare_python, 3)
    (nodes.root(1) / "dev" / "nvidia7").unlink()
    nodes.has(1, "opt/modelyard/entrypoint/instance-id")
    (nodes.root(1) / "opt/modelyard/entrypoint/instance-id").write_text("i-0abc\n")
    assert nodes.run({**H100, "end_bad_nodes": True}) == [codes.LEAVE_EXIT_CODE] * 3
    host = nodes.end()["host"]
    reason = f"preflight: devices of rank 1 ({host}, i-0abc): 7 GPUs; expected: 8 GPUs"
    for rank in range(3):
        end = nodes.end(rank)
        assert (end["kind"], end["reason"], end["exit_code"]) == ("preflight", reason, None)
        assert "began" not in nodes.log(rank)
    assert nodes.verdict["bad_nodes"] == [
        {"rank": 1, "host": host, "instance_id": "i-0abc", "checks": ["devices"]}
    ]
    assert f"modelyard: this attempt ends: {reason}" in nodes.log(0)


def test_a_node_with_another_driver_and_one_with_memory_errors_are_named(
    gang: MakeGang, bare_python: Path
) -> None:
    nodes = gpu_gang(gang, bare_python, 5)
    (nodes.root(1) / "smi").write_text(captured.nvidia_smi(8).replace("570.124.06", "550.90.07"))
    (nodes.root(4) / "smi").write_text(captured.nvidia_smi(8, ecc_errors__volatile__dram_uncorrectable="1"))
    nodes.run({**H100, "end_bad_nodes": True})
    assert [(bad["rank"], bad["checks"]) for bad in nodes.verdict["bad_nodes"]] == [
        (1, ["versions"]),
        (4, ["gpu_health"]),
    ]
    assert nodes.end()["reason"].endswith("; and 1 more fault")


def test_what_all_nodes_lack_is_nobodys_own_fault_and_is_not_tried_again(
    gang: MakeGang, bare_python: Path
) -> None:
    nodes = gpu_gang(gang, bare_python, 2)
    for rank in range(2):
        nodes.has_program(
            rank, "opt/amazon/efa/bin/fi_info", "echo 'fi_getinfo: -61 (No data available)' >&2; exit 61"
        )
    assert nodes.run(WITH_EFA) == [codes.LEAVE_EXIT_CODE] * 2
    assert nodes.verdict["bad_nodes"] == []
    faults = [fault for fault in nodes.verdict["faults"] if fault["check"] == "efa"]
    assert [(fault["rank"], fault["blame"]) for fault in faults] == [(0, "common"), (1, "common")]
    assert nodes.check("efa")["found"] == (
        "ranks 0 and 1: fi_info -p efa: fi_getinfo: -61 (No data available)"
    )


def test_a_driver_that_hangs_holds_nobody_up_for_long(gang: MakeGang, bare_python: Path) -> None:
    nodes = gpu_gang(gang, bare_python, 1)
    nodes.has_program(0, "usr/bin/nvidia-smi", "exec sleep 600")
    assert nodes.run(H100, variables={"MODELYARD_PROBE_SECONDS": "1"}) == [codes.RETRY_EXIT_CODE]
    (fault,) = nodes.verdict["faults"]
    assert fault["found"] == "nvidia-smi: it didn't answer within 1 seconds"


def test_a_preflight_that_failed_twice_is_not_tried_again(gang: MakeGang, bare_python: Path) -> None:
    nodes = gpu_gang(gang, bare_python, 1)
    (nodes.root(0) / "dev" / "nvidia7").unlink()
    assert nodes.run(H100) == [codes.RETRY_EXIT_CODE]
    nodes.processes.clear()
    again = {"MODELYARD_BATCH_ATTEMPT": "2"}
    assert nodes.run(H100, variables=again) == [codes.LEAVE_EXIT_CODE]
    assert nodes.verdict_of("001-02")["passed"] is False


def test_a_preflight_that_makes_no_sense_is_said(gang: MakeGang, bare_python: Path) -> None:
    nodes = gang(1)
    nodes.python = bare_python
    assert nodes.run({"min_gbps": "many"}) == [codes.BROKEN_EXIT_CODE]
    assert nodes.end()["reason"] == (
        "the specification's preflight can't be understood: could not convert string to float: 'many'"
    )


def test_a_node_that_is_told_to_end_in_the_middle_leaves_nothing(gang: MakeGang) -> None:
    nodes = gang(2)
    nodes.start({}, distribution="jax", envs=nodes.wrong("slow", 9))
    eventually(lambda: any("allreduce.py" in command for command in nodes.left().values()))
    nodes.processes[0].send_signal(signal.SIGTERM)
    assert nodes.wait() == [codes.LEAVE_EXIT_CODE] * 2
    assert nodes.end()["kind"] == "stopped"
    assert nodes.left() == {}


def test_the_interface_of_an_address_is_found() -> None:
    assert interface_of("127.0.0.1") == "lo"
    assert interface_of("192.0.2.1") is None


def test_gpus_that_the_job_is_not_given_take_no_part(gang: MakeGang) -> None:
    nodes = gang(2)
    for rank in (0, 1):
        nodes.has(rank, "dev/nvidia0")
    assert nodes.run({}, distribution="jax") == [0, 0]
    assert nodes.verdict["all_reduce"]["gpus_per_node"] == 0
    assert nodes.check("devices")["found"] == "1 GPU"


class Between(BaseHTTPRequestHandler):
    """Stands before a bucket: dates its answers otherwise, or refuses to write."""

    target = ""
    ahead_seconds = 0.0
    refuses = ""

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.command == "PUT" and self.refuses and self.refuses in self.path:
            status, headers = 403, {}
            content = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
        else:
            connection = http.client.HTTPConnection(self.target, timeout=PATIENCE_SECONDS)
            connection.request(self.command, self.path, body, dict(self.headers))
            answer = connection.getresponse()
            status, headers, content = answer.status, dict(answer.getheaders()), answer.read()
            connection.close()
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in ("date", "content-length", "connection", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("date", formatdate(time.time() + self.ahead_seconds, usegmt=True))
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        self._pass_on()

    def do_PUT(self) -> None:
        self._pass_on()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def bucket(s3_client: Any, s3_endpoint: str) -> Iterator[Bucket]:
    """A bucket that nodes reach by way of `Between`."""
    name = f"checkpoints-{uuid.uuid4().hex}"
    s3_client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    server = ThreadingHTTPServer(("127.0.0.1", 0), Between)
    Between.target = urlsplit(s3_endpoint).netloc
    threading.Thread(target=server.serve_forever, daemon=True).start()
    variables = {
        "AWS_REGION": "eu-central-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
        "AWS_ACCESS_KEY_ID": "AKIASAND123456789012",
        "AWS_SECRET_ACCESS_KEY": "sandbox-only-not-a-secret",
    }
    yield Bucket(name, s3_client, variables)
    server.shutdown()
    server.server_close()
    Between.ahead_seconds, Between.refuses = 0.0, ""


def test_a_store_that_cannot_be_written_is_told(gang: MakeGang, bare_python: Path, bucket: Bucket) -> None:
    Between.refuses = "/preflight/"
    nodes = gang(1, bucket)
    nodes.python = bare_python
    uri = f"s3://{bucket.name}"
    assert nodes.run({}, datasets_uri=uri) == [codes.LEAVE_EXIT_CODE]
    end = nodes.end()
    assert (end["kind"], end["cause_rank"]) == ("preflight", 0)
    key = keys.preflight_key(RUN, "001-01", "0")
    assert f"PUT {uri}/{key}" in end["reason"] or key in end["reason"]
    assert "AccessDenied" in end["reason"]
    assert end["reason"].startswith(f"preflight: checkpoint of rank 0 ({end['host']}): ")
    # What was found couldn't be written either, and is in the log.
    assert nodes.verdict is None
    assert f"dataset: passed: {uri} can be read" in nodes.log()


def test_a_clock_that_is_wrong_is_told(gang: MakeGang, bare_python: Path, bucket: Bucket) -> None:
    Between.ahead_seconds = 600
    nodes = gang(1, bucket)
    nodes.python = bare_python
    nodes.run({}, datasets_uri=f"s3://{bucket.name}")
    row = nodes.check("clock")
    assert row["status"] == "failed"
    seconds = int(row["found"].removeprefix("rank 0: ").split()[0])
    assert abs(seconds - 600) <= 3
    assert row["found"].endswith(" s behind the store's")
    assert nodes.verdict["bad_nodes"][0]["checks"] == ["clock"]
