"""Dessiner une case de la grille d'heures : {% load grille %}.

Une grille en a des centaines : elles s'écrivent ici, en une passe, plutôt que par un gabarit inclus à chaque fois (dix fois plus
long). Tout ce qui vient d'une personne passe par `escape`. La même fonction répond à htmx, case par case.
"""

from decimal import Decimal
from functools import cache
from uuid import UUID

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from clauses.grille import VIDE, Case, CaseRecue, Grille, Groupe, LigneRecue, somme
from clauses.models import EtatReleve, NiveauControle
from clauses.regles.controles import CATALOGUE, Controle
from clauses.remarques import ASPECTS as MOTS_DE_NIVEAU
from clauses.remarques import remarques
from comptes import formats
from comptes.formats import MOIS
from comptes.templatetags.etape import icone, puce

register = template.Library()

# état → (mot, icône, teinte) : guide, « Cases de la grille »
ASPECTS = {
    VIDE: ("à déclarer", "point", "brouillon"),
    EtatReleve.DECLARE: ("à vérifier", "horloge", "attente"),
    EtatReleve.RECTIFIE: ("rectifié", "boucle", "info"),
    EtatReleve.VERIFIE: ("vérifié", "coche", "verifie"),
    EtatReleve.VALIDE: ("validé", "coche", "valide"),
    EtatReleve.REFUSE: ("refusé", "croix", "refus"),
    EtatReleve.CONTESTE: ("contesté", "triangle", "refus"),
    "conflit": ("conflit", "triangle", "conflit"),
    "a_corriger": ("à corriger", "triangle", "erreur"),
}
MARQUES = {nom: icone(symbole) for nom, symbole, _ in ASPECTS.values()}
INVALIDE = ' aria-invalid="true"'
DECIDABLES = (EtatReleve.DECLARE, EtatReleve.RECTIFIE, EtatReleve.VERIFIE)


PUCES = {
    EtatReleve.DECLARE: ("attente", "horloge"),
    EtatReleve.RECTIFIE: ("info", "boucle"),
    EtatReleve.VERIFIE: ("neutre", "coche"),
    EtatReleve.VALIDE: ("valide", "coche"),
    EtatReleve.REFUSE: ("refus", "croix"),
    EtatReleve.CONTESTE: ("refus", "triangle"),
}


@register.simple_tag
def puce_etat(etat: str) -> SafeString:
    """{% puce_etat releve.etat %} → « À vérifier », avec sa teinte et son icône."""
    teinte, symbole = PUCES[EtatReleve(etat)]
    return puce(teinte, EtatReleve(etat).label, symbole)


@register.simple_tag
def puce_niveau(niveau: str) -> SafeString:
    """{% puce_niveau constat.niveau %} → « Avertissement », avec sa teinte et son icône."""
    niveau = NiveauControle(str(niveau))
    if niveau == NiveauControle.INACTIF:
        return puce("neutre", niveau.label, "point")
    teinte, symbole, mot = MOTS_DE_NIVEAU[niveau]
    return puce(teinte, mot, symbole)


@register.filter
def nom_controle(code: str) -> str:
    """{{ constat.code|nom_controle }} → « Plus de 48 h par semaine » ; le code d'un contrôle retiré du catalogue."""
    return CATALOGUE[code].nom if code in CATALOGUE else code


@register.filter
def niveaux_fixes(lignes: list[tuple[Controle, object]]) -> list[str]:
    """{{ lignes|niveaux_fixes }} : les noms des contrôles qui n'ont pas de champ."""
    return [controle.nom.lower() for controle, champ in lignes if champ is None]


@register.filter
def nom_case(case: Case) -> str:
    """« octobre, Luna Ferreira », « octobre, formation, Luna Ferreira »."""
    ligne = case.ligne
    return f"{MOIS[case.mois.month - 1]}, {ligne.nom_complet}"


@register.filter
def part_du_mois(case: Case) -> str:
    """« du 1er au 12 », quand seule une part du mois se saisit ; rien pour un mois entier."""
    if not case.est_partielle:
        return ""
    debut, fin = case.part.debut.day, case.part.fin.day
    premier = "1er" if debut == 1 else str(debut)
    return f"le\u00a0{premier}" if debut == fin else f"du\u00a0{premier} au\u00a0{fin}"


@register.filter
def somme_des_heures(cases: list[Case]) -> Decimal:
    """{{ cases|somme_des_heures|heures }} → « 302 h »."""
    return somme(cases)


