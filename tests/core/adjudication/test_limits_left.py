"""What is left of each limit before a claim: of the year what was used, of a case all of it."""

from __future__ import annotations

from datetime import date

from entraide.core.adjudication.facts import NOTHING_USED, UsedAmounts
from entraide.core.adjudication.limits_left import LimitLeft, limits_left
from entraide.core.care_package import Circumstances
from entraide.core.product import Product, Sector
from entraide.rulebook import product_path, read_product

RULES: Product = read_product(product_path("panier-complet")).on(date(2025, 3, 10))
ADULT = Circumstances(Sector.PUBLIC, age_years=30)


def by_code(
    used: UsedAmounts = NOTHING_USED, now: Circumstances = ADULT, size: int | None = 4
) -> dict[str, LimitLeft]:
    return {each.limit.code: each for each in limits_left(RULES, used, now, size)}


def test_a_larger_household_has_more_up_to_the_cap() -> None:
    assert by_code(size=4)["ambulatoire"].most == 40_000
    assert by_code(size=6)["ambulatoire"].most == 50_000
    assert by_code(size=12)["ambulatoire"].most == 60_000


def test_amounts_counts_and_units_of_the_year_are_what_the_counters_say() -> None:
    used = UsedAmounts(
        scopes={
            "amount:household:year:ambulatoire": 15_000,
            "count:household:year:consultations": 4,
            "quantity:person:year:jours_hopital": 2_500,  # two days and a half
        }
    )
    left = by_code(used)
    assert (left["ambulatoire"].left, left["ambulatoire"].is_amount) == (25_000, True)
    assert (left["consultations"].left, left["consultations"].is_amount) == (2, False)
    assert (left["jours_hopital"].used, left["jours_hopital"].left) == (3, 12)


def test_an_episode_begins_whole() -> None:
    used = UsedAmounts(scopes={"amount:person:episode:episode": 9_000})
    assert by_code(used)["episode"].left == 12_000


def test_a_list_that_the_person_is_not_on_shows_nothing() -> None:
    assert "chroniques" not in by_code()
    now = Circumstances(Sector.PUBLIC, age_years=30, lists=frozenset({"chronic"}))
    assert by_code(now=now)["chroniques"].left == 30_000


def test_what_was_passed_before_leaves_nothing_and_never_less() -> None:
    used = UsedAmounts(scopes={"count:household:year:consultations": 9})
    assert by_code(used)["consultations"].left == 0
