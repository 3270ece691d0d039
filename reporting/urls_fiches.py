"""L'accueil, les fiches et la recherche."""

from django.urls import path

from reporting.views import accueil, comites, operations, parcours, personnes, public, recherche

urlpatterns = [
    path("", accueil.accueil, name="accueil"),
    path("operations/<uuid:pk>/", operations.operation_fiche, name="operation_fiche"),
    path("marches/<uuid:pk>/", operations.marche_fiche, name="marche_fiche"),
    path("personnes/<uuid:pk>/", personnes.personne_fiche, name="personne_fiche"),
    path("personnes/<uuid:pk>/parcours/", parcours.personne_parcours, name="personne_parcours"),
    path("parcours/<uuid:pk>/", parcours.parcours_fiche, name="parcours_fiche"),
    path("parcours/comites/<uuid:pk>/compte-rendu.pdf", comites.comite_compte_rendu, name="comite_compte_rendu"),
    path("qui-a-travaille/", public.public, name="public"),
    path("recherche/", recherche.recherche, name="recherche"),
]
