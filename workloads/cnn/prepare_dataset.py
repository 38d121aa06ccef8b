"""Write the digits into a dataset store: `python prepare_dataset.py s3://bucket/prefix`.

It needs scikit-learn installed, which the training image has not: run it where the datasets are kept.
"""

from __future__ import annotations

import argparse
import sys

from modelyard_training.datasets import prepare
from modelyard_training.errors import TrainingError
from modelyard_training.stores import FORMS


def main(arguments: list[str] | None = None) -> int:
    """Write the dataset; returns the exit code (0 written, 2 no data, 3 no store)."""
    parser = argparse.ArgumentParser(
        description="Write scikit-learn's handwritten digits into a dataset store."
    )
    parser.add_argument("store", help=FORMS)
    uri = parser.parse_args(arguments).store
    try:
        manifest = prepare(uri)
    except TrainingError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    for name, record in manifest["files"].items():
        print(f"{uri.rstrip('/')}/digits/{name}: {record['size_bytes']} bytes, SHA-256 {record['sha256']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
