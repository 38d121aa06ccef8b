"""Takes part in all-reduces: a program of its own, run by the image's Python in one process for each GPU.

`python allreduce.py torch|jax DEVICE`, where DEVICE is the number of a GPU, or -1 for the CPU. It says when
it is ready, reads commands, one JSON object a line, and answers each with one. When its input ends, it does.

Bus bandwidth is counted by whoever reads the answers. Each size is summed once to see that the sum is right,
which also sets up connections, then some times more against the clock.

    {"address": "10.0.0.1:20003", "rank": 0, "world": 16, "seconds": 60, "sizes": [1048576, ...], "budget": 2}
    {"sizes": [[1048576, 0.0011], ...]}    or    {"error": "..."}
"""

from __future__ import annotations

import importlib
import json
import os
import queue
import sys
import threading
import time
from datetime import timedelta
from typing import Any, Protocol

REPEATS = 5
"""Sums of a size against the clock: their mean counts."""


LONGEST_ERROR = 200
"""Characters of what went wrong that are told."""


class Peers(Protocol):
    """All processes of an all-reduce, as a framework lets this one speak to them."""

    def fill(self, size_bytes: int, value: float) -> Any:
        """An array of that size, every element of that value."""
        ...

    def sum(self, array: Any) -> Any:
        """The sum of everybody's arrays, once it is there."""
        ...

    def extremes(self, array: Any) -> tuple[float, float]:
        """The least and the greatest element."""
        ...

    def close(self) -> None:
        """Leave."""
        ...


