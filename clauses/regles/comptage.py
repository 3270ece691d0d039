"""Ce que comptent les heures déclarées : selon leur mode, leur nature, leurs jours, et les plafonds du marché.

Une heure déclarée compte au plus une fois, et jamais plus qu'elle-même. Les paramètres sont la section « comptage » de la règle du
marché (`RegleClause.options`) ; une heure validée garde ceux de la version qui valait le jour de sa validation.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from beneficiaires.periodes import Periode
from clauses.regles.heures import NatureHeures, repartir_au_prorata
from comptes.formats import nombre, pourcent

ZERO: Final = Decimal(0)
UN: Final = Decimal(1)
CENT: Final = Decimal(100)
CENTIEME: Final = Decimal("0.01")


class ModeCompte(StrEnum):
    """Comment les heures sont faites (celles de `ModeExecution`), et la formation, comptée à part."""

    DIRECTE = "directe"
    MISE_A_DISPOSITION = "mise_a_disposition"
    INTERIM = "interim"
    SIAE = "siae"
    EA_ESAT = "ea_esat"
    ALTERNANCE = "alternance"
    STAGE = "stage"
    TUTORAT = "tutorat"
    FORMATION = "formation"


LIBELLES_MODE: Final[Mapping[ModeCompte, str]] = MappingProxyType(
    {
        ModeCompte.DIRECTE: "Embauche directe",
        ModeCompte.MISE_A_DISPOSITION: "Mise à disposition (ETTI, AI, GEIQ, EATT)",
        ModeCompte.INTERIM: "Intérim ordinaire (ETT)",
        ModeCompte.SIAE: "EI, ACI ou régie de quartier",
        ModeCompte.EA_ESAT: "EA ou ESAT",
        ModeCompte.ALTERNANCE: "Alternance",
        ModeCompte.STAGE: "Stage, immersion",
        ModeCompte.TUTORAT: "Tutorat",
        ModeCompte.FORMATION: "Formation",
    }
)
# Ce dont on parle dans « plafond de formation 20 % ».
NOMS_MODE: Final[Mapping[ModeCompte, str]] = MappingProxyType(
    {
        ModeCompte.DIRECTE: "d’embauche directe",
        ModeCompte.MISE_A_DISPOSITION: "de mise à disposition",
        ModeCompte.INTERIM: "d’intérim",
        ModeCompte.SIAE: "des EI, ACI et régies",
        ModeCompte.EA_ESAT: "des EA et ESAT",
        ModeCompte.ALTERNANCE: "d’alternance",
        ModeCompte.STAGE: "de stage",
        ModeCompte.TUTORAT: "de tutorat",
        ModeCompte.FORMATION: "de formation",
    }
)


class ReportSurplus(StrEnum):
    """Ce que deviennent les heures faites au-delà du dû."""

    AUCUN = "aucun"
    LOTS = "lots"


LIBELLES_REPORT: Final[Mapping[ReportSurplus, str]] = MappingProxyType(
    {
        ReportSurplus.AUCUN: "Elles restent sur leur lot",
        ReportSurplus.LOTS: "Elles passent aux autres lots de la même entreprise, sur ce marché",
    }
)


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
class ParametresMode:
    """Comment compte un mode : compté ou non, coefficient, plafond (% des heures dues, ou heures), pièce, ETP.

    Lève ValueError, avec la phrase à montrer, sur un coefficient hors de ]0 ; 1], un plafond hors de ]0 ; 100] %, deux plafonds à la
    fois, ou le plafond d'un mode qui ne compte pas.
    """

    est_compte: bool = True
    coefficient: Decimal = UN
    plafond_pourcent: Decimal | None = None
    plafond_heures: Decimal | None = None
    preuve: str = ""
    compte_etp: bool = True

    def __post_init__(self) -> None:
        if not ZERO < self.coefficient <= UN:
            raise ValueError(
                "Un coefficient est plus grand que 0 et ne dépasse pas 1\u00a0: une heure en compte au plus une."
            )
        if self.plafond_pourcent is not None and not ZERO < self.plafond_pourcent <= CENT:
            raise ValueError("Un plafond va de 1 à 100\u00a0% des heures dues.")
        if self.plafond_heures is not None and self.plafond_heures <= ZERO:
            raise ValueError("Un plafond en heures est plus grand que 0.")
        if self.plafond_pourcent is not None and self.plafond_heures is not None:
            raise ValueError("Écrivez un plafond en pour cent ou en heures, pas les deux.")
        if not self.est_compte and (self.plafond_pourcent is not None or self.plafond_heures is not None):
            raise ValueError("Ces heures ne comptent pas\u00a0: elles n’ont pas de plafond.")

    def plafond(self, heures_dues: Decimal) -> Decimal | None:
        """Le plafond en heures ; None s'il n'y en a pas, ou si rien n'est dû (une part de rien n'a pas de sens)."""
        if self.plafond_heures is not None:
            return self.plafond_heures
        return plafond_en_heures(self.plafond_pourcent, heures_dues)


def plafond_en_heures(pourcentage: Decimal | None, heures_dues: Decimal) -> Decimal | None:
    """Rend cette part des heures dues, au centième inférieur ; None sans part, ou quand rien n'est dû. Source : marché."""
    if pourcentage is None or heures_dues <= ZERO:
        return None
    return (heures_dues * pourcentage / CENT).quantize(CENTIEME, rounding=ROUND_DOWN)


