"""How a job of Azure Machine Learning ended, in plain words, where the nodes themselves left none.

Sources, 2026-11: REST reference of Jobs, 2025-12-01 (JobStatus); Azure/MachineLearningNotebooks#1242 (a run
of nodes that were pre-empted); what run history shows in public issues of Azure/azure-sdk-for-python.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from modelyard.errors import SurroundingsError
from modelyard_launcher.backends.endings import Ending, Words, meaning
from modelyard_node import codes
from modelyard_node.ends import in_words

COMPLETED, FAILED, CANCELED = "Completed", "Failed", "Canceled"
OVER = (COMPLETED, FAILED, CANCELED)

RESUBMIT = "`modelyard job supervise` submits it again, and it goes on from its newest checkpoint"
_LOGS = "see `modelyard job logs`"


REASONS: tuple[Words, ...] = (
    Words(r"PreemptionError|pre-?empted", codes.HOST, "Azure took a low-priority node of it back", RESUBMIT),
    Words(
        r"stopped responding|is lost|node (?:was )?(?:lost|unreachable)|NodeFailure|unusable",
        codes.HOST,
        "one of its nodes failed or was lost",
        RESUBMIT,
    ),
    Words(
        r"[Uu]nable to pull the image (?P<image>\S+?):|(?:pull|fetch)\w* (?:the )?image|ImagePull",
        codes.BROKEN,
        "its image couldn't be pulled",
        "check that it is in the environment's registry under that name and digest",
    ),
    Words(
        r"longer than its limit|(?:time ?out|time limit|maximum run time).{0,40}(?:exceed|reach)|JobTimeout",
        codes.TIMEOUT,
        "it took longer than the service was told to let it",
        "raise the timeout, or see in its log where it hung",
    ),
    Words(
        r"quota|QuotaExceeded",
        codes.BROKEN,
        "the subscription's quota has no room for its nodes",
        "ask for more quota, or take a pool of another size",
    ),
    Words(
        r"compute \S+ was deleted",
        codes.BROKEN,
        "its cluster was deleted",
        "submit it anew once the environment has the pool again",
    ),
    Words(
        r"code or data can't be reached|DataAccess|ScriptExecution\.StreamAccess|AuthorizationFailure",
        codes.BROKEN,
        "its code can't be read from the checkpoint store",
        "check that the cluster's identity may read it: `pulumi up` gives it the role",
    ),
)
"""What stands in an error, by its code and its message."""

_EXITED = re.compile(r"exited with status code (\d+)")
_OWN_CODES = {
    codes.LEAVE_EXIT_CODE: Ending(
        codes.STOPPED, "a node left by itself: another attempt holds the run, or somebody asked for the end"
    ),
    codes.RETRY_EXIT_CODE: Ending(
        codes.HOST, "a node asked to be started again, and its log says why", mend=RESUBMIT
    ),
    codes.BROKEN_EXIT_CODE: Ending(
        codes.BROKEN, "a node couldn't be set up, and its log says why", mend=_LOGS
    ),
}


def ending_of(
    status: str, error: Mapping[str, Any] | None, unseen: SurroundingsError | None = None
) -> Ending:
    """How a job ended that is over.

    Args:
        status: its status, one of OVER.
        error: code and message from run history; None if there is none, or it can't be asked.
        unseen: why it can't be asked; None if it could.
    """
    if status == COMPLETED:
        return Ending(codes.SUCCEEDED, None, 0)
    told = f"{(error or {}).get('code') or ''}: {(error or {}).get('message') or ''}".strip(": ")
    # What follows on the code of a program is the program's own words, of a quota of disks perhaps.
    services = told[: exited.start()] if (exited := _EXITED.search(told)) else told
    found = meaning(REASONS, services) or _by_code(told)
    if found is not None and (status == FAILED or found.kind == codes.TIMEOUT):
        return found
    if status == CANCELED:
        return Ending(codes.STOPPED, "it was cancelled by somebody")
    if unseen is not None:
        return Ending(codes.BROKEN, f"it failed, and why can't be seen: {unseen.message}", mend=unseen.mend)
    return Ending(codes.BROKEN, told or "it failed, and Azure Machine Learning doesn't say why", mend=_LOGS)


def _by_code(told: str) -> Ending | None:
    found = _EXITED.search(told)
    if found is None:
        return None
    code = int(found[1])
    return _OWN_CODES.get(code) or Ending(codes.PROGRAM, f"a node's program {in_words(code)}", code, _LOGS)


def error_in(details: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Code and message in what run history says of a job."""
    outer = details.get("error") or {}
    inner: Mapping[str, Any] | None = outer.get("error") if isinstance(outer, Mapping) else None
    return inner
