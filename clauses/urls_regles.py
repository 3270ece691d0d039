"""La règle d'un marché et les modèles de règle d'une structure."""

from django.urls import path

from clauses.views import modeles, regles

urlpatterns = [
    path("marches/<uuid:pk>/regle/", regles.regle_modifier, name="regle_modifier"),
    path("marches/<uuid:pk>/regle/criteres/", regles.regle_criteres, name="regle_criteres"),
    path("marches/<uuid:pk>/regle/documents/", regles.regle_documents, name="regle_documents"),
    path("marches/<uuid:pk>/regle/modele/", modeles.modele_appliquer, name="modele_appliquer"),
    path("marches/<uuid:pk>/regle/modele/enregistrer/", modeles.modele_enregistrer, name="modele_enregistrer"),
    path("modeles-de-regle/", modeles.modele_liste, name="modele_liste"),
    path("modeles-de-regle/<uuid:pk>/modifier/", modeles.modele_modifier, name="modele_modifier"),
    path("modeles-de-regle/<uuid:pk>/supprimer/", modeles.modele_supprimer, name="modele_supprimer"),
]
