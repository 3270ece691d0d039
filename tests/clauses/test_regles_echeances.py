"""Les tranches d'échéance, telles qu'une liste les écrit."""

from datetime import date

from clauses.regles import bornes_echeance


def test_les_quatre_tranches_se_suivent_sans_se_recouvrir():
    """Au 17 novembre 2026 : hier est passé, aujourd'hui et les 30 jours suivants pressent, puis 60, puis 90."""
    tranches = [(t.code, t.libelle, t.du, t.au) for t in bornes_echeance(date(2026, 11, 17))]
    assert tranches == [
        ("passee", "Passée", None, date(2026, 11, 16)),
        ("j30", "30\u00a0jours ou moins", date(2026, 11, 17), date(2026, 12, 17)),
        ("j60", "31 à 60\u00a0jours", date(2026, 12, 18), date(2027, 1, 16)),
        ("j90", "61 à 90\u00a0jours", date(2027, 1, 17), date(2027, 2, 15)),
    ]
