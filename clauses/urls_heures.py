"""Les heures : la grille, ses cases, et les lignes derrière chaque nombre."""

from django.urls import path

from clauses.views import heures, heures_bulletin, heures_case, heures_controle, heures_lignes, heures_lot

urlpatterns = [
    path("heures/", heures.heures, name="heures"),
    path("heures/case/", heures_case.heures_case, name="heures_case"),
    path("heures/controler/", heures_controle.heures_controler, name="heures_controler"),
    path("heures/lot/", heures_lot.heures_lot, name="heures_lot"),
    path("heures/lignes/", heures_lignes.releve_liste, name="releve_liste"),
    path("heures/<uuid:pk>/", heures_lignes.releve_detail, name="releve_detail"),
    path("heures/<uuid:pk>/bulletin/", heures_bulletin.releve_bulletin, name="releve_bulletin"),
    path("heures/<uuid:pk>/etat/", heures_case.releve_etat, name="releve_etat"),
]
