"""Un marché à venir, de l'annonce à l'opération : deux côtés, un fil, un avis, des courriels sans personne."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clauses.models import AvisFacilitateur, Marche, MessageProjet, Operation, ProjetMarche
from clauses.services.projets import enregistrer_projet
from tests.fabriques import AcheteurFactory, OperationFactory, StructureFactory, creer_utilisateur
from tests.fabriques_acheteurs import BrouillonFactory, ProjetFactory
from tests.lire_html import formulaires, texte

pytestmark = pytest.mark.django_db
SAISIE = {
    "objet": "Réhabilitation de la résidence Les Saules",
    "commune": "Villerive",
    "ccag": "travaux",
    "question": "Quel lot et combien d’heures\u00a0?",
    "lots_envisages": "1 Gros œuvre\n2 Peinture",
    "montant_ht_euros": "1 000 000",
    "duree_mois": "12",
    "nature": "travaux",
    "metier": "batiment",
    "cout_horaire_euros": "30",
    "publication": "01/02/2027",
}


@pytest.fixture(autouse=True)
def un_jour_fixe():
    """Douze jours après la demande d'avis de la fabrique, le 3 novembre 2026."""
    with time_machine.travel("2026-11-15 09:00+01:00", tick=False):
        yield


class Cotes:
    """L'acheteur et son facilitateur, chacun dans son navigateur."""

    def __init__(self, client_class) -> None:
        self.organisation = AcheteurFactory(nom="Habitat du Port", courriel="marches@port.example")
        self.structure = StructureFactory(nom="Maison de l’emploi", courriel="clauses@mde.example")
        self.compte = creer_utilisateur(self.organisation)
        self.facilitateur = creer_utilisateur(self.structure)
        self.acheteur, self.mde = client_class(), client_class()
        self.acheteur.force_login(self.compte)
        self.mde.force_login(self.facilitateur)

    def projet(self, fabrique=ProjetFactory, **champs):
        return fabrique(acheteur=self.organisation, structure=self.structure, cree_par=self.compte, **champs)


@pytest.fixture
def cotes(client):
    return Cotes(type(client))


def lire(client, nom, *args, **requete):
    reponse = client.get(reverse(f"clauses:{nom}", args=args), requete)
    assert reponse.status_code == 200
    return texte(reponse.content.decode())


def envoyer(client, nom, *args, **saisie):
    return client.post(reverse(f"clauses:{nom}", args=args), saisie)


def test_annoncer_un_marche(cotes):
    """Enregistré, il est en brouillon : l'acheteur le lit, son facilitateur ne le voit pas."""
    reponse = envoyer(cotes.acheteur, "projet_creer", structure=cotes.structure.pk, **SAISIE)
    projet = ProjetMarche.objects.get()
    assert reponse.url == reverse("clauses:projet_detail", args=[projet.pk])
    assert (projet.montant_ht_euros, projet.duree_mois, projet.nature) == (Decimal(1_000_000), 12, "travaux")
    assert projet.publication_prevue == date(2027, 2, 1)
    page = lire(cotes.acheteur, "projet_detail", projet.pk)
    assert "Brouillon\u00a0: votre facilitateur ne le voit pas encore." in page
    assert "De 833\u00a0h à 1\u00a0666\u00a0h, 1\u00a0166\u00a0h conseillées" in page
    assert cotes.mde.get(reverse("clauses:projet_detail", args=[projet.pk])).status_code == 404
    assert "Aucun marché annoncé" in lire(cotes.mde, "projet_liste")


def test_un_double_envoi_n_annonce_qu_un_marche(cotes):
    """Le même objet, encore en cours, ne s'annonce pas deux fois ; abandonné, il se réannonce."""
    envoi = {"structure": cotes.structure.pk} | SAISIE
    envoyer(cotes.acheteur, "projet_creer", **envoi)
    encore = envoyer(cotes.acheteur, "projet_creer", **envoi)
    assert "Vous avez déjà annoncé ce marché" in texte(encore.content.decode())
    projet = ProjetMarche.objects.get()
    envoyer(cotes.acheteur, "projet_abandonner", projet.pk)
    assert envoyer(cotes.acheteur, "projet_creer", **envoi).status_code == 302


