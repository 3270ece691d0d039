"""Une opération partagée : ce que chaque structure ouvre, ce qu'elle écrit, et rien d'une personne qui n'est pas la sienne.

La porteuse partage son opération en écriture avec la partenaire, qui y a placé une personne, et en lecture avec la lectrice.
"""

import copy
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from clauses.cumuls import recalculer_tous
from clauses.models import Affectation, DroitPartage, Eligibilite, EtatReleve, PartageOperation, ReleveHeures
from clauses.services.partages import accepter, finir, proposer
from comptes.models import Role
from reporting.alertes import signaler_echeances
from reporting.bilans import produire
from reporting.models import Alerte, EtatBilan
from tests.fabriques import (
    AUJOURD_HUI,
    AffectationFactory,
    BeneficiaireFactory,
    ContratFactory,
    EligibiliteFactory,
    MarcheFactory,
    OperationFactory,
    PartageFactory,
    PaysageComplet,
    ReleveHeuresFactory,
    StructureFactory,
    creer_utilisateur,
)
from tests.lire_html import texte
from tests.test_droits import LIGNES, Ligne, empreinte, lire_en_entier
from tests.test_fuites import DOSSIER, TH, Personne, fuites, lire, parcourir

# Ce qu'un partage ouvre d'une opération : l'objet de la ligne est l'opération, ou une partie d'elle.
DE_L_OPERATION = {
    *("operation", "marche", "marche_libre", "lot", "lot_libre", "titulaire", "titulaire_libre", "avenant"),
    *("engagement", "engagement_tranches", "engagement_commandes", "tranche", "commande", "sous_objectif"),
}
EN_LECTURE = {
    "reporting:operation_fiche",
    "reporting:marche_fiche",
    "reporting:bilan_detail",
    "reporting:bilan_fichier",
}
A_LA_PORTEUSE = {"clauses:partage_proposer"}
# Ce qu'un facilitateur ouvre, et que nomme un identifiant.
LIGNES_A_OBJET = [ligne for ligne in LIGNES if ligne.eprouve_l_identifiant and ligne.droit["F"] == "o"]
# Les listes d'où un nom pourrait sortir en fichier.
LISTES = (
    *("clauses:releve_liste", "clauses:operation_liste", "clauses:controle_liste", "clauses:declaration_liste"),
    *("beneficiaires:beneficiaire_liste", "parcours:parcours_liste", "reporting:alerte_liste", "clauses:litige_liste"),
)


