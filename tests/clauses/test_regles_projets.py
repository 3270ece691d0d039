"""Un marché à venir : son état en une phrase, qui attend et depuis quand, ce qui s'y fait encore."""

from dataclasses import replace
from datetime import date

import pytest

from clauses.regles.projets import (
    EtatProjet,
    FaitsProjet,
    Geste,
    Partie,
    controler_facilitateur,
    controler_geste,
    controler_publication,
    ecrire_etat,
    est_en_retard,
    etat_projet,
    jours_d_attente,
    peut,
)

JOUR = date(2026, 11, 15)
BROUILLON = FaitsProjet()
DEMANDE = FaitsProjet(demande_le=date(2026, 11, 3), attente=Partie.FACILITATEUR, attente_depuis=date(2026, 11, 3))
RENDU = FaitsProjet(demande_le=date(2026, 11, 3), avis_le=date(2026, 11, 10))
PUBLIE = replace(RENDU, publie_le=date(2026, 11, 12))
SUIVI = replace(PUBLIE, operation=True)
ABANDONNE = replace(DEMANDE, abandonne_le=date(2026, 11, 14))


@pytest.mark.parametrize(
    ("faits", "etat", "phrase"),
    [
        (BROUILLON, EtatProjet.BROUILLON, "Brouillon\u00a0: votre facilitateur ne le voit pas encore."),
        (DEMANDE, EtatProjet.DEMANDE, "Avis demandé le 3 novembre 2026, sans réponse depuis 12\u00a0jours."),
        (
            replace(DEMANDE, attente=Partie.ACHETEUR, attente_depuis=date(2026, 11, 14)),
            EtatProjet.DEMANDE,
            "Avis demandé le 3 novembre 2026, une précision est attendue de l’acheteur depuis hier.",
        ),
        (replace(DEMANDE, attente=None, attente_depuis=None), EtatProjet.DEMANDE, "Avis demandé le 3 novembre 2026."),
        (RENDU, EtatProjet.RENDU, "Avis rendu le 10 novembre 2026."),
        (
            replace(RENDU, attente=Partie.FACILITATEUR, attente_depuis=JOUR),
            EtatProjet.RENDU,
            "Avis rendu le 10 novembre 2026, une question de l’acheteur attend depuis aujourd’hui.",
        ),
        (PUBLIE, EtatProjet.PUBLIE, "Publié le 12 novembre 2026."),
        (SUIVI, EtatProjet.SUIVI, "Attribué\u00a0: l’opération est créée."),
        (ABANDONNE, EtatProjet.ABANDONNE, "Abandonné le 14 novembre 2026."),
    ],
)
def test_l_etat_en_une_phrase(faits, etat, phrase):
    assert etat_projet(faits) == etat
    assert ecrire_etat(faits, JOUR) == phrase


def test_l_attente():
    """Douze jours ; quinze ne sont pas un retard, seize le sont ; un marché fini n'attend plus."""
    assert jours_d_attente(DEMANDE, JOUR) == 12
    assert jours_d_attente(RENDU, JOUR) == 0
    assert jours_d_attente(ABANDONNE, JOUR) == 0
    assert jours_d_attente(DEMANDE, date(2026, 11, 1)) == 0
    assert not est_en_retard(DEMANDE, date(2026, 11, 18))
    assert est_en_retard(DEMANDE, date(2026, 11, 19))


PERMIS = {
    Geste.MODIFIER: {EtatProjet.BROUILLON, EtatProjet.DEMANDE},
    Geste.DEMANDER: {EtatProjet.BROUILLON},
    Geste.ECRIRE: {EtatProjet.DEMANDE, EtatProjet.RENDU, EtatProjet.PUBLIE},
    Geste.RENDRE_AVIS: {EtatProjet.DEMANDE, EtatProjet.RENDU},
    Geste.PUBLIER: {EtatProjet.DEMANDE, EtatProjet.RENDU},
    Geste.ABANDONNER: {EtatProjet.BROUILLON, EtatProjet.DEMANDE, EtatProjet.RENDU, EtatProjet.PUBLIE},
    Geste.CREER_OPERATION: {EtatProjet.RENDU, EtatProjet.PUBLIE},
}


@pytest.mark.parametrize("geste", Geste)
@pytest.mark.parametrize("faits", [BROUILLON, DEMANDE, RENDU, PUBLIE, SUIVI, ABANDONNE], ids=etat_projet)
def test_chaque_geste_dans_son_etat(faits, geste):
    """Chaque geste a ses états ; ailleurs, une phrase dit pourquoi."""
    permis = etat_projet(faits) in PERMIS[geste]
    refus = controler_geste(faits, geste)
    assert peut(faits, geste) is permis
    assert (refus is None) is permis
    if refus:
        assert refus.code == f"projet_{geste}"
        assert refus.phrase.endswith(".")


def test_l_avis_demande_le_facilitateur_reste():
    assert controler_facilitateur(BROUILLON, change=True) is None
    assert controler_facilitateur(DEMANDE, change=False) is None
    refus = controler_facilitateur(DEMANDE, change=True)
    assert refus.phrase == (
        "L’avis est déjà demandé à ce facilitateur\u00a0: pour en changer, abandonnez ce marché et annoncez-le de nouveau."
    )
    assert refus.code == "projet_facilitateur"


def test_une_publication_est_un_fait():
    assert controler_publication(JOUR, JOUR) is None
    assert controler_publication(date(2026, 11, 16), JOUR).phrase == (
        "Cette publication est à venir\u00a0: notez-la le jour où elle a lieu."
    )
