"""Règles du premier étage : le refus qui porte sa raison, et les identifiants d'entreprise.

Fonctions pures : ni Django, ni horloge. Tous les étages au-dessus reprennent `Refus` et `Avertissement`.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.exceptions import InvalidFormat, InvalidLength, ValidationError
from stdnum.fr import siret as _siret


@dataclass(frozen=True, slots=True)
class Refus:
    """Une réponse négative : `phrase` se lit telle quelle à l'écran, `code` sert aux tests et à l'API."""

    phrase: str
    code: str

    def __str__(self) -> str:
        return self.phrase


@dataclass(frozen=True, slots=True)
class Avertissement:
    """Une remarque qui n'empêche rien : `phrase` se lit telle quelle, `code` sert aux tests et à l'API."""

    phrase: str
    code: str

    def __str__(self) -> str:
        return self.phrase


def normaliser_siret(texte: str) -> str:
    """Rend le SIRET sans espaces ni points, sans le contrôler."""
    return _siret.compact(texte)


def controler_siret(texte: str) -> Refus | None:
    """Contrôle un SIRET : 14 chiffres et clé de Luhn.

    Entrée : le texte saisi, espaces admises. Sortie : None quand il est juste, sinon le refus.
    La Poste (SIREN 356000000) : la somme des chiffres est multiple de 5, sauf au siège 35600000000048.
    Source : INSEE, répertoire Sirene ; python-stdnum, `stdnum.fr.siret`.
    """
    try:
        _siret.validate(texte)
    except (InvalidFormat, InvalidLength):
        return Refus("Le SIRET compte 14 chiffres. Recopiez-le depuis l’avis de situation Sirene.", "siret_forme")
    except ValidationError:
        return Refus(
            "Ce SIRET est faux\u00a0: sa clé ne correspond pas à ses autres chiffres. "
            "Un chiffre est sans doute inversé ou oublié.",
            "siret_cle",
        )
    return None


JOURS_D_INVITATION = 7
REFUS_D_INVITATION = {
    refus.code: refus
    for refus in (
        Refus("Ce lien n’est pas le bon, ou l’invitation a été annulée.", "invitation_inconnue"),
        Refus(
            "Ce lien a déjà servi\u00a0: connectez-vous avec votre adresse et votre mot de passe.",
            "invitation_acceptee",
        ),
        Refus(
            "Ce lien est trop ancien. Demandez à l’administrateur de la structure de le renvoyer.", "invitation_expiree"
        ),
    )
}


def expiration_de_l_invitation(jour: date) -> date:
    """Dernier jour où le lien d'une invitation envoyée ce jour s'ouvre."""
    return jour + timedelta(days=JOURS_D_INVITATION)


def refus_de_l_invitation(*, expire_le: date, est_acceptee: bool, aujourd_hui: date) -> Refus | None:
    """Pourquoi une invitation ne s'accepte plus ; None tant qu'elle s'accepte, son dernier jour compris."""
    if est_acceptee:
        return REFUS_D_INVITATION["invitation_acceptee"]
    if aujourd_hui > expire_le:
        return REFUS_D_INVITATION["invitation_expiree"]
    return None


def controler_dernier_administrateur(*, administre: bool, administrera: bool, autres: int) -> Refus | None:
    """Une structure garde toujours quelqu'un qui l'administre.

    Entrée : si ce membre l'administre aujourd'hui, s'il l'administrera après, et combien d'autres l'administrent.
    """
    if administre and not administrera and autres == 0:
        return Refus(
            "C’est le dernier administrateur de la structure. Donnez d’abord ce rôle à un autre membre.",
            "dernier_administrateur",
        )
    return None