@register.simple_tag
def total(valeur, identifiant: str, adresse: str, suite: str = "", hors_bande: bool = False) -> SafeString:
    """{% total somme "p-a" lignes_url "&fin=2026-04-30" %} : un nombre qui mène aux lignes qui le composent, ou « – »."""
    oob = SafeString(' hx-swap-oob="true"') if hors_bande else ""
    if not valeur:
        return format_html('<span id="{}"{}>–</span>', identifiant, oob)
    return format_html('<a id="{}"{} href="{}{}">{}</a>', identifiant, oob, adresse, suite, formats.nombre(valeur))


@register.simple_tag
def total_du_mois(valeur, groupe: Groupe | None, rang: int, colonnes: list, adresse: str, hors_bande: bool = False):
    """{% total_du_mois somme groupe 0 colonnes lignes_url %} : le total d'un groupe (ou de tout, sans groupe) pour une colonne."""
    mois = colonnes[rang][2]
    if groupe is None:
        return total(valeur, f"p-{mois}", adresse, f"&mois={mois}", hors_bande)
    titulaire = groupe.titulaire.pk.hex
    return total(valeur, f"g-{titulaire}-{mois}", adresse, f"&titulaire={titulaire}&mois={mois}", hors_bande)


@register.simple_tag
def total_recu(valeur: Decimal, ligne: LigneRecue, adresse: str, fin: str) -> SafeString:
    """{% total_recu ligne.avant ligne lignes_url fin %} : mène aux heures reçues, si l'on peut voir d'où elles viennent."""
    if not valeur or not ligne.est_visible:
        return format_html("{}", formats.nombre(valeur) if valeur else "–")
    return format_html('<a href="{}{}&fin={}">{}</a>', adresse, ligne.adresse, fin, formats.nombre(valeur))


@register.simple_tag
def totaux_de_la_case(case: Case, groupe: Groupe, grille: Grille, colonnes: list, adresse: str, fin: str) -> SafeString:
    """Les cinq totaux qu'une case validée (ou rouverte) fait bouger, prêts à remplacer ceux de la page."""
    rang = case.ligne.cases.index(case)
    titulaire, jusqu_au = groupe.titulaire.pk.hex, f"&fin={fin}"
    return SafeString(
        total_du_mois(groupe.totaux.mois[rang], groupe, rang, colonnes, adresse, True)
        + total_du_mois(grille.totaux.mois[rang], None, rang, colonnes, adresse, True)
        + total(case.ligne.validees, f"v-{case.ligne.cle}", adresse, case.ligne.adresse + jusqu_au, True)
        + total(groupe.totaux.ensemble, f"g-{titulaire}-v", adresse, f"&titulaire={titulaire}{jusqu_au}", True)
        + total(grille.totaux.ensemble, "p-v", adresse, jusqu_au, True)
    )


@register.inclusion_tag("clauses/heures/remarques_case.html")
def remarques_de_la_case(case: Case, profil: str) -> dict[str, object]:
    """{% remarques_de_la_case case user.profil %} : sous la ligne, ce que les contrôles disent d'une case gardée."""
    return {"case": case, "remarques": remarques(case.constats, profil), "est_envoyee": True}


@register.simple_tag
def case_heures(case: Case, peut_decider: bool = False, choix: tuple[str, ...] = ()) -> SafeString:
    """{% case_heures case peut_decider choix %} : la case entière, telle que htmx la remplace."""
    if not (case.est_saisissable or case.releves):
        return SafeString(
            '<span class="case case-hors"><span class="case-valeur" aria-hidden="true">–</span>'
            f'<span class="case-etat">{case.empechement}</span></span>'
        )
    attributs, contenu, suite = "", "", ""
    if case.est_saisissable:
        adresse = _adresse("clauses:heures_case")
        attributs = f' hx-post="{adresse}" hx-trigger="change target:.case-valeur" hx-include="this"'
        contenu = _saisissable(case)
    else:
        contenu = _figee(case)
    if peut_decider and case.etat in DECIDABLES and len(case.releves) == 1 and case.texte is None:
        adresse = _adresse("clauses:releve_etat", case.releve.pk)
        attributs += f' data-decision="{adresse}" data-version="{case.version}"'
        suite = _choix(case, choix)
    return SafeString(
        f'<div class="case-hote" id="k-{case.cle}" data-etat="{case.etat}" data-heures="{case.heures or 0}"{attributs}>'
        f"{contenu}{suite}</div>"
    )


