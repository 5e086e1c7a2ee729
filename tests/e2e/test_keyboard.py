"""The keyboard: a whole family without a mouse, a focus that is always seen, one way out."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e import cycle
from tests.e2e.office import CLERK, Desks, Hands, Office

# Keystroke-level model (Card, Moran, Newell 1980): a key of an average typist, and the moment of
# thought before each thing read from the paper.
KEY_SECONDS, THOUGHT_SECONDS, TARGET_SECONDS = 0.20, 1.35, 90
MOST_GESTURES = 48
PAPER = (
    cycle.Typed("Zafimahatratra", "Velomihanta", "12/06/1987", "H", "Adhérent"),
    cycle.Typed("Tsiresindrainy", "Holiarivelo", "1990", "F", "Conjoint"),
    cycle.Typed("Zafimahatratra", "Fenosoa", "03/04/2019", "H", "Enfant"),
    cycle.Typed("Zafimahatratra", "Mialinirina", "21/09/2021", "F", "Enfant"),
    cycle.Typed("Zafimahatratra", "Tokiniaina", "02/02/2024", "H", "Enfant"),
)


@pytest.mark.requirement("R239", begun=True)
def test_five_persons_are_enrolled_without_a_mouse(desks: Desks, office: Office) -> None:
    """Journey J2: a paper of five persons in at most 90 s and 48 gestures, no mouse.

    A gesture is what is typed into one field with the key that leaves it. No field is asked twice:
    the names of the fields that take the focus are all different.
    """
    page = desks.sit(CLERK)
    page.goto(office.page("adhesions/nouvelle/"))
    hands = Hands(page)
    seen: list[str] = []

    def fill(text: str = "") -> None:
        seen.append(page.evaluate("document.activeElement.name"))
        hands.write(text)

    expect(page.get_by_label("Formule")).to_be_focused()
    hands.press("ArrowDown", "ArrowDown", "Enter")  # the second product of the list
    fill()  # the family joins alone
    fill("034 12 345 67")
    hands.press("ArrowDown", "Enter")  # their own telephone
    thoughts = 3
    for _field in ("place", "address", "signed on today", "size"):  # no loan: none for this product
        fill()
    if hands.is_on("pays_at_once"):  # this product may be paid at once or in parts: as proposed
        fill()
    for rank, person in enumerate(PAPER):
        assert hands.is_on(f"persons-{rank}-name")
        for text in (person.whole_name, person.birth, person.sex):
            fill(text)
        fill()  # adhérent, conjoint, enfant come by themselves, in this order
        hands.press("Space", "Enter")  # the photo is here
        thoughts += 2  # who it is; when born
    assert hands.is_on("consent")  # « Ajouter une personne » is passed over
    hands.press("Space", "Enter")  # consent is ticked on the paper
    hands.press("ArrowDown", "Enter")  # by hand
    fill()  # so that there is no witness
    fill()  # from the paper
    assert hands.is_on("amount")
    with hands.waiting_for("/adhesions/nouvelle/calcul/"):
        fill("10000")
    hands.press("ArrowDown", "Control+Enter")  # in the cash box
    thoughts += 2
    receipt = cycle.recorded(page, r"REC-\d{4}-\d{5}")
    expect(page.get_by_role("main")).to_contain_text("Droit d’adhésion")
    assert receipt.url.startswith(office.page("cotisations/recus/"))
    assert hands.clicks == 0
    assert len(seen) == len(set(seen))
    assert hands.gestures <= MOST_GESTURES
    assert hands.keys * KEY_SECONDS + thoughts * THOUGHT_SECONDS <= TARGET_SECONDS


def test_an_empty_line_is_the_end_of_the_persons(desks: Desks, office: Office) -> None:
    """Whoever has written the last person leaves the lines by Enter, and is not kept in them."""
    page = desks.sit(CLERK)
    page.goto(office.page("adhesions/nouvelle/"))
    hands = Hands(page)
    page.locator("[name=persons-1-name]").focus()
    hands.press("Enter")
    assert hands.is_on("consent")
    page.locator("[name=persons-4-has_photo]").focus()
    hands.press("Enter")
    assert hands.is_on("consent")


def test_focus_is_always_seen(desks: Desks, office: Office) -> None:
    page = desks.sit(CLERK)
    for path in ("", "adhesions/nouvelle/", "soins/"):
        page.goto(office.page(path))
        page.wait_for_load_state("networkidle")
        unseen = []
        for _step in range(25):
            page.keyboard.press("Tab")
            seen = page.evaluate(
                """() => {
                  const held = document.activeElement, style = getComputedStyle(held);
                  if (held === document.body) return null;
                  const box = held.getBoundingClientRect();
                  const ring = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2)
                    || style.boxShadow !== "none";
                  return [ring && box.width > 1 && box.height > 1, held.outerHTML.slice(0, 90)];
                }"""
            )
            if seen is not None and not seen[0]:
                unseen.append(seen[1])
        assert unseen == [], path


def test_first_tab_leads_past_the_navigation(desks: Desks, office: Office) -> None:
    page = desks.sit(CLERK)
    page.goto(office.page("adhesions/"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_slash_searches_from_anywhere(desks: Desks, office: Office) -> None:
    page = desks.sit(CLERK)
    page.goto(office.page("cotisations/"))
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox").first).to_be_focused()
    page.keyboard.type("Rakoto")
    page.keyboard.press("Enter")
    expect(page).to_have_url(office.page("recherche/?q=Rakoto"))
