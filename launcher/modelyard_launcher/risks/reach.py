"""What nodes can't reach: the internet, another region, what they have no right to."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_launcher.clouds import on_azure
from modelyard_launcher.internet import job_reaches, public_registry
from modelyard_launcher.risks.situation import Situation

_INSTEAD = {
    "setup": "build what it installs into the image",
    "run": "put what it fetches into the image, the workdir or the dataset store",
}


def reach_risks(situation: Situation) -> Iterator[str]:
    """Setup that needs the internet, images of public registries, the recovery region, ending of nodes."""
    yield from _internet(situation)
    yield from _registry(situation)
    yield from _recovery(situation)
    preflight, target = situation.job.preflight, situation.target
    if preflight is None or not preflight.end_bad_nodes:
        return
    if on_azure(target):
        yield (
            "nobody who submits jobs ends a cluster's nodes: a node that fails the preflight is named, and "
            "Azure Machine Learning replaces those that it finds unusable itself"
        )
    elif not target.end_bad_nodes:
        yield (
            "the environment lets nobody who submits jobs end its nodes: a node that fails the preflight is "
            "named, and stays"
        )


def _internet(situation: Situation) -> Iterator[str]:
    egress = situation.target.egress
    if egress == "nat":
        return
    for field, names in job_reaches(situation.job).items():
        seems = f"{field} seems to need the internet ({', '.join(names)})"
        if egress == "firewall":
            yield (
                f"{seems}, and the firewall of {situation.target.environment} lets through what the service "
                f"needs and network.allowed_domains names, nothing else: {_INSTEAD[field]}, or have its "
                "hosts named there"
            )
        elif egress == "endpoints":
            yield (
                f"{seems}, and the nodes of {situation.target.environment} reach none "
                f"(network.egress: endpoints): {_INSTEAD[field]}"
            )
        else:
            yield (
                f"{seems}, and the target doesn't tell whether nodes reach it: "
                f"{_INSTEAD[field]} if they don't"
            )


def _registry(situation: Situation) -> Iterator[str]:
    image, target = situation.job.image, situation.target
    egress = target.egress
    host = public_registry(image) if image is not None else None
    if host is None or egress == "nat":
        return
    if on_azure(target):
        if host != target.registry:
            yield (
                f"nodes reach {host}, where the image lies, only if network.allowed_domains names it: "
                f"copy it to {target.registry}"
            )
    elif egress == "endpoints":
        own = target.registry.repository_url
        yield f"nodes don't reach {host}, where the image lies: copy it to {own}"
    else:
        yield f"the image lies in {host}, and the target doesn't tell whether nodes reach it"


def _recovery(situation: Situation) -> Iterator[str]:
    job, target = situation.job, situation.target
    if job.recovery == "same_region":
        return
    if target.recovery:
        yield "this is the recovery region already: if it is lost too, the job can't go on elsewhere"
        return
    if target.recovery_target is None:
        yield f"the target names no recovery region: the job can't go on outside {target.region}"
        return
    yield (
        f"in {target.recovery_target.region} the job goes on from the newest checkpoint that was replicated "
        "whole: what came after is computed again"
    )
    if on_azure(target):
        return
    from modelyard.planning.secrets import in_region

    if in_region(job.secrets.values(), target.region):
        yield (
            f"secrets are read from their replicas in {target.recovery_target.region} there: "
            "Secrets Manager has to replicate them, and the environment to name both"
        )
