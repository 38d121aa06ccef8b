"""Hosts one program: Pulumi's settings, the event loop, and the interpreter as the program expects it.

All that Pulumi keeps for a run lies in context variables, so a run in a context of its own leaves nothing
behind; what the SDK also keeps as a default is put back as it was at import.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import runpy
import sys
from collections.abc import Callable, Collection, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime import settings
from pulumi.runtime.config import set_all_config
from pulumi.runtime.proto import engine_pb2
from pulumi.runtime.stack import run_in_stack

from modelyard_preview.collector import collector_paused
from modelyard_preview.engine.adapted import sdk_adapted
from modelyard_preview.engine.asked import Asked
from modelyard_preview.engine.closed import Closure, closed, threads_awaited
from modelyard_preview.engine.errors import OfflineConnectionError, ProgramError, UnsupportedError
from modelyard_preview.engine.loop import InlineLoop
from modelyard_preview.engine.monitor import Monitor
from modelyard_preview.engine.source import SourceLines

Program = Path | Callable[[], Any]
"""A program's file or directory, or a function that makes its resources."""

_SEVERITIES = {engine_pb2.INFO: "info", engine_pb2.WARNING: "warning", engine_pb2.ERROR: "error"}
_CLI_LACKS = "The Pulumi CLI does not support "


@dataclass(frozen=True, slots=True)
class Message:
    """What a program said through `pulumi.log`."""

    severity: str
    """`info`, `warning` or `error`."""
    text: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """How a program is run."""

    config: dict[str, str]
    secret_keys: Collection[str] = ()
    organization: str = "organization"
    packages: Sequence[Path] = ()
    """Directories of packages that the program has besides modelyard's own."""
    closed: bool = False
    """Whether it runs without credentials and without a network."""


class Host:
    """Runs one program against a monitor, once."""

    def __init__(self, monitor: Monitor, *, root: Path, surroundings: Surroundings) -> None:
        self.messages: list[Message] = []
        self.calls: list[Asked] = []
        """The data sources that the program asked for."""
        self.closure = Closure()
        """What the program tried and what was withheld, where it was closed in."""
        self._monitor = monitor
        self._sources = SourceLines(root)
        self._root = root
        self._surroundings = surroundings
        self._program_errors: list[BaseException] = []
        self._interrupt: KeyboardInterrupt | None = None

    def run(self, program: Program) -> None:
        """Run the program to its end.

        Raises:
            Exception: the first that the program or the monitor raised.
        """
        adapted = sdk_adapted(self._sources, self._monitor.answerer, self.calls)
        try:
            with collector_paused(), adapted, self._closed_in():
                contextvars.copy_context().run(self._run_configured, program)
        finally:
            contextvars.Context().run(_settings_as_imported)
        if self.closure.in_threads:
            raise self.closure.in_threads[0]
        for failure in self._monitor.failures:
            # Whatever the program took in its place: with a cloud it would have had an answer.
            if isinstance(failure, ProgramError):
                raise failure

    def Log(self, request: engine_pb2.LogRequest) -> empty_pb2.Empty:  # noqa: N802 (the service's name)
        """Keep what the program says; the SDK's own debugging is dropped."""
        if request.severity in _SEVERITIES:
            self.messages.append(Message(_SEVERITIES[request.severity], request.message))
        return empty_pb2.Empty()

    def RequirePulumiVersion(self, _request: object) -> empty_pb2.Empty:  # noqa: N802
        """Any version will do: there is no CLI."""
        return empty_pb2.Empty()

    def _run_configured(self, program: Program) -> None:
        settings.ROOT.set(None)
        # Constructing the settings is what makes them current: they are context variables.
        settings.Settings(
            project=self._monitor.project,
            stack=self._monitor.stack,
            monitor=self._monitor,
            engine=self,
            dry_run=self._monitor.is_dry_run,
            organization=self._surroundings.organization,
            root_directory=str(self._root),
        )
        # (as above: a descriptor)
        settings.SETTINGS.callbacks = self._monitor.callbacks  # pyright: ignore[reportAttributeAccessIssue]
        set_all_config(self._surroundings.config, list(self._surroundings.secret_keys))
        loop = InlineLoop()
        raised: BaseException | None = None
        try:
            with self._in_its_place(program), threads_awaited():
                loop.run_until_complete(run_in_stack(lambda: self._execute(program)))
        except Exception as error:  # noqa: BLE001 (raised again below, or the one that it followed from)
            raised = error
        finally:
            # (the SDK's own accessor: its settings are descriptors that a type checker can't follow)
            unhandled = settings._get_rpc_manager().unhandled_exception  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
            loop.finish()
        if self._interrupt is not None:
            raise self._interrupt
        if raised is not None:
            self._raise_first(raised, unhandled)

    @contextlib.contextmanager
    def _closed_in(self) -> Generator[None]:
        if not self._surroundings.closed:
            yield
            return
        with closed(self._sources) as self.closure:
            yield

    @contextlib.contextmanager
    def _in_its_place(self, program: Program) -> Generator[None]:
        if not isinstance(program, Path):
            yield
            return
        with _as_main_program(program, self._root, self._surroundings.packages):
            yield

    def _execute(self, program: Program) -> Any:
        try:
            if callable(program):
                return program()
            runpy.run_path(sys.argv[0], run_name="__main__")
        except SystemExit as left:
            # The engine takes a program that leaves with 0 for one that has ended.
            if left.code not in (None, 0):
                self._program_errors.append(left)
                raise
        except KeyboardInterrupt as interrupt:
            # The SDK would wait for all that was begun, some of which never comes to an end now.
            self._interrupt = interrupt
            asyncio.get_running_loop().stop()
            raise
        except BaseException as error:
            self._program_errors.append(error)
            raise
        return None

    def _raise_first(self, raised: BaseException, unhandled: BaseException | None) -> None:
        known: list[BaseException] = [*self._monitor.failures[:1], *self._program_errors]
        first = known[0] if known else unhandled or raised
        first = _connection_behind(first) or first
        if first.__cause__ is first:
            first.__cause__ = None
        text = str(first)
        if text.startswith(_CLI_LACKS):
            feature = text.removeprefix(_CLI_LACKS).partition(". ")[0]
            raise UnsupportedError(feature) from first
        raise first


