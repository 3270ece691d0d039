"""Une séance close du comité technique, avec ses décisions, et la suivante, dont l'ordre du jour se prépare."""

from datetime import date
from uuid import UUID

from beneficiaires.periodes import decaler
from config.demonstration.atelier import Atelier
from config.demonstration.calendrier import moment
from config.demonstration.tables.comites import (
    INSCRITS,
    INVITES,
    LIEU,
    MARDI,
    POINTS,
    PRESENTS,
    SEANCE_CLOSE,
    SEANCE_SUIVANTE,
    LignePoint,
)
from parcours.models import ComiteTechnique, Frein, PointComite, SujetPoint, TypeAgrement
from parcours.ordre_du_jour import proposer


def construire_comites(atelier: Atelier) -> None:
    close = _seance(atelier, "close", SEANCE_CLOSE)
    close.close_le = moment(close.date_seance, 12, 10)
    close.save()
    close.presents.set(atelier.organisations[cle] for cle in PRESENTS)
    PointComite.objects.bulk_create(_decide(atelier, close, rang, ligne) for rang, ligne in enumerate(POINTS))
    suivante = _seance(atelier, "suivante", SEANCE_SUIVANTE)
    PointComite.objects.bulk_create(_a_l_ordre_du_jour(atelier, suivante))


def _seance(atelier: Atelier, cle: str, jours: int) -> ComiteTechnique:
    seance = ComiteTechnique.objects.create(
        id=atelier.id("comité", cle),
        structure=atelier.organisations["confluent"],
        date_seance=_mardi(decaler(atelier.reference, jours)),
        lieu=LIEU,
        cree_par=atelier.comptes["claire"],
    )
    seance.partenaires.set(atelier.organisations[invite] for invite in INVITES)
    return seance


def _mardi(jour: date) -> date:
    """Ce jour, ou le mardi d'avant."""
    return decaler(jour, -((jour.weekday() - MARDI) % 7))


def _decide(atelier: Atelier, seance: ComiteTechnique, rang: int, ligne: LignePoint) -> PointComite:
    personne = atelier.personnes[ligne.personne]
    return PointComite(
        id=atelier.id("point", seance.pk, rang),
        comite=seance,
        rang=rang,
        sujet=ligne.sujet,
        objet=_objet(atelier, ligne),
        beneficiaire=None if ligne.sujet == SujetPoint.ORIENTATION else personne,
        orientation_id=_objet(atelier, ligne) if ligne.sujet == SujetPoint.ORIENTATION else None,
        question=ligne.question,
        decision=ligne.decision,
        motif=ligne.motif,
        decide_par=atelier.membre("confluent", rang),
        decide_le=moment(seance.date_seance, 9, 40 + 4 * rang),
    )


def _objet(atelier: Atelier, ligne: LignePoint) -> UUID:
    personne = atelier.personnes[ligne.personne]
    match ligne.sujet:
        case SujetPoint.ORIENTATION:
            return atelier.id("orientation", ligne.personne)
        case SujetPoint.RENOUVELLEMENT:
            return personne.agrements.filter(type_agrement=TypeAgrement.PLIE).latest("date_fin").pk
        case SujetPoint.FREIN:
            return Frein.objects.get(parcours__beneficiaire=personne, rubrique=ligne.rubrique).pk
        case SujetPoint.SORTIE:
            return personne.parcours.ouverts().get().pk
    return atelier.id("point libre", ligne.personne)


def _a_l_ordre_du_jour(atelier: Atelier, seance: ComiteTechnique) -> list[PointComite]:
    """Les premiers de chaque sujet, tels qu'Étape les propose."""
    propositions = proposer(seance, seance.cree_par, atelier.reference)
    retenues = [p for sujet, nombre in INSCRITS.items() for p in [p for p in propositions if p.sujet == sujet][:nombre]]
    return [
        PointComite(
            id=atelier.id("point", seance.pk, rang),
            comite=seance,
            rang=rang,
            sujet=p.sujet,
            objet=p.objet,
            beneficiaire_id=p.beneficiaire_id,
            orientation_id=p.orientation_id,
            question=p.question,
        )
        for rang, p in enumerate(retenues)
    ]


def dater_les_comites(atelier: Atelier) -> None:
    """La séance close s'est préparée quinze jours avant ; la suivante, la veille de la référence."""
    for seance in ComiteTechnique.objects.all():
        jour = decaler(seance.date_seance, -15) if seance.est_close else decaler(atelier.reference, -1)
        ComiteTechnique.objects.filter(pk=seance.pk).update(cree_le=moment(jour, 15, 20))
