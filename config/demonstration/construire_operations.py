"""Opérations, marchés, règles, lots, titulaires, engagements et avenants."""

from decimal import Decimal

from clauses import regles
from clauses.models import (
    Avenant,
    Engagement,
    Lot,
    Marche,
    ModeEngagement,
    Operation,
    RegleClause,
    Titulaire,
)
from config.demonstration.atelier import Atelier
from config.demonstration.calendrier import moment
from config.demonstration.construire_modeles import construire_modeles
from config.demonstration.tables.operations import OPERATIONS, Formule, LigneLot, LigneOperation, LigneTitulaire


def construire_operations(atelier: Atelier) -> None:
    marches: dict[str, Marche] = {}
    lots: list[Lot] = []
    titulaires: list[Titulaire] = []
    for ligne in OPERATIONS:
        atelier.operations[ligne.cle] = _operation(atelier, ligne)
        marches[ligne.cle] = _marche(atelier, ligne)
        atelier.regles[ligne.cle] = _regle(atelier, ligne, marches[ligne.cle])
        for ligne_lot in ligne.lots:
            lot = _lot(atelier, ligne, ligne_lot, marches[ligne.cle])
            lots.append(lot)
            titulaires += _titulaires(atelier, ligne, ligne_lot, lot)
    Operation.objects.bulk_create(atelier.operations.values())
    Marche.objects.bulk_create(marches.values())
    RegleClause.objects.bulk_create(atelier.regles.values())
    Lot.objects.bulk_create(lots)
    Titulaire.objects.bulk_create(titulaires)
    avenants = [avenant for ligne in OPERATIONS for avenant in _avenants(atelier, ligne, marches[ligne.cle])]
    Engagement.objects.bulk_create(atelier.engagements.values())
    Avenant.objects.bulk_create(avenants)
    construire_modeles(atelier)


def _operation(atelier: Atelier, ligne: LigneOperation) -> Operation:
    jour = atelier.calendrier.jour
    return Operation(
        id=atelier.id("operation", ligne.cle),
        structure=atelier.organisations[ligne.structure],
        nom=ligne.nom,
        maitre_ouvrage=atelier.organisations[ligne.maitre_ouvrage],
        financement=ligne.financement,
        programme=ligne.programme,
        commune=ligne.commune,
        date_debut=jour(ligne.debut),
        date_fin=jour(ligne.fin),
        heures_qpv_visees=ligne.heures_qpv_visees,
    )


def _marche(atelier: Atelier, ligne: LigneOperation) -> Marche:
    jour = atelier.calendrier.jour
    attribution = jour(ligne.attribution)
    return Marche(
        id=atelier.id("marche", ligne.cle),
        operation=atelier.operations[ligne.cle],
        acheteur=atelier.organisations[ligne.maitre_ouvrage],
        reference=f"{attribution.year}-{ligne.reference}",
        objet=ligne.objet,
        type_clause=ligne.type_clause,
        base_juridique=ligne.base_juridique,
        ccag=ligne.ccag,
        document=ligne.document,
        article=ligne.article,
        technique=ligne.technique,
        code_cpv=ligne.cpv,
        date_attribution=attribution,
        date_notification=jour(ligne.notification),
        date_debut=jour(ligne.debut),
        date_fin=jour(ligne.fin),
        fin_suit_avenants=ligne.fin_initiale is not None,
        date_fin_initiale=atelier.calendrier.jour_ou_rien(ligne.fin_initiale),
        montant_ht_euros=Decimal(ligne.montant),
    )


def _regle(atelier: Atelier, ligne: LigneOperation, marche: Marche) -> RegleClause:
    return RegleClause(
        id=atelier.id("regle", ligne.cle),
        marche=marche,
        cree_par=atelier.membre(ligne.structure, 0),
        **ligne.regle,
    )


