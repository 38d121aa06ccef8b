"""The result of a run: one small object that says how well it ended and what it left."""

from __future__ import annotations

import json

from modelyard_training.contract import JobContext
from modelyard_training.manifests import Checkpoint
from modelyard_training.stores import Store

SCHEMA = "modelyard.result/1"


def write_result(
    store: Store,
    context: JobContext,
    checkpoint: Checkpoint,
    *,
    examples: int,
    seconds: float,
    **measures: float,
) -> str:
    """Write `runs/<run>/result.json` and return its key.

    `measures` are what was found on the `examples` held out from training, as `accuracy` or `loss`; `seconds`
    is what this attempt took.
    """
    key = f"runs/{context.run_id}/result.json"
    result = {
        "schema": SCHEMA,
        "run_id": context.run_id,
        "attempt": context.attempt,
        "num_nodes": context.num_nodes,
        **measures,
        "held_out_examples": examples,
        "step": checkpoint.step,
        "epoch": checkpoint.epoch,
        "seconds": round(seconds, 3),
        "checkpoint": checkpoint.as_dict(store),
    }
    store.put(key, json.dumps(result, indent=1).encode())
    return key
