"""PASS IAE comme la plateforme le calcule : fin, état, carence, suspensions. Valeurs du cahier d'exemples 4 à 8."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beneficiaires.periodes import Periode
from parcours.regles import (
    MOTIFS_SUSPENSION,
    EtatPass,
    FaitsAgrement,
    ProlongationDite,
    SuspensionDite,
    controler_carence_levee,
    controler_motif_suspension,
    controler_nouveau_pass,
    controler_numero_pass,
    controler_suspension,
    controler_suspensions_gardees,
    est_en_carence,
    etat_pass,
    fin_agrement,
    fin_carence,
    fin_maximale_suspension,
    fin_pass,
    formater_numero_pass,
    jours_restants_pass,
)

AUTOMNE = Periode(date(2024, 9, 1), date(2024, 11, 30))
jours = st.dates(date(2015, 1, 1), date(2040, 12, 31))


def code(refus):
    return refus.code if refus else None


# --- PASS IAE : fin, état, jours restants, carence


def test_fin_du_pass():
    """730 jours comptés, dernier jour compris ; la suspension d'automne repousse de 90 jours."""
    assert fin_pass(date(2024, 1, 15)) == date(2026, 1, 13)
    assert fin_pass(date(2024, 1, 15), suspensions=[AUTOMNE]) == date(2026, 4, 13)
    assert fin_pass(date(2023, 3, 1)) == date(2025, 2, 27)


def test_la_date_imprimee_l_emporte():
    """La fin que la plateforme a imprimée ne se recalcule pas."""
    assert fin_pass(date(2024, 1, 15), suspensions=[AUTOMNE], fin_officielle=date(2026, 4, 14)) == date(2026, 4, 14)


def test_prolongations_successives():
    """Un PASS fini le 01/03/2021, prolongé au 31/03 puis au 30/04, finit le 30/04/2021."""
    debut = date(2019, 3, 3)
    assert fin_pass(debut) == date(2021, 3, 1)
    prolongations = [
        Periode(date(2021, 3, 1), date(2021, 3, 31)),
        Periode(date(2021, 3, 31), date(2021, 4, 30)),
    ]
    assert fin_pass(debut, prolongations=prolongations) == date(2021, 4, 30)


def test_suspension_sans_fin_ne_se_calcule_pas():
    """Sans fin de suspension, la fin du PASS n'est pas devinée."""
    with pytest.raises(ValueError, match="date de fin"):
        fin_pass(date(2024, 1, 15), suspensions=[Periode(date(2024, 9, 1))])


@pytest.mark.parametrize(
    ("jour", "etat"),
    [
        (date(2024, 8, 31), EtatPass.FUTUR),
        (date(2024, 9, 1), EtatPass.VALIDE),
        (date(2026, 8, 31), EtatPass.VALIDE),
        (date(2026, 9, 1), EtatPass.EXPIRE),
    ],
)
def test_etats_du_pass(jour, etat):
    """Les deux bornes du PASS sont des jours valides."""
    assert fin_pass(date(2024, 9, 1)) == date(2026, 8, 31)
    assert etat_pass(date(2024, 9, 1), date(2026, 8, 31), [], jour) == etat


@pytest.mark.parametrize(
    ("jour", "etat"),
    [
        (date(2025, 1, 9), EtatPass.VALIDE),
        (date(2025, 1, 10), EtatPass.SUSPENDU),
        (date(2025, 2, 10), EtatPass.SUSPENDU),
        (date(2025, 2, 11), EtatPass.VALIDE),
        (date(2026, 10, 1), EtatPass.VALIDE),
        (date(2026, 10, 2), EtatPass.EXPIRE),
    ],
)
def test_etats_d_un_pass_suspendu(jour, etat):
    """Suspendu aux deux bornes de la suspension, valide le lendemain ; la fin recule au 1er octobre 2026."""
    suspension = Periode(date(2025, 1, 10), date(2025, 2, 10))
    fin = fin_pass(date(2024, 9, 1), suspensions=[suspension])
    assert fin == date(2026, 10, 1)
    assert etat_pass(date(2024, 9, 1), fin, [suspension], jour) == etat


@pytest.mark.parametrize(
    ("jour", "reste"),
    [
        (date(2024, 1, 1), 729),
        (date(2024, 1, 15), 729),
        (date(2026, 1, 12), 1),
        (date(2026, 1, 13), 0),
        (date(2026, 1, 14), 0),
    ],
)
def test_jours_restants_du_pass(jour, reste):
    """Comme la plateforme : fin moins jour, jamais négatif, et rien ne s'use avant le début."""
    assert jours_restants_pass(date(2024, 1, 15), date(2026, 1, 13), [], jour) == reste


