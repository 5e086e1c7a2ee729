"""Claims, decisions, batches and payouts in memory, written together at the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from entraide.apps.access.models import User
from entraide.apps.access.prepared_writes import write_many
from entraide.apps.access.services import system_user
from entraide.apps.claims.approval import approval_entry, approve_claim, approve_decided_claims
from entraide.apps.claims.around import ORDINARY, Around
from entraide.apps.claims.counters import CounterKey, Scope, scopes_of, used_amounts
from entraide.apps.claims.desk import (
    ClaimOnDesk,
    claim_row,
    decision_row,
    line_rows,
)
from entraide.apps.claims.gathering import counter_key, nothing_promised, paper_warnings
from entraide.apps.claims.habits import NO_HABITS
from entraide.apps.claims.models import (
    Claim,
    ClaimLine,
    ClaimState,
    Decision,
    MedicalDetail,
    UseCounter,
)
from entraide.apps.claims.papers import ClaimPaper
from entraide.apps.claims.review import review_claim
from entraide.apps.claims.services import CLAIM_PREFIX, submit_claim
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.providers.models import Provider, Tariff
from entraide.apps.settlement.drafts import payout_drafts, payout_row
from entraide.apps.settlement.models import (
    BatchState,
    Payout,
    PayoutClaim,
    PayoutDestination,
    SettlementBatch,
)
from entraide.apps.settlement.payees import telephone_destination
from entraide.apps.settlement.payout_postings import payout_entry
from entraide.apps.settlement.services import (
    BATCH_PREFIX,
    authorise_batch,
    prepare_batch,
    record_payout,
)
from entraide.core.adjudication.facts import NOTHING_USED
from entraide.core.adjudication.running_use import Consumption
from entraide.core.errors import Finding
from entraide.demo import acts, contents
from entraide.demo.bulk_members import BulkMembers
from entraide.demo.planner import is_fetched_late, where_paid

OPENING_HOUR = time(7, 30, tzinfo=UTC)
OFFICE_MINUTES = 9 * 60


def at_the_desk(day: date, rank: int) -> datetime:
    """An instant of a working day: what the services would have stamped had they run that day."""
    return datetime.combine(day, OPENING_HOUR) + timedelta(minutes=rank * 7 % OFFICE_MINUTES)


class BulkClaims:
    """Claims and settlement of one mutual."""

    def __init__(self, members: BulkMembers) -> None:
        self.members, self.books, self.world = members, members.books, members.world
        self._system: User = system_user()
        self._claims: list[Claim] = []
        self._open: list[Claim] = []  # neither refused nor in a batch
        self._lines: list[ClaimLine] = []
        self._decisions: list[Decision] = []
        self._first_decision: dict[str, Decision] = {}
        self._details: list[MedicalDetail] = []
        self._counters: dict[tuple[int, date], dict[Scope, UseCounter]] = defaultdict(dict)
        self._same_day: dict[tuple[int, date], list[tuple[int, Claim]]] = defaultdict(list)
        self._batches: dict[str, tuple[SettlementBatch, list[Payout]]] = {}
        self._claims_of: dict[str, list[PayoutClaim]] = {}  # payout number → what it pays
        self._providers: Mapping[int, Provider] = {
            provider.pk: provider for provider in self.world.providers.values()
        }
        self._households: dict[int, Household] = {}
        self._prices = self._all_prices()

    def _all_prices(self) -> dict[int, dict[int, list[tuple[date, int]]]]:
        """Tariff list → care item → prices by the day on which they begin."""
        prices: dict[int, dict[int, list[tuple[date, int]]]] = defaultdict(dict)
        lists = {agreement.tariff_list_id for agreement in self.world.agreements.values()}
        for tariff in Tariff.objects.filter(tariff_list_id__in=lists).order_by("effective_from"):
            known = prices[tariff.tariff_list_id].setdefault(tariff.care_item_id, [])
            known.append((tariff.effective_from, tariff.unit_price_minor))
        return prices

    def _unit_prices(self, tariff_list_id: int | None, items: set[int], on: date) -> dict[int, int]:
        known = self._prices.get(tariff_list_id or 0, {})
        found = {}
        for item in items:
            in_force = [price for since, price in known.get(item, ()) if since <= on]
            if in_force:
                found[item] = in_force[-1]
        return found

    @property
    def claim_count(self) -> int:
        """How many claims have been asked."""
        return len(self._claims)

    # --- a claim ---------------------------------------------------------------------------------

    def ask(self, act: acts.AskClaim) -> None:
        """A claim is entered and decided by the rules."""
        person = self.members.person(act.household, act.rank)
        content = contents.claim(act, self.world, person)
        desk, key = self._on_desk(act, person, content)
        decision, context = desk.decide()
        claim = claim_row(
            desk,
            decision,
            document_number=self.books.number(CLAIM_PREFIX, act.day.year),
            entered_by=self.books.actor(act),
            attestation_number=act.attestation,
            invoice_number=act.invoice,
            channel=act.channel,
            recorded_at=at_the_desk(act.day, len(self._claims)),
        )
        claim.household = self.members.families[act.household].row
        self._households[claim.household.pk] = claim.household
        first = decision_row(
            claim,
            decision,
            context=context,
            number=1,
            made_by=self._system,
            made_on=act.day,
            product_version_id=desk.standing.product_version.pk
            if desk.standing.product_version
            else None,
        )
        first.recorded_at = claim.recorded_at
        self._keep(claim, line_rows(claim, desk, decision), first)
        if key is not None:
            self._consume(key, Consumption.of(decision))
        if act.diagnosis:
            self._details.append(
                MedicalDetail(
                    mutual=self.world.mutual,
                    claim=claim,
                    diagnosis=self.world.diagnoses[act.diagnosis],
                )
            )
        self.books.log(submit_claim, act, content, claim)

    def _on_desk(
        self, act: acts.AskClaim, person: Person, content: dict[str, Any]
    ) -> tuple[ClaimOnDesk, CounterKey | None]:
        standing = self.members.standing(act.household, person, act.care_on)
        agreement = self.world.agreements[act.provider]
        items = {line.care_item.pk for line in content["lines"]}
        key = counter_key(person, standing, act.care_on)
        used = NOTHING_USED
        if key is not None:
            used = used_amounts(self._counters[key.household_id, key.year_from], person.pk)
        here: dict[int, str] = {}
        elsewhere: dict[int, str] = {}
        for item, claim in self._same_day.get((person.pk, act.care_on), ()):
            if item in items and claim.state not in (ClaimState.REVERSED, ClaimState.REFUSED):
                is_here = claim.provider_id == content["provider"].pk
                (here if is_here else elsewhere)[item] = claim.document_number
        desk = ClaimOnDesk(
            person=person,
            provider=content["provider"],
            circuit=content["circuit"],
            care_on=act.care_on,
            received_on=act.received_on,
            lines=content["lines"],
            standing=standing,
            agreement=agreement,
            unit_prices_minor=self._unit_prices(agreement.tariff_list_id, items, act.care_on),
            used=used,
            duplicates=here,
            product=standing.product or nothing_promised(self.world.mutual.currency),
            around=Around(circumstances=content.get("circumstances", ORDINARY)),
            warnings=self._warnings(person, content, elsewhere),
        )
        return desk, key

    def _warnings(
        self, person: Person, content: dict[str, Any], elsewhere: dict[int, str]
    ) -> tuple[Finding, ...]:
        """Nobody has measured what is usual yet, nor registered a booklet of attestations."""
        paper = ClaimPaper(
            person, content["provider"], content["circuit"], content["care_on"],
            content["received_on"], content["lines"],
        )  # fmt: skip
        return paper_warnings(paper, NO_HABITS, elsewhere, self.world.mutual.currency, None, {})

    def _keep(self, claim: Claim, lines: list[ClaimLine], decision: Decision) -> None:
        self._claims.append(claim)
        if claim.state != ClaimState.REFUSED:
            self._open.append(claim)
        self._lines += lines
        self._decisions.append(decision)
        if claim.state == ClaimState.IN_REVIEW:
            self._first_decision[claim.document_number] = decision
        self._same_day[claim.person_id, claim.care_on] += [
            (line.care_item_id, claim) for line in lines
        ]

    def _consume(self, key: CounterKey, used: Consumption) -> None:
        counters = self._counters[key.household_id, key.year_from]
        for (person_id, category), (amount, cases) in scopes_of(key.person_id, used).items():
            row = counters.get((person_id, category))
            if row is None:
                row = counters[person_id, category] = UseCounter(
                    mutual_id=key.mutual_id,
                    household_id=key.household_id,
                    person_id=person_id,
                    category_code=category,
                    year_from=key.year_from,
                )
            row.amount_minor += amount
            row.case_count += cases

    # --- review and approval ---------------------------------------------------------------------

    def review(self, act: acts.Review) -> None:
        """The medical adviser confirms what waits: a second decision equal to the first."""
        waiting = [
            claim
            for claim in self._open
            if claim.state == ClaimState.IN_REVIEW and claim.received_on < act.received_before
        ]
        for rank, claim in enumerate(waiting, start=1):
            first = self._first_decision.pop(claim.document_number)
            self._decisions.append(
                Decision(
                    mutual_id=claim.mutual_id,
                    claim=claim,
                    number=2,
                    made_by=self.books.actor(act),
                    made_on=act.day,
                    product_version_id=first.product_version_id,
                    context=first.context,
                    outcome=first.outcome,
                    claimed_minor=first.claimed_minor,
                    payable_minor=first.payable_minor,
                    reason=contents.REVIEW_REASON,
                    recorded_at=at_the_desk(act.day, rank),
                )
            )
            claim.decision_number = 2
            claim.state = ClaimState.DECIDED if claim.payable_minor > 0 else ClaimState.REFUSED
            content = {"claim": claim, "reason": contents.REVIEW_REASON}
            self.books.log(review_claim, act, content, claim, suffix=f"-{rank}")
        self._open = [claim for claim in self._open if claim.state != ClaimState.REFUSED]

    def approve(self, act: acts.Approve) -> None:
        """What the rules decided by one run, what a person reviewed one by one."""
        decided = [claim for claim in self._open if claim.state == ClaimState.DECIDED]
        by_rules = [claim for claim in decided if claim.decision_number == 1]
        for claim in by_rules:
            self._approve(claim, act, approver=self._system)
        if by_rules:
            self.books.log(approve_decided_claims, act, {}, by_rules[-1])
        reviewed = [claim for claim in decided if claim.decision_number > 1]
        coordinator = self.books.actor(act, "coordinator")
        for rank, claim in enumerate(reviewed, start=1):
            self._approve(claim, act, approver=coordinator, by="coordinator")
            self.books.log(
                approve_claim, act, {"claim": claim}, claim, suffix=f"-{rank}", by="coordinator"
            )

    def _approve(self, claim: Claim, act: acts.Act, *, approver: User, by: str = "") -> None:
        self.books.post(approval_entry(claim), act, by=by, bearer=claim)
        claim.state = ClaimState.APPROVED
        claim.approved_by, claim.approved_at = approver, at_the_desk(act.day, OFFICE_MINUTES // 8)

    # --- settlement ------------------------------------------------------------------------------

    def batch(self, act: acts.MakeBatch) -> None:
        """Approved claims are put together, one payout per payee."""
        chosen = [claim for claim in self._open if claim.state == ClaimState.APPROVED]
        if not chosen:
            return
        batch = SettlementBatch(
            mutual=self.world.mutual,
            document_number=self.books.number(BATCH_PREFIX, act.day.year),
            state=BatchState.PREPARED,
            treasury_account=self.world.main,
            total_minor=sum(claim.payable_minor for claim in chosen),
            prepared_on=act.day,
            prepared_by=self.books.actor(act),
        )
        by_number = {claim.document_number: claim for claim in chosen}
        payouts = []
        for rank, (group, draft) in enumerate(payout_drafts(chosen), start=1):
            payout = payout_row(batch, group, draft, rank)
            if payout.provider_id is not None:
                payout.provider = self._providers[payout.provider_id]
            if payout.household_id is not None:
                payout.household = self._households[payout.household_id]
            payouts.append(payout)
            self._claims_of[payout.document_number] = [
                PayoutClaim(
                    mutual=self.world.mutual,
                    payout=payout,
                    claim=by_number[item.claim_key],
                    amount_minor=item.amount_minor,
                )
                for item in draft.items
            ]
        for claim in chosen:
            claim.state = ClaimState.IN_BATCH
        self._open = [claim for claim in self._open if claim.state != ClaimState.IN_BATCH]
        self._batches[act.key] = (batch, payouts)
        self.books.log(prepare_batch, act, {"treasury_account": self.world.main}, batch)

    def authorise(self, act: acts.Authorise) -> None:
        """The director signs."""
        if act.batch in self._batches:
            batch, _ = self._batches[act.batch]
            batch.state = BatchState.AUTHORISED
            batch.authorised_on, batch.authorised_by = act.day, self.books.actor(act)
            self.books.log(authorise_batch, act, {"batch": batch}, batch)

    def pay_batch(self, act: acts.PayBatch) -> None:
        """The payouts that are made at this time."""
        if act.batch not in self._batches:
            return
        batch, payouts = self._batches[act.batch]
        for payout in payouts:
            if payout.paid_on is None and (
                act.fetched_late or not is_fetched_late(payout.document_number)
            ):
                self._pay_out(payout, act)
        if all(payout.paid_on is not None for payout in payouts):
            batch.state = BatchState.PAID

    def _pay_out(self, payout: Payout, act: acts.PayBatch) -> None:
        label = payout.provider.name if payout.provider else payout.household.number
        entry = payout_entry(payout, self.world.main, act.day, label)
        self.books.post(entry, act, bearer=payout)
        payout.paid_on, payout.paid_by = act.day, self.books.actor(act)
        payout.place, payout.minutes = where_paid(
            payout.document_number, payout.channel, is_family=payout.household_id is not None
        )
        for paid in self._claims_of[payout.document_number]:
            paid.claim.state, paid.claim.paid_on = ClaimState.PAID, act.day
        number = payout.document_number.rsplit("-", 1)[1]
        content = {
            "payout": payout, "paid_on": act.day, "place": payout.place, "minutes": payout.minutes,
        }  # fmt: skip
        self.books.log(record_payout, act, content, payout, suffix=f"-{number}")

    # --- writing ---------------------------------------------------------------------------------

    def write(self) -> int:
        """Everything, its entries being posted already; the number of claims."""
        write_many(Claim, self._claims)
        write_many(ClaimLine, self._lines)
        write_many(Decision, self._decisions)
        write_many(MedicalDetail, self._details)
        write_many(
            UseCounter, (row for counters in self._counters.values() for row in counters.values())
        )
        write_many(SettlementBatch, (batch for batch, _ in self._batches.values()))
        write_many(Payout, (payout for _, payouts in self._batches.values() for payout in payouts))
        made = (payout for _, payouts in self._batches.values() for payout in payouts)
        gone = (found for each in made if (found := telephone_destination(each)) is not None)
        write_many(PayoutDestination, gone)
        write_many(PayoutClaim, (paid for claims in self._claims_of.values() for paid in claims))
        return len(self._claims)
