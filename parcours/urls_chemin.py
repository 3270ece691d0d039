"""Les adresses du chemin d'une personne : parcours et phases, étapes, sortie, suivis. La page qui le montre est dans `reporting`."""

from django.urls import path

from parcours.views import chemin, etapes, sorties, suivis

urlpatterns = [
    # le parcours et ses phases
    path("parcours/", chemin.parcours_liste, name="parcours_liste"),
    path("personnes/<uuid:pk>/parcours/ouvrir/", chemin.parcours_ouvrir, name="parcours_ouvrir"),
    path("parcours/<uuid:pk>/modifier/", chemin.parcours_modifier, name="parcours_modifier"),
    path("parcours/<uuid:pk>/supprimer/", chemin.parcours_supprimer, name="parcours_supprimer"),
    path("parcours/<uuid:pk>/phases/<str:phase>/", chemin.phase_avancer, name="phase_avancer"),
    # ses étapes
    path("parcours/<uuid:pk>/etapes/creer/", etapes.etape_creer, name="etape_creer"),
    path("etapes/<uuid:pk>/modifier/", etapes.etape_modifier, name="etape_modifier"),
    path("etapes/<uuid:pk>/conclure/", etapes.etape_conclure, name="etape_conclure"),
    path("etapes/<uuid:pk>/rouvrir/", etapes.etape_rouvrir, name="etape_rouvrir"),
    path("etapes/<uuid:pk>/retirer/", etapes.etape_retirer, name="etape_retirer"),
    # sa sortie
    path("parcours/<uuid:pk>/sortie/", sorties.sortie_noter, name="sortie_noter"),
    path("sorties/<uuid:pk>/annuler/", sorties.sortie_annuler, name="sortie_annuler"),
    # les suivis après la sortie
    path("suivis/", suivis.suivi_liste, name="suivi_liste"),
    path("suivis/reglages/", suivis.suivi_reglages, name="suivi_reglages"),
    path("suivis/<uuid:pk>/", suivis.suivi_repondre, name="suivi_repondre"),
]
