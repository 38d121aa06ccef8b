"""Jobs that AWS Batch can't run, refused before anything is called, and what is just allowed instead.

As in `invalid_jobs`, which holds what no backend takes: the lines stand behind a name, an image and a run.
`target` is what is otherwise about the environment.
"""

from __future__ import annotations

from typing import Any, NamedTuple

ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret"


class InvalidBatchJob(NamedTuple):
    """A job that is refused on AWS Batch."""

    id: str
    fields: dict[str, Any]
    field: str
    message: str
    allowed: dict[str, Any] | None = None
    """What is just allowed, where a bound refuses the other."""
    target: dict[str, Any] | None = None
    allowed_target: dict[str, Any] | None = None


def secrets(count: int, longer: int) -> dict[str, str]:
    """So many secrets with ARNs of 280 characters, one of them longer."""
    lengths = [280] * (count - 1) + [280 + longer]
    return {
        f"S{number:03d}": f"{ARN}:{'a' * (length - len(ARN) - 8)}-AbCdEf"
        for number, length in enumerate(lengths)
    }


def tags(count: int, **more: str) -> dict[str, str]:
    """So many tags of an environment, one of them its name."""
    return {"environment": "dev", **{f"tag{number}": "x" for number in range(count - 1 - len(more))}, **more}


def stores(datasets: str, checkpoints: str) -> dict[str, Any]:
    """The stores of a target."""
    region = "eu-central-1"
    return {
        "datasets": {"uri": datasets, "region": region},
        "checkpoints": {"uri": checkpoints, "region": region},
    }


VARIANTS = {"list": [{"SEED": number} for number in range(9)]}

INVALID_BATCH_JOBS = (
    InvalidBatchJob(
        "batch-no-image",
        {"image": None},
        "image",
        "AWS Batch runs containers, and the job names no image",
        {"image": "cnn"},
    ),
    InvalidBatchJob(
        "batch-name-and-tag-of-129",
        {"image": f"{'a' * 64}:{'b' * 64}"},
        "image",
        "name and tag make a tag of 129 characters in the environment's repository",
        {"image": f"{'a' * 64}:{'b' * 63}"},
    ),
    InvalidBatchJob(
        "batch-mpi",
        {"distribution": "mpi", "processes_per_node": 8},
        "distribution",
        "AWS Batch starts one process on each node, and no mpirun",
        {"distribution": "torchrun"},
    ),
    InvalidBatchJob(
        "batch-secret-in-batchs-name",
        {"secrets": {"AWS_BATCHED": f"{ARN}:a-AbCdEf"}},
        "secrets",
        "AWS_BATCHED begins with AWS_BATCH, which Batch keeps for itself",
        {"secrets": {"AWS_BATCED": f"{ARN}:a-AbCdEf"}},
    ),
    InvalidBatchJob(
        "batch-secrets-of-24-KiB",
        {"secrets": secrets(73, 95)},
        "secrets",
        "the job definition has 24,577 bytes; what makes it long are secrets, with their names and ARNs",
        {"secrets": secrets(73, 94)},
    ),
    InvalidBatchJob(
        "batch-7-variants-at-a-time",
        {"sweep": {**VARIANTS, "parallel": 7}},
        "sweep.parallel",
        "AWS Batch starts as many variants as pool cpu has room for, 8 at a time, and can't be held to fewer",
        {"sweep": {**VARIANTS, "parallel": 8}},
    ),
    InvalidBatchJob(
        "batch-1-gang-at-a-time",
        {"sweep": {**VARIANTS, "parallel": 1}, "num_nodes": 4},
        "sweep.parallel",
        "AWS Batch starts as many variants as pool cpu has room for, 2 at a time, and can't be held to fewer",
        {"sweep": {**VARIANTS, "parallel": 2}, "num_nodes": 4},
    ),
    InvalidBatchJob(
        "batch-5-nodes-of-4",
        {"num_nodes": 5},
        "resources",
        "no pool of environment dev fits: cpu: the job wants 5 nodes, and one job may use 4 of it; "
        "spot: its capacity is spot, and the job doesn't say resources.use_spot: true",
        {"num_nodes": 4},
    ),
    InvalidBatchJob(
        "batch-gang-on-spot",
        {"num_nodes": 2, "resources": {"use_spot": True}},
        "resources",
        "no pool of environment dev fits: cpu: its capacity is on_demand, and the job asks for spot; "
        "spot: AWS Batch runs no multi-node jobs on spot, and the job wants 2 nodes",
        {"num_nodes": 1, "resources": {"use_spot": True}},
    ),
    InvalidBatchJob(
        "batch-all-of-the-memory",
        {"resources": {"memory": 31}},
        "resources",
        "no pool of environment dev fits: cpu: the job asks for 31 GiB on a node, and c7i.4xlarge can give "
        "30.7 of its 32: the host keeps about 4%; "
        "spot: its capacity is spot, and the job doesn't say resources.use_spot: true",
        {"resources": {"memory": 30}},
    ),
    InvalidBatchJob(
        "batch-datasets-on-this-machine",
        {},
        "datasets",
        "nodes of AWS Batch can't reach this store: it is a directory of this machine",
        {},
        {"stores": stores("file:///data", "s3://c")},
    ),
    InvalidBatchJob(
        "batch-checkpoints-on-this-machine",
        {},
        "checkpoints",
        "nodes of AWS Batch can't reach this store: it is a directory of this machine",
        {},
        {"stores": stores("s3://d", "file:///data")},
    ),
    InvalidBatchJob(
        "batch-51-tags",
        {},
        "name",
        "the environment's tags and the run's own are 51 together",
        {},
        {"tags": tags(48)},
        {"tags": tags(47)},
    ),
    InvalidBatchJob(
        "batch-tag-of-257",
        {},
        "name",
        "the value of the tag note has 257 characters",
        {},
        {"tags": tags(2, note="a" * 257)},
        {"tags": tags(2, note="a" * 256)},
    ),
    InvalidBatchJob(
        "batch-tag-of-aws",
        {},
        "name",
        "aws:note can't be the key of a tag",
        {},
        {"tags": {"environment": "dev", "aws:note": "x"}},
        {"tags": {"environment": "dev", "aws-note": "x"}},
    ),
    InvalidBatchJob(
        "batch-name-of-an-environment",
        {"name": "a" * 48},
        "name",
        f"the job definition would be named {'e' * 67}-{'a' * 48}-",
        {"name": "a" * 48},
        {"environment": "e" * 67},
        {"environment": "e" * 66},
    ),
)
