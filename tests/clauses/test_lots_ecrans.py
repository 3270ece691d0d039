"""Les lots, leurs titulaires et les heures qu'ils doivent."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from clauses.models import Avenant, CumulMensuel, Engagement, Lot, Titulaire
from clauses.services.avenants import enregistrer_avenant
from comptes.models import Categorie
from tests.fabriques import (
    EngagementFactory,
    EntrepriseFactory,
    LotFactory,
    MarcheFactory,
    StructureFactory,
    TitulaireFactory,
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
def marche(structure):
    return MarcheFactory(operation__structure=structure, date_debut=date(2026, 3, 2), date_fin=date(2027, 6, 30))


@pytest.fixture
def lot(marche):
    return LotFactory(marche=marche, numero="1", intitule="Gros œuvre", montant_ht_euros=Decimal(1_000_000))


@pytest.fixture
def entreprise():
    return EntrepriseFactory(nom="Bâti-Rhône", commune="Lyon")


def saisie_de_lot(**changements):
    return {
        "numero": "2",
        "intitule": "Façades",
        "montant_ht_euros": "",
        "date_debut": "",
        "date_fin": "",
    } | changements


def saisie(inscrite, **changements):
    """Un titulaire dont les heures viennent de la formule de l'exemple 1."""
    return {
        "entreprise": str(inscrite.pk),
        "role": "titulaire",
        "donneur_ordre": "",
        "mode": "formule",
        "heures_initiales": "",
        "montant_ht_euros": "1 000 000",
        "part_main_oeuvre": "50",
        "taux_effort": "5",
        "cout_horaire_euros": "30",
        "arrondi": "inferieur",
    } | changements


def texte(reponse):
    return " ".join(reponse.content.decode().replace("\u00a0", " ").split())


# Lots ----------------------------------------------------------------------------------------------------------------


def test_ajouter_un_lot_mene_a_son_titulaire(client, marche):
    """Le lot est créé sans dates propres : il suivra celles du marché."""
    reponse = client.post(reverse("clauses:lot_creer", args=[marche.pk]), saisie_de_lot(montant_ht_euros="900 000"))
    lot = Lot.objects.get()
    assert reponse.url == reverse("clauses:titulaire_creer", args=[lot.pk])
    assert (lot.marche, lot.numero, lot.montant_ht_euros, lot.date_debut) == (marche, "2", 900_000, None)


@pytest.mark.parametrize(
    ("changement", "phrase"),
    [
        ({"numero": ""}, "Donnez un numéro au lot."),
        ({"numero": " 1 "}, "Ce marché a déjà un lot 1. Donnez un autre numéro."),
        ({"intitule": ""}, "Donnez un intitulé au lot."),
        ({"montant_ht_euros": "99999999999"}, "Ce montant dépasse 10 milliards d’euros."),
        (
            {"date_debut": "01/06/2026", "date_fin": "31/05/2026"},
            "La fin, le 31 mai 2026, précède le début, le 1er juin 2026.",
        ),
        ({"date_debut": "01/07/2027"}, "Ce lot commence après la fin du marché, le 30 juin 2027"),
        ({"date_fin": "01/03/2026"}, "Ce lot finit avant le début du marché, le 2 mars 2026"),
    ],
)
def test_un_lot_faux_est_refuse_avec_une_phrase(client, marche, lot, changement, phrase):
    """Le lot n'est pas créé et la saisie reste."""
    reponse = client.post(reverse("clauses:lot_creer", args=[marche.pk]), saisie_de_lot(**changement))
    assert phrase in texte(reponse)
    assert list(marche.lots.all()) == [lot]


def test_deux_marches_peuvent_avoir_un_lot_1(client, lot, structure):
    """Le numéro n'est unique que dans son marché ; enregistrer un lot sans changer son numéro est permis."""
    autre = MarcheFactory(operation__structure=structure)
    client.post(reverse("clauses:lot_creer", args=[autre.pk]), saisie_de_lot(numero="1"))
    assert autre.lots.count() == 1
    client.post(reverse("clauses:lot_modifier", args=[lot.pk]), saisie_de_lot(numero="1", intitule="Maçonnerie"))
    lot.refresh_from_db()
    assert lot.intitule == "Maçonnerie"


