"""A machine for remote desktops and a scale set of workers."""

import base64

import pulumi
import pulumi_azure_native as azure

config = pulumi.Config()
password = config.require_secret("adminPassword")
startup = """#!/bin/bash
mkdir -p /mnt/scratch
docker login acmeimages.azurecr.io --username acmeimages --password mJ8+Tq2Lw0Zr5Vx1Nc7Hb4Yd6Kf9Ps3A
docker pull acmeimages.azurecr.io/train:2
"""

group = azure.resources.ResourceGroup("machines")
network = azure.network.VirtualNetwork(
    "main",
    resource_group_name=group.name,
    address_space={"address_prefixes": ["10.0.0.0/16"]},
    subnets=[{"name": "default", "address_prefix": "10.0.1.0/24"}],
)
rules = azure.network.NetworkSecurityGroup("desktop", resource_group_name=group.name)
azure.network.SecurityRule(
    "rdp",
    resource_group_name=group.name,
    network_security_group_name=rules.name,
    priority=300,
    direction="Inbound",
    access="Allow",
    protocol="Tcp",
    source_address_prefix="*",
    source_port_range="*",
    destination_address_prefix="*",
    destination_port_range="3389",
)
address = azure.network.PublicIPAddress(
    "desktop", resource_group_name=group.name, public_ip_allocation_method="Dynamic"
)
card = azure.network.NetworkInterface(
    "desktop",
    resource_group_name=group.name,
    network_security_group={"id": rules.id},
    ip_configurations=[
        {
            "name": "main",
            "subnet": {"id": network.subnets.apply(lambda subnets: subnets[0].id)},
            "public_ip_address": {"id": address.id},
        }
    ],
)
desktop = azure.compute.VirtualMachine(
    "desktop",
    resource_group_name=group.name,
    network_profile={"network_interfaces": [{"id": card.id}]},
    hardware_profile={"vm_size": "Standard_D2s_v5"},
    os_profile={"computer_name": "desktop", "admin_username": "operator", "admin_password": password},
    storage_profile={
        "os_disk": {"create_option": "FromImage", "managed_disk": {"storage_account_type": "Premium_LRS"}},
        "image_reference": {
            "publisher": "MicrosoftWindowsServer",
            "offer": "WindowsServer",
            "sku": "2022-datacenter-g2",
            "version": "latest",
        },
    },
)
workers = azure.compute.VirtualMachineScaleSet(
    "workers",
    resource_group_name=group.name,
    sku={"name": "Standard_ND96isr_H100_v5", "capacity": 2, "tier": "Standard"},
    orchestration_mode="Uniform",
    single_placement_group=False,
    upgrade_policy={"mode": "Manual"},
    virtual_machine_profile={
        "os_profile": {
            "computer_name_prefix": "worker",
            "admin_username": "operator",
            "admin_password": password,
            "custom_data": base64.b64encode(startup.encode()).decode(),
            "linux_configuration": {"disable_password_authentication": False},
        },
        "network_profile": {
            "network_interface_configurations": [
                {
                    "name": "main",
                    "primary": True,
                    "enable_accelerated_networking": False,
                    "ip_configurations": [
                        {
                            "name": "main",
                            "subnet": {"id": network.subnets.apply(lambda subnets: subnets[0].id)},
                        }
                    ],
                }
            ]
        },
        "storage_profile": {
            "os_disk": {"create_option": "FromImage"},
            "image_reference": {
                "publisher": "microsoft-dsvm",
                "offer": "ubuntu-hpc",
                "sku": "2204",
                "version": "latest",
            },
        },
    },
)
data = azure.compute.Disk(
    "data", resource_group_name=group.name, disk_size_gb=512, creation_data={"create_option": "Empty"}
)
pulumi.export("address", address.ip_address)
