"""Suivre les déclarations : la liste, les gestes du facilitateur, le verrou tenu par les services, les courriels qui reviennent."""

import io
import sys
from datetime import date
from decimal import Decimal

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from clauses.models import (
    ContactEntreprise,
    Declaration,
    EnvoiDeclaration,
    EtatReleve,
    LienDeclaration,
    NatureHeures,
    ReleveHeures,
)
from clauses.services.bulletins import relever_bulletin
from clauses.services.declarations import rouvrir, verrouiller
from clauses.services.envois import envoyer, identifiant_du_message
from clauses.services.heures import Saisie, saisir_cases
from clauses.services.heures_etats import changer_etats
from tests.fabriques import ReleveHeuresFactory
from tests.lire_html import texte

OCTOBRE = date(2026, 10, 1)
JOUR = date(2026, 11, 17)


def adresse(nom: str, objet) -> str:
    return reverse(f"clauses:{nom}", args=[objet.pk])


@pytest.fixture
def bureau(paysage, client):
    client.force_login(paysage.facilitateur)
    return client


def relire(declaration: Declaration) -> Declaration:
    return Declaration.objects.get(pk=declaration.pk)


# La liste et la page -------------------------------------------------------------------------------------------------


def test_la_liste_dit_ou_en_est_chaque_entreprise(paysage, bureau):
    """Le dernier mois fini par défaut, l'état, les personnes, le dernier courriel ; les filtres restent dans l'adresse."""
    liste = reverse("clauses:declaration_liste")
    lu = texte(bureau.get(liste).content.decode())
    assert "Déclarations d’octobre 2026" in lu and "1\u00a0déclaration" in lu
    assert "Bâti-Rhône Résidence Les Peupliers, marché 2026-T0001 En retard" in lu
    assert "0 sur 1" in lu and "Lien envoyé le 1er" in lu
    assert "1\u00a0déclaration" in texte(bureau.get(liste, {"mois": "2026-09", "etat": "verrouillee"}).content.decode())
    vide = texte(bureau.get(liste, {"etat": "validee"}).content.decode())
    assert "Aucune déclaration avec ces filtres" in vide
    assert "Aucune déclaration avec ces filtres" in texte(bureau.get(liste, {"entreprise": "Voltéo"}).content.decode())
    assert "Rien à déclarer ce mois-là" in texte(bureau.get(liste, {"mois": "2026-02"}).content.decode())
    export = bureau.get(liste, {"export": "csv"}).content.decode()
    assert "Bâti-Rhône;Résidence Les Peupliers;2026-T0001" in export


def test_les_requetes_de_la_liste_ne_suivent_pas_les_declarations(paysage, bureau, nombre_de_requetes):
    from tests.fabriques import EntrepriseFactory

    comptes = []
    for combien in (0, 20):
        for _ in range(combien):
            Declaration.objects.create(
                entreprise=EntrepriseFactory(),
                marche=paysage.marche,
                mois=OCTOBRE,
                ouverte_le=date(2026, 11, 1),
                echeance=date(2026, 11, 10),
            )
        with nombre_de_requetes() as requetes:
            assert bureau.get(reverse("clauses:declaration_liste")).status_code == 200
        comptes.append(len(requetes))
    assert comptes[0] == comptes[1]


def test_la_page_montre_les_courriels_et_la_trace(paysage, bureau):
    lu = texte(bureau.get(adresse("declaration_detail", paysage.declaration)).content.decode())
    assert "Ouverture du mois Odile Vernay paie@bati.example" in lu
    assert "pour Odile Vernay, valable jusqu’au 1er décembre 2026" in lu
    lu = texte(bureau.get(adresse("declaration_detail", paysage.declaration_verrouillee)).content.decode())
    assert "Bulletin corrigé" in lu and "Rouvrir le mois" in lu


# Les liens -----------------------------------------------------------------------------------------------------------


