"""The pack as a process, spoken to by Pulumi's protocol."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import grpc
import pytest
from google.protobuf import json_format
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from patience import PATIENCE_SECONDS
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from modelyard_policies.analyzer.decode import SECRET_SIGNATURE, SIGNATURE
from modelyard_policies.aws import types
from modelyard_policies.registry import all_rules

PACK = Path(__file__).parents[3] / "policies"
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
TAGS = {"environment": "dev", "owner": "ml", "cost-center": "42", "data-classification": "internal"}


def struct(values):
    return json_format.ParseDict(values, Struct())


class Pack:
    """The pack's process, started as the engine starts it."""

    def __init__(self, **streams):
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(PACK)],
            **{"stdin": subprocess.PIPE, **streams},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        # Only a pack that hangs ever waits for this.
        self.watchdog = threading.Timer(PATIENCE_SECONDS, self.process.kill)
        self.watchdog.start()
        port = int(self.process.stdout.readline())
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.analyzer = AnalyzerStub(self.channel)

    def close(self):
        self.channel.close()
        self.watchdog.cancel()
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def ended(self):
        """Exit code and what was written to stderr, once the process has ended by itself."""
        _, errors = self.process.communicate(timeout=PATIENCE_SECONDS)
        return self.process.returncode, errors

    def analyze(self, token, properties, name="it"):
        return self.analyzer.Analyze(
            pb.AnalyzeRequest(
                type=token,
                urn=f"urn:{name}",
                name=name,
                properties=struct(properties),
                provider=pb.AnalyzerProviderResource(urn="urn:aws", type="pulumi:providers:aws", name="aws"),
            )
        )


@pytest.fixture
def pack():
    started = Pack()
    yield started
    started.close()


@pytest.fixture(scope="module")
def shared():
    """One process for the tests that leave it as it was."""
    started = Pack()
    yield started
    started.close()


def resource(name, token, properties, **sources):
    return pb.AnalyzerResource(
        type=token,
        urn=f"urn:{name}",
        name=name,
        properties=struct(properties),
        propertyDependencies={
            key: pb.AnalyzerPropertyDependencies(urns=[f"urn:{source}"]) for key, source in sources.items()
        },
        provider=pb.AnalyzerProviderResource(urn="urn:aws", type="pulumi:providers:aws", name="aws"),
    )


def bucket(outputs=None):
    return resource("data", types.BUCKET, outputs or {"tags": TAGS})


def versioning(status):
    return resource(
        "versions",
        types.BUCKET_VERSIONING,
        {"bucket": UNKNOWN_TEXT, "versioningConfiguration": {"status": status}},
        bucket="data",
    )


def of(response, rule):
    """The diagnostics of one rule: level, URN and the first line of the message."""
    return [
        (pb.EnforcementLevel.Name(item.enforcementLevel), item.urn, item.message.splitlines()[0])
        for item in response.diagnostics
        if item.policyName == rule
    ]


def test_the_pack_lists_its_rules(shared):
    shared.analyzer.Handshake(pb.AnalyzerHandshakeRequest(engine_address="127.0.0.1:1"))
    shared.analyzer.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack="dev", project="modelyard"))
    shared.analyzer.GetPluginInfo(Empty())
    info = shared.analyzer.GetAnalyzerInfo(Empty())
    assert (info.name, info.supportsConfig) == ("modelyard", True)
    assert [policy.name for policy in info.policies] == [
        *(rule.id for rule in all_rules()),
        "unknown-verdicts",
    ]
    policies = {policy.name: policy for policy in info.policies}
    public = policies["bucket-public-access-block"]
    assert public.displayName == "ST1: Buckets block public access with all four settings"
    assert (public.severity, public.enforcementLevel) == (pb.POLICY_SEVERITY_HIGH, pb.MANDATORY)
    assert public.policy_type == pb.POLICY_TYPE_STACK
    assert "checkov:CKV2_AWS_6" in public.tags
    tags = policies["required-tags"]
    assert (tags.enforcementLevel, tags.policy_type) == (pb.ADVISORY, pb.POLICY_TYPE_RESOURCE)
    assert json_format.MessageToDict(tags.configSchema)["properties"]["keys"]["default"] == list(TAGS)


