"""Placer une personne : un contrat de travail, affecté à un ou plusieurs engagements au titre d'une décision favorable.

Ce qui peut gêner se dit avant d'enregistrer : `constats.examiner_placement` rend les mêmes constats au formulaire et au service. Chaque
écriture prend le verrou de la personne, comme la saisie des heures : les deux s'attendent.
"""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from beneficiaires.models import Beneficiaire
from beneficiaires.periodes import Periode
from clauses.cumuls import recompter_engagements
from clauses.models import Affectation, Contrat, Eligibilite, Engagement
from clauses.regles.placements import controler_heures_gardees, controler_rupture
from clauses.regles.section_comptage import mode_propose
from clauses.services.constats import ConstatPlacement, decisions_de, examiner_placement, operation_de
from clauses.services.fenetres import ajuster_fenetre, heures_faites
from comptes.ecriture import exiger
from comptes.models import Utilisateur
from comptes.regles import Refus

PIECES_DEPOSEES = Refus(
    "Des pièces sont déposées pour ce contrat\u00a0: retirez-les d’abord, ou notez une fin anticipée.",
    "pieces_deposees",
)
# Contrôler les dates d'un contrat sans regarder la fenêtre, qui se contrôle quand elle bouge.
_SANS_BORNE = Periode(date.min)


@transaction.atomic
def placer(
    *,
    contrat: Contrat,
    engagements: Sequence[Engagement],
    aujourd_hui: date,
    par: Utilisateur | None,
    mode: str = "",
    est_hors_site: bool = False,
) -> Contrat:
    """Enregistre un contrat et ses affectations, et ouvre les fenêtres qui attendaient l'embauche.

    `mode` : mode d'exécution des heures ; vide, celui que disent le contrat et l'employeur.
    """
    Beneficiaire.objects.select_for_update().get(pk=contrat.beneficiaire_id)
    _exiger(examiner_placement(contrat=contrat, engagements=engagements, aujourd_hui=aujourd_hui))
    contrat.full_clean()
    contrat.save()
    _affecter(contrat, engagements)
    noter_mode(contrat=contrat, mode=mode, est_hors_site=est_hors_site, par=par)
    return contrat


@transaction.atomic
def modifier_contrat(
    *,
    contrat: Contrat,
    engagements: Sequence[Engagement],
    aujourd_hui: date,
    par: Utilisateur | None,
    mode: str = "",
    est_hors_site: bool = False,
) -> Contrat:
    """Enregistre un contrat modifié et ses affectations : celles qui portent des heures ne se retirent pas.

    Les heures déclarées doivent tenir dans les nouvelles dates, et dans les fenêtres que ces dates déplacent.
    """
    Beneficiaire.objects.select_for_update().get(pk=contrat.beneficiaire_id)
    _exiger(examiner_placement(contrat=contrat, engagements=engagements, aujourd_hui=aujourd_hui))
    contrat.full_clean()
    en_place = list(contrat.affectations.select_related("engagement__titulaire__lot__marche__operation", "eligibilite"))
    gardes = {engagement.pk for engagement in engagements}
    retirees = [affectation for affectation in en_place if affectation.engagement_id not in gardes]
    _controler_heures(contrat, [a for a in en_place if a.engagement_id in gardes], aujourd_hui)
    contrat.save()
    _retirer(retirees)
    nouveaux = [e for e in engagements if e.pk not in {a.engagement_id for a in en_place}]
    _affecter(contrat, nouveaux, decisions_touchees={a.eligibilite_id: a.eligibilite for a in en_place})
    noter_mode(contrat=contrat, mode=mode, est_hors_site=est_hors_site, par=par)
    return contrat


@transaction.atomic
def rompre_contrat(*, contrat: Contrat, date_rupture: date | None, aujourd_hui: date) -> Contrat:
    """Note la fin anticipée d'un contrat (None : la retire). Refuse s'il porte des heures après ce jour."""
    Beneficiaire.objects.select_for_update().get(pk=contrat.beneficiaire_id)
    if date_rupture is not None:
        exiger(
            controler_rupture(date_rupture, debut=contrat.date_debut, fin=contrat.date_fin, aujourd_hui=aujourd_hui),
            "date_rupture",
        )
    contrat.date_rupture = date_rupture
    contrat.full_clean()
    _controler_heures(contrat, list(contrat.affectations.select_related("eligibilite")), aujourd_hui)
    contrat.save(update_fields=["date_rupture"])
    return contrat


