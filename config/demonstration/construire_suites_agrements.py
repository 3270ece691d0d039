"""Ce qui repousse la fin d'un agrément : un PASS suspendu puis prolongé, un PASS suspendu aujourd'hui, un PLIE renouvelé.

Et une prolongation refusée, qui ne repousse rien."""

from beneficiaires.periodes import decaler
from config.demonstration.atelier import Atelier
from parcours.models import Agrement, EtatProlongation, Plie, Prolongation, Renouvellement, Suspension, TypeAgrement
from parcours.services.pass_iae import enregistrer_prolongation, enregistrer_suspension
from parcours.services.plie import enregistrer_plie, enregistrer_renouvellement

# (personne, motif, du, au) en jours depuis la référence.
SUSPENSIONS = (
    ("kadiatou", "CONTRACT_SUSPENDED", -150, -60),
    ("tarek", "CONTRACT_BROKEN", -40, 50),
)


def construire_suites_agrements(atelier: Atelier) -> None:
    reference = atelier.reference
    plie = Plie(
        id=atelier.id("plie", "confluent"), structure=atelier.organisations["confluent"], nom="PLIE du Confluent"
    )
    enregistrer_plie(plie=plie)
    Agrement.objects.filter(
        type_agrement=TypeAgrement.PLIE, porteur=plie.nom, beneficiaire__structure=plie.structure
    ).update(plie=plie)
    for personne, motif, du, au in SUSPENSIONS:
        suspension = Suspension(
            id=atelier.id("suspension", personne),
            agrement=_agrement(atelier, personne, TypeAgrement.PASS_IAE),
            motif=motif,
            date_debut=decaler(reference, du),
            date_fin=decaler(reference, au),
        )
        enregistrer_suspension(suspension=suspension, aujourd_hui=reference)
    _prolonger(atelier, "kadiatou")
    _prolonger(
        atelier, "ewa", date_demande=decaler(reference, -24), etat=EtatProlongation.REFUSEE, motif_refus="DURATION"
    )
    renouvellement = Renouvellement(
        id=atelier.id("renouvellement", "aurelie"),
        agrement=_agrement(atelier, "aurelie", TypeAgrement.PLIE),
        avis_organisme="Comité technique du PLIE",
        avis_date=decaler(reference, -21),
        avis_texte="Elle finit sa formation en mai et cherche ensuite un emploi d’agent de propreté\u00a0: un an de plus l’y mène.",
    )
    enregistrer_renouvellement(renouvellement=renouvellement, aujourd_hui=reference)


def _prolonger(atelier: Atelier, personne: str, **reponse: object) -> None:
    """La fin de la formation, demandée il y a quelques jours et accordée : elle part de la fin d'aujourd'hui, suspension comprise."""
    agrement = _agrement(atelier, personne, TypeAgrement.PASS_IAE)
    prolongation = Prolongation(
        id=atelier.id("prolongation", personne),
        agrement=agrement,
        motif="COMPLETE_TRAINING",
        date_debut=agrement.date_fin,
        date_fin=decaler(agrement.date_fin, 181),
        **{"date_demande": decaler(atelier.reference, -12), "etat": EtatProlongation.ACCORDEE} | reponse,
    )
    enregistrer_prolongation(prolongation=prolongation, aujourd_hui=atelier.reference)


def _agrement(atelier: Atelier, personne: str, type_agrement: TypeAgrement) -> Agrement:
    """Le plus récent de ce type."""
    return atelier.personnes[personne].agrements.filter(type_agrement=type_agrement).latest("date_debut")
