"""Les sections d'une règle : paramètres relus, désaccords avec le marché, lecture en français, documents dus, citations."""

from datetime import date

import pytest

from clauses.regles import PRESETS, FaitsMarche, ParametresRegle
from clauses.regles.choix import DureeContrat, choix_points_depart
from clauses.regles.citations import Citation, citations_vers_json, lire_citations
from clauses.regles.contradiction import Contradiction
from clauses.regles.documents import DOCUMENTS_USUELS, DocumentDu, ParametresDocuments
from clauses.regles.lecture import comparer, lignes_a_montrer, lire_en_francais
from clauses.regles.section_eligibilite import controler_regle, lire_parametres, section_vers_json

COLONNES = {
    "duree_mois": 24,
    "point_depart": "embauche",
    "date_appreciation": "attribution",
    "criteres": ["RSA"],
    "validation_prealable": True,
}
TOUTES = FaitsMarche(date(2024, 3, 4), date(2024, 3, 4), date(2024, 4, 2), date(2027, 6, 30))


def lire(section=None, modele="I3", **colonnes):
    return lire_parametres(modele=modele, colonnes=COLONNES | colonnes, options={"eligibilite": section or {}})


@pytest.mark.parametrize("modele", ["I1", "I2", "I3"])
def test_une_section_vide_rend_le_modele(modele):
    """Sans section ni citation, la règle est celle du modèle, avec les colonnes du marché."""
    colonnes = {nom: getattr(PRESETS[modele], nom) for nom in COLONNES}
    lus = lire_parametres(modele=modele, colonnes=colonnes, options={})
    assert lus == PRESETS[modele]
    assert section_vers_json(lus) == {}


def test_la_regle_lue_porte_sa_version_son_document_et_ses_citations():
    """La version, la pièce, l'article général, puis l'article et la phrase de chaque paramètre cité."""
    lus = lire_parametres(
        modele="I3",
        colonnes=COLONNES,
        options={"citations": {"duree_mois": {"article": "9.3", "texte": ""}, "criteres": {"texte": "La liste…"}}},
        version=4,
        document="CCTP",
        article="9",
    )
    assert (lus.version, lus.document, lus.article) == (4, "CCTP", "9")
    assert (lus.articles, lus.textes) == ({"duree_mois": "9.3"}, {"criteres": "La liste…"})
    assert (lus.article_de("duree_mois"), lus.article_de("criteres")) == ("CCTP, article 9.3", "CCTP, article 9")


def test_un_critere_lu_par_le_marche_a_ses_deux_ages():
    """Le marché fixe de 18 à 25 ans : les deux bornes sont celles du critère ; un autre garde les siennes."""
    regle = ParametresRegle(ages={"CEJ": (18, 25)})
    assert (regle.critere("CEJ").age_min, regle.critere("CEJ").age_max) == (18, 25)
    assert regle.critere("SENIOR").age_min == 50


@pytest.mark.parametrize(
    "section",
    [
        {"unite_duree": "travail"},
        {"perimetre": "marche", "changement_operation": "continue"},
        {"durees_contrat": {"cdd": {"mesure": "contrat", "mois": 24}, "siae": {"mesure": "agrement", "mois": None}}},
        {"ages": {"CEJ": [None, 25]}, "pieces": {"RSA": "notification"}, "validites": {"RSA": 2, "QPV": None}},
        {"embauche_anterieure": "recente", "embauche_anterieure_mois": 6},
        {"renouvellement": "avis", "renouvellement_mois": 6, "renouvellements_maximum": 2},
        {"globalisation": "interdite", "mois_a_cheval": "prorata", "organismes_avis": ["PLIE"]},
    ],
)
def test_une_section_s_ecrit_et_se_relit(section):
    """Ce qui est lu puis réécrit est ce qui était gardé : rien de plus, rien de moins."""
    assert section_vers_json(lire(section)) == section


