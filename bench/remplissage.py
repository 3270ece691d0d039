"""Une structure de plusieurs centaines ou milliers de personnes : la démonstration, puis autant de personnes qu'il en manque.

Les opérations restent celles de la démonstration ; personnes, décisions, contrats, heures, agréments, orientations et alertes grandissent
ensemble. Tout dépend d'une graine.
"""

import random
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pgtrigger
from dateutil.relativedelta import relativedelta
from django.db import connection, transaction

from beneficiaires.models import Beneficiaire, EtatOrientation, Justificatif, Orientation, Situation
from beneficiaires.periodes import ajouter_mois, mois_de
from clauses.cumuls import recalculer_tous
from clauses.models import Affectation, Contrat, Eligibilite, EtatReleve, ReleveHeures, ReponseEligibilite
from comptes.models import Organisation
from config.demonstration.calendrier import moment
from config.demonstration.peuplement import peupler
from parcours.models import Agrement, TypeAgrement
from parcours.regles import fin_agrement
from reporting.alertes import signaler_echeances

GRAINE = 2024
MOIS_DECLARES = 8
NOMS = ("Martin", "Bernard", "Petit", "Robert", "Richard", "Durand", "Leroy", "Moreau", "Simon", "Laurent", "Lefebvre")
PRENOMS = ("Léa", "Hugo", "Amina", "Karim", "Chloé", "Yanis", "Inès", "Lucas", "Fatou", "Nathan", "Manon", "Mehdi")
COMMUNES = ("Villerive", "Montreval", "Port-Ambroise", "Hautvallon")


