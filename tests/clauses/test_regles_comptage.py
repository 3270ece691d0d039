"""Ce que comptent les heures : modes, coefficients, plafonds, fenêtre, une seule fois, report du surplus."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beneficiaires.periodes import Periode
from clauses.regles.comptage import EngagementDeLot, LigneDeclaree, MotifEcart, compter, ecrire_motif, reporter_surplus
from clauses.regles.heures import NatureHeures
from clauses.regles.section_comptage import (
    LIBELLES_MODE,
    MODES_PAR_DEFAUT,
    ModeCompte,
    ParametresComptage,
    ParametresMode,
    ReportSurplus,
    mode_propose,
    plafond_en_heures,
)

FENETRE = Periode(date(2024, 5, 13), date(2026, 5, 12))
AVRIL = Periode(date(2026, 4, 1), date(2026, 4, 30))
MAI = Periode(date(2026, 5, 1), date(2026, 5, 31))
DEFAUT = ParametresComptage()


def d(texte) -> Decimal:
    return Decimal(str(texte))


def regle(**modes) -> ParametresComptage:
    """Une règle par défaut dont ces modes changent."""
    changes = {ModeCompte(nom): valeur for nom, valeur in modes.items()}
    return ParametresComptage(modes=MappingProxyType(dict(MODES_PAR_DEFAUT) | changes))


def ligne(cle=1, heures="100", **champs) -> LigneDeclaree:
    base = {
        "mode": ModeCompte.DIRECTE,
        "nature": NatureHeures.TRAVAIL,
        "periode": AVRIL,
        "fenetre": FENETRE,
        "parametres": DEFAUT,
        "contrat": cle,
    }
    return LigneDeclaree(cle=cle, heures=d(heures), **(base | champs))


def comptees(*lignes, dues="1000") -> dict:
    return {cle: heures.comptees for cle, heures in compter(lignes, heures_dues=d(dues)).items()}


def seule(une: LigneDeclaree, dues="1000"):
    return compter([une], heures_dues=d(dues))[une.cle]


# Modes -------------------------------------------------------------------------------------------------------------------


def test_chaque_mode_a_son_libelle_et_ses_parametres():
    """Chaque mode se nomme à l'écran et compte d'une certaine façon par défaut."""
    assert set(LIBELLES_MODE) == set(MODES_PAR_DEFAUT) == set(ModeCompte)


@pytest.mark.parametrize(
    ("mode", "attendues"),
    [
        ("directe", "100"),
        ("mise_a_disposition", "100"),
        ("interim", "100"),
        ("siae", "100"),
        ("ea_esat", "100"),
        ("alternance", "100"),
        ("stage", "0"),
        ("tutorat", "0"),
    ],
)
def test_ce_que_compte_chaque_mode_par_defaut(mode, attendues):
    """Domaine § 2.2 : tout compte en entier, sauf le stage et le tutorat."""
    resultat = seule(ligne(mode=ModeCompte(mode)))
    assert resultat.comptees == d(attendues)
    assert resultat.motif == (MotifEcart.MODE if attendues == "0" else None)
    assert resultat.compte_etp == (attendues != "0")


def test_la_formation_compte_en_entier_et_a_part():
    """La formation suit sa ligne, même dans un contrat dont le travail ne compte pas."""
    formation = ligne(mode=ModeCompte.STAGE, nature=NatureHeures.FORMATION)
    assert seule(formation).comptees == d(100)
    sans = replace(formation, parametres=regle(formation=ParametresMode(est_compte=False)))
    assert seule(sans).comptees == 0


@pytest.mark.parametrize(
    ("contrat", "employeur", "mode"),
    [
        ("cdd", "entreprise", "directe"),
        ("cdi", "geiq", "mise_a_disposition"),
        ("ctti", "etti", "mise_a_disposition"),
        ("cdd", "ai", "mise_a_disposition"),
        ("cdd", "eatt", "mise_a_disposition"),
        ("interim", "ett", "interim"),
        ("cddi", "ei", "siae"),
        ("cddi", "aci", "siae"),
        ("cdi", "regie", "siae"),
        ("cdd_tremplin", "ea", "ea_esat"),
        ("autre", "esat", "ea_esat"),
        ("apprentissage", "entreprise", "alternance"),
        ("professionnalisation", "geiq", "alternance"),
    ],
)
def test_le_mode_se_propose_d_apres_le_contrat_et_l_employeur(contrat, employeur, mode):
    """L'alternance l'emporte, puis l'employeur ; le reste est une embauche directe."""
    assert mode_propose(contrat, employeur) == mode


