"""Les sorties : la raison que lit la personne qui suit le parcours, et le jour où la réponse est acquise."""

from datetime import date
from fractions import Fraction

import pytest

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
)

N, C = NatureSortie, ClasseSortie
EMBAUCHE = date(2026, 1, 5)
TARD = date(2026, 12, 31)
SIX_MOIS = date(2026, 7, 4)


def missions(debut, fin) -> tuple[Mission, ...]:
    return (Mission(Periode(debut, fin), "Bâti-Rhône"),)


@pytest.mark.parametrize(
    ("nature", "faits", "classe", "raison", "acquise_le"),
    [
        (N.CDI, {"debut": EMBAUCHE}, C.DURABLE, "CDI depuis le 5 janvier 2026.", EMBAUCHE),
        # Sans quotité demandée, un temps partiel imposé ne change rien.
        (
            N.CDI,
            {"debut": EMBAUCHE, "quotite": Fraction(1, 2), "est_temps_choisi": False},
            C.DURABLE,
            "CDI depuis le 5 janvier 2026.",
            EMBAUCHE,
        ),
        (N.CREATION, {"debut": EMBAUCHE}, C.DURABLE, "Création d’entreprise depuis le 5 janvier 2026.", EMBAUCHE),
        (
            N.CDD,
            {"debut": EMBAUCHE, "fin_prevue": date(2026, 7, 5)},
            C.DURABLE,
            "CDD, prévu 6 mois et un jour au moins depuis le 5 janvier 2026.",
            EMBAUCHE,
        ),
        (
            N.ALTERNANCE,
            {"debut": EMBAUCHE, "fin_prevue": SIX_MOIS},
            C.TRANSITION,
            "Contrat en alternance jusqu’au 4 juillet 2026\u00a0: moins de 6 mois et un jour depuis l’embauche.",
            None,
        ),
        (N.CONTRAT_AIDE, {"debut": EMBAUCHE, "fin_prevue": TARD}, C.TRANSITION, "Contrat aidé.", None),
        (
            N.INTERIM,
            {"missions": missions(EMBAUCHE, SIX_MOIS)},
            C.TRANSITION,
            "Missions d’intérim sans interruption jusqu’au 4 juillet 2026\u00a0: "
            "moins de 6 mois et un jour depuis l’embauche.",
            None,
        ),
        (
            N.SAISONNIER,
            {"missions": missions(date(2026, 1, 1), date(2026, 8, 31))},
            C.DURABLE,
            "8 mois travaillés sur les douze qui finissent le 31 décembre 2026, pour 8 demandés.",
            TARD,
        ),
        # Sept mois et trente jours d'août : 7,97 mois, qui ne s'écrivent pas « 8 ».
        (
            N.SAISONNIER,
            {"missions": missions(date(2026, 1, 1), date(2026, 8, 30))},
            C.TRANSITION,
            "7,9 mois travaillés sur les douze qui finissent le 31 décembre 2026, il en faut 8.",
            None,
        ),
        (
            N.SAISONNIER,
            {"missions": missions(date(2025, 6, 1), date(2025, 12, 31))},
            C.TRANSITION,
            "0 mois travaillés sur les douze qui finissent le 31 décembre 2026, il en faut 8.",
            None,
        ),
        (
            N.FORMATION_QUALIFIANTE,
            {"debut": EMBAUCHE},
            C.POSITIVE,
            "Formation qualifiante depuis le 5 janvier 2026.",
            EMBAUCHE,
        ),
        (N.AUTRE_FORMATION, {}, C.POSITIVE, "Formation qui ne mène pas à une qualification.", None),
        (
            N.AUTRE_SIAE,
            {"debut": EMBAUCHE},
            C.POSITIVE,
            "Suite de parcours dans une autre structure de l’IAE.",
            None,
        ),
        (N.RETRAITE, {}, C.POSITIVE, "Départ en retraite.", None),
        (N.DEMENAGEMENT, {}, C.AUTRE, "Déménagement\u00a0: sortie administrative.", None),
        (N.SANTE, {}, C.AUTRE, "Sortie pour santé.", None),
        (N.ABANDON, {}, C.AUTRE, "Abandon du parcours.", None),
        (N.FIN_DU_PARCOURS, {}, C.AUTRE, "Parcours arrivé à son terme sans emploi ni formation.", None),
        (N.DECES, {}, C.AUTRE, "Décès.", None),
    ],
)
def test_la_lecture_generale_dit_sa_raison(nature, faits, classe, raison, acquise_le):
    """La raison nomme le contrat et ses dates ; signé, il est acquis dès l'embauche."""
    sortie = classer_sortie(FaitsSortie(nature, **faits), jour=TARD, regle=REGLE_SORTIE)
    assert (sortie.classe, sortie.raisons, sortie.acquise_le) == (classe, (raison,), acquise_le)


