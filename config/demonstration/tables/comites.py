"""Les comités techniques de la démonstration : une séance close, une autre en préparation."""

from typing import NamedTuple

from parcours.models import DecisionPoint, SujetPoint

MARDI = 1
# À tant de jours de la référence, ou le mardi d'avant.
SEANCE_CLOSE, SEANCE_SUIVANTE = -45, 9
LIEU = "Maison de l’emploi, salle des Mariniers"
INVITES = ("mission_locale", "france_travail", "service_jeunesse")
PRESENTS = ("mission_locale", "france_travail")
# De chaque sujet, tant de points proposés sont inscrits à la séance en préparation ; les autres restent à cocher.
INSCRITS = {SujetPoint.ORIENTATION: 2, SujetPoint.RENOUVELLEMENT: 1, SujetPoint.FREIN: 1}


class LignePoint(NamedTuple):
    """`rubrique` : celle du frein dont il s'agit."""

    personne: str
    sujet: SujetPoint
    question: str
    decision: DecisionPoint
    motif: str = ""
    rubrique: str = ""


_P = LignePoint
_OUI, _NON, _PLUS_TARD = DecisionPoint.FAVORABLE, DecisionPoint.DEFAVORABLE, DecisionPoint.AJOURNEE

POINTS = (
    _P(
        "noah", SujetPoint.ORIENTATION,
        "Accepter l’orientation de la mission locale\u00a0?", _OUI, "Reçu la semaine prochaine pour son diagnostic.",
    ),
    _P(
        "karim", SujetPoint.RENOUVELLEMENT,
        "Renouveler le parcours PLIE\u00a0?", _PLUS_TARD, "Le bilan de la formation manque\u00a0: à revoir à la prochaine séance.",
    ),
    _P(
        "tarek", SujetPoint.FREIN,
        "Que faire pour lever le frein «\u00a0Logement\u00a0»\u00a0?", _OUI, "Demande au SIAO déposée avec l’assistante sociale.",
        "logement",
    ),
    _P(
        "luna", SujetPoint.AUTRE,
        "Qui finance les dix dernières heures de conduite\u00a0?", _OUI, "France Travail, sur devis.",
    ),
    _P(
        "sylvie", SujetPoint.SORTIE,
        "Sortir du parcours ou le poursuivre\u00a0?", _NON, "Le dossier de surendettement n’est pas clos\u00a0: on poursuit.",
    ),
)  # fmt: skip
