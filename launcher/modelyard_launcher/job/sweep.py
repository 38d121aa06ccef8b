"""Many variants of one job, told apart by variables."""

from math import prod
from typing import Annotated, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from modelyard_launcher.job.fields import LONGEST_VALUE, JobPart, VariableName, distinct, without_nul

FEWEST_VARIANTS = 2
MOST_VARIANTS = 10_000
"""An array job of AWS Batch has 2 to 10,000 children (User Guide, "Array jobs", 2026-11)."""

MOST_SWEPT = 20
"""Variables that tell variants apart."""

LARGEST_NUMBER = 10**15
"""Whole numbers up to here are told apart in binary."""


def _scalar(value: object) -> object:
    """A value that is text, a finite number, true or false. Raises ValueError for others."""
    if isinstance(value, str):
        if len(value) > LONGEST_VALUE:
            raise ValueError(f"the text is longer than {LONGEST_VALUE:,} characters")
        return without_nul(value)
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        if value - value != 0:
            raise ValueError(f"{value} is no finite number")
        return value
    raise ValueError("it is neither text nor a number, true or false")


SweepValue = Annotated[
    object,
    Field(
        json_schema_extra={
            "allowed": f"text of up to {LONGEST_VALUE:,} characters, a number, true or false",
            "mend": "write one value; programs find it as text",
        },
    ),
    AfterValidator(_scalar),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]}),
]

_Bound = Annotated[
    float,
    Field(
        ge=-LARGEST_NUMBER,
        le=LARGEST_NUMBER,
        allow_inf_nan=False,
        json_schema_extra={
            "allowed": "a number from -1e15 to 1e15",
            "mend": "write a plain number, as 0.001",
        },
    ),
]


class Draw(JobPart):
    """Where the values of one variable are drawn from: a range (min and max), or choices."""

    min: _Bound | None = None
    """Least value of a range."""

    max: _Bound | None = None
    """Largest value of a range."""

    log: bool = False
    """Draw from the range evenly by factors, not by differences, as learning rates are."""

    integer: bool = False
    """Draw whole numbers, both ends included."""

    choices: (
        Annotated[
            list[SweepValue],
            Field(
                min_length=1,
                max_length=MOST_VARIANTS,
                examples=[["adam", "sgd"]],
                json_schema_extra={
                    "allowed": "a list of texts, numbers, true or false",
                    "mend": "list the values to draw from, as [adam, sgd]",
                },
            ),
        ]
        | None
    ) = None
    """Values to draw from, each as likely as the others."""

    @model_validator(mode="after")
    def _is_a_range_or_choices(self) -> Self:
        if self.choices is not None:
            if self.min is not None or self.max is not None or self.log or self.integer:
                raise ValueError("choices stand alone: min, max, log and integer belong to a range")
            return self
        if self.min is None or self.max is None:
            raise ValueError("a range has both min and max")
        if self.min >= self.max:
            raise ValueError(f"min is {self.min:g}, which isn't below max, {self.max:g}")
        if self.log and self.min <= 0:
            raise ValueError(f"min is {self.min:g}, and log needs a min above 0")
        if self.integer and not (self.min.is_integer() and self.max.is_integer()):
            raise ValueError("integer needs min and max that are whole numbers")
        return self


_SWEPT = {
    "allowed": f"1 to {MOST_SWEPT} names of variables",
    "mend": "sweep fewer variables: what is the same in all variants belongs into envs",
}

_Grid = Annotated[
    dict[
        VariableName,
        Annotated[
            list[SweepValue],
            Field(
                min_length=1,
                max_length=MOST_VARIANTS,
                json_schema_extra={
                    "allowed": f"a list of 1 to {MOST_VARIANTS:,} values, each once",
                    "mend": "list each value once, as [0.1, 0.01]",
                },
            ),
            AfterValidator(distinct),
        ],
    ],
    Field(min_length=1, max_length=MOST_SWEPT, examples=[{"LR": [0.1, 0.01]}], json_schema_extra={**_SWEPT}),
]

