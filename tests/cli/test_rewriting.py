"""Ids are written into YAML of any layout, and every other line stays."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from modelyard.yaml_lines.reading import parse_yaml
from modelyard_cli.pinning.rewriting import ImageLine, rewritten

REGIONS = ("eu-central-1", "eu-south-1", "us-east-2")
NAME = "al2023-ami-ecs-hvm-2023.0.20260922-kernel-6.1-x86_64"
COMMENTS = st.sampled_from(["", "  # why", " #", "   # a: b, {c} - 'd'"])
GAPS = st.sampled_from(["", "\n", "  # between\n", "\n\n# at the margin\n"])


def image_id(number: int) -> str:
    return f"ami-{number:017x}"


@st.composite
def fields(draw: st.DrawFn, indent: str) -> list[str]:
    """Lines of a pool besides its images."""
    lines = [
        f"{indent}type:  g5.xlarge{draw(COMMENTS)}",
        f"{indent}text: >-{draw(COMMENTS)}\n{indent}   folded\n{indent}   over lines",
        f"{indent}flow: {{a: [1, 2],\n{indent}   b: 'it''s'}}{draw(COMMENTS)}",
        f"{indent}block:{draw(COMMENTS)}\n{indent} - x\n{indent} - y: {{}}",
        f"{indent}nothing:{draw(COMMENTS)}",
    ]
    return draw(st.permutations(lines))[: draw(st.integers(1, len(lines)))]


@st.composite
def images(draw: st.DrawFn, indent: str) -> list[str]:
    """Lines of a pool's images, in one of the ways in which they can be written."""
    regions = draw(st.lists(st.sampled_from(REGIONS), unique=True))
    ids = {region: image_id(draw(st.integers(1, 9))) for region in regions}
    way = draw(st.sampled_from(["none", "block", "braces"]))
    if way == "none" or (way == "block" and not ids):
        return []
    if way == "braces":
        pairs = ", ".join(f"{region}: {id_}" for region, id_ in ids.items())
        return [f"{indent}image_ids: {{{pairs}}}{draw(COMMENTS)}"]
    deeper = indent + " " * draw(st.integers(1, 4))
    quote = draw(st.sampled_from(["", "'", '"']))
    entries = [f"{deeper}{region}: {quote}{id_}{quote}{draw(COMMENTS)}" for region, id_ in ids.items()]
    return [f"{indent}image_ids:{draw(COMMENTS)}", *entries]


@st.composite
def files(draw: st.DrawFn) -> str:
    """A file with pools."""
    dash = " " * draw(st.integers(0, 3))
    indent = f"{dash}{' ' * draw(st.integers(2, 4))}"
    text = f"top: 1{draw(COMMENTS)}\n{draw(GAPS)}compute:{draw(COMMENTS)}\n"
    for number in range(draw(st.integers(1, 3))):
        lines = [*draw(fields(indent)), f"{indent}name: pool{number}{draw(COMMENTS)}"]
        place = draw(st.integers(0, len(lines)))
        lines[place:place] = draw(images(indent))
        block = "\n".join(lines)
        first = f"{dash}-{block[len(dash) + 1 :]}"
        text += f"{first}\n{draw(GAPS)}"
    if draw(st.booleans()):
        return text + draw(st.sampled_from(["end: true\n", "end:\n  - 1\n"]))
    return text if draw(st.booleans()) else text.rstrip("\n")


@given(files(), st.data())
def test_exactly_the_ids_are_changed(text: str, data: st.DataObject) -> None:
    document = parse_yaml(text, "lab.yaml")
    pools: Any = document.data
    count = len(pools["compute"])
    wanted = data.draw(
        st.dictionaries(
            st.tuples(st.integers(0, count - 1), st.sampled_from(REGIONS)), st.integers(100, 200), min_size=1
        )
    )
    lines = [
        ImageLine(("compute", place, "image_ids", region), image_id(number), NAME)
        for (place, region), number in wanted.items()
    ]
    new = rewritten(text, document, lines)
    found: Any = parse_yaml(new, "lab.yaml").data
    for line in lines:
        assert found["compute"][line.path[1]]["image_ids"][line.region] == line.image_id
    assert all(line in new.splitlines() for line in untouched(text))
    # A second time there is nothing to change.
    assert rewritten(new, parse_yaml(new, "lab.yaml"), lines) == new


def untouched(text: str) -> list[str]:
    """The lines that no id is in, nor its mapping in braces."""
    return [line for line in text.splitlines() if "ami-" not in line and "image_ids: {" not in line]


@given(files())
def test_the_comment_of_an_id_names_the_image_once(text: str) -> None:
    document = parse_yaml(text, "lab.yaml")
    line = ImageLine(("compute", 0, "image_ids", REGIONS[0]), image_id(100), NAME)
    newer = ImageLine(line.path, image_id(101), NAME.replace("20260922", "20261124"))
    once = rewritten(text, document, [line])
    twice = rewritten(once, parse_yaml(once, "lab.yaml"), [newer])
    [written] = [each for each in twice.splitlines() if newer.image_id in each]
    assert written.count("al2023-ami") == 1
    assert newer.name in written
