"""What each node of a job has to have."""

from typing import Annotated

from pydantic import Field

from modelyard_launcher.job.fields import JobPart


class Resources(JobPart):
    """What each node has to have. A pool of the environment that has it is chosen, the cheapest first.

    A job on one node that asks for a part of it takes the smallest equal part that has all it asks for, and
    other jobs run beside it. One that asks for nothing has the node to itself, and so have a gang's nodes.
    """

    accelerators: (
        Annotated[
            str,
            Field(
                pattern=r"^[A-Za-z][A-Za-z0-9-]{0,31}(:[1-9][0-9]{0,2})?$",
                examples=["H100:8"],
                json_schema_extra={
                    "allowed": "a kind and a number for each node, as H100:8, or null",
                    "mend": "write kind:number, as H100:8; leave the line out for CPU nodes",
                },
            ),
        ]
        | None
    ) = None
    """Kind and number of accelerators of a node, as H100:8; a kind alone is one of it. Unset: CPU nodes."""

    cpus: int | None = Field(
        default=None,
        ge=1,
        le=1_024,
        examples=[16],
        json_schema_extra={
            "allowed": "a whole number from 1 to 1,024, which means at least so many",
            "mend": "write a plain number, as cpus: 16",
        },
    )
    """Virtual CPUs to have of a node at least. Unset: those that go with the rest, or all that it has."""

    memory: int | None = Field(
        default=None,
        ge=1,
        le=32_768,
        examples=[32],
        json_schema_extra={
            "allowed": "a whole number of GiB from 1 to 32,768, which means at least so many",
            "mend": "write a plain number, as memory: 32",
        },
    )
    """Memory to have of a node at least, in GiB, after the host's share. Unset: what goes with the rest, or
    all that it gives."""

    shm: int | None = Field(
        default=None,
        ge=1,
        le=32_768,
        examples=[16],
        json_schema_extra={
            "allowed": "a whole number of GiB from 1 to 32,768, no more than the memory",
            "mend": "write a plain number, as shm: 16",
        },
    )
    """Size of /dev/shm in GiB, which data loaders and NCCL use; it counts as memory. Unset: the backend's."""

    use_spot: bool = False
    """Run on spot capacity, which may be taken back with two minutes' notice: single-node jobs only."""

    pool: (
        Annotated[
            str,
            Field(
                pattern=r"^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$",
                examples=["h100"],
                json_schema_extra={
                    "allowed": "the name of one of the environment's pools",
                    "mend": "take a name from the environment's compute, or leave pool out",
                },
            ),
        ]
        | None
    ) = None
    """Name of the pool to use. Unset, the cheapest that fits."""

    @property
    def accelerator_kind(self) -> str | None:
        """Kind of accelerator, as H100."""
        return self.accelerators.partition(":")[0] if self.accelerators else None

    @property
    def accelerator_count(self) -> int:
        """Accelerators of a node; 0 on CPU nodes."""
        return int(self.accelerators.partition(":")[2] or 1) if self.accelerators else 0
