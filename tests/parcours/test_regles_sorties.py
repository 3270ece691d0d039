"""Les sorties : table des cas, une borne de chaque côté. Fiche A3 (« 6 mois et un jour »), note CIDEME de janvier 2013."""

import re
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beneficiaires.periodes import Periode
from parcours.regles import (
    REGLE_SORTIE,
    REGLE_SORTIE_PLIE,
    ClasseSortie,
    FaitsSortie,
    Mission,
    NatureSortie,
    RegleSortie,
    classer_sortie,
    jour_acquis,
    mois_travailles,
    suite_sans_interruption,
)

N, C = NatureSortie, ClasseSortie
EMBAUCHE = date(2026, 1, 5)
TARD = date(2027, 12, 31)


def classe(nature, regle=REGLE_SORTIE, jour=TARD, **faits) -> ClasseSortie:
    return classer_sortie(FaitsSortie(nature, **faits), jour=jour, regle=regle).classe


def missions(*bornes, employeur="Bâti-Rhône") -> tuple[Mission, ...]:
    return tuple(Mission(Periode(debut, fin), employeur) for debut, fin in bornes)


@pytest.mark.parametrize(
    ("debut", "six_mois", "un_jour_de_plus"),
    [
        (date(2026, 1, 5), date(2026, 7, 4), date(2026, 7, 5)),
        (date(2024, 2, 29), date(2024, 8, 28), date(2024, 8, 29)),
        (date(2025, 8, 31), date(2026, 2, 27), date(2026, 2, 28)),
        (date(2026, 9, 1), date(2027, 2, 28), date(2027, 3, 1)),
    ],
)
def test_six_mois_et_six_mois_et_un_jour(debut, six_mois, un_jour_de_plus):
    """Embauchée le 05/01 : six mois le 04/07, six mois et un jour le 05/07 ; fins de mois et année bissextile."""
    assert jour_acquis(debut, REGLE_SORTIE_PLIE) == six_mois
    assert jour_acquis(debut) == un_jour_de_plus


# --- Lecture générale


@pytest.mark.parametrize(
    ("nature", "faits", "attendue"),
    [
        (N.CDI, {"debut": EMBAUCHE}, C.DURABLE),
        (N.CDI, {"debut": EMBAUCHE, "fin_reelle": date(2026, 7, 4)}, C.TRANSITION),
        (N.CDI, {"debut": EMBAUCHE, "fin_reelle": date(2026, 7, 5)}, C.DURABLE),
        (N.CDD, {"debut": EMBAUCHE, "fin_prevue": date(2026, 7, 4)}, C.TRANSITION),
        (N.CDD, {"debut": EMBAUCHE, "fin_prevue": date(2026, 7, 5)}, C.DURABLE),
        (N.CDD, {"debut": EMBAUCHE, "fin_prevue": date(2027, 1, 4), "fin_reelle": date(2026, 3, 1)}, C.TRANSITION),
        (N.ALTERNANCE, {"debut": EMBAUCHE, "fin_prevue": date(2027, 1, 4)}, C.DURABLE),
        (N.CREATION, {"debut": EMBAUCHE}, C.DURABLE),
        (N.CONTRAT_AIDE, {"debut": EMBAUCHE, "fin_prevue": date(2027, 1, 4)}, C.TRANSITION),
        (N.FORMATION_QUALIFIANTE, {"debut": EMBAUCHE}, C.POSITIVE),
        (N.AUTRE_FORMATION, {}, C.POSITIVE),
        (N.AUTRE_SIAE, {"debut": EMBAUCHE}, C.POSITIVE),
        (N.RETRAITE, {}, C.POSITIVE),
        (N.DEMENAGEMENT, {}, C.AUTRE),
        (N.SANTE, {}, C.AUTRE),
        (N.ABANDON, {}, C.AUTRE),
        (N.FIN_DU_PARCOURS, {}, C.AUTRE),
        (N.DECES, {}, C.AUTRE),
    ],
)
def test_lecture_generale(nature, faits, attendue):
    """CDI, CDD de six mois et un jour, création : durables ; plus court ou aidé : transition ; formation, SIAE, retraite : positives."""
    assert classe(nature, **faits) == attendue


