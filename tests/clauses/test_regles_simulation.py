"""Le simulateur et le rythme plausible : ce qu'il faut encore, et jusqu'à quand c'est possible."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beneficiaires.periodes import Periode
from clauses.regles.contradiction import Contradiction
from clauses.regles.dues import Arrondi, RegleAvenant
from clauses.regles.modes_dues import CalculCommandes, RegleCommandes
from clauses.regles.penalites import ParametresPenalites
from clauses.regles.rythme import (
    RythmePlausible,
    evaluer_besoin,
    meilleur_rythme,
    personnes_a_temps_plein,
    rythme_plausible,
)
from clauses.regles.simulation import (
    EngagementSimule,
    Scenario,
    SituationLot,
    mois_de_duree,
    simuler,
)

# Exemple 2 : 900 000 € pour 750 h, du 1er janvier au 31 décembre 2026 ; 150 h validées fin mars, soit 50 h par mois.
SITUATION = SituationLot(
    engagements=(EngagementSimule("a", "Bâti-Rhône", D(750), D(750), Arrondi.INFERIEUR),),
    validees=D(150),
    arrete_le=date(2026, 3, 31),
    rythme_mensuel=D(50),
    periode=Periode(date(2026, 1, 1), date(2026, 12, 31)),
    montant_euros=D(900_000),
    montant_marche_euros=D(900_000),
    penalites=ParametresPenalites(euros_par_heure=D(60)),
)


# Rythme plausible ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mensuelles", "attendu"),
    [
        ([], 0),
        ([300], 100),
        ([0, 300, 0], 100),
        ([100, 200, 300, 0], 200),
        ([300, 0, 0, 300], 100),
        ([10, 20, 30, 40, 50], 40),
    ],
)
def test_meilleur_rythme_sur_trois_mois(mensuelles, attendu):
    """La meilleure moyenne de trois mois de suite ; un mois qui manque compte pour zéro."""
    assert meilleur_rythme([D(m) for m in mensuelles]) == attendu


def test_rythme_plausible_par_defaut():
    """Le meilleur vu, mais au moins 151,67 h par titulaire ; l'origine est dite."""
    debutant = rythme_plausible(mensuelles=[D(30)])
    assert (debutant.heures_par_mois, debutant.origine) == (D("151.67"), "1\u00a0personne à temps plein")
    assert rythme_plausible(mensuelles=[D(30)], titulaires=2).heures_par_mois == D("303.34")
    lance = rythme_plausible(mensuelles=[D(200), D(200), D(200)])
    assert (lance.heures_par_mois, lance.origine) == (D(200), "meilleur rythme vu sur trois mois")


def test_rythme_plausible_regle_par_le_marche():
    """Trois personnes font 455,01 h ; 120 h sont 120 h, même quand on a vu mieux ; sans nombre, refusé."""
    assert rythme_plausible(mensuelles=[], source="personnes", personnes=3).heures_par_mois == D("455.01")
    assert rythme_plausible(mensuelles=[D(900)] * 3, source="heures", heures=D(120)).heures_par_mois == 120
    for source in ("personnes", "heures"):
        with pytest.raises(ValueError, match="Indiquez combien"):
            rythme_plausible(mensuelles=[], source=source)
        with pytest.raises(ValueError, match="Indiquez combien"):
            rythme_plausible(mensuelles=[], source=source, personnes=0, heures=D(0))


@pytest.mark.parametrize(
    ("par_mois", "personnes"), [("0", 0), ("0.01", 1), ("151.67", 1), ("151.68", 2), ("303.34", 2), ("-5", 0)]
)
def test_personnes_a_temps_plein(par_mois, personnes):
    """Une personne fait 151,67 h par mois ; une heure de plus en demande une deuxième."""
    assert personnes_a_temps_plein(D(par_mois)) == personnes


# Besoin --------------------------------------------------------------------------------------------------------------


