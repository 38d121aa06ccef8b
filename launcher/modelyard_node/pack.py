"""Packs the runtime into one file that Python runs as it is (a zipapp), the same bytes wherever it is packed.

Nothing in it is compressed: what zlib makes of it would change with zlib's version, and the SHA-256 with it,
by which nodes fetch it. It has no compiled files either, which only one version of Python could read.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from functools import cache
from pathlib import Path

_LEFT_OUT = ("pack.py",)
"""What nodes have no use for."""

_FIRST_OF_ALL_TIMES = (1980, 1, 1, 0, 0, 0)

_UNIX = 3

_MAIN = b"""\
import sys

if sys.version_info < (3, 9):
    sys.stderr.write("modelyard: the image's python3 is %d.%d, and nodes need 3.9\\n" % sys.version_info[:2])
    sys.exit(242)

from modelyard_node.__main__ import main

main()
"""


@cache
def runtime_archive() -> tuple[bytes, str]:
    """The archive, and its SHA-256."""
    root = Path(__file__).parent
    files = {
        f"{root.name}/{path.relative_to(root).as_posix()}": path.read_bytes()
        for path in root.rglob("*.py")
        if path.name not in _LEFT_OUT
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted({"__main__.py": _MAIN, **files}.items()):
            entry = zipfile.ZipInfo(name, _FIRST_OF_ALL_TIMES)
            entry.create_system = _UNIX
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    packed = content.getvalue()
    return packed, hashlib.sha256(packed).hexdigest()