class TorchPeers:
    """By torch.distributed: NCCL between GPUs, Gloo between CPUs."""

    def __init__(self, command: dict[str, Any], device: int) -> None:
        import torch
        import torch.distributed

        self._torch, self._group = torch, torch.distributed
        self._device = torch.device("cpu" if device < 0 else f"cuda:{device}")
        if device >= 0:
            torch.cuda.set_device(device)
        self._group.init_process_group(
            "gloo" if device < 0 else "nccl",
            init_method=f"tcp://{command['address']}",
            rank=command["rank"],
            world_size=command["world"],
            timeout=timedelta(seconds=command["seconds"]),
        )

    def fill(self, size_bytes: int, value: float) -> Any:
        """An array on the device."""
        return self._torch.full((size_bytes // 4,), value, dtype=self._torch.float32, device=self._device)

    def sum(self, array: Any) -> Any:
        """All-reduce, in place."""
        self._group.all_reduce(array)
        if self._device.type == "cuda":
            self._torch.cuda.synchronize()
        return array

    def extremes(self, array: Any) -> tuple[float, float]:
        """Of all elements."""
        return float(array.min()), float(array.max())

    def close(self) -> None:
        """Leave the group; another may follow."""
        self._group.destroy_process_group()


class JaxPeers:
    """By jax.distributed: NCCL between GPUs, Gloo between CPUs. A process can do it once only."""

    def __init__(self, command: dict[str, Any], device: int) -> None:
        import jax

        if device < 0:
            jax.config.update("jax_cpu_collectives_implementation", "gloo")
        jax.distributed.initialize(
            coordinator_address=command["address"],
            num_processes=command["world"],
            process_id=command["rank"],
            local_device_ids=None if device < 0 else [device],
            initialization_timeout=int(command["seconds"]),
        )
        self._jax = jax
        every, self._own = jax.devices(), jax.local_devices()[0]
        # One device of each process, if a CPU is shown as several.
        firsts = {each.process_index: each for each in reversed(every)}
        self._count = len(firsts)
        mesh = jax.sharding.Mesh([firsts[index] for index in sorted(firsts)], ("all",))
        split = jax.sharding.PartitionSpec("all")
        self._sharding = jax.sharding.NamedSharding(mesh, split)
        share = getattr(jax, "shard_map", None)
        if share is None:  # before JAX 0.6
            from jax.experimental.shard_map import shard_map as share
        self._sum = jax.jit(
            share(lambda part: jax.lax.psum(part, "all"), mesh=mesh, in_specs=split, out_specs=split)
        )

    def fill(self, size_bytes: int, value: float) -> Any:
        """An array of which every process holds a part of that size, this one with its value."""
        count = size_bytes // 4
        part = self._jax.device_put(self._jax.numpy.full((count,), value, dtype="float32"), self._own)
        return self._jax.make_array_from_single_device_arrays((count * self._count,), self._sharding, [part])

    def sum(self, array: Any) -> Any:
        """All-reduce: every part becomes the sum of all."""
        return self._sum(array).block_until_ready()

    def extremes(self, array: Any) -> tuple[float, float]:
        """Of this process's part."""
        own = array.addressable_shards[0].data
        return float(own.min()), float(own.max())

    def close(self) -> None:
        """Leave the group, for good."""
        self._jax.distributed.shutdown()


def prepare(framework: str, device: int) -> None:
    """Import the framework, and use the device once: what goes wrong here is nobody else's doing."""
    if framework == "jax":
        importlib.import_module("jax")  # it may use no device before it has joined the others
        return
    torch = importlib.import_module("torch")
    importlib.import_module("torch.distributed")
    if device >= 0:
        torch.cuda.set_device(device)
        torch.zeros(1, device=f"cuda:{device}").sum().item()


PEERS: dict[str, type[TorchPeers] | type[JaxPeers]] = {"torch": TorchPeers, "jax": JaxPeers}


def measure(peers: Peers, command: dict[str, Any]) -> dict[str, Any]:
    """Sum arrays of growing sizes, while that stays within the budget of seconds for each."""
    world, rank = command["world"], command["rank"]
    wanted = float(sum(_value(each) for each in range(world)))
    found: list[tuple[int, float]] = []
    for size, larger in zip(command["sizes"], [*command["sizes"][1:], None]):
        least, greatest = peers.extremes(peers.sum(peers.fill(size, _value(rank))))
        if not least == greatest == wanted:
            return {"error": f"it got wrong sums of {size:,} bytes", "wrong": True}
        array = peers.fill(size, 0)
        _together(peers, 0)
        began = time.perf_counter()
        for _ in range(REPEATS):
            array = peers.sum(array)
        seconds = (time.perf_counter() - began) / REPEATS
        found.append((size, seconds))
        # All have to go on, or none: so the mean decides, which is the same everywhere.
        mean = _together(peers, seconds) / world
        if larger is not None and mean * larger / size * (REPEATS + 1) > command["budget"]:
            break
    return {"sizes": found}


def _value(rank: int) -> float:
    """What a rank's elements are: small, so that sums stay whole in 32 bits however many there are."""
    return float(rank % 7 + 1)


def _together(peers: Peers, value: float) -> float:
    """The sum of a number that each has; also a barrier."""
    return peers.extremes(peers.sum(peers.fill(4, value)))[0]


def _answer(framework: str, device: int, command: dict[str, Any]) -> dict[str, Any]:
    try:
        peers = PEERS[framework](command, device)
        answer = measure(peers, command)
        peers.close()
    except Exception as error:  # noqa: BLE001 (whatever it is, it is the answer)
        return {"error": in_a_line(error)}
    return answer


def in_a_line(error: Exception) -> str:
    """What went wrong, in a line of plain characters."""
    said = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {said[0]}".encode("ascii", "ignore").decode()[:LONGEST_ERROR].strip()


def main(framework: str, device: int) -> None:
    """Answer commands until there are no more."""
    # What libraries print must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    commands: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            commands.put(line)
        # Nobody is there any more: not even a sum that never comes may hold this up.
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    try:
        prepare(framework, device)
        answers.write(json.dumps({"ready": True}) + "\n")
    except Exception as error:  # noqa: BLE001 (whatever it is, it is the answer)
        answers.write(json.dumps({"error": in_a_line(error)}) + "\n")
    while True:
        answers.write(json.dumps(_answer(framework, device, json.loads(commands.get()))) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
