"""What a program may do that no run without a cloud can answer.

InputError
└── ProgramError
    ├── OfflineInvokeError       a data source whose answer nobody gave
    ├── OfflineConnectionError   a connection, where the network is closed
    ├── SecretConfigError        a secret of the configuration read as a plain number, truth value or object
    ├── DuplicateResourceError   two resources of one URN
    └── UnsupportedError         a feature that only the Pulumi CLI offers
"""

from __future__ import annotations

from modelyard.errors import InputError, Problem

Place = tuple[str, int]
"""File and line of the program."""


class ProgramError(InputError):
    """A program that can't be run here; says where, and what to change."""

    def __init__(self, problem: Problem, source: str | None) -> None:
        file, _, line = (source or "").rpartition(":")
        super().__init__([problem.at(file, int(line)) if file else problem])


class OfflineInvokeError(ProgramError):
    """A plain data source, as `aws.get_region()`, was called and there is no cloud to ask."""

    def __init__(
        self,
        token: str,
        place: Place | None,
        *,
        unknown_arguments: bool = False,
        how: str = "",
    ) -> None:
        message = "a preview can't know the answer of this data source: it is offline"
        if unknown_arguments:
            message = (
                "the arguments of this data source are known only once it is deployed, and so its answer"
            )
        mend = "pass the value in by configuration, or call the `_output` form"
        super().__init__(
            Problem(
                field=token,
                given=f"a call of the data source {token}",
                message=message,
                allowed="data sources whose answers are given, and the `_output` forms, which stay unknown",
                mend=f"{how}; or {mend}" if how and not unknown_arguments else mend,
            ),
            _text(place),
        )


class OfflineConnectionError(ProgramError):
    """The program calls out while the network is closed."""

    def __init__(self, target: str, place: Place | None) -> None:
        super().__init__(
            Problem(
                field="",
                given=f"a connection to {target}",
                message=f"the program opens a connection to {target} here; a preview runs without a network",
                allowed="resources, data sources, files of the program, configuration",
                mend="pass what it asks for in by configuration, or leave the call out in a preview",
            ),
            _text(place),
        )


class SecretConfigError(ProgramError):
    """A secret of the configuration isn't decrypted, so it has no number, truth value or object to give."""

    def __init__(self, key: str, method: str, place: Place | None) -> None:
        super().__init__(
            Problem(
                field=key,
                given=f"{method.replace('_secret', '')} of a secret",
                message="secrets of the configuration are never decrypted here, so this value isn't known",
                allowed=f"{method}, which stays unknown",
                mend=f"read it with {method}",
            ),
            _text(place),
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
                mend="do without the feature, or run `pulumi preview --json` and give what it wrote to "
                "`modelyard check --file`",
            ),
            source,
        )


def _text(place: Place | None) -> str | None:
    return f"{place[0]}:{place[1]}" if place else None
