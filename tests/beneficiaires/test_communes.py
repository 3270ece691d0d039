"""Les communes : se reconnaître d'après un nom, et le fichier de geo.api.gouv.fr, sain ou abîmé."""

import json

import pytest
from django.core.management import CommandError, call_command

from beneficiaires.communes import CommuneLue, cle_commune, lire_commune
from beneficiaires.models import Commune

VILLERIVE = {
    "nom": "Villerive",
    "code": "96001",
    "codesPostaux": ["96000", "96100"],
    "codeDepartement": "96",
    "codeEpci": "249600011",
    "centre": {"type": "Point", "coordinates": [4.81, 45.36]},
}


@pytest.mark.parametrize(
    ("ecrit", "cle"),
    [
        ("Saint-Étienne", "saint etienne"),
        ("ST ETIENNE CEDEX 2", "saint etienne"),
        ("Lyon 3e Arrondissement", "lyon"),
        ("PARIS 12", "paris"),
        ("L’Haÿ-les-Roses", "l hay les roses"),
        ("Ste-Foy-lès-Lyon", "sainte foy les lyon"),
        ("", ""),
    ],
)
def test_un_nom_de_commune_se_reconnait(ecrit, cle):
    assert cle_commune(ecrit) == cle


def test_une_commune_se_lit():
    """Le centre est en GeoJSON : longitude d'abord."""
    assert lire_commune(VILLERIVE) == CommuneLue(
        "96001", "Villerive", "96", "249600011", ("96000", "96100"), 45.36, 4.81
    )
    assert lire_commune(VILLERIVE | {"code": "97411", "codeEpci": None}).departement == "974"
    assert lire_commune(VILLERIVE | {"code": "2A004", "codesPostaux": [20000, "20090"]}).codes_postaux == ("20090",)


@pytest.mark.parametrize(
    ("brut", "raison"),
    [
        ([], "pas une commune"),
        (VILLERIVE | {"code": "6900"}, "code INSEE"),
        (VILLERIVE | {"code": 69001}, "code INSEE"),
        (VILLERIVE | {"nom": "  "}, "nom de 96001"),
        (VILLERIVE | {"nom": "Ville\0rive"}, "nom de 96001"),
        (VILLERIVE | {"centre": None}, "centre de 96001"),
        (VILLERIVE | {"centre": {"coordinates": [4.81]}}, "centre de 96001"),
        (VILLERIVE | {"centre": {"coordinates": [4.81, 145]}}, "centre de 96001"),
        (VILLERIVE | {"centre": {"coordinates": [float("nan"), 45]}}, "centre de 96001"),
        (VILLERIVE | {"centre": {"coordinates": ["4.81", "45.3"]}}, "centre de 96001"),
    ],
)
def test_une_commune_illisible_dit_pourquoi(brut, raison):
    assert raison in lire_commune(brut)


def importer(tmp_path, contenu: str, capsys) -> str:
    fichier = tmp_path / "communes.json"
    fichier.write_text(contenu, encoding="utf-8")
    call_command("importer_communes", fichier)
    return capsys.readouterr().out


@pytest.mark.django_db
def test_un_second_fichier_remplace_le_premier(tmp_path, capsys):
    """Une commune du même département absente du second fichier a fusionné ; celles des autres départements restent."""
    hautvallon = VILLERIVE | {"nom": "Hautvallon", "code": "96002"}
    lyon = VILLERIVE | {"nom": "Lyon", "code": "69123"}
    importer(tmp_path, json.dumps([VILLERIVE, hautvallon, lyon]), capsys)
    dit = importer(tmp_path, json.dumps([VILLERIVE | {"nom": "Villerive-le-Haut"}, VILLERIVE, None]), capsys)
    assert list(Commune.objects.values_list("code", "nom")) == [("69123", "Lyon"), ("96001", "Villerive-le-Haut")]
    assert "1\u00a0commune gardée, 1\u00a0retirée, 2\u00a0écartées" in dit
    assert "n°\u00a02 écartée\u00a0: 96001 est déjà dans le fichier." in dit


@pytest.mark.django_db
@pytest.mark.parametrize("contenu", ["", "{}", "[", "<html>", "[1, 2]", "[" * 100_000])
def test_un_fichier_qui_n_en_est_pas_ne_change_rien(tmp_path, capsys, contenu):
    importer(tmp_path, json.dumps([VILLERIVE]), capsys)
    with pytest.raises(CommandError, match="rien n’a changé"):
        importer(tmp_path, contenu, capsys)
    assert Commune.objects.get().nom == "Villerive"


@pytest.mark.django_db
def test_le_code_postal_departage_les_homonymes():
    commun = {"cle": "saint martin", "departement": "96", "latitude": 45, "longitude": 4.8}
    Commune.objects.create(code="96010", nom="Saint-Martin", codes_postaux=["96300"], **commun)
    Commune.objects.create(code="96011", nom="Saint-Martin", codes_postaux=["96400"], **commun)
    assert [c.code for c in Commune.objects.nommees("St Martin", "96400")] == ["96011"]
    assert [c.code for c in Commune.objects.nommees("saint-martin")] == ["96010", "96011"]
    assert [c.code for c in Commune.objects.nommees("saint-martin", "99999")] == ["96010", "96011"]
