"""La boucle mensuelle : quand un mois est dû, où en est sa déclaration, quel courriel part ce jour-là, ce que vaut un lien.

J est le jour dû, celui du marché (le 10 du mois qui suit, par défaut). Rien ne se lit ici de l'horloge : le jour est un argument.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from beneficiaires.periodes import ajouter_mois, decaler, mois_de
from clauses.regles.documents import ParametresDocuments, Rythme
from comptes.regles import Refus

JOUR_PAR_DEFAUT: Final = 10
# Un mois ouvert tard (un contrat enregistré après coup) laisse au moins ce temps pour répondre.
DELAI_MINIMAL_JOURS: Final = 7
DUREE_DU_LIEN_JOURS: Final = 30
PREMIERE_RELANCE_JOURS: Final = 14
ENTRE_DEUX_RELANCES_JOURS: Final = 7
# Après douze semaines, la suite n'est plus affaire de courriels.
RELANCES_AU_PLUS: Final = 11
ESCALADE_JOURS: Final = 28
COURRIER_JOURS: Final = 42
SECOND_CONTACT_A_PARTIR_DE: Final = 2
# Un contact relancé deux fois pour un mois, sans réponse, devient une tâche du facilitateur.
SILENCES_AVANT_TACHE: Final = 2


class EtatDeclaration(StrEnum):
    """Où en est la déclaration d'un mois ; l'ordre est celui du travail."""

    A_FAIRE = "a_faire"
    INCOMPLETE = "incomplete"
    EN_RETARD = "en_retard"
    RECUE = "recue"
    A_CORRIGER = "a_corriger"
    VALIDEE = "validee"
    VERROUILLEE = "verrouillee"


LIBELLES_ETAT: Final[Mapping[EtatDeclaration, str]] = MappingProxyType(
    {
        EtatDeclaration.A_FAIRE: "À faire",
        EtatDeclaration.INCOMPLETE: "Incomplète",
        EtatDeclaration.EN_RETARD: "En retard",
        EtatDeclaration.RECUE: "Reçue",
        EtatDeclaration.A_CORRIGER: "À corriger",
        EtatDeclaration.VALIDEE: "Validée",
        EtatDeclaration.VERROUILLEE: "Verrouillée",
    }
)


class Role(StrEnum):
    """À qui un courriel s'adresse : les contacts de l'entreprise, et la structure qui suit la clause."""

    PREMIER = "premier"
    SECOND = "second"
    DIRECTION = "direction"
    FACILITATEUR = "facilitateur"


class Etape(StrEnum):
    """Ce qu'un courriel fait : ouvrir le mois, relancer, alerter, ou renvoyer le lien sur demande."""

    OUVERTURE = "ouverture"
    RELANCE = "relance"
    DIRECTION = "direction"
    FACILITATEUR = "facilitateur"
    COURRIER = "courrier"
    DEMANDE = "demande"


@dataclass(frozen=True, slots=True)
class Pas:
    """Un courriel de la boucle : son étape, le numéro d'une relance (0 hors relance), et à qui."""

    etape: Etape
    numero: int
    role: Role


@dataclass(frozen=True, slots=True)
class FaitsDeclaration:
    """Ce qui décide de l'état. `personnes` : attendues ce mois-ci ; `declarees` : celles d'entre elles qui ont des heures, même zéro.

    `est_a_reprendre` : rouverte depuis sa dernière réception. Relevés du mois : `en_attente`, `refusees`, `validees`.
    """

    echeance: date
    est_recue: bool = False
    est_verrouillee: bool = False
    est_a_reprendre: bool = False
    personnes: int = 0
    declarees: int = 0
    en_attente: int = 0
    refusees: int = 0
    validees: int = 0


def jour_du_marche(documents: ParametresDocuments) -> int:
    """Rend le jour du mois suivant où les heures sont dues : celui du premier document mensuel du marché, le 10 s'il n'en a pas."""
    mensuels = (d.jour_du_mois for d in documents.documents if d.rythme == Rythme.MOIS and d.jour_du_mois)
    return next(mensuels, JOUR_PAR_DEFAUT)


def echeance_du_mois(mois: date, jour_du_mois: int, ouverte_le: date) -> date:
    """Rend le dernier jour, compris, pour déclarer ce mois ; jamais moins de sept jours après l'ouverture.

    Novembre 2026, le 10, ouvert le 1er décembre : le 10 décembre. Ouvert le 20 décembre : le 27 décembre.
    """
    usuelle = ajouter_mois(mois_de(mois).debut, 1).replace(day=jour_du_mois)
    return max(usuelle, decaler(ouverte_le, DELAI_MINIMAL_JOURS))


def etat_declaration(faits: FaitsDeclaration, aujourd_hui: date) -> EtatDeclaration:
    """Rend l'état de la déclaration vu de ce jour. Le jour dû est encore à temps ; le lendemain, elle est en retard.

    Reçue, elle est à corriger dès qu'une ligne est refusée ou le mois rouvert, incomplète si une personne s'y ajoute, validée quand
    plus rien n'attend. Un « néant » sans relevé reste reçu jusqu'au verrou.
    """
    if faits.est_verrouillee:
        return EtatDeclaration.VERROUILLEE
    if not faits.est_recue:
        if aujourd_hui > faits.echeance:
            return EtatDeclaration.EN_RETARD
        return EtatDeclaration.INCOMPLETE if faits.declarees else EtatDeclaration.A_FAIRE
    if faits.refusees or faits.est_a_reprendre:
        return EtatDeclaration.A_CORRIGER
    if faits.declarees < faits.personnes:
        return EtatDeclaration.INCOMPLETE
    return EtatDeclaration.VALIDEE if faits.validees and not faits.en_attente else EtatDeclaration.RECUE


