"""modelyard itself as a wheel, made of what is installed here: a checkout and an installation do alike.

Source of the form: Python Packaging User Guide, "Binary distribution format" and "Recording installed
projects", 2026-11. The same files make the same wheel, byte for byte.
"""

from __future__ import annotations

import base64
import hashlib
import re
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from modelyard.errors import SurroundingsError

PACKAGES = (
    "modelyard",
    "modelyard_cli",
    "modelyard_launcher",
    "modelyard_node",
    "modelyard_policies",
    "modelyard_preview",
    "modelyard_sandbox",
    "modelyard_training",
)
"""The packages of the distribution, as pyproject.toml lists them."""

_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The earliest that ZIP knows."""

_TAGS = "Wheel-Version: 1.0\nGenerator: modelyard\nRoot-Is-Purelib: true\nTag: py3-none-any\n"

_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")

_EXTRA = re.compile(r"extra\s*==\s*['\"]([^'\"]+)['\"]")


def write_wheel(directory: Path) -> Path:
    """Write modelyard's wheel into a directory. Raises SurroundingsError if it isn't installed."""
    own = _installed("modelyard")
    stem = f"modelyard-{own.version}"
    files = dict(_package_files())
    files[f"{stem}.dist-info/METADATA"] = (own.read_text("METADATA") or "").encode()
    files[f"{stem}.dist-info/WHEEL"] = _TAGS.encode()
    files[f"{stem}.dist-info/entry_points.txt"] = (own.read_text("entry_points.txt") or "").encode()
    record = f"{stem}.dist-info/RECORD"
    rows = [f"{name},sha256={_digest(content)},{len(content)}" for name, content in sorted(files.items())]
    files[record] = "\n".join([*rows, f"{record},,", ""]).encode()
    path = directory / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            wheel.writestr(entry, content)
    return path


def constraints(extra: str) -> list[str]:
    """The versions, as installed here, of all that modelyard with an extra needs: name==version each."""
    found: dict[str, str] = {}
    waiting = list(_needs(_installed("modelyard"), extra))
    while waiting:
        name = waiting.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found:
            continue
        try:
            one = distribution(name)
        except PackageNotFoundError:  # for another system, or another Python
            continue
        found[key] = one.version
        waiting += _needs(one, "")
    return [f"{name}=={version}" for name, version in sorted(found.items()) if "+" not in version]


def _needs(one: Distribution, extra: str) -> Iterator[str]:
    """Names of what a distribution needs, for whatever system, with one of its extras."""
    for requirement in one.requires or []:
        wanted = _EXTRA.search(requirement)
        name = _NAME.match(requirement)
        if name is not None and (wanted is None or wanted[1] == extra):
            yield name[0]


def _package_files() -> Iterator[tuple[str, bytes]]:
    for package in PACKAGES:
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise _not_whole(package)
        top = Path(spec.submodule_search_locations[0])
        for file in top.rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                yield f"{package}/{file.relative_to(top).as_posix()}", file.read_bytes()


def _installed(name: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError:
        raise _not_whole(name) from None


def _not_whole(name: str) -> SurroundingsError:
    return SurroundingsError(
        f"{name} isn't installed, so its image can't be made",
        "install modelyard: pip install 'modelyard[aws]', or `pip install -e .` in a checkout",
    )


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode("ascii")
