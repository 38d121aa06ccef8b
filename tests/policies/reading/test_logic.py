import pytest

from modelyard_policies.errors import Unread
from modelyard_policies.reading import all_of, any_of, each, some


def unread():
    raise Unread("urn", "path", "not known")


def yes():
    return True


def no():
    return False


def test_one_true_decides_beside_the_unknown():
    assert any_of(unread, yes) is True
    assert any_of(no, no) is False
    with pytest.raises(Unread):
        any_of(unread, no)


def test_one_false_decides_beside_the_unknown():
    assert all_of(unread, no) is False
    assert all_of(yes, yes) is True
    with pytest.raises(Unread):
        all_of(yes, unread)


def test_an_item_that_passes_decides_before_the_list_is_known():
    def items():
        yield 1
        yield 2
        unread()

    assert some(items(), lambda item: item == 2)
    with pytest.raises(Unread):
        some(items(), lambda item: item == 3)


def test_each_finds_all_failures_before_it_says_that_something_is_unknown():
    def check(item):
        if item == "unknown":
            unread()
        yield item

    found = []
    with pytest.raises(Unread):
        found.extend(each(["a", "unknown", "b"], check))
    assert found == ["a", "b"]
