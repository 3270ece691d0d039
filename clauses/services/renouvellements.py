"""Renouveler une éligibilité : une nouvelle décision, qui prolonge la fenêtre de la précédente sur avis motivé."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from beneficiaires.models import Beneficiaire
from clauses.models import Eligibilite
from clauses.regles import Decision, FaitsPersonne
from clauses.regles.renouvellement import renouveler
from clauses.services.eligibilites import remplacer
from clauses.services.faits import situations_vues
from clauses.services.fenetres import suivre_le_temps_de_travail
from comptes.ecriture import exiger
from comptes.models import Utilisateur
from comptes.regles import Refus

# Le champ où se lit chaque refus ; les autres se lisent au-dessus du formulaire.
CHAMPS_DES_REFUS = {
    "organisme_avis": "organisme",
    "avis_futur": "avis_date",
    "avis_tardif": "avis_date",
    "diagnostic_insuffisant": "avis_date",
}


def prevoir_renouvellement(
    *, eligibilite: Eligibilite, avis_date: date, organisme: str, date_decision: date
) -> Decision | Refus:
    """Rend la décision que donnerait ce renouvellement, avec les paramètres que l'éligibilité porte ; n'écrit rien."""
    beneficiaire = eligibilite.beneficiaire
    return renouveler(
        Decision.depuis_json(eligibilite.decision),
        avis_date=avis_date,
        organisme=organisme,
        date_decision=date_decision,
        personne=FaitsPersonne(naissance=beneficiaire.date_naissance),
        situations=situations_vues(beneficiaire),
    )


@transaction.atomic
def renouveler_eligibilite(
    *,
    eligibilite: Eligibilite,
    avis_date: date,
    organisme: str,
    avis_texte: str,
    date_decision: date,
    utilisateur: Utilisateur,
) -> Eligibilite:
    """Garde le renouvellement ; l'ancienne décision est remplacée, jamais modifiée. Lève ValidationError sur le champ à corriger."""
    Beneficiaire.objects.select_for_update().get(pk=eligibilite.beneficiaire_id)
    eligibilite.refresh_from_db()
    if not eligibilite.est_courante:
        raise ValidationError("Cette décision a été remplacée entre-temps\u00a0: renouvelez celle qui est en vigueur.")
    decision = prevoir_renouvellement(
        eligibilite=eligibilite, avis_date=avis_date, organisme=organisme, date_decision=date_decision
    )
    if isinstance(decision, Refus):
        exiger(decision, champs=CHAMPS_DES_REFUS)
    nouvelle = remplacer(
        ancienne=eligibilite,
        decision=decision,
        nouvelle=Eligibilite(
            beneficiaire=eligibilite.beneficiaire,
            operation=eligibilite.operation,
            regle=eligibilite.regle,
            decide_par=utilisateur,
            renouvelle=eligibilite,
            avis_organisme=organisme,
            avis_date=avis_date,
            avis_texte=avis_texte,
        ),
    )
    suivre_le_temps_de_travail([nouvelle])
    nouvelle.refresh_from_db()
    return nouvelle
