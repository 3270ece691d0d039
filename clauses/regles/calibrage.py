"""Calibrer une clause : combien d'heures pour ce montant, ce métier et cette durée, quel dispositif, et pourquoi.

Rien ici ne décide : chaque valeur se change à la main, et le résultat dit d'où vient chacune.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from clauses.regles.calibrage_besoin import (
    Besoin,
    Efforts,
    controler_besoin,
    cout_retenu,
    efforts_retenus,
    est_en_reprise,
    part_retenue,
)
from clauses.regles.calibrage_dispositifs import Dispositif, proposer_dispositifs
from clauses.regles.calibrage_tables import (
    DEROGATIONS,
    METIERS,
    MOIS_MINIMUM_EN_TRAVAUX,
    PAS_ENCORE,
    SAISI,
    SOURCE_EFFORTS,
    USAGE,
    NatureMarche,
    SeuilEuropeen,
    TypeAcheteur,
    depuis_l_obligation,
    ecrire_seuil,
    seuil_europeen,
)
from clauses.regles.dues import Arrondi, arrondir, calculer_heures_exactes, ecrire_formule
from clauses.regles.modes_dues import ecrire_nettoyage, heures_nettoyage_exactes
from clauses.regles.objectifs import ecrire_npnru, heures_npnru, heures_travaillees
from clauses.regles.rythme import DIXIEME, HEURES_D_UN_TEMPS_PLEIN, etp
from comptes.formats import de, enumeration, euros, nombre, pourcent, quantite
from comptes.formats import heures as ecrire_heures

EN_CLAUSE: Final = "Écrites en clause d’exécution, les heures seraient celles-ci\u00a0:"


class CodeObligation(StrEnum):
    """Ce que la loi Climat demande à ce marché."""

    OBLIGATOIRE = "obligatoire"
    DEROGATION = "derogation"
    FACULTATIVE = "facultative"
    A_COMPLETER = "a_completer"


@dataclass(frozen=True, slots=True)
class Obligation:
    """Le marché doit-il porter une condition sociale (L2112-2-1) ? `derogations` : ce qui l'en dispenserait, motivé."""

    code: CodeObligation
    phrase: str
    derogations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hypothese:
    """Une valeur du calcul, écrite, et d'où elle vient ; `a_confirmer` : aucun texte publié ne la donne."""

    nom: str
    valeur: str
    source: str

    @property
    def a_confirmer(self) -> bool:
        """Dit si la valeur n'est qu'un usage."""
        return USAGE in self.source


@dataclass(frozen=True, slots=True)
class Calibrage:
    """Le résultat. Heures entières, arrondies à l'inférieure ; `mois_a_temps_plein` : ce que font les heures conseillées."""

    basses: Decimal
    conseillees: Decimal
    hautes: Decimal
    efforts: Efforts
    calcul: str
    etp: Decimal
    mois_a_temps_plein: Decimal
    personnes: int
    mois_par_personne: Decimal
    dispositifs: tuple[Dispositif, ...]
    obligation: Obligation
    hypotheses: tuple[Hypothese, ...]
    alertes: tuple[str, ...]
    heures_qpv: Decimal | None = None
    calcul_qpv: str = ""

    @property
    def conseil(self) -> Dispositif:
        """Rend le dispositif le plus adapté."""
        return self.dispositifs[0]

    @property
    def autres(self) -> tuple[Dispositif, ...]:
        """Rend les dispositifs possibles à défaut du premier."""
        return self.dispositifs[1:]


def calibrer(besoin: Besoin, *, aujourd_hui: date) -> Calibrage:
    """Rend les heures, les dispositifs et l'obligation pour ce marché. Lève Contradiction, sur un champ, si une valeur ne tient pas.

    La consultation est supposée lancée à sa date de publication ; à défaut, aujourd'hui. Source de la formule : MEF du Sud 77
    (1 000 000 € × 50 % × 5 % ÷ 30 € = 833 h, à l'heure inférieure).
    """
    controler_besoin(besoin)
    efforts = efforts_retenus(besoin)
    basses, conseillees, hautes = (
        arrondir(_heures_exactes(besoin, effort), Arrondi.INFERIEUR)
        for effort in (efforts.bas, efforts.conseille, efforts.haut)
    )
    mois, personnes = _personnes(conseillees, besoin.duree_mois)
    qpv, calcul_qpv = _heures_qpv(besoin)
    return Calibrage(
        basses=basses,
        conseillees=conseillees,
        hautes=hautes,
        efforts=efforts,
        calcul=_calcul(besoin, efforts.conseille),
        etp=etp(conseillees),
        mois_a_temps_plein=_au_dixieme(mois),
        personnes=personnes,
        mois_par_personne=_au_dixieme(mois / personnes) if personnes else Decimal(0),
        dispositifs=proposer_dispositifs(besoin, conseillees),
        obligation=obligation_sociale(besoin, aujourd_hui=aujourd_hui),
        hypotheses=_hypotheses(besoin, efforts),
        alertes=_alertes(besoin, efforts),
        heures_qpv=qpv,
        calcul_qpv=calcul_qpv,
    )


