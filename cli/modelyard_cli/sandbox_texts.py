"""What `modelyard sandbox up` and `down` tell people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelyard_cli.sandbox_blobs import Blobs
    from modelyard_sandbox.environments import DownResult, UpResult
    from modelyard_sandbox.pulumi_stacks import Stack

COUNTS = ("created", "updated", "replaced", "unchanged", "deleted")


def up_lines(result: UpResult, endpoint: str, blobs: Blobs | None) -> Iterator[str]:
    """What an `up` did, and where; of blobs where the environment may have some of Azure's."""
    yield f"{result.environment} is up in the sandbox at {endpoint} ({result.seconds:.1f} s)"
    said = ", ".join(f"{getattr(result, word)} {word}" for word in COUNTS if getattr(result, word))
    yield f"  {said or 'nothing to do'}"
    if blobs is not None:
        yield f"  {blobs.text}"


def down_lines(result: DownResult, stacks: Sequence[Stack], *, ended: bool) -> Iterator[str]:
    """What a `down` did, and what it found afterwards; `ended` says whether the server did with it."""
    yield f"{result.environment}: {result.deleted} deleted ({result.seconds:.1f} s)"
    for label in result.remaining:
        yield f"  remains: {label}"
    if not result.remaining:
        yield "  checked by listing: nothing of it remains"
    for label in result.others:
        yield f"  besides, not the environment's: {label}"
    for stack in stacks:
        yield f"  besides, {worded_stack(stack)}"
    for label in result.leftovers:
        yield f"  Azure keeps: {label}"
    if ended and result.leftovers:
        yield "  the server has ended, and with it what Azure would keep: every name is free here again"
    elif ended:
        yield "  the server has ended: nothing else was in it"


def worded_stack(stack: Stack) -> str:
    """A stack of Pulumi in the sandbox."""
    return f"Pulumi's stack {stack.project}/{stack.name}: {stack.resources} resources"