class Remplissage:
    """Ajoute des personnes à la structure de démonstration, chacune avec tout son dossier."""

    def __init__(self, reference: date) -> None:
        self.reference = reference
        self.tirage = random.Random(GRAINE)
        self.structure = Organisation.objects.get(nom="Maison de l’emploi du Confluent")
        self.prescripteurs = list(Organisation.objects.du_profil("prescripteur"))
        self.membres = [adhesion.utilisateur for adhesion in self.structure.adhesions.all()]
        courantes = Affectation.objects.filter(
            eligibilite__operation__structure=self.structure,
            eligibilite__operation__date_fin__gte=reference,
            eligibilite__reponse=ReponseEligibilite.ELIGIBLE,
        )
        self.modeles = list(courantes.select_related("contrat", "eligibilite", "engagement"))
        self.dossiers: dict[type, list] = {}

    def id(self) -> UUID:
        return UUID(int=self.tirage.getrandbits(128), version=4)

    def garder(self, objet):
        self.dossiers.setdefault(type(objet), []).append(objet)
        return objet

    def ecrire(self) -> None:
        for modele, objets in self.dossiers.items():
            modele.objects.bulk_create(objets, batch_size=2000)

    def personne(self, rang: int) -> None:
        tirage = self.tirage
        membre = tirage.choice(self.membres)
        personne = self.garder(
            Beneficiaire(
                id=self.id(),
                structure=self.structure,
                prenom=tirage.choice(PRENOMS),
                nom_naissance=f"{tirage.choice(NOMS)}-{rang:04}",
                date_naissance=self.reference
                - relativedelta(years=tirage.randint(18, 60), days=tirage.randint(1, 300)),
                sexe=tirage.choice("FH"),
                commune=tirage.choice(COMMUNES),
                prescripteur=tirage.choice(self.prescripteurs),
                referent=membre,
            )
        )
        situation = self.garder(
            Situation(
                id=self.id(),
                beneficiaire=personne,
                critere=tirage.choice(("RSA", "DELD", "QPV", "TH")),
                date_debut=self.reference - timedelta(days=tirage.randint(200, 900)),
            )
        )
        if tirage.random() < 0.9:
            vu = self.reference - timedelta(days=tirage.randint(5, 180))
            self.garder(
                Justificatif(
                    id=self.id(), situation=situation, piece="Attestation", date_piece=vu, vu_le=vu, vu_par=membre
                )
            )
        self._placer(personne, membre)
        if tirage.random() < 0.35:
            self._agreer(personne, rang)
        if tirage.random() < 0.6:
            self._orienter(rang)

    def _placer(self, personne: Beneficiaire, membre) -> None:
        modele = self.tirage.choice(self.modeles)
        embauche = self.reference - timedelta(days=self.tirage.randint(30, 700))
        eligibilite = self.garder(
            Eligibilite(
                id=self.id(),
                beneficiaire=personne,
                operation_id=modele.eligibilite.operation_id,
                regle_id=modele.eligibilite.regle_id,
                reponse=ReponseEligibilite.ELIGIBLE,
                criteres_retenus=modele.eligibilite.criteres_retenus,
                date_decision=embauche - timedelta(days=8),
                decide_par=membre,
                date_debut=embauche,
                date_fin=ajouter_mois(embauche, 24) - timedelta(days=1),
                decision=modele.eligibilite.decision,
            )
        )
        contrat = self.garder(
            Contrat(
                id=self.id(),
                beneficiaire=personne,
                type_contrat=modele.contrat.type_contrat,
                employeur_id=modele.contrat.employeur_id,
                entreprise_utilisatrice_id=modele.contrat.entreprise_utilisatrice_id,
                metier_id=modele.contrat.metier_id,
                date_debut=embauche,
                date_fin=embauche + timedelta(days=720),
                heures_hebdo=Decimal(26),
            )
        )
        affectation = self.garder(
            Affectation(id=self.id(), contrat=contrat, engagement_id=modele.engagement_id, eligibilite=eligibilite)
        )
        for recul in range(1, MOIS_DECLARES + 1):
            mois = mois_de(ajouter_mois(self.reference, -recul))
            if mois.debut >= embauche:
                self._declarer(affectation, mois, recul, membre)

    def _declarer(self, affectation: Affectation, mois, recul: int, membre) -> None:
        etat = EtatReleve.VALIDE if recul > 1 else self.tirage.choice((EtatReleve.DECLARE, EtatReleve.VALIDE))
        self.garder(
            ReleveHeures(
                id=self.id(),
                affectation=affectation,
                mois=mois.debut,
                date_debut=mois.debut,
                date_fin=mois.fin,
                heures=Decimal(self.tirage.randint(40, 110)),
                etat=etat,
                saisi_par=membre,
                saisi_le=moment(mois.fin + timedelta(days=3), 9, 0),
            )
        )

    def _agreer(self, personne: Beneficiaire, rang: int) -> None:
        debut = self.reference - timedelta(days=self.tirage.randint(60, 720))
        self.garder(
            Agrement(
                id=self.id(),
                beneficiaire=personne,
                type_agrement=TypeAgrement.PASS_IAE,
                numero=f"88888{debut:%y}{rang:05}",
                date_debut=debut,
                date_fin=fin_agrement("pass_iae", debut=debut),
            )
        )

    def _orienter(self, rang: int) -> None:
        prescripteur = self.tirage.choice(self.prescripteurs)
        self.garder(
            Orientation(
                id=self.id(),
                prescripteur=prescripteur,
                auteur=prescripteur.adhesions.first().utilisateur,
                structure=self.structure,
                etat=EtatOrientation.REFUSEE if self.tirage.random() < 0.8 else EtatOrientation.ENVOYEE,
                motif_refus="aucune_offre",
                prenom=self.tirage.choice(PRENOMS),
                nom_naissance=f"{self.tirage.choice(NOMS)}-O{rang:04}",
                date_naissance=date(1990, 5, 4),
                sexe="F",
                commune="Villerive",
                envoyee_le=moment(self.reference - timedelta(days=self.tirage.randint(1, 300)), 9, 0),
            )
        )


def remplir(nombre: int, reference: date) -> None:
    """Peuple la base vide d'une structure de `nombre` personnes."""
    peupler(graine=GRAINE, reference=reference)
    remplissage = Remplissage(reference)
    deja = Beneficiaire.objects.filter(structure=remplissage.structure).count()
    with transaction.atomic(), pgtrigger.ignore():
        for rang in range(nombre - deja):
            remplissage.personne(rang)
        remplissage.ecrire()
    recalculer_tous()
    signaler_echeances(jour=reference)
    with connection.cursor() as curseur:
        curseur.execute("ANALYZE")
