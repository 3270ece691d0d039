"""Importer un fichier DECP à l'écran : envoyer, relire, choisir, voir le résultat."""

import copy
import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from clauses.models import EtatImport, EtatLigne, ImportDecp, LigneDecp, Marche, Operation
from clauses.services import imports_decp
from tests.decp import DONNEES
from tests.fabriques import AcheteurFactory, MarcheFactory, OperationFactory, Paysage

pytestmark = pytest.mark.django_db

ENVOI = "/operations/importer/"


@pytest.fixture
def paysage():
    return Paysage()


@pytest.fixture
def facilitateur(client, paysage):
    client.force_login(paysage.facilitateur)
    return client


def envoyer(client, contenu: bytes, nom: str = "decp.json"):
    return client.post(ENVOI, {"fichier": SimpleUploadedFile(nom, contenu)}, follow=True)


def envoyer_fichier(client, nom: str = "imbrique.json") -> ImportDecp:
    envoyer(client, (DONNEES / nom).read_bytes(), nom)
    return ImportDecp.objects.get(nom_fichier=nom)


def beaucoup(n: int) -> bytes:
    modele = json.loads((DONNEES / "imbrique.json").read_text(encoding="utf-8"))["marches"]["marche"][0]
    marches = [copy.deepcopy(modele) | {"id": f"M{i}", "objet": f"Travaux {i}"} for i in range(n)]
    return json.dumps({"marches": {"marche": marches}}).encode()


def texte(reponse) -> str:
    return re.sub(r"[ \n\t]+", " ", reponse.content.decode())


def coches(*rangs: int, **autres: str) -> dict[str, str]:
    """Ce qu'envoie la page quand ces lignes sont cochées, chacune dans une opération à créer."""
    donnees = {f"choisie_{rang}": "on" for rang in rangs} | {f"nom_{rang}": f"Opération {rang}" for rang in rangs}
    return donnees | autres


# Envoyer ---------------------------------------------------------------------------------------------------------


def test_la_page_dit_ou_trouver_le_fichier(facilitateur):
    """Profil d'acheteur, data.gouv.fr ou l'acheteur lui-même ; et ce que le fichier ne dit pas."""
    page = texte(facilitateur.get(ENVOI))
    assert "data.gouv.fr" in page and "profil d’acheteur" in page
    assert "Les heures d’insertion" in page


@pytest.mark.parametrize("nom", ["imbrique.json", "plat.json", "sale.json"])
def test_un_fichier_envoye_se_relit_sans_rien_creer(facilitateur, nom):
    """L'aperçu s'ouvre ; ni marché ni organisation ne sont créés."""
    avant = Marche.objects.count()
    reponse = envoyer(facilitateur, (DONNEES / nom).read_bytes(), nom)
    assert reponse.status_code == 200
    assert reponse.redirect_chain[-1][0].startswith(ENVOI)
    assert "Marchés à importer" in texte(reponse)
    assert Marche.objects.count() == avant


@pytest.mark.parametrize(
    ("contenu", "phrase"),
    [
        (b"objet;montant", "n’est pas du JSON"),
        (b"<marches/>", "Ce fichier est du XML"),
        (b"{}", "ne contient pas de marché"),
        (b"", "Ce fichier est vide."),
        (b"[" * 5000, "emboîte trop de listes"),
    ],
)
def test_un_mauvais_fichier_a_sa_phrase(facilitateur, contenu, phrase):
    """La page reste, dit quoi faire, et rien n'est gardé."""
    reponse = envoyer(facilitateur, contenu)
    assert phrase in texte(reponse)
    assert "<title>Erreur" in reponse.content.decode()
    assert not ImportDecp.objects.exists()


def test_sans_fichier_la_page_le_demande(facilitateur):
    """Le bouton pressé trop tôt."""
    assert "Choisissez le fichier JSON à lire." in texte(facilitateur.post(ENVOI, {}))


