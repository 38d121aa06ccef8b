"""The job: what to run, on how many nodes of what kind, what to do if it fails. Names are SkyPilot's."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from modelyard_launcher.durations import duration_seconds
from modelyard_launcher.job.fields import (
    LONGEST_VALUE,
    MOST_VARIABLES,
    Instant,
    JobPart,
    Timeout,
    VariableName,
    VariableValue,
    distinct,
    instant,
    without_nul,
)
from modelyard_launcher.job.files import MOST_MOUNTS, LocalPath, MountTarget, Workdir
from modelyard_launcher.job.images import ImageName
from modelyard_launcher.job.notify import Notify
from modelyard_launcher.job.preflight import Preflight
from modelyard_launcher.job.resources import Resources
from modelyard_launcher.job.retry import Retry
from modelyard_launcher.job.secrets import SecretReference
from modelyard_launcher.job.sweep import Sweep

LARGEST_COMMAND_BYTES = 131_071
"""Setup, run and envs together: Linux gives a process no longer text (execve(2), MAX_ARG_STRLEN)."""

MOST_PROCESSES = 256
"""Processes that mpirun starts on a node: more than any node has cores that train; a choice of ours."""

LONGEST_SCRIPT = 65_536
"""Characters of setup, and of run."""

MOST_DEPENDENCIES = 20
"""Jobs that a job may wait for (AWS Batch User Guide, "Job dependencies", 2026-11)."""

RUN_ID_PATTERN = r"^[a-z][a-z0-9-]{0,47}-\d{8}-\d{6}-[0-9a-f]{4}$"
"""Id of a run: the job's name, the time in UTC, four digits."""

RunId = Annotated[
    str,
    Field(
        pattern=RUN_ID_PATTERN,
        json_schema_extra={
            "allowed": "the id of a run, as digits-cnn-20261123-142501-3f2a",
            "mend": "take an id from `modelyard job list`",
        },
    ),
]

Dollars = Annotated[float, Field(gt=0, allow_inf_nan=False)]


def _asked_for(preflight: object) -> object:
    """True for the check as it is, false for none."""
    if isinstance(preflight, bool):
        return {} if preflight else None
    return preflight