def test_jours_restants_pendant_une_suspension():
    """Pendant la suspension, le reste ne bouge pas ; elle le rend ensuite au même point."""
    debut, fin = date(2024, 1, 15), date(2026, 4, 13)
    pendant = {jours_restants_pass(debut, fin, [AUTOMNE], date(2024, 9, 1) + timedelta(days=n)) for n in range(91)}
    assert pendant == {(fin - date(2024, 11, 30)).days}
    assert jours_restants_pass(debut, fin, [AUTOMNE], date(2024, 12, 1)) == pendant.pop() - 1


def test_carence():
    """La carence va du lendemain de la fin à deux ans après, compris ; un prescripteur habilité la lève."""
    fin = date(2026, 4, 13)
    assert fin_carence(fin) == date(2028, 4, 13)
    assert [est_en_carence(fin, fin + timedelta(days=n)) for n in (0, 1)] == [False, True]
    assert est_en_carence(fin, date(2028, 4, 13))
    assert not est_en_carence(fin, date(2028, 4, 14))
    assert fin_carence(date(2024, 2, 29)) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("jour", "habilite", "attendu"),
    [
        (date(2026, 4, 13), True, "pass_en_cours"),
        (date(2026, 4, 14), False, "carence"),
        (date(2026, 4, 14), True, None),
        (date(2028, 4, 13), False, "carence"),
        (date(2028, 4, 14), False, None),
    ],
)
def test_nouveau_pass(jour, habilite, attendu):
    """Pas de nouveau PASS avant la fin du précédent, ni en carence sans prescripteur habilité."""
    refus = controler_nouveau_pass(date(2026, 4, 13), jour, par_prescripteur_habilite=habilite)
    assert code(refus) == attendu


def test_la_carence_regarde_le_dernier_pass_fini():
    """Deux PASS passés : seule la carence du dernier compte ; un PASS qui finit plus tard n'ouvre pas de carence."""
    fins = [date(2020, 1, 1), date(2026, 4, 13), date(2030, 1, 1)]
    assert code(controler_carence_levee(date(2027, 1, 1), fins, prescripteur_habilite=" ")) == "carence"
    assert controler_carence_levee(date(2027, 1, 1), fins, prescripteur_habilite="Cap emploi") is None
    assert controler_carence_levee(date(2028, 4, 14), fins, prescripteur_habilite="") is None
    assert controler_carence_levee(date(2027, 1, 1), [], prescripteur_habilite="") is None


# --- Le numéro


@pytest.mark.parametrize(
    ("numero", "juste"),
    [
        ("999992400718", True),
        ("99999 24 00718", True),
        ("XXXXX2400718", True),
        ("99999240071", False),
        ("99999240071A", False),
        ("9999924007180", False),
        ("", False),
    ],
)
def test_numero_du_pass(numero, juste):
    """Cinq lettres ou chiffres, puis sept chiffres, espaces admises."""
    assert (controler_numero_pass(numero) is None) is juste


def test_numero_du_pass_ecrit():
    """Il s'écrit en trois groupes, espaces insécables."""
    assert formater_numero_pass("999992400718") == "99999\u00a024\u00a000718"
    assert formater_numero_pass("123") == "123"


# --- Suspensions


@pytest.mark.parametrize(
    ("debut", "fin"),
    [
        (date(2025, 3, 1), date(2028, 2, 29)),
        (date(2024, 2, 29), date(2027, 2, 27)),
    ],
)
def test_suspension_de_36_mois_au_plus(debut, fin):
    """36 mois de calendrier, moins un jour."""
    assert fin_maximale_suspension(debut) == fin
    autour = {"debut_pass": debut, "fin_pass": date(2030, 1, 1), "autres": [], "aujourd_hui": debut}
    assert controler_suspension(Periode(debut, fin), **autour) is None
    assert code(controler_suspension(Periode(debut, fin + timedelta(days=1)), **autour)) == "suspension_longue"


@pytest.mark.parametrize(
    ("debut", "fin", "attendu"),
    [
        (date(2025, 6, 1), date(2025, 6, 30), None),
        (date(2025, 6, 1), None, "suspension_sans_fin"),
        (date(2024, 8, 31), date(2024, 10, 1), "suspension_hors_pass"),
        (date(2026, 9, 1), date(2026, 10, 1), "suspension_hors_pass"),
        (date(2025, 7, 1), date(2025, 8, 1), None),
        (date(2025, 7, 2), date(2025, 8, 1), "suspension_future"),
        (date(2025, 2, 11), date(2025, 2, 28), None),
        (date(2025, 2, 10), date(2025, 2, 28), "suspension_double"),
        (date(2025, 1, 1), date(2025, 1, 9), None),
        (date(2025, 1, 1), date(2025, 1, 10), "suspension_double"),
    ],
)
def test_controles_d_une_suspension(debut, fin, attendu):
    """Dans le PASS, pas dans le futur, et sans jour commun avec celle du 10 janvier au 10 février 2025."""
    refus = controler_suspension(
        Periode(debut, fin),
        debut_pass=date(2024, 9, 1),
        fin_pass=date(2026, 8, 31),
        autres=[Periode(date(2025, 1, 10), date(2025, 2, 10))],
        aujourd_hui=date(2025, 7, 1),
    )
    assert code(refus) == attendu


