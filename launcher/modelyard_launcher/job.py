"""The job: what to run, on how many nodes of what kind, what to do if it fails. Names are SkyPilot's."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from modelyard_launcher.durations import DURATION_PATTERN, duration_seconds

SHORTEST_TIMEOUT_SECONDS = 60
"""AWS Batch takes no shorter timeout (User Guide, "Job timeouts", 2026-11)."""

LONGEST_TIMEOUT_SECONDS = 28 * 86_400
"""As long as a pool's longest job may be (672 hours)."""

LARGEST_COMMAND_BYTES = 20 * 1_024
"""Setup, run and envs together: a Batch job definition takes 24 KiB with all that stands around them."""

RESERVED_VARIABLES = (
    "NODE_RANK",
    "NUM_NODES",
    "GPUS_PER_NODE",
    "MASTER_ADDR",
    "MASTER_PORT",
    "RANK",
    "LOCAL_RANK",
    "WORLD_SIZE",
)
"""What every rank finds in its environment, set by the launcher (with all that starts with MODELYARD_)."""

_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def _not_taken(name: str) -> str:
    """A variable's name that is the job's to set. Raises ValueError for others."""
    if name.startswith("MODELYARD_") or name in RESERVED_VARIABLES:
        raise ValueError(f"{name} is set by the launcher on every rank")
    if name.startswith("AWS_BATCH_"):
        raise ValueError(f"{name} begins with AWS_BATCH_, which AWS Batch keeps for itself")
    if name in _CREDENTIALS:
        raise ValueError(f"{name} is a credential; a job gets its access from its role, never from its file")
    return name


def _without_nul(text: str) -> str:
    """Text that a process can be given. Raises ValueError for other."""
    if "\0" in text:
        raise ValueError("it holds a NUL character, which no process can be given")
    return text


VariableName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$",
        json_schema_extra={
            "allowed": "a name of letters, digits and underscores, no digit first, "
            "that neither the launcher nor AWS sets",
            "mend": "choose another name, or remove it",
        },
    ),
    AfterValidator(_not_taken),
]

VariableValue = Annotated[str, Field(max_length=4_096), AfterValidator(_without_nul)]


class _JobPart(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        validate_default=True,
        regex_engine="python-re",
        defer_build=True,
    )