@pytest.mark.parametrize(
    ("nature", "faits", "classe", "raison", "acquise_le"),
    [
        (N.CDI, {}, C.DURABLE, "CDI, tenu 6 mois au moins depuis le 5 janvier 2026.", SIX_MOIS),
        (
            N.CONTRAT_AIDE,
            {"fin_prevue": TARD},
            C.DURABLE,
            "Contrat aidé, tenu 6 mois au moins depuis le 5 janvier 2026.",
            SIX_MOIS,
        ),
        # À temps plein, la question du temps choisi ne se pose pas.
        (
            N.CDI,
            {"est_temps_choisi": False},
            C.DURABLE,
            "CDI, tenu 6 mois au moins depuis le 5 janvier 2026.",
            SIX_MOIS,
        ),
        (
            N.CDI,
            {"quotite": Fraction(4, 5), "est_temps_choisi": False},
            C.TRANSITION,
            "Temps partiel que la personne n’a pas choisi.",
            None,
        ),
        (N.CDI, {"quotite": Fraction(17, 35)}, C.TRANSITION, "Temps partiel inférieur à un mi-temps.", None),
        (N.CDI, {"est_atteste": False}, C.TRANSITION, "Emploi sans attestation.", None),
        (
            N.SAISONNIER,
            {"missions": missions(date(2026, 1, 1), TARD), "est_atteste": False},
            C.TRANSITION,
            "Emploi sans attestation.",
            None,
        ),
        (
            N.AUTRE_SIAE,
            {},
            C.AUTRE,
            "Une autre structure de l’IAE n’est pas une sortie positive de PLIE.",
            None,
        ),
        (N.RETRAITE, {}, C.AUTRE, "Départ en retraite\u00a0: sortie administrative.", None),
        (N.AUTRE_FORMATION, {}, C.AUTRE, "Formation qui ne mène pas à une qualification.", None),
        (N.FORMATION_QUALIFIANTE, {}, C.A_COMPLETER, "À compléter\u00a0: date de fin de la formation.", None),
        (N.ASSOCIATION_INTERMEDIAIRE, {}, C.A_COMPLETER, "À compléter\u00a0: âge de la personne.", None),
    ],
)
def test_la_lecture_plie_dit_sa_raison(nature, faits, classe, raison, acquise_le):
    """L'emploi tenu est acquis le dernier des six mois ; chaque condition qui manque se nomme."""
    sortie = classer_sortie(FaitsSortie(nature, EMBAUCHE, **faits), jour=TARD, regle=REGLE_SORTIE_PLIE)
    assert (sortie.classe, sortie.raisons, sortie.acquise_le) == (classe, (raison,), acquise_le)


@pytest.mark.parametrize(
    ("minimum", "dite"), [(Fraction(1, 3), "un tiers de temps"), (Fraction(4, 5), "80\u00a0% d’un temps plein")]
)
def test_la_quotite_minimale_se_dit(minimum, dite):
    """Le minimum est un réglage : un quart de temps est au-dessous d'un tiers comme de 80 %."""
    faits = FaitsSortie(N.CDI, EMBAUCHE, quotite=Fraction(1, 4))
    regle = RegleSortie(quotite_minimale=minimum)
    assert classer_sortie(faits, jour=TARD, regle=regle).raisons == (f"Temps partiel inférieur à {dite}.",)