@time_machine.travel("2026-11-17 09:00+01:00", tick=False)
def test_clore_puis_rouvrir_un_lot(client, lot):
    """La date proposée est celle du jour ; les déclarations qui attendent sont dites ; rouvrir rend le lot aux heures."""
    engagement = EngagementFactory(titulaire__lot=lot)
    CumulMensuel.objects.create(
        engagement=engagement, mois=date(2026, 10, 1), en_attente_heures=30, en_attente_nombre=2
    )
    adresse = reverse("clauses:lot_clore", args=[lot.pk])
    page = texte(client.get(adresse))
    assert 'value="17/11/2026"' in page
    assert "2 déclarations d’heures attendent encore une vérification." in page
    client.post(adresse, {"clos_le": "16/11/2026"})
    lot.refresh_from_db()
    assert lot.clos_le == date(2026, 11, 16)
    assert "Clos le 16 novembre 2026" in texte(client.get(adresse))
    client.post(adresse, {})
    lot.refresh_from_db()
    assert lot.clos_le is None


def test_clore_un_lot_demande_une_date(client, lot):
    """Sans date, ou avec une date fausse, le lot reste ouvert."""
    adresse = reverse("clauses:lot_clore", args=[lot.pk])
    assert "Indiquez le jour où le lot est clos." in texte(client.post(adresse, {"clos_le": ""}))
    assert "Cette date n’existe pas." in texte(client.post(adresse, {"clos_le": "31/11/2026"}))
    lot.refresh_from_db()
    assert lot.clos_le is None


# Titulaires et engagements -------------------------------------------------------------------------------------------


def test_inscrire_un_titulaire_par_la_formule(client, lot, entreprise):
    """833,33 h arrondies à l'heure inférieure ; les quatre termes restent écrits."""
    client.post(reverse("clauses:titulaire_creer", args=[lot.pk]), saisie(entreprise))
    titulaire = Titulaire.objects.get()
    engagement = titulaire.engagement
    assert (titulaire.entreprise, titulaire.role) == (entreprise, "titulaire")
    assert (engagement.heures_initiales, engagement.heures_dues) == (833, 833)
    assert (engagement.montant_ht_euros, engagement.part_main_oeuvre) == (1_000_000, 50)
    assert (engagement.taux_effort, engagement.cout_horaire_euros) == (5, 30)
    page = texte(client.get(reverse("clauses:titulaire_modifier", args=[titulaire.pk])))
    assert "1 000 000 € × 50 % × 5 % ÷ 30 €/h = 833,33 h, arrondi à 833 h" in page


@pytest.mark.parametrize(("arrondi", "heures"), [("inferieur", 833), ("proche", 833), ("superieur", 834)])
def test_l_arrondi_est_un_choix_du_marche(client, lot, entreprise, arrondi, heures):
    """Exemple 1 : 833,33 h donnent 833, 833 ou 834."""
    client.post(reverse("clauses:titulaire_creer", args=[lot.pk]), saisie(entreprise, arrondi=arrondi))
    assert Engagement.objects.get().heures_dues == heures


def test_calculer_montre_le_calcul_sans_rien_enregistrer(client, lot):
    """Le bouton « Calculer » marche avant même d'avoir choisi l'entreprise, et garde toute la saisie."""
    envoi = saisie(EntrepriseFactory.build(), entreprise="", action="calculer", arrondi="superieur", mode="saisi")
    page = texte(client.post(reverse("clauses:titulaire_creer", args=[lot.pk]), envoi))
    assert "1 000 000 € × 50 % × 5 % ÷ 30 €/h = 833,33 h, arrondi à 834 h" in page
    assert "corriger" not in page
    assert 'value="1 000 000"' in page
    assert not Titulaire.objects.exists()


def test_un_nombre_d_heures_ecrit_au_marche(client, lot, entreprise):
    """Saisi, l'engagement ne garde rien de la formule, même mal remplie."""
    envoi = saisie(entreprise, mode="saisi", heures_initiales="1 421,5 h", taux_effort="beaucoup")
    client.post(reverse("clauses:titulaire_creer", args=[lot.pk]), envoi)
    engagement = Engagement.objects.get()
    assert (engagement.heures_dues, engagement.mode) == (Decimal("1421.5"), "saisi")
    assert engagement.montant_ht_euros is None


