"""The frame of every page: rights, strangers, the chain, language, safety, components."""

from __future__ import annotations

import gzip
import json
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from django_scopes import scope

from entraide.apps.access.models import AuditEvent, AuditKind, User
from entraide.apps.access.preferences import draft_of
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.web import figures, names
from entraide.web.context import Office
from entraide.web.fields import DayField, MoneyField, read_amount, read_day
from entraide.web.middleware import CONTENT_POLICY
from entraide.web.navigation import STEPS, Step, Waiting, page_url, places
from entraide.web.office import OfficeRequest, office_view
from entraide.web.refusals import show_refusal
from tests.people import People
from tests.web.conftest import Browser

STATIC = Path(__file__).resolve().parents[2] / "entraide" / "web" / "static" / "web"
TEMPLATES = STATIC.parents[1] / "templates"


def home_of(mutual: Mutual) -> str:
    return reverse("web:home", kwargs={"mutual": mutual.code})


def rendered(source: str, **context: object) -> str:
    """A template with the components loaded, in French."""
    engine = engines["django"]
    with translation.override("fr"):
        return engine.from_string("{% load entraide %}" + source).render(context)


def office_request(mutual: Mutual, rights: frozenset[Right], path: str = "/") -> HttpRequest:
    request = RequestFactory().get(path)
    request.mutual, request.rights, request.roles = mutual, rights, frozenset()  # type: ignore[attr-defined]
    request.day = date(2025, 6, 16)  # type: ignore[attr-defined]
    return request


# ── who may enter ────────────────────────────────────────────────────────────


def test_the_home_page_says_who_where_and_when(
    mutual: Mutual, people: People, signed_in: Browser
) -> None:
    page = signed_in(people.awa).get(home_of(mutual)).content.decode()
    assert '<html lang="fr">' in page
    assert "Mutuelle Essentielle de Lomé" in page
    assert "Awa Kodjo" in page
    assert "Saisie" in page
    assert "Juin 2025, en cours" in page
    assert "Se déconnecter" in page


def test_without_sign_in_the_door_leads_to_it_and_back(client: Client, mutual: Mutual) -> None:
    answer = client.get(home_of(mutual))
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('account_login')}?next={home_of(mutual)}"


def test_a_stranger_finds_nothing_and_is_journaled(
    mutual: Mutual, people: People, signed_in: Browser
) -> None:
    answer = signed_in(people.fanta).get(home_of(mutual))
    assert answer.status_code == 404
    page = answer.content.decode()
    assert "Cette page n’existe pas ici" in page
    assert mutual.name not in page
    event = AuditEvent.objects.get(kind=AuditKind.REFUSAL)
    assert (event.code, event.actor, event.mutual) == ("NOT_FOUND", people.fanta, mutual)
    unknown = signed_in(people.fanta).get("/m/nulle-part/")
    assert unknown.status_code == 404
    without_token = re.compile(r'value="[^"]*"')
    assert without_token.sub("", unknown.content.decode()) == without_token.sub("", page)


def test_the_entrance_leads_to_the_one_mutual_or_lists_several_or_says_none(
    mutual: Mutual, other_mutual: Mutual, people: People, signed_in: Browser
) -> None:
    entrance = reverse("entrance")
    assert signed_in(people.awa).get(entrance)["Location"] == home_of(mutual)
    several = signed_in(people.network_admin).get(entrance).content.decode()
    assert mutual.name in several
    assert other_mutual.name in several
    people.awa.appointments.update(effective_until=date(2025, 1, 1))
    nowhere = signed_in(people.awa).get(entrance).content.decode()
    assert "Pas encore de mutuelle" in nowhere
    assert signed_in(people.awa).get(home_of(mutual)).status_code == 404


def test_pages_of_a_mutual_are_kept_by_no_cache_and_nothing_comes_from_elsewhere(
    mutual: Mutual, people: People, signed_in: Browser
) -> None:
    answer = signed_in(people.awa).get(home_of(mutual))
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Security-Policy"] == CONTENT_POLICY
    page = answer.content.decode()
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=|javascript:", page)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)


