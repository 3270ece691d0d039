"""Les points d'une séance tels qu'on les lit : la décision, où lire l'objet, et ce qui reste à faire pour la suivre d'effet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from beneficiaires.models import Beneficiaire, EtatOrientation
from clauses.models import Eligibilite
from comptes.formats import date_longue
from comptes.models import Profil, Utilisateur
from parcours.models import Agrement, ComiteTechnique, DecisionPoint, Parcours, PointComite, SujetPoint

PUCES = {
    "": ("neutre", "À décider", "point"),
    DecisionPoint.FAVORABLE: ("valide", "Favorable", ""),
    DecisionPoint.DEFAVORABLE: ("refus", "Défavorable", ""),
    DecisionPoint.AJOURNEE: ("attente", "Ajournée", "horloge"),
}


def etat_de(comite: ComiteTechnique, aujourd_hui: date) -> tuple[str, str, str]:
    """La puce de la séance : teinte, mot, icône."""
    if comite.est_close:
        return "valide", "Close", ""
    if comite.date_seance <= aujourd_hui:
        return "attente", "À clore", "horloge"
    return "info", "En préparation", "crayon"


@dataclass(frozen=True)
class Lien:
    libelle: str
    url: str


@dataclass(frozen=True)
class PointLu:
    """Un point et ses liens. `voir` : ce dont il parle ; `suite` : le geste qui suit la décision, jamais fait tout seul."""

    point: PointComite
    fiche: Lien | None = None
    voir: Lien | None = None
    suite: Lien | None = None

    @property
    def teinte(self) -> str:
        return PUCES[self.point.decision][0]

    @property
    def mot(self) -> str:
        return PUCES[self.point.decision][1]

    @property
    def icone(self) -> str:
        return PUCES[self.point.decision][2]


def points_de(comite: ComiteTechnique, utilisateur: Utilisateur) -> list[PointComite]:
    """Les points que cet utilisateur peut lire, dans l'ordre de la séance."""
    points = PointComite.objects.pour(utilisateur).filter(comite=comite)
    return list(points.select_related("beneficiaire", "orientation__beneficiaire", "decide_par", "comite"))


def points_lus(comite: ComiteTechnique, utilisateur: Utilisateur) -> list[PointLu]:
    """Les mêmes, avec leurs liens : quatre requêtes, quel que soit le nombre de points."""
    points = points_de(comite, utilisateur)
    if utilisateur.profil != Profil.FACILITATEUR:
        return [PointLu(point) for point in points]
    objets = _Objets(points, utilisateur)
    return [PointLu(point, _fiche(point), objets.voir(point), objets.suite(point)) for point in points]


def un_point_lu(point: PointComite, utilisateur: Utilisateur) -> PointLu:
    objets = _Objets([point], utilisateur)
    return PointLu(point, _fiche(point), objets.voir(point), objets.suite(point))


def decisions_sur(personne: Beneficiaire, utilisateur: Utilisateur) -> list[PointLu]:
    """Ce que les comités ont décidé pour cette personne ou son orientation, la dernière décision d'abord."""
    siens = Q(beneficiaire=personne) | Q(orientation__beneficiaire=personne)
    points = PointComite.objects.pour(utilisateur).filter(siens).exclude(decision="")
    return [PointLu(point) for point in points.select_related("comite", "decide_par").order_by("-decide_le")]


def _fiche(point: PointComite) -> Lien | None:
    """La fiche de la personne, si elle en a une : une orientation n'en a pas avant d'être acceptée."""
    pk = point.beneficiaire_id or point.orientation.beneficiaire_id
    return Lien(point.nom, reverse("reporting:personne_fiche", args=[pk])) if pk else None


