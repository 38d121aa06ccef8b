"""A program that ends its process would end ours, with its exit code in the place of an answer."""

from __future__ import annotations

import contextlib
import os
import traceback
from collections.abc import Generator
from pathlib import Path
from typing import NoReturn

from modelyard.errors import InputError, Problem


@contextlib.contextmanager
def process_kept() -> Generator[None]:
    """Refuse `os._exit` within the block, at the line that calls it. Processes that are forked there end as
    they are told.
    """
    end, ours, here = os._exit, os.getpid(), Path.cwd()  # (the program runs in a directory of its own)

    def refuse(status: int) -> NoReturn:
        if os.getpid() != ours:
            end(status)
        caller = traceback.extract_stack(limit=2)[0]
        file = Path(caller.filename)
        problem = Problem(
            field="",
            given=f"os._exit({status})",
            message="the program ends its whole process here, before its resources are complete",
            allowed="a program that runs to its end, or leaves by sys.exit()",
            mend="leave by sys.exit(), or leave the call out in a preview",
            file=str(file.relative_to(here) if file.is_relative_to(here) else file),
            line=caller.lineno,
        )
        raise InputError([problem])

    os._exit = refuse
    try:
        yield
    finally:
        os._exit = end
