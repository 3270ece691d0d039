"""Table des matières des adresses."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from comptes import pages

# L'administration technique se rejoint par la connexion du site : second facteur et essais limités y valent aussi.
admin.site.login = secure_admin_login(admin.site.login)

urlpatterns = [
    path("", include("reporting.urls")),
    path("", include("parcours.urls")),
    path("", include("clauses.urls")),
    path("", include("beneficiaires.urls")),
    path("", include("comptes.urls")),
    path("compte/", include("allauth.urls")),
    path("administration/", admin.site.urls),
]

handler400 = pages.requete_invalide
handler403 = pages.acces_refuse
handler404 = pages.introuvable
handler500 = pages.erreur_interne
