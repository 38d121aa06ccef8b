"""Lets the engine wait until a job queue has let go of a compute environment.

A replaced one stays for an `up` longer (see pool.py), and has been let go of when it is deleted. Left are
those that a queue loses and that go in the same `up`: of a pool that is removed and that others fell back to,
and of a capacity block when something is replaced that could not be told beforehand.

The engine asks an error hook whether to try a failed operation again. It knows hooks by their names only, so
one is needed in each program that deletes: `pulumi up`, or `pulumi destroy --run-program`. Without the
program, `pulumi destroy` fails as it would without a hook; it has nothing to wait for, as a queue that is
deleted is waited for by the provider.
"""

import asyncio

import pulumi
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import monitor_supports_feature

from modelyard.planning.release import TRIES_MAX, release_wait_seconds


def release_wait(name: str) -> pulumi.ResourceHookBinding | None:
    """The hook for the compute environments of the cluster of that name; None if the engine knows none.

    Each cluster has its own, named after it: a name can be registered once in a deployment, whose components
    may be made in several processes. It is the cluster's, not the pool's: whoever removes a pool has no pool
    to register it.
    """
    if not monitor_supports_feature(resource_pb2.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS):
        return None
    return pulumi.ResourceHookBinding(on_error=[pulumi.ErrorHook(f"{name}-release-wait", wait_for_release)])


async def wait_for_release(failure: pulumi.ErrorHookArgs) -> bool:
    """Whether to try again: after a wait, if a queue still held the environment."""
    seconds = release_wait_seconds(failure.failed_operation, failure.errors)
    if seconds is None:
        return False
    pulumi.log.info(
        f"{failure.name}: its job queue has not let go of the compute environment {failure.id} yet; "
        f"try {len(failure.errors) + 1} of {TRIES_MAX} in {seconds:.0f} s"
    )
    await asyncio.sleep(seconds)
    return True
