"""Keras without scikit-learn, which it imports wherever it finds it."""

from __future__ import annotations

import sys


def import_keras() -> None:
    """Import Keras as in the workloads' images, which don't have scikit-learn.

    Keras has wrappers for scikit-learn's users, and imports it for them: a third of what a process takes to
    import Keras. Whoever imports scikit-learn gets it all the same, before this or after it.
    """
    missing = "sklearn" not in sys.modules
    if missing:
        # (an entry that is None is how Python is told that a module isn't there)
        sys.modules["sklearn"] = None  # pyright: ignore[reportArgumentType]
    try:
        import keras  # noqa: F401 # pyright: ignore[reportUnusedImport]
    finally:
        if missing:
            del sys.modules["sklearn"]
