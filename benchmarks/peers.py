"""Other tools to measure beside, each in an environment of its own outside of the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "modelyard" / "peers"


def installed(package: str, version: str) -> Path | None:
    """The `bin` of an environment with a package; None, with the reason printed, if it can't be installed."""
    place = CACHE / f"{package}-{version}"
    binaries = place / "bin"
    if (place / "ready").exists():
        return binaries
    sys.stdout.write(f"installing {package} {version}, once\n")
    venv.create(place, with_pip=True, clear=True)
    command = [binaries / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [*command, f"{package}=={version}"], capture_output=True, text=True, check=False, timeout=600
    )
    if done.returncode != 0:
        sys.stdout.write(f"{package} can't be installed here: {done.stderr.strip().splitlines()[-1]}\n")
        return None
    (place / "ready").touch()
    return binaries