def test_la_page_calibrer_remplit_l_annonce(cotes):
    """Le lien de la page « Calibrer » apporte le montant, la durée et chaque hypothèse."""
    calcul = {"montant_ht_euros": "450000", "duree_mois": "18", "nature": "services", "effort": "6"}
    page = cotes.acheteur.get(reverse("clauses:calibrer"), calcul).content.decode()
    lien = next(morceau for morceau in page.split('"') if morceau.startswith(reverse("clauses:projet_creer")))
    annonce = cotes.acheteur.get(lien.replace("&amp;", "&")).content.decode()
    valeurs = next(f.valeurs for f in formulaires(annonce) if f.methode == "post")
    assert {nom: valeurs[nom] for nom in calcul} == {nom: [valeur] for nom, valeur in calcul.items()}


def test_le_facilitateur_habituel_est_deja_choisi(cotes):
    """Celui qui suit sa dernière opération ; sans opération, on choisit."""
    StructureFactory()
    assert _structure_proposee(cotes) == [""]
    OperationFactory(structure=cotes.structure, maitre_ouvrage=cotes.organisation)
    assert _structure_proposee(cotes) == [str(cotes.structure.pk)]


def _structure_proposee(cotes):
    page = cotes.acheteur.get(reverse("clauses:projet_creer")).content.decode()
    return next(f.valeurs for f in formulaires(page) if f.methode == "post")["structure"]


def test_demander_l_avis(cotes):
    """Le facilitateur le voit, à l'accueil aussi ; un courriel part à sa structure, sans objet ni personne."""
    projet = cotes.projet(BrouillonFactory, objet="Réhabilitation des Saules")
    envoyer(cotes.acheteur, "projet_demander", projet.pk)
    assert "Avis demandé le 15 novembre 2026, sans réponse depuis aujourd’hui." in lire(
        cotes.acheteur, "projet_detail", projet.pk
    )
    assert "1\u00a0réponse attendue de vous." in lire(cotes.mde, "projet_liste")
    assert "Avis demandés 1 marché à venir" in texte(cotes.mde.get("/").content.decode())
    [courriel] = mail.outbox
    assert courriel.to == ["clauses@mde.example"]
    assert courriel.subject == "Un avis vous est demandé sur un marché à venir"
    assert f"/marches-a-venir/{projet.pk}/" in courriel.body
    assert "Habitat du Port" in courriel.body
    for secret in ("Saules", cotes.compte.nom, cotes.compte.email, "Combien d’heures"):
        assert secret not in courriel.body + courriel.subject


def test_l_attente_se_dit_des_deux_cotes(cotes):
    """Douze jours sans réponse : la liste, la page et les deux accueils le disent."""
    projet = cotes.projet()
    for client in (cotes.acheteur, cotes.mde):
        assert "sans réponse depuis 12\u00a0jours" in lire(client, "projet_liste")
        assert "sans réponse depuis 12\u00a0jours" in lire(client, "projet_detail", projet.pk)
    assert "C’est à vous de répondre." in lire(cotes.mde, "projet_detail", projet.pk)
    assert "C’est à vous de répondre." not in lire(cotes.acheteur, "projet_detail", projet.pk)
    assert "1\u00a0avis sans réponse, le plus ancien depuis 12\u00a0jours." in texte(
        cotes.acheteur.get("/").content.decode()
    )
    assert "Le plus ancien attend depuis 12\u00a0jours" in texte(cotes.mde.get("/").content.decode())


def test_demander_une_precision_puis_repondre(cotes):
    """L'attente passe d'un côté à l'autre ; relancer ne rajeunit pas la question."""
    projet = cotes.projet()
    envoyer(cotes.acheteur, "projet_ecrire", projet.pk, texte="Un rappel.")
    projet.refresh_from_db()
    assert (projet.attente, projet.attente_depuis.date()) == ("facilitateur", date(2026, 11, 3))
    envoyer(cotes.mde, "projet_ecrire", projet.pk, texte="Le lot 2 est-il alloti\u00a0?")
    assert "une précision est attendue de l’acheteur depuis aujourd’hui" in lire(cotes.mde, "projet_liste")
    assert "1\u00a0précision vous est demandée, la plus ancienne depuis aujourd’hui." in texte(
        cotes.acheteur.get("/").content.decode()
    )
    assert mail.outbox[-1].to == [cotes.compte.email]
    with time_machine.travel("2026-11-15 10:00+01:00", tick=False):
        envoyer(cotes.acheteur, "projet_ecrire", projet.pk, texte="Oui, en trois lots.")
    page = lire(cotes.mde, "projet_detail", projet.pk)
    assert page.index("Le lot 2 est-il alloti") < page.index("Oui, en trois lots.")
    assert "sans réponse depuis aujourd’hui" in page


