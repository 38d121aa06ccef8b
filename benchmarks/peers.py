"""Other tools to measure beside, each in an environment of its own outside of the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "modelyard" / "peers"
CHECKOV = "3.3.30"


@dataclass(frozen=True, slots=True)
class Run:
    """What a checker said, and what it took."""

    said: Mapping[str, Any]
    seconds: float
    peak_mb: float


def checkov_on(plan: Mapping[str, Any]) -> Run | None:
    """Run checkov on a Terraform plan; None, with the reason printed, where it can't be installed."""
    binaries = installed("checkov", CHECKOV)
    if binaries is None:
        return None
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory, "plan.json")
        file.write_text(json.dumps(plan))
        command = [str(binaries / "checkov"), "-f", str(file), "--framework", "terraform_plan"]
        command += ["--output", "json", "--quiet", "--compact", "--skip-download"]
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert process.stdout is not None
        said = process.stdout.read()
        _, _, usage = os.wait4(process.pid, 0)
        return Run(json.loads(said), time.perf_counter() - start, usage.ru_maxrss / 1024)


def installed(package: str, version: str, *more: str) -> Path | None:
    """The `bin` of an environment with a package, and whatever else it needs and doesn't say; None, with the
    reason printed, if it can't be installed.
    """
    place = CACHE / f"{package}-{version}"
    binaries = place / "bin"
    if (place / "ready").exists():
        return binaries
    sys.stdout.write(f"installing {package} {version}, once\n")
    venv.create(place, with_pip=True, clear=True)
    command = [binaries / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [*command, f"{package}=={version}", *more], capture_output=True, text=True, check=False, timeout=600
    )
    if done.returncode != 0:
        sys.stdout.write(f"{package} can't be installed here: {done.stderr.strip().splitlines()[-1]}\n")
        return None
    (place / "ready").touch()
    return binaries
