"""`manage.py importer_services` : ce qui est pris, ce qui est écarté, l'échange d'un coup, et l'import arrêté ou double."""

import json
import os
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from parcours.models import EtatImport, ImportServices, ServiceInsertion
from parcours.offre.illisible import FichierIllisible
from parcours.services import offre
from parcours.services.offre import ImportRefuse, importer_services

RACINE = Path(__file__).parents[2]
DONNEES = RACINE / "parcours/donnees"
AUJOURD_HUI = date(2026, 11, 17)


def service(n: int, **champs) -> dict:
    return {
        "id": f"dora--{n}",
        "source": "dora",
        "structure_id": "dora--s1",
        "nom": f"Service {n}",
        "date_maj": "2026-02-14",
        "thematiques": ["mobilite--preparer-un-permis"],
        "modes_accueil": ["en-presentiel"],
        "code_insee": "69123",
        "latitude": 45.76,
        "longitude": 4.83,
    } | champs


def ecrire(dossier: Path, lignes: object, nom: str = "services.json") -> Path:
    chemin = dossier / nom
    chemin.write_text(lignes if isinstance(lignes, str) else json.dumps(lignes), encoding="utf-8")
    return chemin


def importer(dossier: Path, lignes: object, **options) -> ImportServices:
    return importer_services(ecrire(dossier, lignes), aujourd_hui=AUJOURD_HUI, **options)


def en_service() -> list[str]:
    return list(ServiceInsertion.objects.en_service().order_by("identifiant").values_list("identifiant", flat=True))


@pytest.mark.django_db
def test_le_jeu_fourni_s_importe_en_json_et_en_parquet(capsys):
    """60 services, chacun avec le nom de sa structure, que donne le second fichier ; le parquet remplace le json, à l'identique."""
    vus = []
    for suffixe in ("json", "parquet"):
        call_command(
            "importer_services",
            DONNEES / f"services-inclusion-demonstration.{suffixe}",
            structures=DONNEES / "structures-inclusion-demonstration.json",
        )
        vus.append(list(ServiceInsertion.objects.order_by("identifiant").values().exclude(structure_nom="")))
        assert "60\u00a0services en service, 0\u00a0ligne écartée, 0\u00a0valeur écartée, sur 60\u00a0lignes lues." in (
            capsys.readouterr().out
        )
    propres = [[{c: v for c, v in s.items() if c not in ("id", "import_services_id")} for s in vu] for vu in vus]
    assert propres[0] == propres[1]
    assert len(propres[0]) == 60
    permis = ServiceInsertion.objects.en_service().get(nom="Permis B à prix solidaire")
    assert permis.structure_nom == "Auto-école solidaire du Confluent"
    assert (permis.commune, permis.departement, permis.zone_eligibilite) == ("Villerive", "96", ["96"])
    assert sorted(ImportServices.objects.values_list("etat", flat=True)) == ["en_service", "remplace"]


