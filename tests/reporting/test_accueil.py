"""L'accueil de chaque profil : ce qui attend, où l'on en est, et rien de ce qui ne le regarde pas."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clauses.models import CumulMensuel, MessageCandidature
from reporting.models import Alerte, SeuilAlerte, TypeAlerte
from tests.fabriques import (
    BeneficiaireFactory,
    CandidatureFactory,
    ContratFactory,
    OffreFactory,
    OrientationFactory,
    SituationFactory,
    creer_utilisateur,
    il_y_a,
)
from tests.fabriques_acheteurs import ProjetFactory
from tests.lire_html import texte

MIDI = datetime(2026, 11, 17, 12, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture(autouse=True)
def le_17_novembre_2026():
    """Le dernier mois clos est octobre 2026."""
    with time_machine.travel(MIDI, tick=False):
        yield


def page(client, utilisateur) -> str:
    client.force_login(utilisateur)
    reponse = client.get("/")
    assert reponse.status_code == 200
    return re.sub(r"[ \n]+", " ", reponse.content.decode())


def test_le_facilitateur_voit_son_travail(client, chantier):
    """240 h à vérifier en 24 relevés ; 502 h attendues, 600 validées : pas de retard."""
    accueil = page(client, chantier.facilitateur)
    assert f"Bonjour {chantier.facilitateur.prenom}" in accueil
    assert "Mardi 17 novembre 2026" in accueil
    assert "240\xa0h, dont 240\xa0h sur Résidence Les Peupliers" in accueil
    assert '<span class="nombre">24</span> déclarations' in accueil
    assert "600\xa0h" in accueil
    assert "sur 1\xa0000\xa0h, soit 60\xa0%" in accueil


def test_un_retard_se_compte_en_titulaires_et_en_heures(client, chantier):
    """3 000 h dues : 1 506 attendues au 31 octobre, 600 validées, 240 à vérifier ; il en manque 906."""
    chantier.engagement.heures_dues = 3000
    chantier.engagement.save()
    accueil = page(client, chantier.facilitateur)
    assert '<span class="nombre">1</span> titulaire' in accueil
    assert "906\xa0h à rattraper" in accueil
    assert "En retard de 906\xa0h" in accueil


def test_les_orientations_anciennes_se_disent(client, chantier):
    """Quinze jours passés sans réponse : la phrase du haut le dit."""
    il_y_a_longtemps = datetime(2026, 10, 20, 9, tzinfo=ZoneInfo("Europe/Paris"))
    OrientationFactory(structure=chantier.structure, prescripteur=chantier.prescripteur, envoyee_le=il_y_a_longtemps)
    OrientationFactory(structure=chantier.structure, prescripteur=chantier.prescripteur)
    accueil = page(client, chantier.facilitateur)
    assert "1\xa0orientation sans réponse depuis plus de 15\xa0jours" in accueil
    assert '<span class="nombre">2</span> personnes' in accueil


def test_les_pieces_manquantes(client, chantier):
    """Une situation sans justificatif : une pièce, une personne."""
    SituationFactory(beneficiaire=chantier.beneficiaire)
    assert '<span class="nombre">1</span> pièce' in page(client, chantier.facilitateur)


def test_les_echeances_sont_rangees_par_tranche(client, chantier):
    """Une éligibilité à 30 jours : elle est dans sa tranche, et dans la semaine si elle y tombe."""
    chantier.eligibilite.date_fin = date(2026, 11, 20)
    chantier.eligibilite.save()
    Alerte.objects.create(
        structure=chantier.structure,
        type_alerte=TypeAlerte.ELIGIBILITE,
        seuil=SeuilAlerte.J30,
        beneficiaire=chantier.beneficiaire,
        operation=chantier.operation,
        objet=chantier.eligibilite.pk,
        date_echeance=date(2026, 11, 20),
        creee_le=MIDI,
        signalee_le=MIDI.date(),
    )
    accueil = page(client, chantier.facilitateur)
    assert "1\xa0éligibilité à 30\xa0jours ou moins" in accueil
    assert "Vendredi 20 novembre 2026" in accueil
    assert chantier.beneficiaire.nom_complet in accueil


def test_une_autre_structure_ne_voit_rien_de_la_premiere(client, chantier):
    """Ni opération, ni heures, ni personne."""
    accueil = page(client, chantier.autre_facilitateur)
    assert "Peupliers" not in accueil
    assert "Aucune opération en cours" in accueil
    assert "Rien d’urgent" in accueil


def test_l_acheteur_voit_des_comptes_jamais_des_noms(client, chantier):
    """Ses heures, ses entreprises, des comptes masqués sous cinq."""
    accueil = page(client, chantier.compte_acheteur)
    assert "600\xa0h validées sur 1\xa0000\xa0h dues, soit 60\xa0%" in accueil
    assert f'hx-get="{reverse("reporting:public")}"' in accueil
    public = client.get(reverse("reporting:public")).content.decode()
    assert "12\xa0personnes ont travaillé" in public
    for personne in chantier.personnes:
        for lu in (accueil, public):
            assert personne.nom_naissance not in lu
            assert personne.prenom not in lu


def test_l_acheteur_lit_ses_marches_en_direct(client, chantier):
    """Une heure validée se lit aussitôt ; l'avis qu'il attend aussi."""
    assert "600\xa0h validées" in page(client, chantier.compte_acheteur)
    assert "Rien n’attend de réponse." in page(client, chantier.compte_acheteur)
    octobre = CumulMensuel.objects.filter(engagement=chantier.engagement, mois=date(2026, 10, 1))
    assert octobre.update(validees_heures=F("validees_heures") + 10) == 1
    ProjetFactory(acheteur=chantier.acheteur, structure=chantier.structure, cree_par=chantier.compte_acheteur)
    accueil = page(client, chantier.compte_acheteur)
    assert "610\xa0h validées" in accueil
    assert "1\xa0avis sans réponse" in accueil


def test_moins_de_cinq_personnes_sont_masquees(client, chantier):
    """Quatre jeunes sur douze personnes : l'acheteur lit « masqué », jamais 4."""
    client.force_login(chantier.compte_acheteur)
    public = texte(client.get(reverse("reporting:public")).content.decode())
    assert "Jeune (moins de 26 ans) masqué" in public.replace("\u00a0", " ")
    assert not re.search(r"\b4\b", public.split("Critère retenu")[1].split("Sexe")[0])


