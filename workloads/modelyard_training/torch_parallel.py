"""One model on all processes: DDP, where each has all of it, or FSDP, where each has rows of every tensor."""

# pyright: reportMissingImports=false, reportUntypedBaseClass=false, reportUntypedFunctionDecorator=false

from __future__ import annotations

import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Literal

import torch
from torch import nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, MixedPrecisionPolicy, fully_shard
from torch.nn.parallel import DistributedDataParallel

from modelyard_training.torch_place import Place

How = Literal["ddp", "fsdp"]


def compute_alike() -> None:
    """The same numbers each time, as far as PyTorch can: to be called before anything is computed.

    Threads that share a sum change its last bits, so there is one, unless OMP_NUM_THREADS says otherwise;
    then the number of threads decides the last bits.
    """
    # cuBLAS is alike from run to run only with a workspace of a fixed size (its documentation, "Results
    # reproducibility").
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(1)


class Parallel:
    """A model that can be called, with gradients that are the mean over all processes."""

    def __init__(
        self, model: nn.Module, how: How, place: Place, *, blocks: Iterable[nn.Module], half: bool
    ) -> None:
        """`blocks` are what FSDP gathers at once; with `half` numbers between the layers are bfloat16, while
        weights and the sums of gradients stay float32.
        """
        self._device = torch.device(place.device)
        self._autocast = half and how == "ddp"
        model.to(self._device)
        if how == "ddp":
            devices = None if self._device.type == "cpu" else [self._device]
            self.module: nn.Module = DistributedDataParallel(model, device_ids=devices)
            return
        mesh = init_device_mesh(self._device.type, (place.world_size,))
        policy = MixedPrecisionPolicy(
            param_dtype=torch.bfloat16 if half else None, reduce_dtype=torch.float32 if half else None
        )
        for block in blocks:
            fully_shard(block, mesh=mesh, mp_policy=policy)
        fully_shard(model, mesh=mesh, mp_policy=policy)
        self.module = model

    def __call__(self, inputs: torch.Tensor) -> torch.Tensor:
        """The model's outputs, in float32."""
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._autocast):
            outputs: torch.Tensor = self.module(inputs)
        return outputs.float()

    @contextmanager
    def exchange(self, wanted: bool) -> Generator[None]:
        """Whether a backward pass inside tells the others its gradients, or adds them to what is there."""
        if wanted:
            yield
        elif isinstance(self.module, DistributedDataParallel):
            with self.module.no_sync():
                yield
        elif isinstance(self.module, FSDPModule):
            self.module.set_requires_gradient_sync(False)
            yield
            self.module.set_requires_gradient_sync(True)
