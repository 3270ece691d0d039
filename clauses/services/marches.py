"""Créer un marché avec sa règle, et changer cette règle sans toucher aux décisions déjà prises."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from beneficiaires.criteres import CRITERES_CCAG
from clauses.cumuls import recompter_marche
from clauses.models import Eligibilite, Engagement, Imputation, Marche, RegleClause, ReleveHeures
from comptes.ecriture import enregistrer
from comptes.models import Utilisateur

CHAMPS_DE_REGLE = (
    "modele",
    "duree_mois",
    "point_depart",
    "date_appreciation",
    "criteres",
    "validation_prealable",
    "diviseur_etp",
    "plafond_mensuel_heures",
    "penalite_euros_par_heure",
    "mise_en_demeure_jours",
    "texte",
)


@transaction.atomic
def creer_marche(*, marche: Marche, par: Utilisateur | None) -> Marche:
    """Enregistre un nouveau marché et sa règle de départ : 24 mois par opération, tous les critères du CCAG.

    Lève ValidationError si le marché n'est pas valable ; alors rien n'est écrit.
    """
    enregistrer(marche)
    enregistrer(regle_de_depart(marche, par))
    return marche


def regle_de_depart(marche: Marche, par: Utilisateur | None) -> RegleClause:
    """Rend, sans l'enregistrer, la règle avec laquelle tout marché naît."""
    return RegleClause(marche=marche, criteres=list(CRITERES_CCAG), cree_par=par)


def regle_courante(marche: Marche) -> RegleClause | None:
    return marche.regles.filter(est_courante=True).first()


def verrouiller_marche(pk: UUID) -> Marche:
    """Verrouille le marché jusqu'à la fin de la transaction et le rend tel qu'il est en base.

    Qui change sa règle ou sa fin et qui décide avec elles s'attendent : une décision garde la version qu'elle a vraiment lue. À
    prendre après la personne et avant les engagements. Lève ValidationError s'il n'est plus là.
    """
    marche = Marche.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if marche is None:
        raise ValidationError("Ce marché vient d’être supprimé\u00a0: rien n’est enregistré.", code="marche_disparu")
    return marche


def decisions_prises(regle: RegleClause) -> int:
    """Rend le nombre de décisions d'éligibilité qui ont appliqué cette version."""
    return Eligibilite.objects.filter(regle=regle).count()


@transaction.atomic
def changer_regle(
    *,
    marche: Marche,
    valeurs: Mapping[str, Any] | None = None,
    sections: Mapping[str, Mapping[str, Any]] | None = None,
    par: Utilisateur | None,
) -> RegleClause:
    """Enregistre la règle du marché. Une version qui a servi (décision, heures validées) ne bouge plus : la suivante la remplace.

    `valeurs` : des champs de `CHAMPS_DE_REGLE` ; `sections` : des sections d'`options`, chacune remplacée en entier, une section vide
    valant une section absente. Ce qui n'est pas donné reste comme il est. Sans changement, la version en cours est rendue telle quelle.
    """
    verrouiller_marche(marche.pk)
    actuelle = regle_courante(marche)
    base = actuelle or regle_de_depart(marche, par)
    voulues = {champ: getattr(base, champ) for champ in CHAMPS_DE_REGLE} | dict(valeurs or {})
    options = base.options | {nom: dict(section) for nom, section in (sections or {}).items()}
    voulues["options"] = {nom: section for nom, section in options.items() if section}
    if actuelle is not None and all(getattr(actuelle, champ) == valeur for champ, valeur in voulues.items()):
        return actuelle
    compte_autrement = _comptage(base.options) != _comptage(voulues["options"])
    if compte_autrement:
        _verrouiller_les_comptes(marche)
    if actuelle is None or decisions_prises(actuelle) or _a_compte_des_heures(actuelle):
        precedente = marche.regles.order_by("-version").first()
        if actuelle is not None:
            actuelle.est_courante = False
            actuelle.save(update_fields=["est_courante"])
        regle = RegleClause(marche=marche, version=precedente.version + 1 if precedente else 1, cree_par=par)
    else:
        regle = actuelle
    for champ, valeur in voulues.items():
        setattr(regle, champ, valeur)
    enregistrer(regle)
    if compte_autrement:
        recompter_marche(marche, par=par)
    return regle


def _comptage(options: Mapping[str, Any]) -> tuple[Any, Any]:
    """Ce dont dépendent les heures comptées : un changement recompte les heures encore ouvertes."""
    return options.get("comptage"), options.get("eligibilite", {}).get("mois_a_cheval")


def _verrouiller_les_comptes(marche: Marche) -> None:
    """Attend les validations en cours : les heures qu'elles viennent de compter gardent la version qu'elles ont lue."""
    engagements = Engagement.objects.filter(titulaire__lot__marche=marche).order_by("pk")
    list(engagements.select_for_update(of=("self",), no_key=True).values_list("pk"))


def _a_compte_des_heures(regle: RegleClause) -> bool:
    """Des heures validées gardent cette version : elle ne change plus."""
    return (
        ReleveHeures.objects.filter(regle_comptee=regle).exists()
        or Imputation.objects.filter(regle_comptee=regle).exists()
    )