def test_sans_bilan_l_acheteur_sait_quoi_faire(client, chantier):
    """Aucun bilan publié : la page dit ce qui viendra, comment en produire un, et à qui le demander."""
    chantier.structure.courriel = "contact@structure.example"
    chantier.structure.save()
    accueil = page(client, chantier.compte_acheteur)
    assert "Aucun bilan n’est encore publié." in accueil
    assert "dès que votre facilitateur l’aura produit" in accueil
    assert f'<a href="{reverse("reporting:bilan_nouveau")}">Produire un bilan vous-même</a>' in accueil
    assert f'écrire à <a href="mailto:contact@structure.example">{chantier.structure.nom}</a>' in accueil


def test_l_autre_acheteur_a_une_page_vide_qui_le_dit(client, chantier):
    """Rien de l'opération d'autrui."""
    accueil = page(client, chantier.autre_compte_acheteur)
    assert "Peupliers" not in accueil
    assert "Aucune opération pour l’instant" in accueil


def test_l_entreprise_voit_ses_engagements_sans_critere(client, chantier):
    """Son lot et ses heures ; aucun critère."""
    accueil = page(client, chantier.compte_entreprise)
    assert "Résidence Les Peupliers" in accueil
    assert "400\xa0h" in accueil
    assert "RSA" not in accueil


def test_l_entreprise_lit_combien_de_candidats_attendent(client, chantier):
    CandidatureFactory(offre__engagement__titulaire__entreprise=chantier.entreprise)
    assert "1\xa0candidature attend votre décision" in texte(page(client, chantier.compte_entreprise))
    assert "attend votre décision" not in page(client, chantier.autre_compte_entreprise)


