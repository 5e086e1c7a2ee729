"""Who may do what in this mutual, and who is who: readable by everyone who works here."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from entraide.apps.schemes.models import Role
from entraide.apps.schemes.rights import ROLE_RIGHTS, Right
from entraide.apps.schemes.selectors import appointments_on
from entraide.apps.schemes.titles import PRESETS, holders_of_duties
from entraide.web.names import RIGHT_NAMES, ROLE_NAMES
from entraide.web.network.wording import DUTY_NAMES, post_of, preset_name
from entraide.web.office import OfficeRequest, office_view

Text = str | Promise

# Every right stands in one group, in the order of the chain; a test holds it.
GROUPS: tuple[tuple[Text, tuple[Right, ...]], ...] = (
    (
        _("Reading"),
        (
            Right.READ_REGISTERS,
            Right.READ_BOOKS,
            Right.READ_REPORTS,
            Right.READ_MEDICAL,
            Right.READ_AUDIT,
        ),
    ),
    (
        _("Memberships and contributions"),
        (
            Right.ENROL,
            Right.MEND_REGISTER,
            Right.RECORD_PAYMENT,
            Right.PREPARE_SLIP,
            Right.RECORD_DEPOSIT,
            Right.KEEP_RECEIPTS,
            Right.WRITE_OFF,
            Right.COORDINATE,
        ),
    ),
    (
        _("Files and cards"),
        (
            Right.PRINT_CARDS,
            Right.CANCEL_CARDS,
            Right.ENTER_FILE_RULE,
            Right.APPROVE_FILE_RULE,
            Right.ENTER_SCORECARD,
            Right.APPROVE_SCORECARD,
        ),
    ),
    (
        _("Care"),
        (
            Right.ENTER_CLAIM,
            Right.REVIEW_CLAIM,
            Right.RECODE_CLAIM,
            Right.APPROVE_CLAIM,
            Right.GIVE_PRE_AUTHORISATION,
            Right.CONTROL_CARE,
            Right.KEEP_PROVIDERS,
            Right.APPROVE_CONVENTION,
            Right.USE_PORTAL,
        ),
    ),
    (
        _("Settlements"),
        (Right.PREPARE_BATCH, Right.AUTHORISE_BATCH, Right.RECORD_PAYOUT, Right.GIVE_REFUND),
    ),
    (
        _("Books and bank"),
        (Right.POST_OPERATION, Right.REVERSE, Right.IMPORT_STATEMENT, Right.MATCH),
    ),
    (
        _("Rules and plan"),
        (
            Right.ENTER_PRODUCT,
            Right.APPROVE_PRODUCT,
            Right.APPROVE_EXEMPTION,
            Right.PLAN,
            Right.SIGN_MONTH,
        ),
    ),
    (_("Network"), (Right.CHANGE_SETTINGS, Right.IMPORT_REGISTERS, Right.ADMINISTER)),
)

# What two persons must do, whatever their roles: the services hold it.
SEPARATIONS: tuple[tuple[Text, Text], ...] = (
    (_("A claim"), _("Whoever entered it neither reviews nor approves it.")),
    (_("A control campaign"), _("Whoever opened it or wrote a finding does not sign it.")),
    (_("A settlement batch"), _("Whoever prepared it does not authorise it.")),
    (
        _("A payout"),
        _(
            "Whoever prepared or authorised the batch, or entered or approved one of its claims, "
            "does not record the payout."
        ),
    ),
    (_("The rules of a product"), _("Whoever entered them does not approve them.")),
    (_("An exemption"), _("Whoever entered it does not approve it.")),
    (_("What a file must hold"), _("Whoever proposed it does not approve it.")),
)


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One role: who holds it here, what it may do."""

    name: Text
    people: tuple[str, ...]
    acts: tuple[Text, ...]
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Act:
    """One right across the roles; ``mine`` when the reader holds it."""

    name: Text
    marks: tuple[tuple[bool, bool], ...]  # for each role: may it, is it the reader's
    is_mine: bool


@require_GET
@office_view
def who_may_what(request: OfficeRequest) -> HttpResponse:
    """The matrix of rights, the people of each role, and what stays apart."""
    holders: dict[str, list[str]] = {}
    for appointment in appointments_on(request.mutual, request.day):
        told = str(appointment.user)
        if appointment.title:
            told = f"{told} ({appointment.title})"
        holders.setdefault(appointment.role, []).append(told)
    roles = [role for role in Role.values if ROLE_RIGHTS[role]]
    context = {
        "roles": [
            RoleRow(
                ROLE_NAMES[role],
                tuple(dict.fromkeys(holders.get(role, ()))),
                tuple(RIGHT_NAMES[right] for right in Right if right in ROLE_RIGHTS[role]),
                role in request.roles,
            )
            for role in roles
        ],
        "heads": [(ROLE_NAMES[role], role in request.roles) for role in roles],
        "groups": [
            (name, [_act(right, roles, request) for right in rights]) for name, rights in GROUPS
        ],
        "separations": SEPARATIONS,
        "duties": [
            (DUTY_NAMES[duty], [(str(each.user), post_of(each)) for each in held])
            for duty, held in holders_of_duties(request.mutual, request.day).items()
        ],
        "presets": [
            (preset_name(each.name), ROLE_NAMES[each.role], [DUTY_NAMES[d] for d in each.duties])
            for each in PRESETS
        ],
        "mine": [RIGHT_NAMES[right] for right in Right if right in request.rights],
    }
    return render(request, "web/rights/page.html", context)


def _act(right: Right, roles: list[str], request: OfficeRequest) -> Act:
    marks = tuple((right in ROLE_RIGHTS[role], role in request.roles) for role in roles)
    return Act(RIGHT_NAMES[right], marks, right in request.rights)
