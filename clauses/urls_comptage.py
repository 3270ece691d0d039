"""Ce que comptent les heures d'un marché, et les conventions de globalisation."""

from django.urls import path

from clauses.views import comptage, globalisation

urlpatterns = [
    path("marches/<uuid:pk>/regle/comptage/", comptage.regle_comptage, name="regle_comptage"),
    path("marches/<uuid:pk>/regle/statuts/", comptage.regle_statuts, name="regle_statuts"),
    path("conventions/", globalisation.convention_liste, name="convention_liste"),
    path("conventions/creer/", globalisation.convention_creer, name="convention_creer"),
    path("conventions/<uuid:pk>/", globalisation.convention_detail, name="convention_detail"),
    path("conventions/<uuid:pk>/modifier/", globalisation.convention_modifier, name="convention_modifier"),
    path("conventions/<uuid:pk>/supprimer/", globalisation.convention_supprimer, name="convention_supprimer"),
    path("heures/<uuid:pk>/imputer/", globalisation.imputation_creer, name="imputation_creer"),
    path("imputations/<uuid:pk>/supprimer/", globalisation.imputation_supprimer, name="imputation_supprimer"),
]
