"""Les heures déclarées : si elles peuvent être gardées, la part du mois qui se saisit, le partage d'un total à cheval."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from beneficiaires.periodes import Periode, mois_de
from clauses.regles.saisie import (
    MAXIMUM_HEURES_PAR_JOUR,
    PLAFOND_MENSUEL_HEURES,
    REFUS_DE_SAISIE,
    NatureHeures,
    Saisie,
)
from comptes.regles import Refus

__all__ = [
    "MAXIMUM_HEURES_PAR_JOUR",
    "PLAFOND_MENSUEL_HEURES",
    "NatureHeures",
    "PartHeures",
    "controler_heures",
    "periode_saisissable",
    "repartir_au_prorata",
]


def controler_heures(
    *,
    heures: Decimal,
    nature: NatureHeures | str,
    periode: Periode,
    contrat: Periode,
    fenetre: Periode | None,
    lot: Periode | None,
    lot_clos: bool,
    aujourd_hui: date,
    deja_declarees_mois: Decimal = Decimal(0),
    plafond_mensuel: Decimal = PLAFOND_MENSUEL_HEURES,
    est_prorata: bool = False,
) -> Refus | None:
    """Contrôle des heures saisies pour une période d'un seul mois ; rend None si elles peuvent être gardées.

    Arguments : ceux de `Saisie`. Rend le premier refus de `REFUS_DE_SAISIE`, la part du catalogue des contrôles que tout marché
    applique telle quelle. Un total à cheval sur une borne de la fenêtre est refusé tant qu'il n'est pas partagé, sauf là où le marché
    le compte au prorata des jours. Lève ValueError si la période n'a pas de fin ou couvre deux mois. Source : règle du marché
    (éligibilité) ; code du travail (12 h par jour au plus).
    """
    saisie = Saisie(
        heures=heures,
        nature=NatureHeures(nature),
        periode=periode,
        contrat=contrat,
        fenetre=fenetre,
        lot=lot,
        lot_clos=lot_clos,
        aujourd_hui=aujourd_hui,
        deja_declarees_mois=deja_declarees_mois,
        plafond_mensuel=plafond_mensuel,
        est_prorata=est_prorata,
    )
    return next(
        (Refus(phrase, code) for code, refuser in REFUS_DE_SAISIE.items() if (phrase := refuser(saisie))),
        None,
    )


def periode_saisissable(
    mois: date, contrat: Periode, fenetre: Periode | None, lot: Periode | None, *, est_prorata: bool = False
) -> Periode | None:
    """Rend la part de ce mois où des heures peuvent être saisies (contrat, fenêtre et lot à la fois), ou None.

    Fenêtre finie le 12/05/2026 : mai 2026 rend du 1er au 12 mai. Sans fenêtre ouverte, rien ne se saisit. Là où le marché compte au
    prorata (`est_prorata`), un mois que la fenêtre touche se saisit en entier, sur le contrat et le lot.
    """
    if fenetre is None:
        return None
    part: Periode | None = mois_de(mois)
    for borne in (contrat, lot):
        if part is not None and borne is not None:
            part = part.intersection(borne)
    dedans = None if part is None else part.intersection(fenetre)
    return part if est_prorata and dedans is not None else dedans


@dataclass(frozen=True, slots=True)
class PartHeures:
    """Un total partagé à la borne de la fenêtre : heures comptées et heures hors fenêtre."""

    comptees: Decimal
    hors_fenetre: Decimal


def repartir_au_prorata(heures: Decimal, periode: Periode, fenetre: Periode) -> PartHeures:
    """Partage un total à cheval au prorata des jours, là où le marché le prévoit ; au centième d'heure.

    Rien ne se perd : comptées + hors fenêtre = heures. Lève ValueError si la période n'a pas de fin.
    """
    jours = periode.nombre_jours()
    if jours is None:
        raise ValueError("Des heures se partagent sur une période finie.")
    commune = periode.intersection(fenetre)
    dedans = 0 if commune is None else commune.nombre_jours() or 0
    comptees = (heures * dedans / jours).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return PartHeures(comptees, heures - comptees)