def avis_du_comite(identifiant: str, agrement: Agrement, utilisateur: Utilisateur) -> dict[str, object]:
    """L'avis motivé que donne le comité, à relire avant de l'enregistrer ; rien si ce point n'est pas le sien."""
    try:
        pk = UUID(identifiant)
    except ValueError:
        return {}
    points = PointComite.objects.pour(utilisateur).filter(objet=agrement.pk, decision=DecisionPoint.FAVORABLE)
    point = points.select_related("comite").filter(pk=pk).first()
    if point is None:
        return {}
    return {
        "avis_organisme": "Comité technique",
        "avis_date": point.comite.date_seance,
        "avis_texte": f"Comité technique du {date_longue(point.comite.date_seance)}. {point.motif}".strip(),
    }


class _Objets:
    """Ce que les points désignent, lu en une requête par sorte."""

    def __init__(self, points: Sequence[PointComite], utilisateur: Utilisateur) -> None:
        def de(*sujets: SujetPoint) -> Iterable[UUID]:
            return [point.objet for point in points if point.sujet in sujets and point.objet]

        renouvellements = de(SujetPoint.RENOUVELLEMENT)
        self.eligibilites = Eligibilite.objects.pour(utilisateur).only("est_courante").in_bulk(renouvellements)
        self.agrements = Agrement.objects.pour(utilisateur).in_bulk(renouvellements)
        self.parcours = Parcours.objects.pour(utilisateur).in_bulk(de(SujetPoint.SORTIE))

    def voir(self, point: PointComite) -> Lien | None:
        objet = point.objet
        if point.sujet == SujetPoint.ORIENTATION and point.orientation_id:
            return Lien("Lire l’orientation", reverse("beneficiaires:orientation_detail", args=[point.orientation_id]))
        if objet in self.eligibilites:
            return Lien("Lire l’éligibilité", reverse("clauses:eligibilite_detail", args=[objet]))
        if objet in self.agrements:
            url = reverse("parcours:agrement_liste", args=[point.beneficiaire_id])
            return Lien("Lire l’agrément", f"{url}#agrement-{objet}")
        if point.sujet == SujetPoint.FREIN and objet:
            return Lien("Lire le frein", reverse("parcours:frein_detail", args=[objet]))
        if objet in self.parcours:
            return Lien("Lire le parcours", reverse("reporting:parcours_fiche", args=[objet]))
        return None

    def suite(self, point: PointComite) -> Lien | None:
        """Le geste que demande la décision, s'il reste à faire."""
        est_favorable = point.decision == DecisionPoint.FAVORABLE
        if point.sujet == SujetPoint.ORIENTATION and point.orientation_id:
            return self._repondre(point)
        if not est_favorable:
            return None
        if point.objet in self.eligibilites and self.eligibilites[point.objet].est_courante:
            url = reverse("clauses:eligibilite_renouveler", args=[point.objet])
            return Lien("Renouveler l’éligibilité", f"{url}?comite={point.comite.date_seance:%Y-%m-%d}")
        if point.objet in self.agrements:
            est_pass = self.agrements[point.objet].est_pass
            nom = "prolongation_creer" if est_pass else "renouvellement_creer"
            libelle = "Prolonger le PASS IAE" if est_pass else "Renouveler le parcours PLIE"
            # L'avis d'une prolongation est celui d'un prescripteur habilité : le comité n'en tient pas lieu.
            suite = "" if est_pass else f"?point={point.pk}"
            return Lien(libelle, f"{reverse(f'parcours:{nom}', args=[point.objet])}{suite}")
        if point.objet in self.parcours and self.parcours[point.objet].est_ouvert:
            return Lien("Noter la sortie", reverse("parcours:sortie_noter", args=[point.objet]))
        return None

    def _repondre(self, point: PointComite) -> Lien | None:
        if point.orientation.etat != EtatOrientation.ENVOYEE:
            return None
        gestes = {
            DecisionPoint.FAVORABLE: ("Accepter l’orientation", "orientation_accepter"),
            DecisionPoint.DEFAVORABLE: ("Refuser l’orientation", "orientation_refuser"),
        }
        if point.decision not in gestes:
            return None
        libelle, nom = gestes[DecisionPoint(point.decision)]
        return Lien(libelle, reverse(f"beneficiaires:{nom}", args=[point.orientation_id]))
