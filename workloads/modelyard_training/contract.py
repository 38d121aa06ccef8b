"""The job contract: what every training process finds in its environment, whoever started it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from modelyard_training.errors import ContractError

_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


@dataclass(frozen=True, slots=True)
class JobContext:
    """One process of a job: its place among the others, and where its data comes from and goes to."""

    node_rank: int
    """Rank of this process, from 0 (NODE_RANK)."""
    num_nodes: int
    """Processes in the job, one a node (NUM_NODES)."""
    gpus_per_node: int
    """Accelerators that this process drives; 0 means that it trains on the CPU (GPUS_PER_NODE)."""
    master_addr: str
    """Name or address of the node of rank 0 (MASTER_ADDR)."""
    master_port: int
    """Port on which rank 0 waits for the others (MASTER_PORT)."""
    run_id: str
    """The run; attempts at the same run share it and its checkpoints (MODELYARD_RUN_ID)."""
    attempt: int
    """Which attempt at the run this is (MODELYARD_ATTEMPT)."""
    datasets_uri: str
    """Store that holds the datasets: s3://bucket/prefix, https://account.blob.core.windows.net/container/prefix
    or file:///directory (MODELYARD_DATASETS)."""
    checkpoints_uri: str
    """Store that takes checkpoints and the run's result, same forms (MODELYARD_CHECKPOINTS)."""
    metrics_path: Path
    """File that takes JSON lines (MODELYARD_METRICS)."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> JobContext:
        """Read the contract's variables.

        Raises:
            ContractError: naming every variable that is missing or malformed, with what was given.
        """
        reader = _Reader(environ)
        num_nodes = reader.integer("NUM_NODES", 1)
        context = cls(
            node_rank=reader.integer("NODE_RANK", 0, num_nodes - 1),
            num_nodes=num_nodes,
            gpus_per_node=reader.integer("GPUS_PER_NODE", 0),
            master_addr=reader.text("MASTER_ADDR"),
            master_port=reader.integer("MASTER_PORT", 1, 65535),
            run_id=reader.run_id("MODELYARD_RUN_ID"),
            attempt=reader.integer("MODELYARD_ATTEMPT", 0),
            datasets_uri=reader.uri("MODELYARD_DATASETS"),
            checkpoints_uri=reader.uri("MODELYARD_CHECKPOINTS"),
            metrics_path=Path(reader.text("MODELYARD_METRICS")),
        )
        if reader.problems:
            raise ContractError("the job contract is not met:\n" + "\n".join(reader.problems))
        return context

    @property
    def is_first(self) -> bool:
        """Whether this process writes what the job writes once: checkpoints, metrics, result."""
        return self.node_rank == 0


class _Reader:
    """Reads variables and collects what is wrong with them, so that one error can name them all."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[str] = []

    def text(self, name: str) -> str:
        value = self._environ.get(name, "")
        if not value:
            self.problems.append(f"  {name} is not set")
        return value

    def integer(self, name: str, lowest: int, highest: int | None = None) -> int:
        value = self.text(name)
        if not value:
            return lowest
        number = int(value) if re.fullmatch(r"-?[0-9]{1,18}", value) else None
        if number is not None and number >= lowest and (highest is None or number <= highest):
            return number
        bounds = f"of {lowest} or more" if highest is None else f"from {lowest} to {highest}"
        self.problems.append(f"  {name} is {value!r}; a whole number {bounds} is needed")
        return lowest

    def run_id(self, name: str) -> str:
        value = self.text(name)
        if value and not _RUN_ID.fullmatch(value):
            self.problems.append(
                f"  {name} is {value!r}; 1 to 128 letters, digits, dots, dashes and underscores are needed, "
                "a letter or digit first"
            )
        return value

    def uri(self, name: str) -> str:
        value = self.text(name)
        if value and "://" not in value:
            self.problems.append(
                f"  {name} is {value!r}; a URI is needed, as s3://bucket/prefix or file:///directory"
            )
        return value
