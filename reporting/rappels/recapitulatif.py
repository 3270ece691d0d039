"""Le courriel du matin : un par utilisateur et par jour ouvré, s'il y a du nouveau. Aucun nom, aucun critère.

D'abord une ligne par courriel à envoyer (`preparer`), puis chaque courriel, pour lui-même (`envoyer`) : ce qui est tué en route se
reprend, ce qui est envoyé ne repart pas.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from clauses.regles.rappels import nouveau_depuis
from comptes.models import Adhesion, Profil, Utilisateur
from reporting.alertes.mots import avec_mots, sans_nom
from reporting.models import AbonnementCourriel, Alerte, EnvoiRecapitulatif, TypeAlerte
from reporting.rappels.desabonnement import TOUTES, adresse_de_desabonnement

LIGNES_PAR_SORTE = 10


@dataclass(frozen=True)
class Groupe:
    """Une sorte d'échéances dans un courriel : combien, les premières, et où voir les autres."""

    libelle: str
    nombre: int
    lignes: list[tuple[str, date, str, str]]
    adresse: str
    desabonnement: str

    @property
    def autres(self) -> int:
        return self.nombre - len(self.lignes)


def preparer(jour: date) -> list[EnvoiRecapitulatif]:
    """Écrit la ligne de chaque courriel de ce jour qui a du nouveau ; rend celles qui restent à envoyer, celles d'avant comprises.

    Une requête par destinataire ; ce sont les membres des structures, pas les personnes suivies. Relancé, rien n'est écrit deux fois.
    """
    for utilisateur in destinataires():
        nombre = nouvelles(utilisateur, jour).count()
        if nombre:
            EnvoiRecapitulatif.objects.bulk_create(
                [EnvoiRecapitulatif(utilisateur=utilisateur, jour=jour, echeances=nombre)], ignore_conflicts=True
            )
    return list(EnvoiRecapitulatif.objects.filter(jour=jour, envoye_le__isnull=True))


def destinataires() -> QuerySet[Utilisateur]:
    """Les comptes actifs d'une structure facilitatrice, avec ce qu'il faut pour composer sans rien relire."""
    adhesions = Adhesion.objects.au_travail().filter(organisation__profil=Profil.FACILITATEUR)
    return (
        Utilisateur.objects.filter(pk__in=adhesions.values("utilisateur"), is_active=True)
        .annotate(
            coupes=F("abonnement_courriel__types_coupes"),
            dernier_envoi=Max("envois__jour", filter=Q(envois__envoye_le__isnull=False)),
        )
        .order_by("pk")
    )


def nouvelles(utilisateur: Utilisateur, jour: date) -> QuerySet[Alerte]:
    """Ce qui est nouveau ou dû pour lui : signalé, revenu d'un report ou à échéance depuis son dernier courriel."""
    depuis = nouveau_depuis(utilisateur.dernier_envoi, jour)
    du_moment = (
        Q(signalee_le__range=(depuis, jour))
        | Q(reportee_au__range=(depuis, jour))
        | Q(date_echeance__range=(depuis, jour))
    )
    return (
        Alerte.objects.suivies_par(utilisateur)
        .ouvertes(jour)
        .exclude(type_alerte__in=utilisateur.coupes or [])
        .filter(du_moment)
    )


def envoyer(envoi_id: object) -> bool:
    """Envoie un courriel, une fois : deux workers s'attendent sur sa ligne. Rend False s'il est déjà parti, ou n'a plus lieu d'être.

    L'échec remonte, pour que la tâche réessaie ; sa trace reste sur la ligne (`noter_echec`).
    """
    with transaction.atomic():
        envoi = (
            EnvoiRecapitulatif.objects.select_for_update()
            .filter(pk=envoi_id, envoye_le__isnull=True)
            .select_related("utilisateur")
            .first()
        )
        utilisateur = envoi and destinataires().filter(pk=envoi.utilisateur_id).first()
        if utilisateur is None:
            return False
        alertes = list(avec_mots(nouvelles(utilisateur, envoi.jour)).order_by("date_echeance", "pk"))
        if not alertes:
            return False
        composer(utilisateur, envoi, alertes).send()
        envoi.envoye_le, envoi.echeances, envoi.erreur = timezone.now(), len(alertes), ""
        envoi.tentatives += 1
        envoi.save()
    return True


def noter_echec(envoi_id: object, erreur: Exception) -> None:
    """Garde la classe de l'erreur, jamais son texte : un serveur de courriel y écrit l'adresse."""
    EnvoiRecapitulatif.objects.filter(pk=envoi_id, envoye_le__isnull=True).update(
        tentatives=F("tentatives") + 1, erreur=type(erreur).__name__
    )


def composer(utilisateur: Utilisateur, envoi: EnvoiRecapitulatif, alertes: Collection[Alerte]) -> EmailMessage:
    contexte = {
        "prenom": utilisateur.prenom,
        "jour": envoi.jour,
        "nombre": len(alertes),
        "groupes": grouper(utilisateur, alertes),
        "compte": settings.ADRESSE_PUBLIQUE + reverse("reporting:mes_echeances"),
    }
    desabonnement = adresse_de_desabonnement(utilisateur, TOUTES)
    return EmailMessage(
        render_to_string("reporting/courriels/recapitulatif_sujet.txt", contexte).strip(),
        render_to_string("reporting/courriels/recapitulatif.txt", contexte),
        to=[utilisateur.email],
        headers={
            "List-Unsubscribe": f"<{desabonnement}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            # Le même à chaque essai : un courriel accepté juste avant une panne ne se lit pas deux fois.
            "Message-ID": f"<{envoi.pk.hex}@etape>",
        },
    )


def grouper(utilisateur: Utilisateur, alertes: Iterable[Alerte]) -> list[Groupe]:
    par_sorte: dict[str, list[Alerte]] = {}
    for alerte in alertes:
        par_sorte.setdefault(alerte.type_alerte, []).append(alerte)
    liste = settings.ADRESSE_PUBLIQUE + reverse("reporting:alerte_liste")
    return [
        Groupe(
            libelle=type_alerte.label,
            nombre=len(par_sorte[type_alerte]),
            lignes=[_ligne(alerte) for alerte in par_sorte[type_alerte][:LIGNES_PAR_SORTE]],
            adresse=f"{liste}?{urlencode({'type': type_alerte.value})}",
            desabonnement=adresse_de_desabonnement(utilisateur, type_alerte.value),
        )
        for type_alerte in TypeAlerte
        if type_alerte in par_sorte
    ]


def _ligne(alerte: Alerte) -> tuple[str, date, str, str]:
    page = settings.ADRESSE_PUBLIQUE + reverse("reporting:alerte_traiter", args=[alerte.pk])
    return alerte.reference, alerte.date_echeance, sans_nom(alerte), page


def couper(utilisateur_id: object, types: Collection[str]) -> None:
    """Ne plus recevoir ces sortes ; les autres choix restent."""
    with transaction.atomic():
        abonnement, _ = AbonnementCourriel.objects.get_or_create(utilisateur_id=utilisateur_id)
        abonnement = AbonnementCourriel.objects.select_for_update().get(pk=abonnement.pk)
        abonnement.types_coupes = sorted({*abonnement.types_coupes, *types})
        abonnement.save()
