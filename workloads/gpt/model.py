"""A small decoder-only transformer over bytes: pre-norm blocks, learned positions, tied output layer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

VOCABULARY = 256
"""Every byte is a token, so that any text can be read and no tokenizer has to be kept beside the weights."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a model."""

    layers: int
    heads: int
    width: int
    """Numbers that stand for a byte between the layers; a multiple of `heads`."""
    context: int
    """Bytes that the model sees at once."""
    dropout: float
    """Share of the numbers that training leaves out at random."""
    learning_rate: float
    """The highest that AdamW takes well with it."""


SHAPES = {
    "tiny": Shape(layers=2, heads=4, width=64, context=64, dropout=0.1, learning_rate=6e-3),
    "small": Shape(layers=6, heads=6, width=384, context=256, dropout=0.2, learning_rate=1e-3),
    "medium": Shape(layers=12, heads=12, width=768, context=1024, dropout=0.1, learning_rate=6e-4),
}
"""0.12, 10.8 and 86 million parameters."""


class Block(nn.Module):
    """Causal attention, then a feed-forward network, each added to what came in."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self._heads, self._dropout = shape.heads, shape.dropout
        self.attention_norm = nn.LayerNorm(shape.width)
        self.attention_in = nn.Linear(shape.width, 3 * shape.width)
        self.attention_out = nn.Linear(shape.width, shape.width)
        self.feed_norm = nn.LayerNorm(shape.width)
        self.feed_in = nn.Linear(shape.width, 4 * shape.width)
        self.feed_out = nn.Linear(4 * shape.width, shape.width)
        self.drop = nn.Dropout(shape.dropout)

    def forward(self, hidden: Tensor) -> Tensor:
        """(sequence, position, width) to the same."""
        hidden = hidden + self.drop(self.attention_out(self._attend(self.attention_norm(hidden))))
        fed = functional.gelu(self.feed_in(self.feed_norm(hidden)))
        return hidden + self.drop(self.feed_out(fed))

    def _attend(self, hidden: Tensor) -> Tensor:
        sequences, positions, width = hidden.shape
        parts = self.attention_in(hidden).view(sequences, positions, 3, self._heads, width // self._heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4).unbind()
        seen = functional.scaled_dot_product_attention(
            query, key, value, is_causal=True, dropout_p=self._dropout if self.training else 0.0
        )
        return seen.transpose(1, 2).reshape(sequences, positions, width)


class GPT(nn.Module):
    """From bytes to the logits of the byte that follows each of them."""

    def __init__(self, shape: Shape, seed: int) -> None:
        """The seed decides the first weights."""
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(VOCABULARY, shape.width)
        self.positions = nn.Embedding(shape.context, shape.width)
        self.drop = nn.Dropout(shape.dropout)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = nn.LayerNorm(shape.width)
        self._draw_weights(torch.Generator().manual_seed(seed))

    def forward(self, tokens: Tensor) -> Tensor:
        """(sequence, position) of bytes to (sequence, position, 256) of logits."""
        places = torch.arange(tokens.shape[1], device=tokens.device)
        hidden = self.drop(self.embedding(tokens) + self.positions(places))
        for block in self.blocks:
            hidden = block(hidden)
        # The embedding is the output layer as well: what stands for a byte is what says that it follows.
        return functional.linear(self.norm(hidden), self.embedding.weight)

    def _draw_weights(self, random: torch.Generator) -> None:
        """Normal, the narrower the model the wider, so that what a layer gives is as large as what it takes;
        and less where a layer's output is added to the sum of all layers, so that the sum keeps its size:
        Radford et al., "Language Models are Unsupervised Multitask Learners", section 2.3, whose 0.02 is this
        at a width of 1,600.
        """
        deviation = 0.8 / math.sqrt(self.shape.width)
        for name, parameter in self.named_parameters():
            if parameter.ndim == 1:
                continue
            added = name.endswith(("attention_out.weight", "feed_out.weight"))
            scale = deviation / math.sqrt(2 * self.shape.layers) if added else deviation
            nn.init.normal_(parameter, std=scale, generator=random)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.zeros_(module.bias)
