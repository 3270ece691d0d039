"""Les lignes de la base qu'un marché lu dans les DECP devient : marché, règle, lot, entreprises, avenants."""

from collections.abc import Sequence

from django.db import models

from clauses.decp import AvenantLu, Consideration, MarcheLu
from clauses.models import (
    Avenant,
    BaseJuridique,
    Ccag,
    Lot,
    Marche,
    Operation,
    RepriseDecp,
    RoleTitulaire,
    Titulaire,
    TypeClause,
)
from clauses.services.decp_annuaire import Annuaire
from clauses.services.decp_plan import Plan, elements_repris, noms
from clauses.services.marches import regle_de_depart
from comptes.formats import quantite
from comptes.models import Profil, Utilisateur

LONGUEUR_INTITULE = 200
LONGUEUR_OBJET_AVENANT = 300


def objets_nouveaux(
    plan: Plan, operation: Operation, annuaire: Annuaire, auteur: Utilisateur | None
) -> list[models.Model]:
    """Rend le marché d'abord, puis tout ce qui naît avec lui."""
    lu = plan.marche
    marche = _marche(lu, operation, annuaire)
    lot = Lot(marche=marche, numero="1", intitule=lu.objet[:LONGUEUR_INTITULE], montant_ht_euros=lu.montant_ht_euros)
    titulaires = [
        Titulaire(lot=lot, entreprise=annuaire.trouver(entreprise, Profil.ENTREPRISE), role=role)
        for entreprise, role in zip(plan.titulaires, _roles(plan), strict=True)
    ]
    return [
        marche,
        regle_de_depart(marche, auteur),
        lot,
        *titulaires,
        *_ajouts(plan, marche, lot, titulaires, annuaire),
    ]


def complements(plan: Plan, annuaire: Annuaire) -> list[models.Model]:
    """Rend ce qui s'ajoute à un marché déjà là."""
    lot = next(iter(plan.existant.lots.all()), None)
    inscrits = lot.titulaires.all() if lot else ()
    titulaires = [titulaire for titulaire in inscrits if titulaire.role != RoleTitulaire.SOUS_TRAITANT]
    return _ajouts(plan, plan.existant, lot, titulaires, annuaire)


def _marche(lu: MarcheLu, operation: Operation, annuaire: Annuaire) -> Marche:
    type_clause, base = _clause(lu)
    suit = bool(lu.delais)
    return Marche(
        operation=operation,
        acheteur=annuaire.trouver(lu.acheteur, Profil.ACHETEUR),
        reference=lu.identifiant,
        objet=lu.objet,
        type_clause=type_clause,
        base_juridique=base,
        ccag=lu.ccag or Ccag.AUCUN,
        technique=lu.technique,
        code_cpv=lu.code_cpv,
        date_attribution=lu.date_signature,
        date_notification=lu.date_notification,
        date_debut=lu.date_debut,
        date_fin=lu.date_fin,
        fin_suit_avenants=suit,
        date_fin_initiale=lu.date_fin_initiale if suit else None,
        montant_ht_euros=lu.montant_ht_euros,
        cle_decp=lu.cle,
    )


def _clause(lu: MarcheLu) -> tuple[str, str]:
    """Rend le type de clause et sa base juridique. Les DECP ne disent pas à qui un marché est réservé."""
    if lu.est_reserve:
        type_clause, base = TypeClause.RESERVE_MIXTE, BaseJuridique.L2113_14
    elif Consideration.CRITERE not in lu.considerations:
        type_clause, base = TypeClause.EXECUTION, BaseJuridique.L2112_2
    elif Consideration.CLAUSE in lu.considerations:
        type_clause, base = TypeClause.EXECUTION_CRITERE, BaseJuridique.L2112_2
    else:
        type_clause, base = TypeClause.CRITERE, BaseJuridique.R2152_7
    return type_clause, BaseJuridique.L3114_2 if lu.est_concession else base


def _roles(plan: Plan) -> list[RoleTitulaire]:
    nombre = len(plan.titulaires)
    if nombre > 1 and plan.marche.groupement:
        return [RoleTitulaire.MANDATAIRE, *[RoleTitulaire.COTRAITANT] * (nombre - 1)]
    return [RoleTitulaire.TITULAIRE] * nombre


def _ajouts(
    plan: Plan, marche: Marche, lot: Lot | None, titulaires: Sequence[Titulaire], annuaire: Annuaire
) -> list[models.Model]:
    """Rend les sous-traitants et les avenants du plan, et la note de ce qui est repris ; les heures dues ne bougent pas."""
    # À plusieurs titulaires, le fichier ne dit pas lequel sous-traite : le donneur d'ordre reste à préciser.
    donneur = titulaires[0] if len(titulaires) == 1 else None
    sous_traitants = [
        Titulaire(
            lot=lot,
            entreprise=annuaire.trouver(acte.entreprise, Profil.ENTREPRISE),
            role=RoleTitulaire.SOUS_TRAITANT,
            donneur_ordre=donneur,
        )
        for acte in plan.sous_traitants
    ]
    avenants = [
        Avenant(
            marche=marche,
            numero=avenant.numero,
            date_notification=avenant.date_notification,
            objet=_objet_de_l_avenant(avenant),
            montant_ht_euros=avenant.montant_ht_euros,
            duree_mois=avenant.delai.duree_mois,
        )
        for avenant in plan.avenants
    ]
    repris = elements_repris(plan.existant) | {lu.cle for lu in (*plan.marche.avenants, *plan.marche.sous_traitants)}
    reprise = [RepriseDecp(marche=marche, elements=sorted(repris))] if repris else []
    return [*sous_traitants, *avenants, *reprise]


def _objet_de_l_avenant(avenant: AvenantLu) -> str:
    """Ce que le fichier dit de plus : la durée d'un avenant à la date douteuse, les nouveaux titulaires."""
    phrases = []
    if avenant.duree_mois != avenant.delai.duree_mois:
        phrases.append(f"Durée publiée\u00a0: {quantite(avenant.duree_mois, 'mois')}, date à vérifier")
    if avenant.titulaires:
        phrases.append(f"Nouveaux titulaires publiés\u00a0: {noms(avenant.titulaires)}")
    return ". ".join(phrases)[:LONGUEUR_OBJET_AVENANT]