@pytest.mark.parametrize("regle", [REGLE_SORTIE, REGLE_SORTIE_PLIE])
@pytest.mark.parametrize(
    ("nature", "faits", "manque"),
    [
        (N.CDI, {}, "date d’embauche"),
        (N.CDD, {"debut": EMBAUCHE}, "date de fin du contrat"),
        (N.CREATION, {}, "date de création"),
        (N.INTERIM, {}, "dates des missions"),
        (N.SAISONNIER, {}, "dates des saisons"),
        (N.FORMATION_QUALIFIANTE, {}, "date d’entrée en formation"),
    ],
)
def test_une_date_manque(regle, nature, faits, manque):
    """« À compléter », en nommant la date, jamais une réponse devinée."""
    sortie = classer_sortie(FaitsSortie(nature, **faits), jour=TARD, regle=regle)
    assert (sortie.classe, sortie.raisons) == (C.A_COMPLETER, (f"À compléter\u00a0: {manque}.",))


# --- Lecture PLIE


@pytest.mark.parametrize(
    ("jour", "attendue"), [(date(2026, 7, 3), C.A_CONFIRMER), (date(2026, 7, 4), C.DURABLE), (TARD, C.DURABLE)]
)
def test_plie_l_emploi_se_juge_tenu(jour, attendue):
    """CDI du 05/01/2026 : à confirmer jusqu'au 03/07, acquis le 04/07, dernier jour des six mois."""
    sortie = classer_sortie(FaitsSortie(N.CDI, EMBAUCHE), jour=jour, regle=REGLE_SORTIE_PLIE)
    assert (sortie.classe, sortie.acquise_le) == (attendue, date(2026, 7, 4))
    assert sortie.est_positive is (attendue == C.DURABLE)


@pytest.mark.parametrize(
    ("nature", "faits", "attendue"),
    [
        (N.CDI, {"debut": EMBAUCHE, "fin_reelle": date(2026, 7, 3)}, C.TRANSITION),
        (N.CDI, {"debut": EMBAUCHE, "fin_reelle": date(2026, 7, 4)}, C.DURABLE),
        (N.CDD, {"debut": EMBAUCHE, "fin_prevue": date(2026, 7, 3)}, C.TRANSITION),
        (N.CDD, {"debut": EMBAUCHE, "fin_prevue": date(2026, 7, 4)}, C.DURABLE),
        (N.CDI, {"debut": EMBAUCHE, "est_atteste": False}, C.TRANSITION),
        (N.CDI, {"debut": EMBAUCHE, "quotite": Fraction(1, 2)}, C.DURABLE),
        (N.CDI, {"debut": EMBAUCHE, "quotite": Fraction(17, 35)}, C.TRANSITION),
        (N.CDI, {"debut": EMBAUCHE, "quotite": Fraction(4, 5), "est_temps_choisi": False}, C.TRANSITION),
        (N.CONTRAT_AIDE, {"debut": EMBAUCHE, "fin_prevue": date(2027, 1, 4)}, C.DURABLE),
        (N.CREATION, {"debut": EMBAUCHE}, C.DURABLE),
        (N.AUTRE_SIAE, {"debut": EMBAUCHE}, C.AUTRE),
        (N.RETRAITE, {}, C.AUTRE),
        (N.AUTRE_FORMATION, {}, C.AUTRE),
        (N.DEMENAGEMENT, {}, C.AUTRE),
    ],
)
def test_lecture_plie(nature, faits, attendue):
    """Six mois tenus, attestés, à mi-temps choisi au moins ; retraite et autre SIAE sont des sorties autres."""
    assert classe(nature, REGLE_SORTIE_PLIE, **faits) == attendue


