"""Heures dues : règle du marché, tranches, bons de commande, partage d'un lot, objectifs particuliers, pénalités, simulateur."""

from django.urls import path

from clauses.views import engagements, objectifs, regle_dues, simulateur

urlpatterns = [
    path("marches/<uuid:pk>/regle/heures-dues/", regle_dues.regle_heures_dues, name="regle_heures_dues"),
    path("marches/<uuid:pk>/regle/penalites/", regle_dues.regle_penalites, name="regle_penalites"),
    path("marches/<uuid:pk>/objectifs/", objectifs.sous_objectif_liste, name="sous_objectif_liste"),
    path("marches/<uuid:pk>/objectifs/creer/", objectifs.sous_objectif_creer, name="sous_objectif_creer"),
    path("objectifs/<uuid:pk>/modifier/", objectifs.sous_objectif_modifier, name="sous_objectif_modifier"),
    path("objectifs/<uuid:pk>/supprimer/", objectifs.sous_objectif_supprimer, name="sous_objectif_supprimer"),
    path("engagements/<uuid:pk>/", engagements.engagement_heures, name="engagement_heures"),
    path("engagements/<uuid:pk>/tranches/creer/", engagements.tranche_creer, name="tranche_creer"),
    path("tranches/<uuid:pk>/modifier/", engagements.tranche_modifier, name="tranche_modifier"),
    path("tranches/<uuid:pk>/supprimer/", engagements.tranche_supprimer, name="tranche_supprimer"),
    path("engagements/<uuid:pk>/commandes/creer/", engagements.commande_creer, name="commande_creer"),
    path("commandes/<uuid:pk>/modifier/", engagements.commande_modifier, name="commande_modifier"),
    path("commandes/<uuid:pk>/supprimer/", engagements.commande_supprimer, name="commande_supprimer"),
    path("lots/<uuid:pk>/partager/", engagements.lot_partager, name="lot_partager"),
    path("lots/<uuid:pk>/simulateur/", simulateur.lot_simulateur, name="lot_simulateur"),
]
