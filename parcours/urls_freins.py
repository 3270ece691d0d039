"""Le diagnostic, les freins et les actions d'une personne ; le prescripteur qui l'a orientée les lit."""

from django.urls import path

from parcours.views import actions, diagnostics, freins

urlpatterns = [
    # diagnostic
    path("personnes/<uuid:pk>/diagnostics/", diagnostics.diagnostic_liste, name="diagnostic_liste"),
    path("personnes/<uuid:pk>/diagnostics/ouvrir/", diagnostics.diagnostic_ouvrir, name="diagnostic_ouvrir"),
    path("diagnostics/<uuid:pk>/", diagnostics.diagnostic_detail, name="diagnostic_detail"),
    path("diagnostics/<uuid:pk>/etapes/<str:etape>/", diagnostics.diagnostic_etape, name="diagnostic_etape"),
    path("diagnostics/<uuid:pk>/comparer/", diagnostics.diagnostic_comparer, name="diagnostic_comparer"),
    path("diagnostics/<uuid:pk>/rouvrir/", diagnostics.diagnostic_rouvrir, name="diagnostic_rouvrir"),
    # freins
    path("personnes/<uuid:pk>/freins/", freins.frein_liste, name="frein_liste"),
    path("freins/<uuid:pk>/", freins.frein_detail, name="frein_detail"),
    path("parcours/<uuid:pk>/freins/<str:rubrique>/", freins.frein_modifier, name="frein_modifier"),
    path("parcours/<uuid:pk>/freins/<str:rubrique>/etat/", freins.frein_etat, name="frein_etat"),
    # actions
    path("freins/<uuid:pk>/actions/creer/", actions.action_creer, name="action_creer"),
    path("actions/<uuid:pk>/modifier/", actions.action_modifier, name="action_modifier"),
    path("actions/<uuid:pk>/clore/", actions.action_clore, name="action_clore"),
    path("actions/<uuid:pk>/repondre/", actions.action_repondre, name="action_repondre"),
    path("actions/<uuid:pk>/supprimer/", actions.action_supprimer, name="action_supprimer"),
]
