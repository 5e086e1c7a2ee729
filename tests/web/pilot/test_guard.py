"""The guard on running costs, and the link between a tariff and the scenario that justified it."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from entraide.apps.contributions.tariff_records import TariffChange
from entraide.apps.planning.models import BusinessPlan, Scenario
from entraide.apps.schemes.models import Mutual, Product, ProductVersion
from entraide.apps.schemes.services import approve_product_version, enter_product_version
from entraide.core.errors import Refusal
from entraide.rulebook import product_path, read_product
from tests.builders import a_key
from tests.people import People
from tests.web.conftest import Browser
from tests.web.pilot.conftest import Address

REASON = "Ouverture de deux antennes"


def plain(content: bytes) -> str:
    return content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def a_dear_version(mutual: Mutual, people: People, reason: str) -> ProductVersion:
    """A tariff in force on the day of the tests that leaves 40 % to running costs."""
    document = read_product(product_path("essentielle")).document
    document["fund_share_rate"]["values"][-1]["value"] = "0.60"
    common = {"mutual": mutual, "on": date(2025, 5, 2)}
    version = enter_product_version(
        **common, actor=people.moussa, idempotency_key=a_key(), document=document,
        effective_from=date(2025, 6, 1), source="AG, résolution 4", running_share_reason=reason,
    )  # fmt: skip
    return approve_product_version(
        **common, actor=people.director, idempotency_key=a_key(), version=version
    )


@pytest.mark.requirement("R029")
def test_more_than_the_limit_for_running_costs_is_justified_and_warned_of(
    plan: BusinessPlan, product: Product, scoped: Mutual, people: People, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    director, home = signed_in(people.director), address("home")
    assert "au fonctionnement" not in plain(director.get(home).content)
    # A product: refused without a reason, then warned of on the first page with its reason.
    with pytest.raises(Refusal, match="RUNNING_SHARE_REASON_MISSING"):
        a_dear_version(scoped, people, reason="  ")
    a_dear_version(scoped, people, REASON)
    page = plain(director.get(home).content)
    assert "Plus de 30 % de la cotisation va au fonctionnement" in page
    assert f"40 % depuis le 1er juin 2025. Raison écrite : {REASON}" in page
    # A scenario: the page asks for the reason as soon as the lever passes the limit.
    base = plan.scenarios.get(name="Rien ne change")
    levers = {"scenario": str(base.uid), "share": "35"}
    shown = director.get(address("plan"), levers)
    assert "Le fonctionnement prend 35 % de la cotisation, plus que la limite de 30 %." in plain(
        shown.content
    )
    assert b'name="running_share_reason"' in shown.content
    below = director.get(address("plan"), levers | {"share": "29"}).content
    assert b'name="running_share_reason"' not in below
    url = address("plan-scenario", uid=plan.uid)
    sent = {**levers, "name": "Antennes", "idempotency_key": a_key()}
    refused = director.post(url, sent)
    assert refused.status_code == 422
    assert "plus que la limite de 30 %" in plain(refused.content)
    assert not Scenario.objects.filter(name="Antennes").exists()
    kept = director.post(url, sent | {"running_share_reason": REASON}, follow=True)
    assert f"Raison écrite : {REASON}" in plain(kept.content)
    page = plain(director.get(home).content)
    assert "Un scénario donne plus de 30 % de la cotisation au fonctionnement" in page
    assert f"35 %. Raison écrite : {REASON}" in page
    # The limit is the mutual's own, changed on a page by who leads it.
    change = {"value": "40 %", "source": "AG du 7 juin", "idempotency_key": a_key()}
    director.post(f"{address('choices')}running_share_limit/", change)
    assert "au fonctionnement" not in plain(director.get(home).content)


def test_a_plan_above_the_limit_is_kept_with_its_reason_or_not_at_all(
    scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    director = signed_in(people.director)
    model = director.get(address("plan-model")).content.decode()
    text = model.replace("currency: MGA", "currency: XOF").replace(
        "running_share: 0.22", "running_share: 0.34"
    )

    def send(**more: str) -> int:
        file = SimpleUploadedFile("plan.yaml", text.encode())
        sent = {"name": "Plan cher", "file": file, "idempotency_key": a_key(), **more}
        return director.post(address("plan-new"), sent).status_code

    assert send() == 422
    assert not BusinessPlan.objects.exists()
    assert send(running_share_reason=REASON) == 302
    assert Scenario.objects.get().running_share_reason == REASON


@pytest.mark.requirement("R039")
def test_a_new_price_and_split_are_decided_by_two_and_lead_to_their_scenario(
    plan: BusinessPlan, product: Product, scoped: Mutual, people: People, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    scenario = plan.scenarios.get(name="Plan P")
    officer, director = signed_in(people.moussa), signed_in(people.director)
    url = address("tariff-new", code=product.code)
    assert f"{plan.name}, Plan P" in plain(officer.get(url).content)
    form = {
        "idempotency_key": a_key(), "effective_from": "01/01/2026", "source": "AG, résolution 3",
        "plan_scenario": str(scenario.uid), "fund_share_rate": "70",
        "contribution-amount_minor": "14 000",
    }  # fmt: skip
    stranger = officer.post(url, form | {"plan_scenario": str(plan.uid)})
    assert stranger.status_code == 422
    assert officer.post(url, form).status_code == 302
    change = TariffChange.objects.get()
    assert (change.scenario, change.scenario_uid) == (f"{plan.name}, Plan P", scenario.uid)
    approve = {"idempotency_key": a_key()}
    decide = address("product-version-approve", uid=change.version.uid)
    assert officer.post(decide, approve).status_code == 403
    link = f'href="{address("plan")}?scenario={scenario.uid}"'
    read = director.get(address("product-version", uid=change.version.uid)).content.decode()
    assert link in read
    director.post(decide, approve)
    change.version.refresh_from_db()
    assert (change.version.entered_by, change.version.approved_by) == (
        people.moussa, people.director,
    )  # fmt: skip
    history = director.get(address("tariff", code=product.code)).content.decode()
    assert link in history
    told = plain(history.encode())
    assert "Montant : 12 000 F CFA → 14 000 F CFA" in told
    assert "en vigueur à partir du 1er janvier 2026" in told
    opened = plain(director.get(f"{address('plan')}?scenario={scenario.uid}").content)
    assert "Plan P, 2026–2030" in opened
    assert "Justifie un tarif" in opened
    assert f"{product.name}</a>, version 2" in opened
    # A clerk reads the history, and cannot open the plan: no link that leads to a refusal.
    clerk = signed_in(people.awa).get(address("tariff", code=product.code)).content.decode()
    assert f"{plan.name}, Plan P" in clerk
    assert link not in clerk


def test_a_mutual_without_a_plan_writes_what_justifies_the_tariff(
    product: Product, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    page = signed_in(people.moussa).get(address("tariff-new", code=product.code)).content
    assert b'name="scenario"' in page
    assert b'name="plan_scenario"' not in page
