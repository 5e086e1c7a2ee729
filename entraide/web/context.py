"""What every template knows as ``office``: where we are, who is here, the chain."""

from __future__ import annotations

from datetime import date
from functools import cached_property

from django.http import HttpRequest
from django.utils.functional import Promise

from entraide.apps.access.models import User
from entraide.apps.schemes.models import Mutual, Role
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import mutuals_of
from entraide.web import clock
from entraide.web.names import ROLE_NAMES
from entraide.web.navigation import (
    BOTTOM_BAR,
    BOTTOM_BAR_STEPS,
    HOME,
    STEPS,
    PartPlace,
    Place,
    Step,
    page_url,
    places,
)


class Office:
    """The frame of one page. Everything is worked out when a template first asks for it, so that
    a fragment, which has no frame, costs no query."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.mutual: Mutual | None = getattr(request, "mutual", None)
        self.rights: frozenset[Right] = getattr(request, "rights", frozenset())

    @property
    def layout(self) -> str:
        """What a page extends that may be shown in a mutual, at the portal or outside (errors)."""
        if hasattr(self._request, "places"):
            return "portal.html"
        return "base.html" if self.mutual is not None else "alone.html"

    @cached_property
    def person(self) -> User | None:
        """Who is signed in."""
        user = getattr(self._request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def day(self) -> date:
        """Today, where the mutual is."""
        return getattr(self._request, "day", None) or clock.today(self.mutual)

    @cached_property
    def initials(self) -> str:
        """Two letters for the person's round sign."""
        words = str(self.person or "").split()
        return "".join(word[0] for word in (words[0], words[-1]) if word).upper() if words else ""

    @cached_property
    def role_names(self) -> list[str | Promise]:
        """The person's roles in this mutual, in the order of the roles."""
        roles: frozenset[str] = getattr(self._request, "roles", frozenset())
        return [ROLE_NAMES[role] for role in Role.values if role in roles]

    @cached_property
    def has_several_mutuals(self) -> bool:
        """Whether the person may change mutual."""
        return self.person is not None and mutuals_of(self.person, self.day)[:2].count() > 1

    @cached_property
    def home(self) -> Place | None:
        """The home page's place."""
        return next(iter(self._places((HOME,))), None)

    @cached_property
    def chain(self) -> list[Place]:
        """The steps that this person may enter."""
        return self._places(STEPS)

    @cached_property
    def parts(self) -> tuple[PartPlace, ...]:
        """The pages of the step where one is."""
        return next((place.parts for place in self.chain if place.is_current), ())

    @cached_property
    def bottom_bar(self) -> list[Place]:
        """The steps of the phone's bottom bar; home and « all » stand around them."""
        open_to_them = {place.page for place in self.chain}
        chosen = [page for page in BOTTOM_BAR if page in open_to_them][:BOTTOM_BAR_STEPS]
        return [place for place in self.chain if place.page in chosen]

    @cached_property
    def waiting(self) -> list[Place]:
        """The steps of the chain at which something waits, whoever may take it up."""
        return [place for place in self.chain if place.waiting]

    @cached_property
    def search_url(self) -> str | None:
        """Where the search of the top bar goes; None when the person may not read registers."""
        if self.mutual is None or Right.READ_REGISTERS not in self.rights:
            return None
        return page_url(self.mutual, "search")

    def _places(self, steps: tuple[Step, ...]) -> list[Place]:
        if self.mutual is None:
            return []
        return places(
            steps,
            mutual=self.mutual,
            day=self.day,
            rights=self.rights,
            path=self._request.path,
            user=self.person,
        )


def office(request: HttpRequest) -> dict[str, Office]:
    """The context processor."""
    return {"office": Office(request)}
