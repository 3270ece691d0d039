"""Le calcul et l'exemple que les écrans écrivent : les mêmes nombres que les règles."""

from datetime import date
from decimal import Decimal

import pytest

from clauses.regles.dues import ecrire_formule
from clauses.regles.exemple import ecrire_exemple, ecrire_exemples
from clauses.regles.parametres import FaitsMarche, ParametresRegle

# L'exemple 3 des règles : attribution et notification le 04/03/2024, embauche le 13/05/2024, première heure le 21/05/2024.
EMBAUCHE = date(2024, 5, 13)
MARCHE = FaitsMarche(date_attribution=date(2024, 3, 4), date_notification=date(2024, 3, 4), date_fin=date(2027, 6, 30))


def sans_insecable(texte: str) -> str:
    return texte.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("parametres", "phrase"),
    [
        ({}, "Embauchée le 13/05/2024 → heures comptées jusqu’au 12/05/2026"),
        (
            {"point_depart": "notification"},
            "Embauchée le 13/05/2024, notification le 04/03/2024 → heures comptées jusqu’au 03/03/2026",
        ),
        (
            {"point_depart": "attribution", "duree_mois": 12},
            "Embauchée le 13/05/2024, attribution le 04/03/2024 → heures comptées jusqu’au 03/03/2025",
        ),
        (
            {"point_depart": "premiere_heure"},
            "Embauchée le 13/05/2024, première heure le 21/05/2024 → heures comptées jusqu’au 20/05/2026",
        ),
        (
            {"modele": "I2", "point_depart": "premier_contrat"},
            "Embauchée le 13/05/2024, premier contrat de clause → heures comptées jusqu’au 12/05/2026",
        ),
        ({"point_depart": "validation"}, "Embauchée le 13/05/2024 → heures comptées jusqu’au 12/05/2026"),
        ({"duree_mois": None}, "Embauchée le 13/05/2024 → heures comptées jusqu’au 30/06/2027"),
        ({"point_depart": "demarrage"}, "À compléter : date de début d’exécution."),
    ],
)
def test_l_exemple_est_celui_de_la_fenetre(parametres, phrase):
    """Chaque point de départ donne sa dernière date, comprise ; une date qui manque au marché est nommée."""
    assert sans_insecable(ecrire_exemple(ParametresRegle(**parametres), MARCHE, EMBAUCHE)) == phrase


def test_l_exemple_compte_depuis_le_debut_d_execution():
    """Début le 02/04/2024 : vingt-quatre mois jusqu'au 01/04/2026."""
    marche = FaitsMarche(date_demarrage=date(2024, 4, 2))
    phrase = ecrire_exemple(ParametresRegle(point_depart="demarrage"), marche, EMBAUCHE)
    assert phrase == "Embauchée le 13/05/2024, début d’exécution le 02/04/2024 → heures comptées jusqu’au 01/04/2026"


def test_l_exemple_du_renouvellement():
    """Sur un nouveau diagnostic donné le dernier jour, la durée entière repart de ce jour ; sans fin connue, rien à renouveler."""
    rouverte = ecrire_exemples(ParametresRegle(renouvellement="diagnostic"), MARCHE, EMBAUCHE)
    assert rouverte[1:] == ["Renouvelée une fois → jusqu’au 11/05/2028"]
    assert len(ecrire_exemples(ParametresRegle(), MARCHE, EMBAUCHE)) == 1


def test_l_exemple_sans_fin_connue():
    """Toute la durée d'une opération sans date de fin : l'exemple le dit sans inventer de date."""
    phrase = ecrire_exemple(ParametresRegle(duree_mois=None), FaitsMarche(), EMBAUCHE)
    assert phrase == "Embauchée le 13/05/2024 → heures comptées jusqu’à la fin de l’opération"


@pytest.mark.parametrize(
    ("arrondi", "fin"),
    [("inferieur", "arrondi à 833 h"), ("proche", "arrondi à 833 h"), ("superieur", "arrondi à 834 h")],
)
def test_la_formule_s_ecrit_avec_ses_termes(arrondi, fin):
    """Exemple 1 : 1 000 000 € × 50 % × 5 % ÷ 30 €/h = 833,33 h, puis l'arrondi du marché."""
    phrase = ecrire_formule(
        montant_ht_euros=Decimal(1_000_000),
        part_main_oeuvre=Decimal(50),
        taux_effort=Decimal(5),
        cout_horaire_euros=Decimal(30),
        arrondi=arrondi,
    )
    assert sans_insecable(phrase) == f"1 000 000 € × 50 % × 5 % ÷ 30 €/h = 833,33 h, {fin}"


def test_un_resultat_entier_ne_s_arrondit_pas():
    """900 000 € × 50 % × 5 % ÷ 30 €/h font 750 h tout juste."""
    phrase = ecrire_formule(
        montant_ht_euros=Decimal(900_000),
        part_main_oeuvre=Decimal(50),
        taux_effort=Decimal(5),
        cout_horaire_euros=Decimal(30),
    )
    assert sans_insecable(phrase) == "900 000 € × 50 % × 5 % ÷ 30 €/h = 750 h"
