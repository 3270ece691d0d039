"""Ce qui attend une décision du comité : une requête par sorte, quel que soit le nombre de personnes.

Ne se propose ni ce qui est déjà à l'ordre du jour de la séance, ni ce qu'une autre a décidé depuis que la question se pose. Une
décision ajournée, ou un point qu'une séance close a laissé sans décision, revient.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, DateField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from beneficiaires.models import Orientation
from beneficiaires.periodes import Periode
from beneficiaires.referentiels import FREINS
from clauses.models import Contrat, Eligibilite, ReponseEligibilite
from clauses.regles import Decision
from clauses.regles.renouvellement import controler_renouvellement
from comptes.formats import date_longue
from comptes.models import Utilisateur
from parcours.models import (
    Agrement,
    ComiteTechnique,
    DecisionPoint,
    EtatFrein,
    Frein,
    Parcours,
    PassagePhase,
    Phase,
    PointComite,
    SujetPoint,
)
from parcours.regles import REGLE_PLIE
from parcours.regles.comite import decision_vaut_encore, fins_a_examiner
from parcours.regles.freins import limite_de_blocage
from parcours.regles.plie import renouvellements_restants

TRANCHEES = (DecisionPoint.FAVORABLE, DecisionPoint.DEFAVORABLE)
PAR_SORTE = 100  # au-delà, une séance n'y suffirait pas : les plus pressées d'abord
QUESTION_MAXIMUM = 300


@dataclass(frozen=True)
class Proposition:
    """Un point possible. `reporte_du` : la séance qui l'a ajourné, ou ne l'a pas décidé."""

    sujet: SujetPoint
    objet: UUID
    personne: str
    question: str
    beneficiaire_id: UUID | None = None
    orientation_id: UUID | None = None
    reporte_du: date | None = None

    @property
    def cle(self) -> str:
        return f"{self.sujet.value}:{self.objet}"


def proposer(comite: ComiteTechnique, utilisateur: Utilisateur, aujourd_hui: date) -> list[Proposition]:
    """Ce qui peut entrer à l'ordre du jour, par sujet, le plus pressé d'abord."""
    fins = fins_a_examiner(
        seance=comite.date_seance, aujourd_hui=aujourd_hui, horizon_jours=settings.COMITE_HORIZON_JOURS
    )
    sortes: tuple[Iterable[Proposition], ...] = (
        _orientations(comite, utilisateur),
        islice(_eligibilites(comite, utilisateur, fins), PAR_SORTE),
        islice(_agrements(comite, utilisateur, fins), PAR_SORTE),
        _freins(comite, utilisateur, aujourd_hui),
        _sorties(comite, utilisateur),
    )
    trouvees = {p.cle: p for sorte in sortes for p in sorte}
    for reporte in _reportes(comite):
        trouvee = trouvees.get(reporte.cle, reporte)
        trouvees[reporte.cle] = replace(trouvee, reporte_du=reporte.reporte_du)
    rangs = {sujet: rang for rang, sujet in enumerate(SujetPoint)}
    return sorted(trouvees.values(), key=lambda p: rangs[p.sujet])


def _a_decider(objets: QuerySet, comite: ComiteTechnique, sujet: SujetPoint, depuis: Any) -> QuerySet:
    """Sans ce qui est inscrit à cette séance, ni ce qu'une séance de la structure a tranché depuis ce jour-là."""
    points = PointComite.objects.filter(sujet=sujet, objet=OuterRef("pk"))
    tranches = points.filter(comite__structure=comite.structure_id, decision__in=TRANCHEES, decide_le__date__gte=depuis)
    return objets.exclude(Exists(points.filter(comite=comite))).exclude(Exists(tranches))


def _a_renouveler(objets: QuerySet, comite: ComiteTechnique) -> Iterator[Any]:
    """Ce qui finit sans être inscrit à cette séance, ni tranché par une décision qui répond encore à cette fin-là."""
    points = PointComite.objects.filter(sujet=SujetPoint.RENOUVELLEMENT, objet=OuterRef("pk"))
    tranches = points.filter(comite__structure=comite.structure_id, decision__in=TRANCHEES).order_by("-decide_le")
    lus = objets.exclude(Exists(points.filter(comite=comite)))
    lus = lus.annotate(tranche_le=Subquery(tranches.values("decide_le")[:1])).order_by("date_fin", "pk")
    for objet in lus.iterator(chunk_size=PAR_SORTE):
        if objet.tranche_le is None or not decision_vaut_encore(
            timezone.localdate(objet.tranche_le), fin=objet.date_fin, horizon_jours=settings.COMITE_HORIZON_JOURS
        ):
            yield objet


