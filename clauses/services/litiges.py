"""Un litige : son fil, et la décision du facilitateur qui le règle."""

from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from clauses.models import EtatReleve, Litige, MessageLitige, ReleveHeures
from clauses.regles.confirmation import IssueLitige, etat_apres_litige
from clauses.regles.declarations import MOIS_VERROUILLE
from clauses.services.heures import saisir_case, verrouiller_les_personnes
from clauses.services.heures_etats import passer
from clauses.services.verrous import verrous_des_releves
from comptes.ecriture import enregistrer, exiger
from comptes.models import Profil, Utilisateur
from comptes.regles import Refus

DEJA_REGLE = Refus("Ce litige est déjà réglé.", "deja_regle")
CHANGEES = Refus("Ces heures viennent de changer\u00a0: relisez le litige, puis décidez.", "change_depuis")


@transaction.atomic
def repondre(*, litige: Litige, texte: str, par: Utilisateur) -> MessageLitige:
    """Ajoute un message au fil. Lève ValidationError si le litige est réglé, ou si le texte ne convient pas (vide, NIR)."""
    exiger(None if _verrouiller(litige).est_ouvert else DEJA_REGLE)
    message = MessageLitige(
        litige=litige, organisation=par.organisation, auteur=par, texte=texte.strip(), le=timezone.now()
    )
    enregistrer(message)
    return message


@transaction.atomic
def regler(*, litige: Litige, issue: str, retenues: Decimal | None, motif: str, par: Utilisateur) -> Litige:
    """Règle un litige : heures maintenues, corrigées (`retenues`) ou refusées. Le relevé reprend ensuite le chemin de la validation.

    Lève ValidationError, sans rien écrire, si le litige est déjà réglé, si les heures retenues manquent ou ne passent pas les
    contrôles de la saisie.
    """
    if par.profil != Profil.FACILITATEUR:
        raise PermissionDenied
    # Dans l'ordre de toute saisie d'heures : la déclaration du mois, la personne, le relevé.
    exiger(MOIS_VERROUILLE if verrous_des_releves([litige.releve_id]) else None)
    verrouiller_les_personnes({litige.releve.affectation_id})
    releve = (
        ReleveHeures.objects.select_related("affectation__contrat", "affectation__eligibilite")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=litige.releve_id)
    )
    actuel = _verrouiller(litige)
    exiger(None if actuel.est_ouvert else DEJA_REGLE)
    etat = etat_apres_litige(issue, declarees=releve.heures, retenues=retenues)
    if isinstance(etat, Refus):
        raise ValidationError({"retenues": ValidationError(etat.phrase, code=etat.code)})
    moment = timezone.now()
    enregistrer(MessageLitige(litige=actuel, organisation=par.organisation, auteur=par, texte=motif.strip(), le=moment))
    passe = passer(releves=[releve], vers=EtatReleve(etat), motif=motif[:400], par=par, le=moment)
    exiger(None if passe else MOIS_VERROUILLE)
    if issue == IssueLitige.CORRIGEES:
        _corriger(releve, retenues, par)
    actuel.issue, actuel.clos_par, actuel.clos_le = issue, par, moment
    actuel.heures_retenues = {IssueLitige.REFUSEES: Decimal(0), IssueLitige.CORRIGEES: retenues}.get(
        IssueLitige(issue), releve.heures
    )
    enregistrer(actuel)
    return actuel


def _corriger(releve: ReleveHeures, retenues: Decimal, par: Utilisateur) -> None:
    """Écrit les heures retenues par la voie de toute saisie : contrôles, comptes et trace compris."""
    resultat = saisir_case(
        affectation=releve.affectation_id,
        nature=releve.nature,
        mois=releve.mois,
        heures=retenues,
        version_lue=releve.version,
        utilisateur=par,
    )
    if isinstance(resultat, Refus):
        raise ValidationError({"retenues": ValidationError(resultat.phrase, code=resultat.code)})
    if not isinstance(resultat, ReleveHeures):
        exiger(CHANGEES)


def _verrouiller(litige: Litige) -> Litige:
    return Litige.objects.select_for_update(of=("self",)).get(pk=litige.pk)
