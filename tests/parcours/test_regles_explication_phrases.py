"""« Pourquoi ? » d'un agrément : le bloc entier, ligne à ligne. Dates et jours comptés à la main."""

from datetime import date

import pytest

from beneficiaires.periodes import Periode
from parcours.regles import (
    EtatPass,
    FaitsAgrement,
    ProlongationDite,
    ReglePlie,
    RenouvellementDit,
    SuspensionDite,
    expliquer_agrement,
)
from parcours.regles.agrements import EtatAgrement

PASS = "PASS IAE 99999 24 00718"
JANVIER_2024 = date(2024, 1, 15)
AUTOMNE = SuspensionDite(Periode(date(2024, 9, 1), date(2024, 11, 30)), "Contrat de travail rompu")
HIVER = SuspensionDite(Periode(date(2025, 1, 10), date(2025, 2, 10)))
FENETRE_A_PART = (
    "Ces dates ne décident pas de l’éligibilité à une clause, qui se juge opération par opération : "
    "une suspension ou une prolongation ne déplace aucune fenêtre de clause."
)
SOURCE_PASS = "Source : règles de la plateforme « les emplois de l’inclusion », qui émet le PASS IAE."
SUITE = "inclus ; avant, un nouveau PASS IAE passe par un prescripteur habilité"


def dire(faits: FaitsAgrement, jour: date, nom: str = PASS) -> list[str]:
    return expliquer_agrement(faits, nom=nom, jour=jour).texte.replace("\u00a0", " ").split("\n")


def test_exemple_4_le_bloc_entier():
    """Du 15/01/2024 au 13/01/2026, 90 jours de suspension : le 13/04/2026. Un an avant, il reste 365 jours."""
    assert dire(FaitsAgrement("pass_iae", JANVIER_2024, suspensions=(AUTOMNE,)), date(2025, 4, 13)) == [
        "PASS IAE 99999 24 00718 : en cours jusqu’au 13 avril 2026 inclus, estimation",
        "– Commence : le 15 janvier 2024",
        "– Dure : 730 jours, dernier jour compris : jusqu’au 13 janvier 2026",
        "– Suspendu : du 1er septembre au 30 novembre 2024 (contrat de travail rompu) : "
        "la fin recule de 90 jours, « fin − début »",
        "– Finit : le 13 avril 2026 inclus : c’est une estimation, recopiez la date du document",
        "– Reste : 365 jours",
        f"– Carence : jusqu’au 13 avril 2028 {SUITE}",
        "– Se prolonge : sur une demande faite du 13 avril 2025 au 13 octobre 2026",
        FENETRE_A_PART,
        SOURCE_PASS,
    ]


def test_une_date_ecrite_autre_que_le_calcul_dit_les_deux():
    """Le document dit le 14 : il l'emporte, et tout ce qui suit part de lui ; « estimation » n'y est plus."""
    faits = FaitsAgrement("pass_iae", JANVIER_2024, date(2026, 4, 14), suspensions=(AUTOMNE,))
    assert [ligne for ligne in dire(faits, date(2025, 4, 13)) if "Commence" not in ligne and "Dure" not in ligne] == [
        "PASS IAE 99999 24 00718 : en cours jusqu’au 14 avril 2026 inclus",
        "– Suspendu : du 1er septembre au 30 novembre 2024 (contrat de travail rompu) : "
        "la fin recule de 90 jours, « fin − début »",
        "– Finit : le 14 avril 2026 inclus, date écrite sur le document ; le calcul donnerait le 13 avril 2026",
        "– Reste : 366 jours",
        f"– Carence : jusqu’au 14 avril 2028 {SUITE}",
        "– Se prolonge : sur une demande faite du 14 avril 2025 au 14 octobre 2026",
        "La date écrite sur le document l’emporte sur le calcul. Si le document a changé depuis, recopiez sa nouvelle date.",
        FENETRE_A_PART,
        SOURCE_PASS,
    ]


def test_une_date_ecrite_egale_au_calcul_le_dit():
    """Une ligne suffit : rien à recopier."""
    blocs = dire(FaitsAgrement("pass_iae", JANVIER_2024, date(2026, 1, 13)), date(2025, 4, 13))
    assert "– Finit : le 13 janvier 2026 inclus, date écrite sur le document, comme le calcul" in blocs
    assert blocs[-2:] == [FENETRE_A_PART, SOURCE_PASS]
    assert not any("recopiez" in ligne for ligne in blocs)


# --- exemple 5 : du 01/09/2024 au 31/08/2026, suspendu du 10/01 au 10/02/2025 (31 jours) : le 01/10/2026

