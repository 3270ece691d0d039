"""Le simulateur « Et si ? » d'un lot : deux colonnes, rien d'écrit, un avenant déjà rempli."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from clauses.models import Avenant, CumulMensuel, Engagement, RegleClause
from clauses.regles.simulation import Scenario, simuler
from clauses.services.avenants import enregistrer_avenant
from clauses.simulateur import situation_du_lot
from tests.fabriques import (
    EngagementFactory,
    LotFactory,
    MarcheFactory,
    RegleClauseFactory,
    StructureFactory,
    creer_utilisateur,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def un_jour_fixe():
    """Le 10 avril 2026 : les heures s'arrêtent au 31 mars."""
    with time_machine.travel("2026-04-10 09:00+02:00", tick=False):
        yield


@pytest.fixture
def lot():
    """L'exemple 2, sur l'année 2026 : 750 h pour 900 000 €, 50 h par mois de janvier à mars."""
    marche = MarcheFactory(
        operation__structure=StructureFactory(),
        montant_ht_euros=Decimal(900_000),
        date_debut=date(2026, 1, 1),
        date_fin=date(2026, 12, 31),
        date_attribution=date(2025, 12, 1),
        date_notification=date(2025, 12, 10),
    )
    RegleClauseFactory(marche=marche, penalite_euros_par_heure=Decimal(60))
    lot = LotFactory(marche=marche, numero="1")
    engagement = EngagementFactory(
        titulaire__lot=lot,
        titulaire__entreprise__nom="Bâti-Rhône",
        mode="formule",
        montant_ht_euros=Decimal(900_000),
        part_main_oeuvre=Decimal(50),
        taux_effort=Decimal(5),
        cout_horaire_euros=Decimal(30),
        heures_initiales=Decimal(750),
    )
    for mois in (1, 2, 3):
        CumulMensuel.objects.create(engagement=engagement, mois=date(2026, mois, 1), validees_heures=50)
    return lot


@pytest.fixture
def client(client, lot):
    client.force_login(creer_utilisateur(lot.marche.operation.structure))
    return client


def page(client, lot, **scenario):
    reponse = client.get(reverse("clauses:lot_simulateur", args=[lot.pk]), scenario)
    assert reponse.status_code == 200
    return reponse


def texte(reponse):
    return " ".join(reponse.content.decode().replace("\u00a0", " ").split())


def lignes(reponse):
    return {
        ligne.titre: (ligne.avant.replace("\u00a0", " "), ligne.apres.replace("\u00a0", " "))
        for ligne in reponse.context["lignes"]
    }


def test_les_vrais_chiffres_d_un_lot(client, lot):
    """750 h dues, 600 h en 9 mois ; à 50 h par mois il en manque 150 à la fin : 9 000 € proposés. Les champs partent de là."""
    reponse = page(client, lot)
    chiffres = lignes(reponse)
    assert chiffres["Heures dues"] == ("750 h", "")
    assert chiffres["Restent à faire"] == ("600 h", "")
    assert chiffres["À faire par mois"] == ("67 h", "")
    assert chiffres["Personnes à temps plein"] == ("1", "")
    assert chiffres["Rythme du titulaire, par mois"] == ("50 h", "")
    assert chiffres["Heures faites à la fin, à ce rythme"] == ("600 h", "")
    assert chiffres["Pénalité proposée à la fin"] == ("9 000 €", "")
    assert 'value="900 000"' in texte(reponse)
    assert 'value="31/12/2026"' in texte(reponse)


def test_un_scenario_se_lit_a_cote(client, lot):
    """1 120 000 €, fin au 31 mars 2027, 80 h par mois : 933 h dues, 783 h en 12 mois, tout est fait ; l'adresse garde le scénario."""
    reponse = page(client, lot, montant="1 120 000", fin="31/03/2027", rythme="80")
    chiffres = lignes(reponse)
    assert chiffres["Heures dues"] == ("750 h", "933 h")
    assert chiffres["Restent à faire"] == ("600 h", "783 h")
    assert chiffres["À faire par mois"] == ("67 h", "65 h")
    assert chiffres["Fin d’exécution"] == ("31 décembre 2026", "31 mars 2027")
    assert chiffres["Heures faites à la fin, à ce rythme"] == ("600 h", "1 110 h")
    assert chiffres["Pénalité proposée à la fin"] == ("9 000 €", "0 €")
    assert Engagement.objects.get().heures_dues == 750
    assert not Avenant.objects.exists()


