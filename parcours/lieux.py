"""D'où l'on cherche un service : une commune ou, sans le référentiel des communes, là où sont les services."""

from django.db.models import Avg, QuerySet

from beneficiaires import lieux
from beneficiaires.communes import departement_du_code
from beneficiaires.distances import Lieu
from beneficiaires.lieux import PROPOSITIONS, Cherche, Trouvaille
from parcours.models import ServiceInsertion


def trouver_lieu(texte: str, code_postal: str = "") -> Trouvaille:
    """La commune tapée. Inconnue du référentiel, son centre est la position moyenne des services qui y sont."""
    return lieux.trouver_lieu(texte, code_postal, sinon=_lieux_des_services)


def _lieux_des_services(cherche: Cherche) -> list[Lieu]:
    situes = _services(cherche).en_service().exclude(code_insee="").filter(latitude__isnull=False)
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


def _services(cherche: Cherche) -> QuerySet[ServiceInsertion]:
    if cherche.code:
        return ServiceInsertion.objects.filter(code_insee=cherche.code)
    services = ServiceInsertion.objects.all()
    if cherche.postal:
        services = services.filter(code_postal=cherche.postal)
    return services.filter(commune__iexact=cherche.nom) if cherche.nom else services
