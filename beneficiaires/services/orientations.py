"""Le parcours d'une orientation : brouillon, envoi, réponse. Toute écriture verrouille l'orientation et relit son état."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from beneficiaires import tasks
from beneficiaires.doublons import Identite, chercher_doublons
from beneficiaires.models import Beneficiaire, CritereOriente, EtatOrientation, Orientation, Situation
from beneficiaires.periodes import Periode
from beneficiaires.regles import CRITERES, controler_age, controler_naissance
from comptes.formats import date_longue, heure
from comptes.models import Organisation, Utilisateur

CHAMPS_REPRIS = ("prenom", "nom_naissance", "date_naissance", "sexe", "commune")
CHAMPS_FACULTATIFS = (
    "nom_usage",
    "telephone",
    "courriel",
    "code_postal",
    "niveau_formation",
    "identifiant_france_travail",
)
REPONSES = {EtatOrientation.ACCEPTEE: "accepté", EtatOrientation.REFUSEE: "refusé"}


@transaction.atomic
def ouvrir_brouillon(*, orientation: Orientation) -> Orientation:
    """Enregistre le brouillon ; s'il y en a déjà un du même auteur pour la même identité (double envoi), il est mis à jour."""
    Utilisateur.objects.select_for_update(no_key=True).get(pk=orientation.auteur_id)
    deja = Orientation.objects.filter(
        auteur=orientation.auteur,
        prescripteur=orientation.prescripteur,
        etat=EtatOrientation.BROUILLON,
        nom_naissance__iexact=orientation.nom_naissance,
        prenom__iexact=orientation.prenom,
        date_naissance=orientation.date_naissance,
    ).first()
    if deja:
        orientation.pk, orientation.cree_le, orientation._state.adding = deja.pk, deja.cree_le, False
    orientation.full_clean()
    orientation.save()
    return orientation


@transaction.atomic
def enregistrer_situation(*, orientation: Orientation, criteres: Mapping[str, date | None], pass_iae: str) -> None:
    """Remplace les critères cochés (code → date de la pièce) et la réponse sur le PASS IAE."""
    _reprendre(orientation.pk, EtatOrientation.BROUILLON)
    orientation.criteres.exclude(critere__in=criteres).delete()
    for code, date_piece in criteres.items():
        CritereOriente.objects.update_or_create(
            orientation=orientation, critere=code, defaults={"date_piece": date_piece}
        )
    orientation.pass_iae = pass_iae
    orientation.save(update_fields=["pass_iae"])


@transaction.atomic
def supprimer_brouillon(*, orientation: Orientation) -> None:
    _reprendre(orientation.pk, EtatOrientation.BROUILLON).delete()


@transaction.atomic
def envoyer_orientation(*, orientation: Orientation, maintenant: datetime) -> Orientation:
    """Envoie le brouillon : il ne se modifie plus. Les contrôles des étapes sont refaits : un brouillon vieillit."""
    a_envoyer = _reprendre(orientation.pk, EtatOrientation.BROUILLON)
    aujourd_hui = timezone.localdate(maintenant)
    refus = [controler_naissance(a_envoyer.date_naissance, aujourd_hui)]
    codes = a_envoyer.criteres.values_list("critere", flat=True)
    refus += [controler_age(CRITERES[code], a_envoyer.date_naissance, aujourd_hui) for code in codes]
    if phrases := [refus_.phrase for refus_ in refus if refus_]:
        raise ValidationError(phrases)
    if not codes:
        raise ValidationError("Cochez au moins une situation à l’étape 2 avant d’envoyer.", code="sans_critere")
    a_envoyer.etat = EtatOrientation.ENVOYEE
    a_envoyer.envoyee_le = maintenant
    a_envoyer.full_clean()
    a_envoyer.save()
    return a_envoyer


