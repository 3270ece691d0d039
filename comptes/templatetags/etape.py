"""Les composants et les écritures d'Étape dans les gabarits : {% load etape %}. Ici rien ne se calcule, tout vient de `comptes.formats`."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime

from django import template
from django.forms import BaseForm, BaseFormSet
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from comptes import formats

register = template.Library()

ICONES_D_ETAT = {"valide": "coche", "attente": "horloge", "refus": "croix", "info": "info", "neutre": "point"}
ICONES_DE_MESSAGE = {"valide": "coche", "attente": "horloge", "refus": "triangle", "info": "info"}
NIVEAUX = {"debug": "info", "info": "info", "success": "valide", "warning": "attente", "error": "refus"}


# Écritures -------------------------------------------------------------------------------------------------------


def _jour(valeur: date | datetime | str | None) -> date | None:
    """Le jour français d'une date ou d'un instant ; une variable absente ou vide ne donne rien."""
    if isinstance(valeur, datetime):
        return timezone.localdate(valeur) if timezone.is_aware(valeur) else valeur.date()
    return valeur if isinstance(valeur, date) else None


def _nombre(valeur):
    return None if valeur == "" else valeur


@register.filter
def heures(valeur, decimales: int = 2) -> str:
    """{{ 1421.5|heures }} → « 1 421,5 h » ; {{ 1421.5|heures:0 }} → « 1 422 h »."""
    return formats.heures(_nombre(valeur), decimales)


@register.filter
def nombre(valeur, decimales: int = 2) -> str:
    """{{ 2580|nombre }} → « 2 580 »."""
    return formats.nombre(_nombre(valeur), decimales)


@register.filter
def pourcent(valeur, decimales: int = 0) -> str:
    """{{ 43|pourcent }} → « 43 % »."""
    return formats.pourcent(_nombre(valeur), decimales)


@register.filter
def part(valeur, total):
    """{{ validees|part:dues|pourcent }} → « 43 % »."""
    return formats.part(_nombre(valeur), _nombre(total))


@register.filter
def euros(valeur) -> str:
    """{{ 60.5|euros }} → « 60,50 € »."""
    return formats.euros(_nombre(valeur))


@register.filter
def taille(octets) -> str:
    """{{ 214000|taille }} → « 214 ko »."""
    return formats.taille(_nombre(octets))


@register.filter
def date_longue(valeur) -> str:
    """→ « 1er mars 2028 »."""
    return formats.date_longue(_jour(valeur))


@register.filter
def date_courte(valeur) -> str:
    """→ « 29 déc. 2026 »."""
    return formats.date_courte(_jour(valeur))


@register.filter
def date_chiffres(valeur) -> str:
    """→ « 06/11/2026 »."""
    return formats.date_chiffres(_jour(valeur))


@register.filter
def jour_et_date(valeur) -> str:
    """→ « mardi 17 novembre 2026 »."""
    return formats.jour_et_date(_jour(valeur))


@register.filter
def heure(valeur) -> str:
    """→ « 14 h 30 », à l'heure française."""
    if not isinstance(valeur, datetime):
        return formats.ABSENT
    return formats.heure(timezone.localtime(valeur) if timezone.is_aware(valeur) else valeur)


@register.filter
def mois_annee(valeur) -> str:
    """→ « octobre 2026 »."""
    return formats.mois_annee(_jour(valeur))


@register.filter
def mois(valeur) -> str:
    """→ « octobre »."""
    return formats.mois(_jour(valeur))


@register.filter
def jusqu_a(debut, fin) -> str:
    """{{ date_debut|jusqu_a:date_fin }} → « du 2 mars au 29 décembre 2026 »."""
    return formats.periode(_jour(debut), _jour(fin))


@register.filter
def depuis_jours(valeur, aujourd_hui=None) -> str:
    """→ « depuis 12 jours »."""
    return formats.depuis_jours(_jour(valeur), _jour(aujourd_hui) or timezone.localdate())


@register.filter
def dans_jours(valeur, aujourd_hui=None) -> str:
    """→ « dans 42 jours »."""
    return formats.dans_jours(_jour(valeur), _jour(aujourd_hui) or timezone.localdate())


@register.filter
def pluriel(n, mots: str) -> str:
    """{{ n|pluriel:"travail,travaux" }} → le mot accordé, sans le nombre."""
    return formats.accord(_nombre(n), mots)


@register.filter
def quantite(n, mots: str) -> str:
    """{{ n|quantite:"personne" }} → « 12 personnes »."""
    return formats.quantite(_nombre(n), mots)


@register.filter
def enumeration(elements) -> str:
    """→ « a, b et c »."""
    return formats.enumeration(elements)


