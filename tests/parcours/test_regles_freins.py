"""La vie d'un frein : états, dates, durée, blocage ; les codes de France Travail et les thématiques. Valeurs calculées à la main."""

from datetime import date
from itertools import pairwise

import pytest

from beneficiaires.referentiels import FREINS
from comptes.regles import Refus
from parcours.offre.referentiel import CATEGORIES, THEMATIQUES
from parcours.regles.freins import (
    LIBELLES_ETAT_FREIN,
    TRANSITIONS,
    EtatFrein,
    FaitsFrein,
    changer_etat,
    corriger_jour,
    dernier_signe,
    est_bloque,
    jours_de_levee,
    limite_de_blocage,
)
from parcours.regles.referentiel_freins import (
    CONTRAINTES,
    THEMATIQUES_PAR_OBJECTIF,
    contrainte_de,
    controler_codes,
    objectifs_de,
    situations_de,
    thematiques_de,
)

N, R, C, L, S = (
    EtatFrein.NON_ABORDE,
    EtatFrein.REPERE,
    EtatFrein.EN_COURS,
    EtatFrein.LEVE,
    EtatFrein.SANS_OBJET,
)
DEBUT, JOUR, PLUS_TARD = date(2026, 2, 2), date(2026, 3, 2), date(2026, 6, 15)
BORNES = {"debut_parcours": DEBUT, "aujourd_hui": date(2026, 11, 17)}


def changer(faits: FaitsFrein, vers: EtatFrein, jour: date = PLUS_TARD) -> FaitsFrein | Refus:
    return changer_etat(faits, vers, jour=jour, **BORNES)


FUTUR = Refus("Le 18 novembre 2026 est à venir\u00a0: un état se constate.", "frein_futur")
AVANT_PARCOURS = Refus("Le parcours a commencé le 2 février 2026\u00a0: datez après.", "frein_avant_parcours")


# --- transitions ------------------------------------------------------------------------------------------------------

PERMISES = {(N, R), (N, C), (N, S), (R, C), (R, L), (R, S), (C, L), (C, R), (C, S), (L, C), (L, R), (S, R), (S, C)}


@pytest.mark.parametrize("depuis", EtatFrein)
@pytest.mark.parametrize("vers", EtatFrein)
def test_les_seules_transitions_permises(depuis, vers):
    """Treize passages, et eux seuls."""
    faits = FaitsFrein(depuis, None if depuis == N else JOUR, JOUR, JOUR if depuis == L else None)
    assert isinstance(changer(faits, vers), FaitsFrein) is ((depuis, vers) in PERMISES)
    assert (vers in TRANSITIONS[depuis]) is ((depuis, vers) in PERMISES)


@pytest.mark.parametrize(
    ("faits", "vers", "phrase", "code"),
    [
        (FaitsFrein(R, JOUR, JOUR), R, "Ce frein est déjà «\u00a0repéré\u00a0».", "frein_meme_etat"),
        (
            FaitsFrein(R, JOUR, JOUR),
            N,
            "Un frein abordé ne redevient pas «\u00a0non abordé\u00a0»\u00a0: dites-le sans objet.",
            "frein_aborde",
        ),
        (
            FaitsFrein(),
            L,
            "Un frein se lève après avoir été repéré\u00a0: dites d’abord depuis quand il l’est.",
            "frein_non_repere",
        ),
        (
            FaitsFrein(S, JOUR),
            L,
            "Un frein se lève après avoir été repéré\u00a0: dites d’abord depuis quand il l’est.",
            "frein_non_repere",
        ),
        (FaitsFrein(L, JOUR, JOUR, JOUR), S, "Un frein levé se rouvre avant de devenir sans objet.", "frein_leve"),
    ],
)
def test_un_passage_refuse_dit_pourquoi(faits, vers, phrase, code):
    """La phrase se lit telle quelle."""
    assert changer(faits, vers) == Refus(phrase, code)


