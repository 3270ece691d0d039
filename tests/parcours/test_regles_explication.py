"""« Pourquoi ? » d'un agrément : chaque date, chaque jour ajouté, et ce qui n'est qu'une estimation."""

from datetime import date

from beneficiaires.periodes import Periode
from parcours.regles import (
    FaitsAgrement,
    ProlongationDite,
    ReglePlie,
    RenouvellementDit,
    SuspensionDite,
    expliquer_agrement,
)

AUTOMNE = SuspensionDite(Periode(date(2024, 9, 1), date(2024, 11, 30)), "Contrat de travail rompu")
EXEMPLE_4 = FaitsAgrement("pass_iae", date(2024, 1, 15), suspensions=(AUTOMNE,))


def dire(faits: FaitsAgrement, jour: date, nom: str = "PASS IAE") -> str:
    return expliquer_agrement(faits, nom=nom, jour=jour).texte.replace("\u00a0", " ")


def test_exemple_4_le_pass_s_explique():
    """Début, 730 jours, 90 jours de suspension, fin estimée, jours restants, carence et fenêtre de prolongation."""
    texte = dire(EXEMPLE_4, date(2025, 4, 13))
    assert texte.startswith("PASS IAE : en cours jusqu’au 13 avril 2026 inclus, estimation")
    assert "730 jours, dernier jour compris : jusqu’au 13 janvier 2026" in texte
    assert "du 1er septembre au 30 novembre 2024 (contrat de travail rompu) : la fin recule de 90 jours" in texte
    assert "c’est une estimation" in texte
    assert "– Reste : 365 jours" in texte
    assert "– Carence : jusqu’au 13 avril 2028 inclus" in texte
    assert "sur une demande faite du 13 avril 2025 au 13 octobre 2026" in texte
    assert "une suspension ou une prolongation ne déplace aucune fenêtre de clause" in texte
    assert "les emplois de l’inclusion" in texte


def test_la_date_ecrite_l_emporte_et_l_ecart_se_dit():
    """La fin écrite remplace l'estimation ; si le calcul diffère, les deux dates se lisent."""
    ecrite = FaitsAgrement("pass_iae", date(2024, 1, 15), date(2026, 4, 14), suspensions=(AUTOMNE,))
    texte = dire(ecrite, date(2025, 4, 13))
    assert texte.startswith("PASS IAE : en cours jusqu’au 14 avril 2026 inclus\n")
    assert "estimation" not in texte
    assert "le calcul donnerait le 13 avril 2026" in texte
    assert "recopiez sa nouvelle date" in texte
    egale = FaitsAgrement("pass_iae", date(2024, 1, 15), date(2026, 1, 13))
    assert "date écrite sur le document, comme le calcul" in dire(egale, date(2025, 4, 13))


def test_exemple_5_le_pass_suspendu_le_dit():
    """Suspendu du 10/01 au 10/02/2025 : la réponse nomme le dernier jour suspendu, puis la fin du PASS."""
    faits = FaitsAgrement(
        "pass_iae", date(2024, 9, 1), suspensions=(SuspensionDite(Periode(date(2025, 1, 10), date(2025, 2, 10))),)
    )
    texte = dire(faits, date(2025, 2, 10))
    assert texte.startswith(
        "PASS IAE : suspendu jusqu’au 10 février 2025 inclus, puis valide jusqu’au 1er octobre 2026 inclus, estimation"
    )
    assert "le compte est arrêté pendant la suspension" in texte
    assert dire(faits, date(2025, 2, 11)).startswith("PASS IAE : en cours")
    assert dire(faits, date(2024, 8, 31)).startswith("PASS IAE : commence le 1er septembre 2024")
    fini = dire(faits, date(2026, 10, 2))
    assert fini.startswith("PASS IAE : fini le 1er octobre 2026 inclus")
    assert "Reste" not in fini


def test_une_prolongation_demandee_ou_refusee_ne_compte_pas():
    """Seule l'accordée recule la fin ; les deux autres disent pourquoi elles ne le font pas."""
    ajout = Periode(date(2026, 1, 13), date(2026, 7, 13))

    def avec(etat, precision=""):
        prolongation = ProlongationDite(ajout, "Fin d’une formation", etat, precision)
        return dire(FaitsAgrement("pass_iae", date(2024, 1, 15), prolongations=(prolongation,)), date(2025, 6, 1))

    assert "jusqu’au 13 janvier 2026 inclus" in avec("demandee")
    assert "elle ne compte pas tant que la réponse manque" in avec("demandee")
    assert "refusée (trop longue) : la fin ne bouge pas" in avec("refusee", "refusée (trop longue)")
    accordee = avec("accordee", "avis du 2 mai 2025 (Cap emploi)")
    assert "en cours jusqu’au 13 juillet 2026 inclus" in accordee
    assert "fin d’une formation, avis du 2 mai 2025 (Cap emploi) : la fin recule de 181 jours" in accordee


def test_le_plie_s_explique_par_ses_reglages():
    """24 mois de calendrier, un renouvellement de 12 mois sur avis motivé, et ce qui reste à accorder."""
    faits = FaitsAgrement(
        "plie",
        date(2024, 2, 29),
        renouvellements=(RenouvellementDit(12, "sur l’avis motivé du 3 janvier 2026 (comité)"),),
        regle_plie=ReglePlie(renouvellements_maximum=2),
    )
    texte = dire(faits, date(2026, 6, 1), "PLIE du Confluent")
    assert texte.startswith("PLIE du Confluent : en cours jusqu’au 27 février 2027 inclus, estimation")
    assert "24 mois de calendrier : jusqu’au 27 février 2026" in texte
    assert "– Renouvelé : de 12 mois sur l’avis motivé du 3 janvier 2026 (comité)" in texte
    assert "encore 1 fois" in texte
    assert "Carence" not in texte
    assert "un renouvellement ne déplace aucune fenêtre de clause" in texte


def test_le_plie_sans_limite_ou_sans_renouvellement():
    """Le nombre de renouvellements est un réglage : « sans limite de nombre », « il n’en reste pas »."""
    for maximum, attendu in ((None, "sans limite de nombre"), (0, "il n’en reste pas")):
        faits = FaitsAgrement("plie", date(2024, 1, 1), regle_plie=ReglePlie(renouvellements_maximum=maximum))
        assert attendu in dire(faits, date(2025, 1, 1))