@register.filter
def de(mot) -> str:
    """{{ "octobre"|de }} → « d’octobre »."""
    return formats.de(str(mot))


@register.filter
def siret(numero) -> str:
    """→ « 123 456 789 00012 »."""
    return formats.siret(str(numero))


@register.filter
def telephone(numero) -> str:
    """→ « 06 39 98 12 47 »."""
    return formats.telephone(str(numero))


# Composants ------------------------------------------------------------------------------------------------------


@register.simple_tag
def icone(nom: str) -> SafeString:
    """{% icone "horloge" %} : un symbole de composants/symboles.html, ignoré des lecteurs d'écran."""
    return format_html('<svg class="icone" aria-hidden="true" focusable="false"><use href="#i-{}"/></svg>', nom)


@register.simple_tag
def puce(etat: str, mot: str, symbole: str = "") -> SafeString:
    """{% puce "attente" "À surveiller" "oeil" %} : icône + mot + teinte. États : valide, attente, refus, info, neutre."""
    return format_html(
        '<span class="puce puce-{}">{}{}</span>', etat, icone(symbole or ICONES_D_ETAT.get(etat, "point")), mot
    )


@register.inclusion_tag("composants/jauge.html")
def jauge(dues=None, validees=None, a_verifier=None, attendues=None) -> dict[str, object]:
    """{% jauge dues=… validees=… a_verifier=… attendues=… %} : le dessin seul, la phrase reste à écrire au-dessus."""
    quantites = (_nombre(valeur) for valeur in (dues, validees, a_verifier, attendues))
    return {"parts": formats.parts_de_jauge(*quantites)}


@register.inclusion_tag("composants/jauge_legende.html")
def jauge_legende(attendu: str = "attendu à ce jour", a_verifier: str = "à vérifier") -> dict[str, str]:
    """Une légende par tableau, pas par ligne."""
    return {"attendu": attendu, "a_verifier": a_verifier}


@register.simple_tag
def ariane(*paires: str) -> str:
    """{% ariane "Opérations" url_liste "Les Peupliers" %} : libellé, adresse, libellé, adresse… et la page même, sans adresse."""
    return render_to_string(
        "composants/ariane.html",
        {"liens": list(zip(paires[:-1:2], paires[1::2], strict=True)), "ici": paires[-1]},
    )


@register.simple_block_tag
def carte(content: str, symbole: str, titre: str, url: str, n, unite: str = "") -> str:
    """{% carte "horloge" "Heures à vérifier" url 37 "déclaration" %}La note, sans lien.{% endcarte %}

    L'unité s'accorde ; à zéro, la carte dit « rien à faire » et n'attire plus l'œil.
    """
    contexte = {"symbole": symbole, "titre": titre, "url": url, "n": n, "unite": unite, "note": content}
    return render_to_string("composants/carte.html", contexte)


@register.simple_block_tag
def message(content: str, etat: str, titre: str = "", symbole: str = "", role: str = "") -> str:
    """{% message "refus" "Deux valeurs pour octobre" role="alert" %}<p>…</p>{% endmessage %}. États : valide, attente, refus, info."""
    contexte = {"etat": etat, "titre": titre, "symbole": symbole or ICONES_DE_MESSAGE[etat], "role": role}
    return render_to_string("composants/message.html", {**contexte, "corps": content})


@register.simple_block_tag
def vide(content: str, titre: str, dessin: bool = True) -> str:
    """{% vide "Aucune orientation pour l’instant" %}…{% endvide %} ; avec dessin=False : « rien avec ces filtres »."""
    return render_to_string("composants/vide.html", {"titre": titre, "dessin": dessin, "corps": content})


@register.simple_block_tag
def pourquoi(content: str, reponse: str, etat: str = "valide", source: str = "", titre: str = "Pourquoi\u00a0?") -> str:
    """{% pourquoi "Éligible sur … jusqu’au 1er mars 2028 inclus" "valide" source %}faits, calcul{% endpourquoi %}."""
    contexte = {"reponse": reponse, "etat": etat, "symbole": ICONES_D_ETAT[etat], "source": source, "titre": titre}
    return render_to_string("composants/pourquoi.html", {**contexte, "corps": content})


@register.inclusion_tag("composants/document.html")
def document(url: str, nom: str, detail: str = "", symbole: str = "telecharger") -> dict[str, str]:
    """{% document url "Bilan au 30 juin" "PDF, 212 ko" %}, dans un <ul class="documents">."""
    return {"url": url, "nom": nom, "detail": detail, "symbole": symbole}


