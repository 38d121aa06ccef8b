"""The image of a job on this machine: it is there, or it is pulled."""

from __future__ import annotations

from collections.abc import Callable

from modelyard.errors import SurroundingsError
from modelyard_launcher.access import S3Access
from modelyard_launcher.clouds import AnyTarget
from modelyard_launcher.containers.engines import Engine
from modelyard_launcher.containers.login import (
    host_of,
    is_loopback,
    is_stood_in_for,
    log_in,
    logged_in,
    region_of,
)
from modelyard_launcher.containers.running import Command, answer_of, run_shown
from modelyard_launcher.images import image_in
from modelyard_launcher.stores import Access

_BUILD = "build it: `modelyard job build JOB --no-push`"


def image_here(
    engine: Engine, image: str, target: AnyTarget, access: Access, on_event: Callable[[str], None]
) -> str:
    """The image that a job names, as the engine knows it; it is pulled if it isn't there.

    Raises SurroundingsError if it can't be.
    """
    uri = image_in(target, image)
    if answer_of(engine.command("image", "inspect", uri)).returncode == 0:
        return uri
    host = host_of(uri)
    own = access if isinstance(access, S3Access) else None
    if own is not None and region_of(host) is not None and is_stood_in_for(own):
        raise SurroundingsError(
            f"the image {uri} isn't on this machine, and {access.place} keeps no images to pull", _BUILD
        )
    on_event(f"pulling {uri}")
    words = ["pull"]
    words += ["--tls-verify=false"] if engine.kind != "docker" and is_loopback(host) else []
    # (An engine has its own login to other registries than ECR: `az acr login` gives it that to Azure's.)
    logins = log_in([host], own) if own is not None else {}
    with logged_in(engine, logins) as variables:
        ended = run_shown(Command(engine.command(*words, uri)), lambda _: None, variables)
    if ended.exit_code != 0:
        raise SurroundingsError(f"{engine.kind} can't pull {uri}: {ended.last_word}", _BUILD)
    return uri