def besoin(rythme=100, validees=150, dues=750, arrete_le=date(2026, 3, 31), **periode):
    return evaluer_besoin(
        validees=D(validees),
        heures_dues=D(dues),
        periode_execution=replace(SITUATION.periode, **periode),
        arrete_le=arrete_le,
        rythme=RythmePlausible(D(rythme), "essai"),
    )


def test_ce_qu_il_faut_encore():
    """600 h en 9 mois : 66,67 h par mois, 1 personne, 0,4 ETP ; à 100 h par mois, 6 mois suffisent : jusqu'au 30 juin."""
    il_faut = besoin()
    assert (il_faut.restantes, il_faut.mois_restants, il_faut.par_mois) == (600, 9, D("66.67"))
    assert (il_faut.personnes, il_faut.etp) == (1, D("0.4"))
    assert (il_faut.hors_d_atteinte_le, il_faut.est_hors_d_atteinte) == (date(2026, 6, 30), False)


@pytest.mark.parametrize(("arrete_le", "trop_tard"), [(date(2026, 6, 30), False), (date(2026, 7, 1), True)])
def test_le_dernier_jour_ou_c_est_encore_possible(arrete_le, trop_tard):
    """Au soir du 30 juin, six mois à 100 h font encore 600 h ; un jour plus tard, non."""
    assert besoin(arrete_le=arrete_le).est_hors_d_atteinte is trop_tard


def test_quand_il_ne_reste_plus_de_temps():
    """Le jour de la fin : hors d'atteinte s'il manque des heures, sans rythme ni personnes ; tout fait : rien à dire."""
    fini = besoin(arrete_le=date(2026, 12, 31))
    assert (fini.par_mois, fini.personnes, fini.etp, fini.est_hors_d_atteinte) == (None, None, None, True)
    fait = besoin(arrete_le=date(2026, 12, 31), validees=750)
    assert (fait.est_hors_d_atteinte, fait.restantes, fait.hors_d_atteinte_le) == (False, 0, None)


def test_un_lot_pas_encore_commence_n_est_pas_hors_d_atteinte():
    """12 mois à 100 h pour 1 200 h : tout juste ; 1 201 h : hors d'atteinte dès le départ."""
    avant = {"validees": 0, "arrete_le": date(2025, 6, 30)}
    assert besoin(dues=1200, **avant).est_hors_d_atteinte is False
    assert besoin(dues=1210, **avant).est_hors_d_atteinte is True


def test_un_besoin_demande_une_fin():
    """Sans date de fin, rien ne se projette."""
    with pytest.raises(ValueError, match="date de fin"):
        besoin(fin=None)


# Simulateur ----------------------------------------------------------------------------------------------------------


def test_les_vrais_chiffres():
    """750 h dues, 600 h à faire ; à 50 h par mois, 600 h à la fin : il en manque 150, donc 9 000 € proposés."""
    chiffres = simuler(SITUATION)
    assert (chiffres.heures_dues, chiffres.besoin.restantes) == (750, 600)
    assert (chiffres.heures_au_terme, chiffres.manquantes_au_terme) == (600, 150)
    assert chiffres.penalite.montant_euros == 9000
    assert "proposée" in chiffres.penalite.phrase


@pytest.mark.parametrize(
    ("regle", "seuil", "montant", "heures"),
    [
        (RegleAvenant.PRORATA, None, 1_120_000, 933),
        (RegleAvenant.PRORATA, None, 800_000, 666),
        (RegleAvenant.SEUIL, D(10), 990_000, 750),
        (RegleAvenant.SEUIL, D(10), 990_009, 825),
        (RegleAvenant.SEUIL, D(10), 1_120_000, 933),
        (RegleAvenant.FIGE, None, 1_120_000, 750),
    ],
)
def test_un_autre_montant(regle, seuil, montant, heures):
    """Exemple 2 : 1 120 000 € donnent 933 h au prorata ; à 10 % tout juste ou figées, les heures restent."""
    situation = replace(SITUATION, regle_avenant=regle, seuil_pourcent=seuil)
    assert simuler(situation, Scenario(montant_euros=D(montant))).heures_dues == heures


