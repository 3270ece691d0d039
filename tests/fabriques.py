"""Fabriques de test : des objets vrais, avec des dates fixes. Les noms sont inventés."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from beneficiaires.models import (
    Beneficiaire,
    CritereOriente,
    EtatOrientation,
    Justificatif,
    Orientation,
    Residence,
    Sexe,
    Situation,
)
from beneficiaires.periodes import Periode
from clauses.models import (
    Affectation,
    Avenant,
    Commande,
    Constat,
    ContactEntreprise,
    Contrat,
    ConventionGlobalisation,
    Declaration,
    Eligibilite,
    Engagement,
    EnvoiDeclaration,
    EtapeEnvoi,
    EtatImport,
    EtatReexamen,
    EtatReleve,
    ImportDecp,
    Imputation,
    LienDeclaration,
    Lot,
    Marche,
    ModeleRegle,
    NatureHeures,
    NatureObjectif,
    NiveauControle,
    Operation,
    Rectificatif,
    Reexamen,
    RegleClause,
    ReleveHeures,
    Reouverture,
    ReponseEligibilite,
    SousObjectif,
    Titulaire,
    Tranche,
    TypeContrat,
)
from clauses.regles import DatesFenetre, Decision, Fait, ParametresRegle, Raison, Reponse
from clauses.services.imports_decp import ouvrir_import
from clauses.services.liens import jeton_de
from comptes.models import Adhesion, Categorie, Organisation, Profil, Utilisateur
from parcours.models import Agrement, Plie, Prolongation, Renouvellement, Suspension, TypeAgrement
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
from tests.fabriques_parcours import completer_le_parcours

AUJOURD_HUI = "2026-11-17T10:00:00+01:00"
MOT_DE_PASSE = "une-phrase-de-passe-14"
MARCHES_DECP = Path(__file__).parent / "clauses/donnees/decp/imbrique.json"


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    nom = factory.Sequence(lambda n: f"Organisation {n}")
    profil = Profil.ENTREPRISE
    categorie = Categorie.ENTREPRISE
    commune = "Villerive"


class StructureFactory(OrganisationFactory):
    nom = factory.Sequence(lambda n: f"Maison de l’emploi {n}")
    profil = Profil.FACILITATEUR
    categorie = Categorie.MAISON_EMPLOI


class AcheteurFactory(OrganisationFactory):
    nom = factory.Sequence(lambda n: f"Ville de Test {n}")
    profil = Profil.ACHETEUR
    categorie = Categorie.COLLECTIVITE


class PrescripteurFactory(OrganisationFactory):
    nom = factory.Sequence(lambda n: f"Mission locale {n}")
    profil = Profil.PRESCRIPTEUR
    categorie = Categorie.MISSION_LOCALE


class EntrepriseFactory(OrganisationFactory):
    nom = factory.Sequence(lambda n: f"Entreprise {n}")


class UtilisateurFactory(DjangoModelFactory):
    class Meta:
        model = Utilisateur
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"compte{n}@etape.example")
    prenom = "Claire"
    nom = factory.Sequence(lambda n: f"Compte{n}")
    password = factory.django.Password(MOT_DE_PASSE)


class AdhesionFactory(DjangoModelFactory):
    class Meta:
        model = Adhesion

    utilisateur = factory.SubFactory(UtilisateurFactory)
    organisation = factory.SubFactory(StructureFactory)


def creer_utilisateur(organisation: Organisation, **champs: object) -> Utilisateur:
    """Un compte qui agit pour cette organisation."""
    return AdhesionFactory(organisation=organisation, utilisateur__prenom="Claire", **champs).utilisateur


class BeneficiaireFactory(DjangoModelFactory):
    class Meta:
        model = Beneficiaire

    structure = factory.SubFactory(StructureFactory)
    prenom = factory.Sequence(lambda n: f"Prénom{n}")
    nom_naissance = factory.Sequence(lambda n: f"Nomdetest{n}")
    date_naissance = date(1990, 4, 8)
    sexe = Sexe.FEMME
    commune = "Villerive"


class SituationFactory(DjangoModelFactory):
    class Meta:
        model = Situation

    beneficiaire = factory.SubFactory(BeneficiaireFactory)
    critere = "RSA"
    date_debut = date(2025, 1, 1)


class JustificatifFactory(DjangoModelFactory):
    class Meta:
        model = Justificatif

    situation = factory.SubFactory(SituationFactory)
    piece = "Attestation RSA"
    date_piece = date(2026, 1, 6)
    vu_le = date(2026, 1, 9)
    vu_par = factory.SubFactory(UtilisateurFactory)


class OrientationFactory(DjangoModelFactory):
    class Meta:
        model = Orientation

    prescripteur = factory.SubFactory(PrescripteurFactory)
    auteur = factory.SubFactory(UtilisateurFactory)
    structure = factory.SubFactory(StructureFactory)
    etat = EtatOrientation.ENVOYEE
    envoyee_le = factory.LazyFunction(timezone.now)
    prenom = factory.Sequence(lambda n: f"Candidat{n}")
    nom_naissance = factory.Sequence(lambda n: f"Oriente{n}")
    date_naissance = date(2003, 5, 21)
    sexe = Sexe.HOMME
    commune = "Villerive"


class OperationFactory(DjangoModelFactory):
    class Meta:
        model = Operation

    structure = factory.SubFactory(StructureFactory)
    nom = factory.Sequence(lambda n: f"Opération {n}")
    maitre_ouvrage = factory.SubFactory(AcheteurFactory)
    commune = "Villerive"
    date_debut = date(2026, 1, 14)
    date_fin = date(2027, 6, 30)


class MarcheFactory(DjangoModelFactory):
    class Meta:
        model = Marche

    operation = factory.SubFactory(OperationFactory)
    acheteur = factory.SelfAttribute("operation.maitre_ouvrage")
    reference = factory.Sequence(lambda n: f"2026-T{n:04d}")
    objet = "Travaux de réhabilitation"
    article = "9.3"
    date_attribution = date(2026, 1, 14)
    date_notification = date(2026, 1, 20)
    date_debut = date(2026, 3, 2)
    date_fin = date(2027, 6, 30)
    montant_ht_euros = Decimal(1_000_000)


class RegleClauseFactory(DjangoModelFactory):
    """La règle par défaut : 24 mois depuis l'embauche, situation appréciée au jour de l'attribution."""

    class Meta:
        model = RegleClause
        django_get_or_create = ("marche", "version")

    marche = factory.SubFactory(MarcheFactory)
    version = 1
    criteres = ["RSA", "DELD", "DETLD", "JEUNE", "SENIOR", "TH", "QPV"]


class LotFactory(DjangoModelFactory):
    class Meta:
        model = Lot

    marche = factory.SubFactory(MarcheFactory)
    numero = factory.Sequence(lambda n: str(n + 1))
    intitule = "Gros œuvre"


class TitulaireFactory(DjangoModelFactory):
    class Meta:
        model = Titulaire

    lot = factory.SubFactory(LotFactory)
    entreprise = factory.SubFactory(EntrepriseFactory)


class EngagementFactory(DjangoModelFactory):
    class Meta:
        model = Engagement

    titulaire = factory.SubFactory(TitulaireFactory)
    heures_initiales = Decimal(1000)
    heures_dues = factory.SelfAttribute("heures_initiales")


def decision_prise(o) -> Decision:
    """Ce que la règle par défaut a répondu : un critère (RSA) vu à l'attribution, fenêtre ouverte à l'embauche si elle l'est."""
    attribution = date(2026, 1, 14)
    return Decision(
        reponse=Reponse(str(o.reponse)),
        jour_appreciation=attribution,
        date_decision=o.date_decision,
        parametres=ParametresRegle(criteres=("RSA", "DELD", "JEUNE", "SENIOR", "TH", "QPV"), article="9.3"),
        dates=DatesFenetre(
            attribution=attribution,
            notification=date(2026, 1, 20),
            validation=o.date_decision,
            embauche=o.date_debut,
        ),
        fenetre=Periode(o.date_debut, o.date_fin) if o.date_debut else None,
        ouverture=o.date_debut,
        raisons=(Raison("Bénéficiaire du RSA, au 14 janvier 2026.", "RSA", attribution, "CCAP, article 9.3"),),
        faits=(
            Fait(
                critere="RSA",
                libelle="Bénéficiaire du RSA",
                piece="attestation RSA",
                date_piece=date(2026, 1, 6),
                vue_le=date(2026, 1, 9),
                vue_par="Claire Morel",
                organisme="",
                precision="",
            ),
        ),
    )


