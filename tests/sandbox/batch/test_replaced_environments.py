"""What replaces a compute environment, as the AWS provider decides it."""

from __future__ import annotations

from typing import Any

import pytest

from modelyard_sandbox.aws.registry import handler_of

UPDATABLE = "BEST_FIT_PROGRESSIVE"
SPOT = "SPOT_PRICE_CAPACITY_OPTIMIZED"


@pytest.mark.parametrize(
    ("before", "after", "is_replaced"),
    [
        (UPDATABLE, SPOT, False),
        (UPDATABLE, "BEST_FIT", True),
        ("BEST_FIT", UPDATABLE, True),
        (None, UPDATABLE, True),
    ],
)
def test_the_strategy_changes_in_place_where_batch_can_update_both(
    before: str | None, after: str | None, is_replaced: bool
) -> None:
    handler = handler_of("aws:batch/computeEnvironment:ComputeEnvironment")
    assert bool(handler.replaces(inputs(before), inputs(after))) is is_replaced


def inputs(strategy: str | None) -> dict[str, Any]:
    """A compute environment of a strategy, Batch's own where none is named."""
    named = {} if strategy is None else {"allocationStrategy": strategy}
    return {"type": "MANAGED", "computeResources": {"type": "EC2", "maxVcpus": 16, **named}}
