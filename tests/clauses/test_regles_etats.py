"""Les états d'un relevé d'heures : qui fait passer quoi, avec quel motif."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clauses.regles import (
    ETATS_A_VERIFIER,
    ETATS_MODIFIABLES,
    TRANSITIONS,
    Etat,
    Refus,
    controler_transition,
    etat_apres_saisie,
)


@pytest.mark.parametrize(
    ("de", "vers", "motif", "facilitateur", "code"),
    [
        ("declare", "verifie", "", True, None),
        ("rectifie", "verifie", "", True, None),
        ("verifie", "valide", "", True, None),
        ("declare", "verifie", "", False, "droit_facilitateur"),
        ("verifie", "valide", "", False, "droit_facilitateur"),
        ("declare", "refuse", "faites ailleurs", True, None),
        ("declare", "refuse", " ", True, "motif_absent"),
        ("verifie", "refuse", "", True, "motif_absent"),
        ("declare", "refuse", "faites ailleurs", False, "droit_facilitateur"),
        ("valide", "rectifie", "bulletin corrigé", True, None),
        ("valide", "rectifie", "", True, "motif_absent"),
        ("valide", "rectifie", "bulletin corrigé", False, "droit_facilitateur"),
        ("valide", "declare", "bulletin corrigé", True, "heures_figees"),
        ("valide", "refuse", "bulletin corrigé", True, "heures_figees"),
        ("valide", "valide", "", True, "deja_fait"),
        ("declare", "valide", "", True, "passage_interdit"),
        ("refuse", "valide", "", True, "passage_interdit"),
        ("refuse", "verifie", "", True, "passage_interdit"),
        ("refuse", "rectifie", "", False, None),
        ("refuse", "declare", "", True, None),
        ("refuse", "declare", "", False, "droit_facilitateur"),
    ],
)
def test_passages(de, vers, motif, facilitateur, code):
    """Le facilitateur décide, l'entreprise rectifie ; refuser et rouvrir demandent un motif."""
    refus = controler_transition(de, vers, motif, est_facilitateur=facilitateur)
    assert (refus.code if refus else None) == code


@pytest.mark.parametrize(
    ("de", "vers", "facilitateur", "phrase"),
    [
        ("declare", "verifie", False, "Vérifier des heures revient au facilitateur."),
        ("valide", "rectifie", False, "Rouvrir des heures revient au facilitateur."),
        ("declare", "refuse", True, "Pour refuser ces heures, écrivez le motif\u00a0: l’entreprise le lira."),
        ("valide", "rectifie", True, "Pour rouvrir ces heures, écrivez le motif\u00a0: l’entreprise le lira."),
        ("declare", "declare", True, "Ces heures sont déjà à vérifier."),
        ("valide", "valide", True, "Ces heures sont déjà validées."),
        ("valide", "refuse", True, "Ces heures sont validées\u00a0: rouvrez-les d’abord, avec un motif."),
        ("declare", "valide", True, "Ces heures sont à vérifier\u00a0: vérifiez-les avant de les valider."),
        ("rectifie", "valide", True, "Ces heures sont rectifiées\u00a0: vérifiez-les avant de les valider."),
        ("refuse", "verifie", True, "Ces heures sont refusées\u00a0: ce passage n’existe pas."),
    ],
)
def test_la_phrase_d_un_passage_refuse(de, vers, facilitateur, phrase):
    """Le refus dit qui peut le faire, ou ce qu'il faut faire d'abord."""
    assert str(controler_transition(de, vers, est_facilitateur=facilitateur)) == phrase


@pytest.mark.parametrize(
    ("etat", "phrase"),
    [
        (
            "verifie",
            "Ces heures sont vérifiées\u00a0: elles ne se modifient plus. "
            "Le facilitateur peut les rouvrir, avec un motif.",
        ),
        (
            "valide",
            "Ces heures sont validées\u00a0: elles ne se modifient plus. "
            "Le facilitateur peut les rouvrir, avec un motif.",
        ),
    ],
)
def test_la_phrase_d_heures_figees(etat, phrase):
    """Ce qui ne se saisit plus dit comment le rouvrir."""
    assert str(etat_apres_saisie(etat)) == phrase


@pytest.mark.parametrize(
    ("etat", "apres"),
    [
        (None, "declare"),
        ("declare", "declare"),
        ("refuse", "rectifie"),
        ("rectifie", "rectifie"),
        ("verifie", None),
        ("valide", None),
    ],
)
def test_etat_apres_saisie(etat, apres):
    """Ce qui est vérifié ou validé ne se saisit plus ; un refus corrigé est « rectifié »."""
    obtenu = etat_apres_saisie(etat)
    if apres is None:
        assert isinstance(obtenu, Refus)
        assert obtenu.code == "heures_figees"
    else:
        assert obtenu == apres


def test_ce_qui_attend_et_ce_qui_se_modifie():
    """« À vérifier » réunit tout ce qui n'est ni validé, ni refusé, ni contesté."""
    assert set(Etat) - ETATS_A_VERIFIER == {Etat.VALIDE, Etat.REFUSE, Etat.CONTESTE}
    assert set(Etat) - ETATS_MODIFIABLES == {Etat.VALIDE, Etat.VERIFIE, Etat.CONTESTE}


def test_aucun_etat_sans_issue():
    """De tout état on peut aller à tout autre, en passant par la table ; seul un litige mène à « contesté », et en sort."""
    hors_litige = set(Etat) - {Etat.CONTESTE}
    for depart in hors_litige:
        atteints = {depart}
        while suivants := {vers for de, vers in TRANSITIONS if de in atteints} - atteints:
            atteints |= suivants
        assert atteints == hors_litige


@given(st.sampled_from(list(Etat)), st.sampled_from(list(Etat)), st.text(max_size=20))
def test_l_entreprise_ne_valide_jamais(de, vers, motif):
    """Sans facilitateur, un seul passage existe : rectifier un refus."""
    refus = controler_transition(de, vers, motif, est_facilitateur=False)
    assert (refus is None) == ((de, vers) == (Etat.REFUSE, Etat.RECTIFIE))


@pytest.mark.parametrize("etat", ["inconnu", ""])
def test_etat_inconnu(etat):
    """Un état hors liste est une erreur de l'appelant."""
    with pytest.raises(ValueError, match="valid"):
        controler_transition(etat, "valide", est_facilitateur=True)
