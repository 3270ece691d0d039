"""Ce que la conception interdit, vérifié sur le projet entier : liens montants, portes absentes, styles en ligne, typographie, noms."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from beneficiaires.models import Beneficiaire, Orientation
from comptes.models import COORDINATION, Profil, Utilisateur
from tests.fabriques import PaysageComplet
from tests.fabriques_confirmation import completer_un_bilan_vise
from tests.typographie import fautes, textes

RACINE = Path(__file__).resolve().parent.parent
# De bas en haut : chacune ne connaît que celles d'avant.
COUCHES = ("comptes", "beneficiaires", "clauses", "parcours", "reporting")
GABARITS = sorted(fichier for fichier in (RACINE / "templates").rglob("*") if fichier.suffix in {".html", ".txt"})
# Le PDF n'est pas servi par le site : la politique de sécurité des pages ne s'y applique pas.
GABARIT_DU_PDF = RACINE / "templates/reporting/bilans/pdf.html"


def nom_court(fichier: Path) -> str:
    return str(fichier.relative_to(RACINE))


# --- les couches ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("couche", COUCHES)
def test_les_cles_etrangeres_descendent(couche):
    """Une clé étrangère ou une relation multiple mène à la même application ou plus bas, journal des changements compris."""
    permises = set(COUCHES[: COUCHES.index(couche) + 1])
    montantes = [
        f"{modele.__name__}.{champ.name} → {champ.related_model._meta.label}"
        for modele in apps.get_app_config(couche).get_models(include_auto_created=True)
        for champ in modele._meta.get_fields()
        if champ.is_relation and not champ.auto_created and champ.related_model._meta.app_label in COUCHES
        if champ.related_model._meta.app_label not in permises
    ]
    assert not montantes
    assert list(apps.get_app_config(couche).get_models())


def test_les_tests_des_regles_se_passent_de_django():
    """bin/mutations les lance seuls, sans base ni réglages : aucun n'importe de modèle, de service ni de fabrique."""
    interdits = re.compile(
        r"^(?:from|import) (?:django|config|tests|\w+\.(?:models|services|views|forms))\b", re.MULTILINE
    )
    fichiers = [*(RACINE / "tests").glob("*/test_regles*.py"), RACINE / "tests/beneficiaires/test_periodes.py"]
    assert not {nom_court(f): trouves for f in fichiers if (trouves := interdits.findall(f.read_text()))}


# --- les portes -------------------------------------------------------------------------------------------------------

# Vues ouvertes à tous les profils connectés, chacune avec sa raison ; toute autre vue dit ses profils (comptes.droits).
SANS_PORTE = {
    "reporting.views.accueil.accueil": "chaque profil a son accueil à la même adresse ; sans profil, 403",
    "reporting.views.travaux.travaux": "l'administrateur d'une structure, ou un compte technique sans structure ; 403 aux autres",
    "comptes.views.mon_compte": "chacun son propre compte",
    "comptes.views.changer_organisation": "seulement parmi ses propres adhésions",
}


def vues(resolveur: URLResolver) -> Iterator:
    for motif in resolveur.url_patterns:
        if isinstance(motif, URLPattern):
            yield motif.callback
        else:
            yield from vues(motif)


def test_chaque_vue_a_sa_porte():
    """Une vue dit les profils qu'elle admet, ou s'ouvre sans connexion, ou figure ici avec sa raison."""
    notres = {
        f"{vue.__module__}.{vue.__name__}": vue
        for vue in vues(get_resolver())
        if vue.__module__.partition(".")[0] in COUCHES
    }
    connectees = {nom: vue for nom, vue in notres.items() if getattr(vue, "login_required", True)}
    ouvertes = {nom for nom, vue in connectees.items() if not hasattr(vue, "profils_admis")}
    assert ouvertes == set(SANS_PORTE)
    for nom, vue in connectees.items():
        if nom not in SANS_PORTE:
            assert vue.profils_admis, nom
            assert vue.profils_admis <= {*Profil, COORDINATION}, nom


# --- les gabarits -----------------------------------------------------------------------------------------------------

EN_LIGNE = {
    "attribut style": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "élément style": re.compile(r"<style\b", re.I),
    "script dans la page": re.compile(r"<script\b(?![^>]*\bsrc=)", re.I),
    "gestionnaire on…": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "lien javascript:": re.compile(r"javascript:", re.I),
}


