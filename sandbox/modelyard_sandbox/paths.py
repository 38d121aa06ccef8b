"""Paths of properties: `rules[0].id`, and Pulumi's with quotes, `tags["a b"]`."""

from __future__ import annotations


def under(path: str, name: str) -> str:
    """The path of a property below another."""
    return f"{path}.{name}" if path else name


def quoted_under(path: str, key: str) -> str:
    """The path of what lies below another in Pulumi's spelling, where a key of a map may hold anything."""
    if key.replace("_", "a").replace("-", "a").isalnum():
        return under(path, key)
    quoted = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'{path}["{quoted}"]'


def top_of(path: str) -> str:
    """The input that a path starts with."""
    return path.partition(".")[0].partition("[")[0]
