"""Une règle relue en français, une règle qui se contredit : la phrase entière de chaque réglage."""

from datetime import date

import pytest

from beneficiaires.criteres import CRITERES_CCAG
from clauses.regles import FaitsMarche, ParametresRegle
from clauses.regles.choix import DUREES_USUELLES, DureeContrat
from clauses.regles.contradiction import Contradiction
from clauses.regles.documents import DocumentDu, ParametresDocuments
from clauses.regles.lecture import comparer, lignes_a_montrer, lire_en_francais
from clauses.regles.section_eligibilite import controler_regle


def lue(**reglages) -> dict[str, str]:
    """Ce que lit l'écran, paramètre par paramètre ; les espaces insécables en espaces."""
    return {
        ligne.parametre: ligne.valeur.replace("\u00a0", " ") for ligne in lire_en_francais(ParametresRegle(**reglages))
    }


# --- Relire


def test_la_regle_d_usage_se_relit():
    """Modèle I3, tel quel : seize lignes, dans l'ordre de l'écran."""
    assert lue() == {
        "modele": "Une fenêtre par opération, critères réexaminés à l’attribution",
        "duree_mois": "24 mois",
        "point_depart": "l’embauche sur l’opération",
        "date_appreciation": "au jour de l’attribution",
        "criteres": "toutes celles de la table",
        "pieces": "celles d’usage",
        "validation_prealable": "avant l’embauche : les heures d’avant ne comptent pas",
        "durees_contrat": "la même pour tous",
        "perimetre": "une opération",
        "embauche_anterieure": "acceptée, les critères sont réexaminés",
        "changement_entreprise": "la même fenêtre continue",
        "changement_operation": "la situation est examinée à nouveau",
        "renouvellement": "le marché n’en prévoit pas",
        "globalisation": "seulement avec une convention de globalisation",
        "mois_a_cheval": "se partage : l’entreprise dit les heures d’avant et d’après",
        "organismes_avis": "France Travail, Maison de l’emploi, PLIE, Mission locale, Cap emploi, MDPH",
    }
    assert list(lue())[:3] == ["modele", "duree_mois", "point_depart"]
    assert [ligne.nom for ligne in lire_en_francais(ParametresRegle())][1:4] == [
        "Durée",
        "Comptée depuis",
        "Situation appréciée",
    ]


@pytest.mark.parametrize(
    ("reglages", "parametre", "valeur"),
    [
        ({"duree_mois": None}, "duree_mois", "toute l’opération"),
        ({"unite_duree": "travail"}, "duree_mois", "24 mois de travail, soit 3 214 h"),
        ({"criteres": CRITERES_CCAG}, "criteres", "la liste du CCAG 2021"),
        ({"criteres": CRITERES_CCAG[::-1]}, "criteres", "la liste du CCAG 2021"),
        ({"criteres": ("RSA",)}, "criteres", "1 situation"),
        ({"criteres": ("RSA", "TH", "QPV"), "criteres_minimum": 2}, "criteres", "3 situations, 2 à la fois"),
        ({"criteres_minimum": 2}, "criteres", "toutes celles de la table, 2 à la fois"),
        (
            {"pieces": {"RSA": "notification"}, "validites": {"RSA": 2, "QPV": 1}, "ages": {"CEJ": (None, 25)}},
            "pieces",
            "propres au marché pour 3 situations",
        ),
        ({"validation_prealable": False}, "validation_prealable", "peut suivre l’embauche, sans délai"),
        (
            {"validation_prealable": False, "regularisation_jours": 15},
            "validation_prealable",
            "peut suivre l’embauche, dans les 15 jours",
        ),
        (
            {"durees_contrat": DUREES_USUELLES},
            "durees_contrat",
            "CDI, 24 mois ; CDD, durée du contrat (24 mois au plus) ; Alternance, durée du contrat (36 mois au plus) ; "
            "Intérim, 24 mois ; CDDI, CTTI, CDI inclusion, durée du PASS IAE",
        ),
        ({"durees_contrat": {"cdd": DureeContrat("contrat")}}, "durees_contrat", "CDD, durée du contrat"),
        (
            {"embauche_anterieure": "recente", "embauche_anterieure_mois": 6},
            "embauche_anterieure",
            "acceptée si l’embauche est récente (6 mois au plus)",
        ),
        (
            # Le nombre de mois d'une autre réponse ne se lit pas.
            {"embauche_anterieure": "refusee", "embauche_anterieure_mois": 6},
            "embauche_anterieure",
            "refusée",
        ),
        (
            {"renouvellement": "avis", "renouvellement_mois": 6, "renouvellements_maximum": 2},
            "renouvellement",
            "sur avis motivé, 6 mois, 2 fois au plus",
        ),
        (
            {"renouvellement": "diagnostic"},
            "renouvellement",
            "sur un nouveau diagnostic, qui rouvre la durée entière, 1 fois au plus",
        ),
        ({"organismes_avis": ("PLIE", "FT")}, "organismes_avis", "PLIE, France Travail"),
    ],
)
def test_chaque_reglage_a_sa_phrase(reglages, parametre, valeur):
    """Ce qui s'écarte de l'usage se dit avec ses nombres."""
    assert lue(**reglages)[parametre] == valeur