def obligation_sociale(besoin: Besoin, *, aujourd_hui: date) -> Obligation:
    """Dit ce que demande L2112-2-1 : depuis le 22 août 2026, à partir du seuil européen, une condition sociale ou le motif de son absence.

    Source : loi 2021-1104 du 22 août 2021, article 35. Le seuil se compare à la valeur de toute la consultation, lots réunis.
    """
    if besoin.acheteur == TypeAcheteur.PRIVE:
        return Obligation(
            CodeObligation.FACULTATIVE, "Un maître d’ouvrage privé n’est pas soumis au code de la commande publique."
        )
    jour = besoin.publication or aujourd_hui
    if not depuis_l_obligation(jour):
        return Obligation(CodeObligation.FACULTATIVE, PAS_ENCORE)
    seuil = (
        SeuilEuropeen(besoin.seuil_euros, SAISI)
        if besoin.seuil_euros is not None
        else seuil_europeen(besoin.nature, besoin.acheteur, jour)
    )
    if seuil is None:
        return Obligation(
            CodeObligation.A_COMPLETER,
            "Le seuil européen de cette date n’est pas connu ici\u00a0: écrivez-le pour savoir si la clause est obligatoire.",
        )
    montant = f"{euros(besoin.montant_ht_euros)} HT"
    if besoin.montant_ht_euros < seuil.montant_euros:
        return Obligation(
            CodeObligation.FACULTATIVE,
            f"{montant}, sous le seuil européen {de(ecrire_seuil(seuil))}\u00a0: la clause reste un choix.",
        )
    phrase = (
        f"{montant}, au seuil européen {de(ecrire_seuil(seuil))} ou au-dessus\u00a0: le marché porte une condition sociale, "
        "ou vous écrivez pourquoi il n’en porte pas (L2112-2-1)."
    )
    if besoin.nature == NatureMarche.TRAVAUX and besoin.duree_mois < MOIS_MINIMUM_EN_TRAVAUX:
        phrase += f" Travaux de moins de {MOIS_MINIMUM_EN_TRAVAUX} mois\u00a0: la quatrième dérogation s’applique."
        return Obligation(CodeObligation.DEROGATION, phrase, DEROGATIONS)
    return Obligation(CodeObligation.OBLIGATOIRE, phrase, DEROGATIONS)


def rediger_calibrage(calibrage: Calibrage) -> str:
    """Rend le résultat en un paragraphe, le même à l'écran, dans un projet de marché et dans un avis."""
    c, conseil = calibrage, calibrage.conseil
    raison = f" {conseil.raisons[0]}" if conseil.raisons else ""
    base = f" ({conseil.base})" if conseil.base else ""
    phrases = [f"{conseil.titre}{base}.{raison}"]
    if c.conseillees:
        duree = f"{nombre(c.mois_par_personne, 1)}\u00a0mois"
        debut = "De" if conseil.demande_des_heures else f"{EN_CLAUSE} de"
        fourchette = f"{debut} {ecrire_heures(c.basses)} à {ecrire_heures(c.hautes)}"
        phrases.append(
            f"{fourchette}, {ecrire_heures(c.conseillees)} conseillées\u00a0: "
            f"{quantite(c.personnes, 'personne')} à temps plein pendant {duree}"
            f"{' chacune' if c.personnes > 1 else ''}, soit {nombre(c.etp)}\u00a0ETP."
        )
    phrases.append(f"Calcul\u00a0: {c.calcul}.")
    if c.heures_qpv is not None:
        phrases.append(f"Dont, pour les habitants des quartiers prioritaires\u00a0: {c.calcul_qpv}.")
    phrases.append(c.obligation.phrase)
    return " ".join(phrases)


