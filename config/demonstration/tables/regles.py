"""Ce que des marchés de la démonstration écrivent de plus que les colonnes de leur règle : sections, et articles cités."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from clauses.regles import controles, dues, heures_dues, penalites, section_comptage, statuts
from clauses.regles.section_comptage import MODES_PAR_DEFAUT, ModeCompte

_NE_COMPTE_PAS, _AVERTISSEMENT = controles.Niveau.NE_COMPTE_PAS, controles.Niveau.AVERTISSEMENT
_HEURE = statuts.JourStatut.HEURE


def _citation(article: str, texte: str) -> dict[str, str]:
    return {"article": article, "texte": texte}


def _comptage(mode: ModeCompte, **change: Any) -> dict[str, Any]:
    """La section d'un marché qui ne compte pas un mode comme d'ordinaire."""
    modes = {**MODES_PAR_DEFAUT, mode: replace(MODES_PAR_DEFAUT[mode], **change)}
    return section_comptage.ParametresComptage(modes=modes).vers_json()


# Se renouvelle une fois sur avis motivé ; la formation compte jusqu'à un plafond ; le quartier suit le jour de l'heure.
PEUPLIERS = {
    "eligibilite": {"renouvellement": "avis"},
    "comptage": _comptage(ModeCompte.FORMATION, plafond_pourcent=Decimal(10)),
    "statuts": statuts.ParametresStatuts(adresse=_HEURE).vers_json(),
    "penalites": penalites.ParametresPenalites(euros_par_heure=Decimal(60), plafond_pourcent=Decimal(5)).vers_json(),
    "citations": {
        "renouvellement": _citation(
            "9.3", "La durée peut être portée à trente-six mois sur avis motivé d’un organisme d’accompagnement."
        ),
        "mode_formation": _citation(
            "9.4", "Les heures de formation sont comptées dans la limite de 10\u00a0% des heures dues par le titulaire."
        ),
        "jour_adresse": _citation(
            "9.5", "Les heures des habitants des quartiers prioritaires sont celles faites pendant qu’ils y habitent."
        ),
        "plafond_penalites": _citation("9.8", "Le total des pénalités n’excède pas 5\u00a0% du montant du marché."),
    },
}
# Un marché réservé aux structures d'insertion : une heure de formation y compte pour une demi-heure.
ESPACES_VERTS = {
    "comptage": _comptage(ModeCompte.FORMATION, coefficient=Decimal("0.5")),
    "citations": {
        "mode_formation": _citation("12.3", "Une heure de formation est décomptée pour une demi-heure d’insertion."),
    },
}
# Les avenants suivent le montant ; les heures d'un PASS suspendu se gardent sans compter.
JEAN_MACE = {
    "heures_dues": heures_dues.ParametresHeuresDues(regle_avenant=dues.RegleAvenant.PRORATA).vers_json(),
    "penalites": penalites.ParametresPenalites(
        euros_par_heure=Decimal(50), euros_par_jour_retard=Decimal(100), exoneration_si_demarches=True
    ).vers_json(),
    "controles": controles.ParametresControles({"pass_suspendu": _NE_COMPTE_PAS}).vers_json(),
    "citations": {
        "regle_avenant": _citation("9.6", "Les heures d’insertion suivent le montant du marché, au prorata."),
        "controle_pass_suspendu": _citation(
            "9.4", "Les heures faites pendant une suspension de l’agrément ne sont pas décomptées."
        ),
    },
}
# Se renouvelle aussi : les plus anciens y arrivent au bout de leurs 24 mois. Les nombres ronds s'y vérifient.
TRAMWAY = {
    "eligibilite": {"renouvellement": "avis"},
    "controles": controles.ParametresControles({"nombres_ronds": _AVERTISSEMENT}).vers_json(),
    "citations": {
        "renouvellement": _citation("9.3", "L’éligibilité est prolongée de douze mois, une fois, sur avis motivé."),
    },
}
