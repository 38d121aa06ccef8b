"""A subscription of a resource manager of one's own, and an environment in it: for tests of the command line."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from previewing import ROOT
from werkzeug.serving import make_server
from werkzeug.test import Client

from modelyard.environment.load import load_environment
from modelyard_cli.main import run
from modelyard_sandbox.azure.manager.application import ResourceManager

VERSIONS = {
    "Microsoft.Authorization/locks": "2020-05-01",
    "Microsoft.Authorization/roleAssignments": "2022-04-01",
    "Microsoft.Authorization/roleDefinitions": "2022-04-01",
    "Microsoft.KeyVault": "2024-11-01",
    "Microsoft.Consumption": "2024-08-01",
    "Microsoft.ManagedIdentity": "2023-01-31",
    "Microsoft.OperationalInsights": "2023-09-01",
    "Microsoft.Storage": "2024-01-01",
}


@dataclass
class Refusal:
    """An answer to the next calls of a method to a path that ends so."""

    method: str
    ending: str
    status: int
    code: str
    message: str
    times: int


@dataclass
class Subscription:
    """The subscription, the file of an environment in it, and what was asked of it."""

    path: Path
    manager: ResourceManager = field(default_factory=ResourceManager)
    calls: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    refusals: list[Refusal] = field(default_factory=list[Refusal])
    id: str = "7d0c2f6e-1b5a-4c3d-9e1f-0a1b2c3d4e5f"

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request, unless it is to be refused."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        self.calls.append((method, path))
        for refusal in self.refusals:
            if refusal.times and refusal.method == method and path.endswith(refusal.ending):
                refusal.times -= 1
                body = json.dumps({"error": {"code": refusal.code, "message": refusal.message}}).encode()
                start_response(f"{refusal.status} refused", [("Content-Type", "application/json")])
                return [body]
        return self.manager(environ, start_response)

    @property
    def home(self) -> str:
        return f"/subscriptions/{self.id}"

    def write(self, name: str = "azure-dev", **changes: Any) -> str:
        """Write the environment's file, as a stack has it but for what is changed; its name."""
        fields = load_environment(name, root=ROOT).model_dump(mode="json", exclude_unset=True)
        self.path.write_text(yaml.safe_dump({**fields, "subscription_id": self.id, **changes}))
        return str(self.path)

    def refuse(self, method: str, ending: str, status: int, code: str, message: str, times: int = 1) -> None:
        """Refuse the next calls that are such."""
        self.refusals.append(Refusal(method, ending, status, code, message, times))

    def bootstrap(self, *arguments: str) -> int:
        """Run the command; its exit code."""
        return run(["bootstrap", "azure", str(self.path), *arguments])

    def applied(self, *arguments: str) -> int:
        """Run it to the end."""
        return self.bootstrap("--apply", "--yes", *arguments)

    def written(self) -> list[tuple[str, str]]:
        """The calls that change something."""
        return [call for call in self.calls if call[0] != "GET"]

    def arm(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Ask the resource manager, as somebody else would, to the end of its work; what it answers."""
        type_ = [*path.rpartition("/providers/")[2].split("/"), ""]
        version = VERSIONS.get("/".join(type_[:2]), VERSIONS.get(type_[0], "2024-03-01"))
        client = Client(self.manager)
        answer = client.open(path, method=method, json=body, query_string={"api-version": version})
        assert answer.status_code < 300, answer.get_data(as_text=True)
        work = answer.headers.get("Azure-AsyncOperation")
        while work and client.get(work).get_json()["status"] == "InProgress":
            pass
        return answer.get_json() if answer.data else {}


@contextmanager
def subscription_of_ones_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Subscription]:
    """A subscription in which nothing stands; whoever runs a command is in it."""
    made = Subscription(folder / "lab.yaml")
    server = make_server("127.0.0.1", 0, made, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("MODELYARD_ARM_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr("modelyard_cli.bootstrap.azure.providers.POLL_SECONDS", 0.01)
    monkeypatch.setattr("modelyard_cli.bootstrap.azure.patience.POLL_SECONDS", 0.01)
    monkeypatch.setattr("modelyard_launcher.azure.work.POLL_SECONDS", 0.01)
    made.write()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()
