"""SNS: topics, their policies, and who is told.

Source of what replaces and what updates: pulumi-aws 7.51's registry pages and the provider that it bridges,
aws_sns_topic, aws_sns_topic_policy and aws_sns_topic_subscription; 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed, physical_name, tags_of
from modelyard_sandbox.aws.tagging import retag
from modelyard_sandbox.aws.translate import tags_to_list

DEFAULT_POLICY_ID = "__default_policy_ID"
"""Id of the policy that a topic has by itself (Amazon SNS Developer Guide, 2026-11)."""


class Topic(ResourceHandler):
    """A topic; its id is its arn."""

    type = "aws:sns/topic:Topic"
    service = "sns"
    attributes: Mapping[str, str] = {
        "deliveryPolicy": "DeliveryPolicy",
        "displayName": "DisplayName",
        "kmsMasterKeyId": "KmsMasterKeyId",
    }
    inputs = frozenset({"name", "namePrefix", *attributes})
    replace_on = frozenset({"name", "namePrefix"})
    made_with = inputs | {"tags", "tagsAll"}
    name_input = "name"
    identity = ("name",)
    taggable = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        attributes = {self.attributes[name]: inputs[name] for name in self.attributes if inputs.get(name)}
        answer = self.call(
            cloud,
            "CreateTopic",
            Name=physical_name(inputs),
            Attributes=attributes,
            Tags=tags_to_list(tags_of(inputs)),
        )
        return answer["TopicArn"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        for name, attribute in self.attributes.items():
            if changed(old, new, name):
                value = new.get(name) or ""
                self.call(
                    cloud,
                    "SetTopicAttributes",
                    TopicArn=id_,
                    AttributeName=attribute,
                    AttributeValue=value,
                )
        retag(cloud, "sns", id_, old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self.call(cloud, "GetTopicAttributes", TopicArn=id_)["Attributes"]
        return {
            "arn": id_,
            "name": id_.rpartition(":")[2],
            "owner": found["Owner"],
            "policy": found["Policy"],
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteTopic", TopicArn=id_)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        for page in cloud.client("sns").get_paginator("list_topics").paginate():
            yield from (topic["TopicArn"] for topic in page["Topics"])

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return cloud.arn("sns", inputs["name"]) if inputs.get("name") else None


class TopicPolicy(ResourceHandler):
    """The policy of a topic, in the place of the one that it has by itself; its id is the topic's arn."""

    type = "aws:sns/topicPolicy:TopicPolicy"
    service = "sns"
    inputs = frozenset({"arn", "policy"})
    required = inputs
    replace_on = frozenset({"arn"})
    identity = ("arn",)

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        return inputs["arn"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, "policy"):
            self._put(cloud, id_, new["policy"])

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self.call(cloud, "GetTopicAttributes", TopicArn=id_)["Attributes"]
        if json.loads(found["Policy"]).get("Id") == DEFAULT_POLICY_ID:
            return None
        return {"arn": id_, "owner": found["Owner"]}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        statement = {
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": [
                "SNS:GetTopicAttributes",
                "SNS:SetTopicAttributes",
                "SNS:AddPermission",
                "SNS:RemovePermission",
                "SNS:DeleteTopic",
                "SNS:Subscribe",
                "SNS:ListSubscriptionsByTopic",
                "SNS:Publish",
            ],
            "Resource": id_,
            "Condition": {"StringEquals": {"AWS:SourceOwner": cloud.account_id}},
        }
        default = {"Version": "2008-10-17", "Id": DEFAULT_POLICY_ID, "Statement": [statement]}
        self._put(cloud, id_, json.dumps(default))

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs.get("arn")

    def _put(self, cloud: Cloud, arn: str, policy: str) -> None:
        self.call(cloud, "SetTopicAttributes", TopicArn=arn, AttributeName="Policy", AttributeValue=policy)


class TopicSubscription(ResourceHandler):
    """One who is told what a topic is told."""

    type = "aws:sns/topicSubscription:TopicSubscription"
    service = "sns"
    attributes: Mapping[str, str] = {
        "filterPolicy": "FilterPolicy",
        "rawMessageDelivery": "RawMessageDelivery",
    }
    inputs = frozenset({"endpoint", "protocol", "topic", *attributes})
    required = frozenset({"endpoint", "protocol", "topic"})
    replace_on = required
    identity = ("endpoint", "protocol", "topic")

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        answer = self.call(
            cloud,
            "Subscribe",
            TopicArn=inputs["topic"],
            Protocol=inputs["protocol"],
            Endpoint=inputs["endpoint"],
            ReturnSubscriptionArn=True,
        )
        return answer["SubscriptionArn"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        for name, attribute in self.attributes.items():
            if changed(old, new, name):
                self.call(
                    cloud,
                    "SetSubscriptionAttributes",
                    SubscriptionArn=id_,
                    AttributeName=attribute,
                    AttributeValue=_text(new.get(name)),
                )

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self.call(cloud, "GetSubscriptionAttributes", SubscriptionArn=id_)["Attributes"]
        return {
            "arn": id_,
            "confirmationWasAuthenticated": found["ConfirmationWasAuthenticated"] == "true",
            "ownerId": found["Owner"],
            "pendingConfirmation": found["PendingConfirmation"] == "true",
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "Unsubscribe", SubscriptionArn=id_)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        for page in cloud.client("sns").get_paginator("list_subscriptions").paginate():
            yield from (item["SubscriptionArn"] for item in page["Subscriptions"])

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        pages = cloud.client("sns").get_paginator("list_subscriptions_by_topic")
        wanted = (inputs["protocol"], inputs["endpoint"])
        return next(
            (
                item["SubscriptionArn"]
                for page in pages.paginate(TopicArn=inputs["topic"])
                for item in page["Subscriptions"]
                if (item["Protocol"], item["Endpoint"]) == wanted
            ),
            None,
        )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else value or "false"
