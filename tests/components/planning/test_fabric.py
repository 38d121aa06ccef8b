import pytest

from modelyard.catalog.instances import instance_type, instance_type_names
from modelyard.planning.fabric import (
    addresses_per_node,
    fabric_environment,
    plan_interfaces,
    takes_multi_node_jobs,
)

EFA_TYPES = [name for name in instance_type_names() if instance_type(name).efa_interfaces]


@pytest.mark.parametrize("name", EFA_TYPES)
def test_every_layout_fits_its_cards_and_leaves_the_task_a_place_on_card_0(name):
    instance = instance_type(name)
    cards = {card.index: card for card in instance.network_cards}
    interfaces = plan_interfaces(instance)
    for index, card in cards.items():
        on_card = [interface for interface in interfaces if interface.network_card_index == index]
        task = 1 if index == 0 and takes_multi_node_jobs(instance) else 0
        assert len(on_card) <= card.max_interfaces - task
        assert len({interface.device_index for interface in on_card}) == len(on_card)
        assert all(interface.interface_type in card.interface_types for interface in on_card)
    assert sum(interface.interface_type != "interface" for interface in interfaces) == instance.efa_interfaces


@pytest.mark.parametrize("name", EFA_TYPES)
def test_a_node_takes_one_address_and_one_more_for_its_task(name):
    instance = instance_type(name)
    assert addresses_per_node(instance, multi_node=False) == 1
    assert addresses_per_node(instance, multi_node=True) == 2


def test_p5_keeps_its_second_place_on_card_0_for_the_task():
    interfaces = plan_interfaces(instance_type("p5.48xlarge"))
    assert [(i.network_card_index, i.device_index, i.interface_type) for i in interfaces[:3]] == [
        (0, 0, "efa"),
        (1, 0, "efa-only"),
        (2, 0, "efa-only"),
    ]
    assert len(interfaces) == 32


@pytest.mark.parametrize(("name", "cards"), [("p5en.48xlarge", 16), ("p6-b200.48xlarge", 8)])
def test_a_roomy_first_card_carries_ip_and_efa_apart(name, cards):
    interfaces = plan_interfaces(instance_type(name))
    assert [(i.network_card_index, i.device_index, i.interface_type) for i in interfaces] == [
        (0, 0, "interface"),
        (0, 1, "efa-only"),
        *((card, 0, "efa-only") for card in range(1, cards)),
    ]


def test_p6_b300_has_no_efa_on_card_0():
    interfaces = plan_interfaces(instance_type("p6-b300.48xlarge"))
    assert interfaces[0].interface_type == "interface"
    assert [i.network_card_index for i in interfaces] == list(range(17))
    assert {i.device_index for i in interfaces} == {0}


def test_a_type_without_efa_has_no_interfaces_of_its_own_and_no_variables():
    assert plan_interfaces(instance_type("g5.xlarge")) == ()
    assert addresses_per_node(instance_type("g5.xlarge"), multi_node=False) == 1
    assert fabric_environment(instance_type("g5.xlarge")) == {}


def test_variables_for_efa_never_hold_what_is_known_to_hurt():
    variables = fabric_environment(instance_type("p5.48xlarge"))
    assert variables["FI_EFA_USE_HUGE_PAGE"] == "0"
    assert not {"RDMAV_FORK_SAFE", "NCCL_BUFFSIZE"} & set(variables)


def test_hpc6id_alone_has_no_place_for_a_task():
    without = [name for name in instance_type_names() if not takes_multi_node_jobs(instance_type(name))]
    assert without == ["hpc6id.32xlarge"]