def test_no_template_has_inline_style_or_script() -> None:
    inline = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son(?:click|change|load|submit)=")
    found = [
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.html")
        if inline.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_page_has_its_landmarks_and_labels(
    mutual: Mutual, people: People, signed_in: Browser
) -> None:
    page = signed_in(people.awa).get(home_of(mutual)).content.decode()
    assert page.index('class="skip" href="#contenu"') < page.index("<header")
    assert '<main class="main" id="contenu"' in page
    assert len(re.findall(r"<h1\b", page)) == 1
    unnamed = [nav for nav in re.findall(r"<nav[^>]*>", page) if "aria-label" not in nav]
    assert unnamed == []
    identifiers = re.findall(r'\sid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))


# ── rights of one page ───────────────────────────────────────────────────────


@office_view(right=Right.AUTHORISE_BATCH)
def authorising(request: OfficeRequest) -> HttpResponse:
    return HttpResponse("authorised")


@office_view(right=(Right.ENROL, Right.PLAN))
def either(request: OfficeRequest) -> HttpResponse:
    return HttpResponse("either")


@office_view
def refusing(request: OfficeRequest) -> HttpResponse:
    raise Refusal("AMOUNT_UNREADABLE", text="abc")


@office_view
def seeking(request: OfficeRequest) -> HttpResponse:
    raise Refusal("NOT_FOUND", record="claim", key="S-1")


def ask(view: object, mutual: Mutual, user: object, *rights: Right) -> HttpResponse:
    request = office_request(mutual, frozenset(rights))
    request.user = user  # type: ignore[assignment]
    with translation.override("fr"), scope(mutual=mutual):  # as the middleware opens it
        return view(request, mutual=mutual.code)  # type: ignore[operator]


def test_a_page_without_the_right_says_who_may_and_is_journaled(
    mutual: Mutual, people: People
) -> None:
    refused = ask(authorising, mutual, people.awa, Right.ENROL)
    assert refused.status_code == 403
    page = refused.content.decode()
    assert "autoriser des bordereaux de règlement" in page
    assert "Direction" in page
    assert "Mandat électif" in page
    assert "Caisse<" not in page
    event = AuditEvent.objects.get(code="FORBIDDEN")
    assert (event.actor, event.details) == (people.awa, {"rights": ["authorise_batch"]})
    allowed = ask(authorising, mutual, people.director, Right.AUTHORISE_BATCH)
    assert allowed.content == b"authorised"


def test_one_of_several_rights_opens_a_page(mutual: Mutual, people: People) -> None:
    assert ask(either, mutual, people.awa, Right.PLAN).status_code == 200
    assert ask(either, mutual, people.awa, Right.MATCH).status_code == 403


def test_a_refusal_that_no_form_shows_becomes_a_page(mutual: Mutual, people: People) -> None:
    answer = ask(refusing, mutual, people.awa)
    assert answer.status_code == 409
    assert "n’est pas un montant" in answer.content.decode()
    with pytest.raises(Exception, match="NOT_FOUND") as found:
        ask(seeking, mutual, people.awa)
    assert type(found.value).__name__ == "Http404"


# ── the chain ────────────────────────────────────────────────────────────────


def waits(mutual: Mutual, day: date) -> Waiting:
    return Waiting(3, is_due=True, told=("2 slips to deposit", "1 family late"))


def waits_for_nothing(mutual: Mutual, day: date) -> Waiting:
    return Waiting(0, is_due=False, told=())


def test_a_step_shows_with_its_count_when_built_and_permitted(mutual: Mutual) -> None:
    steps = (
        Step("Open", "home", counter=f"{__name__}.waits"),
        Step("Quiet", "home", counter=f"{__name__}.waits_for_nothing"),
        Step("Unbuilt count", "home", counter="entraide.web.home.nowhere.waiting"),
        Step("Unbuilt page", "nowhere"),
        Step("Not for me", "home", frozenset({Right.PLAN})),
    )
    shown = places(
        steps,
        mutual=mutual,
        day=date(2025, 6, 16),
        rights=frozenset({Right.ENROL}),
        path=home_of(mutual),
    )
    assert [str(place.name) for place in shown] == ["Open", "Quiet", "Unbuilt count"]
    assert [place.waiting for place in shown] == [waits(mutual, date(2025, 6, 16)), None, None]
    assert shown[0].is_current
    (open_step,) = ET.fromstring(
        rendered('<ul>{% include "components/chain.html" %}</ul>', places=shown[:1])
    )
    told = " ".join("".join(open_step.itertext()).split())
    assert told == "Open 2 slips to deposit, 1 family late (à voir aujourd’hui)"


def test_the_chain_stands_in_its_order_and_every_right_and_role_has_a_name() -> None:
    assert [step.page for step in STEPS] == [
        "households", "contributions", "claims", "settlements",
        "ledger", "reconciliation", "report", "plan",
    ]  # fmt: skip
    assert set(names.RIGHT_NAMES) == set(Right)
    assert set(names.ROLE_NAMES) == set(names.ROLE_RIGHTS)


def test_every_page_of_a_step_exists_and_shows_to_whoever_may_open_it(mutual: Mutual) -> None:
    for step in STEPS:
        assert len(step.parts) <= 12
        for part in step.parts:
            assert page_url(mutual, part.page), part.page

    def parts(rights: frozenset[Right], page: str) -> dict[str, bool]:
        url = page_url(mutual, page) or ""
        with scope(mutual=mutual):
            shown = places(STEPS, mutual=mutual, day=date(2025, 6, 16), rights=rights, path=url)
        (here,) = [place for place in shown if place.is_current]
        return {part.url: part.is_current for part in here.parts}

    # Cards and imports stand at addresses of their own, and in « Memberships » all the same.
    cards = parts(frozenset({Right.READ_REGISTERS}), "cards")
    assert cards[page_url(mutual, "cards")]
    assert sum(cards.values()) == 1
    assert page_url(mutual, "imports") not in cards  # needs a right that they lack
    assert page_url(mutual, "membership-months") not in cards
    assert page_url(mutual, "imports") in parts(frozenset(Right), "imports")


def test_the_bottom_bar_has_the_three_steps_of_the_role(
    mutual: Mutual, people: People, signed_in: Browser
) -> None:
    def bar(user: User) -> list[str]:
        page = signed_in(user).get(home_of(mutual))
        return [place.page for place in page.context["office"].bottom_bar]

    assert bar(people.awa) == ["households", "contributions", "claims"]
    assert bar(people.director) == ["households", "claims", "ledger"]


# ── language ─────────────────────────────────────────────────────────────────


def test_french_unless_chosen_whatever_the_browser_prefers(client: Client, mutual: Mutual) -> None:
    door = reverse("account_login")
    assert "Se connecter" in client.get(door, headers={"accept-language": "en"}).content.decode()
    client.post(reverse("language"), {"language": "en", "next": door})
    page = client.get(door).content.decode()
    assert '<html lang="en">' in page
    assert "Sign in" in page


@pytest.mark.parametrize("back", ["abc", "web:home", "//elsewhere.test", "", "\n/x"])
def test_a_way_back_that_is_no_page_does_not_break(
    client: Client, mutual: Mutual, back: str
) -> None:
    answer = client.post(reverse("language"), {"language": "en", "next": back})
    assert answer.status_code == 302
    assert "elsewhere" not in answer["Location"]


@pytest.mark.parametrize("page", ["adhesions/?q=%00", "soins/?state=%00", "fonds/journal/?q=a%00b"])
def test_an_address_with_a_nul_is_no_page(
    mutual: Mutual, people: People, signed_in: Browser, page: str
) -> None:
    assert signed_in(people.moussa).get(f"/m/{mutual.code}/{page}").status_code == 404


def test_the_language_stays_with_the_person(
    mutual: Mutual, people: People, signed_in: Browser
) -> None:
    browser = signed_in(people.awa)
    answer = browser.post(reverse("language"), {"language": "en", "next": home_of(mutual)})
    assert answer["Location"] == home_of(mutual)
    people.awa.refresh_from_db()
    assert people.awa.language == "en"
    assert "June 2025, in progress" in signed_in(people.awa).get(home_of(mutual)).content.decode()
    refused = browser.post(
        reverse("language"), {"language": "xx", "next": "https://elsewhere.test/"}
    )
    assert refused["Location"] == "/"
    people.awa.refresh_from_db()
    assert people.awa.language == "en"


# ── drafts ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("form", "content"),
    [("f", {"name": "a\x00"}), ("f", {"na\x00me": "a"}), ("f" * 61, {"name": "a"})],
)
def test_a_draft_that_no_database_holds_is_not_kept(
    mutual: Mutual, people: People, signed_in: Browser, form: str, content: dict[str, str]
) -> None:
    address = reverse("web:draft", kwargs={"mutual": mutual.code, "form": form})
    assert signed_in(people.awa).post(address, content).json() == {"kept": False}
    assert draft_of(user=people.awa, mutual=mutual, form=form) is None


def test_a_draft_is_kept_per_person_and_forgotten(
    mutual: Mutual, people: People, signed_in: Browser
) -> None:
    address = reverse("web:draft", kwargs={"mutual": mutual.code, "form": "adhesion"})
    browser = signed_in(people.awa)
    typed = {
        "name": ["Kodjo", "Mensah"],
        "phone": "",
        "idempotency_key": "k",
        "csrfmiddlewaretoken": "t",
    }
    assert json.loads(browser.post(address, typed).content) == {"kept": True}
    draft = draft_of(user=people.awa, mutual=mutual, form="adhesion")
    assert draft is not None
    assert draft.content == {"name": ["Kodjo", "Mensah"]}
    assert draft_of(user=people.moussa, mutual=mutual, form="adhesion") is None
    assert json.loads(browser.post(address, {"name": ""}).content) == {"kept": False}
    assert json.loads(browser.post(address, {"name": "x" * 300_000}).content) == {"kept": False}
    browser.post(address, {"forget": "1"})
    assert draft_of(user=people.awa, mutual=mutual, form="adhesion") is None
    assert signed_in(people.fanta).post(address, typed).status_code == 404


# ── components ───────────────────────────────────────────────────────────────


def test_amounts_days_and_rates_are_written_as_in_french(mutual: Mutual) -> None:
    office = Office(office_request(mutual, frozenset()))
    assert rendered("{% money 1250000 %}", office=office) == "1\u202f250\u202f000\u00a0F\u00a0CFA"
    assert rendered('{% money 48000 "MGA" %}', office=office) == "48\u202f000\u00a0Ar"
    assert rendered('{% amount -21010900 "MGA" %}', office=office) == "−21\u202f010\u202f900"
    assert rendered('{% amount 150 "USD" sign=True %}', office=office) == "+1,50"
    assert rendered("{% money none %}", office=office, none=None) == "–"
    assert rendered("{{ rate|percent }}", rate=Decimal("0.2095")) == "21,0\u00a0%"
    assert rendered("{{ rate|percent:0 }}", rate=Decimal("0.5")) == "50\u00a0%"
    assert rendered("{{ on|day }}", on=date(2025, 3, 1)) == "1er\u00a0mars 2025"
    assert rendered("{{ on|month }}", on=date(2025, 8, 31)) == "août 2025"
    assert rendered("{{ on|weekday }}", on=date(2025, 4, 4)) == "Vendredi 4\u00a0avril 2025"
    at = datetime.fromisoformat("2025-03-03T10:42:00+00:00")
    assert "3\u00a0mars 2025 à 10\u00a0h\u00a042" in rendered(
        "{% moment at %}", office=office, at=at
    )


@pytest.mark.parametrize(
    ("start", "until", "written"),
    [
        (date(2025, 1, 1), date(2026, 1, 1), "2025"),
        (date(2025, 3, 1), date(2025, 4, 1), "mars 2025"),
        (date(2025, 3, 1), date(2025, 7, 1), "mars – juin 2025"),
        (date(2024, 12, 1), date(2025, 4, 1), "décembre\u00a02024 – mars 2025"),
        (date(2025, 3, 3), date(2025, 3, 4), "3\u00a0mars 2025"),
        (date(2025, 3, 3), date(2025, 3, 18), "3 – 17\u00a0mars 2025"),
        (date(2025, 3, 3), date(2025, 4, 3), "3\u00a0mars – 2\u00a0avril 2025"),
    ],
)
def test_a_period_is_said_in_the_fewest_words(start: date, until: date, written: str) -> None:
    assert rendered("{% period a b %}", a=start, b=until) == written


def test_a_state_is_a_sign_and_a_word() -> None:
    shown = rendered('{% state "claim" "refused" %}')
    assert "Refusé" in shown
    assert "#i-cross" in shown
    assert "inconnu" in rendered('{% state "claim" "inconnu" %}')


def test_a_figure_opens_to_its_definition() -> None:
    figure = figures.Figure(
        figures.Definition(
            "RSP",
            "les soins comparés aux cotisations",
            figures.Ratio(("Soins", "85 F"), ("Cotisations", "100 F"), ("RSP", "85 %")),
            "12 mois",
            "/lignes/",
            "Voir les 26 sinistres",
        ),
        "85,2",
        "%",
        "ok",
        "Dans la bande",
        "<b>note</b>",
    )
    shown = rendered("{% figure figure %}", figure=figure)
    assert "<summary>RSP</summary>" in shown
    assert "÷ 100 F" in shown
    assert '<a href="/lignes/">Voir les 26 sinistres</a>' in shown
    assert "&lt;b&gt;note&lt;/b&gt;" in shown


class ReceiptForm(forms.Form):
    paid_on = DayField(label="Reçu le")
    amount_minor = MoneyField(label="Montant reçu", currency="XOF")
    channel = forms.ChoiceField(
        label="Reçu en", choices=[("cash", "Espèces"), ("bank", "Banque")], widget=forms.RadioSelect
    )
    signed = forms.BooleanField(label="Signé", required=False)
    note = forms.CharField(label="Note", required=False)


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("10.000", "XOF", 10_000), ("25,000", "MGA", 25_000), ("1.250.000", "XOF", 1_250_000),
        ("12 500 F CFA", "XOF", 12_500), ("12\u202f500 Ar", "MGA", 12_500), ("12500,00", "XOF", 12_500),
        ("12.5", "USD", 1_250),
    ],
)  # fmt: skip
def test_an_amount_is_read_in_a_form_as_in_a_file(typed: str, currency: str, minor: int) -> None:
    assert read_amount(typed, currency) == minor