def test_une_autre_fin():
    """Trois mois de plus : 600 h en 12 mois, 50 h par mois ; à 50 h, tout est fait et aucune pénalité n'est proposée."""
    chiffres = simuler(SITUATION, Scenario(date_fin=date(2027, 3, 31)))
    assert (chiffres.heures_dues, chiffres.besoin.par_mois) == (750, 50)
    assert (chiffres.manquantes_au_terme, chiffres.penalite.montant_euros) == (0, 0)


def test_un_autre_rythme():
    """À 100 h par mois, 1 050 h à la fin ; hors d'atteinte après le 30 juin seulement. À 0 h, il en manque 600."""
    vite = simuler(SITUATION, Scenario(rythme_mensuel=D(100)))
    assert (vite.heures_au_terme, vite.besoin.hors_d_atteinte_le) == (1050, date(2026, 6, 30))
    arret = simuler(SITUATION, Scenario(rythme_mensuel=D(0)))
    assert (arret.manquantes_au_terme, arret.penalite.montant_euros) == (600, 36_000)


def test_la_part_du_montant_suit_le_scenario():
    """1 % du marché : 9 000 € aujourd'hui, 11 200 € si le marché passe à 1 120 000 €."""
    situation = replace(SITUATION, penalites=ParametresPenalites(pourcent_montant=D(1)))
    assert simuler(situation).penalite.montant_euros == 9000
    assert simuler(situation, Scenario(montant_euros=D(1_120_000))).penalite.montant_euros == 11_200


def test_des_bons_de_commande():
    """7 h pour 10 000 € par tranche entière : 95 000 € font 63 h ; 110 000 €, 77 h ; 89 000 €, 56 h."""
    regle = RegleCommandes(D(7), D(10_000), CalculCommandes.CUMUL)
    engagement = EngagementSimule("a", "Voltéo", D(63), D(63), Arrondi.INFERIEUR, regle, (D(50_000), D(45_000)))
    situation = replace(SITUATION, engagements=(engagement,), montant_euros=D(95_000))
    assert simuler(situation, Scenario(montant_euros=D(110_000))).heures_dues == 77
    assert simuler(situation, Scenario(montant_euros=D(89_000))).heures_dues == 56
    par_bon = replace(engagement, regle_commandes=replace(regle, calcul=CalculCommandes.PAR_COMMANDE))
    situation = replace(situation, engagements=(par_bon,))
    assert simuler(situation, Scenario(montant_euros=D(89_000))).heures_dues == 63


def test_sans_dates_rien_ne_se_projette():
    """Les heures dues se disent quand même ; le reste est à compléter."""
    chiffres = simuler(replace(SITUATION, periode=None))
    assert (chiffres.heures_dues, chiffres.besoin, chiffres.heures_au_terme, chiffres.penalite) == (
        750,
        None,
        None,
        None,
    )


def test_sans_penalite_prevue_il_n_y_en_a_pas():
    """Ni zéro, ni phrase : le marché ne prévoit rien pour les heures."""
    assert simuler(replace(SITUATION, penalites=None)).penalite is None
    documents = ParametresPenalites(euros_par_document=D(50))
    assert simuler(replace(SITUATION, penalites=documents)).penalite is None


