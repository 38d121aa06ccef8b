"""What Batch's operations share: refusals, names, tags, pages, and what is kept beside moto's records."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from moto.batch.exceptions import ClientException

from modelyard_sandbox.moto_extensions import pages
from modelyard_sandbox.moto_extensions.store import store_of

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
NAMES_RULE = "up to 128 letters, numbers, hyphens and underscores, the first a letter or a number"
TAGS_MAX = 50
PAGE_MAX = 100
"""Most results of a page, and most ids that a describe call takes."""


def refused(message: str) -> ClientException:
    """The error of whatever a client does wrong."""
    return ClientException(message)


def require(holds: object, message: str) -> None:
    """Refuse unless something holds."""
    if not holds:
        raise refused(message)


def executing(message: str) -> str:
    """A message as Batch words what it finds wrong inside a request (boto/botocore and provider issues)."""
    return f"Error executing request, Exception : {message}"


def check_name(member: str, name: object) -> str:
    """A name as Batch takes it."""
    require(isinstance(name, str) and NAME.fullmatch(name), f"{member} {name!r} is not a name: {NAMES_RULE}")
    return str(name)


def one_of(member: str, value: object, allowed: Iterable[str]) -> None:
    """Refuse a value that isn't in an enumeration."""
    allowed = tuple(allowed)
    require(value in allowed, f"{member} {value} must be one of {', '.join(allowed)}")


def within(member: str, value: object, least: float, most: float) -> None:
    """Refuse a number out of bounds."""
    fits = isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
    require(fits, f"{member} must be from {least} to {most}, not {value}")


def check_tags(self: Any, tags: Mapping[str, str] | None, standing: Mapping[str, str] | None = None) -> None:
    """At most 50 of them on one resource, of characters and lengths that AWS takes."""
    require(
        len({**(standing or {}), **(tags or {})}) <= TAGS_MAX, f"a resource can have {TAGS_MAX} tags at most"
    )
    tagger = self.batch_backend.tagger
    wrong = tagger.validate_tags(tagger.convert_dict_to_tags_input(dict(tags or {})))
    require(not wrong, wrong)


def keep(self: Any, arn: str, **values: Any) -> None:
    """Keep what moto's record of a resource has no place for."""
    kept(self).setdefault(arn, {}).update(values)


def kept(self: Any) -> dict[str, dict[str, Any]]:
    """What is kept beside moto's records, by arn."""
    return kept_in(self.batch_backend)


def kept_in(batch_backend: Any) -> dict[str, dict[str, Any]]:
    """The same of an account and region whose request isn't at hand."""
    # moto's two Batch backends are one account: what both are sure to share is the account's EC2.
    return store_of(batch_backend.ec2_backend, "batch")


def page(self: Any, key: str, items: list[Any], show: Callable[[Any], Any] | None = None) -> str:
    """One page of an answer's list, each item as `show` has it; JSON has no members for what is not there."""
    size = self._get_param("maxResults")
    if size is not None:
        within("maxResults", size, 1, PAGE_MAX)
    try:
        shown, token = pages.page(items, self._get_param("nextToken"), size or PAGE_MAX)
    except pages.BadTokenError as error:
        raise refused(f"nextToken {error} is not valid") from error
    return json.dumps(
        without_nulls({key: [show(item) for item in shown] if show else shown, "nextToken": token})
    )


def chosen(self: Any, member: str) -> list[str]:
    """The names or arns that a describe call asks for; they exclude a page's size (k1LoW/awspec#563)."""
    names = self._get_param(member) or []
    title = member[0].upper() + member[1:]
    require(len(names) <= PAGE_MAX, f"{member} takes {PAGE_MAX} at most, not {len(names)}")
    require(
        not names or self._get_param("maxResults") is None,
        executing(f"{title} and MaxResults cannot both be set"),
    )
    return names


def without_nulls(value: Any) -> Any:
    """A value without members that are None."""
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return {name: without_nulls(item) for name, item in members.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in cast("list[Any]", value)]
    return value
