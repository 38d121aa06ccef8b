"""Where AWS publishes the id of the image that fits a type."""

from __future__ import annotations

import pytest

from modelyard.catalog import instance_type, instance_type_names
from modelyard.planning.images import batch_image_type, image_parameter

ROOT = "/aws/service/ecs/optimized-ami/amazon-linux-2023"


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("c7i.4xlarge", ROOT),
        ("c7g.4xlarge", f"{ROOT}/arm64"),
        ("p5.48xlarge", f"{ROOT}/gpu"),
        ("trn2.48xlarge", f"{ROOT}/neuron"),
        ("inf2.xlarge", f"{ROOT}/neuron"),
        ("g5g.xlarge", None),
    ],
)
def test_each_kind_of_machine_has_a_variant(name, parameter):
    assert image_parameter(instance_type(name)) == parameter


def test_what_batch_has_an_image_for_is_published():
    for name in instance_type_names():
        machine = instance_type(name)
        assert batch_image_type(machine) is None or image_parameter(machine) is not None, name
