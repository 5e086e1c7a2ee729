"""Ceilings and deductibles of a product of openIMIS as ``limits`` and ``deductibles`` of ours.

A ceiling or a deductible is that of a treatment (one claim), an insuree (a person) or a policy (a
household), for all care, out-patient (OP) or in-patient (IP) care. What openIMIS calls in-patient
is a stay (interpretation I) or a hospital (H).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from entraide.exchange.openimis.packages import CareGroups, UnitLimit
from entraide.exchange.openimis.promises import ADULT_AGE_YEARS, Write
from entraide.exchange.openimis.reading import Row
from entraide.exchange.openimis.report import ImportReport

_YEAR_MONTHS = 12
_HOLDERS: tuple[tuple[str, dict[str, str], tuple[str, str]], ...] = (
    ("Treatment", {"per": "claim"}, ("une demande", "one claim")),
    ("Insuree", {}, ("la personne, par année", "the person, by year")),
    ("Policy", {"whose": "household"}, ("le ménage, par année", "the household, by year")),
)
_CARE = {
    "": ("tous les soins", "all care"),
    "OP": ("en ambulatoire", "out-patient"),
    "IP": ("en séjour", "in-patient"),
}
_OVERALL = {
    "MaxInsuree": "ceiling_minor_per_person_per_year",
    "MaxPolicy": "ceiling_minor_per_household_per_year",
}
CATEGORY_CEILINGS = (
    ("consultation", "MaxNoConsultation", "MaxAmountConsultation"),
    ("surgery", "MaxNoSurgery", "MaxAmountSurgery"),
    ("delivery", "MaxNoDelivery", "MaxAmountDelivery"),
    ("hospital", "MaxNoHospitalizaion", "MaxAmountHospitalization"),
    ("antenatal", "MaxNoAntenatal", "MaxAmountAntenatal"),
)


def _when(row: Row, care: str) -> dict[str, Any]:
    if not care:
        return {}
    if row["CeilingInterpretation"] != "H":
        return {"is_inpatient": care == "IP"}
    if care == "IP":
        return {"levels": ["district", "regional", "national"]}
    return {"levels": ["community", "primary", "pharmacy", "laboratory"]}


def _entry(title: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"title": {"fr": title[0], "en": title[1]}, **{k: v for k, v in more.items() if v}}


def add_bounds(
    document: dict[str, Any], row: Row, groups: CareGroups, write: Write, report: ImportReport
) -> None:
    """Write the ceilings, deductibles and counts of a product into its document."""
    limits: dict[str, Any] = {}
    deductibles: dict[str, Any] = {}
    for holder, place, (holder_fr, holder_en) in _HOLDERS:
        for care, (care_fr, care_en) in _CARE.items():
            title_fr, title_en = f"{holder_fr}, {care_fr}", f"{holder_en}, {care_en}"
            ceiling, deductible = f"Max{care}{holder}", f"Ded{care}{holder}"
            if row[deductible]:
                deductibles[f"ded_{care.lower()}{holder.lower()}"] = _entry(
                    (f"Franchise : {title_fr}", f"Deductible: {title_en}"),
                    **place, when=_when(row, care), amount_minor=write("money", row[deductible]),
                )  # fmt: skip
            if ceiling in _OVERALL and not _grows(row, ceiling, care):
                if row[ceiling] is not None:
                    document[_OVERALL[ceiling]] = write("money", row[ceiling])
            elif row[ceiling]:
                limits[f"max_{care.lower()}{holder.lower()}"] = _entry(
                    (f"Plafond : {title_fr}", f"Ceiling: {title_en}"),
                    **place, when=_when(row, care), amount_minor=write("money", row[ceiling]),
                    **_growth(row, ceiling, care, write),
                )  # fmt: skip
            _report_period(row, holder, (ceiling, deductible), report)
    _report_growth(row, report)
    _add_category_ceilings(document["benefits"], limits, row, groups, write, report)
    limits |= dict(_unit_limits(groups.unit_limits.get(row.key, ()), write))
    for name, rules in (("limits", limits), ("deductibles", deductibles)):
        if rules:
            document[name] = rules


def _grows(row: Row, ceiling: str, care: str) -> bool:
    return ceiling.endswith("Policy") and bool(row[f"MaxPolicyExtraMember{care}"])


def _growth(row: Row, ceiling: str, care: str, write: Write) -> dict[str, Any]:
    if not _grows(row, ceiling, care):
        return {}
    growth = {"amount_minor_per_extra_member": write("money", row[f"MaxPolicyExtraMember{care}"])}
    if row["Threshold"]:
        growth["members_included"] = write("1", row["Threshold"])
    most = row[f"MaxCeilingPolicy{care}"]
    if most:
        growth["amount_minor_cap"] = write("money", most)
    return growth


def _report_period(row: Row, holder: str, columns: Iterable[str], report: ImportReport) -> None:
    """A year of cover is not the period of the policy."""
    if holder == "Treatment" or row["InsurancePeriod"] == _YEAR_MONTHS:
        return
    for column in columns:
        if row[column]:
            report.leave(row, "OI_CEILING_BY_YEAR", column)


def _report_growth(row: Row, report: ImportReport) -> None:
    """What lets a ceiling grow, where there is no ceiling or no growth."""
    for care in _CARE:
        extra, most = f"MaxPolicyExtraMember{care}", f"MaxCeilingPolicy{care}"
        ceiling = f"Max{care}Policy"
        if row[extra] and not row[ceiling]:
            report.leave(row, "OI_RULE_LEFT_OUT", extra)
        if row[most] and not (row[extra] and row[ceiling]):
            report.leave(row, "OI_RULE_LEFT_OUT", most)


def _add_category_ceilings(
    benefits: dict[str, Any],
    limits: dict[str, Any],
    row: Row,
    groups: CareGroups,
    write: Write,
    report: ImportReport,
) -> None:
    """On the benefit of a category, or over all those in which it had to be divided."""
    for plain, count_column, amount_column in CATEGORY_CEILINGS:
        categories = [code for code in benefits if groups.plain_of(code) == plain]
        for column, kind, name, unit in (
            (count_column, "count", "ceiling_count_per_person_per_year", "1"),
            (amount_column, "amount_minor", "ceiling_minor_per_person_per_year", "money"),
        ):
            value = row[column]
            if value is None:
                continue
            if not categories or (unit == "1" and value == 0):
                report.leave(row, "OI_RULE_LEFT_OUT", column)
            elif len(categories) == 1:
                benefits[categories[0]][name] = write(unit, value)
            else:
                title = groups.label_of(plain)
                limits[f"{kind}_{plain}"] = _entry(
                    title, about={"categories": categories}, **{kind: write(unit, value)}
                )
    if row["MaxNoVisits"]:
        if groups.visits:
            about = {"items": list(groups.visits), "kinds": ["service"]}
            limits["visits"] = _entry(
                ("Visites", "Visits"), about=about, count=write("1", row["MaxNoVisits"])
            )
        else:
            report.leave(row, "OI_RULE_LEFT_OUT", "MaxNoVisits")


def _unit_limits(found: Iterable[UnitLimit], write: Write) -> Iterable[tuple[str, dict[str, Any]]]:
    """``LimitNo…``: the units of one item that are paid for in a year, for adults and children."""
    for limit in found:
        about = {"items": [limit.item], "kinds": [limit.kind]}
        code = f"no_{limit.kind[0]}{limit.key}"
        if limit.adult == limit.child:
            ages: tuple[tuple[str, int | None, dict[str, Any]], ...] = (("", limit.adult, {}),)
        else:
            ages = (
                ("_adult", limit.adult, {"min_age_years": ADULT_AGE_YEARS}),
                ("_child", limit.child, {"max_age_years": ADULT_AGE_YEARS - 1}),
            )
        for suffix, quantity, when in ages:
            if quantity:
                yield (
                    f"{code}{suffix}",
                    _entry(
                        (f"Quantité : {limit.label}"[:120], f"Quantity: {limit.label}"[:120]),
                        about=about, when=when, quantity=write("1", quantity),
                    ),
                )  # fmt: skip
