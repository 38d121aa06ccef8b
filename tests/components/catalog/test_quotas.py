from __future__ import annotations

from modelyard.catalog import instance_type, instance_type_names
from modelyard.catalog.quotas import vcpu_quota, vcpu_quotas


def test_every_type_counts_against_a_quota_in_each_way_that_it_is_sold():
    for name in instance_type_names():
        usage = instance_type(name).usage_classes
        assert "on-demand" not in usage or vcpu_quota(name, "on_demand"), name
        assert "spot" not in usage or vcpu_quota(name, "spot"), name


def test_a_familys_letters_decide_and_not_its_first_one():
    names = {
        name: vcpu_quota(name, "on_demand")
        for name in (
            "p5.48xlarge",
            "gr6.4xlarge",
            "hpc7a.96xlarge",
            "trn2.48xlarge",
            "t3.micro",
            "inf2.xlarge",
        )
    }
    assert {name: quota.code for name, quota in names.items() if quota} == {
        "p5.48xlarge": "L-417A185B",
        "gr6.4xlarge": "L-DB2E81BA",
        "hpc7a.96xlarge": "L-F7808C92",
        "trn2.48xlarge": "L-2C3B7624",
        "t3.micro": "L-1216C47A",
        "inf2.xlarge": "L-1945791B",
    }


def test_a_family_that_the_catalog_has_no_quota_for_has_none():
    assert vcpu_quota("u7i-12tb.224xlarge", "on_demand") is None
    assert vcpu_quota("hpc7a.96xlarge", "spot") is None


def test_codes_are_unique_and_each_quota_says_where_it_is_from():
    quotas = vcpu_quotas()
    assert len({quota.code for quota in quotas}) == len(quotas)
    assert all("docs.aws.amazon.com" in quota.source and "2026" in quota.as_of for quota in quotas)
