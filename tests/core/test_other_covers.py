"""Who pays before the mutual on a day."""

from __future__ import annotations

from datetime import date

from entraide.core.other_covers import PAYS_FIRST_BY_KIND, CoverKind, OtherCover, payers_before

AMU = OtherCover("AMU", date(2025, 1, 1), date(2025, 7, 1))
OSTIE = OtherCover("OSTIE", date(2024, 1, 1))
NEIGHBOUR = OtherCover("Mutuelle voisine", date(2023, 1, 1), pays_first=False)


def test_the_oldest_cover_that_pays_first_comes_first() -> None:
    assert payers_before([AMU, NEIGHBOUR, OSTIE], date(2025, 3, 1)) == ("OSTIE", "AMU")


def test_days_are_half_open() -> None:
    assert payers_before([AMU], date(2025, 1, 1)) == ("AMU",)
    assert payers_before([AMU], date(2025, 6, 30)) == ("AMU",)
    assert payers_before([AMU], date(2025, 7, 1)) == ()
    assert payers_before([AMU], date(2024, 12, 31)) == ()


def test_a_payer_is_named_once() -> None:
    again = OtherCover("AMU", date(2025, 2, 1))
    assert payers_before([AMU, again], date(2025, 3, 1)) == ("AMU",)


def test_every_kind_says_who_usually_pays_first() -> None:
    assert set(PAYS_FIRST_BY_KIND) == set(CoverKind)
