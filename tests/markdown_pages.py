"""What a page of Markdown shows: for tests that nothing in it is more than text."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

from markdown_it import MarkdownIt

MARKDOWN = MarkdownIt("gfm-like", {"linkify": False, "html": True})
TAGS = {*("h2", "h3", "h4", "p", "ul", "li", "strong", "em", "code", "pre", "details", "summary")}
TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {
    ("code", "class", "language-python"),
    ("th", "style", "text-align:right"),
    ("td", "style", "text-align:right"),
}
MORE_THAN_TEXT = re.compile(r"@|#\d|//|www\.|:[a-z]+:|\$|[\u202a-\u202e\x1b]")
"""What GitHub would make a mention, a reference, a link, an emoji or a formula of, outside of code."""


class Page(HTMLParser):
    """Tags, their attributes, comments, and the text that isn't code."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: set[tuple[str, str, str | None]] = set()
        self.comments: list[str] = []
        self.outside = ""
        self._code = 0
        self.feed(MARKDOWN.render(markdown))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes |= {(tag, *each) for each in attrs}
        self._code += tag in ("code", "pre")

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in ("code", "pre")

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.outside += f"{data}\n"

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def assert_only_text(markdown: str) -> Page:
    """That a page has no markup but ours, and no text that GitHub would make more of."""
    page = Page(markdown)
    assert set(page.tags) <= TAGS
    assert page.attributes <= ATTRIBUTES
    found = MORE_THAN_TEXT.search(page.outside)
    assert found is None, page.outside[max(0, found.start() - 80) : found.end() + 80]
    return page
