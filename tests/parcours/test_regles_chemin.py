"""Ce qui peut s'ouvrir, se passer, se conclure dans un parcours, et où l'on en est un jour donné."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beneficiaires.periodes import Periode
from parcours.regles.chemin import (
    ETAPES_QUI_CONTINUENT,
    GESTES,
    EtapeDite,
    EtatEtape,
    EtatPhase,
    GestePhase,
    IssueEtape,
    PassageDit,
    controler_date_sortie,
    controler_dates_etape,
    controler_entree,
    controler_geste,
    controler_issue,
    controler_ouverture,
    controler_reouverture,
    etat_contrat,
    etat_etape,
    etat_phase,
)

AUJOURD_HUI = date(2026, 11, 17)
JOURS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def dit(refus) -> tuple[str, str] | None:
    """Ce que le refus dit : son code et sa phrase ; None s'il n'y en a pas."""
    return None if refus is None else (refus.code, refus.phrase.replace("\u00a0", " "))


# Le parcours --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("debut", "fins", "attendue"),
    [
        (date(2026, 11, 17), [], None),
        (date(1993, 1, 1), [], None),
        (date(1992, 12, 31), [], ("entree_implausible", "Une entrée le 31 décembre 1992 : vérifiez l’année.")),
        (
            date(2026, 11, 18),
            [],
            ("entree_future", "L’entrée du 18 novembre 2026 est à venir : un parcours s’ouvre le jour de l’entrée."),
        ),
        (
            date(2026, 11, 2),
            [date(2024, 1, 1), None],
            (
                "parcours_ouvert",
                "Cette personne a déjà un parcours ouvert : il faut le clore avant d’en ouvrir un autre.",
            ),
        ),
        (
            date(2025, 3, 31),
            [date(2024, 1, 1), date(2025, 3, 31)],
            ("entree_ancienne", "Son parcours précédent a fini le 31 mars 2025 : celui-ci commence après."),
        ),
        (date(2025, 4, 1), [date(2025, 3, 31)], None),
    ],
)
def test_ouvrir_un_parcours(debut, fins, attendue):
    """Un seul ouvert, jamais d'avance, et une personne revient après sa sortie précédente."""
    refus = controler_ouverture(debut, naissance=date(1970, 1, 1), fins_precedentes=fins, aujourd_hui=AUJOURD_HUI)
    assert dit(refus) == attendue


@pytest.mark.parametrize(
    ("naissance", "debut", "phrase"),
    [
        (date(2008, 11, 17), date(2024, 11, 17), None),  # seize ans ce jour-là
        (
            date(2008, 11, 17),
            date(2024, 11, 16),
            "Le 16 novembre 2024, la personne n’avait pas 16 ans. Vérifiez l’année de l’entrée.",
        ),
        (
            date(1998, 4, 2),
            date(1998, 4, 1),
            "Le 1er avril 1998, la personne n’avait pas 16 ans. Vérifiez l’année de l’entrée.",
        ),
        (date(2008, 2, 29), date(2024, 2, 29), None),
        (
            date(2008, 2, 29),
            date(2024, 2, 28),
            "Le 28 février 2024, la personne n’avait pas 16 ans. Vérifiez l’année de l’entrée.",
        ),
    ],
)
def test_on_entre_a_seize_ans_au_plus_tot(naissance, debut, phrase):
    """Un parcours ne commence ni avant la naissance, ni avant l'âge où une clause peut embaucher."""
    refus = controler_ouverture(debut, naissance=naissance, fins_precedentes=[], aujourd_hui=AUJOURD_HUI)
    assert dit(refus) == (phrase and ("entree_trop_jeune", phrase))