@transaction.atomic
def supprimer_contrat(*, contrat: Contrat) -> None:
    """Supprime un contrat saisi par erreur et referme les fenêtres qu'il avait ouvertes ; refuse s'il porte des heures ou des pièces."""
    Beneficiaire.objects.select_for_update().get(pk=contrat.beneficiaire_id)
    affectations = list(
        contrat.affectations.select_related("engagement__titulaire__lot__marche__operation", "eligibilite")
    )
    exiger(PIECES_DEPOSEES if contrat.preuves.exists() else None)
    _retirer(affectations)
    contrat.delete()
    for eligibilite in {a.eligibilite_id: a.eligibilite for a in affectations}.values():
        ajuster_fenetre(eligibilite=eligibilite)


def noter_mode(*, contrat: Contrat, mode: str, est_hors_site: bool, par: Utilisateur | None) -> None:
    """Garde sur chaque affectation comment ses heures sont faites, et recompte celles qui le sont autrement."""
    mode = mode or mode_propose(contrat.type_contrat, contrat.employeur.categorie).value
    autres = contrat.affectations.exclude(mode_execution=mode, est_hors_site=est_hors_site)
    touches = list(autres.values_list("engagement", flat=True))
    autres.update(mode_execution=mode, est_hors_site=est_hors_site)
    recompter_engagements(Engagement.objects.filter(pk__in=touches), par=par)


# Ce que l'on écrit ---------------------------------------------------------------------------------------------------


def _exiger(constats: Collection[ConstatPlacement]) -> None:
    refus = [ValidationError(constat.texte, code=constat.code) for constat in constats if constat.est_un_refus]
    if refus:
        raise ValidationError(refus)


def _affecter(
    contrat: Contrat, engagements: Sequence[Engagement], decisions_touchees: dict[UUID, Eligibilite] | None = None
) -> None:
    """Crée les affectations manquantes, puis ajuste les fenêtres de toutes les décisions que le contrat sert ou servait."""
    decisions = decisions_de(contrat)
    touchees = dict(decisions_touchees or {})
    for engagement in engagements:
        eligibilite = decisions[operation_de(engagement).pk]
        affectation = Affectation(contrat=contrat, engagement=engagement, eligibilite=eligibilite)
        affectation.full_clean()
        affectation.save()
        touchees[eligibilite.pk] = eligibilite
    for eligibilite in touchees.values():
        try:
            ajuster_fenetre(eligibilite=eligibilite)
        except ValidationError as erreur:
            nom = eligibilite.operation.nom
            raise ValidationError([f"{nom}\u00a0: {phrase}" for phrase in erreur.messages], code="fenetre") from erreur


def _retirer(affectations: Sequence[Affectation]) -> None:
    """Retire des affectations ; refuse dès que l'une porte un relevé, même refusé : son histoire doit rester lisible."""
    for affectation in affectations:
        if affectation.releves.exists():
            nom = operation_de(affectation.engagement).nom
            raise ValidationError(
                f"{nom}\u00a0: des heures sont déclarées sur cet engagement. Effacez-les d’abord dans la grille, ou gardez-le.",
                code="affectation_avec_heures",
            )
    Affectation.objects.filter(pk__in=[affectation.pk for affectation in affectations]).delete()


def _controler_heures(contrat: Contrat, affectations: Sequence[Affectation], aujourd_hui: date) -> None:
    """Les heures déjà déclarées doivent tenir dans les dates du contrat, la fenêtre restant ce qu'elle est."""
    faites = [heures for liste in heures_faites(affectations).values() for heures in liste]
    exiger(controler_heures_gardees(faites, contrat=contrat.periode, fenetre=_SANS_BORNE, aujourd_hui=aujourd_hui))
