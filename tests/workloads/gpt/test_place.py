from dataclasses import replace
from pathlib import Path

import pytest

from modelyard_training.contract import JobContext
from modelyard_training.errors import ContractError
from modelyard_training.torch_place import Place

CONTEXT = JobContext(
    node_rank=1,
    num_nodes=2,
    gpus_per_node=0,
    master_addr="127.0.0.1",
    master_port=29500,
    run_id="run-1",
    attempt=1,
    datasets_uri="file:///d",
    checkpoints_uri="file:///c",
    metrics_path=Path("metrics.jsonl"),
)
EIGHT = replace(CONTEXT, gpus_per_node=8)
TORCHRUN = {"RANK": "11", "WORLD_SIZE": "16", "LOCAL_RANK": "3", "LOCAL_WORLD_SIZE": "8"}


def test_without_torchrun_s_variables_a_process_is_the_only_one_of_its_node() -> None:
    place = Place.from_environment({}, CONTEXT)
    assert place == Place(rank=1, world_size=2, local_rank=0, local_world_size=1, device="cpu")
    assert not place.is_first


def test_the_launcher_s_variables_say_the_same() -> None:
    given = {"RANK": "1", "LOCAL_RANK": "0", "WORLD_SIZE": "2"}
    assert Place.from_environment(given, CONTEXT) == Place.from_environment({}, CONTEXT)


def test_under_torchrun_each_process_has_an_accelerator_of_its_own() -> None:
    assert Place.from_environment(TORCHRUN, EIGHT) == Place(11, 16, 3, 8, "cuda:3")
    assert Place.from_environment({**TORCHRUN, "RANK": "0", "LOCAL_RANK": "0"}, EIGHT).is_first


@pytest.mark.parametrize(
    ("given", "context", "message"),
    [
        (
            {"RANK": "1"},
            CONTEXT,
            "of RANK and WORLD_SIZE only one is set; set both, as torchrun does, or neither",
        ),
        ({**TORCHRUN, "RANK": "-1"}, EIGHT, "RANK is '-1'; whole numbers of 0 or more are needed"),
        ({**TORCHRUN, "RANK": "16"}, EIGHT, "RANK 16 of WORLD_SIZE 16, .* stay below the size"),
        ({**TORCHRUN, "LOCAL_RANK": "8"}, EIGHT, "LOCAL_RANK 8 of LOCAL_WORLD_SIZE 8: ranks count from 0"),
        ({}, EIGHT, "node 1 has 8 accelerators and 1 processes, .* --nproc-per-node=.GPUS_PER_NODE"),
        (
            {**TORCHRUN, "WORLD_SIZE": "24"},
            EIGHT,
            "WORLD_SIZE is 24, but NUM_NODES is 2, with 8 processes on this node; every node has to start as many",
        ),
    ],
)
def test_what_can_t_be_true_together_is_told(
    given: dict[str, str], context: JobContext, message: str
) -> None:
    with pytest.raises(ContractError, match=message):
        Place.from_environment(given, context)
