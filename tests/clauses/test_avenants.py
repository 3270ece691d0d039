"""Les avenants : ce qu'ils font des heures dues, et l'écran qui les enregistre."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from clauses.models import Avenant
from clauses.services.avenants import enregistrer_avenant, proposer_heures
from tests.fabriques import EngagementFactory, LotFactory, MarcheFactory, StructureFactory, creer_utilisateur

pytestmark = pytest.mark.django_db

MARS, JUIN, SEPTEMBRE = date(2026, 3, 12), date(2026, 6, 1), date(2026, 9, 3)


@pytest.fixture
def marche():
    """L'exemple 2 : 900 000 €, 50 %, 5 %, 30 €/h, donc 750 h."""
    return MarcheFactory(montant_ht_euros=Decimal(900_000), date_notification=date(2026, 1, 20))


@pytest.fixture
def engagement(marche):
    return EngagementFactory(
        titulaire__lot=LotFactory(marche=marche, numero="1"),
        mode="formule",
        montant_ht_euros=Decimal(900_000),
        part_main_oeuvre=Decimal(50),
        taux_effort=Decimal(5),
        cout_horaire_euros=Decimal(30),
        heures_initiales=Decimal(750),
    )


@pytest.fixture
def client(client, marche):
    client.force_login(creer_utilisateur(marche.operation.structure))
    return client


def avenant(marche, numero=1, jour=MARS, **champs):
    return Avenant(marche=marche, numero=numero, date_notification=jour, **champs)


def texte(reponse):
    return " ".join(reponse.content.decode().replace("\u00a0", " ").split())


def proposition(engagement, montant, regle, seuil=None, jour=JUIN):
    marche = engagement.titulaire.lot.marche
    return proposer_heures(
        engagement,
        list(marche.avenants.all()),
        nouveau_montant=Decimal(montant),
        date_notification=jour,
        regle=regle,
        seuil_pourcent=seuil,
    )


def test_un_avenant_change_les_heures_et_garde_celles_d_avant(marche, engagement):
    """« 750 → 933 h, avenant 1, 12/03 » : avant, après, et l'engagement suit ; l'attribution ne bouge pas."""
    (ligne,) = enregistrer_avenant(avenant=avenant(marche), heures={engagement: Decimal(933)}, par=None)
    engagement.refresh_from_db()
    assert (ligne.heures_avant, ligne.heures_apres) == (750, 933)
    assert (engagement.heures_dues, engagement.heures_initiales) == (933, 750)


def test_un_avenant_sans_heures_est_garde_seul(marche, engagement):
    """Un délai de plus, ou les mêmes heures récrites : une ligne sans engagement, rien ne change."""
    (ligne,) = enregistrer_avenant(avenant=avenant(marche, duree_mois=20), heures={engagement: Decimal(750)}, par=None)
    engagement.refresh_from_db()
    assert (ligne.engagement, ligne.duree_mois, engagement.heures_dues) == (None, 20, 750)


def test_un_avenant_plus_ancien_n_ecrase_pas_un_plus_recent(marche, engagement):
    """L'avenant de juin est parti des heures : celui de mars ne peut plus passer dessous, et rien n'est écrit."""
    enregistrer_avenant(avenant=avenant(marche, 2, JUIN), heures={engagement: Decimal(933)}, par=None)
    with pytest.raises(ValidationError, match="L’avenant 2, du 1er juin 2026, a déjà changé ces heures"):
        enregistrer_avenant(avenant=avenant(marche, 1, MARS), heures={engagement: Decimal(800)}, par=None)
    engagement.refresh_from_db()
    assert (engagement.heures_dues, marche.avenants.count()) == (933, 1)


def test_le_prorata_repart_des_heures_exactes(marche, engagement):
    """Exemple 2 : + 220 000 € donnent 933 h, puis − 100 000 € donnent 850 h (849 si l'on était parti de 933)."""
    premiere = proposition(engagement, 1_120_000, "prorata")
    assert (premiere.heures_avant, premiere.heures_apres) == (750, 933)
    enregistrer_avenant(
        avenant=avenant(marche, montant_ht_euros=Decimal(1_120_000)),
        heures={engagement: premiere.heures_apres},
        par=None,
    )
    engagement.refresh_from_db()
    seconde = proposition(engagement, 1_020_000, "prorata")
    assert (seconde.heures_avant, seconde.heures_apres) == (933, 850)


def test_le_seuil_ecarte_une_petite_variation(marche, engagement):
    """Exemple 2, seuil de 10 % : + 24,4 % s'applique, puis − 8,9 % du montant ne s'applique pas."""
    premiere = proposition(engagement, 1_120_000, "seuil", Decimal(10))
    assert premiere.heures_apres == 933
    enregistrer_avenant(
        avenant=avenant(marche, montant_ht_euros=Decimal(1_120_000)), heures={engagement: Decimal(933)}, par=None
    )
    engagement.refresh_from_db()
    seconde = proposition(engagement, 1_020_000, "seuil", Decimal(10))
    assert seconde.heures_apres == 933
    assert "sous le seuil" in seconde.raison


def test_des_heures_negociees_sont_le_nouveau_point_de_depart(marche, engagement):
    """Un avenant à 1 000 000 € a fixé 1 000 h : à 1 100 000 €, le prorata donne 1 100 h."""
    enregistrer_avenant(
        avenant=avenant(marche, montant_ht_euros=Decimal(1_000_000)), heures={engagement: Decimal(1000)}, par=None
    )
    engagement.refresh_from_db()
    assert proposition(engagement, 1_100_000, "prorata").heures_apres == 1100


