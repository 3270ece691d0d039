"""Les freins du territoire, et le diagnostic d'une personne en PDF."""

from django.urls import path

from reporting.views import diagnostics, freins

urlpatterns = [
    path("territoire/freins/", freins.freins_territoire, name="freins_territoire"),
    path("territoire/freins/<str:rubrique>/", freins.freins_personnes, name="freins_personnes"),
    path("diagnostics/<uuid:pk>/diagnostic.pdf", diagnostics.diagnostic_pdf, name="diagnostic_pdf"),
]