EXEMPLE_5 = FaitsAgrement("pass_iae", date(2024, 9, 1), suspensions=(HIVER,))


@pytest.mark.parametrize(
    ("jour", "etat", "reponse", "reste"),
    [
        (
            date(2024, 8, 31),
            EtatAgrement(EtatPass.FUTUR, "Valide, non démarré"),
            f"{PASS} : commence le 1er septembre 2024, court jusqu’au 1er octobre 2026 inclus, estimation",
            "– Reste : 729 jours",  # 761 jusqu'au 01/10/2026, moins 1 avant le début, moins 31 de suspension
        ),
        (
            date(2025, 1, 9),
            EtatAgrement(EtatPass.VALIDE, "Valide"),
            f"{PASS} : en cours jusqu’au 1er octobre 2026 inclus, estimation",
            "– Reste : 599 jours",  # 630 jusqu'au 01/10/2026, moins 31
        ),
        (
            date(2025, 1, 10),
            EtatAgrement(EtatPass.SUSPENDU, "Suspendu"),
            f"{PASS} : suspendu jusqu’au 10 février 2025 inclus, puis valide jusqu’au 1er octobre 2026 inclus, estimation",
            "– Reste : 598 jours, le compte est arrêté pendant la suspension",
        ),
        (
            date(2025, 2, 10),
            EtatAgrement(EtatPass.SUSPENDU, "Suspendu"),
            f"{PASS} : suspendu jusqu’au 10 février 2025 inclus, puis valide jusqu’au 1er octobre 2026 inclus, estimation",
            "– Reste : 598 jours, le compte est arrêté pendant la suspension",
        ),
        (
            date(2025, 2, 11),
            EtatAgrement(EtatPass.VALIDE, "Valide"),
            f"{PASS} : en cours jusqu’au 1er octobre 2026 inclus, estimation",
            "– Reste : 597 jours",
        ),
        (
            date(2026, 9, 30),
            EtatAgrement(EtatPass.VALIDE, "Valide"),
            f"{PASS} : en cours jusqu’au 1er octobre 2026 inclus, estimation",
            "– Reste : 1 jour",
        ),
        (
            date(2026, 10, 2),
            EtatAgrement(EtatPass.EXPIRE, "Expiré", date(2028, 10, 1)),
            f"{PASS} : fini le 1er octobre 2026 inclus, estimation",
            None,
        ),
    ],
)
def test_exemple_5_chaque_etat_se_dit(jour, etat, reponse, reste):
    """Pas encore, en cours, suspendu (bornes comprises), repris, dernier jour, fini : la réponse, et le compte arrêté."""
    bloc = expliquer_agrement(EXEMPLE_5, nom=PASS, jour=jour)
    assert (bloc.etat, bloc.reponse.replace("\u00a0", " ")) == (etat, reponse)
    assert [ligne for ligne in dire(EXEMPLE_5, jour) if "Reste" in ligne] == ([reste] if reste else [])


def test_les_suspensions_se_disent_dans_l_ordre_et_celle_du_jour_se_nomme():
    """Gardées à l'envers, elles se lisent dans l'ordre ; sans motif, pas de parenthèse ; 90 et 31 jours : le 14/05/2026."""
    blocs = dire(FaitsAgrement("pass_iae", JANVIER_2024, suspensions=(HIVER, AUTOMNE)), date(2024, 10, 1))
    assert (
        blocs[0]
        == f"{PASS} : suspendu jusqu’au 30 novembre 2024 inclus, puis valide jusqu’au 14 mai 2026 inclus, estimation"
    )
    assert [ligne for ligne in blocs if ligne.startswith("– Suspendu")] == [
        "– Suspendu : du 1er septembre au 30 novembre 2024 (contrat de travail rompu) : "
        "la fin recule de 90 jours, « fin − début »",
        "– Suspendu : du 10 janvier au 10 février 2025 : la fin recule de 31 jours, « fin − début »",
    ]


