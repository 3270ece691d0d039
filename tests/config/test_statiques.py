"""Les fichiers statiques : ce que les pages demandent existe une fois rassemblé comme en service."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import override_settings

GABARITS = settings.BASE_DIR / "templates"
DEMANDES = sorted(
    {
        nom
        for gabarit in GABARITS.rglob("*.html")
        for paire in re.findall(
            r"""{% static ['"]([^'"]+)['"] %}|["']/static/([^'"]+)["']""", gabarit.read_text("utf-8")
        )
        for nom in paire
        if nom
    }
)


@pytest.fixture(scope="module")
def rassembles(tmp_path_factory):
    """Les fichiers rassemblés par collectstatic, avec un nom qui dépend de leur contenu."""
    dossier = tmp_path_factory.mktemp("statiques")
    stockage = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}}
    with override_settings(STATIC_ROOT=dossier, STORAGES=settings.STORAGES | stockage):
        call_command("collectstatic", verbosity=0, interactive=False)
        yield dossier, {nom: staticfiles_storage.url(nom) for nom in DEMANDES}


def test_chaque_fichier_demande_par_une_page_est_rassemble(rassembles):
    """Toute adresse de fichier statique écrite dans un gabarit mène à un fichier, avec et sans empreinte."""
    dossier, adresses = rassembles
    assert "etape/etape.css" in adresses
    for nom, adresse in adresses.items():
        assert (dossier / nom).is_file()
        assert (dossier / Path(adresse).relative_to(settings.STATIC_URL)).is_file()


def test_les_variantes_inutiles_des_bibliotheques_ne_sont_pas_rassemblees(rassembles):
    """Bootstrap vient avec trente-deux feuilles de style ; une seule est servie."""
    dossier, _ = rassembles
    feuilles = {f.name for f in (dossier / "bootstrap" / "css").glob("*.css") if f.name.count(".") == 2}
    assert feuilles == {"bootstrap.min.css"}
