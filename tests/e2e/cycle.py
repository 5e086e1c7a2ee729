"""The acts of one full cycle, each as its own person does it in the browser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from tests.e2e.office import Hands, Office

BANK = "Banque de l’Imerina, compte courant"
PRODUCT = "Communes et associations"  # as the choice tells it: without the mutual’s name
BANK_ACCOUNT = "MG4600005000070000120145623"  # of the demonstration's mutual
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip
PROVIDER = "Centre de santé de base d’Ambatolava, public"


@dataclass(frozen=True, slots=True)
class Typed:
    """One line of the paper of a membership."""

    name: str
    given_name: str
    birth: str
    sex: str  # as its list shows it
    relation: str

    @property
    def whole_name(self) -> str:
        """The name as Malagasy families say it: one field, never split."""
        return f"{self.name.upper()} {self.given_name}"


FAMILY = (
    Typed("Rakotoarimanana", "Jean", "12/06/1987", "H", "Adhérent"),
    Typed("Rasoamanana", "Soa", "1990", "F", "Conjoint"),
    Typed("Rakotoarimanana", "Fetra", "03/04/2019", "H", "Enfant"),
)


@dataclass(frozen=True, slots=True)
class Document:
    """Something that was recorded: its number as people say it, its page."""

    number: str
    url: str


@dataclass(frozen=True, slots=True)
class LastStatement:
    """Where the bank's last statement ended."""

    closing_on: date
    closing_minor: int


def recorded(page: Page, pattern: str) -> Document:
    """The document whose page is shown, its number read in the title."""
    expect(page).to_have_title(re.compile(pattern))
    found = re.search(pattern, page.title())
    assert found is not None
    return Document(found.group(), page.url)


def figure(place: Locator) -> int:
    """The amount written somewhere, without its spaces and its currency."""
    return int(re.sub(r"\D", "", place.inner_text()))


def enrol(page: Page, office: Office, family: tuple[Typed, ...] = FAMILY) -> Document:
    """Fill the paper field by field, without any payment; works without script too."""
    page.goto(office.page("adhesions/nouvelle/"))
    page.get_by_label("Formule").select_option(label=PRODUCT)
    page.locator("#id_phone").fill("034 12 345 67")
    for rank, person in enumerate(family, start=1):
        line = page.get_by_role("group", name=f"Personne {rank}")
        line.get_by_label(f"Nom de la personne {rank}", exact=True).fill(person.whole_name)
        line.get_by_label(f"Né(e) le de la personne {rank}").fill(person.birth)
        line.get_by_label(f"Sexe de la personne {rank}").select_option(label=person.sex)
        line.get_by_label(f"Lien de la personne {rank}").select_option(label=person.relation)
        line.get_by_role("checkbox").check()
    page.locator(".savebar").get_by_role("button", name="Enregistrer l’adhésion").click()
    return recorded(page, r"F-\d{4}-\d{5}")


def receive(page: Page, family: Document, amount: str = "10 000") -> Document:
    """What the family brings: the amount stands there already."""
    page.goto(family.url)
    page.get_by_role("link", name=re.compile(rf"^Encaisser {_spaced(amount)}")).first.click()
    expect(page.get_by_label("Montant reçu")).to_have_value(re.compile(_spaced(amount)))
    page.get_by_role("button", name="Encaisser et faire le reçu").click()
    return recorded(page, r"REC-\d{4}-\d{5}")


def prepare_slip(page: Page, office: Office, holder: str) -> Document:
    """All the cash that a person holds, on one slip."""
    page.goto(office.page("cotisations/bordereaux/nouveau/"))
    page.get_by_role("button", name=f"Préparer le bordereau de {holder}").click()
    return recorded(page, r"BC-\d{4}-\d{5}")


def deposit(page: Page, slip: Document) -> None:
    """The cash reached the bank."""
    page.goto(slip.url)
    page.get_by_label(BANK).check()
    page.get_by_role("button", name="Enregistrer le versement").click()
    expect(page.get_by_text(f"Versement du bordereau {slip.number} enregistré")).to_be_visible()


def enter_claim(page: Page, office: Office, card: str, attestation: str) -> tuple[Document, Hands]:
    """An attestation typed from top to bottom, hands on the keyboard."""
    page.goto(office.page("soins/saisie/?empty=1"))
    hands = Hands(page)
    expect(page.get_by_label("Numéro de carte")).to_be_focused()
    day = page.get_by_label("Reçu le").input_value()
    with hands.waiting_for("/soins/saisie/apercu/"):
        hands.write(card)
    hands.write(day)  # day of care
    hands.write()  # received on: today stands there
    provider = page.get_by_label("Prestataire", exact=True)
    rank = provider.locator("option").all_inner_texts().index(PROVIDER)
    hands.press(*["ArrowDown"] * rank, "Enter")
    assert provider.evaluate("list => list.selectedOptions[0].text") == PROVIDER
    hands.write()  # third-party payment stands there
    hands.write(attestation)
    hands.write()  # no invoice
    hands.write()  # no diagnosis
    with hands.waiting_for("/soins/saisie/apercu/"):
        hands.write("Consultation")
    expect(page.get_by_label("Prix unitaire de la ligne 1")).not_to_have_value("")
    hands.press("Control+Enter")
    return recorded(page, r"S-\d{4}-\d{5}"), hands