def test_la_vie_entiere_d_un_frein():
    """Repéré le 2 mars, en cours le 15 juin, levé le 1er septembre : 183 jours ; rouvert, sa durée court toujours depuis le 2 mars."""
    repere = changer(FaitsFrein(), R, JOUR)
    assert repere == FaitsFrein(R, JOUR, JOUR)
    en_cours = changer(repere, C, PLUS_TARD)
    assert en_cours == FaitsFrein(C, PLUS_TARD, JOUR)
    leve = changer(en_cours, L, date(2026, 9, 1))
    assert leve == FaitsFrein(L, date(2026, 9, 1), JOUR, date(2026, 9, 1))
    assert jours_de_levee(leve.repere_le, leve.leve_le) == 183  # 29 + 30 + 31 + 30 + 31 + 31 + 1
    rouvert = changer(leve, C, date(2026, 10, 1))
    assert rouvert == FaitsFrein(C, date(2026, 10, 1), JOUR)
    assert jours_de_levee(rouvert.repere_le, rouvert.leve_le) is None


def test_sans_objet_puis_repere_repart_de_ce_jour():
    """Ce qui n'était pas un frein n'a pas de durée."""
    sans_objet = changer(FaitsFrein(R, JOUR, JOUR), S)
    assert sans_objet == FaitsFrein(S, PLUS_TARD)
    assert changer(sans_objet, R, date(2026, 7, 1)) == FaitsFrein(R, date(2026, 7, 1), date(2026, 7, 1))


def test_en_cours_d_emblee_est_aussi_repere():
    """Un frein pris en charge le jour où il se dit compte depuis ce jour."""
    assert changer(FaitsFrein(), C, JOUR) == FaitsFrein(C, JOUR, JOUR)


@pytest.mark.parametrize(
    ("jour", "refus"),
    [
        (date(2026, 11, 18), FUTUR),
        (date(2026, 2, 1), AVANT_PARCOURS),
        (
            date(2026, 3, 1),
            Refus(
                "Ce frein est «\u00a0repéré\u00a0» depuis le 2 mars 2026\u00a0: la suite ne peut pas être datée d’avant.",
                "frein_desordre",
            ),
        ),
    ],
)
def test_une_date_impossible_dit_pourquoi(jour, refus):
    """À venir, avant le parcours, avant l'état d'avant."""
    assert changer(FaitsFrein(R, JOUR, JOUR), C, jour) == refus


@pytest.mark.parametrize("jour", [JOUR, date(2026, 11, 17)])
def test_les_bornes_de_dates_sont_comprises(jour):
    """Le jour même de l'état d'avant, et aujourd'hui, se disent."""
    assert changer(FaitsFrein(R, JOUR, JOUR), L, jour).leve_le == jour


def test_le_premier_jour_du_parcours_se_dit():
    """Un frein se repère dès l'entrée."""
    assert changer(FaitsFrein(), R, DEBUT) == FaitsFrein(R, DEBUT, DEBUT)


# --- corriger une date ------------------------------------------------------------------------------------------------


def test_redater_un_frein_repere_redate_son_reperage():
    """Les deux jours sont le même tant que rien n'a suivi."""
    assert corriger_jour(FaitsFrein(R, JOUR, JOUR), date(2026, 2, 10), **BORNES) == FaitsFrein(
        R, date(2026, 2, 10), date(2026, 2, 10)
    )


def test_redater_une_levee():
    """Le jour de levée suit ; pas avant le repérage."""
    leve = FaitsFrein(L, PLUS_TARD, JOUR, PLUS_TARD)
    assert corriger_jour(leve, JOUR, **BORNES) == FaitsFrein(L, JOUR, JOUR, JOUR)
    assert corriger_jour(leve, date(2026, 3, 1), **BORNES) == Refus(
        "Ce frein a été repéré le 2 mars 2026\u00a0: la suite ne peut pas être datée d’avant.", "frein_desordre"
    )