def test_le_montant_du_lot_est_propose_a_la_formule(client, lot):
    """Le lot vaut 1 000 000 € : le champ le dit déjà."""
    assert 'value="1 000 000"' in texte(client.get(reverse("clauses:titulaire_creer", args=[lot.pk])))


@pytest.mark.parametrize(
    ("changement", "phrase"),
    [
        ({"entreprise": ""}, "Choisissez dans la liste"),
        ({"mode": "saisi", "heures_initiales": ""}, "Indiquez les heures dues, ou choisissez la formule."),
        ({"mode": "saisi", "heures_initiales": "-1"}, "Un nombre d’heures n’est pas négatif."),
        ({"mode": "saisi", "heures_initiales": "99999999999"}, "Ce nombre dépasse 10 millions d’heures."),
        ({"taux_effort": ""}, "Il manque l’effort d’insertion pour calculer les heures dues."),
        ({"cout_horaire_euros": "0"}, "le coût d’une heure doit être supérieur à zéro"),
        ({"part_main_oeuvre": "101"}, "Une part va de 0 à 100 %."),
        ({"montant_ht_euros": "1e17"}, "C’est une notation scientifique"),
        ({"montant_ht_euros": "10000000000", "cout_horaire_euros": "0,01"}, "Vérifiez chacun de ses termes."),
        ({"role": "sous_traitant"}, "Ce lot n’a pas encore de titulaire"),
        ({"role": "pirate"}, "Sélectionnez un choix valide"),
        ({"donneur_ordre": "pirate"}, "Ce titulaire n’est pas inscrit sur ce lot."),
    ],
)
def test_un_titulaire_faux_est_refuse_avec_une_phrase(client, lot, entreprise, changement, phrase):
    """Ni titulaire ni engagement ; le reste de la saisie est gardé."""
    reponse = client.post(reverse("clauses:titulaire_creer", args=[lot.pk]), saisie(entreprise, **changement))
    assert phrase in texte(reponse)
    assert texte(reponse).count("<title>Erreur : ") == 1
    assert (Titulaire.objects.count(), Engagement.objects.count()) == (0, 0)


def test_un_groupement_et_son_sous_traitant(client, lot, entreprise):
    """Un seul mandataire ; le sous-traitant dit de qui, et peut ne rien devoir lui-même."""
    adresse = reverse("clauses:titulaire_creer", args=[lot.pk])
    client.post(adresse, saisie(entreprise, role="mandataire"))
    mandataire = Titulaire.objects.get()
    autre = EntrepriseFactory(nom="Isol’Est")
    refus = texte(client.post(adresse, saisie(autre, role="mandataire")))
    assert "Ce lot a déjà un mandataire, Bâti-Rhône." in refus
    sans_donneur = texte(client.post(adresse, saisie(autre, role="sous_traitant")))
    assert "Choisissez le titulaire qui lui sous-traite." in sans_donneur
    assert "Bâti-Rhône est déjà inscrite sur ce lot." in texte(client.post(adresse, saisie(entreprise)))
    client.post(
        adresse,
        saisie(autre, role="sous_traitant", donneur_ordre=str(mandataire.pk), mode="saisi", heures_initiales="0"),
    )
    sous_traitant = Titulaire.objects.get(entreprise=autre)
    assert (sous_traitant.donneur_ordre, sous_traitant.engagement.heures_dues) == (mandataire, 0)


def test_deux_entreprises_ne_se_sous_traitent_pas_l_une_l_autre(client, lot, entreprise):
    """Le donneur d'ordre ne peut pas devenir le sous-traitant de son sous-traitant."""
    donneur = TitulaireFactory(lot=lot, entreprise=entreprise)
    sous_traitant = TitulaireFactory(lot=lot, role="sous_traitant", donneur_ordre=donneur)
    envoi = saisie(entreprise, role="sous_traitant", donneur_ordre=str(sous_traitant.pk))
    reponse = client.post(reverse("clauses:titulaire_modifier", args=[donneur.pk]), envoi)
    assert "Cette entreprise est elle-même sous-traitante de celle-ci." in texte(reponse)
    donneur.refresh_from_db()
    assert donneur.donneur_ordre is None


