"""Le rythme : ce qui est attendu à ce jour, où l'on en est, où l'on va, et combien d'ETP cela fait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from beneficiaires.periodes import Periode, ajouter_mois, decaler, reste_apres, veille
from comptes.formats import nombre, quantite

CENTIEME: Final = Decimal("0.01")
DIXIEME: Final = Decimal("0.1")
# Durée légale annuelle (code du travail, L3121-41) ; réglage du bilan, toujours écrit à côté du nombre d'ETP.
DIVISEUR_ETP: Final = Decimal(1607)
# Un temps plein sur un mois moyen (code du travail, L3242-1 : 35 h × 52 ÷ 12).
HEURES_D_UN_TEMPS_PLEIN: Final = Decimal("151.67")
MOIS_DE_RYTHME: Final = 3


class CodeRythme(StrEnum):
    """Où en est un engagement."""

    RETARD = "retard"
    SURVEILLER = "surveiller"
    RYTHME = "rythme"
    AVANCE = "avance"
    TENU = "tenu"
    A_VENIR = "a_venir"
    A_COMPLETER = "a_completer"


@dataclass(frozen=True, slots=True)
class SeuilsRythme:
    """Seuils, en pour cent de l'attendu : sous `retard` en retard, jusqu'à `surveiller` à surveiller ; au-dessus de
    `avance`, par les seules heures validées, en avance."""

    retard: Decimal = Decimal(90)
    surveiller: Decimal = Decimal(100)
    avance: Decimal = Decimal(120)


SEUILS_PAR_DEFAUT: Final = SeuilsRythme()


class SourceRythme(StrEnum):
    """D'où vient le rythme plausible : observé, tant de personnes à temps plein, ou tant d'heures par mois."""

    OBSERVE = "observe"
    PERSONNES = "personnes"
    HEURES = "heures"


@dataclass(frozen=True, slots=True)
class RythmePlausible:
    """Ce qu'un titulaire peut faire en un mois, en heures, et la phrase qui dit d'où vient ce nombre."""

    heures_par_mois: Decimal
    origine: str


@dataclass(frozen=True, slots=True)
class Besoin:
    """Ce qu'il faut encore : heures, par mois, et en personnes à temps plein (`personnes` entières, `etp` au dixième).

    `par_mois`, `personnes` et `etp` : None quand il ne reste plus de temps. `hors_d_atteinte_le` : dernier jour d'où le dû tient encore
    au rythme plausible, None quand tout est fait.
    """

    restantes: Decimal
    mois_restants: Decimal
    par_mois: Decimal | None
    personnes: int | None
    etp: Decimal | None
    rythme: RythmePlausible
    hors_d_atteinte_le: date | None
    est_hors_d_atteinte: bool


@dataclass(frozen=True, slots=True)
class Rythme:
    """Un rythme : son code, sa phrase courte, et l'écart en heures (validées − attendues, négatif en retard)."""

    code: CodeRythme
    libelle: str
    ecart_heures: Decimal | None


@dataclass(frozen=True, slots=True)
class Projection:
    """Où mène le rythme récent. `heures_a_la_fin` : validées et projetées au terme ; `ecart_heures` : par rapport au dû.

    `date_cible` : dernier jour utile au rythme récent, None si le rythme est nul ou l'objectif atteint.
    `necessaires_par_mois` : None quand il ne reste plus de temps.
    """

    rythme_mensuel: Decimal
    mois_restants: Decimal
    heures_a_la_fin: Decimal
    ecart_heures: Decimal
    necessaires_par_mois: Decimal | None
    date_cible: date | None


def attendu_au(heures_dues: Decimal, periode_execution: Periode | None, jour: date) -> Decimal | None:
    """Rend les heures attendues à la fin de ce jour : heures dues au prorata des jours écoulés, bornes comprises.

    0 avant le début, tout le dû dès le dernier jour ; None quand la période n'est pas connue ou n'a pas de fin
    (« à compléter »). Au centième d'heure.
    """
    total = None if periode_execution is None else periode_execution.nombre_jours()
    if periode_execution is None or total is None:
        return None
    ecoulee = periode_execution.intersection(Periode(periode_execution.debut, max(jour, periode_execution.debut)))
    if jour < periode_execution.debut or ecoulee is None:
        return Decimal("0.00")
    return (heures_dues * (ecoulee.nombre_jours() or 0) / total).quantize(CENTIEME, rounding=ROUND_HALF_UP)


