"""Qui voit ce qui appartient à un agrément : ceux qui voient l'agrément."""

from typing import Self

from django.db import models

from comptes.models import Profil, Utilisateur


class DeLAgrementQuerySet(models.QuerySet):
    """Suspensions, prolongations, renouvellements : la structure, et le prescripteur qui a orienté la personne."""

    def pour(self, utilisateur: Utilisateur) -> Self:
        if utilisateur.profil == Profil.FACILITATEUR:
            return self.filter(agrement__beneficiaire__structure=utilisateur.organisation)
        if utilisateur.profil == Profil.PRESCRIPTEUR:
            return self.filter(agrement__beneficiaire__prescripteur=utilisateur.organisation)
        return self.none()
