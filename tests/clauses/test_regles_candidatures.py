"""Les règles d'une candidature : passages, phrases de chaque côté, silence, identité."""

from datetime import date

import pytest

from clauses.regles.candidatures import (
    LIBELLES_CANDIDATURE,
    LIBELLES_MOTIF,
    PASSAGES,
    SILENCE,
    Cote,
    EtatCandidature,
    FaitsCandidature,
    MotifRefus,
    controler_motif,
    controler_passage,
    controler_rencontre,
    identite_visible,
    nom_montre,
    silence_depuis,
    statut_de,
)
from comptes.formats import date_longue

E, P, F = Cote.ENTREPRISE, Cote.PRESCRIPTEUR, Cote.FACILITATEUR
ENVOYEE, RENCONTRE, RETENUE = EtatCandidature.ENVOYEE, EtatCandidature.RENCONTRE, EtatCandidature.RETENUE
REFUSEE, RETIREE, SANS_SUITE = EtatCandidature.REFUSEE, EtatCandidature.RETIREE, EtatCandidature.SANS_SUITE
JOUR = date(2026, 11, 17)


def faits(etat=ENVOYEE, **champs):
    commun = {"envoyee_le": date(2026, 11, 8), "entreprise": "Bâti-Rhône", "prescripteur": "Mission locale"}
    return FaitsCandidature(etat=etat, **commun | champs)


def test_les_etats_les_cotes_et_les_raisons_sont_ceux_que_la_base_garde():
    """Les changer demanderait une migration ; un libellé se lit tel quel."""
    assert {etat.value: libelle for etat, libelle in LIBELLES_CANDIDATURE.items()} == {
        "envoyee": "Envoyée",
        "rencontre": "Rencontre",
        "retenue": "Retenue",
        "refusee": "Refusée",
        "retiree": "Retirée",
        "sans_suite": "Sans suite",
    }
    assert [cote.value for cote in Cote] == ["entreprise", "prescripteur", "facilitateur"]
    assert {motif.value: libelle for motif, libelle in LIBELLES_MOTIF.items()} == {
        "experience": "Son expérience ne correspond pas au poste",
        "disponibilite": "Ses disponibilités ne vont pas avec les dates",
        "deplacement": "Le lieu ou les horaires ne lui conviennent pas",
        "absente": "La rencontre n’a pas pu avoir lieu",
        "non_comptee": "Ses heures ne compteraient pas sur ce marché",
        "besoin": "Le besoin a changé",
        "autre": "Autre raison",
    }


PERMIS = {
    (ENVOYEE, RENCONTRE): {E, F},
    (ENVOYEE, REFUSEE): {E, F},
    (ENVOYEE, RETIREE): {P},
    (RENCONTRE, RETENUE): {E, F},
    (RENCONTRE, REFUSEE): {E, F},
    (RENCONTRE, RETIREE): {P},
    (RETENUE, REFUSEE): {E, F},
    (RETENUE, RETIREE): {P},
}


def test_sans_suite_ne_se_decide_pas():
    """Seul le dernier poste pris y mène, et rien n'en sort."""
    assert set(PASSAGES) == set(EtatCandidature)
    assert not any(SANS_SUITE in suites for suites in PASSAGES.values())
    assert not any(PASSAGES[etat] for etat in (REFUSEE, RETIREE, SANS_SUITE))


@pytest.mark.parametrize("etat", EtatCandidature)
@pytest.mark.parametrize("vers", EtatCandidature)
@pytest.mark.parametrize("cote", Cote)
def test_chaque_passage_n_est_qu_a_qui_il_revient(etat, vers, cote):
    assert (controler_passage(etat, vers, cote) is None) is (cote in PERMIS.get((etat, vers), set()))


