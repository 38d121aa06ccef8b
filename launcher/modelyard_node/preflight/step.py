"""The step `preflight` of a node: it looks, meets the others, measures with them, and hears the verdict."""

from __future__ import annotations

import fcntl
import json
import socket
import struct
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from modelyard_node import codes, keys
from modelyard_node.clock import instant
from modelyard_node.contract import program_environment
from modelyard_node.ends import EndedError, broken
from modelyard_node.node import Node
from modelyard_node.output import say
from modelyard_node.place import Place
from modelyard_node.ports import free_port
from modelyard_node.preflight.clocks import judge_clock
from modelyard_node.preflight.crew import Crew, Task
from modelyard_node.preflight.expected import Expected, read_expected
from modelyard_node.preflight.findings import Finding
from modelyard_node.preflight.looking import Question, Seen, look, rank_document
from modelyard_node.preflight.network import Network, judge_network
from modelyard_node.preflight.rounds import Rounds
from modelyard_node.preflight.verdict import judge
from modelyard_node.store import StoreError

_END = "preflight end"

_GET_ADDRESS = 0x8915
"""SIOCGIFADDR (<linux/sockios.h>)."""


def check(node: Node) -> None:
    """Check this node and the network, if the job asks for it. Raises EndedError if the job may not begin."""
    if node.job.preflight is None:
        return
    try:
        expected = read_expected(node.job.preflight)
    except (TypeError, ValueError) as error:
        raise broken(f"the specification's preflight can't be understood: {error}") from error
    _Preflight(node, expected).run()