@pytest.mark.parametrize(
    ("coefficient", "heures", "attendues"),
    [
        ("1", "100", "100"),
        ("0.5", "100", "50"),
        ("0.5", "0.01", "0.01"),
        ("0.33", "10", "3.3"),
        ("0.25", "35.5", "8.88"),
    ],
)
def test_coefficient_au_centieme(coefficient, heures, attendues):
    """Un coefficient s'applique à chaque relevé, au centième d'heure."""
    une = ligne(
        heures=heures, mode=ModeCompte.TUTORAT, parametres=regle(tutorat=ParametresMode(coefficient=d(coefficient)))
    )
    assert seule(une).comptees == d(attendues)


@pytest.mark.parametrize(
    "champs",
    [
        {"coefficient": d(0)},
        {"coefficient": d("1.01")},
        {"coefficient": d("-0.5")},
        {"plafond_pourcent": d(0)},
        {"plafond_pourcent": d("100.01")},
        {"plafond_heures": d(0)},
        {"plafond_pourcent": d(10), "plafond_heures": d(10)},
        {"est_compte": False, "plafond_pourcent": d(10)},
    ],
)
def test_un_mode_contradictoire_est_refuse(champs):
    """Coefficient hors de ]0 ; 1], plafond hors de ]0 ; 100] %, deux plafonds, plafond de rien : refusés par une phrase."""
    with pytest.raises(ValueError, match=r"\.$"):
        ParametresMode(**champs)


def test_bornes_permises():
    """100 % et un coefficient de 1 ou d'un centième sont permis."""
    assert ParametresMode(coefficient=d(1), plafond_pourcent=d(100)).plafond(d(400)) == d(400)
    assert ParametresMode(coefficient=d("0.01")).coefficient == d("0.01")


def test_un_plafond_hors_site_demande_des_heures_hors_site():
    """Plafonner ce qui ne compte pas est une contradiction."""
    with pytest.raises(ValueError, match="hors du site"):
        ParametresComptage(hors_site_plafond_pourcent=d(10))
    with pytest.raises(ValueError, match="100"):
        ParametresComptage(hors_site_admis=True, hors_site_plafond_pourcent=d(101))


# Fenêtre -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("periode", "prorata", "attendues", "motif"),
    [
        (AVRIL, False, "100", None),
        (Periode(date(2026, 5, 1), date(2026, 5, 12)), False, "100", None),
        (Periode(date(2026, 5, 13), date(2026, 5, 31)), False, "0", MotifEcart.HORS_FENETRE),
        (MAI, False, "0", MotifEcart.A_CHEVAL),
        # 12 jours sur 31 : 100 × 12 / 31 = 38,71 h.
        (MAI, True, "38.71", MotifEcart.A_CHEVAL),
        (Periode(date(2024, 5, 12), date(2024, 5, 12)), True, "0", MotifEcart.HORS_FENETRE),
        (Periode(date(2024, 5, 13), date(2024, 5, 13)), True, "100", None),
    ],
)
def test_seulement_dans_la_fenetre(periode, prorata, attendues, motif):
    """Exemple 3 : le 12/05/2026 compte, le 13 non ; un mois à cheval ne compte qu'une fois partagé, ou au prorata des jours."""
    resultat = seule(ligne(periode=periode, est_prorata=prorata))
    assert (resultat.comptees, resultat.motif) == (d(attendues), motif)


def test_les_jours_sans_contrat_ne_font_pas_deborder():
    """Un mois déclaré en entier dont le contrat finit avec la fenêtre est tout entier dedans."""
    une = ligne(periode=MAI, contrat_jours=Periode(date(2026, 1, 5), date(2026, 5, 12)))
    assert seule(une).comptees == d(100)


def test_sans_fenetre_rien_ne_compte():
    """Une éligibilité pas encore ouverte ne donne aucune heure."""
    assert seule(ligne(fenetre=None)).motif == MotifEcart.HORS_FENETRE


# Une seule fois ------------------------------------------------------------------------------------------------------------


def test_une_seule_fois_par_contrat_et_periode():
    """Deux relevés du même contrat, de même nature et de jours communs : le second ne compte pas."""
    premier = ligne(1, contrat="c", periode=Periode(date(2026, 4, 1), date(2026, 4, 15)))
    second = ligne(2, contrat="c", periode=Periode(date(2026, 4, 15), date(2026, 4, 30)))
    assert comptees(premier, second) == {1: d(100), 2: d(0)}
    assert comptees(premier, replace(second, periode=Periode(date(2026, 4, 16), date(2026, 4, 30))))[2] == d(100)
    assert comptees(premier, replace(second, nature=NatureHeures.FORMATION))[2] == d(100)
    assert comptees(premier, replace(second, contrat="autre"))[2] == d(100)
    assert comptees(premier, replace(second, est_imputee=True))[2] == d(100)


