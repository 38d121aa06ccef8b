"""What `modelyard bootstrap azure` is told, and what it asks before it begins."""

from __future__ import annotations

import pytest

GUID = "8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f"


def test_who_declines_changes_nothing(subscription, capsys, monkeypatch):
    monkeypatch.setattr("click.confirm", lambda _: False)
    assert subscription.bootstrap("--apply") == 1
    assert capsys.readouterr().out.endswith("nothing was changed\n")
    assert subscription.written() == []


def test_who_agrees_is_asked_about_the_subscription(subscription, monkeypatch):
    asked: list[str] = []
    monkeypatch.setattr("click.confirm", lambda question: asked.append(question) or True)
    assert subscription.bootstrap("--apply") == 0
    assert asked == [f"do this in subscription {subscription.id}?"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--apply", "--format", "json"], "with --format json, say --yes as well"),
        (["--yes"], "--yes agrees to what --apply does: without that nothing is changed"),
        (["--public-network", "--allow-address", "20.1.2.3"], "name no --allow-address beside it"),
        (["--principal", "somebody"], "'somebody' isn't an object id, as 8f0c2d4e"),
        (["--principal", f"robot:{GUID}"], "with user:, group:, service_principal: before it"),
        (["--github-repo", "our-org/*"], "isn't OWNER/NAME or OWNER/NAME:ENVIRONMENT, without wildcards"),
        (["--allow-address", "10.0.0.1"], "'10.0.0.1' can't be let in: it is no public address"),
        (["--allow-address", "20.0.0.0/31"], "can't be let in: it is smaller than /30"),
        (["--allow-address", "20.0.0.1/24"], "can't be let in: 20.0.0.1/24 has host bits set"),
        (["--allow-address", "2001:4860::1"], "can't be let in: Azure's firewalls of storage take IPv4"),
        (["--state-key", "nobody"], "'nobody' is not one of 'customer', 'microsoft'"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_asked(subscription, capsys, arguments, message):
    assert subscription.bootstrap(*arguments) == 2
    assert message in capsys.readouterr().err
    assert subscription.calls == []


@pytest.mark.parametrize(
    ("given", "kept"), [("20.1.2.3", "20.1.2.3"), ("20.1.2.3/32", "20.1.2.3"), ("20.1.0.0/16", "20.1.0.0/16")]
)
def test_an_address_is_written_as_storage_takes_it(given, kept):
    from modelyard_cli.bootstrap.azure.reach import address

    assert address(given) == kept


def test_an_environment_of_aws_is_refused(capsys):
    from modelyard_cli.main import run

    assert run(["bootstrap", "azure", "dev"]) == 2
    told = capsys.readouterr().err
    assert '`modelyard bootstrap azure` knows Azure alone, and environment "dev" is on another cloud' in told
    assert run(["bootstrap", "aws", "azure-dev"]) == 2
    told = capsys.readouterr().err
    assert '`modelyard bootstrap aws` knows AWS alone, and environment "azure-dev" is on another' in told


def test_the_network_that_was_chosen_takes_the_place_of_the_one_before(subscription, capsys):
    assert subscription.applied("--public-network") == 0
    assert "reached from anywhere: identities alone protect it" in capsys.readouterr().out
    assert subscription.bootstrap() == 0
    assert "reached from anywhere" in capsys.readouterr().out
    assert subscription.applied("--allow-address", "20.9.9.9") == 0
    out = capsys.readouterr().out
    assert "reached from 20.9.9.9\n" in out
    assert out.count("          public network: Allow -> Deny\n") == 2
    assert out.count("          addresses: none -> 20.9.9.9\n") == 2
