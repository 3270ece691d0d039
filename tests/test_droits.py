"""Qui ouvre quoi : chaque adresse du site × chaque profil, et rien ne s'écrit sans droit.

Toute adresse nouvelle doit entrer dans TABLE : le test échoue tant qu'elle n'y est pas.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from comptes.models import Utilisateur
from tests.fabriques import AUJOURD_HUI, MARCHES_DECP, MOT_DE_PASSE, PaysageComplet
from tests.lire_html import formulaires, texte

NOS_APPLICATIONS = ("comptes", "beneficiaires", "clauses", "parcours", "reporting")

# Une lettre par profil ; la minuscule est son homologue d'une autre organisation, à qui l'objet n'appartient pas.
PROFILS = {
    "·": "",  # anonyme
    "F": "facilitateur",
    "f": "autre_facilitateur",
    "P": "compte_prescripteur",
    "p": "autre_compte_prescripteur",
    "A": "compte_acheteur",
    "a": "autre_compte_acheteur",
    "E": "compte_entreprise",
    "e": "autre_compte_entreprise",
    "s": "sans_adhesion",  # compte actif que sa structure a retiré
    "z": "suspendu",  # compte désactivé, session encore ouverte
}
# Qui coordonne la structure n'ouvre rien de plus qu'un compte sans structure (« s »), sauf ce que sa ligne lui ouvre.
COORDINATION = {"k": "coordinatrice"}
VISITEURS = PROFILS | COORDINATION
# Un signe par réponse. Une adresse qui n'accepte que POST répond 405 en GET à qui a le droit d'y écrire.
REPONSES = {
    "o": "200",
    "d": "302",  # autre page du site
    "t": "302",  # ses totaux
    "c": "connexion",
    "x": "403",
    "-": "404",
    "r": "200",  # s'ouvre ; en POST, refuse par une phrase et n'écrit rien
}
#                · Ff Pp Aa Ee s z
TOUT_LE_MONDE = "o oo oo oo oo o o"
CONNECTES = "    c oo oo oo oo o c"
F_PAGE = "       c oo xx xx xx x c"
F_OBJET = "      c o- xx xx xx x c"
FA_PAGE = "      c oo xx oo xx x c"
FA_OBJET = "     c o- xx o- xx x c"
A_PAGE = "       c xx xx oo xx x c"
A_OBJET = "      c xx xx o- xx x c"
FE_PAGE = "      c oo xx xx oo x c"
FE_OBJET = "     c o- xx xx o- x c"
FP_PAGE = "      c oo oo xx xx x c"
FP_OBJET = "     c o- o- xx xx x c"
FPE_PAGE = "     c oo oo xx oo x c"
FPE_OBJET = "    c o- o- xx o- x c"
E_OBJET = "      c xx xx xx o- x c"
P_PAGE = "       c xx oo xx xx x c"
P_OBJET = "      c xx o- xx xx x c"


@dataclass(frozen=True)
class Ligne:
    """Une adresse. `objet` : l'attribut du paysage que l'adresse nomme. `lire`, `ecrire` : répond à GET, à POST."""

    nom: str
    droits: str
    methodes: str = "GET"
    objet: str = ""
    suite: tuple[object, ...] = ()  # ce que l'adresse porte après l'objet
    requete: str = ""  # les paramètres de l'adresse, « p » étant le paysage
    vers: str = ""  # où mène « d »
    ecrit: bool = True  # un POST réussi change la base
    coordination: str = ""  # ce que répond l'adresse à qui coordonne, si elle lui est ouverte
    reussi: int = 302  # ce que répond un POST réussi : il mène ailleurs, ou (200) montre sur place ce qu'il demandait

    @property
    def droit(self) -> dict[str, str]:
        droits = dict(zip(PROFILS, self.droits.replace(" ", ""), strict=True))
        return droits | {"k": self.coordination or droits["s"]}

    @property
    def eprouve_l_identifiant(self) -> bool:
        """L'adresse porte un identifiant, et l'objet qu'il nomme n'est pas à tout le monde."""
        return bool(self.objet) and "-" in self.droits

    @property
    def identite(self) -> str:
        return f"{self.nom}?{self.requete.split('=')[0]}" if self.requete else self.nom

    def adresse(self, paysage: PaysageComplet, pk: object = None) -> str:
        objet = [pk or getattr(paysage, self.objet)] if self.objet else []
        chemin = reverse(self.nom, args=[*(getattr(o, "pk", o) for o in objet), *self.suite])
        return f"{chemin}?{self.requete.format(p=paysage)}" if self.requete else chemin


L = Ligne
OPERATION = "operation={p.operation.pk}"
LES_DEUX = "GET POST"
TABLE = {
    "accueil, fiches, recherche": [
        L("reporting:accueil", "c oo oo oo oo x c", coordination="t"),
        L("reporting:public", "c xx xx oo xx x c"),
        L("reporting:totaux", "c xx xx xx xx x c", coordination="o"),
        L("reporting:recherche", "c oo oo oo oo x c"),
        L("reporting:operation_fiche", FA_OBJET, "GET", "operation"),
        L("reporting:marche_fiche", FA_OBJET, "GET", "marche"),
        L("reporting:personne_fiche", F_OBJET, "GET", "beneficiaire"),
    ],
    "échéances": [
        L("reporting:alerte_liste", F_PAGE),
        L("reporting:alerte_traiter", F_OBJET, LES_DEUX, "alerte"),
        L("reporting:alerte_reporter", F_OBJET, LES_DEUX, "alerte"),
        L("reporting:alerte_confier", F_OBJET, LES_DEUX, "alerte"),
        L("reporting:alerte_lot", F_OBJET, LES_DEUX, requete="alerte={p.alerte.pk}"),
        L("reporting:reglages_echeances", F_PAGE, LES_DEUX),
        L("reporting:mes_echeances", F_PAGE, LES_DEUX),
        L("reporting:agenda_changer", F_PAGE, "POST", reussi=200),
        L("reporting:agenda", TOUT_LE_MONDE, "GET", "cle_agenda"),
        L("reporting:desabonnement", TOUT_LE_MONDE, LES_DEUX, "jeton", reussi=200),
        # À l'administrateur d'une structure facilitatrice et aux comptes techniques : tests/reporting/test_travaux.py.
        L("reporting:travaux", F_PAGE),
    ],
    "bilans": [
        L("reporting:bilan_liste", FA_PAGE),
        L("reporting:bilan_nouveau", FA_PAGE, LES_DEUX),
        L("reporting:bilan_detail", FA_OBJET, "GET", "bilan"),
        L("reporting:bilan_fichier", FA_OBJET, "GET", "bilan"),
        L("reporting:bilan_viser", A_OBJET, "POST", "bilan"),
        L("reporting:bilan_penalite", A_OBJET, "POST", "bilan"),
        L("reporting:bilan_demander", FA_OBJET, "POST", "marche"),
        L("reporting:verifier_code", TOUT_LE_MONDE),
        L("reporting:verifier", TOUT_LE_MONDE, "GET", "code_bilan"),
    ],
    "agréments": [
        L("parcours:agrement_liste", FP_OBJET, "GET", "beneficiaire"),
        L("parcours:agrement_creer", F_OBJET, LES_DEUX, "beneficiaire"),
        L("parcours:agrement_modifier", F_OBJET, LES_DEUX, "agrement"),
        L("parcours:agrement_supprimer", F_OBJET, LES_DEUX, "agrement"),
        L("parcours:suspension_creer", F_OBJET, LES_DEUX, "pass_suivi"),
        L("parcours:suspension_modifier", F_OBJET, LES_DEUX, "suspension"),
        L("parcours:suspension_supprimer", F_OBJET, LES_DEUX, "suspension"),
        L("parcours:prolongation_creer", F_OBJET, LES_DEUX, "agrement"),
        L("parcours:prolongation_modifier", F_OBJET, LES_DEUX, "prolongation"),
        L("parcours:prolongation_supprimer", F_OBJET, LES_DEUX, "prolongation"),
        L("parcours:renouvellement_creer", F_OBJET, LES_DEUX, "plie_neuf"),
        L("parcours:renouvellement_modifier", F_OBJET, LES_DEUX, "renouvellement"),
        L("parcours:renouvellement_supprimer", F_OBJET, LES_DEUX, "renouvellement"),
        L("parcours:plie_liste", F_PAGE),
        L("parcours:plie_creer", F_PAGE, LES_DEUX),
        L("parcours:plie_modifier", F_OBJET, LES_DEUX, "plie"),
        L("parcours:plie_supprimer", F_OBJET, LES_DEUX, "plie_libre"),
    ],
    "diagnostic, freins, actions : le prescripteur qui a orienté la personne les lit": [
        L("parcours:diagnostic_liste", FP_OBJET, "GET", "beneficiaire"),
        L("parcours:diagnostic_ouvrir", F_OBJET, "POST", "entree"),
        L("parcours:diagnostic_detail", FP_OBJET, "GET", "diagnostic_fini"),
        L("parcours:diagnostic_etape", F_OBJET, LES_DEUX, "diagnostic", ("mobilite",)),
        L("parcours:diagnostic_comparer", FP_OBJET, "GET", "diagnostic_fini"),
        L("parcours:diagnostic_rouvrir", F_OBJET, "POST", "diagnostic_a_rouvrir"),
        L("reporting:diagnostic_pdf", FP_OBJET, "GET", "diagnostic_fini"),
        L("parcours:frein_liste", FP_OBJET, "GET", "beneficiaire"),
        L("parcours:frein_detail", FP_OBJET, "GET", "frein"),
        L("parcours:frein_modifier", F_OBJET, LES_DEUX, "parcours", ("logement",)),
        L("parcours:frein_etat", F_OBJET, "POST", "parcours", ("logement",)),
        L("parcours:action_creer", F_OBJET, LES_DEUX, "frein", requete="service={p.service.identifiant}"),
        L("parcours:action_modifier", F_OBJET, LES_DEUX, "action"),
        L("parcours:action_clore", F_OBJET, LES_DEUX, "action"),
        L("parcours:action_repondre", FP_OBJET, LES_DEUX, "action_envoyee"),
        L("parcours:action_supprimer", F_OBJET, LES_DEUX, "action"),
        L("reporting:freins_territoire", F_PAGE),
        L("reporting:freins_personnes", F_PAGE, suite=("mobilite",)),
    ],
    "parcours, étapes, sortie, suivis": [
        L("parcours:parcours_liste", F_PAGE),
        L("reporting:parcours_fiche", FP_OBJET, "GET", "parcours"),
        L("reporting:personne_parcours", "c d- d- xx xx x c", "GET", "beneficiaire", vers="/parcours/"),
        L("parcours:parcours_ouvrir", F_OBJET, LES_DEUX, "beneficiaire_libre"),
        L("parcours:parcours_modifier", F_OBJET, LES_DEUX, "parcours"),
        L("parcours:parcours_supprimer", F_OBJET, LES_DEUX, "parcours_libre"),
        L("parcours:phase_avancer", F_OBJET, LES_DEUX, "parcours", ("diagnostic",)),
        L("parcours:etape_creer", F_OBJET, LES_DEUX, "parcours"),
        L("parcours:etape_modifier", F_OBJET, LES_DEUX, "etape"),
        L("parcours:etape_conclure", F_OBJET, LES_DEUX, "etape"),
        L("parcours:etape_rouvrir", F_OBJET, "POST", "etape_sautee"),
        L("parcours:etape_retirer", F_OBJET, LES_DEUX, "etape"),
        L("parcours:sortie_noter", F_OBJET, LES_DEUX, "parcours_libre", requete="nature=abandon"),
        L("parcours:sortie_annuler", F_OBJET, LES_DEUX, "sortie_libre"),
        L("parcours:suivi_liste", F_PAGE),
        L("parcours:suivi_repondre", F_OBJET, LES_DEUX, "suivi"),
        L("parcours:suivi_reglages", F_PAGE, LES_DEUX),
    ],
    "comité technique : le partenaire invité lit les séances": [
        L("parcours:comite_liste", FP_PAGE),
        L("parcours:comite_creer", F_PAGE, LES_DEUX),
        L("parcours:comite_detail", FP_OBJET, "GET", "comite"),
        L("parcours:comite_modifier", F_OBJET, LES_DEUX, "comite"),
        L("parcours:comite_supprimer", F_OBJET, LES_DEUX, "comite_libre"),
        L("parcours:comite_inscrire", F_OBJET, "POST", "comite"),
        L("parcours:comite_clore", F_OBJET, LES_DEUX, "comite"),
        L("parcours:point_creer", F_OBJET, LES_DEUX, "comite"),
        L("parcours:point_decider", F_OBJET, LES_DEUX, "point"),
        L("parcours:point_deplacer", F_OBJET, "POST", "point"),
        L("parcours:point_retirer", F_OBJET, "POST", "point"),
        L("reporting:comite_compte_rendu", FP_OBJET, "GET", "comite_clos"),
    ],
    "services d'insertion : l'offre est commune à tous": [
        L("parcours:service_liste", FP_PAGE),
        L("parcours:service_fiche", FP_PAGE, suite=("dora--1",)),
        L("parcours:frein_services", FP_OBJET, "GET", "frein"),
        L("parcours:frein_service", FP_OBJET, "GET", "frein", ("dora--1",)),
        L("parcours:import_services_liste", F_PAGE),
        L("parcours:import_services_detail", F_PAGE, "GET", "import_services"),
    ],
    "heures": [
        L("clauses:heures", FE_PAGE),
        L("clauses:heures", FE_OBJET, LES_DEUX, requete=OPERATION),
        L("clauses:heures_case", FE_OBJET, "POST"),
        L("clauses:heures_controler", FE_OBJET, "POST", ecrit=False),
        L("clauses:heures_lot", FE_OBJET, "POST", requete=OPERATION),
        L("clauses:releve_liste", FPE_PAGE),
        L("clauses:releve_detail", FPE_OBJET, "GET", "releve"),
        L("clauses:releve_bulletin", F_OBJET, "POST", "releve"),
        L("clauses:releve_etat", "c o- xx xx r- x c", "POST", "releve"),  # l'entreprise ne décide pas
    ],
    "confirmation": [
        L("clauses:regle_confirmation", F_OBJET, LES_DEUX, "marche"),
        L("clauses:heures_a_confirmer", "c xx xx xx oo x c"),
        L("clauses:heures_approuver", E_OBJET, "POST"),
        L("clauses:releve_contester", E_OBJET, LES_DEUX, "releve_a_contester"),
        L("clauses:pre_reponse", E_OBJET, LES_DEUX, "marche", ecrit=False, reussi=200),
        L("clauses:salarie_liste", "c xx xx xx oo x c"),
        L("clauses:preuve_liste", F_PAGE),
        L("clauses:contrat_preuves", FE_OBJET, LES_DEUX, "contrat"),
        L("clauses:preuve_fichier", FE_OBJET, "GET", "preuve"),
        L("clauses:preuve_juger", F_OBJET, "POST", "preuve"),
        L("clauses:preuve_retirer", "c -- xx xx o- x c", "POST", "preuve"),
        L("clauses:litige_liste", FE_PAGE),
        L("clauses:litige_detail", FE_OBJET, "GET", "litige"),
        L("clauses:litige_repondre", FE_OBJET, "POST", "litige"),
        L("clauses:litige_regler", F_OBJET, "POST", "litige"),
    ],
    "offres et candidatures : les prescripteurs voient toute offre ouverte, chaque candidature n'est qu'à ses trois parties": [
        L("clauses:offre_liste", FPE_PAGE),
        L("clauses:offre_creer", FE_PAGE, LES_DEUX),
        L("clauses:offre_detail", "c o- oo xx o- x c", "GET", "offre"),
        L("clauses:offre_modifier", FE_OBJET, LES_DEUX, "offre"),
        L("clauses:offre_publier", FE_OBJET, "POST", "offre_brouillon"),
        L("clauses:offre_retirer", FE_OBJET, LES_DEUX, "offre"),
        L("clauses:candidature_liste", FPE_PAGE),
        L("clauses:candidature_creer", P_PAGE, LES_DEUX, requete="offre={p.offre.pk}"),
        L("clauses:candidature_detail", FPE_OBJET, "GET", "candidature"),
        L("clauses:candidature_repondre", FE_OBJET, "POST", "candidature"),
        L("clauses:candidature_retirer", P_OBJET, "POST", "candidature"),
        L("clauses:candidature_message", FPE_OBJET, "POST", "candidature"),
        L("clauses:alerte_offre_liste", P_PAGE, LES_DEUX),
        L("clauses:alerte_offre_supprimer", P_OBJET, "POST", "alerte_offre"),
        L("clauses:alerte_offre_arreter", TOUT_LE_MONDE, LES_DEUX, "jeton_offres", reussi=200),
    ],
    "déclarations : le lien reçu mène à sa page, que seule la session où il s'est ouvert peut lire": [
        L("clauses:declaration_refus", "- -- -- -- -- - -", suite=("lien_inconnu",)),
        L("clauses:declaration_lien", "- -- -- -- -- - -", "GET", "lien"),
        L("clauses:declaration_lien_confirmer", "- -- -- -- -- - -", "GET", "lien"),
        L("clauses:declaration_declarer", E_OBJET, LES_DEUX, "declaration"),
        L("clauses:declaration_confirmer", E_OBJET, LES_DEUX, "declaration_vide"),
        L("clauses:declaration_liste", F_PAGE),
        L("clauses:declaration_detail", F_OBJET, "GET", "declaration"),
        L("clauses:declaration_courrier", F_OBJET, "GET", "declaration"),
        L("clauses:declaration_contacts", FE_OBJET, LES_DEUX, "declaration"),
        L("clauses:declaration_lien_envoyer", F_OBJET, "POST", "declaration"),
        L("clauses:declaration_lien_revoquer", F_OBJET, "POST", "declaration"),
        L("clauses:declaration_recevoir", F_OBJET, "POST", "declaration_vide"),
        L("clauses:declaration_verrouiller", F_OBJET, "POST", "declaration_prete"),
        L("clauses:declaration_rouvrir", F_OBJET, "POST", "declaration_verrouillee"),
        L("clauses:envoi_revenu", F_OBJET, "POST", "envoi_declaration"),
        # En dernier : ouvrir le lien donne à ce navigateur les pages d'au-dessus.
        L("clauses:declaration_entrer", "d dd dd dd dd d d", "GET", "jeton_declaration", vers="/declarer/"),
    ],
    "contrôles": [
        L("clauses:controle_liste", F_PAGE),
        L("clauses:controle_catalogue", F_PAGE),
        L("clauses:regle_controles", F_OBJET, LES_DEUX, "marche"),
        L("clauses:reexamen_reprendre", F_OBJET, "POST", "marche"),
    ],
    "opérations, marchés, lots, titulaires, avenants": [
        L("clauses:operation_liste", F_PAGE),
        L("clauses:operation_creer", F_PAGE, LES_DEUX),
        L("clauses:operation_creer", F_OBJET, LES_DEUX, requete="projet={p.projet_rendu.pk}"),
        L("clauses:operation_modifier", F_OBJET, LES_DEUX, "operation"),
        L("clauses:operation_supprimer", F_OBJET, LES_DEUX, "operation_libre"),
        L("clauses:marche_creer", F_OBJET, LES_DEUX, "operation"),
        L("clauses:marche_modifier", F_OBJET, LES_DEUX, "marche"),
        L("clauses:regle_modifier", F_OBJET, LES_DEUX, "marche"),
        L("clauses:regle_criteres", F_OBJET, LES_DEUX, "marche"),
        L("clauses:regle_documents", F_OBJET, LES_DEUX, "marche"),
        L("clauses:modele_appliquer", F_OBJET, LES_DEUX, "marche", requete="modele=I1"),
        L("clauses:modele_enregistrer", F_OBJET, LES_DEUX, "marche"),
        L("clauses:modele_liste", F_PAGE),
        L("clauses:modele_modifier", F_OBJET, LES_DEUX, "modele_regle"),
        L("clauses:modele_supprimer", F_OBJET, LES_DEUX, "modele_regle"),
        L("clauses:regle_comptage", F_OBJET, LES_DEUX, "marche"),
        L("clauses:regle_statuts", F_OBJET, LES_DEUX, "marche"),
        L("clauses:convention_liste", F_PAGE),
        L("clauses:convention_creer", F_PAGE, LES_DEUX, requete="entreprise={p.entreprise.pk}"),
        L("clauses:convention_detail", F_OBJET, "GET", "convention"),
        L("clauses:convention_modifier", F_OBJET, LES_DEUX, "convention"),
        L("clauses:convention_supprimer", F_OBJET, "POST", "convention_libre"),
        L("clauses:imputation_creer", F_OBJET, LES_DEUX, "releve_imputable", requete="convention={p.convention.pk}"),
        L("clauses:imputation_supprimer", F_OBJET, "POST", "imputation"),
        L("clauses:marche_supprimer", F_OBJET, LES_DEUX, "marche_libre"),
        L("clauses:avenant_creer", F_OBJET, LES_DEUX, "marche"),
        L("clauses:avenant_supprimer", F_OBJET, LES_DEUX, "avenant"),
        L("clauses:lot_creer", F_OBJET, LES_DEUX, "marche"),
        L("clauses:lot_modifier", F_OBJET, LES_DEUX, "lot"),
        L("clauses:lot_clore", F_OBJET, LES_DEUX, "lot_libre"),
        L("clauses:lot_supprimer", F_OBJET, LES_DEUX, "lot_libre"),
        L("clauses:titulaire_creer", F_OBJET, LES_DEUX, "lot"),
        L("clauses:titulaire_modifier", F_OBJET, LES_DEUX, "titulaire"),
        L("clauses:titulaire_supprimer", F_OBJET, LES_DEUX, "titulaire_libre"),
    ],
    # Qui lit ou écrit par un partage en cours : tests/test_partages.py.
    "partages d'opérations": [
        L("clauses:partage_liste", F_PAGE),
        L("clauses:partage_proposer", F_OBJET, LES_DEUX, "operation"),
        L("clauses:partage_detail", F_OBJET, "GET", "partage"),
        L("clauses:partage_accepter", F_OBJET, "POST", "partage_recu"),
        L("clauses:partage_finir", F_OBJET, "POST", "partage"),
    ],
    "heures dues, objectifs, pénalités, simulateur": [
        L("clauses:regle_heures_dues", F_OBJET, LES_DEUX, "marche"),
        L("clauses:regle_penalites", F_OBJET, LES_DEUX, "marche"),
        L("clauses:sous_objectif_liste", F_OBJET, "GET", "marche"),
        L("clauses:sous_objectif_creer", F_OBJET, LES_DEUX, "marche"),
        L("clauses:sous_objectif_modifier", F_OBJET, LES_DEUX, "sous_objectif"),
        L("clauses:sous_objectif_supprimer", F_OBJET, LES_DEUX, "sous_objectif"),
        L("clauses:engagement_heures", F_OBJET, "GET", "engagement"),
        L("clauses:tranche_creer", F_OBJET, LES_DEUX, "engagement_tranches"),
        L("clauses:tranche_modifier", F_OBJET, LES_DEUX, "tranche"),
        L("clauses:tranche_supprimer", F_OBJET, LES_DEUX, "tranche"),
        L("clauses:commande_creer", F_OBJET, LES_DEUX, "engagement_commandes"),
        L("clauses:commande_modifier", F_OBJET, LES_DEUX, "commande"),
        L("clauses:commande_supprimer", F_OBJET, LES_DEUX, "commande"),
        L("clauses:lot_partager", F_OBJET, LES_DEUX, "lot"),
        L("clauses:lot_simulateur", F_OBJET, "GET", "lot"),
    ],
    "avant le marché": [
        L("clauses:calibrer", FA_PAGE),
        L("clauses:clause_liste", FA_PAGE),
        L("clauses:clause_detail", FA_PAGE, suite=("modes",)),
        L("clauses:clause_modifier", F_PAGE, LES_DEUX, suite=("modes",)),
        L("clauses:projet_liste", FA_PAGE),
        L("clauses:projet_creer", A_PAGE, LES_DEUX),
        L("clauses:projet_detail", FA_OBJET, "GET", "projet"),
        L("clauses:projet_modifier", A_OBJET, LES_DEUX, "projet"),
        L("clauses:projet_demander", A_OBJET, "POST", "projet_brouillon"),
        L("clauses:projet_ecrire", FA_OBJET, "POST", "projet"),
        L("clauses:projet_avis", F_OBJET, "POST", "projet"),
        L("clauses:projet_publier", A_OBJET, "POST", "projet_rendu"),
        L("clauses:projet_abandonner", A_OBJET, "POST", "projet_brouillon"),
    ],
    "organisations : l'annuaire est commun à toutes les structures": [
        L("clauses:entreprise_liste", F_PAGE),
        L("clauses:organisation_creer", F_PAGE, LES_DEUX, requete="profil=entreprise"),
        L("clauses:organisation_modifier", "c ox xx xx xx x c", LES_DEUX, "etti"),
    ],
    "import DECP": [
        L("clauses:decp_import", F_PAGE, LES_DEUX),
        L("clauses:decp_apercu", F_OBJET, LES_DEUX, "import_decp"),
        L("clauses:decp_resultat", F_OBJET, "GET", "import_decp"),
        L("clauses:decp_reprendre", F_OBJET, "POST", "import_arrete"),
    ],
    "éligibilités et placements": [
        L("clauses:eligibilite_decider", F_OBJET, LES_DEUX, "beneficiaire", requete=OPERATION),
        L("clauses:eligibilite_detail", F_OBJET, "GET", "eligibilite"),
        L("clauses:eligibilite_renouveler", F_OBJET, LES_DEUX, "eligibilite_renouvelable"),
        L(
            "clauses:eligibilite_et_si",
            F_OBJET,
            LES_DEUX,
            "beneficiaire",
            requete="marche={p.marche.pk}",
            ecrit=False,
            reussi=200,
        ),
        L("clauses:placement_creer", F_OBJET, LES_DEUX, "beneficiaire"),
        L("clauses:contrat_modifier", F_OBJET, LES_DEUX, "contrat"),
        L("clauses:contrat_rompre", F_OBJET, LES_DEUX, "contrat"),
        L("clauses:contrat_supprimer", F_OBJET, LES_DEUX, "contrat_libre"),
    ],
    "personnes, situations, pièces": [
        L("beneficiaires:beneficiaire_liste", F_PAGE),
        L("beneficiaires:beneficiaire_creer", F_PAGE, LES_DEUX),
        L("beneficiaires:beneficiaire_modifier", F_OBJET, LES_DEUX, "beneficiaire"),
        L("beneficiaires:demenagement_noter", F_OBJET, LES_DEUX, "beneficiaire"),
        L("beneficiaires:situation_creer", F_OBJET, LES_DEUX, "beneficiaire"),
        L("beneficiaires:situation_modifier", F_OBJET, LES_DEUX, "situation"),
        L("beneficiaires:justificatif_creer", F_OBJET, LES_DEUX, "situation"),
    ],
    "orientations": [
        L("beneficiaires:orientation_liste", F_PAGE),
        L("beneficiaires:orientation_detail", FP_OBJET, "GET", "orientation"),
        L("beneficiaires:orientation_accepter", F_OBJET, LES_DEUX, "orientation"),
        L("beneficiaires:orientation_refuser", F_OBJET, LES_DEUX, "orientation"),
        L("beneficiaires:mes_orientations", P_PAGE),
        L("beneficiaires:orientation_nouvelle", P_PAGE, LES_DEUX),
        L("beneficiaires:orientation_etape", P_OBJET, LES_DEUX, "brouillon", (1,)),
        L("beneficiaires:orientation_envoyer", P_OBJET, "POST", "brouillon"),
        L("beneficiaires:orientation_supprimer", P_OBJET, LES_DEUX, "brouillon"),
    ],
    # Ici, seuls les facilitateurs administrent leur structure ; les autres profils : tests/comptes/test_membres.py.
    "membres : à qui administre la structure": [
        L("comptes:membre_liste", F_PAGE),
        L("comptes:membre_inviter", F_PAGE, LES_DEUX),
        L("comptes:membre_modifier", F_OBJET, LES_DEUX, "adhesion"),
        L("comptes:membre_retirer", F_OBJET, LES_DEUX, "adhesion"),
        L("comptes:invitation_renvoyer", F_OBJET, "POST", "invitation"),
        L("comptes:invitation_annuler", F_OBJET, "POST", "invitation"),
        # La page d'une invitation n'existe que pour le navigateur qui en a ouvert le lien.
        L("comptes:invitation_accepter", "- -- -- -- -- - -"),
        L("comptes:invitation_entrer", "d dd dd dd dd d d", "GET", "jeton_invitation", vers="/invitation/"),
    ],
    "compte et pages communes": [
        L("comptes:sante", TOUT_LE_MONDE),
        L("comptes:mon_compte", CONNECTES, LES_DEUX),
        L("comptes:changer_organisation", "c o- -- -- -- - c", "POST", ecrit=False),  # l'adhésion de F
        L("comptes:theme", TOUT_LE_MONDE, "POST", ecrit=False),
        L("comptes:accessibilite", TOUT_LE_MONDE),
        L("comptes:donnees_personnelles", TOUT_LE_MONDE),
        L("comptes:mentions_legales", TOUT_LE_MONDE),
        L("comptes:plan_du_site", TOUT_LE_MONDE),
        L("comptes:aide", TOUT_LE_MONDE),
    ],
    "connexion (django-allauth) : chacun n'y voit que son propre compte": [
        L("account_login", "o dd dd dd dd d o", vers="/"),
        L("account_logout", "d oo oo oo oo o d", vers="/"),
        L("account_inactive", TOUT_LE_MONDE),
        L("account_signup", "o dd dd dd dd d o", vers="/"),
        L("account_reauthenticate", CONNECTES),
        L("account_email", CONNECTES),
        L("account_email_verification_sent", TOUT_LE_MONDE),
        L("account_change_password", CONNECTES),
        L("account_set_password", "c dd dd dd dd d c", vers="/compte/password/change/"),
        L("account_reset_password", TOUT_LE_MONDE),
        L("account_confirm_login_code", "c dd dd dd dd d c", vers="/"),
        L("account_confirm_email", TOUT_LE_MONDE, suite=("cle-inconnue",)),
        L("account_reset_password_done", TOUT_LE_MONDE),
        L("account_reset_password_from_key", TOUT_LE_MONDE, suite=("1", "cle-inconnue")),
        L("account_reset_password_from_key_done", TOUT_LE_MONDE),
    ],
    # Changer ses codes redemande d'abord le mot de passe ; sans second facteur, il n'y a rien à montrer.
    "second facteur (django-allauth)": [
        L("mfa_index", CONNECTES),
        L("mfa_authenticate", "c dd dd dd dd d c", vers="/"),
        L("mfa_reauthenticate", "c dd dd dd dd d c", vers="/compte/reauthenticate/"),
        L("mfa_activate_totp", "c dd dd dd dd d c", vers="/compte/reauthenticate/"),
        L("mfa_deactivate_totp", "c -- -- -- -- - c"),
        L("mfa_view_recovery_codes", "c -- -- -- -- - c"),
        L("mfa_generate_recovery_codes", "c dd dd dd dd d c", vers="/compte/reauthenticate/"),
        L("mfa_download_recovery_codes", "c -- -- -- -- - c"),
    ],
}
LIGNES = [ligne for section in TABLE.values() for ligne in section]

# Ce qu'il faut changer dans le formulaire de la page pour que son envoi écrive quelque chose.
SAISIES: dict[str, Callable[[PaysageComplet], dict[str, object]]] = {
    "reporting:alerte_traiter": lambda p: {"note": "Prolongation demandée"},
    "reporting:alerte_reporter": lambda p: {"reportee_au": "01/12/2026", "motif": "Comité le 30"},
    "reporting:alerte_confier": lambda p: {"responsable": p.facilitateur.pk},
    "reporting:alerte_lot?alerte": lambda p: {"note": "Prolongation demandée"},
    "reporting:reglages_echeances": lambda p: {"seuil_proche": "15"},
    "reporting:mes_echeances": lambda p: {"types": ["plie"]},
    "reporting:bilan_viser": lambda p: {"reponse": "approuve", "commentaire": ""},
    "reporting:bilan_penalite": lambda p: {"issue": "abandonnee", "motif": "Le chantier a été interrompu."},
    "reporting:bilan_nouveau": lambda p: {"marche": p.marche.pk},
    "parcours:agrement_creer": lambda p: {"type_agrement": "plie", "date_debut": "01/02/2027"},
    "parcours:agrement_modifier": lambda p: {"porteur": "PLIE du Confluent"},
    "parcours:suspension_creer": lambda p: {
        "motif": "CONTRACT_BROKEN",
        "date_debut": "01/10/2026",
        "date_fin": "30/11/2026",
    },
    "parcours:suspension_modifier": lambda p: {"date_fin": "30/04/2026"},
    "parcours:prolongation_creer": lambda p: {
        "motif": "COMPLETE_TRAINING",
        "date_demande": "01/07/2026",
        "date_fin": "30/06/2026",
    },
    "parcours:prolongation_modifier": lambda p: {"etat": "accordee"},
    "parcours:renouvellement_creer": lambda p: {
        "avis_organisme": "Comité du PLIE",
        "avis_date": "12/11/2026",
        "avis_texte": "Poursuite de la formation",
    },
    "parcours:renouvellement_modifier": lambda p: {"avis_date": "12/03/2026"},
    "parcours:plie_creer": lambda p: {"nom": "PLIE des Monts"},
    "parcours:plie_modifier": lambda p: {"duree_mois": "36"},
    "parcours:diagnostic_etape": lambda p: {"permis_b": "en_cours"},
    "parcours:frein_modifier": lambda p: {"etat": "repere", "jour": "02/11/2026", "situations": ["26"]},
    "parcours:frein_etat": lambda p: {"vers": "repere"},
    "parcours:action_modifier": lambda p: {"structure": "Garage solidaire"},
    "parcours:parcours_modifier": lambda p: {"dispositif": "rsa"},
    "parcours:etape_creer": lambda p: {"type_etape": "formation", "date_debut": "02/11/2026"},
    "parcours:etape_modifier": lambda p: {"intitule": "Façades"},
    "parcours:etape_conclure": lambda p: {"issue": "realisee"},
    "parcours:sortie_noter?nature": lambda p: {"date_sortie": "02/11/2026"},
    "parcours:sortie_annuler": lambda p: {"motif": "Elle n’était pas sortie"},
    "parcours:suivi_repondre": lambda p: {"reponse": "non_joint"},
    "parcours:suivi_reglages": lambda p: {"a_3_mois": "on"},
    "parcours:comite_creer": lambda p: {"date_seance": "15/12/2026", "lieu": "Maison de l’emploi"},
    "parcours:comite_modifier": lambda p: {"lieu": "Mairie annexe"},
    "parcours:comite_inscrire": lambda p: {"point": [f"orientation:{p.orientation.pk}"]},
    "parcours:point_creer": lambda p: {"nom": "Ines Libre", "question": "Faut-il une immersion\u00a0?"},
    "parcours:point_decider": lambda p: {"decision": "ajournee", "motif": "Le devis manque"},
    "parcours:point_deplacer": lambda p: {"vers": "bas"},
    "clauses:heures?operation": lambda p: case(p, "35"),
    "clauses:heures_case": lambda p: case(p, "35"),
    "clauses:heures_controler": lambda p: case(p, "35"),
    "clauses:heures_lot?operation": lambda p: case(p, "35"),
    "clauses:releve_bulletin": lambda p: {"heures_bulletin": "90"},
    "clauses:releve_etat": lambda p: {"vers": "verifie", "version": 1},
    "clauses:declaration_declarer": lambda p: case(p, "35"),
    "clauses:declaration_contacts": lambda p: {"second-nom": "Paul Lenoir", "second-courriel": "chantier@bati.example"},
    "clauses:heures_approuver": lambda p: {"releve": f"{p.releve_a_confirmer.pk}:1"},
    "clauses:releve_contester": lambda p: {"heures_reconnues": "60", "motif": "Le chantier a fermé.", "version": "1"},
    "clauses:pre_reponse": lambda p: {"critere": "RSA", "depuis": "01/06/2026", "embauche": "01/12/2026"},
    "clauses:contrat_preuves": lambda p: {
        "sorte": "bulletin",
        "mois": "2026-10-01",
        "fichier": SimpleUploadedFile("paie.pdf", b"%PDF-1.7\n"),
    },
    "clauses:preuve_juger": lambda p: {f"p{p.preuve.pk.hex[:8]}-reponse": "acceptee"},
    "clauses:litige_repondre": lambda p: {"texte": "Le pointage est joint au dossier."},
    "clauses:litige_regler": lambda p: {"issue": "refusees", "motif": "Aucun pointage ne le montre."},
    "clauses:regle_confirmation": lambda p: {"exige": "on", "silence_jours": "10", "litige_jours": "20"},
    "clauses:offre_creer": lambda p: {
        "engagement": p.engagement.pk,
        "metier": "F1703",
        "commune": "Villerive",
        "type_contrat": "cdd",
        "date_debut": "01/12/2026",
        "date_fin": "26/02/2027",
        "heures_hebdo": "35",
        "postes": "2",
    },
    "clauses:offre_modifier": lambda p: {"postes": "3"},
    "clauses:candidature_creer?offre": lambda p: {
        "beneficiaire": p.beneficiaire.pk,
        "presentation": "A déjà travaillé sur un chantier de gros œuvre.",
        "disponible_le": "01/12/2026",
        "consentement": "on",
    },
    "clauses:candidature_repondre": lambda p: {"vers": "rencontre"},
    "clauses:candidature_message": lambda p: {"texte": "Elle a le permis B."},
    "clauses:declaration_rouvrir": lambda p: {"motif": "Un bulletin est arrivé après coup"},
    "clauses:operation_creer": lambda p: {
        "nom": "Gymnase du Port",
        "maitre_ouvrage": p.acheteur.pk,
        "commune": "Villerive",
        "date_debut": "01/12/2026",
    },
    "clauses:operation_creer?projet": lambda p: {"date_debut": "01/03/2027"},
    "clauses:clause_modifier": lambda p: {"motif": "Alternance", "titre": "Comment faire les heures du marché"},
    "clauses:projet_creer": lambda p: {
        "structure": p.structure.pk,
        "objet": "Nettoyage des parties communes",
        "commune": "Villerive",
        "question": "Quel dispositif ?",
        "montant_ht_euros": "300 000",
        "duree_mois": "24",
    },
    "clauses:projet_modifier": lambda p: {"montant_ht_euros": "900 000"},
    "clauses:projet_ecrire": lambda p: {"texte": "Les lots 1 et 2 restent à définir."},
    "clauses:projet_avis": lambda p: {
        "dispositif": "execution",
        "heures": "833",
        "texte": "Le lot 1.",
        "clauses": ["modes"],
    },
    "clauses:projet_publier": lambda p: {"publie_le": "16/11/2026"},
    "clauses:operation_modifier": lambda p: {"nom": "Résidence Les Saules"},
    "clauses:partage_proposer": lambda p: {"structure": p.autre_structure.pk, "droit": "lecture"},
    "clauses:partage_finir": lambda p: {"motif": "Le chantier se fait sans elle."},
    "clauses:marche_creer": lambda p: {"reference": "2026-T0777", "objet": "Étanchéité"},
    "clauses:marche_modifier": lambda p: {"objet": "Étanchéité"},
    "clauses:regle_controles": lambda p: {"mois_identiques": "inactif"},
    "clauses:regle_modifier": lambda p: {"duree_mois": "12"},
    "clauses:regle_criteres": lambda p: {"validite_RSA": "2"},
    "clauses:regle_documents": lambda p: {"form-0-nombre": "5"},
    "clauses:modele_enregistrer": lambda p: {"nom": "CCAP de la ville"},
    "clauses:modele_modifier": lambda p: {"nom": "Bailleurs sociaux"},
    "clauses:regle_comptage": lambda p: {"formation-plafond_pourcent": "20"},
    "clauses:regle_statuts": lambda p: {"adresse": "heure"},
    "clauses:convention_creer?entreprise": lambda p: {
        "reference": "GLOB-2026-3",
        "signee_le": "28/08/2026",
        "date_debut": "01/09/2026",
        "engagements": [p.engagement.pk, p.engagement_globalise.pk],
    },
    "clauses:convention_modifier": lambda p: {"date_fin": "31/12/2026"},
    "clauses:imputation_creer?convention": lambda p: {"engagement": p.engagement_globalise.pk, "heures": "5"},
    "clauses:avenant_creer": lambda p: {"date_notification": "02/11/2026", "objet": "Travaux en plus"},
    "clauses:lot_creer": lambda p: {"numero": "9", "intitule": "Peinture"},
    "clauses:lot_modifier": lambda p: {"intitule": "Peinture"},
    "clauses:titulaire_creer": lambda p: {"entreprise": p.autre_entreprise.pk, "heures_initiales": "300"},
    "clauses:titulaire_modifier": lambda p: {"heures_initiales": "1200"},
    "clauses:regle_heures_dues": lambda p: {"arrondi": "superieur"},
    "clauses:regle_penalites": lambda p: {"plafond_pourcent": "10", "euros_par_heure": "60"},
    "clauses:sous_objectif_creer": lambda p: {"nature": "qpv", "intitule": "Habitants du quartier", "heures": "50"},
    "clauses:sous_objectif_modifier": lambda p: {"part_pourcent": "10"},
    "clauses:tranche_creer": lambda p: {"heures": "200", "est_optionnelle": "on"},
    "clauses:tranche_modifier": lambda p: {"heures": "120"},
    "clauses:commande_creer": lambda p: {
        "reference": "BC-2",
        "date_commande": "01/10/2026",
        "montant_ht_euros": "20 000",
    },
    "clauses:commande_modifier": lambda p: {"montant_ht_euros": "30 000"},
    "clauses:lot_partager": lambda p: {
        "heures_lot": "833",
        f"part_{p.titulaire.pk.hex}": "60",
        f"part_{p.titulaire_libre.pk.hex}": "40",
    },
    "clauses:organisation_creer?profil": lambda p: {"nom": "Façades du Sud", "categorie": "entreprise"},
    "clauses:organisation_modifier": lambda p: {"nom": "Façades du Sud"},
    "clauses:decp_import": lambda p: {"fichier": SimpleUploadedFile("marches.json", MARCHES_DECP.read_bytes())},
    "clauses:decp_apercu": lambda p: {"tout": "1"},
    "clauses:eligibilite_decider?operation": lambda p: {"motif": "Relue"},
    "clauses:eligibilite_renouveler": lambda p: {
        "organisme": "PLIE",
        "avis_date": "10/11/2026",
        "avis_texte": "La formation se termine en juin.",
    },
    "clauses:placement_creer": lambda p: {
        "type_contrat": "cdd",
        "employeur": p.entreprise.pk,
        "date_debut": "02/06/2027",
        "date_fin": "30/06/2027",
        "heures_hebdo": "35",
        "engagements": [p.engagement.pk],
    },
    "clauses:contrat_modifier": lambda p: {"heures_hebdo": "30"},
    "clauses:contrat_rompre": lambda p: {"date_rupture": "31/10/2026"},
    "beneficiaires:beneficiaire_creer": lambda p: {
        "prenom": "Nora",
        "nom_naissance": "Belhadj",
        "date_naissance": "12/02/1988",
        "sexe": "F",
        "commune": "Villerive",
    },
    "beneficiaires:beneficiaire_modifier": lambda p: {"prenom": "Nora", "nom_naissance": "Belhadj"},
    "beneficiaires:demenagement_noter": lambda p: {"demenage_le": "02/11/2026", "commune": "Hautmont", "qpv": "non"},
    "beneficiaires:situation_creer": lambda p: {"critere": "DELD", "date_debut": "01/06/2026"},
    "beneficiaires:situation_modifier": lambda p: {"date_debut": "01/03/2025"},
    "beneficiaires:justificatif_creer": lambda p: {"date_piece": "02/11/2026"},
    "beneficiaires:orientation_accepter": lambda p: {"choix": "nouvelle"},
    "beneficiaires:orientation_refuser": lambda p: {"motif_refus": "injoignable"},
    "beneficiaires:orientation_nouvelle": lambda p: {
        "structure": p.structure.pk,
        "prenom": "Nora",
        "nom_naissance": "Belhadj",
        "date_naissance": "12/02/1988",
        "sexe": "F",
        "commune": "Villerive",
    },
    "beneficiaires:orientation_etape": lambda p: {"prenom": "Nora", "nom_naissance": "Belhadj"},
    "comptes:mon_compte": lambda p: {"prenom": "Autre"},
    "comptes:membre_inviter": lambda p: {"email": "neuve@etape.example"},
    "comptes:membre_modifier": lambda p: {"acces": "oui"},
    "comptes:changer_organisation": lambda p: {"adhesion": p.facilitateur.adhesion.pk},
    "comptes:theme": lambda p: {"theme": "sombre"},
}


def case(paysage: PaysageComplet, heures: str) -> dict[str, object]:
    """Les champs de la grille pour une case vide d'octobre 2026."""
    cle = f"{paysage.affectation.pk.hex}-t-202610"
    return {f"h-{cle}": heures, f"lu-{cle}": "0:"}