def test_ce_qu_une_regle_a_de_particulier():
    """La durée et le départ toujours, puis ce qui s'écarte de l'usage ; sa liste de situations n'en est pas un écart."""
    regle = ParametresRegle(criteres=("RSA",), globalisation="interdite")
    assert [ligne.parametre for ligne in lignes_a_montrer(regle)] == ["duree_mois", "point_depart", "globalisation"]


def test_ce_qui_change_dans_les_situations():
    """De toute la table à deux : tout le reste est retiré ; l'inverse l'ajoute, et rien n'est retiré."""
    une, deux = ParametresRegle(criteres=("RSA",)), ParametresRegle(criteres=("RSA", "TH"))
    [plus] = comparer(une, deux)
    assert (plus.nom, plus.avant, plus.apres) == ("Situations acceptées", "rien de moins", "avec RQTH")
    [moins] = comparer(deux, une)
    assert (moins.avant, moins.apres) == ("sans RQTH", "rien de plus")
    [echange] = comparer(ParametresRegle(criteres=("QPV", "RSA")), ParametresRegle(criteres=("TH", "ASS", "AAH")))
    assert (echange.avant, echange.apres) == ("sans RSA, Résident QPV", "avec ASS, AAH, RQTH")
    [toutes] = comparer(une, ParametresRegle())
    assert toutes.avant == "rien de moins"
    assert "RQTH" in toutes.apres
    assert "RSA" not in toutes.apres.split(", ")


# --- Se contredire


