"""Ce que la règle garde de la façon de compter, ce qu'elle en écrit, et les plafonds que plusieurs relevés remplissent."""

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from types import MappingProxyType

import pytest

from beneficiaires.periodes import Periode
from clauses.regles.comptage import EngagementDeLot, LigneDeclaree, MotifEcart, compter, ecrire_motif, reporter_surplus
from clauses.regles.heures import NatureHeures
from clauses.regles.section_comptage import (
    MODES_PAR_DEFAUT,
    ModeCompte,
    ParametresComptage,
    ParametresMode,
    ReportSurplus,
    plafond_en_heures,
)

PLEINE = ParametresComptage(
    modes=MappingProxyType(
        dict(MODES_PAR_DEFAUT)
        | {
            ModeCompte.SIAE: ParametresMode(coefficient=D("0.5"), plafond_heures=D(300), preuve="Attestation"),
            ModeCompte.FORMATION: ParametresMode(plafond_pourcent=D(20), compte_etp=False),
            ModeCompte.INTERIM: ParametresMode(est_compte=False, compte_etp=False),
        }
    ),
    hors_site_admis=True,
    hors_site_plafond_pourcent=D(15),
    report=ReportSurplus.LOTS,
)


def test_la_section_gardee():
    """Chaque réglage s'écrit sous son nom, les nombres en texte, tous les modes compris."""
    gardee = json.loads(json.dumps(PLEINE.vers_json()))
    assert {nom: gardee[nom] for nom in gardee if nom != "modes"} == {
        "hors_site_admis": True,
        "hors_site_plafond_pourcent": "15",
        "report": "lots",
    }
    assert len(gardee["modes"]) == 9
    assert gardee["modes"]["siae"] == {
        "est_compte": True,
        "coefficient": "0.5",
        "plafond_pourcent": None,
        "plafond_heures": "300",
        "preuve": "Attestation",
        "compte_etp": True,
    }
    assert gardee["modes"]["formation"]["plafond_pourcent"] == "20"
    assert gardee["modes"]["formation"]["compte_etp"] is False
    assert gardee["modes"]["interim"]["est_compte"] is False


def test_la_section_se_relit_telle_qu_elle_a_ete_gardee():
    """Écrire puis relire ne change rien."""
    assert ParametresComptage.depuis_json(json.loads(json.dumps(PLEINE.vers_json()))) == PLEINE


def test_ce_qui_n_est_pas_garde_a_sa_valeur_par_defaut():
    """Une section d'avant un réglage : le stage ne compte toujours pas, l'embauche directe compte avec sa pièce."""
    lue = ParametresComptage.depuis_json({"modes": {"stage": {}, "directe": {"plafond_pourcent": ""}}})
    assert lue == ParametresComptage()
    assert lue.du_mode(ModeCompte.STAGE) == MODES_PAR_DEFAUT[ModeCompte.STAGE]
    assert ParametresComptage(modes={}).du_mode(ModeCompte.DIRECTE).preuve == "Bulletins de paie"


