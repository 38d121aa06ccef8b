"""What AWS Batch asks of a job and its target before anything is called, beyond its limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modelyard.errors import InputError, Problem, SurroundingsError
from modelyard.outputs import Host, LaunchTarget
from modelyard_launcher.images import UnnameableImageError, image_uri
from modelyard_launcher.load import LoadedJob
from modelyard_launcher.pools import PoolChoice
from modelyard_launcher.target import UNKNOWN_YET

_STAND_IN = "unknown"


def host_of(target: LaunchTarget) -> Host:
    """What is on the nodes' host. Raises SurroundingsError if the target is too old to say so."""
    if target.host is None:
        raise SurroundingsError(
            f"the target of {target.environment} says nothing of what its nodes have for containers: it was "
            "written by an older modelyard",
            "bring the environment up with `pulumi up`, which writes it anew",
        )
    return target.host


def job_problems(loaded: LoadedJob, target: LaunchTarget, choice: PoolChoice) -> list[Problem]:
    """What of a job AWS Batch can't run."""
    return [
        *_image(loaded, target),
        *_distribution(loaded),
        *_stores(loaded, target),
        *_parallel(loaded, choice),
    ]


def refuse(loaded: LoadedJob, problems: Sequence[Problem]) -> None:
    """Raise InputError if there are problems, each at its line."""
    if problems:
        raise InputError(loaded.located(problem) for problem in problems)


def as_if_known(request: Mapping[str, Any]) -> Any:
    """A request with something in place of what only the cloud knows, so that its limits can be checked."""
    return _replaced(request)


def _replaced(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace(UNKNOWN_YET, _STAND_IN)
    if isinstance(value, dict):
        return {name: _replaced(item) for name, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [_replaced(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    return value


def _image(loaded: LoadedJob, target: LaunchTarget) -> Iterator[Problem]:
    image = loaded.job.image
    if image is None:
        yield Problem(
            "image",
            "nothing",
            "AWS Batch runs containers, and the job names no image",
            "the name of an image, as cnn:1.0",
            "write image: cnn:1.0, and push it with `modelyard job build`; or run it with --backend local",
        )
        return
    try:
        image_uri(image, target.registry.repository_url)
    except UnnameableImageError as error:
        yield Problem(
            "image",
            image,
            str(error),
            "128 characters of name and tag together",
            "shorten name or tag, or name the image by its digest",
        )


def _distribution(loaded: LoadedJob) -> Iterator[Problem]:
    if loaded.job.distribution == "mpi":
        yield Problem(
            "distribution",
            "mpi",
            "AWS Batch starts one process on each node, and no mpirun",
            "torchrun, jax or none on AWS",
            "write distribution: torchrun, and start the ranks of a node in run; or take an environment on "
            "Azure, whose service has an mpirun",
        )


def _stores(loaded: LoadedJob, target: LaunchTarget) -> Iterator[Problem]:
    stores = {"datasets": target.stores.datasets.uri, "checkpoints": target.stores.checkpoints.uri}
    for field in ("datasets", "checkpoints"):
        uri = stores[getattr(loaded.job, field)]
        if not uri.startswith("s3://"):
            yield Problem(
                field,
                uri,
                "nodes of AWS Batch can't reach this store: it is a directory of this machine",
                "a store on S3",
                "take an environment on AWS, or run the job here with --backend local",
            )


def _parallel(loaded: LoadedJob, choice: PoolChoice) -> Iterator[Problem]:
    sweep = loaded.job.sweep
    if sweep is None or sweep.parallel is None:
        return
    room = max(1, choice.pool.max_nodes // loaded.job.num_nodes)
    at_once = min(sweep.size, room)
    if sweep.parallel < at_once:
        yield Problem(
            "sweep.parallel",
            str(sweep.parallel),
            f"AWS Batch starts as many variants as pool {choice.pool.name} has room for, {at_once:,} at a "
            "time, and can't be held to fewer",
            f"{at_once:,} or more, or no parallel at all",
            "leave sweep.parallel out, or take a pool with fewer nodes",
        )