@pytest.mark.parametrize(
    ("reglages", "champ", "phrase"),
    [
        ({"duree_mois": 0}, "duree_mois", "La durée compte au moins un mois, ou reste vide pour toute l’opération."),
        (
            {"unite_duree": "travail", "duree_mois": None},
            "duree_mois",
            "En temps de travail, donnez la durée : 24 mois font 3 214 h.",
        ),
        (
            {"unite_duree": "travail", "durees_contrat": DUREES_USUELLES},
            "durees_contrat",
            "Une durée par type de contrat se compte au calendrier, pas en temps de travail. Choisissez l’un ou l’autre.",
        ),
        (
            {"unite_duree": "travail", "renouvellement": "diagnostic"},
            "renouvellement",
            "Un nouveau diagnostic rouvre une durée de calendrier, pas un temps de travail.",
        ),
        (
            {"duree_mois": None, "renouvellement": "avis"},
            "renouvellement",
            "Une fenêtre qui dure toute l’opération ne se renouvelle pas.",
        ),
        (
            {"durees_contrat": {"cdd": DureeContrat("agrement")}},
            "durees_contrat",
            "Seuls les contrats des SIAE ont la durée d’un PASS IAE.",
        ),
        ({"criteres": ("RSA", "XX", "YY")}, "criteres", "Critère inconnu : XX, YY."),
        ({"validites": {"XX": 2}}, "criteres", "Critère inconnu : XX."),
        ({"criteres_minimum": 0}, "criteres_minimum", "Il faut au moins un critère."),
        (
            {"criteres": ("RSA",), "criteres_minimum": 2},
            "criteres_minimum",
            "Le marché demande plus de critères qu’il n’en accepte.",
        ),
        ({"ages": {"CEJ": (26, 25)}}, "ages", "L’âge minimal dépasse l’âge maximal."),
        ({"validites": {"RSA": 0}}, "validites", "Une pièce vaut au moins un mois."),
        ({"organismes_avis": ("MAIRIE",)}, "organismes_avis", "Cet organisme n’est pas dans la liste."),
        (
            {"embauche_anterieure": "recente"},
            "embauche_anterieure_mois",
            "Une embauche antérieure récente demande un nombre de mois.",
        ),
        (
            {"renouvellement": "avis", "renouvellement_mois": 0},
            "renouvellement_mois",
            "Un renouvellement dure au moins un mois.",
        ),
        (
            {"renouvellement": "avis", "renouvellements_maximum": 0},
            "renouvellements_maximum",
            "Un renouvellement prévu a lieu au moins une fois.",
        ),
    ],
)
def test_une_regle_qui_se_contredit(reglages, champ, phrase):
    """Le refus nomme le paramètre à corriger, et dit pourquoi."""
    with pytest.raises(Contradiction) as refus:
        ParametresRegle(**reglages)
    assert (refus.value.champ, str(refus.value).replace("\u00a0", " ")) == (champ, phrase)


@pytest.mark.parametrize(
    "reglages",
    [
        {"duree_mois": 1},
        {"unite_duree": "travail", "renouvellement": "avis"},
        {"criteres": ("RSA",), "criteres_minimum": 1},
        {"ages": {"CEJ": (25, 25), "RSA": (None, 30), "TH": (18, None)}},
        {"validites": {"RSA": 1, "QPV": None}},
        {"embauche_anterieure": "recente", "embauche_anterieure_mois": 0},
        {"renouvellement": "avis", "renouvellement_mois": 1, "renouvellements_maximum": 1},
        # Sans renouvellement, ses deux nombres ne servent pas.
        {"renouvellement": "aucun", "renouvellement_mois": 0, "renouvellements_maximum": 0},
    ],
)
def test_les_bornes_elles_memes_sont_admises(reglages):
    """De l'autre côté de chaque borne, la règle se tient."""
    assert ParametresRegle(**reglages).modele == "I3"


@pytest.mark.parametrize(
    ("reglages", "champ", "phrase"),
    [
        (
            {"point_depart": "notification"},
            "point_depart",
            "À compléter : date de notification. Ajoutez-la au marché, ou choisissez un autre point de départ.",
        ),
        (
            {"perimetre": "global"},
            "point_depart",
            "Une seule fenêtre pour tout le parcours se compte depuis le premier contrat de clause. "
            "Choisissez ce point de départ.",
        ),
        (
            {"point_depart": "premier_contrat"},
            "point_depart",
            "Ce point de départ va avec la lecture « une seule fenêtre ».",
        ),
        (
            {"changement_entreprise": "nouvelle_fenetre", "point_depart": "validation"},
            "changement_entreprise",
            "Une nouvelle fenêtre s’ouvre à l’embauche dans l’autre entreprise : comptez les mois depuis l’embauche.",
        ),
        (
            {"perimetre": "entreprise", "point_depart": "validation"},
            "perimetre",
            "Une fenêtre par entreprise s’ouvre à l’embauche dans cette entreprise : comptez les mois depuis l’embauche.",
        ),
        (
            {"regularisation_jours": 15},
            "regularisation_jours",
            "Ce délai ne sert que si la validation peut suivre l’embauche. "
            "Videz-le, ou décochez la validation avant l’embauche.",
        ),
    ],
)
def test_une_regle_que_le_marche_contredit(reglages, champ, phrase):
    """Une date du marché qui manque, deux réglages qui ne vont pas ensemble : chacun se dit seul."""
    [desaccord] = controler_regle(ParametresRegle(**reglages), FaitsMarche())
    assert (desaccord.champ, desaccord.phrase.replace("\u00a0", " ")) == (champ, phrase)


