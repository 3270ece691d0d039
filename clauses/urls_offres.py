"""Les besoins des entreprises, et les personnes qu'on leur propose."""

from django.urls import path

from clauses.views import alertes_offres, candidatures, offres

urlpatterns = [
    path("offres/", offres.offre_liste, name="offre_liste"),
    path("offres/nouvelle/", offres.offre_creer, name="offre_creer"),
    path("offres/<uuid:pk>/", offres.offre_detail, name="offre_detail"),
    path("offres/<uuid:pk>/modifier/", offres.offre_modifier, name="offre_modifier"),
    path("offres/<uuid:pk>/publier/", offres.offre_publier, name="offre_publier"),
    path("offres/<uuid:pk>/retirer/", offres.offre_retirer, name="offre_retirer"),
    # candidatures
    path("offres/candidatures/", candidatures.candidature_liste, name="candidature_liste"),
    path("offres/candidatures/nouvelle/", candidatures.candidature_creer, name="candidature_creer"),
    path("offres/candidatures/<uuid:pk>/", candidatures.candidature_detail, name="candidature_detail"),
    path("offres/candidatures/<uuid:pk>/repondre/", candidatures.candidature_repondre, name="candidature_repondre"),
    path("offres/candidatures/<uuid:pk>/retirer/", candidatures.candidature_retirer, name="candidature_retirer"),
    path("offres/candidatures/<uuid:pk>/message/", candidatures.candidature_message, name="candidature_message"),
    # alertes d'un membre d'un prescripteur
    path("offres/alertes/", alertes_offres.alerte_offre_liste, name="alerte_offre_liste"),
    path("offres/alertes/<uuid:pk>/supprimer/", alertes_offres.alerte_offre_supprimer, name="alerte_offre_supprimer"),
    path("offres/alertes/arreter/<str:jeton>/", alertes_offres.alerte_offre_arreter, name="alerte_offre_arreter"),
]
