"""Les éligibilités renouvelées sur avis motivé, par la règle et le service qui servent aux écrans."""

from clauses.models import Eligibilite
from clauses.services.eligibilites import remplacer
from clauses.services.renouvellements import prevoir_renouvellement
from comptes.ecriture import exiger
from comptes.regles import Refus
from config.demonstration.atelier import Atelier
from config.demonstration.tables.placements import RENOUVELLEMENTS


def construire_renouvellements(atelier: Atelier) -> None:
    jour = atelier.calendrier.jour
    for ligne in RENOUVELLEMENTS:
        ancienne = Eligibilite.objects.courantes().get(
            beneficiaire=atelier.personnes[ligne.personne], operation=atelier.operations[ligne.operation]
        )
        decision = prevoir_renouvellement(
            eligibilite=ancienne,
            avis_date=jour(ligne.avis_date),
            organisme=ligne.organisme,
            date_decision=jour(ligne.date_decision),
        )
        if isinstance(decision, Refus):
            exiger(decision)
        nouvelle = Eligibilite(
            id=atelier.id("renouvellement d’éligibilité", ligne.personne, ligne.operation),
            beneficiaire=ancienne.beneficiaire,
            operation=ancienne.operation,
            regle=ancienne.regle,
            decide_par=ancienne.decide_par,
            renouvelle=ancienne,
            avis_organisme=ligne.organisme,
            avis_date=jour(ligne.avis_date),
            avis_texte=ligne.avis_texte,
        )
        remplacer(ancienne=ancienne, nouvelle=nouvelle, decision=decision)
