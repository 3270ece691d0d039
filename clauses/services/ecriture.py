"""Écrire une ligne en contrôlant tout ce que la base contrôlera."""

from django.db import IntegrityError, models, transaction


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
