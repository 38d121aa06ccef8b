from modelyard.planning.zones import network_zone_ids, pool_zone_ids

REGION = ("euc1-az1", "euc1-az2", "euc1-az3")


def test_the_first_zones_are_taken_unless_some_are_pinned():
    assert network_zone_ids(REGION, 2, None) == ("euc1-az1", "euc1-az2")
    assert network_zone_ids(REGION, 2, ["euc1-az3"]) == ("euc1-az3",)


def test_a_pool_for_multi_node_jobs_keeps_to_one_zone():
    assert pool_zone_ids(REGION, REGION[:2], None, multi_node=True) == ("euc1-az1",)
    assert pool_zone_ids(REGION, REGION[:2], None, multi_node=False) == ("euc1-az1", "euc1-az2")


def test_a_zone_that_lacks_the_type_is_passed_over():
    assert pool_zone_ids(("euc1-az2",), REGION[:2], None, multi_node=True) == ("euc1-az2",)
    assert pool_zone_ids(("euc1-az3",), REGION[:2], None, multi_node=False) == ()


def test_a_pinned_zone_outside_the_network_leaves_none():
    assert pool_zone_ids(REGION, REGION[:2], "euc1-az3", multi_node=False) == ()
    assert pool_zone_ids(REGION, REGION[:2], "euc1-az2", multi_node=False) == ("euc1-az2",)