# --- le paysage et ses visiteurs --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def _temoins(_paysage_du_fichier) -> dict[str, str]:
    """Le témoin de session de chaque profil (sauf l'anonyme), ouverte une fois pour tout le fichier."""
    temoins = {}
    with time_machine.travel(AUJOURD_HUI, tick=False):
        for lettre, attribut in VISITEURS.items():
            if attribut:
                client = Client()
                client.force_login(getattr(_paysage_du_fichier, attribut))
                temoins[lettre] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return temoins


@pytest.fixture
def visiteurs(_temoins, paysage) -> dict[str, Client]:
    """Un navigateur neuf par profil, déjà connecté (sauf l'anonyme)."""
    clients = {lettre: Client() for lettre in VISITEURS}
    for lettre, temoin in _temoins.items():
        clients[lettre].cookies[settings.SESSION_COOKIE_NAME] = temoin
    return clients


def lire_en_entier(reponse) -> bytes:
    """Le corps de la réponse ; un fichier envoyé par morceaux est lu jusqu'au bout, donc refermé."""
    return b"".join(reponse.streaming_content) if reponse.streaming else reponse.content


def reponse_lue(reponse) -> str:
    """« 200 », « 403 »… et « connexion » pour une redirection vers la page de connexion."""
    if reponse.status_code == 302 and reponse.url.startswith(reverse("account_login")):
        return "connexion"
    return str(reponse.status_code)