def test_chaque_prolongation_dit_ce_qu_elle_fait():
    """Demandée et refusée ne bougent rien ; accordée, 181 jours : le 13/07/2026. Dans l'ordre des dates, un sigle en capitales."""
    faits = FaitsAgrement(
        "pass_iae",
        JANVIER_2024,
        prolongations=(
            ProlongationDite(Periode(date(2026, 7, 13), date(2027, 7, 13)), "RQTH", "demandee"),
            ProlongationDite(
                Periode(date(2026, 1, 14), date(2026, 3, 1)),
                "Difficultés particulières",
                "refusee",
                "refusée (trop longue)",
            ),
            ProlongationDite(
                Periode(date(2026, 1, 13), date(2026, 7, 13)),
                "Fin d’une formation",
                "accordee",
                "avis du 2 mai 2025 (Cap emploi)",
            ),
        ),
    )
    blocs = dire(faits, date(2026, 7, 12))
    assert blocs[0] == f"{PASS} : en cours jusqu’au 13 juillet 2026 inclus, estimation"
    assert blocs[3:7] == [
        "– Prolongé : du 13 janvier au 13 juillet 2026, fin d’une formation, avis du 2 mai 2025 (Cap emploi) : "
        "la fin recule de 181 jours",
        "– Refus : du 14 janvier au 1er mars 2026, difficultés particulières, refusée (trop longue) : la fin ne bouge pas",
        "– À prolonger : du 13 juillet 2026 au 13 juillet 2027, RQTH : "
        "demandée, elle ne compte pas tant que la réponse manque",
        "– Finit : le 13 juillet 2026 inclus : c’est une estimation, recopiez la date du document",
    ]


# --- PLIE

PLIE = "PLIE du Confluent"
SOURCE_DU_PLIE = "Source : fiche A3, partie II (24 mois, renouvelable sur avis motivé) ; réglages du PLIE."
RENOUVELE = FaitsAgrement(
    "plie",
    date(2024, 2, 29),
    renouvellements=(RenouvellementDit(12, "sur l’avis motivé du 3 janvier 2026 (comité)"), RenouvellementDit(6)),
    regle_plie=ReglePlie(renouvellements_maximum=3),
)


def test_le_plie_le_bloc_entier():
    """24 + 12 + 6 mois depuis le 29/02/2024 : le 28/08/2027. Du 01/06/2026, 365 + 30 + 31 + 27 = 453 jours."""
    assert dire(RENOUVELE, date(2026, 6, 1), PLIE) == [
        "PLIE du Confluent : en cours jusqu’au 28 août 2027 inclus, estimation",
        "– Commence : le 29 février 2024",
        "– Dure : 24 mois de calendrier : jusqu’au 27 février 2026",
        "– Renouvelé : de 12 mois sur l’avis motivé du 3 janvier 2026 (comité)",
        "– Renouvelé (2e fois) : de 6 mois",
        "– Finit : le 28 août 2027 inclus : c’est une estimation, recopiez la date du document",
        "– Reste : 453 jours",
        "– Se renouvelle : sur avis motivé, de 12 mois : encore 1 fois",
        "Ces dates ne décident pas de l’éligibilité à une clause, qui se juge opération par opération : "
        "un renouvellement ne déplace aucune fenêtre de clause.",
        SOURCE_DU_PLIE,
    ]
    assert expliquer_agrement(RENOUVELE, nom=PLIE, jour=date(2026, 6, 1)).etat == EtatAgrement(
        EtatPass.VALIDE, "En cours"
    )


def test_un_plie_fini_ne_dit_plus_ce_qui_reste():
    """Le lendemain de sa fin ; la carence est du PASS IAE."""
    blocs = dire(RENOUVELE, date(2027, 8, 29), PLIE)
    assert blocs[0] == "PLIE du Confluent : fini le 28 août 2027 inclus, estimation"
    assert not any("Reste" in ligne or "Carence" in ligne for ligne in blocs)
    assert "– Reste : 0 jour" in dire(RENOUVELE, date(2027, 8, 28), PLIE)


@pytest.mark.parametrize(
    ("maximum", "suite"), [(None, "sans limite de nombre"), (1, "il n’en reste pas"), (2, "encore 1 fois")]
)
def test_ce_qu_un_plie_admet_encore(maximum, suite):
    """36 mois, puis 18 par renouvellement, un déjà accordé : la durée et le nombre sont des réglages du PLIE."""
    faits = FaitsAgrement(
        "plie",
        date(2024, 1, 1),
        date(2028, 6, 30),
        renouvellements=(RenouvellementDit(18),),
        regle_plie=ReglePlie(duree_mois=36, renouvellement_mois=18, renouvellements_maximum=maximum),
    )
    blocs = dire(faits, date(2025, 1, 1), PLIE)
    assert "– Dure : 36 mois de calendrier : jusqu’au 31 décembre 2026" in blocs
    assert "– Finit : le 30 juin 2028 inclus, date écrite sur le document, comme le calcul" in blocs
    assert f"– Se renouvelle : sur avis motivé, de 18 mois : {suite}" in blocs
