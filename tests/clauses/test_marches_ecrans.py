"""Ajouter et modifier un marché, régler sa clause."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from clauses.models import Marche, RegleClause
from clauses.services.marches import creer_marche
from tests.fabriques import (
    AcheteurFactory,
    EligibiliteFactory,
    MarcheFactory,
    OperationFactory,
    StructureFactory,
    creer_utilisateur,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def structure():
    return StructureFactory()


@pytest.fixture
def client(client, structure):
    client.force_login(creer_utilisateur(structure))
    return client


@pytest.fixture
def operation(structure):
    return OperationFactory(structure=structure, date_fin=date(2027, 6, 30))


@pytest.fixture
def marche(operation):
    """L'exemple des règles : attribué et notifié le 04/03/2024, commencé le 13/05/2024."""
    return creer_marche(
        marche=Marche(
            operation=operation,
            acheteur=operation.maitre_ouvrage,
            reference="2024-T0003",
            objet="Gros œuvre",
            article="9.3",
            date_attribution=date(2024, 3, 4),
            date_notification=date(2024, 3, 4),
            date_debut=date(2024, 5, 13),
        ),
        par=None,
    )


def saisie_de_marche(operation, **changements):
    return {
        "acheteur": str(operation.maitre_ouvrage_id),
        "reference": "2026-T0012",
        "objet": "Gros œuvre de la résidence",
        "technique": "Tranches",
        "montant_ht_euros": "1 000 000,50",
        "code_cpv": "45211341",
        "type_clause": "execution",
        "base_juridique": "L2112-2",
        "ccag": "travaux",
        "document": "CCAP",
        "article": "9.3",
        "date_attribution": "04/03/2024",
        "date_notification": "04/03/2024",
        "date_debut": "13/05/2024",
        "date_fin": "30/06/2027",
    } | changements


def saisie_de_regle(**changements):
    return {
        "modele": "I3",
        "duree_mois": "24",
        "point_depart": "embauche",
        "date_appreciation": "attribution",
        "criteres": ["RSA", "QPV"],
        "validation_prealable": "on",
        "diviseur_etp": "1607",
        "plafond_mensuel_heures": "220",
        "texte": "Article 9.3",
    } | changements


def texte(reponse):
    return " ".join(reponse.content.decode().replace("\u00a0", " ").split())


def test_ajouter_un_marche_lui_donne_sa_regle(client, operation):
    """Toutes ses données sont gardées, sa règle de départ existe, et l'on est mené à elle pour la vérifier."""
    adresse = reverse("clauses:marche_creer", args=[operation.pk])
    assert f'<option value="{operation.maitre_ouvrage_id}" selected>' in texte(client.get(adresse))
    reponse = client.post(adresse, saisie_de_marche(operation))
    marche = Marche.objects.get()
    assert reponse.url == reverse("clauses:regle_modifier", args=[marche.pk])
    assert (marche.operation, marche.montant_ht_euros, marche.code_cpv) == (
        operation,
        Decimal("1000000.50"),
        "45211341",
    )
    assert (marche.date_attribution, marche.date_fin) == (date(2024, 3, 4), date(2027, 6, 30))
    assert (marche.ccag, marche.base_juridique, marche.article) == ("travaux", "L2112-2", "9.3")
    regle = marche.regles.get()
    assert (regle.version, regle.duree_mois, regle.modele) == (1, 24, "I3")