def test_renvoyer_le_lien(paysage, bureau, celery_immediat, django_capture_on_commit_callbacks):
    """Le lien qui sert est prolongé ; s'il a servi, un autre le remplace ; le courriel part une fois la page enregistrée."""
    LienDeclaration.objects.filter(pk=paysage.lien.pk).update(utilise_le=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        assert bureau.post(adresse("declaration_lien_envoyer", paysage.declaration)).status_code == 302
    [courriel] = mail.outbox
    assert courriel.to == ["paie@bati.example"]
    assert courriel.subject == "[Étape] Votre lien pour les heures d’insertion d’octobre 2026"
    neuf = LienDeclaration.objects.qui_servent().get()
    assert neuf.pk != paysage.lien.pk and neuf.expire_le == date(2026, 12, 17)
    assert neuf.pk.hex in courriel.body


def test_renvoyer_sans_contact_joignable_se_refuse(paysage, bureau):
    ContactEntreprise.objects.update(en_echec_le=JOUR)
    reponse = bureau.post(adresse("declaration_lien_envoyer", paysage.declaration))
    assert reponse.status_code == 422
    assert "Aucun contact joignable" in texte(reponse.content.decode())


def test_retirer_le_lien(paysage, bureau):
    bureau.post(adresse("declaration_lien_revoquer", paysage.declaration))
    lien = LienDeclaration.objects.get(pk=paysage.lien.pk)
    assert (lien.revoque_le, lien.revoque_par) == (timezone.now(), paysage.facilitateur)


def test_changer_une_adresse_retire_ses_liens(paysage, client):
    """L'entreprise tient ses contacts : l'ancienne adresse n'ouvre plus rien, et ne passe plus pour revenue."""
    ContactEntreprise.objects.update(en_echec_le=JOUR)
    client.force_login(paysage.compte_entreprise)
    page = adresse("declaration_contacts", paysage.declaration)
    assert "Un courriel est revenu le 17 novembre 2026" in texte(client.get(page).content.decode())
    saisie = {"premier-nom": "Odile Vernay", "premier-courriel": "odile@bati.example", "second-nom": "Paul"}
    refusee = client.post(page, saisie)
    assert refusee.status_code == 422 and "Écrivez son adresse électronique." in texte(refusee.content.decode())
    assert client.post(page, saisie | {"second-courriel": "paul@bati.example"}).status_code == 302
    contact = ContactEntreprise.objects.get(role="premier")
    assert (contact.courriel, contact.en_echec_le) == ("odile@bati.example", None)
    assert ContactEntreprise.objects.count() == 2
    assert LienDeclaration.objects.get(pk=paysage.lien.pk).revoque_le is not None


def test_vider_un_contact_le_retire(paysage, bureau):
    bureau.post(adresse("declaration_contacts", paysage.declaration), {"premier-nom": "", "premier-courriel": ""})
    assert not ContactEntreprise.objects.exists()


# Recevoir, verrouiller, rouvrir --------------------------------------------------------------------------------------


def test_noter_recu_ce_que_le_facilitateur_a_saisi(paysage, bureau):
    """Sans les heures de chacun, cela se refuse ; saisies par lui, le mois est reçu et le dit."""
    page = adresse("declaration_recevoir", paysage.declaration)
    assert "Il manque des heures" in texte(bureau.post(page).content.decode())
    saisie = Saisie(paysage.affectation.pk, NatureHeures.TRAVAIL, OCTOBRE, Decimal(100))
    saisir_cases(saisies=[saisie], utilisateur=paysage.facilitateur)
    assert bureau.post(page).status_code == 302
    assert relire(paysage.declaration).recue_par == paysage.facilitateur


@pytest.fixture
def valide(paysage) -> ReleveHeures:
    """Les heures d'octobre validées, le mois reçu."""
    Declaration.objects.filter(pk=paysage.declaration.pk).update(
        recue_le=timezone.now(), recue_par=paysage.compte_entreprise
    )
    return ReleveHeuresFactory(
        affectation=paysage.affectation, mois=OCTOBRE, etat=EtatReleve.VALIDE, saisi_par=paysage.facilitateur
    )


def test_un_mois_en_attente_ne_se_verrouille_pas(paysage, bureau, valide):
    ReleveHeures.objects.filter(pk=valide.pk).update(etat=EtatReleve.VERIFIE)
    reponse = bureau.post(adresse("declaration_verrouiller", paysage.declaration))
    assert reponse.status_code == 422
    assert "Des heures de ce mois attendent une décision" in texte(reponse.content.decode())
    assert relire(paysage.declaration).verrouillee_le is None


def test_un_mois_verrouille_refuse_toute_ecriture(paysage, bureau, valide):
    """Dans les services : ni saisie nouvelle ou changée, ni décision, ni bulletin, pour personne ; les autres mois s'écrivent."""
    assert bureau.post(adresse("declaration_verrouiller", paysage.declaration)).status_code == 302
    formation = Saisie(paysage.affectation.pk, NatureHeures.FORMATION, OCTOBRE, Decimal(7))
    travail = Saisie(paysage.affectation.pk, NatureHeures.TRAVAIL, OCTOBRE, Decimal(90), valide.version)
    juin = Saisie(paysage.affectation.pk, NatureHeures.TRAVAIL, date(2026, 6, 1), Decimal(90))
    for compte in (paysage.facilitateur, paysage.compte_entreprise):
        refus = saisir_cases(saisies=[formation], utilisateur=compte)[0]
        assert refus.code == "mois_verrouille"
    refus = saisir_cases(saisies=[travail], utilisateur=paysage.facilitateur)[0]
    assert refus.code == "mois_verrouille"
    bilan = changer_etats(releves=[valide], vers=EtatReleve.RECTIFIE, motif="Erreur", utilisateur=paysage.facilitateur)
    assert (bilan.nombre, bilan.refus[0][1].code) == (0, "mois_verrouille")
    refus = relever_bulletin(releve=valide, heures=Decimal(90), par=paysage.facilitateur, aujourd_hui=JOUR)
    assert refus.code == "mois_verrouille"
    assert saisir_cases(saisies=[juin], utilisateur=paysage.facilitateur)[0].heures == 90
    assert ReleveHeures.objects.filter(affectation=paysage.affectation, mois=OCTOBRE).count() == 1


def test_rouvrir_demande_une_raison_et_la_garde(paysage, bureau, valide):
    verrouiller(declaration=paysage.declaration, par=paysage.facilitateur, aujourd_hui=JOUR)
    page = adresse("declaration_rouvrir", paysage.declaration)
    reponse = bureau.post(page, {"motif": ""})
    assert reponse.status_code == 422
    assert "Écrivez pourquoi ce mois est rouvert" in texte(reponse.content.decode())
    assert bureau.post(page, {"motif": "Un bulletin est arrivé"}).status_code == 302
    declaration = relire(paysage.declaration)
    assert (declaration.verrouillee_le, declaration.est_a_reprendre) == (None, True)
    trace = declaration.reouvertures.get()
    assert (trace.par, trace.le, trace.motif) == (paysage.facilitateur, timezone.now(), "Un bulletin est arrivé")
    assert "À corriger" in texte(bureau.get(adresse("declaration_detail", declaration)).content.decode())
    bilan = changer_etats(releves=[valide], vers=EtatReleve.RECTIFIE, motif="Erreur", utilisateur=paysage.facilitateur)
    assert bilan.nombre == 1
    assert rouvrir(declaration=declaration, par=paysage.facilitateur, motif="encore").code == "pas_verrouille"


# Le courrier, les retours --------------------------------------------------------------------------------------------


def test_le_courrier_ne_nomme_personne(paysage, bureau):
    """Le mois, l'entreprise, le marché, les relances et leurs dates ; ni personne placée, ni contact."""
    for numero, jour in ((1, date(2026, 11, 24)), (2, date(2026, 12, 1))):
        EnvoiDeclaration.objects.create(
            structure=paysage.structure,
            entreprise=paysage.entreprise,
            mois=OCTOBRE,
            etape="relance",
            numero=numero,
            courriel="paie@bati.example",
            prevu_le=jour,
            envoye_le=timezone.now(),
        )
    page = bureau.get(adresse("declaration_courrier", paysage.declaration)).content.decode()
    lu = texte(page[page.index("<article") : page.index("</article>")])
    assert "heures d’insertion d’octobre 2026 non déclarées par Bâti-Rhône" in lu
    assert "À Habitat Confluence" in lu and "dues au plus tard le 10 novembre 2026" in lu
    assert "le 1er novembre 2026\u00a0: ouverture du mois le 24 novembre 2026\u00a0: relance le 1er décembre 2026" in lu
    assert paysage.beneficiaire.nom_naissance not in page and "Vernay" not in lu and "paie@" not in lu


def retour(envoi: EnvoiDeclaration, action: str = "failed") -> bytes:
    return f"""From: MAILER-DAEMON@mail.example
To: ne-pas-repondre@etape.example
Subject: Undelivered Mail
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
MIME-Version: 1.0

--b
Content-Type: text/plain

I could not deliver your message.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; paie@bati.example
Action: {action}
Status: 5.1.1

--b
Content-Type: message/rfc822

Message-ID: {identifiant_du_message(envoi)}
To: paie@bati.example
Subject: Heures

Bonjour

--b--
""".encode()


@pytest.fixture
def recevoir_un_retour(monkeypatch, capsys):
    def donner(message: bytes) -> str:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(message)))
        call_command("courriel_revenu")
        return capsys.readouterr().out

    return donner


