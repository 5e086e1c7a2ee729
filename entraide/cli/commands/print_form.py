"""``entraide print-form adhesion MUTUAL --out FILE``: a blank form to fill by hand."""

from __future__ import annotations

import argparse
from pathlib import Path

from entraide.cli.output import Output
from entraide.cli.writing import replace_file
from entraide.core.errors import Refusal
from entraide.messages import translate

needs_database = True
MOST_PERSONS = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The kind of form, the mutual, the file."""
    kinds = parser.add_subparsers(dest="kind", metavar=translate("FORM"), required=True)
    text = translate("the membership form, in the order of the entry screen (PDF, A4)")
    adhesion = kinds.add_parser("adhesion", help=text, description=text)
    adhesion.add_argument(
        "--json",
        action="store_true",
        default=argparse.SUPPRESS,
        help=translate("answer with one JSON document"),
    )
    adhesion.add_argument(
        "mutual", metavar=translate("MUTUAL"), help=translate("code of the mutual")
    )
    adhesion.add_argument("--out", required=True, help=translate("where to write the PDF"))
    adhesion.add_argument(
        "--persons", type=int, default=8, help=translate("lines for persons; 8 unless told")
    )


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Write the file; it replaces the former one whole."""
    from django_scopes import scope

    from entraide.apps.enrolment.papers import paper_on, product_facts
    from entraide.apps.schemes.selectors import mutual_by_code
    from entraide.documents.blank_form import blank_form_pdf
    from entraide.documents.setting import papers_for
    from entraide.web.clock import today
    from entraide.web.vocabulary import words_of

    mutual = mutual_by_code(arguments.mutual)
    if not 1 <= arguments.persons <= MOST_PERSONS:
        raise Refusal("FORM_LINES_INVALID", place="--persons", most=MOST_PERSONS)
    with scope(mutual=mutual), words_of(mutual), papers_for(is_training=mutual.is_training):
        on = today(mutual)
        content = blank_form_pdf(
            mutual, paper_on(mutual, on), out.language,
            asked=product_facts(mutual, on), persons=arguments.persons,
        )  # fmt: skip
    target = Path(arguments.out)
    try:
        written = replace_file(target, content)
    except (OSError, ValueError):
        raise Refusal("EXPORT_FOLDER_UNWRITABLE", folder=str(target.parent)) from None
    out.answer({"file": str(written)}, str(written))
    return 0
