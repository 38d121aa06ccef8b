"""Jobs of Machine Learning in a sandbox that runs them: what their tests share."""

from __future__ import annotations

import itertools
import json
import os
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from arming import ACCOUNT, BLOBS, GROUP, LOCATION, NETWORK, VAULT, account, network, subnet, vault
from azure_ml import ML, compute, workspace
from azurite_yard import answered
from patience import GONE_SECONDS, eventually

from modelyard_sandbox.azurite.accounts import signed
from modelyard_sandbox.sandbox import Sandbox

API = "2025-12-01"
VERSIONS = {
    "Microsoft.Network": "2024-05-01",
    "Microsoft.Storage": "2024-01-01",
    "Microsoft.KeyVault": "2024-11-01",
    "Microsoft.ManagedIdentity": "2023-01-31",
    "Microsoft.MachineLearningServices": API,
}
OVER = ("Completed", "Failed", "Canceled")
IMAGE = "mcr.example.com/train@sha256:" + "0" * 64
_numbers = itertools.count(1)


@dataclass
class Yard:
    """A workspace of one's own, with a cluster, in a sandbox."""

    sandbox: Sandbox
    number: int = field(default_factory=lambda: next(_numbers))
    marker: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __post_init__(self) -> None:
        self.account = f"mldata{self.number}"
        self.workspace = f"{ML}/workspaces/ml-{self.number}"
        self.compute = f"{self.workspace}/computes/gpu"
        self.environment = f"{self.workspace}/environments/train/versions/1"
        mine = {ACCOUNT: ACCOUNT.replace("account1", self.account), VAULT: f"{VAULT}{self.number}"}
        self.arm("PUT", GROUP, {"location": LOCATION})
        parts = {NETWORK: network(subnets=[{"name": "nodes", **subnet("10.0.0.0/24")}])}
        for id_, body in {
            **parts,
            mine[ACCOUNT]: account(),
            mine[VAULT]: vault(enablePurgeProtection=True),
        }.items():
            self.arm("PUT", id_, body)
        made_of = {"storageAccount": mine[ACCOUNT], "keyVault": mine[VAULT]}
        self.made("PUT", self.workspace, workspace(**made_of))
        self.made("PUT", self.compute, compute(most=2))
        self.arm("PUT", self.environment, {"properties": {"image": IMAGE}})

    def call(self, method: str, path: str, body: Any = None, **query: str) -> tuple[int, Any, dict[str, str]]:
        """Status, document and headers of an answer of the resource manager."""
        namespace = path.rpartition("/providers/")[2].partition("/")[0]
        asked = {"api-version": VERSIONS.get(namespace, "2024-03-01"), **query}
        url = f"{self.sandbox.must_run().azure_endpoint}{path}?" + "&".join(
            f"{name}={quote(value)}" for name, value in asked.items()
        )
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = Request(url, data, headers, method=method)  # noqa: S310  (loopback)
        try:
            with urlopen(request) as answer:  # noqa: S310  (loopback)
                content = answer.read()
                return answer.status, json.loads(content) if content else None, dict(answer.headers)
        except HTTPError as error:
            with error:
                return error.code, json.loads(error.read()), dict(error.headers)

    def arm(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """The document of an answer that must be one."""
        status, document, _ = self.call(method, path, body, **query)
        assert status < 300, document
        return document

    def made(self, method: str, path: str, body: Any) -> None:
        """Carry something out to its end."""
        status, document, headers = self.call(method, path, body)
        assert status < 300, document
        work = headers.get("Azure-AsyncOperation")

        def state() -> str:
            assert work is not None
            return json.loads(answered(work)[1])["status"]

        if work is not None:
            eventually(lambda: state() == "Succeeded")

    def job(self, name: str) -> str:
        """A job's id."""
        return f"{self.workspace}/jobs/{name}"

    def document(self, command: str, **properties: Any) -> dict[str, Any]:
        """A command job's document; its processes carry the marker."""
        variables = {"MARKER": self.marker, **properties.pop("environmentVariables", {})}
        return {
            "properties": {
                "jobType": "Command",
                "computeId": self.compute,
                "environmentId": self.environment,
                "command": command,
                "environmentVariables": variables,
                **properties,
            }
        }

    def submit(self, command: str, **properties: Any) -> str:
        """The name of a new job."""
        name = f"job-{next(_numbers)}"
        self.arm("PUT", self.job(name), self.document(command, **properties))
        return name

    def status(self, name: str) -> str:
        """A job's state."""
        return self.arm("GET", self.job(name))["properties"]["status"]

    def when(self, name: str, *statuses: str) -> str:
        """A job's state, once it is one of these. A trial of a sweep is there a moment after its sweep."""

        def there() -> str | None:
            status, document, _ = self.call("GET", self.job(name))
            if status == 404:
                return None
            assert status < 300, document
            found: str = document["properties"]["status"]
            assert found in statuses or found not in OVER, (found, self.details(name), self.logs(name))
            return found if found in statuses else None

        return eventually(there)

    def ended(self, name: str) -> str:
        """A job's last state."""
        return self.when(name, *OVER)

    def run(self, command: str, **properties: Any) -> tuple[str, str]:
        """A new job's name, and its last state."""
        name = self.submit(command, **properties)
        return name, self.ended(name)

    def cancel(self, name: str) -> tuple[int, dict[str, str]]:
        """Status and headers of the answer to a cancellation."""
        status, _, headers = self.call("POST", f"{self.job(name)}/cancel")
        return status, headers

    def details(self, name: str) -> dict[str, Any]:
        """What run history says of a job."""
        return self.arm("GET", f"/history/v1.0{self.workspace}/runs/{name}/details")

    def logs(self, name: str) -> dict[str, str]:
        """The logs of a job, by their names."""
        files: dict[str, str] = self.details(name)["logFiles"]
        return {log: answered(url)[1].decode() for log, url in files.items()}

    def log(self, name: str) -> str:
        """The log of a job with one process."""
        return self.logs(name)["user_logs/std_log.txt"]

    def error(self, name: str) -> dict[str, Any]:
        """Why a job has failed."""
        return self.details(name)["error"]["error"]

    def nodes(self) -> dict[str, int]:
        """How many nodes the cluster has in which state, without those of which there is none."""
        counts = self.arm("GET", self.compute)["properties"]["properties"]["nodeStateCounts"]
        return {name.removesuffix("NodeCount"): count for name, count in counts.items() if count}

    def container(self, name: str) -> None:
        """Make a container, and a datastore of the same name."""
        self.arm("PUT", f"{BLOBS.replace('account1', self.account)}/containers/{name}", {"properties": {}})
        properties = {
            "datastoreType": "AzureBlob",
            "accountName": self.account,
            "containerName": name,
            "credentials": {"credentialsType": "None"},
        }
        self.arm("PUT", f"{self.workspace}/datastores/{name}", {"properties": properties})

    def blob(self, path: str, content: bytes | None = None) -> bytes | None:
        """A blob's content, or None if there is none; with content it is written."""
        url = f"{self.sandbox.status().blob_endpoint}/{self.account}/{quote(path)}"
        headers = {} if content is None else {"x-ms-blob-type": "BlockBlob"}
        method = "GET" if content is None else "PUT"
        status, found = answered(signed(method, url, self.account, content, headers))
        assert status in (200, 201, 404), found
        return None if status == 404 else found

    def code(self, **files: str) -> str:
        """The id of code with these files; a name's `__` is a dot."""
        number = next(_numbers)
        self.container("code")
        for name, content in files.items():
            self.blob(f"code/{number}/{name.replace('__', '.')}", content.encode())
        id_ = f"{self.workspace}/codes/code-{number}/versions/1"
        uri = f"https://{self.account}.blob.core.windows.net/code/{number}"
        self.arm("PUT", id_, {"properties": {"codeUri": uri}})
        return id_

    def processes(self) -> list[int]:
        """Every process that carries the marker."""
        found: list[int] = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                if f"MARKER={self.marker}".encode() in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
        return found

    def leave_nothing(self) -> None:
        """No process of the jobs is left, or will be in a moment."""
        try:
            eventually(lambda: not self.processes(), GONE_SECONDS)
        finally:
            for pid in self.processes():
                os.kill(pid, 9)


def uri(container: str, path: str) -> str:
    """A place in a datastore."""
    return f"azureml://datastores/{container}/paths/{path}"
