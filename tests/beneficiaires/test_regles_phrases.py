"""Ce que lit qui se trompe sur une personne : la phrase entière, telle qu'à l'écran."""

from datetime import date

import pytest

from beneficiaires.periodes import Periode
from beneficiaires.regles import (
    CRITERES,
    age_au,
    controler_age,
    controler_code_postal,
    controler_date,
    controler_identifiant_france_travail,
    controler_jour_passe,
    controler_naissance,
    controler_niveau_formation,
    controler_periode_situation,
    controler_telephone,
    preuve_suffisante,
)

AUJOURD_HUI = date(2026, 11, 17)
NAISSANCE = date(1984, 4, 8)
RSA = CRITERES["RSA"]


def situation(debut, *deja):
    return controler_periode_situation(Periode(debut), NAISSANCE, deja, AUJOURD_HUI)


@pytest.mark.parametrize(
    ("refus", "phrase"),
    [
        (
            lambda: controler_naissance(date(2026, 11, 18), AUJOURD_HUI),
            "La date de naissance est dans le futur. Vérifiez l’année.",
        ),
        (
            lambda: controler_naissance(date(2015, 6, 1), AUJOURD_HUI),
            "Née le 1er juin 2015, la personne aurait 11\u00a0ans\u00a0: une clause s’adresse à des personnes d’au moins "
            "16\u00a0ans. Vérifiez l’année.",
        ),
        (
            lambda: controler_naissance(date(1896, 3, 2), AUJOURD_HUI),
            "Née le 2 mars 1896, la personne aurait 130\u00a0ans. Vérifiez l’année.",
        ),
        (
            lambda: controler_date(date(26, 11, 6), "La date de fin"),
            "La date de fin tombe en 26. Vérifiez l’année\u00a0: quatre chiffres, par exemple 2026.",
        ),
        (
            lambda: controler_jour_passe(date(226, 11, 6), "La date de la pièce", AUJOURD_HUI),
            "La date de la pièce tombe en 226. Vérifiez l’année\u00a0: quatre chiffres, par exemple 2026.",
        ),
        (
            lambda: controler_jour_passe(date(2026, 12, 6), "La date de la pièce", AUJOURD_HUI),
            "La date de la pièce est dans le futur\u00a0: 6 décembre 2026. Vérifiez le mois et l’année.",
        ),
        (
            lambda: situation(date(2027, 1, 1)),
            "La date de début est dans le futur\u00a0: 1er janvier 2027. Vérifiez le mois et l’année.",
        ),
        (lambda: situation(date(1984, 4, 7)), "La situation commence avant la naissance, le 8 avril 1984."),
        (
            lambda: situation(date(2026, 6, 30), Periode(date(2026, 1, 1), date(2026, 6, 30))),
            "Ce critère est déjà enregistré du 1er janvier 2026 au 30 juin 2026\u00a0: les deux périodes se recouvrent.",
        ),
        (
            lambda: situation(date(2026, 6, 30), Periode(date(2025, 2, 3))),
            "Ce critère est déjà enregistré depuis le 3 février 2025, sans fin connue. "
            "Ajoutez-lui une pièce, ou donnez-lui d’abord une date de fin.",
        ),
        (
            lambda: controler_telephone("06 39 98 12"),
            "Ce numéro n’est pas complet. Écrivez ses dix chiffres, par exemple 06\u00a039\u00a098\u00a012\u00a047, "
            "ou commencez par «\u00a0+\u00a0» s’il est étranger.",
        ),
        (lambda: controler_code_postal("6910"), "Le code postal compte cinq chiffres, par exemple 69100."),
        (
            lambda: controler_identifiant_france_travail("1234567"),
            "L’identifiant France Travail compte 8 caractères (7 chiffres puis un chiffre ou une lettre) "
            "ou 11 chiffres. Laissez le champ vide si vous ne l’avez pas.",
        ),
        (
            lambda: controler_identifiant_france_travail("00000000"),
            "Cet identifiant n’est fait que de zéros\u00a0: il ne désigne personne. "
            "Laissez le champ vide si vous ne l’avez pas.",
        ),
        (lambda: controler_niveau_formation(9), "Le niveau de formation va de 1 (savoirs de base) à 8 (doctorat)."),
        (
            lambda: controler_age(CRITERES["SENIOR"], date(1980, 1, 1), date(2029, 12, 31)),
            "Senior (50\u00a0ans et plus)\u00a0: la personne a 49\u00a0ans le 31 décembre 2029, il en faut au moins 50.",
        ),
        (
            lambda: controler_age(CRITERES["JEUNE"], date(2000, 1, 1), date(2026, 1, 1)),
            "Jeune (moins de 26\u00a0ans)\u00a0: la personne a 26\u00a0ans le 1er janvier 2026, "
            "il faut moins de 26\u00a0ans.",
        ),
        (
            lambda: preuve_suffisante(RSA, None, date(2026, 1, 6)),
            "Bénéficiaire du RSA\u00a0: à compléter, la date de la pièce (attestation RSA).",
        ),
        (
            lambda: preuve_suffisante(RSA, date(2026, 1, 7), date(2026, 1, 6)),
            "Bénéficiaire du RSA\u00a0: la pièce est datée du 7 janvier 2026, après le 6 janvier 2026. "
            "Demandez une pièce antérieure.",
        ),
        (
            lambda: preuve_suffisante(RSA, date(2026, 1, 6), date(2026, 4, 6)),
            "Bénéficiaire du RSA\u00a0: la pièce du 6 janvier 2026 valait jusqu’au 5 avril 2026 inclus (3\u00a0mois). "
            "Demandez-en une plus récente.",
        ),
    ],
)
def test_la_phrase_entiere(refus, phrase):
    """La phrase dit ce qui ne va pas, avec la date ou le nombre en cause, et ce qu'il faut faire.

    Le refus se calcule ici, et non à la collecte : une erreur de la règle fait échouer son cas, et les mutations la voient.
    """
    assert str(refus()) == phrase


def test_un_age_d_avant_la_naissance():
    """L'erreur de l'appelant se nomme."""
    with pytest.raises(ValueError, match=r"^Le jour précède la naissance\.$"):
        age_au(date(2026, 5, 13), date(2026, 5, 12))