def test_le_facilitateur_lit_qui_attend_qui_se_tait_et_qui_placer(client, chantier):
    offre = OffreFactory(engagement=chantier.engagement, postes=9)
    for champs in ({}, {"envoyee_le": il_y_a(9)}, {"etat": "rencontre"}, {"etat": "retenue"}):
        CandidatureFactory(offre=offre, **champs)
    lu = texte(page(client, chantier.facilitateur))
    assert "Personnes retenues à placer 1 personne" in lu
    assert "Candidatures sans décision 3 candidatures" in lu
    assert "1 sans réponse de l’entreprise depuis trop longtemps." in lu
    assert "Candidatures sans décision" not in page(client, chantier.autre_facilitateur)


def proposer(chantier, offre, **champs):
    qui = {"prescripteur": chantier.prescripteur, "auteur": chantier.compte_prescripteur}
    return CandidatureFactory(offre=offre, **qui, **champs)


def test_le_prescripteur_lit_ce_qui_a_change_et_ses_personnes(client, chantier):
    """Réponses, candidatures, messages, embauches des trente derniers jours, le plus récent d'abord ; et où en est chacune."""
    offre = OffreFactory(engagement=chantier.engagement, postes=9)
    retenue = proposer(chantier, offre, etat="retenue", decidee_le=il_y_a(1), beneficiaire__prenom="Apolline")
    proposer(chantier, offre, etat="refusee", motif_refus="besoin", decidee_le=il_y_a(40))
    attend = proposer(chantier, offre, envoyee_le=il_y_a(9), beneficiaire__prenom="Berthe")
    MessageCandidature.objects.create(
        candidature=attend,
        organisation=chantier.structure,
        auteur=chantier.facilitateur,
        texte="Je les appelle.",
        le=il_y_a(3),
    )
    OrientationFactory(
        prescripteur=chantier.prescripteur,
        auteur=chantier.compte_prescripteur,
        structure=chantier.structure,
        etat="refusee",
        motif_refus="injoignable",
        repondue_le=il_y_a(2),
        prenom="Colombe",
    )
    ContratFactory(
        beneficiaire=retenue.beneficiaire, employeur=chantier.entreprise, date_debut=timezone.localdate(), date_fin=None
    )
    lu = texte(page(client, chantier.compte_prescripteur))
    attendus = ["Embauche Apolline", "Retenue Apolline", "Refusée Colombe", "Message Berthe"]
    places = [lu.index(mot) for mot in attendus]
    assert places == sorted(places)
    assert "Orientation refusée\u00a0: la personne n’a pas pu être jointe." in lu
    assert f"{chantier.structure.nom} vous a écrit." in lu
    assert "1\xa0candidature sans réponse depuis trop longtemps\xa0: relancez l’entreprise." in lu
    assert "En contrat chez Bâti-Rhône" in lu
    assert "Candidate 1\xa0candidature en cours" in lu
    assert lu.count("besoin a changé") == 0  # il y a plus de trente jours


def test_un_autre_prescripteur_ne_lit_rien_du_premier(client, chantier):
    proposer(chantier, OffreFactory(engagement=chantier.engagement), beneficiaire__prenom="Apolline")
    lu = texte(page(client, chantier.autre_compte_prescripteur))
    assert "Apolline" not in lu
    assert "Rien de neuf" in lu
    assert "Aucune encore" in lu


def test_un_compte_sans_organisation_sait_quoi_faire(client, chantier):
    """Une adhésion retirée : une phrase, aucun accès."""
    utilisateur = creer_utilisateur(chantier.structure)
    utilisateur.adhesions.update(est_active=False)
    client.force_login(utilisateur)
    reponse = client.get("/")
    assert reponse.status_code == 403
    assert "rattaché à aucune organisation" in reponse.content.decode()


@pytest.mark.parametrize("compte", ["facilitateur", "compte_acheteur", "compte_entreprise", "compte_prescripteur"])
def test_autant_de_requetes_pour_une_personne_que_pour_cinquante(client, chantier, compte):
    """L'accueil lit des sommes : cinquante personnes de plus n'ajoutent aucune requête."""
    client.force_login(getattr(chantier, compte))
    client.get("/")
    with CaptureQueriesContext(connection) as avant:
        client.get("/")
    for beneficiaire in BeneficiaireFactory.create_batch(
        50, structure=chantier.structure, prescripteur=chantier.prescripteur
    ):
        SituationFactory(beneficiaire=beneficiaire)
    with CaptureQueriesContext(connection) as apres:
        client.get("/")
    assert len(apres) == len(avant)