class EligibiliteFactory(DjangoModelFactory):
    """Une décision favorable dont la fenêtre court du 02/03/2026 au 01/03/2028."""

    class Meta:
        model = Eligibilite

    operation = factory.SubFactory(OperationFactory)
    beneficiaire = factory.SubFactory(BeneficiaireFactory, structure=factory.SelfAttribute("..operation.structure"))
    regle = factory.SubFactory(
        RegleClauseFactory, marche=factory.SubFactory(MarcheFactory, operation=factory.SelfAttribute("...operation"))
    )
    reponse = ReponseEligibilite.ELIGIBLE
    date_decision = date(2026, 2, 12)
    decide_par = factory.SubFactory(UtilisateurFactory)
    date_debut = date(2026, 3, 2)
    date_fin = date(2028, 3, 1)
    decision = factory.LazyAttribute(lambda o: decision_prise(o).vers_json())


class ContratFactory(DjangoModelFactory):
    class Meta:
        model = Contrat

    beneficiaire = factory.SubFactory(BeneficiaireFactory)
    type_contrat = TypeContrat.CDD
    employeur = factory.SubFactory(EntrepriseFactory)
    date_debut = date(2026, 3, 2)
    date_fin = date(2027, 3, 1)
    heures_hebdo = Decimal(35)