def test_un_fichier_de_50_mo_est_refuse(facilitateur):
    """La phrase donne les deux tailles et l'autre chemin."""
    page = texte(envoyer(facilitateur, b" " * 50_000_000))
    assert "Ce fichier pèse 50\u00a0Mo, 20\u00a0Mo au plus." in page
    assert "importer_decp" in page
    assert not ImportDecp.objects.exists()


def test_un_nom_de_fichier_ne_peut_rien(facilitateur):
    """Un nom fait de balises s'affiche comme un texte."""
    page = texte(envoyer(facilitateur, (DONNEES / "plat.json").read_bytes(), "<b>x=1.json"))
    assert "<b>x=1" not in page
    assert "&lt;b&gt;x=1.json" in page


def test_les_anciens_imports_s_effacent(facilitateur, paysage):
    """Au-delà de trente jours, le fichier lu disparaît au prochain envoi ; les marchés importés restent."""
    ancien = envoyer_fichier(facilitateur)
    facilitateur.post(reverse("clauses:decp_apercu", args=[ancien.pk]), coches(1))
    ImportDecp.objects.filter(pk=ancien.pk).update(cree_le=timezone.now() - timedelta(days=31))
    envoyer_fichier(facilitateur, "plat.json")
    assert not ImportDecp.objects.filter(pk=ancien.pk).exists()
    assert Marche.objects.filter(reference="2026-A017").exists()


# Relire ----------------------------------------------------------------------------------------------------------


def test_l_apercu_montre_chaque_marche_et_ses_remarques(facilitateur):
    """Référence, objet, acheteur, titulaires, montant, durée, considérations, ce qui sera créé, ce qui est douteux."""
    importation = envoyer_fichier(facilitateur)
    page = texte(facilitateur.get(reverse("clauses:decp_apercu", args=[importation.pk])))
    for attendu in (
        "2026-A017",
        "Réhabilitation de la résidence Les Saules",
        "Acheteur SIRET 999\u00a0001\u00a0019\u00a000010",
        "Entreprise SIRET 999\u00a0101\u00a0017\u00a000013",
        "1\u00a0250\u00a0000,50\u00a0€",
        "21\u00a0mois",
        "du 16 février 2026 au 15 novembre 2027",
        "Clause sociale et Critère social",
        "L’import crée un marché, un lot, deux\u00a0titulaires, un\u00a0sous-traitant et un\u00a0avenant.",
        "Le mandataire n’est pas dit",
        "<strong>3\u00a0marchés à clause sociale</strong>",
    ):
        assert attendu in page, attendu


def test_seuls_les_marches_a_clause_sont_coches(facilitateur):
    """Les autres sont dans leur volet, décochés."""
    importation = envoyer_fichier(facilitateur)
    adresse = reverse("clauses:decp_apercu", args=[importation.pk])
    clause = facilitateur.get(adresse).context["form"]
    assert [clause[f"choisie_{rang}"].initial for rang in (1, 2, 4)] == [True, True, True]
    assert "choisie_3" not in clause.fields
    autres = facilitateur.get(f"{adresse}?voir=autres").context["form"]
    assert autres["choisie_3"].initial is False


def test_les_enregistrements_ecartes_ont_leur_raison(facilitateur):
    """Chacun à son rang, avec la phrase."""
    importation = envoyer_fichier(facilitateur, "sale.json")
    page = texte(facilitateur.get(reverse("clauses:decp_apercu", args=[importation.pk]) + "?voir=ecartes"))
    assert "enregistrement 16" in page
    assert "L’acheteur manque ou ne se lit pas" in page
    assert "qui est retenu" in page


def test_l_apercu_dit_ce_qui_est_deja_la(facilitateur):
    """Après un premier import, le même fichier n'a plus rien à cocher ; un plus récent propose son avenant."""
    premier = envoyer_fichier(facilitateur)
    facilitateur.post(reverse("clauses:decp_apercu", args=[premier.pk]), coches(1, 2, 4))
    donnees = json.loads((DONNEES / "imbrique.json").read_text(encoding="utf-8"))
    avenant = {"id": 2, "montant": 1400000, "dateNotificationModification": "2026-10-01"}
    donnees["marches"]["marche"][0]["modifications"].append({"modification": avenant})
    reponse = envoyer(facilitateur, json.dumps(donnees).encode(), "recent.json")
    page = texte(reponse)
    assert "Déjà importé" in page and "Rien de nouveau dans ce fichier." in page
    assert "L’import ajoute un\u00a0avenant" in page
    assert set(reponse.context["form"].fields) == {"choisie_1"}


