import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.catalog.fabric import interface_layout
from modelyard.catalog.instances import instance_type, instance_type_names
from modelyard.planning.fabric import (
    InterfacePlan,
    addresses_per_node,
    device_paths,
    fabric_environment,
    plan_interfaces,
    takes_multi_node_jobs,
)

EFA_TYPES = [name for name in instance_type_names() if instance_type(name).efa_interfaces]
USES = ("single_node", "multi_node")

TYPES_WITH_NETWORK_CARDS_KNOWN = [
    "g4dn.12xlarge",
    "g4dn.16xlarge",
    "g4dn.8xlarge",
    "g4dn.metal",
    "g5.12xlarge",
    "g5.16xlarge",
    "g5.24xlarge",
    "g5.48xlarge",
    "g5.8xlarge",
    "g6.12xlarge",
    "g6.16xlarge",
    "g6.24xlarge",
    "g6.48xlarge",
    "g6.8xlarge",
    "g6e.12xlarge",
    "g6e.16xlarge",
    "g6e.24xlarge",
    "g6e.48xlarge",
    "g6e.8xlarge",
    "g7.12xlarge",
    "g7.24xlarge",
    "g7.48xlarge",
    "g7.8xlarge",
    "g7e.12xlarge",
    "g7e.24xlarge",
    "g7e.48xlarge",
    "g7e.8xlarge",
    "gr6.8xlarge",
    "inf1.24xlarge",
    "p3dn.24xlarge",
    "p4d.24xlarge",
    "p4de.24xlarge",
    "p5.48xlarge",
    "p5.4xlarge",
    "p5e.48xlarge",
    "p5en.48xlarge",
    "p6-b200.48xlarge",
    "p6-b300.48xlarge",
    "trn1.32xlarge",
    "trn1n.32xlarge",
    "trn2.3xlarge",
    "trn2.48xlarge",
]
"""The accelerated types with EFA, as the project was asked for them."""


def shown(interfaces: tuple[InterfacePlan, ...]) -> list[tuple[int, int, str]]:
    return [(i.network_card_index, i.device_index, i.interface_type) for i in interfaces]


@given(st.sampled_from(EFA_TYPES), st.booleans())
def test_every_layout_fits_its_cards_and_leaves_a_task_its_place_on_card_0(name, multi_node):
    instance = instance_type(name)
    interfaces = plan_interfaces(instance, multi_node)
    for card in instance.network_cards:
        on_card = [i for i in interfaces if i.network_card_index == card.index]
        task = multi_node and takes_multi_node_jobs(instance) and card.index == 0
        assert len(on_card) + task <= card.max_interfaces
        assert len({i.device_index for i in on_card}) == len(on_card)
        assert all(i.interface_type in card.interface_types for i in on_card)
    assert {i.network_card_index for i in interfaces} <= {card.index for card in instance.network_cards}


@given(st.sampled_from(EFA_TYPES), st.booleans())
def test_the_primary_interface_carries_ip_and_all_of_efa_is_used(name, multi_node):
    instance = instance_type(name)
    interfaces = plan_interfaces(instance, multi_node)
    primary = [i for i in interfaces if (i.network_card_index, i.device_index) == (0, 0)]
    assert [i.takes_address for i in primary] == [True]
    assert interfaces[0] is primary[0]
    assert sum(i.interface_type != "interface" for i in interfaces) == instance.efa_interfaces


@given(st.sampled_from(instance_type_names()), st.booleans())
def test_the_addresses_of_a_node_are_those_of_its_interfaces_and_its_task(name, multi_node):
    instance = instance_type(name)
    taking = [i for i in plan_interfaces(instance, multi_node) if i.interface_type != "efa-only"]
    assert addresses_per_node(instance, multi_node) == max(len(taking), 1) + multi_node


@given(st.sampled_from([name for name in EFA_TYPES if takes_multi_node_jobs(instance_type(name))]))
def test_multi_node_pools_leave_device_index_1_of_every_card_to_the_task(name):
    assert {i.device_index for i in plan_interfaces(instance_type(name), multi_node=True)} == {0}


