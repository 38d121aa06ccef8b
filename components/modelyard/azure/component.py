"""What every component for Azure is."""

from __future__ import annotations

import copy
import re

import pulumi

_OF_ONE_VERSION = re.compile(r"azure-native(:\w+/v\d{8}\w*:|_\w+_v\d{8})")
"""Types that azure-native has for one version of Azure's API."""


class AzureComponent(pulumi.ComponentResource):
    """A component whose resources have no aliases for single versions of Azure's API.

    azure-native gives a resource an alias for every version, up to a hundred, so that programs can go over
    to another one. The SDK makes a URN of each, out of a dozen outputs, and looks at all outputs that are
    open whenever one is done: that was two thirds of the time of `pulumi up`. Resources of components have
    the types without a version, and always had, so nothing is known by such an alias. Those without a
    version stay: by them a resource is found again that azure-native moved to another module.
    """

    def __init__(
        self, type_: str, name: str, props: pulumi.Inputs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """As `pulumi.ComponentResource`. The caller's transformations come later, so they may add aliases."""
        opts = copy.copy(opts) if opts is not None else pulumi.ResourceOptions()
        opts.transformations = [_without_version_aliases, *(opts.transformations or [])]
        super().__init__(type_, name, props, opts)


def _without_version_aliases(
    args: pulumi.ResourceTransformationArgs,
) -> pulumi.ResourceTransformationResult | None:
    if not args.opts.aliases or not args.type_.startswith("azure-native:"):
        return None
    opts = copy.copy(args.opts)
    opts.aliases = [alias for alias in args.opts.aliases if not _is_of_one_version(alias)]
    return pulumi.ResourceTransformationResult(args.props, opts)


def _is_of_one_version(alias: pulumi.Input[str | pulumi.Alias]) -> bool:
    """Whether an alias says nothing but the type of one version."""
    if not isinstance(alias, pulumi.Alias) or not isinstance(alias.type_, str):
        return False
    given = {field for field, value in vars(alias).items() if value is not ...}
    return given == {"type_"} and _OF_ONE_VERSION.match(alias.type_) is not None