def test_un_scenario_sans_changement_donne_les_vrais_chiffres(client, lot):
    """Les champs renvoyés tels quels : les deux colonnes sont les mêmes, et il n'y a rien à publier."""
    reponse = page(client, lot, montant="900 000", fin="31/12/2026", rythme="50")
    assert all(avant == apres for avant, apres in lignes(reponse).values())
    assert "Ce scénario ne change rien" in texte(reponse)
    assert "Publier en avenant" not in texte(reponse)


def test_publier_en_avenant(client, lot):
    """La page de l'avenant s'ouvre remplie : montant, durée, heures ; seul son envoi écrit."""
    reponse = page(client, lot, montant="1 120 000", fin="31/03/2027", rythme="80")
    adresse = reponse.context["avenant"]
    formulaire = client.get(adresse).context["form"]
    engagement = Engagement.objects.get()
    valeurs = {champ.html_name: champ.value() for champ in formulaire}
    assert valeurs["montant_ht_euros"].replace("\u00a0", " ") == "1 120 000"
    assert (valeurs["duree_mois"], valeurs[f"heures_{engagement.pk.hex}"]) == ("15", "933")
    assert not Avenant.objects.exists()
    envoi = {nom: "" if valeur is None else valeur for nom, valeur in valeurs.items()}
    client.post(reverse("clauses:avenant_creer", args=[lot.marche_id]), envoi | {"date_notification": "10/04/2026"})
    engagement.refresh_from_db()
    assert (engagement.heures_dues, Avenant.objects.get().duree_mois) == (933, 15)
    assert lignes(page(client, lot))["Fin d’exécution"][0] == "31 mars 2027"


def test_une_fin_au_milieu_d_un_mois_se_publie_en_date(client, lot):
    """Le 15 mars 2027 n'est pas un nombre entier de mois : l'avenant écrit la date, et le lot finit ce jour-là."""
    formulaire = client.get(page(client, lot, fin="15/03/2027").context["avenant"]).context["form"]
    valeurs = {champ.html_name: champ.value() for champ in formulaire}
    assert (valeurs["duree_mois"], valeurs["date_fin"]) == (None, "15/03/2027")
    envoi = {nom: "" if valeur is None else valeur for nom, valeur in valeurs.items()}
    client.post(reverse("clauses:avenant_creer", args=[lot.marche_id]), envoi | {"date_notification": "10/04/2026"})
    assert lignes(page(client, lot))["Fin d’exécution"][0] == "15 mars 2027"


def test_apres_l_avenant_le_simulateur_part_du_nouveau_montant(client, lot):
    """Publié à 1 120 000 € et 933 h : 900 000 € redonne 750 h, 1 020 000 € donne 850 h, comme la page de l'avenant (exemple 2)."""
    test_publier_en_avenant(client, lot)
    assert lignes(page(client, lot, montant="900 000"))["Heures dues"] == ("933 h", "750 h")
    assert lignes(page(client, lot, montant="1 020 000"))["Heures dues"] == ("933 h", "850 h")


def test_un_avenant_sans_effet_sur_les_heures_ne_change_pas_leur_base(client, lot):
    """933 h pour 1 120 000 €, puis 1 300 000 € à heures figées : un scénario à 1 020 000 € donne 850 h, pas 732."""
    engagement = Engagement.objects.get()
    for numero, montant, heures in ((1, 1_120_000, {engagement: Decimal(933)}), (2, 1_300_000, {})):
        avenant = Avenant(
            marche=lot.marche,
            numero=numero,
            date_notification=date(2026, 1, numero),
            montant_ht_euros=Decimal(montant),
        )
        enregistrer_avenant(avenant=avenant, heures=heures, par=None)
    assert lignes(page(client, lot, montant="1 020 000"))["Heures dues"] == ("933 h", "850 h")
    assert lignes(page(client, lot, montant="1 300 000"))["Heures dues"] == ("933 h", "933 h")


def test_des_heures_ecrites_par_un_avenant_sont_le_depart_du_prorata(client, lot):
    """L'avenant écrit 1 000 h pour 1 000 000 € : un scénario à 1 100 000 € donne 1 100 h."""
    avenant = Avenant(
        marche=lot.marche, numero=1, date_notification=date(2026, 1, 1), montant_ht_euros=Decimal(1_000_000)
    )
    enregistrer_avenant(avenant=avenant, heures={Engagement.objects.get(): Decimal(1000)}, par=None)
    assert lignes(page(client, lot, montant="1 100 000"))["Heures dues"] == ("1 000 h", "1 100 h")


