"""L'agenda des échéances, à une adresse secrète : des journées entières, sans nom de personne."""

import secrets
from datetime import UTC
from hashlib import sha256

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar, Event

from beneficiaires.periodes import lendemain
from comptes.models import Adhesion, Profil, Utilisateur
from reporting.alertes.mots import avec_mots, sans_nom
from reporting.models import Agenda, Alerte

OCTETS_DU_SECRET = 32
EVENEMENTS_MAXIMUM = 1000


def ouvrir_agenda(utilisateur: Utilisateur) -> str:
    """Tire une adresse neuve ; l'ancienne ne répond plus. Rend le secret, que rien ne garde : seule son empreinte est en base."""
    cle = secrets.token_urlsafe(OCTETS_DU_SECRET)
    Agenda.objects.update_or_create(
        utilisateur=utilisateur, defaults={"empreinte": empreinte_de(cle), "cree_le": timezone.now()}
    )
    return cle


def fermer_agenda(utilisateur: Utilisateur) -> None:
    Agenda.objects.filter(utilisateur=utilisateur).delete()


def empreinte_de(cle: str) -> str:
    return sha256(cle.encode()).hexdigest()


def adresse_de(cle: str) -> str:
    return settings.ADRESSE_PUBLIQUE + reverse("reporting:agenda", args=[cle])


def lecteur_de(cle: str) -> Utilisateur | None:
    """Le compte qui a ouvert cette adresse, s'il est toujours actif dans une structure facilitatrice."""
    adhesions = Adhesion.objects.au_travail().filter(organisation__profil=Profil.FACILITATEUR)
    return Utilisateur.objects.filter(
        agenda__empreinte=empreinte_de(cle), is_active=True, pk__in=adhesions.values("utilisateur")
    ).first()


def ecrire_agenda(utilisateur: Utilisateur) -> bytes:
    """Les échéances ouvertes qu'il suit, ou que personne ne suit dans ses structures ; la bibliothèque plie les lignes (RFC 5545)."""
    agenda = Calendar()
    agenda.add("prodid", "-//Étape//Échéances//FR")
    agenda.add("version", "2.0")
    agenda.add("method", "PUBLISH")
    agenda.add("x-wr-calname", "Étape, échéances")
    for alerte in avec_mots(Alerte.objects.suivies_par(utilisateur).ouvertes())[:EVENEMENTS_MAXIMUM]:
        agenda.add_component(_evenement(alerte))
    return agenda.to_ical()


def _evenement(alerte: Alerte) -> Event:
    """Une journée entière. Une même échéance garde son identifiant ; une autre date en fait une autre."""
    evenement = Event()
    evenement.add("uid", f"{alerte.pk}@etape")
    evenement.add("dtstamp", alerte.creee_le.astimezone(UTC))
    evenement.add("dtstart", alerte.date_echeance)
    evenement.add("dtend", lendemain(alerte.date_echeance))
    evenement.add("summary", sans_nom(alerte))
    evenement.add("transp", "TRANSPARENT")
    evenement.add("url", settings.ADRESSE_PUBLIQUE + reverse("reporting:alerte_traiter", args=[alerte.pk]))
    return evenement
