"""The machines of a compute environment: containers are put onto them, and they go when nothing is on them.

Sources: AWS Batch user guide, "Allocation strategies" (the smallest type that fits; but for BEST_FIT a pool
may exceed maxvCpus by one instance), "Multi-node parallel jobs" (one container on an instance), "Compute
environment parameters"; AWS Batch API reference, ComputeResource; 2026-11. The environment decides; whether
EC2 has such a machine is rehearsed with faults.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from modelyard_sandbox.moto_extensions.batch.compute_resources import FARGATE_TYPES
from modelyard_sandbox.moto_extensions.batch.running import instances
from modelyard_sandbox.moto_extensions.batch.running.capacity import Need, Offer, offers_of

BEST_FIT = "BEST_FIT"
ASK_AGAIN_SECONDS = 5.0
"""After EC2 had no machine to give."""


@dataclass(slots=True, eq=False)
class Machine:
    """A container instance, and what is on it."""

    instance_id: str
    container_instance_arn: str
    offer: Offer
    is_sole: bool
    """Whether it holds one container only, whatever room is left: a node of a multi-node job."""
    stays: bool = False
    """Whether it stands without containers too."""
    tenants: dict[str, Need] = field(default_factory=dict[str, Need])
    """By the id of the task."""

    def takes(self, need: Need) -> bool:
        """Whether a container fits beside what is on it."""
        if self.is_sole and self.tenants:
            return False
        on_it = self.tenants.values()
        left = Offer(
            self.offer.type_name,
            self.offer.vcpus - _sum(item.vcpus for item in on_it),
            self.offer.memory_mib - _sum(item.memory_mib for item in on_it),
            self.offer.gpus - _sum(item.gpus for item in on_it),
        )
        return left.meets(need)


class Fleet:
    """The machines of one compute environment."""

    def __init__(self, environment: Any, backend: Any) -> None:
        self.environment = environment
        self._backend = backend
        self._ask_again_at = 0.0
        self.lacked: str | None = None
        """The type that EC2 had no machine of when one was asked for last."""
        self.machines: list[Machine] = list(map(self._found, environment.instances))

    @property
    def resources(self) -> Mapping[str, Any]:
        """The environment's compute resources, as they are now; none for an unmanaged one."""
        return self.environment.compute_resources or {}

    @property
    def name(self) -> str:
        """The environment's name."""
        return self.environment.name

    @property
    def cluster(self) -> str:
        """The name of its ECS cluster."""
        return self.environment.ecs_name

    @property
    def is_fargate(self) -> bool:
        """Whether there are no machines to see."""
        return self.resources.get("type") in FARGATE_TYPES

    @property
    def _may_exceed(self) -> bool:
        """Whether the last machine may go beyond maxvCpus."""
        return self.resources.get("allocationStrategy", BEST_FIT) != BEST_FIT

    def task_arn(self, task_id: str) -> str:
        """The ARN of a task on it."""
        return f"{self._arn}:task/{self.cluster}/{task_id}"

    @property
    def _arn(self) -> str:
        backend = self._backend
        return f"arn:{backend.partition}:ecs:{backend.region_name}:{backend.account_id}"

    def offers(self, only: str | None = None) -> Sequence[Offer]:
        """What its machines may be."""
        return offers_of(self.resources.get("instanceTypes") or (), only)

    def could_hold(self, needs: Sequence[Need], only: str | None) -> bool:
        """Whether there are types for each of these containers, however busy it is."""
        if self.is_fargate:
            return True
        return all(any(offer.meets(need) for offer in self.offers(only)) for need in needs)

    def is_large_enough(self, needs: Sequence[Need], only: str | None, *, sole: bool) -> bool:
        """Whether maxvCpus is enough for containers that all fit on some type, if nothing else ran."""
        most = self.resources.get("maxvCpus", 0)
        if sum(need.vcpus for need in needs) > most:
            return False
        if not sole or self.is_fargate:
            return True
        *others, last = (
            next(offer.vcpus for offer in self.offers(only) if offer.meets(need)) for need in needs
        )
        return sum(others) + last <= most or (self._may_exceed and sum(others) < most)

    def place(self, tasks: Mapping[str, Need], only: str | None, *, sole: bool) -> dict[str, Machine] | None:
        """Put containers on machines, all or none.

        Args:
            tasks: what each needs, by the id of its task.
            only: the one type that may be used.
            sole: each gets a machine of its own.
        """
        busy = sum(need.vcpus for machine in self.machines for need in machine.tenants.values())
        if busy + sum(need.vcpus for need in tasks.values()) > self.resources.get("maxvCpus", 0):
            return None
        placed: dict[str, Machine] = {}
        sole, self.lacked = sole or self.is_fargate, None
        standing = len(self.machines)
        for task_id, need in tasks.items():
            machine = self._standing(need, only, sole=sole) or self._planned(need, only, sole=sole)
            if machine is None:
                break
            machine.tenants[task_id] = need
            placed[task_id] = machine
        # Nothing is launched before there is a place for everything.
        if len(placed) == len(tasks) and self._launch(self.machines[standing:]):
            return placed
        del self.machines[standing:]
        self.release(placed)
        return None

    def release(self, task_ids: Iterable[str]) -> None:
        """Take tasks off their machines."""
        gone = set(task_ids)
        for machine in self.machines:
            for task_id in gone & machine.tenants.keys():
                del machine.tenants[task_id]
            if machine.is_sole and machine.stays and not machine.tenants:
                machine.is_sole = False

    def remove(self, machine: Machine) -> None:
        """Take a machine away, as its failure does."""
        if machine in self.machines:
            self.machines.remove(machine)
            self._ask_again_at = 0.0
            self._let_go(machine)

    def shrink(self) -> None:
        """Let go of machines with nothing on them."""
        for machine in [item for item in self.machines if not item.tenants and not item.stays]:
            self.remove(machine)

    def _standing(self, need: Need, only: str | None, *, sole: bool) -> Machine | None:
        fitting = [
            machine
            for machine in self.machines
            if only in (None, machine.offer.type_name)
            and machine.takes(need)
            and not (sole and machine.tenants)
        ]
        if not fitting:
            return None
        fullest = max(fitting, key=lambda machine: sum(item.vcpus for item in machine.tenants.values()))
        fullest.is_sole = fullest.is_sole or sole
        return fullest

    def _planned(self, need: Need, only: str | None, *, sole: bool) -> Machine | None:
        """A machine that would have to be launched; None if there may be none."""
        offer = self._chosen(need, only)
        if offer is None:
            return None
        machine = Machine("", "", offer, is_sole=sole)
        self.machines.append(machine)
        return machine

    def _launch(self, machines: Sequence[Machine]) -> bool:
        """Launch machines, all or none; whether EC2 had them."""
        for number, machine in enumerate(machines):
            if self.is_fargate:
                machine.container_instance_arn = (
                    f"{self._arn}:container-instance/{self.cluster}/{uuid4().hex}"
                )
                continue
            made = self._launched(machine.offer.type_name)
            if made is None:
                self.lacked = machine.offer.type_name
                for launched in machines[:number]:
                    self._let_go(launched)
                return False
            machine.instance_id, machine.container_instance_arn = made
        return True

    def _launched(self, type_name: str) -> tuple[str, str] | None:
        """The id of a new instance and the ARN of its container instance; None if EC2 has none."""
        if time.monotonic() < self._ask_again_at:
            return None
        try:
            return instances.launch(self._backend, self.environment, type_name)
        except instances.NoCapacityError:
            self._ask_again_at = time.monotonic() + ASK_AGAIN_SECONDS
            return None

    def _let_go(self, machine: Machine) -> None:
        if not self.is_fargate:
            arn = machine.container_instance_arn
            instances.let_go(self._backend, self.environment, machine.instance_id, arn)

    def _found(self, instance: Any) -> Machine:
        """A machine that stands from the start, for the least vCPUs."""
        arn = instances.register(self._backend, self.environment, instance.id)
        return Machine(instance.id, arn, offers_of([instance.instance_type])[0], is_sole=False, stays=True)

    def _chosen(self, need: Need, only: str | None) -> Offer | None:
        if self.is_fargate:
            return Offer(self.resources["type"], int(need.vcpus) + 1, need.memory_mib, 0)
        fitting = [offer for offer in self.offers(only) if offer.meets(need)]
        most, used = self.resources["maxvCpus"], sum(machine.offer.vcpus for machine in self.machines)
        within = [offer for offer in fitting if used + offer.vcpus <= most]
        if not within and self._may_exceed and used < most:
            within = fitting
        return within[0] if within else None


def _sum(amounts: Iterable[float]) -> int:
    """Amounts on a machine, rounded up as shares of a vCPU are Fargate's only."""
    return -int(-sum(amounts) // 1)