def adresses_du_site(resolveur: URLResolver, espace: str = "") -> Iterator[tuple[str, str]]:
    """Chaque adresse : son nom complet et son motif."""
    for motif in resolveur.url_patterns:
        if isinstance(motif, URLResolver):
            interieur = f"{espace}{motif.namespace}:" if motif.namespace else espace
            for nom, chemin in adresses_du_site(motif, interieur):
                yield nom, f"{motif.pattern}{chemin}"
        else:
            yield f"{espace}{motif.name}", str(motif.pattern)


ADRESSES = list(adresses_du_site(get_resolver()))


def en_clair(motif: str) -> str:
    """Un chemin qui répond à ce motif de l'administration : « auth/group/<path:object_id>/ » donne « auth/group/1/ »."""
    return (
        re.sub(r"<[^>]+>|\(\?P<url>.*", "1", motif.replace("(?P<app_label>auth|account|mfa)", "auth").strip("^$"))
        .replace("^", "")
        .replace("$", "")
    )


# --- les tests --------------------------------------------------------------------------------------------------------


def test_chaque_adresse_est_dans_la_table():
    """Une adresse sans ligne, ou une ligne sans adresse, est un oubli."""
    du_site = {nom for nom, _ in ADRESSES if not nom.startswith("admin:")}
    de_la_table = {ligne.nom for ligne in LIGNES}
    assert du_site - de_la_table == set(), "adresses absentes de TABLE"
    assert de_la_table - du_site == set(), "lignes de TABLE sans adresse"
    identites = [ligne.identite for ligne in LIGNES]
    assert len(identites) == len(set(identites))
    assert set(SAISIES) <= set(identites), "saisies sans ligne"


