"""How to meet AWS Batch's slowness in letting go of a compute environment.

A replaced environment can't be deleted for a while after its queue has turned to the new one: Batch answers
ClientException, "Cannot delete, found existing JobQueue relationship", and the AWS provider gives up at once
(pulumi/pulumi-aws#6233, hashicorp/terraform-provider-aws#46925, both open, 2026-11).
"""

from collections.abc import Sequence

RELATIONSHIP = "found existing JobQueue relationship"
"""What the error says, in AWS's words."""

FIRST_WAIT_SECONDS = 2.0
WAIT_GROWTH = 1.5
LONGEST_WAIT_SECONDS = 30.0
TRIES_MAX = 15
"""How often a deletion is tried at most: for about five minutes in all."""


def release_wait_seconds(operation: str, errors: Sequence[str]) -> float | None:
    """Seconds to wait before a failed operation on a compute environment is tried again.

    Args:
        operation: what failed: `create`, `update` or `delete`.
        errors: what its tries ended with so far, the newest first.

    Returns:
        None if another try is of no use, or there were enough.
    """
    if operation != "delete" or not errors or RELATIONSHIP not in errors[0] or len(errors) >= TRIES_MAX:
        return None
    return min(FIRST_WAIT_SECONDS * WAIT_GROWTH ** (len(errors) - 1), LONGEST_WAIT_SECONDS)
