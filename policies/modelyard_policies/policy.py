"""What a run is judged by beside the rules: the suppressions and the configuration in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from modelyard_policies.configuration.configuration import Configuration
from modelyard_policies.configuration.reading import read_configuration
from modelyard_policies.pending import Pending, pending_configuration, pending_suppressions
from modelyard_policies.rule import Rule
from modelyard_policies.settings import Source
from modelyard_policies.suppressions.entry import Scope, Suppression
from modelyard_policies.suppressions.reading import read_suppressions


@dataclass(frozen=True, slots=True)
class Policy:
    """Suppressions and configuration."""

    suppressions: tuple[Suppression, ...] = ()
    configuration: Configuration = field(default_factory=Configuration)
    pending: tuple[Pending, ...] = ()
    """What the change at hand would make of them, once it is merged."""
    mended: frozenset[Scope] = frozenset()
    """Scopes of suppressions that the change at hand removes or writes anew."""

    @classmethod
    def from_files(
        cls,
        rules: Sequence[Rule],
        *,
        base_suppressions: Source | None,
        head_suppressions: Source | None,
        base_config: Source | None,
        head_config: Source | None,
    ) -> Self:
        """The policy of a pull request: what the base branch has is in force, and what the change would make
        of it is pending. None stands for a file that isn't there.

        Raises SettingsError for whichever can't be used: a change that breaks a file isn't merged either.
        """
        suppressions = {
            name: read_suppressions(source, rules) if source else ()
            for name, source in (("base", base_suppressions), ("head", head_suppressions))
        }
        configurations = {
            name: read_configuration(source, rules) if source else Configuration()
            for name, source in (("base", base_config), ("head", head_config))
        }
        changed = [*pending_suppressions(suppressions["base"], suppressions["head"])]
        return cls(
            suppressions["base"],
            configurations["base"],
            (*changed, *pending_configuration(configurations["base"], configurations["head"])),
            frozenset(change.suppression.scope for change in changed if change.suppression),
        )

    @classmethod
    def read(cls, rules: Sequence[Rule], *, suppressions: Source | None, config: Source | None) -> Self:
        """The policy where nothing is pending. Raises SettingsError."""
        return cls.from_files(
            rules,
            base_suppressions=suppressions,
            head_suppressions=suppressions,
            base_config=config,
            head_config=config,
        )
