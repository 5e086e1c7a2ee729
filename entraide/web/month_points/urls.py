"""The addresses of the points of a month, under ``/m/<mutual>/points/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.month_points import views

urlpatterns = [path("", views.points, name="month-points")]
