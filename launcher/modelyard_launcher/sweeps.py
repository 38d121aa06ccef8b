"""The variants of a sweep: the same list from the same job, on every machine and with every Python.

A draw at random is a function of the seed, the variable's name and the variant's index, and of nothing else:
of `u`, the first eight bytes, as a big-endian number, of BLAKE2b (RFC 7693, 8 bytes of digest, no key) over
the text `<seed>/<name>/<index>`. So more variants add to those that there were, and one more variable leaves
the others as they were. What is drawn from u:

    choices                 the one at place u * n >> 64
    min, max                min + (max - min) * (u >> 11) / 2**53
    min, max, log           min * (max / min) ** ((u >> 32) / 2**32)
    min, max, integer       min + (u * (max - min + 1) >> 64)
    min, max, integer, log  the floor of a draw by log from min to max + 1, but max at most

Numbers that aren't whole are rounded to nine significant digits. The power is made of square roots and
products only: IEEE 754 says what these are to the last bit, and of pow() and exp() it doesn't.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b, sha256
from itertools import product
from math import sqrt

from modelyard_launcher.job.sweep import Draw, Sweep

VARIANTS_SCHEMA = "modelyard.variants/1"

_LONGEST_NUMBER = 20
"""Characters of a number of nine significant digits, or of a whole one up to 1e15, at most."""

Variant = dict[str, str]
"""Variables of a variant, as its program finds them."""


@dataclass(frozen=True, slots=True)
class VariantsFile:
    """The object that holds a sweep's variants (modelyard.variants/1); a node reads its own by its index."""

    content: bytes
    sha256: str
    count: int


def variants_of(sweep: Sweep) -> list[Variant]:
    """The variants of a sweep, in the order of their indices."""
    if sweep.grid is not None:
        axes = [[text_of(value) for value in values] for values in sweep.grid.values()]
        return [dict(zip(sweep.grid, values, strict=True)) for values in product(*axes)]
    if sweep.list is not None:
        return [{name: text_of(value) for name, value in variant.items()} for variant in sweep.list]
    columns = [_drawn(sweep, name, draw) for name, draw in (sweep.random or {}).items()]
    return [dict(zip(sweep.names, values, strict=True)) for values in zip(*columns, strict=True)]


def variant_at(sweep: Sweep, index: int) -> Variant:
    """One variant, by its index, without making the others. Raises IndexError if there is none."""
    if not 0 <= index < sweep.size:
        raise IndexError(f"a sweep of {sweep.size} variants has none with index {index}")
    if sweep.grid is not None:
        chosen: Variant = {}
        rest = index
        for name, values in reversed(sweep.grid.items()):
            rest, place = divmod(rest, len(values))
            chosen[name] = text_of(values[place])
        return {name: chosen[name] for name in sweep.grid}
    if sweep.list is not None:
        return {name: text_of(value) for name, value in sweep.list[index].items()}
    return {
        name: _maker(draw)(_number(f"{sweep.seed}/{name}/", index))
        for name, draw in (sweep.random or {}).items()
    }


def variants_file(sweep: Sweep) -> VariantsFile:
    """The object of a sweep: the same bytes from the same sweep."""
    variants = variants_of(sweep)
    document = {"schema": VARIANTS_SCHEMA, "variants": variants}
    content = json.dumps(document, separators=(",", ":")).encode()
    return VariantsFile(content, sha256(content).hexdigest(), len(variants))


def text_of(value: object) -> str:
    """A value of a sweep as programs find it: true and false as YAML has them, 1e-4 as 0.0001."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def largest_bytes(sweep: Sweep) -> int:
    """Size of all variants' names and values together, at most; it is known without making them."""
    if sweep.grid is not None:
        return sum(
            sweep.size * _size(name)
            + sweep.size // len(values) * sum(_size(text_of(value)) for value in values)
            for name, values in sweep.grid.items()
        )
    if sweep.list is not None:
        return sum(
            _size(name) + _size(text_of(value)) for variant in sweep.list for name, value in variant.items()
        )
    return sweep.size * sum(
        _size(name) + max((_size(text_of(value)) for value in draw.choices or ()), default=_LONGEST_NUMBER)
        for name, draw in (sweep.random or {}).items()
    )


def _size(text: str) -> int:
    return len(text.encode(errors="surrogatepass"))


def _drawn(sweep: Sweep, name: str, draw: Draw) -> list[str]:
    make = _maker(draw)
    prefix = f"{sweep.seed}/{name}/"
    return [make(_number(prefix, index)) for index in range(sweep.size)]


def _number(prefix: str, index: int) -> int:
    """A number from 0 to 2**64 - 1."""
    return int.from_bytes(blake2b(f"{prefix}{index}".encode(), digest_size=8).digest(), "big")


def _maker(draw: Draw) -> Callable[[int], str]:
    """What makes a value's text of a number from 0 to 2**64 - 1."""
    if draw.choices is not None:
        texts = [text_of(value) for value in draw.choices]
        return lambda number: texts[number * len(texts) >> 64]
    low, high = draw.min or 0.0, draw.max or 0.0
    if draw.integer:
        return _integer_maker(int(low), int(high), log=draw.log)
    if draw.log:
        power = _Power(low, high)
        return lambda number: _rounded(low * power.of(number >> 32), low, high)
    return lambda number: _rounded(low + (high - low) * ((number >> 11) / 2**53), low, high)


def _integer_maker(low: int, high: int, *, log: bool) -> Callable[[int], str]:
    if not log:
        return lambda number: str(low + (number * (high - low + 1) >> 64))
    power = _Power(float(low), float(high + 1))
    return lambda number: str(min(int(low * power.of(number >> 32)), high))


def _rounded(value: float, low: float, high: float) -> str:
    return repr(min(max(float(f"{value:.9g}"), low), high))


class _Power:
    """(high / low) ** (n / 2**32), of square roots and products."""

    def __init__(self, low: float, high: float) -> None:
        # The first root is taken of each alone: their quotient may be out of range.
        root = sqrt(high) / sqrt(low)
        roots: list[float] = []
        for _ in range(32):
            roots.append(root)
            root = sqrt(root)
        self._bytes = [_products(tuple(roots[start : start + 8])) for start in range(0, 32, 8)]

    def of(self, number: int) -> float:
        first, second, third, fourth = self._bytes
        return (
            first[number >> 24] * second[number >> 16 & 255] * third[number >> 8 & 255] * fourth[number & 255]
        )


def _products(roots: tuple[float, ...]) -> list[float]:
    """The products of each subset of eight roots, by the byte whose bits choose it, the highest first."""
    products = [1.0]
    for root in reversed(roots):
        products += [each * root for each in products]
    return products
