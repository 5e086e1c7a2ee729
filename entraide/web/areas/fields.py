"""A place typed on a form: found by its name, chosen among those it resembles, or proposed.

The field works without JavaScript: what is not sure is asked on the form itself. With it, places
are offered while the name is typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from entraide.apps.enrolment.territory import propose_area
from entraide.apps.nomenclature.models import Area
from entraide.apps.nomenclature.places import AreaMatch, Matched, area_label, areas_of, match_area
from entraide.apps.schemes.models import Mutual
from entraide.core.places import place_key
from entraide.documents.writing import SEPARATOR
from entraide.messages import sentence
from entraide.web.fields import is_uid
from entraide.web.office import OfficeRequest, command_arguments

NEW = "new"


@dataclass(frozen=True, slots=True)
class PlaceTyped:
    """What a form says of a place: one of the list, or the name of one to propose."""

    area: Area | None
    new_name: str = ""
    within: Area | None = None


class AreaWidget(forms.TextInput):
    """The name of a place, and the choice to make where the name alone does not tell."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", **(attrs or {})})
        self.mutual: Mutual | None = None
        self.match: AreaMatch | None = None

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The text typed, and what was chosen for that very text."""
        text = data.get(name, "")
        chosen = data.get(f"{name}-choice", "")
        return text, chosen if data.get(f"{name}-asked", "") == text else ""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        text, chosen = value if isinstance(value, tuple) else (value or "", "")
        ident = (attrs or {}).get("id", f"id_{name}")
        attributes = {**(attrs or {}), "list": f"{ident}-list"}
        if self.mutual is not None:
            attributes |= {
                "hx-get": reverse("web:areas-offered", kwargs={"mutual": self.mutual.code}),
                "hx-trigger": "input changed delay:200ms",
                "hx-target": f"#{ident}-list",
                "hx-swap": "innerHTML",
                "hx-params": name,
            }
        control = super().render(name, text, attributes, renderer)
        return format_html(
            '{}<datalist id="{}-list"></datalist>{}',
            control,
            ident,
            self._asked(name, text, chosen),
        )

    def _asked(self, name: str, text: str, chosen: str) -> SafeString:
        """The choice between places that resemble what was typed, and a new one."""
        if self.match is None:
            return SafeString("")
        options = [(str(area.uid), area_label(area)) for area in self.match.proposals]
        new = self.match.name
        if self.match.within is not None:
            new = f"{new}, {area_label(self.match.within)}"
        options.append((NEW, _("New place, to be approved: %(place)s") % {"place": new}))
        return format_html(
            '<input type="hidden" name="{0}-asked" value="{1}">'
            '<select class="select" name="{0}-choice" aria-label="{2}">'
            '<option value="">{3}</option>{4}</select>',
            name,
            text,
            _("Which place is meant"),
            _("Choose the place"),
            format_html_join(
                "",
                '<option value="{}"{}>{}</option>',
                (
                    (key, SafeString(" selected") if key == chosen else "", label)
                    for key, label in options
                ),
            ),
        )


class AreaField(forms.Field):
    """A place; its value is a :class:`PlaceTyped`, or None when nothing was typed.

    A form calls :meth:`within_mutual` when it is made.
    """

    widget = AreaWidget

    def __init__(self, *, may_propose: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.may_propose = may_propose
        self.mutual: Mutual | None = None
        self.kept: Area | None = None

    def within_mutual(self, mutual: Mutual, kept: Area | None = None) -> None:
        """The mutual whose country and proposals are searched; ``kept`` is the place that stands,
        which stays when nobody touches it."""
        self.mutual = self.widget.mutual = mutual
        self.kept = kept

    def prepare_value(self, value: Any) -> Any:
        return area_label(value) if isinstance(value, Area) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        text = data[0] if isinstance(data, tuple) else data
        return bool((text or "").strip() != (self.prepare_value(initial) or ""))

    def clean(self, value: Any) -> PlaceTyped | None:
        text, chosen = value if isinstance(value, tuple) else (value or "", "")
        text = " ".join(text.split())
        if not text:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if self.kept is not None and text == area_label(self.kept):
            return PlaceTyped(self.kept)
        assert self.mutual is not None, "within_mutual comes first"
        match = match_area(text, mutual=self.mutual)
        if match.area is not None:
            return PlaceTyped(match.area)
        if chosen == NEW and self.may_propose and match.name:
            return PlaceTyped(None, match.name, match.within)
        if is_uid(chosen):
            area = areas_of(self.mutual).filter(uid=UUID(chosen)).first()
            if area is not None:
                return PlaceTyped(area)
        if self.may_propose:
            self.widget.match = match
        code = "AREA_UNCERTAIN" if match.how is Matched.PROPOSALS else "AREA_UNKNOWN"
        near = SEPARATOR.join(area_label(area) for area in match.proposals[:3])
        told = sentence(code, {"text": text, "near": near}, get_language() or "fr")
        raise ValidationError(told, code=code)


def area_of(request: OfficeRequest, typed: PlaceTyped | None) -> Area | None:
    """The place of a valid form; a new one is proposed now, under the form's own key."""
    if typed is None or typed.area is not None:
        return typed.area if typed is not None else None
    act = command_arguments(request)
    act["idempotency_key"] = f"{act['idempotency_key']}-{place_key(typed.new_name)}"[:100]
    return propose_area(name=typed.new_name, within=typed.within, **act).area
