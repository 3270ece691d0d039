"""Ce qui manque pour que chaque sorte d'échéance se voie : un marché qui finit, une embauche sans décision, une pièce ancienne."""

from beneficiaires.models import Justificatif
from beneficiaires.periodes import decaler
from clauses.models import Eligibilite, Marche, TypeClause
from clauses.services.eligibilites import evaluer
from config.demonstration.atelier import Atelier

# Olivier doit commencer dans huit jours et sa pièce n'est pas vue ; l'attestation de Djamila ne vaudra plus dans une dizaine de jours.
EMBAUCHE_PREVUE = ("olivier", "tramway", 8)
PIECE_ANCIENNE = ("djamila", "RSA", -80)
FIN_DU_MARCHE = 41


def construire_echeances(atelier: Atelier) -> None:
    _prevoir_une_embauche(atelier)
    _vieillir_une_piece(atelier)
    _ajouter_un_marche(atelier)


def _prevoir_une_embauche(atelier: Atelier) -> None:
    """La même décision « à compléter », avec le jour d'embauche que l'entreprise vient d'annoncer."""
    personne, operation, jours = EMBAUCHE_PREVUE
    eligibilite = Eligibilite.objects.get(pk=atelier.id("eligibilite", personne, operation))
    evaluation = evaluer(
        beneficiaire=atelier.personnes[personne],
        marche=atelier.regles[operation].marche,
        date_decision=eligibilite.date_decision,
        embauche_prevue=decaler(atelier.reference, jours),
    )
    eligibilite.decision = evaluation.decision.vers_json()
    eligibilite.save(update_fields=["decision"])


def _vieillir_une_piece(atelier: Atelier) -> None:
    personne, critere, jours = PIECE_ANCIENNE
    jour = decaler(atelier.reference, jours)
    pieces = Justificatif.objects.filter(situation=atelier.id("situation", personne, critere))
    pieces.update(date_piece=jour, vu_le=decaler(jour, 3))


def _ajouter_un_marche(atelier: Atelier) -> None:
    """L'accompagnement des équipes : un marché de services d'insertion n'a ni lot ni heures dues, il a une fin."""
    operation, fin = atelier.operations["espaces_verts"], decaler(atelier.reference, FIN_DU_MARCHE)
    debut = decaler(fin, -364)
    Marche.objects.create(
        id=atelier.id("marche", "accompagnement_espaces_verts"),
        operation=operation,
        acheteur=operation.maitre_ouvrage,
        reference="2025-S0044",
        objet="Accompagnement socioprofessionnel des équipes d’espaces verts",
        type_clause=TypeClause.SERVICES_INSERTION,
        date_attribution=decaler(debut, -30),
        date_notification=decaler(debut, -16),
        date_debut=debut,
        date_fin=fin,
    )