@pytest.mark.parametrize(
    ("faits", "jour", "attendue"),
    [
        # Neuf mois tout juste : courte, à la certification.
        ({"fin_prevue": date(2026, 10, 4)}, date(2026, 9, 1), C.A_CONFIRMER),
        ({"fin_prevue": date(2026, 10, 4), "certification_le": date(2026, 10, 10)}, date(2026, 10, 9), C.A_CONFIRMER),
        ({"fin_prevue": date(2026, 10, 4), "certification_le": date(2026, 10, 10)}, date(2026, 10, 10), C.POSITIVE),
        ({"fin_prevue": date(2026, 10, 4), "fin_reelle": date(2026, 9, 1)}, date(2026, 9, 2), C.AUTRE),
        # Neuf mois et un jour : longue, après six mois de présence.
        ({"fin_prevue": date(2026, 10, 5)}, date(2026, 7, 3), C.A_CONFIRMER),
        ({"fin_prevue": date(2026, 10, 5)}, date(2026, 7, 4), C.POSITIVE),
        ({"fin_prevue": date(2026, 10, 5), "fin_reelle": date(2026, 7, 3)}, TARD, C.AUTRE),
        ({"fin_prevue": date(2026, 10, 5), "fin_reelle": date(2026, 7, 4)}, TARD, C.POSITIVE),
        ({}, TARD, C.A_COMPLETER),
    ],
)
def test_plie_la_formation_qualifiante(faits, jour, attendue):
    """Plus de neuf mois : validée après six mois de présence ; plus courte : à la certification."""
    sortie = FaitsSortie(N.FORMATION_QUALIFIANTE, EMBAUCHE, **faits)
    assert classer_sortie(sortie, jour=jour, regle=REGLE_SORTIE_PLIE).classe == attendue


@pytest.mark.parametrize(
    ("faits", "jour", "attendue"),
    [
        ({"age": 56, "quotite": Fraction(1, 3)}, date(2028, 1, 5), C.DURABLE),
        ({"age": 55, "quotite": Fraction(1, 3)}, date(2028, 1, 5), C.TRANSITION),
        ({"age": 56, "quotite": Fraction(1, 3)}, date(2028, 1, 4), C.TRANSITION),
        ({"age": 56, "quotite": Fraction(11, 35)}, date(2028, 1, 5), C.TRANSITION),
        ({}, date(2028, 1, 5), C.A_COMPLETER),
    ],
)
def test_plie_l_association_intermediaire(faits, jour, attendue):
    """Plus de 55 ans, plus de deux ans, un tiers de temps au moins : les trois ensemble."""
    sortie = FaitsSortie(N.ASSOCIATION_INTERMEDIAIRE, EMBAUCHE, **faits)
    assert classer_sortie(sortie, jour=jour, regle=REGLE_SORTIE_PLIE).classe == attendue


# --- Intérim et saisons

VENDREDI, LUNDI, MARDI = date(2026, 3, 27), date(2026, 3, 30), date(2026, 3, 31)


@pytest.mark.parametrize(("reprise", "attendue"), [(LUNDI, C.DURABLE), (MARDI, C.TRANSITION)])
def test_l_interim_sans_interruption(reprise, attendue):
    """Une fin de semaine n'interrompt pas ; un jour ouvré sans mission, si (écart de deux jours par défaut)."""
    suivies = missions((EMBAUCHE, VENDREDI), (reprise, date(2026, 7, 4)))
    assert classe(N.INTERIM, REGLE_SORTIE_PLIE, missions=suivies) == attendue


def test_l_interim_change_d_entreprise():
    """Chez deux entreprises, la suite s'interrompt, sauf si la personne l'a choisi."""
    deux = missions((EMBAUCHE, VENDREDI)) + missions((LUNDI, date(2026, 7, 4)), employeur="Voltéo")
    assert suite_sans_interruption(deux) == Periode(LUNDI, date(2026, 7, 4))
    assert suite_sans_interruption(deux, plusieurs_employeurs=True) == Periode(EMBAUCHE, date(2026, 7, 4))
    assert classe(N.INTERIM, REGLE_SORTIE_PLIE, missions=deux) == C.TRANSITION
    assert classe(N.INTERIM, REGLE_SORTIE_PLIE, missions=deux, plusieurs_employeurs_choisis=True) == C.DURABLE


def test_des_missions_entremelees():
    """Deux entreprises en alternance : chacune a sa suite ; une mission contenue dans une autre ne la raccourcit pas."""
    melees = missions((date(2026, 1, 1), date(2026, 1, 31)), (date(2026, 1, 10), date(2026, 1, 12)))
    melees += missions((date(2026, 1, 15), date(2026, 2, 20)), employeur="Voltéo")
    assert suite_sans_interruption(melees) == Periode(date(2026, 1, 15), date(2026, 2, 20))
    assert suite_sans_interruption(melees[:2]) == Periode(date(2026, 1, 1), date(2026, 1, 31))
    assert suite_sans_interruption(()) is None
    with pytest.raises(ValueError, match="date de fin"):
        suite_sans_interruption((Mission(Periode(EMBAUCHE)),))


