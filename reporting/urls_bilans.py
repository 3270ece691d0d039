"""Les bilans : liste, demande, progression, fichier, vérification publique."""

from django.urls import path

from reporting.views import avis_bilans, bilans

urlpatterns = [
    path("bilans/", bilans.bilan_liste, name="bilan_liste"),
    path("bilans/nouveau/", bilans.bilan_nouveau, name="bilan_nouveau"),
    path("bilans/<uuid:pk>/", bilans.bilan_detail, name="bilan_detail"),
    path("bilans/<uuid:pk>/bilan.pdf", bilans.bilan_fichier, name="bilan_fichier"),
    path("bilans/<uuid:pk>/viser/", avis_bilans.bilan_viser, name="bilan_viser"),
    path("bilans/<uuid:pk>/penalite/", avis_bilans.bilan_penalite, name="bilan_penalite"),
    path("marches/<uuid:pk>/bilan/", bilans.bilan_demander, name="bilan_demander"),
    path("verifier/", bilans.verifier_code, name="verifier_code"),
    path("verifier/<str:code>/", bilans.verifier, name="verifier"),
]
