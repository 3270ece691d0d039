"""Lire un fichier de data·inclusion, sain ou abîmé, sans le charger en entier."""

import json
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from parcours.offre import fichier as lecteur
from parcours.offre.fichier import objets
from parcours.offre.illisible import FichierIllisible, Illisible
from parcours.offre.lecture import concerne, departement_de, lire_service
from parcours.offre.referentiel import CATEGORIES, PUBLICS, THEMATIQUES, etendre, libelle_thematique

AUJOURD_HUI = date(2026, 11, 17)
DONNEES = Path(__file__).parents[2] / "parcours/donnees"
SERVICE = {
    "id": "dora--1",
    "source": "dora",
    "structure_id": "dora--s1",
    "nom": "Permis solidaire",
    "description": "Passer le permis B.",
    "date_maj": "2026-02-14",
    "thematiques": ["mobilite--preparer-un-permis"],
    "code_insee": "69123",
    "code_postal": "69001",
    "latitude": 45.76,
    "longitude": 4.83,
}


def lire(**champs):
    return lire_service(SERVICE | champs, aujourd_hui=AUJOURD_HUI)


def ecrire(tmp_path, contenu: str | bytes) -> Path:
    chemin = tmp_path / "services.json"
    chemin.write_bytes(contenu if isinstance(contenu, bytes) else contenu.encode("utf-8", "surrogatepass"))
    return chemin


# --- le référentiel --------------------------------------------------------------------------------------------------


def test_le_referentiel_est_celui_du_schema():
    """Schéma v1 : 16 catégories, 69 thématiques, 14 publics ; chaque thématique est d'une catégorie."""
    assert (len(CATEGORIES), len(THEMATIQUES), len(PUBLICS)) == (16, 69, 14)
    assert {code.partition("--")[0] for code in THEMATIQUES} == set(CATEGORIES)


def test_une_categorie_vaut_ses_sous_thematiques():
    assert etendre(["sante"]) == {
        "sante",
        "sante--acces-aux-soins",
        "sante--addictions",
        "sante--constituer-un-dossier-mdph-invalidite",
        "sante--sante-mentale",
        "sante--sante-sexuelle",
    }
    assert etendre(["mobilite--preparer-un-permis"]) == {"mobilite--preparer-un-permis"}
    assert libelle_thematique("mobilite--preparer-un-permis") == "Mobilité\u00a0: Préparer un permis"
    assert libelle_thematique("mobilite") == "Mobilité"


# --- une ligne -------------------------------------------------------------------------------------------------------


def test_un_service_ordinaire_se_lit_sans_remarque():
    ligne = lire(frais="gratuit", modes_accueil=["en-presentiel"], publics=["jeunes"], telephone="+33465710137")
    assert (ligne.raison, ligne.remarques, ligne.departement) == ("", (), "69")
    service = ligne.service
    assert (service.identifiant, service.nom, service.code_insee) == ("dora--1", "Permis solidaire", "69123")
    assert (service.frais, service.modes_accueil, service.publics) == ("gratuit", ["en-presentiel"], ["jeunes"])
    assert (service.date_maj, service.zone_eligibilite) == (date(2026, 2, 14), None)


@pytest.mark.parametrize(
    ("brut", "raison"),
    [
        (None, "pas un service"),
        ([1], "pas un service"),
        ("texte", "pas un service"),
        (SERVICE | {"id": None}, "pas d’identifiant"),
        (SERVICE | {"id": " \0 "}, "pas d’identifiant"),
        (SERVICE | {"nom": {}}, "pas de nom"),
        ({}, "pas d’identifiant"),
    ],
)
def test_une_ligne_ecartee_dit_pourquoi(brut, raison):
    ligne = lire_service(brut, aujourd_hui=AUJOURD_HUI)
    assert ligne.service is None
    assert raison in ligne.raison


