"""How fast a preview is: cold, on either cloud, and for each resource of programs of 100, 500 and 2,000
resources of either.

Run with the environment's own Python from the project's directory: `python benchmarks/preview.py`.
"""

from __future__ import annotations

import json
import resource
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
COLD_RUNS = 5
COLD_TARGET_SECONDS = 1.5
RESOURCE_TARGET_MILLISECONDS = 1.5
SIZES = (100, 500, 2_000)
COMMANDS = (
    ("preview", "dev", "--format", "json"),
    ("preview", "dev"),
    ("check", "dev"),
    ("preview", "prod"),
    ("preview", "azure-dev", "--format", "json"),
    ("preview", "azure-dev"),
    ("check", "azure-dev"),
    ("preview", "azure-prod", "--format", "json"),
    ("preview", "azure-prod"),
)

# Stores with what every store of an environment has: what programs are mostly made of. The time that the
# imports take is left out by a first small run.
HEAD = """
import gc, json, sys, time
from pathlib import Path
import pulumi
from modelyard_preview.engine import run_program
"""
ON_AWS = """
import pulumi_aws as aws

def program(size):
    key = aws.kms.Key("key", enable_key_rotation=True, tags={"environment": "bench"})
    for number in range(size // 4):
        name = f"data-{number}"
        bucket = aws.s3.Bucket(name, bucket=name, tags={"environment": "bench"})
        child = pulumi.ResourceOptions(parent=bucket)
        aws.s3.BucketVersioning(
            name, bucket=bucket.id, versioning_configuration={"status": "Enabled"}, opts=child
        )
        aws.s3.BucketPublicAccessBlock(name, bucket=bucket.id, block_public_acls=True, opts=child)
        aws.kms.Alias(name, name=f"alias/{name}", target_key_id=key.id)
"""
ON_AZURE = """
import pulumi_azure_native as azure

def program(size):
    group = azure.resources.ResourceGroup("group", resource_group_name="bench", location="westeurope")
    place = {"resource_group_name": group.name}
    for number in range(size // 4):
        name = f"data{number}"
        account = azure.storage.StorageAccount(
            name, account_name=name, kind="StorageV2", sku={"name": "Standard_ZRS"},
            location="westeurope", tags={"environment": "bench"}, **place
        )
        child = pulumi.ResourceOptions(parent=account)
        azure.storage.BlobServiceProperties(
            name, blob_services_name="default", account_name=account.name, is_versioning_enabled=True,
            opts=child, **place
        )
        azure.storage.BlobContainer(
            name, container_name="data", account_name=account.name, opts=child, **place
        )
        azure.monitor.DiagnosticSetting(
            name, name="logs", resource_uri=account.id, logs=[{"category_group": "audit", "enabled": True}],
            opts=child
        )
"""
MEASURED = """
def seconds(size):
    started = time.process_time()
    result = run_program(
        lambda: program(size), project="bench", stack="bench", config={}, root=Path.cwd()
    )
    return time.process_time() - started, len(result.graph.resources)

gc.disable()
seconds(4)
print(json.dumps(min(seconds(int(sys.argv[1])) for _ in range(3))))
gc.freeze()
"""


@dataclass(frozen=True, slots=True)
class Timing:
    """One whole process, from start to exit."""

    wall_seconds: float
    cpu_seconds: float
    """What it would take on a machine that does nothing else."""


def cold(*arguments: str) -> list[Timing]:
    """Several runs of `modelyard`, each in a process of its own."""
    command = shutil.which("modelyard", path=str(Path(sys.executable).parent)) or "modelyard"
    measured: list[Timing] = []
    for _ in range(COLD_RUNS):
        started, used = time.perf_counter(), _cpu_of_children()
        subprocess.run([command, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        measured.append(Timing(time.perf_counter() - started, _cpu_of_children() - used))
    return measured


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def resource_milliseconds(program: str, size: int) -> tuple[float, int]:
    """Milliseconds of processor time for each resource of a program, and how many it had."""
    done = subprocess.run(
        [sys.executable, "-c", HEAD + program + MEASURED, str(size)],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, resources = json.loads(done.stdout)
    return seconds / resources * 1_000, resources


def main() -> None:
    cold("--version")
    for arguments in COMMANDS:
        measured = cold(*arguments)
        wall = [timing.wall_seconds for timing in measured]
        name, cpu = " ".join(arguments), min(timing.cpu_seconds for timing in measured)
        print(
            f"modelyard {name:33} {min(wall):.2f} s best, {statistics.median(wall):.2f} s median, "
            f"{cpu:.2f} s of processor time (target {COLD_TARGET_SECONDS} s)"
        )
    for cloud, program in (("AWS", ON_AWS), ("Azure", ON_AZURE)):
        for size in SIZES:
            milliseconds, resources = resource_milliseconds(program, size)
            print(
                f"{resources:5} resources on {cloud}: {milliseconds:.2f} ms a resource above imports "
                f"(target {RESOURCE_TARGET_MILLISECONDS} ms)"
            )


if __name__ == "__main__":
    main()