def test_ni_style_ni_script_dans_une_page():
    """La politique de sécurité les bloquerait : tout est dans static/. Seul le PDF a les siens."""
    trouves = [
        f"{nom_court(fichier)} : {nom}"
        for fichier in GABARITS
        if fichier != GABARIT_DU_PDF
        for nom, motif in EN_LIGNE.items()
        if motif.search(fichier.read_text("utf-8"))
    ]
    assert trouves == []


def noms_d_adresses(resolveur: URLResolver, espace: str = "") -> Iterator[str]:
    for motif in resolveur.url_patterns:
        if isinstance(motif, URLPattern):
            yield f"{espace}{motif.name}"
        else:
            yield from noms_d_adresses(motif, f"{motif.namespace}:" if motif.namespace else espace)


def test_une_adresse_gardee_dans_une_variable_existe():
    """`{% url … as nom %}` ne se plaint pas d'une adresse inconnue : le lien serait vide, et ramènerait à la même page."""
    connues = set(noms_d_adresses(get_resolver()))
    inconnues = [
        f"{nom_court(fichier)} : {nom}"
        for fichier in GABARITS
        for nom in re.findall(r"{% url ['\"]([\w:]+)['\"][^%]* as \w+ %}", fichier.read_text())
        if nom not in connues
    ]
    assert not inconnues, inconnues


def test_la_typographie_des_gabarits():
    """Espace insécable devant : ; ! ? % » et derrière «, apostrophe courbe, dans tout texte lu ou entendu."""
    trouves = [
        f"{nom_court(fichier)}, {faute}"
        for fichier in GABARITS
        for texte in textes(fichier.read_text("utf-8"), est_html=fichier.suffix == ".html")
        for faute in fautes(texte)
    ]
    assert not trouves, "\n".join(trouves)


# Ce qui parle à l'utilisateur depuis Python ; les commandes et le journal parlent à l'exploitant, en texte brut.
DITS_PAR_PYTHON = sorted(
    fichier
    for couche in COUCHES
    for fichier in (RACINE / couche).rglob("*.py")
    if not {"migrations", "management"} & set(fichier.parts) and fichier.name != "tasks.py"
)
# Formats, SQL et en-têtes HTTP : pas du français.
PAS_UNE_PHRASE = re.compile(r"%[sdYmH(]|charset=|filename=")


def chaines(source: str) -> Iterator[str]:
    """Les chaînes d'un module, sans ses docstrings ; une valeur insérée se lit « x », l'insécable nommée se lit telle quelle."""
    arbre = ast.parse(source)
    docstrings = {id(n.value) for n in ast.walk(arbre) if isinstance(n, ast.Expr)}
    morceaux = {id(v) for n in ast.walk(arbre) if isinstance(n, ast.JoinedStr) for v in n.values}
    for noeud in ast.walk(arbre):
        if isinstance(noeud, ast.JoinedStr):
            yield "".join(_morceau(valeur) for valeur in noeud.values)
        elif isinstance(noeud, ast.Constant) and id(noeud) not in docstrings | morceaux:
            yield noeud.value if isinstance(noeud.value, str) else ""


def _morceau(valeur: ast.expr) -> str:
    if isinstance(valeur, ast.Constant):
        return valeur.value
    nom = getattr(valeur.value, "id", getattr(valeur.value, "attr", ""))
    return "\u00a0" if nom == "INSECABLE" else "x"


def test_la_typographie_des_phrases_de_python():
    """Messages, libellés, aides et refus suivent les mêmes règles que les gabarits."""
    trouves = [
        f"{nom_court(fichier)}, {faute}"
        for fichier in DITS_PAR_PYTHON
        for phrase in chaines(fichier.read_text("utf-8"))
        if " " in phrase.strip() and not PAS_UNE_PHRASE.search(phrase)
        for faute in fautes(phrase)
    ]
    assert not trouves, "\n".join(trouves)


@pytest.mark.parametrize(
    ("gabarit", "faute"),
    [
        ("<p>Erreur : corrigez</p>", "espace ordinaire avant"),
        ("<b>Nom</b> : {{ nom }}", "espace ordinaire avant"),
        ("<p>{{ nombre }} %</p>", "espace ordinaire avant"),
        ("<p>« Les Peupliers »</p>", "« sans espace"),
        ("<p>Vraiment?</p>", "collé au mot"),
        ("<p>Nom: Luna</p>", "collé au mot"),
        ("<p>12%</p>", "collé au nombre"),
        ('<a title="Fin : demain">x</a>', "espace ordinaire avant"),
        ('{% vide "Rien ici : attendez" %}', "espace ordinaire avant"),
        ("<p>L'opération</p>", "apostrophe droite"),
    ],
)
def test_une_faute_de_typographie_est_vue(gabarit, faute):
    """Le lecteur de gabarits trouve chacune des fautes qu'il cherche."""
    assert any(f.startswith(faute) or faute in f for texte in textes(gabarit, est_html=True) for f in fautes(texte))


