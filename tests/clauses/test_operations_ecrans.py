"""La liste des opérations : ce que le facilitateur y lit, filtre, trie et exporte."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from clauses.models import CumulMensuel, Financement
from comptes.models import Categorie
from tests.fabriques import (
    AcheteurFactory,
    EngagementFactory,
    EntrepriseFactory,
    LotFactory,
    MarcheFactory,
    OperationFactory,
    StructureFactory,
    creer_utilisateur,
)

pytestmark = pytest.mark.django_db

LISTE = reverse("clauses:operation_liste")
AN_2026 = {"date_debut": date(2026, 1, 1), "date_fin": date(2026, 12, 31)}


@pytest.fixture(autouse=True)
def _le_17_novembre_2026():
    with time_machine.travel("2026-11-17 09:00+01:00", tick=False):
        yield


@pytest.fixture
def structure():
    return StructureFactory()


@pytest.fixture
def client(client, structure):
    client.force_login(creer_utilisateur(structure))
    return client


def operation(structure, nom, dues=1000, validees=0, en_attente=0, lot=AN_2026, **champs):
    """Une opération d'un lot en 2026 : au 31 octobre, 304 jours sur 365 sont passés."""
    creee = OperationFactory(structure=structure, nom=nom, **champs)
    if dues:
        lot = LotFactory(marche__operation=creee, **lot)
        engagement = EngagementFactory(titulaire__lot=lot, heures_initiales=Decimal(dues))
        CumulMensuel.objects.create(
            engagement=engagement,
            mois=date(2026, 5, 1),
            validees_heures=validees,
            en_attente_heures=en_attente,
            en_attente_comptees_heures=en_attente,
        )
    return creee


def noms(reponse):
    return [ligne.record.operation.nom for ligne in reponse.context["table"].page.object_list]


def texte(reponse):
    return " ".join(reponse.content.decode().replace("\u00a0", " ").split())


def test_la_liste_dit_ou_en_est_chaque_operation(client, structure):
    """Heures validées sur heures dues, attendu au dernier jour du mois passé, et le rythme en mots."""
    operation(structure, "Jean-Macé", validees=310, en_attente=40)
    page = texte(client.get(LISTE))
    assert "Heures arrêtées au 31 octobre 2026" in page
    assert "310 h</a></strong>" in page
    assert "sur 1 000 h, soit 31 %" in page
    assert "833 h" in page  # 1 000 × 304 ÷ 365 = 832,88
    assert "En retard de 523 h" in page
    assert "1 opération</strong>" in page


def test_un_nombre_mene_aux_lignes_qui_le_composent(client, structure):
    """Les heures validées ouvrent les relevés validés de cette opération, jusqu'à la date d'arrêté."""
    creee = operation(structure, "Jean-Macé", validees=310)
    attendu = f"{reverse('clauses:releve_liste')}?operation={creee.pk}&amp;etat=valide&amp;fin=2026-10-31"
    assert attendu in client.get(LISTE).content.decode()


def test_la_liste_va_de_la_plus_en_retard_a_la_plus_avancee(client, structure):
    """Sans tri choisi, ce qui presse vient d'abord ; une opération sans heure due vient à la fin."""
    operation(structure, "Sans engagement", dues=0)
    operation(structure, "Dans le rythme", validees=840)
    operation(structure, "Très en retard", validees=100)
    operation(structure, "En retard", validees=400)
    operation(structure, "Tenue", validees=1000)
    assert noms(client.get(LISTE)) == ["Très en retard", "En retard", "Dans le rythme", "Tenue", "Sans engagement"]


@pytest.mark.parametrize(
    ("tri", "attendus"),
    [
        ("nom", ["École", "Gare", "Zénith"]),
        ("-nom", ["Zénith", "Gare", "École"]),
        ("fin", ["Gare", "École", "Zénith"]),
        ("avancement", ["Zénith", "École", "Gare"]),
        ("-attendu", ["École", "Gare", "Zénith"]),
    ],
)
def test_chaque_colonne_se_trie(client, structure, tri, attendus):
    """L'ordre est celui du français (École avant Gare) ; une opération sans date de fin vient après les autres."""
    operation(structure, "École", dues=3000, validees=600, date_fin=date(2026, 12, 31))
    operation(structure, "Gare", dues=1000, validees=500, date_fin=date(2026, 6, 30))
    operation(structure, "Zénith", dues=500, validees=50, date_fin=None)
    assert noms(client.get(LISTE, {"sort": tri})) == attendus


@pytest.mark.parametrize(
    ("filtres", "attendus"),
    [
        ({"q": "ecole"}, {"École Jean-Macé"}),
        ({"q": "habitat peupliers"}, {"Les Peupliers"}),
        ({"q": "2026-T77"}, {"Les Peupliers"}),
        ({"q": "terrasses"}, {"Les Peupliers"}),
        ({"q": "100%"}, set()),
        ({"financement": "npnru"}, {"Les Peupliers"}),
        ({"etat": "en_cours"}, {"École Jean-Macé", "Les Peupliers"}),
        ({"etat": "terminees"}, {"Ancien chantier"}),
        ({"etat": "a_venir"}, {"Futur chantier"}),
        ({"rythme": "retard"}, {"Les Peupliers"}),
        ({"rythme": "tenu"}, {"École Jean-Macé"}),
        ({"q": "peupliers", "rythme": "tenu"}, set()),
    ],
)
def test_les_filtres_se_combinent(client, structure, filtres, attendus):
    """Recherche sans accents sur le nom, le programme, le maître d'ouvrage et la référence ; état et rythme."""
    operation(structure, "École Jean-Macé", validees=1000)
    peupliers = operation(
        structure,
        "Les Peupliers",
        validees=10,
        maitre_ouvrage=AcheteurFactory(nom="Habitat Confluence"),
        financement=Financement.NPNRU,
        programme="NPNRU Les Terrasses",
    )
    MarcheFactory(operation=peupliers, reference="2026-T7700")
    operation(structure, "Ancien chantier", dues=0, date_debut=date(2025, 1, 1), date_fin=date(2026, 11, 16))
    operation(structure, "Futur chantier", dues=0, date_debut=date(2026, 11, 18), date_fin=None)
    reponse = client.get(LISTE, filtres)
    assert set(noms(reponse)) == attendus
    mot = "opération" if len(attendus) < 2 else "opérations"
    assert f"{len(attendus)} {mot} sur 4" in texte(reponse)


