"""The target of a launch: from a file; from the environment's checkpoint store on AWS, from the deployment in
its resource group on Azure; from the stack's outputs; or planned from the environment's YAML.

Of both clouds, the modules of the one that the environment is on are imported.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from modelyard.environment.files import environment_names
from modelyard.environment.only import is_azure
from modelyard.errors import InputError, Problem, SurroundingsError
from modelyard.outputs.base import RECOVERY_TARGET_OBJECT_KEY, TARGET_OBJECT_KEY
from modelyard.validation import given_text
from modelyard.yaml_lines import shown_path
from modelyard_launcher.access import find_access
from modelyard_launcher.azure.access import AzureAccess, find_azure_access
from modelyard_launcher.clouds import AnyTarget, on_azure, parsed_target
from modelyard_launcher.project import project_directory
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_launcher.stores import Access

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from modelyard.environment.aws.spec import AwsEnvironment
    from modelyard.environment.clouds import Environment
    from modelyard.outputs import LaunchTarget

UNKNOWN_YET = "(known once the environment is up)"

PLAN_PATIENCE_SECONDS = 6.0
"""A plan can be made from the YAML: it doesn't wait long for a network that isn't there."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a launch happens: an environment by its YAML, or a target by its file."""

    project: Path
    access: Access
    checkpoints_uri: str
    environment: Environment | None
    """Set if the environment was named by its YAML."""
    target: AnyTarget | None
    """Set if a target's file was given."""
    target_file: str | None
    """The file, or the store's URI."""

    @property
    def cloud(self) -> str:
        """Cloud that it is on."""
        if self.target is not None:
            return self.target.cloud
        return self.environment.cloud if self.environment is not None else ""


def find_place(environment: str | None, target: str | Path | None, *, project: Path | None = None) -> Place:
    """Where to launch, by `--env` or `--target`; without either, the project's only environment.

    A target is named by its file, or by the checkpoint store that belongs to it, as s3://bucket or
    https://account.blob.core.windows.net/checkpoints.
    """
    project = project or project_directory()
    if target is not None:
        named = str(target)
        known = _of_a_store(named, project) if "://" in named else read_target_file(Path(target))
        return Place(project, _access_to(known, project), known.stores.checkpoints.uri, None, known, named)
    from modelyard.environment.load import load_environment

    spec = load_environment(environment or _only_environment(project), root=project)
    region = spec.regions.primary
    if is_azure(spec):
        from modelyard_launcher.azure.targets import checkpoints_uri

        access = find_azure_access(project, region, spec.subscription_id)
        return Place(project, access, checkpoints_uri(spec, region), spec, None, None)
    from modelyard.environment.aws.target import own_bucket

    uri = f"s3://{own_bucket(spec, 'checkpoints')}"
    return Place(project, find_access(project, region, spec.account_id), uri, spec, None, None)


def _access_to(target: AnyTarget, project: Path) -> Access:
    if on_azure(target):
        return find_azure_access(project, target.region, target.subscription_id)
    return find_access(project, target.region, target.account_id)


def _of_a_store(uri: str, project: Path) -> AnyTarget:
    """The target that a checkpoint store belongs to: of the primary region or of the recovery region.

    Raises InputError for what is no store, SurroundingsError if there is no target.
    """
    if not uri.startswith("https://"):
        return _in_a_store(uri, project)
    from modelyard_launcher.azure.targets import account_in, target_of_account

    return target_of_account(uri, account_in(uri), project)


def _in_a_store(uri: str, project: Path) -> AnyTarget:
    from modelyard_launcher.stores import open_store

    region, account_id = _place_of_bucket(uri)
    store = open_store(uri, find_access(project, region, account_id))
    for key in (RECOVERY_TARGET_OBJECT_KEY, TARGET_OBJECT_KEY):
        # The recovery region's store holds a copy of the primary's as well: its own comes first.
        content = store.get(key)
        if content is not None:
            return _parsed(content, f"{store.uri}/{key}")
    raise SurroundingsError(
        f"{store.uri} has no {TARGET_OBJECT_KEY}: it is no checkpoint store, or the environment isn't up",
        "name the environment's checkpoint store, as `modelyard job status` shows it",
    )


def _place_of_bucket(uri: str) -> tuple[str, str]:
    """Region and account, with which the name of an environment's bucket ends; else the region around."""
    found = re.search(r"-(\d{12})-([a-z]{2}(?:-[a-z]+)+-\d)(?:/|$)", uri)
    if found is not None:
        return found[2], found[1]
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1", "0" * 12


def _parsed(content: bytes, where: str) -> AnyTarget:
    try:
        return parsed_target(content)
    except ValidationError as error:
        raise SurroundingsError(
            f"{where} is no modelyard.target/1: {error.errors()[0]['msg']}", "write it anew with `pulumi up`"
        ) from error


def resolve_target(place: Place, *, patience_seconds: float | None = None) -> ResolvedTarget:
    """The target to submit to. Raises SurroundingsError if there is none yet, or it can't be read.

    `patience_seconds` is how long a network that fails is tried again, where it isn't the usual time.
    """
    if place.target is not None:
        if "://" in (place.target_file or ""):
            return ResolvedTarget(place.target, "store", f"{place.target_file}")
        return ResolvedTarget(place.target, "file", f"the file {place.target_file}")
    try:
        return _from_the_cloud(place, patience_seconds)
    except SurroundingsError as error:
        return _from_pulumi(place, error)


