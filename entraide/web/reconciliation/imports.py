"""A statement file: tried first, imported whole or not at all, every fault of it shown."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from entraide.apps.banking.models import BankAccount
from entraide.apps.banking.selectors import bank_account_for, statements
from entraide.apps.banking.services import import_statement
from entraide.apps.banking.statement_files import AUTO, ImportPlan, plan_import
from entraide.apps.banking.worksheet import line_counts
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal, RefusedRows
from entraide.documents import writing
from entraide.messages import place_in_words, sentence
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, office_url, office_view
from entraide.web.reconciliation.acts import command_arguments, must_rise
from entraide.web.reconciliation.expected import expected_files
from entraide.web.reconciliation.forms import StatementForm


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a file: where, and what to do."""

    place: str | Promise
    told: str


# What is at fault around the file; a place inside it is told as in every door.
PLACES: dict[str, Promise] = {
    "account": gettext_lazy("Account"),
    "currency": gettext_lazy("Currency"),
    "closing_on": gettext_lazy("End of the statement"),
}


def faults_of(refusal: Refusal, language: str) -> list[Fault]:
    """Every fault that a refusal tells, in the order of the file."""
    findings = refusal.findings if isinstance(refusal, RefusedRows) else (refusal.as_finding(),)
    return [
        Fault(
            PLACES.get(each.place) or place_in_words(each.place, language),
            sentence(each.code, each.data, language),
        )
        for each in findings
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@office_view(right=Right.IMPORT_STATEMENT)
def import_file(request: OfficeRequest, uid: str) -> HttpResponse:
    """Choose a file, try it, import it; a refused file changes nothing."""
    account = bank_account_for(request.mutual, uid)  # type: ignore[arg-type]
    if request.htmx and request.method != "POST":  # another format was chosen
        expected = expected_files(account, request.GET.get("format", ""))
        return render(request, "web/reconciliation/_expected.html", {"expected": expected})
    is_posted = request.method == "POST"
    form = StatementForm(
        request.POST if is_posted else None,
        request.FILES if is_posted else None,
        bank_account=account,
        initial={"format": request.GET.get("format", AUTO)},
    )
    faults: list[Fault] = []
    plan: ImportPlan | None = None
    if is_posted and form.is_valid():
        file, format_ = form.cleaned_data["file"], form.cleaned_data["format"] or AUTO
        content = file.read()
        try:
            plan = plan_import(account, content, format=format_)
            if "try" not in request.POST:
                import_statement(
                    bank_account=account,
                    file_name=file.name,
                    content=content,
                    format=format_,
                    **command_arguments(request),
                )
                return _imported(request, account, plan, file.name)
        except Refusal as refusal:
            if must_rise(refusal):
                raise
            plan, faults = None, faults_of(refusal, request.LANGUAGE_CODE)
    context = {
        "account": account,
        "form": form,
        "faults": faults,
        "plan": plan,
        "read_as": _format_name(form, plan.format) if plan else "",
        "expected": expected_files(account, str(form["format"].value() or "")),
        "last": statements(account).first(),
        "file_name": form.cleaned_data["file"].name if faults or plan else "",
    }
    status = 422 if faults or form.errors else 200
    return render(request, "web/reconciliation/import.html", context, status=status)


def _format_name(form: StatementForm, format: str) -> str:
    """The format by which a file was read, as the form names it."""
    return str(dict(form.fields["format"].choices).get(format, format))  # type: ignore[attr-defined]


def _imported(
    request: OfficeRequest, account: BankAccount, plan: ImportPlan, name: str
) -> HttpResponse:
    """Say what came in, and open what is to be done now."""
    here = redirect(office_url(request, "bank-account", uid=account.uid))
    language = request.LANGUAGE_CODE
    if not plan.statements:
        text = _("%(file)s adds nothing: its lines were all here already.") % {"file": name}
        notify(request, text, kind="info")
        return here
    text = (
        ngettext(
            "Statement imported: one new line.",
            "Statement imported: %(count)s new lines.",
            plan.new_count,
        )
        if plan.new_count
        else _("Statement imported: no new line.")
    )
    notify(
        request,
        text % {"count": writing.number(plan.new_count, language)},
        detail=_left_to_do(account, plan, language),
    )
    return here


def _left_to_do(account: BankAccount, plan: ImportPlan, language: str) -> str:
    """What became of the new lines, and apart from them how many others still wait."""
    new = line_counts(account, file_hash=plan.file_hash)
    others = line_counts(account).open - new.open
    told = []
    if plan.new_count and new.open:
        told.append(
            _(
                "Of this statement, %(matched)s matched by number or by rule, %(proposed)s with a "
                "proposal to answer, %(alone)s without any entry."
            )
            % {
                "matched": writing.number(new.matched, language),
                "proposed": writing.number(new.proposed, language),
                "alone": writing.number(new.alone, language),
            }
        )
    elif plan.new_count and others:
        told.append(_("All its lines are matched."))
    if others:
        still = ngettext(
            "One line of other statements still waits for an answer.",
            "%(count)s lines of other statements still wait for an answer.",
            others,
        )
        told.append(still % {"count": writing.number(others, language)})
    return " ".join(told) or _("All lines are matched: nothing is left to answer.")
