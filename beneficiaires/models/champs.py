"""Choix et validateurs lus dans les règles, pour les champs de plusieurs modèles."""

from django.core.exceptions import ValidationError

from beneficiaires import regles
from comptes.ecriture import exiger


def choix_criteres() -> list[tuple[str, str]]:
    return [(code, critere.libelle) for code, critere in regles.CRITERES.items()]


def choix_freins() -> list[tuple[str, str]]:
    return [(code, frein.libelle) for code, frein in regles.FREINS.items()]


def choix_organismes() -> list[tuple[str, str]]:
    return list(regles.ORGANISMES_AVIS.items())


def choix_niveaux() -> list[tuple[int, str]]:
    return list(regles.NIVEAUX_FORMATION.items())


def sans_nir(texte: str) -> None:
    """Refuse un texte libre où se lit un numéro de sécurité sociale : aucun texte n'autorise à le garder ici."""
    if regles.contient_nir(texte):
        raise ValidationError(
            "Ce texte contient ce qui ressemble à un numéro de sécurité sociale. Retirez-le\u00a0: Étape n’en garde aucun.",
            code="nir",
        )


def valider_identifiant_france_travail(valeur: str) -> None:
    exiger(regles.controler_identifiant_france_travail(valeur))