@pytest.mark.django_db
def test_ce_qui_peut_etre_pris_l_est_et_le_reste_est_liste(tmp_path):
    """Sur 9 lignes, 4 services : deux lignes illisibles, un sans nom, deux doubles ; 3 valeurs fausses."""
    lignes = [
        service(1),
        service(2, thematiques=["mobilite--nouvelle", "jardinage"]),
        service(3, latitude=145.0),
        {"id": "dora--4"},
        service(1, nom="Le plus récent", date_maj="2026-03-01"),
        service(1, nom="Le plus ancien", date_maj=None),
        service(5),
        None,
    ]
    texte = json.dumps(lignes)[:-1] + ', {"id": "dora--6", "nom": oubli}]'
    fait = importer(tmp_path, texte)
    assert (fait.lignes_lues, fait.services_gardes, fait.lignes_ecartees, fait.valeurs_ecartees) == (9, 4, 5, 3)
    assert fait.ecarts == [
        {"ligne": 1, "identifiant": "dora--1", "raison": "il est en double"},
        {"ligne": 4, "identifiant": "dora--4", "raison": "il n’a pas de nom"},
        {"ligne": 6, "identifiant": "dora--1", "raison": "il est en double"},
        {"ligne": 8, "identifiant": "", "raison": "ce n’est pas un service"},
        {"ligne": 9, "identifiant": "", "raison": "le JSON est abîmé, jusqu’à la fin du fichier"},
    ]
    assert {(r["raison"], r["nombre"], r["exemple"]) for r in fait.remarques} == {
        ("thematiques\u00a0: «\u00a0mobilite--nouvelle\u00a0» est inconnue, sa catégorie est gardée", 1, "dora--2"),
        ("thematiques\u00a0: «\u00a0jardinage\u00a0» est inconnue", 1, "dora--2"),
        ("latitude et longitude\u00a0: position impossible", 1, "dora--3"),
    }
    assert en_service() == ["dora--1", "dora--2", "dora--3", "dora--5"]
    assert ServiceInsertion.objects.get(identifiant="dora--1").nom == "Le plus récent"


@pytest.mark.django_db
def test_le_compte_des_ecarts_est_entier_leur_detail_s_arrete_a_200(tmp_path):
    fait = importer(tmp_path, [service(1)] + [{"id": f"x--{n}"} for n in range(300)] + [service(1)] * 50)
    assert (fait.lignes_lues, fait.services_gardes, fait.lignes_ecartees) == (351, 1, 350)
    assert [e["ligne"] for e in fait.ecarts] == list(range(2, 202))


@pytest.mark.django_db
def test_un_fichier_coupe_garde_ce_qui_se_lit(tmp_path):
    """Rien n'était en service : les deux services lus y entrent, et la coupure est listée."""
    texte = json.dumps([service(1), service(2), service(3)])
    fait = importer(tmp_path, texte[:-40])
    assert en_service() == ["dora--1", "dora--2"]
    assert [e["raison"] for e in fait.ecarts] == [
        "le JSON est abîmé, jusqu’à la fin du fichier",
        "le fichier est coupé ici\u00a0: ce qui suivait manque",
    ]


@pytest.mark.django_db
def test_un_fichier_deux_fois_plus_court_ne_remplace_rien_sans_le_dire(tmp_path):
    """5 services en service, 2 dans le fichier : refusé, puis accepté à la demande. 3 suffisent."""
    importer(tmp_path, [service(n) for n in range(5)])
    with pytest.raises(ImportRefuse, match="que 2\u00a0services, contre 5\u00a0services en service"):
        importer(tmp_path, [service(8), service(9)])
    assert len(en_service()) == 5
    echec = ImportServices.objects.get(etat=EtatImport.ECHEC)
    assert "peut-être coupé" in echec.motif_echec
    assert echec.fini_le is not None
    importer(tmp_path, [service(6), service(7), service(8)])
    importer(tmp_path, [service(9)], accepter_baisse=True)
    assert en_service() == ["dora--9"]


@pytest.mark.django_db
@pytest.mark.parametrize("contenu", ["", "<html>", "[]", "[1, 2]", '[{"id": 1}]', "12"])
def test_un_fichier_sans_service_laisse_l_offre_en_service(tmp_path, contenu):
    importer(tmp_path, [service(1)])
    with pytest.raises((FichierIllisible, ImportRefuse)):
        importer(tmp_path, contenu)
    assert en_service() == ["dora--1"]
    assert ImportServices.objects.filter(etat=EtatImport.ECHEC).exclude(motif_echec="").count() == 1


