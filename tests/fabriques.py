"""Paysages de test : des objets vrais, avec des dates fixes. Les tests prennent ici toutes les fabriques."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from django.core.files.base import ContentFile
from django.utils import timezone

from beneficiaires.models import CritereOriente, EtatOrientation, Residence
from clauses.models import (
    Avenant,
    Commande,
    Constat,
    ContactEntreprise,
    ConventionGlobalisation,
    Declaration,
    EnvoiDeclaration,
    EtapeEnvoi,
    EtatImport,
    EtatReexamen,
    EtatReleve,
    ImportDecp,
    Imputation,
    LienDeclaration,
    ModeleRegle,
    NatureHeures,
    NatureObjectif,
    NiveauControle,
    Rectificatif,
    Reexamen,
    Reouverture,
    SousObjectif,
    Tranche,
)
from clauses.services.imports_decp import ouvrir_import
from clauses.services.liens import jeton_de
from comptes.invitations import jeton_de as jeton_d_invitation
from comptes.models import Categorie, Invitation, Role
from parcours.models import Plie, Prolongation, Renouvellement, Suspension, TypeAgrement
from reporting.models import (
    AbonnementCourriel,
    Alerte,
    Bilan,
    EnvoiRecapitulatif,
    EtatBilan,
    ExecutionTache,
    ReglageEcheances,
    SeuilAlerte,
    TypeAlerte,
)
from reporting.rappels.agenda import ouvrir_agenda
from reporting.rappels.desabonnement import adresse_de_desabonnement
from tests.fabriques_acheteurs import completer_les_marches_a_venir
from tests.fabriques_confirmation import completer_la_confirmation, completer_les_preuves
from tests.fabriques_marches import (
    AffectationFactory,
    ContratFactory,
    EligibiliteFactory,
    EngagementFactory,
    LotFactory,
    MarcheFactory,
    OperationFactory,
    PartageFactory,
    RegleClauseFactory,
    ReleveHeuresFactory,
    TitulaireFactory,
    decision_prise,
)
from tests.fabriques_offres import CandidatureFactory, OffreFactory, completer_les_offres, il_y_a
from tests.fabriques_parcours import AgrementFactory, completer_le_parcours
from tests.fabriques_personnes import (
    MOT_DE_PASSE,
    AcheteurFactory,
    AdhesionFactory,
    BeneficiaireFactory,
    EntrepriseFactory,
    JustificatifFactory,
    OrganisationFactory,
    OrientationFactory,
    PrescripteurFactory,
    SituationFactory,
    StructureFactory,
    UtilisateurFactory,
    creer_utilisateur,
)

__all__ = [
    "AUJOURD_HUI",
    "MOT_DE_PASSE",
    "AcheteurFactory",
    "AdhesionFactory",
    "AffectationFactory",
    "AgrementFactory",
    "BeneficiaireFactory",
    "CandidatureFactory",
    "ContratFactory",
    "EligibiliteFactory",
    "EngagementFactory",
    "EntrepriseFactory",
    "JustificatifFactory",
    "LotFactory",
    "MarcheFactory",
    "OffreFactory",
    "OperationFactory",
    "OrganisationFactory",
    "OrientationFactory",
    "PartageFactory",
    "Paysage",
    "PaysageComplet",
    "PrescripteurFactory",
    "RegleClauseFactory",
    "ReleveHeuresFactory",
    "SituationFactory",
    "StructureFactory",
    "TitulaireFactory",
    "UtilisateurFactory",
    "creer_utilisateur",
    "decision_prise",
    "il_y_a",
]

AUJOURD_HUI = "2026-11-17T10:00:00+01:00"
MARCHES_DECP = Path(__file__).parent / "clauses/donnees/decp/imbrique.json"


class Paysage:
    """Une structure complète et ses voisines, pour les tests de droits et d'écrans."""

    def __init__(self) -> None:
        self.structure = StructureFactory(nom="Maison de l’emploi du Confluent")
        self.autre_structure = StructureFactory(nom="PLIE d’à côté", categorie=Categorie.PLIE)
        self.acheteur = AcheteurFactory(nom="Habitat Confluence")
        self.autre_acheteur = AcheteurFactory(nom="Ville voisine")
        self.prescripteur = PrescripteurFactory(nom="Mission locale du Confluent")
        self.autre_prescripteur = PrescripteurFactory(nom="Cap emploi voisin")
        self.entreprise = EntrepriseFactory(nom="Bâti-Rhône")
        self.autre_entreprise = EntrepriseFactory(nom="Voltéo")
        self.facilitateur = creer_utilisateur(self.structure)
        self.autre_facilitateur = creer_utilisateur(self.autre_structure)
        self.compte_acheteur = creer_utilisateur(self.acheteur)
        self.autre_compte_acheteur = creer_utilisateur(self.autre_acheteur)
        self.compte_prescripteur = creer_utilisateur(self.prescripteur)
        self.autre_compte_prescripteur = creer_utilisateur(self.autre_prescripteur)
        self.compte_entreprise = creer_utilisateur(self.entreprise)
        self.autre_compte_entreprise = creer_utilisateur(self.autre_entreprise)
        self.suspendu = creer_utilisateur(self.structure)
        self.suspendu.is_active = False
        self.suspendu.save(update_fields=["is_active"])
        self.operation = OperationFactory(
            structure=self.structure, maitre_ouvrage=self.acheteur, nom="Résidence Les Peupliers"
        )
        self.marche = MarcheFactory(operation=self.operation, reference="2026-T0001")
        self.regle = RegleClauseFactory(marche=self.marche)
        self.lot = LotFactory(marche=self.marche, numero="1")
        self.titulaire = TitulaireFactory(lot=self.lot, entreprise=self.entreprise)
        self.engagement = EngagementFactory(titulaire=self.titulaire)
        self.beneficiaire = BeneficiaireFactory(structure=self.structure, prescripteur=self.prescripteur)
        self.eligibilite = EligibiliteFactory(
            operation=self.operation, beneficiaire=self.beneficiaire, regle=self.regle, decide_par=self.facilitateur
        )
        self.contrat = ContratFactory(beneficiaire=self.beneficiaire, employeur=self.entreprise)
        self.affectation = AffectationFactory(
            contrat=self.contrat, engagement=self.engagement, eligibilite=self.eligibilite
        )
        self.releve = ReleveHeuresFactory(affectation=self.affectation, saisi_par=self.facilitateur)
        self.agrement = AgrementFactory(beneficiaire=self.beneficiaire)


