"""La pénalité : toujours proposée, jamais due. Seul l'acheteur décide."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Self

from clauses.regles.contradiction import Contradiction
from clauses.regles.dues import CENT
from clauses.regles.nombres import ecrire_decimal, lire_decimal
from comptes.formats import euros, nombre, pourcent, quantite
from comptes.formats import heures as ecrire_heures
from comptes.regles import Refus

SECTION: Final = "penalites"
ZERO: Final = Decimal(0)
CENTIME: Final = Decimal("0.01")
POINT_VIRGULE: Final = "\u00a0; "
# SMIC horaire brut au 1er janvier de chaque année, en euros. Source : décrets annuels portant relèvement du salaire minimum de
# croissance (code du travail, L3231-4 et suivants), métropole. Une hausse en cours d'année se règle dans le marché.
SMIC_HORAIRE_BRUT: Final[Mapping[int, Decimal]] = MappingProxyType(
    {
        2018: Decimal("9.88"),
        2019: Decimal("10.03"),
        2020: Decimal("10.15"),
        2021: Decimal("10.25"),
        2022: Decimal("10.57"),
        2023: Decimal("11.27"),
        2024: Decimal("11.65"),
        2025: Decimal("11.88"),
        2026: Decimal("12.02"),
    }
)
_EUROS: Final = (
    "euros_par_heure",
    "smic_coefficient",
    "smic_horaire_euros",
    "pourcent_montant",
    "euros_par_jour_retard",
    "euros_par_document",
    "plafond_euros",
    "plafond_pourcent",
)


@dataclass(frozen=True, slots=True)
class ParametresPenalites:
    """Ce que le marché prévoit ; plusieurs pénalités peuvent s'ajouter. Rien d'écrit : le marché n'en prévoit pas.

    `smic_coefficient` : tant de fois le SMIC horaire brut par heure non faite. `pourcent_montant` : une part du montant HT du marché
    dès que des heures manquent. `exoneration_si_demarches` : aucune pour les heures si l'entreprise prouve ses démarches.
    Lève Contradiction (une ValueError qui nomme le champ) quand deux paramètres ne vont pas ensemble.
    """

    euros_par_heure: Decimal | None = None
    smic_coefficient: Decimal | None = None
    smic_horaire_euros: Decimal | None = None
    pourcent_montant: Decimal | None = None
    euros_par_jour_retard: Decimal | None = None
    euros_par_document: Decimal | None = None
    plafond_euros: Decimal | None = None
    plafond_pourcent: Decimal | None = None
    mise_en_demeure_jours: int | None = None
    exoneration_si_demarches: bool = False

    def __post_init__(self) -> None:
        for champ in _EUROS:
            valeur = getattr(self, champ)
            if valeur is not None and valeur < 0:
                raise Contradiction(champ, "Un montant, un taux ou un plafond de pénalité n’est pas négatif.")
        for champ in ("pourcent_montant", "plafond_pourcent"):
            valeur = getattr(self, champ)
            if valeur is not None and valeur > CENT:
                raise Contradiction(champ, "Une part du montant du marché ne dépasse pas 100\u00a0%.")
        if self.euros_par_heure is not None and self.smic_coefficient is not None:
            raise Contradiction(
                "smic_coefficient",
                "Une heure non faite a un seul prix\u00a0: un montant en euros, ou un multiple du SMIC.",
            )
        if self.smic_horaire_euros is not None and self.smic_coefficient is None:
            raise Contradiction(
                "smic_coefficient", "Indiquez combien de fois le SMIC horaire, ou effacez le SMIC du marché."
            )
        a_un_plafond = self.plafond_euros is not None or self.plafond_pourcent is not None
        if a_un_plafond and not self.est_prevue:
            champ = "plafond_euros" if self.plafond_euros is not None else "plafond_pourcent"
            raise Contradiction(champ, "Un plafond sans pénalité ne sert à rien. Indiquez la pénalité qu’il limite.")

    @property
    def est_prevue(self) -> bool:
        """Dit si le marché prévoit au moins une pénalité."""
        return self.est_prevue_pour_les_heures or any(
            valeur is not None for valeur in (self.euros_par_jour_retard, self.euros_par_document)
        )

    @property
    def est_prevue_pour_les_heures(self) -> bool:
        """Dit si des heures non faites peuvent donner une pénalité."""
        return any(v is not None for v in (self.euros_par_heure, self.smic_coefficient, self.pourcent_montant))

    def vers_json(self) -> dict[str, Any]:
        """Rend la section telle que la base la garde. Le prix d'une heure et la mise en demeure sont des colonnes de la règle."""
        nombres = {champ: ecrire_decimal(getattr(self, champ)) for champ in _EUROS if champ != "euros_par_heure"}
        return nombres | {"exoneration_si_demarches": self.exoneration_si_demarches}

    @classmethod
    def depuis_json(
        cls,
        section: Mapping[str, Any],
        *,
        euros_par_heure: Decimal | None = None,
        mise_en_demeure_jours: int | None = None,
    ) -> Self:
        """Relit une section, avec les deux paramètres que gardent des colonnes ; ce qui manque n'est pas prévu."""
        return cls(
            euros_par_heure=euros_par_heure,
            mise_en_demeure_jours=mise_en_demeure_jours,
            exoneration_si_demarches=bool(section.get("exoneration_si_demarches", False)),
            **{champ: lire_decimal(section.get(champ)) for champ in _EUROS if champ != "euros_par_heure"},
        )


