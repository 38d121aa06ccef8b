"""Ports and ranges of ports."""

from dataclasses import dataclass
from typing import ClassVar

import pytest

from modelyard_policies.errors import OptionError
from modelyard_policies.options import Options, option
from modelyard_policies.ports import port_ranges, shown, span, without


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("22", (22, 22)),
        (" 20 - 30 ", (20, 30)),
        ("*", (0, 65_535)),
        ("Any", (0, 65_535)),
        ("0-65535", (0, 65_535)),
        ("30-20", None),
        ("65536", None),
        ("22,80", None),
        ("²", None),
        ("", None),
    ],
)
def test_a_range_is_read(text, ports):
    assert span(text) == ports


def test_what_is_left_of_ports():
    assert without([(20, 30)], [(22, 22), (30, 40)]) == [(20, 21), (23, 29)]
    assert without([(20, 30)], [(0, 100)]) == []
    assert without([(20, 30)], []) == [(20, 30)]


def test_ports_in_words():
    assert [shown((22, 22)), shown((22, 23))] == ["port 22", "ports 22 to 23"]


@dataclass(frozen=True, slots=True)
class Open(Options):
    rule: ClassVar[str] = "some-rule"
    ports: tuple[str, ...] = option(port_ranges(), (), "Which ports")


@pytest.mark.parametrize("value", ["22", [22], ["ssh"], None])
def test_an_option_takes_nothing_but_ports(value):
    with pytest.raises(OptionError, match="ports must be a list of ports, such as"):
        Open.from_json({"ports": value})


def test_an_option_takes_ports_and_ranges():
    assert Open.from_json({"ports": ["22", "8000-8010"]}) == Open(("22", "8000-8010"))