@pytest.mark.parametrize(
    ("changement", "phrase"),
    [
        ({"acheteur": ""}, "Choisissez dans la liste, ou ajoutez l’organisation qui manque."),
        ({"reference": ""}, "Donnez la référence du marché."),
        ({"objet": ""}, "Dites en une phrase l’objet du marché."),
        ({"montant_ht_euros": "1e17"}, "C’est une notation scientifique"),
        ({"montant_ht_euros": "10000000000,01"}, "Ce montant dépasse 10 milliards d’euros."),
        ({"montant_ht_euros": "9" * 40}, "Ce montant dépasse 10 milliards d’euros."),
        ({"montant_ht_euros": "-1"}, "Un montant n’est pas négatif."),
        ({"montant_ht_euros": "NC"}, "Ce n’est pas un nombre."),
        ({"montant_ht_euros": "NaN"}, "Ce n’est pas un nombre."),
        ({"montant_ht_euros": "1,005"}, "deux chiffres après la virgule"),
        ({"code_cpv": "452"}, "Un code CPV compte huit chiffres"),
        ({"type_clause": "pirate"}, "Sélectionnez un choix valide"),
        ({"document": ""}, "Nommez le document"),
        (
            {"date_notification": "03/03/2024"},
            "La notification, le 3 mars 2024, précède l’attribution, le 4 mars 2024.",
        ),
        ({"date_fin": "12/05/2024"}, "La fin, le 12 mai 2024, précède le début, le 13 mai 2024."),
        ({"date_attribution": "30/02/2024"}, "Cette date n’existe pas."),
    ],
)
def test_un_marche_faux_est_refuse_avec_une_phrase(client, operation, changement, phrase):
    """Rien n'est enregistré, ni marché ni règle ; le reste de la saisie est gardé."""
    reponse = client.post(
        reverse("clauses:marche_creer", args=[operation.pk]), saisie_de_marche(operation, **changement)
    )
    assert phrase in texte(reponse)
    assert 'value="Tranches"' in texte(reponse)
    assert (Marche.objects.count(), RegleClause.objects.count()) == (0, 0)


def test_dix_milliards_tout_juste_sont_admis(client, operation):
    """La borne est comprise."""
    client.post(
        reverse("clauses:marche_creer", args=[operation.pk]),
        saisie_de_marche(operation, montant_ht_euros="10 000 000 000"),
    )
    assert Marche.objects.get().montant_ht_euros == 10_000_000_000


def test_le_meme_marche_deux_fois_dans_une_operation(client, operation):
    """Même acheteur et même référence : refusé, quelle que soit la casse."""
    adresse = reverse("clauses:marche_creer", args=[operation.pk])
    client.post(adresse, saisie_de_marche(operation))
    reponse = client.post(adresse, saisie_de_marche(operation, reference="2026-t0012"))
    assert "Cette opération a déjà un marché de cet acheteur sous cette référence." in texte(reponse)
    assert Marche.objects.count() == 1


def test_modifier_un_marche(client, operation, marche):
    """Le changement est gardé ; la règle n'est pas touchée."""
    reponse = client.post(
        reverse("clauses:marche_modifier", args=[marche.pk]),
        saisie_de_marche(operation, reference="2024-T0003", article="12"),
    )
    assert reponse.url == reverse("reporting:operation_fiche", args=[operation.pk])
    marche.refresh_from_db()
    assert (marche.article, marche.montant_ht_euros) == ("12", Decimal("1000000.50"))
    assert marche.regles.count() == 1


def test_ajouter_un_acheteur_depuis_le_marche(client, operation):
    """La saisie attend pendant l'ajout, l'acheteur créé y est choisi."""
    adresse = reverse("clauses:marche_creer", args=[operation.pk])
    depart = client.post(adresse, saisie_de_marche(operation, ajouter="acheteur"))
    retour = client.post(depart.url, {"nom": "Ville de Villerive", "categorie": "collectivite"})
    page = texte(client.get(retour.url))
    assert 'value="2026-T0012"' in page
    assert "selected>Ville de Villerive</option>" in page


# La règle ------------------------------------------------------------------------------------------------------------


def test_la_regle_se_lit_en_francais_avec_un_exemple(client, marche):
    """L'exemple est calculé par la règle : embauche le 13/05/2024, 24 mois, dernier jour le 12/05/2026."""
    page = texte(client.get(reverse("clauses:regle_modifier", args=[marche.pk])))
    assert "Embauchée le 13/05/2024 → heures comptées jusqu’au 12/05/2026" in page
    assert "CCAP, article 9.3" in page
    assert "Une fenêtre par opération, critères réexaminés à l’attribution" in page