def test_redater_un_frein_en_cours_garde_son_reperage():
    """Repéré le 2 mars, en cours depuis juin : juin seul bouge."""
    assert corriger_jour(FaitsFrein(C, PLUS_TARD, JOUR), date(2026, 5, 4), **BORNES) == FaitsFrein(
        C, date(2026, 5, 4), JOUR
    )


def test_redater_hors_du_parcours_ou_a_venir_se_refuse():
    """Les mêmes bornes que pour changer d'état : le premier jour du parcours et aujourd'hui se disent."""
    sans_objet = FaitsFrein(S, JOUR)
    assert corriger_jour(sans_objet, date(2026, 11, 18), **BORNES) == FUTUR
    assert corriger_jour(sans_objet, date(2026, 11, 17), **BORNES) == FaitsFrein(S, date(2026, 11, 17))
    assert corriger_jour(sans_objet, date(2026, 2, 1), **BORNES) == AVANT_PARCOURS
    assert corriger_jour(sans_objet, DEBUT, **BORNES) == FaitsFrein(S, DEBUT)


# --- durée, blocage ---------------------------------------------------------------------------------------------------


def test_leve_le_jour_meme_fait_zero_jour():
    """Zéro n'est pas « pas encore »."""
    assert jours_de_levee(JOUR, JOUR) == 0
    assert jours_de_levee(JOUR, None) is None
    assert jours_de_levee(None, None) is None


def test_le_dernier_signe_ne_regarde_pas_l_avenir():
    """Une action prévue n'a encore rien changé."""
    jour = date(2026, 6, 1)
    assert dernier_signe(JOUR, [date(2026, 5, 4), date(2026, 7, 1)], jour) == date(2026, 5, 4)
    assert dernier_signe(JOUR, [], jour) == JOUR
    assert dernier_signe(JOUR, [jour], jour) == jour


@pytest.mark.parametrize(
    ("etat", "actions", "jour", "fin_prevue", "bloque"),
    [
        (R, [], date(2026, 5, 31), None, False),  # 90 jours tout juste depuis le 2 mars
        (R, [], date(2026, 6, 1), None, True),  # 91 jours
        (C, [], date(2026, 6, 1), None, True),
        (L, [], date(2026, 6, 1), None, False),
        (S, [], date(2026, 6, 1), None, False),
        (N, [], date(2026, 6, 1), None, False),
        (C, [date(2026, 3, 20)], date(2026, 6, 1), None, False),  # 73 jours depuis l'action
        (C, [date(2026, 7, 1)], date(2026, 6, 1), None, True),  # une action à venir ne débloque pas
        (C, [date(2026, 3, 3)], date(2026, 12, 1), date(2026, 12, 1), False),  # son dernier jour est encore à passer
        (C, [date(2026, 3, 3)], date(2026, 12, 1), date(2026, 11, 30), True),
    ],
)
def test_bloque_apres_quatre_vingt_dix_jours_sans_rien(etat, actions, jour, fin_prevue, bloque):
    """Plus de 90 jours sans changement ni action, et aucune action qui court encore."""
    assert est_bloque(etat, JOUR, actions, jour=jour, fin_prevue=fin_prevue) is bloque


def test_le_seuil_de_blocage_se_regle():
    """À 30 jours, le 2 avril est encore bon : 31 jours."""
    assert est_bloque(R, JOUR, [], jour=date(2026, 4, 1), seuil_jours=30) is False
    assert est_bloque(R, JOUR, [], jour=date(2026, 4, 2), seuil_jours=30) is True


# --- référentiel ------------------------------------------------------------------------------------------------------


