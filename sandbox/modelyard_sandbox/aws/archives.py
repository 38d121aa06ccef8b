"""Assets and archives of Pulumi, as bytes.

An archive comes as the engine sends it, a map with a signature and a hash, or as the in-process engine has
it: `{"archive": {"assets": {"main.py": {"asset": {"text": "..."}}}}}`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from modelyard_sandbox.errors import UnsupportedError

MADE = (1980, 1, 1, 0, 0, 0)
"""When every file was made: the same content is the same archive."""


def zipped(archive: Any, where: str) -> bytes:
    """An archive as a ZIP file. Raises UnsupportedError for what isn't one, or lies at an address."""
    content = _content(archive, "archive")
    path = content.get("path")
    if isinstance(path, str) and Path(path).is_file():
        return Path(path).read_bytes()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in sorted(_files(content, "", where)):
            file.writestr(zipfile.ZipInfo(name, MADE), data)
    return made.getvalue()


def _files(content: Mapping[str, Any], around: str, where: str) -> Iterator[tuple[str, bytes]]:
    path = content.get("path")
    if isinstance(path, str) and Path(path).is_dir():
        root = Path(path)
        for file in (found for found in root.rglob("*") if found.is_file()):
            yield f"{around}{file.relative_to(root).as_posix()}", file.read_bytes()
        return
    assets = content.get("assets")
    if not isinstance(assets, Mapping):
        raise UnsupportedError(f"{where} takes an archive of assets, or of a path that is there")
    for name, item in assets.items():
        if isinstance(_content(item, "archive").get("assets"), Mapping):
            yield from _files(_content(item, "archive"), f"{around}{name}/", where)
        else:
            yield f"{around}{name}", _bytes(_content(item, "asset"), f"{where}, {name},")


def _bytes(asset: Mapping[str, Any], where: str) -> bytes:
    if isinstance(asset.get("text"), str):
        return asset["text"].encode()
    path = asset.get("path")
    if isinstance(path, str) and Path(path).is_file():
        return Path(path).read_bytes()
    raise UnsupportedError(f"{where} takes an asset of text, or of a file that is there")


def _content(value: Any, kind: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        return {}
    inner = value.get(kind)
    return inner if isinstance(inner, Mapping) else value