def test_redevenir_titulaire_oublie_le_donneur_d_ordre(client, lot, entreprise):
    """Un rôle autre que sous-traitant n'a pas de donneur d'ordre, même si la liste en gardait un."""
    donneur = TitulaireFactory(lot=lot)
    titulaire = TitulaireFactory(lot=lot, entreprise=entreprise, role="sous_traitant", donneur_ordre=donneur)
    envoi = saisie(entreprise, role="cotraitant", donneur_ordre=str(donneur.pk))
    client.post(reverse("clauses:titulaire_modifier", args=[titulaire.pk]), envoi)
    titulaire.refresh_from_db()
    assert (titulaire.role, titulaire.donneur_ordre) == ("cotraitant", None)
    assert titulaire.engagement.heures_dues == 833


def test_modifier_les_heures_de_l_attribution(client, lot, entreprise):
    """Sans avenant, les heures dues suivent celles de l'attribution."""
    engagement = EngagementFactory(titulaire__lot=lot, titulaire__entreprise=entreprise, heures_initiales=Decimal(750))
    envoi = saisie(entreprise, mode="saisi", heures_initiales="800")
    client.post(reverse("clauses:titulaire_modifier", args=[engagement.titulaire_id]), envoi)
    engagement.refresh_from_db()
    assert (engagement.heures_initiales, engagement.heures_dues) == (800, 800)


def test_apres_un_avenant_les_heures_de_l_attribution_ne_bougent_plus(client, lot, entreprise):
    """La page le dit et montre l'avenant ; un envoi forgé ne change que l'entreprise et le rôle."""
    engagement = EngagementFactory(titulaire__lot=lot, titulaire__entreprise=entreprise, heures_initiales=Decimal(750))
    avenant = Avenant(marche=lot.marche, numero=1, date_notification=date(2026, 3, 12))
    enregistrer_avenant(avenant=avenant, heures={engagement: Decimal(933)}, par=None)
    adresse = reverse("clauses:titulaire_modifier", args=[engagement.titulaire_id])
    page = texte(client.get(adresse))
    assert "933 h dues</strong>, 750 h à l’attribution" in page
    assert "750 → 933 h" in page
    client.post(adresse, saisie(entreprise, role="cotraitant", mode="saisi", heures_initiales="5"))
    engagement.refresh_from_db()
    assert (engagement.heures_initiales, engagement.heures_dues) == (750, 933)
    assert engagement.titulaire.role == "cotraitant"


def test_ajouter_une_entreprise_depuis_le_titulaire(client, lot):
    """L'entreprise créée est choisie, la formule tapée est toujours là."""
    adresse = reverse("clauses:titulaire_creer", args=[lot.pk])
    depart = client.post(
        adresse, saisie(EntrepriseFactory.build(), entreprise="", taux_effort="7", ajouter="entreprise")
    )
    retour = client.post(depart.url, {"nom": "Élan Intérim", "categorie": Categorie.ETTI, "siret": "732 829 320 00074"})
    page = texte(client.get(retour.url))
    assert "selected>Élan Intérim</option>" in page
    assert 'value="7"' in page
    assert "checked" in page


def test_les_lots_d_une_autre_structure_sont_introuvables(client):
    """Lot et titulaire d'ailleurs : 404, en lecture comme en écriture."""
    ailleurs = TitulaireFactory()
    for nom, pk in (
        ("lot_modifier", ailleurs.lot_id),
        ("lot_clore", ailleurs.lot_id),
        ("lot_supprimer", ailleurs.lot_id),
        ("titulaire_creer", ailleurs.lot_id),
        ("titulaire_modifier", ailleurs.pk),
        ("titulaire_supprimer", ailleurs.pk),
    ):
        adresse = reverse(f"clauses:{nom}", args=[pk])
        assert client.get(adresse).status_code == 404
        assert client.post(adresse, {}).status_code == 404
