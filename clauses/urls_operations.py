"""Opérations, marchés, lots, titulaires, avenants, organisations."""

from django.urls import include, path

from clauses.views import lots, marches, operations, organisations, suppressions

urlpatterns = [
    path("", include("clauses.urls_regles")),
    path("operations/", operations.operation_liste, name="operation_liste"),
    path("operations/creer/", operations.operation_creer, name="operation_creer"),
    path("operations/<uuid:pk>/modifier/", operations.operation_modifier, name="operation_modifier"),
    path("operations/<uuid:pk>/supprimer/", suppressions.operation_supprimer, name="operation_supprimer"),
    path("operations/<uuid:pk>/marches/creer/", marches.marche_creer, name="marche_creer"),
    path("marches/<uuid:pk>/modifier/", marches.marche_modifier, name="marche_modifier"),
    path("marches/<uuid:pk>/supprimer/", suppressions.marche_supprimer, name="marche_supprimer"),
    path("marches/<uuid:pk>/avenants/creer/", marches.avenant_creer, name="avenant_creer"),
    path("avenants/<uuid:pk>/supprimer/", suppressions.avenant_supprimer, name="avenant_supprimer"),
    path("marches/<uuid:pk>/lots/creer/", lots.lot_creer, name="lot_creer"),
    path("lots/<uuid:pk>/modifier/", lots.lot_modifier, name="lot_modifier"),
    path("lots/<uuid:pk>/clore/", lots.lot_clore, name="lot_clore"),
    path("lots/<uuid:pk>/supprimer/", suppressions.lot_supprimer, name="lot_supprimer"),
    path("lots/<uuid:pk>/titulaires/creer/", lots.titulaire_creer, name="titulaire_creer"),
    path("titulaires/<uuid:pk>/modifier/", lots.titulaire_modifier, name="titulaire_modifier"),
    path("titulaires/<uuid:pk>/supprimer/", suppressions.titulaire_supprimer, name="titulaire_supprimer"),
    path("entreprises/", organisations.entreprise_liste, name="entreprise_liste"),
    path("organisations/creer/", organisations.organisation_creer, name="organisation_creer"),
    path("organisations/<uuid:pk>/modifier/", organisations.organisation_modifier, name="organisation_modifier"),
]
