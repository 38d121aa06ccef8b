"""What a node's host needs to know."""

from __future__ import annotations

from dataclasses import dataclass

from modelyard.catalog.instances import InstanceType

LEAVE_MINUTES = 10
"""Minutes before a machine is taken back at a known time at which jobs are asked to save and leave. A choice
of ours: about the time that sharded checkpoints of large models take to be written and uploaded."""


@dataclass(frozen=True, slots=True)
class HostPlan:
    """The host of a pool's nodes."""

    region: str
    environment: str
    pool: str
    instance: InstanceType
    log_group: str
    """Log group that takes the host's logs. It has to exist, and the node's role may write to it."""
    block_ends_at: str | None = None
    """When the pool's capacity block ends, as 2026-12-01T11:30:00Z; with `block_drain_at` or not at all."""
    block_drain_at: str | None = None
    """When EC2 begins to take the block's machines back."""
    leave_minutes: int = LEAVE_MINUTES
    """Minutes before that, or before a scheduled event, at which jobs are asked to leave."""

    @property
    def has_nvidia_gpus(self) -> bool:
        """Whether there are GPUs that the CloudWatch agent can watch."""
        return self.instance.kind == "gpu" and self.instance.accelerator_vendor == "NVIDIA"