def test_un_avenant_qui_touche_un_autre_lot_ne_change_pas_celui_ci(marche, engagement):
    """Le premier avenant n'a changé que le lot 2 : le lot 1 part toujours de 750 h, du montant d'alors."""
    autre = EngagementFactory(titulaire__lot=LotFactory(marche=marche, numero="2"), heures_initiales=Decimal(100))
    enregistrer_avenant(
        avenant=avenant(marche, montant_ht_euros=Decimal(1_000_000)), heures={autre: Decimal(200)}, par=None
    )
    ligne = proposition(engagement, 1_100_000, "prorata")
    assert (ligne.heures_avant, ligne.heures_apres) == (750, 825)


# L'écran -------------------------------------------------------------------------------------------------------------


def adresse(marche):
    return reverse("clauses:avenant_creer", args=[marche.pk])


def saisie(engagement, heures="", **changements):
    return {
        "numero": "1",
        "date_notification": "12/03/2026",
        "objet": "Travaux en plus",
        "montant_ht_euros": "1 120 000",
        "duree_mois": "",
        "calcul": "prorata",
        "seuil": "10",
        f"heures_{engagement.pk.hex}": heures,
    } | changements


def test_calculer_propose_les_heures_et_n_enregistre_rien(client, marche, engagement):
    """Le nouveau montant donne 933 h, écrites dans le champ, avec la raison ; il reste à enregistrer."""
    page = texte(client.post(adresse(marche), saisie(engagement, action="calculer")))
    assert "750 → 933 h : prorata, +24,4 % du montant" in page
    assert 'value="933"' in page
    assert 'value="Travaux en plus"' in page
    assert not marche.avenants.exists()


def test_enregistrer_un_avenant(client, marche, engagement):
    """L'historique montre l'avenant, l'engagement suit, le numéro suivant est proposé."""
    reponse = client.post(adresse(marche), saisie(engagement, "933"))
    assert reponse.url == reverse("reporting:operation_fiche", args=[marche.operation_id])
    engagement.refresh_from_db()
    assert engagement.heures_dues == 933
    page = texte(client.get(adresse(marche)))
    assert (
        "12 mars 2026, avenant 1, lot 1</span><strong>750 → 933 h</strong> : Travaux en plus, marché à 1 120 000 €"
        in page
    )
    assert 'name="numero" class="form-control champ-court" value="2"' in page


@pytest.mark.parametrize(
    ("changement", "phrase"),
    [
        ({"numero": "0"}, "Le premier avenant est le numéro 1."),
        ({"numero": "un"}, "Saisissez un nombre entier."),
        ({"date_notification": ""}, "Indiquez le jour où l’avenant est notifié."),
        ({"date_notification": "19/01/2026"}, "L’avenant précède le marché, qui est du 20 janvier 2026."),
        ({"heures": "-5"}, "Un nombre d’heures n’est pas négatif."),
        ({"heures": "beaucoup"}, "Ce n’est pas un nombre."),
        ({"montant_ht_euros": "99 999 999 999"}, "Ce montant dépasse 10 milliards d’euros."),
        ({"montant_ht_euros": "", "action": "calculer"}, "Indiquez le nouveau montant pour calculer les heures."),
    ],
)
def test_un_avenant_faux_est_refuse_avec_une_phrase(client, marche, engagement, changement, phrase):
    """Rien n'est enregistré, les heures dues ne bougent pas, la saisie reste."""
    page = texte(client.post(adresse(marche), saisie(engagement, **{"heures": "933"} | changement)))
    assert phrase in page
    assert 'value="Travaux en plus"' in page
    engagement.refresh_from_db()
    assert (engagement.heures_dues, marche.avenants.count()) == (750, 0)


def test_le_meme_avenant_deux_fois(client, marche, engagement):
    """Le second envoi dit que l'avenant est enregistré, et quel numéro vient ensuite."""
    client.post(adresse(marche), saisie(engagement, "933"))
    page = texte(client.post(adresse(marche), saisie(engagement, "1000")))
    assert "L’avenant 1 est déjà enregistré, notifié le 12 mars 2026. Le prochain est le 2." in page
    engagement.refresh_from_db()
    assert engagement.heures_dues == 933


def test_sans_montant_de_depart_le_prorata_se_dit_impossible(client, marche, engagement):
    """Le marché n'a pas de montant : la phrase le dit, on peut toujours écrire les heures."""
    marche.montant_ht_euros = None
    marche.save()
    page = texte(client.post(adresse(marche), saisie(engagement, action="calculer")))
    assert "Le prorata demande un montant de départ." in page


def test_supprimer_un_avenant_rend_les_heures(client, marche, engagement):
    """La page dit à combien l'on revient ; seul le dernier avenant de l'engagement se supprime."""
    client.post(adresse(marche), saisie(engagement, "933"))
    client.post(adresse(marche), saisie(engagement, "850", numero="2", date_notification="01/06/2026"))
    premier, second = marche.avenants.order_by("numero")
    bloque = client.post(reverse("clauses:avenant_supprimer", args=[premier.pk]))
    assert "L’avenant 2 est parti des heures de celui-ci." in texte(bloque)
    page = client.get(reverse("clauses:avenant_supprimer", args=[second.pk]))
    assert "le changement d’heures du lot 1, qui reviennent à 933 h" in texte(page)
    client.post(page.request["PATH_INFO"])
    engagement.refresh_from_db()
    assert (engagement.heures_dues, marche.avenants.count()) == (933, 1)


def test_l_avenant_d_une_autre_structure_est_introuvable(client):
    """Un avenant d'ailleurs : 404."""
    ailleurs = MarcheFactory(operation__structure=StructureFactory())
    (ligne,) = enregistrer_avenant(avenant=avenant(ailleurs), heures={}, par=None)
    assert client.post(reverse("clauses:avenant_supprimer", args=[ligne.pk])).status_code == 404
    assert ailleurs.avenants.count() == 1