# Plafonds ------------------------------------------------------------------------------------------------------------------

VINGT_POUR_CENT = regle(formation=ParametresMode(plafond_pourcent=d(20)))


def formation(cle, heures, mois, **champs):
    return ligne(
        cle,
        heures,
        nature=NatureHeures.FORMATION,
        periode=Periode(date(2026, mois, 1), date(2026, mois, 28)),
        parametres=champs.pop("parametres", VINGT_POUR_CENT),
        **champs,
    )


def test_le_plafond_se_remplit_des_mois_les_plus_anciens():
    """480 h dues, 20 % : 96 h de formation comptent sur 120, les dernières déclarées sont écartées."""
    resultat = compter([formation(2, 70, 3), formation(1, 50, 2)], heures_dues=d(480))
    assert (resultat[1].comptees, resultat[1].motif) == (d(50), None)
    assert (resultat[2].comptees, resultat[2].ecartees, resultat[2].motif) == (d(46), d(24), MotifEcart.PLAFOND)


def test_juste_au_plafond_tout_compte():
    """96 h pour un plafond de 96 h : rien n'est écarté."""
    assert seule(formation(1, 96, 2), dues="480").motif is None
    assert seule(formation(1, "96.01", 2), dues="480").comptees == d(96)


def test_les_heures_validees_passent_avant_les_heures_a_verifier():
    """Une heure en attente n'écarte jamais une heure validée, même plus récente."""
    assert comptees(formation(1, 90, 2, est_validee=False), formation(2, 90, 3), dues="480") == {1: d(6), 2: d(90)}


def test_un_plafond_en_heures_et_un_plafond_sans_heures_dues():
    """Un plafond en heures vaut toujours ; une part de rien ne plafonne pas."""
    fixe = regle(formation=ParametresMode(plafond_heures=d(35)))
    assert seule(formation(1, 50, 2, parametres=fixe), dues="0").comptees == d(35)
    assert seule(formation(1, 50, 2), dues="0").comptees == d(50)
    assert plafond_en_heures(d("33.33"), d(100)) == d("33.33")
    assert plafond_en_heures(None, d(100)) is None
    assert plafond_en_heures(d(10), d(0)) is None


def test_hors_du_site():
    """Hors du site : rien par défaut ; admis, tout ; admis à 10 %, jusqu'à 10 % des heures dues."""
    une = ligne(heures="150", est_hors_site=True)
    assert seule(une).motif == MotifEcart.HORS_SITE
    admis = ParametresComptage(hors_site_admis=True)
    assert seule(replace(une, parametres=admis)).comptees == d(150)
    plafonne = ParametresComptage(hors_site_admis=True, hors_site_plafond_pourcent=d(10))
    resultat = seule(replace(une, parametres=plafonne))
    assert (resultat.comptees, resultat.motif) == (d(100), MotifEcart.PLAFOND_HORS_SITE)


def test_chaque_ligne_garde_sa_version():
    """Une heure validée sous l'ancienne règle compte comme avant ; une heure ouverte suit la nouvelle."""
    ancienne, nouvelle = regle(stage=ParametresMode()), DEFAUT
    assert comptees(
        ligne(1, mode=ModeCompte.STAGE, parametres=ancienne),
        ligne(2, mode=ModeCompte.STAGE, parametres=nouvelle, est_validee=False),
    ) == {1: d(100), 2: d(0)}


def test_la_raison_se_lit():
    """Chaque motif est dit avec le chiffre du marché."""
    assert ecrire_motif(MotifEcart.PLAFOND, ModeCompte.FORMATION, VINGT_POUR_CENT) == "plafond de formation 20\u00a0%"
    fixe = regle(formation=ParametresMode(plafond_heures=d(35)))
    assert ecrire_motif(MotifEcart.PLAFOND, ModeCompte.FORMATION, fixe) == "plafond de formation 35\u00a0h"
    assert ecrire_motif(MotifEcart.MODE, ModeCompte.STAGE, DEFAUT) == "les heures de stage ne comptent pas"
    textes = {ecrire_motif(motif, ModeCompte.FORMATION, DEFAUT) for motif in MotifEcart}
    assert len(textes) == len(MotifEcart)


# Section -------------------------------------------------------------------------------------------------------------------


