"""Les dates d'un bilan et d'une action, la comparaison de deux réponses. Valeurs calculées à la main."""

from dataclasses import replace
from datetime import date

import pytest

from comptes.regles import Refus
from parcours.regles.actions import (
    FaitsAction,
    ReponseService,
    ResultatAction,
    controler_action,
    controler_frein_ouvert,
    controler_reponse,
    intitules_permis,
)
from parcours.regles.bilan import (
    Changement,
    comparer_reponses,
    controler_disponibilite,
    controler_experience,
    controler_fin_emploi,
    controler_jour_diagnostic,
)
from parcours.regles.freins import EtatFrein

AUJOURD_HUI, DEBUT, NAISSANCE = date(2026, 11, 17), date(2026, 2, 2), date(1990, 5, 20)


@pytest.mark.parametrize(
    ("avant", "apres", "changement"),
    [
        ("Oui", "Oui", Changement.MEME),
        ("", "", Changement.MEME),
        ("", "Oui", Changement.DITE),
        ("Non", "Oui", Changement.CHANGEE),
        ("Non", "", Changement.TUE),
    ],
)
def test_ce_qu_une_reponse_est_devenue(avant, apres, changement):
    """La même, dite depuis, changée, plus dite."""
    assert comparer_reponses(avant, apres) == changement


@pytest.mark.parametrize(
    ("jour", "refus"),
    [
        (DEBUT, None),
        (AUJOURD_HUI, None),
        (
            date(2026, 2, 1),
            Refus(
                "Le parcours a commencé le 2 février 2026\u00a0: le diagnostic se date de ce jour ou d’après.",
                "diagnostic_avant_parcours",
            ),
        ),
        (
            date(2026, 11, 18),
            Refus(
                "Le jour de l’entretien est dans le futur\u00a0: 18 novembre 2026. Vérifiez le mois et l’année.",
                "futur",
            ),
        ),
    ],
)
def test_l_entretien_est_passe_et_dans_le_parcours(jour, refus):
    """Les deux bornes sont comprises."""
    assert controler_jour_diagnostic(jour, debut_parcours=DEBUT, aujourd_hui=AUJOURD_HUI) == refus


TROP_JEUNE = Refus("À cette date, la personne n’avait pas 14\u00a0ans. Vérifiez l’année.", "emploi_trop_tot")


@pytest.mark.parametrize(
    ("jour", "refus"),
    [
        (date(2004, 5, 20), None),  # ses 14 ans
        (date(2004, 5, 19), TROP_JEUNE),
        (NAISSANCE, TROP_JEUNE),
        (date(1990, 5, 19), TROP_JEUNE),  # la veille de sa naissance
        (date(1958, 9, 1), TROP_JEUNE),
        (AUJOURD_HUI, None),
        (
            date(2026, 11, 18),
            Refus(
                "La fin du dernier emploi est dans le futur\u00a0: 18 novembre 2026. Vérifiez le mois et l’année.",
                "futur",
            ),
        ),
    ],
)
def test_la_fin_du_dernier_emploi(jour, refus):
    """Passée, et après les 14 ans : le 20 mai 2004 est bon, la veille non ; avant sa naissance, pas davantage."""
    assert controler_fin_emploi(jour, naissance=NAISSANCE, aujourd_hui=AUJOURD_HUI) == refus


def test_ne_un_29_fevrier_a_quatorze_ans_un_28():
    """Né le 29 février 1992 : ses 14 ans tombent le 28 février 2006, qui n'a pas de 29."""
    bornes = {"naissance": date(1992, 2, 29), "aujourd_hui": AUJOURD_HUI}
    assert controler_fin_emploi(date(2006, 2, 28), **bornes) is None
    assert controler_fin_emploi(date(2006, 2, 27), **bornes) == TROP_JEUNE


@pytest.mark.parametrize(
    ("annees", "naissance", "refus"),
    [
        (22, NAISSANCE, None),  # 36 ans le 17 novembre 2026 : 36 − 14
        (
            23,
            NAISSANCE,
            Refus("À 36\u00a0ans, 22\u00a0ans d’expérience au plus. Vérifiez le nombre.", "experience_trop_longue"),
        ),
        (
            2,
            date(2011, 11, 17),
            Refus("À 15\u00a0ans, 1\u00a0an d’expérience au plus. Vérifiez le nombre.", "experience_trop_longue"),
        ),
        (1, date(2011, 11, 17), None),  # 15 ans ce jour-là
        (
            1,
            date(2012, 11, 17),
            Refus("À 14\u00a0ans, 0\u00a0an d’expérience au plus. Vérifiez le nombre.", "experience_trop_longue"),
        ),
        (
            1,
            date(2014, 1, 1),
            Refus("À 12\u00a0ans, 0\u00a0an d’expérience au plus. Vérifiez le nombre.", "experience_trop_longue"),
        ),
        (0, date(2014, 1, 1), None),
    ],
)
def test_l_experience_tient_dans_une_vie(annees, naissance, refus):
    """Autant d'années que depuis les 14 ans, jamais moins de zéro."""
    assert controler_experience(annees, naissance=naissance, jour=AUJOURD_HUI) == refus


@pytest.mark.parametrize(
    ("jour", "refus"),
    [
        (date(2028, 12, 31), None),
        (
            date(2029, 1, 1),
            Refus("Cette date est à plus de deux ans. Vérifiez l’année.", "disponible_trop_tard"),
        ),
        (
            date(226, 1, 1),
            Refus(
                "La date de disponibilité tombe en 226. Vérifiez l’année\u00a0: quatre chiffres, par exemple 2026.",
                "annee",
            ),
        ),
    ],
)
def test_la_disponibilite_se_dit_jusqu_a_la_fin_de_la_deuxieme_annee(jour, refus):
    """Entretien en 2026 : fin 2028 se dit, 2029 est une faute de frappe ; l'an 226 aussi."""
    assert controler_disponibilite(jour, entretien=AUJOURD_HUI) == refus


