"""La bibliothèque à l'écran : lire, remplir, publier une version, citer dans un avis qui ne bouge plus."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clauses.models import ClauseCitee, VersionClause
from clauses.regles.clausier_textes import PAR_CODE
from tests.fabriques import AcheteurFactory, OperationFactory, StructureFactory, creer_utilisateur
from tests.fabriques_acheteurs import ProjetFactory, VersionClauseFactory
from tests.lire_html import formulaires, texte

pytestmark = pytest.mark.django_db
MODIFIER = reverse("clauses:clause_modifier", args=["suivi"])
DETAIL = reverse("clauses:clause_detail", args=["suivi"])
LISTE = reverse("clauses:clause_liste")
NOUVEAU = "Le titulaire déclare ses heures à {facilitateur}, dans les quinze jours."


@pytest.fixture(autouse=True)
def un_jour_fixe():
    with time_machine.travel("2026-11-15 09:00+01:00", tick=False):
        yield


class Cotes:
    def __init__(self, client_class) -> None:
        self.organisation = AcheteurFactory(nom="Habitat du Port")
        self.structure = StructureFactory(
            nom="Maison de l’emploi", courriel="clauses@mde.example", telephone="0465710000"
        )
        self.compte = creer_utilisateur(self.organisation)
        self.facilitateur = creer_utilisateur(self.structure)
        self.acheteur, self.mde = client_class(), client_class()
        self.acheteur.force_login(self.compte)
        self.mde.force_login(self.facilitateur)

    def projet(self, **champs):
        return ProjetFactory(
            acheteur=self.organisation,
            structure=self.structure,
            cree_par=self.compte,
            objet="Réhabilitation des Saules",
            lots_envisages="Gros œuvre\nPeinture",
            **champs,
        )

    def publier(self, **saisie):
        depart = next(f.valeurs for f in formulaires(self.mde.get(MODIFIER).content.decode()) if f.methode == "post")
        return self.mde.post(MODIFIER, depart | saisie)


@pytest.fixture
def cotes(client):
    return Cotes(type(client))


def lire(client, adresse, **requete):
    reponse = client.get(adresse, requete)
    assert reponse.status_code == 200
    return texte(reponse.content.decode())


def test_lire_sans_marche(cotes):
    """Le facilitateur lit les modèles d'Étape : son nom et l'article du CCAG y sont, le reste est à compléter."""
    page = lire(cotes.mde, LISTE)
    assert "l’article 20.1 du CCAG Travaux" in page
    assert "Maison de l’emploi accompagne gratuitement" in page
    assert "clauses@mde.example" in page
    assert "[à compléter\u00a0: le nombre d’heures]" in page
    assert "Modèle d’Étape. Sources" in page
    assert "à adapter par le juriste de l’acheteur" in page


def test_choisir_un_ccag_et_une_rubrique(cotes):
    """Sans CCAG, les publics s'énumèrent ; la rubrique ne garde que les siens."""
    page = lire(cotes.mde, LISTE, ccag="aucun", rubrique="publics")
    assert "Publics éligibles, énumérés" in page
    assert "Comment faire les heures" not in page
    assert "16.1 du CCAG Fournitures" in lire(cotes.mde, LISTE, ccag="fcs", rubrique="objet")


def test_remplie_pour_un_marche(cotes):
    """Depuis un marché à venir : ses lots, sa durée, ses heures, son facilitateur, son acheteur."""
    projet = cotes.projet()
    page = lire(cotes.acheteur, LISTE, projet=str(projet.pk))
    assert (
        "au moins 1\u00a0166\u00a0h de travail, à réaliser pendant l’exécution du marché, d’une durée de 12\u00a0mois"
        in page
    )
    assert "«\u00a0Réhabilitation des Saules\u00a0», lots concernés\u00a0: Gros œuvre, Peinture." in page
    assert "en rendre compte à Habitat du Port" in page
    cotes.mde.post(
        reverse("clauses:projet_avis", args=[projet.pk]),
        {"dispositif": "execution", "heures": "833", "texte": "Sur le lot 1."},
    )
    assert "au moins 833\u00a0h de travail" in lire(cotes.acheteur, LISTE, projet=str(projet.pk))


def test_publier_une_version(cotes):
    """La version remplace le modèle pour la structure et ses acheteurs ; l'histoire dit qui, quand, quoi."""
    cotes.projet()
    assert cotes.publier(texte=NOUVEAU, motif="Quinze jours").status_code == 302
    assert cotes.publier(texte=NOUVEAU.replace("quinze", "vingt"), motif="Vingt jours").status_code == 302
    assert list(VersionClause.objects.values_list("numero", "motif")) == [(2, "Vingt jours"), (1, "Quinze jours")]
    for client in (cotes.mde, cotes.acheteur):
        page = client.get(DETAIL).content.decode()
        assert "<del>quinze</del><ins>vingt</ins>" in page
        lue = texte(page)
        assert f"Version 2, 15 novembre 2026, {cotes.facilitateur.get_full_name()} Vingt jours" in lue
        assert lue.index("Version 2") < lue.index("Version 1") < lue.index("Livré avec le produit.")
        assert NOUVEAU in lue, "le texte de la version 1 reste lisible"
    assert "dans les vingt jours" in lire(cotes.acheteur, LISTE)


def test_l_acheteur_lit_et_ne_publie_pas(cotes):
    """Ni le lien, ni la page."""
    cotes.projet()
    assert "Modifier" not in lire(cotes.acheteur, LISTE)
    assert cotes.acheteur.get(MODIFIER).status_code == 403
    assert cotes.acheteur.post(MODIFIER, {"titre": "X", "texte": NOUVEAU, "motif": "X", "lue": "0"}).status_code == 403
    assert not VersionClause.objects.exists()


