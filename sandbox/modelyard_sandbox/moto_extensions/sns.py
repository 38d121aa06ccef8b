"""SNS: topics that stand with other attributes, policies that are none, and endpoints that can't be told.

Source: Amazon SNS API reference, CreateTopic, SetTopicAttributes and Subscribe: error InvalidParameter;
2026-11.
"""

from __future__ import annotations

import re
from typing import Any

from moto.core.utils import camelcase_to_underscores
from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import SNSBackend
from moto.sns.responses import SNSResponse

from modelyard_sandbox.moto_extensions.operations import before
from modelyard_sandbox.moto_extensions.policy_documents import many, statements_of

EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
PROTOCOLS = ("application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs")
ARNS = {"lambda": ":lambda:", "sqs": ":sqs:", "firehose": ":firehose:"}
TOPIC_ATTRIBUTES = (
    *("ArchivePolicy", "ContentBasedDeduplication", "DataProtectionPolicy", "DeliveryPolicy", "DisplayName"),
    *("FifoThroughputScope", "FifoTopic", "KmsMasterKeyId", "MaximumMessageSize", "Policy"),
    *("SignatureVersion", "TracingConfig"),
    *(
        f"{protocol}{kind}"
        for protocol in ("HTTP", "Firehose", "Lambda", "Application", "SQS")
        for kind in ("SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate", "FailureFeedbackRoleArn")
    ),
)
DISPLAY_NAME_LENGTH_MAX = 100


def install() -> None:
    """Put the checks before moto's operations."""
    before(SNSBackend, "create_topic", _check_standing)
    before(SNSResponse, "create_topic", _check_topic)
    before(SNSResponse, "set_topic_attributes", _check_attribute)
    before(SNSResponse, "subscribe", _check_endpoint)


def _check_standing(
    self: Any, name: str, attributes: dict[str, Any] | None = None, tags: dict[str, str] | None = None
) -> None:
    """The same topic again is answered; one with other attributes or tags is refused."""
    topic = next((topic for topic in self.topics.values() if topic.name == name), None)
    if topic is None:
        return
    for attribute, value in (attributes or {}).items():
        if str(getattr(topic, camelcase_to_underscores(attribute), None)) != str(value):
            raise SNSInvalidParameter(
                "Invalid parameter: Attributes Reason: Topic already exists with different attributes"
            )
    if tags and tags != topic._tags:  # noqa: SLF001 (moto's own place for them)
        raise SNSInvalidParameter("Invalid parameter: Tags Reason: Topic already exists with different tags")


def _check_topic(self: Any) -> None:
    for name, value in (self._get_param("Attributes") or {}).items():
        _check(name, value, f"arn:aws:sns:{self.region}:{self.current_account}:{self._get_param('Name')}")


def _check_attribute(self: Any) -> None:
    _check(self._get_param("AttributeName"), self._get_param("AttributeValue"), self._get_param("TopicArn"))


def _check(name: str, value: Any, topic_arn: str) -> None:
    if name not in TOPIC_ATTRIBUTES:
        raise SNSInvalidParameter(f"Invalid parameter: AttributeName {name}")
    if name == "DisplayName" and len(value or "") > DISPLAY_NAME_LENGTH_MAX:
        raise SNSInvalidParameter(
            f"Invalid parameter: DisplayName Reason: it has more than {DISPLAY_NAME_LENGTH_MAX} characters"
        )
    if name == "Policy" and value:
        _check_policy(value, topic_arn)


def _check_policy(policy: str, topic_arn: str) -> None:
    try:
        statements = statements_of(policy)
    except ValueError as error:
        raise SNSInvalidParameter(f"Invalid parameter: Policy Error: {error}") from error
    for statement in statements:
        if "Principal" not in statement and "NotPrincipal" not in statement:
            raise SNSInvalidParameter("Invalid parameter: Policy Error: null principal")
        if any(item != topic_arn for item in many(statement.get("Resource"))):
            raise SNSInvalidParameter(
                "Invalid parameter: Policy statement resource must match the topic's ARN"
            )
        if any(not str(item).lower().startswith("sns:") for item in many(statement.get("Action"))):
            raise SNSInvalidParameter("Invalid parameter: Policy statement action out of service scope!")


def _check_endpoint(self: Any) -> None:
    protocol, endpoint = self._get_param("Protocol"), self._get_param("Endpoint") or ""
    if protocol not in PROTOCOLS:
        raise SNSInvalidParameter(f"Invalid parameter: Does not support this protocol string: {protocol}")
    if protocol.startswith("email") and not EMAIL.fullmatch(endpoint):
        raise SNSInvalidParameter("Invalid parameter: Email address")
    if protocol in ("http", "https") and not endpoint.startswith(f"{protocol}://"):
        raise SNSInvalidParameter("Invalid parameter: Endpoint must match the specified protocol")
    if protocol in ARNS and ARNS[protocol] not in endpoint:
        raise SNSInvalidParameter(f"Invalid parameter: {protocol} endpoint ARN")
