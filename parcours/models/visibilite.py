"""Qui voit une ligne du dossier d'une personne : la structure qui la suit, et le prescripteur qui l'a orientée."""

from typing import ClassVar, Self

from django.db import models

from comptes.models import Profil, Utilisateur


class DossierQuerySet(models.QuerySet):
    """`chemin` : de la ligne à la personne."""

    chemin: ClassVar[str] = "beneficiaire"

    def pour(self, utilisateur: Utilisateur) -> Self:
        if utilisateur.profil == Profil.FACILITATEUR:
            return self.filter(**{f"{self.chemin}__structure": utilisateur.organisation})
        if utilisateur.profil == Profil.PRESCRIPTEUR:
            return self.filter(**{f"{self.chemin}__prescripteur": utilisateur.organisation})
        return self.none()


class DeLAgrementQuerySet(DossierQuerySet):
    """Suspensions, prolongations, renouvellements."""

    chemin = "agrement__beneficiaire"


class DuParcoursQuerySet(DossierQuerySet):
    """Phases, diagnostics, freins, étapes, sortie."""

    chemin = "parcours__beneficiaire"
