"""Les adresses des clauses, par sujet."""

from django.urls import include, path

app_name = "clauses"

urlpatterns = [
    path("", include("clauses.urls_acheteurs")),
    path("", include("clauses.urls_comptage")),
    path("", include("clauses.urls_confirmations")),
    path("", include("clauses.urls_controles")),
    path("", include("clauses.urls_declarations")),
    path("", include("clauses.urls_decp")),
    path("", include("clauses.urls_dues")),
    path("", include("clauses.urls_heures")),
    path("", include("clauses.urls_offres")),
    path("", include("clauses.urls_operations")),
    path("", include("clauses.urls_partages")),
    path("", include("clauses.urls_placements")),
    path("", include("clauses.urls_preuves")),
]
