"""Un courriel qui revient, un contact que deux relances n'ont pas fait répondre : chacun devient une tâche du facilitateur."""

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from clauses.models import ContactEntreprise, Declaration, EnvoiDeclaration
from clauses.services.envois import noter_retour
from reporting.alertes import Compte, signaler_echeances
from reporting.alertes.mots import avec_mots, objet_en_mots, page_du_sujet, sans_nom, sujet
from reporting.models import Alerte, TypeAlerte
from reporting.tasks import envoyer_recapitulatifs
from tests.lire_html import texte

OCTOBRE = date(2026, 10, 1)
# Octobre est dû le 10 novembre : relances le 24 novembre, puis le 1er décembre.
PREMIERE, DEUXIEME = date(2026, 11, 24), date(2026, 12, 1)


def relance(paysage, numero: int, jour: date, **champs) -> EnvoiDeclaration:
    valeurs = {
        "structure": paysage.structure,
        "entreprise": paysage.entreprise,
        "mois": OCTOBRE,
        "etape": "relance",
        "courriel": paysage.contact.courriel,
        "contact": paysage.contact,
        "envoye_le": timezone.now(),
    }
    return EnvoiDeclaration.objects.create(numero=numero, prevu_le=jour, **(valeurs | champs))


@pytest.fixture
def muet(paysage) -> EnvoiDeclaration:
    """Relancé deux fois pour octobre, sans réponse ; rend la seconde relance."""
    relance(paysage, 1, PREMIERE)
    return relance(paysage, 2, DEUXIEME)


def signalees(sorte: TypeAlerte, jour: date = DEUXIEME) -> list[tuple[date, str]]:
    signaler_echeances(jour=jour)
    return list(Alerte.objects.ouvertes(jour).filter(type_alerte=sorte).values_list("date_echeance", "seuil"))


def test_un_courriel_qui_revient(paysage):
    """Une tâche, à la date du retour ; relancé, rien de plus ; l'adresse corrigée, elle disparaît aussitôt, puis se clôt."""
    assert signalees(TypeAlerte.COURRIEL_REVENU) == []
    noter_retour(envoi=paysage.envoi_declaration, jour=date(2026, 11, 18))
    assert signaler_echeances(jour=DEUXIEME).par_type[TypeAlerte.COURRIEL_REVENU] == Compte(creees=1)
    assert signaler_echeances(jour=DEUXIEME).par_type[TypeAlerte.COURRIEL_REVENU] == Compte()
    assert signalees(TypeAlerte.COURRIEL_REVENU) == [(date(2026, 11, 18), "a_faire")]
    ContactEntreprise.objects.update(courriel="odile@bati.example", en_echec_le=None)
    assert not Alerte.objects.ouvertes(DEUXIEME).filter(type_alerte="courriel_revenu").exists()
    assert signaler_echeances(jour=DEUXIEME).par_type[TypeAlerte.COURRIEL_REVENU] == Compte(closes=1)


def test_un_contact_muet_deux_fois(paysage, muet):
    """À la deuxième relance, pas à la première ; relancé, rien de plus ; le mois reçu, la tâche disparaît aussitôt."""
    EnvoiDeclaration.objects.filter(pk=muet.pk).update(envoye_le=None)
    assert signalees(TypeAlerte.CONTACT_SILENCE) == []
    EnvoiDeclaration.objects.filter(pk=muet.pk).update(envoye_le=timezone.now())
    assert signaler_echeances(jour=DEUXIEME).par_type[TypeAlerte.CONTACT_SILENCE] == Compte(creees=1)
    relance(paysage, 3, date(2026, 12, 8))
    assert signaler_echeances(jour=date(2026, 12, 8)).par_type[TypeAlerte.CONTACT_SILENCE] == Compte()
    assert signalees(TypeAlerte.CONTACT_SILENCE) == [(DEUXIEME, "a_faire")]
    Declaration.objects.filter(pk=paysage.declaration.pk).update(
        recue_le=timezone.now(), recue_par=paysage.compte_entreprise
    )
    assert not Alerte.objects.ouvertes(DEUXIEME).filter(type_alerte="contact_silence").exists()
    assert signaler_echeances(jour=DEUXIEME).par_type[TypeAlerte.CONTACT_SILENCE] == Compte(closes=1)


