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
    """« À vérifier » réunit tout ce qui n'est ni validé ni refusé."""
    assert set(Etat) - ETATS_A_VERIFIER == {Etat.VALIDE, Etat.REFUSE}
    assert set(Etat) - ETATS_MODIFIABLES == {Etat.VALIDE, Etat.VERIFIE}


def test_aucun_etat_sans_issue():
    """De tout état on peut aller à tout autre, en passant par la table."""
    for depart in Etat:
        atteints = {depart}
        while suivants := {vers for de, vers in TRANSITIONS if de in atteints} - atteints:
            atteints |= suivants
        assert atteints == set(Etat)


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
