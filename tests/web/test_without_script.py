"""What only a script drives is hidden until the script shows it."""

from __future__ import annotations

import re
from pathlib import Path

from entraide import web

TEMPLATES = Path(web.__file__).parent / "templates"
PRINT = re.compile(r"<button[^>]*\bdata-print\b[^>]*>")


def test_a_print_button_is_hidden_until_a_script_shows_it() -> None:
    buttons = [
        (path.name, button)
        for path in TEMPLATES.rglob("*.html")
        for button in PRINT.findall(path.read_text(encoding="utf-8"))
    ]
    assert len(buttons) > 20
    assert [each for each in buttons if " hidden" not in each[1]] == []
    style = (TEMPLATES.parent / "static/web/entraide.css").read_text(encoding="utf-8")
    utilities = style.split("@layer utilities {")[1]
    assert "[hidden] { display: none; }" in utilities, "over the display of a button"
