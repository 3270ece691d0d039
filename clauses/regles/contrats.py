"""Ce qu'un placement doit dire tout de suite : contrat plus long que la fenêtre, embauche d'avant la décision ou le marché."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from beneficiaires.periodes import Periode, lendemain
from comptes.formats import date_longue
from comptes.regles import Avertissement, Refus

# Mettre une personne à disposition d'une autre entreprise : l'employeur n'est pas le titulaire.
EMPLOYEURS_DE_MISE_A_DISPOSITION: Final = frozenset({"ETTI", "AI", "GEIQ", "EATT", "ETT"})

_SORT_DES_HEURES_D_AVANT: Final[Mapping[bool | None, str]] = MappingProxyType(
    {
        None: "Les heures faites avant ne comptent que si le marché l’admet.",
        True: "Les heures faites avant ne comptent pas.",
        False: "Ce marché admet les heures faites avant.",
    }
)


def controler_contrat(
    *,
    periode: Periode,
    fenetre: Periode | None,
    date_decision: date | None,
    debut_marche: date | None = None,
    fin_marche: date | None = None,
    type_employeur: str = "",
    a_entreprise_utilisatrice: bool = False,
    validation_prealable: bool | None = None,
) -> list[Refus | Avertissement]:
    """Contrôle un contrat de travail face à l'éligibilité et au marché ; rend une liste vide si tout va bien.

    Un `Refus` empêche d'enregistrer, un `Avertissement` se dit et laisse faire. `date_decision` : None quand aucune éligibilité
    n'est validée. `validation_prealable` : ce que dit la règle du marché des heures d'avant la décision (None : on ne sait
    pas encore). `type_employeur` : ETTI, AI, GEIQ, EATT, ETT, EI, ACI… en capitales.
    Source : règle du marché (validation avant l'embauche) ; code du travail, L5132-5 et suivants (mise à disposition).
    """
    constats: list[Refus | Avertissement] = []
    if type_employeur.upper() in EMPLOYEURS_DE_MISE_A_DISPOSITION and not a_entreprise_utilisatrice:
        constats.append(
            Refus(
                f"{type_employeur.upper()}\u00a0: indiquez l’entreprise utilisatrice, celle où la personne travaille.",
                "utilisatrice_absente",
            )
        )
    if date_decision is None:
        constats.append(
            Avertissement(
                "Aucune éligibilité n’est validée\u00a0: les heures de ce contrat ne comptent pas encore.",
                "eligibilite_absente",
            )
        )
    elif periode.debut < date_decision:
        constats.append(
            Avertissement(
                f"Le contrat commence le {date_longue(periode.debut)}, avant la validation de l’éligibilité "
                f"({date_longue(date_decision)}). {_SORT_DES_HEURES_D_AVANT[validation_prealable]}",
                "avant_decision",
            )
        )
    if debut_marche is not None and periode.debut < debut_marche:
        constats.append(
            Avertissement(
                f"Le contrat commence le {date_longue(periode.debut)}, avant le marché ({date_longue(debut_marche)}). "
                "Vérifiez ce que le marché dit d’une embauche antérieure.",
                "avant_marche",
            )
        )
    return constats + _controler_fin(periode, fenetre, fin_marche)


def _controler_fin(periode: Periode, fenetre: Periode | None, fin_marche: date | None) -> list[Refus | Avertissement]:
    constats: list[Refus | Avertissement] = []
    finit = "n’a pas de fin" if periode.fin is None else f"finit le {date_longue(periode.fin)}"
    if fenetre is not None and fenetre.fin is not None:
        if periode.debut > fenetre.fin:
            constats.append(
                Avertissement(
                    f"Le contrat commence le {date_longue(periode.debut)}, après la fin de l’éligibilité "
                    f"({date_longue(fenetre.fin)} inclus)\u00a0: aucune de ses heures ne compte.",
                    "apres_fenetre",
                )
            )
        elif periode.fin is None or periode.fin > fenetre.fin:
            constats.append(
                Avertissement(
                    f"Le contrat {finit}, l’éligibilité s’arrête le {date_longue(fenetre.fin)} inclus\u00a0: "
                    f"ses heures ne comptent plus à partir du {date_longue(lendemain(fenetre.fin))}.",
                    "depasse_fenetre",
                )
            )
    if fin_marche is not None and (periode.fin is None or periode.fin > fin_marche):
        constats.append(
            Avertissement(
                f"Le contrat {finit}, le marché finit le {date_longue(fin_marche)}.",
                "depasse_marche",
            )
        )
    return constats