class _Preflight:
    def __init__(self, node: Node, expected: Expected) -> None:
        self._node, self._expected = node, expected
        # One process of each node takes part, however many mpirun started.
        self._meet = partial(node.meet, of=node.job.num_nodes)
        self._began = time.monotonic()
        place, job = node.place, node.job
        variables = program_environment(node.environ, place, job, node.attempt, node.metrics_path)
        # Gloo would go by the machine's own name, which may lead elsewhere.
        interface = interface_of(own_address(place))
        if interface is not None:
            variables = {"GLOO_SOCKET_IFNAME": interface, **variables}
        self._question = Question(
            place, job, node.store, node.environ, variables, node.directory, expected, node.pace.probe_seconds
        )
        self._crew: Crew | None = None
        self._network: Network | None = None

    def run(self) -> None:
        node = self._node
        if node.place.is_main:
            say("preflight: every node and the network between them are checked")
        seen = node.do(partial(look, self._question))
        clock = self._compare_clocks()
        rounds = Rounds(self._expected, node.pace.preflight_seconds, node.pace.round_seconds)
        try:
            self._measure(seen, rounds)
        finally:
            if self._crew is not None:
                self._crew.end()
        efa = self._expected.efa if node.place.num_nodes > 1 else 0
        findings = [*seen.findings, clock, *judge_network(self._network, efa)]
        self._write(seen, findings)
        self._conclude(seen, findings, rounds)

    def _compare_clocks(self) -> Finding:
        """Compare this node's clock with the store's and with the main node's."""
        node = self._node
        main = float(self._meet("preflight clock", None, lambda _: time.time()))
        ahead = time.time() - main
        dated = node.store.uri.startswith("s3:")
        # What has to be added to this machine's clock is what it is behind.
        of_store = -node.store.clock.offset_seconds if dated else None
        if node.place.is_main:
            return judge_clock(of_store, None, is_compared_with=node.place.num_nodes > 1)
        return judge_clock(of_store, ahead)

    def _measure(self, seen: Seen, rounds: Rounds) -> None:
        """Take part in the rounds."""
        number = 0
        # Where the job is given none, those of the machine are somebody else's.
        gpus = min(seen.machine.devices["nvidia"], self._expected.gpus)
        mine = {"framework": seen.framework, "gpus": gpus, "address": self._address()}
        step = self._meet("preflight 0", mine, rounds.first)
        while step["do"] != "end":
            number += 1
            result = self._take_part(step, seen)
            brought = {"result": result, "address": self._address()}
            step = self._meet(f"preflight {number}", brought, rounds.next)

    def _take_part(self, step: Mapping[str, Any], seen: Seen) -> dict[str, Any] | None:
        """What this node measures in a round; None if it has no part in it."""
        rank, groups = self._node.place.rank, step["groups"]
        if step["do"] == "start":
            return self._start(step, seen)
        index = next((index for index, group in enumerate(groups) if rank in group), None)
        if index is None or self._crew is None:
            return None
        group, processes = groups[index], max(step["gpus"], 1)
        task = Task(
            address=step["addresses"][index],
            first=group.index(rank) * processes,
            world=len(group) * processes,
            seconds=step["seconds"],
        )
        result = self._node.do(partial(self._crew.do, task))
        if step["do"] == "whole" and step["gpus"]:
            self._network = Network(**result["network"])
        return result

    def _start(self, step: Mapping[str, Any], seen: Seen) -> dict[str, Any]:
        """Start the processes that take part."""
        assert seen.interpreter is not None, "a framework was found by one"  # noqa: S101
        self._crew = Crew(
            seen.interpreter.path,
            step["framework"],
            step["gpus"],
            self._question.variables,
            self._node.directory / "preflight",
        )
        return self._node.do(partial(self._crew.start, step["seconds"]))

    def _address(self) -> str:
        """Where others would meet at this node's: an address of it, and a free port."""
        return f"{own_address(self._node.place)}:{free_port()}"

    def _write(self, seen: Seen, findings: list[Finding]) -> None:
        """Write what this node found."""
        question = self._question
        document = rank_document(question, seen, findings, self._network, self._began)
        self._put(question.key, document)

    def _conclude(self, seen: Seen, findings: list[Finding], rounds: Rounds) -> None:
        """Hear the verdict; on the main node, find it."""
        place = self._node.place
        bag = {
            "findings": [finding.as_dict() for finding in findings],
            "versions": seen.versions(self._network),
            "scratch_gib": seen.machine.scratch_gib,
            "host": place.host,
            "instance_id": place.instance_id,
        }
        everybodys: dict[int, Any] = {}
        self._meet("preflight findings", bag, lambda brought: everybodys.update(brought))
        if place.is_main:
            self._judge(everybodys, rounds)
        self._meet(_END)

    def _judge(self, everybodys: Mapping[int, Any], rounds: Rounds) -> None:
        node, place = self._node, self._node.place
        verdict = judge(everybodys, self._expected, rounds)
        document = {
            **verdict.as_dict(),
            "attempt": place.attempt_name,
            "at": instant(node.store.clock.now()),
            "seconds": round(time.monotonic() - self._began, 1),
        }
        self._put(keys.preflight_key(place.own_run_id, place.attempt_name, "verdict"), document)
        for line in verdict.lines():
            say(f"preflight: {line}")
        before = node.history[-1].kind if node.history else None
        ending = verdict.ending(again=before == codes.PREFLIGHT)
        if ending is not None:
            raise EndedError(ending)

    def _put(self, key: str, document: Mapping[str, Any]) -> None:
        """Write something that the job does without, if need be."""
        node, content = self._node, json.dumps(document).encode()
        try:
            node.do(lambda: node.store.put(key, content, patience=node.pace.probe_seconds))
        except (StoreError, OSError) as error:
            say(f"preflight: {key} isn't in the store: {error}")


def interface_of(address: str) -> str | None:
    """The network interface that has an IPv4 address; None if there is none here."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            try:
                found = fcntl.ioctl(probe.fileno(), _GET_ADDRESS, struct.pack("256s", name.encode()))
            except OSError:  # it has none
                continue
            if socket.inet_ntoa(found[20:24]) == address:
                return name
    return None


def own_address(place: Place) -> str:
    """The address by which other nodes reach this one: the one from which it reaches the main node."""
    if place.is_main:
        return place.master_addr
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        # Nothing is sent by that.
        probe.connect((place.master_addr, place.master_port))
        return str(probe.getsockname()[0])
