"""Identifiants d'entreprise."""

import pytest

from comptes.regles import controler_siret, normaliser_siret


@pytest.mark.parametrize(
    "siret",
    [
        "35600000049837",  # La Poste : somme des chiffres multiple de 5
        "35600000000048",  # La Poste, siège : clé de Luhn
        "73282932000074",
        "732 829 320 00074",
        "732\u00a0829\u00a0320\u00a000074",
    ],
)
def test_siret_juste(siret):
    """Un SIRET juste passe, avec ou sans espaces, La Poste comprise."""
    assert controler_siret(siret) is None


@pytest.mark.parametrize(
    ("siret", "code"),
    [
        ("73282932000075", "siret_cle"),
        ("35600000049838", "siret_cle"),
        ("7328293200007", "siret_forme"),
        ("732829320000740", "siret_forme"),
        ("7328293200007A", "siret_forme"),
        ("", "siret_forme"),
        ("١٢٣٤٥٦٧٨٩٠١٢٣٤", "siret_forme"),
    ],
)
def test_siret_faux(siret, code):
    """Un SIRET faux dit si c'est sa longueur ou sa clé."""
    refus = controler_siret(siret)
    assert refus is not None
    assert refus.code == code
    assert str(refus) == refus.phrase != ""


@pytest.mark.parametrize(
    ("siret", "phrase"),
    [
        ("7328293200007", "Le SIRET compte 14 chiffres. Recopiez-le depuis l’avis de situation Sirene."),
        (
            "73282932000075",
            "Ce SIRET est faux\u00a0: sa clé ne correspond pas à ses autres chiffres. "
            "Un chiffre est sans doute inversé ou oublié.",
        ),
    ],
)
def test_la_phrase_d_un_siret_faux(siret, phrase):
    """Chaque refus dit où regarder."""
    assert str(controler_siret(siret)) == phrase


def test_siret_compact():
    """Un SIRET se garde sans ses espaces."""
    assert normaliser_siret(" 732 829 320 00074 ") == "73282932000074"
