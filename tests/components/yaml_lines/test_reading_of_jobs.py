"""Files that Pulumi never reads may be read with fewer reservations."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelyard.errors import InputError
from modelyard.yaml_lines import read_yaml

MOMENT = "2026-12-01T11:30:00Z"


def written(directory: Path, text: str) -> Path:
    path = directory / "job.yaml"
    path.write_text(text)
    return path


def test_a_plain_moment_is_text_where_pulumi_never_reads_it(tmp_path: Path) -> None:
    path = written(tmp_path, f"at: {MOMENT}\nday: 2026-12-01\n")
    assert read_yaml(path, moments_as_text=True).data == {"at": MOMENT, "day": "2026-12-01"}
    with pytest.raises(InputError, match=r"is one value by YAML 1\.2 and another for Pulumi"):
        read_yaml(path)


def test_numbers_that_are_read_otherwise_are_refused_all_the_same(tmp_path: Path) -> None:
    path = written(tmp_path, "count: 010\n")
    with pytest.raises(InputError, match=r"is one value by YAML 1\.2 and another for Pulumi"):
        read_yaml(path, moments_as_text=True)


def test_more_values_are_taken_where_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, "a: [" + ", ".join(map(str, range(20_000))) + "]\n")
    with pytest.raises(InputError, match="there are too many values") as raised:
        read_yaml(path)
    assert raised.value.problems[0].allowed == "20,000 values at most"
    document = read_yaml(path, most_values=30_000)
    assert document.data == {"a": list(range(20_000))}
