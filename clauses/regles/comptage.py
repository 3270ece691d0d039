"""Ce que comptent les heures déclarées : selon leur mode, leur nature, leurs jours, et les plafonds du marché.

Une heure déclarée compte au plus une fois, et jamais plus qu'elle-même. Une heure validée garde les paramètres de la version qui
valait le jour de sa validation.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from beneficiaires.periodes import Periode
from clauses.regles.heures import NatureHeures, repartir_au_prorata
from clauses.regles.section_comptage import (
    CENTIEME,
    NOMS_MODE,
    UN,
    ZERO,
    ModeCompte,
    ParametresComptage,
    plafond_en_heures,
)
from comptes.formats import nombre, pourcent


class MotifEcart(StrEnum):
    """Pourquoi des heures déclarées ne comptent pas toutes."""

    HORS_FENETRE = "hors_fenetre"
    A_CHEVAL = "a_cheval"
    MODE = "mode"
    HORS_SITE = "hors_site"
    COEFFICIENT = "coefficient"
    PLAFOND = "plafond"
    PLAFOND_HORS_SITE = "plafond_hors_site"
    DOUBLE = "double"
    CONTROLE = "controle"


@dataclass(frozen=True, slots=True)
class LigneDeclaree:
    """Des heures déclarées pour un engagement, ou venues d'un autre marché par une convention (`est_imputee`).

    `parametres` : ceux de la version qui s'applique à cette ligne. `contrat_jours` : les jours du contrat ; ceux d'avant ou d'après ne
    font pas déborder un mois de la fenêtre. `est_ecartee` : un contrôle est au niveau « ne compte pas ». `est_prorata` : le marché
    partage au prorata des jours un total à cheval.
    """

    cle: Hashable
    mode: ModeCompte
    nature: NatureHeures
    heures: Decimal
    periode: Periode
    fenetre: Periode | None
    parametres: ParametresComptage
    contrat: Hashable = None
    contrat_jours: Periode | None = None
    est_validee: bool = True
    est_hors_site: bool = False
    est_prorata: bool = False
    est_imputee: bool = False
    est_ecartee: bool = False

    @property
    def mode_compte(self) -> ModeCompte:
        """La formation suit sa propre ligne, quel que soit le contrat."""
        return ModeCompte.FORMATION if self.nature == NatureHeures.FORMATION else self.mode


@dataclass(frozen=True, slots=True)
class HeuresComptees:
    """Ce que comptent des heures déclarées. `motif` : pourquoi une part ne compte pas ; None quand tout compte."""

    comptees: Decimal
    ecartees: Decimal
    motif: MotifEcart | None
    compte_etp: bool


def compter(lignes: Iterable[LigneDeclaree], *, heures_dues: Decimal) -> dict[Hashable, HeuresComptees]:
    """Rend, par clé, les heures qui comptent parmi les lignes d'un engagement (avec celles de ses sous-traitants).

    Dans l'ordre : dans la fenêtre seulement, mode compté, hors site admis, une seule fois par contrat, nature et période,
    coefficient (au centième), plafonds. Les plafonds se remplissent des heures validées d'abord, les plus anciennes en tête :
    la somme des mois jusqu'à une date ne dépasse donc jamais le plafond. Comptées + écartées = déclarées, toujours.
    `heures_dues` : base des plafonds en pour cent. Source : marché ; domaine § 2.2 et 2.4.
    """
    resultat: dict[Hashable, HeuresComptees] = {}
    remplis: defaultdict[str, Decimal] = defaultdict(Decimal)
    vues: defaultdict[tuple[Hashable, NatureHeures], list[Periode]] = defaultdict(list)
    for ligne in sorted(lignes, key=_rang):
        comptees, motif = _compter_seule(ligne)
        if comptees and not ligne.est_imputee and ligne.contrat is not None:
            deja = vues[ligne.contrat, ligne.nature]
            if any(ligne.periode.chevauche(periode) for periode in deja):
                comptees, motif = ZERO, MotifEcart.DOUBLE
            else:
                deja.append(ligne.periode)
        for groupe, plafond, pourquoi in _plafonds(ligne, heures_dues):
            place = max(plafond - remplis[groupe], ZERO)
            if comptees > place:
                comptees, motif = place, pourquoi
        for groupe, _, _ in _plafonds(ligne, heures_dues):
            remplis[groupe] += comptees
        resultat[ligne.cle] = HeuresComptees(
            comptees=comptees,
            ecartees=ligne.heures - comptees,
            motif=motif if comptees < ligne.heures else None,
            compte_etp=ligne.parametres.du_mode(ligne.mode_compte).compte_etp,
        )
    return resultat


def _rang(ligne: LigneDeclaree) -> tuple[bool, Any, str]:
    return not ligne.est_validee, ligne.periode.debut, str(ligne.cle)


def _compter_seule(ligne: LigneDeclaree) -> tuple[Decimal, MotifEcart | None]:
    """Ce que compte une ligne, les autres mises à part."""
    if ligne.est_ecartee:
        return ZERO, MotifEcart.CONTROLE
    dedans, motif = _dans_la_fenetre(ligne)
    if not dedans:
        return ZERO, motif
    mode = ligne.parametres.du_mode(ligne.mode_compte)
    if not mode.est_compte:
        return ZERO, MotifEcart.MODE
    if ligne.est_hors_site and not ligne.parametres.hors_site_admis:
        return ZERO, MotifEcart.HORS_SITE
    if mode.coefficient == UN:
        return dedans, motif
    return (dedans * mode.coefficient).quantize(CENTIEME, rounding=ROUND_HALF_UP), MotifEcart.COEFFICIENT


def _dans_la_fenetre(ligne: LigneDeclaree) -> tuple[Decimal, MotifEcart | None]:
    if ligne.fenetre is None:
        return ZERO, MotifEcart.HORS_FENETRE
    travail = ligne.periode
    if ligne.contrat_jours is not None:
        travail = travail.intersection(ligne.contrat_jours) or travail
    if ligne.fenetre.contient_periode(travail):
        return ligne.heures, None
    if not ligne.fenetre.chevauche(travail):
        return ZERO, MotifEcart.HORS_FENETRE
    if not ligne.est_prorata:
        return ZERO, MotifEcart.A_CHEVAL
    return repartir_au_prorata(ligne.heures, travail, ligne.fenetre).comptees, MotifEcart.A_CHEVAL


def _plafonds(ligne: LigneDeclaree, heures_dues: Decimal) -> list[tuple[str, Decimal, MotifEcart]]:
    """Les plafonds qui tiennent cette ligne : celui de son mode, celui des heures hors du site."""
    mode = ligne.mode_compte
    plafond = ligne.parametres.du_mode(mode).plafond(heures_dues)
    plafonds = [] if plafond is None else [(mode.value, plafond, MotifEcart.PLAFOND)]
    hors_site = plafond_en_heures(ligne.parametres.hors_site_plafond_pourcent, heures_dues)
    if ligne.est_hors_site and hors_site is not None:
        plafonds.append(("hors_site", hors_site, MotifEcart.PLAFOND_HORS_SITE))
    return plafonds


def ecrire_motif(motif: MotifEcart, mode: ModeCompte, parametres: ParametresComptage) -> str:
    """Rend la raison d'un écart en quelques mots, avec le chiffre du marché : « plafond de formation 20 % »."""
    du_mode = parametres.du_mode(mode)
    match motif:
        case MotifEcart.PLAFOND:
            if du_mode.plafond_pourcent is not None:
                return f"plafond {NOMS_MODE[mode]} {pourcent(du_mode.plafond_pourcent)}"
            if du_mode.plafond_heures is not None:
                return f"plafond {NOMS_MODE[mode]} {nombre(du_mode.plafond_heures)}\u00a0h"
            return f"plafond {NOMS_MODE[mode]}"
        case MotifEcart.PLAFOND_HORS_SITE:
            plafond = parametres.hors_site_plafond_pourcent
            return f"plafond hors du site {pourcent(plafond)}" if plafond is not None else "plafond hors du site"
        case MotifEcart.COEFFICIENT:
            return f"coefficient {NOMS_MODE[mode]} {nombre(du_mode.coefficient)}"
        case MotifEcart.MODE:
            return f"les heures {NOMS_MODE[mode]} ne comptent pas"
        case MotifEcart.HORS_SITE:
            return "les heures hors du site ne comptent pas"
        case MotifEcart.A_CHEVAL:
            return "mois à cheval sur la fenêtre"
        case MotifEcart.DOUBLE:
            return "mêmes jours déjà comptés"
        case MotifEcart.CONTROLE:
            return "un contrôle ne les compte pas"
        case _:
            return "hors de la fenêtre d’éligibilité"