def test_l_apercu_fait_autant_de_requetes_pour_un_marche_que_pour_vingt(facilitateur, nombre_de_requetes):
    """Et moins de quinze."""
    for nom, n in (("un.json", 1), ("vingt.json", 20)):
        envoyer(facilitateur, beaucoup(n), nom)
    comptes = []
    for nom in ("un.json", "vingt.json"):
        adresse = reverse("clauses:decp_apercu", args=[ImportDecp.objects.get(nom_fichier=nom).pk])
        facilitateur.get(adresse)
        with nombre_de_requetes() as requetes:
            facilitateur.get(adresse)
        comptes.append(len(requetes))
    assert comptes[0] == comptes[1] < 15


# Choisir ---------------------------------------------------------------------------------------------------------


def test_les_marches_coches_s_importent_et_le_resultat_y_mene(facilitateur, paysage):
    """Deux cochés, deux importés : le résultat les nomme, avec un lien vers chaque opération."""
    importation = envoyer_fichier(facilitateur)
    reponse = facilitateur.post(reverse("clauses:decp_apercu", args=[importation.pk]), coches(1, 4), follow=True)
    assert reponse.redirect_chain[-1][0] == reverse("clauses:decp_resultat", args=[importation.pk])
    page = texte(reponse)
    assert "<h1>2\u00a0marchés importés</h1>" in page
    operation = Operation.objects.get(nom="Opération 1")
    assert operation.structure == paysage.structure
    assert reverse("reporting:operation_fiche", args=[operation.pk]) in page
    assert set(Operation.objects.exclude(pk=paysage.operation.pk).values_list("nom", flat=True)) == {
        "Opération 1",
        "Opération 4",
    }


def test_un_marche_rejoint_une_operation_existante(facilitateur, paysage):
    """Le choix de la liste l'emporte sur le nom."""
    importation = envoyer_fichier(facilitateur)
    donnees = coches(1, operation_1=str(paysage.operation.pk))
    facilitateur.post(reverse("clauses:decp_apercu", args=[importation.pk]), donnees)
    assert Marche.objects.get(reference="2026-A017").operation == paysage.operation
    assert Operation.objects.filter(structure=paysage.structure).count() == 1


def test_l_operation_d_une_autre_structure_est_refusee(facilitateur, paysage):
    """Un identifiant étranger glissé dans l'envoi : une phrase, rien d'importé, la saisie gardée."""
    etrangere = OperationFactory(structure=paysage.autre_structure)
    importation = envoyer_fichier(facilitateur)
    reponse = facilitateur.post(
        reverse("clauses:decp_apercu", args=[importation.pk]),
        coches(1, operation_1=str(etrangere.pk), nom_1="Mon opération"),
    )
    assert "Cette opération n’est pas dans la liste." in texte(reponse)
    assert "Mon opération" in texte(reponse)
    assert not Marche.objects.filter(reference="2026-A017").exists()


@pytest.mark.parametrize(
    ("donnees", "phrase"),
    [
        ({}, "Cochez au moins un marché à importer."),
        ({"choisie_1": "on", "nom_1": " "}, "Donnez un nom à l’opération, ou choisissez-en une dans la liste."),
        ({"choisie_1": "on", "nom_1": "n" * 201}, "Ce nom dépasse 200 signes."),
        ({"choisie_99": "on", "nom_99": "x"}, "Cochez au moins un marché à importer."),
        ({"choisie_3": "on", "nom_3": "x"}, "Cochez au moins un marché à importer."),
    ],
)
def test_un_choix_incomplet_a_sa_phrase(facilitateur, donnees, phrase):
    """Rien de coché, pas de nom, une ligne qui n'est pas dans cette page."""
    importation = envoyer_fichier(facilitateur)
    avant = Marche.objects.count()
    assert phrase in texte(facilitateur.post(reverse("clauses:decp_apercu", args=[importation.pk]), donnees))
    assert Marche.objects.count() == avant