@pytest.mark.parametrize("section", TABLE)
def test_chaque_profil_ouvre_ce_que_dit_la_table(section, paysage, visiteurs):
    """En GET : ce qui s'ouvre, ce qui mène ailleurs, ce qui est refusé (403), ce qui n'existe pas (404), ce qui s'envoie (405)."""
    ecarts = []
    for ligne in TABLE[section]:
        adresse = ligne.adresse(paysage)
        for lettre, signe in ligne.droit.items():
            attendue = "405" if "GET" not in ligne.methodes and signe in "o-r" else REPONSES[signe]
            reponse = visiteurs[lettre].get(adresse)
            lire_en_entier(reponse)
            if reponse_lue(reponse) != attendue:
                ecarts.append(f"{ligne.identite} × {lettre} : {reponse_lue(reponse)}, la table dit {attendue}")
            elif signe in "dt" and not reponse.url.startswith(vers := ligne.vers if signe == "d" else "/totaux/"):
                ecarts.append(f"{ligne.identite} × {lettre} : mène à {reponse.url}, la table dit {vers}")
    assert not ecarts, "\n".join(ecarts)


NOTRES = [ligne for ligne in LIGNES if ligne.nom.split(":")[0] in NOS_APPLICATIONS]


@pytest.mark.parametrize("ligne", NOTRES, ids=[ligne.identite for ligne in NOTRES])
def test_sans_droit_rien_ne_s_ecrit(ligne, paysage, visiteurs):
    """Le même envoi, complet et juste : refusé à qui n'a pas le droit, sans que la base change ; gardé pour qui l'a."""
    adresse, ecrire = ligne.adresse(paysage), "POST" in ligne.methodes
    admis = next((visiteurs[lettre] for lettre, signe in ligne.droit.items() if signe == "o"), None)
    tel_quel = valeurs_de_la_page(adresse, admis) if ecrire and "GET" in ligne.methodes else {}
    saisie = SAISIES.get(ligne.identite, lambda p: {})
    avant = empreinte()
    for lettre, signe in ligne.droit.items():
        if signe in "cx-r":
            reponse = visiteurs[lettre].post(adresse, tel_quel | saisie(paysage))
            attendus = {"c": {403}, "x": {403}, "-": {404, 405}, "r": {422}}[signe]
            assert reponse.status_code in attendus, f"{lettre} : {reponse.status_code}"
    assert empreinte() == avant, "un envoi refusé a changé la base"
    if ecrire:
        reponse = admis.post(adresse, tel_quel | saisie(paysage))
        assert reponse.status_code == ligne.reussi, texte(reponse.content.decode())[-3000:]
        assert (empreinte() != avant) is ligne.ecrit


