"""Reads the catalog's tables: CSV files inside the package, opened on first use and kept.

Every table names its sources by an id of `sources.csv`, so that a source is written once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Source:
    """Where a row comes from."""

    source: str
    as_of: str
    licence: str


@cache
def rows(table: str) -> tuple[dict[str, str], ...]:
    """The rows of `data/<table>.csv`, as `aws/instances`, in file order."""
    # Imported here so that importing the catalog stays quick. pkgutil finds files of a package like
    # importlib.resources, and takes 2 ms to import instead of 15.
    import csv
    import pkgutil

    text = pkgutil.get_data("modelyard.catalog", f"data/{table}.csv")
    if text is None:
        raise FileNotFoundError(f"modelyard was installed without its table data/{table}.csv")
    return tuple(csv.DictReader(text.decode().splitlines()))


@cache
def sources(cloud: str) -> dict[str, Source]:
    """The sources of a cloud's tables by their id."""
    return {
        row["id"]: Source(row["source"], row["as_of"], row["licence"]) for row in rows(f"{cloud}/sources")
    }