def test_on_filtre_par_maitre_d_ouvrage_et_par_entreprise(client, structure):
    """Les choix sont ceux de la structure ; ceux des autres structures n'y sont pas."""
    entreprise = EntrepriseFactory(nom="Bâti-Rhône")
    premiere = operation(structure, "Première")
    EngagementFactory(titulaire__lot__marche__operation=premiere, titulaire__entreprise=entreprise)
    operation(structure, "Seconde")
    ailleurs = operation(StructureFactory(), "Ailleurs")
    assert noms(client.get(LISTE, {"maitre_ouvrage": premiere.maitre_ouvrage_id})) == ["Première"]
    assert noms(client.get(LISTE, {"entreprise": entreprise.pk})) == ["Première"]
    page = client.get(LISTE, {"maitre_ouvrage": ailleurs.maitre_ouvrage_id})
    assert ailleurs.maitre_ouvrage.nom not in texte(page)
    assert set(noms(page)) == {"Première", "Seconde"}


def test_une_operation_d_une_autre_structure_ne_se_voit_pas(client):
    """La liste est celle de la structure : ailleurs, elle est vide et le dit, avec de quoi commencer."""
    operation(StructureFactory(), "Ailleurs")
    page = texte(client.get(LISTE))
    assert "Ailleurs" not in page
    assert "Aucune opération pour l’instant" in page
    assert page.count("btn-primary") == 1


def test_aucune_operation_avec_ces_filtres(client, structure):
    """Le second vide garde les filtres, dit combien d'opérations existent, et mène à toutes."""
    operation(structure, "Les Peupliers")
    page = texte(client.get(LISTE, {"q": "introuvable"}))
    assert "Aucune opération avec ces filtres" in page
    assert "0 opération sur 1" in page
    assert 'value="introuvable"' in page


@pytest.mark.parametrize(
    "parametres", [{"sort": "pirate"}, {"page": "999"}, {"page": "x"}, {"maitre_ouvrage": "x"}, {"q": "\0"}]
)
def test_une_adresse_abimee_montre_la_liste(client, structure, parametres):
    """Un tri, une page ou un filtre qui n'existent pas ne font pas d'erreur."""
    operation(structure, "Les Peupliers")
    reponse = client.get(LISTE, parametres)
    assert reponse.status_code == 200
    assert noms(reponse) == ["Les Peupliers"]


def test_l_export_donne_les_lignes_filtrees_et_leurs_chiffres(client, structure):
    """Toutes les lignes des filtres, pas seulement la page, avec dues, validées, à vérifier, attendues et rythme."""
    for n in range(30):
        operation(structure, f"Gare {n:02}", validees=310, en_attente=40)
    operation(structure, "École")
    reponse = client.get(LISTE, {"q": "gare", "sort": "-nom", "export": "csv"})
    lignes = list(csv.DictReader(io.StringIO(reponse.content.decode("utf-8-sig")), delimiter=";"))
    assert [ligne["Opération"] for ligne in lignes] == [f"Gare {n:02}" for n in reversed(range(30))]
    ligne = lignes[0]
    assert (ligne["Heures dues"], ligne["Heures validées"], ligne["Heures à vérifier"]) == (
        "1000,00",
        "310,00",
        "40,00",
    )
    assert (ligne["Heures restantes"], ligne["Heures attendues"]) == ("690,00", "832,88")
    assert (ligne["Fin prévue"], ligne["Arrêté au"]) == ("30/06/2027", "31/10/2026")
    assert ligne["Rythme"] == "En retard de 523\u00a0h"


def test_l_export_en_classeur(client, structure):
    """Le classeur s'annonce comme tel, avec un nom de fichier qui dit le sujet et la date."""
    operation(structure, "=1+1")
    reponse = client.get(LISTE, {"export": "xlsx"})
    assert reponse["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert 'filename="operations-2026-11-17.xlsx"' in reponse["Content-Disposition"]


def test_la_liste_dit_qu_un_maitre_d_ouvrage_est_prive(client, structure):
    """Sous le nom : le maître d'ouvrage, « privé » s'il l'est, et le financement s'il y en a un."""
    prive = AcheteurFactory(nom="Promotion Belvédère", categorie=Categorie.PROMOTEUR_PRIVE)
    operation(structure, "Nouvel Angle", maitre_ouvrage=prive, financement=Financement.FSE)
    assert "Promotion Belvédère · privé · FSE+" in texte(client.get(LISTE))


@pytest.mark.parametrize("nombre", [1, 50])
def test_le_nombre_de_requetes_est_constant(client, structure, nombre, nombre_de_requetes):
    """Autant de requêtes pour 1 opération que pour 50, et moins de 15."""
    for n in range(nombre):
        operation(structure, f"Opération {n}", validees=10)
    client.get(LISTE)
    with nombre_de_requetes() as requetes:
        client.get(LISTE)
    assert len(requetes) == 9
