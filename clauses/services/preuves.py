"""Les preuves d'un contrat : déposer en quarantaine, contrôler, accepter ou faire refaire, retirer, effacer à l'échéance."""

import hashlib
import logging
from collections.abc import Collection
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from beneficiaires.periodes import ajouter_mois
from clauses.models import Contrat, EtatPreuve, Preuve
from clauses.models.preuves import ETATS_LISIBLES, ETATS_REFUSES
from clauses.regles.preuves import (
    CONSERVATION_MOIS,
    ENTETE_OCTETS,
    SortePreuve,
    fin_de_conservation,
    mois_prouve,
    reconnaitre,
)
from clauses.services.preuves_controle import controler_contenu
from comptes.ecriture import enregistrer, exiger
from comptes.models import Profil, Utilisateur
from comptes.regles import Refus

journal = logging.getLogger(__name__)

DEJA_JUGEE = Refus("Cette pièce n’attend plus de réponse\u00a0: rechargez la page.", "deja_jugee")
DEJA_ACCEPTEE = Refus("Le facilitateur a accepté cette pièce\u00a0: elle ne se retire plus.", "deja_acceptee")
# Passé ce délai, le travail de nuit reprend un contrôle que le worker n'a pas fini.
QUARANTAINE_LONGUE = timedelta(hours=1)


def deposer(
    *, contrat: Contrat, sorte: SortePreuve, mois: date | None, contenu: bytes, par: Utilisateur, aujourd_hui: date
) -> Preuve:
    """Garde un fichier en quarantaine et le confie au worker. `mois` : un jour du mois prouvé, None pour un contrat.

    Lève ValidationError, rien n'étant alors gardé, si le contenu n'est pas d'un format admis, si le mois n'est pas du contrat, ou si
    ce fichier est déjà déposé.
    """
    admis = reconnaitre(contenu[:ENTETE_OCTETS], len(contenu))
    if isinstance(admis, Refus):
        journal.warning("Preuve refusée au dépôt (%s), contrat %s, %s octets", admis.code, contrat.pk, len(contenu))
        raise ValidationError({"fichier": ValidationError(admis.phrase, code=admis.code)})
    prouve = mois_prouve(sorte, mois, contrat=contrat.periode, aujourd_hui=aujourd_hui)
    if isinstance(prouve, Refus):
        raise ValidationError({"mois": ValidationError(prouve.phrase, code=prouve.code)})
    preuve = Preuve(
        contrat=contrat,
        sorte=sorte,
        mois=prouve,
        type_mime=admis.type_mime,
        octets=len(contenu),
        empreinte=hashlib.sha256(contenu).hexdigest(),
        deposante=par.organisation,
        deposee_par=par,
        deposee_le=timezone.now(),
    )
    preuve.fichier.name = default_storage.save(f"quarantaine/{preuve.pk}", ContentFile(contenu))
    try:
        with transaction.atomic():
            enregistrer(preuve)
            _remplacer_les_refusees(preuve)
    except BaseException:
        default_storage.delete(preuve.fichier.name)
        raise
    _confier(preuve)
    return preuve


def _remplacer_les_refusees(preuve: Preuve) -> None:
    """La même pièce, déposée de nouveau, prend la place de celle qui était à refaire. L'historique garde la trace du refus."""
    refusees = Preuve.objects.filter(
        contrat=preuve.contrat, sorte=preuve.sorte, mois=preuve.mois, deposante=preuve.deposante, etat__in=ETATS_REFUSES
    )
    _effacer_au_commit([nom for nom in refusees.values_list("fichier", flat=True) if nom])
    refusees.delete()


def _effacer_au_commit(noms: Collection[str]) -> None:
    for nom in noms:
        transaction.on_commit(lambda nom=nom: default_storage.delete(nom), robust=True)


def _confier(preuve: Preuve) -> None:
    """La pièce est gardée : si la file ne répond pas, elle attend en quarantaine que le travail de nuit la reprenne."""
    from clauses.tasks import controler_preuve

    transaction.on_commit(lambda: controler_preuve.delay(str(preuve.pk)), robust=True)


