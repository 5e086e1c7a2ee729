"""The pages of the network: the tree, people, features, lists, comparison, follow-up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.translation import override
from django_scopes import scope

from entraide.apps.access.models import User
from entraide.apps.access.services import system_user
from entraide.apps.nomenclature.models import GuideEntry
from entraide.apps.nomenclature.services import ensure_categories
from entraide.apps.reporting.services import last_full_year
from entraide.apps.schemes.flags import RENEWAL_IN_LIST, is_open
from entraide.apps.schemes.models import Appointment, Branch, Federation, Mutual, Role
from entraide.apps.schemes.network import PAYING_RIGHTS
from entraide.apps.schemes.rights import ROLE_RIGHTS
from entraide.apps.schemes.services import appoint
from entraide.apps.schemes.titles import Duty
from entraide.indicators.catalogue import Unit
from entraide.indicators.engine import Figure
from entraide.web.network.benchmark import in_words
from tests.builders import a_household, a_key, a_mutual, a_payment
from tests.people import People
from tests.web.conftest import Browser

ON = date(2025, 6, 16)


def plain(page: bytes) -> str:
    return page.decode().replace("\u00a0", " ").replace("\u202f", " ")


def at(page: str, **kwargs: object) -> str:
    return reverse(f"network:{page}", kwargs=kwargs)


@pytest.fixture
def both(mutual: Mutual, other_mutual: Mutual) -> tuple[Mutual, Mutual]:
    return mutual, other_mutual


def also_appointed(user: User, mutual: Mutual, role: str, until: date | None = None) -> None:
    appoint(
        mutual=mutual, actor=system_user(), on=ON, idempotency_key=a_key(), user=user, role=role,
        effective_from=date(2024, 1, 1), effective_until=until,
    )  # fmt: skip


def test_the_administrator_keeps_the_tree(
    both: tuple[Mutual, Mutual], people: People, signed_in: Browser
) -> None:
    browser = signed_in(people.network_admin)
    page = plain(browser.get(at("tree")).content)
    assert "Mutuelle Essentielle de Lomé" in page
    assert "2 mutuelles" in page.replace("<strong>", "").replace("</strong>", "")
    sent = {"code": "union-nord", "name": "Union du Nord", "parent": "reseau"}
    browser.post(at("federation-new"), {**sent, "idempotency_key": a_key()})
    union = Federation.objects.get(code="union-nord")
    assert union.parent is not None
    loop = browser.post(
        at("federation", code="reseau"),
        {"name": "Réseau", "parent": "union-nord", "idempotency_key": a_key()},
    )
    assert loop.status_code == 422
    assert "ne peut pas dépendre" in plain(loop.content)
    opened = browser.post(
        at("mutual-new"),
        {
            "federation": "union-nord", "code": "ecole", "name": "Mutuelle école", "place": "Kara",
            "country": "tg", "is_training": "on", "idempotency_key": a_key(),
        },
        follow=True,
    )  # fmt: skip
    assert opened.status_code == 200
    school = Mutual.objects.get(code="ecole")
    assert (school.currency, school.is_training) == ("XOF", True)
    browser.post(
        at("branch-new", code="ecole"),
        {"code": "kara", "name": "Section de Kara", "place": "", "idempotency_key": a_key()},
    )
    with scope(mutual=school):
        assert Branch.objects.get().name == "Section de Kara"
    assert "Section de Kara" in plain(browser.get(at("mutual", code="ecole")).content)


def test_a_person_is_made_and_appointed_with_title_tasks_and_dates(
    both: tuple[Mutual, Mutual], people: People, signed_in: Browser
) -> None:
    mutual, _other = both
    browser = signed_in(people.network_admin)
    made = browser.post(
        at("person-new"),
        {"display_name": "Sika Attiogbe", "username": "sika", "idempotency_key": a_key()},
        follow=True,
    )
    assert "Premier mot de passe" in plain(made.content)
    sika = User.objects.get(username="sika")
    assert sika.has_usable_password()
    sent = {
        "user": str(sika.uid), "role": "data_entry_clerk", "title": "Référente OS",
        "duties": ["error_review", "month_end"], "effective_from": "16/06/2025", "last_on": "",
        "idempotency_key": a_key(),
    }  # fmt: skip
    browser.post(at("appoint", code=mutual.code), sent)
    row = Appointment.objects.get(user=sika)
    assert (row.title, row.duties) == ("Référente OS", ["error_review", "month_end"])
    rights = plain(signed_in(people.awa).get(reverse("web:rights", args=[mutual.code])).content)
    assert "Sika Attiogbe (Référente OS)" in rights
    assert "Tâches de fin de mois" in rights
    assert "RSEC" in rights
    browser.post(
        at("appointment-end", code=mutual.code, uid=row.uid),
        {"last_on": "30/06/2025", "idempotency_key": a_key()},
    )
    row.refresh_from_db()
    assert row.effective_until == date(2025, 7, 1)


def test_an_adviser_comes_until_a_day(
    both: tuple[Mutual, Mutual], people: People, signed_in: Browser
) -> None:
    mutual, _other = both
    sent = {
        "user": str(people.fanta.uid), "role": "adviser", "title": "", "last_on": "",
        "effective_from": "16/06/2025", "idempotency_key": a_key(),
    }  # fmt: skip
    browser = signed_in(people.network_admin)
    assert browser.post(at("appoint", code=mutual.code), sent).status_code == 422
    assert browser.post(at("appoint", code=mutual.code), {**sent, "last_on": "31/12/2025"}).url


def test_somebody_is_appointed_in_all_mutuals_of_a_union(
    both: tuple[Mutual, Mutual], people: People, signed_in: Browser
) -> None:
    browser, url = signed_in(people.network_admin), at("appoint-in-union", code="reseau")
    page = plain(browser.get(url).content)
    assert "Dans chacune des 2 mutuelles" in page
    form = {"idempotency_key": a_key(), "user": str(people.adviser.uid), "role": Role.ADVISER,
            "effective_from": "16/06/2025", "last_on": "30/11/2025"}  # fmt: skip
    for _time in range(2):
        browser.post(url, form)
    posts = Appointment.objects.filter(user=people.adviser, role=Role.ADVISER)
    assert {post.mutual for post in posts} == set(both)
    again = browser.post(url, {**form, "idempotency_key": a_key()})
    assert "a déjà ce rôle ce jour-là" in plain(again.content)
    assert signed_in(people.director).get(url).status_code in (403, 404)


@pytest.mark.parametrize("page", ["people", "flags", "federation-new", "mutual-new"])
def test_the_rest_of_the_network_does_not_administer(
    both: tuple[Mutual, Mutual], people: People, signed_in: Browser, page: str
) -> None:
    assert signed_in(people.director).get(at(page)).status_code == 403


@pytest.mark.requirement("R252")
def test_a_feature_is_tried_measured_and_opened(
    both: tuple[Mutual, Mutual], people: People, signed_in: Browser
) -> None:
    mutual, other = both
    browser = signed_in(people.network_admin)
    url = at("flag", code=mutual.code, flag=RENEWAL_IN_LIST.code)
    sent = {"stage": "off", "effective_from": "16/06/2025", "measure": ""}
    browser.post(url, {**sent, "idempotency_key": a_key()})
    assert not is_open(mutual, RENEWAL_IN_LIST, ON)
    assert is_open(other, RENEWAL_IN_LIST, ON)
    renew = reverse("web:renewals-do", args=[mutual.code])
    refused = signed_in(people.awa).post(renew, {"one": "", "idempotency_key": a_key()})
    assert refused.status_code == 409
    assert "pas encore ouvert" in plain(refused.content)
    browser.post(url, {**sent, "stage": "pilot", "idempotency_key": a_key()})
    assert "0 acte depuis" in plain(browser.get(at("flags")).content)
    early = browser.post(url, {**sent, "stage": "open", "idempotency_key": a_key()})
    assert early.status_code == 422
    browser.post(
        url,
        {**sent, "stage": "open", "measure": "5 minutes gagnées par famille",
         "idempotency_key": a_key()},
    )  # fmt: skip
    assert "5 minutes gagnées" in plain(browser.get(url).content)


def test_the_common_lists_are_read_by_all_and_changed_by_one(
    scoped: Mutual, people: People, signed_in: Browser
) -> None:
    from tests.builders import a_care_item

    item = a_care_item("consultation-1")
    url = at("care-item", uid=item.uid)
    page = plain(signed_in(people.awa).get(at("lists")).content)
    assert "Consultation-1" in page
    assert "Changer" not in page
    assert signed_in(people.awa).get(url).status_code == 403
    sent = {"label": "Consultation au centre", "sex": "F", "min_age_years": "12",
            "source": "Comité du réseau", "idempotency_key": a_key()}  # fmt: skip
    admin = signed_in(people.network_admin)
    admin.post(url, sent)
    item.refresh_from_db()
    assert (item.label, item.sex, item.min_age_years) == ("Consultation au centre", "F", 12)
    page = plain(admin.get(at("lists")).content)
    assert "Comité du réseau" in page
    assert "Consultation-1" in page
    same = admin.post(url, {**sent, "idempotency_key": a_key()})
    assert same.status_code == 422


@pytest.mark.requirement("R202")
def test_the_technical_service_controls_compares_and_follows_month_end_and_pays_nowhere(
    both: tuple[Mutual, Mutual], people: People, signed_in: Browser, product: object
) -> None:
    mutual, other = both
    also_appointed(people.adviser, other, Role.ADVISER, until=date(2026, 1, 1))
    appoint(
        mutual=mutual, actor=system_user(), on=ON, idempotency_key=a_key(), user=people.moussa,
        role=Role.FINANCE_OFFICER, effective_from=date(2024, 1, 1), duties=(Duty.MONTH_END,),
    )  # fmt: skip
    with scope(mutual=mutual):
        household = a_household(mutual, people.awa, product, enrolled_on=date(2025, 1, 10))
        for number in ("A-001", "A-004"):
            a_payment(household, people.awa, 1_000, paper_number=number)
        receive = reverse("web:payment-new", args=[mutual.code, household.uid])
    browser = signed_in(people.adviser)
    answer = browser.get(at("follow-up"))
    followed = {each.mutual: each for each in answer.context["followed"]}
    assert set(followed) == {mutual, other}
    page = plain(answer.content)
    # Controls: booklets, files, open work at each step; month-end: its state and who finishes it.
    assert (followed[mutual].booklet_faults, followed[other].booklet_faults) == (1, 0)
    assert any(work.waiting.count for work in followed[mutual].work)
    assert not followed[mutual].is_month_closed
    assert [each.user for each in followed[mutual].month_end_people] == [people.moussa]
    assert "Banque et livres, mai 2025" in page
    assert "Moussa Adjavon" in page
    # Benchmarks: both mutuals side by side, reached from here.
    assert "Personnes sans photo" in page  # persons: the list of files counts families
    assert at("benchmark") in page
    assert {row.mutual for row in browser.get(at("benchmark")).context["rows"]} == {mutual, other}
    # No right to pay, by the matrix and at the door.
    assert not any(each.may_pay for each in followed.values())
    assert not ROLE_RIGHTS[Role.ADVISER] & PAYING_RIGHTS
    assert "vous n’avez le droit de payer dans aucune" in page
    assert browser.post(receive, {"idempotency_key": a_key()}).status_code == 403


@pytest.mark.requirement("R202", begun=True)
def test_who_serves_in_several_mutuals_compares_and_follows_them(
    both: tuple[Mutual, Mutual], people: People, signed_in: Browser, product: object
) -> None:
    mutual, other = both
    also_appointed(people.adviser, other, Role.ADVISER, until=date(2026, 1, 1))
    with scope(mutual=mutual):
        household = a_household(mutual, people.awa, product, enrolled_on=date(2025, 1, 10))
        a_payment(household, people.awa, 13_000)
    browser = signed_in(people.adviser)
    page = plain(browser.get(at("benchmark")).content)
    assert "2 mutuelles" in page.replace("<strong>", "").replace("</strong>", "")
    assert "2 pays" in page
    assert "11 mois sur douze sans écriture" in page
    assert "petit effectif" in page
    assert "Mois de réserve, au 31 mai 2025" in page
    follow = plain(browser.get(at("follow-up")).content)
    assert "mission jusqu’au 31 décembre 2025" in follow
    assert "vous n’avez le droit de payer dans aucune" in follow
    # switching between mutuals: the entrance, then the mutual
    entrance = plain(browser.get("/").content)
    assert mutual.name in entrance
    assert other.name in entrance
    alone = plain(signed_in(people.issa).get(at("benchmark")).content)
    assert mutual.name not in alone


def test_the_federation_reads_what_the_statutes_share(
    both: tuple[Mutual, Mutual], people: People, signed_in: Browser
) -> None:
    page = plain(signed_in(people.network_admin).get(at("benchmark")).content)
    assert "non partagé par les statuts" in page  # funds are kept unless the statutes say so
    assert "Consolidation" in page


def test_a_mutual_of_training_says_so_and_does_not_count(
    federation: Federation, both: tuple[Mutual, Mutual], people: People, signed_in: Browser
) -> None:
    school = a_mutual(federation, "ecole", "Mutuelle école")
    Mutual.objects.filter(pk=school.pk).update(is_training=True)
    also_appointed(people.adviser, school, Role.DIRECTOR)
    browser = signed_in(people.adviser)
    page = plain(browser.get(reverse("web:rights", args=["ecole"])).content)
    assert "FORMATION" in page
    assert "Mutuelle école" not in plain(browser.get(at("benchmark")).content)


def test_months_of_reserve_have_one_decimal_as_in_the_report() -> None:
    reserve = Figure("reserve_months", Decimal("19.664"), Unit.MONTHS, last_full_year(ON))
    with override("fr"):
        assert in_words(reserve, "MGA") == "19,7"


def test_the_coding_guide_is_read_by_all_and_changed_by_one(
    scoped: Mutual, people: People, signed_in: Browser
) -> None:
    entry = GuideEntry.objects.get(category=ensure_categories()["dental"])
    url = at("guide-entry", uid=entry.uid)
    page = plain(signed_in(people.awa).get(at("lists") + "?list=guide&q=carie").content)
    assert "Soins dentaires" in page
    assert (
        "Hospitalisation" not in page.split("<tbody>")[1].split("</tbody>")[0].split("<small>")[0]
    )
    assert signed_in(people.awa).get(url).status_code == 403
    admin = signed_in(people.network_admin)
    assert "mg:nify" in plain(admin.get(url).content)
    sent = {"definition": "Les dents.", "examples": "", "elsewhere": "",
            "synonyms": "molaire\nmg:nify\n", "source": "Atelier", "idempotency_key": a_key()}  # fmt: skip
    answer = admin.post(url, sent)
    assert answer["Location"].endswith("?list=guide")
    assert "molaire" in plain(admin.get(at("lists") + "?list=guide&q=molaire").content)
    assert admin.post(url, {**sent, "idempotency_key": a_key()}).status_code == 422


def test_a_network_without_mutuals_compares_none(
    people: People, signed_in: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from entraide.web.network import benchmark

    monkeypatch.setattr(benchmark, "compared", lambda _own, _others, on: [])
    page = plain(signed_in(people.network_admin).get(at("benchmark")).content)
    assert "Aucune mutuelle à comparer encore." in page
    assert "Une mutuelle" not in page
    assert "Un pays" not in page
