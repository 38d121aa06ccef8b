"""`server.json`: which server serves a sandbox's directory."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from modelyard_sandbox.files import write_private
from modelyard_sandbox.process import ProcessIdentity


@dataclass(frozen=True, slots=True)
class ServerRecord:
    """A server that answers, or did."""

    process: ProcessIdentity
    port: int
    """Of AWS."""
    azure_port: int = 0
    """Of Azure's resource manager."""
    blob_port: int = 0
    """Of the blobs of Azure's accounts; 0 while nobody serves them."""

    @staticmethod
    def path(directory: Path) -> Path:
        """Where the record lies."""
        return directory / "server.json"

    @classmethod
    def read(cls, directory: Path) -> ServerRecord | None:
        """The record as it was written, whether its server still runs or not; None without one that can
        be read.
        """
        try:
            document = json.loads(cls.path(directory).read_text())
            process = ProcessIdentity(int(document["pid"]), str(document["started"]))
            ports = (document["port"], document["azurePort"], document.get("blobPort", 0))
            return cls(process, *(int(port) for port in ports))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def write(self, directory: Path) -> None:
        """Write the record whole or not at all."""
        document = {
            "pid": self.process.pid,
            "started": self.process.started,
            "port": self.port,
            "azurePort": self.azure_port,
            "blobPort": self.blob_port,
        }
        write_private(self.path(directory), json.dumps(document) + "\n")

    @property
    def name(self) -> str:
        """Names this very server: a state belongs to one."""
        return f"{self.process.pid}@{self.process.started}"

    @property
    def endpoint(self) -> str:
        """Where it answers for AWS."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def azure_endpoint(self) -> str:
        """Where it answers for Azure's resource manager."""
        return f"http://127.0.0.1:{self.azure_port}"

    @property
    def blob_endpoint(self) -> str | None:
        """Where blobs of Azure's accounts are, each one's under its name; None while nobody serves them."""
        return f"http://127.0.0.1:{self.blob_port}" if self.blob_port else None