def _orientations(comite: ComiteTechnique, utilisateur: Utilisateur) -> Iterator[Proposition]:
    recues = Orientation.objects.pour(utilisateur).sans_reponse().select_related("prescripteur")
    attendent = _a_decider(recues, comite, SujetPoint.ORIENTATION, OuterRef("envoyee_le__date"))
    for orientation in attendent.order_by("envoyee_le", "pk")[:PAR_SORTE]:
        yield Proposition(
            SujetPoint.ORIENTATION,
            orientation.pk,
            orientation.nom_complet,
            _question(
                f"Accepter l’orientation reçue le {date_longue(timezone.localdate(orientation.envoyee_le))} "
                f"({orientation.prescripteur.nom})"
            ),
            orientation_id=orientation.pk,
        )


def _eligibilites(comite: ComiteTechnique, utilisateur: Utilisateur, fins: Periode) -> Iterator[Proposition]:
    """Celles que leur marché permet encore de renouveler."""
    finissent = Eligibilite.objects.pour(utilisateur).filter(
        est_courante=True, reponse=ReponseEligibilite.ELIGIBLE, date_fin__range=(fins.debut, fins.fin)
    )
    for eligibilite in _a_renouveler(finissent.select_related("beneficiaire", "operation"), comite):
        if controler_renouvellement(Decision.depuis_json(eligibilite.decision)) is None:
            yield _de_la_personne(
                SujetPoint.RENOUVELLEMENT,
                eligibilite,
                f"Renouveler l’éligibilité sur «\u00a0{eligibilite.operation.nom}\u00a0», qui finit le "
                f"{date_longue(eligibilite.date_fin)} inclus",
            )


def _agrements(comite: ComiteTechnique, utilisateur: Utilisateur, fins: Periode) -> Iterator[Proposition]:
    """Ceux que rien ne suit. Un PASS IAE se prolonge ; un PLIE se renouvelle s'il lui reste un renouvellement."""
    siens = Agrement.objects.pour(utilisateur).filter(date_fin__range=(fins.debut, fins.fin))
    suivants = Agrement.objects.filter(
        beneficiaire=OuterRef("beneficiaire"),
        type_agrement=OuterRef("type_agrement"),
        date_fin__gt=OuterRef("date_fin"),
    )
    derniers = siens.exclude(Exists(suivants)).select_related("beneficiaire", "plie")
    for agrement in _a_renouveler(derniers.annotate(accordes=Count("renouvellements")), comite):
        fin = f"qui finit le {date_longue(agrement.date_fin)} inclus"
        if agrement.est_pass:
            yield _de_la_personne(SujetPoint.RENOUVELLEMENT, agrement, f"Demander une prolongation du PASS IAE, {fin}")
        elif renouvellements_restants(agrement.accordes, agrement.plie.regle if agrement.plie else REGLE_PLIE) != 0:
            yield _de_la_personne(SujetPoint.RENOUVELLEMENT, agrement, f"Renouveler le parcours PLIE, {fin}")


def _freins(comite: ComiteTechnique, utilisateur: Utilisateur, aujourd_hui: date) -> Iterator[Proposition]:
    """Une décision vaut comme un signe : le frein ne revient que s'il reste bloqué aussi longtemps après elle."""
    seuil = settings.FREIN_BLOQUE_JOURS
    bloques = Frein.objects.pour(utilisateur).filter(parcours__date_fin__isnull=True)
    bloques = bloques.bloques(jour=aujourd_hui, seuil_jours=seuil)
    lus = _a_decider(bloques, comite, SujetPoint.FREIN, limite_de_blocage(aujourd_hui, seuil))
    for frein in lus.select_related("parcours__beneficiaire").order_by("dernier_signe", "pk")[:PAR_SORTE]:
        # Un compte rendu circule : la santé ne s'y nomme pas.
        referentiel = FREINS[frein.rubrique]
        quel = (
            "le frein à lire dans son dossier"
            if referentiel.sensible
            else f"le frein «\u00a0{referentiel.libelle}\u00a0»"
        )
        personne = frein.parcours.beneficiaire
        yield Proposition(
            SujetPoint.FREIN,
            frein.pk,
            personne.nom_complet,
            _question(
                f"Que faire pour lever {quel}, sans changement ni action depuis le {date_longue(frein.dernier_signe)}"
            ),
            beneficiaire_id=personne.pk,
        )