def test_le_serveur_de_courriel_rend_un_message(paysage, recevoir_un_retour):
    """L'envoi est noté revenu, son contact n'est plus écrit ; la commande ne répète pas l'adresse."""
    dit = recevoir_un_retour(retour(paysage.envoi_declaration))
    assert dit == "Le retour est noté.\n"
    assert EnvoiDeclaration.objects.get(pk=paysage.envoi_declaration.pk).revenu_le == JOUR
    assert ContactEntreprise.objects.get(pk=paysage.contact.pk).en_echec_le == JOUR


@pytest.mark.parametrize("sorte", ["retard", "ordinaire", "inconnu", "vide"])
def test_un_autre_message_ne_change_rien(paysage, recevoir_un_retour, sorte):
    inconnu = EnvoiDeclaration(courriel="x@y.example")
    messages = {
        "retard": retour(paysage.envoi_declaration, "delayed"),
        "ordinaire": b"From: a@b.example\nSubject: Bonjour\n\n"
        + identifiant_du_message(paysage.envoi_declaration).encode(),
        "inconnu": retour(inconnu),
        "vide": b"",
    }
    assert "rien n’est noté" in recevoir_un_retour(messages[sorte])
    assert not ContactEntreprise.objects.filter(en_echec_le__isnull=False).exists()


def test_noter_un_retour_a_la_main(paysage, bureau):
    assert bureau.post(adresse("envoi_revenu", paysage.envoi_declaration)).status_code == 302
    assert ContactEntreprise.objects.get(pk=paysage.contact.pk).en_echec_le == JOUR
    lu = texte(bureau.get(adresse("declaration_detail", paysage.declaration)).content.decode())
    assert "Revenu le 17 nov" in lu


def test_un_courriel_prepare_d_un_mois_recu_entre_temps_ne_part_pas(paysage):
    envoi = EnvoiDeclaration.objects.create(
        structure=paysage.structure,
        entreprise=paysage.entreprise,
        mois=date(2026, 8, 1),
        etape="relance",
        numero=1,
        courriel="paie@bati.example",
        contact=paysage.contact,
        lien=paysage.lien,
        prevu_le=JOUR,
    )
    assert envoyer(envoi.pk) is False
    assert mail.outbox == [] and not EnvoiDeclaration.objects.filter(pk=envoi.pk).exists()
