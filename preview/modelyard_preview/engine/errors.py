"""What a program may do that no run without a cloud can answer.

InputError
└── ProgramError
    ├── OfflineInvokeError       a data source whose answer nobody gave
    ├── DuplicateResourceError   two resources of one URN
    └── UnsupportedError         a feature that only the Pulumi CLI offers
"""

from __future__ import annotations

from modelyard.errors import InputError, Problem


class ProgramError(InputError):
    """A program that can't be run here; says where, and what to change."""

    def __init__(self, problem: Problem, source: str | None) -> None:
        file, _, line = (source or "").rpartition(":")
        super().__init__([problem.at(file, int(line)) if file else problem])


class OfflineInvokeError(ProgramError):
    """A plain data source, as `aws.get_region()`, was called and there is no cloud to ask."""

    def __init__(self, token: str, place: tuple[str, int] | None) -> None:
        super().__init__(
            Problem(
                field=token,
                given=f"a call of the data source {token}",
                message="a preview can't know the answer of this data source: it is offline",
                allowed="data sources whose answers are given, and the `_output` forms, which stay unknown",
                mend="pass the value in by configuration, or call the `_output` form",
            ),
            f"{place[0]}:{place[1]}" if place else None,
        )


class DuplicateResourceError(ProgramError):
    """Two resources have the same type, name and parent type, so the same URN."""

    def __init__(self, urn: str, first: str | None, source: str | None) -> None:
        super().__init__(
            Problem(
                field=urn,
                given=f"a second resource of that URN; the first is at {first or 'an unknown line'}",
                message="two resources can't have the same URN",
                allowed="one resource for each type and name under parents of one type",
                mend="give one of them another name",
            ),
            source,
        )


class UnsupportedError(ProgramError):
    """The program uses a feature of the Pulumi CLI that this engine lacks."""

    def __init__(self, feature: str, source: str | None = None) -> None:
        super().__init__(
            Problem(
                field="",
                given=feature,
                message="the engine that runs programs in process doesn't have this feature",
                allowed="resources, components, explicit providers, outputs, stack references, data sources",
                mend="run `pulumi preview` for this program, or do without the feature",
            ),
            source,
        )
