"""Transfers to be made by others: a table for any bank, a list for a mobile-money operator, and
ISO 20022 ``pain.001.001.03`` for a bank.

The message follows the Customer Credit Transfer Initiation of 2009, which banks of the five
countries take in; written with the standard library, since the kept Python libraries for it write
SEPA transfers in euros only. Charges are shared (``SHAR``), no scheme is named.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from xml.etree import ElementTree

from entraide.core.errors import Finding, RefusedRows
from entraide.core.money import currency
from entraide.core.phones import first_phone
from entraide.files.flat_csv import amount, csv_file

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}")
_FORBIDDEN = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
_NAME, _REFERENCE, _TEXT = 70, 35, 140  # the longest that the message lets in


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Whose account, where: ``bic`` may be empty, ``number`` is an IBAN or the bank's own."""

    holder_name: str
    institution: str
    number: str
    bic: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment to be made. ``number`` is ours and comes back on statement and return file.

    ``account`` is None when nobody noted one.
    """

    number: str
    payee: str
    amount_minor: int
    account: BankAccount | None = None
    telephone: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What a bank is asked to pay, from which account, on which day."""

    number: str
    debtor: BankAccount
    made_at: datetime
    pay_on: date
    currency: str
    transfers: tuple[Transfer, ...]

    @property
    def total_minor(self) -> int:
        """The sum of the transfers."""
        return sum(each.amount_minor for each in self.transfers)


def iban_of(text: str) -> str:
    """The IBAN without blanks, or empty when a text is none: by form and by its check digits
    (ISO 13616, remainder 1 by 97)."""
    written = "".join(text.split()).upper()
    if not _IBAN.fullmatch(written):
        return ""
    digits = "".join(str(int(sign, 36)) for sign in written[4:] + written[:4])
    return written if int(digits) % 97 == 1 else ""


def plain_text(text: str, most: int) -> str:
    """A text in the letters that every bank lets in (``É`` becomes ``E``), shortened."""
    bare = "".join(
        sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)
    )
    return " ".join(_FORBIDDEN.sub(" ", bare).split())[:most]


def mobile_money_list(heads: Sequence[str], transfers: Iterable[Transfer], code: str) -> bytes:
    """A bulk payment as operators take it: telephone, amount, name, our number, one row each.

    The telephone has its digits only, with the code of the country where it was written. Refused
    with ``TRANSFER_TELEPHONE_MISSING`` for each payment without one: all at once.
    """
    rows, faults = [], []
    for each in transfers:
        telephone = telephone_of(each)
        if not telephone:
            faults.append(_fault("TRANSFER_TELEPHONE_MISSING", each))
            continue
        name = each.account.holder_name if each.account else each.payee
        rows.append((telephone, amount(each.amount_minor, code), name, each.number))
    if faults:
        raise RefusedRows(tuple(faults))
    return csv_file(heads, rows)


def telephone_of(transfer: Transfer) -> str:
    """The digits of the mobile-money account, else of the family's telephone; empty without."""
    text = transfer.account.number if transfer.account else transfer.telephone
    return re.sub(r"\D", "", first_phone(text))


def pain_001(order: Order) -> bytes:
    """The order as XML. Refused, all at once, with ``TRANSFER_ACCOUNT_MISSING`` for each payment
    without account."""
    faults = [
        _fault("TRANSFER_ACCOUNT_MISSING", each) for each in order.transfers if not each.account
    ]
    if faults:
        raise RefusedRows(tuple(faults))
    ElementTree.register_namespace("", NAMESPACE)
    root = ElementTree.Element(_tag("Document"))
    message = _add(root, "CstmrCdtTrfInitn")
    header = _add(message, "GrpHdr")
    _add(header, "MsgId", order.number[:_REFERENCE])
    _add(header, "CreDtTm", order.made_at.replace(microsecond=0, tzinfo=None).isoformat())
    _sums(header, order)
    _add(_add(header, "InitgPty"), "Nm", plain_text(order.debtor.holder_name, _NAME))
    payment = _add(message, "PmtInf")
    _add(payment, "PmtInfId", order.number[:_REFERENCE])
    _add(payment, "PmtMtd", "TRF")
    _sums(payment, order)
    _add(payment, "ReqdExctnDt", order.pay_on.isoformat())
    _add(_add(payment, "Dbtr"), "Nm", plain_text(order.debtor.holder_name, _NAME))
    _account(payment, "DbtrAcct", order.debtor)
    _agent(payment, "DbtrAgt", order.debtor)
    _add(payment, "ChrgBr", "SHAR")
    for each in order.transfers:
        _transfer(payment, each, order.currency)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _transfer(payment: ElementTree.Element, each: Transfer, code: str) -> None:
    assert each.account is not None, "pain_001 asked for accounts first"
    own = _add(payment, "CdtTrfTxInf")
    _add(_add(own, "PmtId"), "EndToEndId", each.number[:_REFERENCE])
    instructed = _add(_add(own, "Amt"), "InstdAmt", _decimal(each.amount_minor, code))
    instructed.set("Ccy", code)
    _agent(own, "CdtrAgt", each.account)
    _add(_add(own, "Cdtr"), "Nm", plain_text(each.account.holder_name, _NAME))
    _account(own, "CdtrAcct", each.account)
    reason = plain_text(each.reason or each.number, _TEXT)
    _add(_add(own, "RmtInf"), "Ustrd", reason)


def _sums(parent: ElementTree.Element, order: Order) -> None:
    _add(parent, "NbOfTxs", str(len(order.transfers)))
    _add(parent, "CtrlSum", _decimal(order.total_minor, order.currency))


def _account(parent: ElementTree.Element, name: str, account: BankAccount) -> None:
    identity = _add(_add(parent, name), "Id")
    if iban := iban_of(account.number):
        _add(identity, "IBAN", iban)
    else:
        _add(_add(identity, "Othr"), "Id", plain_text(account.number, 34))


def _agent(parent: ElementTree.Element, name: str, account: BankAccount) -> None:
    institution = _add(_add(parent, name), "FinInstnId")
    if account.bic:
        _add(institution, "BIC", account.bic)
    else:
        _add(institution, "Nm", plain_text(account.institution, _TEXT))


def _decimal(minor: int, code: str) -> str:
    """An amount in whole units with the decimals of its currency: ``3000``, ``12.50``."""
    digits = currency(code).minor_digits
    if not digits:
        return str(minor)
    written = str(minor).zfill(digits + 1)
    return f"{written[:-digits]}.{written[-digits:]}"


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add(parent: ElementTree.Element, name: str, text: str = "") -> ElementTree.Element:
    child = ElementTree.SubElement(parent, _tag(name))
    if text:
        child.text = text
    return child


def _fault(code: str, transfer: Transfer) -> Finding:
    data = {"payment": transfer.number, "payee": transfer.payee}
    return Finding(code, place=transfer.number, data=data)