def controler(preuve_id: str) -> None:
    """Sort une preuve de quarantaine : saine, elle se lit ; sinon son fichier s'efface et l'écran dit pourquoi. Rejouable."""
    preuve = Preuve.objects.filter(pk=preuve_id, etat=EtatPreuve.QUARANTAINE).first()
    if preuve is None:
        return
    ecarte = preuve.fichier.name
    with default_storage.open(ecarte) as fichier:
        contenu = fichier.read()
    sain = controler_contenu(contenu)
    if isinstance(sain, Refus):
        journal.warning("Preuve %s refusée au contrôle (%s)", preuve.pk, sain.code)
        _sortir(preuve, {"etat": EtatPreuve.REFUSEE, "motif": sain.phrase, "fichier": ""})
    else:
        nom = default_storage.save(f"preuves/{preuve.deposee_le:%Y}/{preuve.pk}.{preuve.extension}", ContentFile(sain))
        if not _sortir(preuve, {"etat": EtatPreuve.RECUE, "fichier": nom, "octets": len(sain)}):
            default_storage.delete(nom)
    default_storage.delete(ecarte)


def _sortir(preuve: Preuve, changements: dict[str, object]) -> int:
    """Change l'état si la preuve est encore en quarantaine : deux workers qui la contrôlent ne se marchent pas dessus."""
    return Preuve.objects.filter(pk=preuve.pk, etat=EtatPreuve.QUARANTAINE).update(**changements)


@transaction.atomic
def juger(*, preuve: Preuve, accepte: bool, motif: str, par: Utilisateur) -> Preuve:
    """Le facilitateur accepte la pièce, ou dit pourquoi elle est à refaire. Lève ValidationError si un autre l'a déjà fait."""
    if par.profil != Profil.FACILITATEUR:
        raise PermissionDenied
    actuelle = Preuve.objects.select_for_update().get(pk=preuve.pk)
    exiger(None if actuelle.etat == EtatPreuve.RECUE else DEJA_JUGEE)
    actuelle.etat = EtatPreuve.ACCEPTEE if accepte else EtatPreuve.A_REFAIRE
    actuelle.motif = "" if accepte else motif.strip()
    actuelle.vue_par, actuelle.vue_le = par, timezone.now()
    enregistrer(actuelle)
    return actuelle


@transaction.atomic
def retirer(*, preuve: Preuve) -> None:
    """Efface une pièce déposée par erreur, fichier compris. Lève ValidationError une fois acceptée."""
    actuelle = Preuve.objects.select_for_update().get(pk=preuve.pk)
    exiger(DEJA_ACCEPTEE if actuelle.etat == EtatPreuve.ACCEPTEE else None)
    if actuelle.fichier:
        _effacer_au_commit([actuelle.fichier.name])
    actuelle.delete()


def entretenir(*, aujourd_hui: date) -> int:
    """Efface les fichiers dont la conservation est finie, reprend les contrôles restés en route. Rend le nombre de fichiers effacés."""
    for preuve in Preuve.objects.filter(
        etat=EtatPreuve.QUARANTAINE, deposee_le__lt=timezone.now() - QUARANTAINE_LONGUE
    ):
        _confier(preuve)
    finis = (
        Preuve.objects.filter(etat__in=ETATS_LISIBLES)
        .exclude(fichier="")
        .alias(fin=Coalesce("contrat__date_rupture", "contrat__date_fin"))
        # Plus large que la règle, qui tranche : elle seule calcule une date.
        .filter(fin__lt=ajouter_mois(aujourd_hui, -CONSERVATION_MOIS + 1))
        .select_related("contrat")
    )
    effaces = [p for p in finis if fin_de_conservation(p.contrat.derniere_date) < aujourd_hui]
    for preuve in effaces:
        default_storage.delete(preuve.fichier.name)
    Preuve.objects.filter(pk__in=[p.pk for p in effaces]).update(fichier="")
    return len(effaces)