NEUF_MOIS, NEUF_MOIS_ET_UN_JOUR = date(2026, 10, 4), date(2026, 10, 5)


@pytest.mark.parametrize(
    ("faits", "jour", "classe", "raison", "acquise_le"),
    [
        (
            {"certification_le": date(2026, 10, 10)},
            date(2026, 10, 10),
            C.POSITIVE,
            "Certification le 10 octobre 2026.",
            date(2026, 10, 10),
        ),
        (
            {"fin_prevue": NEUF_MOIS, "fin_reelle": date(2026, 9, 1)},
            TARD,
            C.AUTRE,
            "Formation quittée le 1er septembre 2026, sans certification.",
            None,
        ),
        # Suivie jusqu'au jour prévu, elle n'a pas été quittée : la certification peut encore venir.
        (
            {"fin_prevue": NEUF_MOIS, "fin_reelle": NEUF_MOIS},
            TARD,
            C.A_CONFIRMER,
            "Formation de 9 mois ou moins\u00a0: elle se valide à la certification.",
            None,
        ),
        (
            {"fin_prevue": NEUF_MOIS_ET_UN_JOUR, "fin_reelle": date(2026, 7, 3)},
            TARD,
            C.AUTRE,
            "Formation quittée le 3 juillet 2026, avant 6 mois de présence.",
            None,
        ),
        (
            {"fin_prevue": NEUF_MOIS_ET_UN_JOUR},
            date(2026, 7, 3),
            C.A_CONFIRMER,
            "Formation de plus de 9 mois\u00a0: 6 mois de présence seront atteints le 4 juillet 2026.",
            SIX_MOIS,
        ),
        (
            {"fin_prevue": NEUF_MOIS_ET_UN_JOUR},
            SIX_MOIS,
            C.POSITIVE,
            "Formation de plus de 9 mois, validée après 6 mois de présence.",
            SIX_MOIS,
        ),
    ],
)
def test_la_formation_d_un_plie_dit_sa_raison(faits, jour, classe, raison, acquise_le):
    """Certifiée, quittée, en cours ou validée : la phrase donne le jour qui décide."""
    formation = FaitsSortie(N.FORMATION_QUALIFIANTE, EMBAUCHE, **faits)
    sortie = classer_sortie(formation, jour=jour, regle=REGLE_SORTIE_PLIE)
    assert (sortie.classe, sortie.raisons, sortie.acquise_le) == (classe, (raison,), acquise_le)


@pytest.mark.parametrize(
    ("age", "quotite", "jour", "raison", "acquise_le"),
    [
        (
            56,
            Fraction(1, 3),
            date(2028, 1, 5),
            "Association intermédiaire\u00a0: 56\u00a0ans, plus de deux ans, un tiers de temps au moins.",
            date(2028, 1, 5),
        ),
        (
            55,
            Fraction(1, 4),
            date(2028, 1, 4),
            "Association intermédiaire\u00a0: il faudrait plus de 55\u00a0ans, plus de deux ans d’ancienneté, "
            "un tiers de temps au moins.",
            None,
        ),
    ],
)
def test_l_association_intermediaire_dit_ce_qui_manque(age, quotite, jour, raison, acquise_le):
    """Les trois conditions se nomment ensemble ; remplies, la sortie est acquise au lendemain des deux ans."""
    faits = FaitsSortie(N.ASSOCIATION_INTERMEDIAIRE, EMBAUCHE, age=age, quotite=quotite)
    sortie = classer_sortie(faits, jour=jour, regle=REGLE_SORTIE_PLIE)
    assert (sortie.raisons, sortie.acquise_le) == ((raison,), acquise_le)
