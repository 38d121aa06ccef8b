"""Reading the artifact that an unprivileged run uploaded: a ZIP file that anybody may have made."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from typing import Any, cast

REPORT = "report.json"
"""The one file of the artifact that is read."""
MOST_BYTES = 20_000_000
"""Of the report, unpacked: 5,000 resources with a finding each are 3 MB."""
_DEEPEST = 64
"""Levels of nesting in the report, which has ten."""


class UnusableReport(Exception):  # noqa: N818  (an outcome that is told, not a fault of ours)
    """The artifact holds no report that can be read; the message says why, without quoting it."""


def read_report(archive: bytes) -> dict[str, Any]:
    """The report in an artifact. Raises UnusableReport; never writes a file."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as unpacked, unpacked.open(REPORT) as stream:
            # What the archive says of sizes may be a lie: read no more than is allowed.
            text = stream.read(MOST_BYTES + 1)
    except KeyError:
        raise UnusableReport(f"the artifact has no {REPORT}") from None
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        raise UnusableReport("the artifact can't be unpacked") from None
    if len(text) > MOST_BYTES:
        raise UnusableReport(f"{REPORT} is larger than {MOST_BYTES:,} bytes")
    try:
        report = json.loads(text)
    except (ValueError, RecursionError):
        raise UnusableReport(f"{REPORT} isn't JSON") from None
    if not isinstance(report, dict) or _is_deeper(report, _DEEPEST):
        raise UnusableReport(f"{REPORT} isn't a report")
    return cast("dict[str, Any]", report)


def _is_deeper(value: Any, most: int) -> bool:
    level: list[Any] = [value]
    while level:
        if most == 0:
            return True
        most -= 1
        inner = (item for each in level for item in (each.values() if isinstance(each, dict) else each))
        level = [item for item in inner if isinstance(item, (dict, list))]
    return False
