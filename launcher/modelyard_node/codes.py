"""Exit codes by which a node says what is to happen next, and the kinds of ends that records tell.

A program's own exit code is passed on as it is where nothing follows upon it. Where another attempt is to
follow, or none may, the node says so by a code of its own: whoever starts nodes (AWS Batch by its retry
rules, or the launcher) needs to know these three only, whatever the job says about exit codes.
"""

from __future__ import annotations

RETRY_EXIT_CODE = 241
"""Start the job again: its own rules for retries ask for it, or its machine is being taken back."""

LEAVE_EXIT_CODE = 240
"""Don't start it again: another attempt of the same run holds the lease, a limit is reached, or somebody
asked for the end. The reason is in the record."""

BROKEN_EXIT_CODE = 242
"""The node couldn't be set up: a missing variable, an archive that isn't what its digest says."""

SUCCEEDED = "succeeded"
"""Every rank's program exited with 0."""

PROGRAM = "program"
"""The program, or its setup, exited with another code than 0, or a signal of nobody's ended it."""

HOST = "host"
"""A node was lost, or its machine is being taken back: not the program's fault."""

DUPLICATE = "duplicate"
"""Another attempt of the same run holds the lease."""

LIMIT = "limit"
"""The total budget is used up, or the deadline is reached."""

STOPPED = "stopped"
"""Somebody asked for the end."""

TIMEOUT = "timeout"
"""The attempt took longer than the job allows."""

PREFLIGHT = "preflight"
"""The check before the first step found a node wanting."""

BROKEN = "broken"
"""The node couldn't be set up."""

KINDS = (SUCCEEDED, PROGRAM, HOST, DUPLICATE, LIMIT, STOPPED, TIMEOUT, PREFLIGHT, BROKEN)
"""How an attempt, or a rank of one, can end."""
