"""Les écrans des bilans : qui demande, qui voit, qui télécharge."""

from datetime import UTC, datetime

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils.text import slugify

from reporting.bilans import nouveau_code, produire
from reporting.models import Bilan, EtatBilan
from reporting.tasks import produire_bilan
from tests.reporting.conftest import ARRETE_AU


@pytest.fixture
def bilan(chantier):
    bilan = Bilan.objects.create(
        marche=chantier.marche, arrete_au=ARRETE_AU, code_verification=nouveau_code(), demande_par=chantier.facilitateur
    )
    produire(bilan)
    return bilan


@pytest.fixture
def confiees(monkeypatch):
    """Ce qui est confié au worker, sans le lancer."""
    liste = []
    monkeypatch.setattr(produire_bilan, "delay", liste.append)
    return liste


def test_l_acheteur_produit_et_telecharge_son_bilan(client, chantier, confiees, django_capture_on_commit_callbacks):
    """Du bouton au PDF, en passant par la page de progression."""
    client.force_login(chantier.compte_acheteur)
    with django_capture_on_commit_callbacks(execute=True):
        reponse = client.post(reverse("reporting:bilan_demander", args=[chantier.marche.pk]))
    bilan = Bilan.objects.get()
    assert reponse.url == reverse("reporting:bilan_detail", args=[bilan.pk])
    assert confiees == [str(bilan.pk)]
    page = client.get(reponse.url).content.decode()
    assert "Bilan en préparation" in page
    assert "every 1s" in page
    produire_bilan(confiees[0])
    page = client.get(reponse.url).content.decode()
    assert "Le bilan est prêt" in page
    fichier = client.get(reverse("reporting:bilan_fichier", args=[bilan.pk]))
    assert fichier["Content-Type"] == "application/pdf"
    assert "attachment" in fichier["Content-Disposition"]
    assert b"".join(fichier.streaming_content).startswith(b"%PDF-")


def test_un_second_bilan_de_la_meme_date_se_telecharge_sous_un_nom_propre(client, chantier, bilan):
    """Le fichier reçu porte la référence du marché et la date, sans le suffixe du rangement."""
    client.force_login(chantier.compte_acheteur)
    bilan.fichier.name = bilan.fichier.storage.save("bilans/2026/bilan-x_u2F1Xsm.pdf", ContentFile(b"%PDF-"))
    bilan.save()
    fichier = client.get(reverse("reporting:bilan_fichier", args=[bilan.pk]))
    attendu = f"bilan-{slugify(bilan.marche.reference)}-{bilan.arrete_au:%Y-%m-%d}.pdf"
    assert fichier["Content-Disposition"] == f'attachment; filename="{attendu}"'
    assert b"".join(fichier.streaming_content) == b"%PDF-"


def test_un_double_envoi_ne_fabrique_qu_un_bilan(client, chantier, confiees, django_capture_on_commit_callbacks):
    """Deux clics mènent au même bilan ; une fois prêt, une nouvelle demande en fait un autre."""
    client.force_login(chantier.facilitateur)
    url = reverse("reporting:bilan_demander", args=[chantier.marche.pk])
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url).url == client.post(url).url
    assert len(confiees) == 1
    Bilan.objects.update(etat=EtatBilan.PRET)
    client.post(url)
    assert Bilan.objects.count() == 2


@pytest.mark.parametrize("compte", ["autre_facilitateur", "autre_compte_acheteur"])
def test_le_bilan_d_autrui_n_existe_pas(client, chantier, bilan, compte):
    """404 partout pour une autre structure ou un autre acheteur, et rien dans leur liste."""
    client.force_login(getattr(chantier, compte))
    for nom in ("bilan_detail", "bilan_fichier"):
        assert client.get(reverse(f"reporting:{nom}", args=[bilan.pk])).status_code == 404
    assert client.post(reverse("reporting:bilan_demander", args=[chantier.marche.pk])).status_code == 404
    assert "Peupliers" not in client.get(reverse("reporting:bilan_liste")).content.decode()


@pytest.mark.parametrize("compte", ["compte_prescripteur", "compte_entreprise"])
def test_les_autres_profils_n_ont_pas_de_bilan(client, chantier, bilan, compte):
    """403 : le bilan d'un marché n'est ni pour un prescripteur ni pour une entreprise."""
    client.force_login(getattr(chantier, compte))
    assert client.get(reverse("reporting:bilan_detail", args=[bilan.pk])).status_code == 403
    assert client.get(reverse("reporting:bilan_liste")).status_code == 403


def test_une_date_abimee_garde_la_saisie(client, chantier, confiees):
    """« 31/02/2026 » : une phrase, la saisie, et aucun bilan."""
    client.force_login(chantier.facilitateur)
    reponse = client.post(reverse("reporting:bilan_nouveau"), {"marche": chantier.marche.pk, "arrete_au": "31/02/2026"})
    page = reponse.content.decode()
    assert "31/02/2026" in page
    assert "<title>Erreur" in page
    assert not Bilan.objects.exists()


def test_un_echec_se_dit_et_se_recommence(client, chantier, bilan):
    """Le PDF n'a pas pu se faire : une phrase, un bouton, et un code à donner."""
    Bilan.objects.filter(pk=bilan.pk).update(etat=EtatBilan.ECHEC)
    client.force_login(chantier.facilitateur)
    page = client.get(reverse("reporting:bilan_detail", args=[bilan.pk])).content.decode()
    assert "n’a pas pu être fabriqué" in page
    assert bilan.code_verification in page


def test_la_tache_note_l_echec(chantier, monkeypatch):
    """Une erreur de composition laisse un bilan en échec, pas un bilan qui tourne sans fin."""
    bilan = Bilan.objects.create(
        marche=chantier.marche, arrete_au=ARRETE_AU, code_verification=nouveau_code(), demande_par=None
    )
    monkeypatch.setattr("reporting.bilans.fabriquer", lambda *a: (_ for _ in ()).throw(OSError("disque plein")))
    with pytest.raises(OSError, match="disque plein"):
        produire_bilan(str(bilan.pk))
    bilan.refresh_from_db()
    assert bilan.etat == EtatBilan.ECHEC


def test_la_liste_fait_autant_de_requetes_pour_un_que_pour_cinquante(
    client, chantier, bilan, django_assert_max_num_queries
):
    """Moins de quinze requêtes, quel que soit le nombre de bilans."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(chantier.facilitateur)
    url = reverse("reporting:bilan_liste")
    client.get(url)
    with CaptureQueriesContext(connection) as pour_un:
        client.get(url)
    Bilan.objects.bulk_create(
        Bilan(marche=chantier.marche, arrete_au=ARRETE_AU, code_verification=nouveau_code()) for _ in range(49)
    )
    with CaptureQueriesContext(connection) as pour_cinquante:
        client.get(url)
    assert len(pour_cinquante) == len(pour_un) < 15


def test_la_liste_dit_le_jour_francais(client, chantier, bilan):
    """Un bilan demandé le 18 novembre à minuit et demi est du 18, même si le serveur compte encore le 17."""
    Bilan.objects.update(cree_le=datetime(2026, 11, 17, 23, 30, tzinfo=UTC))
    client.force_login(chantier.facilitateur)
    page = client.get(reverse("reporting:bilan_liste"), {"q": "residence"}).content.decode()
    assert "18 novembre 2026" in page
    assert "17 novembre 2026" not in page
