"""Ouvrir, refermer et recalculer la fenêtre d'une décision, toujours avec les paramètres que la décision porte."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from beneficiaires.periodes import Periode, decaler
from clauses.regles.anteriorite import Anteriorite, examiner_anteriorite
from clauses.regles.choix import ChangementEntreprise, PointDepart
from clauses.regles.decision import Decision, Raison, Reponse
from clauses.regles.faits import FaitContrat
from clauses.regles.fenetre import (
    NOMS_DATES,
    POINTS_A_VENIR,
    cle_de_contrat,
    fenetre_eligibilite,
    fenetres_par_contrat,
)
from clauses.regles.parametres import ParametresRegle
from comptes.formats import date_longue, periode
from comptes.regles import Refus

# Les raisons qu'ajoute l'ouverture d'une fenêtre ; refermée, elle les perd.
RAISONS_DE_LA_FENETRE: Final = frozenset({"fenetre_a_ouvrir", "validation_tardive"})
RAISONS_DE_L_OUVERTURE: Final = RAISONS_DE_LA_FENETRE | {"embauche_anterieure_admise", "embauche_anterieure_reexaminee"}
# Une clause antérieure fixe l'ouverture : une embauche n'y change rien.
RAISONS_QUI_IMPOSENT: Final = frozenset({"clause_en_cours", "fenetre_continue"})


def ouvrir_fenetre(
    decision: Decision,
    *,
    date_embauche: date | None = None,
    premiere_heure: date | None = None,
    contrats: Sequence[FaitContrat] = (),
) -> Decision:
    """Rend la décision prise, sa fenêtre ouverte à l'embauche ou à la première heure, avec **ses** paramètres.

    `contrats` : ceux qui servent l'opération, lus par une règle qui regarde leur type, leur entreprise ou leur marché. Une
    décision qui n'est pas « éligible », ou dont la fenêtre est déjà ouverte, revient inchangée. Une embauche d'avant la
    notification suit le sort que le marché lui fait : la réponse peut alors n'être plus « éligible », et sa raison le dit.
    """
    regardes = tuple(contrats) if decision.parametres.depend_des_contrats else ()
    if decision.reponse != Reponse.ELIGIBLE or (decision.fenetre is not None and not regardes):
        return decision
    dates = replace(
        decision.dates,
        embauche=date_embauche or decision.dates.embauche,
        premiere_heure=premiere_heure or decision.dates.premiere_heure,
    )
    anteriorite = Anteriorite()
    if dates.embauche != decision.dates.embauche:
        anteriorite = examiner_anteriorite(decision.parametres, dates, None)
    gardees = tuple(raison for raison in decision.raisons if raison.fait not in RAISONS_DE_LA_FENETRE)
    ouverte = replace(
        decision,
        dates=dates,
        contrats=regardes,
        debut_impose=decision.debut_impose or anteriorite.debut_fenetre,
        raisons=(*gardees, *([anteriorite.raison] if anteriorite.raison else [])),
    )
    if anteriorite.est_refusee:
        return replace(ouverte, reponse=Reponse.NON_ELIGIBLE)
    if anteriorite.manque:
        return replace(ouverte, reponse=Reponse.A_COMPLETER, manques=(*decision.manques, anteriorite.manque))
    if raison := _nouvelle_validation(ouverte):
        return replace(ouverte, reponse=Reponse.NON_ELIGIBLE, raisons=(*ouverte.raisons, raison))
    return avec_fenetre(ouverte)


def refermer_fenetre(decision: Decision) -> Decision:
    """Rend la décision telle qu'elle attendait l'embauche ou la première heure, pour l'ouvrir à une autre date.

    Sert quand la date d'un contrat est corrigée. Une fenêtre qui ne dépend ni de l'embauche ni des contrats (attribution,
    notification, début d'exécution, validation, clause en cours) revient inchangée, comme une réponse autre que « éligible ».
    """
    imposee = any(raison.fait in RAISONS_QUI_IMPOSENT for raison in decision.raisons)
    depend_de_l_embauche = decision.parametres.point_depart in POINTS_A_VENIR and not imposee
    if decision.reponse != Reponse.ELIGIBLE or not (depend_de_l_embauche or decision.parametres.depend_des_contrats):
        return decision
    return avec_fenetre(
        replace(
            decision,
            dates=replace(decision.dates, embauche=None, premiere_heure=None),
            contrats=(),
            fenetre=None,
            ouverture=None,
            debut_impose=decision.debut_impose if imposee else None,
            raisons=tuple(raison for raison in decision.raisons if raison.fait not in RAISONS_DE_L_OUVERTURE),
        )
    )


def fenetre_du_contrat(decision: Decision, contrat: FaitContrat) -> Periode | None:
    """Rend les jours où les heures de ce contrat comptent ; None si rien n'est ouvert pour lui.

    C'est la fenêtre de la décision, sauf quand la règle ouvre une fenêtre par entreprise ou par marché.
    """
    if decision.fenetre is None or not cle_de_contrat(decision.parametres, contrat):
        return decision.fenetre
    cle = cle_de_contrat(decision.parametres, contrat)
    est_connu = any(cle_de_contrat(decision.parametres, connu) == cle for connu in decision.contrats)
    connus = decision.contrats if est_connu else (*decision.contrats, contrat)
    fenetres = fenetres_par_contrat(
        decision.parametres, decision.dates, connus, decision.prolongations, decision.debut_impose
    )
    if isinstance(fenetres, Refus):
        return None
    return fenetres[cle].intersection(decision.fenetre)


def avec_fenetre(decision: Decision) -> Decision:
    """Rend la décision « éligible » avec sa fenêtre ; « à compléter » ou « non éligible » si les dates l'imposent."""
    parametres, dates = decision.parametres, decision.dates
    resultat = fenetre_eligibilite(
        parametres,
        dates,
        contrats=decision.contrats,
        prolongations=decision.prolongations,
        debut_impose=decision.debut_impose,
    )
    article = parametres.article_de("duree_mois")
    if isinstance(resultat, Periode):
        return _bornee_par_la_validation(decision, resultat)
    if resultat.code in ("operation_finie", "contrat_fini"):
        jour = dates.fin_operation if resultat.code == "operation_finie" else None
        raison = Raison(resultat.phrase, resultat.code, jour, article)
        return replace(decision, reponse=Reponse.NON_ELIGIBLE, raisons=(*decision.raisons, raison))
    if resultat.code == "date_manquante_fin_pass":
        return replace(decision, reponse=Reponse.A_COMPLETER, manques=(*decision.manques, "date de fin du PASS IAE"))
    if parametres.point_depart in POINTS_A_VENIR:
        raison = Raison(
            f"La fenêtre s’ouvrira à {_evenement(parametres.point_depart)}\u00a0: son dernier jour sera calculé ce jour-là.",
            "fenetre_a_ouvrir",
            None,
            article,
        )
        return replace(decision, reponse=Reponse.ELIGIBLE, raisons=(*decision.raisons, raison))
    return replace(decision, manques=(*decision.manques, NOMS_DATES[parametres.point_depart]))


def sans_raisons_de_fenetre(decision: Decision) -> Decision:
    """Rend la décision sans ce que dit sa fenêtre, à donner à `avec_fenetre` quand un fait a changé."""
    raisons = tuple(raison for raison in decision.raisons if raison.fait not in RAISONS_DE_LA_FENETRE)
    return replace(decision, fenetre=None, ouverture=None, raisons=raisons)


def _nouvelle_validation(decision: Decision) -> Raison | None:
    """Rend la raison qui arrête un changement d'entreprise que personne n'a validé, là où le marché le demande."""
    parametres = decision.parametres
    if parametres.changement_entreprise != ChangementEntreprise.NOUVELLE_VALIDATION:
        return None
    nouvelles = {
        c.entreprise: c.nom_entreprise for c in decision.contrats if c.entreprise not in decision.entreprises_connues
    }
    if len(nouvelles) < 2:
        return None
    texte = (
        f"La personne change d’entreprise ({', puis '.join(nouvelles.values())})\u00a0: le marché demande une nouvelle "
        "validation. Décidez à nouveau son éligibilité, puis revenez la placer."
    )
    return Raison(texte, "changement_entreprise", None, parametres.article_de("changement_entreprise"))


def _bornee_par_la_validation(decision: Decision, fenetre: Periode) -> Decision:
    """Retire de la fenêtre les jours d'avant la décision, quand le marché ne les admet pas."""
    parametres, decidee, embauche = decision.parametres, decision.validee_le, decision.dates.embauche
    dernier_utile = max(decidee, embauche or decidee)
    if fenetre.fin is not None and dernier_utile > fenetre.fin:
        raison = Raison(
            f"La fenêtre ({periode(fenetre.debut, fenetre.fin)}) s’est fermée avant "
            f"{'la validation' if dernier_utile == decidee else 'l’embauche'} du {date_longue(dernier_utile)}\u00a0: "
            "aucune heure ne peut plus compter.",
            "fenetre_fermee",
            fenetre.fin,
            parametres.article_de("duree_mois"),
        )
        return replace(decision, reponse=Reponse.NON_ELIGIBLE, raisons=(*decision.raisons, raison))
    ouverture, raisons = fenetre.debut, list(decision.raisons)
    premier_jour = max(ouverture, embauche or ouverture)
    if ouverture < decidee and not _regularisable(parametres, premier_jour, decidee):
        fenetre = Periode(decidee, fenetre.fin)
        if embauche is not None and premier_jour < decidee:
            texte = (
                f"La validation du {date_longue(decidee)} suit l’embauche du {date_longue(embauche)}\u00a0: "
                "les heures faites avant la validation ne comptent pas."
            )
            article = parametres.article_de("validation_prealable")
            raisons.append(Raison(texte, "validation_tardive", decidee, article))
    return replace(decision, reponse=Reponse.ELIGIBLE, fenetre=fenetre, ouverture=ouverture, raisons=tuple(raisons))


def _regularisable(parametres: ParametresRegle, premier_jour: date, decidee: date) -> bool:
    if parametres.validation_prealable:
        return False
    if parametres.regularisation_jours is None:
        return True
    return decidee <= decaler(premier_jour, parametres.regularisation_jours)


def _evenement(point: PointDepart) -> str:
    return "la première heure sur l’opération" if point == PointDepart.PREMIERE_HEURE else "l’embauche"