def test_le_double_envoi_n_importe_qu_une_fois(facilitateur):
    """La page renvoyée telle quelle ne crée rien de plus."""
    importation = envoyer_fichier(facilitateur)
    adresse = reverse("clauses:decp_apercu", args=[importation.pk])
    facilitateur.post(adresse, coches(1))
    facilitateur.post(adresse, coches(1))
    assert Marche.objects.filter(reference="2026-A017").count() == 1


def test_un_marche_refuse_peut_etre_choisi_de_nouveau(facilitateur, paysage):
    """Le refus est dit à sa ligne ; une autre opération le reçoit."""
    acheteur = AcheteurFactory(nom="Acheteur SIRET 12", siret="")
    MarcheFactory(operation=paysage.operation, acheteur=acheteur, reference="2026-A017")
    donnees = json.loads((DONNEES / "imbrique.json").read_text(encoding="utf-8"))
    donnees["marches"] = {"marche": donnees["marches"]["marche"][:1]}
    donnees["marches"]["marche"][0]["acheteur"]["id"] = "12"
    envoyer(facilitateur, json.dumps(donnees).encode(), "douze.json")
    adresse = reverse("clauses:decp_apercu", args=[ImportDecp.objects.get().pk])
    page = texte(facilitateur.post(adresse, coches(1, operation_1=str(paysage.operation.pk)), follow=True))
    assert "Cette opération a déjà un marché de cet acheteur sous cette référence." in page
    assert "Rien d’importé" in page
    assert "Refusé" in texte(facilitateur.get(adresse))
    facilitateur.post(adresse, coches(1))
    assert Marche.objects.get(cle_decp="12-2026-A017").operation.nom == "Opération 1"


# Les longs imports -----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_un_long_import_passe_par_le_worker(facilitateur, celery_immediat):
    """Tous les marchés à clause d'un coup : la tâche les importe, la progression va au bout."""
    envoyer(facilitateur, beaucoup(60), "long.json")
    importation = ImportDecp.objects.get()
    page = facilitateur.get(reverse("clauses:decp_apercu", args=[importation.pk]))
    assert "Importer les 60 marchés à clause sociale" in texte(page)
    reponse = facilitateur.post(reverse("clauses:decp_apercu", args=[importation.pk]), {"tout": "1"}, follow=True)
    assert "<h1>60\u00a0marchés importés</h1>" in texte(reponse)
    importation.refresh_from_db()
    assert (importation.etat, importation.progression, importation.total) == (EtatImport.LU, 60, 60)
    assert Marche.objects.filter(cle_decp__startswith="99900101900010-M").count() == 60