def pas_dus(echeance: date, jour: date) -> tuple[Pas, ...]:
    """Rend les courriels qu'une déclaration pas encore reçue doit avoir fait partir, vus de ce jour : le dernier de chaque sorte.

    Avant J+14, l'ouverture. Puis une relance à J+14 et chaque semaine (J+21, J+28…), au premier contact, et au second dès la deuxième.
    S'y ajoutent, une seule fois, la direction et le facilitateur à J+28, le projet de courrier à l'acheteur à J+42. Un passage manqué
    ne fait jamais partir deux relances : seule compte la dernière.
    """
    retard = (jour - echeance).days
    if retard < PREMIERE_RELANCE_JOURS:
        return (Pas(Etape.OUVERTURE, 0, Role.PREMIER),)
    numero = min((retard - PREMIERE_RELANCE_JOURS) // ENTRE_DEUX_RELANCES_JOURS + 1, RELANCES_AU_PLUS)
    pas = [Pas(Etape.RELANCE, numero, Role.PREMIER)]
    if numero >= SECOND_CONTACT_A_PARTIR_DE:
        pas.append(Pas(Etape.RELANCE, numero, Role.SECOND))
    if retard >= ESCALADE_JOURS:
        pas += [Pas(Etape.DIRECTION, 0, Role.DIRECTION), Pas(Etape.FACILITATEUR, 0, Role.FACILITATEUR)]
    if retard >= COURRIER_JOURS:
        pas.append(Pas(Etape.COURRIER, 0, Role.FACILITATEUR))
    return tuple(pas)


def role_a_joindre(role: Role, joignables: Collection[Role]) -> Role | None:
    """Rend à qui écrire : le second contact remplace un premier qui manque ou dont un courriel est revenu ; None s'il n'y a personne."""
    if role in joignables:
        return role
    return Role.SECOND if role == Role.PREMIER and Role.SECOND in joignables else None


def expiration_du_lien(jour: date) -> date:
    """Rend le dernier jour, compris, d'un lien envoyé ou renouvelé ce jour-là : trente jours plus tard."""
    return decaler(jour, DUREE_DU_LIEN_JOURS)


_DEMANDER: Final = "Demandez-en un nouveau au facilitateur de la clause."
REFUS_DE_LIEN: Final[Mapping[str, Refus]] = MappingProxyType(
    {
        code: Refus(phrase, code)
        for code, phrase in (
            (
                "lien_inconnu",
                f"Ce lien n’est pas complet, ou a été modifié. Recopiez-le en entier depuis le courriel. {_DEMANDER}",
            ),
            ("lien_revoque", f"Ce lien a été retiré par la structure qui suit la clause. {_DEMANDER}"),
            ("lien_expire", f"Ce lien n’est plus valable\u00a0: il a expiré. {_DEMANDER}"),
            (
                "lien_utilise",
                "Ce lien a déjà servi\u00a0: le mois est déclaré. Pour le corriger, demandez un nouveau lien au facilitateur de la clause.",
            ),
            (
                "lien_etranger",
                "Ce lien est celui d’une autre entreprise que la vôtre. Déconnectez-vous pour l’ouvrir, s’il vous est bien destiné.",
            ),
            ("lien_ferme", "Cette page s’ouvre depuis le lien reçu par courriel. Ouvrez-le de nouveau pour continuer."),
        )
    }
)


def refus_du_lien(*, expire_le: date, est_revoque: bool, aujourd_hui: date) -> Refus | None:
    """Dit pourquoi un lien n'ouvre plus rien ; None s'il vaut encore, son dernier jour compris. Révoqué l'emporte sur expiré."""
    if est_revoque:
        return REFUS_DE_LIEN["lien_revoque"]
    return REFUS_DE_LIEN["lien_expire"] if aujourd_hui > expire_le else None


MOIS_VERROUILLE: Final = Refus(
    "Ce mois est verrouillé\u00a0: ses heures ne changent plus. Le facilitateur de la clause peut le rouvrir, en disant pourquoi.",
    "mois_verrouille",
)


def controler_verrou(*, est_recue: bool, est_verrouillee: bool, en_attente: int, refusees: int) -> Refus | None:
    """Un mois se verrouille une fois reçu et toutes ses heures décidées ; None s'il le peut."""
    if est_verrouillee:
        return Refus("Ce mois est déjà verrouillé.", "deja_verrouille")
    if not est_recue:
        return Refus("Ce mois n’est pas encore reçu\u00a0: il ne se verrouille pas.", "pas_recue")
    if en_attente or refusees:
        return Refus(
            "Des heures de ce mois attendent une décision ou une correction\u00a0: validez-les d’abord.",
            "heures_en_attente",
        )
    return None


def controler_reouverture(*, est_verrouillee: bool, motif: str) -> Refus | None:
    """Rouvrir un mois verrouillé demande un motif, gardé ; None s'il le peut."""
    if not est_verrouillee:
        return Refus("Ce mois n’est pas verrouillé\u00a0: rien à rouvrir.", "pas_verrouille")
    if not motif.strip():
        return Refus("Écrivez pourquoi ce mois est rouvert\u00a0: la raison est gardée.", "motif_absent")
    return None