@pytest.mark.parametrize(
    ("champs", "attendu", "remarque"),
    [
        ({"thematiques": ["mobilite--teleportation"]}, {"thematiques": ["mobilite"]}, "sa catégorie est gardée"),
        ({"thematiques": ["jardinage"]}, {"thematiques": []}, "«\u00a0jardinage\u00a0» est inconnue"),
        ({"thematiques": 12}, {"thematiques": []}, "pas une liste"),
        ({"publics": ["jeunes", "martiens"]}, {"publics": ["jeunes"]}, "publics\u00a0: valeur inconnue"),
        ({"frais": "gratuit-sous-conditions"}, {"frais": ""}, "frais\u00a0: valeur inconnue"),
        ({"latitude": 145.0}, {"latitude": None, "longitude": None}, "position impossible"),
        ({"latitude": float("nan")}, {"latitude": None, "longitude": None}, "position impossible"),
        ({"latitude": 0, "longitude": 0}, {"latitude": None, "longitude": None}, "position impossible"),
        ({"longitude": None}, {"latitude": None, "longitude": None}, "position impossible"),
        ({"longitude": True}, {"latitude": None, "longitude": None}, "position impossible"),
        ({"latitude": 10**400}, {"latitude": None, "longitude": None}, "position impossible"),
        ({"nom": "Permis\0 solidaire"}, {"nom": "Permis solidaire"}, "caractère interdit retiré"),
        ({"nom": "Permis \ud800solidaire"}, {"nom": "Permis solidaire"}, "caractère interdit retiré"),
        ({"nom": "a" * 400}, {"nom": "a" * 299 + "…"}, "texte trop long, coupé"),
        ({"description": ["a"]}, {"description": ""}, "ce n’est pas un texte"),
        ({"courriel": "pas une adresse"}, {"courriel": ""}, "adresse illisible"),
        ({"lien_source": "javascript:alert(1)"}, {"lien_source": ""}, "lien illisible"),
        ({"lien_mobilisation": "https://a.example/" + "x" * 600}, {"lien_mobilisation": ""}, "lien illisible"),
        ({"date_maj": "hier"}, {"date_maj": None}, "date illisible"),
        ({"date_maj": "2036-01-01"}, {"date_maj": None}, "date impossible"),
        ({"date_maj": 10**30}, {"date_maj": None}, "date illisible"),
        ({"code_insee": "6912"}, {"code_insee": "", "departement": "69"}, "code illisible"),
    ],
)
def test_une_valeur_fausse_est_dite_et_le_reste_est_pris(champs, attendu, remarque):
    ligne = lire(**champs)
    assert {nom: getattr(ligne.service, nom) for nom in attendu} == attendu
    assert len(ligne.remarques) == 1
    assert remarque in ligne.remarques[0]


@pytest.mark.parametrize(
    ("date_maj", "attendu"),
    [
        (1739491200000, date(2025, 2, 14)),  # la version JSON du jeu de données écrit des millisecondes
        ("2025-02-14T08:00:00Z", date(2025, 2, 14)),
        (date(2025, 2, 14), date(2025, 2, 14)),
        (datetime(2025, 2, 14, 8, tzinfo=UTC), date(2025, 2, 14)),
        (None, None),
        (float("nan"), None),
    ],
)
def test_chaque_ecriture_d_une_date_se_lit(date_maj, attendu):
    ligne = lire(date_maj=date_maj)
    assert (ligne.service.date_maj, ligne.remarques) == (attendu, ())


def test_un_code_ecrit_en_nombre_retrouve_son_zero():
    ligne = lire(code_insee=1053, code_postal=1000.0, id=42)
    assert (ligne.service.code_insee, ligne.service.code_postal) == ("01053", "01000")
    assert (ligne.service.identifiant, ligne.departement) == ("42", "01")


def test_la_structure_emboitee_donne_son_nom_et_de_quoi_la_joindre():
    structure = {"id": "dora--s1", "nom": "Auto-école", "siret": "130 030 133 00016", "telephone": "0465710137"}
    service = lire(structure=structure, courriel="a@b.example").service
    assert (service.structure_nom, service.structure_siret) == ("Auto-école", "13003013300016")
    assert (service.telephone, service.courriel) == ("0465710137", "a@b.example")


@pytest.mark.parametrize(
    ("insee", "postal", "departement"),
    [
        ("69123", "", "69"),
        ("2A004", "", "2A"),
        ("97411", "", "974"),
        ("", "97400", "974"),
        ("", "20137", "2A"),
        ("", "20200", "2B"),
        ("", "01000", "01"),
        ("", "", ""),
    ],
)
def test_le_departement_vient_de_la_commune_sinon_du_code_postal(insee, postal, departement):
    assert departement_de(insee, postal) == departement


@pytest.mark.parametrize(
    ("champs", "attendu"),
    [
        ({}, True),
        ({"code_insee": "38185"}, False),
        ({"code_insee": None, "code_postal": None}, True),
        ({"code_insee": None, "code_postal": None, "zone_eligibilite": ["france"]}, True),
        ({"code_insee": None, "code_postal": None, "zone_eligibilite": ["69"]}, True),
        ({"code_insee": None, "code_postal": None, "zone_eligibilite": ["69259"]}, True),
        ({"code_insee": None, "code_postal": None, "zone_eligibilite": ["200046977"]}, True),
        ({"code_insee": None, "code_postal": None, "zone_eligibilite": ["38", "38185"]}, False),
    ],
)
def test_un_departement_prend_ses_services_et_ceux_sans_adresse_ouverts_a_ses_habitants(champs, attendu):
    assert concerne(lire(**champs).service, "69") is attendu


