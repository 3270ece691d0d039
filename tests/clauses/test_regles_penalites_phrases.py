"""Les pénalités : la phrase entière de la proposition, de la règle et de chaque refus, et ce que la base garde."""

from decimal import Decimal as D

import pytest

from clauses.regles.contradiction import Contradiction
from clauses.regles.penalites import FaitsPenalite, ParametresPenalites, ecrire_regle_penalites, proposer_penalite

SOIXANTE = {"euros_par_heure": D(60)}
UN_SEUL_PRIX = "Une heure non faite a un seul prix : un montant en euros, ou un multiple du SMIC."
SANS_PENALITE = "Un plafond sans pénalité ne sert à rien. Indiquez la pénalité qu’il limite."
NEGATIF = "Un montant, un taux ou un plafond de pénalité n’est pas négatif."
PLUS_DE_CENT = "Une part du montant du marché ne dépasse pas 100 %."


def proposer(parametres, *, dues=833, validees=612, **options):
    """833 h dues, 612 validées : il en manque 221."""
    return proposer_penalite(
        parametres=ParametresPenalites(**parametres), heures_dues=D(dues), heures_validees=D(validees), **options
    )


def dite(texte) -> str:
    return str(texte).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("parametres", "options", "montant", "phrase"),
    [
        (
            SOIXANTE,
            {},
            13_260,
            "Pénalité proposée : 13 260 € (221 h non faites × 60 €). Seul l’acheteur décide.",
        ),
        # Un plafond qui n'est pas atteint ne change rien.
        (
            SOIXANTE | {"plafond_euros": D(20_000)},
            {},
            13_260,
            "Pénalité proposée : 13 260 € (221 h non faites × 60 €). Seul l’acheteur décide.",
        ),
        (
            SOIXANTE | {"plafond_euros": D(13_260)},
            {},
            13_260,
            "Pénalité proposée : 13 260 € (221 h non faites × 60 €). Seul l’acheteur décide.",
        ),
        (
            SOIXANTE | {"plafond_euros": D(5_000)},
            {},
            5_000,
            "Pénalité proposée : 5 000 € (221 h non faites × 60 €, plafonnée par le marché). Seul l’acheteur décide.",
        ),
        # 10 % de 100 000 € : 10 000 €, moins que les 13 260 €.
        (
            SOIXANTE | {"plafond_pourcent": D(10)},
            {"montant_marche_euros": D(100_000)},
            10_000,
            "Pénalité proposée : 10 000 € (221 h non faites × 60 €, plafonnée par le marché). Seul l’acheteur décide.",
        ),
        # Le plafond en part du montant ne se calcule pas sans lui : la pénalité se dit, avec ce qui manque.
        (
            SOIXANTE | {"plafond_pourcent": D(10)},
            {},
            13_260,
            "Pénalité proposée : 13 260 € (221 h non faites × 60 €). À compléter : montant HT du marché. "
            "Seul l’acheteur décide.",
        ),
        # Le montant qui manque à la pénalité et à son plafond ne se demande qu'une fois.
        (
            SOIXANTE | {"pourcent_montant": D(1), "plafond_pourcent": D(10)},
            {},
            13_260,
            "Pénalité proposée : 13 260 € (221 h non faites × 60 €). À compléter : montant HT du marché. "
            "Seul l’acheteur décide.",
        ),
        (
            {"smic_coefficient": D(2), "pourcent_montant": D(1)},
            {"annee": 2050},
            0,
            "À compléter : SMIC horaire brut de 2050, montant HT du marché. "
            "La pénalité ne peut pas encore être calculée.",
        ),
        (
            {"smic_coefficient": D(2)},
            {},
            0,
            "À compléter : SMIC horaire brut. La pénalité ne peut pas encore être calculée.",
        ),
        # 221 h × 2 × 11,65 € = 5 149,30 €.
        (
            {"smic_coefficient": D(2)},
            {"annee": 2024},
            D("5149.30"),
            "Pénalité proposée : 5 149,30 € (221 h non faites × 2 × 11,65 € de SMIC horaire brut). "
            "Seul l’acheteur décide.",
        ),
        # 12,345 % de 100 000 € = 12 345 € ; le taux se lit au centième.
        (
            {"pourcent_montant": D("12.345")},
            {"montant_marche_euros": D(100_000)},
            12_345,
            "Pénalité proposée : 12 345 € (12,35 % de 100 000 €, des heures n’étant pas faites). "
            "Seul l’acheteur décide.",
        ),
        (
            SOIXANTE | {"euros_par_jour_retard": D(50), "euros_par_document": D(100)},
            {"faits": FaitsPenalite(jours_de_retard=3, documents_manquants=2)},
            13_610,
            "Pénalité proposée : 13 610 € (221 h non faites × 60 € = 13 260 € ; 3 jours de retard × 50 € = 150 € ; "
            "2 documents manquants × 100 € = 200 €). Seul l’acheteur décide.",
        ),
        (
            SOIXANTE | {"euros_par_document": D(100)},
            {"faits": FaitsPenalite(documents_manquants=1)},
            13_360,
            "Pénalité proposée : 13 360 € (221 h non faites × 60 € = 13 260 € ; 1 document manquant × 100 € = 100 €). "
            "Seul l’acheteur décide.",
        ),
        # Prévues, mais sans retard ni document manquant ; arrivés, mais sans pénalité prévue : rien.
        (
            SOIXANTE | {"euros_par_jour_retard": D(50), "euros_par_document": D(100)},
            {"validees": 833},
            0,
            "Les heures dues sont faites : aucune pénalité n’est proposée.",
        ),
        (
            {},
            {"faits": FaitsPenalite(jours_de_retard=3, documents_manquants=2)},
            0,
            "Le marché ne prévoit pas de pénalité pour les heures non faites.",
        ),
        # Tout est fait : le montant du marché n'est plus nécessaire, il ne se demande pas.
        (
            SOIXANTE | {"plafond_pourcent": D(10)},
            {"validees": 833},
            0,
            "Les heures dues sont faites : aucune pénalité n’est proposée.",
        ),
        (
            SOIXANTE | {"exoneration_si_demarches": True},
            {"faits": FaitsPenalite(demarches_prouvees=True)},
            0,
            "L’entreprise a prouvé ses démarches : aucune pénalité n’est proposée.",
        ),
        (
            SOIXANTE | {"exoneration_si_demarches": True, "mise_en_demeure_jours": 15},
            {},
            13_260,
            "Pénalité proposée : 13 260 € (221 h non faites × 60 €). Seulement après une mise en demeure restée 15 jours "
            "sans réponse. Aucune pour les heures si l’entreprise prouve ses démarches. Seul l’acheteur décide.",
        ),
    ],
)
def test_la_proposition_entiere(parametres, options, montant, phrase):
    """Le montant et sa phrase : le calcul, le plafond, ce qui manque, les conditions, et qui décide."""
    proposition = proposer(parametres, **options)
    assert (proposition.montant_euros, dite(proposition.phrase)) == (montant, phrase)


