"""What makes two submissions the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from modelyard_launcher.clouds import AnyTarget, on_azure
from modelyard_launcher.job import Job

if TYPE_CHECKING:
    from modelyard_launcher.archives import Archive


def submission_digest(job: Job, files: Sequence[Archive], target: AnyTarget, backend: str) -> str:
    """SHA-256 of what makes two submissions the same: the job with its values, its files, where it goes."""
    document = {
        "job": job.model_dump(mode="json"),
        "files": [archive.as_dict() for archive in files],
        "environment": target.environment,
        "account_id": target.subscription_id if on_azure(target) else target.account_id,
        "region": target.region,
        "backend": backend,
    }
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
