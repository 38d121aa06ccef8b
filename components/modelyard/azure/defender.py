"""Which plans of Microsoft Defender for Cloud a subscription has."""

from collections.abc import Iterator
from typing import NotRequired, TypedDict

import pulumi
import pulumi_azure_native as azure_native

from modelyard.azure.component import AzureComponent
from modelyard.azure.subscriptions import subscription_problems
from modelyard.errors import InputError, Problem
from modelyard.wiring.arguments import check_args
from modelyard.wiring.tokens import AZURE, token

STORAGE = "StorageAccounts"
SERVERS = "VirtualMachines"

PLANS = ("VirtualMachines", "Containers", "StorageAccounts", "KeyVaults", "Arm", "CloudPosture")
"""Plans that there is a use for beside training, by their names in Azure's API (Microsoft Defender for Cloud
REST API, "Pricings", 2024-01-01)."""

SERVER_PLANS = ("P1", "P2")


class DefenderArgs(TypedDict):
    """Arguments of Defender."""

    subscription_id: str
    """Subscription that the plans are turned on for, with everything in it."""
    plans: list[str]
    """Plans that are on: VirtualMachines, Containers, StorageAccounts, KeyVaults, Arm, CloudPosture."""
    servers_plan: NotRequired[str]
    """Which plan for VirtualMachines, P1 or P2; P2 also scans disks and software. Unset: P1."""
    malware_scan_gb: NotRequired[int]
    """Gigabytes a month and storage account that are scanned for malware as they are uploaded; each is paid
    for. Unset: nothing is scanned."""


class Defender(AzureComponent):
    """Plans of Microsoft Defender for Cloud, for a whole subscription.

    A plan is paid for by what it watches: by the server, the core, the storage account, or the request, in
    the whole subscription and not only in this environment's resource groups. So none is on that wasn't
    named, and one program of a subscription should have them.

    A plan that was named and is no longer stays on: Azure has no way of deleting one, and to turn it off for
    everything in the subscription is to be done on purpose (`az security pricing create --tier free`).
    """

    plans: pulumi.Output[list[str]]
    """The plans that are on."""

    def __init__(self, name: str, args: DefenderArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, DefenderArgs)
        if problems := list(_problems(name, args)):
            raise InputError(problems)
        super().__init__(token(AZURE, "Defender"), name, {}, opts)
        self._args = args
        made: list[azure_native.security.Pricing] = []
        for plan in args["plans"]:
            made.append(self._plan(name, plan, made[-1:]))
        self.plans = pulumi.Output.all(*(each.name for each in made)).apply(list)
        self.register_outputs({"plans": self.plans})

    def _plan(
        self, name: str, plan: str, before: list[azure_native.security.Pricing]
    ) -> azure_native.security.Pricing:
        return azure_native.security.Pricing(
            f"{name}-{plan}",
            pricing_name=plan,
            pricing_tier="Standard",
            scope_id=f"subscriptions/{self._args['subscription_id']}",
            sub_plan=self._sub_plan(plan),
            extensions=self._extensions(plan),
            opts=pulumi.ResourceOptions(
                parent=self,
                # Every plan is there from the start, and the provider makes nothing that is: it takes the
                # plan over as it is and changes it.
                import_=f"/subscriptions/{self._args['subscription_id']}/providers/Microsoft.Security/pricings/{plan}",
                # Azure refuses a change of one plan while another is being changed.
                depends_on=before,
                # And it refuses to delete one.
                retain_on_delete=True,
            ),
        )

    def _sub_plan(self, plan: str) -> str | None:
        return {SERVERS: self._args.get("servers_plan", "P1"), STORAGE: "DefenderForStorageV2"}.get(plan)

    def _extensions(self, plan: str) -> list[azure_native.security.ExtensionArgsDict] | None:
        if plan != STORAGE:
            return None
        gigabytes = self._args.get("malware_scan_gb")
        scanning: azure_native.security.ExtensionArgsDict = {
            "name": "OnUploadMalwareScanning",
            "is_enabled": "False" if gigabytes is None else "True",
        }
        if gigabytes is not None:
            scanning["additional_extension_properties"] = {"CapGBPerMonthPerStorageAccount": str(gigabytes)}
        return [scanning, {"name": "SensitiveDataDiscovery", "is_enabled": "True"}]


def _problems(name: str, args: DefenderArgs) -> Iterator[Problem]:
    yield from subscription_problems(f"{name}.subscription_id", args["subscription_id"])
    plans = args["plans"]
    for plan in plans:
        if plan not in PLANS:
            yield Problem(
                field=f"{name}.plans",
                given=repr(plan),
                message="there is no such plan, or none that is of use beside training",
                allowed=", ".join(PLANS),
                mend="name one of these",
            )
    if not plans or len(set(plans)) < len(plans):
        yield Problem(
            field=f"{name}.plans",
            given=", ".join(plans) or "none",
            message="Defender is turned on plan by plan",
            allowed="one plan or more, each once",
            mend="name each once",
        )
    for field, plan in (("servers_plan", SERVERS), ("malware_scan_gb", STORAGE)):
        if field in args and plan not in plans:
            yield Problem(
                field=f"{name}.{field}",
                given=str(args[field]),
                message=f"this is part of the plan {plan}, which isn't among the plans",
                allowed=f"nothing, without {plan}",
                mend=f"add {plan} to plans, or leave {field} out",
            )
    if args.get("servers_plan", "P1") not in SERVER_PLANS:
        yield Problem(
            field=f"{name}.servers_plan",
            given=repr(args.get("servers_plan")),
            message="there is no such plan for servers",
            allowed=" or ".join(SERVER_PLANS),
            mend="write P1",
        )
    if args.get("malware_scan_gb", 1) < 1:
        yield Problem(
            field=f"{name}.malware_scan_gb",
            given=str(args.get("malware_scan_gb")),
            message="scanning has a bound of a gigabyte or more",
            allowed="1 or more",
            mend="leave it out to scan nothing",
        )
