"""Qui déclare des heures : un compte, ou une entreprise par le lien qu'elle a reçu."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from clauses.models import Affectation, LienDeclaration, SourceReleve
from comptes.models import Organisation, Profil, Utilisateur

SOURCES: Mapping[str, SourceReleve] = MappingProxyType(
    {Profil.FACILITATEUR: SourceReleve.FACILITATEUR, Profil.ENTREPRISE: SourceReleve.ENTREPRISE}
)


@dataclass(frozen=True, slots=True)
class Auteur:
    """Un compte ou un lien, jamais les deux. `source` : ce que les relevés diront de lui."""

    source: SourceReleve
    utilisateur: Utilisateur | None = None
    lien: LienDeclaration | None = None

    @classmethod
    def du_compte(cls, utilisateur: Utilisateur) -> Self:
        """Lève PermissionDenied si ce profil ne déclare pas d'heures."""
        if utilisateur.profil not in SOURCES:
            raise PermissionDenied
        return cls(SOURCES[utilisateur.profil], utilisateur=utilisateur)

    @classmethod
    def du_lien(cls, lien: LienDeclaration) -> Self:
        return cls(SourceReleve.ENTREPRISE, lien=lien)

    @property
    def entreprise(self) -> Organisation | None:
        """Celle qui déclare ; None quand le facilitateur saisit à la place d'une entreprise."""
        if self.lien is not None:
            return self.lien.entreprise
        return self.utilisateur.organisation if self.source == SourceReleve.ENTREPRISE else None

    @property
    def affectations(self) -> QuerySet[Affectation]:
        """Celles dont il déclare les heures. Par lien : les personnes que l'entreprise emploie, chez cette structure."""
        if self.lien is None:
            return Affectation.objects.saisissables_par(self.utilisateur)
        return Affectation.objects.filter(
            contrat__employeur=self.lien.entreprise_id,
            engagement__titulaire__lot__marche__operation__structure=self.lien.structure_id,
        )