def test_sept_contraintes_aux_codes_distincts():
    """23 à 29 ; une situation ou un objectif n'est que d'une contrainte : 36 situations, 32 objectifs."""
    assert list(CONTRAINTES) == [23, 24, 25, 26, 27, 28, 29]
    situations = [code for c in CONTRAINTES.values() for code in c.situations]
    objectifs = [code for c in CONTRAINTES.values() for code in c.objectifs]
    assert sorted(situations) == list(range(6, 42)) and len(situations) == 36
    assert sorted(objectifs) == list(range(1, 33))
    assert sorted(THEMATIQUES_PAR_OBJECTIF) == sorted(objectifs)


def test_chaque_rubrique_mene_a_sa_contrainte():
    """Sept rubriques sur neuf : le numérique et « autre » n'en ont pas."""
    codes = {rubrique: c and c.code for rubrique in FREINS for c in [contrainte_de(rubrique)]}
    assert codes == {
        "numerique": None,
        "sante": 25,
        "mobilite": 23,
        "precarite_financiere": 28,
        "contraintes_familiales": 24,
        "savoirs_de_base": 26,
        "administratif_juridique": 29,
        "logement": 27,
        "autre": None,
    }
    assert situations_de("numerique") == {} == objectifs_de("autre")
    assert situations_de("mobilite")[40] == "État de santé incompatible avec la conduite"
    assert objectifs_de("mobilite")[28] == "Obtenir le permis de conduire (code, conduite)"


def test_un_objectif_mene_a_son_service():
    """Le permis cherche « préparer un permis », dans l'ordre des codes ; sans objectif, toute la mobilité."""
    assert thematiques_de("mobilite", [28, 26]) == ("mobilite--acceder-a-un-vehicule", "mobilite--preparer-un-permis")
    assert thematiques_de("mobilite", [25, 30]) == ("mobilite--etre-accompagne-dans-son-parcours-mobilite",)
    assert thematiques_de("mobilite") == ("mobilite",)
    assert thematiques_de("mobilite", [20]) == ("mobilite",)  # un objectif de logement
    assert thematiques_de("autre") == ()


def test_un_objectif_reste_dans_la_categorie_de_son_frein():
    """Chaque thématique précise est d'une catégorie de sa rubrique ; « rompre l'isolement » est de la remobilisation."""
    for rubrique, frein in FREINS.items():
        for code in objectifs_de(rubrique):
            categorie = THEMATIQUES_PAR_OBJECTIF[code].split("--")[0]
            assert categorie in frein.thematiques or (code, categorie) == (6, "remobilisation")


def test_chaque_thematique_est_du_referentiel():
    """Les listes de data·inclusion que l'import et la recherche de services tiennent à jour."""
    catalogue = set(THEMATIQUES) | set(CATEGORIES)
    assert set(THEMATIQUES_PAR_OBJECTIF.values()) <= catalogue
    assert {thematique for frein in FREINS.values() for thematique in frein.thematiques} <= catalogue


def test_un_code_d_un_autre_frein_se_refuse():
    """Une situation de logement cochée en mobilité."""
    phrase = "Une case cochée n’appartient pas au frein «\u00a0Mobilité\u00a0». Rechargez la page et recommencez."
    assert controler_codes("mobilite", [7], [28]) is None
    assert controler_codes("mobilite", [24], []) == Refus(phrase, "code_etranger")
    assert controler_codes("mobilite", [], [20]) == Refus(phrase, "code_etranger")
    assert controler_codes("numerique", [], []) is None


def test_les_libelles_d_etat_sont_ceux_de_l_ecran():
    """Cinq états, cinq mots."""
    assert list(LIBELLES_ETAT_FREIN.values()) == ["Non abordé", "Repéré", "En cours de levée", "Levé", "Sans objet"]
    assert all(a != b for a, b in pairwise(sorted(LIBELLES_ETAT_FREIN.values())))


def test_la_limite_de_blocage_est_le_seuil_avant_le_jour():
    """90 jours avant le 30 novembre 2026 : le 1er septembre ; un signe de ce jour-là ne bloque pas encore."""
    assert limite_de_blocage(date(2026, 11, 30), 90) == date(2026, 9, 1)
