from modelyard.catalog.regions import region, region_names
from modelyard_policies.azure.paired_regions import paired_regions
from modelyard_policies.residency import jurisdictions


def test_the_jurisdictions_are_those_of_the_catalog():
    known = jurisdictions()
    assert {name: known[name] for name in region_names()} == {
        name: region(name).jurisdiction for name in region_names()
    }
    assert list(known) == sorted(known)


def test_paired_regions_have_a_jurisdiction_which_is_seldom_another():
    known = jurisdictions()
    pairs = paired_regions()
    abroad = {name for name, pair in pairs.items() if known[name] != known[pair]}
    assert abroad == {"brazilsouth", "eastasia", "southeastasia"}
    assert list(pairs) == sorted(pairs)