def evaluer_rythme(
    *,
    validees: Decimal,
    a_verifier: Decimal,
    attendues: Decimal | None,
    dues: Decimal | None = None,
    seuils: SeuilsRythme = SEUILS_PAR_DEFAUT,
) -> Rythme:
    """Compare (validées + à vérifier) à l'attendu. Sous 90 % : en retard ; de 90 à 100 % compris : à surveiller ; au-delà :
    dans le rythme ; en avance quand les validées seules dépassent 120 %. Tenu quand les validées atteignent le dû (`dues`).

    Sans attendu connu : « à compléter ». Attendu nul : « à venir », ou « en avance » s'il y a déjà des heures validées.
    """
    if dues is not None and 0 < dues <= validees:
        ecart = None if attendues is None else validees - attendues
        return Rythme(CodeRythme.TENU, f"Tenu à {nombre(validees / dues * 100, 0)}\u00a0%", ecart)
    if attendues is None:
        return Rythme(CodeRythme.A_COMPLETER, "À compléter\u00a0: dates d’exécution", None)
    ecart = validees - attendues
    if attendues == 0:
        est_en_avance = validees > 0
        return Rythme(*((CodeRythme.AVANCE, "En avance") if est_en_avance else (CodeRythme.A_VENIR, "À venir")), ecart)
    return _situer((validees + a_verifier) / attendues * 100, validees / attendues * 100, ecart, seuils)


def _situer(part: Decimal, part_validee: Decimal, ecart: Decimal, seuils: SeuilsRythme) -> Rythme:
    if part < seuils.retard:
        return Rythme(CodeRythme.RETARD, f"En retard de {nombre(-ecart, 0)}\u00a0h", ecart)
    if part_validee > seuils.avance:
        return Rythme(CodeRythme.AVANCE, "En avance", ecart)
    if part <= seuils.surveiller:
        return Rythme(CodeRythme.SURVEILLER, "À surveiller", ecart)
    return Rythme(CodeRythme.RYTHME, "Dans le rythme", ecart)


def projeter(
    *,
    validees: Decimal,
    heures_dues: Decimal,
    derniers_mois: Sequence[Decimal],
    periode_execution: Periode,
    arrete_le: date,
) -> Projection:
    """Prolonge le rythme récent jusqu'à la fin. `derniers_mois` : heures validées de chacun des derniers mois (trois d'usage).

    `arrete_le` : dernier jour compris dans `validees`. Sans mois connu, le rythme est nul. Lève ValueError sans date de fin.
    """
    if periode_execution.fin is None:
        raise ValueError("Une projection demande une date de fin.")
    reste = reste_apres(periode_execution, arrete_le)
    mois = Decimal(0) if reste is None else reste.nombre_mois() or Decimal(0)
    rythme = sum(derniers_mois, Decimal(0)) / len(derniers_mois) if derniers_mois else Decimal(0)
    manquantes = max(heures_dues - validees, Decimal(0))
    a_la_fin = validees + rythme * mois
    return Projection(
        rythme_mensuel=_au_centieme(rythme),
        mois_restants=_au_centieme(mois),
        heures_a_la_fin=_au_centieme(a_la_fin),
        ecart_heures=_au_centieme(a_la_fin - heures_dues),
        necessaires_par_mois=_au_centieme(manquantes / mois) if mois else None,
        date_cible=date_hors_d_atteinte(manquantes, rythme, periode_execution.fin),
    )


def date_hors_d_atteinte(manquantes: Decimal, rythme_mensuel: Decimal, fin: date) -> date | None:
    """Rend le dernier jour d'où, à ce rythme, les heures qui manquent tiennent encore avant la fin ; None si c'est sans objet.

    Mois de calendrier, puis jours au trentième. Sans rythme ou sans heures manquantes : None.
    """
    if rythme_mensuel <= 0 or manquantes <= 0:
        return None
    mois = manquantes / rythme_mensuel
    entiers = int(mois)
    jours = int(((mois - entiers) * 30).to_integral_value(rounding=ROUND_HALF_UP))
    try:
        return decaler(ajouter_mois(fin, -entiers), -jours)
    except ValueError:
        return None


def meilleur_rythme(mensuelles: Sequence[Decimal], mois: int = MOIS_DE_RYTHME) -> Decimal:
    """Rend la meilleure moyenne mensuelle sur `mois` mois de suite, en heures ; un mois qui manque compte pour zéro.

    `mensuelles` : heures validées de chaque mois, dans l'ordre, les mois vides à zéro.
    """
    fenetres = [sum(mensuelles[rang : rang + mois], Decimal(0)) for rang in range(len(mensuelles))]
    return _au_centieme(max(fenetres, default=Decimal(0)) / mois)