# --- un fichier ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "contenu",
    [
        '[{"id": 1}, {"id": 2}]',
        '\ufeff[\n  {"id": 1},\n  {"id": 2}\n]\n',
        '{"items": [{"id": 1}, {"id": 2}], "total": 2}',
        '{"total": 2, "items": [{"id": 1},{"id": 2}], "pages": 1}',
        '{"id": 1}\n{"id": 2}\n',
        '\n{"id": 1}\r\n\r\n{"id": 2}',
    ],
)
def test_chaque_forme_de_fichier_se_lit(tmp_path, contenu):
    assert list(objets(ecrire(tmp_path, contenu))) == [{"id": 1}, {"id": 2}]


@pytest.mark.parametrize("morceau", [1, 2, 3, 7, 64])
def test_un_objet_a_cheval_sur_deux_morceaux_se_lit(tmp_path, monkeypatch, morceau):
    """Quel que soit l'endroit où le morceau s'arrête : au milieu d'un mot, d'un accent, d'un joint."""
    monkeypatch.setattr(lecteur, "MORCEAU", morceau)
    bons = [{"id": n, "nom": f"Éé «\u00a0{n}\u00a0»", "l": [n, 12.5]} for n in range(20)]
    assert list(objets(ecrire(tmp_path, json.dumps(bons, ensure_ascii=False, indent=1)))) == bons
    lignes = "\n".join(json.dumps(b, ensure_ascii=False) for b in bons)
    assert list(objets(ecrire(tmp_path, lignes))) == bons


@pytest.mark.parametrize(
    ("contenu", "lus", "illisibles"),
    [
        ('[{"id": 1}, {"id": 2, "nom": "oubli}, {"id": 3}]', [1, 3], 1),
        ('[{"id": 1}, {"id": }, {"id": 3}, {nom: 4}, {"id": 5}]', [1, 3, 5], 2),
        ('[{"id": 1}, {"id": 2, "nom": "coup', [1], 2),
        ('[{"id": 1}, {"id": 2}', [1, 2], 1),
        ('{"id": 1}\n{"id": 2, "nom": "oubli\n{"id": 3}\n', [1, 3], 1),
        ('[{"id": 1}, ' + '{"a":' * 5_000 + ', {"id": 3}]', [1], 1),
    ],
)
def test_un_objet_abime_n_arrete_pas_la_lecture(tmp_path, contenu, lus, illisibles):
    resultat = list(objets(ecrire(tmp_path, contenu)))
    assert [o["id"] for o in resultat if isinstance(o, dict) and "id" in o] == lus
    assert len([o for o in resultat if isinstance(o, Illisible)]) == illisibles


def test_des_octets_hors_utf_8_ne_perdent_que_leur_signe(tmp_path):
    assert list(objets(ecrire(tmp_path, b'[{"id": "caf\xe9"}, {"id": "b"}]'))) == [{"id": "caf\ufffd"}, {"id": "b"}]


@pytest.mark.parametrize(
    ("contenu", "phrase"),
    [
        ("", "vide"),
        ("   \n", "vide"),
        ("<html>", "HTML"),
        (b"PK\x03\x04rien", "archive"),
        (b"\x1f\x8b\x08", "compressée"),
        ("12", "pas une liste"),
        ('"texte"', "pas une liste"),
        (b"PAR1 pas vraiment", "abîmé"),
    ],
)
def test_un_fichier_qui_n_en_est_pas_dit_lequel_prendre(tmp_path, contenu, phrase):
    with pytest.raises(FichierIllisible, match=phrase):
        list(objets(ecrire(tmp_path, contenu)))


def test_un_fichier_absent_le_dit(tmp_path):
    with pytest.raises(FichierIllisible, match="ne s’ouvre pas"):
        list(objets(tmp_path / "rien.json"))
    os.mkdir(tmp_path / "dossier")
    with pytest.raises(FichierIllisible, match="ne s’ouvre pas"):
        list(objets(tmp_path / "dossier"))


def test_le_parquet_et_le_json_disent_la_meme_chose():
    """Le jeu fourni est dans les deux formats que data·inclusion publie ; les dates y sont écrites autrement."""
    par_format = [
        [
            lire_service(o, aujourd_hui=AUJOURD_HUI)
            for o in objets(DONNEES / f"services-inclusion-demonstration.{suffixe}")
        ]
        for suffixe in ("json", "parquet")
    ]
    assert par_format[0] == par_format[1]
    assert len(par_format[0]) == 60
    assert not [ligne for ligne in par_format[0] if ligne.raison or ligne.remarques]


def test_sans_duckdb_le_parquet_dit_quoi_faire(monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(FichierIllisible, match="version JSON du même jeu de données"):
        list(objets(DONNEES / "services-inclusion-demonstration.parquet"))