def test_rendre_l_avis(cotes):
    """Le formulaire part du calibrage ; rendu, plus rien n'attend, l'acheteur le lit et reçoit un courriel."""
    projet = cotes.projet()
    page = cotes.mde.get(reverse("clauses:projet_detail", args=[projet.pk])).content.decode()
    depart = next(f.valeurs for f in formulaires(page) if f.action.endswith("/avis/"))
    assert depart["dispositif"] == ["execution"]
    assert depart["heures"] == ["1\u00a0166"]
    assert "Clause d’exécution" in depart["texte"][0]
    envoyer(cotes.mde, "projet_avis", projet.pk, dispositif="execution", heures="833", texte="Sur le lot 1 seulement.")
    lu = lire(cotes.acheteur, "projet_detail", projet.pk)
    assert "Avis rendu le 15 novembre 2026." in lu
    assert "Clause d’exécution, 833\u00a0h" in lu
    assert "Sur le lot 1 seulement." in lu
    assert f"rendu par {cotes.facilitateur.get_full_name()} le 15 novembre 2026" in lu
    assert "Aucune réponse n’est attendue de vous." in lire(cotes.mde, "projet_liste")
    assert mail.outbox[-1].subject == "L’avis de votre facilitateur est rendu"


def test_un_second_avis_suit_le_premier(cotes):
    """Les deux se lisent, le dernier d'abord, le premier dit remplacé."""
    projet = cotes.projet()
    envoyer(cotes.mde, "projet_avis", projet.pk, dispositif="execution", heures="833", texte="Premier avis.")
    with time_machine.travel("2026-11-16 09:00+01:00", tick=False):
        envoyer(cotes.mde, "projet_avis", projet.pk, dispositif="reserve_siae", heures="", texte="Second avis.")
        lu = lire(cotes.acheteur, "projet_detail", projet.pk)
    assert lu.index("Second avis.") < lu.index("Premier avis.")
    assert lu.count("Avis remplacé") == 1
    assert "code de la commande publique, L2113-13 et R2113-7" in lu


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({"heures": ""}, "Ce dispositif écrit des heures au marché"),
        ({"heures": "0"}, "Ce dispositif écrit des heures au marché"),
        ({"heures": "1e17"}, "notation scientifique"),
        ({"heures": "-3"}, "Un nombre d’heures n’est pas négatif."),
        ({"dispositif": "autre"}, "Sélectionnez un choix valide"),
        ({"texte": ""}, "Écrivez votre avis."),
        ({"texte": "Mme X, 2 85 03 69 123 456 78"}, "sécurité sociale"),
    ],
)
def test_un_avis_incomplet_est_refuse(cotes, saisie, phrase):
    """Une phrase, ce qui est tapé gardé, rien d'écrit, aucun courriel."""
    projet = cotes.projet()
    reponse = envoyer(
        cotes.mde,
        "projet_avis",
        projet.pk,
        **({"dispositif": "execution", "heures": "833", "texte": "Un avis."} | saisie),
    )
    assert reponse.status_code == 422
    assert phrase in texte(reponse.content.decode())
    assert not AvisFacilitateur.objects.exists()
    assert not mail.outbox


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({"montant_ht_euros": "1e17"}, "notation scientifique"),
        ({"montant_ht_euros": "100000000000000000"}, "dépasse 10\u00a0milliards"),
        ({"montant_ht_euros": "-1"}, "Un montant n’est pas négatif."),
        ({"duree_mois": "NC"}, "Ce n’est pas un nombre entier."),
        ({"publication": "nan"}, "Cette date n’existe pas."),
        ({"publication": "01/02/0027"}, "Cette date"),
        ({"code_cpv": "travaux"}, "Un code CPV compte huit chiffres"),
        ({"objet": ""}, "Dites en une phrase l’objet du marché."),
        ({"question": "Pour Mme X, 2 85 03 69 123 456 78"}, "sécurité sociale"),
        ({"structure": "inconnue"}, "Sélectionnez un choix valide"),
        ({"ccag": "xyz"}, "Sélectionnez un choix valide"),
    ],
)
def test_une_annonce_hostile_est_refusee(cotes, saisie, phrase):
    """Ce qui est tapé reste, rien ne s'écrit."""
    reponse = envoyer(cotes.acheteur, "projet_creer", **({"structure": cotes.structure.pk} | SAISIE | saisie))
    assert reponse.status_code == 200
    page = reponse.content.decode()
    assert phrase in texte(page)
    assert "<title>Erreur" in page
    assert "Villerive" in page
    assert not ProjetMarche.objects.exists()


