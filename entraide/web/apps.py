"""The office's pages as a Django app: its templates, static files and template tags."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The door of the office."""

    name = "entraide.web"
    label = "web"

    def ready(self) -> None:
        """Listen to second factors that are not right."""
        from allauth.mfa.signals import authentication_failed

        from entraide.web.signin import record_wrong_code

        authentication_failed.connect(record_wrong_code, dispatch_uid="record_wrong_code")
