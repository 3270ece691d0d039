"""Écrire une ligne en contrôlant tout ce que la base contrôlera, et faire d'un refus une erreur de formulaire."""

from collections.abc import Mapping
from types import MappingProxyType

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from comptes.regles import Refus


def enregistrer(objet: models.Model) -> None:
    """Contrôle et enregistre. Lève ValidationError, en français, même si une autre écriture vient de prendre la place."""
    try:
        with transaction.atomic():
            objet.full_clean()
            objet.save()
    except IntegrityError:
        # Deux envois au même instant : la ligne de l'autre est maintenant visible, le contrôle la trouve et la nomme.
        objet.full_clean()
        raise


def exiger(refus: Refus | None, champ: str | None = None, *, champs: Mapping[str, str] = MappingProxyType({})) -> None:
    """Lève le refus d'une règle en ValidationError, avec sa phrase et son code ; sur `champ`, ou celui que `champs` donne à ce code."""
    if refus is not None:
        champ = champs.get(refus.code, champ)
        erreur = ValidationError(refus.phrase, code=refus.code)
        raise erreur if champ is None else ValidationError({champ: erreur})
