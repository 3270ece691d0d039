"""Les salariés d'une entreprise et les pièces de leurs contrats."""

from django.urls import path

from clauses.views import preuves, salaries

urlpatterns = [
    path("salaries/", salaries.salarie_liste, name="salarie_liste"),
    path("preuves/", preuves.preuve_liste, name="preuve_liste"),
    path("contrats/<uuid:pk>/preuves/", preuves.contrat_preuves, name="contrat_preuves"),
    path("preuves/<uuid:pk>/fichier/", preuves.preuve_fichier, name="preuve_fichier"),
    path("preuves/<uuid:pk>/juger/", preuves.preuve_juger, name="preuve_juger"),
    path("preuves/<uuid:pk>/retirer/", preuves.preuve_retirer, name="preuve_retirer"),
]
