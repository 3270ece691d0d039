"""Les faits que les règles d'éligibilité reçoivent : marché, personne, situations, passé sous clause, contrats."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class FaitsMarche:
    """Les dates du marché ; None quand la date n'est pas connue. `date_fin` : fin de l'opération."""

    date_attribution: date | None = None
    date_notification: date | None = None
    date_demarrage: date | None = None
    date_fin: date | None = None


@dataclass(frozen=True, slots=True)
class FaitsPersonne:
    """Ce que les règles lisent d'une personne : sa naissance, pour les critères d'âge."""

    naissance: date | None = None


@dataclass(frozen=True, slots=True)
class FaitSituation:
    """Une situation qui peut ouvrir droit : critère, jours où elle est vraie, pièce vue.

    `date_piece` : date écrite sur la pièce. `vue_le`, `vue_par` : quand et par qui elle a été vue. `organisme` : auteur
    de l'avis motivé. `precision` : ce qui s'écrit à côté du critère (nom du quartier).
    """

    critere: str
    date_debut: date
    date_fin: date | None = None
    date_piece: date | None = None
    piece: str = ""
    vue_le: date | None = None
    vue_par: str = ""
    organisme: str = ""
    precision: str = ""


@dataclass(frozen=True, slots=True)
class FaitClauseAnterieure:
    """Un passage antérieur sous clause : premier contrat et, s'il y en a une, dernier jour de son éligibilité.

    `ouverte_le` : premier jour de l'éligibilité antérieure qui court le plus tard.
    """

    premier_contrat: date
    eligible_jusqu_au: date | None = None
    operation: str = ""
    ouverte_le: date | None = None


@dataclass(frozen=True, slots=True)
class FaitContrat:
    """Un contrat qui sert l'opération, lu par les règles qui regardent son type, son entreprise ou son marché.

    `entreprise` : identifiant de l'entreprise servie (l'utilisatrice d'une mise à disposition, sinon l'employeur).
    `premier_dans_l_entreprise` : premier contrat de clause de la personne dans cette entreprise, toutes opérations.
    """

    type_contrat: str
    debut: date
    fin: date | None = None
    entreprise: str = ""
    nom_entreprise: str = ""
    marche: str = ""
    premier_dans_l_entreprise: date | None = None


@dataclass(frozen=True, slots=True)
class FaitProlongation:
    """Un renouvellement accordé : le jour et l'organisme de l'avis motivé, et les mois ajoutés (None : durée rouverte entière)."""

    avis_date: date
    organisme: str
    mois: int | None = None