@pytest.mark.parametrize(("ecart", "attendu"), [(3, True), (2, False)])
def test_l_ecart_admis_est_un_reglage(ecart, attendu):
    """Du vendredi au mardi, trois jours : un PLIE peut les admettre."""
    regle = RegleSortie(
        est_plie=True, un_jour_de_plus=False, exige_tenue=True, quotite_minimale=None, ecart_interim_jours=ecart
    )
    suivies = missions((EMBAUCHE, VENDREDI), (MARDI, date(2026, 7, 4)))
    assert (classe(N.INTERIM, regle, missions=suivies) == C.DURABLE) is attendu


@pytest.mark.parametrize(("fin", "attendue"), [(date(2026, 8, 31), C.DURABLE), (date(2026, 8, 30), C.TRANSITION)])
def test_saisonnier_huit_mois_sur_douze(fin, attendue):
    """De janvier à août : huit mois tout juste sur les douze qui finissent le 31/12 ; un jour de moins ne suffit pas."""
    saison = missions((date(2026, 1, 1), fin))
    assert classe(N.SAISONNIER, REGLE_SORTIE_PLIE, date(2026, 12, 31), missions=saison) == attendue


def test_les_mois_travailles_des_douze_derniers():
    """Ce qui précède la fenêtre ne compte pas, un jour couvert deux fois compte une fois."""
    jour = date(2026, 12, 31)
    assert mois_travailles([Periode(date(2025, 6, 1), date(2026, 2, 28))], jour=jour) == 2
    doubles = [Periode(date(2026, 3, 1), date(2026, 4, 30)), Periode(date(2026, 4, 1), date(2026, 5, 31))]
    assert mois_travailles(doubles, jour=jour) == 3
    assert mois_travailles([Periode(date(2027, 1, 1), date(2027, 6, 30))], jour=jour) == Decimal(0)


def test_trois_tiers_de_mois_font_un_mois():
    """De janvier à juillet, puis trois fois dix jours d'un mois de trente : huit mois tout juste, un jour de moins non."""
    saisons = (date(2026, 1, 1), date(2026, 7, 31)), (date(2026, 9, 1), date(2026, 9, 10))
    saisons += ((date(2026, 9, 15), date(2026, 9, 24)),)
    for fin, attendue in ((date(2026, 11, 10), C.DURABLE), (date(2026, 11, 9), C.TRANSITION)):
        suivies = missions(*saisons, (date(2026, 11, 1), fin))
        assert classe(N.SAISONNIER, REGLE_SORTIE_PLIE, date(2026, 12, 31), missions=suivies) == attendue


# --- Raisons, réglages, propriétés


def test_chaque_reponse_dit_sa_raison_et_sa_source():
    """La raison nomme les dates, la source le texte de la lecture choisie."""
    generale = classer_sortie(FaitsSortie(N.CDD, EMBAUCHE, date(2026, 7, 4)), jour=TARD)
    assert generale.raisons == ("CDD jusqu’au 4 juillet 2026\u00a0: moins de 6 mois et un jour depuis l’embauche.",)
    assert "fiche A3" in generale.source
    plie = classer_sortie(FaitsSortie(N.CDI, EMBAUCHE), jour=date(2026, 3, 1), regle=REGLE_SORTIE_PLIE)
    assert plie.raisons == ("CDI\u00a0: 6 mois de présence seront atteints le 4 juillet 2026.",)
    assert "CIDEME" in plie.source


A_TERME = "fiche A3 («\u00a06 mois et un jour\u00a0»)\u00a0; usage de l’IAE"
PLIE = "note CIDEME de janvier 2013, d’après AVE, «\u00a0PLIE mode d’emploi\u00a0» (2010)\u00a0; PLIE de Toulouse"


