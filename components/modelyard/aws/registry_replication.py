"""Copies of images in another region."""

from collections import Counter
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from modelyard.errors import InputError, Problem
from modelyard.wiring.arguments import check_args
from modelyard.wiring.tokens import AWS, token

RULES_MAX = 25
"""Rules of a registry's replication (Amazon ECR API Reference, ReplicationConfiguration, 2026-11)."""

SHORTEST_PREFIX = 2
"""Characters of a filter (same reference, RepositoryFilter)."""


class RegistryReplicationRuleArgs(TypedDict):
    """Repositories that are copied, and where to."""

    repository_prefix: str
    """Start of the names of the repositories, as prod/."""
    destination_region: str
    """Region that their images are copied to."""


class RegistryReplicationArgs(TypedDict):
    """Arguments of RegistryReplication."""

    account_id: str
    """Account that the registry belongs to."""
    region: str
    """Region that is copied from."""
    rules: list[RegistryReplicationRuleArgs]
    """All that is copied out of this registry: a registry has one configuration, and this is it."""


class RegistryReplication(pulumi.ComponentResource):
    """Copies of all images that are pushed to repositories, in the same account's registry of another region.

    An account's registry of a region has ONE replication configuration: whoever puts it takes away what stood
    there, and deleting this leaves none. So there may be one such component for an account and a region, and
    it names everything that is to be copied. Images that were pushed before aren't copied. The repositories
    of the other region should stand first, with their own key and settings: where there is none, ECR makes
    one with the registry's defaults.
    """

    registry_id: pulumi.Output[str]
    """Id of the registry: the account's."""

    def __init__(
        self, name: str, args: RegistryReplicationArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_args(name, args, RegistryReplicationArgs)
        if problems := _problems(name, args):
            raise InputError(problems)
        super().__init__(token(AWS, "RegistryReplication"), name, {}, opts)
        pulumi.log.info(
            f"the registry of account {args['account_id']} in {args['region']} has one replication "
            "configuration: this one takes the place of any other"
        )
        replication = aws.ecr.ReplicationConfiguration(
            name,
            replication_configuration={
                "rules": [
                    {
                        "destinations": [
                            {"region": rule["destination_region"], "registry_id": args["account_id"]}
                        ],
                        "repository_filters": [
                            {"filter": rule["repository_prefix"], "filter_type": "PREFIX_MATCH"}
                        ],
                    }
                    for rule in args["rules"]
                ]
            },
            region=args["region"],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.registry_id = replication.registry_id
        self.register_outputs({"registryId": self.registry_id})


def _problems(name: str, args: RegistryReplicationArgs) -> list[Problem]:
    rules, problems = args["rules"], list[Problem]()
    if not 1 <= len(rules) <= RULES_MAX:
        message = "a registry's replication has rules, and not too many of them"
        allowed, mend = f"1 to {RULES_MAX} rules", "name repositories that are copied"
        problems.append(Problem(f"{name}.rules", f"{len(rules)} rules", message, allowed, mend))
    counted = Counter((rule["repository_prefix"], rule["destination_region"]) for rule in rules)
    for index, rule in enumerate(rules):
        field, prefix = f"{name}.rules[{index}]", rule["repository_prefix"]
        if rule["destination_region"] == args["region"]:
            message = "images are copied to another region than the one that they are in"
            allowed, mend = f"a region other than {args['region']}", "name the region to come back in"
            given = rule["destination_region"]
            problems.append(Problem(f"{field}.destination_region", given, message, allowed, mend))
        if len(prefix) < SHORTEST_PREFIX:
            message = "it would match repositories of others in the account"
            allowed = f"{SHORTEST_PREFIX} characters or more, as prod/"
            mend = "write the start of the repositories' names"
            problems.append(Problem(f"{field}.repository_prefix", repr(prefix), message, allowed, mend))
        if counted[prefix, rule["destination_region"]] > 1:
            message = "another rule says the same"
            mend = "remove one of the two"
            problems.append(Problem(field, f"{prefix} twice", message, "each rule once", mend))
    return problems