@pytest.mark.django_db
def test_un_departement_remplace_le_sien_et_laisse_les_autres(tmp_path):
    """Les services sans adresse ouverts à ses habitants viennent avec lui ; ceux des voisins ne bougent pas."""
    national = service(90, code_insee=None, latitude=None, longitude=None, modes_accueil=["a-distance"])
    isere = [service(n, code_insee="38185") for n in (1, 2)]
    rhone = [service(n) for n in (3, 4)]
    ailleurs = service(91, code_insee=None, latitude=None, longitude=None, zone_eligibilite=["13"])
    importer(tmp_path, [*isere, *rhone, national], departement="38")
    assert en_service() == ["dora--1", "dora--2", "dora--90"]
    fait = importer(
        tmp_path, [*isere, *rhone, national, ailleurs, {"id": "x", "code_insee": "13001"}], departement="69"
    )
    assert en_service() == ["dora--1", "dora--2", "dora--3", "dora--4", "dora--90"]
    assert (fait.lignes_lues, fait.services_gardes, fait.lignes_ecartees) == (7, 3, 0)
    importer(tmp_path, [service(4), service(5, nom="Neuf")], departement="69")
    assert en_service() == ["dora--1", "dora--2", "dora--4", "dora--5"]
    etats = ImportServices.objects.order_by("commence_le").values_list("departement", "etat")
    assert list(etats) == [("38", "en_service"), ("69", "remplace"), ("69", "en_service")]


@pytest.mark.django_db
def test_la_france_entiere_remplace_tout_et_un_departement_la_complete(tmp_path):
    importer(tmp_path, [service(1)], departement="69")
    importer(tmp_path, [service(2), service(3, code_insee="38185")])
    assert en_service() == ["dora--2", "dora--3"]
    importer(tmp_path, [service(4)], departement="69")
    assert en_service() == ["dora--3", "dora--4"]
    assert ImportServices.objects.filter(etat=EtatImport.EN_SERVICE).count() == 2


@pytest.mark.django_db
def test_les_structures_a_part_completent_les_services(tmp_path):
    """La structure donne son nom, et le téléphone que le service ne dit pas ; une structure illisible est comptée."""
    structures = [
        {"id": "dora--s1", "nom": "Auto-école", "siret": "13003013300016", "telephone": "0465710137"},
        {"id": "dora--s1", "nom": "Doublon"},
        {"nom": "sans identifiant"},
        3,
    ]
    fait = importer(
        tmp_path,
        [service(1), service(2, telephone="0465719999"), service(3, structure_id="inconnue")],
        structures=ecrire(tmp_path, structures, "structures.json"),
    )
    lus = ServiceInsertion.objects.order_by("identifiant").values_list("structure_nom", "structure_siret", "telephone")
    assert list(lus) == [
        ("Auto-école", "13003013300016", "0465710137"),
        ("Auto-école", "13003013300016", "0465719999"),
        ("", "", ""),
    ]
    assert fait.remarques == [{"raison": "structure illisible", "nombre": 2, "exemple": ""}]


@pytest.mark.django_db
def test_la_commande_dit_ce_qu_elle_ecarte(tmp_path, capsys):
    call_command("importer_services", ecrire(tmp_path, [service(1, frais="cher"), {"id": "x"}]), departement="69")
    dit = capsys.readouterr().out
    assert "n°\u00a02 (x) écarté\u00a0: il n’a pas de nom." in dit
    assert "1\u00a0valeur, frais\u00a0: valeur inconnue (par exemple dora--1)." in dit
    assert "1\u00a0service en service, 1\u00a0ligne écartée, 1\u00a0valeur écartée, sur 2\u00a0lignes lues." in dit
    with pytest.raises(CommandError, match="ne s’ouvre pas"):
        call_command("importer_services", tmp_path / "absent.json")
    with pytest.raises(CommandError, match="69, 2A ou 974"):
        call_command("importer_services", "services.json", "--departement", "rhone")
    with pytest.raises(CommandError, match="aucun service du département 38"):
        call_command("importer_services", ecrire(tmp_path, [service(1)]), "--departement", "38")


