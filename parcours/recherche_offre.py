"""Chercher un service : dans l'offre importée, en SQL, ou en ligne si un jeton est réglé ; la règle est la même (parcours.regles.services).

En ligne : une réponse sert une heure ; une panne est dite, l'offre importée répond à sa place, et l'on ne redemande rien d'une minute.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.db.models import Case, F, IntegerField, Q, QuerySet, When
from django.db.models.functions import Cast, Collate
from django.utils import timezone

from beneficiaires.distances import RAYON_KM, Lieu, encadrer
from beneficiaires.lieux import eloignement
from parcours.models import ServiceInsertion
from parcours.offre.api import Client, Indisponible
from parcours.offre.lecture import ServiceLu, deballer, lire_service
from parcours.regles.services import (
    A_DISTANCE,
    EN_PRESENTIEL,
    TOUS_PUBLICS,
    Criteres,
    codes_de_zone,
    placer,
)

UNE_HEURE = 3600
UNE_MINUTE = 60
EN_PANNE = "offre-en-ligne-en-panne"
RESULTATS_EN_LIGNE = 200
IDENTIFIANT_MAX = 160


@dataclass(frozen=True)
class Trouve:
    """Un service de la recherche et sa distance en kilomètres, ou None."""

    service: ServiceInsertion | ServiceLu
    distance: int | None


@dataclass(frozen=True)
class Recherche:
    """Ce que montre la page : une suite qui se découpe en pages, et ce qu'il faut dire de l'interface en ligne."""

    resultats: Sequence[Trouve]
    panne: str = ""
    est_en_ligne: bool = False


def chercher(lieu: Lieu, criteres: Criteres) -> Recherche:
    if not settings.DATA_INCLUSION["jeton"]:
        return Recherche(ResultatsLocaux(chercher_localement(lieu, criteres)))
    try:
        return Recherche(_chercher_en_ligne(lieu, criteres), est_en_ligne=True)
    except Indisponible as panne:
        return Recherche(ResultatsLocaux(chercher_localement(lieu, criteres)), panne=str(panne))


def trouver_service(identifiant: str) -> ServiceInsertion | ServiceLu | None:
    """Le service de l'offre importée ou, à défaut, de l'interface en ligne. Une adresse porte n'importe quoi : ici, rien n'y répond."""
    if "\0" in identifiant or len(identifiant) > IDENTIFIANT_MAX:
        return None
    service = ServiceInsertion.objects.en_service().filter(identifiant=identifiant).first()
    if service is not None or not settings.DATA_INCLUSION["jeton"]:
        return service
    try:
        brut = _garder("service", identifiant, lambda client: client.service(identifiant))
    except Indisponible:
        return None
    return lire_service(brut, aujourd_hui=timezone.localdate()).service


def chercher_localement(lieu: Lieu, criteres: Criteres) -> QuerySet[ServiceInsertion]:
    """Les services retenus, `distance` en plus, dans l'ordre de la règle. Le cadre et les index font le premier tri."""
    cadre = encadrer(lieu.latitude, lieu.longitude, criteres.rayon_km)
    est_proche = Q(
        latitude__range=(cadre.latitude_min, cadre.latitude_max),
        longitude__range=(cadre.longitude_min, cadre.longitude_max),
        eloignement__lte=float(criteres.rayon_km),
    )
    services = (
        ServiceInsertion.objects.en_service()
        .alias(eloignement=eloignement(lieu.latitude, lieu.longitude))
        .filter(est_proche | Q(modes_accueil__contains=[A_DISTANCE]))
        .filter(Q(zone_eligibilite__isnull=True) | Q(zone_eligibilite__overlap=list(codes_de_zone(lieu))))
    )
    if criteres.thematiques:
        services = services.filter(thematiques__overlap=list(criteres.thematiques))
    if criteres.publics and TOUS_PUBLICS not in criteres.publics:
        services = services.filter(publics__overlap=[*criteres.publics, TOUS_PUBLICS])
    if criteres.modes_accueil:
        services = services.filter(modes_accueil__overlap=list(criteres.modes_accueil))
    distance = Case(
        When(est_proche & Q(modes_accueil__contains=[EN_PRESENTIEL]), then=Cast("eloignement", IntegerField()))
    )
    return services.annotate(distance=distance).order_by(
        F("distance").asc(nulls_last=True), Collate("identifiant", "C")
    )


class ResultatsLocaux(Sequence[Trouve]):
    """Les services d'une requête, rendus un par un avec leur distance ; le compte ne calcule ni distance ni ordre."""

    def __init__(self, services: QuerySet[ServiceInsertion]) -> None:
        self.services = services

    def __len__(self) -> int:
        return self.services.order_by().count()

    def __getitem__(self, rang):
        if isinstance(rang, slice):
            return [Trouve(service, service.distance) for service in self.services[rang]]
        service = self.services[rang]
        return Trouve(service, service.distance)


def _chercher_en_ligne(lieu: Lieu, criteres: Criteres) -> list[Trouve]:
    parametres = {
        "code_commune": lieu.code,
        "thematiques": sorted(criteres.thematiques),
        "publics": sorted(criteres.publics),
        "modes_accueil": sorted(criteres.modes_accueil),
        "page": "1",
        "size": str(RESULTATS_EN_LIGNE),
    }
    reponse = _garder("recherche", repr(parametres), lambda client: client.chercher(parametres))
    elements = reponse.get("items") if isinstance(reponse, dict) else None
    if not isinstance(elements, list):
        raise Indisponible("data·inclusion a répondu ce qu’Étape ne comprend pas.")
    trouves: dict[str, Trouve] = {}
    for element in elements:
        service = lire_service(deballer(element), aujourd_hui=timezone.localdate()).service
        distance = element.get("distance") if isinstance(element, dict) else None
        if service is not None and service.identifiant not in trouves:
            trouves[service.identifiant] = Trouve(service, distance if isinstance(distance, int) else None)
    if criteres.rayon_km == RAYON_KM:
        return list(trouves.values())
    return [t for t in trouves.values() if placer(t.service, lieu, criteres) is not None]


def _garder(sorte: str, cle: str, demander) -> object:
    """La réponse gardée, ou demandée ; une panne toute récente n'est pas réessayée."""
    nom = f"offre-en-ligne:{sorte}:{hashlib.sha256(cle.encode()).hexdigest()}"
    gardee = cache.get(nom)
    if gardee is not None:
        return gardee["reponse"]
    if panne := cache.get(EN_PANNE):
        raise Indisponible(panne)
    try:
        reponse = demander(Client(settings.DATA_INCLUSION["adresse"], settings.DATA_INCLUSION["jeton"]))
    except Indisponible as panne:
        cache.set(EN_PANNE, str(panne), UNE_MINUTE)
        raise
    cache.set(nom, {"reponse": reponse}, UNE_HEURE)
    return reponse
