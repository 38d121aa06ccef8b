"""The check of nodes and fabric before the first step."""

from typing import Annotated

from pydantic import Field

from modelyard_launcher.job.fields import JobPart


class Preflight(JobPart):
    """The check before the first step: devices, drivers, fabric, clocks, stores, on every node."""

    end_bad_nodes: bool = False
    """End the instance of a node that fails the check before the job is tried again. Without it, the node is
    named and stays."""

    min_gbps: (
        Annotated[
            float,
            Field(
                gt=0,
                le=100_000,
                allow_inf_nan=False,
                examples=[1_600],
                json_schema_extra={
                    "allowed": "a number above 0 and up to 100,000: gigabits a second",
                    "mend": "write a plain number, as min_gbps: 1600, or leave it out for what the type does",
                },
            ),
        ]
        | None
    ) = None
    """Bus bandwidth that the all-reduce has to reach at least, in gigabits a second. Unset: what is expected
    of the instance type."""
