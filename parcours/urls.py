"""Les adresses du parcours."""

from django.urls import path

from parcours.urls_chemin import urlpatterns as chemin
from parcours.urls_comites import urlpatterns as comites
from parcours.urls_freins import urlpatterns as freins
from parcours.urls_services import urlpatterns as services
from parcours.views import agrements, pass_iae, plie

app_name = "parcours"

urlpatterns = [
    *chemin,
    # les agréments d'une personne (le prescripteur qui l'a orientée les lit)
    path("personnes/<uuid:pk>/agrements/", agrements.agrement_liste, name="agrement_liste"),
    path("personnes/<uuid:pk>/agrements/creer/", agrements.agrement_creer, name="agrement_creer"),
    path("agrements/<uuid:pk>/modifier/", agrements.agrement_modifier, name="agrement_modifier"),
    path("agrements/<uuid:pk>/supprimer/", agrements.agrement_supprimer, name="agrement_supprimer"),
    # PASS IAE
    path("agrements/<uuid:pk>/suspensions/creer/", pass_iae.suspension_creer, name="suspension_creer"),
    path("suspensions/<uuid:pk>/modifier/", pass_iae.suspension_modifier, name="suspension_modifier"),
    path("suspensions/<uuid:pk>/supprimer/", pass_iae.suspension_supprimer, name="suspension_supprimer"),
    path("agrements/<uuid:pk>/prolongations/creer/", pass_iae.prolongation_creer, name="prolongation_creer"),
    path("prolongations/<uuid:pk>/modifier/", pass_iae.prolongation_modifier, name="prolongation_modifier"),
    path("prolongations/<uuid:pk>/supprimer/", pass_iae.prolongation_supprimer, name="prolongation_supprimer"),
    # parcours PLIE
    path("agrements/<uuid:pk>/renouvellements/creer/", plie.renouvellement_creer, name="renouvellement_creer"),
    path("renouvellements/<uuid:pk>/modifier/", plie.renouvellement_modifier, name="renouvellement_modifier"),
    path("renouvellements/<uuid:pk>/supprimer/", plie.renouvellement_supprimer, name="renouvellement_supprimer"),
    # les PLIE de la structure et leurs réglages
    path("plie/", plie.plie_liste, name="plie_liste"),
    path("plie/creer/", plie.plie_creer, name="plie_creer"),
    path("plie/<uuid:pk>/modifier/", plie.plie_modifier, name="plie_modifier"),
    path("plie/<uuid:pk>/supprimer/", plie.plie_supprimer, name="plie_supprimer"),
    # diagnostic, freins, actions
    *freins,
    # services d'insertion
    *services,
    # comité technique
    *comites,
]