@pytest.mark.parametrize(
    ("section", "champ"),
    [
        ({"durees_contrat": {"cdd": {"mesure": "agrement"}}}, "durees_contrat"),
        ({"ages": {"CEJ": [30, 25]}}, "ages"),
        ({"pieces": {"PIRATE": "x"}}, "criteres"),
        ({"validites": {"RSA": 0}}, "validites"),
        ({"organismes_avis": ["MAIRIE"]}, "organismes_avis"),
        ({"criteres_minimum": 2}, "criteres_minimum"),
        ({"renouvellement": "avis", "renouvellement_mois": 0}, "renouvellement_mois"),
        ({"renouvellement": "avis", "renouvellements_maximum": 0}, "renouvellements_maximum"),
    ],
)
def test_une_contradiction_nomme_son_champ(section, champ):
    """Une règle qui se contredit ne se lit pas : l'erreur porte le paramètre à corriger et sa phrase."""
    with pytest.raises(Contradiction) as erreur:
        lire(section)
    assert erreur.value.champ == champ
    assert erreur.value.phrase.endswith(".")


@pytest.mark.parametrize(
    ("point", "sans", "phrase"),
    [
        ("notification", "date_notification", "À compléter\u00a0: date de notification."),
        ("attribution", "date_attribution", "À compléter\u00a0: date d’attribution."),
        ("demarrage", "date_demarrage", "À compléter\u00a0: date de début d’exécution."),
    ],
)
def test_controler_regle_nomme_la_date_du_marche(point, sans, phrase):
    """La date qui manque est nommée ; présente, la règle se tient. L'embauche, elle, est toujours à venir."""
    manque = FaitsMarche(**{nom: getattr(TOUTES, nom) for nom in FaitsMarche.__slots__ if nom != sans})
    [desaccord] = controler_regle(lire(point_depart=point), manque)
    assert (desaccord.champ, desaccord.phrase.startswith(phrase)) == ("point_depart", True)
    assert controler_regle(lire(point_depart=point), TOUTES) == []
    assert controler_regle(lire(), FaitsMarche()) == []


def test_lire_et_comparer_deux_regles():
    """Chaque réglage a sa phrase ; ce qui change est nommé, critères ajoutés et retirés compris."""
    une = ParametresRegle(criteres=("RSA", "QPV"))
    autre = ParametresRegle(criteres=("RSA", "TH"), duree_mois=None, renouvellement="aucun", validation_prealable=False)
    lignes = {ligne.parametre: ligne.valeur for ligne in lire_en_francais(une)}
    assert (lignes["duree_mois"], lignes["perimetre"]) == ("24\u00a0mois", "une opération")
    changements = {c.nom: (c.avant, c.apres) for c in comparer(une, autre)}
    assert changements == {
        "Durée": ("24\u00a0mois", "toute l’opération"),
        "Validation": (
            "avant l’embauche\u00a0: les heures d’avant ne comptent pas",
            "peut suivre l’embauche, sans délai",
        ),
        "Situations acceptées": ("sans Résident QPV", "avec RQTH"),
    }
    assert comparer(une, une) == []
    assert [ligne.parametre for ligne in lignes_a_montrer(une)] == ["duree_mois", "point_depart"]


# Documents dus


@pytest.mark.parametrize(
    ("document", "jour", "echeance"),
    [
        (DocumentDu("Tableau", "mois", jour_du_mois=10), date(2026, 10, 1), date(2026, 11, 10)),
        (DocumentDu("Tableau", "mois", jour_du_mois=10), date(2026, 12, 31), date(2027, 1, 10)),
        (DocumentDu("Tableau", "mois", jour_du_mois=28), date(2028, 1, 31), date(2028, 2, 28)),
        (DocumentDu("Tableau", "trimestre", jour_du_mois=5), date(2026, 1, 15), date(2026, 4, 5)),
        (DocumentDu("Tableau", "trimestre", jour_du_mois=5), date(2026, 3, 31), date(2026, 4, 5)),
        (DocumentDu("Tableau", "trimestre", jour_du_mois=5), date(2026, 10, 1), date(2027, 1, 5)),
        (DocumentDu("Contrat", "demande", delai_jours=15), date(2026, 3, 3), date(2026, 3, 18)),
        (DocumentDu("Contrat", "demande", delai_jours=0), date(2026, 3, 3), date(2026, 3, 3)),
        (DocumentDu("Bilan", "fin", delai_jours=30), date(2026, 1, 31), date(2026, 3, 2)),
    ],
)
def test_echeance_d_un_document(document, jour, echeance):
    """Tableau avant le 10 du mois qui suit, pièce sous quinze jours, dernier jour compris."""
    assert document.echeance(jour) == echeance


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        ({"nom": " ", "rythme": "mois", "jour_du_mois": 10}, "Nommez"),
        ({"nom": "T", "rythme": "mois"}, "jour du mois qui suit"),
        ({"nom": "T", "rythme": "mois", "jour_du_mois": 10, "delai_jours": 15}, "sans délai"),
        ({"nom": "T", "rythme": "demande"}, "délai en jours"),
        ({"nom": "T", "rythme": "demande", "delai_jours": 15, "jour_du_mois": 10}, "délai en jours"),
        ({"nom": "T", "rythme": "mois", "jour_du_mois": 0}, "de 1 à 28"),
        ({"nom": "T", "rythme": "mois", "jour_du_mois": 29}, "de 1 à 28"),
        ({"nom": "T", "rythme": "fin", "delai_jours": 366}, "de 0 à 365"),
        ({"nom": "T", "rythme": "fin", "delai_jours": -1}, "de 0 à 365"),
        ({"nom": "T", "rythme": "parfois", "delai_jours": 1}, "parfois"),
    ],
)
def test_un_document_qui_se_contredit(arguments, phrase):
    """Jour et délai ne vont pas ensemble ; les bornes sont dites."""
    with pytest.raises(ValueError, match=phrase):
        DocumentDu(**arguments)


