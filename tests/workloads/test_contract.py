from pathlib import Path

import pytest

from modelyard_training.contract import JobContext
from modelyard_training.errors import ContractError

WHOLE = {
    "NODE_RANK": "1",
    "NUM_NODES": "2",
    "GPUS_PER_NODE": "8",
    "MASTER_ADDR": "10.0.0.5",
    "MASTER_PORT": "29500",
    "MODELYARD_RUN_ID": "digits-cnn-20261123-161000-1a2b",
    "MODELYARD_ATTEMPT": "3",
    "MODELYARD_DATASETS": "s3://datasets/a",
    "MODELYARD_CHECKPOINTS": "file:///checkpoints",
    "MODELYARD_METRICS": "/var/metrics.jsonl",
}


def test_a_whole_contract_is_read() -> None:
    assert JobContext.from_environment({**WHOLE, "HOME": "/root"}) == JobContext(
        node_rank=1,
        num_nodes=2,
        gpus_per_node=8,
        master_addr="10.0.0.5",
        master_port=29500,
        run_id="digits-cnn-20261123-161000-1a2b",
        attempt=3,
        datasets_uri="s3://datasets/a",
        checkpoints_uri="file:///checkpoints",
        metrics_path=Path("/var/metrics.jsonl"),
    )


@pytest.mark.parametrize("name", WHOLE)
def test_a_missing_variable_is_named(name: str) -> None:
    environ = {key: value for key, value in WHOLE.items() if key != name}
    with pytest.raises(ContractError, match=f"{name} is not set"):
        JobContext.from_environment(environ)


@pytest.mark.parametrize(
    ("name", "value", "needed"),
    [
        ("NODE_RANK", "2", "a whole number from 0 to 1"),
        ("NODE_RANK", "-1", "a whole number from 0 to 1"),
        ("NUM_NODES", "0", "a whole number of 1 or more"),
        ("NUM_NODES", "two", "a whole number of 1 or more"),
        ("GPUS_PER_NODE", "1.5", "a whole number of 0 or more"),
        ("MASTER_PORT", "65536", "a whole number from 1 to 65535"),
        ("MODELYARD_ATTEMPT", "first", "a whole number of 0 or more"),
        ("MODELYARD_RUN_ID", "../other", "letters, digits, dots, dashes and underscores"),
        ("MODELYARD_DATASETS", "/data", "a URI is needed"),
        ("MODELYARD_CHECKPOINTS", "checkpoints", "a URI is needed"),
    ],
)
def test_a_malformed_variable_is_named_with_what_was_given_and_what_is_needed(
    name: str, value: str, needed: str
) -> None:
    with pytest.raises(ContractError) as caught:
        JobContext.from_environment({**WHOLE, name: value})
    assert f"{name} is {value!r}; " in str(caught.value)
    assert needed in str(caught.value)


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(ContractError) as caught:
        JobContext.from_environment({"NODE_RANK": "x"})
    assert all(name in str(caught.value) for name in WHOLE)