def _sorties(comite: ComiteTechnique, utilisateur: Utilisateur) -> Iterator[Proposition]:
    """Les parcours ouverts en phase de sortie, et ceux dont le dernier contrat est fini au jour de la séance."""
    phases = PassagePhase.objects.filter(parcours=OuterRef("pk"), phase=Phase.SORTIE, date_fin__isnull=True)
    contrats = Contrat.objects.filter(beneficiaire=OuterRef("beneficiaire")).order_by().values("beneficiaire")
    fin = Coalesce("date_rupture", "date_fin")
    sans_fin = contrats.filter(date_rupture__isnull=True, date_fin__isnull=True)
    parcours = (
        Parcours.objects.pour(utilisateur)
        .ouverts()
        .annotate(
            en_sortie_depuis=Subquery(phases.values("date_debut")[:1]),
            dernier_jour=Subquery(contrats.annotate(dernier=Max(fin)).values("dernier"), output_field=DateField()),
        )
        .filter(
            Q(en_sortie_depuis__isnull=False)
            | (~Exists(sans_fin) & Q(dernier_jour__gte=F("date_debut"), dernier_jour__lte=comite.date_seance))
        )
        .annotate(se_pose_depuis=Coalesce("en_sortie_depuis", "dernier_jour"))
    )
    lus = _a_decider(parcours, comite, SujetPoint.SORTIE, OuterRef("se_pose_depuis"))
    for un_parcours in lus.select_related("beneficiaire").order_by("se_pose_depuis", "pk")[:PAR_SORTE]:
        raison = (
            f"en phase de sortie depuis le {date_longue(un_parcours.en_sortie_depuis)}"
            if un_parcours.en_sortie_depuis
            else f"son dernier contrat va jusqu’au {date_longue(un_parcours.dernier_jour)} inclus"
        )
        yield _de_la_personne(SujetPoint.SORTIE, un_parcours, f"Sortir du parcours ou le poursuivre, {raison}")


def _reportes(comite: ComiteTechnique) -> Iterator[Proposition]:
    """Le dernier passage de chaque objet, s'il a été ajourné ou laissé sans décision par une séance close, et s'il se pose encore."""
    de_la_structure = PointComite.objects.filter(comite__structure=comite.structure_id)
    derniers = (
        de_la_structure.exclude(comite=comite)
        .exclude(Exists(de_la_structure.filter(comite=comite, sujet=OuterRef("sujet"), objet=OuterRef("objet"))))
        .filter(objet__isnull=False)
        .order_by("sujet", "objet", "-comite__date_seance", "-comite__cree_le")
        .distinct("sujet", "objet")
    )
    reportes = PointComite.objects.filter(pk__in=derniers.values("pk")).filter(
        Q(decision=DecisionPoint.AJOURNEE) | Q(decision="", comite__close_le__isnull=False)
    )
    lus = reportes.filter(_se_pose_encore()).select_related("comite", "beneficiaire", "orientation")
    for point in lus.order_by("comite__date_seance", "rang", "pk")[:PAR_SORTE]:
        yield Proposition(
            SujetPoint(point.sujet),
            point.objet,
            point.nom,
            point.question,
            point.beneficiaire_id,
            point.orientation_id,
            reporte_du=point.comite.date_seance,
        )


def _se_pose_encore() -> Q:
    """L'orientation attend toujours, l'éligibilité vaut encore, le frein n'est pas levé, le parcours est ouvert."""
    objet = {"pk": OuterRef("objet")}
    renouvelable = Exists(Eligibilite.objects.filter(**objet, est_courante=True)) | Exists(
        Agrement.objects.filter(**objet)
    )
    freins = Frein.objects.filter(**objet, etat__in=[EtatFrein.REPERE, EtatFrein.EN_COURS], parcours__date_fin=None)
    return (
        Q(sujet=SujetPoint.AUTRE)
        | Q(Exists(Orientation.objects.sans_reponse().filter(**objet)), sujet=SujetPoint.ORIENTATION)
        | Q(renouvelable, sujet=SujetPoint.RENOUVELLEMENT)
        | Q(Exists(freins), sujet=SujetPoint.FREIN)
        | Q(Exists(Parcours.objects.ouverts().filter(**objet)), sujet=SujetPoint.SORTIE)
    )


def _de_la_personne(sujet: SujetPoint, objet: Any, question: str) -> Proposition:
    personne = objet.beneficiaire
    return Proposition(sujet, objet.pk, personne.nom_complet, _question(question), beneficiaire_id=personne.pk)


def _question(texte: str) -> str:
    """La question avec son point d'interrogation, dans la longueur que garde un point."""
    fin = "\u00a0?"
    place = QUESTION_MAXIMUM - len(fin)
    return (texte if len(texte) <= place else f"{texte[: place - 1]}…") + fin