# Reporter le surplus -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EngagementDeLot:
    """Un engagement d'une entreprise sur un lot d'un marché, et les heures qui y comptent."""

    cle: Hashable
    heures_dues: Decimal
    heures_comptees: Decimal


def reporter_surplus(engagements: Sequence[EngagementDeLot]) -> dict[Hashable, Decimal]:
    """Rend, par engagement, les heures reçues (positives) ou cédées (négatives) d'un lot à l'autre de la même entreprise.

    Le surplus comble les manques dans l'ordre donné ; ce qui reste ne bouge pas. La somme des reports est toujours nulle, et
    personne ne passe au-dessus de son dû en recevant, ni au-dessous en cédant. Source : marché (report du surplus).
    """
    reports: dict[Hashable, Decimal] = {engagement.cle: ZERO for engagement in engagements}
    restes = {e.cle: e.heures_comptees - e.heures_dues for e in engagements if e.heures_comptees > e.heures_dues}
    for engagement in engagements:
        manque = engagement.heures_dues - engagement.heures_comptees
        for donneur, reste in restes.items():
            pris = min(manque, reste)
            if pris <= ZERO:
                continue
            restes[donneur] -= pris
            manque -= pris
            reports[donneur] -= pris
            reports[engagement.cle] += pris
    return reports