def rythme_plausible(
    *,
    mensuelles: Sequence[Decimal],
    titulaires: int = 1,
    source: SourceRythme | str = SourceRythme.OBSERVE,
    personnes: int | None = None,
    heures: Decimal | None = None,
) -> RythmePlausible:
    """Rend ce que le titulaire peut faire en un mois, en heures : réglage du marché.

    Par défaut (« observé ») : le meilleur rythme vu sur trois mois, et au moins une personne à temps plein (151,67 h) par titulaire,
    pour ne pas juger un chantier sur ses débuts. Lève ValueError si le réglage choisi n'a pas son nombre.
    """
    source = SourceRythme(source)
    if source == SourceRythme.HEURES:
        if heures is None or heures <= 0:
            raise ValueError("Indiquez combien d’heures le titulaire peut faire en un mois.")
        return RythmePlausible(heures, f"{nombre(heures)}\u00a0h par mois, réglage du marché")
    if source == SourceRythme.PERSONNES:
        if personnes is None or personnes <= 0:
            raise ValueError("Indiquez combien de personnes à temps plein le titulaire peut prendre.")
        return RythmePlausible(HEURES_D_UN_TEMPS_PLEIN * personnes, f"{_a_temps_plein(personnes)}, réglage du marché")
    vu, plancher = meilleur_rythme(mensuelles), HEURES_D_UN_TEMPS_PLEIN * max(titulaires, 1)
    if vu > plancher:
        return RythmePlausible(vu, "meilleur rythme vu sur trois mois")
    return RythmePlausible(plancher, _a_temps_plein(max(titulaires, 1)))


def evaluer_besoin(
    *,
    validees: Decimal,
    heures_dues: Decimal,
    periode_execution: Periode,
    arrete_le: date,
    rythme: RythmePlausible,
) -> Besoin:
    """Dit ce qui reste à faire, à quel rythme, avec combien de personnes, et jusqu'à quand c'est encore possible.

    `arrete_le` : dernier jour compris dans `validees`. Une personne fait 151,67 h par mois. Lève ValueError sans date de fin.
    """
    if periode_execution.fin is None:
        raise ValueError("Une projection demande une date de fin.")
    restantes = max(heures_dues - validees, Decimal(0))
    reste = reste_apres(periode_execution, arrete_le)
    mois = Decimal(0) if reste is None else reste.nombre_mois() or Decimal(0)
    par_mois = restantes / mois if mois else None
    limite = date_hors_d_atteinte(restantes, rythme.heures_par_mois, periode_execution.fin)
    depart = max(arrete_le, veille(periode_execution.debut))
    return Besoin(
        restantes=restantes,
        mois_restants=_au_centieme(mois),
        par_mois=None if par_mois is None else _au_centieme(par_mois),
        personnes=None if par_mois is None else personnes_a_temps_plein(par_mois),
        etp=None
        if par_mois is None
        else (par_mois / HEURES_D_UN_TEMPS_PLEIN).quantize(DIXIEME, rounding=ROUND_HALF_UP),
        rythme=rythme,
        hors_d_atteinte_le=limite,
        est_hors_d_atteinte=bool(restantes) and (par_mois is None or (limite is not None and limite < depart)),
    )


def personnes_a_temps_plein(heures_par_mois: Decimal) -> int:
    """Rend le nombre entier de personnes à temps plein (151,67 h par mois) qu'il faut pour ces heures mensuelles, jamais négatif."""
    return int((max(heures_par_mois, Decimal(0)) / HEURES_D_UN_TEMPS_PLEIN).to_integral_value(rounding=ROUND_CEILING))


def _a_temps_plein(personnes: int) -> str:
    return f"{quantite(personnes, 'personne')} à temps plein"


def etp(heures: Decimal, diviseur: Decimal = DIVISEUR_ETP) -> Decimal:
    """Rend des équivalents temps plein : heures ÷ diviseur annuel (1 607 h par défaut), au centième.

    Lève ValueError si le diviseur n'est pas positif.
    """
    if diviseur <= 0:
        raise ValueError("Le diviseur d’ETP est un nombre d’heures positif.")
    return _au_centieme(heures / diviseur)


def _au_centieme(valeur: Decimal) -> Decimal:
    return valeur.quantize(CENTIEME, rounding=ROUND_HALF_UP)
