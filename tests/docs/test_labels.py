"""The tutorial and the how-tos name what the screens say, and link to what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from entraide.apps.schemes.models import Mutual
from entraide.rulebook import product_path, read_product
from entraide.web.households.forms import told_apart

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "tutorial").glob("*.md")) + sorted(
    ROOT / "docs" / "howto" / name for name in ("double-verification.md", "importer-un-releve.md")
)
NOT_ON_A_SCREEN = {"gras"}  # the word that explains the convention
PLACEHOLDER = re.compile(r"%\((?:\w+)\)s|\{\w*\}")


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _said_on_screens() -> list[re.Pattern[str]]:
    """Every French sentence as a pattern, its placeholders open."""
    patterns = []
    for path in sorted((ROOT / "locale" / "fr").glob("*.po")):
        with path.open("rb") as reading:
            for message in read_po(reading):
                told = message.string if isinstance(message.string, tuple) else (message.string,)
                for sentence in told:
                    if sentence and message.id:
                        parts = PLACEHOLDER.split(_words(str(sentence)))
                        if len("".join(parts)) < 3:
                            continue  # only a placeholder: it would agree with anything
                        patterns.append(re.compile(".+".join(re.escape(part) for part in parts)))
    return patterns


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_labels_are_those_of_the_screens(page: Path) -> None:
    labels = {_words(found) for found in re.findall(r"\*\*(.+?)\*\*", page.read_text(), re.S)}
    own = {"ATIA Santé", "Plan P", "Rien ne change", "PDF"} | NOT_ON_A_SCREEN  # names
    patterns = _said_on_screens()
    unknown = {
        label for label in labels - own if not any(each.fullmatch(label) for each in patterns)
    }
    assert unknown == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_the_tutorial_names_the_product_as_the_list_of_the_form_does() -> None:
    text = _words((ROOT / "docs" / "tutorial" / "une-mutuelle-en-une-heure.md").read_text())
    found = re.search(r"\*\*Formule\*\* : choisissez « (.+?) »", text)
    assert found is not None
    title = read_product(product_path("atia-communes")).document["title"]["fr"]
    assert found.group(1) == told_apart(title, Mutual(name="ATIA Santé"))