@pytest.mark.parametrize(
    ("nature", "source"),
    [
        (N.CDD, A_TERME),
        (N.ALTERNANCE, A_TERME),
        (N.INTERIM, A_TERME),
        (N.CDI, "fiche A3\u00a0; usage de l’IAE"),
        (N.CREATION, "fiche A3\u00a0; usage de l’IAE"),
        (N.FORMATION_QUALIFIANTE, "fiche A3\u00a0; usage de l’IAE"),
        (N.AUTRE_FORMATION, "fiche A3\u00a0; usage de l’IAE"),
        (N.CONTRAT_AIDE, "usage de l’IAE"),
        (N.SAISONNIER, "usage de l’IAE"),
        (N.AUTRE_SIAE, "usage de l’IAE"),
        (N.RETRAITE, "usage de l’IAE"),
        (N.ABANDON, "usage de l’IAE"),
    ],
)
def test_la_source_est_celle_de_la_nature(nature, source):
    """« 6 mois et un jour » ne se cite que pour un emploi à terme ; un PLIE a ses textes, quelle que soit la nature."""
    faits = FaitsSortie(nature, EMBAUCHE)
    assert classer_sortie(faits, jour=TARD).source == source
    assert classer_sortie(faits, jour=TARD, regle=REGLE_SORTIE_PLIE).source == PLIE


@pytest.mark.parametrize(
    ("faux", "phrase"),
    [
        ({"emploi_mois": 0}, "Une durée compte au moins un mois."),
        ({"saisonnier_mois": 0}, "Une durée compte au moins un mois."),
        ({"formation_validee_mois": 0}, "Une durée compte au moins un mois."),
        ({"formation_longue_mois": 0}, "Une durée compte au moins un mois."),
        ({"ecart_interim_jours": -1}, "L’écart entre deux missions n’est jamais négatif."),
        ({"saisonnier_mois": 13}, "Un saisonnier ne peut pas travailler plus de 12\u00a0mois sur 12."),
        (
            {"formation_longue_mois": 5, "formation_validee_mois": 6},
            "Une formation ne se valide pas plus tard que la durée qui la rend longue.",
        ),
    ],
)
def test_un_reglage_contradictoire_est_refuse(faux, phrase):
    """Une durée nulle, un écart négatif, treize mois sur douze, une validation après la fin : refusés, et dits."""
    with pytest.raises(ValueError, match=f"^{re.escape(phrase)}$"):
        RegleSortie(**faux)


def test_les_bornes_des_reglages_sont_admises():
    """Un mois partout, aucun jour d'écart, douze mois sur douze, une validation au jour qui rend la formation longue."""
    courte = RegleSortie(
        emploi_mois=1, saisonnier_mois=1, formation_longue_mois=1, formation_validee_mois=1, ecart_interim_jours=0
    )
    assert jour_acquis(EMBAUCHE, courte) == date(2026, 2, 5)
    assert RegleSortie(saisonnier_mois=12).saisonnier_mois == 12


@given(
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.integers(1, 700),
    st.sampled_from([REGLE_SORTIE, REGLE_SORTIE_PLIE]),
)
def test_un_cdd_plus_long_ne_declasse_pas(debut, jours, regle):
    """À la même date, un jour de contrat de plus ne rend jamais une sortie moins bonne."""
    rang = {C.TRANSITION: 0, C.A_CONFIRMER: 1, C.DURABLE: 2}
    court, long = (
        classe(N.CDD, regle, debut + timedelta(days=800), debut=debut, fin_prevue=debut + timedelta(days=jours + plus))
        for plus in (0, 1)
    )
    assert rang[court] <= rang[long]


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 60)), min_size=1, max_size=6),
    st.integers(-3000, 3000),
    st.integers(0, 5),
)
def test_la_suite_d_interim_suit_le_calendrier(bornes, decalage, ecart):
    """Tout décaler décale la suite ; elle contient au moins la plus longue mission, et commence et finit par une mission."""
    base, saut = date(2026, 1, 5), timedelta(days=decalage)
    liste = [(base + timedelta(days=d), base + timedelta(days=d + n)) for d, n in bornes]
    suite = suite_sans_interruption(missions(*liste), ecart_jours=ecart)
    ailleurs = suite_sans_interruption(missions(*[(a + saut, b + saut) for a, b in liste]), ecart_jours=ecart)
    assert (ailleurs.debut, ailleurs.fin) == (suite.debut + saut, suite.fin + saut)
    assert suite.nombre_jours() >= max((b - a).days + 1 for a, b in liste)
    assert suite.debut in {a for a, _ in liste}
    assert suite.fin in {b for _, b in liste}
