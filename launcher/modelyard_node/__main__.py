"""The runtime's beginning: `python3 -I runtime.pyz`, with what it is to do in its environment."""

from __future__ import annotations

import os
from typing import NoReturn

from modelyard_node.run import run


def main() -> NoReturn:
    """Do a node's work and exit."""
    # Not by sys.exit: a thread may be waiting for a store that doesn't answer.
    os._exit(run(os.environ))


if __name__ == "__main__":
    main()
