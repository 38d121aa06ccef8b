"""Steps of training, and measuring on held-out text, in one process of the job; all do the same at once."""

# Types are known where PyTorch is installed; the checks have to pass where it isn't.
# pyright: reportMissingImports=false, reportUntypedBaseClass=false, reportUntypedFunctionDecorator=false

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from model import GPT
from torch import Tensor
from torch.distributed.tensor import DTensor
from torch.nn import functional
from windows import HeldOutWindows, Tokens

from modelyard_training.torch_gang import total
from modelyard_training.torch_parallel import How, Parallel
from modelyard_training.torch_place import Place
from modelyard_training.torch_state import TrainingState

LOWEST_RATE = 0.1
"""The learning rate at the end, as a share of the highest."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train."""

    how: How
    half: bool
    seed: int
    steps: int
    warmup_steps: int
    learning_rate: float
    weight_decay: float
    clip_norm: float
    micro_batch_size: int
    """Sequences that this process takes at once."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found on held-out text."""

    loss: float
    """Mean of the natural logarithm of what each byte was thought unlikely."""
    accuracy: float
    """Share of the bytes that were thought the most likely ones."""


class Trainer:
    """The model on its device, and what changes it."""

    def __init__(self, model: GPT, recipe: Recipe, place: Place) -> None:
        self._recipe, self._place = recipe, place
        self._device = torch.device(place.device)
        self._parallel = Parallel(model, recipe.how, place, blocks=model.blocks, half=recipe.half)
        self._parameters = list(model.parameters())
        # Gains and biases are no weights that could grow too large together.
        groups = [
            {
                "params": [each for each in self._parameters if each.ndim > 1],
                "weight_decay": recipe.weight_decay,
            },
            {"params": [each for each in self._parameters if each.ndim == 1], "weight_decay": 0.0},
        ]
        self._optimizer = torch.optim.AdamW(groups, lr=recipe.learning_rate, betas=(0.9, 0.95))
        self.state = TrainingState(model, self._optimizer, place)
        self._rehearse(model)

    def step(self, tokens: Tokens, step: int) -> Tensor:
        """Take a step, counted from 0, on this process's sequences; returns their mean loss, which is no
        number if the step has spoilt the weights.
        """
        for group in self._optimizer.param_groups:
            group["lr"] = self._rate(step)
        losses = self._descend(tokens, step)
        norm = torch.nn.utils.clip_grad_norm_(self._parameters, self._recipe.clip_norm)
        norm = norm.full_tensor() if isinstance(norm, DTensor) else norm
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        return losses + (norm - norm)

    def measure(self, windows: HeldOutWindows) -> Measured:
        """Loss and accuracy on all of the held-out text."""
        loss, right = 0.0, 0
        self._parallel.module.eval()
        with torch.no_grad():
            for tokens in windows.passes(self._recipe.micro_batch_size):
                # An empty pass is made with zeros, which are not counted.
                inputs, targets = self._split(tokens if len(tokens) else np.zeros_like(tokens, shape=(1, 2)))
                logits = self._parallel(inputs)
                if len(tokens):
                    loss += float(
                        functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum")
                    )
                    right += int((logits.argmax(-1) == targets).sum())
        self._parallel.module.train()
        loss, right = total(loss, right)
        return Measured(loss / windows.bytes_told, right / windows.bytes_told)

    def _descend(self, tokens: Tokens, step: int) -> Tensor:
        """Leave each parameter the whole batch's gradient; returns the mean loss of this process's part."""
        size = self._recipe.micro_batch_size
        pieces = len(tokens) // size
        losses = torch.zeros((), device=self._device)
        for piece in range(pieces):
            # What dropout leaves out depends on the place in the batch, not on who computes it: there is no
            # state of a random generator to keep, and none that differs among numbers of processes.
            self._seed(step, self._place.rank * pieces + piece)
            inputs, targets = self._split(tokens[piece * size : (piece + 1) * size])
            with self._parallel.exchange(piece == pieces - 1):
                loss = (
                    functional.cross_entropy(self._parallel(inputs).flatten(0, 1), targets.flatten()) / pieces
                )
                loss.backward()
            losses += loss.detach()
        return losses

    def _rehearse(self, model: GPT) -> None:
        """DDP rearranges what it sends after its first backward pass, and sums then come in another order.
        That pass is made here, so that the first step after a resumption sums as it does in an unbroken run.
        """
        if self._recipe.how == "ddp":
            zeros = torch.zeros((1, model.shape.context), dtype=torch.int64, device=self._device)
            self._parallel(zeros).sum().backward()
            self._optimizer.zero_grad(set_to_none=True)

    def _seed(self, step: int, place: int) -> None:
        drawn = np.random.SeedSequence([self._recipe.seed, step, place]).generate_state(1, np.uint64)
        torch.manual_seed(int(drawn[0] >> np.uint64(1)))

    def _split(self, tokens: Tokens) -> tuple[Tensor, Tensor]:
        whole = torch.from_numpy(tokens).to(self._device)
        return whole[:, :-1], whole[:, 1:]

    def _rate(self, step: int) -> float:
        """Straight up while warming up, then half a cosine down: of the step alone, so nothing is kept."""
        recipe = self._recipe
        if step < recipe.warmup_steps:
            return recipe.learning_rate * (step + 1) / recipe.warmup_steps
        way = (step - recipe.warmup_steps) / max(1, recipe.steps - recipe.warmup_steps)
        return recipe.learning_rate * (LOWEST_RATE + (1 - LOWEST_RATE) * (1 + math.cos(math.pi * way)) / 2)
