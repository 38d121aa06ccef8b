"""The entrypoint as the user data installs it, run as the first process of a container would be."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from nodes import Node
from patience import PATIENCE_SECONDS
from s3_server import serving_s3

REGION = "eu-central-1"
MAIN = "import json, os, sys, beside\nprint(json.dumps([os.getpid(), sys.flags.isolated, beside.HERE]))"


def packed(main: str = MAIN) -> tuple[bytes, str]:
    """An archive that Python runs, and the name that it has by its digest."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("__main__.py", main)
        archive.writestr("beside.py", "HERE = True")
    return content.getvalue(), f"{hashlib.sha256(content.getvalue()).hexdigest()}.pyz"


class Container:
    """Where the entrypoint runs, with a directory for what it fetches."""

    def __init__(self, node: Node, directory: Path) -> None:
        node.set_up()
        self.path = node.root / "opt/modelyard/entrypoint/run"
        self.directory = directory

    def start(self, path: str = "", **variables: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(self.path)],
            env={"PATH": path or f"{Path(sys.executable).parent}:{os.environ['PATH']}", **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, **variables: str) -> tuple[int, str, str]:
        process = self.start(**variables)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
        return process.returncode, out, err

    def put(self, content: bytes, name: str) -> str:
        (self.directory / name).write_bytes(content)
        return f"file://{self.directory}/{name}"


@pytest.fixture
def container(node: Node, tmp_path: Path) -> Container:
    return Container(node, tmp_path)


@pytest.fixture(scope="module")
def store() -> Iterator[tuple[Any, dict[str, str]]]:
    """A bucket, and the variables by which it is reached."""
    with serving_s3() as endpoint:
        variables = {"AWS_REGION": REGION, "AWS_ENDPOINT_URL": endpoint}
        client = boto3.client(
            "s3",
            region_name=REGION,
            endpoint_url=variables["AWS_ENDPOINT_URL"],
            aws_access_key_id="AKIA",
            aws_secret_access_key="secret",
        )
        client.create_bucket(Bucket="checkpoints", CreateBucketConfiguration={"LocationConstraint": REGION})
        yield client, variables
        client.close()


KEYS = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token"}


def test_it_becomes_the_runtime_that_it_fetched(container: Container):
    process = container.start(MODELYARD_RUNTIME=container.put(*packed()))
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, err) == (0, "")
    assert json.loads(out) == [process.pid, 1, True]


def test_the_runtime_comes_from_s3(container: Container, store: Any):
    client, variables = store
    content, name = packed()
    client.put_object(Bucket="checkpoints", Key=f"runs/runtime/{name}", Body=content)
    uri = f"s3://checkpoints/runs/runtime/{name}"
    code, out, err = container.run(MODELYARD_RUNTIME=uri, **KEYS, **variables)
    assert (code, json.loads(out)[1:], err) == (0, [1, True], "")


def test_the_exit_code_is_the_runtimes(container: Container):
    uri = container.put(*packed("raise SystemExit(241)"))
    assert container.run(MODELYARD_RUNTIME=uri) == (241, "", "")


def test_what_is_not_what_its_name_says_is_not_run(container: Container):
    _, name = packed()
    uri = container.put(packed("print('not I')")[0], name)
    assert container.run(MODELYARD_RUNTIME=uri) == (242, "", f"modelyard: {uri} isn't what its name says\n")


def test_what_is_not_there_is_said(container: Container, store: Any):
    _, variables = store
    uri = f"s3://checkpoints/{'0' * 64}.pyz"
    code, _, err = container.run(MODELYARD_RUNTIME=uri, **KEYS, **variables)
    url = f"{variables['AWS_ENDPOINT_URL']}/checkpoints/{'0' * 64}.pyz"
    assert (code, err) == (242, f"modelyard: {url}: HTTP Error 404: NOT FOUND\n")


def test_without_a_runtime_it_says_how_jobs_come_here(container: Container):
    said = "modelyard: MODELYARD_RUNTIME isn't set: submit jobs by modelyard\n"
    assert container.run() == container.run(MODELYARD_RUNTIME="") == (2, "", said)


