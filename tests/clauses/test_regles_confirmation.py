"""La chaîne de confirmation : qui répond, ce qu'un litige devient, ce qui retient une validation, combien de sources concordent."""

from datetime import date
from decimal import Decimal

import pytest

from clauses.regles.confirmation import (
    ParametresConfirmation,
    controler_accord,
    controler_contestation,
    controler_reponse,
    doit_repondre,
    etat_apres_litige,
    fin_du_delai,
    nombre_de_sources,
)
from clauses.regles.etats import Etat, controler_transition, etat_apres_saisie
from comptes.regles import Refus

PARTIES = ("titulaire", "etti")


@pytest.mark.parametrize(
    ("entreprise", "declarant", "attendu"),
    [
        ("titulaire", "etti", True),
        ("etti", "etti", False),
        ("etti", "titulaire", True),
        ("titulaire", None, True),
        ("etti", None, True),
        ("voisine", "etti", False),
        ("voisine", None, False),
    ],
)
def test_repond_une_partie_qui_n_a_pas_declare(entreprise, declarant, attendu):
    assert doit_repondre(entreprise, parties=PARTIES, declarant=declarant) is attendu


@pytest.mark.parametrize(
    ("etat", "code"),
    [
        ("declare", None),
        ("rectifie", None),
        ("verifie", None),
        ("valide", "deja_decide"),
        ("refuse", "deja_decide"),
        ("conteste", "litige_ouvert"),
    ],
)
def test_on_repond_tant_que_le_facilitateur_n_a_pas_decide(etat, code):
    refus = controler_reponse(etat)
    assert (refus.code if refus else None) == code


@pytest.mark.parametrize(
    ("reconnues", "code"), [("99,99", None), ("100", "sans_desaccord"), ("100,5", None), ("0", None)]
)
def test_contester_suppose_un_desaccord(reconnues, code):
    refus = controler_contestation(Decimal(100), Decimal(reconnues.replace(",", ".")))
    assert (refus.code if refus else None) == code


def test_le_desaccord_absent_se_dit():
    assert controler_contestation(Decimal("97.5"), Decimal("97.50")).phrase == (
        "Vous reconnaissez 97,5\u00a0h, autant que déclaré\u00a0: approuvez ces heures, il n’y a pas de désaccord."
    )


ACCORD = {
    "titulaire": "titulaire",
    "nom": "Bâti-Rhône",
    "declarant": "etti",
    "approbateurs": (),
    "declare_le": date(2026, 11, 3),
    "aujourd_hui": date(2026, 11, 18),
}


def accord(*, exige: bool = True, silence: int = 15, **faits) -> Refus | None:
    return controler_accord(ParametresConfirmation(exige=exige, silence_jours=silence), **(ACCORD | faits))


def test_l_accord_du_titulaire_retient_la_validation_quinze_jours():
    """Déclaré le 3 novembre : 15 jours mènent au 18 inclus ; le 19, le silence ne retient plus rien."""
    assert accord().phrase == (
        "Ce marché veut l’accord du titulaire\u00a0: Bâti-Rhône n’a pas encore répondu. Sans réponse, ces heures pourront être validées "
        "après le 18 novembre 2026."
    )
    assert accord(aujourd_hui=date(2026, 11, 19)) is None
    assert accord(silence=16, aujourd_hui=date(2026, 11, 19)).code == "accord_attendu"


@pytest.mark.parametrize(
    "faits",
    [
        {"exige": False},
        {"declarant": "titulaire"},
        {"approbateurs": ("titulaire",)},
    ],
    ids=["sans exigence", "le titulaire déclare", "le titulaire approuve"],
)
def test_l_accord_n_est_pas_attendu(faits):
    assert accord(**faits) is None


@pytest.mark.parametrize("faits", [{"approbateurs": ("etti",)}, {"declarant": None}], ids=["l'ETTI approuve", "saisi"])
def test_seul_le_titulaire_donne_l_accord(faits):
    assert accord(**faits).code == "accord_attendu"


def test_le_jour_de_depart_ne_compte_pas():
    assert fin_du_delai(date(2026, 2, 20), 15) == date(2026, 3, 7)


@pytest.mark.parametrize(
    ("issue", "retenues", "attendu"),
    [
        ("maintenues", None, Etat.VERIFIE),
        ("refusees", None, Etat.REFUSE),
        ("corrigees", "80", Etat.RECTIFIE),
        ("corrigees", "120", Etat.RECTIFIE),
    ],
)
def test_l_issue_rend_les_heures_au_chemin_de_la_validation(issue, retenues, attendu):
    rendu = etat_apres_litige(issue, declarees=Decimal(100), retenues=Decimal(retenues) if retenues else None)
    assert rendu == attendu


@pytest.mark.parametrize(
    ("retenues", "code"), [(None, "retenues_absentes"), ("0", "retenues_absentes"), ("100", "retenues_identiques")]
)
def test_une_correction_donne_un_autre_nombre(retenues, code):
    rendu = etat_apres_litige("corrigees", declarees=Decimal(100), retenues=Decimal(retenues) if retenues else None)
    assert rendu.code == code


@pytest.mark.parametrize(
    ("declaree", "approbations", "bulletin", "attendu"),
    [
        (False, 0, None, 0),
        (True, 0, None, 1),
        (True, 1, None, 2),
        (True, 0, "100", 2),
        (True, 0, "99.99", 1),
        (True, 0, "151.67", 2),
        (False, 1, "100", 2),
        (False, 1, None, 1),
        (True, 1, "100", 3),
    ],
)
def test_les_sources_qui_disent_de_meme(declaree, approbations, bulletin, attendu):
    """Un bulletin porte sur le mois entier : il confirme s'il en compte au moins autant."""
    sources = nombre_de_sources(
        est_declaree=declaree,
        approbations=approbations,
        heures=Decimal(100),
        heures_bulletin=Decimal(bulletin) if bulletin else None,
    )
    assert sources == attendu


def test_des_heures_contestees_ne_bougent_pas():
    """Ni une saisie, ni une décision : elles attendent la fin du litige, et nul autre qu'une partie ne les conteste."""
    assert etat_apres_saisie("conteste").code == "litige_ouvert"
    for vers in ("verifie", "valide", "refuse", "rectifie", "declare"):
        assert controler_transition("conteste", vers, "Motif", est_facilitateur=True).code == "litige_ouvert"
    assert controler_transition("declare", "conteste", "Motif", est_facilitateur=True).code == "droit_partie"


@pytest.mark.parametrize("jours", [0, 91, -1])
def test_un_delai_impossible(jours):
    with pytest.raises(ValueError, match="de 1 à 90 jours"):
        ParametresConfirmation(silence_jours=jours)
    with pytest.raises(ValueError, match="de 1 à 90 jours"):
        ParametresConfirmation.depuis_json({"litige_jours": jours})


def test_la_section_se_garde_et_se_relit():
    choisis = ParametresConfirmation(exige=True, silence_jours=1, litige_jours=90)
    assert ParametresConfirmation.depuis_json(choisis.vers_json()) == choisis
    assert ParametresConfirmation().vers_json() == {}
    assert ParametresConfirmation.depuis_json({"litige_jours": 30}) == ParametresConfirmation(False, 15, 30)
