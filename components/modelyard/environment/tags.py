"""The tags of an environment, on any cloud."""

from __future__ import annotations

from modelyard.environment.common import CommonEnvironment
from modelyard.planning.tags import required_tags


def environment_tags(environment: CommonEnvironment) -> dict[str, str]:
    """The tags of everything in an environment."""
    return required_tags(
        environment.name,
        environment.owner,
        environment.cost_center,
        environment.data_classification,
        environment.stage,
        environment.residency,
    )
