"""The regions that a run may be in: where its environment is, and where it recovers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from modelyard.environment.only import is_azure
from modelyard.errors import SurroundingsError
from modelyard.outputs.base import RECOVERY_TARGET_OBJECT_KEY
from modelyard_launcher.azure.access import AzureAccess
from modelyard_launcher.backends import Backend, LaunchContext, open_backend
from modelyard_launcher.clouds import AnyTarget, parsed_target
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_launcher.stores import open_store

if TYPE_CHECKING:
    from modelyard_launcher.target import Place


@dataclass(frozen=True, slots=True)
class Site:
    """A region with a checkpoint store of its own, and the records in it."""

    context: LaunchContext
    region: str
    recovery: bool

    def backend(self, name: str) -> Backend:
        """A backend, as it is reached there."""
        return open_backend(name, self.context)


def primary_site(place: Place) -> Site:
    """Where the environment is."""
    recovery = place.target is not None and place.target.recovery
    context = LaunchContext(place.project, place.access, place.checkpoints_uri, recovery=recovery)
    return Site(context, place.access.region, recovery)


def recovery_site(place: Place, target: AnyTarget | None) -> Site | None:
    """Where the environment recovers; None if it has no such region.

    It is known from the target, or else from the environment's YAML: the primary region need not answer.
    """
    known = _known(place, target)
    if known is None:
        return None
    region, uri = known
    access = place.access.in_region(region)
    return Site(LaunchContext(place.project, access, uri, recovery=True), region, recovery=True)


def _known(place: Place, target: AnyTarget | None) -> tuple[str, str] | None:
    given = target or place.target
    if given is not None and given.recovery_target is not None:
        return given.recovery_target.region, given.recovery_target.checkpoints_uri
    environment = place.environment
    if environment is None or environment.regions.recovery is None:
        return None
    region = environment.regions.recovery
    if is_azure(environment):
        from modelyard_launcher.azure.targets import checkpoints_uri

        return region, checkpoints_uri(environment, region)
    from modelyard.environment.aws.target import own_bucket

    return region, f"s3://{own_bucket(environment, 'checkpoints', region)}"


def recovery_target(site: Site) -> ResolvedTarget:
    """The target of the recovery region, from its own store, on Azure from its own resource group. Raises
    SurroundingsError.
    """
    context = site.context
    if isinstance(context.access, AzureAccess):
        from modelyard_launcher.azure.targets import target_of_checkpoints

        return ResolvedTarget(*target_of_checkpoints(context.access, context.checkpoints_uri))
    where = f"{context.checkpoints_uri}/{RECOVERY_TARGET_OBJECT_KEY} in {context.access.place}"
    content = open_store(context.checkpoints_uri, context.access).get(RECOVERY_TARGET_OBJECT_KEY)
    mend = "bring the environment up with its recovery region: `pulumi up`"
    if content is None:
        raise SurroundingsError(f"{where} isn't there", mend)
    try:
        return ResolvedTarget(parsed_target(content), "store", where)
    except ValidationError as error:
        raise SurroundingsError(
            f"{where} is no modelyard.target/1: {error.errors()[0]['msg']}", mend
        ) from error
