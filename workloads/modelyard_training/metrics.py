"""Metrics as JSON lines: whole lines only, each on its way to the reader as soon as it is written."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from types import TracebackType
from typing import Self


class MetricsWriter:
    """Appends one JSON object a line to a file, which several attempts at a run may share.

    Each line carries `kind` ("epoch": an epoch of training; "step": the part of one so far; "held_out": on
    data never trained on), `step` (optimizer steps done), `epoch` (whole epochs done), `seconds` (that it
    took), the numbers that were measured, among them `loss`, and whatever else the writer was made with.
    """

    def __init__(self, path: Path, **always: str | int) -> None:
        """`always` are fields that every line carries, such as the run, the attempt and the steps in all."""
        self._always = always
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        self._drop_torn_line()

    def write(self, kind: str, *, step: int, epoch: int, seconds: float, **numbers: float) -> None:
        """Append a line; a number that isn't finite becomes null.

        Raises:
            ValueError: for a number under a name that every line carries already.
        """
        if taken := sorted(self._always.keys() & numbers.keys()):
            raise ValueError(f"{', '.join(taken)}: every line carries that already, as something else")
        numbers["seconds"] = round(seconds, 6)
        finite = {name: value if math.isfinite(value) else None for name, value in numbers.items()}
        line = json.dumps(
            {**self._always, "kind": kind, "step": step, "epoch": epoch, **finite}, allow_nan=False
        )
        # One call for the line with its end: nobody reads half of it, whatever happens to this process next.
        os.write(self._file, line.encode() + b"\n")

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _drop_torn_line(self) -> None:
        """Cut off what an earlier writer, on a full disk say, left without an end of line."""
        size = os.fstat(self._file).st_size
        tail = os.pread(self._file, size, 0)
        if tail and not tail.endswith(b"\n"):
            os.ftruncate(self._file, tail.rfind(b"\n") + 1)
