"""Les formulaires des règles et de leurs faits face à des envois hostiles, contradictoires ou incomplets.

Chaque page part de l'envoi juste de `test_droits.SAISIES`, dont un champ, ou tous, sont abîmés. Jamais une panne : une phrase en
français, ce qui est tapé gardé, et rien de changé ; ou bien un texte accepté tel quel, que la page suivante montre échappé.
"""

import re
from collections import defaultdict

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.forms import BaseForm, BaseFormSet, CharField
from django.urls import reverse
from django.utils.html import escape

from clauses.models import Marche
from tests.fabriques import EngagementFactory
from tests.lire_html import texte
from tests.test_droits import LIGNES, NOS_APPLICATIONS, SAISIES, empreinte, valeurs_de_la_page

PAGES = [
    "clauses:regle_modifier",
    "clauses:regle_criteres",
    "clauses:regle_documents",
    "clauses:regle_comptage",
    "clauses:regle_statuts",
    "clauses:regle_controles",
    "clauses:regle_heures_dues",
    "clauses:regle_penalites",
    "clauses:modele_enregistrer",
    "clauses:modele_modifier",
    "clauses:modele_appliquer",
    "clauses:avenant_creer",
    "clauses:marche_modifier",
    "clauses:lot_partager",
    "clauses:tranche_creer",
    "clauses:tranche_modifier",
    "clauses:commande_creer",
    "clauses:commande_modifier",
    "clauses:sous_objectif_creer",
    "clauses:sous_objectif_modifier",
    "clauses:convention_creer",
    "clauses:convention_modifier",
    "clauses:imputation_creer",
    "clauses:projet_creer",
    "clauses:projet_modifier",
    "clauses:clause_modifier",
    "clauses:releve_bulletin",
    "clauses:eligibilite_renouveler",
    "parcours:agrement_creer",
    "parcours:agrement_modifier",
    "parcours:suspension_creer",
    "parcours:suspension_modifier",
    "parcours:prolongation_creer",
    "parcours:prolongation_modifier",
    "parcours:renouvellement_creer",
    "parcours:renouvellement_modifier",
    "parcours:plie_creer",
    "parcours:plie_modifier",
    "beneficiaires:demenagement_noter",
]
ESSAYEES = [ligne for ligne in LIGNES if ligne.nom in PAGES]

# Ni un nombre, ni une date, ni un choix : partout où l'un d'eux est attendu, c'est un refus.
IMPOSSIBLES = [
    "NaN", "Infinity", "-1", "1e17", "12,5,3", "9" * 40, "01/01/0001", "31/12/9999", "31/02/2026", "ailleurs", "a\x00b",
]  # fmt: skip
NIR = "Son numéro est le 2 85 05 78 006 084 91."
HTML, FORMULE = '<script>alert("1")</script>', '=HYPERLINK("http://pirate.example";"Ouvrir")'
TEXTES = ["", NIR, HTML, FORMULE, "x" * 10_000]
# Des pages sans champ obligatoire d'un autre genre que du texte : une suite de chiffres y est un nom comme un autre.
TEXTE_SEUL = {"clauses:modele_enregistrer", "clauses:modele_modifier"}
CHAMPS_ESSAYES = 6  # par page, répartis, deux par famille : les citations et les critères se ressemblent
PARAMETRES = ("page", "sort", "operation", "entreprise", "convention", "modele", "suite", "calculer", "voir", "_export")
ANGLAIS = re.compile(r"This field|This value|Enter a |Ensure |Select a valid|ManagementForm|Traceback")
REPONSES = {200, 302, 400, 404, 409, 422}
ECRITURE = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
# Ce qu'un formulaire porte pour lui-même : abîmé, il est dit incomplet, et ce qui était tapé ne peut pas se relire.
FAMILLE = re.compile(r"citation-[a-z_]+(?=_(article|texte)$)|[A-Z][A-Z0-9_]+|[0-9a-f]{32}|[0-9]+")
REFERENCE = re.compile(r"^validite_|(reference|code_cpv|numero|article|document|metiers|commune|code_postal|adresse)$")
MECANIQUE = re.compile(r"-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$")
SANS_TEXTE = {"clauses:modele_appliquer"}