@dataclass(frozen=True, slots=True)
class FaitsPenalite:
    """Ce qui s'est passé hors des heures : jours de retard et nombre de documents manquants, démarches prouvées."""

    jours_de_retard: int = 0
    documents_manquants: int = 0
    demarches_prouvees: bool = False

    def __post_init__(self) -> None:
        if self.jours_de_retard < 0 or self.documents_manquants < 0:
            raise ValueError("Un nombre de jours ou de documents n’est pas négatif.")


@dataclass(frozen=True, slots=True)
class LignePenalite:
    """Une des pénalités qui s'ajoutent : son calcul écrit et son montant."""

    calcul: str
    montant_euros: Decimal


@dataclass(frozen=True, slots=True)
class PenaliteProposee:
    """Une proposition : heures non faites, montant en euros, détail, ce qui manque pour la calculer, et la phrase à écrire."""

    heures_manquantes: Decimal
    montant_euros: Decimal
    est_plafonnee: bool
    lignes: tuple[LignePenalite, ...]
    a_completer: tuple[str, ...]
    phrase: str


def smic_horaire(annee: int | None, smic_du_marche: Decimal | None = None) -> Decimal | None:
    """Rend le SMIC horaire brut, en euros : celui du marché, à défaut celui du 1er janvier de l'année ; None s'il n'est pas connu."""
    if smic_du_marche is not None:
        return smic_du_marche
    return None if annee is None else SMIC_HORAIRE_BRUT.get(annee)


def proposer_penalite(
    *,
    parametres: ParametresPenalites,
    heures_dues: Decimal,
    heures_validees: Decimal,
    montant_marche_euros: Decimal | None = None,
    annee: int | None = None,
    faits: FaitsPenalite | None = None,
) -> PenaliteProposee:
    """Propose une pénalité : la somme de celles que le marché prévoit, dans la limite de ses plafonds, le plus bas l'emportant.

    Entrée : heures, euros HT, année de l'arrêté (pour le SMIC). Sortie : euros, montant nul quand tout est fait. Un terme qui manque
    (montant du marché, SMIC de l'année) est dit « à compléter » et sa ligne n'est pas calculée. Source : article « pénalités » du
    marché ; la décision appartient à l'acheteur.
    """
    faits = faits or FaitsPenalite()
    manquantes = max(heures_dues - heures_validees, ZERO)
    lignes: list[LignePenalite] = []
    a_completer: list[str] = []
    est_exoneree = parametres.exoneration_si_demarches and faits.demarches_prouvees
    if manquantes and not est_exoneree:
        _pour_les_heures(parametres, manquantes, montant_marche_euros, annee, lignes, a_completer)
    _pour_les_documents(parametres, faits, lignes)
    brut = sum((ligne.montant_euros for ligne in lignes), ZERO)
    plafond = _plafond(parametres, montant_marche_euros, a_completer) if brut else None
    est_plafonnee = plafond is not None and brut > plafond
    montant = plafond if est_plafonnee and plafond is not None else brut
    proposition = PenaliteProposee(manquantes, montant, est_plafonnee, tuple(lignes), tuple(a_completer), "")
    phrase = _phrase(proposition, parametres, est_exoneree=est_exoneree)
    return PenaliteProposee(manquantes, montant, est_plafonnee, tuple(lignes), tuple(a_completer), phrase)