def test_un_demi_centime_s_arrondit_au_dessus():
    """1 h à 0,005 € fait 0,01 €, et 1 h à 0,025 € fait 0,03 €."""
    assert proposer({"euros_par_heure": D("0.005")}, dues=1, validees=0).montant_euros == D("0.01")
    assert proposer({"euros_par_heure": D("0.025")}, dues=1, validees=0).montant_euros == D("0.03")


@pytest.mark.parametrize(
    ("parametres", "phrase"),
    [
        ({}, "Aucune pénalité n’est prévue."),
        (
            SOIXANTE
            | {
                "pourcent_montant": D("12.345"),
                "euros_par_jour_retard": D(50),
                "euros_par_document": D(100),
                "plafond_euros": D(5_000),
                "plafond_pourcent": D("10.125"),
                "mise_en_demeure_jours": 15,
                "exoneration_si_demarches": True,
            },
            "60 € par heure non faite ; 12,35 % du montant du marché si des heures manquent ; "
            "50 € par jour de retard d’un document ; 100 € par document manquant, "
            "au plus 5 000 € et 10,13 % du montant du marché. "
            "Seulement après une mise en demeure restée 15 jours sans réponse. "
            "Aucune pour les heures si l’entreprise prouve ses démarches.",
        ),
        ({"smic_coefficient": D("1.5")}, "1,5 fois le SMIC horaire brut par heure non faite."),
    ],
)
def test_la_regle_entiere(parametres, phrase):
    """Ce que le marché prévoit, dans l'ordre : prix, plafonds, conditions."""
    assert dite(ecrire_regle_penalites(ParametresPenalites(**parametres))) == phrase


@pytest.mark.parametrize(
    ("parametres", "champ", "phrase"),
    [
        ({"euros_par_document": D("-0.01")}, "euros_par_document", NEGATIF),
        ({"pourcent_montant": D("100.01")}, "pourcent_montant", PLUS_DE_CENT),
        (SOIXANTE | {"plafond_pourcent": D("100.01")}, "plafond_pourcent", PLUS_DE_CENT),
        (SOIXANTE | {"smic_coefficient": D(1)}, "smic_coefficient", UN_SEUL_PRIX),
        (
            SOIXANTE | {"smic_horaire_euros": D(12)},
            "smic_coefficient",
            "Indiquez combien de fois le SMIC horaire, ou effacez le SMIC du marché.",
        ),
        ({"plafond_euros": D(10)}, "plafond_euros", SANS_PENALITE),
        ({"plafond_pourcent": D(10)}, "plafond_pourcent", SANS_PENALITE),
    ],
)
def test_un_reglage_impossible_nomme_son_champ(parametres, champ, phrase):
    """Le refus se pose sous le champ à corriger."""
    with pytest.raises(Contradiction) as refus:
        ParametresPenalites(**parametres)
    assert (refus.value.champ, dite(refus.value)) == (champ, phrase)


def test_la_section_gardee():
    """Le prix d'une heure et la mise en demeure sont des colonnes : la section ne les répète pas ; vide, rien n'est prévu."""
    penalites = ParametresPenalites(**SOIXANTE, plafond_pourcent=D("12.5"), mise_en_demeure_jours=15)
    assert penalites.vers_json() == {
        "smic_coefficient": None,
        "smic_horaire_euros": None,
        "pourcent_montant": None,
        "euros_par_jour_retard": None,
        "euros_par_document": None,
        "plafond_euros": None,
        "plafond_pourcent": "12.5",
        "exoneration_si_demarches": False,
    }
    relue = ParametresPenalites.depuis_json(penalites.vers_json(), euros_par_heure=D(60), mise_en_demeure_jours=15)
    assert relue == penalites
    assert ParametresPenalites.depuis_json({}) == ParametresPenalites()