def test_un_texte_actif_est_montre_tel_quel(cotes):
    """Une balise tapée dans l'objet ou dans le fil se lit, et ne s'exécute pas."""
    projet = cotes.projet(objet="<script>alert(1)</script>")
    envoyer(cotes.acheteur, "projet_ecrire", projet.pk, texte="<b>gras</b>")
    page = cotes.mde.get(reverse("clauses:projet_detail", args=[projet.pk])).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;b&gt;gras" in page


def test_apres_l_avis_le_marche_ne_se_modifie_plus(cotes):
    """L'avis porte sur ce qui était écrit : la page mène à la fiche, et un envoi tardif est refusé."""
    projet = cotes.projet()
    adresse = reverse("clauses:projet_modifier", args=[projet.pk])
    ouverte = next(f.valeurs for f in formulaires(cotes.acheteur.get(adresse).content.decode()) if f.methode == "post")
    envoyer(cotes.mde, "projet_avis", projet.pk, dispositif="execution", heures="833", texte="Un avis.")
    assert cotes.acheteur.get(adresse).url == reverse("clauses:projet_detail", args=[projet.pk])
    cotes.acheteur.post(adresse, ouverte | {"duree_mois": "36"})
    projet.refresh_from_db()
    assert projet.duree_mois == 12


def test_publier_puis_creer_l_operation(cotes):
    """Publié, puis attribué : l'opération et son premier marché partent du projet et de l'avis."""
    projet = cotes.projet(objet="Réhabilitation des Saules", code_cpv="45211341")
    envoyer(cotes.mde, "projet_avis", projet.pk, dispositif="reserve_siae", heures="", texte="Réservez.")
    futur = envoyer(cotes.acheteur, "projet_publier", projet.pk, publie_le="01/02/2027")
    assert futur.status_code == 422
    assert "Cette publication est à venir" in texte(futur.content.decode())
    envoyer(cotes.acheteur, "projet_publier", projet.pk, publie_le="14/11/2026")
    assert "Publié le 14 novembre 2026." in lire(cotes.mde, "projet_detail", projet.pk)
    adresse = f"{reverse('clauses:operation_creer')}?projet={projet.pk}"
    valeurs = next(f.valeurs for f in formulaires(cotes.mde.get(adresse).content.decode()) if f.methode == "post")
    assert valeurs["nom"] == ["Réhabilitation des Saules"]
    assert valeurs["maitre_ouvrage"] == [str(cotes.organisation.pk)]
    cotes.mde.post(adresse, valeurs | {"date_debut": "01/03/2027"})
    operation = Operation.objects.get()
    projet.refresh_from_db()
    assert projet.operation == operation
    assert cotes.mde.get(adresse).status_code == 404, "une opération, une seule fois"
    creer = reverse("clauses:marche_creer", args=[operation.pk])
    valeurs = next(f.valeurs for f in formulaires(cotes.mde.get(creer).content.decode()) if f.methode == "post")
    assert valeurs["type_clause"] == ["reserve_siae"]
    assert valeurs["base_juridique"] == ["L2113-13"]
    assert valeurs["code_cpv"] == ["45211341"]
    cotes.mde.post(creer, valeurs | {"reference": "2027-T0001"})
    assert Marche.objects.get().montant_ht_euros == Decimal(1_000_000)
    assert "Attribué\u00a0: l’opération est créée." in lire(cotes.acheteur, "projet_liste", etat="finis")


def test_le_projet_d_une_autre_structure_ne_cree_pas_d_operation(cotes):
    projet = ProjetFactory(acheteur=cotes.organisation, structure=StructureFactory(), cree_par=cotes.compte)
    for numero in (projet.pk, "abime", "00000000-0000-0000-0000-000000000000"):
        assert cotes.mde.get(f"{reverse('clauses:operation_creer')}?projet={numero}").status_code == 404


