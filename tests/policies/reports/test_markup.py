"""Text from programs stays text in Markdown, whoever wrote it."""

import re

import pytest
from assessing import HOSTILE, texts
from hypothesis import given
from markdown_it import MarkdownIt

from modelyard_policies.reports.markdown.markup import cell, code, fenced, folded, ours, prose
from modelyard_policies.reports.plain import printable

RENDERED = MarkdownIt("gfm-like", {"linkify": False, "html": True})


def spans(markdown):
    """What a line of Markdown renders to: code spans, and the text outside of them."""
    (paragraph,) = [token for token in RENDERED.parse(f"it says {markdown} here") if token.type == "inline"]
    return [(token.type, token.content) for token in paragraph.children]


@given(texts)
def test_code_renders_as_one_span_of_just_that_text(text):
    first, span, last = spans(code(text)) if text.strip() else spans("`x`")
    assert (first, last) == (("text", "it says "), ("text", " here"))
    assert span[0] == "code_inline"
    if text.strip():
        assert span[1] == printable(text).replace("<!--", "<! --")


@given(texts)
def test_prose_renders_as_text_without_anything_that_links_or_as_code(text):
    kinds = [kind for kind, _ in spans(prose(text))]
    outside = "".join(content for kind, content in spans(prose(text)) if kind == "text")
    assert set(kinds) <= {"text", "code_inline"}
    assert not re.search(r"[@#<>|`\[\]*_~$]|//|www\.|:[a-z]", outside)


@given(texts)
def test_a_cell_never_ends_before_its_text(text):
    tokens = RENDERED.parse(f"| a | b |\n| --- | --- |\n| {cell(text)} | 1 |\n")
    cells = [token.content for token in tokens if token.type == "inline"]
    assert len(cells) == 4
    assert cells[3] == "1"


@pytest.mark.parametrize(
    "text",
    [
        "is unset",
        "opens port 22 to 0.0.0.0/0",
        "keeps 7 days, and 30 are wanted",
        "can't be judged: not known",
    ],
)
def test_plain_words_need_no_span(text):
    assert prose(text) == text


@pytest.mark.parametrize(
    "text",
    [
        *(text for text in HOSTILE if "\n" not in text),
        "see #12",
        "GH-12",
        "fix abcdef1",
        "a@b.example",
        "see http://x",
        "www.x.example",
        "- x",
        "1. x",
        "",
    ],
)
def test_what_could_be_more_than_words_stands_in_a_span(text):
    assert prose(text) == code(text)
    assert prose(text).strip("`") != prose(text) or text == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb\r\n\tc", "a b   c"),
        ("\x1b[31mred", "\\u001b[31mred"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\ud800", "\\ud800"),
        ("a\u2028b\u00a0c", "a b c"),
        ("x" * 300, "x" * 239 + "…"),
    ],
)
def test_what_can_t_be_seen_is_shown_by_its_code_and_on_one_line(text, shown):
    assert printable(text) == shown


def test_a_block_of_code_outlasts_the_backticks_in_it():
    text = "before\n````\n# not a heading"
    (fence,) = [token for token in RENDERED.parse(fenced(text, "python")) if token.type == "fence"]
    assert fence.content.strip() == text


def test_our_own_words_are_taken_literally():
    assert RENDERED.renderInline(ours("keys[*].a_b <x> & `c`")) == "keys[*].a_b &lt;x&gt; &amp; `c`"


def test_a_folded_part_holds_markdown():
    assert "<li>x</li>" in RENDERED.render(folded("Title", "- x"))