@pytest.mark.parametrize(
    "reglages",
    [
        {},
        {"perimetre": "global", "point_depart": "premier_contrat"},
        {"changement_entreprise": "nouvelle_fenetre"},
        {"perimetre": "entreprise"},
        {"validation_prealable": False, "regularisation_jours": 15},
        {"point_depart": "validation"},
    ],
)
def test_une_regle_qui_se_tient_sans_date(reglages):
    """Ce qui va ensemble ne se refuse pas, même quand le marché n'a encore aucune date."""
    assert controler_regle(ParametresRegle(**reglages), FaitsMarche()) == []


# --- Les documents dus

PERIODIQUE = "Un document périodique se rend un jour du mois qui suit : donnez ce jour, sans délai."
SUR_DEMANDE = "Donnez un délai en jours : ce document ne revient pas chaque mois."


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        ({"nom": " ", "rythme": "mois", "jour_du_mois": 10}, "Nommez le document."),
        ({"nom": "T", "rythme": "mois"}, PERIODIQUE),
        ({"nom": "T", "rythme": "trimestre", "jour_du_mois": 10, "delai_jours": 15}, PERIODIQUE),
        ({"nom": "T", "rythme": "demande"}, SUR_DEMANDE),
        ({"nom": "T", "rythme": "fin", "delai_jours": 15, "jour_du_mois": 10}, SUR_DEMANDE),
        ({"nom": "T", "rythme": "mois", "jour_du_mois": 29}, "Le jour va de 1 à 28 : tous les mois l’ont."),
        ({"nom": "T", "rythme": "fin", "delai_jours": 366}, "Le délai va de 0 à 365 jours."),
    ],
)
def test_un_document_qui_se_contredit_le_dit(arguments, phrase):
    """La phrase entière, telle que la page la montre."""
    with pytest.raises(ValueError, match=r"\S") as refus:
        DocumentDu(**arguments)
    assert str(refus.value).replace("\u00a0", " ") == phrase


def test_les_bornes_d_un_document():
    """Le 1er et le 28 du mois, un délai de 0 ou de 365 jours : admis ; l'échéance tombe ce jour-là."""
    assert DocumentDu("T", "mois", jour_du_mois=1).echeance(date(2026, 1, 31)) == date(2026, 2, 1)
    assert DocumentDu("T", "trimestre", jour_du_mois=28).echeance(date(2026, 6, 30)) == date(2026, 7, 28)
    assert DocumentDu("T", "demande", delai_jours=0).echeance(date(2026, 3, 3)) == date(2026, 3, 3)
    assert DocumentDu("T", "fin", delai_jours=365).echeance(date(2026, 1, 1)) == date(2027, 1, 1)


def test_la_section_des_documents():
    """Chaque document se garde avec son rythme en texte ; deux du même nom, à la casse et aux espaces près, se refusent."""
    tableau = DocumentDu("Tableau", "mois", jour_du_mois=10)
    assert ParametresDocuments((tableau,)).vers_json() == {
        "documents": [{"nom": "Tableau", "rythme": "mois", "jour_du_mois": 10, "delai_jours": None}]
    }
    with pytest.raises(ValueError, match=r"^Deux documents portent le même nom\.$"):
        ParametresDocuments((tableau, DocumentDu(" TABLEAU", "fin", delai_jours=1)))