def test_une_entree_corrigee_precede_tout_ce_que_le_parcours_porte():
    """Le premier jour d'une phase ou d'une étape borne l'entrée, ce jour compris."""
    jours = {date(2026, 3, 9), date(2026, 2, 2)}
    assert controler_entree(date(2026, 2, 2), premiers_jours=jours) is None
    assert controler_entree(date(2026, 2, 3), premiers_jours=set()) is None
    refus = controler_entree(date(2026, 2, 3), premiers_jours=jours)
    assert dit(refus) == (
        "entree_tardive",
        "Une phase ou une étape de ce parcours commence le 2 février 2026 : l’entrée ne peut pas la suivre.",
    )


def test_un_parcours_suivi_d_un_autre_ne_se_rouvre_plus():
    assert controler_reouverture(debuts_suivants=[]) is None
    refus = controler_reouverture(debuts_suivants=[date(2026, 5, 4), date(2025, 5, 5)])
    assert dit(refus) == (
        "parcours_suivi",
        "La personne a commencé un autre parcours le 5 mai 2025 : celui-ci ne se rouvre plus.",
    )


# Les phases ---------------------------------------------------------------------------------------------------------

FINI = PassageDit(date(2026, 2, 2), date(2026, 3, 1))
SAUTE = PassageDit(date(2026, 3, 2), date(2026, 3, 2), est_sautee=True)
OUVERT = PassageDit(date(2026, 4, 1))


@pytest.mark.parametrize(
    ("passages", "etat"),
    [
        ([], EtatPhase.A_VENIR),
        ([OUVERT], EtatPhase.EN_COURS),
        ([FINI, OUVERT], EtatPhase.EN_COURS),
        ([FINI], EtatPhase.FINIE),
        ([SAUTE], EtatPhase.SAUTEE),
        ([FINI, SAUTE], EtatPhase.SAUTEE),
        ([SAUTE, PassageDit(date(2026, 4, 1), date(2026, 4, 8))], EtatPhase.FINIE),
        ([PassageDit(date(2026, 4, 1), date(2026, 4, 8)), SAUTE], EtatPhase.FINIE),
        ([PassageDit(date(2026, 2, 27), date(2026, 3, 31)), SAUTE], EtatPhase.FINIE),
    ],
)
def test_l_etat_d_une_phase_se_lit_de_ses_passages(passages, etat):
    """Un passage ouvert l'emporte ; sinon le dernier fini parle (non le dernier commencé), quel que soit l'ordre où on les donne."""
    assert etat_phase(passages) == etat


def geste(quoi, passages=(), *, jour=date(2026, 11, 2), motif="", clos=False) -> tuple[str, str] | None:
    return dit(
        controler_geste(
            quoi,
            passages=passages,
            jour=jour,
            motif=motif,
            entree=date(2026, 2, 2),
            parcours_clos=clos,
            aujourd_hui=AUJOURD_HUI,
        )
    )


def test_chaque_etat_a_ses_gestes():
    """On commence ou saute ce qui vient, on finit ou saute ce qui court, on rouvre le reste ; tout autre geste est refusé."""
    etats = {EtatPhase.A_VENIR: (), EtatPhase.EN_COURS: (OUVERT,), EtatPhase.FINIE: (FINI,), EtatPhase.SAUTEE: (SAUTE,)}
    phrases = {
        EtatPhase.A_VENIR: "Cette phase n’a pas commencé : commencez-la ou sautez-la.",
        EtatPhase.EN_COURS: "Cette phase est déjà ouverte : finissez-la d’abord.",
        EtatPhase.FINIE: "Cette phase est finie : rouvrez-la pour y revenir.",
        EtatPhase.SAUTEE: "Cette phase a été sautée : rouvrez-la pour y revenir.",
    }
    for etat, passages in etats.items():
        for quoi in GestePhase:
            attendue = None if quoi in GESTES[etat] else ("phase_geste", phrases[etat])
            assert geste(quoi, passages, motif="Déjà fait ailleurs") == attendue, (etat, quoi)
    assert GESTES[EtatPhase.FINIE] == (GestePhase.ROUVRIR,)


