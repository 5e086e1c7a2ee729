"""Who may do what: the rights matrix of the thirteen roles, readable as a table.

A person may hold two roles in a small mutual; the steps of one record stay apart all the same
(``require_other_person``): whoever enters does not approve, whoever approves does not pay.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import BigIntegerField, DateField, Q, QuerySet

from entraide.apps.access.models import User
from entraide.apps.access.prepared import Prepared
from entraide.apps.schemes.models import Appointment, Mutual, Role
from entraide.core.errors import Refusal


class Right(StrEnum):
    """One kind of act. Reading member registers is a right too; medical detail is another."""

    READ_REGISTERS = "read_registers"
    READ_BOOKS = "read_books"
    READ_REPORTS = "read_reports"
    READ_MEDICAL = "read_medical"
    READ_AUDIT = "read_audit"
    ENROL = "enrol"
    MEND_REGISTER = "mend_register"
    COORDINATE = "coordinate"
    RECORD_PAYMENT = "record_payment"
    PREPARE_SLIP = "prepare_slip"
    RECORD_DEPOSIT = "record_deposit"
    KEEP_RECEIPTS = "keep_receipts"
    WRITE_OFF = "write_off"
    ENTER_CLAIM = "enter_claim"
    REVIEW_CLAIM = "review_claim"
    RECODE_CLAIM = "recode_claim"
    APPROVE_CLAIM = "approve_claim"
    PREPARE_BATCH = "prepare_batch"
    AUTHORISE_BATCH = "authorise_batch"
    RECORD_PAYOUT = "record_payout"
    GIVE_REFUND = "give_refund"
    POST_OPERATION = "post_operation"
    REVERSE = "reverse"
    IMPORT_STATEMENT = "import_statement"
    MATCH = "match"
    ENTER_PRODUCT = "enter_product"
    APPROVE_PRODUCT = "approve_product"
    APPROVE_EXEMPTION = "approve_exemption"
    PLAN = "plan"
    PRINT_CARDS = "print_cards"
    CANCEL_CARDS = "cancel_cards"
    ENTER_FILE_RULE = "enter_file_rule"
    APPROVE_FILE_RULE = "approve_file_rule"
    ENTER_SCORECARD = "enter_scorecard"
    APPROVE_SCORECARD = "approve_scorecard"
    CHANGE_SETTINGS = "change_settings"
    IMPORT_REGISTERS = "import_registers"
    SIGN_MONTH = "sign_month"
    KEEP_PROVIDERS = "keep_providers"
    APPROVE_CONVENTION = "approve_convention"
    GIVE_PRE_AUTHORISATION = "give_pre_authorisation"
    CONTROL_CARE = "control_care"
    USE_PORTAL = "use_portal"
    ADMINISTER = "administer"


_R = Right
ROLE_RIGHTS: dict[str, frozenset[Right]] = {
    Role.FIELD_AGENT: frozenset(
        {_R.READ_REGISTERS, _R.ENROL, _R.RECORD_PAYMENT, _R.PREPARE_SLIP, _R.GIVE_REFUND}
    ),
    Role.DATA_ENTRY_CLERK: frozenset(
        {
            _R.READ_REGISTERS, _R.ENROL, _R.RECORD_PAYMENT, _R.PREPARE_SLIP, _R.ENTER_CLAIM,
            _R.PRINT_CARDS, _R.CANCEL_CARDS,
        }
    ),
    Role.COORDINATOR: frozenset(
        {
            _R.READ_REGISTERS, _R.READ_REPORTS, _R.ENROL, _R.MEND_REGISTER, _R.APPROVE_CLAIM,
            _R.PRINT_CARDS, _R.CANCEL_CARDS, _R.ENTER_FILE_RULE, _R.CHANGE_SETTINGS, _R.COORDINATE,
            _R.APPROVE_EXEMPTION,
            _R.ENTER_SCORECARD, _R.KEEP_PROVIDERS, _R.CONTROL_CARE,
        }
    ),
    Role.MEDICAL_ADVISER: frozenset(
        {
            _R.READ_REGISTERS, _R.READ_MEDICAL, _R.READ_REPORTS, _R.REVIEW_CLAIM, _R.RECODE_CLAIM,
            _R.APPROVE_CLAIM, _R.KEEP_PROVIDERS, _R.GIVE_PRE_AUTHORISATION, _R.CONTROL_CARE,
        }
    ),
    Role.FINANCE_OFFICER: frozenset(
        {
            _R.READ_REGISTERS, _R.READ_BOOKS, _R.READ_REPORTS, _R.PREPARE_SLIP, _R.RECORD_DEPOSIT,
            _R.KEEP_RECEIPTS, _R.PREPARE_BATCH, _R.POST_OPERATION, _R.REVERSE,
            _R.IMPORT_STATEMENT, _R.MATCH, _R.ENTER_PRODUCT, _R.PLAN, _R.ENTER_FILE_RULE,
            _R.KEEP_PROVIDERS,
        }
    ),
    Role.CASHIER: frozenset(
        {
            _R.READ_REGISTERS, _R.RECORD_PAYMENT, _R.PREPARE_SLIP, _R.RECORD_DEPOSIT,
            _R.KEEP_RECEIPTS, _R.RECORD_PAYOUT, _R.GIVE_REFUND,
        }
    ),
    Role.DIRECTOR: frozenset(
        {
            _R.READ_REGISTERS, _R.READ_BOOKS, _R.READ_REPORTS, _R.READ_AUDIT, _R.APPROVE_CLAIM,
            _R.AUTHORISE_BATCH, _R.APPROVE_PRODUCT, _R.PLAN, _R.APPROVE_FILE_RULE,
            _R.CHANGE_SETTINGS, _R.COORDINATE, _R.APPROVE_EXEMPTION,
            _R.APPROVE_SCORECARD, _R.WRITE_OFF, _R.APPROVE_CONVENTION,
        }
    ),
    Role.ELECTED_OFFICER: frozenset(
        {
            _R.READ_BOOKS, _R.READ_REPORTS, _R.AUTHORISE_BATCH, _R.APPROVE_PRODUCT,
            _R.APPROVE_FILE_RULE, _R.APPROVE_EXEMPTION,
            _R.APPROVE_SCORECARD, _R.WRITE_OFF, _R.APPROVE_CONVENTION,
        }
    ),
    Role.MONITORING_OFFICER: frozenset(
        {_R.READ_REGISTERS, _R.READ_REPORTS, _R.PLAN, _R.ENTER_SCORECARD, _R.RECODE_CLAIM}
    ),
    Role.ADVISER: frozenset({_R.READ_BOOKS, _R.READ_REPORTS}),
    Role.AUDITOR: frozenset(
        {_R.READ_REGISTERS, _R.READ_BOOKS, _R.READ_REPORTS, _R.READ_AUDIT}
    ),
    Role.PROVIDER_USER: frozenset({_R.USE_PORTAL}),  # at their own provider: providers.posts
    Role.NETWORK_ADMIN: frozenset(
        {_R.ADMINISTER, _R.IMPORT_REGISTERS, _R.CHANGE_SETTINGS, _R.COORDINATE}
    ),
}  # fmt: skip
# Who enters the office of a mutual; a provider's user has a door of their own.
OFFICE_ROLES = frozenset(ROLE_RIGHTS) - {Role.PROVIDER_USER}

# Whoever works in a mutual may be given a duty, and signs it; who advises or audits only reads.
for _role in ROLE_RIGHTS.keys() - {
    Role.ADVISER, Role.AUDITOR, Role.PROVIDER_USER, Role.NETWORK_ADMIN,
}:  # fmt: skip
    ROLE_RIGHTS[_role] |= {_R.SIGN_MONTH}

# What a right reaches when it is held in a section: records of families, which the registers
# narrow. Books, reports, settings, tariffs and lists know no sections: of the whole mutual only.
FAMILY_RIGHTS = frozenset(
    {
        _R.READ_REGISTERS, _R.READ_MEDICAL, _R.ENROL, _R.MEND_REGISTER, _R.RECORD_PAYMENT,
        _R.PREPARE_SLIP, _R.ENTER_CLAIM, _R.REVIEW_CLAIM, _R.APPROVE_CLAIM, _R.APPROVE_EXEMPTION,
        _R.RECODE_CLAIM,
        _R.PRINT_CARDS, _R.CANCEL_CARDS, _R.SIGN_MONTH, _R.GIVE_PRE_AUTHORISATION, _R.GIVE_REFUND,
    }
)  # fmt: skip

# A coordinator of a section has of the role what concerns families; the rest is withheld.
SECTION_ROLES = frozenset(
    {role for role, rights in ROLE_RIGHTS.items() if rights and rights <= FAMILY_RIGHTS}
    | {Role.COORDINATOR}
)


def _roles(mutual: Any, user: Any, on: Any) -> QuerySet[Any]:
    in_mutual = Q(mutual__isnull=True) if mutual is None else Q(mutual=mutual) | Q(mutual=None)
    return Appointment.objects.filter(
        in_mutual,
        Q(effective_until__isnull=True) | Q(effective_until__gt=on),
        user=user,
        effective_from__lte=on,
    ).values_list("role", "branch")


_ROLES_IN_MUTUAL: Prepared[tuple[str, int | None]] = Prepared(
    _roles, is_steady=True, mutual=BigIntegerField(), user=BigIntegerField(), on=DateField()
)


def roles_on(user: User, mutual: Mutual | None, on: date) -> frozenset[str]:
    """The roles that a person holds in a mutual (or the network, for None) on a day."""
    return posts_on(user, mutual, on).roles


@dataclass(frozen=True, slots=True)
class Posts:
    """What a person is in a mutual: the roles, and the sections that bound what they see.

    ``sections`` is None for whoever holds a post of the whole mutual. ``rights``: those of these
    posts, a post held in a section giving none but :data:`FAMILY_RIGHTS`.
    """

    roles: frozenset[str]
    sections: frozenset[int] | None
    rights: frozenset[Right]


def posts_on(user: User, mutual: Mutual | None, on: date) -> Posts:
    """The roles of a person in a mutual (the network for None) on a day, and where. One query."""
    if not user.is_active:
        return Posts(frozenset(), None, frozenset())
    if mutual is None:
        held = list(_roles(None, user, on))
    else:
        held = _ROLES_IN_MUTUAL.all(mutual=mutual, user=user, on=on)
    sections = frozenset(branch for _role, branch in held if branch is not None)
    is_bounded = bool(held) and all(branch is not None for _role, branch in held)
    roles = frozenset(role for role, _branch in held)
    of_whole = rights_of(frozenset(role for role, branch in held if branch is None))
    rights = of_whole | (rights_of(roles) & FAMILY_RIGHTS)
    return Posts(roles, sections if is_bounded else None, rights)


def rights_of(roles: frozenset[str]) -> frozenset[Right]:
    """All that these roles may do together."""
    return frozenset[Right]().union(*(ROLE_RIGHTS[role] for role in roles))


def may(user: User, mutual: Mutual | None, right: Right, on: date) -> bool:
    """Whether a person may do this in this mutual on this day; the system may do everything."""
    return user.is_system or right in posts_on(user, mutual, on).rights


def people_who_may(mutual: Mutual, right: Right, on: date) -> list[User]:
    """Who holds a right in a mutual on a day, by name; the system is nobody here."""
    roles = [role for role, rights in ROLE_RIGHTS.items() if right in rights]
    appointed = Appointment.objects.filter(
        Q(effective_until__isnull=True) | Q(effective_until__gt=on),
        reaching(right),
        mutual=mutual,
        role__in=roles,
        effective_from__lte=on,
    )
    people = User.objects.filter(pk__in=appointed.values("user"), is_active=True, is_system=False)
    return sorted(people, key=str)


def reaching(right: Right, path: str = "") -> Q:
    """The appointments, found by a path, that give a right where their role has it."""
    return Q() if right in FAMILY_RIGHTS else Q(**{f"{path}branch__isnull": True})


def require_right(user: User, mutual: Mutual | None, right: Right, on: date) -> Posts:
    """The posts that give the right; ``FORBIDDEN`` unless :func:`may`. One query, or none."""
    if user.is_system:
        return Posts(frozenset(), None, frozenset(Right))
    posts = posts_on(user, mutual, on)
    if right not in posts.rights:
        raise Refusal("FORBIDDEN", right=right.value, person=str(user))
    return posts


def require_other_person(actor: User, earlier: User | None, *, step: str) -> None:
    """Refuse with ``SEPARATION_OF_DUTIES`` when the same person did the earlier step."""
    if earlier is not None and not earlier.is_system and earlier.pk == actor.pk:
        raise Refusal("SEPARATION_OF_DUTIES", person=str(actor), step=step)
