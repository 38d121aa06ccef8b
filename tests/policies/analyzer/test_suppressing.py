from datetime import UTC, date, datetime

import pytest

from modelyard_policies.analyzer.suppressing import VARIABLE, Suppressing
from modelyard_policies.errors import SettingsError
from modelyard_policies.registry import all_rules
from modelyard_policies.report import Finding, Verdict
from modelyard_policies.rule import Severity


def finding(name="data", verdict=Verdict.FAIL):
    return Finding(
        rule="bucket-versioning",
        code="ST4",
        severity=Severity.MEDIUM,
        verdict=verdict,
        urn=f"urn:pulumi:dev::p::aws:s3/bucket:Bucket::{name}",
        property="",
        message="",
        remediation="",
    )


def entry(resource, expires="2999-12-31"):
    return (
        f"  - rule: ST4\n    resource: {resource}\n    reason: only a cache\n    owner: ml\n"
        f"    expires: {expires}\n"
    )


def suppressing(tmp_path, *entries):
    file = tmp_path / "s.yaml"
    file.write_text("schema: modelyard.suppressions/1\nsuppressions:\n" + "".join(entries))
    return Suppressing.of({VARIABLE: str(file)}, all_rules())


def test_nothing_is_suppressed_where_no_file_is_named():
    assert Suppressing.of({}, all_rules()).entries == ()


def test_an_entry_covers_what_it_names_until_its_day(tmp_path):
    found = suppressing(tmp_path, entry("data"), entry("old", "2020-01-01"), entry("nothing"))
    assert found.today == datetime.now(UTC).date()
    assert found.hiding(finding()).owner == "ml"
    assert found.hiding(finding("old")) is None
    assert found.hiding(finding("other")) is None
    assert found.hiding(finding(verdict=Verdict.ERROR)) is None
    assert [each.expires for each in found.expired] == [date(2020, 1, 1)]
    assert [each.resource for each in found.unused] == ["nothing"]


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("s.yaml", "the path isn't absolute"),
        ("/no/such/file.yaml", "No such file or directory"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(named, message):
    with pytest.raises(SettingsError) as error:
        Suppressing.of({VARIABLE: named}, all_rules())
    (problem,) = error.value.problems
    assert problem.message == f"the file of suppressions can't be read: {message}"
    assert problem.mend == "set MODELYARD_SUPPRESSIONS to its absolute path"


def test_a_file_with_a_mistake_is_refused_at_its_line(tmp_path):
    with pytest.raises(SettingsError, match="expires"):
        suppressing(tmp_path, entry("data", "soon"))


def test_an_entry_behind_another_is_of_use_all_the_same(tmp_path):
    found = suppressing(tmp_path, entry("data"), entry("dat*"))
    assert found.hiding(finding()).resource == "data"
    assert found.unused == []
