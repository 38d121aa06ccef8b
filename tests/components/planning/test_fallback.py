"""Machines that can take the jobs of others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.catalog.instances import instance_type, instance_type_names
from modelyard.planning.fallback import lack

TYPES = st.sampled_from(instance_type_names()).map(instance_type)


@pytest.mark.parametrize(
    ("wanted", "offered", "why"),
    [
        ("p5.48xlarge", "p5.48xlarge", None),
        ("c7i.4xlarge", "c7i.8xlarge", None),
        ("g5.xlarge", "g5.2xlarge", None),
        ("c7i.4xlarge", "c7g.4xlarge", "c7g.4xlarge is arm64, and a queue takes one architecture"),
        ("p5.48xlarge", "p4d.24xlarge", "p4d.24xlarge has A100"),
        ("p5.48xlarge", "c7i.48xlarge", "c7i.48xlarge has no accelerator"),
        ("g5.12xlarge", "g5.16xlarge", "g5.16xlarge has 1 of 4 accelerators"),
        ("c7i.8xlarge", "c7i.4xlarge", "c7i.4xlarge has 16 of 32 vCPUs"),
        ("r7i.4xlarge", "c7i.4xlarge", "c7i.4xlarge has 32,768 of 131,072 MiB of memory"),
    ],
)
def test_what_a_machine_lacks_is_told(wanted, offered, why):
    assert lack(instance_type(wanted), instance_type(offered)) == why


def test_a_job_that_mounts_more_fabric_than_there_is_would_fail():
    efa = next(
        (wanted, offered)
        for wanted in map(instance_type, instance_type_names())
        for offered in map(instance_type, instance_type_names())
        if (why := lack(wanted, offered)) is not None and "EFA" in why
    )
    wanted, offered = efa
    assert offered.efa_interfaces < wanted.efa_interfaces
    assert lack(wanted, offered) == (
        f"{offered.name} has {offered.efa_interfaces} of {wanted.efa_interfaces} EFA interfaces"
    )


@given(machine=TYPES)
def test_every_machine_can_take_its_own_jobs(machine):
    assert lack(machine, machine) is None


@given(first=TYPES, second=TYPES, third=TYPES)
def test_who_can_stand_in_for_a_stand_in_can_stand_in(first, second, third):
    if lack(first, second) is None and lack(second, third) is None:
        assert lack(first, third) is None
