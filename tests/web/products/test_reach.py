"""Every key of a product file: written on a page of the draft, or named by it with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from entraide.apps.nomenclature.services import ensure_category
from entraide.apps.schemes.drafts import draft_for
from entraide.apps.schemes.models import Mutual, Product, ProductDraft, ProductVersion
from entraide.core.product import ContributionKind
from entraide.rulebook.drafts import part_at, read_draft, reformulated, value_at
from entraide.rulebook.schema import Parameter
from entraide.rulebook.schema_product import ProductDocument
from entraide.web.products.care_path import CarePathForm
from entraide.web.products.contribution import ContributionForm
from entraide.web.products.elsewhere import ELSEWHERE
from entraide.web.products.rule_forms import BenefitForm, GeneralForm, RuleForm
from tests.builders import a_key
from tests.people import People
from tests.web.conftest import Browser
from tests.web.products.test_drafts import FROM, at, begun, kept

# What no dated value is and a field of a form, or the page of the head, writes all the same.
OF_FORMS = {
    "title": "care-draft-head",
    "contribution.kind": "care-formula",
    "contribution.brackets": "ContributionForm.brackets",
    "benefits.*.variants.*": "RuleForm: title_fr, title_en, when_…, rank",
    "items.*": "RuleForm: title_fr, title_en, about_…, when_…, rank",
    "limits.*": "RuleForm: title_fr, title_en, about_…, when_…, whose, per",
    "deductibles.*": "RuleForm: title_fr, title_en, about_…, when_…, whose, per",
}
CATEGORY = "contribution.categories.*"


def keys_of(model: type[BaseModel], before: str = "") -> Iterator[tuple[str, bool]]:
    """Each key path of a part of the schema, and whether it is a dated value."""
    for name, field in model.model_fields.items():
        path = f"{before}{name}"
        inner = _models(field.annotation)
        if any(issubclass(each, Parameter) for each in inner):
            yield path, True
        elif not inner or name in ("title", "when", "about"):
            yield path, False
        else:
            star = ".*" if get_origin(field.annotation) is dict else ""
            for each in inner:
                yield from keys_of(each, f"{path}{star}.")


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) in (dict, list, Union, UnionType):
        return [each for part in get_args(annotation) for each in _models(part)]
    return []


def written_on_pages(draft: ProductDraft) -> set[str]:
    """The key paths of every form of a draft, codes of rules as stars."""
    forms: list[Any] = [
        GeneralForm(draft=draft),
        BenefitForm(draft=draft, category="consultation"),
        CarePathForm(draft=draft, categories=[]),
        *(
            RuleForm(draft=draft, kind=kind, category="consultation")
            for kind in ("variant", "item", "limit", "deductible")
        ),
    ]
    paths = {path for form in forms for path in form.paths.values()}
    whole = draft.document
    for kind in ContributionKind:
        draft.document = reformulated(whole, kind)
        priced = ContributionForm(draft=draft)
        paths |= set(priced.paths.values())
        paths |= {value.path for value in (*priced.standing, *priced.absent)}
    draft.document = whole
    paths |= {
        f"{CATEGORY}.{field.name.removeprefix('category_')}"
        .replace("*.rate", "*.exempted_rate").replace("*.title", "*")
        for field in ContributionForm(draft=draft).of_category()
    }  # fmt: skip
    starred = set()
    for path in paths:
        names = path.split(".")
        if names[0] == "benefits":
            names[1] = "*"
            if len(names) > 3 and names[2] in ("variants", "by_sector"):
                names[3] = "*"
        elif names[0] in ("items", "limits", "deductibles"):
            names[1] = "*"
        starred.add(".".join(names))
    return starred


@pytest.fixture
def empty(scoped: Mutual, people: People, product: Product, signed_in: Browser) -> ProductDraft:
    ensure_category("consultation")
    return begun(
        scoped, signed_in(people.moussa), "nothing", title_fr="Essentiel plus", kind="per_person",
        amount="5 000", fund_share_rate="75", categories=["consultation"],
    )  # fmt: skip


@pytest.mark.requirement("R182", begun=True)
def test_every_key_of_the_schema_is_on_a_page_or_named_as_not(
    scoped: Mutual, people: People, empty: ProductDraft, signed_in: Browser
) -> None:
    pages = written_on_pages(empty)
    missing = []
    for path, is_dated in keys_of(ProductDocument):
        holder = path.rpartition(".")[0]
        is_undated_of_form = path in OF_FORMS or (
            not is_dated and (holder in OF_FORMS or path.startswith("care_path."))
        )
        if path not in pages and not is_undated_of_form and path not in ELSEWHERE:
            missing.append(path)
    assert missing == []
    told = signed_in(people.moussa).get(at(scoped, f"{empty.uid}/")).content.decode()
    for sentence in ("seul le fichier de la formule porte un autre nom", "plusieurs jours à venir"):
        assert sentence in told.replace("\u00a0", " ")


@pytest.mark.requirement("R182", begun=True)
def test_cycles_and_times_to_join_are_typed_as_days(
    scoped: Mutual, people: People, empty: ProductDraft, signed_in: Browser
) -> None:
    officer, page = signed_in(people.moussa), "cotisation/"
    typed = {
        "membership-cover_months": "12", "membership-unit": "family",
        "membership-cycle_starts": "1/1, 01/07", "membership-enrolment_grace_months": "1",
        "membership-enrolment_windows": "01/11 au 31/01\n1/5 - 31/7",
        "contribution-amount_minor": "5 000", "fund_share_rate": "75",
        "contribution-instalment_count": "2", "contribution-instalment_months": "0, 6",
    }  # fmt: skip
    assert kept(scoped, officer, empty, page, **typed).status_code == 302
    empty.refresh_from_db()
    said = {name: value_at(empty.document, f"membership.{name}", FROM) for name in (
        "cycle_starts", "enrolment_windows", "enrolment_grace_months", "unit")}  # fmt: skip
    assert said == {
        "cycle_starts": ["01-01", "01-07"],
        "enrolment_windows": ["01-11/31-01", "01-05/31-07"],
        "enrolment_grace_months": 1,
        "unit": "family",
    }
    assert read_draft(empty.document, FROM).is_whole
    again = officer.get(at(scoped, f"{empty.uid}/{page}")).content.decode()
    assert "01/01, 01/07" in again
    assert "01/11 au 31/01" in again
    told = officer.get(at(scoped, f"{empty.uid}/")).content.decode()
    assert "01/01 et 01/07" in told
    for wrong in ("29/02", "31/04", "1er janvier"):
        answer = kept(scoped, officer, empty, page, **{**typed, "membership-cycle_starts": wrong})
        assert answer.status_code == 422
        assert "un jour de chaque année" in answer.content.decode()
    answer = kept(
        scoped, officer, empty, page, **{**typed, "membership-enrolment_windows": "01/11"}
    )
    assert answer.status_code == 422
    none = {**typed, "membership-cycle_starts": "sans", "membership-enrolment_windows": ""}
    assert kept(scoped, officer, empty, page, **none).status_code == 302
    empty.refresh_from_db()
    assert value_at(empty.document, "membership.cycle_starts", FROM) == []
    assert value_at(empty.document, "membership.enrolment_windows", FROM) is ...


@pytest.mark.requirement("R182", begun=True)
def test_a_new_product_takes_another_formula_and_its_categories(
    scoped: Mutual, people: People, empty: ProductDraft, signed_in: Browser
) -> None:
    officer = signed_in(people.moussa)
    answer = officer.post(
        at(scoped, f"{empty.uid}/cotisation/formule/"),
        {"idempotency_key": a_key(), "kind": "of_income"},
    )
    assert answer.status_code == 302
    draft = draft_for(scoped, empty.uid)
    assert "amount_minor" not in draft.document["contribution"]
    page = officer.get(at(scoped, f"{empty.uid}/")).content.decode()
    assert f"{empty.uid}/cotisation/" in page  # where its missing rate is written
    typed = {
        "contribution-income_brackets": "50 000 : 5 %\n100 000 : 8 %", "brackets": "marginal",
        "membership-cover_months": "12", "fund_share_rate": "75",
        "category_title": "Indigents", "category_rate": "100", "category_paid_by": "state",
        "category_subsidy_minor_per_person": "1 000",
    }  # fmt: skip
    assert kept(scoped, officer, empty, "cotisation/", **typed).status_code == 302
    draft = draft_for(scoped, empty.uid)
    read = read_draft(draft.document, FROM)
    assert read.findings == ()
    assert read.product is not None
    assert str(read.product.contribution.brackets) == "marginal"
    indigents = part_at(draft.document, "contribution.categories.indigents")
    assert indigents is not None
    assert indigents["title"]["fr"] == "Indigents"
    assert read.product.contribution.categories[0].subsidy_minor_per_person == 1_000


def test_a_product_that_families_have_changes_how_one_joins_and_not_its_price(
    scoped: Mutual, people: People, product: Product, signed_in: Browser
) -> None:
    officer = signed_in(people.moussa)
    draft = begun(scoped, officer, str(ProductVersion.objects.get(product=product).uid))
    page = officer.get(at(scoped, f"{draft.uid}/cotisation/")).content.decode()
    assert "membership-enrolment_windows" in page
    assert "membership-cover_months" not in page
    assert "contribution-amount_minor" not in page
    refused = officer.post(
        at(scoped, f"{draft.uid}/cotisation/formule/"),
        {"idempotency_key": a_key(), "kind": "of_income"},
    )
    assert refused.status_code == 302
    before = dict(draft.document)
    answer = kept(
        scoped, officer, draft, "cotisation/", **{"membership-enrolment_windows": "01/11 au 31/01"}
    )
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.document["contribution"] == before["contribution"]
    joining = read_draft(draft.document, FROM).product
    assert joining is not None
    assert joining.membership.enrolment_windows == (((1, 11), (31, 1)),)


def test_a_new_product_sent_back_is_taken_up_with_its_price(
    scoped: Mutual, people: People, empty: ProductDraft, signed_in: Browser
) -> None:
    officer = signed_in(people.moussa)
    officer.post(at(scoped, f"{empty.uid}/proposer/"), {"idempotency_key": a_key()})
    version = ProductVersion.objects.get(approved_at=None)
    signed_in(people.director).post(
        f"/m/{scoped.code}/regles/{version.uid}/retirer/",
        {"idempotency_key": a_key(), "reason": "Le prix est trop haut"},
    )
    again = begun(scoped, officer, str(version.uid))
    page = officer.get(at(scoped, f"{again.uid}/cotisation/")).content.decode()
    assert "contribution-amount_minor" in page, "nobody belongs to it: its price is still written"
    answer = kept(
        scoped, officer, again, "cotisation/",
        **{"contribution-amount_minor": "4 000", "fund_share_rate": "75",
           "membership-cover_months": "12"},
    )  # fmt: skip
    assert answer.status_code == 302
    again.refresh_from_db()
    assert value_at(again.document, "contribution.amount_minor", FROM) == 4_000
