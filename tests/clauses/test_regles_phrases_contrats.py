"""Ce que lit qui saisit un contrat de travail : la phrase entière, telle qu'à l'écran."""

from datetime import date
from decimal import Decimal

import pytest

from beneficiaires.periodes import Periode
from clauses.regles import controler_contrat
from clauses.regles.placements import (
    AutreContrat,
    HeuresFaites,
    controler_cumul,
    controler_dates_contrat,
    controler_heures_gardees,
    controler_lien_au_lot,
    controler_rupture,
    controler_type_contrat,
    controler_utilisatrice,
)

AUJOURD_HUI = date(2026, 11, 17)
EMBAUCHE, FIN = date(2026, 3, 2), date(2027, 3, 1)


def de_type(type_contrat, fin=FIN, employeur="entreprise"):
    return controler_type_contrat(type_contrat, date_fin=fin, type_employeur=employeur)


def dates(debut, fin=None, naissance=date(1984, 4, 8)):
    return controler_dates_contrat(debut=debut, fin=fin, naissance=naissance, aujourd_hui=AUJOURD_HUI)


def rupture(jour, fin=FIN):
    return [controler_rupture(jour, debut=EMBAUCHE, fin=fin, aujourd_hui=AUJOURD_HUI)]


def utilisatrice(met_a_disposition, servie, categorie="etti"):
    return controler_utilisatrice(
        employeur="Élan", type_employeur=categorie, met_a_disposition=met_a_disposition, utilisatrice=servie
    )


def face_au_marche(**changements):
    arguments = {
        "periode": Periode(date(2024, 5, 13), date(2025, 5, 12)),
        "fenetre": Periode(date(2024, 5, 13), date(2026, 5, 12)),
        "date_decision": date(2024, 5, 6),
        "debut_marche": date(2024, 3, 4),
        "fin_marche": date(2027, 6, 30),
    }
    return controler_contrat(**(arguments | changements))


@pytest.mark.parametrize(
    ("constats", "phrase"),
    [
        (lambda: de_type("cdd", None), "Un CDD a une fin\u00a0: indiquez son dernier jour."),
        (
            lambda: de_type("cdi"),
            "Un CDI n’a pas de fin prévue\u00a0: laissez ce champ vide. "
            "S’il s’est arrêté, notez sa fin anticipée après l’avoir enregistré.",
        ),
        (
            lambda: de_type("ctti", employeur="ett"),
            "Un CTTI se signe avec une ETTI. Vérifiez le type de contrat ou l’employeur.",
        ),
        (
            lambda: de_type("cdd_tremplin"),
            "Un CDD tremplin se signe avec une EA ou une EATT. Vérifiez le type de contrat ou l’employeur.",
        ),
        (
            lambda: de_type("cddi"),
            "Un CDDI se signe avec un ACI, une AI ou une EI. Vérifiez le type de contrat ou l’employeur.",
        ),
        (
            lambda: dates(date(26, 3, 2)),
            "L’embauche tombe en 26. Vérifiez l’année\u00a0: quatre chiffres, par exemple 2026.",
        ),
        (
            lambda: dates(EMBAUCHE, date(2206, 3, 1)),
            "La fin du contrat tombe en 2206. Vérifiez l’année\u00a0: quatre chiffres, par exemple 2026.",
        ),
        (
            lambda: dates(EMBAUCHE, date(2026, 3, 1)),
            "Le contrat finit le 1er mars 2026, avant l’embauche du 2 mars 2026. Corrigez l’une des deux.",
        ),
        (
            lambda: dates(date(2000, 4, 7)),
            "Le 7 avril 2000, la personne n’a pas 16\u00a0ans. Vérifiez l’année de l’embauche.",
        ),
        (
            lambda: dates(date(2027, 11, 18)),
            "L’embauche est dans plus d’un an, le 18 novembre 2027. Vérifiez l’année.",
        ),
        (
            lambda: dates(EMBAUCHE, date(2030, 3, 2)),
            "Ce contrat dure plus de 48\u00a0mois, jusqu’au 2 mars 2030. Vérifiez l’année.",
        ),
        (
            lambda: controler_cumul(
                Periode(EMBAUCHE, date(2026, 8, 31)),
                Decimal("13.5"),
                [AutreContrat(Periode(date(2026, 6, 1)), Decimal(35), "Le contrat CDI chez Voltéo")],
            ),
            "Le contrat CDI chez Voltéo court aussi du 1er juin au 31 août 2026\u00a0: cela fait 48,5\u00a0h par semaine, "
            "48\u00a0h au plus. Vérifiez les dates, ou notez la fin anticipée de l’autre contrat.",
        ),
        (
            lambda: utilisatrice(True, ""),
            "Élan est une ETTI\u00a0: indiquez l’entreprise utilisatrice, celle où la personne travaille.",
        ),
        (
            lambda: utilisatrice(True, "", "geiq"),
            "Élan est un GEIQ\u00a0: indiquez l’entreprise utilisatrice, celle où la personne travaille.",
        ),
        (
            lambda: utilisatrice(True, "Élan"),
            "L’entreprise utilisatrice est l’employeur\u00a0: choisissez-en une autre.",
        ),
        (
            lambda: utilisatrice(False, "Voltéo"),
            "Élan emploie d’ordinaire ses salariés pour elle-même. Videz l’entreprise utilisatrice, "
            "sauf si la personne est prêtée à Voltéo.",
        ),
        (
            lambda: [
                controler_lien_au_lot(
                    employeur="Voltéo",
                    utilisatrice="",
                    met_a_disposition=False,
                    entreprises_du_lot={"Bâti-Rhône": "Titulaire"},
                    lot="lot 1",
                )
            ],
            "Voltéo n’est ni titulaire ni sous-traitante de lot 1 (Bâti-Rhône). Inscrivez-la sur ce lot, "
            "ou vérifiez l’employeur\u00a0: sans ce lien, l’acheteur peut contester ces heures.",
        ),
        (
            lambda: rupture(date(206, 3, 1)),
            "La fin anticipée tombe en 206. Vérifiez l’année\u00a0: quatre chiffres, par exemple 2026.",
        ),
        (lambda: rupture(date(2026, 3, 1)), "La fin anticipée ne peut pas précéder l’embauche du 2 mars 2026."),
        (
            lambda: rupture(FIN),
            "Le contrat finit déjà le 1er mars 2027\u00a0: une fin anticipée est plus tôt. "
            "Pour le prolonger, modifiez sa fin prévue.",
        ),
        (lambda: rupture(date(2027, 11, 18), None), "La fin anticipée est dans plus d’un an. Vérifiez l’année."),
        (
            lambda: face_au_marche(type_employeur="geiq"),
            "GEIQ\u00a0: indiquez l’entreprise utilisatrice, celle où la personne travaille.",
        ),
        (
            lambda: face_au_marche(date_decision=None),
            "Aucune éligibilité n’est validée\u00a0: les heures de ce contrat ne comptent pas encore.",
        ),
        (
            lambda: face_au_marche(date_decision=date(2024, 5, 14)),
            "Le contrat commence le 13 mai 2024, avant la validation de l’éligibilité (14 mai 2024). "
            "Les heures faites avant ne comptent que si le marché l’admet.",
        ),
        (
            lambda: face_au_marche(date_decision=date(2024, 5, 14), validation_prealable=True),
            "Le contrat commence le 13 mai 2024, avant la validation de l’éligibilité (14 mai 2024). "
            "Les heures faites avant ne comptent pas.",
        ),
        (
            lambda: face_au_marche(date_decision=date(2024, 5, 14), validation_prealable=False),
            "Le contrat commence le 13 mai 2024, avant la validation de l’éligibilité (14 mai 2024). "
            "Ce marché admet les heures faites avant.",
        ),
        (
            lambda: face_au_marche(debut_marche=date(2024, 6, 3)),
            "Le contrat commence le 13 mai 2024, avant le marché (3 juin 2024). "
            "Vérifiez ce que le marché dit d’une embauche antérieure.",
        ),
        (
            lambda: face_au_marche(periode=Periode(date(2026, 5, 13), date(2026, 8, 31))),
            "Le contrat commence le 13 mai 2026, après la fin de l’éligibilité (12 mai 2026 inclus)\u00a0: "
            "aucune de ses heures ne compte.",
        ),
        (
            lambda: face_au_marche(periode=Periode(date(2024, 5, 13)), fin_marche=None),
            "Le contrat n’a pas de fin, l’éligibilité s’arrête le 12 mai 2026 inclus\u00a0: "
            "ses heures ne comptent plus à partir du 13 mai 2026.",
        ),
        (
            lambda: face_au_marche(fin_marche=date(2025, 5, 11)),
            "Le contrat finit le 12 mai 2025, le marché finit le 11 mai 2025.",
        ),
    ],
)
def test_la_phrase_entiere(constats, phrase):
    """Un seul constat, qui nomme les dates, les heures ou les entreprises en cause et ce qu'il faut faire.

    Il se calcule ici, et non à la collecte : une erreur de la règle fait échouer son cas, et les mutations la voient.
    """
    assert [str(constat) for constat in constats()] == [phrase]


