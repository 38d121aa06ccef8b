"""The smallest environment: one pool of CPU machines, with no node unless somebody submits a job."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import yaml

from live_account.place import Place
from modelyard.catalog.regions import region

ROOT = Path(__file__).parents[2]


def small_environment(place: Place) -> Path:
    """A copy of the shipped project with a stack file of an environment named like the run; its directory."""
    directory = _copy_of_the_project(place)
    primary, _ = place.regions
    environment: dict[str, Any] = {
        "cloud": "aws",
        "name": place.run,
        "stage": "development",
        "owner": "modelyard-live",
        "cost_center": "modelyard-live",
        "data_classification": "internal",
        "residency": region(primary).jurisdiction,
        "account_id": place.settings.account_id,
        "regions": {"primary": primary},
        "network": {"cidr": "10.250.0.0/22", "zone_count": 2, "egress": "endpoints"},
        "storage": {
            "datasets": {"kind": "s3", "expected_size_gib": 1},
            "checkpoints": {"kind": "s3", "expected_size_gib": 1},
        },
        "compute": [
            {
                "name": "cpu",
                "instance_type": "c7i.4xlarge",
                "max_nodes": 1,
                "capacity": {"mode": "on_demand"},
            }
        ],
    }
    file = directory / "stacks" / f"Pulumi.{place.run}.yaml"
    if not file.exists():
        file.write_text(yaml.safe_dump({"config": {"modelyard:environment": environment}}))
    return directory


def _copy_of_the_project(place: Place) -> Path:
    """Made once a run."""
    directory = place.run_directory / "modelyard"
    if not directory.exists():
        (directory / "stacks").mkdir(parents=True)
        shutil.copy(ROOT / "stacks" / "__main__.py", directory / "stacks")
        shutil.copy(ROOT / "Pulumi.yaml", directory)
        (directory / ".venv").symlink_to(sys.prefix)
    return directory
