"""Versions of Azure's API, from type tokens."""

import pytest

from modelyard_policies.azure.api_versions import api_version


@pytest.mark.parametrize(
    ("token", "version"),
    [
        ("azure-native:network:Subnet", ""),
        ("azure-native:network/v20230201:Subnet", "20230201"),
        ("azure-native_network_v20250701:network:Subnet", "20250701"),
        ("azure-native:storage/v20210801preview:StorageAccount", "20210801"),
    ],
)
def test_the_version_is_in_the_token(token, version):
    assert api_version(token) == version
