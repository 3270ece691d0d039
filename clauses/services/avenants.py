"""Les avenants : ce qu'ils font des heures dues, dans l'ordre où ils sont notifiés."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from clauses.cumuls import recompter_marche
from clauses.heures_dues import MODES_MOUVANTS, heures_exactes, montant_courant
from clauses.models import Avenant, Engagement, Marche, ModeEngagement
from clauses.regles.dues import (
    FaitAvenant,
    LigneHistorique,
    RegleAvenant,
    heures_apres_avenants,
)
from clauses.regles.duree import controler_delai
from clauses.services.fins import depart_de, recalculer_fins
from clauses.services.marches import verrouiller_marche
from comptes.ecriture import enregistrer, exiger
from comptes.formats import date_longue
from comptes.models import Utilisateur


@transaction.atomic
def enregistrer_avenant(
    *, avenant: Avenant, heures: Mapping[Engagement, Decimal], par: Utilisateur | None
) -> list[Avenant]:
    """Enregistre un avenant au marché et, pour chaque engagement de `heures`, ses nouvelles heures dues.

    Une ligne par engagement touché, une seule sans engagement s'il n'en touche aucun. Une heure inchangée n'est pas un
    changement. La fin du marché suit la durée ou la date que l'avenant écrit. Lève ValidationError si le délai est impossible, ou si un
    avenant plus récent est déjà parti de ces heures ; alors rien n'est écrit.
    """
    marche = verrouiller_marche(avenant.marche_id)
    exiger(controler_delai(depart=depart_de(marche), duree_mois=avenant.duree_mois, fin=avenant.date_fin))
    if marche.avenants.filter(numero=avenant.numero).exists():
        raise ValidationError(
            f"L’avenant {avenant.numero} vient d’être enregistré. Le prochain est le {prochain_numero(marche)}."
        )
    touches = Engagement.objects.filter(pk__in=[cle.pk for cle in heures]).order_by("pk")
    verrouilles = {engagement.pk: engagement for engagement in touches.select_for_update()}
    lignes = []
    for engagement, apres in heures.items():
        actuel = verrouilles[engagement.pk]
        if apres == actuel.heures_dues:
            continue
        _refuser_le_desordre(actuel, avenant.date_notification)
        lignes.append(_ligne(avenant, engagement=actuel, heures_avant=actuel.heures_dues, heures_apres=apres))
        actuel.heures_dues = apres
        actuel.save(update_fields=["heures_dues"])
    if not lignes:
        lignes.append(_ligne(avenant))
    for ligne in lignes:
        enregistrer(ligne)
    recalculer_fins([marche.pk])
    recompter_marche(marche, par=par)
    return lignes


def proposer_heures(
    engagement: Engagement,
    avenants: Sequence[Avenant],
    *,
    nouveau_montant: Decimal,
    date_notification: date,
    regle: RegleAvenant | str,
    seuil_pourcent: Decimal | None = None,
) -> LigneHistorique:
    """Rend ce que deviendraient les heures dues si le montant du marché passait à `nouveau_montant`.

    Le calcul repart des heures exactes de l'attribution et rejoue les avenants du marché (`avenants`, tous) : un avenant passé
    dont les heures enregistrées sont bien celles de la règle est rejoué sans arrondi intermédiaire ; sinon ses heures, ou celles
    d'avant s'il n'a pas touché cet engagement, sont prises telles quelles. Des heures par tranches partent de celles d'aujourd'hui ;
    celles des bons de commande ne suivent pas le montant du marché. Lève ValueError si le marché n'a pas de montant de départ.
    """
    if engagement.mode in MODES_MOUVANTS:
        return _proposer_depuis_aujourd_hui(
            engagement, avenants, nouveau_montant, date_notification, RegleAvenant(regle), seuil_pourcent
        )
    montant = engagement.titulaire.lot.marche.montant_ht_euros or Decimal(0)
    options = {
        "montant_initial_euros": montant,
        "heures_initiales": heures_exactes(engagement),
        "regle": regle,
        "seuil_pourcent": seuil_pourcent,
        "arrondi": engagement.arrondi,
    }
    faits: list[FaitAvenant] = []
    vraies = engagement.heures_initiales
    for avenant in _un_par_numero(avenants, engagement):
        suivant = montant if avenant.montant_ht_euros is None else avenant.montant_ht_euros
        if avenant.engagement_id == engagement.pk and avenant.heures_apres is not None:
            vraies = avenant.heures_apres
        fait = FaitAvenant(f"avenant {avenant.numero}", avenant.date_notification, suivant - montant)
        if heures_apres_avenants(avenants=[*faits, fait], **options)[-1].heures_apres != vraies:
            fait = replace(fait, heures_fixees=vraies)
        faits.append(fait)
        montant = suivant
    faits.append(FaitAvenant("cet avenant", date_notification, nouveau_montant - montant))
    return heures_apres_avenants(avenants=faits, **options)[-1]


def prochain_numero(marche: Marche) -> int:
    return max(marche.avenants.values_list("numero", flat=True), default=0) + 1


def _un_par_numero(avenants: Sequence[Avenant], engagement: Engagement) -> list[Avenant]:
    """Rend une ligne par avenant, par date : celle de cet engagement s'il est touché, sinon l'une des autres."""
    par_numero: dict[int, Avenant] = {}
    for avenant in avenants:
        if avenant.numero not in par_numero or avenant.engagement_id == engagement.pk:
            par_numero[avenant.numero] = avenant
    return sorted(par_numero.values(), key=lambda avenant: (avenant.date_notification, avenant.numero))


def _proposer_depuis_aujourd_hui(
    engagement: Engagement,
    avenants: Sequence[Avenant],
    nouveau_montant: Decimal,
    jour: date,
    regle: RegleAvenant,
    seuil_pourcent: Decimal | None,
) -> LigneHistorique:
    dues = engagement.heures_dues
    if engagement.mode == ModeEngagement.COMMANDES:
        raison = "les heures suivent les bons de commande, non le montant du marché"
        return LigneHistorique("cet avenant", jour, nouveau_montant, dues, dues, raison)
    rangs = sorted(avenants, key=lambda avenant: (avenant.date_notification, avenant.numero))
    montant = montant_courant(engagement.titulaire.lot.marche, rangs) or Decimal(0)
    return heures_apres_avenants(
        montant_initial_euros=montant,
        heures_initiales=dues,
        avenants=[FaitAvenant("cet avenant", jour, nouveau_montant - montant)],
        regle=regle,
        seuil_pourcent=seuil_pourcent,
        arrondi=engagement.arrondi,
    )[-1]


def _ligne(avenant: Avenant, **valeurs: object) -> Avenant:
    communs = ("marche", "numero", "date_notification", "objet", "montant_ht_euros", "duree_mois", "date_fin")
    return Avenant(**{champ: getattr(avenant, champ) for champ in communs}, **valeurs)


def _refuser_le_desordre(engagement: Engagement, jour: date) -> None:
    suivant = engagement.avenants.filter(heures_apres__isnull=False, date_notification__gt=jour).first()
    if suivant:
        raise ValidationError(
            f"L’avenant {suivant.numero}, du {date_longue(suivant.date_notification)}, a déjà changé ces heures après cette date. "
            "Supprimez-le, enregistrez celui-ci, puis celui-là."
        )
