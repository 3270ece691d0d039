"""Les pages d'une opération, d'un marché et d'une personne."""

import re
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from beneficiaires.models import Consultation
from clauses.models import Avenant, Marche, SousObjectif
from tests.fabriques import AgrementFactory, BeneficiaireFactory, JustificatifFactory, SituationFactory

MIDI = datetime(2026, 11, 17, 12, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture(autouse=True)
def le_17_novembre_2026():
    with time_machine.travel(MIDI, tick=False):
        yield


def lire(client, utilisateur, nom, pk) -> str:
    client.force_login(utilisateur)
    reponse = client.get(reverse(nom, args=[pk]))
    assert reponse.status_code == 200
    return re.sub(r"[ \n]+", " ", reponse.content.decode())


def test_l_operation_repond_en_une_phrase(client, chantier):
    """600 h sur 1 000 h ; 502 attendues au 31 octobre ; 240 à vérifier ; chaque nombre mène à ses lignes."""
    fiche = lire(client, chantier.facilitateur, "reporting:operation_fiche", chantier.operation.pk)
    assert "600\xa0h validées sur 1\xa0000\xa0h dues, soit 60\xa0%" in fiche
    assert "502\xa0h étaient attendues" in fiche
    assert "240\xa0h déclarées sont à vérifier" in fiche
    assert f"{reverse('clauses:releve_liste')}?engagement={chantier.engagement.pk}&amp;etat=valide" in fiche
    assert 'role="img"' in fiche


def test_les_avenants_gardent_avant_et_apres(client, chantier):
    """« 750 puis 933 h »."""
    Avenant.objects.create(
        marche=chantier.marche,
        engagement=chantier.engagement,
        numero=1,
        date_notification=date(2026, 5, 12),
        objet="travaux en plus",
        heures_avant=Decimal(750),
        heures_apres=Decimal(933),
    )
    fiche = lire(client, chantier.facilitateur, "reporting:operation_fiche", chantier.operation.pk)
    assert "750 puis 933\xa0h" in fiche
    assert "12 mai 2026, avenant 1, lot 1" in fiche


def test_le_montant_est_celui_d_apres_les_avenants(client, chantier):
    """900 000 € à l'attribution, 1 120 000 € à l'avenant 1 : la page dit les deux, le dernier d'abord."""
    Marche.objects.filter(pk=chantier.marche.pk).update(montant_ht_euros=900_000)
    pages = ("reporting:operation_fiche", chantier.operation.pk), ("reporting:marche_fiche", chantier.marche.pk)
    for nom, pk in pages:
        assert "à l’attribution" not in lire(client, chantier.facilitateur, nom, pk)
    Avenant.objects.create(
        marche=chantier.marche, numero=1, date_notification=date(2026, 5, 12), montant_ht_euros=1_120_000
    )
    for nom, pk in pages:
        fiche = lire(client, chantier.facilitateur, nom, pk)
        assert re.search(r"1\s120\s000\s€<br><small class=\"discret\">900\s000\s€ à l’attribution", fiche)


def test_les_personnes_sont_pour_le_facilitateur_seul(client, chantier):
    """Le facilitateur les voit et peut toutes les demander ; l'acheteur n'a que des comptes."""
    fiche = lire(client, chantier.facilitateur, "reporting:operation_fiche", chantier.operation.pk)
    assert "13\xa0personnes en poste ou passées" in fiche
    assert "Voir toutes les personnes" in fiche
    toutes = client.get(reverse("reporting:operation_fiche", args=[chantier.operation.pk]), {"personnes": "toutes"})
    assert all(p.nom_complet in toutes.content.decode() for p in chantier.personnes)
    fiche = lire(client, chantier.compte_acheteur, "reporting:operation_fiche", chantier.operation.pk)
    assert not any(p.nom_naissance in fiche for p in chantier.personnes)
    assert "Qui a travaillé" in fiche


def test_une_operation_d_un_seul_marche_dit_ses_objectifs(client, chantier):
    """Huit bénéficiaires du RSA ont fait 400 h sur les 500 visées : le facilitateur le lit, l'acheteur lit « masqué »."""
    SousObjectif.objects.create(
        marche=chantier.marche, nature="public", codes=["RSA"], intitule="Personnes au RSA", heures=Decimal(500)
    )
    fiche = lire(client, chantier.facilitateur, "reporting:operation_fiche", chantier.operation.pk)
    assert "<strong>400\xa0h</strong> sur 500\xa0h visées, soit 80\xa0%" in fiche
    fiche = lire(client, chantier.compte_acheteur, "reporting:operation_fiche", chantier.operation.pk)
    assert "Personnes au RSA\xa0: masqué" in fiche and "<strong>400\xa0h</strong>" not in fiche


def test_le_marche_a_sa_page(client, chantier):
    """La référence, la règle en clair, la version."""
    fiche = lire(client, chantier.facilitateur, "reporting:marche_fiche", chantier.marche.pk)
    assert "Marché 2026-T0001" in fiche
    assert "24\xa0mois à partir de l’embauche sur l’opération, dernier jour compris" in fiche
    assert "CCAP, article 9.3" in fiche


@pytest.mark.parametrize(
    ("compte", "statut"),
    [
        ("autre_facilitateur", 404),
        ("autre_compte_acheteur", 404),
        ("compte_prescripteur", 403),
        ("compte_entreprise", 403),
    ],
)
def test_l_operation_d_autrui(client, chantier, compte, statut):
    """Autre organisation : introuvable ; autre profil : interdit."""
    client.force_login(getattr(chantier, compte))
    assert client.get(reverse("reporting:operation_fiche", args=[chantier.operation.pk])).status_code == statut
    assert client.get(reverse("reporting:marche_fiche", args=[chantier.marche.pk])).status_code == statut


def test_autant_de_requetes_pour_une_personne_que_pour_treize(client, chantier):
    """La fiche d'une opération ne lit pas personne par personne."""
    client.force_login(chantier.facilitateur)
    url = reverse("reporting:operation_fiche", args=[chantier.operation.pk])
    client.get(url)
    with CaptureQueriesContext(connection) as treize:
        client.get(url)
    for personne in chantier.personnes:
        for contrat in personne.contrats.all():
            contrat.affectations.all().delete() if not contrat.affectations.filter(releves__isnull=False) else None
    with CaptureQueriesContext(connection) as encore:
        client.get(url)
    assert len(treize) == len(encore) < 25


def test_la_personne_a_sa_frise_et_ses_dates(client, chantier):
    """Éligible jusqu'au 1er mars 2028 ; le PASS IAE a sa propre rangée."""
    fiche = lire(client, chantier.facilitateur, "reporting:personne_fiche", chantier.beneficiaire.pk)
    assert chantier.beneficiaire.nom_complet in fiche
    assert "En poste sur" in fiche
    assert "Clause, Résidence Les Peupliers" in fiche
    assert "1er mars 2028" in fiche
    assert "PASS IAE" in fiche
    assert "Ces dates ne décident pas de l’éligibilité à une clause" in fiche


def test_une_date_d_agrement_calculee_est_une_estimation(client, chantier):
    """Sans date imprimée, le mot « estimation » l'accompagne."""
    AgrementFactory(
        beneficiaire=chantier.beneficiaire, date_debut=date(2026, 2, 1), date_fin=date(2028, 1, 31), fin_officielle=None
    )
    assert "(estimation)" in lire(client, chantier.facilitateur, "reporting:personne_fiche", chantier.beneficiaire.pk)


def test_les_pieces_disent_par_qui_et_quand(client, chantier):
    """Une situation sans pièce se voit ; une pièce vue dit sa date et son témoin."""
    vue = SituationFactory(beneficiaire=chantier.beneficiaire, critere="RSA")
    JustificatifFactory(situation=vue, vu_par=chantier.facilitateur)
    SituationFactory(beneficiaire=chantier.beneficiaire, critere="QPV")
    fiche = lire(client, chantier.facilitateur, "reporting:personne_fiche", chantier.beneficiaire.pk)
    assert f"vue le 9 janvier 2026 par {chantier.facilitateur.get_full_name()}" in fiche
    assert "Pièce à voir" in fiche


def test_l_ouverture_d_un_dossier_est_notee(client, chantier):
    """Qui a lu, et quand ; deux lectures de suite ne font pas deux lignes."""
    lire(client, chantier.facilitateur, "reporting:personne_fiche", chantier.beneficiaire.pk)
    lire(client, chantier.facilitateur, "reporting:personne_fiche", chantier.beneficiaire.pk)
    consultation = Consultation.objects.get(beneficiaire=chantier.beneficiaire)
    assert consultation.utilisateur == chantier.facilitateur


def test_une_personne_nouvelle_a_une_page_qui_dit_quoi_faire(client, chantier):
    """Ni frise, ni tableau vide : des phrases."""
    neuve = BeneficiaireFactory(structure=chantier.structure)
    fiche = lire(client, chantier.facilitateur, "reporting:personne_fiche", neuve.pk)
    assert "Sans contrat en cours" in fiche
    assert "Aucune décision n’est prise" in fiche
    assert "Aucune situation enregistrée" in fiche


@pytest.mark.parametrize(
    ("compte", "statut"),
    [("autre_facilitateur", 404), ("compte_acheteur", 403), ("compte_entreprise", 403), ("compte_prescripteur", 403)],
)
def test_le_dossier_d_une_personne_est_ferme_aux_autres(client, chantier, compte, statut):
    """Et la tentative ne laisse pas de consultation."""
    client.force_login(getattr(chantier, compte))
    assert client.get(reverse("reporting:personne_fiche", args=[chantier.beneficiaire.pk])).status_code == statut
    assert not Consultation.objects.exists()
