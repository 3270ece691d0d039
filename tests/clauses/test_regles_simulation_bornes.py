"""Le simulateur : le montant dont part le prorata, ce que rend chaque colonne, la phrase d'une hypothèse impossible."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest

from beneficiaires.periodes import Periode
from clauses.regles.contradiction import Contradiction
from clauses.regles.dues import Arrondi, RegleAvenant
from clauses.regles.modes_dues import CalculCommandes, RegleCommandes
from clauses.regles.penalites import ParametresPenalites
from clauses.regles.simulation import EngagementSimule, Scenario, SituationLot, mois_de_duree, simuler

ANNEE = Periode(date(2026, 1, 1), date(2026, 12, 31))


def situation(engagement=None, **champs) -> SituationLot:
    """900 000 € pour 750 h sur l'année 2026, 150 h validées fin mars, 50 h par mois."""
    valeurs = {
        "engagements": (engagement or engagement_de(),),
        "validees": D(150),
        "arrete_le": date(2026, 3, 31),
        "rythme_mensuel": D(50),
        "periode": ANNEE,
        "montant_euros": D(900_000),
        "montant_marche_euros": D(900_000),
        "penalites": ParametresPenalites(euros_par_heure=D(60)),
    }
    return SituationLot(**(valeurs | champs))


def engagement_de(dues=750, exactes=750, arrondi=Arrondi.INFERIEUR, **champs) -> EngagementSimule:
    return EngagementSimule("a", "Bâti-Rhône", D(dues), D(exactes), arrondi, **champs)


def dues(lot, montant) -> D:
    return simuler(lot, Scenario(montant_euros=D(montant))).heures_dues


@pytest.mark.parametrize(
    ("montant", "heures"),
    [
        (1_000_000, 937),  # 750 × 1 000 000 ÷ 800 000 = 937,5
        (800_000, 750),  # le montant même qui a fixé les heures
        (900_000, 750),  # celui d'aujourd'hui : rien ne change
    ],
)
def test_le_prorata_part_du_montant_qui_a_fixe_les_heures(montant, heures):
    """Un avenant à heures figées a porté le lot de 800 000 à 900 000 € : les 750 h viennent des 800 000."""
    assert dues(situation(engagement_de(montant_de_base_euros=D(800_000))), montant) == heures


def test_le_prorata_suit_l_arrondi_de_l_engagement():
    """750 × 1 000 000 ÷ 900 000 = 833,33 h : 833 ou 834."""
    assert dues(situation(), 1_000_000) == 833
    assert dues(situation(engagement_de(arrondi=Arrondi.SUPERIEUR)), 1_000_000) == 834


def test_sous_le_seuil_pas_meme_un_arrondi_ne_change():
    """751 h venues d'un arrondi sur le total, 750,4 exactes : +0,6 % sous un seuil de 10 % les laisse à 751."""
    lot = situation(engagement_de(dues=751, exactes="750.4"), regle_avenant=RegleAvenant.SEUIL, seuil_pourcent=D(10))
    assert dues(lot, 905_000) == 751
    # +11,1 % : 750,4 × 1 000 000 ÷ 900 000 = 833,78 h.
    assert dues(lot, 1_000_000) == 833


def test_un_tout_petit_bon_de_plus_compte():
    """7 h par euro commandé, bon par bon : 50 centimes de plus font 3,5 h, donc 3."""
    regle = RegleCommandes(D(7), D(1), CalculCommandes.PAR_COMMANDE)
    lot = situation(engagement_de(regle_commandes=regle, commandes=(D(10),)))
    assert dues(lot, "900000.5") == 753


def test_la_penalite_prend_le_smic_de_l_annee_de_l_arrete():
    """750 h dues, 600 au terme : 150 h à 12,02 €, SMIC horaire brut de 2026, font 1 803 €."""
    lot = situation(penalites=ParametresPenalites(smic_coefficient=D(1)))
    assert simuler(lot).penalite.montant_euros == 1_803


def test_chaque_colonne_rend_ses_chiffres():
    """Aujourd'hui, puis un scénario : montant, dates, rythme et heures de chaque engagement."""
    vraie = simuler(situation())
    assert (vraie.montant_euros, vraie.periode, vraie.rythme_mensuel) == (900_000, ANNEE, 50)
    assert vraie.par_engagement == (("a", "Bâti-Rhône", D(750)),)
    assert vraie.besoin.rythme.origine == "rythme de cette colonne"
    autre = simuler(situation(), Scenario(D(1_000_000), date(2027, 3, 31), D(80)))
    assert (autre.montant_euros, autre.rythme_mensuel) == (1_000_000, 80)
    assert autre.periode == Periode(date(2026, 1, 1), date(2027, 3, 31))
    assert autre.par_engagement == (("a", "Bâti-Rhône", D(833)),)


def test_sans_montant_du_marche_la_penalite_par_heure_se_calcule():
    """833 h dues, 600 au terme à 50 h par mois : 233 h à 60 €, sans connaître le montant du marché."""
    chiffres = simuler(situation(montant_marche_euros=None), Scenario(montant_euros=D(1_000_000)))
    assert (chiffres.manquantes_au_terme, chiffres.penalite.montant_euros) == (233, 13_980)


@pytest.mark.parametrize(
    ("scenario", "lot", "champ", "phrase"),
    [
        (Scenario(montant_euros=D(0)), situation(), "montant_euros", "Le nouveau montant est supérieur à zéro."),
        (
            Scenario(montant_euros=D(1)),
            situation(montant_euros=None),
            "montant_euros",
            "Ce lot n’a pas de montant HT : indiquez-le d’abord dans la fiche du lot.",
        ),
        (Scenario(rythme_mensuel=D("-0.01")), situation(), "rythme_mensuel", "Un rythme n’est pas négatif."),
        (
            Scenario(date_fin=date(2026, 12, 31)),
            situation(periode=None),
            "date_fin",
            "À compléter : date de début d’exécution du lot ou du marché.",
        ),
        (
            Scenario(date_fin=date(2025, 12, 31)),
            situation(),
            "date_fin",
            "La fin précède le début, le 1er janvier 2026.",
        ),
    ],
)
def test_une_hypothese_impossible_se_dit(scenario, lot, champ, phrase):
    """Le refus se pose sur le champ de l'hypothèse, avec ce qu'il faut faire."""
    with pytest.raises(Contradiction) as refus:
        simuler(lot, scenario)
    assert (refus.value.champ, str(refus.value).replace("\u00a0", " ")) == (champ, phrase)


def test_un_euro_est_un_montant():
    """Un lot d'un euro qui en vaudrait deux double ses heures ; un rythme nul est permis."""
    assert dues(situation(montant_euros=D(1)), 2) == 1500
    assert dues(situation(), 1) == 0
    assert simuler(situation(), Scenario(rythme_mensuel=D(0))).heures_au_terme == 150


def test_un_demi_mois_compte_pour_un():
    """Décembre, janvier et quatorze jours de février : deux mois et demi, écrits trois."""
    assert mois_de_duree(Periode(date(2025, 12, 1), date(2026, 2, 14))) == 3
    with pytest.raises(ValueError, match=r"^Une durée demande une date de fin\.$"):
        mois_de_duree(replace(ANNEE, fin=None))
