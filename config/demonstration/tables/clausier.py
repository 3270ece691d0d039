"""Les rédactions que la maison de l'emploi a publiées : deux versions du suivi, une du mode d'exécution. Jours depuis la référence."""

from typing import NamedTuple


class LigneVersion(NamedTuple):
    code: str
    titre: str
    texte: str
    motif: str
    jour: int
    compte: str = "claire"


VERSIONS = (
    LigneVersion(
        "suivi",
        "Déclarer les heures",
        "Le titulaire nomme un correspondant dès la notification du marché. Chaque mois, il déclare à {facilitateur} les heures "
        "faites par chaque personne, avant le 10 du mois suivant. Il remet, sur demande et à elle seule, les contrats de travail, "
        "les relevés d’heures, et les factures ou attestations des structures employeuses.",
        "Une date fixe, le 10, au lieu d’un délai à compléter",
        -140,
    ),
    LigneVersion(
        "suivi",
        "Déclarer les heures",
        "Le titulaire nomme un correspondant dès la notification du marché. Chaque mois, il déclare à {facilitateur}, en ligne, les "
        "heures faites par chaque personne, avant le 10 du mois suivant. Il remet sous 15\u00a0jours, sur demande et à elle seule, "
        "les contrats de travail, les relevés d’heures, et les factures ou attestations des structures employeuses.",
        "La déclaration se fait en ligne\u00a0; 15\u00a0jours pour les pièces",
        -45,
        "samir",
    ),
    LigneVersion(
        "difficultes",
        "Le titulaire rencontre une difficulté",
        "Le titulaire prévient {acheteur} et {facilitateur} dans les 8\u00a0jours de toute difficulté à tenir ses heures, et dit "
        "laquelle. Une réunion cherche une solution. Quand la difficulté est réelle et établie, l’acheteur peut suspendre ou réduire "
        "l’engagement, par écrit.",
        "Un délai pour prévenir, et une réunion",
        -100,
    ),
)
