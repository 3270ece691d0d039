"""Avant le marché : calibrer une clause, annoncer un marché à venir et en demander l'avis, copier une rédaction."""

from django.urls import path

from clauses.views import calibrage, clausier, projets, projets_gestes

urlpatterns = [
    path("calibrer/", calibrage.calibrer_clause, name="calibrer"),
    path("clauses-types/", clausier.clause_liste, name="clause_liste"),
    path("clauses-types/<slug:code>/", clausier.clause_detail, name="clause_detail"),
    path("clauses-types/<slug:code>/modifier/", clausier.clause_modifier, name="clause_modifier"),
    path("marches-a-venir/", projets.projet_liste, name="projet_liste"),
    path("marches-a-venir/creer/", projets.projet_creer, name="projet_creer"),
    path("marches-a-venir/<uuid:pk>/", projets.projet_detail, name="projet_detail"),
    path("marches-a-venir/<uuid:pk>/modifier/", projets.projet_modifier, name="projet_modifier"),
    path("marches-a-venir/<uuid:pk>/demander/", projets_gestes.projet_demander, name="projet_demander"),
    path("marches-a-venir/<uuid:pk>/ecrire/", projets_gestes.projet_ecrire, name="projet_ecrire"),
    path("marches-a-venir/<uuid:pk>/avis/", projets_gestes.projet_avis, name="projet_avis"),
    path("marches-a-venir/<uuid:pk>/publier/", projets_gestes.projet_publier, name="projet_publier"),
    path("marches-a-venir/<uuid:pk>/abandonner/", projets_gestes.projet_abandonner, name="projet_abandonner"),
]
