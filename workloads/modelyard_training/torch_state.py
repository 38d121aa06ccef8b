"""What a PyTorch run keeps: weights and the optimizer's state, by rows, the same in whichever way parallel.

Of every tensor each process keeps the rows of the first axis that fully_shard gives it, so the parts that are
written with DDP, where every process has everything, are those that are written with FSDP.
"""

# pyright: reportMissingImports=false, reportUntypedBaseClass=false, reportUntypedFunctionDecorator=false

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.distributed.tensor import DTensor

from modelyard_training.errors import SettingsError
from modelyard_training.torch_place import Place

Rows = Mapping[str, np.ndarray[Any, Any]]


def rows_of(length: int, part: int, of: int) -> slice:
    """The rows that belong to a part: as many to each as to the first, the last ones fewer or none."""
    size = -(-length // of)
    start = min(part * size, length)
    return slice(start, min(start + size, length))


class TrainingState:
    """The tensors of a model and its optimizer, under names such as `optimizer/norm.weight/exp_avg`."""

    def __init__(self, model: nn.Module, optimizer: torch.optim.Optimizer | None, place: Place) -> None:
        """`model` is the bare model, not DDP's wrapper; with FSDP, after fully_shard. Without an optimizer
        weights alone are brought back.
        """
        self._model, self._optimizer, self._place = model, optimizer, place
        if optimizer and not optimizer.state:
            _prepare(optimizer)

    def capture(self) -> dict[str, np.ndarray[Any, Any]]:
        """Copies of the rows of this process; what has no rows, as a count of steps, goes with each part."""
        return {name: self._own_rows(tensor).copy() for name, tensor in self._tensors()}

    def needs(self, parts: int) -> list[int]:
        """Which of the parts `restore` has to be given here."""
        all_sharded = all(isinstance(tensor, DTensor) for _, tensor in self._tensors() if tensor.ndim)
        return [self._place.rank] if all_sharded and parts == self._place.world_size else list(range(parts))

    def restore(self, part: int, of: int, rows: Rows) -> None:
        """Bring back what lies in this part of a state that `capture` gave in `of` processes.

        Raises:
            SettingsError: if it is the state of another model.
        """
        self._check(part, of, rows)
        for name, tensor in self._tensors():
            self._take(tensor, part, of, rows[name])

    def _tensors(self) -> Iterator[tuple[str, Tensor]]:
        for name, parameter in self._model.named_parameters():
            yield f"model/{name}", parameter.detach()
            if self._optimizer:
                for key, value in sorted(self._optimizer.state[parameter].items()):
                    yield f"optimizer/{name}/{key}", value
        for name, buffer in self._model.named_buffers():
            yield f"model/{name}", buffer

    def _own_rows(self, tensor: Tensor) -> np.ndarray[Any, Any]:
        if isinstance(tensor, DTensor):
            return tensor.to_local().cpu().numpy()
        if tensor.ndim:
            tensor = tensor[rows_of(len(tensor), self._place.rank, self._place.world_size)]
        return tensor.cpu().numpy()

    def _take(self, tensor: Tensor, part: int, of: int, rows: np.ndarray[Any, Any]) -> None:
        if not tensor.ndim:
            tensor.copy_(torch.from_numpy(rows))
            return
        length = len(tensor)
        given = rows_of(length, part, of)
        here = slice(0, length)
        if isinstance(tensor, DTensor):
            here = rows_of(length, self._place.rank, self._place.world_size)
            tensor = tensor.to_local()
        start, stop = max(given.start, here.start), min(given.stop, here.stop)
        if start < stop:
            taken = torch.from_numpy(rows[start - given.start : stop - given.start])
            tensor[start - here.start : stop - here.start].copy_(taken)

    def _check(self, part: int, of: int, rows: Rows) -> None:
        ours: dict[str, tuple[int, ...]] = {}
        for name, tensor in self._tensors():
            length = rows_of(len(tensor), part, of) if tensor.ndim else slice(0, 0)
            ours[name] = (length.stop - length.start, *tensor.shape[1:]) if tensor.ndim else ()
        theirs = {
            name: array.shape
            for name, array in rows.items()
            if self._optimizer or not name.startswith("optimizer/")
        }
        if differing := sorted({name for name, _ in ours.items() ^ theirs.items()}):
            raise SettingsError(
                f"the checkpoint is of another model: {', '.join(differing[:5])} differ; start a new run"
            )


def _prepare(optimizer: torch.optim.Optimizer) -> None:
    """Make the optimizer's state, which it else makes at its first step, by a step that changes nothing."""
    rates = [group["lr"] for group in optimizer.param_groups]
    for group in optimizer.param_groups:
        group["lr"] = 0.0
        for parameter in group["params"]:
            parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    for group, rate in zip(optimizer.param_groups, rates, strict=True):
        group["lr"] = rate
    for state in optimizer.state.values():
        for value in state.values():
            value.zero_()