def _lot(atelier: Atelier, operation: LigneOperation, ligne: LigneLot, marche: Marche) -> Lot:
    return Lot(
        id=atelier.id("lot", operation.cle, ligne.numero),
        marche=marche,
        numero=ligne.numero,
        intitule=ligne.intitule,
        montant_ht_euros=Decimal(ligne.montant),
        date_fin=atelier.calendrier.jour_ou_rien(ligne.fin),
        clos_le=atelier.calendrier.jour_ou_rien(ligne.clos_le),
    )


def _titulaires(atelier: Atelier, operation: LigneOperation, ligne_lot: LigneLot, lot: Lot) -> list[Titulaire]:
    """Les titulaires d'un lot, donneurs d'ordre d'abord, et leurs engagements dans l'atelier."""
    faits: dict[str, Titulaire] = {}
    for ligne in ligne_lot.titulaires:
        cle = f"{operation.cle}/{ligne_lot.numero}/{ligne.entreprise}"
        faits[ligne.entreprise] = Titulaire(
            id=atelier.id("titulaire", cle),
            lot=lot,
            entreprise=atelier.organisations[ligne.entreprise],
            role=ligne.role,
            donneur_ordre=faits[ligne.donneur_ordre] if ligne.donneur_ordre else None,
        )
        atelier.engagements[cle] = _engagement(atelier, cle, ligne, faits[ligne.entreprise])
    return list(faits.values())


def _engagement(atelier: Atelier, cle: str, ligne: LigneTitulaire, titulaire: Titulaire) -> Engagement:
    engagement = Engagement(id=atelier.id("engagement", cle), titulaire=titulaire)
    if isinstance(ligne.heures, Formule):
        engagement.mode = ModeEngagement.FORMULE
        engagement.montant_ht_euros = Decimal(ligne.heures.montant)
        engagement.part_main_oeuvre = Decimal(ligne.heures.part_main_oeuvre)
        engagement.taux_effort = Decimal(ligne.heures.taux_effort)
        engagement.cout_horaire_euros = Decimal(ligne.heures.cout_horaire)
        engagement.heures_initiales = regles.calculer_heures_dues(
            montant_ht_euros=engagement.montant_ht_euros,
            part_main_oeuvre=engagement.part_main_oeuvre,
            taux_effort=engagement.taux_effort,
            cout_horaire_euros=engagement.cout_horaire_euros,
            arrondi=engagement.arrondi,
        )
    else:
        engagement.heures_initiales = Decimal(ligne.heures)
    engagement.heures_dues = engagement.heures_initiales
    return engagement


def _avenants(atelier: Atelier, ligne: LigneOperation, marche: Marche) -> list[Avenant]:
    """Les avenants du marché ; celui qui touche un engagement change ses heures dues."""
    avenants = []
    for avenant in ligne.avenants:
        engagement = atelier.engagements.get(f"{ligne.cle}/{avenant.lot}/{avenant.entreprise}")
        fait = Avenant(
            id=atelier.id("avenant", ligne.cle, avenant.numero),
            marche=marche,
            engagement=engagement,
            numero=avenant.numero,
            date_notification=atelier.calendrier.jour(avenant.date_notification),
            objet=avenant.objet,
            montant_ht_euros=None if avenant.montant_ht is None else Decimal(avenant.montant_ht),
            date_fin=atelier.calendrier.jour_ou_rien(avenant.date_fin),
        )
        if engagement is not None and avenant.heures_apres is not None:
            fait.heures_avant, fait.heures_apres = engagement.heures_dues, Decimal(avenant.heures_apres)
            engagement.heures_dues = fait.heures_apres
        avenants.append(fait)
    return avenants


def dater_les_operations(atelier: Atelier) -> None:
    """Donne à ce qui a été créé en masse la date où la structure l'aurait saisi, et non celle du chargement."""
    operations = list(atelier.operations.values())
    for ligne in OPERATIONS:
        atelier.operations[ligne.cle].cree_le = moment(atelier.calendrier.jour(ligne.notification), 10, 20)
    for regle in atelier.regles.values():
        regle.cree_le = moment(regle.marche.date_notification, 10, 50)
    Operation.objects.bulk_update(operations, ["cree_le"])
    RegleClause.objects.bulk_update(atelier.regles.values(), ["cree_le"])
