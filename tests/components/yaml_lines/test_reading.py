from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.errors import InputError, Problem
from modelyard.yaml_lines import field_path, field_text, parse_yaml, read_yaml, shown_path
from modelyard.yaml_lines.loader import DEEPEST
from modelyard.yaml_lines.reading import LARGEST_FILE_BYTES


def refusal(text: str) -> Problem:
    with pytest.raises(InputError) as refused:
        parse_yaml(text, "a.yaml")
    [problem] = refused.value.problems
    assert problem.file == "a.yaml"
    return problem


def test_every_place_has_its_line() -> None:
    document = parse_yaml("a: 1\nb:\n  - x\n  - c: {d: 2}\n\ne: >\n  long\n  text\n", "a.yaml")
    assert document.data == {"a": 1, "b": ["x", {"c": {"d": 2}}], "e": "long text\n"}
    places = {("a",): 1, ("b",): 2, ("b", 0): 3, ("b", 1): 4, ("b", 1, "c", "d"): 4, ("e",): 6, (): 1}
    assert {path: document.line_of(path) for path in places} == places


def test_what_is_not_there_has_the_line_of_what_is_around_it() -> None:
    document = parse_yaml("a:\n  b: 1\n", "a.yaml")
    assert document.line_of(("a", "missing", "deeper")) == 1
    assert document.under("a").line_of(("b",)) == 2
    assert document.under("a").line_of(("missing",)) == 1


def test_plain_scalars_are_known_as_they_were_written() -> None:
    document = parse_yaml('a: 0189\nb: "0123"\nc: [1.50]\n', "a.yaml")
    assert document.written(("a",)) == "0189"
    assert document.written(("b",)) is None
    assert document.written(("c", 0)) == "1.50"
    assert document.written(("c",)) is None


def test_a_part_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        parse_yaml("a: 1", "a.yaml").under("b")
    with pytest.raises(KeyError):
        parse_yaml("a: 1", "a.yaml").under("a").under("b")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True), ("False", False), ("yes", "yes"), ("no", "no"), ("on", "on"), ("null", None), ("~", None),
        ("", None), ("12", 12), ("-7", -7), ("0o17", 15), ("0x1F", 31), ("\"010\"", "010"), ("089", 89), ("00", 0),
        ("1.5", 1.5), ("1e3", 1000.0), ("-.5", -0.5), ("-.inf", float("-inf")), ("12:30:45", "12:30:45"),
        ("'2026-01-01'", "2026-01-01"), ("26-01-01", "26-01-01"), ("2026-01", "2026-01"), ("_5", "_5"), ("a_1", "a_1"), ("12_ab", "12_ab"),
        ("10.32.0.0/20", "10.32.0.0/20"), ("1_000 nodes", "1_000 nodes"), ("!!str 12", "12"), ("!!float 1", 1.0), ('"12"', "12"), ("=", "="),
        ("9" * 39, int("9" * 39)),
    ],
)  # fmt: skip
def test_scalars_mean_what_yaml_1_2_says(text: str, value: object) -> None:
    data = parse_yaml(f"a: {text}", "a.yaml").data
    assert data == {"a": value}
    assert isinstance(data, dict)
    assert type(data["a"]) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "010", "-010", "0755", "012345670123", "1_000", "0_8", "1__0", "1_0.5", "1e1_0", "0b101", "0B1", "0X1F", "0O17", "+0x1F",
        "2026-01-01", "2026-1-1", "2026-01-01T00:00:00Z", "2026-01-01 12:30:00",
    ],
)  # fmt: skip
def test_what_pulumi_reads_as_another_value_is_refused(text: str) -> None:
    problem = refusal(f"a: 1\nb: {text}")
    assert (problem.line, problem.field, problem.given) == (2, "b", text)
    assert problem.message == f"{text} is one value by YAML 1.2 and another for Pulumi"
    assert problem.mend.startswith(f'write it in quotes if it is text, as "{text}"')
    assert parse_yaml(f'b: "{text}"', "a.yaml").data == {"b": text}