@pytest.mark.parametrize(
    ("quoi", "passages", "jour", "attendue"),
    [
        (GestePhase.COMMENCER, (), date(2026, 11, 17), None),
        (
            GestePhase.COMMENCER,
            (),
            date(2026, 11, 18),
            ("phase_future", "Le 18 novembre 2026 est à venir : une phase se note quand elle change."),
        ),
        (GestePhase.COMMENCER, (), date(2026, 2, 2), None),
        (
            GestePhase.COMMENCER,
            (),
            date(2026, 2, 1),
            ("phase_avant_entree", "Le 1er février 2026 est avant l’entrée dans le parcours, le 2 février 2026."),
        ),
        (GestePhase.FINIR, (OUVERT,), date(2026, 4, 1), None),
        (
            GestePhase.FINIR,
            (OUVERT,),
            date(2026, 3, 31),
            ("phase_ordre", "Cette phase a commencé le 1er avril 2026 : choisissez ce jour ou un suivant."),
        ),
        (GestePhase.ROUVRIR, (FINI,), date(2026, 3, 1), None),
        (
            GestePhase.ROUVRIR,
            (FINI,),
            date(2026, 2, 28),
            ("phase_ordre", "Cette phase était finie le 1er mars 2026 : choisissez ce jour ou un suivant."),
        ),
    ],
)
def test_un_geste_est_date_dans_le_parcours_et_dans_l_ordre(quoi, passages, jour, attendue):
    assert geste(quoi, passages, jour=jour) == attendue


def test_sauter_se_motive_et_un_parcours_clos_ne_bouge_plus():
    assert geste(GestePhase.SAUTER, motif="  ") == ("phase_sans_motif", "Dites pourquoi cette phase est sautée.")
    assert geste(GestePhase.SAUTER, motif="Bilan fait par le PLIE") is None
    assert geste(GestePhase.COMMENCER, clos=True) == (
        "parcours_clos",
        "Ce parcours est clos : rouvrez-le pour changer ses phases.",
    )


# Les étapes ---------------------------------------------------------------------------------------------------------

MARS = Periode(date(2026, 3, 9), date(2026, 3, 20))


@pytest.mark.parametrize(
    ("jour", "etat"),
    [
        (date(2026, 3, 8), EtatEtape.PREVUE),
        (date(2026, 3, 9), EtatEtape.EN_COURS),
        (date(2026, 3, 20), EtatEtape.EN_COURS),
        (date(2026, 3, 21), EtatEtape.A_CONCLURE),
    ],
)
def test_sans_issue_les_dates_parlent_bornes_comprises(jour, etat):
    assert etat_etape(MARS, issue=None, jour=jour) == etat


@given(JOURS, JOURS, st.sampled_from(IssueEtape))
def test_une_issue_l_emporte_sur_les_dates(debut, jour, issue):
    """Réalisée, interrompue ou sautée : quel que soit le jour."""
    assert etat_etape(Periode(debut), issue=issue, jour=jour).value == issue.value


@given(JOURS, st.integers(0, 900), JOURS, st.booleans())
def test_un_contrat_fini_n_est_jamais_a_conclure(debut, duree, jour, est_rompu):
    """Son contrat dit tout : prévu, en cours, puis réalisé ou interrompu."""
    tenue = Periode(debut, debut + timedelta(days=duree))
    etat = etat_contrat(tenue, est_rompu=est_rompu, jour=jour)
    if jour < tenue.debut:
        assert etat == EtatEtape.PREVUE
    elif jour <= tenue.fin:
        assert etat == EtatEtape.EN_COURS
    else:
        assert etat == (EtatEtape.INTERROMPUE if est_rompu else EtatEtape.REALISEE)


