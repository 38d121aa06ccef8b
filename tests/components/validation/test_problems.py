from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from modelyard.errors import Problem
from modelyard.validation import problems_from_validation
from modelyard.validation.attribute_docs import attribute_docs


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Cat(Part):
    kind: Literal["cat"]
    lives: int = Field(ge=1, le=9)
    """Lives that are left. It has nine at first."""


class Dog(Part):
    kind: Literal["dog", "hound"]
    tricks: list[str] = Field(default=["sit"], max_length=2)


class House(Part):
    """A model with every kind of field that a specification has."""

    street: Annotated[str, Field(alias="street-name", min_length=2, max_length=8)] = "main"
    pets: list[Annotated[Cat | Dog, Field(discriminator="kind")]] = []
    env: dict[Annotated[str, Field(pattern=r"^[A-Z.]+$")], str] = {}
    image: str | list[str] = "a"
    area: float = Field(default=1.0, gt=0)
    rooms: int | None = Field(default=None, ge=1)
    heated: bool = True
    level: Annotated[
        int, Field(json_schema_extra={"allowed": "a floor of the house", "mend": "count from the ground"})
    ] = 0
    api_token: int = 0
    owner: str = Field(default="", examples=["ada"])

    @field_validator("owner")
    @classmethod
    def _owner_is_known(cls, owner: str) -> str:
        if owner == "nobody":
            raise ValueError("nobody can't own a house")
        return owner


def problems(data: object, **more: Any) -> list[Problem]:
    with pytest.raises(ValidationError) as refused:
        House.model_validate(data)
    return problems_from_validation(refused.value, House, **more)


