"""Every channel ends in one ledger; a mobile-money transaction counts once, wherever it comes."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.banking.models import MatchState, StatementLine
from entraide.apps.banking.selectors import lines, matches
from entraide.apps.contributions.lump_sums import FamilyShare, receive_lump_sum, share_lump_sum
from entraide.apps.contributions.models import Channel, ContributionPayment, SumOrigin
from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.selectors import account_balance, account_for
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from tests.apps.banking.statements import a_bank_account, an_import
from tests.builders import a_key, a_payment
from tests.people import People
from tests.web.conftest import Browser
from tests.web.contributions.test_cash_pages import TODAY, plain
from tests.web.households.conftest import Address

STATEMENT = (
    "ID;Jour;Opération;Nom;Sortie;Entrée;Solde\n"
    "77001;02-06-2025;Réception;AFI KOFFI;;3 000;3 000\n"
    "77002;02-06-2025;Réception;KOSSI MENSAH;;1 500;4 500\n"
)


@pytest.mark.requirement("R042")
def test_five_channels_post_to_one_ledger_and_a_transaction_counts_once(
    household: Household, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    for channel, role, amount, number in (
        (Channel.CASH, AccountRole.CASH, 1_000, ""),
        (Channel.BANK, AccountRole.BANK, 2_000, ""),
        (Channel.LENDER, AccountRole.MICROFINANCE, 2_500, "PRET-9"),
        (Channel.MOBILE_MONEY, AccountRole.MOBILE_MONEY, 3_000, "77001"),
    ):
        a_payment(household, people.awa, amount, channel=channel, role=role,
                  external_reference=number, paid_on=date(2025, 6, 1))  # fmt: skip
    common = {"mutual": scoped, "on": TODAY}
    lump = receive_lump_sum(
        **common, actor=people.cashier, idempotency_key=a_key(), origin=SumOrigin.COLLECTIVE_FIELD,
        payer_name="Village Bè", amount_minor=800, paid_on=TODAY,
        treasury_account=account_for(scoped, AccountRole.CASH),
    )  # fmt: skip
    share_lump_sum(
        **common, actor=people.cashier, idempotency_key=a_key(), lump_sum=lump,
        shares=[FamilyShare(household, 800)],
    )  # fmt: skip
    assert {
        role: account_balance(scoped, role)
        for role in (
            AccountRole.CASH, AccountRole.BANK, AccountRole.MICROFINANCE, AccountRole.MOBILE_MONEY,
        )
    } == {
        AccountRole.CASH: 1_800, AccountRole.BANK: 2_000, AccountRole.MICROFINANCE: 2_500,
        AccountRole.MOBILE_MONEY: 3_000,
    }  # fmt: skip
    assert account_balance(scoped, AccountRole.MEMBERS_RECEIVABLE) == 13_000 - 9_300
    channels = set(ContributionPayment.objects.values_list("channel", flat=True))
    assert channels == {"cash", "bank", "lender", "mobile_money", "group"}
    # The same transaction twice at the desk is refused in plain words.
    url = address("payment-new", uid=household.uid)
    wallet_account = account_for(scoped, AccountRole.MOBILE_MONEY)
    again = {
        "idempotency_key": a_key(), "payer": "household", "amount": "500", "paid_on": "16/06/2025",
        "treasury": str(wallet_account.uid), "external_reference": "77001",
    }  # fmt: skip
    refused = signed_in(people.awa).post(url, again)
    assert refused.status_code == 422
    assert "77001" in plain(refused.content)
    with pytest.raises(Refusal, match="EXTERNAL_REFERENCE_USED"):
        a_payment(household, people.awa, 500, channel=Channel.MOBILE_MONEY,
                  role=AccountRole.MOBILE_MONEY, external_reference="77001")  # fmt: skip
    # The operator's statement: its transaction leads to the receipt, and it comes in once.
    wallet = a_bank_account(
        scoped, people.moussa, role=AccountRole.MOBILE_MONEY, name="Flooz", identifier="",
        csv_profile="tg_mobile_money",
    )  # fmt: skip
    an_import(wallet, people.moussa, STATEMENT.encode())
    (match,) = matches(wallet)
    assert (match.state, match.pass_name) == (MatchState.AUTOMATIC, "reference")
    assert match.matched_lines.get().line.reference == "77001"
    longer = STATEMENT + "77003;03-06-2025;Réception;AFI KOFFI;;900;5 400\n"
    an_import(wallet, people.moussa, longer.encode())
    assert [line.reference for line in lines(wallet)] == ["77001", "77002", "77003"]
    assert StatementLine.objects.count() == 3
    assert not verify(scoped).findings
    assert ContributionPayment.objects.filter(paid_on__lte=date(2025, 6, 16)).count() == 5
