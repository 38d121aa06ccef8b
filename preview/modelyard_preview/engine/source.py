"""Where in the user's program something was asked for."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path
from types import FrameType

from pulumi.runtime.proto import source_pb2

_ENGINE = str(Path(__file__).parent)
_LIBRARIES = tuple(sysconfig.get_paths()[kind] for kind in ("stdlib", "platstdlib", "purelib", "platlib"))


class SourceLines:
    """Finds the innermost line that isn't a library's, and names its file relative to the project's root.

    A line of the project's, or below the working directory, comes before one from elsewhere, such as a
    library's that is installed from its checkout: whoever reads the answer can open it.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._near = (str(root), str(Path.cwd()))
        self._names: dict[str, str | None] = {}

    def of_caller(self) -> tuple[str, int] | None:
        """File and line of the program that is being executed now; none if no program is."""
        return self._line(_outside_engine(), None)

    def trace(self) -> source_pb2.StackTrace:
        """The line that a resource is made at. The SDK's own trace of all frames costs a fifth of a run.

        The constructors of the resource itself don't count: a component is made where it is called.
        """
        frame: FrameType | None = _outside_engine()
        while frame and frame.f_code.co_name != "__init__":
            frame = frame.f_back
        found = self._line(frame, frame.f_locals.get("self") if frame else None)
        if found is None:
            return source_pb2.StackTrace()
        position = source_pb2.SourcePosition(uri=found[0], line=found[1])
        return source_pb2.StackTrace(frames=[source_pb2.StackFrame(pc=position)])

    def _line(self, frame: FrameType | None, resource: object) -> tuple[str, int] | None:
        far: tuple[str, int] | None = None
        while frame and not frame.f_code.co_filename.startswith(_ENGINE):
            file = frame.f_code.co_filename
            name = self._name(file)
            if name is not None and not _constructs(frame, resource):
                if file.startswith(self._near):
                    return name, frame.f_lineno
                far = far or (name, frame.f_lineno)
            frame = frame.f_back
        return far

    def _name(self, file: str) -> str | None:
        if file not in self._names:
            self._names[file] = self._describe(file)
        return self._names[file]

    def _describe(self, file: str) -> str | None:
        path = Path(file).absolute()
        if file.startswith(("<", *_LIBRARIES)) or {"site-packages", "dist-packages"} & set(path.parts):
            return None
        return str(path.relative_to(self._root)) if path.is_relative_to(self._root) else str(path)


def line_of(trace: source_pb2.StackTrace) -> str | None:
    """The line that a request of the SDK's came from, as `stacks/__main__.py:12`."""
    return f"{trace.frames[0].pc.uri}:{trace.frames[0].pc.line}" if trace.frames else None


def _outside_engine() -> FrameType:
    # inspect.stack and traceback read every source file.
    frame = sys._getframe(1)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    while frame.f_back and frame.f_code.co_filename.startswith(_ENGINE):
        frame = frame.f_back
    return frame


def _constructs(frame: FrameType, resource: object) -> bool:
    return (
        resource is not None and frame.f_code.co_name == "__init__" and frame.f_locals.get("self") is resource
    )
