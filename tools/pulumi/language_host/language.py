"""The engine's protocol for languages, as far as running things goes (pulumi/language.proto)."""

# ruff: noqa: ARG002, N802 - the methods' names and arguments are the protocol's
from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

import grpc
from children import Child
from google.protobuf.empty_pb2 import Empty
from stubs import without_the_sdk

with without_the_sdk():
    from pulumi.runtime.proto import language_pb2 as pb
    from pulumi.runtime.proto import language_pb2_grpc, plugin_pb2

# The status with which pulumi-language-python-exec says that the user has been told already.
TOLD_THE_USER = 32
# A stack's configuration comes in one message; the engine sends up to this much.
LARGEST_MESSAGE_BYTES = 400 * 1024 * 1024
# Each program or plugin that runs holds a thread.
THREADS = 100


def serve(engine: str) -> tuple[grpc.Server, int]:
    """Start serving on a free port of loopback, for the engine at that address; the server and the port.

    The server ends when nobody holds it any more.
    """
    server = grpc.server(
        ThreadPoolExecutor(THREADS), options=[("grpc.max_receive_message_length", LARGEST_MESSAGE_BYTES)]
    )
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageHost(engine), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def interpreter(info: pb.ProgramInfo) -> str:
    """The Python that runs a program or a plugin. Raises FileNotFoundError if its virtualenv isn't there."""
    virtualenv = info.options.fields["virtualenv"].string_value
    if not virtualenv:
        return sys.executable
    python = Path(info.root_directory, virtualenv, "bin", "python")
    if not python.is_file():
        raise FileNotFoundError(
            f"the runtime option virtualenv is {virtualenv}, but there is no {python}. This host makes no "
            f"virtual environments: make it with `python -m venv {python.parents[1]}` and install into it"
        )
    return str(python)