# Domaine § 2.2 : le stage et le tutorat ne comptent pas tant que le marché ne le dit pas ; le reste compte en entier.
MODES_PAR_DEFAUT: Final[Mapping[ModeCompte, ParametresMode]] = MappingProxyType(
    {
        ModeCompte.DIRECTE: ParametresMode(preuve="Bulletins de paie"),
        ModeCompte.MISE_A_DISPOSITION: ParametresMode(preuve="Relevés d’heures ou factures de l’agence"),
        ModeCompte.INTERIM: ParametresMode(preuve="Relevés d’heures ou factures de l’agence"),
        ModeCompte.SIAE: ParametresMode(preuve="Attestation de la structure, salariés en insertion seulement"),
        ModeCompte.EA_ESAT: ParametresMode(preuve="Attestation de l’EA ou de l’ESAT"),
        ModeCompte.ALTERNANCE: ParametresMode(preuve="Bulletins de paie"),
        ModeCompte.STAGE: ParametresMode(est_compte=False, preuve="Convention", compte_etp=False),
        ModeCompte.TUTORAT: ParametresMode(est_compte=False, compte_etp=False),
        ModeCompte.FORMATION: ParametresMode(preuve="Attestation de formation"),
    }
)


@dataclass(frozen=True, slots=True)
class ParametresComptage:
    """La section « comptage » de la règle d'un marché. Lève ValueError sur un plafond hors site sans heures hors site admises."""

    modes: Mapping[ModeCompte, ParametresMode] = field(default_factory=lambda: MODES_PAR_DEFAUT)
    hors_site_admis: bool = False
    hors_site_plafond_pourcent: Decimal | None = None
    report: ReportSurplus = ReportSurplus.AUCUN

    def __post_init__(self) -> None:
        plafond = self.hors_site_plafond_pourcent
        if plafond is not None and not ZERO < plafond <= CENT:
            raise ValueError("Un plafond va de 1 à 100\u00a0% des heures dues.")
        if plafond is not None and not self.hors_site_admis:
            raise ValueError("Les heures hors du site ne comptent pas\u00a0: elles n’ont pas de plafond.")

    def du_mode(self, mode: ModeCompte) -> ParametresMode:
        """Rend les paramètres de ce mode, ceux par défaut si le marché n'en dit rien."""
        return self.modes.get(mode, MODES_PAR_DEFAUT[mode])

    @property
    def a_des_plafonds(self) -> bool:
        """Dit si une heure peut dépendre des autres : sans plafond, chaque relevé se compte seul."""
        if self.hors_site_plafond_pourcent is not None:
            return True
        return any(
            self.du_mode(mode).plafond_pourcent is not None or self.du_mode(mode).plafond_heures is not None
            for mode in ModeCompte
        )

    def vers_json(self) -> dict[str, Any]:
        """Rend la section telle qu'elle se garde : nombres en texte, tous les modes écrits."""
        return {
            "modes": {mode.value: _mode_vers_json(self.du_mode(mode)) for mode in ModeCompte},
            "hors_site_admis": self.hors_site_admis,
            "hors_site_plafond_pourcent": _texte(self.hors_site_plafond_pourcent),
            "report": self.report.value,
        }

    @classmethod
    def depuis_json(cls, valeurs: Mapping[str, Any]) -> "ParametresComptage":
        """Relit la section gardée ; ce qui n'y est pas a sa valeur par défaut. Lève ValueError si elle se contredit."""
        gardes = valeurs.get("modes", {})
        return cls(
            modes=MappingProxyType(
                {mode: _mode_depuis_json(gardes.get(mode.value), MODES_PAR_DEFAUT[mode]) for mode in ModeCompte}
            ),
            hors_site_admis=bool(valeurs.get("hors_site_admis", False)),
            hors_site_plafond_pourcent=_decimal(valeurs.get("hors_site_plafond_pourcent")),
            report=ReportSurplus(valeurs.get("report", ReportSurplus.AUCUN.value)),
        )


