"""Les objectifs particuliers d'un marché, en heures, et la proposition du NPNRU."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from clauses.heures_dues import parametres_heures_dues
from clauses.models import Engagement, Marche, ModeEngagement, NatureObjectif, SousObjectif
from clauses.models.operations import Financement
from clauses.regles.objectifs import PartNpnru, ecrire_npnru, heures_npnru, heures_objectif, heures_travaillees
from clauses.services.marches import regle_courante

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class ObjectifEnHeures:
    """Un objectif particulier, les heures où il s'inscrit et les heures qu'il vise."""

    objectif: SousObjectif
    dues: Decimal
    visees: Decimal


@dataclass(frozen=True, slots=True)
class PropositionNpnru:
    """Le second compteur que la charte du NPNRU demande : ses heures et leur calcul ; vides si les heures travaillées manquent."""

    part: PartNpnru
    heures: Decimal | None
    calcul: str


def objectifs_en_heures(marche: Marche) -> list[ObjectifEnHeures]:
    """Rend les objectifs du marché, chacun avec les heures dues de son lot ou du marché. Trois requêtes."""
    dues = list(Engagement.objects.filter(titulaire__lot__marche=marche).values_list("titulaire__lot", "heures_dues"))
    arrondi = parametres_heures_dues(regle_courante(marche)).arrondi
    lignes = []
    for objectif in marche.sous_objectifs.select_related("lot"):
        portee = sum((heures for lot, heures in dues if objectif.lot_id in (None, lot)), ZERO)
        visees = heures_objectif(
            heures=objectif.heures, part_pourcent=objectif.part_pourcent, heures_dues=portee, arrondi=arrondi
        )
        lignes.append(ObjectifEnHeures(objectif, portee, visees))
    return lignes


def propositions_npnru(marche: Marche) -> list[PropositionNpnru]:
    """Rend les compteurs QPV à proposer sur une opération du NPNRU ; rien ailleurs, ni quand l'objectif QPV est déjà écrit."""
    if marche.operation.financement != Financement.NPNRU:
        return []
    if marche.sous_objectifs.filter(nature=NatureObjectif.QPV, lot=None).exists():
        return []
    travaillees = heures_travaillees_du_marche(Engagement.objects.filter(titulaire__lot__marche=marche))
    arrondi = parametres_heures_dues(regle_courante(marche)).arrondi
    return [
        PropositionNpnru(part, None, "")
        if travaillees is None
        else PropositionNpnru(part, heures_npnru(travaillees, part, arrondi), ecrire_npnru(travaillees, part, arrondi))
        for part in PartNpnru
    ]


def heures_travaillees_du_marche(engagements: Iterable[Engagement]) -> Decimal | None:
    """Rend toutes les heures du marché, d'insertion ou non ; None si un seul engagement en heures ne les laisse pas connaître."""
    total = ZERO
    for engagement in engagements:
        if engagement.mode == ModeEngagement.FORMULE:
            total += heures_travaillees(
                montant_ht_euros=engagement.montant_ht_euros,
                part_main_oeuvre=engagement.part_main_oeuvre,
                cout_horaire_euros=engagement.cout_horaire_euros,
            )
        elif engagement.mode == ModeEngagement.NETTOYAGE:
            total += engagement.heures_totales
        elif engagement.heures_dues:
            return None
    return total or None
