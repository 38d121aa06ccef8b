"""What libyaml says of a broken text, said again for the person who wrote it."""

from __future__ import annotations

import yaml

from modelyard.errors import Problem

_ALLOWED = "YAML: `name: value` lines, indented by spaces"

_MENDS = (
    ("found a tab character", "a tab can't indent", "indent by spaces"),
    (
        "mapping values are not allowed",
        "a second `: ` where a value ends",
        'put a value that holds ": " in quotes; check the indentation',
    ),
    ("could not find expected ':'", "a line without `: `", "write each line as `name: value`"),
    (
        "found unexpected end of stream",
        "a quote that is never closed",
        "close the quote that this line opens",
    ),
    (
        "expected ',' or",
        "a bracket that is never closed, or a comma that is missing",
        "close the bracket that this line opens",
    ),
    (
        "did not find expected node content",
        "a bracket that is never closed, or a comma or bracket too many",
        "close each bracket, and put one comma between entries",
    ),
    (
        "did not find expected",
        "the indentation doesn't fit the lines above",
        "give entries of one mapping or list the same indentation",
    ),
    ("undefined alias", "an alias of nothing", "write the anchor (&name) before its alias (*name)"),
    ("second occurrence", "an anchor that is there already", "give each anchor (&name) a name of its own"),
    (
        "found another document",
        "a second document",
        "keep one document in the file: remove `---` and what follows",
    ),
    (
        "invalid Unicode character escape",
        "an escape of half a character",
        "write the character itself in place of \\uD800 to \\uDFFF",
    ),
    (
        "unknown escape character",
        "an escape that YAML doesn't know",
        "write \\\\ for a backslash, or use single quotes",
    ),
)
"""Part of libyaml's words; what it means; how to mend it."""

_POINTS_AT_OPENING = ("found unexpected end of stream", "expected ',' or")


def syntax_problem(error: yaml.YAMLError, text: str, file: str) -> Problem:
    """The problem with a text that no parser can read."""
    if isinstance(error, yaml.MarkedYAMLError):
        return _marked(error, text, file)
    if isinstance(error, yaml.reader.ReaderError):
        # libyaml counts bytes here.
        line = text.encode().count(b"\n", 0, error.position) + 1
        given, mend = f"character U+{int(error.character):04X}", "remove the character"
        return Problem(
            "", given, "a character that no YAML may hold", "printable characters", mend, file, line
        )
    return Problem("", "text", f"this isn't YAML: {error}", _ALLOWED, "check the file", file, None)


def _marked(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    words = error.problem or error.context or "it can't be read"
    opening = any(part in words for part in _POINTS_AT_OPENING) and error.context_mark
    mark = opening or error.problem_mark or error.context_mark
    if mark is None:
        return Problem("", "text", f"this isn't YAML: {words}", _ALLOWED, "check the file", file, None)
    rows = text.splitlines()
    row = rows[mark.line] if mark.line < len(rows) else ""
    given = row.strip()[:60] or "the end of the file"
    if "cannot start any token" in words:
        message, mend = _odd_character(row[mark.column : mark.column + 1])
    else:
        known = ((message, mend) for part, message, mend in _MENDS if part in words)
        message, mend = next(known, (words, "check this line and the one above"))
    return Problem("", given, f"this isn't YAML: {message}", _ALLOWED, mend, file, mark.line + 1)


def _odd_character(character: str) -> tuple[str, str]:
    if character == "\t":
        return "a tab can't indent", "indent by spaces"
    return f"a value can't start with {character}", "put the value in quotes"