def _mode_vers_json(mode: ParametresMode) -> dict[str, Any]:
    return {
        "est_compte": mode.est_compte,
        "coefficient": str(mode.coefficient),
        "plafond_pourcent": _texte(mode.plafond_pourcent),
        "plafond_heures": _texte(mode.plafond_heures),
        "preuve": mode.preuve,
        "compte_etp": mode.compte_etp,
    }


def _mode_depuis_json(garde: Mapping[str, Any] | None, defaut: ParametresMode) -> ParametresMode:
    if garde is None:
        return defaut
    coefficient = _decimal(garde.get("coefficient"))
    return ParametresMode(
        est_compte=bool(garde.get("est_compte", defaut.est_compte)),
        coefficient=defaut.coefficient if coefficient is None else coefficient,
        plafond_pourcent=_decimal(garde.get("plafond_pourcent")),
        plafond_heures=_decimal(garde.get("plafond_heures")),
        preuve=str(garde.get("preuve", defaut.preuve)),
        compte_etp=bool(garde.get("compte_etp", defaut.compte_etp)),
    )


def _texte(valeur: Decimal | None) -> str | None:
    return None if valeur is None else str(valeur)


def _decimal(valeur: object) -> Decimal | None:
    if valeur in (None, ""):
        return None
    try:
        return Decimal(str(valeur))
    except InvalidOperation as erreur:
        raise ValueError("Ce n’est pas un nombre.") from erreur


# Le mode d'une affectation -------------------------------------------------------------------------------------------

_MODES_PAR_EMPLOYEUR: Final[Mapping[str, ModeCompte]] = MappingProxyType(
    {
        "etti": ModeCompte.MISE_A_DISPOSITION,
        "ai": ModeCompte.MISE_A_DISPOSITION,
        "geiq": ModeCompte.MISE_A_DISPOSITION,
        "eatt": ModeCompte.MISE_A_DISPOSITION,
        "ett": ModeCompte.INTERIM,
        "ei": ModeCompte.SIAE,
        "aci": ModeCompte.SIAE,
        "regie": ModeCompte.SIAE,
        "ea": ModeCompte.EA_ESAT,
        "esat": ModeCompte.EA_ESAT,
    }
)
_ALTERNANCES: Final = frozenset({"apprentissage", "professionnalisation"})


def mode_propose(type_contrat: str, categorie_employeur: str) -> ModeCompte:
    """Rend le mode d'exécution d'un contrat : alternance d'abord, puis la catégorie de l'employeur, sinon embauche directe.

    `type_contrat`, `categorie_employeur` : valeurs de `TypeContrat` et de `Categorie`. Stage et tutorat ne se devinent pas : ils se
    choisissent. Source : domaine § 2.2, modes d'exécution usuels.
    """
    if type_contrat in _ALTERNANCES:
        return ModeCompte.ALTERNANCE
    return _MODES_PAR_EMPLOYEUR.get(categorie_employeur, ModeCompte.DIRECTE)


# Compter -------------------------------------------------------------------------------------------------------------


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