@register.simple_tag
def case_recue(case: CaseRecue) -> SafeString:
    """{% case_recue case %} : des heures exécutées ailleurs. Rien ne s'y saisit ; elle mène au relevé d'où elles viennent."""
    if not case.imputations:
        return SafeString('<span class="case case-hors"><span class="case-valeur" aria-hidden="true">–</span></span>')
    mot, _, teinte = ASPECTS[case.etat]
    ligne = case.ligne
    contenu = f'<span class="case-valeur">{case.valeur}</span>{_compte(case)}<span class="case-etat">{MARQUES.get(mot, "")}{mot}</span>'
    if not ligne.est_visible:
        return SafeString(f'<span class="case case-{teinte}">{contenu}</span>')
    nature = "formation, " if ligne.est_formation else ""
    nom = f"{MOIS[case.mois.month - 1]}, {nature}{ligne.personne}, heures globalisées"
    return SafeString(
        f'<div class="case-hote" data-etat="{case.etat}" data-heures="{case.heures}">'
        f'<a class="case case-{teinte}" href="{escape(_adresse_recue(case))}">'
        f'<span class="visually-hidden">{escape(_majuscule(nom))}\u00a0: </span>{contenu}</a></div>'
    )


def _adresse_recue(case: CaseRecue) -> str:
    """Le relevé d'origine ; s'ils sont plusieurs (un mois partagé), leurs lignes."""
    if len(case.imputations) == 1:
        return _adresse("clauses:releve_detail", case.imputations[0].releve_id)
    return f"{_adresse('clauses:releve_liste')}?affectation={case.ligne.affectation}&mois={case.mois:%Y-%m}"


def _saisissable(case: Case) -> str:
    cle, texte = case.cle, case.valeur if case.texte is None else case.texte
    aspect = "conflit" if case.conflit else "a_corriger" if case.refus else case.etat
    mot, _, teinte = ASPECTS[aspect]
    explication = f" x-{cle}" if case.refus or case.etat == EtatReleve.REFUSE else ""
    explication += f" c-{cle}" if case.constats else ""
    return (
        f'<label class="case case-{teinte}"><input class="case-valeur" id="h-{cle}" name="h-{cle}" form="grille" '
        f'value="{escape(texte)}" inputmode="decimal" autocomplete="off" '
        f'aria-label="Heures {escape(formats.de(nom_case(case)))}" aria-describedby="e-{cle}{explication}"'
        f"{INVALIDE if case.refus or case.conflit else ''}>{_part(case)}{_compte(case)}{_etat(cle, mot)}</label>{_lu(case)}"
    )


def _figee(case: Case) -> str:
    """Vérifiée, validée, ou d'un lot clos : la case mène à son historique."""
    mot, _, teinte = ASPECTS[case.etat]
    if len(case.releves) > 1:
        mot = f"{len(case.releves)} relevés"
        affectation = case.ligne.affectation.pk
        adresse = f"{_adresse('clauses:releve_liste')}?affectation={affectation}&amp;mois={case.mois:%Y-%m}"
    else:
        adresse = _adresse("clauses:releve_detail", case.releve.pk)
    return (
        f'<a class="case case-{teinte}" id="h-{case.cle}" href="{adresse}">'
        f'<span class="visually-hidden">{escape(_majuscule(nom_case(case)))}\u00a0: </span>'
        f'<span class="case-valeur">{case.valeur}</span>{_part(case)}{_compte(case)}{_etat(case.cle, mot)}</a>'
        f"{_lu(case) if case.est_derniere else ''}"
    )


@cache
def _modele(nom: str, avec_pk: bool) -> str:
    return reverse(nom, args=[UUID(int=0)] if avec_pk else None)


def _adresse(nom: str, pk: UUID | None = None) -> str:
    """L'adresse d'une vue. Résoudre des centaines d'adresses prendrait plus de temps que tout le reste : une seule l'est."""
    modele = _modele(nom, pk is not None)
    return modele if pk is None else modele.replace(str(UUID(int=0)), str(pk))


def _majuscule(texte: str) -> str:
    """La première lettre seulement : un nom de personne garde les siennes."""
    return texte[:1].upper() + texte[1:]


def _etat(cle: str, mot: str) -> str:
    return f'<span class="case-etat" id="e-{cle}">{MARQUES.get(mot, "")}{mot}</span>'


def _part(case: Case) -> str:
    part = part_du_mois(case)
    return f'<span class="case-part">{part}</span>' if part else ""


def _compte(case: Case | CaseRecue) -> str:
    """« 96 h comptées », sous les heures déclarées."""
    return f'<span class="case-part">{formats.heures(case.comptees)} comptées</span>' if case.compte else ""


def _lu(case: Case) -> str:
    return f'<input type="hidden" name="lu-{case.cle}" form="grille" value="{escape(case.valeur_lue)}">'


def _choix(case: Case, choix: tuple[str, ...]) -> str:
    if not case.est_derniere:
        return ""
    return (
        f'<input type="checkbox" class="case-choix form-check-input" name="choix" value="{case.cle}" form="grille" '
        f'aria-label="Choisir {escape(nom_case(case))}"{" checked" if case.cle in choix else ""}>'
    )