@pytest.mark.parametrize(
    ("changement", "exemple"),
    [
        (
            {"point_depart": "notification"},
            "Embauchée le 13/05/2024, notification le 04/03/2024 → heures comptées jusqu’au 03/03/2026",
        ),
        (
            {"point_depart": "premiere_heure"},
            "Embauchée le 13/05/2024, première heure le 21/05/2024 → heures comptées jusqu’au 20/05/2026",
        ),
        ({"duree_mois": "12"}, "Embauchée le 13/05/2024 → heures comptées jusqu’au 12/05/2025"),
        ({"duree_mois": ""}, "Embauchée le 13/05/2024 → heures comptées jusqu’au 30/06/2027"),
    ],
)
def test_calculer_l_exemple_n_enregistre_rien(client, marche, changement, exemple):
    """Le bouton « Calculer » remontre la saisie et son exemple ; la règle du marché n'a pas bougé."""
    saisie = saisie_de_regle(action="calculer", **changement)
    page = texte(client.post(reverse("clauses:regle_modifier", args=[marche.pk]), saisie))
    assert exemple in page
    regle = marche.regles.get()
    assert (regle.duree_mois, regle.point_depart, len(regle.criteres)) == (24, "embauche", 20)


def test_corriger_une_regle_qui_n_a_pas_servi(client, marche):
    """Elle change sur place, et l'on revient à l'opération."""
    reponse = client.post(reverse("clauses:regle_modifier", args=[marche.pk]), saisie_de_regle(duree_mois="18"))
    assert reponse.url == reverse("reporting:operation_fiche", args=[marche.operation_id])
    regle = marche.regles.get()
    assert (regle.version, regle.duree_mois, regle.criteres) == (1, 18, ["RSA", "QPV"])


def test_changer_une_regle_qui_a_servi_ouvre_une_version(client, marche):
    """La page prévient ; la décision prise garde sa version, la suivante devient la règle du marché."""
    ancienne = marche.regles.get()
    decision = EligibiliteFactory(operation=marche.operation, regle=ancienne)
    adresse = reverse("clauses:regle_modifier", args=[marche.pk])
    assert "1 décision a appliqué la version 1 : elle reste la leur." in texte(client.get(adresse))
    client.post(adresse, saisie_de_regle(duree_mois=""))
    decision.refresh_from_db()
    assert (decision.regle.version, decision.regle.duree_mois) == (1, 24)
    courante = marche.regles.get(est_courante=True)
    assert (courante.version, courante.duree_mois) == (2, None)


@pytest.mark.parametrize(
    ("changement", "phrase"),
    [
        ({"duree_mois": "0"}, "La durée va de 1 à 120 mois."),
        ({"duree_mois": "240"}, "La durée va de 1 à 120 mois."),
        ({"duree_mois": "deux ans"}, "Écrivez un nombre entier de mois"),
        ({"criteres": []}, "Cochez au moins une situation"),
        ({"criteres": ["PIRATE"]}, "Sélectionnez un choix valide"),
        ({"diviseur_etp": "0"}, "Un ETP compte de 1 à 3 000 heures"),
        ({"plafond_mensuel_heures": "745"}, "Le plafond va de 1 à 744 heures"),
        ({"modele": "I2"}, "Une seule fenêtre pour tout le parcours se compte depuis le premier contrat de clause."),
        ({"point_depart": "premier_contrat"}, "Ce point de départ va avec la lecture « une seule fenêtre »."),
    ],
)
def test_une_regle_fausse_est_refusee_avec_une_phrase(client, marche, changement, phrase):
    """La règle du marché ne bouge pas, la saisie reste."""
    page = texte(client.post(reverse("clauses:regle_modifier", args=[marche.pk]), saisie_de_regle(**changement)))
    assert phrase in page
    assert "Corrigez d’abord la règle" in page
    regle = marche.regles.get()
    assert (regle.version, regle.duree_mois, regle.modele) == (1, 24, "I3")


def test_le_marche_d_une_autre_structure_est_introuvable(client):
    """Marché, règle, lots et avenants d'ailleurs : 404."""
    ailleurs = MarcheFactory(acheteur=AcheteurFactory())
    for nom in ("marche_modifier", "regle_modifier", "marche_supprimer", "lot_creer", "avenant_creer"):
        adresse = reverse(f"clauses:{nom}", args=[ailleurs.pk])
        assert client.get(adresse).status_code == 404
        assert client.post(adresse, {}).status_code == 404