class Suivie(Personne):
    """Une personne d'une structure donnée, au nom que rien d'autre ne porte, placée sur l'opération partagée."""

    def __init__(self, paysage, structure, par, *etat_civil) -> None:
        super().__init__(paysage, *etat_civil)
        self.fiche.structure = structure
        self.fiche.save()
        eligibilite = EligibiliteFactory(
            operation=paysage.operation,
            beneficiaire=self.fiche,
            regle=paysage.regle,
            decide_par=par,
            criteres_retenus=["TH"],
            motif="motifprive",
        )
        contrat = ContratFactory(beneficiaire=self.fiche, employeur=paysage.autre_entreprise)
        self.affectation = AffectationFactory(contrat=contrat, engagement=paysage.engagement, eligibilite=eligibilite)
        self.validees, self.a_verifier = (
            ReleveHeuresFactory(
                affectation=self.affectation, mois=mois, heures=Decimal(heures), etat=etat, saisi_par=par
            )
            for mois, heures, etat in (
                (date(2026, 8, 1), 80, EtatReleve.VALIDE),
                (date(2026, 9, 1), 60, EtatReleve.DECLARE),
            )
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        return (*self.mots, *self.dates)


@pytest.fixture(scope="module")
def _paysage_partage(base_du_fichier):
    with time_machine.travel(AUJOURD_HUI, tick=False):
        paysage = PaysageComplet()
        paysage.lectrice = StructureFactory(nom="Maison du Littoral")
        paysage.compte_lectrice = creer_utilisateur(paysage.lectrice, role=Role.ADMINISTRATEUR)
        paysage.partage_ecriture = PartageFactory(
            operation=paysage.operation, structure=paysage.autre_structure, droit=DroitPartage.ECRITURE, en_cours=True
        )
        paysage.partage_lecture = PartageFactory(
            operation=paysage.operation, structure=paysage.lectrice, droit=DroitPartage.LECTURE, en_cours=True
        )
        paysage.ici = Suivie(
            paysage, paysage.structure, paysage.facilitateur, "Zénobie", "Quatremère", "Valdenaire", date(1987, 3, 9)
        )
        paysage.la_bas = Suivie(
            paysage,
            paysage.autre_structure,
            paysage.autre_facilitateur,
            *("Ferdinande", "Oloronnet", "Brécourt", date(1979, 11, 23)),
        )
        paysage.voisine, paysage.employee = paysage.la_bas, paysage.ici  # ceux que le parcours cherche
        recalculer_tous()
        paysage.bilan.etat = EtatBilan.EN_ATTENTE
        paysage.bilan.save()
        return paysage


@pytest.fixture
def paysage(_paysage_partage, db):
    with time_machine.travel(AUJOURD_HUI, tick=False):
        yield copy.deepcopy(_paysage_partage)


@pytest.fixture
def lectrice(paysage) -> Client:
    return connecte(paysage.compte_lectrice)


@pytest.fixture
def partenaire(paysage) -> Client:
    return connecte(paysage.autre_facilitateur)


@pytest.fixture
def porteuse(paysage) -> Client:
    return connecte(paysage.facilitateur)


def connecte(compte) -> Client:
    client = Client()
    client.force_login(compte)
    return client


def tout_lire(paysage, compte) -> dict[str, str]:
    """Chaque adresse de la table, les listes et leurs fichiers, les fiches de ses personnes et les deux relevés de l'opération."""
    lues, client = parcourir(paysage, compte, suivre=False), connecte(compte)
    adresses = [reverse(nom, query=q) for nom in LISTES for q in ({}, {"export": "csv"}, {"export": "xlsx"})]
    for suivie in (paysage.ici, paysage.la_bas):
        adresses.append(reverse("reporting:personne_fiche", args=[suivie.fiche.pk]))
        adresses += [reverse("clauses:releve_detail", args=[r.pk]) for r in (suivie.validees, suivie.a_verifier)]
    adresses.append(reverse("clauses:heures", query={"operation": paysage.operation.pk, "nature": "tout"}))
    adresses.append(reverse("clauses:releve_liste", query={"operation": paysage.operation.pk, "export": "xlsx"}))
    return lues | {adresse: lire(client.get(adresse)) for adresse in adresses}


def codes(client: Client, paysage, ligne: Ligne) -> set[int]:
    """Ce que répond la ligne à chaque verbe qu'elle admet ; les envois sont vides : seul le droit se juge."""
    adresse = ligne.adresse(paysage)
    trouves = set()
    for verbe in ligne.methodes.lower().split():
        reponse = getattr(client, verbe)(adresse)
        trouves.add(reponse.status_code)
        lire_en_entier(reponse)
    return trouves


# --- chaque adresse, une par une ----------------------------------------------------------------------------------------


def test_en_lecture_ce_qui_se_lit_s_ouvre_et_rien_ne_s_ecrit(paysage, lectrice):
    """L'opération, ses marchés, ses bilans : 200. Y écrire : 403. Les personnes et les dossiers de la porteuse : 404."""
    produire(paysage.bilan)
    avant, ecarts = empreinte(), []
    for ligne in LIGNES_A_OBJET:
        attendus = {200} if ligne.nom in EN_LECTURE else {403} if ligne.objet in DE_L_OPERATION else {404}
        if (trouves := codes(lectrice, paysage, ligne)) != attendus:
            ecarts.append(f"{ligne.identite} : {trouves} au lieu de {attendus}")
    assert not ecarts, "\n".join(ecarts)
    assert empreinte() == avant


def test_en_ecriture_l_operation_s_ouvre_et_les_dossiers_de_la_porteuse_restent_fermes(paysage, partenaire):
    """Ni le partage ni la suppression, à la porteuse seule : 403. Ses personnes, ses déclarations, ses conventions : 404."""
    produire(paysage.bilan)
    ecarts = []
    for ligne in LIGNES_A_OBJET:
        ouvert = ligne.nom in EN_LECTURE or ligne.objet in DE_L_OPERATION
        trouves = codes(partenaire, paysage, Ligne(**{**ligne.__dict__, "methodes": ligne.methodes.split()[0]}))
        refus = {403} if ligne.nom in A_LA_PORTEUSE else set() if ouvert else {404}
        if trouves & {403, 404} != refus:
            ecarts.append(f"{ligne.identite} : {trouves}")
    assert not ecarts, "\n".join(ecarts)
    supprimer = reverse("clauses:operation_supprimer", args=[paysage.operation.pk])
    assert partenaire.post(supprimer).status_code == 403


def test_sans_partage_ou_fini_l_operation_n_existe_pas(paysage):
    finir(partage=paysage.partage_ecriture, par=paysage.facilitateur, motif="Chantier réparti autrement")
    tierce = connecte(creer_utilisateur(StructureFactory()))
    for client in (tierce, connecte(paysage.autre_facilitateur)):
        for ligne in LIGNES_A_OBJET:
            if ligne.objet in DE_L_OPERATION or ligne.nom in EN_LECTURE:
                assert codes(client, paysage, ligne) == {404}, ligne.identite


@pytest.mark.parametrize("verbe", ["get", "post"])
def test_la_grille_d_une_operation_lue_seulement_est_refusee(paysage, lectrice, verbe):
    adresse = reverse("clauses:heures", query={"operation": paysage.operation.pk})
    assert getattr(lectrice, verbe)(adresse).status_code == 403


# --- aucune personne d'une autre structure ------------------------------------------------------------------------------


def test_la_lectrice_ne_lit_rien_d_une_personne(paysage):
    """Aucune page, aucun export, aucun PDF : ni nom, ni naissance, ni critère, ni dossier."""
    produire(paysage.bilan)
    lues = parcourir(paysage, paysage.compte_lectrice)
    ouvertes = [adresse for adresse, contenu in lues.items() if paysage.operation.nom in contenu]
    assert any(adresse.endswith(".pdf") for adresse in ouvertes)
    assert any("export=xlsx" in adresse for adresse in ouvertes)
    personnes = (*paysage.ici.secrets, *paysage.la_bas.secrets, paysage.beneficiaire.nom_naissance)
    assert not fuites(lues, (*personnes, *DOSSIER))
    # Le nom d'un public ne dit rien de personne dans les pages qui parlent de la règle ; une fiche n'en dit pas.
    fiches = {a: lu for a, lu in lues.items() if a.startswith(("/operations/", "/marches/", "/bilans/"))}
    assert not fuites(fiches, (TH.libelle, TH.libelle_court))


def test_la_partenaire_lit_ses_personnes_et_aucune_autre(paysage):
    produire(paysage.bilan)
    lues = tout_lire(paysage, paysage.autre_facilitateur)
    assert not fuites(lues, (*paysage.ici.secrets, paysage.beneficiaire.nom_naissance))
    assert fuites(lues, ("Brécourt",)), "elle lit pourtant les siennes"
    assert any("export=xlsx" in adresse and "Brécourt" in contenu for adresse, contenu in lues.items())


def test_la_porteuse_ne_lit_pas_les_personnes_de_la_partenaire(paysage):
    produire(paysage.bilan)
    lues = tout_lire(paysage, paysage.facilitateur)
    assert not fuites(lues, paysage.la_bas.secrets)
    assert fuites(lues, ("Valdenaire",)), "elle lit pourtant les siennes"


def test_les_personnes_de_l_autre_sont_un_total(paysage, porteuse, partenaire, lectrice):
    """Ferdinande a 80 h validées : un nombre sous cinq se tait, ses heures s'ajoutent à celles de l'opération."""
    fiche = reverse("reporting:operation_fiche", args=[paysage.operation.pk])
    vues = {
        nom: texte(client.get(fiche).content.decode()).replace("\xa0", " ")
        for nom, client in (("porteuse", porteuse), ("partenaire", partenaire), ("lectrice", lectrice))
    }
    assert "Moins de cinq personnes suivies par PLIE d’à côté : 80 h" in vues["porteuse"]
    assert "suivies par Maison de l’emploi du Confluent : " in vues["partenaire"]
    assert "par PLIE d’à côté" not in vues["partenaire"].split("Suivies par d’autres structures")[1]
    assert "suivies par PLIE d’à côté : 80 h" in vues["lectrice"]
    assert "suivies par Maison de l’emploi du Confluent : " in vues["lectrice"]
    chapeaux = {vue[vue.index("validées sur") - 12 : vue.index("validées sur")] for vue in vues.values()}
    assert len(chapeaux) == 1, "chacune lit le même total"


def test_une_convention_ne_nomme_pas_les_autres_operations_de_la_porteuse(paysage, porteuse, partenaire, lectrice):
    """La porteuse lit d'où viennent ses heures globalisées ; les autres, leur seul total."""
    ailleurs = MarcheFactory(operation=paysage.operation_libre, reference="2026-AILLEURS")
    paysage.engagement_globalise.titulaire.lot.marche = ailleurs
    paysage.engagement_globalise.titulaire.lot.save()
    fiche = reverse("reporting:operation_fiche", args=[paysage.operation.pk])
    assert "2026-AILLEURS" in porteuse.get(fiche).content.decode()
    for client in (partenaire, lectrice):
        assert "2026-AILLEURS" not in client.get(fiche).content.decode()


def test_les_heures_a_verifier_sont_celles_de_ses_personnes(paysage, porteuse, partenaire):
    """Ferdinande a une déclaration de 60 h à vérifier : c'est à sa structure de le faire."""
    a_verifier = ReleveHeures.objects.pour(paysage.facilitateur).en_attente().count()
    assert f"{a_verifier} déclarations" in texte(porteuse.get("/").content.decode()).replace("\xa0", " ")
    page = texte(partenaire.get("/").content.decode()).replace("\xa0", " ")
    assert "1 déclaration " in page
    assert "60 h, dont 60 h sur Résidence Les Peupliers" in page


def test_une_fin_d_eligibilite_previent_la_structure_de_la_personne(paysage):
    Eligibilite.objects.filter(beneficiaire=paysage.la_bas.fiche).update(date_fin=date(2026, 12, 1))
    signaler_echeances(jour=date(2026, 11, 17))
    alertes = Alerte.objects.filter(beneficiaire=paysage.la_bas.fiche, type_alerte="eligibilite")
    assert [alerte.structure_id for alerte in alertes] == [paysage.autre_structure.pk]


# --- travailler sur l'opération d'une autre -----------------------------------------------------------------------------


def test_la_partenaire_place_sa_personne_saisit_et_valide_ses_heures(paysage, partenaire):
    personne = BeneficiaireFactory(structure=paysage.autre_structure)
    EligibiliteFactory(operation=paysage.operation, beneficiaire=personne, regle=paysage.regle)
    envoi = {
        "type_contrat": "cdd",
        "employeur": paysage.entreprise.pk,
        "date_debut": "01/10/2026",
        "date_fin": "30/06/2027",
        "heures_hebdo": "35",
        "engagements": [paysage.engagement.pk],
    }
    reponse = partenaire.post(reverse("clauses:placement_creer", args=[personne.pk]), envoi)
    assert reponse.status_code == 302, texte(reponse.content.decode())[-1500:]
    affectation = Affectation.objects.get(contrat__beneficiaire=personne)
    cle = f"{affectation.pk.hex}-t-202610"
    grille = reverse("clauses:heures", query={"operation": paysage.operation.pk})
    assert partenaire.post(grille, {f"h-{cle}": "35", f"lu-{cle}": "0:"}).status_code == 302
    releve = ReleveHeures.objects.get(affectation=affectation)
    for vers, version in (("verifie", releve.version), ("valide", releve.version + 1)):
        partenaire.post(reverse("clauses:releve_etat", args=[releve.pk]), {"vers": vers, "version": version})
    releve.refresh_from_db()
    assert (releve.etat, releve.heures) == (EtatReleve.VALIDE, 35)
    page = texte(
        connecte(paysage.facilitateur)
        .get(reverse("reporting:operation_fiche", args=[paysage.operation.pk]))
        .content.decode()
    ).replace("\xa0", " ")
    assert "suivies par PLIE d’à côté : 115 h" in page


def test_la_partenaire_ne_lit_pas_les_autres_marches_de_la_porteuse(paysage, partenaire):
    """Le choix d'un accord-cadre ne propose que les marchés des opérations qui lui sont ouvertes."""
    MarcheFactory(operation=paysage.operation_libre, reference="2026-SECRET")
    page = partenaire.get(reverse("clauses:marche_modifier", args=[paysage.marche.pk])).content.decode()
    assert "2026-SECRET" not in page
    assert paysage.marche_libre.reference in page


def test_la_porteuse_ne_touche_pas_aux_heures_de_la_partenaire(paysage, porteuse):
    releve = paysage.la_bas.a_verifier
    assert porteuse.get(reverse("clauses:releve_detail", args=[releve.pk])).status_code == 404
    etat = reverse("clauses:releve_etat", args=[releve.pk])
    assert porteuse.post(etat, {"vers": "verifie", "version": releve.version}).status_code == 404
    cle = f"{paysage.la_bas.affectation.pk.hex}-t-202610"
    assert porteuse.post(reverse("clauses:heures_case"), {f"h-{cle}": "35", f"lu-{cle}": "0:"}).status_code == 404
    grille = porteuse.get(reverse("clauses:heures", query={"operation": paysage.operation.pk})).content.decode()
    assert paysage.la_bas.affectation.pk.hex not in grille


def test_en_lecture_rien_ne_se_place_ni_ne_se_decide(paysage, lectrice):
    personne = BeneficiaireFactory(structure=paysage.lectrice)
    page = lectrice.get(reverse("clauses:eligibilite_decider", args=[personne.pk])).content.decode()
    assert paysage.operation.nom not in page
    decider = reverse("clauses:eligibilite_decider", args=[personne.pk], query={"operation": paysage.operation.pk})
    assert lectrice.post(decider, {"operation": paysage.operation.pk}).status_code == 200
    assert not personne.eligibilites.exists()


def test_le_partage_fini_les_heures_declarees_se_verifient_encore(paysage, partenaire):
    """Plus de saisie ni d'opération ; mais les heures de sa personne attendaient, et personne d'autre ne peut les vérifier."""
    finir(partage=paysage.partage_ecriture, par=paysage.facilitateur, motif="Chantier réparti autrement")
    cle = f"{paysage.la_bas.affectation.pk.hex}-t-202610"
    assert partenaire.post(reverse("clauses:heures_case"), {f"h-{cle}": "35", f"lu-{cle}": "0:"}).status_code == 404
    assert partenaire.get(reverse("clauses:heures")).status_code == 200
    renouveler = reverse("clauses:eligibilite_renouveler", args=[paysage.la_bas.affectation.eligibilite_id])
    assert "Le partage de cette opération est fini" in partenaire.get(renouveler).content.decode()
    releve = paysage.la_bas.a_verifier
    etat = reverse("clauses:releve_etat", args=[releve.pk])
    assert partenaire.post(etat, {"vers": "verifie", "version": releve.version}).status_code == 302
    assert (
        "Chantier réparti autrement"
        in partenaire.get(reverse("clauses:partage_detail", args=[paysage.partage_ecriture.pk])).content.decode()
    )
    assert "60\xa0h" in partenaire.get("/").content.decode()


def test_le_partage_fini_rien_de_la_personne_ne_mene_a_l_operation_fermee(paysage, partenaire):
    """Son dossier garde le nom de l'opération ; le lien n'est là que tant qu'il s'ouvre."""
    fiche = reverse("reporting:operation_fiche", args=[paysage.operation.pk])
    pages = [
        reverse("reporting:personne_fiche", args=[paysage.la_bas.fiche.pk]),
        reverse("clauses:eligibilite_detail", args=[paysage.la_bas.affectation.eligibilite_id]),
    ]
    assert all(f'href="{fiche}"' in partenaire.get(page).content.decode() for page in pages)
    finir(partage=paysage.partage_ecriture, par=paysage.facilitateur, motif="Chantier réparti autrement")
    for page in pages:
        lu = partenaire.get(page).content.decode()
        assert paysage.operation.nom in texte(lu)
        assert f'href="{fiche}"' not in lu


# --- l'accord -----------------------------------------------------------------------------------------------------------


def test_de_la_proposition_a_l_acceptation(paysage, porteuse):
    """L'invitée ne voit rien avant d'accepter ; la proposition est sur son accueil."""
    operation = paysage.operation_libre
    invitee = connecte(paysage.autre_facilitateur)
    fiche = reverse("reporting:operation_fiche", args=[operation.pk])
    proposition = {"structure": paysage.autre_structure.pk, "droit": "lecture"}
    porteuse.post(reverse("clauses:partage_proposer", args=[operation.pk]), proposition)
    partage = PartageOperation.objects.get(operation=operation)
    assert invitee.get(fiche).status_code == 404
    assert "Partages à accepter" in invitee.get("/").content.decode()
    accepter_ = reverse("clauses:partage_accepter", args=[partage.pk])
    assert porteuse.post(accepter_).status_code == 403
    assert invitee.post(accepter_).status_code == 302
    assert invitee.get(fiche).status_code == 200
    assert "Partages à accepter" not in invitee.get("/").content.decode()
    liste = invitee.get(reverse("clauses:operation_liste")).content.decode()
    assert "Partagée par Maison de l’emploi du Confluent" in liste
    assert invitee.post(accepter_).status_code == 422  # une fois


def test_passer_a_l_ecriture_demande_une_nouvelle_acceptation(paysage, lectrice):
    nouveau = proposer(
        operation=paysage.operation, structure=paysage.lectrice, droit="ecriture", par=paysage.facilitateur
    )
    modifier = reverse("clauses:operation_modifier", args=[paysage.operation.pk])
    assert lectrice.get(modifier).status_code == 403
    lectrice.post(reverse("clauses:partage_accepter", args=[nouveau.pk]))
    assert lectrice.get(modifier).status_code == 200
    paysage.partage_lecture.refresh_from_db()
    assert paysage.partage_lecture.etat == "fini"
    assert paysage.partage_lecture.motif == "Remplacé par un nouveau droit."


def test_refuser_demande_un_motif_et_garde_sa_trace(paysage, porteuse):
    partage = paysage.partage
    invitee = connecte(creer_utilisateur(paysage.partenaire))
    adresse = reverse("clauses:partage_finir", args=[partage.pk])
    refusee = invitee.post(adresse, {"motif": ""})
    assert refusee.status_code == 422
    assert "Dites pourquoi" in refusee.content.decode()
    assert invitee.post(adresse, {"motif": "Nous n’avons personne sur ce chantier."}).status_code == 302
    partage.refresh_from_db()
    assert (partage.etat, partage.fini_structure_id) == ("refuse", paysage.partenaire.pk)
    page = porteuse.get(reverse("clauses:partage_detail", args=[partage.pk])).content.decode()
    assert "Nous n’avons personne sur ce chantier." in page
    assert porteuse.post(adresse, {"motif": "Encore"}).status_code == 422


def test_une_seconde_proposition_est_refusee_par_une_phrase(paysage, porteuse):
    envoi = {"structure": paysage.partenaire.pk, "droit": "ecriture"}
    page = porteuse.post(reverse("clauses:partage_proposer", args=[paysage.operation.pk]), envoi).content.decode()
    assert "Une proposition attend déjà la réponse de cette structure." in page
    envoi = {"structure": paysage.lectrice.pk, "droit": "lecture"}
    page = porteuse.post(reverse("clauses:partage_proposer", args=[paysage.operation.pk]), envoi).content.decode()
    assert "Cette structure a déjà ce droit sur l’opération." in page


def test_on_n_invite_qu_une_autre_structure_facilitatrice(paysage, porteuse):
    """Ni la sienne, ni une entreprise, ni un identifiant abîmé."""
    adresse = reverse("clauses:partage_proposer", args=[paysage.operation_libre.pk])
    for structure in (paysage.structure.pk, paysage.entreprise.pk, "pas-un-identifiant"):
        page = porteuse.post(adresse, {"structure": structure, "droit": "lecture"}).content.decode()
        assert "Cette structure n’est pas dans la liste." in page
    assert not PartageOperation.objects.filter(operation=paysage.operation_libre).exists()


def test_la_base_refuse_deux_partages_en_cours_et_le_partage_avec_soi(paysage):
    for champs in (
        {"structure": paysage.autre_structure, "en_cours": True},
        {"structure": paysage.partenaire},
        {"structure": paysage.structure},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            PartageFactory(operation=paysage.operation, **champs)


def test_accepter_deux_fois_ou_apres_le_retrait_est_refuse(paysage):
    partage = paysage.partage
    accepter(partage=partage, par=creer_utilisateur(paysage.partenaire))
    with pytest.raises(Exception, match="n’attend plus de réponse"):
        accepter(partage=partage, par=creer_utilisateur(paysage.partenaire))


# --- le temps -----------------------------------------------------------------------------------------------------------


def test_autant_de_requetes_pour_beaucoup_de_partages(paysage, lectrice, nombre_de_requetes):
    adresses = (
        reverse("clauses:operation_liste"),
        reverse("clauses:partage_liste"),
        "/",
        reverse("reporting:operation_fiche", args=[paysage.operation.pk]),
    )

    def mesurer() -> list[int]:
        nombres = []
        for adresse in adresses:
            lectrice.get(adresse)
            with nombre_de_requetes() as requetes:
                lectrice.get(adresse)
            nombres.append(len(requetes))
        return nombres

    PartageFactory(operation=OperationFactory(), structure=paysage.lectrice, en_cours=True)
    PartageFactory(operation=OperationFactory(), structure=paysage.lectrice)
    avec_peu = mesurer()
    for droit in DroitPartage:
        for _ in range(4):
            PartageFactory(operation=OperationFactory(), structure=paysage.lectrice, droit=droit, en_cours=True)
            PartageFactory(operation=OperationFactory(), structure=paysage.lectrice, droit=droit)
    assert mesurer() == avec_peu