def test_pendant_l_import_la_page_montre_ou_l_on_en_est(facilitateur, paysage):
    """Sans script, un lien actualise ; avec htmx, le bloc seul revient, puis la page se recharge."""
    importation = envoyer_fichier(facilitateur)
    ImportDecp.objects.filter(pk=importation.pk).update(etat=EtatImport.IMPORT, progression=25, total=60)
    adresse = reverse("clauses:decp_resultat", args=[importation.pk])
    page = texte(facilitateur.get(adresse))
    assert "Marchés importés : <strong>25</strong> sur 60" in page.replace("\u00a0", " ")
    morceau = facilitateur.get(adresse, headers={"HX-Request": "true"})
    assert "<html" not in morceau.content.decode()
    ImportDecp.objects.filter(pk=importation.pk).update(etat=EtatImport.LU)
    assert facilitateur.get(adresse, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


@pytest.mark.django_db(transaction=True)
def test_un_gros_fichier_se_lit_par_le_worker(facilitateur, celery_immediat, monkeypatch):
    """Au-delà d'un million d'octets, la lecture se suit à l'écran et l'aperçu s'ouvre ensuite."""
    monkeypatch.setattr(imports_decp, "LECTURE_IMMEDIATE_OCTETS", 100)
    reponse = envoyer(facilitateur, (DONNEES / "imbrique.json").read_bytes())
    assert "Marchés à importer" in texte(reponse)
    assert ImportDecp.objects.get().contenu is None


@pytest.mark.django_db(transaction=True)
def test_un_gros_fichier_illisible_se_dit_apres_coup(facilitateur, celery_immediat, monkeypatch):
    """La phrase est la même que pour un petit fichier, avec un lien pour en choisir un autre."""
    monkeypatch.setattr(imports_decp, "LECTURE_IMMEDIATE_OCTETS", 1)
    page = texte(envoyer(facilitateur, b"<marches/>"))
    assert "Ce fichier est du XML" in page and "Choisir un autre fichier" in page


@pytest.mark.django_db(transaction=True)
def test_un_import_arrete_reprend_ou_il_en_etait(facilitateur, celery_immediat, monkeypatch):
    """La panne du deuxième paquet garde le premier ; « Reprendre » finit le reste, sans doublon."""
    envoyer(facilitateur, beaucoup(30), "panne.json")
    importation = ImportDecp.objects.get()
    vrai, appels = imports_decp.importer, []

    def importer_en_panne(*args, **kwargs):
        appels.append(1)
        if len(appels) == 2:
            raise RuntimeError("panne")
        return vrai(*args, **kwargs)

    monkeypatch.setattr(imports_decp, "importer", importer_en_panne)
    with pytest.raises(RuntimeError, match="panne"):
        facilitateur.post(reverse("clauses:decp_apercu", args=[importation.pk]), {"tout": "1"})
    page = texte(facilitateur.get(reverse("clauses:decp_resultat", args=[importation.pk])))
    assert "s’est arrêté en route" in page and "Reprendre à 25 sur 30" in page
    facilitateur.post(reverse("clauses:decp_reprendre", args=[importation.pk]))
    assert Marche.objects.filter(cle_decp__startswith="99900101900010-M").count() == 30
    assert LigneDecp.objects.filter(etat=EtatLigne.CREEE).count() == 30


# Qui y a droit ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("compte", ["compte_acheteur", "compte_prescripteur", "compte_entreprise"])
def test_les_autres_profils_n_importent_pas(client, paysage, compte):
    """Importer est l'affaire du facilitateur : 403 pour les autres."""
    client.force_login(getattr(paysage, compte))
    assert client.get(ENVOI).status_code == 403


@pytest.mark.parametrize("nom", ["decp_apercu", "decp_resultat", "decp_reprendre"])
def test_l_import_d_une_autre_structure_est_introuvable(client, facilitateur, paysage, nom):
    """404, comme s'il n'existait pas, et rien n'y change."""
    importation = envoyer_fichier(facilitateur)
    client.force_login(paysage.autre_facilitateur)
    adresse = reverse(f"clauses:{nom}", args=[importation.pk])
    assert client.post(adresse, coches(1)).status_code in {404, 405}
    assert client.get(adresse).status_code in {404, 405}
    assert not Marche.objects.filter(reference="2026-A017").exists()


def test_reprendre_ne_relance_que_ce_qui_est_arrete(facilitateur):
    """Pressé sur un import fini, le bouton ne fait rien."""
    importation = envoyer_fichier(facilitateur)
    facilitateur.post(reverse("clauses:decp_reprendre", args=[importation.pk]))
    importation.refresh_from_db()
    assert importation.etat == EtatImport.LU


def test_une_notification_a_venir_est_signalee(facilitateur):
    """Notifié demain : gardé, à vérifier."""
    donnees = json.loads((DONNEES / "imbrique.json").read_text(encoding="utf-8"))
    demain = timezone.localdate() + timedelta(days=1)
    donnees["marches"]["marche"][1]["dateNotification"] = demain.isoformat()
    page = texte(envoyer(facilitateur, json.dumps(donnees).encode()))
    assert "La date de notification est à venir" in page
