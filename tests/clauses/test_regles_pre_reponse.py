"""« Puis-je compter cette personne ? » : la même règle que la décision, et ce qu'elle suppose."""

from datetime import date

import pytest

from beneficiaires.criteres import CRITERES
from beneficiaires.periodes import Periode
from clauses.regles import FaitsMarche, ParametresRegle, Reponse
from clauses.regles.pre_reponse import pre_repondre

MARCHE = FaitsMarche(
    date_attribution=date(2026, 3, 4),
    date_notification=date(2026, 3, 4),
    date_demarrage=date(2026, 4, 2),
    date_fin=date(2029, 6, 30),
)


def demander(**faits):
    """RSA depuis le 1er juin 2025, demandé le 17 novembre 2026 pour une embauche le 1er décembre, sur un marché au modèle I3."""
    arguments = {
        "parametres": ParametresRegle(article="9.3"),
        "marche": MARCHE,
        "critere": "RSA",
        "depuis": date(2025, 6, 1),
        "embauche": date(2026, 12, 1),
        "aujourd_hui": date(2026, 11, 17),
    }
    return pre_repondre(**(arguments | faits))


def test_oui_avec_sa_fenetre_et_ses_conditions():
    """24 mois de calendrier depuis l'embauche ; la validation d'abord, la pièce, pas d'autre clause avant."""
    reponse = demander()
    assert reponse.decision.est_eligible
    assert reponse.decision.fenetre == Periode(date(2026, 12, 1), date(2028, 11, 30))
    validation, piece, ailleurs = reponse.conditions
    assert "avant l’embauche" in validation
    assert "attestation RSA" in piece
    assert "déjà été comptée" in ailleurs


def test_non_quand_le_marche_n_accepte_pas_la_situation():
    reponse = demander(parametres=ParametresRegle(criteres=("DELD",)), depuis=date(2024, 1, 1))
    assert reponse.decision.reponse == Reponse.NON_ELIGIBLE
    assert "n’est pas dans la liste du marché" in reponse.decision.raisons[-1].texte
    assert reponse.conditions == ()


def test_non_quand_la_situation_commence_apres_le_jour_ou_on_l_apprecie():
    """Appréciée à l'attribution, le 4 mars 2026 : au RSA depuis juin, la personne ne l'était pas."""
    assert demander(depuis=date(2026, 6, 1)).decision.reponse == Reponse.NON_ELIGIBLE
    assert demander(depuis=date(2026, 3, 5)).decision.reponse == Reponse.NON_ELIGIBLE
    assert demander(depuis=date(2026, 3, 4)).decision.est_eligible
    assert demander(
        parametres=ParametresRegle(date_appreciation="embauche"), depuis=date(2026, 6, 1)
    ).decision.est_eligible


def test_une_date_de_marche_qui_manque_se_dit():
    reponse = demander(marche=FaitsMarche())
    assert reponse.decision.reponse == Reponse.A_COMPLETER
    assert reponse.decision.manques


AGES = [c.code for c in CRITERES.values() if (c.age_min is not None or c.age_max is not None) and not c.exige_avis]


@pytest.mark.parametrize("critere", AGES)
def test_l_age_devient_une_condition(critere):
    """Rien n'est demandé de la naissance : la réponse vaut pour qui a l'âge, et le dit."""
    reponse = demander(critere=critere, depuis=date(2020, 1, 1))
    assert reponse.decision.est_eligible
    attendu = CRITERES[critere].age_max or CRITERES[critere].age_min
    assert any(f"{attendu}\u00a0ans" in condition for condition in reponse.conditions)


def test_deux_situations_demandees_une_seule_dite():
    reponse = demander(parametres=ParametresRegle(criteres_minimum=2))
    assert reponse.decision.est_eligible
    assert "Le marché demande 2 situations\u00a0: une autre s’y ajoute." in reponse.conditions
    assert demander().conditions == tuple(c for c in reponse.conditions if "2 situations" not in c)


def test_un_avis_motive_devient_une_condition():
    avis = next(c.code for c in CRITERES.values() if c.exige_avis)
    reponse = demander(critere=avis, depuis=date(2025, 1, 1))
    assert reponse.decision.est_eligible
    assert any(condition.startswith("Un avis motivé") for condition in reponse.conditions)
