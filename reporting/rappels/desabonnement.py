"""L'adresse signée d'un désabonnement : elle vaut sans connexion, pour un compte et une sorte d'échéances, un an durant."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from comptes.models import Utilisateur
from reporting.models import TypeAlerte

TOUTES = "toutes"
SEL = "reporting.desabonnement"
DUREE = timedelta(days=365)


@dataclass(frozen=True)
class Demande:
    """De qui, et de quelles sortes."""

    utilisateur_id: str
    types: list[str]
    libelle: str


def adresse_de_desabonnement(utilisateur: Utilisateur, type_alerte: str) -> str:
    jeton = signing.dumps([str(utilisateur.pk), type_alerte], salt=SEL)
    return settings.ADRESSE_PUBLIQUE + reverse("reporting:desabonnement", args=[jeton])


def lire_demande(jeton: str) -> Demande | None:
    """Ce que dit un jeton ; None s'il est faux, vieux de plus d'un an, ou d'un compte disparu."""
    try:
        utilisateur_id, type_alerte = signing.loads(jeton, salt=SEL, max_age=DUREE)
    except (signing.BadSignature, ValueError):
        return None
    if not Utilisateur.objects.filter(pk=utilisateur_id).exists():
        return None
    if type_alerte == TOUTES:
        return Demande(utilisateur_id, TypeAlerte.values, "aucun courriel d’échéances")
    return Demande(utilisateur_id, [type_alerte], f"plus rien sur «\u00a0{TypeAlerte(type_alerte).label}\u00a0»")
