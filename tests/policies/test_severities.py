"""Like things are as severe on AWS as on Azure."""

import pytest

from modelyard_policies.registry import all_rules

SEVERITIES = {rule.code: rule.severity.value for rule in all_rules()}


@pytest.mark.parametrize(
    ("severity", "codes"),
    [
        # The world gets in.
        ("critical", ("ST6", "ST14")),
        ("critical", ("NW1", "NW2", "NW12", "NW18")),
        # A setting keeps the public out, whatever else is done wrong.
        ("high", ("ST1", "ST2", "CO10")),
        # A machine has an address of its own: one open rule is enough.
        ("high", ("CO5", "NW16")),
        # What is not encrypted lies in plain.
        ("high", ("ST13", "CO3", "CO4")),
        # The cloud encrypts by itself, by a key of its own.
        ("medium", ("ST3", "ST12", "ST19", "EN11", "BK1", "BK14", "CT10")),
        # A client has to ask for plain HTTP first.
        ("medium", ("ST5", "ST17")),
        ("medium", ("ST4", "ST20")),
        ("medium", ("ST10", "ST21")),
        ("medium", ("EN1", "EN10")),
        ("medium", ("NW6", "NW15")),
        ("medium", ("LM1", "LM8")),
        ("medium", ("LM4", "LM7")),
        ("medium", ("LM3", "LM9", "LM11")),
        # Whoever is inside gets out.
        ("medium", ("NW3", "NW17")),
        # What is in a backup.
        ("medium", ("BK5", "BK15")),
        # A copy elsewhere.
        ("medium", ("BK3", "BK6", "BK8", "BK11", "BK13")),
        # Backups that whoever takes over an administrator can't delete.
        ("high", ("BK2", "BK7", "BK9")),
        # Whose clusters and registries anybody may talk to.
        ("high", ("CT8", "CT9", "CT7")),
        # Everything is allowed.
        ("high", ("IA1", "IA2", "IA7", "IA8")),
        ("high", ("IA4", "IA9")),
    ],
)
def test_like_things_are_alike(severity, codes):
    assert {code: SEVERITIES[code] for code in codes} == dict.fromkeys(codes, severity)