def test_la_section_se_relit_telle_quelle():
    """Vers JSON et retour : rien ne se perd ; une section vide a ses valeurs par défaut."""
    une = ParametresComptage(
        modes=VINGT_POUR_CENT.modes, hors_site_admis=True, hors_site_plafond_pourcent=d(5), report=ReportSurplus.LOTS
    )
    assert ParametresComptage.depuis_json(une.vers_json()).vers_json() == une.vers_json()
    assert ParametresComptage.depuis_json({}).vers_json() == DEFAUT.vers_json()
    assert (
        ParametresComptage.depuis_json({"modes": {"stage": {"est_compte": True}}}).du_mode(ModeCompte.STAGE).est_compte
    )
    assert not DEFAUT.a_des_plafonds
    assert une.a_des_plafonds
    with pytest.raises(ValueError, match="nombre"):
        ParametresComptage.depuis_json({"hors_site_admis": True, "hors_site_plafond_pourcent": "dix"})


# Report du surplus ---------------------------------------------------------------------------------------------------------


def engagements(*paires) -> list[EngagementDeLot]:
    return [EngagementDeLot(rang, d(dues), d(faites)) for rang, (dues, faites) in enumerate(paires)]


def test_le_surplus_comble_les_manques_dans_l_ordre():
    """Lot 1 : 130 h pour 100. Les 30 h en trop donnent 20 h au lot 2 (80 sur 100) et 10 h au lot 3."""
    reports = reporter_surplus(engagements((100, 130), (100, 80), (100, 50)))
    assert reports == {0: d(-30), 1: d(20), 2: d(10)}


def test_sans_surplus_ou_sans_manque_rien_ne_bouge():
    """Rien à donner, ou personne à qui donner."""
    assert reporter_surplus(engagements((100, 100), (100, 40))) == {0: d(0), 1: d(0)}
    assert reporter_surplus(engagements((100, 130), (100, 100))) == {0: d(0), 1: d(0)}


HEURES = st.decimals(0, 744, places=2)
PARAMETRES = st.builds(
    ParametresMode,
    est_compte=st.just(True),
    coefficient=st.decimals("0.01", 1, places=2),
    plafond_pourcent=st.none() | st.decimals(1, 100, places=0),
)


@given(
    st.lists(
        st.tuples(HEURES, st.sampled_from(ModeCompte), st.booleans(), st.integers(1, 12), st.booleans()), max_size=12
    ),
    PARAMETRES,
    st.decimals(0, 5000, places=0),
)
def test_jamais_plus_que_declare_ni_que_le_plafond(tirages, mode, dues):
    """Propriété : comptées ≤ déclarées, comptées + écartées = déclarées, et le total d'un mode tient dans son plafond."""
    parametres = ParametresComptage(
        modes=MappingProxyType(dict.fromkeys(ModeCompte, mode)), hors_site_admis=True, hors_site_plafond_pourcent=d(50)
    )
    lignes = [
        ligne(
            cle,
            heures,
            mode=m if m != ModeCompte.FORMATION else ModeCompte.DIRECTE,
            nature=NatureHeures.FORMATION if m == ModeCompte.FORMATION else NatureHeures.TRAVAIL,
            est_hors_site=hors_site,
            est_validee=validee,
            est_prorata=True,
            periode=Periode(date(2026, mois, 1), date(2026, mois, 28)),
            parametres=parametres,
        )
        for cle, (heures, m, hors_site, mois, validee) in enumerate(tirages)
    ]
    resultat = compter(lignes, heures_dues=dues)
    for une in lignes:
        heures = resultat[une.cle]
        assert 0 <= heures.comptees <= une.heures
        assert heures.comptees + heures.ecartees == une.heures
    plafond = mode.plafond(dues)
    if plafond is not None:
        for m in ModeCompte:
            assert sum(resultat[une.cle].comptees for une in lignes if une.mode_compte == m) <= plafond


@given(st.lists(st.tuples(st.decimals(0, 2000, places=2), st.decimals(0, 2000, places=2)), max_size=6))
def test_le_report_ne_cree_ni_ne_perd_d_heure(paires):
    """Propriété : les reports s'annulent, nul ne dépasse son dû en recevant ni ne passe dessous en cédant."""
    lots = engagements(*paires)
    reports = reporter_surplus(lots)
    assert sum(reports.values()) == 0
    for un in lots:
        apres = un.heures_comptees + reports[un.cle]
        assert apres >= min(un.heures_comptees, un.heures_dues)
        assert apres <= max(un.heures_comptees, un.heures_dues)