@pytest.mark.parametrize(
    ("appel", "phrase"),
    [
        (
            lambda: ParametresMode(coefficient=D("1.01")),
            "Un coefficient est plus grand que 0 et ne dépasse pas 1\u00a0: une heure en compte au plus une.",
        ),
        (lambda: ParametresMode(plafond_pourcent=D(101)), "Un plafond va de 1 à 100\u00a0% des heures dues."),
        (lambda: ParametresMode(plafond_heures=D(0)), "Un plafond en heures est plus grand que 0."),
        (
            lambda: ParametresMode(plafond_heures=D(1), plafond_pourcent=D(1)),
            "Écrivez un plafond en pour cent ou en heures, pas les deux.",
        ),
        (
            lambda: ParametresMode(est_compte=False, plafond_heures=D(1)),
            "Ces heures ne comptent pas\u00a0: elles n’ont pas de plafond.",
        ),
        (
            lambda: ParametresComptage(hors_site_admis=True, hors_site_plafond_pourcent=D(0)),
            "Un plafond va de 1 à 100\u00a0% des heures dues.",
        ),
        (
            lambda: ParametresComptage(hors_site_admis=True, hors_site_plafond_pourcent=D("100.01")),
            "Un plafond va de 1 à 100\u00a0% des heures dues.",
        ),
        (
            lambda: ParametresComptage(hors_site_plafond_pourcent=D(15)),
            "Les heures hors du site ne comptent pas\u00a0: elles n’ont pas de plafond.",
        ),
        (
            lambda: ParametresComptage.depuis_json({"hors_site_plafond_pourcent": "douze"}),
            "«\u00a0douze\u00a0» n’est pas un nombre.",
        ),
    ],
)
def test_la_phrase_d_un_reglage_impossible(appel, phrase):
    """Un réglage qui se contredit dit lequel."""
    with pytest.raises(ValueError, match=f"^{re.escape(phrase)}$"):
        appel()


def test_cent_pour_cent_est_un_plafond():
    """Toutes les heures dues peuvent venir d'un autre site, si le marché l'écrit."""
    assert ParametresComptage(hors_site_admis=True, hors_site_plafond_pourcent=D(100)).a_des_plafonds


@pytest.mark.parametrize(
    ("motif", "mode", "parametres", "phrase"),
    [
        (MotifEcart.PLAFOND, ModeCompte.FORMATION, PLEINE, "plafond de formation 20\u00a0%"),
        (MotifEcart.PLAFOND, ModeCompte.SIAE, PLEINE, "plafond des EI, ACI et régies 300\u00a0h"),
        (MotifEcart.PLAFOND, ModeCompte.DIRECTE, PLEINE, "plafond d’embauche directe"),
        (MotifEcart.PLAFOND_HORS_SITE, ModeCompte.DIRECTE, PLEINE, "plafond hors du site 15\u00a0%"),
        (MotifEcart.PLAFOND_HORS_SITE, ModeCompte.DIRECTE, ParametresComptage(), "plafond hors du site"),
        (MotifEcart.COEFFICIENT, ModeCompte.SIAE, PLEINE, "coefficient des EI, ACI et régies 0,5"),
        (MotifEcart.MODE, ModeCompte.INTERIM, PLEINE, "les heures d’intérim ne comptent pas"),
        (MotifEcart.HORS_SITE, ModeCompte.DIRECTE, PLEINE, "les heures hors du site ne comptent pas"),
        (MotifEcart.A_CHEVAL, ModeCompte.DIRECTE, PLEINE, "mois à cheval sur la fenêtre"),
        (MotifEcart.DOUBLE, ModeCompte.DIRECTE, PLEINE, "mêmes jours déjà comptés"),
        (MotifEcart.CONTROLE, ModeCompte.DIRECTE, PLEINE, "un contrôle ne les compte pas"),
        (MotifEcart.HORS_FENETRE, ModeCompte.DIRECTE, PLEINE, "hors de la fenêtre d’éligibilité"),
    ],
)
def test_la_raison_d_un_ecart(motif, mode, parametres, phrase):
    """Chaque raison tient en quelques mots, avec le chiffre du marché."""
    assert ecrire_motif(motif, mode, parametres) == phrase


@pytest.mark.parametrize(("pour_cent", "dues", "heures"), [("33.33", "100.05", "33.34"), ("20", "833", "166.60")])
def test_un_plafond_s_arrondit_au_centieme_inferieur(pour_cent, dues, heures):
    """33,33 % de 100,05 h font 33,3467 h, donc 33,34 ; un plafond ne donne jamais plus que sa part."""
    assert plafond_en_heures(D(pour_cent), D(dues)) == D(heures)