def _heures_exactes(besoin: Besoin, effort: Decimal) -> Decimal:
    if est_en_reprise(besoin):
        return heures_nettoyage_exactes(
            heures_totales=besoin.heures_totales or Decimal(0),
            heures_reprises=besoin.heures_reprises or Decimal(0),
            taux_effort=effort,
        )
    return calculer_heures_exactes(
        montant_ht_euros=besoin.montant_ht_euros,
        part_main_oeuvre=_part(besoin),
        taux_effort=effort,
        cout_horaire_euros=cout_retenu(besoin).valeur,
    )


def _calcul(besoin: Besoin, effort: Decimal) -> str:
    if est_en_reprise(besoin):
        return ecrire_nettoyage(
            heures_totales=besoin.heures_totales or Decimal(0),
            heures_reprises=besoin.heures_reprises or Decimal(0),
            taux_effort=effort,
            arrondi=Arrondi.INFERIEUR,
        )
    return ecrire_formule(
        montant_ht_euros=besoin.montant_ht_euros,
        part_main_oeuvre=_part(besoin),
        taux_effort=effort,
        cout_horaire_euros=cout_retenu(besoin).valeur,
    )


def _part(besoin: Besoin) -> Decimal:
    part = part_retenue(besoin)
    if part is None:
        raise ValueError("Un besoin contrôlé a une part de main-d’œuvre.")
    return part.valeur


def _personnes(heures: Decimal, duree_mois: int) -> tuple[Decimal, int]:
    """Rend les mois à temps plein que font ces heures, et le plus petit nombre de personnes qui les font dans la durée."""
    mois = heures / HEURES_D_UN_TEMPS_PLEIN
    return mois, int((mois / duree_mois).to_integral_value(rounding=ROUND_CEILING))


def _heures_qpv(besoin: Besoin) -> tuple[Decimal | None, str]:
    if besoin.npnru is None:
        return None, ""
    travaillees = heures_travaillees(
        montant_ht_euros=besoin.montant_ht_euros,
        part_main_oeuvre=_part(besoin),
        cout_horaire_euros=cout_retenu(besoin).valeur,
    )
    if besoin.heures_totales is not None:
        travaillees = besoin.heures_totales
    return heures_npnru(travaillees, besoin.npnru), ecrire_npnru(travaillees, besoin.npnru)


def _hypotheses(besoin: Besoin, efforts: Efforts) -> tuple[Hypothese, ...]:
    part, cout = part_retenue(besoin), cout_retenu(besoin)
    saisis = (besoin.effort_bas, besoin.effort, besoin.effort_haut)
    source = SAISI if any(effort is not None for effort in saisis) else SOURCE_EFFORTS
    if efforts.plancher is not None:
        source += f"\u00a0; charte du NPNRU, au moins {pourcent(efforts.plancher, 2)}"
    lignes = []
    if not est_en_reprise(besoin) and part is not None:
        lignes.append(
            Hypothese(
                f"Part de main-d’œuvre, {METIERS[besoin.metier].libelle.lower()}", pourcent(part.valeur, 2), part.source
            )
        )
        lignes.append(Hypothese("Coût d’une heure", euros(cout.valeur), cout.source))
    valeurs = enumeration(pourcent(effort, 2) for effort in (efforts.bas, efforts.conseille, efforts.haut))
    lignes.append(Hypothese("Effort d’insertion, bas, conseillé et haut", valeurs, source))
    return tuple(lignes)


def _alertes(besoin: Besoin, efforts: Efforts) -> tuple[str, ...]:
    alertes = []
    if efforts.releve and efforts.plancher is not None:
        alertes.append(f"L’effort est relevé à {pourcent(efforts.plancher, 2)}, le minimum de la charte du NPNRU.")
    if besoin.metier == "proprete" and not est_en_reprise(besoin):
        alertes.append(
            "Propreté\u00a0: si le personnel en place est repris, écrivez ses heures. L’effort ne porte que sur les agents "
            "nouvellement affectés (Inser’Propreté)."
        )
    if besoin.lots > 1:
        alertes.append(
            "Plusieurs lots\u00a0: les heures s’écrivent lot par lot, et le seuil européen se compare à leur valeur réunie."
        )
    if besoin.siae is None and besoin.adaptees is None and besoin.acheteur != TypeAcheteur.PRIVE:
        alertes.append("Sans le nombre de structures qui peuvent répondre, une réservation ne se juge pas ici.")
    return tuple(alertes)


def _au_dixieme(valeur: Decimal) -> Decimal:
    return valeur.quantize(DIXIEME, rounding=ROUND_HALF_UP)
