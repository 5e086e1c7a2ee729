"""Opening an account for reconciliation, and the rules that post what always comes back."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from entraide.apps.banking.selectors import bank_account_for, rule_for, rules
from entraide.apps.banking.services import accept_rule, open_bank_account, retire_rule
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, office_url, office_view, told
from entraide.web.reconciliation.acts import command_arguments, must_rise
from entraide.web.reconciliation.forms import RULE_ROLE_NAMES, BankAccountForm, RuleForm
from entraide.web.reconciliation.views import READERS
from entraide.web.refusals import show_refusal


@require_http_methods(["GET", "HEAD", "POST"])
@office_view(right=Right.POST_OPERATION)
def open_account(request: OfficeRequest) -> HttpResponse:
    """Say which account of the books a bank's statements are compared with."""
    form = BankAccountForm(
        request.POST if request.method == "POST" else None,
        mutual=request.mutual,
        day=request.day,
        initial={"account": request.GET.get("account", "")},
    )
    if not form.initial["account"]:
        del form.initial["account"]
    if request.method == "POST" and form.is_valid():
        known = form.cleaned_data
        try:
            opened = open_bank_account(
                account=form.accounts[known["account"]],
                name=known["name"],
                opened_on=known["opened_on"],
                institution=known["institution"],
                identifier=known["identifier"],
                csv_profile=known["csv_profile"],
                **command_arguments(request),
            )
        except Refusal as refusal:
            if must_rise(refusal):
                raise
            show_refusal(form, refusal, {"profile": "csv_profile"})
        else:
            notify(
                request,
                _("%(account)s is open for reconciliation.") % {"account": opened.name},
                detail=_("Import its first statement."),
            )
            return redirect(office_url(request, "statement-import", uid=opened.uid))
    return render(
        request,
        "web/reconciliation/open.html",
        {"form": form, "has_choice": bool(form.accounts)},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office_view(right=READERS)
def rule_list(request: OfficeRequest, uid: str) -> HttpResponse:
    """The rules of an account; whoever may post adds one here."""
    account = bank_account_for(request.mutual, uid)  # type: ignore[arg-type]
    may_post = Right.POST_OPERATION in request.rights
    form = RuleForm(
        request.POST if request.method == "POST" else None,
        initial={"pattern": request.GET.get("pattern", "")},
    )
    if request.method == "POST" and form.is_valid():
        known = form.cleaned_data
        try:
            accept_rule(
                bank_account=account,
                code=known["code"],
                pattern=known["pattern"],
                account_role=AccountRole(known["account_role"]),
                **command_arguments(request),
            )
        except Refusal as refusal:
            if must_rise(refusal):
                raise
            show_refusal(form, refusal, {"rule": "pattern"})
        else:
            notify(
                request,
                _("Rule %(code)s accepted.") % {"code": known["code"]},
                detail=_("It works at the next import, or when you compare again."),
            )
            return redirect(office_url(request, "match-rules", uid=account.uid))
    context = {
        "account": account,
        "rules": [
            (each, RULE_ROLE_NAMES.get(AccountRole(each.account_role), each.account_role))
            for each in rules(account)
        ],
        "form": form,
        "may_post": may_post,
    }
    status = 422 if form.errors else 200
    return render(request, "web/reconciliation/rules.html", context, status=status)


@require_POST
@office_view(right=Right.POST_OPERATION)
def retire(request: OfficeRequest, uid: str) -> HttpResponse:
    """The rule no longer works; what it posted stays."""
    rule = rule_for(request.mutual, uid)  # type: ignore[arg-type]
    try:
        retire_rule(rule=rule, **command_arguments(request))
    except Refusal as refusal:
        if must_rise(refusal):
            raise
        notify(request, told(refusal), kind="bad")
    else:
        notify(request, _("Rule %(code)s no longer works.") % {"code": rule.code})
    return redirect(office_url(request, "match-rules", uid=rule.bank_account.uid))
