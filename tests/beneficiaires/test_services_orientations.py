"""Répondre à une orientation : le courriel, et deux réponses au même instant."""

import threading
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from beneficiaires.models import Beneficiaire, EtatOrientation, Orientation
from beneficiaires.services.orientations import accepter_orientation, refuser_orientation
from beneficiaires.services.personnes import creer_beneficiaire
from beneficiaires.tasks import annoncer_reponse
from tests.fabriques import BeneficiaireFactory, OrientationFactory, Paysage

ADRESSE = "https://etape.example/orientations/1/"


@pytest.fixture
def orientation(paysage):
    return OrientationFactory(
        prescripteur=paysage.prescripteur,
        auteur=paysage.compte_prescripteur,
        structure=paysage.structure,
        prenom="Daniel",
        nom_naissance="Mbarga",
        envoyee_le=datetime(2026, 3, 12, 9, tzinfo=ZoneInfo("Europe/Paris")),
    )


def test_le_refus_part_par_courriel_sans_nommer_la_personne(
    paysage, orientation, celery_immediat, django_capture_on_commit_callbacks
):
    """L'auteur reçoit la date de son orientation, la raison et l'adresse de la réponse ; ni nom, ni message libre."""
    with django_capture_on_commit_callbacks(execute=True):
        refuser_orientation(
            orientation=orientation,
            utilisateur=paysage.facilitateur,
            motif="aucune_offre",
            message="Daniel peut revenir en mai.",
            maintenant=timezone.now(),
            adresse=ADRESSE,
        )
    (courriel,) = mail.outbox
    assert courriel.to == [orientation.auteur.email]
    assert "votre orientation du 12 mars 2026" in courriel.subject
    for attendu in (
        "votre orientation du 12 mars 2026",
        "a refusé",
        "Aucune offre ne correspond en ce moment",
        ADRESSE,
    ):
        assert attendu in courriel.body
    for nom in ("Daniel", "Mbarga", "revenir"):
        assert nom not in courriel.subject + courriel.body
    assert "&" not in courriel.body


def test_l_acceptation_part_par_courriel(paysage, orientation, celery_immediat, django_capture_on_commit_callbacks):
    """Le courriel dit qui a accepté."""
    with django_capture_on_commit_callbacks(execute=True):
        accepter_orientation(
            orientation=orientation,
            utilisateur=paysage.facilitateur,
            beneficiaire=None,
            maintenant=timezone.now(),
            adresse=ADRESSE,
        )
    assert "Maison de l’emploi du Confluent a accepté votre orientation du 12 mars 2026." in mail.outbox[0].body


def test_la_tache_rejouee_n_envoie_rien_de_plus(paysage, orientation):
    """Sans réponse, rien ne part ; répondue, un courriel, même si la tâche passe trois fois."""
    annoncer_reponse(str(orientation.pk), ADRESSE)
    assert not mail.outbox
    Orientation.objects.filter(pk=orientation.pk).update(
        etat="refusee", motif_refus="pieces", repondue_le=timezone.now(), repondue_par=paysage.facilitateur
    )
    for _ in range(3):
        annoncer_reponse(str(orientation.pk), ADRESSE)
    assert len(mail.outbox) == 1
    annoncer_reponse("00000000-0000-4000-8000-000000000000", ADRESSE)
    assert len(mail.outbox) == 1


def test_un_courriel_qui_ne_part_pas_se_retente(paysage, orientation, monkeypatch):
    """Le serveur de courriel refuse : l'erreur remonte, et l'essai suivant envoie bien."""
    Orientation.objects.filter(pk=orientation.pk).update(
        etat="refusee", motif_refus="pieces", repondue_le=timezone.now(), repondue_par=paysage.facilitateur
    )

    def en_panne(*args, **kwargs):
        raise ConnectionRefusedError

    with monkeypatch.context() as panne:
        panne.setattr("beneficiaires.tasks.send_mail", en_panne)
        with pytest.raises(ConnectionRefusedError):
            annoncer_reponse(str(orientation.pk), ADRESSE)
    annoncer_reponse(str(orientation.pk), ADRESSE)
    assert len(mail.outbox) == 1


def ensemble(*actions) -> list[object]:
    """Lance les actions au même instant, chacune dans son fil et sa connexion ; rend leurs résultats ou leurs erreurs."""
    depart, resultats = threading.Barrier(len(actions)), [None] * len(actions)

    def lancer(rang, action):
        try:
            depart.wait(10)
            resultats[rang] = action()
        except ValidationError as erreur:
            resultats[rang] = erreur
        finally:
            connection.close()

    fils = [threading.Thread(target=lancer, args=paire) for paire in enumerate(actions)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(30)
    return resultats


@pytest.mark.django_db(transaction=True)
def test_deux_acceptations_au_meme_instant():
    """Une seule passe ; l'autre apprend qui a répondu. Une seule fiche."""
    paysage = Paysage()
    orientation = OrientationFactory(structure=paysage.structure, prescripteur=paysage.prescripteur)

    def accepter():
        return accepter_orientation(
            orientation=orientation,
            utilisateur=paysage.facilitateur,
            beneficiaire=None,
            maintenant=timezone.now(),
            adresse=ADRESSE,
        )

    resultats = ensemble(accepter, accepter)
    (refus,) = [r for r in resultats if isinstance(r, ValidationError)]
    assert f"{paysage.facilitateur.get_full_name()} a déjà accepté cette orientation" in refus.messages[0]
    assert Orientation.objects.get(pk=orientation.pk).etat == EtatOrientation.ACCEPTEE
    assert Beneficiaire.objects.filter(nom_naissance=orientation.nom_naissance).count() == 1


@pytest.mark.django_db(transaction=True)
def test_deux_creations_au_meme_instant():
    """Le second envoi voit la fiche du premier et la rend comme ressemblante."""
    paysage = Paysage()

    def creer():
        fiche = BeneficiaireFactory.build(structure=paysage.structure, prenom="Daniel", nom_naissance="Mbarga")
        return creer_beneficiaire(fiche=fiche, metiers=[])

    longueurs = sorted(len(doublons) for doublons in ensemble(creer, creer))
    assert longueurs == [0, 1]
    assert Beneficiaire.objects.filter(nom_naissance="Mbarga").count() == 1
