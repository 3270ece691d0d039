"""Le contrat de travail et son employeur, face au lot et à la règle du marché."""

from clauses.regles.controles.controle import MARCHE, USAGE, Controle
from clauses.regles.controles.faits import Faits
from clauses.regles.controles.niveaux import Niveau
from clauses.regles.placements import controler_lien_au_lot, controler_utilisatrice
from comptes.formats import date_longue, heures
from comptes.regles import Refus


def sous_traitant_non_declare(faits: Faits) -> str | None:
    """Un employeur (ou l'entreprise qu'il sert) qui n'est pas inscrit sur le lot ; rend la phrase du placement, ou None."""
    if not faits.heures:
        return None
    contrat = faits.contrat
    avertissement = controler_lien_au_lot(
        employeur=contrat.employeur,
        utilisatrice=contrat.utilisatrice,
        met_a_disposition=contrat.met_a_disposition,
        entreprises_du_lot=dict(faits.lot.entreprises),
        lot="ce lot",
    )
    return f"{faits.quoi}\u00a0: {avertissement.phrase}" if avertissement else None


def utilisatrice_absente(faits: Faits) -> str | None:
    """Une mise à disposition sans entreprise utilisatrice ; rend la phrase du placement, ou None."""
    if not faits.heures:
        return None
    contrat = faits.contrat
    constats = controler_utilisatrice(
        employeur=contrat.employeur,
        type_employeur=contrat.type_employeur,
        met_a_disposition=contrat.met_a_disposition,
        utilisatrice=contrat.utilisatrice,
    )
    return next((f"{faits.quoi}\u00a0: {c.phrase}" for c in constats if isinstance(c, Refus)), None)


def contrat_rompu(faits: Faits) -> str | None:
    """Des heures dans le mois où le contrat s'est rompu ; rend la phrase, ou None."""
    rupture = faits.contrat.date_rupture
    if not faits.heures or rupture is None or not faits.periode.debut <= rupture <= faits.fin:
        return None
    return (
        f"{faits.quoi}\u00a0: le contrat a été rompu le {date_longue(rupture)}. "
        "Vérifiez que le relevé s’arrête à ce jour, congés payés non compris."
    )


def contrat_hors_clause(faits: Faits) -> str | None:
    """Des heures que la règle du marché ne compte pas (stage, tutorat, hors du site…) ; rend la phrase, ou None."""
    if not faits.heures or not faits.hors_clause:
        return None
    return (
        f"{faits.quoi}\u00a0: {faits.hors_clause}, la règle du marché ne les compte pas. "
        "Vérifiez le mode d’exécution, ou ce que dit le marché."
    )


def plus_que_le_bulletin(faits: Faits) -> str | None:
    """Plus d'heures que le bulletin de paie n'en porte, quand elles ont été relevées ; rend la phrase, ou None."""
    if faits.heures_bulletin is None or faits.heures <= faits.heures_bulletin:
        return None
    return (
        f"{faits.quoi}\u00a0: le bulletin de paie en porte {heures(faits.heures_bulletin)}. "
        "Ramenez les heures au bulletin, ou corrigez les heures du bulletin."
    )


CONTROLES = (
    Controle(
        "sous_traitant_non_declare",
        "Employeur qui n’est pas inscrit sur le lot",
        "une entreprise inscrite sur le lot",
        "Code de la commande publique, L2193-4",
        sous_traitant_non_declare,
    ),
    Controle(
        "utilisatrice_absente",
        "Mise à disposition sans entreprise utilisatrice",
        "une entreprise utilisatrice",
        "Code du travail, L1251-1 et L5132-6",
        utilisatrice_absente,
    ),
    Controle("contrat_rompu", "Mois d’une rupture", "le jour de la rupture", USAGE, contrat_rompu),
    Controle(
        "contrat_hors_clause",
        "Heures que la règle ne compte pas",
        "les modes d’exécution comptés",
        MARCHE,
        contrat_hors_clause,
        Niveau.NE_COMPTE_PAS,
    ),
    Controle(
        "plus_que_le_bulletin",
        "Plus d’heures que le bulletin de paie",
        "les heures du bulletin, quand elles sont relevées",
        MARCHE,
        plus_que_le_bulletin,
    ),
)
