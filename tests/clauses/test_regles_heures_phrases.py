"""Les heures refusées : la phrase entière, telle que la grille la montre."""

from datetime import date
from decimal import Decimal

import pytest

from beneficiaires.periodes import Periode
from clauses.regles import controler_heures

AVRIL = Periode(date(2026, 4, 1), date(2026, 4, 30))
MAI = Periode(date(2026, 5, 1), date(2026, 5, 31))
JUIN = Periode(date(2026, 6, 1), date(2026, 6, 30))


def controler(**changements):
    """100 h d'avril 2026, que le contrat, la fenêtre et le lot contiennent ; `changements` en modifie un point."""
    arguments = {
        "heures": Decimal(100),
        "nature": "travail",
        "periode": AVRIL,
        "contrat": Periode(date(2024, 5, 13), date(2026, 12, 31)),
        "fenetre": Periode(date(2024, 5, 13), date(2026, 5, 12)),
        "lot": Periode(date(2024, 4, 2), date(2027, 6, 30)),
        "lot_clos": False,
        "aujourd_hui": date(2026, 11, 17),
    }
    return controler_heures(**(arguments | changements))


@pytest.mark.parametrize(
    ("changements", "phrase"),
    [
        ({"heures": Decimal("NaN")}, "Ce n’est pas un nombre d’heures. Écrivez par exemple 35 ou 35,5."),
        (
            {"heures": Decimal("-0.01")},
            "Un nombre d’heures ne peut pas être négatif. Pour corriger un mois, saisissez son nouveau total.",
        ),
        ({"heures": Decimal("744.01")}, "Un mois entier ne compte que 744 h. Vérifiez le nombre saisi."),
        ({"heures": Decimal("35.255")}, "Les heures s’écrivent avec deux décimales au plus, par exemple 35,25."),
        (
            {"lot_clos": True},
            "Le lot est clos : il ne reçoit plus d’heures pour avril 2026. Rouvrez le lot pour corriger ses heures.",
        ),
        (
            {"aujourd_hui": date(2026, 3, 31)},
            "Avril 2026 n’a pas commencé : nous sommes le 31 mars 2026. Les heures se déclarent une fois faites.",
        ),
        (
            {"contrat": Periode(date(2026, 5, 1), date(2026, 12, 31))},
            "Pas de contrat du 1er au 30 avril 2026 : il court du 1er mai au 31 décembre 2026. "
            "Vérifiez le mois, ou les dates du contrat.",
        ),
        (
            {"contrat": Periode(date(2024, 5, 13), date(2026, 3, 31))},
            "Pas de contrat du 1er au 30 avril 2026 : il court du 13 mai 2024 au 31 mars 2026. "
            "Vérifiez le mois, ou les dates du contrat.",
        ),
        (
            {"lot": Periode(date(2026, 5, 1), date(2027, 6, 30))},
            "Le lot ne s’exécute pas du 1er au 30 avril 2026 : il court du 1er mai 2026 au 30 juin 2027. "
            "Vérifiez le mois, ou les dates du lot.",
        ),
        (
            {"fenetre": None},
            "100 h du 1er au 30 avril 2026 : l’éligibilité n’est pas ouverte. "
            "Faites-la valider avant de déclarer des heures.",
        ),
        (
            {"fenetre": Periode(date(2026, 5, 1), date(2028, 4, 30))},
            "100 h du 1er au 30 avril 2026 : l’éligibilité ne commence que le 1er mai 2026. "
            "Ces heures ne comptent pas.",
        ),
        (
            {"periode": JUIN},
            "100 h du 1er au 30 juin 2026 : l’éligibilité s’est arrêtée le 12 mai 2026 inclus. "
            "Ces heures ne comptent plus pour la clause.",
        ),
        (
            {"periode": MAI},
            "100 h du 1er au 31 mai 2026 : l’éligibilité s’arrête le 12 mai 2026 inclus, ce total est à cheval. "
            "Partagez-le : 1–12 / 13–31 ; seules les heures du 1er au 12 mai 2026 comptent.",
        ),
        (
            {"heures": Decimal(221)},
            "221 h en avril 2026 : c’est plus que les 220 h plausibles en un mois. Vérifiez le relevé d’heures.",
        ),
        (
            {"heures": Decimal(1), "nature": "formation", "deja_declarees_mois": Decimal(220)},
            "1 h de formation en avril 2026, avec les 220 h déjà déclarées : c’est plus que les 220 h plausibles "
            "en un mois. Vérifiez le relevé d’heures.",
        ),
        (
            {"heures": Decimal("12.5"), "contrat": Periode(date(2026, 4, 30), date(2026, 12, 31))},
            "12,5 h en 1 jour de contrat : c’est plus de 12 h par jour. "
            "Vérifiez le nombre d’heures ou les dates du contrat.",
        ),
        (
            {"heures": Decimal("24.5"), "contrat": Periode(date(2026, 4, 29), date(2026, 12, 31))},
            "24,5 h en 2 jours de contrat : c’est plus de 12 h par jour. "
            "Vérifiez le nombre d’heures ou les dates du contrat.",
        ),
    ],
)
def test_la_phrase_entiere(changements, phrase):
    """Le refus dit les heures, les jours, la borne en cause et ce qu'il faut vérifier."""
    assert controler() is None
    assert str(controler(**changements)).replace("\u00a0", " ") == phrase
