"""Bank statements in ISO 20022 camt.053, versions .001.02 to .001.13.

Signs follow the standard: ``CdtDbtInd`` is the direction of the entry as it was booked, also for a
reversal (``RvslInd`` only says that it undoes another one). A booked entry with several
transaction details whose amounts sum to it becomes one line per detail; else it stays one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.money import CURRENCIES, parse_amount
from entraide.files.statement import (
    FILE_SIZE_LIMIT,
    BankStatement,
    RawRow,
    StatementFile,
    keyed,
    meaningful,
    require_few_lines,
    statement_findings,
)

_NAMESPACE = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(0[2-9]|1[0-3])\}")
_AMOUNT = re.compile(r"\d{1,18}(\.\d{1,5})?")
_OPENING = ("OPBD", "PRCD", "ITBD")  # opening booked, else the previous closing, else interim
_CLOSING = ("CLBD", "ITBD")


def read(content: bytes) -> StatementFile:
    """The statements of a camt.053 file.

    Refused with ``FILE_TOO_LARGE``, ``XML_FORBIDDEN`` (a document type or entities),
    ``XML_BROKEN`` (with line and column: truncated, or not XML), ``CAMT_VERSION``,
    ``STATEMENT_TOO_LONG``, or :class:`RefusedRows` with all faults of content, each at its element.
    """
    if len(content) > FILE_SIZE_LIMIT:
        raise Refusal("FILE_TOO_LARGE", size=len(content), maximum=FILE_SIZE_LIMIT)
    try:
        root: Element = ElementTree.fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise Refusal("XML_FORBIDDEN") from None
    except ParseError as error:
        line, column = error.position
        raise Refusal("XML_BROKEN", line=line, column=column + 1) from None
    except (ValueError, LookupError):  # an encoding that the parser does not know
        raise Refusal("FILE_ENCODING", known="UTF-8") from None
    namespace = _NAMESPACE.match(root.tag)
    if namespace is None:
        raise Refusal("CAMT_VERSION", found=root.tag[:100])
    reader = _Reader(namespace.group())
    require_few_lines(len(root.findall(reader.path("BkToCstmrStmt/Stmt/Ntry"))))
    statements = reader.statements(root)
    if not statements and not reader.findings:
        raise Refusal("STATEMENT_MISSING")
    if reader.findings:
        raise RefusedRows(tuple(reader.findings))
    return StatementFile(statements)


class _Reader:
    """Reads elements of one namespace and collects every fault."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        self.findings: list[Finding] = []

    def fault(self, code: str, place: str, **details: object) -> None:
        self.findings.append(Finding(code, place=place, data=details))

    def path(self, steps: str) -> str:
        return "/".join(self.namespace + step for step in steps.split("/"))

    def all(self, element: Element, steps: str) -> list[Element]:
        return element.findall(self.path(steps))

    def one(self, element: Element, steps: str) -> Element | None:
        return element.find(self.path(steps))

    def text(self, element: Element, *choices: str) -> str:
        """The text of the first of these paths that has one, blanks put in order."""
        for steps in choices:
            found = element.findtext(self.path(steps))
            if found and found.strip():
                return " ".join(found.split())
        return ""

    def day(self, element: Element, steps: str, place: str) -> date | None:
        """The date or the date of the instant under a path; None when there is none."""
        text = self.text(element, f"{steps}/Dt", f"{steps}/DtTm")
        if not text:
            return None
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            self.fault("STATEMENT_DATE_UNREADABLE", f"{place}/{steps}", text=text)
            return None

    def amount(self, element: Element, currency: str, place: str) -> int | None:
        """The positive amount of an ``Amt`` element in minor units of the account."""
        text, given = (element.text or "").strip(), element.get("Ccy", currency)
        if given != currency:
            self.fault("STATEMENT_CURRENCY_DIFFERS", place, found=given, currency=currency)
            return None
        if not _AMOUNT.fullmatch(text):
            self.fault("AMOUNT_UNREADABLE", place, text=text)
            return None
        try:
            return parse_amount(text, currency, place=place)
        except Refusal as refusal:
            self.findings.append(refusal.as_finding())
            return None

    def signed(self, element: Element, currency: str, place: str) -> int | None:
        """``Amt`` with the sign of ``CdtDbtInd``."""
        amount = self.one(element, "Amt")
        if amount is None:
            self.fault("STATEMENT_ELEMENT_MISSING", f"{place}/Amt", element="Amt")
            return None
        minor = self.amount(amount, currency, f"{place}/Amt")
        sign = self.sign(element, place)
        return None if minor is None or sign is None else sign * minor

    def sign(self, element: Element, place: str) -> int | None:
        direction = self.text(element, "CdtDbtInd")
        if direction in ("CRDT", "DBIT"):
            return 1 if direction == "CRDT" else -1
        place = f"{place}/CdtDbtInd"
        if direction:
            self.fault("STATEMENT_DIRECTION_UNKNOWN", place, found=direction)
        else:
            self.fault("STATEMENT_ELEMENT_MISSING", place, element="CdtDbtInd")
        return None

    def statements(self, root: Element) -> tuple[BankStatement, ...]:
        found: list[BankStatement] = []
        for index, element in enumerate(self.all(root, "BkToCstmrStmt/Stmt"), start=1):
            statement = self.statement(element, f"Stmt[{index}]")
            if statement is not None:
                found.append(statement)
        return tuple(found)

    def statement(self, element: Element, place: str) -> BankStatement | None:
        account_id = self.text(element, "Acct/Id/IBAN", "Acct/Id/Othr/Id")
        if not account_id:
            self.fault("STATEMENT_ELEMENT_MISSING", f"{place}/Acct/Id", element="Acct/Id")
        currency = self.currency(element)
        if currency not in CURRENCIES:
            self.fault("CURRENCY_UNKNOWN", f"{place}/Acct/Ccy", currency=currency)
            return None
        before = len(self.findings)
        opening = self.balance(element, currency, place, _OPENING)
        closing = self.balance(element, currency, place, _CLOSING)
        booked, pending = self.entries(element, currency, place)
        if opening is None or closing is None or len(self.findings) > before or not account_id:
            return None
        statement = BankStatement(
            account_id=account_id,
            currency=currency,
            reference=self.text(element, "Id", "ElctrncSeqNb", "LglSeqNb"),
            opening_on=opening[0],
            closing_on=closing[0],
            opening_minor=opening[1],
            closing_minor=closing[1],
            lines=keyed(account_id, booked),
            pending=keyed(account_id, pending),
        )
        self.findings.extend(statement_findings(statement, place))
        return statement

    def currency(self, element: Element) -> str:
        """The account's currency; else that of its balances."""
        given = self.text(element, "Acct/Ccy")
        if given:
            return given
        amount = self.one(element, "Bal/Amt")
        return amount.get("Ccy", "") if amount is not None else ""

    def balance(
        self, element: Element, currency: str, place: str, kinds: tuple[str, ...]
    ) -> tuple[date, int] | None:
        """(day, signed minor units) of the first kind of balance that is there.

        A statement of several pages repeats interim balances: the first opens, the last closes.
        """
        balances = self.all(element, "Bal")
        for kind in kinds:
            these = [
                balance for balance in balances if self.text(balance, "Tp/CdOrPrtry/Cd") == kind
            ]
            if not these:
                continue
            chosen = these[0] if kinds is _OPENING else these[-1]
            where = f"{place}/Bal[{balances.index(chosen) + 1}]"
            minor, on = self.signed(chosen, currency, where), self.day(chosen, "Dt", where)
            if on is None:
                self.fault("STATEMENT_ELEMENT_MISSING", f"{where}/Dt", element="Dt")
            return None if minor is None or on is None else (on, minor)
        is_opening = kinds is _OPENING
        code = "STATEMENT_OPENING_MISSING" if is_opening else "STATEMENT_CLOSING_MISSING"
        self.fault(code, place, kinds=" / ".join(kinds))
        return None

    def entries(
        self, element: Element, currency: str, place: str
    ) -> tuple[list[RawRow], list[RawRow]]:
        """The booked rows and the others (pending, for information)."""
        booked: list[RawRow] = []
        pending: list[RawRow] = []
        for index, entry in enumerate(self.all(element, "Ntry"), start=1):
            rows = self.rows(entry, currency, f"{place}/Ntry[{index}]")
            status = self.text(entry, "Sts/Cd", "Sts") or "BOOK"
            (booked if status == "BOOK" else pending).extend(rows)
        return booked, pending

    def rows(self, entry: Element, currency: str, place: str) -> list[RawRow]:
        """The rows of one entry: one, or one per detail of a batch."""
        minor = self.signed(entry, currency, place)
        booked_on = self.day(entry, "BookgDt", place)
        value_on = self.day(entry, "ValDt", place) or booked_on
        booked_on = booked_on or value_on
        if booked_on is None or value_on is None:
            self.fault("STATEMENT_ELEMENT_MISSING", f"{place}/BookgDt", element="BookgDt")
        if minor is None or booked_on is None or value_on is None:
            return []
        details = self.all(entry, "NtryDtls/TxDtls")
        parts = self.parts(details, minor, currency)
        if parts is None:
            shared = [(details, minor)]
        else:
            shared = [([detail], part) for detail, part in zip(details, parts, strict=True)]
        return [
            RawRow(
                booked_on=booked_on,
                value_on=value_on,
                amount_minor=amount_minor,
                label=self.label(entry, of),
                reference=self.reference(entry, of),
                bank_reference=self.bank_reference(entry, of, is_batch=parts is not None),
                bank_code=self.bank_code(entry),
                is_reversal=self.text(entry, "RvslInd") in ("true", "1"),
            )
            for of, amount_minor in shared
        ]

    def parts(self, details: list[Element], minor: int, currency: str) -> list[int] | None:
        """The signed amounts of a batch; None unless all are there and sum to the entry."""
        if len(details) < 2:
            return None
        parts: list[int] = []
        for detail in details:
            amount = self.one(detail, "Amt")
            if amount is None:
                amount = self.one(detail, "AmtDtls/TxAmt/Amt")
            text = (amount.text or "").strip() if amount is not None else ""
            if amount is None or amount.get("Ccy", currency) != currency:
                return None
            direction = self.text(detail, "CdtDbtInd")
            sign = {"CRDT": 1, "DBIT": -1}.get(direction, 1 if minor >= 0 else -1)
            try:
                parts.append(sign * parse_amount(text, currency))
            except Refusal:
                return None
        return parts if sum(parts) == minor else None

    def label(self, entry: Element, details: Iterable[Element]) -> str:
        """What the payer wrote, who it is, and what the bank added, without repetition."""
        texts: list[str] = []
        for detail in details:
            texts.extend(found.text or "" for found in self.all(detail, "RmtInf/Ustrd"))
            is_credit = self.text(entry, "CdtDbtInd") == "CRDT"
            side = "Dbtr" if is_credit else "Cdtr"
            texts.append(self.text(detail, f"RltdPties/{side}/Pty/Nm", f"RltdPties/{side}/Nm"))
            texts.append(self.text(detail, "AddtlTxInf"))
        texts.append(self.text(entry, "AddtlNtryInf"))
        return _joined(texts)

    def reference(self, entry: Element, details: Iterable[Element]) -> str:
        """The references by which a payer or the mutual may know the operation."""
        texts: list[str] = []
        for detail in details:
            texts.append(self.text(detail, "RmtInf/Strd/CdtrRefInf/Ref"))
            texts.extend(
                self.text(detail, f"Refs/{name}") for name in ("EndToEndId", "ChqNb", "InstrId")
            )
        texts.append(self.text(entry, "NtryRef"))
        return _joined(meaningful(text) for text in texts)

    def bank_reference(self, entry: Element, details: list[Element], *, is_batch: bool) -> str:
        """The bank's own reference: the entry's, with the detail's inside a batch."""
        own = meaningful(self.text(entry, "AcctSvcrRef"))
        inside = [
            meaningful(self.text(detail, "Refs/AcctSvcrRef", "Refs/TxId", "Refs/EndToEndId"))
            for detail in details
        ]
        if is_batch:
            return _joined([own, *inside])
        return own or _joined(inside[:1])

    def bank_code(self, entry: Element) -> str:
        domain = [
            self.text(entry, f"BkTxCd/Domn/{steps}")
            for steps in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd")
        ]
        return "-".join(filter(None, domain)) or self.text(entry, "BkTxCd/Prtry/Cd")


def _joined(texts: Iterable[str]) -> str:
    """The different texts that are not blank, in order."""
    return " ".join(dict.fromkeys(" ".join(text.split()) for text in texts if text.strip()))
