"""Les échéances."""

from django.urls import path

from reporting.views import alertes

urlpatterns = [
    path("echeances/", alertes.alerte_liste, name="alerte_liste"),
    path("echeances/<uuid:pk>/traiter/", alertes.alerte_traiter, name="alerte_traiter"),
]