def test_abandonner(cotes):
    """Il quitte les listes en cours, et plus rien n'y attend."""
    projet = cotes.projet()
    envoyer(cotes.acheteur, "projet_abandonner", projet.pk)
    assert "Aucun marché annoncé" in lire(cotes.mde, "projet_liste")
    assert "Abandonné le 15 novembre 2026." in lire(cotes.mde, "projet_liste", etat="finis")
    refuse = envoyer(cotes.mde, "projet_avis", projet.pk, dispositif="execution", heures="833", texte="Trop tard.")
    assert "Un avis ne se rend plus ici" in texte(refuse.content.decode())


def test_un_courriel_qui_ne_part_pas_se_dit(cotes, settings):
    """L'avis est demandé quand même, et l'acheteur sait que le courriel n'est pas parti."""
    settings.EMAIL_BACKEND = "tests.clauses.test_projets.FacteurEnPanne"
    projet = cotes.projet(BrouillonFactory)
    reponse = cotes.acheteur.post(reverse("clauses:projet_demander", args=[projet.pk]), follow=True)
    assert "Le courriel n’est pas parti" in texte(reponse.content.decode())
    assert "sans réponse depuis aujourd’hui" in lire(cotes.mde, "projet_liste")


class FacteurEnPanne:
    def __init__(self, **_options) -> None:
        pass

    def send_messages(self, _messages):
        raise ConnectionRefusedError


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_marches(cotes, django_assert_num_queries):
    """Trois ou vingt marchés à venir : moins de quinze requêtes, toujours autant."""
    for _ in range(3):
        cotes.projet()
    adresse = reverse("clauses:projet_liste")
    with CaptureQueriesContext(connection) as peu:
        cotes.mde.get(adresse)
    for _ in range(17):
        cotes.projet()
    assert len(peu) < 15
    with django_assert_num_queries(len(peu)):
        cotes.mde.get(adresse)


def test_le_fil_garde_qui_a_ecrit(cotes):
    """Un message porte l'organisation et le compte ; l'autre acheteur n'y entre pas."""
    projet = cotes.projet()
    envoyer(cotes.acheteur, "projet_ecrire", projet.pk, texte="En trois lots.")
    message = MessageProjet.objects.get()
    assert (message.organisation, message.auteur) == (cotes.organisation, cotes.compte)
    etranger = type(cotes.acheteur)()
    etranger.force_login(creer_utilisateur(AcheteurFactory()))
    assert envoyer(etranger, "projet_ecrire", projet.pk, texte="Intrus.").status_code == 404
    assert MessageProjet.objects.count() == 1


def test_l_avis_demande_le_facilitateur_ne_change_plus(cotes):
    """Ni à l'écran, ni par un envoi resté ouvert pendant la demande : l'autre structure lirait un fil qui n'est pas le sien."""
    autre, demande, brouillon = StructureFactory(), cotes.projet(), cotes.projet(fabrique=BrouillonFactory)
    envoyer(cotes.acheteur, "projet_modifier", demande.pk, **SAISIE | {"structure": autre.pk, "commune": "Hautmont"})
    demande.refresh_from_db()
    assert (demande.structure, demande.commune) == (cotes.structure, "Hautmont")
    ouvert = ProjetMarche.objects.get(pk=brouillon.pk)
    envoyer(cotes.acheteur, "projet_demander", brouillon.pk)
    ouvert.structure = autre
    with pytest.raises(ValidationError, match="L’avis est déjà demandé à ce facilitateur"):
        enregistrer_projet(ouvert)


def test_modifier_garde_ce_qui_arrive_pendant_la_saisie(cotes):
    """L'acheteur a lu le projet avant la demande d'avis et la question du facilitateur : son envoi n'efface ni l'une ni l'autre."""
    projet = cotes.projet(fabrique=BrouillonFactory)
    ouvert = ProjetMarche.objects.get(pk=projet.pk)
    envoyer(cotes.acheteur, "projet_demander", projet.pk)
    envoyer(cotes.mde, "projet_ecrire", projet.pk, texte="Combien de lots\u00a0?")
    ouvert.commune = "Hautmont"
    enregistrer_projet(ouvert)
    projet.refresh_from_db()
    assert (projet.commune, projet.attente) == ("Hautmont", "acheteur")
    assert projet.demande_le is not None
    assert projet.attente_depuis is not None


def test_une_case_cochee_ne_garde_pas_ce_que_l_envoi_y_met(cotes):
    """Un signe nul dans une case : cochée, rien d'autre."""
    envoyer(cotes.acheteur, "projet_creer", **SAISIE | {"structure": cotes.structure.pk, "services_ess": "\0"})
    assert ProjetMarche.objects.get().calibrage["services_ess"] == "on"
