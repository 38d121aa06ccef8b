"""Writes an image into a job's YAML and leaves every other line as it is, comments and layout included.

As `rewriting` does for environments: the text is changed at the place that the parser names, and read again.
If it then holds anything but what was meant, nothing is written (decision 0012).
"""

from __future__ import annotations

from typing import Any

import yaml

from modelyard.errors import InputError, Problem
from modelyard.yaml_lines.document import YamlDocument
from modelyard.yaml_lines.loader import compose
from modelyard.yaml_lines.reading import parse_yaml
from modelyard_launcher.load import MOST_VALUES

KEY = "image"


def with_image(text: str, document: YamlDocument, image: str) -> str:
    """The text of a job's file with this image in it. Raises InputError where that changes more."""
    root = compose(text)
    if not isinstance(root, yaml.MappingNode) or not root.value:
        raise _unwritable(document, image)
    found = next((value for key, value in root.value if key.value == KEY), None)
    if found is None:
        new = _with_line(text, root, image)
    else:
        # An empty value begins where the next line does, or right behind the colon.
        start, end = found.start_mark.index, found.end_mark.index
        before = "" if text[start - 1 : start] in {" ", "\t"} else " "
        new = f"{text[:start]}{before}{image}{text[end:]}"
    if _says_else(new, document, image):
        raise _unwritable(document, image)
    return new


def _with_line(text: str, root: yaml.MappingNode, image: str) -> str:
    """A line of its own behind the job's name, which every job has."""
    key, name = next(pair for pair in root.value if pair[0].value == "name")
    end = name.end_mark.index
    if root.flow_style:
        return f'{text[:end]}, "{KEY}": "{image}"{text[end:]}'
    newline = "\r\n" if "\r\n" in text else "\n"
    line = f"{' ' * key.start_mark.column}{KEY}: {image}{newline}"
    behind = text.find("\n", end) + 1
    if behind == 0:  # the file's last line has no end
        return f"{text}{newline}{line}"
    return f"{text[:behind]}{line}{text[behind:]}"


def _says_else(text: str, document: YamlDocument, image: str) -> bool:
    data: Any = document.data
    try:
        found = parse_yaml(text, document.file, moments_as_text=True, most_values=MOST_VALUES).data
    except InputError:
        return True
    return found != {**data, KEY: image}


def _unwritable(document: YamlDocument, image: str) -> InputError:
    problem = Problem(
        field=KEY,
        given=image,
        message="the image can't be written there without changing other lines",
        allowed="a job with one `name: value` a line, whose image stands there itself",
        mend=f"write it yourself: {KEY}: {image}",
        file=document.file,
        line=document.line_of((KEY,)),
    )
    return InputError([problem])