class Resources(_JobPart):
    """What each node has to have. A pool of the environment that has it is chosen, the cheapest first."""

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
        json_schema_extra={
            "allowed": "a whole number from 1 to 1,024, which means at least so many",
            "mend": "write a plain number, as cpus: 16",
        },
    )
    """Virtual CPUs that a node has to have at least. Unset: all that the node has."""

    memory: int | None = Field(
        default=None,
        ge=1,
        le=32_768,
        json_schema_extra={
            "allowed": "a whole number of GiB from 1 to 32,768, which means at least so many",
            "mend": "write a plain number, as memory: 32",
        },
    )
    """Memory that a node has to have at least, in GiB, after the host's share. Unset: all that it gives."""

    use_spot: bool = False
    """Run on spot capacity, which may be taken back with two minutes' notice: single-node jobs only."""

    pool: (
        Annotated[
            str,
            Field(
                pattern=r"^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$",
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


class Retry(_JobPart):
    """What happens when an attempt fails. A timeout and a cancelled run are never tried again."""

    attempts: int = Field(default=1, ge=1, le=10)
    """How often the job is started at most, the first time included (AWS Batch takes 1 to 10)."""

    exit_codes: Annotated[
        list[Annotated[int, Field(ge=1, le=255)]] | None,
        Field(
            min_length=1,
            max_length=3,
            json_schema_extra={
                "allowed": "one to three exit codes from 1 to 255",
                "mend": "leave it out to retry on every code: AWS Batch takes five rules, two are taken",
            },
        ),
    ] = None
    """Exit codes after which another attempt is made. Unset: all but 0."""


Duration = Annotated[
    str,
    Field(
        pattern=DURATION_PATTERN,
        examples=["30m"],
        json_schema_extra={
            "allowed": "a whole number and one of s, m, h, d; 60s to 28d",
            "mend": "write a number and a unit, as 90s, 30m, 2h, 1d",
        },
    ),
]


class Job(_JobPart):
    """A training job: the same file runs on every backend."""

    name: Annotated[
        str,
        Field(
            pattern=r"^[a-z](?:[a-z0-9-]{0,46}[a-z0-9])?$",
            json_schema_extra={
                "allowed": "lower-case letters, digits and dashes, 1 to 48, a letter first",
                "mend": "choose a short name in lower case, as digits-cnn",
            },
        ),
    ]
    """Name of the job: the first part of each run's id."""

    image: (
        Annotated[
            str,
            Field(
                pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,511}$",
                examples=["cnn:1.0"],
                json_schema_extra={
                    "allowed": "the name of an image with its tag or digest, as cnn:1.0",
                    "mend": "write the name as the registry has it, as cnn:1.0",
                },
            ),
        ]
        | None
    ) = None
    """Container image. The local backend runs without one."""

    workdir: Annotated[
        str,
        Field(
            pattern=r"^[^/\x00][^\x00]{0,1023}$",
            examples=["."],
            json_schema_extra={
                "allowed": "a directory, relative to the job's file",
                "mend": "write . for the directory of the job's file, or a path that begins there",
            },
        ),
    ] = "."
    """Directory that the commands start in, relative to the job's file."""

    num_nodes: int = Field(default=1, ge=1, le=1_000)
    """Nodes that run the job together (1,000 is Batch's default limit for a multi-node job)."""

    resources: Resources = Resources()
    """What each node has to have."""

    envs: Annotated[
        dict[VariableName, VariableValue],
        Field(
            max_length=100,
            json_schema_extra={
                "allowed": "at most 100 names of letters, digits and underscores, "
                "each with a text of up to 4,096 characters",
                "mend": 'write NAME: "text" lines, with names that the launcher doesn\'t use itself',
            },
        ),
    ] = {}
    """Variables for every rank, names to texts."""

    setup: Annotated[str, Field(min_length=1, max_length=16_384), AfterValidator(_without_nul)] | None = None
    """Shell text that every node runs before `run`, in a shell of its own; the first failure ends it."""

    run: Annotated[str, AfterValidator(_without_nul)] = Field(
        max_length=16_384,
        pattern=r"\S",
        examples=["python train.py"],
        json_schema_extra={
            "allowed": "shell text of up to 16,384 characters",
            "mend": "write the command that trains, as run: python train.py",
        },
    )
    """Shell text that every node runs; it ends at the first command that fails. `python` is on its path."""

    distribution: Literal["torchrun", "jax", "none"] = "none"
    """How the ranks find each other: torchrun adds RANK, LOCAL_RANK and WORLD_SIZE to what ranks find."""

    datasets: Literal["datasets", "checkpoints"] = "datasets"
    """Store of the environment that MODELYARD_DATASETS names."""

    checkpoints: Literal["checkpoints"] = "checkpoints"
    """Store of the environment that MODELYARD_CHECKPOINTS names: the one that jobs may write to."""

    retry: Retry = Retry()
    """What happens when an attempt fails."""

    timeout: Duration | None = None
    """Longest that one attempt may take. Unset, there is no limit, and none on what it may cost."""

    max_hourly_cost: (
        Annotated[
            float,
            Field(
                gt=0,
                le=1_000_000,
                strict=False,
                json_schema_extra={
                    "allowed": "a number above 0: US dollars an hour for all nodes together",
                    "mend": "write a plain number, as max_hourly_cost: 40",
                },
            ),
        ]
        | None
    ) = None
    """Most US dollars an hour that all nodes together may cost at list price. A pool above it is refused."""

    @field_validator("timeout")
    @classmethod
    def _within_bounds(cls, timeout: str | None) -> str | None:
        if (
            timeout is not None
            and not SHORTEST_TIMEOUT_SECONDS <= duration_seconds(timeout) <= LONGEST_TIMEOUT_SECONDS
        ):
            raise ValueError(
                f"a timeout is between 60s and 28d; {timeout} is {duration_seconds(timeout):,} seconds"
            )
        return timeout

    @property
    def command_bytes(self) -> int:
        """Size of setup, run and envs together, which a job definition has to hold."""
        return sum(
            len(text.encode()) for text in (self.setup or "", self.run, *self.envs, *self.envs.values())
        )

    @property
    def timeout_seconds(self) -> int | None:
        """Longest that one attempt may take, in seconds."""
        return duration_seconds(self.timeout) if self.timeout else None


_SECRET_NAME = re.compile(
    r"(?:^|_)(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|(?:API|ACCESS|PRIVATE|SECRET)_?KEY)$",
    re.I,
)

HIDDEN = "(hidden)"


def shown_envs(envs: dict[str, str]) -> dict[str, str]:
    """The variables as plans and records may show them: values whose names speak of a secret are hidden."""
    return {name: HIDDEN if _SECRET_NAME.search(name) else value for name, value in envs.items()}