@pytest.mark.parametrize(
    ("debut", "fin", "type_etape", "sortie", "code"),
    [
        (date(2026, 3, 9), date(2026, 3, 8), "immersion", None, "etape_inversee"),
        (date(2026, 3, 9), date(2026, 3, 9), "immersion", None, None),
        (date(2026, 2, 1), None, "immersion", None, "etape_avant_entree"),
        (date(2026, 2, 2), None, "immersion", None, None),
        (date(2026, 9, 1), None, "emploi", date(2026, 8, 31), "etape_apres_sortie"),
        (date(2026, 8, 31), None, "emploi", date(2026, 8, 31), None),
        (date(2026, 8, 3), date(2026, 8, 31), "immersion", date(2026, 8, 31), None),
        (date(2026, 8, 3), date(2026, 9, 1), "immersion", date(2026, 8, 31), "etape_deborde"),
        (date(2026, 8, 3), None, "accompagnement", date(2026, 8, 31), "etape_deborde"),
        (date(2026, 8, 3), date(2027, 9, 1), "formation", date(2026, 8, 31), None),
    ],
)
def test_les_dates_d_une_etape_sont_dans_le_parcours(debut, fin, type_etape, sortie, code):
    refus = controler_dates_etape(debut, fin, type_etape=type_etape, entree=date(2026, 2, 2), sortie=sortie)
    assert (refus.code if refus else None) == code


def test_un_refus_d_etape_nomme_les_deux_dates():
    commun = {"type_etape": "immersion", "entree": date(2026, 2, 2)}
    lu = [
        controler_dates_etape(debut, fin, sortie=sortie, **commun).phrase
        for debut, fin, sortie in (
            (date(2026, 3, 9), date(2026, 3, 8), None),
            (date(2026, 2, 1), None, None),
            (date(2026, 9, 1), None, date(2026, 8, 31)),
            (date(2026, 8, 3), date(2026, 9, 1), date(2026, 8, 31)),
            (date(2026, 8, 3), None, date(2026, 8, 31)),
        )
    ]
    assert lu == [
        "L’étape finirait le 8 mars 2026, avant son début du 9 mars 2026. Corrigez l’une des deux dates.",
        "L’étape commence le 1er février 2026, avant l’entrée dans le parcours, le 2 février 2026.",
        "L’étape commence le 1er septembre 2026, après la sortie du parcours, le 31 août 2026.",
        "L’étape finit le 1er septembre 2026, or la sortie du parcours est du 31 août 2026. "
        "Donnez-lui une fin qui la précède.",
        "L’étape n’a pas de fin, or la sortie du parcours est du 31 août 2026. Donnez-lui une fin qui la précède.",
    ]
    assert sorted(ETAPES_QUI_CONTINUENT) == ["contrat_clause", "contrat_iae", "emploi", "formation"]


@pytest.mark.parametrize(
    ("issue", "debut", "dernier", "motif", "attendue"),
    [
        (IssueEtape.REALISEE, date(2026, 3, 9), date(2026, 3, 9), "", None),
        (IssueEtape.REALISEE, date(2026, 11, 17), date(2026, 11, 17), "", None),
        (IssueEtape.REALISEE, date(2026, 3, 9), None, "", ("issue_sans_jour", "Indiquez son dernier jour.")),
        (
            IssueEtape.REALISEE,
            date(2026, 11, 18),
            date(2026, 11, 18),
            "",
            ("issue_avant_debut", "L’étape commence le 18 novembre 2026 : elle peut être sautée, ou sa date corrigée."),
        ),
        (
            IssueEtape.REALISEE,
            date(2026, 3, 9),
            date(2026, 3, 8),
            "",
            ("issue_inversee", "Le 8 mars 2026 est avant son début du 9 mars 2026. Corrigez le dernier jour."),
        ),
        (
            IssueEtape.INTERROMPUE,
            date(2026, 3, 9),
            date(2026, 11, 18),
            "Maladie",
            ("issue_future", "Le 18 novembre 2026 est à venir : dites-le quand ce sera fait."),
        ),
        (
            IssueEtape.INTERROMPUE,
            date(2026, 3, 9),
            date(2026, 3, 12),
            " ",
            ("issue_sans_motif", "Dites pourquoi l’étape est interrompue."),
        ),
        (IssueEtape.SAUTEE, date(2026, 12, 1), None, "", ("issue_sans_motif", "Dites pourquoi l’étape est sautée.")),
        (IssueEtape.SAUTEE, date(2026, 12, 1), None, "Emploi trouvé", None),
    ],
)
def test_conclure_une_etape(issue, debut, dernier, motif, attendue):
    """Faite ou interrompue, elle a un dernier jour passé ; sautée, une raison suffit."""
    refus = controler_issue(issue, debut=debut, dernier_jour=dernier, motif=motif, aujourd_hui=AUJOURD_HUI)
    assert dit(refus) == attendue


