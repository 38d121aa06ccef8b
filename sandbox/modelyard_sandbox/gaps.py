"""What the sandbox lets pass that the cloud would not: said by `sandbox status`, so that nobody takes it
for the cloud.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is accepted here without being checked."""

    subject: str
    what: str


NOT_CHECKED: tuple[Gap, ...] = (
    Gap("iam", "policies are stored, not evaluated: every call is allowed, whoever makes it"),
    Gap(
        "s3",
        "bucket policies are evaluated for calls on objects only, and every request counts as sent over TLS",
    ),
    Gap(
        "s3",
        "public access blocks, ownership and lifecycle are stored, not carried out; no access log is written",
    ),
    Gap(
        "s3",
        "SDKs put the account before the host of S3 Control, where no address can have anything: the "
        "account's public access block is for `pulumi` and the sandbox's own clients only",
    ),
    Gap(
        "account",
        "nothing is recorded, detected, judged or scanned: trails, recorders, GuardDuty, Security Hub, "
        "Inspector and Access Analyzer are kept as they are set, with no events and no findings",
    ),
    Gap(
        "account",
        "defaults bind nobody: volumes aren't encrypted and instances want no tokens by them, VPCs and "
        "snapshots stay as open as they are; there are no organisations, and every tag can be activated",
    ),
    Gap(
        "kms",
        "keys don't encrypt objects, volumes or logs: ids of keys are kept and shown; grants bind nobody",
    ),
    Gap(
        "kms",
        "of the policies of keys and backup vaults denials are evaluated, for whoever calls as the account; "
        "that nothing allows a call stops none",
    ),
    Gap(
        "s3",
        "replication copies at once and asks for no permission of its role, which must only stand; what "
        "lifecycle rules do isn't replicated, and there is no batch replication",
    ),
    Gap(
        "ec2", "nothing is routed: routes, security groups and endpoints let no packet through and stop none"
    ),
    Gap(
        "ec2",
        "what stops a deletion: interfaces, endpoints, gateways, rules and instances do; peerings, network "
        "ACLs and DHCP options don't",
    ),
    Gap("ec2", "images, user data and EFA interfaces of a launch template are not tried on a machine"),
    Gap(
        "ec2",
        "quotas, and whether there is capacity: instances start in any zone, and every reservation is "
        "granted; quotas stop nothing, and increases up to 10,000 vCPUs are granted at once",
    ),
    Gap("account", "a region that isn't enabled answers like any other, and enabling one takes no time"),
    Gap(
        "ec2",
        "capacity blocks are always on offer, at on-demand prices; there are no UltraServers, no "
        "future-dated reservations, and a resource group of reservations is taken without a look",
    ),
    Gap(
        "fsx",
        "no data is kept, so links import and export nothing and backups hold nothing; only Lustre is "
        "checked, and EFA's smallest sizes aren't",
    ),
    Gap(
        "batch",
        "jobs run as processes of this machine, not in containers: no image is pulled, so its files, user, "
        "working directory and own command aren't there",
    ),
    Gap(
        "batch",
        "memory, CPUs, GPUs, devices, ulimits, shared memory and networks are neither given to a job nor "
        "bounded; all nodes share this machine's address and its ports",
    ),
    Gap(
        "batch",
        "mounts are translated where a word of the command or a variable's value begins with their path, and "
        "nowhere else; a volume of EFS is a job's own directory",
    ),
    Gap(
        "batch",
        "machines start at once in any zone and end as soon as nothing is on them; a reservation that the "
        "sandbox doesn't hold is taken to have room; ECS shows no tasks; fair-share policies order nothing",
    ),
    Gap(
        "batch",
        "nothing more starts while 8 containers for each core of this machine run, or "
        "MODELYARD_SANDBOX_BATCH_PROCESSES; what waits for that is RUNNABLE, without a reason",
    ),
    Gap(
        "batch",
        "time is short: a queue holds a compute environment that it no longer names for 5 s, or for "
        "MODELYARD_SANDBOX_BATCH_LAG_SECONDS; updates and deletions take a twentieth of that, and an "
        "environment is VALID as soon as it is created",
    ),
    Gap("batch", "EKS, ECS Managed Instances and ecsProperties; that images and drivers fit a machine"),
    Gap("efs", "nothing is mounted: policies of file systems are kept, not evaluated"),
    Gap(
        "ecr",
        "no image can be pushed by docker or scanned; manifests that the API puts are copied to other "
        "regions, at once and without their layers",
    ),
    Gap(
        "backup",
        "plans run by no schedule: jobs run when they are started, at once, under any role; restore tests "
        "don't run, and nobody is notified",
    ),
    Gap(
        "backup",
        "recovery points of buckets hold their objects; those of file systems and volumes are records, "
        "without snapshots in EC2 or FSx, and so are restores of them",
    ),
    Gap("backup", "continuous backups, legal holds, frameworks, indexes and air-gapped vaults"),
    Gap(
        "cloudwatch",
        "alarms are kept, never evaluated; of a dashboard its widgets' places and kinds are checked, not "
        "its metrics",
    ),
    Gap("events", "no service tells of anything, so rules match nothing; patterns and schedules are kept"),
    Gap("lambda", "functions are kept, not run: what their code does is tried outside of the server"),
    Gap(
        "scheduler",
        "no schedule ever fires; the request of a universal target isn't held against its service",
    ),
    Gap("sns", "every subscription is confirmed at once, and nobody is sent anything; policies are stored"),
    Gap("budgets", "nothing is spent, so nobody is alerted"),
    Gap("logs", "retention deletes nothing"),
    Gap(
        "azure",
        "who asks: any token is taken, and none; every subscription stands; roles are kept and bind nobody "
        "but the identities that use a customer's key; there are no policies",
    ),
    Gap(
        "azure",
        "quotas but those of dedicated clusters, reserved words in names, and what a region offers: every "
        "type is in every region",
    ),
    Gap(
        "azure",
        "how long things take: what Azure accepts and finishes later stands at once, and its work ends when "
        "it has been asked after twice, or half an hour has passed on the sandbox's clock",
    ),
    Gap(
        "azure",
        "a resource group that can't be deleted keeps all in it, where Azure takes away what it can; lists "
        "of resources and groups are filtered by what equals something, and another filter is refused",
    ),
    Gap(
        "azure",
        "one form of a document is known for each type, that of azure-native's api-version; members that the "
        "sandbox does not carry out are refused as if Azure did not know them",
    ),
    Gap(
        "azure",
        "key vaults hold no secret and no certificate; a customer's key must be there and be the identity's "
        "to use when what it encrypts is written, and encrypts nothing; that it still is isn't asked again",
    ),
    Gap(
        "azure",
        "immutability, versions, soft deletion, lifecycle rules, object replication and backups of blobs are "
        "settings that are checked: by none of them is a blob kept, moved, deleted or copied",
    ),
    Gap(
        "azure",
        "registries note what is imported, under the digest that is named, and hold no image",
    ),
    Gap(
        "azure",
        "keys of a vault have one version, encrypt nothing and are not rotated; none may leave its vault. "
        "Whoever asks a vault itself, as to delete a key, comes from the internet",
    ),
    Gap(
        "azure",
        "security rules, routes, firewalls, NAT gateways, service endpoints and private endpoints let no "
        "packet through and stop none; no name of a private zone is resolved, and no flow is logged",
    ),
    Gap(
        "azure",
        "private endpoints and firewalls occupy a subnet, nodes of clusters don't; several writes to one "
        "network at a time are taken, and FQDN tags, and which tags and zones a region has, aren't checked",
    ),
    Gap(
        "pulumi",
        "refresh finds what is gone and what was changed, tags too, but neither what the cloud never shows, "
        "nor rules that somebody added to a security group, nor routes added to a table",
    ),
    Gap(
        "pulumi",
        "a creation that got no answer is found again by the next update; with the clouds' own providers "
        "look for what it left behind",
    ),
    Gap("pulumi", "destroy empties buckets and registries first, and warns: AWS would refuse to delete them"),
    Gap(
        "all",
        "eventual consistency: what was just made is there at once, and what was deleted is gone at once",
    ),
)
