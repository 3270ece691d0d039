"""Avant le marché : calibrer une clause."""

from django.urls import path

from clauses.views import calibrage

urlpatterns = [
    path("calibrer/", calibrage.calibrer_clause, name="calibrer"),
]