def approve_all(page: Page, office: Office) -> None:
    """What the rules alone decided is approved in one act."""
    page.goto(office.page("soins/"))
    page.get_by_role("button", name=re.compile("^Valider")).first.click()
    expect(
        page.get_by_text(re.compile(r"liquidés? par les règles (est|sont) validés?"))
    ).to_be_visible()


def prepare_batch(page: Page, office: Office) -> Document:
    """Every approved claim on one batch, paid from the bank."""
    page.goto(office.page("reglements/preparer/"))
    page.get_by_label(BANK).check()
    page.get_by_role("button", name="Préparer le bordereau").click()
    return recorded(page, r"BR-\d{4}-\d{5}")


def authorise(page: Page, batch: Document) -> None:
    """Another person says yes."""
    page.goto(batch.url)
    page.get_by_role("button", name=re.compile("^Autoriser")).click()
    expect(page.get_by_text(f"Bordereau {batch.number} autorisé")).to_be_visible()


def pay(page: Page, batch: Document) -> None:
    """A third person says that the money went."""
    page.goto(batch.url)
    page.get_by_role("button", name="Enregistrer les paiements").click()
    expect(page.get_by_text(re.compile(r"paiements? enregistrés?\s:"))).to_be_visible()


def statement_file(last: LastStatement, on: date, lines: list[tuple[str, int]]) -> bytes:
    """The bank's next statement, as CAMT.053: (number that the line bears, amount signed)."""
    closing_minor = last.closing_minor + sum(amount for _number, amount in lines)
    first = min(last.closing_on + timedelta(days=1), on)
    entries = "".join(
        f"<Ntry>{_amount(minor)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{on}</Dt></BookgDt>"
        f"<AcctSvcrRef>E2E-{rank}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>{number}"
        "</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>"
        for rank, (number, minor) in enumerate(lines, start=1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>E2E</MsgId><CreDtTm>{on}T20:00:00</CreDtTm></GrpHdr>"
        f"<Stmt><Id>E2E</Id><CreDtTm>{on}T20:00:00</CreDtTm>"
        f"<FrToDt><FrDtTm>{first}T00:00:00</FrDtTm><ToDtTm>{on}T23:59:59</ToDtTm></FrToDt>"
        f"<Acct><Id><Othr><Id>{BANK_ACCOUNT}</Id></Othr></Id><Ccy>MGA</Ccy></Acct>"
        f"<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp>{_amount(last.closing_minor)}<Dt><Dt>{first}</Dt></Dt></Bal>"
        f"<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>{_amount(closing_minor)}<Dt><Dt>{on}</Dt></Dt></Bal>"
        f"{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def import_statement(page: Page, office: Office, lines: list[tuple[str, int]]) -> None:
    """Bring the file that the bank sent: every line bears the number of its document."""
    page.goto(office.page("rapprochement/"))
    page.get_by_role("row", name=re.compile("Banque de l’Imerina")).get_by_role(
        "link", name="Importer un relevé"
    ).click()
    told = page.get_by_role("main").inner_text()
    found = re.search(r"finit le\s(\d+)(?:er)?\s(\w+)\s(\d{4})\ssur\s([\d\s]+)Ar", told)
    assert found is not None, told
    day, month, year, closing = found.groups()
    last = LastStatement(
        date(int(year), MONTHS.index(month) + 1, int(day)), int(re.sub(r"\s", "", closing))
    )
    content = statement_file(last, datetime.now(ZoneInfo("Indian/Antananarivo")).date(), lines)
    page.get_by_label("Fichier du relevé").set_input_files(
        {"name": "releve.xml", "mimeType": "application/xml", "buffer": content}
    )
    page.get_by_role("button", name="Importer", exact=True).click()
    expect(
        page.get_by_text(re.compile(rf"Relevé importé\s: {len(lines)} lignes nouvelles"))
    ).to_be_visible()


def _amount(minor: int) -> str:
    side = "CRDT" if minor >= 0 else "DBIT"
    return f'<Amt Ccy="MGA">{abs(minor)}</Amt><CdtDbtInd>{side}</CdtDbtInd>'


def _spaced(amount: str) -> str:
    """An amount with whatever space French puts between its thousands."""
    return re.escape(amount).replace(r"\ ", r"\s")