def ecrire_regle_penalites(parametres: ParametresPenalites) -> str:
    """Rend ce que le marché prévoit, en une phrase : « 60 € par heure non faite, au plus 10 % du montant du marché »."""
    prix = []
    if parametres.euros_par_heure is not None:
        prix.append(f"{euros(parametres.euros_par_heure)} par heure non faite")
    if parametres.smic_coefficient is not None:
        prix.append(f"{nombre(parametres.smic_coefficient)} fois le SMIC horaire brut par heure non faite")
    if parametres.pourcent_montant is not None:
        prix.append(f"{pourcent(parametres.pourcent_montant, 2)} du montant du marché si des heures manquent")
    if parametres.euros_par_jour_retard is not None:
        prix.append(f"{euros(parametres.euros_par_jour_retard)} par jour de retard d’un document")
    if parametres.euros_par_document is not None:
        prix.append(f"{euros(parametres.euros_par_document)} par document manquant")
    if not prix:
        return "Aucune pénalité n’est prévue."
    plafonds = []
    if parametres.plafond_euros is not None:
        plafonds.append(euros(parametres.plafond_euros))
    if parametres.plafond_pourcent is not None:
        plafonds.append(f"{pourcent(parametres.plafond_pourcent, 2)} du montant du marché")
    plafond = f", au plus {' et '.join(plafonds)}" if plafonds else ""
    return f"{POINT_VIRGULE.join(prix)}{plafond}.{_conditions(parametres)}"


def _pour_les_heures(
    parametres: ParametresPenalites,
    manquantes: Decimal,
    montant_marche: Decimal | None,
    annee: int | None,
    lignes: list[LignePenalite],
    a_completer: list[str],
) -> None:
    non_faites = f"{ecrire_heures(manquantes)} non faites"
    if parametres.euros_par_heure is not None:
        lignes.append(
            _ligne(
                f"{non_faites} × {nombre(parametres.euros_par_heure)}\u00a0€", manquantes * parametres.euros_par_heure
            )
        )
    if parametres.smic_coefficient is not None:
        smic = smic_horaire(annee, parametres.smic_horaire_euros)
        if smic is None:
            a_completer.append(f"SMIC horaire brut{f' de {annee}' if annee else ''}")
        else:
            calcul = f"{non_faites} × {nombre(parametres.smic_coefficient)} × {euros(smic)} de SMIC horaire brut"
            lignes.append(_ligne(calcul, manquantes * parametres.smic_coefficient * smic))
    if parametres.pourcent_montant is not None:
        if montant_marche is None:
            a_completer.append("montant HT du marché")
        else:
            calcul = (
                f"{pourcent(parametres.pourcent_montant, 2)} de {euros(montant_marche)}, des heures n’étant pas faites"
            )
            lignes.append(_ligne(calcul, montant_marche * parametres.pourcent_montant / CENT))


def _pour_les_documents(parametres: ParametresPenalites, faits: FaitsPenalite, lignes: list[LignePenalite]) -> None:
    if parametres.euros_par_jour_retard is not None and faits.jours_de_retard:
        calcul = f"{quantite(faits.jours_de_retard, 'jour')} de retard × {euros(parametres.euros_par_jour_retard)}"
        lignes.append(_ligne(calcul, parametres.euros_par_jour_retard * faits.jours_de_retard))
    if parametres.euros_par_document is not None and faits.documents_manquants:
        calcul = f"{quantite(faits.documents_manquants, 'document manquant')} × {euros(parametres.euros_par_document)}"
        lignes.append(_ligne(calcul, parametres.euros_par_document * faits.documents_manquants))


