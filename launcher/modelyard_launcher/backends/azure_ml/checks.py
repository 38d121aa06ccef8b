"""What Azure Machine Learning asks of a job and its target before anything is called, beyond its limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modelyard.errors import InputError, Problem
from modelyard.outputs.azure import AzureLaunchTarget, AzurePool
from modelyard_launcher.clouds import AnyTarget, is_cluster, on_azure
from modelyard_launcher.images import image_in
from modelyard_launcher.load import LoadedJob
from modelyard_launcher.pools import PoolChoice

_BLOB = ".blob.core.windows.net/"


def azure_target(target: AnyTarget) -> AzureLaunchTarget:
    """The target, if it is on Azure. Raises InputError for another."""
    if on_azure(target):
        return target
    problem = Problem(
        "--backend",
        "azure_ml",
        f"environment {target.environment} is on another cloud ({target.cloud})",
        "an environment with cloud: azure",
        "leave --backend out: the environment has its own",
    )
    raise InputError([problem])


def pool_of(choice: PoolChoice) -> AzurePool:
    """The pool of a job, which is a cluster."""
    if not is_cluster(choice.pool):
        raise TypeError(f"pool {choice.pool.name} is no cluster of a workspace")
    return choice.pool


def refuse(loaded: LoadedJob, problems: Sequence[Problem]) -> None:
    """Raise InputError if there are problems, each at its line."""
    if problems:
        raise InputError(loaded.located(problem) for problem in problems)


def job_problems(loaded: LoadedJob, target: AzureLaunchTarget, pool: AzurePool) -> list[Problem]:
    """What of a job the service can't run."""
    return [*_image(loaded), *_stores(loaded, target), *_waits(loaded), *_parallel(loaded, pool)]


def image_of(loaded: LoadedJob, target: AzureLaunchTarget) -> str:
    """The image as nodes pull it; the job names one."""
    return image_in(target, loaded.job.image or "")


def _image(loaded: LoadedJob) -> Iterator[Problem]:
    if loaded.job.image is None:
        yield Problem(
            "image",
            "nothing",
            "Azure Machine Learning runs containers, and the job names no image",
            "the name of an image, as cnn@sha256:... or cnn:1.0",
            "write image: cnn:1.0, and import it into the environment's registry; or run it with "
            "--backend local",
        )


def _stores(loaded: LoadedJob, target: AzureLaunchTarget) -> Iterator[Problem]:
    stores = {"datasets": target.stores.datasets.uri, "checkpoints": target.stores.checkpoints.uri}
    for field in ("datasets", "checkpoints"):
        uri = stores[getattr(loaded.job, field)]
        if not (uri.startswith("https://") and _BLOB in uri):
            yield Problem(
                field,
                uri,
                "nodes of Azure Machine Learning can't reach this store",
                "a container of a storage account, as https://ACCOUNT.blob.core.windows.net/CONTAINER",
                "take an environment on Azure, or run the job here with --backend local",
            )


def _waits(loaded: LoadedJob) -> Iterator[Problem]:
    if loaded.job.depends_on:
        yield Problem(
            "depends_on",
            ", ".join(loaded.job.depends_on),
            "a job of Azure Machine Learning can't wait for another",
            "no depends_on on Azure",
            "submit it once the others have succeeded: `modelyard job wait` waits for a run",
        )


def _parallel(loaded: LoadedJob, pool: AzurePool) -> Iterator[Problem]:
    sweep, nodes = loaded.job.sweep, loaded.job.num_nodes
    if sweep is None or sweep.parallel is None:
        return
    room = max(1, pool.max_nodes // nodes)
    if sweep.parallel > room:
        yield Problem(
            "sweep.parallel",
            str(sweep.parallel),
            f"pool {pool.name} has room for {room:,} variants of {nodes} nodes at a time"
            if nodes > 1
            else f"pool {pool.name} has room for {room:,} variants at a time",
            f"1 to {room:,}",
            "write a smaller number, or leave it out: as many run as there is room for",
        )
