"""Une décision d'éligibilité : sa réponse, ses raisons, et son aller-retour en JSON pour la garder telle qu'elle est prise."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, Self

from beneficiaires.periodes import Periode
from clauses.regles.faits import FaitContrat, FaitProlongation
from clauses.regles.fenetre import DatesFenetre
from clauses.regles.parametres import ParametresRegle

FORMAT = 1


class Reponse(StrEnum):
    """Les trois réponses possibles."""

    ELIGIBLE = "eligible"
    NON_ELIGIBLE = "non_eligible"
    A_COMPLETER = "a_completer"


@dataclass(frozen=True, slots=True)
class Raison:
    """Une raison : sa phrase, le code du fait qui la fonde, la date de ce fait et l'article du marché qui la porte."""

    texte: str
    fait: str
    date: date | None
    article: str


@dataclass(frozen=True, slots=True)
class Fait:
    """Un critère retenu : son libellé au jour de la décision, et la pièce qui le prouve."""

    critere: str
    libelle: str
    piece: str
    date_piece: date | None
    vue_le: date | None
    vue_par: str
    organisme: str
    precision: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Le résultat de `evaluer_eligibilite`, complet : il se relit sans la règle du jour ni les situations d'alors.

    `fenetre` : jours où les heures comptent, None tant que l'embauche qui l'ouvre n'est pas connue. `ouverture` : jour d'où
    la durée est comptée ; il précède `fenetre.debut` quand la validation a tardé. `manques` : ce qui reste à compléter.
    `ecartees` : pourquoi les autres situations n'ont pas compté. `debut_impose` : ouverture fixée par une clause antérieure.
    `contrats` : ceux que la fenêtre regarde, vide si la règle ne dépend pas d'eux ; `entreprises_connues` : celles où la personne
    travaillait déjà quand on a décidé ; `prolongations` : les renouvellements accordés. Une décision renouvelée garde dans
    `dates.validation` le jour de la première validation.
    """

    reponse: Reponse
    jour_appreciation: date | None
    date_decision: date
    parametres: ParametresRegle
    dates: DatesFenetre
    fenetre: Periode | None = None
    ouverture: date | None = None
    debut_impose: date | None = None
    raisons: tuple[Raison, ...] = ()
    manques: tuple[str, ...] = ()
    faits: tuple[Fait, ...] = ()
    ecartees: tuple[Raison, ...] = ()
    contrats: tuple[FaitContrat, ...] = ()
    entreprises_connues: tuple[str, ...] = ()
    prolongations: tuple[FaitProlongation, ...] = ()

    @property
    def validee_le(self) -> date:
        """Rend le jour de la première validation : celui qui borne les heures d'avant, même après un renouvellement."""
        return self.dates.validation or self.date_decision

    @property
    def est_eligible(self) -> bool:
        """Dit si la réponse est « éligible »."""
        return self.reponse == Reponse.ELIGIBLE

    @property
    def criteres(self) -> tuple[str, ...]:
        """Rend les codes des critères retenus."""
        return tuple(fait.critere for fait in self.faits)

    def vers_json(self) -> dict[str, Any]:
        """Rend un dictionnaire de textes, nombres et listes ; les dates en AAAA-MM-JJ."""
        valeurs = {champ.name: getattr(self, champ.name) for champ in fields(self)}
        return {"format": FORMAT} | {nom: _en_json(valeur) for nom, valeur in valeurs.items()}

    @classmethod
    def depuis_json(cls, donnees: Mapping[str, Any]) -> Self:
        """Relit ce que `vers_json` a écrit. Lève KeyError ou ValueError si le dictionnaire n'est pas une décision."""
        fenetre = donnees["fenetre"]
        return cls(
            reponse=Reponse(donnees["reponse"]),
            jour_appreciation=_date(donnees["jour_appreciation"]),
            date_decision=date.fromisoformat(donnees["date_decision"]),
            parametres=ParametresRegle.depuis_json(donnees["parametres"]),
            dates=DatesFenetre(**{nom: _date(valeur) for nom, valeur in donnees["dates"].items()}),
            fenetre=Periode(date.fromisoformat(fenetre["debut"]), _date(fenetre["fin"])) if fenetre else None,
            ouverture=_date(donnees["ouverture"]),
            debut_impose=_date(donnees["debut_impose"]),
            raisons=tuple(_raison(raison) for raison in donnees["raisons"]),
            manques=tuple(donnees["manques"]),
            faits=tuple(
                Fait(**fait | {"date_piece": _date(fait["date_piece"]), "vue_le": _date(fait["vue_le"])})
                for fait in donnees["faits"]
            ),
            ecartees=tuple(_raison(raison) for raison in donnees["ecartees"]),
            contrats=tuple(_contrat(contrat) for contrat in donnees.get("contrats", ())),
            entreprises_connues=tuple(donnees.get("entreprises_connues", ())),
            prolongations=tuple(
                FaitProlongation(date.fromisoformat(p["avis_date"]), p["organisme"], p["mois"])
                for p in donnees.get("prolongations", ())
            ),
        )


def _en_json(valeur: Any) -> Any:
    if isinstance(valeur, date):
        return valeur.isoformat()
    if isinstance(valeur, StrEnum):
        return valeur.value
    if isinstance(valeur, Mapping):
        return {cle: _en_json(element) for cle, element in valeur.items()}
    if isinstance(valeur, tuple | list):
        return [_en_json(element) for element in valeur]
    if hasattr(valeur, "__dataclass_fields__"):
        return _en_json(asdict(valeur))
    return valeur


def _date(valeur: str | None) -> date | None:
    return date.fromisoformat(valeur) if valeur else None


def _raison(donnees: Mapping[str, Any]) -> Raison:
    return Raison(donnees["texte"], donnees["fait"], _date(donnees["date"]), donnees["article"])


def _contrat(donnees: Mapping[str, Any]) -> FaitContrat:
    jours = {nom: _date(donnees[nom]) for nom in ("fin", "premier_dans_l_entreprise")}
    return FaitContrat(**{**donnees, **jours, "debut": date.fromisoformat(donnees["debut"])})
