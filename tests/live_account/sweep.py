"""Cleaning up after runs, also after those that were killed.

    PYTHONPATH=tests MODELYARD_LIVE=1 MODELYARD_LIVE_ACCOUNT_ID=… .venv/bin/python -m live_account.sweep

What a run makes with Pulumi is destroyed from the state that it left in its directory; what bootstrap made and
networks are found by the run's name; all else that carries it in its tag `environment` is named, not deleted.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from live_account.bootstrapped import remove_bootstrap
from live_account.naming import RUN
from live_account.networks import remove_networks
from live_account.place import Place
from live_account.project import Stack
from live_account.refusal import RefusedError
from live_account.settings import Settings, read_settings

ROOT = Path(__file__).parents[2]
DIRECTORY = ROOT / ".modelyard" / "live"
TAGS = ("environment", "bootstrap-of")
"""Tags whose value is a run's name."""


def runs_left(directory: Path) -> list[str]:
    """Runs that have a directory."""
    found = directory.iterdir() if directory.is_dir() else ()
    return sorted(entry.name for entry in found if RUN.fullmatch(entry.name))


def sweep(place: Place) -> None:
    """Remove what the run of a place made, and then its directory."""
    state = place.run_directory / "state" / ".pulumi" / "stacks"
    for file in sorted(state.glob("*/*.json")):
        # A project is in the directory of its name; the shipped one is where its copy is.
        directory = place.run_directory / file.parent.name
        Stack(place, directory, file.stem).destroy()
    remove_bootstrap(place, place.run)
    remove_networks(place, place.run)
    shutil.rmtree(place.run_directory, ignore_errors=True)


def still_there(place: Place) -> Iterator[str]:
    """ARNs of what carries the name of any run, but for keys that wait for their end."""
    for region in place.regions:
        tagging, kms = place.client("resourcegroupstaggingapi", region), place.client("kms", region)
        for tag in TAGS:
            pages = tagging.get_paginator("get_resources").paginate(TagFilters=[{"Key": tag}])
            for resource in (found for page in pages for found in page["ResourceTagMappingList"]):
                arn, values = (
                    resource["ResourceARN"],
                    {each["Key"]: each["Value"] for each in resource["Tags"]},
                )
                if RUN.fullmatch(values[tag]) is None:
                    continue
                if ":kms:" in arn and kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"].startswith(
                    "Pending"
                ):
                    continue
                yield arn


def main() -> int:
    """Sweep the account that the variables name; 1 if something is still there, 2 if refused."""
    try:
        return _sweep_all(_settings())
    except RefusedError as error:
        print(error, file=sys.stderr)
        return 2


def _settings() -> Settings:
    settings = read_settings(os.environ)
    if settings is None:
        raise RefusedError("MODELYARD_LIVE isn't 1", "set it, and the other MODELYARD_LIVE_* variables")
    return settings


def _sweep_all(settings: Settings) -> int:
    pulumi = shutil.which("pulumi")
    directory = Path(os.environ.get("MODELYARD_LIVE_DIRECTORY", DIRECTORY))
    command = Path(pulumi) if pulumi else None
    anywhere = Place("live", settings, dict(os.environ), command, directory, "")
    anywhere.refuse_other_accounts()
    for run in runs_left(directory):
        sweep(Place("live", settings, dict(os.environ), command, directory, run))
        print(f"{run}: swept")
    left = list(still_there(anywhere))
    for arn in left:
        print(f"still there, remove it by hand: {arn}")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
