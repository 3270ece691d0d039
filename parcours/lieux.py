"""D'où l'on cherche un service : la commune que l'on a tapée, ou celle de la personne."""

import re
from dataclasses import dataclass

from django.db.models import Avg, QuerySet

from beneficiaires.communes import cle_commune, departement_du_code
from beneficiaires.models import Commune
from parcours.models import ServiceInsertion
from parcours.regles.services import Lieu

PROPOSITIONS = 12
ECRITURE = re.compile(r"(?P<nom>.*?)\s*\((?P<code>\d[\dAB]\d{3})\)")
CODE_POSTAL = re.compile(r"\b\d{5}\b")


@dataclass(frozen=True)
class Trouvaille:
    """La commune reconnue ou, s'il y en a plusieurs, celles entre lesquelles choisir, écrites comme le champ les comprend."""

    lieu: Lieu | None = None
    propositions: tuple[str, ...] = ()


def trouver_lieu(texte: str, code_postal: str = "") -> Trouvaille:
    """Comprend « Villerive », « 96000 », « 96000 Villerive » et « Villerive (96001) », où le code est celui de l'INSEE.

    Sans le référentiel des communes, le centre est la position moyenne des services qui y sont.
    """
    if ecrit := ECRITURE.fullmatch(texte.strip()):
        return _choisir(
            Commune.objects.filter(code=ecrit["code"]),
            ServiceInsertion.objects.filter(code_insee=ecrit["code"]),
        )
    postal = code_postal or "".join(CODE_POSTAL.findall(texte)[:1])
    nom = CODE_POSTAL.sub(" ", texte).strip()
    services = ServiceInsertion.objects.filter(code_postal=postal) if postal else ServiceInsertion.objects.all()
    if nom:
        homonymes = Commune.objects.nommees(nom, postal) if cle_commune(nom) else Commune.objects.none()
        return _choisir(homonymes, services.filter(commune__iexact=nom))
    if postal:
        communes = Commune.objects.filter(codes_postaux__contains=[postal])
        return _choisir(communes if communes.exists() else Commune.objects.filter(code=postal), services)
    return Trouvaille()


def ecrire_lieu(lieu: Lieu) -> str:
    return f"{lieu.nom} ({lieu.code})"


def _choisir(communes: QuerySet[Commune], services: QuerySet[ServiceInsertion]) -> Trouvaille:
    lieux = [_lieu(commune) for commune in communes[: PROPOSITIONS + 1]] or _lieux_des_services(services)
    if len(lieux) == 1:
        return Trouvaille(lieux[0])
    return Trouvaille(None, tuple(ecrire_lieu(lieu) for lieu in lieux[:PROPOSITIONS]))


def _lieu(commune: Commune) -> Lieu:
    return Lieu(commune.code, commune.nom, commune.departement, commune.epci, commune.latitude, commune.longitude)


def _lieux_des_services(services: QuerySet[ServiceInsertion]) -> list[Lieu]:
    situes = services.en_service().exclude(code_insee="").filter(latitude__isnull=False)
    par_commune = (
        situes.order_by("code_insee")
        .values("code_insee")
        .annotate(latitude_moyenne=Avg("latitude"), longitude_moyenne=Avg("longitude"))
    )
    noms = dict(situes.exclude(commune="").values_list("code_insee", "commune").order_by("-commune"))
    return [
        Lieu(
            code=ligne["code_insee"],
            nom=noms.get(ligne["code_insee"], ligne["code_insee"]),
            departement=departement_du_code(ligne["code_insee"]),
            epci="",
            latitude=ligne["latitude_moyenne"],
            longitude=ligne["longitude_moyenne"],
        )
        for ligne in par_commune[: PROPOSITIONS + 1]
    ]