def test_un_rythme_trop_bas_est_hors_d_atteinte_des_le_debut(client, lot):
    """600 h restantes à 5 h par mois : aucune date d'avant le marché, « dès le début »."""
    assert lignes(page(client, lot, rythme="5"))["Hors d’atteinte, à ce rythme"][1] == "dès le début"


def test_la_regle_du_marche_decide_du_montant(client, lot):
    """« Figé » : un autre montant ne change pas les heures."""
    RegleClause.objects.update(options={"heures_dues": {"regle_avenant": "fige"}})
    assert lignes(page(client, lot, montant="1 120 000"))["Heures dues"] == ("750 h", "750 h")


@pytest.mark.parametrize(
    ("scenario", "phrase"),
    [
        ({"montant": "0"}, "Le nouveau montant est supérieur à zéro."),
        ({"montant": "-1"}, "Un montant n’est pas négatif."),
        ({"montant": "beaucoup"}, "Ce n’est pas un nombre."),
        ({"fin": "31/12/2025"}, "La fin précède le début, le 1er janvier 2026."),
        ({"fin": "31/02/2027"}, "Cette date n’existe pas."),
        ({"rythme": "-1"}, "Un nombre d’heures n’est pas négatif."),
    ],
)
def test_une_hypothese_fausse_se_dit(client, lot, scenario, phrase):
    """La phrase est sur le champ ; les vrais chiffres restent à l'écran."""
    reponse = page(client, lot, **scenario)
    assert phrase in texte(reponse)
    assert lignes(reponse)["Heures dues"] == ("750 h", "")


def test_un_lot_sans_montant(client, lot):
    """Le montant ne peut pas s'essayer : la phrase dit où l'écrire ; la fin et le rythme, si."""
    lot.marche.montant_ht_euros = None
    lot.marche.save()
    assert "Ce lot n’a pas de montant HT : indiquez-le d’abord dans la fiche du lot." in texte(
        page(client, lot, montant="1000")
    )
    assert lignes(page(client, lot, rythme="80"))["Heures dues"] == ("750 h", "750 h")


def test_un_lot_sans_dates(client, lot):
    """Les heures dues se disent ; le reste est à compléter."""
    lot.marche.date_fin = None
    lot.marche.save()
    lot.marche.operation.date_fin = None
    lot.marche.operation.save()
    reponse = page(client, lot)
    assert "À compléter : dates d’exécution du lot ou du marché." in texte(reponse)
    assert lignes(reponse)["À faire par mois"] == ("–", "")


def test_le_nombre_de_requetes_ne_depend_pas_des_titulaires(client, lot, nombre_de_requetes):
    """Deux titulaires de plus : autant de requêtes, peu."""
    with nombre_de_requetes() as avant:
        page(client, lot, rythme="80")
    EngagementFactory.create_batch(2, titulaire__lot=lot)
    with nombre_de_requetes() as apres:
        page(client, lot, rythme="80")
    assert len(avant) == len(apres) < 22


def test_le_montant_d_un_lot_suit_les_avenants_qui_ne_touchent_que_lui(lot):
    """Deux lots : l'avenant de + 220 000 € touche le lot 1, celui de + 50 000 € les deux ; le lot 1 vaut 720 000 €."""
    lot.montant_ht_euros = Decimal(500_000)
    lot.save()
    premier = Engagement.objects.get()
    second = EngagementFactory(titulaire__lot=LotFactory(marche=lot.marche, numero="2"), heures_initiales=Decimal(100))
    for numero, montant, heures in (
        (1, 1_120_000, {premier: Decimal(933)}),
        (2, 1_170_000, {premier: Decimal(950), second: Decimal(110)}),
    ):
        avenant = Avenant(
            marche=lot.marche,
            numero=numero,
            date_notification=date(2026, 1, numero),
            montant_ht_euros=Decimal(montant),
        )
        enregistrer_avenant(avenant=avenant, heures=heures, par=None)
    situation, _ = situation_du_lot(lot, jour=date(2026, 3, 31))
    assert (situation.montant_euros, situation.montant_marche_euros) == (720_000, 1_170_000)


def test_la_situation_lue_est_celle_des_engagements(lot):
    """Les heures du simulateur sont celles de la base, quel que soit le nombre de titulaires."""
    EngagementFactory.create_batch(2, titulaire__lot=lot, heures_initiales=Decimal("100.5"))
    situation, _ = situation_du_lot(lot, jour=date(2026, 3, 31))
    reels = simuler(situation)
    assert reels.heures_dues == sum(Engagement.objects.values_list("heures_dues", flat=True)) == 951
    assert simuler(situation, Scenario(situation.montant_euros)) == reels
