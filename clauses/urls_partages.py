"""Le partage d'une opération entre deux structures."""

from django.urls import path

from clauses.views import partages

urlpatterns = [
    path("partages/", partages.partage_liste, name="partage_liste"),
    path("operations/<uuid:pk>/partager/", partages.partage_proposer, name="partage_proposer"),
    path("partages/<uuid:pk>/", partages.partage_detail, name="partage_detail"),
    path("partages/<uuid:pk>/accepter/", partages.partage_accepter, name="partage_accepter"),
    path("partages/<uuid:pk>/finir/", partages.partage_finir, name="partage_finir"),
]
