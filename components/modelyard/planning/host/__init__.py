"""What is on a node's host besides containers: where jobs find it."""

from __future__ import annotations

ENTRYPOINT_PATH = "/opt/modelyard/entrypoint"
"""Read-only directory with the launcher's entrypoint."""

NOTICES_PATH = "/run/modelyard/notices"
"""Directory with the file that says that the machine will be taken back (notice.json)."""

SCRATCH_PATH = "/scratch"
"""Fast local storage."""
