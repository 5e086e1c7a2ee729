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
from entraide.apps.settlement.batch_terms import batch_terms
from entraide.apps.settlement.hands import hands_on, signatories_left, without_signatory
from entraide.apps.settlement.holdings import holding
from entraide.apps.settlement.payees import usual_channels
from entraide.apps.settlement.recoveries import outstanding_of
from entraide.apps.settlement.selectors import claims_to_settle
from entraide.core.settlement_channels import fits
from entraide.web.claims.invoice_ways import may_open_invoices
from entraide.web.office import OfficeRequest
from entraide.web.settlements.forms import BatchForm
from entraide.web.settlements.payees import Payee, by_payee, channel_tabs, usual_channel


@dataclass(frozen=True, slots=True)
class BatchChoice:
    """The claims that wait for one channel, what is ticked of them and from where it may go."""

    channel: str
    channels: Mapping[int, str]  # of every claim that waits, by its key
    claims: Sequence[Claim]  # those of an open invoice that does not add up stand in ``held``
    offered: Sequence[str]  # all that may be ticked, those of ``held`` too
    held: Sequence[HeldInvoice]
    ticked: Sequence[str]
    accounts: Mapping[str, Account]
    payees: Sequence[Payee]
    chosen: Sequence[Payee]
    unsigned: frozenset[int] = frozenset()  # claims whose payment nobody could authorise
    signatories: Sequence[User] = ()  # who may authorise what is ticked

    @property
    def total_minor(self) -> int:
        """The money that leaves with what is ticked, less what is kept back."""
        return sum(each.total_minor for each in self.chosen)

    def context(self, request: OfficeRequest, form: BatchForm) -> dict[str, Any]:
        """What the page shows."""
        told = {
            uid: holding(request.mutual, account, self.total_minor, request.day)
            for uid, account in self.accounts.items()
        }
        picked = str(form["account"].value() or "")
        return {
            "channel": self.channel,
            "channels": channel_tabs(self.channels.values(), self.channel),
            "payees": self.payees,
            "held": self.held,
            "may_open_invoices": may_open_invoices(request),
            "kept_minor": sum(each.kept_minor for each in self.payees),
            "ticked": set(self.ticked),
            "ticked_count": sum(len(each.claims) for each in self.chosen),
            "accounts": list(zip(form["account"], told.values(), strict=True)),
            "holding": told.get(picked),
            "waiting_minor": sum(each.total_minor for each in self.payees),
            "total_minor": self.total_minor,
            "claim_count": len(self.claims),
            "unsigned": self.unsigned,
            "unsigned_claims": [each for each in self.claims if each.pk in self.unsigned],
            "signatories": self.signatories,
        }


def batch_choice(request: OfficeRequest) -> BatchChoice:
    """What waits for the channel asked for (else the one that most wait for)."""
    mutual = request.mutual
    waiting = list(claims_to_settle(mutual))
    ways = usual_channels(mutual, waiting)
    asked = request.POST.get("channel") or request.GET.get("channel", "")
    channel = usual_channel(ways.values(), asked)
    offered = [each for each in waiting if ways[each.pk] == channel]
    held = held_invoices(mutual, offered)
    claims = [each for each in offered if each.pk not in held_ids(held)]
    unsigned = without_signatory(mutual, claims, request.user, request.day)
    usual = [str(each.uid) for each in claims if each.pk not in unsigned]
    ticked = request.POST.getlist("claims") if request.method == "POST" else usual
    chosen = [each for each in offered if str(each.uid) in set(ticked)]
    accounts = {
        str(each.uid): each for each in treasury_accounts(mutual) if fits(channel, each.role)
    }
    hands = {request.user.pk, *(pk for own in hands_on(chosen).values() for pk in own)}
    return BatchChoice(
        channel, ways, claims, [str(each.uid) for each in offered], held, ticked, accounts,
        _payees(request, claims, ways), _payees(request, chosen, ways), unsigned,
        signatories_left(mutual, hands, request.day),
    )  # fmt: skip


def _payees(
    request: OfficeRequest, claims: Sequence[Claim], ways: Mapping[int, str]
) -> list[Payee]:
    owed = outstanding_of(request.mutual, claims)
    return by_payee(claims, ways, owed, batch_terms(request.mutual, claims, ways, request.day))
