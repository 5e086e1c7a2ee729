"""What a batch may be made of: the claims of one means of payment, the accounts that fit it, the
total of what is ticked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from entraide.apps.access.models import User
from entraide.apps.claims.held import HeldInvoice, held_ids, held_invoices
from entraide.apps.claims.models import Claim
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.selectors import treasury_accounts
from entraide.apps.settlement.batch_terms import awards_alone, batch_terms
from entraide.apps.settlement.hands import hands_on, signatories_left, without_signatory
from entraide.apps.settlement.holdings import promised_minor, room
from entraide.apps.settlement.models import IncentiveAward, Payout
from entraide.apps.settlement.payees import provider_channels, usual_channels
from entraide.apps.settlement.recoveries import outstanding_of
from entraide.apps.settlement.returned_accounts import marked_awards, marked_claims
from entraide.apps.settlement.selectors import claims_to_settle
from entraide.core.settlement_channels import fits
from entraide.web.claims.invoice_ways import may_open_invoices
from entraide.web.office import OfficeRequest
from entraide.web.settlements.forms import BatchForm
from entraide.web.settlements.marked import shown_marks
from entraide.web.settlements.payees import Payee, by_payee, channel_tabs, sums_of, usual_channel


@dataclass(frozen=True, slots=True)
class BatchChoice:
    """The claims that wait for one channel, what is ticked of them and from where it may go."""

    channel: str
    means: Sequence[str]  # the channel of every claim and award that waits
    claims: Sequence[Claim]  # those of an open invoice that does not add up stand in ``held``
    offered: Sequence[str]  # all that may be ticked, those of ``held`` too
    held: Sequence[HeldInvoice]
    ticked: Sequence[str]
    accounts: Mapping[str, Account]
    payees: Sequence[Payee]
    chosen: Sequence[Payee]
    awards: Sequence[IncentiveAward] = ()  # of providers without a claim here
    awarded: Sequence[str] = ()  # what is ticked of them
    unsigned: frozenset[int] = frozenset()  # claims whose payment nobody could authorise
    signatories: Sequence[User] = ()  # who may authorise what is ticked
    marked: Sequence[Payout] = ()  # the transfers that came back from accounts of payees
    marked_count: int = 0  # claims and awards that would go there

    @property
    def total_minor(self) -> int:
        """The money that leaves with what is ticked, less what is kept back."""
        return sum(each.total_minor for each in self.chosen)

    def context(self, request: OfficeRequest, form: BatchForm) -> dict[str, Any]:
        """What the page shows."""
        told = {
            uid: room(
                request.mutual,
                account,
                self.total_minor,
                request.day,
                promised_minor(request.mutual, account),
            )
            for uid, account in self.accounts.items()
        }
        chosen = {each.key: each for each in self.chosen}
        picked = str(form["account"].value() or "")
        return {
            "channel": self.channel,
            "channels": channel_tabs(self.means, self.channel),
            "payees": self.payees,
            "rows": [(each, chosen.get(each.key)) for each in self.payees],
            "held": self.held,
            "may_open_invoices": may_open_invoices(request),
            "ticked": set(self.ticked),
            "ticked_count": sum(len(each.claims) for each in self.chosen),
            "accounts": list(zip(form["account"], told.values(), strict=True)),
            "holding": told.get(picked),
            "waiting": sums_of(self.payees),
            "sums": sums_of(self.chosen),
            "total_minor": self.total_minor,
            "claim_count": len(self.claims),
            "award_count": len(self.awards),
            "awarded": set(self.awarded),
            "unsigned": self.unsigned,
            "unsigned_claims": [each for each in self.claims if each.pk in self.unsigned],
            "signatories": self.signatories,
            "marks": shown_marks(request, self.marked),
            "marked_count": self.marked_count,
        }


def batch_choice(request: OfficeRequest) -> BatchChoice:
    """What waits for the channel asked for (else the one that most wait for)."""
    mutual = request.mutual
    waiting = list(claims_to_settle(mutual))
    ways = usual_channels(mutual, waiting)
    alone = awards_alone(mutual, ())
    reached = provider_channels(mutual, {each.provider_id for each in alone})
    means = [*ways.values(), *(reached[each.provider_id] for each in alone)]
    asked = request.POST.get("channel") or request.GET.get("channel", "")
    channel = usual_channel(means, asked)
    offered = [each for each in waiting if ways[each.pk] == channel]
    held = held_invoices(mutual, offered)
    claims = [each for each in offered if each.pk not in held_ids(held)]
    # What goes with no claim here: no claim of the provider waits, or an invoice holds it back.
    awards = [
        each for each in awards_alone(mutual, claims) if reached[each.provider_id] == channel
    ]  # fmt: skip
    unsigned = without_signatory(mutual, claims, request.user, request.day)
    marked = marked_claims(mutual, offered, ways)
    dead = marked_awards(mutual, awards, reached)
    barred = unsigned | marked.keys()
    is_posted = request.method == "POST"
    usual = [str(each.uid) for each in claims if each.pk not in barred]
    ticked = request.POST.getlist("claims") if is_posted else usual
    bonuses = [str(each.uid) for each in awards if each.pk not in dead]
    awarded = request.POST.getlist("awards") if is_posted else bonuses
    chosen = [each for each in offered if str(each.uid) in set(ticked)]
    accounts = {
        str(each.uid): each for each in treasury_accounts(mutual) if fits(channel, each.role)
    }
    hands = {request.user.pk, *(pk for own in hands_on(chosen).values() for pk in own)}
    return BatchChoice(
        channel, means, claims, [str(each.uid) for each in offered], held, ticked, accounts,
        _payees(request, claims, ways, awards, reached),
        _payees(
            request, chosen, ways, [e for e in awards if str(e.uid) in set(awarded)], reached
        ),
        awards, awarded, unsigned, signatories_left(mutual, hands, request.day),
        [*marked.values(), *dead.values()], len(marked) + len(dead),
    )  # fmt: skip


def _payees(
    request: OfficeRequest,
    claims: Sequence[Claim],
    ways: Mapping[int, str],
    awards: Sequence[IncentiveAward],
    reached: Mapping[int, str],
) -> list[Payee]:
    owed = outstanding_of(request.mutual, claims, [each.provider_id for each in awards])
    terms = batch_terms(
        request.mutual, claims, ways, request.day, alone=awards, reached=reached
    )  # fmt: skip
    return by_payee(claims, ways, owed, terms)