@pytest.mark.django_db
def test_un_import_refuse_garde_ce_que_son_fichier_avait_d_illisible(tmp_path):
    """Un fichier coupé dès son premier service : la commande le dit, la page de l'import aussi, et l'offre d'avant reste."""
    importer(tmp_path, [service(1)])
    coupe = tmp_path / "coupe.json"
    coupe.write_text('[{"id": "dora--2", "nom":', encoding="utf-8")
    with pytest.raises(CommandError, match="Ligne 1\u00a0: le JSON est abîmé, jusqu’à la fin du fichier"):
        call_command("importer_services", coupe)
    refuse = ImportServices.objects.get(fichier="coupe.json")
    assert (refuse.etat, refuse.lignes_lues, refuse.lignes_ecartees) == ("echec", 2, 2)  # abîmé, puis coupé
    assert refuse.ecarts[0]["raison"].startswith("le JSON est abîmé")
    assert en_service() == ["dora--1"]


@pytest.mark.django_db(transaction=True)
def test_deux_imports_a_la_fois_passent_l_un_apres_l_autre(tmp_path, monkeypatch):
    """Le second attend la fin du premier ; à la fin, un seul est en service, entier."""
    fichiers = [ecrire(tmp_path, [service(n + 10 * i) for n in range(3)], f"{i}.json") for i in range(2)]
    dans_le_premier, second_attend = threading.Event(), threading.Event()
    lire = offre.objets

    def lire_lentement(chemin):
        dans_le_premier.set()
        assert second_attend.wait(20)
        yield from lire(chemin)

    monkeypatch.setattr(offre, "objets", lire_lentement)

    def lancer(fichier, attendre=lambda: None):
        try:
            importer_services(fichier, aujourd_hui=AUJOURD_HUI, attendre=attendre)
        finally:
            connection.close()

    premier = threading.Thread(target=lancer, args=[fichiers[0]])
    premier.start()
    assert dans_le_premier.wait(20)
    second = threading.Thread(target=lancer, args=[fichiers[1], second_attend.set])
    second.start()
    premier.join(30)
    second.join(30)
    assert en_service() == ["dora--10", "dora--11", "dora--12"]
    assert list(ImportServices.objects.order_by("commence_le").values_list("etat", flat=True)) == [
        "remplace",
        "en_service",
    ]


@pytest.mark.django_db(transaction=True)
def test_un_import_tue_laisse_l_offre_en_service_et_le_suivant_le_dit(tmp_path):
    """Tué au milieu de sa lecture (le fichier est un tube que rien ne remplit plus), il n'a rien changé ; le suivant passe."""
    importer(tmp_path, [service(1), service(2)])
    tube = tmp_path / "tube.json"
    os.mkfifo(tube)
    environnement = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings_test"}
    commande = [sys.executable, "manage.py", "importer_services", str(tube)]
    processus = subprocess.Popen(commande, cwd=RACINE, env=environnement)
    try:
        # Lecture et écriture : ouvrir le tube n'attend pas que l'import l'ouvre, et un import qui échoue se voit.
        with open(os.open(tube, os.O_RDWR), "w", encoding="utf-8") as entree:
            entree.write(json.dumps([service(n) for n in range(50)])[:-1])
            entree.flush()
            limite = time.monotonic() + 60
            while not ImportServices.objects.filter(etat=EtatImport.EN_COURS).exists():
                assert processus.poll() is None, "l’import s’est arrêté de lui-même"
                assert time.monotonic() < limite, "l’import n’a pas commencé"
                time.sleep(0.05)
            processus.kill()
            processus.wait(20)
    finally:
        processus.kill()
        processus.wait(20)
    assert en_service() == ["dora--1", "dora--2"]
    importer(tmp_path, [service(2), service(3)])
    assert en_service() == ["dora--2", "dora--3"]
    assert ServiceInsertion.objects.count() == 2
    tue = ImportServices.objects.get(fichier="tube.json")
    assert (tue.etat, tue.motif_echec) == ("echec", "L’import s’est arrêté avant la fin.")