def test_un_texte_juste_n_a_pas_de_faute():
    """Insécables, entités, adresses, heures et instructions ne sont pas des fautes."""
    juste = (
        "{# mot : #}<p>Fin\u00a0: demain, 12:30, https://etape.example/?a=1&amp;b=2&nbsp;; {{ n|date:'d F Y' }}\u00a0%</p>"
        "{% if a == 'b' %}<td>?</td>{% endif %}<p>«\u00a0Les <b>Peupliers</b>\u00a0»</p>"
    )
    assert [f for texte in textes(juste, est_html=True) for f in fautes(texte)] == []


# --- le dépôt se suffit -----------------------------------------------------------------------------------------------

# Écrits en morceaux : ce fichier-ci ne doit pas non plus les nommer.
NOMS_INTERDITS = [
    *("py" + "pi.org", "python" + "hosted", "npm" + "js.", "reg" + "istry.", "crates" + ".io", "anaconda" + ".org"),
    *("jsde" + "livr", "unp" + "kg.com", "cdn" + "js."),
    *("/wo" + "rk/", ".lib" + "rary", "/equ" + "ipe/", "CONSI" + "GNES.md", "CAR" + "TE.md"),
]
HORS_DU_DEPOT = {".git", ".venv", ".donnees", ".statiques", "__pycache__"}


def fichiers_du_projet() -> Iterator[Path]:
    for fichier in sorted(RACINE.rglob("*")):
        parties = fichier.relative_to(RACINE).parts
        caches = [
            p for p in parties[:-1] if p in HORS_DU_DEPOT or p.endswith(("_cache", ".egg-info")) or p == ".hypothesis"
        ]
        if fichier.is_file() and not caches:
            yield fichier


def test_aucun_fichier_ne_nomme_un_hote_de_paquets_ni_un_dossier_de_la_machine():
    """Un clone se suffit : ni adresse d'index de paquets, ni chemin de l'ordinateur où il a été écrit."""
    trouves = [
        f"{nom_court(fichier)} : {nom}"
        for fichier in fichiers_du_projet()
        for nom in NOMS_INTERDITS
        if nom.encode() in fichier.read_bytes()
    ]
    assert trouves == []


# --- les noms des personnes -------------------------------------------------------------------------------------------

# Rien dans le paysage n'en crée : modèles sans instance, avec la raison.
SANS_INSTANCE = {
    "clauses.CumulMensuel": "recalculé par service",
    "clauses.RepriseDecp": "écrit par l'import",
    "beneficiaires.Consultation": "écrite par les vues",
}


def test_str_ne_dit_jamais_le_nom_d_une_personne(db):
    """__str__ finit dans les journaux et les pages d'erreur : ni nom, ni prénom, ni courriel, ni date de naissance."""
    paysage = PaysageComplet()
    completer_un_bilan_vise(paysage)
    Beneficiaire.objects.update(prenom="Zénobie", nom_naissance="Quatremère", nom_usage="Wladimir")
    Orientation.objects.update(prenom="Zénobie", nom_naissance="Quatremère", nom_usage="Wladimir")
    Utilisateur.objects.update(prenom="Zénobie", nom="Quatremère")
    interdits = ("Zénobie", "Quatremère", "Wladimir", "@etape", "avril 1990", "1990-04", "04/1990")
    assert paysage.beneficiaire.date_naissance.year == 1990
    vus = set()
    for couche in COUCHES:
        for modele in apps.get_app_config(couche).get_models(include_auto_created=True):
            for objet in modele._default_manager.all():
                vus.add(modele._meta.label)
                ecrit = f"{objet} {objet!r}"
                assert not [mot for mot in interdits if mot in ecrit], f"{modele._meta.label} : {ecrit}"
    suivis = {
        m._meta.label for couche in COUCHES for m in apps.get_app_config(couche).get_models() if not est_un_evenement(m)
    }
    assert suivis - vus == set(SANS_INSTANCE)


def est_un_evenement(modele: type[models.Model]) -> bool:
    return modele.__name__.endswith("Event")
