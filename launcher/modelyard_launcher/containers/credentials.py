"""Credentials for containers of this machine, where the user's own are a profile or a login.

A container has no home directory of the user's, runs as another user, and its entrypoint knows only what a
cluster gives: keys, or the address of whoever gives them out. So the launcher gives them out, on the loopback
interface, to who knows the token (AWS SDKs and Tools Reference Guide, "Container credential provider",
2026-11). They are renewed as often as they are asked for, and nothing is written down.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from modelyard.errors import SurroundingsError
from modelyard_launcher.access import IDENTITY

_LASTS = timedelta(hours=1)
"""How long what is given out is said to last: it is asked for again before."""

_KEY = "AWS_ACCESS_KEY_ID"


@contextmanager
def reachable(given: Mapping[str, str]) -> Generator[dict[str, str]]:
    """What is given to a job's processes, as a container can use it, while it is wanted.

    Raises SurroundingsError if the user is nobody.
    """
    if "AWS_REGION" not in given or _KEY in given or "AWS_ENDPOINT_URL" in given:
        yield dict(given)  # there are keys, or no store is on S3
        return
    kept = {name: value for name, value in given.items() if name not in IDENTITY}
    token = secrets.token_urlsafe(32)
    server = _Server(token, _own_credentials())
    thread = threading.Thread(target=server.serve_forever, name="modelyard-credentials", daemon=True)
    thread.start()
    try:
        yield {
            **kept,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://127.0.0.1:{server.server_port}/",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": token,
        }
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _own_credentials() -> Any:
    import boto3

    found = boto3.Session().get_credentials()
    if found is None:
        raise SurroundingsError(
            "there are no AWS credentials that containers could be given",
            "log in, or set AWS_PROFILE; check `aws sts get-caller-identity`",
        )
    return found


class _Server(ThreadingHTTPServer):
    """Gives credentials to who knows the token."""

    daemon_threads = True

    def __init__(self, token: str, credentials: Any) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.token = token
        self.credentials = credentials


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer with the credentials as they are now."""
        server, given = self.server, self.headers.get("Authorization", "")
        assert isinstance(server, _Server)  # noqa: S101 (nobody else serves it)
        if not secrets.compare_digest(given.encode(), server.token.encode()):
            self.send_error(403)
            return
        try:
            now = server.credentials.get_frozen_credentials()
        except Exception:  # noqa: BLE001 (whatever it is, the container tries again)
            self.send_error(503)
            return
        content = json.dumps(
            {
                "AccessKeyId": now.access_key,
                "SecretAccessKey": now.secret_key,
                "Token": now.token,
                "Expiration": f"{datetime.now(UTC) + _LASTS:%Y-%m-%dT%H:%M:%SZ}",
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (as http.server has it)
        """Say nothing: standard error is the job's."""
