"""Hosts one program: Pulumi's settings, the event loop, and the interpreter as the program expects it.

All that Pulumi keeps for a run lies in context variables, so a run in a context of its own leaves nothing
behind; what the SDK also keeps as a default is put back as it was at import.
"""

from __future__ import annotations

import contextlib
import contextvars
import runpy
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pulumi
from google.protobuf import empty_pb2
from pulumi.runtime import resource as sdk_resource
from pulumi.runtime import settings
from pulumi.runtime.config import set_all_config
from pulumi.runtime.proto import engine_pb2
from pulumi.runtime.stack import run_in_stack

from modelyard_preview.collector import collector_paused
from modelyard_preview.engine.errors import OfflineInvokeError, UnsupportedError
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


class Host:
    """Runs one program against a monitor, once."""

    def __init__(
        self, monitor: Monitor, *, root: Path, config: dict[str, str], secret_keys: list[str]
    ) -> None:
        self.messages: list[Message] = []
        self._monitor = monitor
        self._sources = SourceLines(root)
        self._root = root
        self._config = config
        self._secret_keys = secret_keys
        self._program_errors: list[BaseException] = []

    def run(self, program: Program) -> None:
        """Run the program to its end.

        Raises:
            Exception: the first that the program or the monitor raised.
        """
        try:
            with collector_paused(), self._sdk_adapted():
                contextvars.copy_context().run(self._run_configured, program)
        finally:
            contextvars.Context().run(_settings_as_imported)

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
            organization="organization",
            root_directory=str(self._root),
        )
        set_all_config(self._config, self._secret_keys)
        loop = InlineLoop()
        raised: BaseException | None = None
        try:
            with _as_main_program(program) if isinstance(program, Path) else contextlib.nullcontext():
                loop.run_until_complete(run_in_stack(lambda: self._execute(program)))
        except Exception as error:  # noqa: BLE001 (raised again below, or the one that it followed from)
            raised = error
        finally:
            # (the SDK's own accessor: its settings are descriptors that a type checker can't follow)
            unhandled = settings._get_rpc_manager().unhandled_exception  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
            loop.finish()
        if raised is not None:
            self._raise_first(raised, unhandled)

    def _execute(self, program: Program) -> Any:
        try:
            if callable(program):
                return program()
            runpy.run_path(sys.argv[0], run_name="__main__")
        except BaseException as error:
            self._program_errors.append(error)
            raise
        return None

    def _raise_first(self, raised: BaseException, unhandled: BaseException | None) -> None:
        known: list[BaseException] = [*self._monitor.failures[:1], *self._program_errors]
        first = known[0] if known else unhandled or raised
        if first.__cause__ is first:
            first.__cause__ = None
        text = str(first)
        if text.startswith(_CLI_LACKS):
            feature = text.removeprefix(_CLI_LACKS).partition(". ")[0]
            raise UnsupportedError(feature) from first
        raise first

    @contextlib.contextmanager
    def _sdk_adapted(self) -> Generator[None]:
        """Take the place of what the SDK does at the line of the program that calls it."""

        def checked(original: Callable[..., Any]) -> Callable[..., Any]:
            """Refuse a plain data source that nobody can answer here: inside the SDK its line is lost."""

            def call(tok: str, *args: Any, **kwargs: Any) -> Any:
                if not self._monitor.answers(tok):
                    raise OfflineInvokeError(tok, self._sources.of_caller())
                return original(tok, *args, **kwargs)

            return call

        with contextlib.ExitStack() as adapted:
            for name in ("invoke", "invoke_single"):
                original = getattr(pulumi.runtime, name)
                adapted.enter_context(_replaced(pulumi.runtime, name, checked(original)))
            adapted.enter_context(_replaced(sdk_resource, "_get_stack_trace", self._sources.trace))
            yield


@contextlib.contextmanager
def _replaced(module: ModuleType, name: str, value: object) -> Generator[None]:
    original = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, original)


def _settings_as_imported() -> None:
    settings.Settings(
        stack="stack", project="project", root_directory="root_directory", organization="organization"
    )


@contextlib.contextmanager
def _as_main_program(program: Path) -> Generator[None]:
    """Working directory, arguments and module path as for `python program`.

    What it prints goes to standard error: standard output is for the answer. The program's own modules are
    forgotten after it, so that the next run reads its own.
    """
    program = program.resolve()
    directory = program if program.is_dir() else program.parent
    before = set(sys.modules)
    arguments, path = sys.argv, list(sys.path)
    sys.argv, sys.path = [str(program)], [str(directory), *path]
    try:
        with contextlib.chdir(directory), contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        sys.argv, sys.path = arguments, path
        for name in set(sys.modules) - before:
            file = Path(getattr(sys.modules[name], "__file__", None) or "/")
            top = name.partition(".")[0]
            if file == directory / f"{top}.py" or file.is_relative_to(directory / top):
                del sys.modules[name]
