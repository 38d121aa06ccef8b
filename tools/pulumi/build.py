"""Builds the `pulumi` command from Go modules, for machines that can't download it.

For continuous integration and machines behind a closed network: whoever can should install Pulumi's own,
from its site, and will find that this script then does nothing.

    python tools/pulumi/build.py              build what is missing, say where it is
    python tools/pulumi/build.py --yaml       the same, and the language host for programs in Pulumi YAML
    python tools/pulumi/build.py --print-path only say where it is, building nothing

Into a cache outside the checkout, one directory a version, go three executables: `pulumi`,
`pulumi-language-python` (the small host in language_host/ beside this file) and
`pulumi-language-python-exec`. The first build takes some minutes; afterwards this takes milliseconds.

Environment: MODELYARD_ENGINE_CACHE, the directory that holds the versions
(else `modelyard/pulumi` under XDG_CACHE_HOME, else under ~/.cache).

Exit codes: 0 there is an engine; 3 there is none and the surroundings don't allow a build.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

HERE = Path(__file__).resolve().parent
MODULE = HERE / "engine"
HOST = HERE / "language_host"
YAML_MODULE = HERE / "yaml_host"
YAML_HOST = "pulumi-language-yaml"
YAML_COMMAND = f"github.com/pulumi/pulumi-yaml/cmd/{YAML_HOST}"
COMMAND = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
SDK = "github.com/pulumi/pulumi/sdk/v3"
LAUNCHER = r"""#!/bin/sh
# The interpreter: PULUMI_PYTHON_CMD; else python3 on PATH, as with Pulumi's own host, if pulumi is installed
# beside it; else the one that installed this host, which may be another checkout's.
recorded={recorded}
python=$PULUMI_PYTHON_CMD
if [ -z "$python" ]; then
  python=$recorded
  found=$(command -v python3)
  for package in "${{found%/*}}"/../lib/python3*/site-packages/pulumi; do
    [ -d "$package" ] && python=$found
  done
fi
if ! command -v "$python" >/dev/null; then
  echo "pulumi-language-python: there is no $python any more" >&2
  echo "mend: put the python3 of an environment with pulumi on PATH, or run \`make engine\` again" >&2
  exit 1
fi
exec "$python" -u "${{0%/*}}/../language_host" "$@"
"""
FLAGS = ("-mod=readonly", "-buildvcs=false", "-tags=osusergo,grpcnotrace")


class CannotBuildError(Exception):
    """There is no engine and none can be built; the message says why and how to mend it."""


def engine_version() -> str:
    """The version of Pulumi that go.mod pins, without the leading v."""
    found = re.search(r"^\s*github\.com/pulumi/pulumi/pkg/v3 v(\S+)$", (MODULE / "go.mod").read_text(), re.M)
    if found is None:
        raise CannotBuildError(f"{MODULE / 'go.mod'} names no version of github.com/pulumi/pulumi/pkg/v3.")
    return found[1]


def cache_directory() -> Path:
    """The directory that holds one directory for each version built."""
    if given := os.environ.get("MODELYARD_ENGINE_CACHE"):
        return Path(given).expanduser().absolute()
    caches = os.environ.get("XDG_CACHE_HOME")
    return (Path(caches) if caches else Path.home() / ".cache") / "modelyard" / "pulumi"


def bin_directory() -> Path:
    """Where the executables of this version are, once built."""
    return cache_directory() / engine_version() / "bin"


def installed_pulumi() -> Path | None:
    """The `pulumi` that this machine has on PATH, unless that is the one built here."""
    found = shutil.which("pulumi")
    return Path(found) if found and not Path(found).is_relative_to(cache_directory()) else None


def find_bin_directory() -> Path | None:
    """Where an engine is, on PATH or in the cache; None when there is none."""
    if own := installed_pulumi():
        return own.parent
    return bin_directory() if (bin_directory() / "pulumi").is_file() else None


def main(argv: list[str] | None = None) -> int:
    """Run the script; the exit codes are in the module's docstring."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--print-path", action="store_true", help="print the directory of the executables")
    parser.add_argument("--yaml", action="store_true", help="build the language host for Pulumi YAML too")
    arguments = parser.parse_args(argv)
    if arguments.print_path:
        found = find_bin_directory()
        print(found or "there is no engine yet: run this script without arguments")
        return 0 if found else 3
    for interrupt in (signal.SIGINT, signal.SIGTERM):
        signal.signal(interrupt, _end)
    try:
        ensure_engine()
        if arguments.yaml:
            ensure_yaml_host()
    except CannotBuildError as problem:
        print(f"pulumi: {problem}", file=sys.stderr)
        return 3
    return 0


def _end(number: int, _: object) -> NoReturn:
    """Leave without a traceback, through a build's `finally`, which a second interrupt mustn't cut short."""
    for interrupt in (signal.SIGINT, signal.SIGTERM):
        signal.signal(interrupt, signal.SIG_IGN)
    print("pulumi: ended; nothing half built is kept", file=sys.stderr)
    sys.exit(128 + number)


