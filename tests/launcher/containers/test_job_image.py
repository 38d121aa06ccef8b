"""An image is written into a job's YAML, and every other line stays as it is."""

from __future__ import annotations

import pytest

from modelyard.errors import InputError
from modelyard.yaml_lines.reading import parse_yaml
from modelyard_cli.pinning.job_image import with_image

IMAGE = "cnn:0.1.0@sha256:" + "d1" * 32


def written(text: str) -> str:
    return with_image(text, parse_yaml(text, "job.yaml", moments_as_text=True), IMAGE)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("name: try\nimage: cnn:0.1.0\n", f"name: try\nimage: {IMAGE}\n"),
        (
            "name: try\nimage:   'cnn:0.1.0'   # mine\n\n# end\n",
            f"name: try\nimage:   {IMAGE}   # mine\n\n# end\n",
        ),
        ("name: try\nimage:\nrun: x\n", f"name: try\nimage: {IMAGE}\nrun: x\n"),
        ("name: try\nimage: # none yet\nrun: x\n", f"name: try\nimage: {IMAGE} # none yet\nrun: x\n"),
        ("name: try\nimage: null", f"name: try\nimage: {IMAGE}"),
        ("name: try # ours\n# what\nrun: x\n", f"name: try # ours\nimage: {IMAGE}\n# what\nrun: x\n"),
        ("run: |\n  a\n\n  b\nname: try", f"run: |\n  a\n\n  b\nname: try\nimage: {IMAGE}\n"),
        ("name: try\r\nrun: x\r\n", f"name: try\r\nimage: {IMAGE}\r\nrun: x\r\n"),
        ("# é ü 😀\nname: try\nimage: a\n", f"# é ü 😀\nname: try\nimage: {IMAGE}\n"),
        ('{"name": "try", "run": "x"}\n', f'{{"name": "try", "image": "{IMAGE}", "run": "x"}}\n'),
        ("name: try\nenvs: {image: a}\n", f"name: try\nimage: {IMAGE}\nenvs: {{image: a}}\n"),
        (
            "name: try\ndeadline: 2026-12-01T11:30:00Z\n",
            f"name: try\nimage: {IMAGE}\ndeadline: 2026-12-01T11:30:00Z\n",
        ),
    ],
)
def test_the_one_line_is_changed_or_added(before: str, after: str) -> None:
    assert written(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "name: try\nimage: |\n  cnn:0.1.0\nrun: x\n",
        "name: try\nimage: &it cnn:0.1.0\nenvs: {IMAGE: *it}\n",
    ],
)
def test_where_other_lines_would_change_nothing_is_written(text: str) -> None:
    with pytest.raises(InputError) as raised:
        written(text)
    (problem,) = raised.value.problems
    assert (problem.field, problem.given, problem.file, problem.line) == ("image", IMAGE, "job.yaml", 2)
    assert problem.message == "the image can't be written there without changing other lines"
    assert problem.allowed == "a job with one `name: value` a line, whose image stands there itself"
    assert problem.mend == f"write it yourself: image: {IMAGE}"
