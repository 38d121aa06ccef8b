"""`python -m modelyard_sandbox.azurite`: install Azurite, as the first sandbox with blobs would."""

from __future__ import annotations

import sys

from modelyard.errors import SurroundingsError
from modelyard_sandbox.azurite.install import install


def main() -> int:
    """Install it unless it is there; 0, or 3 if the machine lacks what that needs."""
    try:
        program = install(print)
    except SurroundingsError as error:
        print(f"error: {error.message}\n  mend: {error.mend}", file=sys.stderr)
        return 3
    print(program.package)
    return 0


if __name__ == "__main__":
    sys.exit(main())
