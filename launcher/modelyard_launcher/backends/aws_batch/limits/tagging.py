"""What bounds tags, of definitions and of jobs."""

from __future__ import annotations

from modelyard_launcher.backends.aws_batch import measures as of
from modelyard_launcher.backends.aws_batch.limits.limit import BOTH, Limit

MOST_TAGS = 50

TOO_MANY = "the environment's tags and the run's own are {given} together"
FEWER = "take tags from the environment"

TAG_TEXT_CHARACTER = r"[\w\s+=.:/@-]"
"""What stands in tags: letters, digits, spaces and + - = . _ : / @ (AWS General Reference, "Tagging")."""

TAG_TEXT = f"{TAG_TEXT_CHARACTER}*"

LONGEST_TAG_VALUE = 256

TAG_LIMITS: tuple[Limit, ...] = (
    Limit(
        "tags",
        "name",
        of.count("tags"),
        TOO_MANY,
        f"{MOST_TAGS} tags",
        FEWER,
        "API, SubmitJob.tags: 50",
        most=MOST_TAGS,
        calls=BOTH,
    ),
    Limit(
        "tag-key-length",
        "name",
        of.tag_key_lengths,
        "the key of {what}... has {given} characters",
        "1 to 128 characters",
        "name the environment's tags otherwise",
        "API, SubmitJob.tags: 128 characters",
        least=1,
        most=128,
        calls=BOTH,
    ),
    Limit(
        "tag-key",
        "name",
        of.tag_keys,
        "{given} can't be the key of a tag",
        "letters, digits, spaces and + - = . _ : / @, not aws: at the beginning",
        "name the environment's tags otherwise",
        "AWS General Reference, Tagging",
        pattern=rf"(?!(?i:aws):){TAG_TEXT}",
        calls=BOTH,
    ),
    Limit(
        "tag-value-length",
        "name",
        of.tag_value_lengths,
        "the value of {what} has {given} characters",
        f"{LONGEST_TAG_VALUE} characters",
        "shorten the environment's tags",
        f"API, SubmitJob.tags: {LONGEST_TAG_VALUE} characters",
        most=LONGEST_TAG_VALUE,
        calls=BOTH,
    ),
    Limit(
        "tag-value",
        "name",
        of.tag_values,
        "{given} can't be the value of {what}",
        "letters, digits, spaces and + - = . _ : / @",
        "write the environment's tags otherwise",
        "AWS General Reference, Tagging",
        pattern=TAG_TEXT,
        calls=BOTH,
    ),
)
