"""Past claims decided again: under their own rules nothing changes; under others, only that."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entraide.core.adjudication import (
    BorneBy,
    ClaimFacts,
    Context,
    CoverFacts,
    LineFacts,
    PatientFacts,
    adjudicate,
)
from entraide.core.adjudication.decision import Decision
from entraide.core.adjudication.replay import facts_to_json
from entraide.core.adjudication.review import (
    AMOUNT_CEILINGS,
    RestsOn,
    reduced_by_review,
    with_ceiling_exception,
)
from entraide.core.adjudication.running_use import RunningUse, episode_use
from entraide.core.care_package import ProviderLevel, Sector, Visit
from entraide.core.product import Product
from entraide.core.waiting_periods import waiting_until
from entraide.core.what_if.effect import Effect
from entraide.core.what_if.fold import Outcome, replay_household
from entraide.core.what_if.past import Known, PastClaim, past_claim
from entraide.rulebook import parse_product, product_path, read_product
from entraide.rulebook.drafts import UNSAID, with_values

FULL = read_product(product_path("panier-complet"))
ON = date(2025, 1, 1)
PRODUCT = FULL.on(ON)
CATEGORIES = ("consultation", "medicines", "hospital", "delivery", "dental", "optics", "unheard")
ACTS = {"dental": "D01", "medicines": "M09", "hospital": "H01"}


@st.composite
def stories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A household's year: up to twelve claims, some of one episode, some looked at by a person."""
    story = []
    for number in range(draw(st.integers(1, 12))):
        lines = draw(
            st.lists(
                st.tuples(
                    st.sampled_from(CATEGORIES),
                    st.integers(0, 60_000),
                    st.integers(1, 4),
                    st.booleans(),
                ),
                min_size=1,
                max_size=4,
            )
        )
        story.append(
            {
                "number": number,
                "person": draw(st.sampled_from(["ama", "kofi"])),
                "lines": lines,
                "sector": draw(st.sampled_from(Sector)),
                "level": draw(st.sampled_from([None, *ProviderLevel])),
                "visit": draw(st.sampled_from(Visit)),
                "third_party": draw(st.booleans()),
                "stay": draw(st.sampled_from([None, True, False])),
                "follows": draw(st.one_of(st.none(), st.integers(0, max(0, number - 1)))),
                "less": draw(st.integers(0, 5_000)),
                "more": draw(st.integers(0, 5_000)),
            }
        )
    return story