class Essai:
    """Une page, son envoi juste, et de quoi en éprouver un autre sans rien garder."""

    def __init__(self, ligne, paysage, client):
        self.ligne, self.client, self.ecrit = ligne, client, False
        client.force_login(paysage.facilitateur if ligne.droit["F"] == "o" else paysage.compte_acheteur)
        self.adresse = ligne.adresse(paysage)
        page = valeurs_de_la_page(self.adresse, client) if "GET" in ligne.methodes else {}
        self.juste = page | SAISIES.get(ligne.identite, lambda p: {})(paysage)
        self.mecanique = [nom for nom in self.juste if MECANIQUE.search(nom)]
        self.champs = [nom for nom in self.juste if nom not in ("csrfmiddlewaretoken", *self.mecanique)]
        self.avant = empreinte()

    def partout(self, valeurs, rang):
        """Chaque champ prend une valeur différente de ses voisins ; au rang suivant, une autre."""
        abimes = {nom: valeurs[(rang + i) % len(valeurs)] for i, nom in enumerate(self.champs)}
        return abimes | {nom: self.juste[nom] for nom in self.mecanique}

    def textes_libres(self):
        """Les champs de texte de la page, références, codes et numéros mis à part."""
        if "GET" not in self.ligne.methodes:
            return []
        contextes = self.client.get(self.adresse).context
        valeurs = {id(v): v for contexte in contextes for lieu in contexte.dicts for v in lieu.values()}.values()
        formulaires = [valeur for valeur in valeurs if isinstance(valeur, BaseForm)]
        formulaires += [form for valeur in valeurs if isinstance(valeur, BaseFormSet) for form in valeur]
        return [
            form.add_prefix(nom)
            for form in formulaires
            for nom, champ in form.fields.items()
            if type(champ) is CharField and form.add_prefix(nom) in self.juste and not REFERENCE.search(nom)
        ]

    def envoyer(self, envoi, *, refuse=False):
        """Éprouve la réponse, puis défait tout."""
        change = {nom: str(valeur) for nom, valeur in envoi.items() if valeur != self.juste.get(nom)}
        quoi = {nom: valeur[:40] for nom, valeur in change.items()}
        with transaction.atomic(), connection.execute_wrapper(self._noter):
            self.ecrit = False
            reponse = self.client.post(self.adresse, envoi)
            assert reponse.status_code in REPONSES, (reponse.status_code, quoi)
            if reponse.status_code == 302:
                assert not refuse, ("accepté", quoi)
                suite = self.client.get(reponse.url)
                assert suite.status_code == 200, (reponse.url, quoi)
                assert HTML not in suite.content.decode(), quoi
            else:
                self._lire_le_refus(reponse.content.decode(), change, quoi)
            transaction.set_rollback(True)
        return reponse

    def _noter(self, executer, sql, *reste):
        self.ecrit = self.ecrit or bool(ECRITURE.match(sql))
        return executer(sql, *reste)

    def _lire_le_refus(self, page, change, quoi):
        assert not self.ecrit or empreinte() == self.avant, ("la base a changé", quoi)
        assert '<html lang="fr"' in page and not ANGLAIS.search(page), quoi
        assert HTML not in page, quoi
        tapees = [v for nom, v in change.items() if v and "\x00" not in v and nom not in self.mecanique]
        garde = self.ligne.nom in SANS_TEXTE or len(tapees) < 2 or any(escape(valeur) in page for valeur in tapees)
        assert garde, ("ce qui est tapé est perdu", quoi)


@pytest.fixture(params=ESSAYEES, ids=[ligne.identite for ligne in ESSAYEES])
def essai(request, paysage, client):
    return Essai(request.param, paysage, client)


def test_un_envoi_abime_se_refuse_en_francais(essai, paysage):
    """Partout une valeur impossible ; rien du tout ; puis, le reste étant juste, un champ absent, abîmé, d'une autre structure."""
    for rang in (0, 5):
        essai.envoyer(essai.partout(IMPOSSIBLES, rang), refuse=essai.ligne.nom not in TEXTE_SEUL)
    for rang in (0, 2):
        essai.envoyer(essai.partout(TEXTES, rang))
    essai.envoyer({})
    ailleurs = str(EngagementFactory(titulaire__lot__marche__operation__structure=paysage.autre_structure).pk)
    essai.avant = empreinte()
    valeurs = [*IMPOSSIBLES, *TEXTES, ailleurs]
    champs = [*un_echantillon(essai.champs), *essai.mecanique]
    for rang, nom in enumerate(champs):
        essai.envoyer(essai.juste | {nom: valeurs[rang % len(valeurs)]})
        if rang % 2 or len(champs) < CHAMPS_ESSAYES:
            essai.envoyer({autre: valeur for autre, valeur in essai.juste.items() if autre != nom})