@pytest.mark.parametrize(
    ("scenario", "situation", "champ"),
    [
        ({"montant_euros": D(0)}, {}, "montant_euros"),
        ({"montant_euros": D(1)}, {"montant_euros": None}, "montant_euros"),
        ({"rythme_mensuel": D("-0.01")}, {}, "rythme_mensuel"),
        ({"date_fin": date(2025, 12, 31)}, {}, "date_fin"),
        ({"date_fin": date(2026, 12, 31)}, {"periode": None}, "date_fin"),
    ],
)
def test_une_hypothese_impossible_nomme_son_champ(scenario, situation, champ):
    """Un montant nul ou sans base, un rythme négatif, une fin avant le début ou sans début."""
    with pytest.raises(Contradiction) as refus:
        simuler(replace(SITUATION, **situation), Scenario(**scenario))
    assert refus.value.champ == champ


def test_finir_le_jour_du_debut_est_permis():
    """Un jour d'exécution : la borne est comprise."""
    assert simuler(SITUATION, Scenario(date_fin=date(2026, 1, 1))).besoin.est_hors_d_atteinte


@pytest.mark.parametrize(
    ("fin", "mois"), [(date(2026, 12, 31), 12), (date(2027, 1, 14), 12), (date(2027, 1, 31), 13), (date(2026, 1, 2), 1)]
)
def test_la_duree_de_l_avenant(fin, mois):
    """En mois entiers, au plus proche, jamais zéro."""
    assert mois_de_duree(Periode(date(2026, 1, 1), fin)) == mois


def test_une_duree_demande_une_fin():
    """Sans fin, pas de durée."""
    with pytest.raises(ValueError, match="date de fin"):
        mois_de_duree(Periode(date(2026, 1, 1)))


heures = st.decimals(0, 100_000, places=2)
jours = st.dates(date(2024, 1, 1), date(2028, 12, 31))
# Fixées par une formule, sur le montant d'aujourd'hui ou un autre, ou par les bons de commande déjà passés.
engagements = st.builds(
    EngagementSimule,
    st.just("a"),
    st.just("X"),
    heures,
    heures,
    st.just(Arrondi.PROCHE),
    st.none() | st.builds(RegleCommandes, st.just(D(7)), st.just(D(10_000)), st.sampled_from(list(CalculCommandes))),
    st.tuples(st.decimals(1, 500_000, places=2)),
    st.none() | st.decimals(1, 10_000_000, places=2),
)
situations = st.builds(
    lambda engagements, validees, rythme, arrete, debut, duree, montant, regle: replace(
        SITUATION,
        engagements=tuple(replace(engagement, cle=str(rang)) for rang, engagement in enumerate(engagements)),
        validees=validees,
        rythme_mensuel=rythme,
        arrete_le=arrete,
        periode=Periode(debut, date.fromordinal(debut.toordinal() + duree)),
        montant_euros=montant,
        montant_marche_euros=montant,
        regle_avenant=regle,
        seuil_pourcent=D(10),
    ),
    st.lists(engagements, min_size=1, max_size=3),
    heures,
    st.decimals(0, 5000, places=2),
    jours,
    jours,
    st.integers(0, 1500),
    st.decimals(1, 10_000_000, places=2),
    st.sampled_from(list(RegleAvenant)),
)


@given(situations)
def test_un_scenario_sans_changement_donne_les_vrais_chiffres(situation):
    """Vide, ou écrit avec les valeurs d'aujourd'hui : les mêmes chiffres, tous."""
    reels = simuler(situation)
    assert simuler(situation, Scenario()) == reels
    memes = Scenario(situation.montant_euros, situation.periode.fin, situation.rythme_mensuel)
    assert simuler(situation, memes) == reels
    assert reels.heures_dues == sum(engagement.heures_dues for engagement in situation.engagements)


@given(situations, st.decimals("0.01", 10_000_000, places=2))
def test_les_heures_simulees_ne_sont_jamais_negatives(situation, montant):
    """Quel que soit le nouveau montant, et la pénalité non plus."""
    chiffres = simuler(situation, Scenario(montant_euros=montant))
    assert all(heures >= 0 for _, _, heures in chiffres.par_engagement)
    assert chiffres.penalite is None or chiffres.penalite.montant_euros >= 0
