"""The files that the page about suppressions and configuration shows are files that are read."""

import re
from pathlib import Path

from modelyard_cli.judging.options import FORMATS
from modelyard_policies.configuration.reading import read_configuration
from modelyard_policies.registry import all_rules
from modelyard_policies.settings import Source
from modelyard_policies.suppressions.reading import read_suppressions

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "settle-what-fails-a-check.md").read_text()
SUPPRESSIONS, CONFIGURATION = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_the_suppressions_of_the_page_are_read():
    found = read_suppressions(Source(SUPPRESSIONS, "page"), all_rules())
    assert len(found) == 2
    urn = found[1].resource
    assert found[1].covers(found[1].rule, urn, "ingress[12].cidrBlocks")


def test_the_configuration_of_the_page_is_read():
    found = read_configuration(Source(CONFIGURATION, "page"), all_rules())
    assert found.unknown_counts
    assert len(found.entries) == 5


def test_every_format_has_its_row():
    assert tuple(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == FORMATS