@pytest.mark.parametrize(
    ("etat", "vers", "cote", "code", "phrase"),
    [
        (
            RETENUE,
            RETENUE,
            E,
            "deja_fait",
            "Cette candidature est déjà retenue\u00a0: quelqu’un vient de répondre. Rien n’a changé.",
        ),
        (
            ENVOYEE,
            ENVOYEE,
            E,
            "deja_fait",
            "Cette candidature est déjà envoyée\u00a0: quelqu’un vient de répondre. Rien n’a changé.",
        ),
        (
            RENCONTRE,
            RENCONTRE,
            F,
            "deja_fait",
            "Cette candidature est déjà suivie d’une rencontre\u00a0: quelqu’un vient de répondre. Rien n’a changé.",
        ),
        (
            SANS_SUITE,
            RETENUE,
            E,
            "candidature_finie",
            "Cette candidature est sans suite, les postes étant pourvus\u00a0: elle ne change plus. Rien n’a changé.",
        ),
        (
            RETIREE,
            REFUSEE,
            E,
            "candidature_finie",
            "Cette candidature est retirée par le prescripteur\u00a0: elle ne change plus. Rien n’a changé.",
        ),
        (
            REFUSEE,
            RENCONTRE,
            E,
            "candidature_finie",
            "Cette candidature est refusée\u00a0: elle ne change plus. Rien n’a changé.",
        ),
        (
            ENVOYEE,
            RETENUE,
            E,
            "rencontre_d_abord",
            "Dites d’abord que vous rencontrez la personne\u00a0: son nom s’ouvrira.",
        ),
        (ENVOYEE, REFUSEE, P, "passage_impossible", "Cette réponse n’est pas la vôtre à donner. Rien n’a changé."),
        (RETENUE, RENCONTRE, E, "passage_impossible", "Cette réponse n’est pas la vôtre à donner. Rien n’a changé."),
        (RENCONTRE, SANS_SUITE, E, "passage_impossible", "Cette réponse n’est pas la vôtre à donner. Rien n’a changé."),
    ],
)
def test_un_passage_refuse_dit_pourquoi(etat, vers, cote, code, phrase):
    refus = controler_passage(etat, vers, cote)
    assert (refus.code, refus.phrase) == (code, phrase)


@pytest.mark.parametrize(("vers", "cote"), [(REFUSEE, E), (RETIREE, P)])
def test_une_personne_placee_ne_se_retire_plus(vers, cote):
    """Son contrat tient le poste. Placée avant d'être proposée de nouveau, elle reste une candidate comme une autre."""
    refus = controler_passage(RETENUE, vers, cote, est_placee=True)
    assert refus.phrase == "Son contrat est enregistré\u00a0: la candidature ne change plus. Rien n’a changé."
    assert refus.code == "deja_placee"
    assert controler_passage(ENVOYEE, vers, cote, est_placee=True) is None


def test_un_refus_donne_sa_raison():
    refus = controler_motif(REFUSEE, "")
    assert refus.phrase == "Choisissez la raison du refus\u00a0: la personne a droit à une réponse."
    assert refus.code == "motif_absent"
    assert controler_motif(REFUSEE, "besoin") is None
    assert controler_motif(RETENUE, "") is None
    assert set(LIBELLES_MOTIF) == set(MotifRefus)


@pytest.mark.parametrize(
    ("vers", "rencontre", "possible"),
    [
        (RENCONTRE, None, True),
        (RENCONTRE, date(2026, 11, 7), False),
        (RENCONTRE, date(2026, 11, 8), True),
        (RENCONTRE, date(2027, 11, 17), True),
        (RENCONTRE, date(2027, 11, 18), False),
        (REFUSEE, date(2030, 1, 1), True),
    ],
)
def test_une_rencontre_a_une_date_plausible(vers, rencontre, possible):
    """Du jour de la candidature, compris, à un an d'aujourd'hui."""
    refus = controler_rencontre(vers, rencontre_le=rencontre, envoyee_le=date(2026, 11, 8), aujourd_hui=JOUR)
    assert (refus is None) is possible
    if refus:
        assert refus.code == "rencontre_impossible"
        jour = date_longue(rencontre)
        assert refus.phrase == f"La rencontre est notée le {jour}. Vérifiez le mois et l’année."


