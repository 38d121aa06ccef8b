"""`modelyard demo` from the command to its end. Target: 60 seconds on two cores.

python benchmarks/demo.py
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

TARGET_SECONDS = 60


def main() -> None:
    """Run the demo once and print the time of each stage."""
    done = subprocess.run(
        [sys.executable, "-m", "modelyard_cli.main", "demo", "--format", "json"],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    answer = json.loads(done.stdout)
    for stage in answer["stages"]:
        print(f"{stage['seconds']:7.1f} s  {stage['name']}")
    print(f"{answer['seconds']:7.1f} s  in all (target {TARGET_SECONDS})")


if __name__ == "__main__":
    main()
