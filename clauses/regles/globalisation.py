"""La convention de globalisation : des heures faites sur un marché comptent sur un autre, une seule fois.

Sans convention, une heure ne compte que là où elle est faite (domaine § 2.4). Une imputation ne crée pas d'heure : elle en déplace.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from beneficiaires.periodes import Periode
from comptes.formats import date_longue
from comptes.formats import heures as ecrire_heures
from comptes.formats import periode as ecrire_periode
from comptes.regles import Refus

ZERO: Final = Decimal(0)
INTERDITE: Final = "interdite"
ENTRE_LOTS: Final = "entre_lots"


@dataclass(frozen=True, slots=True)
class FaitsConvention:
    """Ce que dit la convention : ses jours, son entreprise, et les marchés qu'elle nomme. `est_pour_elle` : vaut pour cette personne."""

    reference: str
    jours: Periode
    est_meme_entreprise: bool
    est_pour_elle: bool
    couvre_depart: bool
    couvre_arrivee: bool


@dataclass(frozen=True, slots=True)
class FaitsMarcheGlobalise:
    """Un marché de part ou d'autre, et ce que sa règle dit de la globalisation : « interdite », « convention » ou « entre_lots »."""

    reference: str
    globalisation: str


def controler_imputation(
    *,
    heures: Decimal,
    heures_du_releve: Decimal,
    deja_imputees: Decimal,
    est_validee: bool,
    periode: Periode,
    convention: FaitsConvention,
    depart: FaitsMarcheGlobalise,
    arrivee: FaitsMarcheGlobalise,
    est_meme_operation: bool,
    fenetre_arrivee: Periode | None,
    arrivee_close: bool = False,
) -> Refus | None:
    """Dit si ces heures d'un relevé peuvent compter sur un autre marché ; rend None si oui.

    `periode` : les jours du relevé. `deja_imputees` : ses heures qui comptent déjà ailleurs. `fenetre_arrivee` : la fenêtre de la
    personne sur l'opération d'arrivée (None : pas d'éligibilité). Source : marché ; convention ; domaine § 2.4 (globalisation).
    """
    return (
        _controler_nombre(heures, heures_du_releve, deja_imputees, est_validee)
        or _controler_convention(convention, periode)
        or _controler_marches(depart, arrivee, est_meme_operation, arrivee_close)
        or _controler_fenetre(periode, fenetre_arrivee, arrivee)
    )


def _controler_nombre(heures: Decimal, declarees: Decimal, deja: Decimal, est_validee: bool) -> Refus | None:
    if not est_validee:
        return Refus(
            "Ces heures ne sont pas validées\u00a0: validez-les d’abord là où elles sont faites.", "non_validees"
        )
    if heures <= ZERO:
        return Refus("Indiquez un nombre d’heures supérieur à zéro.", "heures_nulles")
    if heures > declarees - deja:
        reste = declarees - deja
        detail = f", dont {ecrire_heures(deja)} comptent déjà ailleurs" if deja else ""
        return Refus(
            f"Ce relevé porte {ecrire_heures(declarees)}{detail}\u00a0: {ecrire_heures(reste)} au plus peuvent être imputées.",
            "trop_d_heures",
        )
    return None


def _controler_convention(convention: FaitsConvention, periode: Periode) -> Refus | None:
    if not convention.est_meme_entreprise:
        return Refus(
            f"La convention {convention.reference} est celle d’une autre entreprise\u00a0: elle ne vaut pas pour ces heures.",
            "autre_entreprise",
        )
    if not convention.est_pour_elle:
        return Refus(f"La convention {convention.reference} nomme une autre personne.", "autre_personne")
    if not (convention.couvre_depart and convention.couvre_arrivee):
        return Refus(
            f"La convention {convention.reference} ne nomme pas ces deux marchés. Ajoutez-les, ou choisissez-en un autre.",
            "hors_convention",
        )
    if periode.debut < convention.jours.debut:
        return Refus(
            f"La convention commence le {date_longue(convention.jours.debut)}\u00a0: les heures d’avant restent là où elles "
            "ont été faites.",
            "avant_convention",
        )
    if not convention.jours.contient_periode(periode):
        fin: date | None = convention.jours.fin
        return Refus(
            f"La convention finit le {date_longue(fin)}\u00a0: les heures d’après restent là où elles ont été faites.",
            "apres_convention",
        )
    return None


def _controler_marches(
    depart: FaitsMarcheGlobalise, arrivee: FaitsMarcheGlobalise, est_meme_operation: bool, arrivee_close: bool
) -> Refus | None:
    for marche in (depart, arrivee):
        if marche.globalisation == INTERDITE:
            return Refus(
                f"Le marché {marche.reference} n’admet pas la globalisation\u00a0: ses heures restent où elles sont faites.",
                "globalisation_interdite",
            )
        if marche.globalisation == ENTRE_LOTS and not est_meme_operation:
            return Refus(
                f"Le marché {marche.reference} n’admet la globalisation qu’entre les lots d’une même opération.",
                "globalisation_entre_lots",
            )
    if arrivee_close:
        return Refus("Le lot d’arrivée est clos\u00a0: il ne reçoit plus d’heures.", "lot_clos")
    return None


def _controler_fenetre(periode: Periode, fenetre: Periode | None, arrivee: FaitsMarcheGlobalise) -> Refus | None:
    if fenetre is None:
        return Refus(
            f"La personne n’est pas éligible sur l’opération du marché {arrivee.reference}. Décidez d’abord.",
            "eligibilite_absente",
        )
    if not fenetre.contient_periode(periode):
        bornes = ecrire_periode(fenetre.debut, fenetre.fin)
        return Refus(
            f"Sur l’opération du marché {arrivee.reference}, la personne est éligible {bornes}\u00a0: ces heures n’y comptent pas.",
            "hors_fenetre",
        )
    return None
