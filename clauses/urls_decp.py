"""Importer les marchés d'un fichier DECP."""

from django.urls import path

from clauses.views import decp

urlpatterns = [
    path("operations/importer/", decp.decp_import, name="decp_import"),
    path("operations/importer/<uuid:pk>/", decp.decp_apercu, name="decp_apercu"),
    path("operations/importer/<uuid:pk>/resultat/", decp.decp_resultat, name="decp_resultat"),
    path("operations/importer/<uuid:pk>/reprendre/", decp.decp_reprendre, name="decp_reprendre"),
]
