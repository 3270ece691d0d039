"""Ouvrir, déplacer ou refermer la fenêtre d'une décision, toujours avec les paramètres que la décision porte.

La fenêtre gardée (`date_debut`, `date_fin`) est une copie de celle de `decision`, refaite dans la transaction qui écrit le contrat.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Min, OuterRef, Subquery
from django.utils import timezone

from beneficiaires.periodes import Periode
from clauses.models import Affectation, Contrat, Eligibilite, EtatReleve, RegleClause, ReleveHeures
from clauses.regles import Decision, PointDepart, Reponse, ouvrir_fenetre, refermer_fenetre
from clauses.regles.choix import PERIMETRES_PARTAGES, ChangementEntreprise, MoisACheval, UniteDuree
from clauses.regles.faits import FaitContrat
from clauses.regles.ouverture import avec_fenetre, fenetre_du_contrat, sans_raisons_de_fenetre
from clauses.regles.placements import HeuresFaites, controler_heures_gardees
from clauses.services.faits import fait_du_contrat, faits_des_contrats, jour_ou_la_duree_est_atteinte
from comptes.ecriture import exiger
from comptes.regles import Refus


def ajuster_fenetre(*, eligibilite: Eligibilite, premiere_heure: date | None = None) -> Eligibilite:
    """Ouvre, déplace ou referme la fenêtre d'une décision d'après ses contrats d'aujourd'hui.

    Les paramètres sont ceux que la décision porte, jamais ceux de la règle en vigueur. Refuse (ValidationError) quand
    l'embauche ne peut pas être admise, ou quand des heures déclarées sortiraient de la nouvelle fenêtre.
    À appeler dans la transaction qui écrit le contrat.
    """
    eligibilite = _verrouiller(eligibilite)
    embauche = eligibilite.affectations.aggregate(premiere=Min("contrat__date_debut"))["premiere"]
    avant = Decision.depuis_json(eligibilite.decision)
    decision = fenetre_prevue(eligibilite, embauche=embauche, premiere_heure=premiere_heure)
    if decision.reponse != avant.reponse:
        raise ValidationError(pourquoi_pas(decision), code="embauche_non_admise")
    if decision == avant:
        return eligibilite
    exiger(_heures_hors(eligibilite, decision))
    return _garder(eligibilite, decision)


def fenetre_prevue(
    eligibilite: Eligibilite,
    *,
    embauche: date | None,
    premiere_heure: date | None = None,
    contrats: Sequence[FaitContrat] | None = None,
) -> Decision:
    """Rend la décision gardée, sa fenêtre comme elle serait avec cette embauche et ces contrats ; n'écrit rien.

    `contrats` : ceux qui serviraient l'opération, si sa règle les regarde (None : ceux d'aujourd'hui).
    """
    decision = Decision.depuis_json(eligibilite.decision)
    if contrats is None:
        contrats = contrats_de(eligibilite) if decision.parametres.depend_des_contrats else ()
    refermee = refermer_fenetre(decision)
    if decision.parametres.unite_duree == UniteDuree.TRAVAIL:
        refermee = _au_temps_de_travail(eligibilite, refermee)
    return ouvrir_fenetre(
        refermee,
        date_embauche=embauche,
        premiere_heure=premiere_heure or decision.dates.premiere_heure,
        contrats=contrats,
    )


def contrats_de(eligibilite: Eligibilite, sauf: Contrat | None = None) -> list[FaitContrat]:
    """Rend les contrats qui servent l'opération au titre de cette décision, `sauf` celui que l'on modifie."""
    affectations = eligibilite.affectations.all()
    return faits_des_contrats(affectations if sauf is None else affectations.exclude(contrat=sauf.pk))


def suivre_le_temps_de_travail(eligibilites: Iterable[Eligibilite]) -> None:
    """Referme ou rouvre les fenêtres en temps de travail dont les heures viennent de changer ; ne fait rien des autres.

    Une heure déjà déclarée n'est jamais refusée ici : celles qui passent la durée se lisent dans les contrôles.
    """
    for eligibilite in {e.pk: e for e in eligibilites if _est_au_temps_de_travail(e)}.values():
        with transaction.atomic():
            verrouillee = _verrouiller(eligibilite)
            avant = Decision.depuis_json(verrouillee.decision)
            decision = fenetre_prevue(verrouillee, embauche=avant.dates.embauche)
            if decision != avant and decision.reponse == avant.reponse:
                _garder(verrouillee, decision)


def _est_au_temps_de_travail(eligibilite: Eligibilite) -> bool:
    unite = eligibilite.decision["parametres"].get("unite_duree")
    return eligibilite.est_eligible and unite == UniteDuree.TRAVAIL.value


def _au_temps_de_travail(eligibilite: Eligibilite, decision: Decision) -> Decision:
    """Rend la décision avec le jour où ses heures atteignent la durée, tel qu'il est aujourd'hui."""
    jour = jour_ou_la_duree_est_atteinte(eligibilite.beneficiaire, eligibilite.operation, decision)
    decision = replace(decision, dates=replace(decision.dates, quota_atteint=jour))
    ouverte = decision.reponse == Reponse.ELIGIBLE and decision.fenetre is not None
    return avec_fenetre(sans_raisons_de_fenetre(decision)) if ouverte else decision


def _verrouiller(eligibilite: Eligibilite) -> Eligibilite:
    return Eligibilite.objects.select_for_update(of=("self",)).get(pk=eligibilite.pk)


def _garder(eligibilite: Eligibilite, decision: Decision) -> Eligibilite:
    """Écrit la décision et la copie de sa fenêtre."""
    eligibilite.decision = decision.vers_json()
    eligibilite.date_debut = decision.fenetre.debut if decision.fenetre else None
    eligibilite.date_fin = decision.fenetre.fin if decision.fenetre else None
    eligibilite.save(update_fields=["decision", "date_debut", "date_fin"])
    return eligibilite


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
        return fenetre_de(affectation)
    prevue = fenetre_a_la_premiere_heure(eligibilite, affectation.contrat.date_debut)
    gardee = eligibilite.fenetre
    if prevue is None or gardee is None:
        return prevue or gardee
    return Periode(min(prevue.debut, gardee.debut), gardee.fin)


def fenetre_de(affectation: Affectation) -> Periode | None:
    """Rend les jours où les heures de cette affectation comptent : la fenêtre de la décision, ou la part de son entreprise.

    Lit `contrat` et `engagement__titulaire__lot` : les joindre pour une liste.
    """
    eligibilite = affectation.eligibilite
    lus = eligibilite.decision["parametres"]
    est_partagee = (
        lus.get("changement_entreprise") == ChangementEntreprise.NOUVELLE_FENETRE.value
        or lus.get("perimetre") in PERIMETRES_PARTAGES
    )
    if not est_partagee or eligibilite.date_debut is None:
        return eligibilite.fenetre
    contrat = affectation.contrat
    fait = FaitContrat(
        contrat.type_contrat,
        contrat.date_debut,
        contrat.derniere_date,
        entreprise=str(contrat.entreprise_utilisatrice_id or contrat.employeur_id),
        marche=str(affectation.engagement.titulaire.lot.marche_id),
    )
    return fenetre_du_contrat(Decision.depuis_json(eligibilite.decision), fait)


def controler_premiere_heure(affectation: Affectation, jour: date) -> Refus | None:
    """Refuse des heures qui avanceraient tant la fenêtre que d'autres, déjà déclarées, en sortiraient. Ne fait rien ailleurs."""
    eligibilite = affectation.eligibilite
    if not attend_la_premiere_heure(eligibilite):
        return None
    decision = Decision.depuis_json(eligibilite.decision)
    if decision.dates.premiere_heure is not None and decision.dates.premiere_heure <= jour:
        return None
    return _heures_hors(eligibilite, fenetre_prevue(eligibilite, embauche=decision.dates.embauche, premiere_heure=jour))


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