@transaction.atomic
def accepter_orientation(
    *,
    orientation: Orientation,
    utilisateur: Utilisateur,
    beneficiaire: Beneficiaire | None,
    ecartes: frozenset[UUID] = frozenset(),
    maintenant: datetime,
    adresse: str,
) -> Beneficiaire:
    """Accepte l'orientation : elle rejoint la fiche donnée, ou en crée une. Les pièces restent à voir.

    `ecartes` : les personnes ressemblantes que l'utilisateur a vues et écartées avant de créer une fiche.
    `adresse` : la page de l'orientation, pour le courriel. Lève ValidationError si quelqu'un a déjà répondu, ou si une
    personne ressemblante est apparue entre-temps.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=orientation.structure_id)
    acceptee = _reprendre(orientation.pk, EtatOrientation.ENVOYEE)
    fiche = beneficiaire or _nouvelle_fiche(acceptee, utilisateur, ecartes)
    if beneficiaire:
        _completer_fiche(fiche, acceptee)
    fiche.metiers.add(*acceptee.metiers.all())
    _reprendre_situations(fiche, acceptee)
    acceptee.beneficiaire = fiche
    _repondre(acceptee, EtatOrientation.ACCEPTEE, utilisateur, maintenant, adresse)
    return fiche


@transaction.atomic
def refuser_orientation(
    *,
    orientation: Orientation,
    utilisateur: Utilisateur,
    motif: str,
    message: str,
    maintenant: datetime,
    adresse: str,
) -> None:
    """Refuse l'orientation avec sa raison. Lève ValidationError si quelqu'un a déjà répondu."""
    refusee = _reprendre(orientation.pk, EtatOrientation.ENVOYEE)
    refusee.motif_refus = motif
    refusee.message_reponse = message
    _repondre(refusee, EtatOrientation.REFUSEE, utilisateur, maintenant, adresse)


def _reprendre(pk: UUID, etat: EtatOrientation) -> Orientation:
    """Relit et verrouille l'orientation. Lève ValidationError, avec la phrase, si elle n'est plus dans cet état."""
    orientation = (
        Orientation.objects.select_for_update(of=("self",))
        .select_related("structure", "prescripteur", "repondue_par")
        .filter(pk=pk)
        .first()
    )
    if orientation is None:
        raise ValidationError("Ce brouillon a été supprimé entre-temps.", code="supprimee")
    if orientation.etat == etat:
        return orientation
    if orientation.etat in REPONSES:
        moment = timezone.localtime(orientation.repondue_le)
        raise ValidationError(
            f"{orientation.repondue_par.get_full_name()} a déjà {REPONSES[orientation.etat]} cette orientation "
            f"le {date_longue(moment.date())} à {heure(moment)}. Rien n’a changé.",
            code="deja_repondue",
        )
    envoyee_le = timezone.localdate(orientation.envoyee_le)
    raise ValidationError(
        f"Cette orientation est déjà partie, le {date_longue(envoyee_le)}\u00a0: elle ne se modifie plus.",
        code="deja_envoyee",
    )


def _repondre(
    orientation: Orientation, etat: EtatOrientation, utilisateur: Utilisateur, maintenant: datetime, adresse: str
) -> None:
    orientation.etat = etat
    orientation.repondue_le = maintenant
    orientation.repondue_par = utilisateur
    orientation.full_clean()
    orientation.save()
    transaction.on_commit(lambda: tasks.annoncer_reponse.delay(str(orientation.pk), adresse), robust=True)


def _nouvelle_fiche(orientation: Orientation, utilisateur: Utilisateur, ecartes: frozenset[UUID]) -> Beneficiaire:
    doublons = chercher_doublons(structure=orientation.structure, identite=Identite.de(orientation))
    if {doublon.beneficiaire.pk for doublon in doublons} - ecartes:
        raise ValidationError(
            "Une personne ressemblante vient d’être enregistrée. Relisez la liste avant de choisir.", code="doublon"
        )
    fiche = Beneficiaire(
        structure=orientation.structure,
        prescripteur=orientation.prescripteur,
        referent=utilisateur,
        **{nom: getattr(orientation, nom) for nom in (*CHAMPS_REPRIS, *CHAMPS_FACULTATIFS)},
    )
    fiche.full_clean()
    fiche.save()
    return fiche


def _completer_fiche(fiche: Beneficiaire, orientation: Orientation) -> None:
    """Remplit ce qui manquait à la fiche ; ce qui y est déjà ne change pas."""
    if fiche.prescripteur_id is None:
        fiche.prescripteur = orientation.prescripteur
    for nom in CHAMPS_FACULTATIFS:
        if not getattr(fiche, nom) and getattr(orientation, nom):
            setattr(fiche, nom, getattr(orientation, nom))
    fiche.full_clean()
    fiche.save()


def _reprendre_situations(fiche: Beneficiaire, orientation: Orientation) -> None:
    """Une situation par critère coché, depuis la date de la pièce ou l'envoi, sauf si la fiche la porte déjà ce jour-là."""
    envoi = timezone.localdate(orientation.envoyee_le)
    deja: dict[str, list[Periode]] = {}
    for situation in fiche.situations.all():
        deja.setdefault(situation.critere, []).append(Periode(situation.date_debut, situation.date_fin))
    for coche in orientation.criteres.all():
        periode = Periode(coche.date_piece or envoi)
        if not any(autre.chevauche(periode) for autre in deja.get(coche.critere, [])):
            situation = Situation(beneficiaire=fiche, critere=coche.critere, date_debut=periode.debut)
            situation.full_clean()
            situation.save()