def test_a_resource_is_judged_by_the_rules_that_need_no_other(shared):
    response = shared.analyze(
        types.SECURITY_GROUP_INGRESS_RULE,
        {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIpv4": "0.0.0.0/0", "tags": TAGS},
    )
    assert [(item.policyName, item.enforcementLevel, item.urn) for item in response.diagnostics] == [
        ("security-group-no-world-admin", pb.MANDATORY, "urn:it")
    ]
    rule = next(rule for rule in all_rules() if rule.code == "NW1")
    assert response.diagnostics[0].message.splitlines() == [
        "cidrIpv4: opens SSH (port 22) to the whole internet",
        rule.why,
        f"mend: {rule.mend}",
    ]
    alone = {rule.id for rule in all_rules() if not rule.reads}
    judged = {"security-group-no-world-admin", "security-group-no-world-ports"}
    assert {item.policy_name for item in response.not_applicable} == alone - judged


def test_a_rule_that_does_not_concern_a_resource_of_its_type_says_so(shared):
    response = shared.analyze(
        types.KMS_KEY, {"customerMasterKeySpec": "RSA_4096", "tags": {**TAGS, "stage": "development"}}
    )
    assert list(response.diagnostics) == []
    reasons = {item.policy_name: item.reason for item in response.not_applicable}
    assert reasons["key-rotation"] == "doesn't concern this resource"


def test_what_is_unknown_advises_even_for_a_mandatory_rule(shared):
    response = shared.analyze(
        types.SECURITY_GROUP_INGRESS_RULE,
        {"ipProtocol": "-1", "cidrIpv4": UNKNOWN_TEXT, "tags": TAGS},
    )
    assert of(response, "security-group-no-world-admin") == [
        ("ADVISORY", "urn:it", "cidrIpv4: can't be judged: not known before the deployment")
    ]


def test_a_secret_is_in_no_message(shared):
    secret = {SIGNATURE: SECRET_SIGNATURE, "value": "hunter2"}
    response = shared.analyze(types.KMS_KEY, {"enableKeyRotation": secret, "tags": {**TAGS, "owner": secret}})
    assert of(response, "key-rotation") == [
        ("ADVISORY", "urn:it", "enableKeyRotation: can't be judged: a secret")
    ]
    assert "hunter2" not in str(response)


def test_a_providers_default_tags_count(shared):
    request = pb.AnalyzeRequest(
        type=types.BUCKET,
        urn="urn:it",
        name="it",
        provider=pb.AnalyzerProviderResource(
            urn="urn:aws",
            type="pulumi:providers:aws",
            name="aws",
            properties=struct({"defaultTags": {"tags": TAGS}}),
        ),
    )
    assert list(shared.analyzer.Analyze(request).diagnostics) == []


def test_nothing_is_remediated_unless_asked_for(shared):
    request = pb.AnalyzeRequest(type=types.KMS_KEY, properties=struct({"enableKeyRotation": False}))
    assert list(shared.analyzer.Remediate(request).remediations) == []


def configure(pack, **levels):
    pack.analyzer.Configure(
        pb.ConfigureAnalyzerRequest(
            policyConfig={
                name.replace("_", "-"): pb.PolicyConfig(enforcementLevel=level)
                for name, level in levels.items()
            }
        )
    )


def test_a_rule_remedies_what_fails_it_and_nothing_else(pack):
    configure(pack, key_rotation=pb.REMEDIATE)
    secret = {SIGNATURE: SECRET_SIGNATURE, "value": "hunter2"}
    before = {"description": UNKNOWN_TEXT, "policy": secret, "tags": TAGS}
    remedied = pack.analyzer.Remediate(
        pb.AnalyzeRequest(type=types.KMS_KEY, urn="urn:key", name="key", properties=struct(before))
    ).remediations
    assert [(item.policyName, item.diagnostic) for item in remedied] == [("key-rotation", "")]
    assert remedied[0].properties == struct({**before, "enableKeyRotation": True})
    again = pb.AnalyzeRequest(type=types.KMS_KEY, name="key", properties=remedied[0].properties)
    assert list(pack.analyzer.Remediate(again).remediations) == []


def test_what_is_not_known_is_not_remedied(pack):
    configure(pack, key_rotation=pb.REMEDIATE)
    secret = {SIGNATURE: SECRET_SIGNATURE, "value": "hunter2"}
    for value, why in ((UNKNOWN_TEXT, "not known before the deployment"), (secret, "a secret")):
        request = pb.AnalyzeRequest(
            type=types.KMS_KEY, name="key", properties=struct({"enableKeyRotation": value})
        )
        (item,) = pack.analyzer.Remediate(request).remediations
        assert item.diagnostic == f"can't be remedied: enableKeyRotation is {why}"
        assert not item.properties.fields


def test_unknown_verdicts_have_a_level_of_their_own(pack):
    unknown = {"ipProtocol": "-1", "cidrIpv4": UNKNOWN_TEXT, "tags": TAGS}
    told = [("MANDATORY", "urn:it", "cidrIpv4: can't be judged: not known before the deployment")]
    for level, found in ((pb.MANDATORY, told), (pb.DISABLED, [])):
        configure(pack, unknown_verdicts=level)
        response = pack.analyze(types.SECURITY_GROUP_INGRESS_RULE, unknown)
        assert of(response, "security-group-no-world-admin") == found


def test_the_stack_is_judged_by_links(shared):
    bad = shared.analyzer.AnalyzeStack(pb.AnalyzeStackRequest(resources=[bucket(), versioning("Suspended")]))
    good = shared.analyzer.AnalyzeStack(pb.AnalyzeStackRequest(resources=[bucket(), versioning("Enabled")]))
    assert of(bad, "bucket-versioning") == [
        ("ADVISORY", "urn:versions", "versioningConfiguration.status: is Suspended, not Enabled")
    ]
    assert of(good, "bucket-versioning") == []
    assert of(good, "bucket-public-access-block") == [
        ("MANDATORY", "urn:data", "no BucketPublicAccessBlock names this bucket")
    ]
    assert "vpc-flow-logs" in {item.policy_name for item in good.not_applicable}


def test_the_stack_is_judged_by_inputs_though_the_engine_sends_outputs(pack):
    # In a preview the provider answers with an unknown for every property that it fills in itself.
    outputs = bucket({"tags": TAGS, "versioning": UNKNOWN_TEXT, "policy": UNKNOWN_TEXT, "id": "data-1a2b"})
    request = pb.AnalyzeStackRequest(resources=[outputs])
    assert of(pack.analyzer.AnalyzeStack(request), "bucket-versioning") == [
        ("ADVISORY", "urn:data", "versioning: can't be judged: not known before the deployment")
    ]
    pack.analyze(types.BUCKET, {"tags": TAGS}, name="data")
    assert of(pack.analyzer.AnalyzeStack(request), "bucket-versioning") == [
        ("ADVISORY", "urn:data", "no BucketVersioning enables versions for this bucket")
    ]


def test_levels_are_honoured(pack):
    pack.analyzer.Configure(
        pb.ConfigureAnalyzerRequest(
            policyConfig={
                "all": pb.PolicyConfig(enforcementLevel=pb.DISABLED),
                "bucket-public-access-block": pb.PolicyConfig(enforcementLevel=pb.DISABLED),
                "bucket-tls-only": pb.PolicyConfig(enforcementLevel=pb.MANDATORY),
                "bucket-versioning": pb.PolicyConfig(enforcementLevel=pb.ADVISORY),
                "required-tags": pb.PolicyConfig(enforcementLevel=pb.DISABLED),
            }
        )
    )
    response = pack.analyzer.AnalyzeStack(pb.AnalyzeStackRequest(resources=[bucket()]))
    levels = {item.policyName: item.enforcementLevel for item in response.diagnostics}
    assert levels == {
        "bucket-tls-only": pb.MANDATORY,
        "bucket-versioning": pb.ADVISORY,
        "bucket-access-logging": pb.ADVISORY,
        "bucket-lifecycle": pb.ADVISORY,
    }
    assert list(pack.analyze(types.BUCKET, {}).diagnostics) == []


def test_options_are_honoured(pack):
    options = struct({"keys": ["team"]})
    pack.analyzer.Configure(
        pb.ConfigureAnalyzerRequest(
            policyConfig={"required-tags": pb.PolicyConfig(enforcementLevel=pb.MANDATORY, properties=options)}
        )
    )
    response = pack.analyze(types.BUCKET, {"tags": TAGS})
    assert of(response, "required-tags") == [("MANDATORY", "urn:it", "tags: lacks team")]


@pytest.mark.parametrize(
    ("rule", "properties", "message"),
    [
        (
            "bucket-versionning",
            {},
            "there is no rule 'bucket-versionning'; did you mean 'bucket-versioning'?",
        ),
        ("required-tags", {"key": ["team"]}, "required-tags has no option 'key'; did you mean 'keys'?"),
        ("key-rotation", {"days": 90}, "key-rotation has no options, but was given days"),
    ],
)
def test_a_configuration_that_names_nothing_is_refused(shared, rule, properties, message):
    with pytest.raises(grpc.RpcError) as error:
        shared.analyzer.Configure(
            pb.ConfigureAnalyzerRequest(policyConfig={rule: pb.PolicyConfig(properties=struct(properties))})
        )
    assert error.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert error.value.details() == message


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_leaves_quietly_on_a_signal(pack, number):
    pack.process.send_signal(number)
    assert pack.ended() == (0, "")


def test_the_process_leaves_when_stdin_is_closed(pack):
    pack.process.stdin.close()
    pack.process.stdin = None
    assert pack.ended() == (0, "")


def test_the_process_leaves_when_the_engine_cancels(pack):
    pack.analyzer.Cancel(Empty())
    assert pack.ended() == (0, "")


def test_the_process_stays_without_any_input():
    pack = Pack(stdin=subprocess.DEVNULL)
    try:
        assert pack.analyzer.GetAnalyzerInfo(Empty()).name == "modelyard"
        assert pack.process.poll() is None
    finally:
        pack.close()


def test_the_process_leaves_when_its_parent_dies():
    # The parent, as a language host would, starts the pack without input, tells its id, and dies.
    script = (
        "import subprocess, sys\n"
        "pack = subprocess.Popen([sys.executable, '-u', '-m', 'pulumi.policy', '127.0.0.1:1', sys.argv[1]],\n"
        "    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)\n"
        "print(pack.pid, pack.stdout.readline(), flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(PACK)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        pid = int(parent.stdout.readline().split()[0])
        watched = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
        parent.stdin.close()
        parent.wait(PATIENCE_SECONDS)
    if watched is None:
        pytest.skip("needs pidfd_open to watch a process that isn't a child")
    import select

    gone, _, _ = select.select([watched], [], [], PATIENCE_SECONDS)
    os.close(watched)
    assert gone