def _heures_hors(eligibilite: Eligibilite, decision: Decision) -> Refus | None:
    """Rend le refus qui nomme les heures de cette décision que sa nouvelle fenêtre laisserait dehors."""
    affectations = list(eligibilite.affectations.select_related("contrat__employeur", "engagement__titulaire__lot"))
    heures = heures_faites(affectations)
    refus = (
        controler_heures_gardees(
            heures.get(affectation.pk, []),
            contrat=affectation.contrat.periode,
            fenetre=fenetre_du_contrat(
                decision, fait_du_contrat(affectation.contrat, affectation.engagement.titulaire.lot.marche_id, {})
            ),
            aujourd_hui=timezone.localdate(),
        )
        for affectation in affectations
    )
    return next((un for un in refus if un), None)


def heures_faites(affectations: Iterable[Affectation]) -> dict[UUID, list[HeuresFaites]]:
    """Rend les heures déclarées et non refusées de ces affectations, par affectation, en une requête."""
    resultat: dict[UUID, list[HeuresFaites]] = {}
    regle = RegleClause.objects.filter(
        marche=OuterRef("affectation__engagement__titulaire__lot__marche"), est_courante=True
    )
    releves = (
        ReleveHeures.objects.filter(affectation__in=list(affectations), heures__gt=0)
        .exclude(etat=EtatReleve.REFUSE)
        .annotate(mois_a_cheval=Subquery(regle.values("options__eligibilite__mois_a_cheval")[:1]))
    )
    for releve in releves:
        resultat.setdefault(releve.affectation_id, []).append(
            HeuresFaites(
                Periode(releve.date_debut, releve.date_fin),
                releve.heures,
                releve.nature,
                est_prorata=releve.mois_a_cheval == MoisACheval.PRORATA,
            )
        )
    return resultat


def pourquoi_pas(decision: Decision) -> str:
    """Rend la phrase qui dit pourquoi une embauche ne va pas avec la décision : ce qui manque, ou ce qui s'oppose."""
    if decision.manques:
        return f"Il manque {decision.manques[-1]} pour admettre cette embauche. Complétez-la, puis décidez à nouveau."
    return decision.raisons[-1].texte