@pytest.mark.parametrize("etat", EtatCandidature)
def test_l_entreprise_ne_lit_un_nom_que_de_qui_elle_rencontre_ou_retient(etat):
    assert identite_visible(etat, E) is (etat in {RENCONTRE, RETENUE})
    assert identite_visible(etat, P)
    assert identite_visible(etat, F)


def test_un_nom_ferme_garde_son_initiale():
    assert nom_montre("Yasmine", "kaced", est_visible=False) == "Yasmine K."
    assert nom_montre("Yasmine", "Kaced", est_visible=True) == "Yasmine Kaced"


@pytest.mark.parametrize(
    ("f", "depuis"),
    [
        (faits(envoyee_le=date(2026, 11, 10)), None),  # sept jours : encore dans le délai
        (faits(envoyee_le=date(2026, 11, 9)), date(2026, 11, 9)),  # huit
        (faits(envoyee_le=date(2026, 11, 1), signe_le=date(2026, 11, 12)), None),  # l'entreprise a écrit
        (faits(envoyee_le=date(2026, 11, 1), signe_le=date(2026, 11, 3)), date(2026, 11, 3)),
        (faits(envoyee_le=date(2026, 11, 1), rencontre_le=date(2026, 11, 16)), date(2026, 11, 1)),  # pas encore dite
        (faits(RENCONTRE, signe_le=date(2026, 11, 2), rencontre_le=date(2026, 11, 16)), None),
        (faits(RENCONTRE, envoyee_le=date(2026, 10, 1), rencontre_le=date(2026, 11, 5)), date(2026, 11, 5)),
        (faits(RETENUE, envoyee_le=date(2026, 1, 1)), None),
        (faits(REFUSEE, envoyee_le=date(2026, 1, 1)), None),
        (faits(SANS_SUITE, envoyee_le=date(2026, 1, 1)), None),
    ],
)
def test_le_silence_se_dit_apres_sept_jours(f, depuis):
    assert silence_depuis(f, JOUR) == depuis


def test_le_delai_du_silence_se_regle():
    assert (SILENCE.jours, SILENCE.source) == (7, "Usage")
    trois = faits(envoyee_le=date(2026, 11, 13))
    assert silence_depuis(trois, JOUR, jours=3) == date(2026, 11, 13)
    assert silence_depuis(trois, JOUR, jours=4) is None


