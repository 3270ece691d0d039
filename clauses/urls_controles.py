"""Les contrôles : ce qu'ils trouvent, leur catalogue, les niveaux d'un marché."""

from django.urls import path

from clauses.views import controles

urlpatterns = [
    path("controles/", controles.controle_liste, name="controle_liste"),
    path("controles/catalogue/", controles.controle_catalogue, name="controle_catalogue"),
    path("marches/<uuid:pk>/regle/controles/", controles.regle_controles, name="regle_controles"),
    path("marches/<uuid:pk>/regle/controles/reprendre/", controles.reexamen_reprendre, name="reexamen_reprendre"),
]