def test_la_version_d_une_autre_structure_ne_se_lit_pas(cotes):
    """Un facilitateur ne lit que la sienne ; un acheteur, celles de qui suit ses marchés."""
    autre = StructureFactory(nom="Autre structure")
    VersionClauseFactory(structure=autre, par=creer_utilisateur(autre), texte="Une rédaction qui ne regarde qu’elle.")
    for client in (cotes.mde, cotes.acheteur):
        assert "Une rédaction qui ne regarde qu’elle." not in client.get(DETAIL).content.decode()
        for numero in (autre.pk, "abime"):
            assert client.get(DETAIL, {"structure": numero}).status_code == 404
        assert "Une rédaction qui ne regarde qu’elle." not in lire(client, LISTE, structure=str(autre.pk))
    OperationFactory(structure=autre, maitre_ouvrage=cotes.organisation)
    assert "Une rédaction qui ne regarde qu’elle." in lire(cotes.acheteur, DETAIL, structure=str(autre.pk))


def test_le_projet_d_un_autre_acheteur_ne_se_choisit_pas(cotes):
    projet = ProjetFactory(
        acheteur=AcheteurFactory(), structure=StructureFactory(), cree_par=cotes.compte, objet="Marché secret"
    )
    assert "Marché secret" not in lire(cotes.acheteur, LISTE, projet=str(projet.pk))


def test_l_avis_garde_la_version_qu_il_cite(cotes):
    """Citée en version 1, relue après la version 2 : l'avis n'a pas bougé, et se lit rempli."""
    VersionClauseFactory(structure=cotes.structure, par=cotes.facilitateur)
    projet = cotes.projet()
    page = cotes.mde.get(reverse("clauses:projet_detail", args=[projet.pk])).content.decode()
    assert "Déclarer les heures (version 1)" in texte(page)
    cotes.mde.post(
        reverse("clauses:projet_avis", args=[projet.pk]),
        {"dispositif": "execution", "heures": "833", "texte": "Sur le lot 1.", "clauses": ["suivi", "modes"]},
    )
    cotes.publier(texte=NOUVEAU, motif="Quinze jours")
    assert list(ClauseCitee.objects.values_list("code", "numero")) == [("modes", 0), ("suivi", 1)]
    lue = lire(cotes.acheteur, reverse("clauses:projet_detail", args=[projet.pk]))
    assert "Déclarer les heures (version 1)" in lue
    assert "Le titulaire déclare ses heures chaque mois à Maison de l’emploi, dans les dix jours." in lue
    assert "quinze jours" not in lue
    assert "Comment faire les heures (modèle d’Étape)" in lue


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({"texte": "Au moins {salaire} par personne, chaque mois."}, "Le champ {salaire} n’existe pas."),
        ({"texte": "Au moins {heures par personne, chaque mois."}, "Une accolade est seule"),
        ({"texte": ""}, "Écrivez la rédaction."),
        ({"texte": "a" * 6001}, "6000"),
        ({"texte": "Pour Mme X, 2 85 03 69 123 456 78, chaque mois."}, "sécurité sociale"),
        ({"motif": ""}, "Dites en une phrase ce qui change."),
        ({"titre": ""}, "Donnez un titre à cette rédaction."),
        ({}, "Rien n’a changé"),
        ({"texte": NOUVEAU, "lue": "7"}, "Une autre version vient d’être publiée"),
        ({"texte": NOUVEAU, "lue": "NC"}, "nombre entier"),
    ],
)
def test_une_version_mal_ecrite_est_refusee(cotes, saisie, phrase):
    """Une phrase, ce qui est tapé gardé, rien de publié."""
    reponse = cotes.publier(**({"motif": "Un essai"} | saisie))
    assert reponse.status_code == 200
    assert phrase in texte(reponse.content.decode())
    assert not VersionClause.objects.exists()


def test_deux_versions_en_meme_temps(cotes):
    """La page ouverte avant la version d'un collègue est refusée : elle l'effacerait."""
    depart = next(f.valeurs for f in formulaires(cotes.mde.get(MODIFIER).content.decode()) if f.methode == "post")
    cotes.publier(texte=NOUVEAU, motif="Quinze jours")
    reponse = cotes.mde.post(MODIFIER, depart | {"texte": NOUVEAU + " Fin.", "motif": "Autre"})
    assert "Une autre version vient d’être publiée" in texte(reponse.content.decode())
    assert VersionClause.objects.count() == 1


def test_un_texte_actif_est_montre_tel_quel(cotes):
    cotes.publier(texte="<script>alert(1)</script> chaque mois à {facilitateur}.", motif="Essai")
    for adresse in (LISTE, DETAIL):
        assert "<script>alert(1)" not in cotes.mde.get(adresse).content.decode()


def test_une_redaction_inconnue_est_introuvable(cotes):
    for nom in ("clause_detail", "clause_modifier"):
        assert cotes.mde.get(reverse(f"clauses:{nom}", args=["inconnue"])).status_code == 404


def test_le_nombre_de_requetes_ne_depend_pas_des_versions(cotes, django_assert_num_queries):
    """Une version ou une par rédaction : autant de requêtes, moins de quinze."""
    VersionClauseFactory(structure=cotes.structure, par=cotes.facilitateur)
    with CaptureQueriesContext(connection) as peu:
        cotes.mde.get(LISTE)
    for code in PAR_CODE:
        VersionClauseFactory(structure=cotes.structure, par=cotes.facilitateur, code=code, numero=2)
    assert len(peu) < 15
    with django_assert_num_queries(len(peu)):
        cotes.mde.get(LISTE)