@register.inclusion_tag("composants/etapes.html")
def etapes(
    libelles: Iterable, courante: int, nom: str = "Étapes", faites: Collection[int] | None = None
) -> dict[str, object]:
    """{% etapes libelles 2 "Étapes de l’orientation" %} : libellés, ou (libellé, adresse) pour revenir à une étape faite.

    `faites` : les rangs des étapes faites, quand elles se remplissent dans n'importe quel ordre ; toutes les adresses s'ouvrent alors.
    """
    libre = faites is not None
    lignes = []
    for rang, element in enumerate(libelles, start=1):
        libelle, url = (element, "") if isinstance(element, str) else element
        est_faite = rang in faites if libre else rang < courante
        etat = "ici" if rang == courante else "fait" if est_faite else ""
        lignes.append({"libelle": libelle, "url": url if etat == "fait" or (libre and not etat) else "", "etat": etat})
    return {"lignes": lignes, "nom": nom}


@register.inclusion_tag("composants/progression.html")
def progression(faits: int, total: int, phrase: str) -> dict[str, object]:
    """{% progression 120 340 "Lignes lues" %} : une tâche longue, en mots et en barre."""
    return {"faits": faits, "total": total, "phrase": phrase}


# Formulaires, listes -----------------------------------------------------------------------------------------------


def _erreurs(formulaire: BaseForm | BaseFormSet) -> Iterator[dict[str, str]]:
    if isinstance(formulaire, BaseFormSet):
        yield from ({"cible": "", "texte": texte} for texte in formulaire.non_form_errors())
        for enfant in formulaire:
            yield from _erreurs(enfant)
        return
    yield from ({"cible": "", "texte": texte} for texte in formulaire.non_field_errors())
    for champ_ in formulaire:
        cible = "" if champ_.is_hidden else champ_.id_for_label or f"{champ_.auto_id}_0"
        libelle = champ_.label if champ_.label[-1:] in "?!." else f"{champ_.label}{formats.INSECABLE}:"
        yield from ({"cible": cible, "libelle": libelle, "texte": texte} for texte in champ_.errors)


@register.inclusion_tag("composants/resume_erreurs.html")
def resume_erreurs(*formulaires: BaseForm | BaseFormSet) -> dict[str, object]:
    """{% resume_erreurs form formset %} : à mettre au-dessus du formulaire ; ne rend rien tant qu'il n'y a pas d'erreur."""
    return {"erreurs": [erreur for formulaire in formulaires if formulaire for erreur in _erreurs(formulaire)]}


@register.simple_tag
def champ(bound_field, libelle: str = "", aide: str | None = None, largeur: str = "") -> SafeString:
    """{% champ form.login libelle="Adresse électronique" aide="Celle de votre travail." %} : un champ, avec d'autres mots."""
    if libelle:
        bound_field.label = libelle
    if aide is not None:
        bound_field.help_text = aide
    bound_field.field.widget.attrs.pop("placeholder", None)
    return format_html('<div class="champ {}">{}</div>', largeur, bound_field.as_field_group())


def _filtres_actifs(formulaire: BaseForm) -> int:
    """Combien de filtres sont posés : les champs remplis du formulaire, pas ceux qui portent l'état de la page."""
    donnees = formulaire.data
    valeurs = ((donnees.getlist(champ.html_name) if isinstance(donnees, QueryDict) else []) for champ in formulaire)
    return sum(any(valeur.strip() for valeur in liste) for liste in valeurs)


@register.inclusion_tag("composants/filtres.html", takes_context=True)
def filtres(context, filtre, nom: str = "Filtrer la liste", cible: str = "") -> dict[str, object]:
    """{% filtres filter "Filtrer les personnes" %} : la barre d'un FilterSet, en GET ; `cible` (« #liste ») pour htmx."""
    requete = context["request"]
    tri = requete.GET.get("sort", "")
    return {
        "form": filtre.form,
        "nom": nom,
        "cible": cible,
        "actifs": _filtres_actifs(filtre.form),
        "chemin": requete.path,
        "tri": tri,
    }


@register.simple_tag
def compte_lignes(trouvees: int, total: int, mots: str) -> str:
    """{% compte_lignes 12 214 "personne" %} → « 12 personnes sur 214 », ou « 214 personnes » sans filtre."""
    if trouvees == total:
        return formats.quantite(total, mots)
    return f"{formats.quantite(trouvees, mots)} sur {formats.nombre(total)}"


@register.filter
def classes_de_tableau(table) -> str:
    """Les classes d'une table django-tables2 : « tableau », et « empilable » si ses lignes se lisent seules au téléphone."""
    return "tableau empilable" if getattr(table, "empilable", False) else "tableau"


@register.filter
def niveau(message_) -> str:
    """La teinte d'un message de Django."""
    return NIVEAUX.get(message_.level_tag, "info")


@register.filter
def icone_de_message(etat: str) -> SafeString:
    """L'icône d'une teinte de message."""
    return icone(ICONES_DE_MESSAGE[etat])
