"""Files and text to documents, with one clear error for whatever can't be read."""

from __future__ import annotations

import os
from pathlib import Path

import yaml

from modelyard.errors import InputError
from modelyard.yaml_lines.document import YamlDocument
from modelyard.yaml_lines.loader import DEEPEST, TooDeepError, compose
from modelyard.yaml_lines.nodes import MOST_VALUES, NodeReader, refusal
from modelyard.yaml_lines.syntax import syntax_problem

LARGEST_FILE_BYTES = 1 << 20
"""A description of that size is none: it is some other file."""

_WRITE_MAPPING = "write one `name: value` a line"


def shown_path(path: Path) -> str:
    """A path as messages show it: relative to the working directory if it lies under it."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 (resolve() would show where a link leads)
    working = Path.cwd()
    return str(absolute.relative_to(working)) if absolute.is_relative_to(working) else str(absolute)


def read_yaml(path: Path, *, moments_as_text: bool = False, most_values: int = MOST_VALUES) -> YamlDocument:
    """Read a YAML file that holds one mapping. Raises InputError.

    A plain 2026-12-01T11:30:00Z is refused, because Pulumi and YAML 1.2 don't read it alike; in files that
    Pulumi never reads it may be text.
    """
    file = shown_path(path)
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE_BYTES + 1)
    except FileNotFoundError:
        raise refusal(file, None, "there is no such file", file, "a YAML file", "check the path") from None
    except IsADirectoryError:
        raise refusal(file, None, "this is a directory", file, "a YAML file", "name a file in it") from None
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        message, allowed = f"the file can't be read: {reason}", "a YAML file that can be read"
        raise refusal(file, None, message, file, allowed, "check its rights") from None
    if len(content) > LARGEST_FILE_BYTES:
        raise refusal(file, None, "the file is too large", "over 1 MiB", "1 MiB at most", "check the path")
    try:
        text = content.decode("utf-8-sig")
        return parse_yaml(text, file, moments_as_text=moments_as_text, most_values=most_values)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        given = f"byte 0x{content[error.start]:02x}"
        raise refusal(file, line, "the file isn't UTF-8", given, "UTF-8", "save it as UTF-8") from None


def parse_yaml(
    text: str, file: str, *, moments_as_text: bool = False, most_values: int = MOST_VALUES
) -> YamlDocument:
    """Read YAML text that holds one mapping; `file` is what messages call it. Raises InputError."""
    try:
        root = compose(text)
    except TooDeepError as error:
        given, allowed = f"more than {DEEPEST} levels", f"{DEEPEST} levels at most"
        raise refusal(file, error.line, "values are nested too deep", given, allowed, "flatten it") from None
    except yaml.YAMLError as error:
        raise InputError([syntax_problem(error, text, file)]) from None
    if root is None:
        raise refusal(file, None, "the file is empty", "nothing", "a mapping", _WRITE_MAPPING)
    if not isinstance(root, yaml.MappingNode):
        given = "a list" if isinstance(root, yaml.SequenceNode) else "a single value"
        line = root.start_mark.line + 1
        raise refusal(file, line, "the file holds no mapping", given, "a mapping", _WRITE_MAPPING)
    reader = NodeReader(file, moments_as_text=moments_as_text, most_values=most_values)
    data = reader.read(root, (), root)
    return YamlDocument(data, file, reader.lines, reader.texts)