def test_les_documents_d_usage_et_leur_aller_retour():
    """Tableau mensuel avant le 10, cinq pièces sous quinze jours ; la section se relit telle quelle."""
    assert ParametresDocuments.depuis_json({}).documents == DOCUMENTS_USUELS
    assert [(d.rythme, d.jour_du_mois or d.delai_jours) for d in DOCUMENTS_USUELS] == [("mois", 10)] + [
        ("demande", 15)
    ] * 5
    seul = ParametresDocuments((DocumentDu("Tableau", "mois", jour_du_mois=5),))
    assert ParametresDocuments.depuis_json(seul.vers_json()) == seul
    assert ParametresDocuments.depuis_json({"documents": []}).documents == ()
    with pytest.raises(ValueError, match="le même nom"):
        ParametresDocuments((*seul.documents, DocumentDu("TABLEAU ", "mois", jour_du_mois=6)))


# Citations


def test_les_citations_vides_ne_se_gardent_pas():
    """L'article seul ou la phrase seule se gardent ; une citation vide disparaît."""
    section = {"duree_mois": {"article": "9.3", "texte": ""}, "criteres": {"article": "", "texte": ""}}
    lues = lire_citations(section)
    assert lues == {"duree_mois": Citation("9.3")}
    assert citations_vers_json(lues | {"perimetre": Citation()}) == {"duree_mois": {"article": "9.3", "texte": ""}}


def test_une_citation_se_relit_entiere():
    """L'article et la phrase ensemble ; ce qui n'a jamais été écrit est vide, non inventé."""
    section = {"duree_mois": {"article": "9.3", "texte": "Vingt-quatre mois."}, "criteres": {"texte": "La liste."}}
    assert lire_citations(section | {"perimetre": {}}) == {
        "duree_mois": Citation("9.3", "Vingt-quatre mois."),
        "criteres": Citation("", "La liste."),
    }


@pytest.mark.parametrize(
    ("mesure", "mois", "phrase"),
    [
        ("mois", None, "Donnez le nombre de mois."),
        ("mois", 0, "La durée va de 1 à 120 mois."),
        ("contrat", 121, "La durée va de 1 à 120 mois."),
    ],
)
def test_une_duree_de_contrat_impossible(mesure, mois, phrase):
    """De 1 à 120 mois, bornes comprises ; « N mois » demande son nombre, « le contrat » non."""
    with pytest.raises(ValueError, match=r"\S") as refus:
        DureeContrat(mesure, mois)
    assert str(refus.value).replace("\u00a0", " ") == phrase
    assert (DureeContrat("mois", 1).mois, DureeContrat("contrat", 120).mois, DureeContrat("contrat").mois) == (
        1,
        120,
        None,
    )


def test_une_liste_de_choix_prend_la_capitale():
    """La première lettre seule change."""
    assert choix_points_depart()[:2] == [
        ("embauche", "L’embauche sur l’opération"),
        ("attribution", "L’attribution du marché"),
    ]
