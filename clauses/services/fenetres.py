"""Ouvrir, déplacer ou refermer la fenêtre d'une décision, toujours avec les paramètres que la décision porte.

La fenêtre gardée (`date_debut`, `date_fin`) est une copie de celle de `decision`, refaite dans la transaction qui écrit le contrat.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from beneficiaires.periodes import Periode
from clauses.models import Affectation, Eligibilite, EtatReleve, ReleveHeures
from clauses.regles import Decision, PointDepart, ouvrir_fenetre, refermer_fenetre
from clauses.regles.placements import HeuresFaites, controler_heures_gardees
from comptes.regles import Refus


def ajuster_fenetre(*, eligibilite: Eligibilite, premiere_heure: date | None = None) -> Eligibilite:
    """Ouvre, déplace ou referme la fenêtre d'une décision d'après ses contrats d'aujourd'hui.

    Les paramètres sont ceux que la décision porte, jamais ceux de la règle en vigueur. Refuse (ValidationError) quand
    l'embauche ne peut pas être admise, ou quand des heures déclarées sortiraient de la nouvelle fenêtre.
    À appeler dans la transaction qui écrit le contrat.
    """
    eligibilite = Eligibilite.objects.select_for_update(of=("self",)).get(pk=eligibilite.pk)
    embauche = eligibilite.affectations.aggregate(premiere=Min("contrat__date_debut"))["premiere"]
    avant = Decision.depuis_json(eligibilite.decision)
    decision = fenetre_prevue(eligibilite, embauche=embauche, premiere_heure=premiere_heure)
    if decision.reponse != avant.reponse:
        raise ValidationError(_pourquoi_pas(decision), code="embauche_non_admise")
    if decision == avant:
        return eligibilite
    if refus := _heures_hors(eligibilite, decision.fenetre):
        raise ValidationError(refus.phrase, code=refus.code)
    eligibilite.decision = decision.vers_json()
    eligibilite.date_debut = decision.fenetre.debut if decision.fenetre else None
    eligibilite.date_fin = decision.fenetre.fin if decision.fenetre else None
    eligibilite.save(update_fields=["decision", "date_debut", "date_fin"])
    return eligibilite


def fenetre_prevue(eligibilite: Eligibilite, *, embauche: date | None, premiere_heure: date | None = None) -> Decision:
    """Rend la décision gardée, sa fenêtre comme elle serait avec cette embauche ; n'écrit rien."""
    decision = Decision.depuis_json(eligibilite.decision)
    return ouvrir_fenetre(
        refermer_fenetre(decision),
        date_embauche=embauche,
        premiere_heure=premiere_heure or decision.dates.premiere_heure,
    )


def attend_la_premiere_heure(eligibilite: Eligibilite) -> bool:
    """Dit si la fenêtre de cette décision s'ouvre à la première heure sur l'opération."""
    return (
        eligibilite.est_eligible
        and eligibilite.decision["parametres"]["point_depart"] == PointDepart.PREMIERE_HEURE.value
    )


def fenetre_a_la_premiere_heure(eligibilite: Eligibilite, jour: date) -> Periode | None:
    """Rend la fenêtre qu'auraient ces heures si leur premier jour était ce jour-là ; n'écrit rien.

    Une décision qui ne part pas de la première heure, ou dont la première heure est plus tôt, rend sa fenêtre d'aujourd'hui.
    """
    if not attend_la_premiere_heure(eligibilite):
        return eligibilite.fenetre
    decision = Decision.depuis_json(eligibilite.decision)
    if decision.dates.premiere_heure is not None and decision.dates.premiere_heure <= jour:
        return eligibilite.fenetre
    return fenetre_prevue(eligibilite, embauche=decision.dates.embauche, premiere_heure=jour).fenetre


def fenetre_saisissable(affectation: Affectation) -> Periode | None:
    """Rend les jours où des heures peuvent être saisies pour cette affectation ; None si rien ne s'ouvre.

    C'est la fenêtre de la décision, sauf quand elle part de la première heure : tant que celle-ci peut être plus ancienne, des
    heures se saisissent depuis l'embauche, dans l'ordre que l'on veut.
    """
    eligibilite = affectation.eligibilite
    if not eligibilite.est_eligible:
        return None
    if not attend_la_premiere_heure(eligibilite):
        return eligibilite.fenetre
    prevue = fenetre_a_la_premiere_heure(eligibilite, affectation.contrat.date_debut)
    gardee = eligibilite.fenetre
    if prevue is None or gardee is None:
        return prevue or gardee
    return Periode(min(prevue.debut, gardee.debut), gardee.fin)


def controler_premiere_heure(affectation: Affectation, jour: date) -> Refus | None:
    """Refuse des heures qui avanceraient tant la fenêtre que d'autres, déjà déclarées, en sortiraient. Ne fait rien ailleurs."""
    eligibilite = affectation.eligibilite
    if not attend_la_premiere_heure(eligibilite):
        return None
    return _heures_hors(eligibilite, fenetre_a_la_premiere_heure(eligibilite, jour))


def ouvrir_fenetre_a_la_premiere_heure(*, eligibilite: Eligibilite, jour: date) -> None:
    """Ouvre la fenêtre quand les premières heures sont saisies ; ne fait rien si elle ne part pas de la première heure.

    `jour` : premier jour travaillé sur l'opération. Une première heure plus ancienne que celle déjà connue avance la fenêtre.
    """
    if not attend_la_premiere_heure(eligibilite):
        return
    with transaction.atomic():
        eligibilite = Eligibilite.objects.select_for_update(of=("self",)).get(pk=eligibilite.pk)
        connue = Decision.depuis_json(eligibilite.decision).dates.premiere_heure
        if connue is None or jour < connue:
            ajuster_fenetre(eligibilite=eligibilite, premiere_heure=jour)


def _heures_hors(eligibilite: Eligibilite, fenetre: Periode | None) -> Refus | None:
    """Rend le refus qui nomme les heures de cette décision que cette fenêtre laisserait dehors."""
    affectations = list(eligibilite.affectations.select_related("contrat"))
    heures = heures_faites(affectations)
    refus = (
        controler_heures_gardees(
            heures.get(affectation.pk, []),
            contrat=affectation.contrat.periode,
            fenetre=fenetre,
            aujourd_hui=timezone.localdate(),
        )
        for affectation in affectations
    )
    return next((un for un in refus if un), None)


def heures_faites(affectations: Iterable[Affectation]) -> dict[UUID, list[HeuresFaites]]:
    """Rend les heures déclarées et non refusées de ces affectations, par affectation, en une requête."""
    resultat: dict[UUID, list[HeuresFaites]] = {}
    releves = ReleveHeures.objects.filter(affectation__in=list(affectations), heures__gt=0).exclude(
        etat=EtatReleve.REFUSE
    )
    for releve in releves:
        resultat.setdefault(releve.affectation_id, []).append(
            HeuresFaites(Periode(releve.date_debut, releve.date_fin), releve.heures, releve.nature)
        )
    return resultat


def _pourquoi_pas(decision: Decision) -> str:
    if decision.manques:
        return f"Il manque {decision.manques[-1]} pour admettre cette embauche. Complétez le marché."
    return decision.raisons[-1].texte