def _from_pulumi(place: Place, otherwise: SurroundingsError) -> ResolvedTarget:
    """The target by the stack's outputs, after the store had none. Raises the store's error if Pulumi has
    none either; what Pulumi said is added to it.
    """
    from modelyard_launcher.stack_outputs import ask_pulumi

    answer = ask_pulumi(place.project, place.environment.name) if place.environment is not None else None
    if answer is None:
        raise otherwise
    if answer.target is None:
        raise SurroundingsError(f"{otherwise.message}; {answer.note}", otherwise.mend) from otherwise
    return ResolvedTarget(answer.target, "stack", answer.note)


def _from_the_cloud(place: Place, patience_seconds: float | None) -> ResolvedTarget:
    environment = place.environment
    if environment is not None and is_azure(environment) and isinstance(place.access, AzureAccess):
        from modelyard_launcher.azure.arm import PATIENCE_SECONDS
        from modelyard_launcher.azure.targets import deployed_target, resource_group

        group = resource_group(environment, environment.regions.primary)
        patience = PATIENCE_SECONDS if patience_seconds is None else patience_seconds
        target, where = deployed_target(place.access, group, _up(place), patience_seconds=patience)
        return ResolvedTarget(target, "deployment", where)
    return _from_the_store(place)


def _from_the_store(place: Place) -> ResolvedTarget:
    from modelyard_launcher.stores import open_store

    content = open_store(place.checkpoints_uri, place.access).get(TARGET_OBJECT_KEY)
    where = f"{place.checkpoints_uri}/{TARGET_OBJECT_KEY} in {place.access.place}"
    if content is None:
        raise SurroundingsError(f"{where} isn't there: the environment isn't up, or not wholly", _up(place))
    return ResolvedTarget(_parsed(content, where), "store", where)


def resolve_target_for_plan(place: Place) -> ResolvedTarget:
    """The target to plan for: if none can be read, what the environment's YAML says that it will be."""
    environment = place.environment
    if environment is None:
        return resolve_target(place)
    planned = "the environment's YAML alone"
    if not place.access.seems_usable:
        nobody = "nobody is signed in to Azure" if is_azure(environment) else "there are no AWS credentials"
        note = f"{planned}: no sandbox runs here and {nobody}, so what is up wasn't asked"
        return ResolvedTarget(planned_target(environment), "environment", note)
    try:
        return resolve_target(place, patience_seconds=PLAN_PATIENCE_SECONDS)
    except SurroundingsError as error:
        return ResolvedTarget(planned_target(environment), "environment", f"{planned}: {error.message}")


def read_target_file(path: Path) -> AnyTarget:
    """A target from a file. Raises InputError."""
    try:
        return parsed_target(path.read_bytes())
    except OSError as error:
        problem = Problem(
            "--target",
            shown_path(path),
            f"it can't be read: {(error.strerror or str(error)).lower()}",
            "a file with a target (modelyard.target/1)",
            "check the path",
        )
        raise InputError([problem]) from None
    except ValidationError as error:
        problems = [
            Problem(
                field=".".join(map(str, details["loc"])),
                given=_given(details),
                message=details["msg"][:1].lower() + details["msg"][1:],
                allowed="JSON of the form modelyard.target/1",
                mend="save the stack's output: `pulumi stack output launch_target`",
                file=str(path),
            )
            for details in error.errors(include_url=False)
        ]
        raise InputError(problems) from None


def _given(details: ErrorDetails) -> str:
    if details["type"] == "missing":
        return "nothing"
    value = details["input"]
    return given_text(value.decode(errors="replace") if isinstance(value, bytes) else value)


def planned_target(environment: Environment) -> AnyTarget:
    """What the target will be, as far as the YAML tells: what only the cloud knows is said to be unknown."""
    if is_azure(environment):
        from modelyard_launcher.azure.targets import planned_azure_target

        return planned_azure_target(environment, UNKNOWN_YET)
    return _planned_aws_target(environment)


def _planned_aws_target(environment: AwsEnvironment) -> LaunchTarget:
    from modelyard.environment.aws.needs import has_cpu_pool
    from modelyard.environment.aws.sites import primary_site
    from modelyard.environment.aws.target import Provisioned, launch_target
    from modelyard.planning.names import job_log_group

    known = Provisioned(
        queue_arns={pool.name: UNKNOWN_YET for pool in environment.compute},
        repository_url=UNKNOWN_YET,
        job_role_arn=UNKNOWN_YET,
        execution_role_arn=UNKNOWN_YET,
        log_group=job_log_group(environment.name),
        datasets_key_arn=None,
        checkpoints_key_arn=None,
        supervisor_role_arn=UNKNOWN_YET if has_cpu_pool(primary_site(environment)) else None,
    )
    return launch_target(environment, known)


def _only_environment(project: Path) -> str:
    names = environment_names(project)
    if len(names) == 1:
        return names[0]
    raise InputError(
        [
            Problem(
                field="--env",
                given="nothing",
                message="there is no environment in this project"
                if not names
                else "this project has several environments",
                allowed=", ".join(names) or "the path of an environment's YAML",
                mend="write stacks/Pulumi.dev.yaml, or name a file by --env"
                if not names
                else f"say which, as --env {names[0]}",
            )
        ]
    )


def _up(place: Place) -> str:
    name = place.environment.name if place.environment is not None else "ENV"
    for_sure = os.environ.get("AWS_PROFILE") if place.access.kind == "aws" else place.access.kind == "azure"
    if for_sure:
        return f"provision it: `pulumi up --stack {name}`"
    for_real = f"for real with `pulumi up --stack {name}`"
    return f"bring it up in the sandbox with `modelyard sandbox up {name}`, or {for_real}"