# La sortie ----------------------------------------------------------------------------------------------------------


def sortie(jour, *, contrats=(), phases=(), etapes=(), suivante=None):
    return controler_date_sortie(
        jour,
        entree=date(2026, 2, 2),
        debuts_contrats=contrats,
        debuts_phases=phases,
        etapes=etapes,
        aujourd_hui=AUJOURD_HUI,
        entree_suivante=suivante,
    )


@pytest.mark.parametrize(
    ("jour", "faits", "attendue"),
    [
        (date(2026, 11, 17), {}, None),
        (
            date(2026, 11, 18),
            {},
            ("sortie_future", "Le 18 novembre 2026 est à venir : une sortie se note quand elle a eu lieu."),
        ),
        (date(2026, 2, 2), {}, None),
        (
            date(2026, 2, 1),
            {},
            (
                "sortie_avant_entree",
                "La sortie du 1er février 2026 précède l’entrée dans le parcours, le 2 février 2026.",
            ),
        ),
        (
            date(2026, 9, 13),
            {"contrats": {date(2026, 3, 2), date(2026, 9, 14)}},
            (
                "sortie_avant_contrat",
                "La sortie du 13 septembre 2026 précède le début du dernier contrat, le 14 septembre 2026.",
            ),
        ),
        (date(2026, 9, 14), {"contrats": {date(2026, 3, 2), date(2026, 9, 14)}}, None),
        (
            date(2026, 3, 31),
            {"phases": [date(2026, 2, 2), date(2026, 4, 1)]},
            ("sortie_avant_phase", "Une phase a commencé le 1er avril 2026, après cette sortie."),
        ),
        (date(2026, 4, 1), {"phases": [date(2026, 2, 2), date(2026, 4, 1)]}, None),
        (
            date(2026, 6, 1),
            {"suivante": date(2026, 6, 1)},
            (
                "sortie_apres_retour",
                "La personne est entrée dans un autre parcours le 1er juin 2026 : cette sortie le précède.",
            ),
        ),
        (date(2026, 5, 31), {"suivante": date(2026, 6, 1)}, None),
    ],
)
def test_la_sortie_ne_precede_ni_l_entree_ni_le_dernier_contrat(jour, faits, attendue):
    assert dit(sortie(jour, **faits)) == attendue


def test_une_etape_qui_deborde_de_la_sortie_est_nommee():
    """Une immersion qui finit après la sortie l'empêche ; un emploi qui continue, non."""
    immersion = EtapeDite("Immersion, Peintures du Rhône", "immersion", MARS)
    emploi = EtapeDite("Emploi", "emploi", Periode(date(2026, 3, 1)))
    assert sortie(date(2026, 3, 20), etapes=[emploi, immersion]) is None
    refus = sortie(date(2026, 3, 19), etapes=[emploi, immersion])
    assert dit(refus) == (
        "sortie_etape",
        "Immersion, Peintures du Rhône : l’étape finit le 20 mars 2026, or la sortie du parcours est du 19 mars 2026. "
        "Donnez-lui une fin qui la précède. Concluez-la ou corrigez-la d’abord.",
    )
