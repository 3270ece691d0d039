"""Ce qu'un test du comité technique crée, note et lit."""

from datetime import date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from parcours.models import ComiteTechnique, Frein, PointComite, SujetPoint
from parcours.ordre_du_jour import proposer
from parcours.services.comites import inscrire
from parcours.services.decisions_comite import decider

AUJOURD_HUI = date(2026, 11, 24)
MAINTENANT = datetime(2026, 11, 24, 10, 12, tzinfo=ZoneInfo("Europe/Paris"))


def creer_seance(paysage, jour: date) -> ComiteTechnique:
    return ComiteTechnique.objects.create(structure=paysage.structure, date_seance=jour, cree_par=paysage.facilitateur)


def creer_frein(paysage, jour: date) -> Frein:
    return Frein.objects.create(
        parcours=paysage.parcours, rubrique="mobilite", etat="repere", date_etat=jour, repere_le=jour
    )


def proposees(paysage, comite=None) -> dict[str, str]:
    """Sujet → question, espaces ordinaires."""
    trouvees = proposer(comite or paysage.comite, paysage.facilitateur, AUJOURD_HUI)
    return {p.sujet.value: p.question.replace("\u00a0", " ") for p in trouvees}


def point(comite, paysage, sujet=SujetPoint.AUTRE, objet=None, **suite) -> PointComite:
    valeurs = {"question": "Et après ?", "beneficiaire": paysage.beneficiaire, "objet": objet or uuid4()}
    return PointComite.objects.create(comite=comite, sujet=sujet, **(valeurs | suite))


def noter(point, decision: str, motif: str = "", auteur=None, lue: str = "", quand: datetime = MAINTENANT):
    return decider(
        point=point,
        decision=decision,
        motif=motif,
        version_lue=lue,
        auteur=auteur or point.comite.cree_par,
        maintenant=quand,
        aujourd_hui=AUJOURD_HUI,
    )


def inscrire_tout(paysage, comite=None) -> int:
    comite = comite or paysage.comite
    cles = {p.cle for p in proposer(comite, paysage.facilitateur, AUJOURD_HUI)}
    return inscrire(comite=comite, cles=cles, utilisateur=paysage.facilitateur, aujourd_hui=AUJOURD_HUI)
