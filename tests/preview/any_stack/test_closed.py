"""A program runs without credentials and without a network, and is told where it asks for either."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from modelyard.errors import InputError, Problem
from modelyard_policies.graph import Node
from modelyard_preview.engine.closed import is_credential
from modelyard_preview.subjects import Subject

CALLS = {
    "create_connection": (
        "import socket\nsocket.create_connection(('db.internal', 5432))",
        "db.internal:5432",
    ),
    "connect": ("import socket\nwith socket.socket() as one: one.connect(('10.0.0.1', 22))", "10.0.0.1:22"),
    "connect_ex": (
        "import socket\nwith socket.socket() as one: one.connect_ex(('10.0.0.1', 22))",
        "10.0.0.1:22",
    ),
    "sendto": (
        "import socket\nwith socket.socket(type=socket.SOCK_DGRAM) as one: one.sendto(b'x', ('10.0.0.1', 53))",
        "10.0.0.1:53",
    ),
    "a socket file": (
        "import socket\nwith socket.socket(socket.AF_UNIX) as one: one.connect('/run/docker.sock')",
        "/run/docker.sock",
    ),
    "getaddrinfo": ("import socket\nsocket.getaddrinfo('example.org', 443)", "example.org"),
    "gethostbyname": ("import socket\nsocket.gethostbyname('example.org')", "example.org"),
    "urllib": (
        "import urllib.request\nurllib.request.urlopen('https://api.example.com/x')",
        "api.example.com:443",
    ),
    "httpx": ("import httpx\nhttpx.get('https://api.example.com/x')", "api.example.com:443"),
    "asyncio": (
        (
            "async def main():\n    await asyncio.open_connection('example.org', 80)\n"
            "import asyncio, pulumi\npulumi.run(main)"
        ),
        "example.org",
    ),
}


@pytest.mark.parametrize("case", CALLS)
def test_a_call_out_is_refused_at_its_line(case: str, problem: Callable[..., Problem]) -> None:
    program, target = CALLS[case]
    assert str(problem(program)) == (
        "shop/__main__.py:2\n"
        f"  the program opens a connection to {target} here; a preview runs without a network\n"
        f"  given: a connection to {target}\n"
        "  allowed here: resources, data sources, files of the program, configuration\n"
        "  mend: pass what it asks for in by configuration, or leave the call out in a preview"
    )


def test_a_call_from_a_thread_is_refused_too(
    problem: Callable[..., Problem], capsys: pytest.CaptureFixture[str]
) -> None:
    found = problem("""\
        import socket, threading

        def ask():
            socket.create_connection(("db.internal", 5432))

        threading.Thread(target=ask).start()
        """)
    assert (found.file, found.line) == ("shop/__main__.py", 4)
    assert found.given == "a connection to db.internal:5432"
    assert capsys.readouterr().err == ""


def test_a_call_from_a_pool_of_threads_is_refused_too(problem: Callable[..., Problem]) -> None:
    found = problem("""\
        import socket
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor() as pool:
            pool.submit(lambda: socket.create_connection(("db.internal", 5432))).result()
        """)
    assert (found.line, found.given) == (4, "a connection to db.internal:5432")


def test_a_call_that_the_program_goes_on_without_is_noted(load: Callable[..., Subject]) -> None:
    subject = load("""\
        import urllib.request
        import pulumi_aws as aws
        try:
            urllib.request.urlopen("https://api.example.com/x")
        except Exception:
            pass
        aws.kms.Key("key")
        """)
    assert subject.notes.connections == ("a connection to api.example.com:443 at shop/__main__.py:4",)
    assert [node.name for node in subject.graph.resources] == ["shop-dev", "key"]


def test_a_library_that_looks_for_credentials_is_told_there_are_none(
    problem: Callable[..., Problem], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    found = problem("import boto3\nboto3.client('sts', region_name='us-east-1').get_caller_identity()\n")
    assert found.line == 2
    assert found.message == (
        "the program raises NoCredentialsError: Unable to locate credentials; a preview runs without credentials"
    )
    assert found.mend == "pass what it asks for in by configuration, or leave the call out in a preview"


def test_credentials_are_gone_for_the_run_and_for_what_it_starts(
    nodes: Callable[..., dict[str, Node]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (
        "AWS_PROFILE",
        "PULUMI_ACCESS_TOKEN",
        "KUBECONFIG",
        "GITHUB_TOKEN",
        "GITHUB_SHA",
        "DB_PASSWORD",
    ):
        monkeypatch.setenv(name, "given")
    before = dict(os.environ)
    found = nodes("""\
        import json, os, subprocess, sys
        import pulumi_aws as aws
        names = ["AWS_PROFILE", "PULUMI_ACCESS_TOKEN", "KUBECONFIG", "GITHUB_TOKEN", "GITHUB_SHA", "DB_PASSWORD"]
        child = "import os, json; print(json.dumps(dict(os.environ)))"
        seen = json.loads(subprocess.check_output([sys.executable, "-c", child]))
        os.environ["OWN"] = "set"
        aws.s3.Bucket("bucket", tags={
            "here": ",".join(name for name in names if os.environ.get(name) == "given"),
            "there": ",".join(name for name in names if seen.get(name) == "given"),
            "files": seen["AWS_SHARED_CREDENTIALS_FILE"],
        })
        """)
    expected = {"here": "GITHUB_SHA", "there": "GITHUB_SHA", "files": os.devnull}
    assert found["bucket"].properties["tags"] == expected
    assert dict(os.environ) == before


@pytest.mark.parametrize(
    "name",
    [
        "AWS_REGION", "ARM_CLIENT_SECRET", "AZURE_CLIENT_ID", "GOOGLE_APPLICATION_CREDENTIALS", "KUBECONFIG",
        "PULUMI_CONFIG_PASSPHRASE", "SSH_AUTH_SOCK", "NPM_TOKEN", "db_password", "STRIPE_API_KEY", "APIKEY",
        "DEPLOY_PRIVATE_KEY", "ACTIONS_ID_TOKEN_REQUEST_URL",
    ],
)  # fmt: skip
def test_a_credential_is_known_by_its_name(name: str) -> None:
    assert is_credential(name)


@pytest.mark.parametrize(
    "name", ["PATH", "HOME", "GITHUB_SHA", "CI", "MONKEY_KEYBOARD", "PATTERN", "TOKENIZER"]
)
def test_other_variables_stay(name: str) -> None:
    assert not is_credential(name)


@pytest.mark.parametrize("program", ["x = 1", "1 / 0", "import socket; socket.getaddrinfo('a', 1)"])
def test_afterwards_there_is_a_network_again(program: str, load: Callable[..., Subject]) -> None:
    names = ("connect", "connect_ex", "sendto")
    before = [getattr(socket.socket, name) for name in names], socket.getaddrinfo, threading.excepthook
    if program == "x = 1":
        load(program)
    else:
        with pytest.raises(InputError):
            load(program)
    assert before == (
        [getattr(socket.socket, name) for name in names],
        socket.getaddrinfo,
        threading.excepthook,
    )


def test_a_thread_of_the_program_is_waited_for(load: Callable[..., Subject]) -> None:
    load("""\
        import pathlib, threading
        written = threading.Event()

        def work():
            written.wait(0.05)
            pathlib.Path("done.txt").write_text("done")

        threading.Thread(target=work).start()
        """)
    assert Path("shop/done.txt").read_text() == "done"


def test_an_error_of_a_thread_is_shown_as_python_shows_it(
    load: Callable[..., Subject], capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[BaseException | None] = []
    original, threading.excepthook = threading.excepthook, lambda args: told.append(args.exc_value)
    try:
        load("import threading\nthreading.Thread(target=lambda: 1 / 0).start()\n")
    finally:
        threading.excepthook = original
    assert [type(each) for each in told] == [ZeroDivisionError]