def test_an_image_without_python_is_told(container: Container, tmp_path: Path):
    programs = tmp_path / "bare"
    programs.mkdir()
    (programs / "sh").symlink_to(shutil.which("sh") or "sh")
    said = "modelyard: the image has no python3: 3.9 or newer is needed\n"
    assert container.run(path=str(programs), MODELYARD_RUNTIME="file:///x") == (2, "", said)


def test_without_a_role_it_says_so(container: Container):
    code, _, err = container.run(MODELYARD_RUNTIME="s3://checkpoints/x.pyz", AWS_REGION=REGION)
    assert (code, err) == (242, "modelyard: the job has no role\n")


class Cloud(BaseHTTPRequestHandler):
    """Gives credentials at /role, and objects to whoever signed with them; out for the first requests."""

    asked: list[tuple[str, dict[str, str]]]
    out: int
    content: bytes

    def do_GET(self) -> None:
        self.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        role = {"AccessKeyId": "ASIA", "SecretAccessKey": "role", "Token": "of the role"}
        body = json.dumps(role).encode() if self.path == "/role" else self.content
        type(self).out -= 1
        self.send_response(503 if self.out >= 0 else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def cloud() -> Iterator[tuple[type[Cloud], str]]:
    handler = type("Handler", (Cloud,), {"asked": [], "out": 0, "content": b""})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield handler, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_it_signs_as_the_container_s_role(container: Container, cloud: Any):
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    handler, address = cloud
    handler.content, name = packed()
    code, _, err = container.run(
        MODELYARD_RUNTIME=f"s3://checkpoints/a/prefix/{name}",
        AWS_REGION=REGION,
        AWS_ENDPOINT_URL=address,
        AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{address}/role",
        AWS_CONTAINER_AUTHORIZATION_TOKEN="of the task",
    )
    assert (code, err) == (0, "")
    (_, asked), (path, headers) = handler.asked
    assert asked["authorization"] == "of the task"
    assert path == f"/checkpoints/a/prefix/{name}"
    request = AWSRequest("GET", address + path, headers={"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"})
    request.context["timestamp"] = headers["x-amz-date"]
    signer = S3SigV4Auth(Credentials("ASIA", "role", "of the role"), "s3", REGION)
    request.headers["X-Amz-Date"] = headers["x-amz-date"]
    request.headers["X-Amz-Security-Token"] = "of the role"
    expected = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    assert headers["authorization"].endswith(f"Signature={expected}")
    assert headers["x-amz-security-token"] == "of the role"


def test_without_an_endpoint_of_its_own_it_is_the_region_s(container: Container):
    ask = (
        "import runpy, sys, urllib.request as web\n"
        "web.OpenerDirector.open = lambda _, request, timeout: sys.exit(request.full_url)\n"
        f"runpy.run_path({str(container.path.with_name('fetch'))!r})"
    )
    done = subprocess.run(
        [sys.executable, "-c", ask],
        env={"MODELYARD_RUNTIME": "s3://checkpoints/runs/x.pyz", "AWS_REGION": REGION, **KEYS},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == "https://checkpoints.s3.eu-central-1.amazonaws.com/runs/x.pyz\n"


def test_a_service_that_is_out_is_asked_again(container: Container, cloud: Any):
    handler, address = cloud
    handler.content, name = packed()
    handler.out = 1
    code, _, err = container.run(
        MODELYARD_RUNTIME=f"s3://checkpoints/{name}", AWS_REGION=REGION, AWS_ENDPOINT_URL=address, **KEYS
    )
    assert (code, err, len(handler.asked)) == (0, "", 2)


def test_a_proxy_of_the_environment_is_not_asked(container: Container, cloud: Any):
    handler, address = cloud
    handler.content, name = packed()
    nobody = "http://127.0.0.1:9"
    code, _, _ = container.run(
        MODELYARD_RUNTIME=f"s3://checkpoints/{name}",
        AWS_REGION=REGION,
        AWS_ENDPOINT_URL=address,
        http_proxy=nobody,
        https_proxy=nobody,
        **KEYS,
    )
    assert code == 0


def test_it_leaves_nothing_behind(container: Container, tmp_path: Path):
    uri = container.put(*packed())
    temporary = tmp_path / "tmp"
    temporary.mkdir(mode=0o555)
    assert container.run(MODELYARD_RUNTIME=uri, TMPDIR=str(temporary))[0] == 0
    assert list(temporary.iterdir()) == []