def ensure_engine() -> None:
    """Make sure that there is an engine, building it if need be, and say what was done.

    Raises CannotBuildError.
    """
    if own := installed_pulumi():
        print(f"pulumi: {own} is used as it is; nothing built")
        return
    if find_spec("pulumi") is None:
        raise CannotBuildError(
            f"{sys.executable} has no package `pulumi`, on which the language host stands.\n"
            "mend: run this script with the project's interpreter, .venv/bin/python"
        )
    home = bin_directory().parent
    if (home / "bin" / "pulumi").is_file():
        renewed = install_host(home)
        print(f"pulumi {engine_version()}: {home / 'bin'}" + (" (language host renewed)" if renewed else ""))
        return
    with _alone(home.parent / ".lock"):
        # Another build may have finished while this one waited for the lock.
        if not (home / "bin" / "pulumi").is_file():
            _build(home)
        install_host(home)


def ensure_yaml_host() -> None:
    """Make sure that the engine built here runs programs in Pulumi YAML; one from elsewhere has its own host.

    Raises CannotBuildError.
    """
    target = bin_directory() / YAML_HOST
    if installed_pulumi() or target.is_file():
        return
    go = shutil.which("go")
    if go is None:
        raise CannotBuildError(
            "Go isn't on PATH, and the host for Pulumi YAML isn't built yet.\nmend: install Go"
        )
    with _alone(cache_directory() / ".lock"):
        if target.is_file():
            return
        print(f"{YAML_HOST}: building it, some minutes on a new machine", flush=True)
        partial = target.with_name(f".{YAML_HOST}.partial")
        try:
            flags = (*FLAGS, "-trimpath", "-ldflags", "-s -w")
            _go(go, "build", *flags, "-o", str(partial), YAML_COMMAND, module=YAML_MODULE)
            partial.rename(target)
        finally:
            partial.unlink(missing_ok=True)
    print(f"{YAML_HOST}: {target}", flush=True)


def install_host(home: Path) -> bool:
    """Put the language host into `home`, bound to this interpreter; True if anything changed.

    Apart from the build because it depends on the checkout and its interpreter: either may change while
    the engine stays.
    """
    # Neither `..` nor a resolved link: a virtual environment's interpreter is known by its path.
    interpreter = os.path.abspath(sys.executable)  # noqa: PTH100
    launcher = LAUNCHER.format(recorded=shlex.quote(interpreter))
    files = {f"language_host/{source.name}": source.read_text() for source in HOST.glob("*.py")}
    changed = [_write(home / name, text, 0o644) for name, text in files.items()]
    return _write(home / "bin" / "pulumi-language-python", launcher, 0o755) or any(changed)


def _write(path: Path, text: str, mode: int) -> bool:
    """Write a file at once or not at all; False if it already says this."""
    if path.is_file() and path.read_text() == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(text)
    partial.chmod(mode)
    partial.replace(path)
    return True


@contextlib.contextmanager
def _alone(lock: Path) -> Generator[None]:
    """One build at a time: a second one would take as long and double the memory."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("pulumi: another build is under way; waiting for it", flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _build(home: Path) -> None:
    """Build into a directory beside `home`, and rename it when all is there."""
    go = shutil.which("go")
    if go is None:
        raise CannotBuildError(
            "neither `pulumi` nor Go is on PATH.\n"
            f"mend: install Pulumi {engine_version()} or newer from its site, "
            "or Go and run `make engine` again"
        )
    partial = home.with_name(f".{home.name}.partial")
    # What a killed build left behind; the lock says that no other is under way.
    shutil.rmtree(partial, ignore_errors=True)
    try:
        (partial / "bin").mkdir(parents=True)
        start = time.monotonic()
        print(f"pulumi {engine_version()}: fetching its Go modules", flush=True)
        packages = len(_go(go, "list", "-deps", *FLAGS, COMMAND))
        fetched = time.monotonic()
        print(
            f"  {fetched - start:.0f} s; compiling {packages} packages, minutes on a new machine", flush=True
        )
        version = f"-s -w -X {SDK}/go/common/version.Version={engine_version()}"
        _go(go, "build", *FLAGS, "-trimpath", "-ldflags", version, "-o", str(partial / "bin/pulumi"), COMMAND)
        (sdk,) = _go(go, "list", "-m", "-f", "{{.Dir}}", SDK)
        runner = partial / "bin" / "pulumi-language-python-exec"
        shutil.copyfile(Path(sdk) / "python" / "cmd" / runner.name, runner)
        runner.chmod(0o755)
        install_host(partial)
        partial.rename(home)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    size_mb = (home / "bin" / "pulumi").stat().st_size / 1e6
    print(f"  {time.monotonic() - fetched:.0f} s; {size_mb:.0f} MB in {home / 'bin'}", flush=True)


def _go(go: str, *arguments: str, module: Path = MODULE) -> list[str]:
    """The lines that a go command prints, run at low priority; its complaints go to stderr as they are."""
    environment = os.environ | {"CGO_ENABLED": "0", "GOWORK": "off"}
    command = ["nice", "-n", "10", go, *arguments]
    done = subprocess.run(
        command, cwd=module, env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise CannotBuildError(
            f"`go {arguments[0]}` failed in {module}, for the reason above.\n"
            "mend: the modules must be reachable (see `go env GOPROXY`) or already in the module cache"
        )
    return done.stdout.splitlines()


if __name__ == "__main__":
    sys.exit(main())
