"""Les heures que porte le bulletin de paie d'un mois, à comparer à celles d'une ligne."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from clauses.models import ReleveHeures
from clauses.models.heures import ETATS_EN_ATTENTE
from clauses.regles.declarations import MOIS_VERROUILLE
from clauses.services.controles import reexaminer_lignes
from clauses.services.verrous import verrous_des_releves
from comptes.models import Utilisateur
from comptes.regles import Refus

DECIDEES = Refus(
    "Ces heures ont déjà reçu une décision\u00a0: rouvrez-les pour les comparer au bulletin de paie.", "deja_decidees"
)


@transaction.atomic
def relever_bulletin(
    *, releve: ReleveHeures, heures: Decimal | None, par: Utilisateur, aujourd_hui: date
) -> Refus | None:
    """Garde les heures du bulletin de paie (None : plus de bulletin), et refait les contrôles de la ligne.

    Refuse une ligne validée, refusée ou d'un mois verrouillé : ses contrôles ne se refont plus.
    """
    if verrous_des_releves([releve.pk]):
        return MOIS_VERROUILLE
    actuel = ReleveHeures.objects.select_for_update(no_key=True).get(pk=releve.pk)
    if actuel.etat not in ETATS_EN_ATTENTE:
        return DECIDEES
    if actuel.heures_bulletin != heures:
        actuel.heures_bulletin = heures
        actuel.clean_fields(exclude=["affectation", "saisi_par", "saisi_par_lien", "decide_par", "regle_comptee"])
        actuel.save(update_fields=["heures_bulletin"])
        reexaminer_lignes([actuel.pk], aujourd_hui=aujourd_hui, par=par)
    return None