# --- actions ----------------------------------------------------------------------------------------------------------

ACTION = FaitsAction("mobilite", "Préparer le permis B", date(2026, 3, 2))
ENVOYEE = replace(ACTION, reponse=ReponseService.ENVOYEE, envoyee_le=date(2026, 3, 3))
REFUSEE = replace(
    ENVOYEE, reponse=ReponseService.REFUSEE, repondue_le=date(2026, 3, 10), motif_refus="Plus de place avant juin"
)
CLOSE = replace(ACTION, resultat=ResultatAction.ABOUTIE, fin=AUJOURD_HUI)


@pytest.mark.parametrize(
    "faits",
    [ACTION, ENVOYEE, REFUSEE, CLOSE, replace(ACTION, fin=date(2027, 1, 4)), replace(ACTION, fin=date(2026, 3, 2))],
)
def test_une_action_juste_passe(faits):
    """Prévue, envoyée, refusée avec sa raison, close aujourd'hui, finissant plus tard, ou d'un seul jour."""
    assert controler_action(faits, aujourd_hui=AUJOURD_HUI) is None


@pytest.mark.parametrize(
    ("faits", "phrase", "code"),
    [
        (replace(ACTION, fin=date(2026, 3, 1)), "L’action ne peut pas finir avant d’avoir commencé.", "action_fin"),
        (replace(CLOSE, fin=None), "Une action close a une date de fin.", "action_fin"),
        (
            replace(CLOSE, fin=date(2026, 11, 18)),
            "L’action finit le 18 novembre 2026\u00a0: son résultat se dira ce jour-là.",
            "action_fin",
        ),
        (
            replace(ACTION, envoyee_le=date(2026, 3, 3)),
            "Une date est écrite\u00a0: dites que l’orientation est envoyée, ou effacez-la.",
            "action_envoi",
        ),
        (replace(ENVOYEE, envoyee_le=None), "Dites quand l’orientation a été envoyée.", "action_envoi_date"),
        (
            replace(ENVOYEE, envoyee_le=date(2026, 11, 18)),
            "L’envoi est dans le futur\u00a0: 18 novembre 2026. Vérifiez le mois et l’année.",
            "action_envoi_date",
        ),
        (
            replace(ENVOYEE, repondue_le=date(2026, 3, 10)),
            "Une date de réponse est écrite\u00a0: dites si le service accepte ou refuse.",
            "action_envoi",
        ),
        (replace(REFUSEE, repondue_le=None), "Dites quand le service a répondu.", "action_reponse_date"),
        (
            replace(REFUSEE, repondue_le=date(2026, 3, 2)),
            "L’orientation est partie le 3 mars 2026\u00a0: la réponse ne peut pas précéder l’envoi.",
            "action_reponse_date",
        ),
        (
            replace(REFUSEE, repondue_le=date(2026, 11, 18)),
            "La réponse est dans le futur\u00a0: 18 novembre 2026. Vérifiez le mois et l’année.",
            "action_reponse_date",
        ),
        (replace(REFUSEE, motif_refus=""), "Dites pourquoi le service refuse.", "action_motif"),
        (
            replace(ACTION, rubrique="sante"),
            "Pour la santé, choisissez l’action dans la liste\u00a0: Étape n’en garde aucun texte.",
            "action_sante",
        ),
        (
            replace(ACTION, debut=date(226, 3, 2)),
            "Le début de l’action tombe en 226. Vérifiez l’année\u00a0: quatre chiffres, par exemple 2026.",
            "action_debut",
        ),
    ],
)
def test_une_action_impossible_dit_pourquoi(faits, phrase, code):
    """La phrase se lit telle quelle."""
    assert controler_action(faits, aujourd_hui=AUJOURD_HUI) == Refus(phrase, code)


def test_une_reponse_demande_un_envoi():
    """Rien n'est parti : personne n'a pu répondre."""
    assert controler_reponse(replace(REFUSEE, envoyee_le=None), aujourd_hui=AUJOURD_HUI) == Refus(
        "Cette orientation n’a pas encore été envoyée.", "action_envoi_date"
    )
    assert controler_reponse(replace(REFUSEE, repondue_le=date(2026, 3, 3)), aujourd_hui=AUJOURD_HUI) is None


def test_la_sante_a_une_liste_et_pas_de_raison_ecrite():
    """Les deux objectifs de France Travail, et « autre action » ; les autres freins s'écrivent."""
    permis = intitules_permis("sante")
    assert permis == (
        "Bénéficier d’un accompagnement pour accéder aux droits et aux soins",
        "Travailler sur les comportements de santé",
        "Autre action",
    )
    assert intitules_permis("mobilite") == ()
    refusee = replace(REFUSEE, rubrique="sante", intitule=permis[0], motif_refus="")
    assert controler_action(refusee, aujourd_hui=AUJOURD_HUI) is None


def test_une_action_porte_sur_un_frein_qui_reste_a_lever():
    """Repéré ou en cours ; sinon la phrase dit quoi faire."""
    assert controler_frein_ouvert(EtatFrein.REPERE) is None
    assert controler_frein_ouvert(EtatFrein.EN_COURS) is None
    assert controler_frein_ouvert(EtatFrein.LEVE) == Refus(
        "Ce frein est «\u00a0levé\u00a0»\u00a0: dites-le repéré, puis ajoutez l’action.", "action_frein"
    )