@pytest.mark.parametrize(("debut", "attendu"), [(date(2024, 7, 1), None), (date(2024, 6, 30), "suspension_ancienne")])
def test_suspension_retroactive(debut, attendu):
    """Au plus 365 jours en arrière."""
    refus = controler_suspension(
        Periode(debut, date(2024, 8, 1)),
        debut_pass=date(2024, 1, 1),
        fin_pass=date(2025, 12, 30),
        autres=[],
        aujourd_hui=date(2025, 7, 1),
    )
    assert code(refus) == attendu


@pytest.mark.parametrize(
    ("motif", "structure", "deja", "attendu"),
    [
        ("CONTRACT_BROKEN", "", False, None),
        ("SICKNESS", "", False, "suspension_motif"),
        ("SICKNESS", "", True, None),
        ("INCONNU", "", True, "suspension_motif"),
        ("CONTRAT_PASSERELLE", "aci", False, None),
        ("CONTRAT_PASSERELLE", "EI", False, None),
        ("CONTRAT_PASSERELLE", "ETTI", False, "suspension_structure"),
        ("CONTRAT_PASSERELLE", "", False, "suspension_structure"),
    ],
)
def test_motif_d_une_suspension(motif, structure, deja, attendu):
    """Un motif fermé se garde mais ne se choisit plus ; le contrat passerelle est aux ACI et aux EI."""
    assert code(controler_motif_suspension(motif, type_structure=structure, deja_enregistre=deja)) == attendu
    assert [m.code for m in MOTIFS_SUSPENSION.values() if m.est_ouvert] == [
        "CONTRACT_SUSPENDED",
        "CONTRACT_BROKEN",
        "FINISHED_CONTRACT",
        "APPROVAL_BETWEEN_CTA_MEMBERS",
        "CONTRAT_PASSERELLE",
    ]


def test_une_suspension_gardee_ne_se_remesure_pas_chaque_jour():
    """Enregistrée en mai 2025 pour juin 2024, elle se corrige encore en 2026 : les 365 jours partent de sa saisie."""
    autour = {
        "debut_pass": date(2024, 1, 1),
        "fin_pass": date(2027, 1, 1),
        "autres": [],
        "aujourd_hui": date(2026, 9, 1),
    }
    suspension = Periode(date(2024, 6, 1), date(2024, 7, 1))
    assert code(controler_suspension(suspension, **autour)) == "suspension_ancienne"
    assert controler_suspension(suspension, **autour, saisie_le=date(2025, 5, 2)) is None
    assert code(controler_suspension(suspension, **autour, saisie_le=date(2025, 6, 2))) == "suspension_ancienne"


def test_une_suspension_ne_se_justifie_pas_par_ses_propres_jours():
    """PASS du 15/01/2024, sans suspension jusqu'au 13/01/2026 : celle de mars 2026 n'y est que grâce à celle d'automne 2024."""
    debut = date(2024, 1, 15)
    mars = Periode(date(2026, 3, 1), date(2026, 3, 31))
    les_deux = fin_pass(debut, suspensions=[AUTOMNE, mars])
    assert controler_suspensions_gardees(debut, les_deux, [mars, AUTOMNE]) is None
    sans = fin_pass(debut, suspensions=[mars])
    assert code(controler_suspensions_gardees(debut, sans, [mars])) == "suspension_hors_pass"
    assert controler_suspensions_gardees(debut, date(2026, 4, 13), [mars], est_ecrite=True) is None
    assert code(controler_suspensions_gardees(date(2024, 9, 2), les_deux, [AUTOMNE])) == "suspension_hors_pass"


# --- Propriétés


