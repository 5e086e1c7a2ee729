"""Every text of the screens has its French, and the French is written as French is."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.pofile import read_po

from entraide.messages.compile import merge
from entraide.web.extraction import every_text, in_python, in_template, without_french

LOCALE = Path(__file__).resolve().parents[2] / "locale" / "fr"


def test_every_text_has_its_french() -> None:
    missing = [f"{each.place}: {each.text}" for each in without_french(every_text())]
    assert missing == []


def test_the_areas_do_not_contradict_each_other() -> None:
    assert merge(LOCALE, "fr")[1] == []


def test_extraction_finds_what_is_marked() -> None:
    module = (
        'x = _("One")\ny = ngettext("a", "b", n)\nz = pgettext("sense", "Two")\nt = str("No")\n'
    )
    assert [(each.text, each.context) for each in in_python(module, "m")] == [
        ("One", None), ("a", None), ("Two", "sense"),
    ]  # fmt: skip
    page = (
        '  <p>(x</p>\n{% translate "Three" %}\n   {% blocktranslate trimmed with a=b %}Four\n {{ a }}'
        '{% endblocktranslate %}{% translate "Five" context "sense" %} "unquoted\n'
    )
    assert [(each.text, each.context) for each in in_template(page, "p")] == [
        ("Three", None), ("Four %(a)s", None), ("Five", "sense"),
    ]  # fmt: skip


def test_what_has_no_french_is_told() -> None:
    found = list(in_python('_("A text that no area translates, ever")', "m"))
    assert without_french(found) == found


def test_french_signs_keep_their_spaces() -> None:
    """A no-break space before « : » and inside guillemets, a narrow one before ; ! and ?."""
    loose = re.compile(r" [:;!?»]|« ")
    glued = re.compile(r"[\w)][:;!?»](?:\s|$)|«\w")
    faults = []
    for path in sorted(LOCALE.glob("*.po")):
        with path.open("rb") as lines:
            catalogue = read_po(lines, locale="fr")
        for message in catalogue:
            texts = message.string if isinstance(message.string, list | tuple) else [message.string]
            for text in texts if message.id else ():
                plain = re.sub(r"\{[^}]*\}|%\(\w+\)s|https?:\S+", "x", text)
                if loose.search(plain) or glued.search(plain):
                    faults.append(f"{path.name}: {text}")
    assert faults == []
