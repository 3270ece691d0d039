"""Répondre des heures qu'une autre entreprise a déclarées : les approuver, ou les contester, ce qui ouvre un litige."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from clauses.models import Approbation, EtatReleve, Litige, MessageLitige, RegleClause, ReleveHeures
from clauses.models.confirmations import releves_de_la_partie
from clauses.regles.confirmation import (
    ParametresConfirmation,
    controler_contestation,
    controler_reponse,
    doit_repondre,
    fin_du_delai,
)
from clauses.regles.declarations import MOIS_VERROUILLE
from clauses.services.heures_etats import passer
from comptes.ecriture import enregistrer
from comptes.formats import heures as ecrire_heures
from comptes.models import Profil, Utilisateur
from comptes.regles import Refus

CHANGEES = Refus(
    "Ces heures ont changé depuis que vous les avez lues\u00a0: relisez-les, puis répondez.", "change_depuis"
)
PAS_A_VOUS = Refus("Vous avez déclaré ces heures\u00a0: c’est à l’autre entreprise d’en répondre.", "declarant")
DEJA_APPROUVEES = Refus("Vous avez déjà approuvé ces heures.", "deja_approuve")


@dataclass(frozen=True, slots=True)
class Reponses:
    """Ce qu'une série d'approbations a fait : les relevés approuvés, et ceux qui ne l'ont pas été, avec la raison."""

    approuves: tuple[ReleveHeures, ...]
    refus: tuple[tuple[ReleveHeures, Refus], ...]

    @property
    def heures(self) -> Decimal:
        return sum((releve.heures for releve in self.approuves), Decimal(0))


@transaction.atomic
def approuver(*, versions: dict[UUID, int], par: Utilisateur) -> Reponses:
    """Approuve des relevés tels qu'ils ont été lus (identifiant → version lue). Ceux où l'entreprise n'est pas partie sont laissés.

    Un relevé changé depuis, décidé, contesté ou déclaré par l'entreprise elle-même n'est pas approuvé, et la raison est rendue.
    """
    approuves, refus = [], []
    releves = _verrouiller(versions, par)
    deja = set(
        Approbation.objects.filter(
            releve__in=releves, entreprise=par.organisation, heures=F("releve__heures")
        ).values_list("releve", flat=True)
    )
    for releve in releves:
        raison = _empechement(releve, versions[releve.pk], par)
        if raison is None and releve.pk in deja:
            raison = DEJA_APPROUVEES
        if raison:
            refus.append((releve, raison))
        else:
            approuves.append(releve)
    moment = timezone.now()
    Approbation.objects.bulk_create(
        [
            Approbation(releve=releve, entreprise=par.organisation, heures=releve.heures, par=par, le=moment)
            for releve in approuves
        ],
        update_conflicts=True,
        unique_fields=["releve", "entreprise"],
        update_fields=["heures", "par", "le"],
    )
    return Reponses(tuple(approuves), tuple(refus))


@transaction.atomic
def contester(*, releve: UUID, version: int, heures_reconnues: Decimal, motif: str, par: Utilisateur) -> Litige | Refus:
    """Ouvre un litige sur un relevé tel qu'il a été lu ; ses heures se comptent à part jusqu'à la décision du facilitateur.

    Lève ReleveHeures.DoesNotExist si l'entreprise n'y est pas partie, ValidationError si le motif ne convient pas.
    """
    actuel = next(iter(_verrouiller([releve], par)), None)
    if actuel is None:
        raise ReleveHeures.DoesNotExist
    refus = _empechement(actuel, version, par) or controler_contestation(actuel.heures, heures_reconnues)
    if refus:
        return refus
    moment = timezone.now()
    litige = Litige(
        releve=actuel,
        entreprise=par.organisation,
        ouvert_par=par,
        ouvert_le=moment,
        echeance=fin_du_delai(timezone.localdate(moment), _parametres(actuel).litige_jours),
        heures_declarees=actuel.heures,
        heures_reconnues=heures_reconnues,
    )
    enregistrer(litige)
    enregistrer(MessageLitige(litige=litige, organisation=par.organisation, auteur=par, texte=motif, le=moment))
    Approbation.objects.filter(releve=actuel, entreprise=par.organisation).delete()
    constat = f"Contestées par {par.organisation.nom}, qui reconnaît {ecrire_heures(heures_reconnues)}."
    if not passer(releves=[actuel], vers=EtatReleve.CONTESTE, motif=constat, par=par, le=moment):
        transaction.set_rollback(True)
        return MOIS_VERROUILLE
    return litige


def _verrouiller(ids: Iterable[UUID], par: Utilisateur) -> list[ReleveHeures]:
    """Les relevés où l'entreprise de l'utilisateur est partie, verrouillés dans l'ordre de leurs identifiants."""
    if par.profil != Profil.ENTREPRISE:
        raise PermissionDenied
    a_elle = releves_de_la_partie(par.organisation).filter(pk__in=list(ids)).values("pk")
    return list(
        ReleveHeures.objects.filter(pk__in=a_elle)
        .select_related("affectation__contrat", "affectation__eligibilite")
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )


def _empechement(releve: ReleveHeures, version: int, par: Utilisateur) -> Refus | None:
    entreprise = par.organisation.pk
    if releve.version != version:
        return CHANGEES
    if refus := controler_reponse(releve.etat):
        return refus
    if not doit_repondre(entreprise, parties={entreprise}, declarant=releve.declarant_id):
        return PAS_A_VOUS
    return None


def _parametres(releve: ReleveHeures) -> ParametresConfirmation:
    marche = releve.affectation.engagement.titulaire.lot.marche_id
    options = RegleClause.objects.filter(marche=marche, est_courante=True).values_list("options", flat=True).first()
    return ParametresConfirmation.depuis_json((options or {}).get("confirmation", {}))
