"""``entraide token``: give or withdraw a bearer token of the API."""

from __future__ import annotations

import argparse
from datetime import timedelta

from entraide.cli.output import Output
from entraide.core.errors import Refusal
from entraide.messages import translate

needs_database = True
LABEL_LENGTH = 80
LONGEST_DAYS = 3650


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The person, the mutual, a label by which the token is known, and how long it holds."""
    for name, metavar, text in (
        ("--user", "NAME", "name under which the person signs in"),
        ("--mutual", "MUTUAL", "code of the mutual that the token opens"),
        ("--label", "LABEL", "what the token is for: a place, a program"),
    ):
        parser.add_argument(name, required=True, metavar=translate(metavar), help=translate(text))
    text = translate("how many days it is valid; 365 without it")
    parser.add_argument("--days", type=int, default=365, metavar="N", help=text)
    text = translate("withdraw the tokens with this label instead")
    parser.add_argument("--withdraw", action="store_true", help=text)


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Print the token, once: only its hash is kept. Refused to whoever has no role there."""
    from django.utils import timezone

    from entraide.apps.access.selectors import user_by_username
    from entraide.apps.access.services import issue_token, withdraw_tokens
    from entraide.apps.schemes.rights import roles_on
    from entraide.apps.schemes.selectors import mutual_by_code

    if not 1 <= arguments.days <= LONGEST_DAYS:
        raise Refusal("TOKEN_DAYS_INVALID", days=arguments.days)
    if not 1 <= len(arguments.label) <= LABEL_LENGTH or not arguments.label.isprintable():
        raise Refusal("TOKEN_LABEL_INVALID", place="--label", maximum=LABEL_LENGTH)
    user = user_by_username(arguments.user)
    mutual = mutual_by_code(arguments.mutual)
    about = {"user": user.username, "mutual": mutual.code, "label": arguments.label}
    names = {"person": str(user), "mutual": mutual.name, "label": arguments.label}
    if arguments.withdraw:
        count = withdraw_tokens(user=user, mutual=mutual, label=arguments.label)
        if not count:
            raise Refusal("TOKEN_UNKNOWN", **names)
        sentence = out.text("{count} {count:token|tokens} withdrawn.", count=count)
        out.answer({**about, "withdrawn": count}, sentence)
        return 0
    today = timezone.localdate()
    if not roles_on(user, mutual, today):
        raise Refusal("TOKEN_PERSON_STRANGER", **names)
    token = issue_token(user=user, mutual=mutual, label=arguments.label, days=arguments.days)
    expires_on = today + timedelta(days=arguments.days)
    out.answer({**about, "expires_on": expires_on, "token": token}, token)
    out.note(
        out.text(
            "Token of {person} in {mutual}, until {on}. It is shown this once: keep it secret.",
            **names,
            on=expires_on,
        )
    )
    return 0