_List = Annotated[
    list[
        Annotated[
            dict[VariableName, SweepValue],
            Field(min_length=1, max_length=MOST_SWEPT, json_schema_extra={**_SWEPT}),
        ]
    ],
    Field(
        min_length=FEWEST_VARIANTS,
        max_length=MOST_VARIANTS,
        examples=[[{"LR": 0.1}, {"LR": 0.01}]],
        json_schema_extra={
            "allowed": f"a list of {FEWEST_VARIANTS} to {MOST_VARIANTS:,} variants, "
            "each a mapping of names to values",
            "mend": "write one variant a line, as - {LR: 0.1, SEED: 1}; "
            f"make several sweeps of more than {MOST_VARIANTS:,}",
        },
    ),
]

_Random = Annotated[
    dict[
        VariableName,
        Annotated[
            Draw,
            Field(
                json_schema_extra={
                    "allowed": "a mapping of min and max, with log or integer if wanted, or of choices",
                    "mend": "write {min: 0.0001, max: 0.1, log: true}, or {choices: [adam, sgd]}",
                }
            ),
        ],
    ],
    Field(
        min_length=1,
        max_length=MOST_SWEPT,
        examples=[{"LR": {"min": 0.0001, "max": 0.1, "log": True}}],
        json_schema_extra={**_SWEPT},
    ),
]


class Sweep(JobPart):
    """Variants of the job: of a grid, of a list, or drawn at random. One of the three is given."""

    grid: _Grid | None = None
    """Variables and their values: each combination is a variant, in the order written, the last variable
    varying fastest."""

    list: _List | None = None
    """Variants one by one, each a mapping of variables to values."""

    random: _Random | None = None
    """Variables and where their values are drawn from; with count."""

    count: (
        Annotated[
            int,
            Field(
                ge=FEWEST_VARIANTS,
                le=MOST_VARIANTS,
                examples=[100],
                json_schema_extra={
                    "allowed": f"a whole number from {FEWEST_VARIANTS} to {MOST_VARIANTS:,}",
                    "mend": "write how many variants to draw, as count: 100",
                },
            ),
        ]
        | None
    ) = None
    """Variants to draw at random."""

    seed: int = Field(
        default=0,
        ge=0,
        le=2**63 - 1,
        examples=[7],
        json_schema_extra={
            "allowed": "a whole number from 0 to 9,223,372,036,854,775,807",
            "mend": "write a whole number, as seed: 7",
        },
    )
    """What the draws follow from: the same seed draws the same variants, on every machine."""

    parallel: (
        Annotated[
            int,
            Field(
                ge=1,
                le=MOST_VARIANTS,
                examples=[8],
                json_schema_extra={
                    "allowed": f"a whole number from 1 to {MOST_VARIANTS:,}",
                    "mend": "write how many variants may run at a time, as parallel: 8",
                },
            ),
        ]
        | None
    ) = None
    """Variants that run at a time, at most. Unset: as many as the pool has nodes for."""

    @model_validator(mode="after")
    def _is_one_of_three(self) -> Self:
        given = [name for name in ("grid", "list", "random") if getattr(self, name) is not None]
        if len(given) != 1:
            said = (
                f"both {' and '.join(given)} are given"
                if given
                else "neither grid nor list nor random is given"
            )
            raise ValueError(f"{said}, and a sweep has one of them")
        if (self.random is None) != (self.count is None):
            raise ValueError(
                "random needs count"
                if self.count is None
                else "count belongs to random: the others count themselves"
            )
        if not FEWEST_VARIANTS <= self.size <= MOST_VARIANTS:
            made = f"{self.size:,} variant{'s' * (self.size > 1)}"
            raise ValueError(f"the grid makes {made}, and a sweep has {FEWEST_VARIANTS} to {MOST_VARIANTS:,}")
        return self

    @property
    def size(self) -> int:
        """Number of variants."""
        if self.grid is not None:
            return prod(len(values) for values in self.grid.values())
        return len(self.list) if self.list is not None else self.count or 0

    @property
    def names(self) -> tuple[str, ...]:
        """The variables that tell variants apart, in the order in which they are first named."""
        if self.list is not None:
            return tuple(dict.fromkeys(name for variant in self.list for name in variant))
        return tuple(self.grid or self.random or ())