def _settings_as_imported() -> None:
    settings.Settings(
        stack="stack", project="project", root_directory="root_directory", organization="organization"
    )


def _connection_behind(error: BaseException) -> OfflineConnectionError | None:
    """The connection that was refused, where a library has wrapped that in an error of its own."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        if isinstance(current, OfflineConnectionError):
            return current
        seen.add(id(current))
        current = current.__cause__ or current.__context__
    return None


@contextlib.contextmanager
def _as_main_program(program: Path, root: Path, packages: Sequence[Path]) -> Generator[None]:
    """Working directory, arguments and module path as for `python program`.

    What it prints goes to standard error: standard output is for the answer. The program's own modules are
    forgotten after it, so that the next run reads its own.
    """
    program = program.resolve()
    directory = program if program.is_dir() else program.parent
    before = set(sys.modules)
    arguments, path = sys.argv, list(sys.path)
    sys.argv, sys.path = [str(program)], [str(directory), *path, *map(str, packages)]
    try:
        with contextlib.chdir(directory), contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        sys.argv, sys.path = arguments, path
        others = tuple(folder.resolve() for folder in packages)
        for name in set(sys.modules) - before:
            file = Path(getattr(sys.modules[name], "__file__", None) or "/")
            if _is_own(file, name, directory, root, others):
                del sys.modules[name]


def _is_own(file: Path, name: str, directory: Path, root: Path, others: tuple[Path, ...]) -> bool:
    """Whether a module is the program's: beside it, or anywhere in its project that isn't for packages."""
    top = name.partition(".")[0]
    if file == directory / f"{top}.py" or file.is_relative_to(directory / top):
        return True
    is_package = {"site-packages", "dist-packages"} & set(file.parts)
    return (
        file.is_relative_to(root)
        and not is_package
        and not any(file.is_relative_to(other) for other in others)
        and not top.startswith("modelyard")
    )
