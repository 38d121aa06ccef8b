"""Rules that let traffic pass: by which protocol, on which ports, from or to whom."""

from __future__ import annotations

from dataclasses import dataclass

from modelyard_policies.addresses import internet
from modelyard_policies.aws.protocols import ALL, protocol_among
from modelyard_policies.ports import EVERY, LAST, Span
from modelyard_policies.reading import Block, all_of, any_of, some


@dataclass(frozen=True, slots=True)
class Traffic:
    """One rule of a security group or a network ACL, whichever way it is written."""

    rule: Block
    peers: tuple[str, ...]
    """Properties that name addresses, IPv4 and IPv6."""
    protocol: str = "protocol"
    """Property that names the protocol."""

    def is_by(self, protocols: frozenset[str]) -> bool:
        """Whether the protocol is one of these."""
        return protocol_among(self.rule, self.protocol, protocols)

    def is_of_the_world(self, peer: str, *, wholly: bool = False) -> bool:
        """Whether a property that names addresses names the internet: `wholly` if half of it won't do."""
        return some(self.rule.strings(peer), lambda cidr: bool(internet(cidr, wholly=wholly)))

    def has_port(self, port: int) -> bool:
        """Whether the rule is about `port`; of all protocols it is, whatever ports are written beside."""
        return any_of(
            lambda: self.is_by(ALL),
            lambda: all_of(lambda: self._begins_by(port), lambda: self._ends_after(port)),
        )

    def ports(self) -> Span | None:
        """The first port and the last; None if there are none."""
        if self.is_by(ALL):
            return EVERY
        first, last = self.rule.number("fromPort"), self.rule.number("toPort")
        low, high = 0 if first is None else first, LAST if last is None else last
        # What isn't a number compares to nothing.
        if not (low <= high and low <= LAST and high >= 0):
            return None
        return int(max(low, 0)), int(min(high, LAST))

    def _begins_by(self, port: int) -> bool:
        first = self.rule.number("fromPort")
        return first is None or first <= port

    def _ends_after(self, port: int) -> bool:
        last = self.rule.number("toPort")
        return last is None or last >= port
