"""Personnes, situations, orientations."""

from django.urls import path

from beneficiaires.views import mes_orientations, orientations, personnes, residences, situations

app_name = "beneficiaires"

urlpatterns = [
    # personnes (facilitateur)
    path("personnes/", personnes.beneficiaire_liste, name="beneficiaire_liste"),
    path("personnes/creer/", personnes.beneficiaire_creer, name="beneficiaire_creer"),
    path("personnes/<uuid:pk>/modifier/", personnes.beneficiaire_modifier, name="beneficiaire_modifier"),
    path("personnes/<uuid:pk>/demenagement/", residences.demenagement_noter, name="demenagement_noter"),
    # situations et pièces (facilitateur)
    path("personnes/<uuid:pk>/situations/creer/", situations.situation_creer, name="situation_creer"),
    path("situations/<uuid:pk>/modifier/", situations.situation_modifier, name="situation_modifier"),
    path("situations/<uuid:pk>/justificatifs/creer/", situations.justificatif_creer, name="justificatif_creer"),
    # orientations reçues (facilitateur ; le détail se lit des deux côtés)
    path("orientations/", orientations.orientation_liste, name="orientation_liste"),
    path("orientations/<uuid:pk>/", orientations.orientation_detail, name="orientation_detail"),
    path("orientations/<uuid:pk>/accepter/", orientations.orientation_accepter, name="orientation_accepter"),
    path("orientations/<uuid:pk>/refuser/", orientations.orientation_refuser, name="orientation_refuser"),
    # orientations envoyées (prescripteur)
    path("mes-orientations/", mes_orientations.mes_orientations, name="mes_orientations"),
    path("mes-orientations/nouvelle/", mes_orientations.orientation_nouvelle, name="orientation_nouvelle"),
    path("mes-orientations/<uuid:pk>/<int:etape>/", mes_orientations.orientation_etape, name="orientation_etape"),
    path("mes-orientations/<uuid:pk>/envoyer/", mes_orientations.orientation_envoyer, name="orientation_envoyer"),
    path("mes-orientations/<uuid:pk>/supprimer/", mes_orientations.orientation_supprimer, name="orientation_supprimer"),
]
