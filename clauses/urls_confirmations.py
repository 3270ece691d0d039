"""La chaîne de confirmation : heures à confirmer, contestations, litiges."""

from django.urls import path

from clauses.views import confirmations, litiges, regle_confirmation

urlpatterns = [
    path("marches/<uuid:pk>/regle/confirmation/", regle_confirmation.regle_confirmation, name="regle_confirmation"),
    path("heures/a-confirmer/", confirmations.heures_a_confirmer, name="heures_a_confirmer"),
    path("heures/approuver/", confirmations.heures_approuver, name="heures_approuver"),
    path("heures/<uuid:pk>/contester/", confirmations.releve_contester, name="releve_contester"),
    path("litiges/", litiges.litige_liste, name="litige_liste"),
    path("litiges/<uuid:pk>/", litiges.litige_detail, name="litige_detail"),
    path("litiges/<uuid:pk>/repondre/", litiges.litige_repondre, name="litige_repondre"),
    path("litiges/<uuid:pk>/regler/", litiges.litige_regler, name="litige_regler"),
]
