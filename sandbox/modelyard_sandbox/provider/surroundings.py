"""What a provider's process finds in its environment: which sandbox it is of."""

from __future__ import annotations

import os

from modelyard.errors import SurroundingsError
from modelyard_sandbox.provider.journal import Journal
from modelyard_sandbox.sandbox import DIRECTORY_VARIABLE, JOURNAL_DIRECTORY, Sandbox

MEND = 'set what `pulumi` needs: eval "$(modelyard sandbox env)"'


def sandbox_named(package: str) -> Sandbox:
    """The sandbox that the environment names; raises SurroundingsError if it names none."""
    if not os.environ.get(DIRECTORY_VARIABLE):
        raise SurroundingsError(
            f"this `{package}` provider is the sandbox's, and {DIRECTORY_VARIABLE} "
            "does not say which sandbox",
            MEND,
        )
    return Sandbox()


def journal_of(sandbox: Sandbox) -> Journal:
    """The journal of a sandbox whose server runs; raises SurroundingsError if none does."""
    return Journal(sandbox.directory / JOURNAL_DIRECTORY, sandbox.must_run().name)