@pytest.mark.parametrize(
    "section", [nom for nom, lignes in TABLE.items() if any(ligne.eprouve_l_identifiant for ligne in lignes)]
)
def test_un_identifiant_d_autrui_ou_invente_est_introuvable(section, paysage, visiteurs):
    """Le même 404 pour l'objet d'une autre organisation et pour un identifiant tiré au hasard : rien ne dit qu'il existe."""
    ecarts = []
    for ligne in TABLE[section]:
        if ligne.eprouve_l_identifiant:
            ailleurs = [(lettre, ligne.adresse(paysage)) for lettre, signe in ligne.droit.items() if signe == "-"]
            ailleurs += [
                (lettre, ligne.adresse(paysage, uuid4())) for lettre, signe in ligne.droit.items() if signe in "or"
            ]
            for verbe in ligne.methodes.lower().split():
                for lettre, adresse in ailleurs:
                    code = getattr(visiteurs[lettre], verbe)(adresse).status_code
                    if code != 404:
                        ecarts.append(f"{ligne.identite} × {lettre}, {verbe} : {code}")
    assert not ecarts, "\n".join(ecarts)


def test_toute_adresse_a_identifiant_est_eprouvee():
    """Chaque motif <uuid:…> passe par le test des identifiants ; l'annuaire et l'offre d'insertion, communs à
    toutes les structures, sont l'exception."""
    a_identifiant = {nom for nom, chemin in ADRESSES if "<uuid:" in chemin}
    eprouves = {ligne.nom for ligne in LIGNES if ligne.eprouve_l_identifiant}
    assert a_identifiant - eprouves == {"clauses:organisation_modifier", "parcours:import_services_detail"}


