"""The office's pages as a Django app: its templates, static files and template tags."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The door of the office."""

    name = "entraide.web"
    label = "web"
