from django.urls import path

from comptes import pages, views, vues_invitations, vues_membres

app_name = "comptes"

urlpatterns = [
    path("sante/", views.sante, name="sante"),
    path("mon-compte/", views.mon_compte, name="mon_compte"),
    path("mon-compte/organisation/", views.changer_organisation, name="changer_organisation"),
    path("membres/", vues_membres.membre_liste, name="membre_liste"),
    path("membres/inviter/", vues_membres.membre_inviter, name="membre_inviter"),
    path("membres/<uuid:pk>/", vues_membres.membre_modifier, name="membre_modifier"),
    path("membres/<uuid:pk>/retirer/", vues_membres.membre_retirer, name="membre_retirer"),
    path("membres/invitations/<uuid:pk>/renvoyer/", vues_membres.invitation_renvoyer, name="invitation_renvoyer"),
    path("membres/invitations/<uuid:pk>/annuler/", vues_membres.invitation_annuler, name="invitation_annuler"),
    path("invitation/", vues_invitations.invitation_accepter, name="invitation_accepter"),
    path("invitation/<str:jeton>/", vues_invitations.invitation_entrer, name="invitation_entrer"),
    path("theme/", pages.changer_theme, name="theme"),
    path("accessibilite/", pages.accessibilite, name="accessibilite"),
    path("donnees-personnelles/", pages.donnees_personnelles, name="donnees_personnelles"),
    path("mentions-legales/", pages.mentions_legales, name="mentions_legales"),
    path("plan-du-site/", pages.plan_du_site, name="plan_du_site"),
    path("aide/", pages.aide, name="aide"),
]