def _plafond(parametres: ParametresPenalites, montant_marche: Decimal | None, a_completer: list[str]) -> Decimal | None:
    plafonds = [] if parametres.plafond_euros is None else [parametres.plafond_euros]
    if parametres.plafond_pourcent is not None:
        if montant_marche is not None:
            plafonds.append(_au_centime(montant_marche * parametres.plafond_pourcent / CENT))
        elif "montant HT du marché" not in a_completer:
            a_completer.append("montant HT du marché")
    return min(plafonds) if plafonds else None


def _phrase(proposition: PenaliteProposee, parametres: ParametresPenalites, *, est_exoneree: bool) -> str:
    manque = ""
    if proposition.a_completer:
        manque = f" À compléter\u00a0: {', '.join(proposition.a_completer)}."
    if proposition.lignes:
        lignes = proposition.lignes
        calculs = [ligne.calcul for ligne in lignes]
        if len(lignes) > 1:
            calculs = [f"{ligne.calcul} = {euros(ligne.montant_euros)}" for ligne in lignes]
        plafond = ", plafonnée par le marché" if proposition.est_plafonnee else ""
        montant = f"Pénalité proposée\u00a0: {euros(proposition.montant_euros)}"
        return f"{montant} ({POINT_VIRGULE.join(calculs)}{plafond}).{manque}{_conditions(parametres)} Seul l’acheteur décide."
    if manque:
        return f"{manque.strip()} La pénalité ne peut pas encore être calculée."
    if proposition.heures_manquantes and est_exoneree:
        return "L’entreprise a prouvé ses démarches\u00a0: aucune pénalité n’est proposée."
    if proposition.heures_manquantes:
        return "Le marché ne prévoit pas de pénalité pour les heures non faites."
    return "Les heures dues sont faites\u00a0: aucune pénalité n’est proposée."


def _conditions(parametres: ParametresPenalites) -> str:
    textes = ""
    if parametres.mise_en_demeure_jours:
        jours = quantite(parametres.mise_en_demeure_jours, "jour")
        textes += f" Seulement après une mise en demeure restée {jours} sans réponse."
    if parametres.exoneration_si_demarches:
        textes += " Aucune pour les heures si l’entreprise prouve ses démarches."
    return textes


def _ligne(calcul: str, montant: Decimal) -> LignePenalite:
    return LignePenalite(calcul, _au_centime(montant))


def _au_centime(montant: Decimal) -> Decimal:
    return montant.quantize(CENTIME, rounding=ROUND_HALF_UP)


class IssuePenalite(StrEnum):
    """Ce que l'acheteur décide d'une pénalité proposée."""

    APPLIQUEE = "appliquee"
    REDUITE = "reduite"
    ABANDONNEE = "abandonnee"


LIBELLES_ISSUE_PENALITE: Final[Mapping[IssuePenalite, str]] = MappingProxyType(
    {
        IssuePenalite.APPLIQUEE: "Appliquer le montant proposé",
        IssuePenalite.REDUITE: "Appliquer un montant moindre",
        IssuePenalite.ABANDONNEE: "Ne pas appliquer de pénalité",
    }
)


def montant_decide(issue: IssuePenalite | str, *, proposee: Decimal, retenue: Decimal | None) -> Decimal | Refus:
    """Rend les euros que l'acheteur retient d'une pénalité proposée ; un refus si le montant moindre manque ou ne l'est pas, ou s'il
    accompagne une autre décision : elle est définitive, et l'un des deux serait une erreur.

    Le marché fixe le plafond : l'acheteur peut réduire ou abandonner, jamais augmenter.
    """
    if IssuePenalite(issue) != IssuePenalite.REDUITE:
        if retenue:
            moindre = LIBELLES_ISSUE_PENALITE[IssuePenalite.REDUITE]
            return Refus(
                f"Un montant est écrit\u00a0: effacez-le, ou choisissez «\u00a0{moindre}\u00a0».", "montant_en_trop"
            )
        return proposee if IssuePenalite(issue) == IssuePenalite.APPLIQUEE else Decimal(0)
    if not retenue:
        return Refus("Écrivez le montant retenu, ou choisissez de ne pas appliquer de pénalité.", "montant_absent")
    if retenue >= proposee:
        return Refus(f"Un montant moindre est inférieur à {euros(proposee)}.", "montant_trop_grand")
    return retenue