def test_l_administration_technique_reste_fermee(visiteurs):
    """Aucun profil n'y entre, que l'objet existe ou non ; l'anonyme est mené à la connexion du site."""
    chemins = [f"/{en_clair(chemin)}" for nom, chemin in ADRESSES if nom.startswith("admin:")]
    assert len(chemins) > 20
    for lettre, visiteur in visiteurs.items():
        assert reponse_lue(visiteur.get(reverse("admin:login"))) == ("connexion" if lettre in "·z" else "403"), lettre
        for chemin in chemins:
            reponse = visiteur.get(chemin)
            a_la_porte = (reverse("account_login"), reverse("admin:index"))  # et l'administration y ramène
            assert reponse.status_code == 403 or reponse.url.startswith(a_la_porte), f"{lettre}, {chemin}"


def test_l_administration_n_a_pas_sa_propre_connexion(client, db):
    """Un mot de passe juste envoyé à l'administration n'ouvre rien : le second facteur ne se contourne pas."""
    Utilisateur.objects.create_superuser("technique@etape.example", MOT_DE_PASSE, prenom="Ana", nom="Lise")
    envoi = {"username": "technique@etape.example", "password": MOT_DE_PASSE, "next": "/administration/"}
    reponse = client.post(reverse("admin:login"), envoi)
    assert reponse_lue(reponse) == "connexion"
    assert "_auth_user_id" not in client.session


def valeurs_de_la_page(adresse: str, visiteur: Client) -> dict[str, list[str]]:
    """Ce que le navigateur enverrait si l'on ne touchait à rien : le premier formulaire de la page."""
    page = visiteur.get(adresse).content.decode()
    return next(f.valeurs for f in formulaires(page) if f.methode == "post")


def empreinte() -> dict[str, str]:
    """Le contenu de chaque table des applications, journal des changements compris, réduit à une somme de contrôle."""
    tables = [
        modele._meta.db_table
        for application in NOS_APPLICATIONS
        for modele in apps.get_app_config(application).get_models(include_auto_created=True)
    ]
    sommes = " UNION ALL ".join(
        f"SELECT '{table}', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t"  # noqa: S608
        for table in tables
    )
    with connection.cursor() as curseur:
        curseur.execute(sommes)
        return dict(curseur.fetchall())
