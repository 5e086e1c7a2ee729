"""Messages to the focal points of a place: written once, kept, called, sent or printed."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

import pytest

from entraide.apps.enrolment.focal_points import (
    appoint_focal_point,
    end_focal_point,
    write_to_focal_points,
)
from entraide.apps.enrolment.models import FocalPoint, FocalPointMessage
from entraide.apps.nomenclature.models import Area
from entraide.apps.nomenclature.services import ensure_area
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import RefusedRows
from tests.builders import a_household, a_key
from tests.documents.printed import printed_papers
from tests.people import People
from tests.web.conftest import Browser
from tests.web.groups.test_pages import TODAY, act, plain
from tests.web.households.conftest import Address, address

__all__ = ["address"]


@pytest.fixture
def villages(scoped: Mutual) -> tuple[Area, Area, Area]:
    """A region, two communes, a village in each: the region and both villages."""
    region = ensure_area(system="t", code="r", name="Maritime", level=1, country="tg")
    found = []
    for number, name in enumerate(("Kpogan", "Baguida")):
        district = ensure_area(system="t", code=f"d{number}", name=f"District {number}", level=2,
                               parent=region)  # fmt: skip
        commune = ensure_area(system="t", code=f"c{number}", name=f"Commune {number}", level=3,
                              parent=district)  # fmt: skip
        found.append(ensure_area(system="t", code=f"v{number}", name=name, level=5, parent=commune))
    return (region, *found)  # type: ignore[return-value]


def appointed(mutual: Mutual, people: People, area: Area, name: str, phone: str) -> FocalPoint:
    return appoint_focal_point(
        **act(mutual, people.awa), area=area, name=name, phone=phone, starts_on=date(2025, 1, 1)
    )


@pytest.mark.requirement("R015")
def test_villages_have_focal_points_or_are_listed_and_those_are_written_to(
    scoped: Mutual, people: People, product: Product, villages: tuple[Area, Area, Area],
    signed_in: Browser, address: Address, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    region, kpogan, baguida = villages
    for village in (kpogan, baguida):
        a_household(scoped, people.awa, product, area=village)
    awa = signed_in(people.awa)
    line = awa.get(address("area", uid=kpogan.uid)).context["line"]
    assert [each.level for each in line] == [1, 2, 3]  # région, préfecture, commune, then it
    for name, phone in (("Yao K.", "90 22 00 11"), ("Afi D.", "")):
        awa.post(
            address("focal-point-new", uid=kpogan.uid),
            {"idempotency_key": a_key(), "name": name, "phone": phone, "starts_on": "01/03/2025"},
        )
    without = awa.get(address("areas-without-focal-point")).content.decode()
    assert "Baguida" in without
    assert "Kpogan" not in without
    left = appointed(scoped, people, kpogan, "Parti", "90 99")
    end_focal_point(**act(scoped, people.awa), focal_point=left, ends_on=date(2025, 6, 1))

    page = awa.get(address("area", uid=kpogan.uid)).content.decode()
    write = address("focal-point-write")
    assert f"{write}?area={kpogan.uid}" in page
    form = plain(awa.get(write, {"area": str(region.uid)}).content)
    assert "À : Afi D., Yao K." in form
    sent = {"idempotency_key": a_key(), "subject": "Réunion", "text": "Samedi à 9 h.\nVenez."}
    for _twice in range(2):
        answer = awa.post(f"{write}?area={region.uid}", sent)
        assert answer.status_code == 302
    told = FocalPointMessage.objects.get()
    assert (told.area, told.written_by, told.written_on) == (region, people.awa, TODAY)
    shown = awa.get(answer["Location"]).content.decode()
    assert 'href="tel:90220011"' in shown
    assert f'href="sms:90220011?body={quote("Réunion")}' in shown
    assert "Parti" not in shown
    papers = printed_papers(monkeypatch)
    letters = awa.get(address("focal-point-letters", uid=told.uid))
    assert letters.content.startswith(b"%PDF")
    [paper] = papers
    assert [each["to"][0] for each in paper["papers"]] == ["Afi D.", "Yao K."]
    assert paper["papers"][0]["before"] == ["Samedi à 9 h.", "Venez."]
    assert "Réunion" in awa.get(address("focal-point-messages")).content.decode()


def test_what_cannot_be_sent_is_refused_with_every_fault(
    scoped: Mutual, people: People, villages: tuple[Area, Area, Area]
) -> None:
    _region, kpogan, baguida = villages
    appointed(scoped, people, kpogan, "Yao K.", "90 22")
    with pytest.raises(RefusedRows) as refused:
        write_to_focal_points(**act(scoped, people.awa), area=baguida, subject=" ", text="x" * 1001)
    assert [(each.code, each.place) for each in refused.value.findings] == [
        ("MESSAGE_SUBJECT_MISSING", "subject"),
        ("MESSAGE_TOO_LONG", "text"),
        ("FOCAL_POINTS_NONE", "area"),
    ]
    everywhere = write_to_focal_points(
        **act(scoped, people.awa), area=None, subject="Bonjour", text="À tous"
    )
    assert [each.name for each in everywhere.recipients.all()] == ["Yao K."]


def test_who_may_write_and_who_sees_nothing(
    scoped: Mutual, people: People, villages: tuple[Area, Area, Area], signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    appointed(scoped, people, villages[1], "Yao K.", "90 22")
    told = write_to_focal_points(
        **act(scoped, people.awa), area=None, subject="Bonjour", text="À tous"
    )
    moussa, fanta = signed_in(people.moussa), signed_in(people.fanta)
    assert moussa.get(address("focal-point-write")).status_code == 403
    assert moussa.get(address("focal-point-message", uid=told.uid)).status_code == 200
    for name, kwargs in (
        ("focal-point-messages", {}), ("focal-point-message", {"uid": told.uid}),
        ("focal-point-letters", {"uid": told.uid}), ("focal-point-write", {}),
    ):  # fmt: skip
        assert fanta.get(address(name, **kwargs)).status_code == 404