def releve(mois, heures, nature=NatureHeures.TRAVAIL, **champs):
    return LigneDeclaree(
        cle=mois,
        mode=ModeCompte.DIRECTE,
        nature=nature,
        heures=D(heures),
        periode=Periode(date(2026, mois, 1), date(2026, mois, 28)),
        fenetre=Periode(date(2026, 1, 1), date(2027, 12, 31)),
        parametres=PLEINE,
        **champs,
    )


def test_trois_mois_remplissent_le_meme_plafond():
    """20 % de 1 000 h : 90 h, puis 90 h, puis 20 h seulement sur les 90 du troisième mois, et rien au quatrième."""
    mois = [releve(numero, 90, NatureHeures.FORMATION) for numero in (1, 2, 3, 4)]
    comptees = compter(mois, heures_dues=D(1000))
    assert [comptees[numero].comptees for numero in (1, 2, 3, 4)] == [90, 90, 20, 0]
    assert comptees[3].motif == comptees[4].motif == MotifEcart.PLAFOND


def test_les_heures_hors_du_site_ont_leur_plafond_a_elles():
    """15 % de 1 000 h : 100 h, puis 50 h sur 100 ; les heures du site n'entament pas ce plafond."""
    comptees = compter(
        [releve(1, 100, est_hors_site=True), releve(2, 400), releve(3, 100, est_hors_site=True)], heures_dues=D(1000)
    )
    assert [comptees[numero].comptees for numero in (1, 2, 3)] == [100, 400, 50]


def test_un_plafond_rempli_ne_cache_pas_l_autre_raison():
    """Le plafond de 200 h est plein ; un relevé hors de la fenêtre dit qu'il est hors de la fenêtre, non qu'il est plafonné."""
    dehors = replace(releve(3, 50, NatureHeures.FORMATION), fenetre=None)
    comptees = compter([releve(1, 200, NatureHeures.FORMATION), dehors], heures_dues=D(1000))
    assert (comptees[3].comptees, comptees[3].motif) == (0, MotifEcart.HORS_FENETRE)


def test_ce_qui_compte_en_entier_n_a_pas_de_raison():
    """Un relevé à zéro n'a rien d'écarté, même hors de la fenêtre ; 0,01 h à 90 % s'arrondit à 0,01 h."""
    assert compter([replace(releve(1, 0), fenetre=None)], heures_dues=D(1000))[1].motif is None
    quatre_vingt_dix = ParametresMode(coefficient=D("0.9"))
    parametres = ParametresComptage(modes=MappingProxyType(dict.fromkeys(ModeCompte, quatre_vingt_dix)))
    comptees = compter([replace(releve(1, "0.01"), parametres=parametres)], heures_dues=D(1000))[1]
    assert (comptees.comptees, comptees.ecartees, comptees.motif) == (D("0.01"), 0, None)


def test_le_meme_jour_l_ordre_ne_change_pas_le_compte():
    """Deux relevés du même mois pour un plafond d'un seul : le même compte, quel que soit l'ordre où la base les rend."""
    premier = releve(1, 200, NatureHeures.FORMATION)
    second = replace(premier, cle=2)
    for lignes in ([premier, second], [second, premier]):
        comptees = compter(lignes, heures_dues=D(1000))
        assert {cle: heures.comptees for cle, heures in comptees.items()} == {1: 200, 2: 0}


def test_le_surplus_comble_chaque_manque_dans_l_ordre():
    """Lot 1 : 30 h de trop, lot 2 : 50 h de trop ; il manque 40 h au lot 3 et 20 h au lot 4, rien au lot 5."""
    lots = [
        EngagementDeLot("lot 1", D(100), D(130)),
        EngagementDeLot("lot 2", D(100), D(150)),
        EngagementDeLot("lot 3", D(100), D(60)),
        EngagementDeLot("lot 4", D(100), D(80)),
        EngagementDeLot("lot 5", D(100), D(100)),
    ]
    reports = {"lot 1": D(-30), "lot 2": D(-30), "lot 3": D(40), "lot 4": D(20), "lot 5": D(0)}
    assert reporter_surplus(lots) == reports