@pytest.mark.parametrize("name", TYPES_WITH_NETWORK_CARDS_KNOWN)
def test_every_type_of_the_facts_has_both_layouts_with_their_sources(name):
    for use in USES:
        layout = interface_layout(name, use)
        assert layout
        assert all(interfaces.source and interfaces.as_of for interfaces in layout)


def test_no_other_types_than_those_with_efa_have_a_layout():
    assert {name for name in instance_type_names() if interface_layout(name, "single_node")} == set(EFA_TYPES)
    assert set(TYPES_WITH_NETWORK_CARDS_KNOWN) == {
        name for name in EFA_TYPES if instance_type(name).kind != "cpu"
    }


def test_no_row_of_the_table_is_lost(table_path: Path):
    with table_path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    named = {(row["instance_type"], row["use"]) for row in rows}
    assert sum(len(interface_layout(name, use)) for name in EFA_TYPES for use in USES) == len(rows)
    assert {name for name, _ in named} == set(EFA_TYPES)
    assert {use for _, use in named} == set(USES)


@pytest.fixture
def table_path() -> Path:
    import modelyard.catalog

    return Path(modelyard.catalog.__file__).parent / "data" / "aws" / "fabric.csv"


def test_a_p5_of_a_multi_node_pool_keeps_its_second_place_on_card_0_for_the_task():
    interfaces = plan_interfaces(instance_type("p5.48xlarge"), multi_node=True)
    assert shown(interfaces) == [(0, 0, "efa"), *((card, 0, "efa-only") for card in range(1, 32))]


@pytest.mark.parametrize(
    ("name", "cards"), [("p5.48xlarge", 32), ("p5en.48xlarge", 16), ("p6-b200.48xlarge", 8)]
)
def test_a_node_of_a_single_node_pool_carries_ip_and_efa_apart(name, cards):
    interfaces = plan_interfaces(instance_type(name), multi_node=False)
    assert shown(interfaces) == [
        (0, 0, "interface"),
        (0, 1, "efa-only"),
        *((card, 0, "efa-only") for card in range(1, cards)),
    ]


@pytest.mark.parametrize("multi_node", [True, False])
def test_p6_b300_has_no_efa_on_card_0(multi_node):
    interfaces = plan_interfaces(instance_type("p6-b300.48xlarge"), multi_node)
    assert shown(interfaces) == [(0, 0, "interface"), *((card, 0, "efa-only") for card in range(1, 17))]


def test_a_plan_for_a_use_that_is_not_named_has_room_for_a_task():
    instance = instance_type("p5.48xlarge")
    assert plan_interfaces(instance) == plan_interfaces(instance, multi_node=True)


def test_a_type_without_efa_has_no_interfaces_of_its_own_and_no_variables():
    assert plan_interfaces(instance_type("g5.xlarge")) == ()
    assert addresses_per_node(instance_type("g5.xlarge"), multi_node=False) == 1
    assert fabric_environment(instance_type("g5.xlarge")) == {}
    assert device_paths(instance_type("g5.xlarge")) == ()


def test_variables_for_efa_never_hold_what_is_known_to_hurt():
    variables = fabric_environment(instance_type("p5.48xlarge"))
    assert variables["FI_EFA_USE_HUGE_PAGE"] == "0"
    assert not {"RDMAV_FORK_SAFE", "NCCL_BUFFSIZE"} & set(variables)


def test_a_container_is_given_every_efa_and_every_neuron_device():
    assert device_paths(instance_type("p5.48xlarge")) == tuple(
        f"/dev/infiniband/uverbs{index}" for index in range(32)
    )
    trainium = device_paths(instance_type("trn1.32xlarge"))
    assert trainium[:8] == tuple(f"/dev/infiniband/uverbs{index}" for index in range(8))
    assert trainium[8:] == tuple(f"/dev/neuron{index}" for index in range(16))


def test_hpc6id_alone_has_no_place_for_a_task():
    without = [name for name in instance_type_names() if not takes_multi_node_jobs(instance_type(name))]
    assert without == ["hpc6id.32xlarge"]
    assert interface_layout("hpc6id.32xlarge", "multi_node") == ()
    assert shown(plan_interfaces(instance_type("hpc6id.32xlarge"))) == [(0, 0, "efa"), (1, 0, "efa-only")]
