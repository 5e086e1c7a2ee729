"""Changes to the lists of the network: by its administrator only, each kept with its reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from entraide.apps.access.models import User
from entraide.apps.nomenclature.guide import coded_code, written
from entraide.apps.nomenclature.models import CareItem, Diagnosis, GuideEntry, ListChange
from entraide.apps.nomenclature.services import add_synonyms
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal

_ITEM_FIELDS = (
    "label", "sex", "min_age_years", "max_age_years", "max_quantity", "is_excluded",
    "drug_class", "is_injection", "risk_category",
)  # fmt: skip
_GUIDE_FIELDS = ("definition", "examples", "elsewhere")


@command("change_care_item", right=Right.ADMINISTER)
def change_care_item(
    *,
    mutual: Mutual | None,
    actor: User,
    on: date,
    idempotency_key: str,
    item: CareItem,
    label: str,
    source: str,
    sex: str = "",
    min_age_years: int | None = None,
    max_age_years: int | None = None,
    max_quantity: Decimal | None = None,
    is_excluded: bool = False,
    drug_class: str = "",
    is_injection: bool = False,
    risk_category: str = "",
) -> ListChange:
    """Another wording or other limits of an act or drug, in force at once for every mutual.

    A decision keeps what it saw. Refused: ``SETTING_SOURCE_MISSING``, ``LIST_SAME``,
    ``LIST_AGES_SWAPPED``.
    """
    if min_age_years is not None and max_age_years is not None and min_age_years > max_age_years:
        raise Refusal("LIST_AGES_SWAPPED", place="max_age_years")
    wanted = dict(
        zip(
            _ITEM_FIELDS,
            (
                label.strip(),
                sex,
                min_age_years,
                max_age_years,
                max_quantity,
                is_excluded,
                drug_class,
                is_injection,
                risk_category,
            ),
            strict=True,
        )
    )
    return _changed(item, "care_item", wanted, actor=actor, on=on, source=source)


@command("change_diagnosis", right=Right.ADMINISTER)
def change_diagnosis(
    *,
    mutual: Mutual | None,
    actor: User,
    on: date,
    idempotency_key: str,
    diagnosis: Diagnosis,
    label: str,
    source: str,
) -> ListChange:
    """Another wording of a diagnosis; see :func:`change_care_item`."""
    wanted = {"label": label.strip()}
    return _changed(diagnosis, "diagnosis", wanted, actor=actor, on=on, source=source)


@command("change_guide", right=Right.ADMINISTER)
def change_guide(
    *,
    mutual: Mutual | None,
    actor: User,
    on: date,
    idempotency_key: str,
    entry: GuideEntry,
    definition: str,
    source: str,
    examples: str = "",
    elsewhere: str = "",
    synonyms: tuple[str, ...] = (),
) -> ListChange:
    """Another definition of the coding guide, other examples, other words that people say for it.

    A word of one country begins with its letters (``mg:tazo``). Refused:
    ``SETTING_SOURCE_MISSING``, ``LIST_SAME``, ``GUIDE_DEFINITION_MISSING``.
    """
    if not definition.strip():
        raise Refusal("GUIDE_DEFINITION_MISSING", place="definition")
    if not source.strip():
        raise Refusal("SETTING_SOURCE_MISSING", place="source")
    held = GuideEntry.objects.select_for_update().get(pk=entry.pk)
    before = {
        **{name: getattr(held, name) for name in _GUIDE_FIELDS},
        "synonyms": "; ".join(written(held)),
    }
    held.definition, held.examples = definition.strip(), examples.strip()
    held.elsewhere, held.source = elsewhere.strip(), source.strip()[:200]
    held.synonyms.all().delete()
    add_synonyms(held, synonyms)
    after = {
        **{name: getattr(held, name) for name in _GUIDE_FIELDS},
        "synonyms": "; ".join(written(held)),
    }
    changed = [name for name in after if before[name] != after[name]]
    if not changed:
        raise Refusal("LIST_SAME", place="definition")
    held.save()
    return ListChange.objects.create(
        kind="guide",
        record_uid=held.uid,
        code=coded_code(held),
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
        source=held.source,
        changed_on=on,
        changed_by=actor,
    )


def _changed(
    record: CareItem | Diagnosis,
    kind: str,
    wanted: dict[str, Any],
    *,
    actor: User,
    on: date,
    source: str,
) -> ListChange:
    if not source.strip():
        raise Refusal("SETTING_SOURCE_MISSING", place="source")
    held = type(record)._default_manager.select_for_update().get(pk=record.pk)
    before = {name: getattr(held, name) for name in wanted}
    changed = [name for name, value in wanted.items() if before[name] != value]
    if not changed:
        raise Refusal("LIST_SAME", place="label")
    for name in changed:
        setattr(held, name, wanted[name])
    held.save(update_fields=changed)
    return ListChange.objects.create(
        kind=kind,
        record_uid=held.uid,
        code=held.code,
        before={name: _kept(before[name]) for name in changed},
        after={name: _kept(wanted[name]) for name in changed},
        source=source.strip(),
        changed_on=on,
        changed_by=actor,
    )


def _kept(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def list_changes(record_uid: object = None) -> QuerySet[ListChange]:
    """Every change of the lists, or of one record, the latest first."""
    changes = ListChange.objects.select_related("changed_by").order_by("-id")
    return changes.filter(record_uid=record_uid) if record_uid is not None else changes