class AffectationFactory(DjangoModelFactory):
    class Meta:
        model = Affectation

    contrat = factory.SubFactory(ContratFactory)
    engagement = factory.SubFactory(EngagementFactory)
    eligibilite = factory.SubFactory(
        EligibiliteFactory,
        beneficiaire=factory.SelfAttribute("..contrat.beneficiaire"),
        operation=factory.SelfAttribute("..engagement.titulaire.lot.marche.operation"),
        regle__marche=factory.SelfAttribute("...engagement.titulaire.lot.marche"),
    )


class ReleveHeuresFactory(DjangoModelFactory):
    class Meta:
        model = ReleveHeures

    affectation = factory.SubFactory(AffectationFactory)
    mois = date(2026, 4, 1)
    date_debut = factory.SelfAttribute("mois")
    date_fin = factory.LazyAttribute(lambda r: r.mois.replace(day=28))
    heures = Decimal(100)
    saisi_par = factory.SubFactory(UtilisateurFactory)
    saisi_le = factory.LazyFunction(timezone.now)


class AgrementFactory(DjangoModelFactory):
    class Meta:
        model = Agrement

    beneficiaire = factory.SubFactory(BeneficiaireFactory)
    type_agrement = TypeAgrement.PASS_IAE
    numero = factory.Sequence(lambda n: f"99999{n:07d}")
    date_debut = date(2024, 1, 15)
    date_fin = date(2026, 1, 13)


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
        self.etti = EntrepriseFactory(nom="Coup de main intérim", categorie=Categorie.ETTI)
        self._completer_le_marche()
        self._completer_les_declarations()
        self._completer_la_personne()
        self._completer_les_agrements()
        completer_le_parcours(self)
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
