"""Les services d'insertion : les chercher, seuls ou depuis un frein, et l'offre importée."""

from django.urls import path

from parcours.views import imports_services, services

urlpatterns = [
    path("services/", services.service_liste, name="service_liste"),
    path("services/fiche/<path:identifiant>/", services.service_fiche, name="service_fiche"),
    path("services/imports/", imports_services.import_services_liste, name="import_services_liste"),
    path("services/imports/<uuid:pk>/", imports_services.import_services_detail, name="import_services_detail"),
    path("freins/<uuid:pk>/services/", services.service_liste, name="frein_services"),
    path("freins/<uuid:pk>/services/fiche/<path:identifiant>/", services.service_fiche, name="frein_service"),
]
