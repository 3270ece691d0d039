"""Le comité technique : ses séances et leurs points. Le prescripteur invité les lit ; le compte rendu est dans `reporting`."""

from django.urls import path

from parcours.views import comites, comites_points

urlpatterns = [
    path("parcours/comites/", comites.comite_liste, name="comite_liste"),
    path("parcours/comites/creer/", comites.comite_creer, name="comite_creer"),
    path("parcours/comites/<uuid:pk>/", comites.comite_detail, name="comite_detail"),
    path("parcours/comites/<uuid:pk>/modifier/", comites.comite_modifier, name="comite_modifier"),
    path("parcours/comites/<uuid:pk>/supprimer/", comites.comite_supprimer, name="comite_supprimer"),
    path("parcours/comites/<uuid:pk>/clore/", comites.comite_clore, name="comite_clore"),
    path("parcours/comites/<uuid:pk>/inscrire/", comites_points.comite_inscrire, name="comite_inscrire"),
    path("parcours/comites/<uuid:pk>/points/creer/", comites_points.point_creer, name="point_creer"),
    path("parcours/points/<uuid:pk>/decider/", comites_points.point_decider, name="point_decider"),
    path("parcours/points/<uuid:pk>/deplacer/", comites_points.point_deplacer, name="point_deplacer"),
    path("parcours/points/<uuid:pk>/retirer/", comites_points.point_retirer, name="point_retirer"),
]
