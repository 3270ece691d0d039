from django.urls import path

from comptes import pages, views

app_name = "comptes"

urlpatterns = [
    path("sante/", views.sante, name="sante"),
    path("mon-compte/", views.mon_compte, name="mon_compte"),
    path("mon-compte/organisation/", views.changer_organisation, name="changer_organisation"),
    path("theme/", pages.changer_theme, name="theme"),
    path("accessibilite/", pages.accessibilite, name="accessibilite"),
    path("donnees-personnelles/", pages.donnees_personnelles, name="donnees_personnelles"),
    path("mentions-legales/", pages.mentions_legales, name="mentions_legales"),
    path("plan-du-site/", pages.plan_du_site, name="plan_du_site"),
    path("aide/", pages.aide, name="aide"),
]
