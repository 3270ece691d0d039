"""Ce qu'un marché règle pour ses heures dues : section « heures_dues » de la règle."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from clauses.regles.contradiction import Contradiction
from clauses.regles.dues import CENT, Arrondi, RegleAvenant
from clauses.regles.nombres import ecrire_decimal, lire_decimal
from clauses.regles.repartition import PorteeArrondi
from clauses.regles.rythme import SourceRythme

SECTION = "heures_dues"


@dataclass(frozen=True, slots=True)
class ParametresHeuresDues:
    """Avenants, arrondi et rythme plausible d'un marché. `regle_avenant` à None : le marché ne dit rien des avenants.

    Lève Contradiction (une ValueError qui nomme le champ) quand deux paramètres ne vont pas ensemble.
    """

    regle_avenant: RegleAvenant | None = None
    seuil_pourcent: Decimal | None = None
    arrondi: Arrondi = Arrondi.INFERIEUR
    portee_arrondi: PorteeArrondi = PorteeArrondi.LOT
    source_rythme: SourceRythme = SourceRythme.OBSERVE
    personnes_plausibles: int | None = None
    heures_plausibles: Decimal | None = None

    def __post_init__(self) -> None:
        if self.regle_avenant == RegleAvenant.SEUIL and self.seuil_pourcent is None:
            raise Contradiction("seuil_pourcent", "Indiquez le seuil, en pour cent du montant.")
        if self.seuil_pourcent is not None and not 0 < self.seuil_pourcent <= CENT:
            raise Contradiction("seuil_pourcent", "Le seuil est supérieur à 0 et ne dépasse pas 100\u00a0%.")
        if self.source_rythme == SourceRythme.PERSONNES and not (self.personnes_plausibles or 0) > 0:
            raise Contradiction(
                "personnes_plausibles", "Indiquez combien de personnes à temps plein le titulaire peut prendre."
            )
        if self.source_rythme == SourceRythme.HEURES and not (self.heures_plausibles or Decimal(0)) > 0:
            raise Contradiction("heures_plausibles", "Indiquez combien d’heures le titulaire peut faire en un mois.")

    def vers_json(self) -> dict[str, Any]:
        """Rend la section telle que la base la garde : nombres en texte, absents à None."""
        return {
            "regle_avenant": None if self.regle_avenant is None else self.regle_avenant.value,
            "seuil_pourcent": ecrire_decimal(self.seuil_pourcent),
            "arrondi": self.arrondi.value,
            "portee_arrondi": self.portee_arrondi.value,
            "source_rythme": self.source_rythme.value,
            "personnes_plausibles": self.personnes_plausibles,
            "heures_plausibles": ecrire_decimal(self.heures_plausibles),
        }

    @classmethod
    def depuis_json(cls, section: Mapping[str, Any]) -> Self:
        """Relit une section ; ce qui manque prend sa valeur par défaut."""
        regle = section.get("regle_avenant")
        return cls(
            regle_avenant=RegleAvenant(regle) if regle else None,
            seuil_pourcent=lire_decimal(section.get("seuil_pourcent")),
            arrondi=Arrondi(section.get("arrondi") or Arrondi.INFERIEUR),
            portee_arrondi=PorteeArrondi(section.get("portee_arrondi") or PorteeArrondi.LOT),
            source_rythme=SourceRythme(section.get("source_rythme") or SourceRythme.OBSERVE),
            personnes_plausibles=section.get("personnes_plausibles"),
            heures_plausibles=lire_decimal(section.get("heures_plausibles")),
        )


def controler_base_du_prorata(regle: RegleAvenant | str | None, montant_euros: Decimal | None) -> Contradiction | None:
    """Le prorata et le seuil partent d'un montant : sans lui, ils sont refusés, sur le champ de la règle."""
    if regle in (RegleAvenant.PRORATA, RegleAvenant.SEUIL) and not (montant_euros or Decimal(0)) > 0:
        return Contradiction(
            "regle_avenant",
            "Le prorata part du montant HT du marché, qui manque. Indiquez-le dans la fiche du marché, ou choisissez une autre règle.",
        )
    return None
