from modelyard.catalog.regions import region, region_names
from modelyard_policies.carbon import intensities


def test_the_intensities_are_those_of_the_catalog():
    facts = {name: [fact.value for fact in region(name).carbon] for name in region_names()}
    told = {name: (min(values), max(values)) for name, values in facts.items() if values}
    ours = {name: (found.least, found.most) for name, found in intensities().items() if name in facts}
    assert ours == told


def test_the_bounds_are_in_order_and_the_regions_too():
    assert all(found.least <= found.most for found in intensities().values())
    assert list(intensities()) == sorted(intensities())
