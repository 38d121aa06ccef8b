"""What differs between the clouds that the demo goes its way on."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from modelyard.environment.clouds import Environment
    from modelyard_cli.demo.checkpoint import Checkpoint
    from modelyard_launcher.clouds import AnyTarget
    from modelyard_launcher.records import RunRecord
    from modelyard_launcher.target import Place
    from modelyard_sandbox.sandbox import Sandbox

WAYS = {"aws": "modelyard_cli.demo.aws:AwsWay", "azure": "modelyard_cli.demo.azure:AzureWay"}
"""Where each cloud's way is; it is imported when it is gone."""


class Way(Protocol):
    """One cloud's part in the demo."""

    environment_name: str
    """The environment that is built."""
    stand_in: str
    """What the sandbox stands in for."""
    backend: str
    """Where the job runs."""
    trains: str
    """What the job does there, for the stage's title."""
    dataset_place: str
    """What the dataset is put into."""

    def check_machine(self) -> None:
        """Refuse a machine that lacks what the way needs: it would end half-way. Raises SurroundingsError."""
        ...

    def prepare(self, sandbox: Sandbox, environment: Environment) -> list[str]:
        """Do what has to be done beside `up`; what is told of it."""
        ...

    def variables(self, sandbox: Sandbox, environment: Environment) -> Mapping[str, str]:
        """Variables by which launcher and training programs find the sandbox."""
        ...

    def datasets_uri(self, target: AnyTarget) -> str:
        """Where training reads."""
        ...

    def examine(self, sandbox: Sandbox, place: Place, target: AnyTarget, record: RunRecord) -> Checkpoint:
        """Look at the checkpoint as an auditor would."""
        ...


def way_of(cloud: str) -> Way:
    """The way on a cloud. Raises KeyError for one that there is none on."""
    module, _, name = WAYS[cloud].partition(":")
    return getattr(import_module(module), name)()
