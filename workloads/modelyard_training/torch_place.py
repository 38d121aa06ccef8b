"""Where a PyTorch process stands among those of its job, and on which device it computes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from modelyard_training.contract import JobContext
from modelyard_training.errors import ContractError, RendezvousError

_NAMES = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE")


@dataclass(frozen=True, slots=True)
class Place:
    """One process among all processes of the job, of which a node may run several."""

    rank: int
    """From 0, over all nodes (RANK)."""
    world_size: int
    """Processes in the job (WORLD_SIZE)."""
    local_rank: int
    """From 0, on this node (LOCAL_RANK)."""
    local_world_size: int
    """Processes on this node (LOCAL_WORLD_SIZE)."""
    device: str
    """`cpu`, or `cuda:N` with N the local rank."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], context: JobContext) -> Place:
        """Read torchrun's variables; a process that has none of them is the only one of its node.

        Raises:
            ContractError: if they can't be true together, or don't fit the job contract.
        """
        given = _numbers(environ)
        local_world_size = given.get("LOCAL_WORLD_SIZE", 1)
        place = cls(
            rank=given.get("RANK", context.node_rank),
            world_size=given.get("WORLD_SIZE", context.num_nodes),
            local_rank=given.get("LOCAL_RANK", 0),
            local_world_size=local_world_size,
            device=f"cuda:{given.get('LOCAL_RANK', 0)}" if context.gpus_per_node else "cpu",
        )
        place._check(context)
        return place

    @property
    def is_first(self) -> bool:
        """Whether this process writes what the job writes once: manifests, metrics, result."""
        return self.rank == 0

    def _check(self, context: JobContext) -> None:
        if self.rank >= self.world_size or self.local_rank >= self.local_world_size:
            raise ContractError(
                f"RANK {self.rank} of WORLD_SIZE {self.world_size}, LOCAL_RANK {self.local_rank} of "
                f"LOCAL_WORLD_SIZE {self.local_world_size}: ranks count from 0 and stay below the size"
            )
        if context.gpus_per_node not in (0, self.local_world_size):
            raise ContractError(
                f"node {context.node_rank} has {context.gpus_per_node} accelerators and "
                f"{self.local_world_size} processes, but each process drives one; start the program by "
                "`python -m modelyard_training.torch_launch` or `torchrun --nproc-per-node=$GPUS_PER_NODE`"
            )
        if self.world_size != context.num_nodes * self.local_world_size:
            raise ContractError(
                f"WORLD_SIZE is {self.world_size}, but NUM_NODES is {context.num_nodes}, with "
                f"{self.local_world_size} processes on this node; every node has to start as many"
            )


def check_pytorch() -> None:
    """RendezvousError if PyTorch isn't installed, without importing it."""
    if find_spec("torch") is None:
        raise RendezvousError(
            "PyTorch isn't installed here: `make pytorch` in a clone of modelyard, or "
            "`pip install 'modelyard[pytorch]'`; 5 GB"
        )


def _numbers(environ: Mapping[str, str]) -> dict[str, int]:
    given = {name: environ[name] for name in _NAMES if environ.get(name)}
    wrong = [f"{name} is {text!r}" for name, text in given.items() if not re.fullmatch(r"[0-9]{1,9}", text)]
    if wrong:
        raise ContractError(f"{', '.join(wrong)}; whole numbers of 0 or more are needed")
    if ("RANK" in given) != ("WORLD_SIZE" in given):
        raise ContractError("of RANK and WORLD_SIZE only one is set; set both, as torchrun does, or neither")
    return {name: int(text) for name, text in given.items()}
