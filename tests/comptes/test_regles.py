"""Identifiants d'entreprise, invitations, dernier administrateur."""

from datetime import date

import pytest

from comptes.regles import (
    REFUS_D_INVITATION,
    Refus,
    controler_dernier_administrateur,
    controler_siret,
    expiration_de_l_invitation,
    normaliser_siret,
    refus_de_l_invitation,
)


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


@pytest.mark.parametrize(
    ("administre", "administrera", "autres", "refuse"),
    [(True, False, 0, True), (True, False, 1, False), (True, True, 0, False), (False, False, 0, False)],
)
def test_le_dernier_administrateur_reste(administre, administrera, autres, refuse):
    refus = controler_dernier_administrateur(administre=administre, administrera=administrera, autres=autres)
    phrase = "C’est le dernier administrateur de la structure. Donnez d’abord ce rôle à un autre membre."
    assert refus == (Refus(phrase, "dernier_administrateur") if refuse else None)


def test_une_invitation_s_accepte_sept_jours_et_une_fois():
    dernier = expiration_de_l_invitation(date(2026, 11, 17))
    assert dernier == date(2026, 11, 24)

    def refus(jour: date, acceptee: bool = False) -> Refus | None:
        return refus_de_l_invitation(expire_le=dernier, est_acceptee=acceptee, aujourd_hui=jour)

    assert refus(date(2026, 11, 24)) is None
    trop_ancien = "Ce lien est trop ancien. Demandez à l’administrateur de la structure de le renvoyer."
    assert refus(date(2026, 11, 25)) == Refus(trop_ancien, "invitation_expiree")
    deja = "Ce lien a déjà servi\u00a0: connectez-vous avec votre adresse et votre mot de passe."
    assert refus(date(2026, 11, 24), acceptee=True) == Refus(deja, "invitation_acceptee")
    assert (
        REFUS_D_INVITATION["invitation_inconnue"].phrase == "Ce lien n’est pas le bon, ou l’invitation a été annulée."
    )