class Job(JobPart):
    """A training job: the same file runs on every backend."""

    name: Annotated[
        str,
        Field(
            pattern=r"^[a-z](?:[a-z0-9-]{0,46}[a-z0-9])?$",
            examples=["digits-cnn"],
            json_schema_extra={
                "allowed": "lower-case letters, digits and dashes, 1 to 48, a letter first",
                "mend": "choose a short name in lower case, as digits-cnn",
            },
        ),
    ]
    """Name of the job: the first part of each run's id."""

    image: ImageName | None = None
    """Container image, best with its digest: a tag may stand for another image tomorrow. The local backend
    runs without one, unless it is told to run containers."""

    workdir: Workdir | None = None
    """Directory whose files travel with the job, and that its commands start in. Unset: nothing travels, and
    they start in the image's own; on the local backend in the directory of the job's file."""

    file_mounts: dict[MountTarget, LocalPath] = Field(
        default={},
        max_length=MOST_MOUNTS,
        examples=[{"/data/vocabulary.json": "./vocabulary.json"}],
        json_schema_extra={
            "allowed": f"at most {MOST_MOUNTS} lines of an absolute path in the container and a local path",
            "mend": "write /path/in/container: ./local/path lines; put large data into the dataset store",
        },
    )
    """Files and directories that travel with the job: absolute paths in the container to local paths."""

    num_nodes: int = Field(
        default=1,
        ge=1,
        le=1_000,
        examples=[2],
        json_schema_extra={
            "allowed": "a whole number from 1 to 1,000",
        },
    )
    """Nodes that run the job together (1,000 is Batch's default limit for a multi-node job)."""

    resources: Resources = Resources()
    """What each node has to have."""

    envs: dict[VariableName, VariableValue] = Field(
        default={},
        max_length=MOST_VARIABLES,
        examples=[{"EPOCHS": "8"}],
        json_schema_extra={
            "allowed": f"at most {MOST_VARIABLES} names of letters, digits and underscores, "
            f"each with a text of up to {LONGEST_VALUE:,} characters",
            "mend": 'write NAME: "text" lines, with names that the launcher doesn\'t use itself',
        },
    )
    """Variables for every rank, names to texts."""

    secrets: dict[VariableName, SecretReference] = Field(
        default={},
        max_length=MOST_VARIABLES,
        examples=[{"HF_TOKEN": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:hub-AbCdEf"}],
        json_schema_extra={
            "allowed": f"at most {MOST_VARIABLES} names of variables, each with the ARN of a secret or of a "
            "parameter",
            "mend": "write NAME: ARN lines; the value stays in Secrets Manager or in SSM",
        },
    )
    """Variables whose values are read from Secrets Manager or SSM when a node starts: names to ARNs. A value
    never lies in a file, a plan, a record or a job definition."""

    setup: (
        Annotated[
            str,
            Field(
                min_length=1,
                max_length=LONGEST_SCRIPT,
                examples=["pip install -e ."],
                json_schema_extra={
                    "allowed": f"shell text of 1 to {LONGEST_SCRIPT:,} characters",
                    "mend": "write shell text, or leave setup out",
                },
            ),
            AfterValidator(without_nul),
        ]
        | None
    ) = None
    """Shell text that every node runs before `run`, in a shell of its own; the first failure ends it."""

    run: Annotated[str, AfterValidator(without_nul)] = Field(
        max_length=LONGEST_SCRIPT,
        pattern=r"\S",
        examples=["python train.py"],
        json_schema_extra={
            "allowed": f"shell text of up to {LONGEST_SCRIPT:,} characters",
            "mend": "write the command that trains, as run: python train.py",
        },
    )
    """Shell text that every node runs; it ends at the first command that fails. `python` is on its path."""

    distribution: Literal["torchrun", "jax", "mpi", "none"] = "none"
    """How the ranks find each other: torchrun adds RANK, LOCAL_RANK and WORLD_SIZE to what ranks find. With
    mpi the ranks are processes that the mpirun of Open MPI starts, on Azure only; they find these too."""

    processes_per_node: int = Field(
        default=1,
        ge=1,
        le=MOST_PROCESSES,
        examples=[8],
        json_schema_extra={
            "allowed": f"a whole number from 1 to {MOST_PROCESSES:,}, with distribution: mpi",
            "mend": "write as many as a node has accelerators, as processes_per_node: 8",
        },
    )
    """Ranks that mpirun starts on each node, with `distribution: mpi`. Otherwise there is one, which starts
    what it wants itself, as torchrun does."""

    datasets: Literal["datasets", "checkpoints"] = "datasets"
    """Store of the environment that MODELYARD_DATASETS names."""

    checkpoints: Literal["checkpoints"] = "checkpoints"
    """Store of the environment that MODELYARD_CHECKPOINTS names: the one that jobs may write to."""

    retry: Retry = Retry()
    """What happens when an attempt fails."""

    timeout: Timeout | None = None
    """Longest that one attempt may take. Unset, there is no limit, and none on what an attempt may cost."""

    max_hourly_cost: (
        Annotated[
            Dollars,
            Field(
                le=1_000_000,
                examples=[40],
                json_schema_extra={
                    "allowed": "a number above 0, up to 1,000,000: US dollars an hour for all nodes together",
                    "mend": "write a plain number, as max_hourly_cost: 40",
                },
            ),
        ]
        | None
    ) = None
    """Most US dollars an hour that all nodes together may cost at list price. A pool above it is refused."""

    max_total_cost: (
        Annotated[
            Dollars,
            Field(
                le=100_000_000,
                examples=[2_000],
                json_schema_extra={
                    "allowed": "a number above 0, up to 100,000,000: US dollars for all attempts together",
                    "mend": "write a plain number, as max_total_cost: 2000",
                },
            ),
        ]
        | None
    ) = None
    """Most US dollars that the run may cost at list price, over all attempts and submissions. Shortly before,
    the program is asked to save and to end. Of a sweep, each variant has its equal share."""

    deadline: Instant | None = None
    """Moment in UTC by which the run has ended: shortly before, the program is asked to save and to end."""

    recovery: Literal["same_region", "recovery_region"] = "same_region"
    """Where `job supervise` may go on when the region is lost: only there, or in the environment's recovery
    region too, from the replicated checkpoints."""

    sweep: Sweep | None = Field(
        default=None,
        json_schema_extra={
            "allowed": "one of grid, list and random (with count), for 2 to 10,000 variants",
            "mend": "write grid: {LR: [0.1, 0.01]}, a list: of variants, or random: and count:",
        },
    )
    """Many variants of the job, told apart by variables; a variant's variables stand in place of envs."""

    depends_on: Annotated[list[RunId], AfterValidator(distinct)] = Field(
        default=[],
        max_length=MOST_DEPENDENCIES,
        examples=[["digits-cnn-20261123-142501-3f2a"]],
        json_schema_extra={
            "allowed": f"at most {MOST_DEPENDENCIES} ids of runs, each once",
            "mend": "wait for those only that all the others don't wait for anyhow",
        },
    )
    """Runs that have to succeed before this one starts."""

    preflight: Annotated[
        Preflight | None, BeforeValidator(_asked_for, json_schema_input_type=bool | Preflight | None)
    ] = Field(
        default=None,
        examples=[True],
        json_schema_extra={
            "allowed": "true, false, or a mapping of end_bad_nodes and min_gbps",
            "mend": "write preflight: true",
        },
    )
    """Check every node and the fabric between them before the first step: true, or how."""

    notify: Notify | None = Field(
        default=None,
        json_schema_extra={
            "allowed": "a mapping of webhook or command, and on",
            "mend": "write notify: {webhook: https://hooks.example.com/training}, or a command",
        },
    )
    """Who is told when the run ends."""

    @property
    def num_ranks(self) -> int:
        """Processes that programs run in at first, on all nodes together."""
        return self.num_nodes * self.processes_per_node

    @property
    def starts_together(self) -> bool:
        """Whether several processes have to start at the same time: a node can't start anew by itself."""
        return self.num_nodes > 1 or self.distribution == "mpi"

    @property
    def command_bytes(self) -> int:
        """Size of setup, run and envs together."""
        return sum(
            len(text.encode(errors="surrogatepass"))
            for text in (self.setup or "", self.run, *self.envs, *self.envs.values())
        )

    @property
    def timeout_seconds(self) -> int | None:
        """Longest that one attempt may take, in seconds."""
        return duration_seconds(self.timeout) if self.timeout else None

    @property
    def deadline_at(self) -> datetime | None:
        """Moment by which the run has ended."""
        return instant(self.deadline) if self.deadline else None

    @property
    def variants(self) -> int | None:
        """Variants of its sweep; None if it has none."""
        return self.sweep.size if self.sweep is not None else None

    @property
    def budget_of_a_run(self) -> float | None:
        """What one run may cost in US dollars, over all its attempts: of a sweep, a variant's equal share."""
        return None if self.max_total_cost is None else self.max_total_cost / (self.variants or 1)
