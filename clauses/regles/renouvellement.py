"""Renouveler une éligibilité : sur avis motivé d'un organisme que le marché admet, ou sur un nouveau diagnostic."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from beneficiaires.criteres import ORGANISMES_AVIS
from clauses.regles.choix import Renouvellement, UniteDuree
from clauses.regles.decision import Decision, Raison
from clauses.regles.examen import SituationsExaminees, examiner_situations
from clauses.regles.faits import FaitProlongation, FaitSituation, FaitsPersonne
from clauses.regles.ouverture import avec_fenetre, sans_raisons_de_fenetre
from clauses.regles.parametres import HEURES_PAR_AN
from comptes.formats import date_longue, enumeration, quantite
from comptes.regles import Refus


def controler_renouvellement(decision: Decision) -> Refus | None:
    """Dit pourquoi cette décision ne se renouvelle pas, ou None si le marché l'admet encore. Source : pièces du marché."""
    parametres = decision.parametres
    faits = len(decision.prolongations)
    if parametres.renouvellement == Renouvellement.AUCUN:
        return Refus("La règle du marché ne prévoit pas de renouvellement.", "renouvellement_absent")
    if faits >= parametres.renouvellements_maximum:
        deja = "il a déjà eu lieu" if faits == 1 else "ils ont déjà eu lieu"
        phrase = f"Le marché admet {quantite(parametres.renouvellements_maximum, 'renouvellement')}\u00a0: {deja}."
        return Refus(phrase, "renouvellement_epuise")
    if not decision.est_eligible or decision.fenetre is None:
        return Refus(
            "Seule une éligibilité dont la fenêtre est ouverte se renouvelle. Décidez d’abord.", "rien_a_renouveler"
        )
    if decision.fenetre.fin is None and parametres.unite_duree == UniteDuree.CALENDRIER:
        return Refus("Cette éligibilité n’a pas de fin\u00a0: elle n’a pas à être renouvelée.", "sans_fin")
    return None


def renouveler(
    decision: Decision,
    *,
    avis_date: date,
    organisme: str,
    date_decision: date,
    personne: FaitsPersonne | None = None,
    situations: Sequence[FaitSituation] = (),
) -> Decision | Refus:
    """Rend la décision renouvelée, ou le refus qui dit pourquoi elle ne peut pas l'être.

    Sur avis motivé, la fenêtre gagne les mois que fixe le marché à partir de son dernier jour. Sur un nouveau diagnostic, les
    critères sont réexaminés au jour de l'avis, et la durée entière repart de ce jour. `organisme` : code d'ORGANISMES_AVIS.
    L'avis date au plus tard du dernier jour de la fenêtre : après lui, une nouvelle éligibilité se décide.
    Source : pièces du marché ; fiche A3, « sur avis motivé ».
    """
    refus = controler_renouvellement(decision) or _controler_avis(decision, avis_date, organisme, date_decision)
    if refus is not None:
        return refus
    parametres = decision.parametres
    examen = SituationsExaminees(retenus=decision.faits)
    sur_avis = parametres.renouvellement == Renouvellement.AVIS
    if not sur_avis:
        examen = examiner_situations(parametres, personne or FaitsPersonne(), situations, avis_date, date_decision)
        if len(examen.retenus) < parametres.criteres_minimum:
            manque = enumeration(examen.manques) or "une situation de la liste du marché, vraie ce jour-là"
            return Refus(
                f"Le nouveau diagnostic du {date_longue(avis_date)} demande\u00a0: {manque}.", "diagnostic_insuffisant"
            )
    mois = parametres.renouvellement_mois if sur_avis else None
    quoi = f"Renouvelée de {quantite(mois, 'mois')}" if mois else "Rouverte pour sa durée entière"
    pourquoi = "avis motivé" if sur_avis else "un nouveau diagnostic, avec l’avis motivé"
    texte = (
        f"{quoi} le {date_longue(date_decision)}, sur {pourquoi} du {date_longue(avis_date)} "
        f"({ORGANISMES_AVIS[organisme]})."
    )
    raison = Raison(texte, "renouvellement", avis_date, parametres.article_de("renouvellement"))
    base = sans_raisons_de_fenetre(decision)
    return avec_fenetre(
        replace(
            base,
            date_decision=date_decision,
            dates=replace(base.dates, validation=decision.validee_le),
            faits=examen.retenus,
            raisons=(*base.raisons, raison),
            prolongations=(*base.prolongations, FaitProlongation(avis_date, organisme, mois)),
        )
    )


def quota_de(decision: Decision) -> Decimal | None:
    """Rend les heures qui ferment une fenêtre en temps de travail, renouvellements compris ; None au calendrier."""
    base = decision.parametres.heures_de_la_duree
    if base is None:
        return None
    ajoutes = sum(prolongation.mois or 0 for prolongation in decision.prolongations)
    return base + HEURES_PAR_AN * ajoutes / 12


def _controler_avis(decision: Decision, avis_date: date, organisme: str, date_decision: date) -> Refus | None:
    admis = decision.parametres.organismes
    if organisme not in admis:
        noms = ", ".join(ORGANISMES_AVIS[code] for code in admis)
        return Refus(f"Le marché demande l’avis motivé d’un de ces organismes\u00a0: {noms}.", "organisme_avis")
    if avis_date > date_decision:
        return Refus(
            f"L’avis du {date_longue(avis_date)} suit la décision du {date_longue(date_decision)}. Vérifiez les dates.",
            "avis_futur",
        )
    fin = decision.fenetre.fin if decision.fenetre else None
    if fin is not None and avis_date > fin:
        return Refus(
            f"La fenêtre s’est fermée le {date_longue(fin)} inclus, avant l’avis du {date_longue(avis_date)}\u00a0: "
            "elle ne se prolonge plus. Décidez une nouvelle éligibilité.",
            "avis_tardif",
        )
    return None
