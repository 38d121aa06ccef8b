"""The project that the launcher works in, and where it keeps what is local."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def project_directory(start: Path | None = None) -> Path:
    """The nearest directory from `start` upwards that holds a Pulumi.yaml; else `start`.

    An absolute path, links left as they are.
    """
    here = Path(os.path.abspath(start or Path.cwd()))  # noqa: PTH100 (resolve() would follow links)
    return next((place for place in (here, *here.parents) if (place / "Pulumi.yaml").is_file()), here)


def runs_directory(project: Path) -> Path:
    """Where runs on this machine keep their logs and home directories while they run."""
    return project / ".modelyard" / "runs"


def sandbox_record(project: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """The record of a running sandbox: which server answers on which port.

    It lies in the project, or where MODELYARD_SANDBOX_DIR says.
    """
    chosen = environ.get("MODELYARD_SANDBOX_DIR")
    return (Path(chosen).absolute() if chosen else project / ".modelyard" / "sandbox") / "server.json"
