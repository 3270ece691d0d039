"""Le partage d'une opération : où en est l'accord, ce qui empêche de proposer, de répondre, de finir."""

import pytest

from clauses.regles.partages import (
    EtatPartage,
    controler_fin,
    controler_proposition,
    controler_reponse,
    etat_du_partage,
)

PROPOSER = {
    "porteuse": "A",
    "invitee": "B",
    "droit": "lecture",
    "droit_en_cours": "",
    "attend_une_reponse": False,
}


@pytest.mark.parametrize(
    ("accepte", "fini", "par_l_invitee", "etat", "libelle"),
    [
        (False, False, False, EtatPartage.PROPOSE, "Attend une réponse"),
        (True, False, False, EtatPartage.EN_COURS, "En cours"),
        (False, True, True, EtatPartage.REFUSE, "Refusé"),
        (False, True, False, EtatPartage.RETIRE, "Retiré"),
        (True, True, True, EtatPartage.FINI, "Fini"),
        (True, True, False, EtatPartage.FINI, "Fini"),
    ],
)
def test_l_etat_d_un_partage(accepte, fini, par_l_invitee, etat, libelle):
    trouve = etat_du_partage(est_accepte=accepte, est_fini=fini, fini_par_l_invitee=par_l_invitee)
    assert trouve == etat
    assert trouve.libelle == libelle


@pytest.mark.parametrize(
    ("change", "code", "phrase"),
    [
        ({}, None, ""),
        ({"droit_en_cours": "ecriture"}, None, ""),  # un autre droit se propose
        ({"invitee": "A"}, "partage_avec_soi", "Une opération se partage avec une autre structure que la vôtre."),
        ({"droit_en_cours": "lecture"}, "partage_en_cours", "Cette structure a déjà ce droit sur l’opération."),
        (
            {"attend_une_reponse": True},
            "partage_en_attente",
            "Une proposition attend déjà la réponse de cette structure. Retirez-la pour en faire une autre.",
        ),
    ],
)
def test_proposer(change, code, phrase):
    refus = controler_proposition(**PROPOSER | change)
    assert (refus.code if refus else None) == code
    assert (refus.phrase if refus else "") == phrase


@pytest.mark.parametrize("etat", EtatPartage)
def test_on_ne_repond_qu_a_une_proposition(etat):
    refus = controler_reponse(etat)
    if etat == EtatPartage.PROPOSE:
        assert refus is None
    else:
        assert (refus.code, refus.phrase) == ("partage_repondu", "Cette proposition n’attend plus de réponse.")


@pytest.mark.parametrize("etat", EtatPartage)
def test_on_ne_finit_que_ce_qui_court_ou_attend(etat):
    refus = controler_fin(etat)
    if etat in (EtatPartage.PROPOSE, EtatPartage.EN_COURS):
        assert refus is None
    else:
        assert (refus.code, refus.phrase) == ("partage_fini", "Ce partage est déjà fini.")
