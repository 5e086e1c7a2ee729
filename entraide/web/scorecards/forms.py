"""The scorecard as people write it: questions with their answers and points, then segments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from entraide.core.places import place_key
from entraide.core.scorecard import MOST_QUESTIONS
from entraide.web.fields import DayField

MOST_SEGMENTS = 5
_ANSWER = re.compile(r"^(?P<said>.*\S)\s*[:=;]\s*(?P<points>\d{1,4})(?:\s*(?:points?|pts?))?\.?$")
CHANNELS: tuple[tuple[str, str | Promise], ...] = (
    ("", pgettext_lazy("a channel", "as usual")),
    ("visit", gettext_lazy("a visit")),
    ("call", gettext_lazy("a call")),
)


def _text(length: int) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(max_length=length, required=False, widget=widget)


class ScorecardForm(forms.Form):
    """Up to ten questions and five segments; a row left empty is no row.

    ``document`` is the scorecard that is changed: what keeps its words keeps its code and its
    English, so that answers already given are still told by the same code.
    """

    effective_from = DayField(label=gettext_lazy("From that day on"))
    source = forms.CharField(
        label=gettext_lazy("Decided by"), max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, document: Mapping[str, Any], **kwargs: Any) -> None:
        kwargs["initial"] = {**_values(document), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self._document = document
        for row in range(MOST_QUESTIONS):
            self.fields[f"q{row}"] = _text(200)
            self.fields[f"q{row}"].label = _("Question %(number)d") % {"number": row + 1}
            self.fields[f"a{row}"] = forms.CharField(
                required=False, max_length=2000, label=_("Its answers and points"),
                widget=forms.Textarea(attrs={"rows": 3, "placeholder": _("Straw or leaves: 2")}),
            )  # fmt: skip
        for row in range(MOST_SEGMENTS):
            self.fields[f"s{row}_code"] = _text(8)
            self.fields[f"s{row}_code"].label = _("Segment")
            self.fields[f"s{row}_title"] = _text(120)
            self.fields[f"s{row}_title"].label = _("What it means")
            self.fields[f"s{row}_from"] = forms.IntegerField(
                required=False, min_value=0, max_value=1000, label=_("From so many points on")
            )
            self.fields[f"s{row}_channel"] = forms.ChoiceField(
                required=False, choices=CHANNELS, label=_("Followed by")
            )

    def questions(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The pairs of fields of the questions."""
        return [(self[f"q{row}"], self[f"a{row}"]) for row in range(MOST_QUESTIONS)]

    def segments(self) -> list[tuple[forms.BoundField, ...]]:
        """The fields of the segments, row by row."""
        parts = ("code", "title", "from", "channel")
        return [tuple(self[f"s{row}_{part}"] for part in parts) for row in range(MOST_SEGMENTS)]

    def clean(self) -> dict[str, Any]:
        known = super().clean() or {}
        for row in range(MOST_QUESTIONS):
            for line in _lines(known.get(f"a{row}", "")):
                if _ANSWER.match(line) is None:
                    told = _("“%(line)s”: write the answer, a colon and its points.")
                    self.add_error(f"a{row}", told % {"line": line})
            if bool(known.get(f"q{row}")) != bool(known.get(f"a{row}")):
                self.add_error(f"q{row}", _("A question needs its words and its answers."))
        for row in range(MOST_SEGMENTS):
            if known.get(f"s{row}_code") and known.get(f"s{row}_from") is None:
                self.add_error(f"s{row}_from", _("Say from how many points on."))
        return known

    def written(self) -> dict[str, Any]:
        """The document that the form says, in the shape of ``rulebook.scorecards``."""
        known, earlier = self.cleaned_data, self._document
        old = {each["title"]["fr"]: each for each in earlier.get("questions", ())}
        taken: set[str] = {each["code"] for each in old.values()}
        questions = []
        for row in self._rows("q", MOST_QUESTIONS):
            words = known[f"q{row}"]
            kept = old.get(words, {})
            questions.append(
                {
                    "code": kept.get("code") or _code(words, taken),
                    "title": kept.get("title") or {"fr": words, "en": words},
                    "answers": _answers(known[f"a{row}"], kept),
                }
            )
        titles = {each["title"]["fr"]: each["title"] for each in earlier.get("segments", ())}
        segments = [
            {
                "code": known[f"s{row}_code"].upper(),
                "from_points": known[f"s{row}_from"],
                "channel": known[f"s{row}_channel"],
                "title": titles.get(title) or {"fr": title, "en": title},
            }
            for row in range(MOST_SEGMENTS)
            if known[f"s{row}_code"]
            for title in [known[f"s{row}_title"] or known[f"s{row}_code"].upper()]
        ]
        segments.sort(key=lambda each: each["from_points"])
        return {
            "scorecard": earlier.get("scorecard", "vulnerabilite"),
            "title": earlier["title"],
            "questions": questions,
            "segments": segments,
        }

    def places(self) -> dict[str, str]:
        """Where a fault of the document stands on the form."""
        found = {"questions": "q0", "segments": "s0_code"}
        for rank, row in enumerate(self._rows("q", MOST_QUESTIONS)):
            found[f"questions[{rank}]"] = f"q{row}"
            found[f"questions[{rank}].answers"] = f"a{row}"
            for answer in range(20):
                found[f"questions[{rank}].answers[{answer}]"] = f"a{row}"
        for rank in range(MOST_SEGMENTS):
            found[f"segments[{rank}]"] = f"s{rank}_code"
            found[f"segments[{rank}].code"] = f"s{rank}_code"
        return found

    def _rows(self, letter: str, most: int) -> list[int]:
        return [row for row in range(most) if self.cleaned_data.get(f"{letter}{row}")]


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line.strip():
            yield line.strip()


def _values(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields show of a document."""
    values: dict[str, Any] = {}
    for row, question in enumerate(document.get("questions", ())[:MOST_QUESTIONS]):
        values[f"q{row}"] = question["title"]["fr"]
        values[f"a{row}"] = "\n".join(
            f"{answer['title']['fr']} : {answer['points']}" for answer in question["answers"]
        )
    for row, segment in enumerate(document.get("segments", ())[:MOST_SEGMENTS]):
        values[f"s{row}_code"] = segment["code"]
        values[f"s{row}_title"] = segment["title"]["fr"]
        values[f"s{row}_from"] = segment["from_points"]
        values[f"s{row}_channel"] = segment.get("channel", "")
    return values


def _answers(text: str, question: Mapping[str, Any]) -> list[dict[str, Any]]:
    old = {each["title"]["fr"]: each for each in question.get("answers", ())}
    taken: set[str] = {each["code"] for each in old.values()}
    answers = []
    for line in _lines(text):
        match = _ANSWER.match(line)
        assert match is not None, "the form is valid"
        said = match["said"]
        kept = old.get(said, {})
        answers.append(
            {
                "code": kept.get("code") or _code(said, taken),
                "points": int(match["points"]),
                "title": kept.get("title") or {"fr": said, "en": said},
            }
        )
    return answers


def _code(words: str, taken: set[str]) -> str:
    """A short code made of the words, that no other row has."""
    base = re.sub(r"[^a-z0-9]+", "-", place_key(words))[:24].strip("-")
    base = base if base[:1].isalpha() else f"r-{base}".strip("-")
    code, number = base, 1
    while code in taken:
        number += 1
        code = f"{base}-{number}"
    taken.add(code)
    return code
