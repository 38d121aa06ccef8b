"""Write a text into a dataset store: `python prepare_dataset.py s3://bucket/prefix`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import text_dataset  # beside this script, where Python looks first

from modelyard_training.errors import DatasetError, TrainingError
from modelyard_training.stores import FORMS

NAME = "paradise-lost"
SOURCE = (
    'John Milton, "Paradise Lost. A Poem in Ten Books", London 1667; electronic text typed by Judy Boss, '
    "Project Gutenberg, October 1991; in the public domain"
)


def main(arguments: list[str] | None = None) -> int:
    """Write the dataset; returns the exit code (0 written, 2 no text, 3 no store)."""
    parser = argparse.ArgumentParser(
        description="Write a text into a dataset store; Paradise Lost, if no other is named."
    )
    parser.add_argument("store", help=FORMS)
    parser.add_argument("--text", type=Path, metavar="FILE", help="a text of your own, in any encoding")
    parser.add_argument("--name", help=f"the dataset's ({NAME}, or as --text's file is called)")
    options = parser.parse_args(arguments)
    path = options.text or Path(__file__).with_name("texts") / f"{NAME}.txt"
    try:
        manifest = text_dataset.prepare(
            options.store,
            options.name or path.stem,
            _read(path),
            source=path.name if options.text else SOURCE,
        )
    except TrainingError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    for name, record in manifest["files"].items():
        place = f"{options.store.rstrip('/')}/{manifest['name']}/{name}"
        print(f"{place}: {record['size_bytes']} bytes, SHA-256 {record['sha256']}")
    return 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DatasetError(f"{path} can't be read: {error.strerror}") from error


if __name__ == "__main__":
    sys.exit(main())
