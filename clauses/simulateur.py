"""La situation d'un lot, lue pour le simulateur : ses engagements, ses heures, son rythme, la règle de son marché."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby

from beneficiaires.periodes import ajouter_mois, premier_du_mois
from clauses.avancement import avancements_des_engagements, courbe_mensuelle, totaliser
from clauses.heures_dues import (
    MODES_MOUVANTS,
    heures_exactes,
    montant_courant,
    montants_commandes,
    parametres_heures_dues,
    parametres_penalites,
    regle_commandes,
)
from clauses.models import Avenant, Engagement, Lot, ModeEngagement
from clauses.regles.dues import Arrondi, RegleAvenant, arrondir
from clauses.regles.heures_dues import ParametresHeuresDues
from clauses.regles.rythme import MOIS_DE_RYTHME, RythmePlausible, rythme_plausible
from clauses.regles.simulation import EngagementSimule, SituationLot
from clauses.services.marches import regle_courante

ZERO = Decimal(0)
Mensuelles = Sequence[tuple[date, Decimal, Decimal]]


def situation_du_lot(lot: Lot, *, jour: date) -> tuple[SituationLot, RythmePlausible]:
    """Rend le lot tel qu'il est au soir de `jour`, et son rythme plausible. Nombre constant de requêtes.

    Le rythme du titulaire est celui des trois derniers mois ; s'il n'a encore rien fait, son rythme plausible.
    """
    marche, regle = lot.marche, regle_courante(lot.marche)
    parametres = parametres_heures_dues(regle)
    engagements = Engagement.objects.filter(titulaire__lot=lot)
    lus = list(
        engagements.select_related("titulaire__entreprise")
        .prefetch_related("avenants", "tranches", "commandes")
        .order_by("pk")
    )
    total = totaliser(avancements_des_engagements(engagements, jour=jour), jour=jour)
    mensuelles = courbe_mensuelle(engagements, jusqu_au=jour)
    plausible = rythme_plausible_de(parametres, mensuelles, titulaires=sum(bool(e.heures_dues) for e in lus))
    avenants = list(marche.avenants.select_related("engagement__titulaire").order_by("date_notification", "numero"))
    seul = marche.lots.count() == 1
    situation = SituationLot(
        engagements=tuple(_simule(engagement, lot, lus, avenants, seul=seul) for engagement in lus),
        validees=total.validees,
        arrete_le=jour,
        rythme_mensuel=rythme_recent(mensuelles, jour) or plausible.heures_par_mois,
        periode=lot.periode,
        montant_euros=_montant(lot, lus, avenants, seul=seul),
        montant_marche_euros=montant_courant(marche, avenants),
        regle_avenant=parametres.regle_avenant or RegleAvenant.PRORATA,
        seuil_pourcent=parametres.seuil_pourcent,
        penalites=parametres_penalites(regle),
    )
    return situation, plausible


def rythme_plausible_de(
    parametres: ParametresHeuresDues, mensuelles: Mensuelles, *, titulaires: int = 1
) -> RythmePlausible:
    """Le rythme plausible que règle le marché, à partir des heures validées de chaque mois."""
    return rythme_plausible(
        mensuelles=[validees for _, validees, _ in mensuelles],
        titulaires=titulaires,
        source=parametres.source_rythme,
        personnes=parametres.personnes_plausibles,
        heures=parametres.heures_plausibles,
    )


def rythme_recent(mensuelles: Mensuelles, jour: date) -> Decimal:
    """Les heures validées par mois sur les trois derniers mois, celui de `jour` compris."""
    depuis = ajouter_mois(premier_du_mois(jour), 1 - MOIS_DE_RYTHME)
    recentes = sum((validees for mois, validees, _ in mensuelles if mois >= depuis), ZERO)
    return (recentes / MOIS_DE_RYTHME).quantize(Decimal("0.01"))


def _simule(
    engagement: Engagement, lot: Lot, engagements: list[Engagement], avenants: list[Avenant], *, seul: bool
) -> EngagementSimule:
    est_commande = engagement.mode == ModeEngagement.COMMANDES
    base, exactes = None, engagement.heures_dues
    if engagement.mode not in MODES_MOUVANTS:
        touchants = [a for a in avenants if a.engagement_id == engagement.pk and a.heures_apres is not None]
        rang = max(((a.date_notification, a.numero) for a in touchants), default=None)
        suivis = [a for a in avenants if rang is not None and (a.date_notification, a.numero) <= rang]
        depart = _montant(lot, engagements, [], seul=seul)
        base = _montant(lot, engagements, suivis, seul=seul)
        if depart and base:
            # Le prorata part des heures avant arrondi, sauf quand un avenant a écrit d'autres heures que lui.
            au_prorata = heures_exactes(engagement) * base / depart
            if arrondir(au_prorata, engagement.arrondi) == engagement.heures_dues:
                exactes = au_prorata
        elif rang is None:
            exactes = heures_exactes(engagement)
    return EngagementSimule(
        cle=engagement.pk.hex,
        nom=engagement.titulaire.entreprise.nom,
        heures_dues=engagement.heures_dues,
        heures_exactes=exactes,
        arrondi=Arrondi(engagement.arrondi),
        regle_commandes=regle_commandes(engagement) if est_commande else None,
        commandes=tuple(montants_commandes(engagement)) if est_commande else (),
        montant_de_base_euros=base or None,
    )


def _montant(lot: Lot, engagements: list[Engagement], avenants: list[Avenant], *, seul: bool) -> Decimal | None:
    """Ce que le lot vaut après ces avenants : ses bons de commande ; le marché s'il n'a qu'un lot ; sinon son montant et ses avenants.

    Un avenant change le montant du marché : il change celui du lot quand il ne touche que lui.
    """
    if any(engagement.mode == ModeEngagement.COMMANDES for engagement in engagements):
        return sum((montant for e in engagements for montant in montants_commandes(e)), ZERO) or None
    marche, montant = lot.marche, lot.montant_ht_euros
    if seul and marche.montant_ht_euros is not None:
        return montant_courant(marche, avenants)
    precedent = marche.montant_ht_euros
    for _, lignes in groupby(avenants, key=lambda avenant: (avenant.date_notification, avenant.numero)):
        touches = list(lignes)
        suivant = touches[0].montant_ht_euros
        lots = {avenant.engagement.titulaire.lot_id for avenant in touches if avenant.engagement is not None}
        if montant is not None and suivant is not None and precedent is not None and lots == {lot.pk}:
            montant += suivant - precedent
        precedent = precedent if suivant is None else suivant
    return montant