def test_une_entreprise_qui_sert_sans_mise_a_disposition_ne_lie_pas_au_lot():
    """Voltéo n'est pas sur le lot ; l'entreprise qu'elle dit servir y est, mais rien ne l'y met à disposition."""
    liens = {"employeur": "Voltéo", "met_a_disposition": False, "lot": "lot 1"}
    refus = controler_lien_au_lot(utilisatrice="Bâti-Rhône", entreprises_du_lot={"Bâti-Rhône": "Titulaire"}, **liens)
    assert refus.code == "employeur_hors_lot"
    sans = controler_lien_au_lot(utilisatrice="", entreprises_du_lot={}, **liens)
    assert "de lot 1 (aucune entreprise)." in str(sans)


def test_les_heures_d_un_meme_mois_s_additionnent():
    """Deux relevés d'avril font 150 h ; la phrase dit chaque mois une fois, dans l'ordre."""
    avril = Periode(date(2026, 4, 1), date(2026, 4, 30))
    mai = Periode(date(2026, 5, 1), date(2026, 5, 31))
    refus = controler_heures_gardees(
        [
            HeuresFaites(mai, Decimal(60)),
            HeuresFaites(avril, Decimal(140)),
            HeuresFaites(avril, Decimal(10), "formation"),
        ],
        contrat=Periode(EMBAUCHE, date(2026, 3, 31)),
        fenetre=Periode(EMBAUCHE, date(2028, 3, 1)),
        aujourd_hui=AUJOURD_HUI,
    )
    assert str(refus) == (
        "Des heures déjà déclarées sortiraient de ces dates\u00a0: 150\u00a0h en avril 2026 et 60\u00a0h en mai 2026. "
        "Corrigez-les d’abord dans la grille des heures, ou gardez ces jours."
    )


def test_une_fin_anticipee_a_un_an_tout_juste():
    """Trois cent soixante-cinq jours d'avance passent, un de plus est refusé."""
    assert rupture(date(2027, 11, 17), None) == [None]
    assert rupture(date(2027, 11, 18), None)[0].code == "rupture_lointaine"