class Desk:
    """What the records do with a story: each claim decided after those before it, and kept."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.use = RunningUse()
        self.of_episode: dict[str, list[Decision]] = defaultdict(list)
        self.kept: list[PastClaim] = []
        self.acts: dict[tuple[str, str], tuple[Decimal, date]] = {}

    def decide(self, told: dict[str, Any]) -> None:
        care_on = ON + timedelta(days=20 * told["number"])
        document = f"S-{told['number']}"
        episode = "" if told["follows"] in (None, told["number"]) else f"S-{told['follows']}"
        facts = ClaimFacts(
            care_on=care_on, received_on=care_on, sector=told["sector"], level=told["level"],
            visit=told["visit"], is_emergency=told["visit"] is Visit.EMERGENCY,
            is_inpatient=told["stay"], is_third_party_payment=told["third_party"],
            episode=episode,
            lines=tuple(
                LineFacts(
                    key=str(rank), category=category, claimed_minor=claimed,
                    item_code=ACTS.get(category, "X"), item_system="demo", item_kind="drug",
                    quantity=Decimal(units), tariff_unit_minor=claimed,
                    pre_authorisation="A-1" if is_authorised else None,
                    used_quantity=self.earlier(told, category)[0],
                    last_care_on=self.earlier(told, category)[1],
                )
                for rank, (category, claimed, units, is_authorised) in enumerate(told["lines"], 1)
            ),
        )  # fmt: skip
        since = date(2024, 6, 1)
        cover = CoverFacts(
            waiting_until=waiting_until(since, self.product, care_on), waits_from=since,
            household_size=5,
        )  # fmt: skip
        patient = PatientFacts(
            "F", date(1990, 1, 1), ("chronic",) if told["person"] == "ama" else ()
        )
        used = self.use.before(told["person"])
        if episode:
            shared = episode_use(self.of_episode[episode])
            used = replace(used, scopes={**used.scopes, **shared})
        context = Context(self.product, patient, cover, used)
        decision = self.by_hand(adjudicate(facts, context), told, (facts, context))
        self.use.count(decision, told["person"])
        self.of_episode[episode or document].append(decision)
        paid = {line.line_key for line in decision.lines if line.payable_minor}
        for line in facts.lines:
            if line.key in paid:
                units = self.earlier(told, line.category)[0] + line.quantity
                self.acts[told["person"], line.item_code] = (units, care_on)
        written = json.loads(json.dumps(facts_to_json(facts, context)))
        self.kept.append(
            past_claim(
                key=told["number"], document=document, household=1, person=told["person"],
                year_from=ON, context=written, outcome=json.loads(json.dumps(decision.to_json())),
            )
        )  # fmt: skip

    def earlier(self, told: dict[str, Any], category: str) -> tuple[Decimal, date | None]:
        """Units paid for before, and the last day, of the acts that the rules count."""
        act = ACTS.get(category, "X")
        if act not in ("D01", "D02"):
            return Decimal(0), None
        return self.acts.get((told["person"], act), (Decimal(0), None))

    def by_hand(self, decision: Decision, told: dict[str, Any], rests_on: RestsOn) -> Decision:
        """A person takes away, or grants what a ceiling took."""
        for line in decision.lines:
            less = min(told["less"], line.payable_minor)
            if less:
                return reduced_by_review(
                    decision, line.line_key, amount_minor=less, reason="avis",
                    borne_by=BorneBy.PROVIDER, rests_on=rests_on,
                )  # fmt: skip
            above = sum(
                each.amount_minor for each in line.reductions if each.code in AMOUNT_CEILINGS
            )
            if more := min(told["more"], above):
                return with_ceiling_exception(
                    decision, line.line_key, amount_minor=more, reason="exception",
                    rests_on=rests_on,
                )  # fmt: skip
        return decision


def kept(story: list[dict[str, Any]], product: Product = PRODUCT) -> list[PastClaim]:
    desk = Desk(product)
    for told in story:
        desk.decide(told)
    return desk.kept


def replayed(claims: list[PastClaim], product: Product = PRODUCT) -> list[Outcome]:
    return list(replay_household(claims, lambda _on: product))


@pytest.mark.requirement("R049", begun=True)
@settings(max_examples=100, deadline=None)
@given(stories())
def test_under_the_same_rules_nothing_changes(story: list[dict[str, Any]]) -> None:
    claims = kept(story)
    outcomes = replayed(claims)
    assert [each.key for each in outcomes] == [claim.key for claim in claims]
    for outcome in outcomes:
        assert outcome.before == outcome.after
        assert outcome.codes_before == outcome.codes_after
        assert not outcome.is_changed


@settings(max_examples=60, deadline=None)
@given(stories(), st.integers(0, 12))
def test_what_came_before_the_period_counts_with_what_was_decided(
    story: list[dict[str, Any]], cut: int
) -> None:
    desk = Desk(PRODUCT)
    for told in story:
        desk.decide(told)
    marked = [
        replace(claim, is_before=True, decision=_decision_of(desk, claim))
        if claim.key < cut
        else claim
        for claim in desk.kept
    ]
    outcomes = replayed(marked)
    assert len(outcomes) == len([claim for claim in marked if not claim.is_before])
    assert not any(each.is_changed for each in outcomes)


def _decision_of(desk: Desk, claim: PastClaim) -> Decision:
    name = claim.facts.episode or claim.document
    same = [each for each in desk.kept if (each.facts.episode or each.document) == name]
    return desk.of_episode[name][same.index(claim)]


@settings(max_examples=60, deadline=None)
@given(stories())
def test_a_lower_share_never_costs_the_family_more(story: list[dict[str, Any]]) -> None:
    """Without ceilings and limits, which what is paid more exhausts sooner."""
    bare = replace(
        PRODUCT, limits=(), deductibles=(), ceiling_minor_per_person_per_year=None,
        benefits=tuple(replace(each, ceiling_minor_per_case=None) for each in PRODUCT.benefits),
        variants=(), version="bare",
    )  # fmt: skip
    free = replace(
        bare, benefits=tuple(replace(each, copayment_rate=Decimal(0)) for each in bare.benefits),
        version="free",
    )  # fmt: skip
    claims = [replace(claim, by_hand=()) for claim in kept(story, bare)]
    effect = Effect()
    for outcome in replayed(claims, bare):
        effect.add(outcome)
    after = Effect()
    for outcome in replayed(claims, free):
        after.add(outcome)
    assert after.total.paid_after_minor >= effect.total.paid_after_minor
    assert after.total.member_after_minor <= effect.total.member_after_minor


def one(category: str, claimed: int, number: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "number": number, "person": "kofi", "lines": [(category, claimed, 1, False)],
        "sector": Sector.PUBLIC, "level": None, "visit": Visit.PLANNED, "third_party": True,
        "stay": None, "follows": None, "less": 0, "more": 0, **more,
    }  # fmt: skip


def tried(**values: Any) -> Product:
    document = with_values(FULL.document, values, on=ON, source="essai")
    return parse_product(document).on(ON)


def test_a_ceiling_is_used_by_what_the_new_rules_pay_not_by_what_was_paid() -> None:
    """Three consultations of 10 000 at 25 %: 7 500 each. With a yearly ceiling of 12 000 under
    other rules: 7 500, then 4 500, then nothing. The facts of the time knew of no ceiling."""
    claims = kept([one("consultation", 10_000, number) for number in range(3)])
    product = tried(
        **{"benefits.consultation.ceiling_minor_per_person_per_year": 12_000,
           "limits.episode.amount_minor": None}
    )  # fmt: skip
    outcomes = replayed(claims, product)
    assert [each.after["consultation"][0] for each in outcomes] == [7_500, 4_500, 0]
    assert [each.after["consultation"][1] for each in outcomes] == [2_500, 5_500, 10_000]


def test_a_waiting_period_is_judged_anew_from_its_first_day() -> None:
    """Covered since 1 June 2024, care on 1 January 2025: a wait of nine months is not over."""
    claims = kept([one("consultation", 4_000)])
    product = tried(**{"benefits.consultation.waiting_period_months": 9})
    (outcome,) = replayed(claims, product)
    assert outcome.codes_after == {"WAITING_PERIOD"}
    assert outcome.after["consultation"] == (0, 4_000)
    unknown = replace(claims[0], cover=replace(claims[0].cover, waits_from=None))
    (outcome,) = replayed([unknown], product)
    assert outcome.waits_unknown
    assert outcome.after == outcome.before


def test_an_agreement_that_nobody_had_to_ask_is_supposed_given() -> None:
    claims = kept([one("surgery", 50_000, visit=Visit.REFERRAL)])
    product = tried(**{"benefits.surgery.requires_pre_authorisation": True})
    (outcome,) = replayed(claims, product)
    assert not outcome.is_changed
    refused = kept([one("hospital", 50_000)])  # the rules of the time asked for one
    assert refused[0].codes == {"PRE_AUTHORISATION_MISSING"}
    (outcome,) = replayed(refused, product)
    assert outcome.codes_after == {"PRE_AUTHORISATION_MISSING"}


def test_units_are_counted_among_the_claims_where_nobody_counted_them() -> None:
    claims = kept([one("optics", 1_000, 0), one("dental", 4_000, 1), one("dental", 4_000, 2)])
    product = tried(**{"items.extraction.max_quantity": 1, "deductibles.annuelle.amount_minor": 0})
    outcomes = replayed(claims, product)
    assert outcomes[1].after["dental"][0] > 0
    assert outcomes[2].codes_after == {"QUANTITY_OVER_LIMIT"}


def _uncounted(facts: ClaimFacts) -> ClaimFacts:
    lines = (replace(each, used_quantity=Decimal(0), last_care_on=None) for each in facts.lines)
    return replace(facts, lines=tuple(lines))


def test_days_between_acts_count_in_both_directions_whatever_the_order_of_the_decisions() -> None:
    """Care 100, 20 and 40 days after the first, decided in this order; 30 days must pass."""
    claims = kept([one("dental", 4_000, number) for number in (5, 1, 2)])
    claims = [replace(each, facts=_uncounted(each.facts)) for each in claims]
    rules = {"items.extraction.max_quantity": UNSAID, "deductibles.annuelle.amount_minor": 0}
    outcomes = replayed(claims, tried(**rules, **{"items.extraction.minimum_days_between": 30}))
    assert [each.after["dental"][0] > 0 for each in outcomes] == [True, True, False]
    assert outcomes[2].codes_after == {"TOO_FREQUENT"}


def test_the_records_complete_what_a_decision_did_not_keep() -> None:
    desk = Desk(PRODUCT)
    desk.decide(one("medicines", 4_000))
    written = desk.kept[0]
    bare = replace(
        written.facts,
        lines=tuple(
            replace(line, item_system="", item_kind="", item_risk="")
            for line in written.facts.lines
        ),
    )
    decision = _decision_of(desk, written)
    context = Context(PRODUCT, written.patient, written.cover)
    again = past_claim(
        key=0, document="S-0", household=1, person="kofi", year_from=ON,
        context=facts_to_json(bare, context), outcome=decision.to_json(),
        known=Known(items=(("demo", "drug", "chronic"),), lists=("chronic",), household_size=7),
    )  # fmt: skip
    assert again.facts.lines[0].item_system == "demo"
    assert again.facts.lines[0].item_risk == "chronic"
    assert again.patient.lists == ("chronic",)
    assert again.cover.household_size == 7


@given(stories(), stories())
@settings(max_examples=30, deadline=None)
def test_the_effect_on_two_households_is_the_sum_of_both(
    first: list[dict[str, Any]], second: list[dict[str, Any]]
) -> None:
    product = tried(**{"benefits.consultation.copayment_rate": "0.60",
                       "ceiling_minor_per_person_per_year": UNSAID})  # fmt: skip
    parts = [
        replayed([replace(claim, household=key) for claim in kept(story)], product)
        for key, story in enumerate((first, second))
    ]
    whole, joined = Effect(), Effect()
    for outcomes in parts:
        part = Effect()
        for outcome in outcomes:
            whole.add(outcome)
            part.add(outcome)
        joined.join(part)
    assert whole == joined
    assert whole.total.claims_count == len(first) + len(second)
    assert sum(whole.households.values()) == (
        whole.total.paid_after_minor - whole.total.paid_before_minor
    )
    told = whole.to_json()
    for cut in ("by_sector", "by_category"):
        paid = sum(part["paid_after_minor"] for part in told[cut].values())
        assert paid == told["total"]["paid_after_minor"]
