"""Les alertes d'offres : ce qui répond à une recherche gardée, un courriel par jour, le lien qui les arrête."""

import smtplib
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from beneficiaires.communes import cle_commune
from beneficiaires.models import Commune
from clauses.models import AlerteOffre, EnvoiOffres
from clauses.services import alertes_offres
from clauses.services.alertes_offres import adresse_d_arret, envoyer, preparer
from clauses.tasks import envoyer_offres
from reporting.models import ExecutionTache
from reporting.tasks import annoncer_les_offres
from tests.fabriques import AUJOURD_HUI, EngagementFactory, OffreFactory, Paysage, creer_utilisateur
from tests.lire_html import texte

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("le_17_novembre")]
JOUR = date(2026, 11, 17)  # un mardi
LISTE = reverse("clauses:alerte_offre_liste")


@pytest.fixture
def le_17_novembre(time_machine):
    time_machine.move_to(AUJOURD_HUI, tick=False)


@pytest.fixture
def paysage():
    return Paysage()


def alerte(utilisateur, commune="", metiers=(), **champs):
    """Gardée la veille : ce qui se publie aujourd'hui est nouveau."""
    gardee = AlerteOffre.objects.create(
        utilisateur=utilisateur,
        commune=commune,
        cle_commune=cle_commune(commune),
        **{"vues_jusqu_a": timezone.now() - timedelta(days=1)} | champs,
    )
    gardee.metiers.set(metiers)
    return gardee


def situee(latitude, commune="Villerive", **champs):
    return OffreFactory(latitude=latitude, longitude=4.0, commune=commune, **champs)


def annonces(utilisateur) -> list[str]:
    """Les communes des offres que dirait le courriel du jour de cet utilisateur ; rien s'il n'y en a pas."""
    envoi = next((e for e in preparer(JOUR) if e.utilisateur_id == utilisateur.pk), None)
    return sorted(offre.commune for offre in alertes_offres._offres_a_dire(envoi)) if envoi else []


def test_une_alerte_vide_prend_toutes_les_nouvelles_offres(paysage):
    alerte(paysage.compte_prescripteur)
    OffreFactory(commune="Ici")
    OffreFactory(commune="Là")
    OffreFactory(commune="Vieille", publiee_le=timezone.now() - timedelta(days=2))
    OffreFactory(commune="Brouillon", etat="brouillon", publiee_le=None)
    OffreFactory(commune="Finie", date_debut=date(2026, 9, 1), date_fin=date(2026, 11, 16))
    assert annonces(paysage.compte_prescripteur) == ["Ici", "Là"]


def test_pres_d_une_commune_situee(paysage):
    """À 20 km, un dixième de degré passe (11,1 km), deux dixièmes non (22,2 km) ; sans position, le nom décide."""
    alerte(paysage.compte_prescripteur, "Villerive", latitude=45.0, longitude=4.0, rayon_km=20)
    situee(45.1, "Près")
    situee(45.2, "Loin")
    OffreFactory(commune="villerive")
    OffreFactory(commune="Ailleurs")
    assert annonces(paysage.compte_prescripteur) == ["Près", "villerive"]


def test_sans_referentiel_la_commune_se_compare_par_son_nom(paysage):
    alerte(paysage.compte_prescripteur, "St-Étienne")
    OffreFactory(commune="Saint-Etienne")
    situee(45.0, "Lyon")
    assert annonces(paysage.compte_prescripteur) == ["Saint-Etienne"]


def test_les_metiers_filtrent_chaque_alerte_pour_elle_meme(paysage):
    """Deux alertes d'un même abonné : chaque offre se dit une fois, si l'une des deux la prend."""
    alerte(paysage.compte_prescripteur, "Villerive", metiers=["F1703"])
    alerte(paysage.compte_prescripteur, "Hautmont")
    alerte(paysage.autre_compte_prescripteur, metiers=["K2204", "F1703"])
    OffreFactory(commune="Villerive", metier_id="F1703")
    OffreFactory(commune="Villerive", metier_id="K2204")
    OffreFactory(commune="Hautmont", metier_id="K2204")
    OffreFactory(commune="Hautmont", metier_id="N4105")
    assert annonces(paysage.compte_prescripteur) == ["Hautmont", "Hautmont", "Villerive"]
    assert annonces(paysage.autre_compte_prescripteur) == ["Hautmont", "Villerive", "Villerive"]


def test_un_compte_parti_ne_recoit_rien(paysage):
    suspendu = creer_utilisateur(paysage.prescripteur, utilisateur__is_active=False)
    for compte in (suspendu, paysage.compte_prescripteur):
        alerte(compte)
    paysage.compte_prescripteur.adhesions.update(est_active=False)
    OffreFactory()
    assert preparer(JOUR) == []


def test_le_courriel_part_une_fois_et_ne_redit_rien(paysage, celery_immediat):
    """Un courriel ; relancée, la tâche n'en envoie pas d'autre ; le lendemain, seules les offres publiées depuis."""
    alerte(paysage.compte_prescripteur, "Villerive")
    offre = OffreFactory(commune="Villerive", conditions="Permis B.")
    for _ in range(2):
        annoncer_les_offres()
    (courriel,) = mail.outbox
    assert courriel.to == [paysage.compte_prescripteur.email]
    assert courriel.subject == "[Étape] 1\u00a0nouvelle offre pour vos recherches"
    assert f"/offres/{offre.pk}/" in courriel.body
    assert "Maçonnerie" in courriel.body
    assert courriel.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    annoncer_les_offres("2026-11-18")
    assert len(mail.outbox) == 1
    OffreFactory(commune="Villerive", publiee_le=timezone.now() + timedelta(hours=1))
    annoncer_les_offres("2026-11-19")
    assert len(mail.outbox) == 2
    assert str(offre.pk) not in mail.outbox[1].body


