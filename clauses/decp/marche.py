"""Ce qu'un enregistrement DECP dit d'un marché, une fois lu : des valeurs sûres, ou rien."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from clauses.regles.duree import FaitDelai, depart_de_la_duree, fin_de_la_duree, fin_du_marche

SIRET: Final = "SIRET"


class Consideration(StrEnum):
    """Considérations sociales du schéma national (arrêtés du 22 décembre 2022)."""

    CLAUSE = "Clause sociale"
    CRITERE = "Critère social"
    RESERVE = "Marché réservé"
    CONCESSION_RESERVEE = "Concession réservée"
    AUCUNE = "Pas de considération sociale"


RESERVEES: Final = frozenset({Consideration.RESERVE, Consideration.CONCESSION_RESERVEE})


@dataclass(frozen=True, slots=True)
class IdentiteLue:
    """Un acheteur ou une entreprise. `est_siret` : l'identifiant est un SIRET juste, qui peut être enregistré."""

    identifiant: str
    type_identifiant: str = SIRET
    est_siret: bool = False
    nom: str = ""

    @property
    def siret(self) -> str:
        return self.identifiant if self.est_siret else ""


@dataclass(frozen=True, slots=True)
class SousTraitantLu:
    """Un acte de sous-traitance. `cle` le reconnaît d'un fichier à l'autre."""

    cle: str
    entreprise: IdentiteLue
    montant_ht_euros: Decimal | None = None
    duree_mois: int | None = None
    date_notification: date | None = None


@dataclass(frozen=True, slots=True)
class AvenantLu:
    """Une modification du marché. `est_sur` : sa date est possible ; sa durée peut alors fixer la fin du marché."""

    numero: int
    date_notification: date
    montant_ht_euros: Decimal | None = None
    duree_mois: int | None = None
    titulaires: tuple[IdentiteLue, ...] = ()
    est_sur: bool = True

    @property
    def cle(self) -> str:
        return f"avenant:{self.numero}"

    @property
    def delai(self) -> FaitDelai:
        """Ce qu'il dit du délai ; rien, si sa date est douteuse."""
        return FaitDelai(self.numero, self.date_notification, self.duree_mois if self.est_sur else None)


@dataclass(frozen=True, slots=True)
class MarcheLu:
    """Un marché, un lot ou une concession. `ccag` : le code d'Étape, vide s'il n'est pas dit."""

    rang: int
    identifiant: str
    acheteur: IdentiteLue
    objet: str
    est_concession: bool = False
    considerations: tuple[Consideration, ...] = ()
    titulaires: tuple[IdentiteLue, ...] = ()
    groupement: bool | None = None
    sous_traitants: tuple[SousTraitantLu, ...] = ()
    avenants: tuple[AvenantLu, ...] = ()
    ccag: str = ""
    technique: str = ""
    code_cpv: str = ""
    lieu: str = ""
    code_postal: str = ""
    montant_ht_euros: Decimal | None = None
    duree_mois: int | None = None
    date_signature: date | None = None
    date_notification: date | None = None
    date_execution: date | None = None
    date_publication: date | None = None

    @property
    def cle(self) -> str:
        """La clé nationale : identifiant de l'acheteur et du marché."""
        return f"{self.acheteur.identifiant}-{self.identifiant}"

    @property
    def est_a_clause(self) -> bool:
        """Dit si le marché porte une clause sociale, ou s'il est réservé."""
        return Consideration.CLAUSE in self.considerations or self.est_reserve

    @property
    def est_reserve(self) -> bool:
        return not RESERVEES.isdisjoint(self.considerations)

    @property
    def date_debut(self) -> date | None:
        """Le début d'exécution écrit (concession), sinon la notification, d'où la durée se compte."""
        return depart_de_la_duree(self.date_execution, self.date_notification)

    @property
    def date_fin_initiale(self) -> date | None:
        """La fin que donne la durée du départ, avant tout avenant."""
        return fin_de_la_duree(self.date_debut, self.duree_mois)

    @property
    def delais(self) -> list[FaitDelai]:
        """Ce que les avenants sûrs disent de la durée."""
        return [avenant.delai for avenant in self.avenants if avenant.delai.est_dit]

    @property
    def duree_en_cours_mois(self) -> int | None:
        """La durée que donne le dernier avenant sûr, sinon celle du départ."""
        delais = sorted(self.delais, key=lambda delai: (delai.notifie_le, delai.numero))
        return delais[-1].duree_mois if delais else self.duree_mois

    @property
    def date_fin(self) -> date | None:
        """La fin d'exécution, par la même règle qu'un avenant saisi."""
        return fin_du_marche(depart=self.date_debut, fin_initiale=self.date_fin_initiale, avenants=self.delais).fin

    def vers_json(self) -> dict[str, Any]:
        """Rend le marché en valeurs que JSON connaît ; `depuis_json` le relit à l'identique."""
        return {champ: _en_json(valeur) for champ, valeur in asdict(self).items()}

    @classmethod
    def depuis_json(cls, valeurs: dict[str, Any]) -> "MarcheLu":
        champs = dict(valeurs)
        champs["acheteur"] = IdentiteLue(**champs["acheteur"])
        champs["considerations"] = tuple(Consideration(mot) for mot in champs["considerations"])
        champs["titulaires"] = _identites(champs["titulaires"])
        champs["sous_traitants"] = tuple(
            SousTraitantLu(**{**_typer(acte), "entreprise": IdentiteLue(**acte["entreprise"])})
            for acte in champs["sous_traitants"]
        )
        champs["avenants"] = tuple(
            AvenantLu(**{**_typer(avenant), "titulaires": _identites(avenant["titulaires"])})
            for avenant in champs["avenants"]
        )
        return cls(**_typer(champs))


def _identites(valeurs: list[dict[str, Any]]) -> tuple[IdentiteLue, ...]:
    return tuple(IdentiteLue(**valeur) for valeur in valeurs)


def _en_json(valeur: Any) -> Any:
    match valeur:
        case dict():
            return {cle: _en_json(element) for cle, element in valeur.items()}
        case list() | tuple():
            return [_en_json(element) for element in valeur]
        case Decimal():
            return str(valeur)
        case date():
            return valeur.isoformat()
        case _:
            return valeur


def _typer(champs: dict[str, Any]) -> dict[str, Any]:
    """Rend aux dates et aux montants leur type, d'après le nom du champ."""

    def typer(nom: str, valeur: Any) -> Any:
        if not isinstance(valeur, str):
            return valeur
        if nom.startswith("date_"):
            return date.fromisoformat(valeur)
        return Decimal(valeur) if nom.endswith("_euros") else valeur

    return {nom: typer(nom, valeur) for nom, valeur in champs.items()}