def activated(python: str, environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` with the virtual environment of `python`, if it is in one, activated."""
    home = Path(python).parents[1]
    if not (home / "pyvenv.cfg").is_file():
        return dict(environment)
    path = f"{home / 'bin'}{os.pathsep}{environment.get('PATH', os.defpath)}"
    return {**environment, "VIRTUAL_ENV": str(home), "PATH": path}


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs programs and plugins for the engine at an address."""

    def __init__(self, engine: str) -> None:
        self._engine = engine

    def Handshake(
        self, request: pb.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> pb.LanguageHandshakeResponse:
        """The first call: where the engine listens."""
        self._engine = request.engine_address
        return pb.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """No version: this host comes with modelyard, not with Pulumi."""
        return plugin_pb2.PluginInfo()

    def GetRequiredPackages(
        self, request: pb.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> pb.GetRequiredPackagesResponse:
        """None: the engine asks for a provider's plugin when a resource first needs it."""
        return pb.GetRequiredPackagesResponse()

    def GetRequiredPlugins(
        self, request: pb.GetRequiredPluginsRequest, context: grpc.ServicerContext
    ) -> pb.GetRequiredPluginsResponse:
        """None, as above; older engines ask so."""
        return pb.GetRequiredPluginsResponse()

    def GetProgramDependencies(
        self, request: pb.GetProgramDependenciesRequest, context: grpc.ServicerContext
    ) -> pb.GetProgramDependenciesResponse:
        """The distributions that the program's interpreter sees, as pip lists them."""
        command = [_interpreter(request.info, context), "-m", "pip", "list", "--format", "json"]
        if not request.transitiveDependencies:
            command.append("--not-required")
        listed = subprocess.run(command, capture_output=True, text=True, check=False)
        if listed.returncode:
            _refuse(context, grpc.StatusCode.UNKNOWN, f"{' '.join(command)}: {listed.stderr.strip()}")
        return pb.GetProgramDependenciesResponse(
            dependencies=[
                pb.DependencyInfo(name=found["name"], version=found["version"])
                for found in json.loads(listed.stdout)
            ]
        )

    def About(self, request: pb.AboutRequest, context: grpc.ServicerContext) -> pb.AboutResponse:
        """The interpreter and its version."""
        python = _interpreter(request.info, context)
        if python == sys.executable:
            return pb.AboutResponse(executable=python, version=platform.python_version())
        asked = [python, "-c", "import platform; print(platform.python_version())"]
        version = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
        return pb.AboutResponse(executable=python, version=version)

    def RuntimeOptionsPrompts(
        self, request: pb.RuntimeOptionsRequest, context: grpc.ServicerContext
    ) -> pb.RuntimeOptionsResponse:
        """Nothing to ask for in `pulumi new`."""
        return pb.RuntimeOptionsResponse()

    def Template(self, request: pb.TemplateRequest, context: grpc.ServicerContext) -> pb.TemplateResponse:
        """A new project needs nothing from this host."""
        return pb.TemplateResponse()

    def Link(self, request: pb.LinkRequest, context: grpc.ServicerContext) -> pb.LinkResponse:
        """Nothing to link, or a refusal: linking means installing."""
        if request.packages:
            self._not_here(request, context)
        return pb.LinkResponse()

    def InstallDependencies(
        self, request: pb.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> Iterator[pb.InstallDependenciesResponse]:
        """Installs nothing, and says which interpreter must have the dependencies."""
        python = _interpreter(request.info, context)
        yield pb.InstallDependenciesResponse(
            stdout=f"{python} runs this; nothing is installed into it\n".encode()
        )

    def Run(self, request: pb.RunRequest, context: grpc.ServicerContext) -> pb.RunResponse:
        """Run a program to its end."""
        if request.attach_debugger:
            self._not_here(request, context)
        python = _interpreter(request.info, context)
        command = [
            python,
            "-u",
            str(Path(__file__).parents[1] / "bin" / "pulumi-language-python-exec"),
            *("--monitor", request.monitor_address, "--engine", self._engine),
            *("--project", request.project, "--stack", request.stack, "--organization", request.organization),
            *("--root_directory", request.info.root_directory, "--pwd", request.pwd),
            *("--parallel", str(request.parallel)),
            *(("--dry_run", "true") if request.dryRun else ()),
            os.path.normpath(os.path.join(request.info.program_directory, request.info.entry_point)),  # noqa: PTH118
            *request.args,
        ]
        settings = {
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        child = _start(command, request.pwd, activated(python, os.environ | settings), context)
        status = child.wait()
        if status == TOLD_THE_USER:
            return pb.RunResponse(bail=True)
        return pb.RunResponse(error=f"the program ended with exit status {status}" if status else "")

    def RunPlugin(
        self, request: pb.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[pb.RunPluginResponse]:
        """Run a policy pack (kind `analyzer`) or any other plugin; its output, then its exit status."""
        if request.attach_debugger:
            self._not_here(request, context)
        python = _interpreter(request.info, context)
        program = request.info.program_directory
        what = (
            ["-m", "pulumi.policy", *request.args, program]
            if request.kind == "analyzer"
            else [program, *request.args]
        )
        given = dict(entry.split("=", 1) for entry in request.env)
        child = _start([python, "-u", *what], request.pwd, activated(python, given), context, captured=True)
        for name, chunk in child.output():
            yield (
                pb.RunPluginResponse(stdout=chunk) if name == "stdout" else pb.RunPluginResponse(stderr=chunk)
            )
        yield pb.RunPluginResponse(exitcode=child.wait())

    def Cancel(self, request: Empty, context: grpc.ServicerContext) -> Empty:
        """Nothing of its own to stop: what runs is killed when its call is cancelled."""
        return Empty()

    def _not_here(self, request: object, context: grpc.ServicerContext) -> NoReturn:
        """Refuse what only Pulumi's own host does."""
        _refuse(
            context,
            grpc.StatusCode.UNIMPLEMENTED,
            "this host for closed machines only runs programs and plugins; "
            "code generation, linking and debugging need Pulumi's own pulumi-language-python",
        )

    GenerateProgram = GenerateProject = GeneratePackage = Pack = _not_here


def _start(
    command: list[str],
    cwd: str,
    env: dict[str, str],
    context: grpc.ServicerContext,
    *,
    captured: bool = False,
) -> Child:
    """Start a process that ends with the call, however that ends."""
    child = Child(command, cwd=cwd, env=env, captured=captured)
    if not context.add_callback(child.kill):
        child.kill()
    return child


def _interpreter(info: pb.ProgramInfo, context: grpc.ServicerContext) -> str:
    """The interpreter, or a refusal that says which one is missing."""
    try:
        return interpreter(info)
    except FileNotFoundError as problem:
        _refuse(context, grpc.StatusCode.FAILED_PRECONDITION, str(problem))


def _refuse(context: grpc.ServicerContext, code: grpc.StatusCode, message: str) -> NoReturn:
    """End the call with an error that the engine shows as it is."""
    context.abort(code, message)
    raise AssertionError("abort always raises")
