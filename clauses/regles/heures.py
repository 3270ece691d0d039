"""Les heures déclarées : ce qui peut être saisi, ce qui est refusé et pourquoi.

Chaque refus est une phrase complète : quoi, quand, pourquoi, et que faire.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from beneficiaires.periodes import Periode, lendemain, mois_de, reste_apres, veille
from comptes.formats import date_longue, mois_annee
from comptes.formats import heures as ecrire_heures
from comptes.formats import periode as ecrire_periode
from comptes.regles import Refus

# 151,67 h font un temps plein ; au-delà de 220 h, un mois n'est plus plausible (réglage du marché).
PLAFOND_MENSUEL_HEURES: Final = Decimal(220)
HEURES_DU_MOIS_LE_PLUS_LONG: Final = Decimal(31 * 24)
# Code du travail, L3121-18 et L3121-19 : dix heures par jour, douze par dérogation.
MAXIMUM_HEURES_PAR_JOUR: Final = Decimal(12)


class NatureHeures(StrEnum):
    """Travail ou formation : deux cases, deux comptes."""

    TRAVAIL = "travail"
    FORMATION = "formation"


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
) -> Refus | None:
    """Contrôle des heures saisies pour une période d'un seul mois ; rend None si elles peuvent être gardées.

    `contrat`, `fenetre`, `lot` : jours du contrat de travail, de l'éligibilité (None : pas encore ouverte), d'exécution du lot
    (None : sans dates). `deja_declarees_mois` : heures du mois déjà déclarées pour la personne, cette case exclue.
    Un total à cheval sur une borne de la fenêtre est refusé tant qu'il n'est pas partagé. Lève ValueError si la période
    n'a pas de fin ou couvre deux mois. Source : règle du marché (éligibilité) ; code du travail (12 h par jour au plus).
    """
    if periode.fin is None or not mois_de(periode.debut).contient(periode.fin):
        raise ValueError("Des heures se déclarent mois par mois.")
    return (
        _controler_nombre(heures)
        or _controler_calendrier(periode, contrat, lot, lot_clos, aujourd_hui)
        or (_controler_fenetre(heures, periode, contrat, fenetre) if heures else None)
        or _controler_volume(heures, NatureHeures(nature), periode, contrat, deja_declarees_mois, plafond_mensuel)
    )


def periode_saisissable(mois: date, contrat: Periode, fenetre: Periode | None, lot: Periode | None) -> Periode | None:
    """Rend la part de ce mois où des heures peuvent être saisies (contrat, fenêtre et lot à la fois), ou None.

    Fenêtre finie le 12/05/2026 : mai 2026 rend du 1er au 12 mai. Sans fenêtre ouverte, rien ne se saisit.
    """
    if fenetre is None:
        return None
    part: Periode | None = mois_de(mois)
    for borne in (contrat, fenetre, lot):
        if part is not None and borne is not None:
            part = part.intersection(borne)
    return part


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


def _controler_nombre(heures: Decimal) -> Refus | None:
    if not heures.is_finite():
        return Refus("Ce n’est pas un nombre d’heures. Écrivez par exemple 35 ou 35,5.", "heures_illisibles")
    if heures < 0:
        return Refus(
            "Un nombre d’heures ne peut pas être négatif. Pour corriger un mois, saisissez son nouveau total.",
            "heures_negatives",
        )
    if heures > HEURES_DU_MOIS_LE_PLUS_LONG:
        return Refus("Un mois entier ne compte que 744\u00a0h. Vérifiez le nombre saisi.", "heures_impossibles")
    if heures != heures.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP):
        return Refus("Les heures s’écrivent avec deux décimales au plus, par exemple 35,25.", "heures_decimales")
    return None


def _controler_calendrier(
    periode: Periode, contrat: Periode, lot: Periode | None, lot_clos: bool, aujourd_hui: date
) -> Refus | None:
    mois = mois_annee(periode.debut)
    if lot_clos:
        return Refus(
            f"Le lot est clos\u00a0: il ne reçoit plus d’heures pour {mois}. Rouvrez le lot pour corriger ses heures.",
            "lot_clos",
        )
    if periode.debut > aujourd_hui:
        return Refus(
            f"{mois.capitalize()} n’a pas commencé\u00a0: nous sommes le {date_longue(aujourd_hui)}. "
            "Les heures se déclarent une fois faites.",
            "heures_futures",
        )
    if not periode.chevauche(contrat):
        return Refus(
            f"Pas de contrat {ecrire_periode(periode.debut, periode.fin)}\u00a0: il court "
            f"{_bornes(contrat)}. Vérifiez le mois, ou les dates du contrat.",
            "hors_contrat",
        )
    if lot is not None and not periode.chevauche(lot):
        return Refus(
            f"Le lot ne s’exécute pas {ecrire_periode(periode.debut, periode.fin)}\u00a0: il court "
            f"{_bornes(lot)}. Vérifiez le mois, ou les dates du lot.",
            "hors_lot",
        )
    return None


def _controler_fenetre(heures: Decimal, periode: Periode, contrat: Periode, fenetre: Periode | None) -> Refus | None:
    """Refuse ce qui sort de la fenêtre. Les jours sans contrat ne comptent pas comme un débordement."""
    quoi = f"{ecrire_heures(heures)} {ecrire_periode(periode.debut, periode.fin)}"
    if fenetre is None:
        return Refus(
            f"{quoi}\u00a0: l’éligibilité n’est pas ouverte. Faites-la valider avant de déclarer des heures.",
            "eligibilite_absente",
        )
    travail = periode.intersection(contrat) or periode
    if fenetre.contient_periode(travail):
        return None
    commune = travail.intersection(fenetre)
    if commune is None and fenetre.debut > travail.debut:
        return Refus(
            f"{quoi}\u00a0: l’éligibilité ne commence que le {date_longue(fenetre.debut)}. Ces heures ne comptent pas.",
            "avant_fenetre",
        )
    if commune is None:
        return Refus(
            f"{quoi}\u00a0: l’éligibilité s’est arrêtée le {date_longue(fenetre.fin)} inclus. "
            "Ces heures ne comptent plus pour la clause.",
            "apres_fenetre",
        )
    return _refus_a_cheval(quoi, travail, commune, fenetre)


def _refus_a_cheval(quoi: str, travail: Periode, commune: Periode, fenetre: Periode) -> Refus:
    parts = [commune]
    if travail.debut < commune.debut:
        parts.insert(0, Periode(travail.debut, veille(commune.debut)))
    if commune.fin is not None and (apres := reste_apres(travail, commune.fin)):
        parts.append(apres)
    decoupe = " / ".join(_jours(part) for part in parts)
    deborde_apres = fenetre.fin is not None and (travail.fin is None or travail.fin > fenetre.fin)
    borne = (
        f"l’éligibilité s’arrête le {date_longue(fenetre.fin)} inclus"
        if deborde_apres
        else f"l’éligibilité commence le {date_longue(fenetre.debut)}"
    )
    return Refus(
        f"{quoi}\u00a0: {borne}, ce total est à cheval. Partagez-le\u00a0: {decoupe}\u00a0; "
        f"seules les heures {ecrire_periode(commune.debut, commune.fin)} comptent.",
        "a_cheval",
    )


def _controler_volume(
    heures: Decimal,
    nature: NatureHeures,
    periode: Periode,
    contrat: Periode,
    deja_declarees_mois: Decimal,
    plafond_mensuel: Decimal,
) -> Refus | None:
    mois = mois_annee(periode.debut)
    total = heures + deja_declarees_mois
    if heures and total > plafond_mensuel:
        deja = f", avec les {ecrire_heures(deja_declarees_mois)} déjà déclarées" if deja_declarees_mois else ""
        de_quoi = " de formation" if nature == NatureHeures.FORMATION else ""
        return Refus(
            f"{ecrire_heures(heures)}{de_quoi} en {mois}{deja}\u00a0: c’est plus que les "
            f"{ecrire_heures(plafond_mensuel)} plausibles en un mois. Vérifiez le relevé d’heures.",
            "plafond_mensuel",
        )
    travail = periode.intersection(contrat)
    jours = 0 if travail is None else travail.nombre_jours() or 0
    if heures > jours * MAXIMUM_HEURES_PAR_JOUR:
        return Refus(
            f"{ecrire_heures(heures)} en {jours}\u00a0jour{'s' if jours > 1 else ''} de contrat\u00a0: c’est plus de "
            f"{ecrire_heures(MAXIMUM_HEURES_PAR_JOUR)} par jour. Vérifiez le nombre d’heures ou les dates du contrat.",
            "plafond_journalier",
        )
    return None


def _bornes(tenue: Periode) -> str:
    return ecrire_periode(tenue.debut, tenue.fin)


def _jours(part: Periode) -> str:
    """Rend « 1–12 » : les jours du mois, comme on partage un relevé."""
    if part.fin is None or part.fin < lendemain(part.debut):
        return str(part.debut.day)
    return f"{part.debut.day}–{part.fin.day}"
