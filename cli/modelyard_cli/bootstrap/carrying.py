"""Carrying a plan out, on either cloud: step after step, with what was and wasn't done if it stops."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from modelyard.errors import SurroundingsError
from modelyard_cli.bootstrap.parts import Step

Words = Callable[[Exception], SurroundingsError]
"""What a cloud's client raised, for people."""


def carry_out_steps(
    steps: Sequence[Step],
    tell: Callable[[Step], None],
    raised: tuple[type[Exception], ...],
    words: Words,
) -> None:
    """Do what is to be done, telling of each step when it is done.

    Every step is looked up again before it is done, so that a run goes on where another stopped.

    Args:
        steps: what isn't right, in the order in which it is done.
        tell: is told of each step that is done.
        raised: what the cloud's client raises, beside SurroundingsError.
        words: says it for people.

    Raises:
        SurroundingsError: with what was done and what wasn't.
    """
    for step in steps:
        try:
            for difference in step.part.differences():
                difference.mend()
        except SurroundingsError as error:
            raise _stopped(steps, step, error) from error
        except raised as error:
            raise _stopped(steps, step, words(error)) from error
        step.done = True
        tell(step)


def _stopped(steps: Sequence[Step], at: Step, error: SurroundingsError) -> SurroundingsError:
    done = [step.part.subject for step in steps if step.done]
    rest = [step.part.subject for step in steps if not step.done and step is not at]
    lines = [
        f"stopped at {at.part.subject} ({at.part.region}): {error.message}",
        f"  done: {'; '.join(done) or 'nothing'}",
        f"  perhaps half done: {at.part.subject}",
        f"  not done: {'; '.join(rest) or 'nothing else'}",
    ]
    return SurroundingsError(
        "\n".join(lines), f"{error.mend}; then run the same command again: it goes on where this one stopped"
    )
