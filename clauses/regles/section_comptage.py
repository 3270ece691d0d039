"""La section « comptage » de la règle d'un marché : ce que compte chaque façon de faire des heures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from clauses.regles.nombres import ecrire_decimal, lire_decimal

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
            "hors_site_plafond_pourcent": ecrire_decimal(self.hors_site_plafond_pourcent),
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
            hors_site_plafond_pourcent=lire_decimal(valeurs.get("hors_site_plafond_pourcent")),
            report=ReportSurplus(valeurs.get("report", ReportSurplus.AUCUN.value)),
        )


def _mode_vers_json(mode: ParametresMode) -> dict[str, Any]:
    return {
        "est_compte": mode.est_compte,
        "coefficient": str(mode.coefficient),
        "plafond_pourcent": ecrire_decimal(mode.plafond_pourcent),
        "plafond_heures": ecrire_decimal(mode.plafond_heures),
        "preuve": mode.preuve,
        "compte_etp": mode.compte_etp,
    }


def _mode_depuis_json(garde: Mapping[str, Any] | None, defaut: ParametresMode) -> ParametresMode:
    if garde is None:
        return defaut
    coefficient = lire_decimal(garde.get("coefficient"))
    return ParametresMode(
        est_compte=bool(garde.get("est_compte", defaut.est_compte)),
        coefficient=defaut.coefficient if coefficient is None else coefficient,
        plafond_pourcent=lire_decimal(garde.get("plafond_pourcent")),
        plafond_heures=lire_decimal(garde.get("plafond_heures")),
        preuve=str(garde.get("preuve", defaut.preuve)),
        compte_etp=bool(garde.get("compte_etp", defaut.compte_etp)),
    )


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
