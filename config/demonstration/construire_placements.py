"""Les décisions d'éligibilité, données par le service qui sert aux écrans, puis les contrats et leurs affectations."""

from datetime import date

from beneficiaires.periodes import decaler
from clauses.models import Affectation, Contrat, Eligibilite
from clauses.regles.section_comptage import mode_propose
from clauses.services.eligibilites import evaluer
from clauses.services.fenetres import ajuster_fenetre
from config.demonstration.atelier import Atelier
from config.demonstration.calendrier import moment
from config.demonstration.tables.personnes import PERSONNES
from config.demonstration.tables.placements import DECISIONS, PLACEMENTS, VALIDATIONS_TARDIVES, LignePlacement

METIERS = {ligne.cle: ligne.metier for ligne in PERSONNES}


def construire_placements(atelier: Atelier) -> list[tuple[LignePlacement, str, Affectation]]:
    """Place les personnes dans l'ordre des embauches ; rend les affectations avec leur ligne et la clé de leur engagement.

    Une décision se prend avec ce qui est connu ce jour-là : chacune est écrite avant que la suivante soit évaluée, et
    c'est le contrat qui ouvre sa fenêtre.
    """
    eligibilites: dict[tuple[str, str], Eligibilite] = {}
    affectations = []
    for rang, ligne in sorted(enumerate(PLACEMENTS), key=lambda p: atelier.calendrier.jour(p[1].debut)):
        contrat = _contrat(atelier, rang, ligne)
        operations = list(dict.fromkeys(cle.split("/")[0] for cle in ligne.parts))
        nouvelles = [operation for operation in operations if (ligne.personne, operation) not in eligibilites]
        for operation in nouvelles:
            eligibilites[ligne.personne, operation] = _decider_pour(atelier, ligne, operation, contrat.date_debut)
        contrat.save(force_insert=True)
        placees = [_affectation(atelier, rang, ligne, cle, contrat, eligibilites) for cle in ligne.parts]
        for operation in nouvelles:
            ouverte = ajuster_fenetre(eligibilite=eligibilites[ligne.personne, operation])
            eligibilites[ligne.personne, operation] = ouverte
        for cle, affectation in zip(ligne.parts, placees, strict=True):
            affectation.eligibilite = eligibilites[ligne.personne, cle.split("/")[0]]
            affectations.append((ligne, cle, affectation))
    for ligne in DECISIONS:
        _decider(atelier, ligne.personne, ligne.operation, atelier.calendrier.jour(ligne.date_decision), ligne.remarque)
    return affectations


def _affectation(
    atelier: Atelier,
    rang: int,
    ligne: LignePlacement,
    cle: str,
    contrat: Contrat,
    eligibilites: dict[tuple[str, str], Eligibilite],
) -> Affectation:
    affectation = Affectation(
        id=atelier.id("affectation", rang, cle),
        contrat=contrat,
        engagement=atelier.engagements[cle],
        eligibilite=eligibilites[ligne.personne, cle.split("/", maxsplit=1)[0]],
        mode_execution=mode_propose(contrat.type_contrat, contrat.employeur.categorie).value,
    )
    affectation.save(force_insert=True)
    return affectation


def _contrat(atelier: Atelier, rang: int, ligne: LignePlacement) -> Contrat:
    return Contrat(
        id=atelier.id("contrat", rang),
        beneficiaire=atelier.personnes[ligne.personne],
        type_contrat=ligne.type_contrat,
        employeur=atelier.organisations[ligne.employeur],
        entreprise_utilisatrice=atelier.organisations.get(ligne.utilisatrice),
        metier_id=METIERS[ligne.personne],
        date_debut=atelier.calendrier.jour(ligne.debut),
        date_fin=atelier.calendrier.jour_ou_rien(ligne.fin),
        date_rupture=atelier.calendrier.jour_ou_rien(ligne.rupture),
        heures_hebdo=ligne.heures_hebdo,
    )


def _decider_pour(atelier: Atelier, ligne: LignePlacement, operation: str, embauche: date) -> Eligibilite:
    """Décide quelques jours avant l'embauche, ou après elle quand la validation a tardé."""
    if (ligne.personne, operation) in VALIDATIONS_TARDIVES:
        jour = decaler(embauche, VALIDATIONS_TARDIVES[ligne.personne, operation])
        return _decider(atelier, ligne.personne, operation, jour, embauche=embauche)
    tirage = atelier.hasard("decision", ligne.personne, operation)
    return _decider(atelier, ligne.personne, operation, atelier.jours_avant(embauche, tirage, 4, 14))


def _decider(
    atelier: Atelier, personne: str, operation: str, jour: date, remarque: str = "", embauche: date | None = None
) -> Eligibilite:
    beneficiaire = atelier.personnes[personne]
    evaluation = evaluer(
        beneficiaire=beneficiaire,
        marche=atelier.regles[operation].marche,
        date_decision=jour,
        embauche_prevue=embauche,
    )
    fenetre = evaluation.decision.fenetre
    eligibilite = Eligibilite(
        id=atelier.id("eligibilite", personne, operation),
        beneficiaire=beneficiaire,
        operation=atelier.operations[operation],
        regle=evaluation.regle,
        decision=evaluation.decision.vers_json(),
        date_debut=fenetre.debut if fenetre else None,
        date_fin=fenetre.fin if fenetre else None,
        reponse=evaluation.decision.reponse.value,
        criteres_retenus=list(evaluation.decision.criteres),
        date_decision=jour,
        decide_par=beneficiaire.referent,
        motif=remarque,
    )
    eligibilite.save(force_insert=True)
    return eligibilite


def dater_les_placements() -> None:
    """Les décisions et les contrats ont été saisis le jour de la décision, ou la veille de l'embauche."""
    eligibilites = list(Eligibilite.objects.all())
    for eligibilite in eligibilites:
        eligibilite.cree_le = moment(eligibilite.date_decision, 11, 15)
    Eligibilite.objects.bulk_update(eligibilites, ["cree_le"])
    contrats = list(Contrat.objects.all())
    for contrat in contrats:
        contrat.cree_le = moment(contrat.date_debut, 8, 40)
    Contrat.objects.bulk_update(contrats, ["cree_le"])