def test_la_tache_laisse_sa_trace_et_se_repose_le_samedi(paysage, celery_immediat):
    alerte(paysage.compte_prescripteur)
    OffreFactory()
    annoncer_les_offres("2026-11-21")
    assert not ExecutionTache.objects.exists()
    assert not mail.outbox
    annoncer_les_offres("2026-11-23")
    assert ExecutionTache.objects.get().resultats == {"à envoyer": 1}


def test_une_panne_du_serveur_de_courriel_se_reprend(paysage, monkeypatch):
    """L'échec reste écrit, sans l'adresse ; rien n'est tenu pour dit, et le courriel part à l'essai d'après."""
    alerte(paysage.compte_prescripteur)
    OffreFactory()
    (envoi,) = preparer(JOUR)
    with monkeypatch.context() as panne:
        panne.setattr(
            "django.core.mail.EmailMessage.send", lambda self: (_ for _ in ()).throw(smtplib.SMTPException("x"))
        )
        with pytest.raises(smtplib.SMTPException):
            envoyer_offres.run(str(envoi.pk))
    envoi.refresh_from_db()
    assert (envoi.envoye_le, envoi.tentatives, envoi.erreur) == (None, 1, "SMTPException")
    assert envoyer(envoi.pk)
    assert not envoyer(envoi.pk)
    assert len(mail.outbox) == 1


def test_preparer_coute_autant_pour_cinquante_abonnes(paysage, nombre_de_requetes):
    OffreFactory()
    alerte(paysage.compte_prescripteur)
    with nombre_de_requetes() as pour_un:
        assert len(preparer(JOUR)) == 1
    EnvoiOffres.objects.all().delete()
    engagement = EngagementFactory()
    for _ in range(49):
        alerte(creer_utilisateur(paysage.prescripteur))
        OffreFactory(engagement=engagement)
    with nombre_de_requetes() as pour_cinquante:
        assert len(preparer(JOUR)) == 50
    assert len(pour_cinquante) == len(pour_un)


# L'écran ---------------------------------------------------------------------------------------------------------------


def saisie(**champs):
    return {"commune": "Villerive", "rayon": "10", "metiers": ["maçonnerie", "K2204"]} | champs


def test_une_recherche_se_garde_et_se_supprime(paysage, client):
    Commune.objects.create(
        code="96001", nom="Villerive", cle="villerive", departement="96", latitude=45.0, longitude=4.0
    )
    client.force_login(paysage.compte_prescripteur)
    lu = client.get(f"{LISTE}?commune=Villerive&rayon=50&metier=F1703").content.decode()
    assert 'value="Villerive"' in lu
    assert "F1703" in lu
    assert '<option value="50" selected>' in lu
    assert '<option value="20" selected>' in client.get(LISTE).content.decode()
    reponse = client.post(LISTE, saisie(), follow=True)
    assert "À moins de 10\u00a0km de Villerive" in texte(reponse.content.decode())
    gardee = AlerteOffre.objects.get()
    assert (gardee.utilisateur, gardee.latitude, gardee.rayon_km) == (paysage.compte_prescripteur, 45.0, 10)
    assert set(gardee.metiers.values_list("pk", flat=True)) == {"F1703", "K2204"}
    assert gardee.vues_jusqu_a == timezone.now()  # elle ne racontera pas ce qui l'a précédée
    client.post(reverse("clauses:alerte_offre_supprimer", args=[gardee.pk]))
    assert not AlerteOffre.objects.exists()


@pytest.mark.parametrize("champs", [{"metiers": ["astronaute"]}, {"rayon": "3000"}, {"commune": "x" * 200}])
def test_une_alerte_fausse_se_dit_et_ne_s_enregistre_pas(paysage, client, champs):
    client.force_login(paysage.compte_prescripteur)
    assert client.post(LISTE, saisie(**champs)).status_code == 422
    assert not AlerteOffre.objects.exists()


def test_dix_alertes_au_plus(paysage, client):
    for _ in range(10):
        alerte(paysage.compte_prescripteur)
    client.force_login(paysage.compte_prescripteur)
    lu = texte(client.post(LISTE, saisie()).content.decode())
    assert "Vous avez 10 alertes, le plus possible." in lu
    assert AlerteOffre.objects.count() == 10


def test_le_lien_du_courriel_arrete_tout_sans_connexion(paysage, client):
    """Lu, il demande confirmation ; envoyé, il supprime les alertes de ce compte, et d'aucun autre."""
    alerte(paysage.compte_prescripteur)
    alerte(paysage.autre_compte_prescripteur)
    chemin = urlsplit(adresse_d_arret(paysage.compte_prescripteur)).path
    assert "Confirmer" in client.get(chemin).content.decode()
    assert AlerteOffre.objects.count() == 2
    assert "C’est noté" in client.post(chemin).content.decode()
    assert AlerteOffre.objects.get().utilisateur == paysage.autre_compte_prescripteur
    assert client.get(f"{chemin[:-2]}x/").status_code == 404


def test_le_lien_du_courriel_vaut_un_an(paysage, client, time_machine):
    chemin = urlsplit(adresse_d_arret(paysage.compte_prescripteur)).path
    time_machine.move_to("2027-11-18T10:00:00+01:00")
    assert client.get(chemin).status_code == 404
