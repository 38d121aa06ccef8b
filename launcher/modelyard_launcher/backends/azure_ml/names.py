"""Names and resource ids of what a run has in a workspace.

Sources, 2026-11: REST reference of Microsoft.MachineLearningServices, 2025-12-01 (Jobs, Code Versions,
Environment Versions, Compute).
"""

from __future__ import annotations

import hashlib
import re

from modelyard.outputs.azure import AzureLaunchTarget
from modelyard_launcher.job import image_reference
from modelyard_node.keys import RUNS

BACKEND = "azure_ml"

API_VERSION = "2025-12-01"

CODE_VERSION = "1"
"""Code is named by its content, so that each has one version."""

_REPOSITORY_DIGITS, _LONGEST_REPOSITORY = 8, 60


def job_name(run_id: str, number: int) -> str:
    """Name of a job in its workspace, which no other has: who writes it a second time starts nothing."""
    return f"{run_id}-{number}"


def job_path(target: AzureLaunchTarget, name: str) -> str:
    """Resource id of a job."""
    return f"{target.workspace.id}/jobs/{name}"


def compute_path(target: AzureLaunchTarget, compute: str) -> str:
    """Resource id of a pool's cluster."""
    return f"{target.workspace.id}/computes/{compute}"


def code_path(target: AzureLaunchTarget, sha256: str) -> str:
    """Resource id of the code that starts nodes, by the SHA-256 of its files."""
    return f"{target.workspace.id}/codes/modelyard-{sha256}/versions/{CODE_VERSION}"


def code_prefix(sha256: str) -> str:
    """Where that code lies in the checkpoint store, as a folder of its own."""
    return f"{RUNS}code/{sha256}/"


def environment_path(target: AzureLaunchTarget, image: str) -> str:
    """Resource id of the environment that is an image: a version can't be changed, so each image has its own.

    The version is made of the image's digest; of one that is named by its tag, of the name. Environments'
    names take no dot, as repositories' do.
    """
    reference = image_reference(image)
    repository = re.sub(r"[^a-zA-Z0-9_-]", "-", reference.name.rpartition("/")[2])[:_LONGEST_REPOSITORY]
    place = hashlib.sha256(reference.name.encode()).hexdigest()[:_REPOSITORY_DIGITS]
    digest = (reference.digest or "").partition(":")[2]
    version = digest if digest else f"tag-{hashlib.sha256(image.encode()).hexdigest()}"
    return f"{target.workspace.id}/environments/modelyard-{repository}-{place}/versions/{version}"
