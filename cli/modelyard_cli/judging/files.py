"""The files behind a verdict: suppressions and configuration, of the project and of the base branch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from modelyard.errors import InputError, Problem
from modelyard.yaml_lines import shown_path
from modelyard_cli.judging.options import Judging
from modelyard_policies.configuration.reading import FILE as CONFIGURATION
from modelyard_policies.errors import SettingsError
from modelyard_policies.policy import Policy
from modelyard_policies.rule import Rule
from modelyard_policies.settings import Source
from modelyard_policies.suppressions.reading import FILE as SUPPRESSIONS

_LARGEST = 4 << 20


def policy_of(judging: Judging, directory: Path, rules: Sequence[Rule]) -> Policy:
    """What is in force, and what is pending. Raises InputError for a file that can't be used."""
    suppressions = _source(judging.suppressions, directory / SUPPRESSIONS, "--suppressions")
    config = _source(judging.config, directory / CONFIGURATION, "--config")
    try:
        if judging.policy_from is None:
            return Policy.read(rules, suppressions=suppressions, config=config)
        base = _directory(judging.policy_from)
        # The same files of the base branch, wherever they are in the checkout.
        inside = directory if _is_within(directory) else Path()
        return Policy.from_files(
            rules,
            base_suppressions=_of_base(base, _place(judging.suppressions, inside / SUPPRESSIONS)),
            head_suppressions=suppressions,
            base_config=_of_base(base, _place(judging.config, inside / CONFIGURATION)),
            head_config=config,
        )
    except SettingsError as error:
        raise InputError(Problem(**asdict(problem)) for problem in error.problems) from None


def _of_base(base: Path, place: Path) -> Source | None:
    """A file of the base branch, called by its place in the checkout: the same wherever that is."""
    source = _source(None, base / place, "")
    return replace(source, file=str(place)) if source else None


def _place(given: str | None, default: Path) -> Path:
    """Where a file lies in a checkout: a path that leads out of it is taken by its name."""
    if given is None:
        return default
    path = Path(given)
    return path if _is_within(path) else Path(path.name)


def _is_within(path: Path) -> bool:
    return not path.is_absolute() and ".." not in path.parts


def _directory(given: str) -> Path:
    path = Path(given)
    if path.is_dir():
        return path
    raise InputError(
        [
            Problem(
                field="--policy-from",
                given=given,
                message="there is no such directory",
                allowed="a directory with the base branch's files",
                mend="check the base branch out there",
            )
        ]
    )


def _source(given: str | None, default: Path, option: str) -> Source | None:
    """The text of a file: of the one that is given, else of the default one if it is there."""
    path = Path(given) if given is not None else default
    if given is None and not path.exists():
        return None
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST)
        return Source(content.decode("utf-8-sig"), shown_path(path))
    except FileNotFoundError:
        raise _unread(path, option, "there is no such file") from None
    except UnicodeDecodeError:
        raise _unread(path, option, "the file isn't UTF-8") from None
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise _unread(path, option, f"the file can't be read: {reason}") from None


def _unread(path: Path, option: str, message: str) -> InputError:
    shown = shown_path(path)
    problem = Problem(option, shown, message, "a YAML file in UTF-8", "check the path", shown)
    return InputError([problem])