@pytest.mark.parametrize("change", ["adresse corrigée", "relance revenue"])
def test_ce_qui_n_est_pas_un_silence(paysage, muet, change):
    """Une adresse corrigée repart de rien ; un courriel revenu n'est pas un silence, il a sa propre tâche."""
    assert len(signalees(TypeAlerte.CONTACT_SILENCE)) == 1
    if change == "adresse corrigée":
        ContactEntreprise.objects.update(courriel="odile@bati.example")
    else:
        noter_retour(envoi=muet, jour=DEUXIEME)
    assert not Alerte.objects.ouvertes(DEUXIEME).filter(type_alerte="contact_silence").exists()
    assert signalees(TypeAlerte.CONTACT_SILENCE) == []
    assert len(signalees(TypeAlerte.COURRIEL_REVENU)) == (change == "relance revenue")


def test_deux_contacts_deux_mois(paysage, muet):
    """Le second contact compte ses propres relances ; chaque mois a sa tâche."""
    second = ContactEntreprise.objects.create(
        structure=paysage.structure,
        entreprise=paysage.entreprise,
        role="second",
        nom="Paul Lenoir",
        courriel="chantier@bati.example",
    )
    du_second = {"contact": second, "courriel": second.courriel}
    relance(paysage, 2, DEUXIEME, **du_second)
    assert signalees(TypeAlerte.CONTACT_SILENCE) == [(DEUXIEME, "a_faire")]
    relance(paysage, 3, date(2026, 12, 8), **du_second)
    for numero, jour in ((1, PREMIERE), (2, DEUXIEME)):
        relance(paysage, numero, jour, mois=date(2026, 7, 1))  # juillet, que personne n'a déclaré
    assert sorted(signalees(TypeAlerte.CONTACT_SILENCE, date(2026, 12, 8))) == [
        (DEUXIEME, "a_faire"),
        (DEUXIEME, "a_faire"),
        (date(2026, 12, 8), "a_faire"),
    ]


def test_ce_qu_elle_dit_et_ou_elle_mene(paysage, muet, client):
    """L'entreprise et le mois, jamais le contact ; le lien ouvre la liste des déclarations sur elle."""
    noter_retour(envoi=paysage.envoi_declaration, jour=date(2026, 11, 18))
    signaler_echeances(jour=DEUXIEME)
    client.force_login(paysage.facilitateur)
    for sorte, titre in (("courriel_revenu", "Courriel revenu"), ("contact_silence", "Contact sans réponse")):
        alerte = avec_mots(Alerte.objects.all()).get(type_alerte=sorte)
        assert (sujet(alerte), objet_en_mots(alerte)) == ("Bâti-Rhône", "heures d’octobre 2026")
        assert sans_nom(alerte) == f"{titre}, Bâti-Rhône"
        page = page_du_sujet(alerte)
        assert parse_qs(urlsplit(page).query) == {"entreprise": ["Bâti-Rhône"], "mois": ["2026-10"]}
        assert "Bâti-Rhône Résidence Les Peupliers" in texte(client.get(page).content.decode())
        liste = texte(client.get(reverse("reporting:alerte_liste"), {"type": sorte}).content.decode())
        assert f"Bâti-Rhône {titre} heures d’octobre 2026" in liste
        assert "Vernay" not in liste and "paie@" not in liste
    client.force_login(paysage.autre_facilitateur)
    liste = texte(client.get(reverse("reporting:alerte_liste"), {"type": "taches"}).content.decode())
    assert "Bâti-Rhône" not in liste


def test_la_tache_se_traite(paysage, muet, client):
    """Traitée avec sa note, elle ne revient pas la nuit suivante ; une autre structure ne l'ouvre pas."""
    signaler_echeances(jour=DEUXIEME)
    alerte = Alerte.objects.get(type_alerte="contact_silence")
    page = reverse("reporting:alerte_traiter", args=[alerte.pk])
    client.force_login(paysage.autre_facilitateur)
    assert client.get(page).status_code == 404
    client.force_login(paysage.facilitateur)
    assert "Bâti-Rhône" in texte(client.get(page).content.decode())
    assert client.post(page, {"note": "Appelée, elle déclare demain"}).status_code == 302
    assert signalees(TypeAlerte.CONTACT_SILENCE) == []


def test_le_courriel_du_matin_les_annonce(paysage, muet, celery_immediat, time_machine):
    """Le courriel du matin nomme l'entreprise, jamais le contact ni son adresse."""
    time_machine.move_to("2026-12-01 07:00:00+01:00", tick=False)
    noter_retour(envoi=paysage.envoi_declaration, jour=date(2026, 11, 18))
    signaler_echeances(jour=DEUXIEME)
    envoyer_recapitulatifs("2026-12-01")
    [courriel] = [c for c in mail.outbox if c.to == [paysage.facilitateur.email]]
    assert "Courriel revenu, Bâti-Rhône" in courriel.body
    assert "Contact sans réponse, Bâti-Rhône" in courriel.body
    assert "Vernay" not in courriel.body and "paie@" not in courriel.body
