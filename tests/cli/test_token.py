"""``entraide token``: given once, to people of the mutual only, and withdrawn."""

from __future__ import annotations

import pytest

from entraide.apps.access.models import ApiToken
from entraide.apps.access.selectors import token_holder
from entraide.apps.schemes.models import Mutual
from entraide.cli import main as frame
from tests.cli.running import CommandLine
from tests.people import People


@pytest.fixture(autouse=True)
def _database_of_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "_prepare_database", lambda: None)


def give(cli: CommandLine, mutual: Mutual, user: str, *more: str) -> int:
    return cli.run("token", "--user", user, "--mutual", mutual.code, "--label", "Poste 7", *more)


def test_a_token_opens_one_mutual_for_one_person(
    cli: CommandLine, mutual: Mutual, people: People
) -> None:
    assert give(cli, mutual, "awa", "--json", "--days", "30") == 0, cli.err
    token = cli.document["token"]
    holder = token_holder(token)
    assert holder is not None
    assert (holder.user, holder.mutual) == (people.awa, mutual)
    assert not ApiToken.objects.filter(token_hash__contains=token[4:]).exists()


def test_only_the_token_stands_on_standard_output(
    cli: CommandLine, mutual: Mutual, people: People
) -> None:
    assert give(cli, mutual, "awa") == 0
    assert token_holder(cli.out.strip()) is not None
    assert "secret" in cli.err


def test_withdrawn_it_opens_nothing(cli: CommandLine, mutual: Mutual, people: People) -> None:
    give(cli, mutual, "awa")
    token = cli.out.strip()
    assert give(cli, mutual, "awa", "--withdraw", "--json") == 0
    assert cli.document["withdrawn"] == 1
    assert token_holder(token) is None
    assert give(cli, mutual, "awa", "--withdraw", "--json") == 1
    assert cli.error["code"] == "TOKEN_UNKNOWN"


@pytest.mark.parametrize(
    ("user", "more", "code"),
    [
        ("nobody", (), "PERSON_UNKNOWN"),
        ("fanta", (), "TOKEN_PERSON_STRANGER"),
        ("awa", ("--days", "0"), "TOKEN_DAYS_INVALID"),
        ("awa", ("--label", "x" * 81), "TOKEN_LABEL_INVALID"),
        ("awa", ("--label", "a\x00"), "TOKEN_LABEL_INVALID"),
        ("awa", ("--label", ""), "TOKEN_LABEL_INVALID"),
        ("awa", ("--days", "4000"), "TOKEN_DAYS_INVALID"),
    ],
)
def test_who_gets_no_token(
    cli: CommandLine, mutual: Mutual, people: People, user: str, more: tuple[str, ...], code: str
) -> None:
    assert give(cli, mutual, user, "--json", *more) == 1
    assert cli.error["code"] == code
    assert not ApiToken.objects.exists()