def test_un_numero_de_securite_sociale_un_double_envoi_une_adresse_etrange(essai):
    """Aucun texte libre ne garde un NIR ; un double clic n'écrit qu'une fois ; rien de ce qui suit « ? » ne fait tomber la page."""
    for nom in un_echantillon(essai.textes_libres()):
        reponse = essai.envoyer(essai.juste | {nom: NIR}, refuse=True)
        assert "numéro de sécurité sociale" in reponse.content.decode(), nom
    if "GET" in essai.ligne.methodes:
        for valeur in ("a\x00b", HTML, "x" * 500, "-1"):
            requete = dict.fromkeys([*PARAMETRES, *essai.champs[:5]], valeur)
            reponse = essai.client.get(essai.adresse.split("?")[0], requete)
            assert reponse.status_code in (200, 302, 404), valeur
            assert HTML not in reponse.content.decode(), valeur
    assert essai.client.post(essai.adresse, essai.juste).status_code == essai.ligne.reussi
    apres_un = nombres_de_lignes()
    assert essai.client.post(essai.adresse, essai.juste).status_code in REPONSES
    assert nombres_de_lignes() == apres_un


def un_echantillon(champs):
    """Deux champs par famille (« validite_RSA », « validite_ASS »), répartis dans la page."""
    familles = defaultdict(list)
    for nom in champs:
        familles[FAMILLE.sub("#", nom)].append(nom)
    gardes = [nom for noms in familles.values() for nom in noms[:2]]
    return gardes[:: max(1, len(gardes) // CHAMPS_ESSAYES)]


def nombres_de_lignes():
    """Le nombre de lignes de chaque table, hors journal des changements."""
    modeles = [
        m
        for app in NOS_APPLICATIONS
        for m in apps.get_app_config(app).get_models()
        if "event" not in m.__name__.lower()
    ]
    return {modele.__name__: modele._default_manager.count() for modele in modeles}


# Ce qui se contredit ---------------------------------------------------------------------------------------------------

# page, ce qui change dans l'envoi juste, la phrase ; et ce que le marché n'a pas.
CONTRADICTIONS = [
    ("clauses:regle_modifier", {"point_depart": "notification"}, "À compléter : date de notification.", "date_notification"),
    ("clauses:regle_modifier", {"duree_mois": "", "renouvellement": "avis"}, "ne se renouvelle pas", ""),
    ("clauses:regle_modifier", {"date_appreciation": "lune"}, "lune n’en fait pas partie", ""),
    ("clauses:regle_criteres", {"age_min_JEUNE": "60", "age_max_JEUNE": "26"}, "plus petit que l’âge minimal", ""),
    ("clauses:regle_heures_dues", {"regle_avenant": "prorata"}, "Le prorata part du montant HT du marché, qui manque.", "montant_ht_euros"),
    ("clauses:regle_heures_dues", {"regle_avenant": "seuil", "seuil_pourcent": ""}, "Indiquez le seuil", ""),
    ("clauses:regle_comptage", {"formation-plafond_pourcent": "101"}, "Un plafond ne dépasse pas 100 % des heures dues.", ""),
    ("clauses:regle_comptage", {"formation-coefficient": "-1"}, "Un coefficient est plus grand que 0.", ""),
    (
        "clauses:regle_comptage",
        {"formation-plafond_pourcent": "10", "formation-plafond_heures": "5"},
        "Écrivez un plafond en pour cent ou en heures, pas les deux.",
        "",
    ),
    ("clauses:regle_penalites", {"plafond_pourcent": "101"}, "Une part va de 0 à 100 %.", ""),
    ("clauses:regle_statuts", {"adresse": "lune"}, "lune n’en fait pas partie", ""),
    (
        "clauses:regle_documents",
        {"form-0-nom": "Bulletins", "form-0-rythme": "mois", "form-0-nombre": "32"},
        "Le jour va de 1 à 28",
        "",
    ),
    ("clauses:regle_documents", {"form-TOTAL_FORMS": "NaN"}, "La page est arrivée incomplète : rien n’est enregistré.", ""),
    ("clauses:avenant_creer", {"date_fin": "01/01/2026"}, "précède le début du marché, le 2 mars 2026", ""),
    ("clauses:avenant_creer", {"montant_ht_euros": "", "action": "calculer"}, "Indiquez le nouveau montant", ""),
    ("clauses:marche_modifier", {"date_fin": "01/01/2026"}, "précède le début, le 2 mars 2026", ""),
    ("clauses:tranche_creer", {"date_affermissement": "02/12/2026"}, "Cet affermissement est à venir", ""),
    ("clauses:tranche_creer", {"numero": "1"}, "La tranche 1 est déjà enregistrée.", ""),
    ("clauses:commande_creer", {"date_commande": "02/12/2026"}, "Ce bon de commande est à venir", ""),
    ("clauses:commande_creer", {"montant_ht_euros": "0"}, "supérieur à zéro", ""),
    ("clauses:sous_objectif_creer", {"heures": "", "part_pourcent": ""}, "plus grandes que zéro", ""),
    ("clauses:sous_objectif_creer", {"part_pourcent": "10"}, "pas les deux", ""),
    ("clauses:sous_objectif_creer", {"heures": "", "part_pourcent": "101"}, "Une part va de 0 à 100 %.", ""),
    ("clauses:convention_creer", {"date_fin": "01/01/2026"}, "ne peut pas finir avant d’avoir commencé", ""),
    ("clauses:convention_creer", {"engagements": []}, "Cochez les lots que la convention réunit.", ""),
    ("clauses:imputation_creer", {"heures": "0"}, "supérieur à zéro", ""),
    ("clauses:imputation_creer", {"heures": "999"}, "100 h au plus peuvent être imputées", ""),
    ("clauses:lot_partager", {"heures_lot": "-833"}, "n’est pas négatif", ""),
    ("clauses:releve_bulletin", {"heures_bulletin": "745"}, "Un mois entier ne compte que 744 h.", ""),
    ("clauses:eligibilite_renouveler", {"avis_date": "18/11/2026"}, "La date de l’avis est dans le futur", ""),
    ("clauses:eligibilite_renouveler", {"avis_texte": NIR}, "sécurité sociale", ""),
    ("parcours:suspension_creer", {"date_fin": "01/09/2026"}, "ne peut pas finir avant d’avoir commencé", ""),
    ("parcours:suspension_creer", {"date_debut": "18/11/2026"}, "Une suspension ne commence pas dans le futur", ""),
    ("parcours:suspension_creer", {"date_fin": "01/10/2030"}, "Une suspension dure 36 mois au plus.", ""),
    ("parcours:prolongation_creer", {"date_fin": "01/01/2020"}, "ne peut pas finir avant d’avoir commencé", ""),
    ("parcours:prolongation_creer", {"date_demande": "18/11/2026"}, "Une demande ne date pas de demain", ""),
    (
        "parcours:prolongation_creer",
        {"motif": "RQTH", "date_fin": "30/06/2040"},
        "cette prolongation finit au plus tard le 13 janvier 2027",
        "",
    ),
    ("parcours:renouvellement_creer", {"avis_date": "18/11/2026"}, "L’avis ne peut pas dater de demain", ""),
    ("parcours:renouvellement_creer", {"avis_texte": ""}, "Un renouvellement demande un avis motivé écrit.", ""),
    ("parcours:plie_creer", {"duree_mois": "0"}, "Une durée va de 1 à 120 mois.", ""),
    ("parcours:plie_creer", {"nom": ""}, "Écrivez le nom du PLIE.", ""),
    ("beneficiaires:demenagement_noter", {"demenage_le": "18/11/2026"}, "La date du déménagement est dans le futur", ""),
    ("beneficiaires:demenagement_noter", {"qpv": "oui"}, "Dites comment le quartier prioritaire a été établi.", ""),
]  # fmt: skip


@pytest.mark.parametrize(("nom", "changements", "phrase", "sans"), CONTRADICTIONS)
def test_une_contradiction_se_dit_en_une_phrase(paysage, client, nom, changements, phrase, sans):
    """Deux valeurs qui se contredisent, ou une date qui manque : la phrase nomme laquelle, rien ne change."""
    if sans:
        Marche.objects.update(**{sans: None})
    essai = Essai(next(ligne for ligne in ESSAYEES if ligne.nom == nom), paysage, client)
    reponse = essai.envoyer(essai.juste | changements, refuse=True)
    assert phrase in texte(reponse.content.decode()).replace("\u00a0", " ")


def test_un_simulateur_contradictoire_garde_les_vrais_chiffres(paysage, client):
    """Une fin d'avant le début, un montant négatif : une phrase au champ, aucun scénario, rien d'écrit."""
    client.force_login(paysage.facilitateur)
    avant = empreinte()
    for hypothese in ({"fin": "01/01/2020"}, {"montant": "-1"}, {"rythme": "-1"}, {"fin": "31/02/2027"}):
        reponse = client.get(reverse("clauses:lot_simulateur", args=[paysage.lot.pk]), hypothese)
        assert (reponse.status_code, reponse.context["simules"]) == (200, None), hypothese
        assert reponse.context["form"].errors, hypothese
    assert empreinte() == avant