suspensions_disjointes = st.lists(st.integers(0, 60), min_size=2, max_size=8).map(
    lambda ecarts: [
        Periode(
            date(2024, 2, 1) + timedelta(days=sum(ecarts[: 2 * i + 1]) + 2 * i),
            date(2024, 2, 1) + timedelta(days=sum(ecarts[: 2 * i + 2]) + 2 * i),
        )
        for i in range(len(ecarts) // 2)
    ]
)


@given(jours, suspensions_disjointes)
def test_retirer_une_suspension_rend_la_fin(debut, suspensions):
    """Chaque suspension ajoute ses jours, et les rend quand on la retire, dans n'importe quel ordre."""
    entiere = fin_pass(debut, suspensions=suspensions)
    assert entiere == fin_pass(debut, suspensions=suspensions[::-1])
    for i, suspension in enumerate(suspensions):
        sans = fin_pass(debut, suspensions=suspensions[:i] + suspensions[i + 1 :])
        assert entiere - sans == suspension.fin - suspension.debut
    assert fin_pass(debut) == debut + timedelta(days=729)


@given(jours, st.integers(-4000, 4000))
def test_le_pass_suit_son_debut(debut, decalage):
    """Décaler le début décale la fin et l'état d'autant."""
    ecart = timedelta(days=decalage)
    assert fin_pass(debut + ecart) == fin_pass(debut) + ecart
    jour = debut + timedelta(days=300)
    assert etat_pass(debut, fin_pass(debut), [], jour) == etat_pass(
        debut + ecart, fin_pass(debut + ecart), [], jour + ecart
    )


@given(jours, suspensions_disjointes, st.integers(-100, 1500))
def test_jours_restants_entre_zero_et_la_duree(debut, suspensions, decalage):
    """Le reste n'est jamais négatif ni plus long que 729 jours."""
    fin = fin_pass(debut, suspensions=suspensions)
    suspensions = [s for s in suspensions if debut <= s.debut and s.fin <= fin]
    fin = fin_pass(debut, suspensions=suspensions)
    assert 0 <= jours_restants_pass(debut, fin, suspensions, debut + timedelta(days=decalage)) <= 729


# --- L'agrément entier : suspensions et prolongations d'un PASS, renouvellements d'un PLIE

faits_pass = st.builds(
    lambda debut, suspensions: FaitsAgrement(
        "pass_iae", debut, suspensions=tuple(SuspensionDite(s) for s in suspensions)
    ),
    jours,
    suspensions_disjointes,
)


def test_fin_d_agrement():
    """Le PASS en jours, le PLIE en mois ; un type inconnu est une erreur."""
    assert fin_agrement("pass_iae", debut=date(2024, 1, 15)) == date(2026, 1, 13)
    assert fin_agrement("pass_iae", debut=date(2024, 1, 15), fin_officielle=date(2026, 4, 13)) == date(2026, 4, 13)
    with pytest.raises(ValueError, match="inconnu"):
        fin_agrement("autre", debut=date(2024, 1, 15))


@given(faits_pass, st.integers(1, 400))
def test_une_prolongation_refusee_ou_demandee_ne_compte_pas(faits, duree):
    """Seule une prolongation accordée repousse la fin, de « fin − début » jours."""
    ajout = Periode(faits.fin, faits.fin + timedelta(days=duree))
    for etat, jours_de_plus in (("demandee", 0), ("refusee", 0), ("accordee", duree)):
        avec = replace(faits, prolongations=(ProlongationDite(ajout, etat=etat),))
        assert (avec.fin - faits.fin).days == jours_de_plus


@given(faits_pass, st.integers(-4000, 4000))
def test_decaler_toutes_les_dates_decale_la_fin(faits, decalage):
    """Le PASS se compte en jours : tout décaler d'autant décale d'autant la fin, les états et les jours restants."""
    ecart = timedelta(days=decalage)
    ailleurs = replace(
        faits,
        debut=faits.debut + ecart,
        suspensions=tuple(
            SuspensionDite(Periode(s.periode.debut + ecart, s.periode.fin + ecart)) for s in faits.suspensions
        ),
    )
    assert ailleurs.fin == faits.fin + ecart
    jour = faits.debut + timedelta(days=200)
    ici, la = ([s.periode for s in f.suspensions] for f in (faits, ailleurs))
    assert etat_pass(faits.debut, faits.fin, ici, jour) == etat_pass(ailleurs.debut, ailleurs.fin, la, jour + ecart)
    assert jours_restants_pass(faits.debut, faits.fin, ici, jour) == jours_restants_pass(
        ailleurs.debut, ailleurs.fin, la, jour + ecart
    )


def test_rien_ne_passe_du_pass_au_plie():
    """Un PLIE ne lit ni suspension ni prolongation, un PASS ni renouvellement ni réglage de PLIE."""
    tout = {"suspensions": [AUTOMNE], "prolongations": [AUTOMNE], "renouvellements": [12]}
    assert fin_agrement("plie", debut=date(2024, 1, 1), **tout) == date(2026, 12, 31)
    assert fin_agrement("pass_iae", debut=date(2024, 1, 15), **tout) == date(2026, 7, 12)
