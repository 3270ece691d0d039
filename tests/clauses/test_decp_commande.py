"""`manage.py importer_decp` : un résumé en français, une ligne par enregistrement, un code d'erreur si le fichier ne se lit pas."""

import pytest
from django.core.management import CommandError, call_command

from clauses.models import Marche, RegleClause
from comptes.models import Organisation
from tests.decp import DONNEES
from tests.fabriques import StructureFactory, creer_utilisateur

pytestmark = pytest.mark.django_db


@pytest.fixture
def structure():
    return StructureFactory(nom="Maison de l’emploi du Confluent")


def lancer(capsys, fichier, *options: str) -> str:
    call_command("importer_decp", str(fichier), *options)
    return capsys.readouterr().out


def test_la_commande_importe_les_marches_a_clause(structure, capsys):
    """La seule structure facilitatrice reçoit les marchés à clause ; les autres sont nommés et laissés."""
    sortie = lancer(capsys, DONNEES / "imbrique.json")
    assert set(Marche.objects.values_list("reference", flat=True)) == {"2026-A017", "2026-N004", "2026-DSP1"}
    assert "imbrique.json\u00a0: 4\u00a0enregistrements lus, pour Maison de l’emploi du Confluent." in sortie
    assert "3. 2026-F001\u00a0: sans clause sociale, laissé de côté (--tout l’importe)." in sortie
    assert sortie.rstrip().endswith("3\u00a0marchés importés\u00a0; 1 sans clause, laissé de côté.")


def test_la_seconde_fois_rien_de_nouveau(structure, capsys):
    """Le même fichier dit que tout est déjà là."""
    lancer(capsys, DONNEES / "imbrique.json", "--tout")
    sortie = lancer(capsys, DONNEES / "imbrique.json", "--tout")
    assert sortie.rstrip().endswith("0\u00a0marché importé\u00a0; 4 déjà importés, sans rien de nouveau.")
    assert Marche.objects.count() == 4


def test_chaque_anomalie_est_a_sa_ligne(structure, capsys):
    """Le rang, la référence, ce qui est écarté ou douteux, le champ et la raison."""
    sortie = lancer(capsys, DONNEES / "sale.json")
    assert "valeur écartée, dureeMois\u00a0: «\u00a0NC\u00a0» n’est pas un nombre de mois" in sortie
    assert "14. sans référence\u00a0: écarté." in sortie
    assert "4\u00a0écartés" in sortie.splitlines()[-1]


def test_l_essai_n_ecrit_rien(structure, capsys):
    """Il dit ce qui serait créé et inscrit, sans une ligne en base."""
    sortie = lancer(capsys, DONNEES / "imbrique.json", "--essai")
    assert "à créer\u00a0: un marché, un lot, deux\u00a0titulaires, un\u00a0sous-traitant et un\u00a0avenant." in sortie
    assert sortie.rstrip().splitlines()[-1].startswith("Essai, rien n’est écrit. À importer\u00a0: 3\u00a0marchés")
    assert not Marche.objects.exists()
    assert Organisation.objects.count() == 1


def test_un_fichier_illisible_finit_en_erreur(structure, tmp_path):
    """Un code différent de zéro, une phrase, rien en base."""
    faux = tmp_path / "faux.json"
    faux.write_text("<marches/>")
    with pytest.raises(CommandError, match="du XML"):
        call_command("importer_decp", str(faux))
    with pytest.raises(CommandError, match="ne s’ouvre pas"):
        call_command("importer_decp", str(tmp_path / "absent.json"))
    with pytest.raises(CommandError, match="ne s’ouvre pas"):
        call_command("importer_decp", str(tmp_path))
    assert not Marche.objects.exists()


def test_la_structure_se_precise_quand_il_y_en_a_plusieurs(structure, capsys):
    """Par son nom ou son identifiant ; sinon la commande le demande."""
    autre = StructureFactory(nom="PLIE d’à côté")
    fichier = DONNEES / "plat.json"
    with pytest.raises(CommandError, match="précisez --structure"):
        call_command("importer_decp", str(fichier))
    with pytest.raises(CommandError, match="ne s’appelle"):
        call_command("importer_decp", str(fichier), "--structure", "Inconnue")
    lancer(capsys, fichier, "--structure", "plie d’à côté")
    lancer(capsys, fichier, "--structure", str(structure.pk))
    assert set(Marche.objects.values_list("operation__structure", flat=True)) == {autre.pk, structure.pk}


def test_sans_structure_la_commande_le_dit(db):
    """Une installation vide n'a pas où importer."""
    with pytest.raises(CommandError, match="pas encore de structure"):
        call_command("importer_decp", str(DONNEES / "plat.json"))


def test_l_auteur_est_un_compte_de_la_structure(structure, capsys):
    """Son nom reste sur la règle du marché ; le compte d'une autre structure est refusé."""
    auteur, etranger = creer_utilisateur(structure), creer_utilisateur(StructureFactory())
    options = ("--structure", str(structure.pk))
    with pytest.raises(CommandError, match="n’est pas un compte actif"):
        call_command("importer_decp", str(DONNEES / "plat.json"), *options, "--utilisateur", etranger.email)
    lancer(capsys, DONNEES / "plat.json", *options, "--utilisateur", auteur.email.upper())
    assert RegleClause.objects.get().cree_par == auteur