@pytest.mark.parametrize(
    ("f", "cote", "mot", "phrase", "a_faire"),
    [
        (
            faits(envoyee_le=date(2026, 11, 16)),
            E,
            "Envoyée",
            "Envoyée le 16 novembre 2026\u00a0: la personne attend votre réponse.",
            "Dites si vous rencontrez la personne.",
        ),
        (
            faits(envoyee_le=date(2026, 11, 16)),
            P,
            "Envoyée",
            "Envoyée le 16 novembre 2026\u00a0: la réponse de Bâti-Rhône est attendue.",
            "",
        ),
        (
            faits(),
            E,
            "Sans réponse",
            "Sans réponse depuis 9\u00a0jours.",
            "Répondez, même par un mot\u00a0: la personne attend.",
        ),
        (
            faits(),
            P,
            "Sans réponse",
            "Sans réponse depuis 9\u00a0jours.",
            "Relancez l’entreprise par un message, ou appelez le facilitateur.",
        ),
        (
            faits(),
            F,
            "Sans réponse",
            "Sans réponse depuis 9\u00a0jours.",
            "Appelez l’entreprise, puis répondez en son nom si elle vous le demande.",
        ),
        (
            faits(RENCONTRE, rencontre_le=date(2026, 11, 7)),
            P,
            "Sans réponse",
            "Rencontre sans suite depuis 9\u00a0jours.",
            "Relancez l’entreprise par un message, ou appelez le facilitateur.",
        ),
        (
            faits(RENCONTRE, signe_le=date(2026, 11, 12)),
            P,
            "Rencontre",
            "Bâti-Rhône rencontre la personne, date à fixer ensemble.",
            "",
        ),
        (
            faits(RENCONTRE, rencontre_le=date(2026, 11, 20)),
            E,
            "Rencontre",
            "Vous rencontrez la personne le 20 novembre 2026.",
            "Après la rencontre, dites si vous retenez la personne.",
        ),
        (
            faits(RENCONTRE, rencontre_le=date(2026, 11, 17)),
            F,
            "Rencontre",
            "Bâti-Rhône rencontre la personne le 17 novembre 2026.",
            "",
        ),
        (
            faits(RENCONTRE, rencontre_le=date(2026, 11, 16)),
            P,
            "Rencontre",
            "Bâti-Rhône rencontre la personne\u00a0: c’était le 16 novembre 2026, la décision est attendue.",
            "",
        ),
        (
            faits(RETENUE, decidee_le=date(2026, 11, 12)),
            E,
            "Retenue",
            "Retenue par vous le 12 novembre 2026, contrat à enregistrer par le facilitateur.",
            "Le facilitateur vérifie que ses heures compteront\u00a0: attendez sa réponse avant de signer.",
        ),
        (
            faits(RETENUE, decidee_le=date(2026, 11, 12)),
            F,
            "Retenue",
            "Retenue par Bâti-Rhône le 12 novembre 2026, contrat à enregistrer par le facilitateur.",
            "Vérifiez son éligibilité, puis enregistrez le contrat.",
        ),
        (
            faits(RETENUE, decidee_le=date(2026, 11, 12)),
            P,
            "Retenue",
            "Retenue par Bâti-Rhône le 12 novembre 2026, contrat à enregistrer par le facilitateur.",
            "",
        ),
        (
            faits(RETENUE, decidee_le=date(2026, 11, 12), est_placee=True),
            F,
            "Placée",
            "Retenue par Bâti-Rhône le 12 novembre 2026, contrat enregistré.",
            "",
        ),
        (
            faits(REFUSEE, decidee_le=date(2026, 11, 12), motif="Le besoin a changé"),
            P,
            "Refusée",
            "Refusée par Bâti-Rhône le 12 novembre 2026\u00a0: le besoin a changé.",
            "",
        ),
        (
            faits(RETIREE, decidee_le=date(2026, 11, 12)),
            P,
            "Retirée",
            "Retirée par vous le 12 novembre 2026.",
            "",
        ),
        (
            faits(RETIREE, decidee_le=date(2026, 11, 12)),
            E,
            "Retirée",
            "Retirée par Mission locale le 12 novembre 2026.",
            "",
        ),
        (
            faits(SANS_SUITE, decidee_le=date(2026, 11, 12)),
            P,
            "Sans suite",
            "Sans suite\u00a0: tous les postes ont été pourvus le 12 novembre 2026.",
            "",
        ),
    ],
)
def test_chaque_cote_lit_ou_en_est_la_candidature(f, cote, mot, phrase, a_faire):
    statut = statut_de(f, cote, JOUR)
    assert (statut.mot, statut.phrase, statut.a_faire) == (mot, phrase, a_faire)
    assert statut.est_en_silence is (mot == "Sans réponse")
    teintes = {"Envoyée": "attente", "Rencontre": "info", "Retenue": "valide", "Placée": "valide"}
    teintes |= {"Refusée": "refus", "Sans réponse": "refus", "Retirée": "neutre", "Sans suite": "neutre"}
    assert statut.teinte == teintes[mot]
    assert statut.symbole == ("triangle" if mot == "Sans réponse" else "")