def test_an_amount_that_is_refused_stands_on_one_line() -> None:
    form = ReceiptForm({"amount_minor": "12 500 zz"})
    with translation.override("fr"):
        told = form.errors["amount_minor"][0]
    assert told == (
        "«\u00a012\u202f500\u202fzz\u00a0» n’est pas un montant."
        " Écrivez des chiffres seulement, par exemple 12\u202f500."
    )


@pytest.mark.parametrize(
    ("typed", "currency", "code"),
    [
        ("1.000", "USD", "AMOUNT_AMBIGUOUS"), ("12,5", "XOF", "AMOUNT_TOO_PRECISE"),
        ("douze", "XOF", "AMOUNT_UNREADABLE"), ("1,2,3", "XOF", "AMOUNT_UNREADABLE"),
        ("9" * 40, "XOF", "AMOUNT_TOO_LARGE"),
    ],
)  # fmt: skip
def test_what_may_be_two_amounts_is_refused(typed: str, currency: str, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        read_amount(typed, currency)


def test_days_and_amounts_are_read_as_typed() -> None:
    form = ReceiptForm({"paid_on": "2/4/2025", "amount_minor": "12 500", "channel": "cash"})
    assert form.is_valid()
    assert form.cleaned_data["paid_on"] == date(2025, 4, 2)
    assert form.cleaned_data["amount_minor"] == 12_500
    assert read_day("02042025") == read_day("2025-04-02") == date(2025, 4, 2)
    january = date(2026, 1, 5)
    assert read_day("15/08/21", january) == read_day("le 15 août 2021", january)
    assert read_day("15/08/21") == date(2021, 8, 15)
    assert read_day("12 mars 82", january) == date(1982, 3, 12)
    for typed, code in (
        ("2024", "CELL_DAY_MISSING"),
        ("03/25/1985", "CELL_DAY_SWAPPED"),
        ("01/01/0085", "DAY_BEYOND"),
        ("45000", "DAY_UNREADABLE"),
        ("12 marx 1982", "DAY_UNREADABLE"),
    ):
        with pytest.raises(Refusal, match=code):
            read_day(typed, january)
    assert read_day("28/11", january) == date(2025, 11, 28)
    assert read_day("2.4", january) == date(2026, 4, 2)
    assert read_day("29/02", date(2025, 6, 1)) == date(2024, 2, 29)
    with pytest.raises(Refusal, match="DAY_UNREADABLE"):
        read_day("28/11")
    with pytest.raises(Refusal, match="DAY_DOES_NOT_EXIST"):
        read_day("31/02", january)
    initial = ReceiptForm(initial={"paid_on": date(2025, 4, 2), "amount_minor": 12_500})
    with translation.override("fr"):
        assert 'value="02/04/2025"' in str(initial["paid_on"])
        assert 'value="12\u202f500"' in str(initial["amount_minor"])


def test_a_field_shows_label_error_and_what_was_typed_and_the_summary_links_to_it() -> None:
    with translation.override("fr"):
        form = ReceiptForm({"paid_on": "31/02/2016", "amount_minor": "mille", "channel": "cash"})
        assert not form.is_valid()
    shown = rendered('{% field form.paid_on hint="JJ/MM/AAAA" %}', form=form)
    assert '<label for="id_paid_on">Reçu le</label>' in shown
    assert "Le jour 31/02/2016 n’existe pas" in shown
    assert 'aria-describedby="id_paid_on-h id_paid_on-e"' in shown
    assert 'aria-invalid="true"' in shown
    assert 'value="31/02/2016"' in shown
    assert "F CFA" in rendered("{% field form.amount_minor %}", form=form)
    assert "<legend" in rendered("{% field form.channel %}", form=form)
    assert 'type="checkbox"' in rendered("{% field form.signed %}", form=form)
    assert "(facultatif)" in rendered("{% field form.note hx_get='/x/' %}", form=form)
    assert 'hx-get="/x/"' in rendered("{% field form.note hx_get='/x/' %}", form=form)
    summary = rendered("{% error_summary form %}", form=form)
    assert "2 points à corriger avant d’enregistrer" in summary
    assert '<a href="#id_paid_on">' in summary
    assert '<a href="#id_amount_minor">' in summary
    assert "errors" not in rendered("{% error_summary form %}", form=ReceiptForm())


def test_a_refusal_goes_beside_its_field_the_rest_on_top() -> None:
    form = ReceiptForm({"paid_on": "02/04/2025", "amount_minor": "1", "channel": "cash"})
    assert form.is_valid()
    findings = (
        Finding("AMOUNT_UNREADABLE", place="payment.amount", data={"text": "?"}),
        Finding("DAY_UNREADABLE", place="paid_on", data={"text": "?"}),
        Finding("DAY_DOES_NOT_EXIST", place="persons[2]", data={"text": "31/02"}),
    )
    with translation.override("fr"):
        show_refusal(form, RefusedRows(findings), {"payment.amount": "amount_minor"})
    assert set(form.errors) == {"amount_minor", "paid_on", "__all__"}
    assert "persons[2]" in form.non_field_errors()[0]


def test_the_key_of_a_form_is_new_then_stays() -> None:
    def key(request: HttpRequest) -> str:
        found = re.search(r'value="([^"]+)"', rendered("{% idempotency_key %}", request=request))
        assert found is not None
        return found.group(1)

    opened = RequestFactory().get("/")
    assert key(opened) != key(opened)
    assert key(RequestFactory().post("/", {"idempotency_key": "abc"})) == "abc"


def test_lists_page_and_sort_without_losing_their_filters() -> None:
    request = RequestFactory().get("/", {"q": "kodjo", "sort": "name", "page": "2"})
    page = Paginator(range(148), 25).get_page(2)
    shown = rendered('{% pager page "families" %}', page=page, request=request)
    assert "26 à 50 sur 148 familles" in shown
    assert 'href="?q=kodjo&amp;sort=name&amp;page=3" rel="next"' in shown
    alone = Paginator(range(1), 25).get_page(1)
    shown = rendered('{% pager page "batches" %}', page=alone, request=request)
    assert "<p>1 bordereau</p>" in shown
    few = Paginator(range(7), 25).get_page(1)
    assert "<p>7 bordereaux</p>" in rendered('{% pager page "slips" %}', page=few, request=request)
    last = Paginator(range(26), 25).get_page(2)
    shown = rendered('{% pager page "claims" %}', page=last, request=request)
    assert "<p>26 sur 26 sinistres</p>" in shown
    head = rendered('{% sort_header "Nom" "name" %}', request=request)
    assert 'aria-sort="ascending"' in head
    assert 'href="?q=kodjo&amp;sort=-name"' in head


def test_every_icon_used_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'id="i-(\w+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    used = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r'\{% icon "(\w+)" %\}', path.read_text(encoding="utf-8"))
    }
    used |= {step.icon for step in STEPS if step.icon}
    assert used - drawn == set()


def test_names_and_tags_of_a_list_break_on_a_narrow_screen() -> None:
    # « Au-delà de ses pairs : … » in one line made the scorecards wider than a telephone.
    sheet = (STATIC / "entraide.css").read_text(encoding="utf-8")
    assert ".ledger--list tbody th > a, .ledger--list .tag { white-space: normal; }" in sheet


def test_the_sheet_is_small_and_has_no_font_of_its_own() -> None:
    sheet = (STATIC / "entraide.css").read_bytes()
    assert len(gzip.compress(sheet)) <= 25_000
    assert b"@font-face" not in sheet
    assert b"@import" not in sheet
