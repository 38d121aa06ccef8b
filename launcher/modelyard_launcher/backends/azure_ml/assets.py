"""What a job in a workspace refers to: the code that starts nodes, and the environment that is its image.

Neither can be changed once it is made, and both are named by their content: they are made once. The job's
own files are not among the code: nodes fetch them from the checkpoint store, as on every backend.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from modelyard.outputs.azure import AzureLaunchTarget
from modelyard_launcher.azure.arm import Arm
from modelyard_launcher.azure.refusals import ArmRefusedError
from modelyard_launcher.backends.azure_ml.importing import with_import
from modelyard_launcher.backends.azure_ml.names import (
    API_VERSION,
    BACKEND,
    code_path,
    code_prefix,
    environment_path,
)
from modelyard_launcher.plan import Call
from modelyard_launcher.stores import Store
from modelyard_launcher.submission_calls import UNLESS_THERE, StoreCalls
from modelyard_launcher.uploads import Runtime

START = "start.py"
RUNTIME = "runtime.pyz"

_SOURCE = Path(__file__).with_name(START)


@dataclass(frozen=True)
class Code:
    """The files that nodes start with: the same for all jobs of a version of modelyard."""

    runtime: Runtime

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """Content by name."""
        return {START: _SOURCE.read_bytes(), RUNTIME: self.runtime.data}

    @cached_property
    def sha256(self) -> str:
        """SHA-256 over names and contents."""
        whole = hashlib.sha256()
        for name, content in sorted(self.files.items()):
            whole.update(f"{name} {hashlib.sha256(content).hexdigest()}\n".encode())
        return whole.hexdigest()

    def objects(self) -> Iterator[tuple[str, bytes]]:
        """Key in the checkpoint store, and content."""
        for name, content in self.files.items():
            yield f"{code_prefix(self.sha256)}{name}", content

    def uri(self, target: AzureLaunchTarget) -> str:
        """The folder that the workspace is told of."""
        return f"{target.stores.checkpoints.uri.rstrip('/')}/{code_prefix(self.sha256).rstrip('/')}"


@dataclass(frozen=True, slots=True)
class Asset:
    """A version that is made unless it is there."""

    path: str
    body: Mapping[str, Any]


def assets_of(target: AzureLaunchTarget, code: Code, image: str) -> tuple[Asset, Asset]:
    """Code and environment of a job."""
    about = {"tags": {**target.tags, "environment": target.environment}}
    return (
        Asset(code_path(target, code.sha256), {"properties": {"codeUri": code.uri(target), **about}}),
        Asset(environment_path(target, image), {"properties": {"image": image, "osType": "Linux", **about}}),
    )


def make_ready(arm: Arm, store: Store, code: Code, assets: tuple[Asset, ...]) -> None:
    """Upload the code and make what isn't there; of several who do it at once, all do the same."""
    for key, content in code.objects():
        if store.size(key) != len(content):
            store.put(key, content)
    for asset in assets:
        if arm.find(asset.path, API_VERSION) is None:
            try:
                arm.put(asset.path, API_VERSION, dict(asset.body))
            except ArmRefusedError as error:
                if arm.find(asset.path, API_VERSION) is not None:
                    continue  # somebody made it meanwhile, and a version can't be written again
                raise with_import(error, asset.body["properties"].get("image", "")) from error


def prepare_calls(target: AzureLaunchTarget, code: Code, assets: tuple[Asset, ...]) -> list[Call]:
    """The calls of that, as a plan shows them."""
    store = StoreCalls(target.stores.checkpoints.uri)
    calls: list[Call] = []
    for key, content in code.objects():
        told = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        calls += [store.look(key), store.put(key, told, note=UNLESS_THERE)]
    for asset in assets:
        calls.append(Call(BACKEND, "GET", {"path": asset.path, "api-version": API_VERSION}))
        put = {"path": asset.path, "api-version": API_VERSION, "body": dict(asset.body)}
        calls.append(Call(BACKEND, "PUT", put, UNLESS_THERE))
    return calls