CASES: dict[str, tuple[object, tuple[str, str, str, str, str]]] = {
    "an alias": (
        {"street-name": "x"},
        ("street-name", '"x"', '"x" is too short', "text of 2 to 8 characters", "write street-name as is allowed here"),
    ),
    "a bound of a union's kind": (
        {"pets": [{"kind": "cat", "lives": 10}]},
        ("pets[0].lives", "10", "10 is too large", "a whole number from 1 to 9", "set lives to a value from 1 to 9"),
    ),
    "a field that a kind needs, with the first sentence of what it is for": (
        {"pets": [{"kind": "cat"}]},
        ("pets[0].lives", "nothing", "lives is missing: lives that are left", "a whole number from 1 to 9", "add lives: and a value"),
    ),
    "a kind's list": (
        {"pets": [{"kind": "hound", "tricks": ["a", "b", "c"]}]},
        ("pets[0].tricks", "a list of 3", "a list of 3 is too long", "a list of 0 to 2 entries, each text", "leave 2 entries in tricks at most"),
    ),
    "an entry of a kind's list": (
        {"pets": [{"kind": "dog", "tricks": [1]}]},
        ("pets[0].tricks[0]", "1", "1 isn't text", "text", 'write it in quotes, as "1"'),
    ),
    "an unknown tag": (
        {"pets": [{"kind": "bird"}]},
        ("pets[0].kind", '"bird"', '"bird" is none of the choices', "cat, dog, hound", "choose one of these"),
    ),
    "a tag that is missing": (
        {"pets": [{}]},
        ("pets[0].kind", "nothing", "kind is missing", "cat, dog, hound", "add it, as kind: cat"),
    ),
    "a value of a mapping": (
        {"env": {"A.B": True}},
        ('env["A.B"]', "true", "true isn't text", "text", 'write it in quotes, as "true"'),
    ),
    "a name in a mapping": (
        {"env": {"a-b": "x"}},
        ("env.a-b", '"a-b"', '"a-b" isn\'t written as it has to be', "text that matches ^[A-Z.]+$", "write a-b as is allowed here"),
    ),
    "characters that a terminal would obey or hide": (
        {"heated": "a\x1b[2J\u202e\u00a0\U000e0001é"},
        ("heated", r'"a\u001b[2J\u202e\u00a0\U000e0001é"', r'''"a\u001b[2J\u202e\u00a0\U000e0001é" isn't true or false''', "true or false", "write true or false, without quotes"),
    ),
    "a field in capitals": (
        {"ROOMS": 3},
        ("ROOMS", "3", 'there is no field "ROOMS" here', "street-name, pets, env, image, area, rooms, heated, level, api_token, owner", "did you mean rooms?"),
    ),
    "a plain union": (
        {"image": 3},
        ("image", "3", "3 is none of the kinds that it takes", "text or a list, each text", "write one of these"),
    ),
    "an entry of a plain union's list": (
        {"image": [1]},
        ("image[0]", "1", "1 isn't text", "text", 'write it in quotes, as "1"'),
    ),
    "a bound that is excluded": (
        {"area": 0},
        ("area", "0", "0 is too small", "a number above 0", "write area as is allowed here"),
    ),
    "a bound of an optional field": (
        {"rooms": 0},
        ("rooms", "0", "0 is too small", "a whole number of 1 or more", "set rooms to a value of 1 or more"),
    ),
    "a switch in quotes": (
        {"heated": "true"},
        ("heated", '"true"', "\"true\" isn't true or false", "true or false", "write true or false, without quotes"),
    ),
    "words of the field's own": (
        {"level": "x"},
        ("level", '"x"', '"x" isn\'t a whole number', "a floor of the house", "count from the ground"),
    ),
    "a validator of the model's own": (
        {"owner": "nobody"},
        ("owner", '"nobody"', "nobody can't own a house", "text, as ada", "write owner as is allowed here"),
    ),
    "a value that may be secret": (
        {"api_token": "s3cret"},
        ("api_token", "a value that isn't shown", "a value that isn't shown isn't a whole number", "a whole number", "write a whole number"),
    ),
    "a secret number in quotes": (
        {"api_token": "1234"},
        ("api_token", "a value that isn't shown", "a value that isn't shown isn't a whole number", "a whole number", "write it without quotes"),
    ),
    "an unknown field": (
        {"room": {"a": {"b": "c"}}},
        ("room", "a mapping of a", 'there is no field "room" here', "street-name, pets, env, image, area, rooms, heated, level, api_token, owner", "did you mean rooms?"),
    ),
    "no mapping": (
        [],
        ("", "an empty list", "an empty list isn't a mapping", "a mapping of street-name, pets, env, image, area, rooms, heated, level, api_token, owner", "write the fields of the document one a line, each as `name: value`"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("data", "said"), CASES.values(), ids=CASES)
def test_a_refusal_is_said_in_the_words_of_the_field(
    data: object, said: tuple[str, str, str, str, str]
) -> None:
    found = [problem for problem in problems(data) if problem.field == said[0]]
    assert [(p.field, p.given, p.message, p.allowed, p.mend) for p in found] == [said]


def test_a_misspelt_field_that_is_needed_is_one_problem() -> None:
    [problem] = problems({"pets": [{"kind": "cat", "live": 3}]})
    assert (problem.field, problem.mend) == ("pets[0].live", "did you mean lives?")


def test_a_huge_value_is_cut_short() -> None:
    [problem] = problems({"heated": "x" * 100_000})
    assert len(problem.given) == 60


def test_problems_stand_in_the_order_of_their_lines_with_values_as_written() -> None:
    lines = {("rooms",): 2, ("area",): 1, ("heated",): 3}
    found = problems(
        {"rooms": 0, "area": -1.0, "heated": 7},
        file="house.yaml",
        locate=lines.get,
        written=lambda path: "007" if path == ("heated",) else None,
    )
    assert [(problem.file, problem.line, problem.given) for problem in found] == [
        ("house.yaml", 1, "-1.0"),
        ("house.yaml", 2, "0"),
        ("house.yaml", 3, "007"),
    ]


def test_a_number_that_is_meant_as_text_is_quoted_as_it_was_written() -> None:
    [problem] = problems({"owner": 9}, written=lambda _: "009")
    assert (problem.given, problem.mend) == ("009", 'write it in quotes, as "009"')


def test_texts_below_attributes_are_read_from_the_source_and_inherited() -> None:
    assert attribute_docs(Cat) == {"lives": "Lives that are left. It has nine at first."}

    class Kitten(Cat):
        pass

    assert attribute_docs(Kitten) == attribute_docs(Cat)
    assert attribute_docs(int) == {}


class Named(Part):
    name: str = Field(default="a", pattern=r"^[a-z-]+$", max_length=8)
    image: str = Field(
        default="a", pattern=r"^[a-z-]+$", json_schema_extra={"mend": "write it as the registry has it"}
    )
    token: str = Field(default="a", pattern=r"^[a-z-]+$")


@pytest.mark.parametrize(
    ("field", "value", "mend"),
    [
        ("name", "Two Words", "write name as is allowed here"),
        ("name", " My_Name", "set name: my-name"),
        ("name", "lowercase", "write name as is allowed here"),
        ("image", "Registry ", "set image: registry"),
        ("image", "two words", "write it as the registry has it"),
        ("token", "SECRET", "write token as is allowed here"),
        ("name", 1234, 'write it in quotes, as "1234"'),
        ("token", 1234, "write it in quotes"),
    ],
    ids=[
        *("too long", "near", "of the pattern, and too long", "in capitals", "two words", "secret"),
        *("a number", "a secret number"),
    ],
)
def test_a_value_that_would_do_is_told_where_one_is_near_and_no_secret(
    field: str, value: object, mend: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        Named.model_validate({field: value})
    [problem] = problems_from_validation(refused.value, Named)
    assert problem.mend == mend
