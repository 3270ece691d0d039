"""Éligibilités et placements."""

from django.urls import path

from clauses.views import eligibilites, placements, pre_reponses, renouvellements

urlpatterns = [
    path("personnes/<uuid:pk>/eligibilite/", eligibilites.eligibilite_decider, name="eligibilite_decider"),
    path("personnes/<uuid:pk>/eligibilite/et-si/", renouvellements.eligibilite_et_si, name="eligibilite_et_si"),
    path("eligibilites/<uuid:pk>/", eligibilites.eligibilite_detail, name="eligibilite_detail"),
    path("eligibilites/<uuid:pk>/renouveler/", renouvellements.eligibilite_renouveler, name="eligibilite_renouveler"),
    path("marches/<uuid:pk>/puis-je-compter/", pre_reponses.pre_reponse, name="pre_reponse"),
    path("personnes/<uuid:pk>/placer/", placements.placement_creer, name="placement_creer"),
    path("contrats/<uuid:pk>/modifier/", placements.contrat_modifier, name="contrat_modifier"),
    path("contrats/<uuid:pk>/rompre/", placements.contrat_rompre, name="contrat_rompre"),
    path("contrats/<uuid:pk>/supprimer/", placements.contrat_supprimer, name="contrat_supprimer"),
]