def test_merged_mappings_give_way_to_own_names_and_to_earlier_ones() -> None:
    text = "x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz:\n  <<: [*x, *y]\n  a: 3\n"
    document = parse_yaml(text, "a.yaml")
    assert isinstance(document.data, dict)
    assert document.data["z"] == {"a": 3, "b": 1, "c": 2}
    assert document.line_of(("z", "b")) == 1
    assert document.line_of(("z", "a")) == 5


@pytest.mark.parametrize(
    ("text", "line", "message", "mend"),
    [
        ("", None, "the file is empty", "write one `name: value` a line"),
        ("# only a comment\n", None, "the file is empty", "write one `name: value` a line"),
        ("\n- a\n", 2, "the file holds no mapping", "write one `name: value` a line"),
        ("just text", 1, "the file holds no mapping", "write one `name: value` a line"),
        ("a:\n\tb: 1", 2, "this isn't YAML: a tab can't indent", "indent by spaces"),
        ("a: b\n\tc", 2, "this isn't YAML: a tab can't indent", "indent by spaces"),
        ("a: 1\nb: @x", 2, "this isn't YAML: a value can't start with @", "put the value in quotes"),
        ("a: x: y", 1, "this isn't YAML: a second `: ` where a value ends", 'put a value that holds ": " in quotes; check the indentation'),
        ("a: 1\nb\nc: 1", 3, "this isn't YAML: a line without `: `", "write each line as `name: value`"),
        ("a: 1\nb: 'x\nc: 1\n", 2, "this isn't YAML: a quote that is never closed", "close the quote that this line opens"),
        ("a: 1\nb: [1,\n  2\nc: 1", 2, "this isn't YAML: a bracket that is never closed, or a comma that is missing", "close the bracket that this line opens"),
        ("a: [", 2, "this isn't YAML: a bracket that is never closed, or a comma or bracket too many", "close each bracket, and put one comma between entries"),
        ("a: [1,,2]", 1, "this isn't YAML: a bracket that is never closed, or a comma or bracket too many", "close each bracket, and put one comma between entries"),
        ("a: 1\nb: ]", 2, "this isn't YAML: a bracket that is never closed, or a comma or bracket too many", "close each bracket, and put one comma between entries"),
        ("a:\n  - b\n - c", 3, "this isn't YAML: the indentation doesn't fit the lines above", "give entries of one mapping or list the same indentation"),
        ("a: *b", 1, "this isn't YAML: an alias of nothing", "write the anchor (&name) before its alias (*name)"),
        ("a: &x 1\nb: &x 2", 2, "this isn't YAML: an anchor that is there already", "give each anchor (&name) a name of its own"),
        ("a: 1\n---\nb: 2", 2, "this isn't YAML: a second document", "keep one document in the file: remove `---` and what follows"),
        ('a: "\\q"', 1, "this isn't YAML: an escape that YAML doesn't know", "write \\\\ for a backslash, or use single quotes"),
        ('a: "\\ud83d\\ude80"', 1, "this isn't YAML: an escape of half a character", "write the character itself in place of \\uD800 to \\uDFFF"),
        ("%YAML 3.0\n---\na: 1", 1, "this isn't YAML: found incompatible YAML document", "check this line and the one above"),
        ("a: 1\nb: \x07", 2, "a character that no YAML may hold", "remove the character"),
        ("a: 1\nä: 2\na: 3", 3, '"a" stands here twice', "keep one of the two"),
        ("1: a", 1, "a name has to be text", 'write it in quotes, as "1"'),
        ("? [a]\n: b", 1, "a name has to be text", "write text before the colon"),
        ("a: !thing x", 1, "the tag !thing isn't plain data", "remove the tag"),
        ("a: !!python/object/apply:os.system [ls]", 1, "the tag !!python/object/apply:os.system isn't plain data", "remove the tag"),
        ("a: !!set {b}", 1, "the tag !!set isn't plain data", "remove the tag"),
        ("a: !!int x", 1, "the tag !!int doesn't fit", "remove the tag"),
        ("a: !!bool x", 1, "the tag !!bool doesn't fit", "remove the tag"),
        ("a: &a\n  b: *a", 2, "an alias stands inside what it stands for", "remove the alias"),
        ("a: &a [*a]", 1, "an alias stands inside what it stands for", "remove the alias"),
        ("a:\n  <<: 1", 2, "`<<` merges mappings only", "name such an alias after `<<:`"),
        ("a: &a {<<: *a}", 1, "`<<` stands in what `<<` merges", "write these fields out"),
        ("a: " + "[" * 100, 1, "values are nested too deep", "flatten it"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_line(
    text: str, line: int | None, message: str, mend: str
) -> None:
    problem = refusal(text)
    assert (problem.line, problem.message, problem.mend) == (line, message, mend)
    assert problem.given
    assert problem.allowed


def test_a_duplicate_is_named_as_a_field() -> None:
    problem = refusal("a:\n  - b: 1\n    b: 2\n")
    assert problem.field == "a[0].b"
    assert problem.given == "lines 2 and 3"


def test_a_few_lines_that_stand_for_billions_of_values_are_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    problem = refusal("\n".join(lines))
    assert problem.message == "there are too many values"


@pytest.mark.parametrize("opening", ["[", "- ", "{a: ", "? "])
def test_nesting_that_would_overflow_the_stack_is_refused(opening: str) -> None:
    problem = refusal("a:\n  " + opening * 200_000)
    assert problem.line == 2
    assert problem.allowed == f"{DEEPEST} levels at most"


def test_a_byte_order_mark_is_no_content(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_yaml(path).data == {"a": 1}


def file_refusal(path: Path) -> Problem:
    with pytest.raises(InputError) as refused:
        read_yaml(path)
    [problem] = refused.value.problems
    assert problem.file == str(path)
    return problem


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert file_refusal(tmp_path / "a.yaml").message == "there is no such file"


def test_a_directory_is_refused(tmp_path: Path) -> None:
    assert file_refusal(tmp_path).message == "this is a directory"


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbidden)
    problem = file_refusal(tmp_path / "a.yaml")
    assert problem.message == "the file can't be read: permission denied"
    assert problem.mend == "check its rights"


def test_bytes_that_are_no_text_are_refused_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: 1\nb: caf\xe9\n")
    problem = file_refusal(path)
    assert (problem.line, problem.message, problem.given) == (2, "the file isn't UTF-8", "byte 0xe9")


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"#" * (LARGEST_FILE_BYTES + 1))
    assert file_refusal(path).message == "the file is too large"


def test_an_endless_file_is_refused() -> None:
    assert file_refusal(Path("/dev/zero")).message == "the file is too large"


def test_files_below_the_working_directory_are_shown_relative_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown_path(tmp_path / "x" / "a.yaml") == str(Path("x") / "a.yaml")
    assert shown_path(Path("x/../a.yaml")) == "a.yaml"
    assert shown_path(tmp_path.parent / "a.yaml") == str(tmp_path.parent / "a.yaml")


@given(st.lists(st.integers(0, 99) | st.text(max_size=6)).map(tuple))
def test_a_path_is_read_back_from_its_text(path: tuple[str | int, ...]) -> None:
    assert field_path(field_text(path)) == path


def test_paths_read_as_people_write_them() -> None:
    assert field_text(("compute", 1, "capacity", "mode")) == "compute[1].capacity.mode"
    assert field_text(("env", "a.b", "c")) == 'env["a.b"].c'


@given(st.text(st.sampled_from("ab:-[]{}&*!#|>'\"%@,?<~ \n\t01"), max_size=60))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        assert isinstance(parse_yaml(text, "a.yaml").data, dict)
    except InputError as refused:
        problems = refused.problems
    assert all(problem.given and problem.mend for problem in problems)