class PaysageComplet(Paysage):
    """Le paysage, et au moins un objet de chaque sorte qu'une adresse du site peut nommer.

    Ce que l'on peut supprimer sans obstacle s'appelle « …_libre » : il n'a encore servi à rien.
    """

    def __init__(self) -> None:
        super().__init__()
        self.sans_adhesion = creer_utilisateur(self.structure)
        self.sans_adhesion.adhesions.update(est_active=False)
        for administrateur in (self.facilitateur, self.autre_facilitateur):
            administrateur.adhesions.update(role=Role.ADMINISTRATEUR)
        self.coordinatrice = creer_utilisateur(self.structure, role=Role.COORDINATION)
        self.adhesion = self.sans_adhesion.adhesions.get()
        self.invitation = Invitation.objects.create(
            organisation=self.structure,
            email="invitee@etape.example",
            invite_par=self.facilitateur,
            expire_le=timezone.localdate(),
        )
        self.jeton_invitation = jeton_d_invitation(self.invitation)
        self.etti = EntrepriseFactory(nom="Coup de main intérim", categorie=Categorie.ETTI)
        self._completer_les_partages()
        self._completer_le_marche()
        self._completer_les_declarations()
        self._completer_la_personne()
        self._completer_les_agrements()
        completer_le_parcours(self)
        completer_la_confirmation(self)
        completer_les_marches_a_venir(self)
        completer_les_preuves(self)
        completer_les_offres(self)
        self.orientation = OrientationFactory(
            prescripteur=self.prescripteur, auteur=self.compte_prescripteur, structure=self.structure
        )
        self.brouillon = OrientationFactory(
            prescripteur=self.prescripteur,
            auteur=self.compte_prescripteur,
            structure=self.structure,
            etat=EtatOrientation.BROUILLON,
            envoyee_le=None,
        )
        CritereOriente.objects.create(orientation=self.orientation, critere="RSA", date_piece=date(2026, 10, 5))
        CritereOriente.objects.create(orientation=self.brouillon, critere="RSA", date_piece=date(2026, 10, 5))

    def _completer_les_partages(self) -> None:
        """Deux propositions qui attendent : rien n'est partagé, donc aucune autre page ne change."""
        self.partenaire = StructureFactory(nom="Plateforme du Plateau")
        de_la_partenaire = OperationFactory(structure=self.partenaire, nom="Collège du Plateau")
        self.partage = PartageFactory(operation=self.operation, structure=self.partenaire)
        self.partage_recu = PartageFactory(operation=de_la_partenaire, structure=self.structure)

    def _completer_le_marche(self) -> None:
        self.operation_libre = OperationFactory(structure=self.structure, maitre_ouvrage=self.acheteur)
        self.marche_libre = MarcheFactory(operation=self.operation, reference="2026-T0099")
        self.lot_libre = LotFactory(marche=self.marche, numero="2")
        self.titulaire_libre = TitulaireFactory(lot=self.lot, entreprise=self.etti)
        self.engagement_libre = EngagementFactory(titulaire=self.titulaire_libre)
        self.avenant = Avenant.objects.create(marche=self.marche, numero=1, date_notification=date(2026, 9, 1))
        self.code_bilan = "7F3K-92QD"
        self.bilan = Bilan.objects.create(
            marche=self.marche,
            arrete_au=date(2026, 10, 31),
            etat=EtatBilan.PRET,
            progression=100,
            code_verification=self.code_bilan,
            demande_par=self.facilitateur,
            pret_le=timezone.now(),
            pages=1,
            fichier=ContentFile(b"%PDF-1.7", name="bilan-2026-t0001-2026-10-31.pdf"),
            donnees={
                "reference": self.marche.reference,
                "operation": self.operation.nom,
                "acheteur": self.acheteur.nom,
                "structure": self.structure.nom,
                "dues": "1000.00",
                "validees": "0.00",
                "penalite_euros": "1200.00",
                "penalite_phrase": "Pénalité proposée\u00a0: 1\u202f200\u00a0€.",
            },
        )
        lot_a_tranches = LotFactory(marche=self.marche, numero="4")
        self.engagement_tranches = EngagementFactory(
            titulaire__lot=lot_a_tranches, mode="tranches", heures_initiales=Decimal(100)
        )
        self.tranche = Tranche.objects.create(engagement=self.engagement_tranches, numero=1, heures=Decimal(100))
        self.engagement_commandes = EngagementFactory(
            titulaire__lot=lot_a_tranches,
            mode="commandes",
            calcul_commandes="prorata",
            ratio_heures=Decimal(7),
            ratio_euros=Decimal(10000),
            heures_initiales=Decimal(0),
            heures_dues=Decimal(7),
        )
        self.commande = Commande.objects.create(
            engagement=self.engagement_commandes,
            reference="BC-1",
            date_commande=date(2026, 9, 1),
            montant_ht_euros=Decimal(10000),
        )
        self.modele_regle = ModeleRegle.objects.create(
            structure=self.structure, nom="Bailleurs", valeurs={"colonnes": {"duree_mois": 12}, "options": {}}
        )
        self.eligibilite_renouvelable = EligibiliteFactory(
            operation=self.operation, regle=RegleClauseFactory(marche=self.marche)
        )
        self.eligibilite_renouvelable.decision["parametres"]["renouvellement"] = "avis"
        self.eligibilite_renouvelable.save()
        self.sous_objectif = SousObjectif.objects.create(
            marche=self.marche, nature=NatureObjectif.QPV, intitule="Habitants des QPV", part_pourcent=Decimal(5)
        )
        self.convention = ConventionGlobalisation.objects.create(
            structure=self.structure,
            reference="GLOB-2026-1",
            entreprise=self.entreprise,
            date_debut=date(2026, 9, 1),
            signee_le=date(2026, 8, 28),
        )
        lot_globalise = LotFactory(marche=self.marche, numero="3")
        self.engagement_globalise = EngagementFactory(
            titulaire=TitulaireFactory(lot=lot_globalise, entreprise=self.entreprise)
        )
        self.convention.engagements.set([self.engagement, self.engagement_globalise])
        self.convention_libre = ConventionGlobalisation.objects.create(
            structure=self.structure,
            reference="GLOB-2026-2",
            entreprise=self.entreprise,
            date_debut=date(2026, 9, 1),
            signee_le=date(2026, 8, 28),
        )
        self.releve_globalise, self.releve_imputable = (
            ReleveHeuresFactory(
                affectation=self.affectation,
                mois=date(2026, 9, 1),
                nature=nature,
                etat=EtatReleve.VALIDE,
                heures_imputees=imputees,
                saisi_par=self.facilitateur,
            )
            for nature, imputees in ((NatureHeures.TRAVAIL, Decimal(1)), (NatureHeures.FORMATION, Decimal(0)))
        )
        self.imputation = Imputation.objects.create(
            convention=self.convention,
            releve=self.releve_globalise,
            engagement=self.engagement_globalise,
            heures=Decimal(1),
        )
        self.residence = Residence.objects.create(
            beneficiaire=self.beneficiaire, date_fin=date(2020, 6, 30), commune="Hautmont"
        )
        self.reexamen = Reexamen.objects.create(
            marche=self.marche, demande_par=self.facilitateur, etat=EtatReexamen.ECHEC, total=1
        )
        self.constat = Constat.objects.create(
            releve=self.releve,
            code="jour_ferie",
            niveau=NiveauControle.INFORMATION,
            phrase="Un jour férié est dans la période.",
            constate_le=timezone.now(),
        )
        self.rectificatif = Rectificatif.objects.create(
            marche=self.marche,
            releve=self.releve,
            mois=date(2026, 10, 1),
            heures_avant=Decimal(10),
            heures_apres=Decimal(12),
            fige_au=date(2026, 10, 31),
        )
        self.import_decp = ouvrir_import(
            structure=self.structure,
            auteur=self.facilitateur,
            nom_fichier="marches.json",
            contenu=MARCHES_DECP.read_bytes(),
            aujourd_hui=date(2026, 11, 17),
        )
        self.import_arrete = ImportDecp.objects.create(
            structure=self.structure,
            auteur=self.facilitateur,
            nom_fichier="arrete.json",
            taille_octets=2,
            contenu=b"{}",
            etat=EtatImport.ECHEC,
        )

    def _completer_les_declarations(self) -> None:
        """Octobre à déclarer ; sur le marché sans lot, juillet sans personne, août prêt à verrouiller, septembre verrouillé."""
        commun = {"entreprise": self.entreprise, "ouverte_le": date(2026, 11, 1), "echeance": date(2026, 11, 10)}
        recue = {"recue_le": timezone.now(), "neant_le": timezone.now(), "recue_par": self.compte_entreprise}
        verrou = {"verrouillee_le": timezone.now(), "verrouillee_par": self.facilitateur}
        octobre, libre = date(2026, 10, 1), self.marche_libre
        self.declaration = Declaration.objects.create(marche=self.marche, mois=octobre, **commun)
        self.declaration_vide = Declaration.objects.create(marche=libre, mois=date(2026, 7, 1), **commun)
        self.declaration_prete = Declaration.objects.create(marche=libre, mois=date(2026, 8, 1), **recue, **commun)
        self.declaration_verrouillee = Declaration.objects.create(
            marche=libre, mois=date(2026, 9, 1), **recue, **verrou, **commun
        )
        Reouverture.objects.create(
            declaration=self.declaration_verrouillee, le=timezone.now(), par=self.facilitateur, motif="Bulletin corrigé"
        )
        qui = {"structure": self.structure, "entreprise": self.entreprise}
        self.contact = ContactEntreprise.objects.create(
            **qui, role="premier", nom="Odile Vernay", courriel="paie@bati.example"
        )
        self.lien = LienDeclaration.objects.create(
            **qui, mois=octobre, contact=self.contact, expire_le=date(2026, 12, 1)
        )
        self.jeton_declaration = jeton_de(self.lien)
        self.envoi_declaration = EnvoiDeclaration.objects.create(
            **qui,
            mois=octobre,
            etape=EtapeEnvoi.OUVERTURE,
            courriel=self.contact.courriel,
            contact=self.contact,
            lien=self.lien,
            prevu_le=date(2026, 11, 1),
            envoye_le=timezone.now(),
        )

    def _completer_les_agrements(self) -> None:
        self.plie = Plie.objects.create(structure=self.structure, nom="PLIE du Confluent")
        self.plie_libre = Plie.objects.create(structure=self.structure, nom="PLIE du Plateau")
        self.pass_suivi = AgrementFactory(
            beneficiaire=BeneficiaireFactory(structure=self.structure, prescripteur=self.prescripteur),
            date_debut=date(2025, 3, 1),
            date_fin=date(2027, 5, 28),
        )
        self.suspension = Suspension.objects.create(
            agrement=self.pass_suivi,
            motif="CONTRACT_SUSPENDED",
            date_debut=date(2026, 1, 1),
            date_fin=date(2026, 4, 1),
        )
        self.prolongation = Prolongation.objects.create(
            agrement=self.pass_suivi,
            motif="COMPLETE_TRAINING",
            date_debut=date(2027, 5, 28),
            date_fin=date(2027, 11, 30),
            date_demande=date(2026, 11, 2),
        )
        self.parcours_plie = AgrementFactory(
            beneficiaire=self.pass_suivi.beneficiaire,
            type_agrement=TypeAgrement.PLIE,
            numero="",
            porteur=self.plie.nom,
            plie=self.plie,
            date_debut=date(2024, 3, 1),
            date_fin=date(2027, 2, 28),
        )
        self.renouvellement = Renouvellement.objects.create(
            agrement=self.parcours_plie,
            mois=12,
            avis_organisme="Comité du PLIE",
            avis_date=date(2026, 2, 10),
            avis_texte="Poursuite de la formation d’agent de propreté.",
        )
        self.plie_neuf = AgrementFactory(
            beneficiaire=self.beneficiaire,
            type_agrement=TypeAgrement.PLIE,
            numero="",
            porteur=self.plie.nom,
            plie=self.plie,
            date_debut=date(2025, 2, 1),
            date_fin=date(2027, 1, 31),
        )

    def _completer_la_personne(self) -> None:
        self.situation = SituationFactory(beneficiaire=self.beneficiaire)
        self.justificatif = JustificatifFactory(situation=self.situation, vu_par=self.facilitateur)
        self.contrat_libre = ContratFactory(
            beneficiaire=self.beneficiaire,
            employeur=self.entreprise,
            date_debut=date(2027, 3, 2),
            date_fin=date(2027, 6, 1),
        )
        AffectationFactory(contrat=self.contrat_libre, engagement=self.engagement, eligibilite=self.eligibilite)
        self.alerte = Alerte.objects.create(
            structure=self.structure,
            type_alerte=TypeAlerte.PASS_IAE,
            seuil=SeuilAlerte.DEPASSEE,
            beneficiaire=self.beneficiaire,
            objet=self.agrement.pk,
            date_echeance=self.agrement.date_fin,
            creee_le=timezone.now(),
            signalee_le=date(2026, 11, 17),
        )
        self._completer_les_rappels()

    def _completer_les_rappels(self) -> None:
        ReglageEcheances.objects.create(structure=self.structure)
        AbonnementCourriel.objects.create(utilisateur=self.facilitateur)
        EnvoiRecapitulatif.objects.create(utilisateur=self.facilitateur, jour=date(2026, 11, 16))
        ExecutionTache.objects.create(nom="signaler_echeances", debut=timezone.now())
        self.cle_agenda = ouvrir_agenda(self.facilitateur)
        self.jeton = adresse_de_desabonnement(self.facilitateur, "plie").rstrip("/").rsplit("/", 1)[1]
