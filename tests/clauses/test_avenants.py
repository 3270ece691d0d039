"""Les avenants : ce qu'ils font des heures dues, et l'écran qui les enregistre."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from beneficiaires.periodes import Periode
from clauses.avancement import avancements_des_engagements
from clauses.models import Avenant, Engagement
from clauses.regles.contrats import controler_contrat
from clauses.services.avenants import enregistrer_avenant, proposer_heures
from clauses.services.faits import faits_du_marche
from clauses.services.fins import fin_de, modifier_marche
from config.coherence import tous_les_ecarts
from tests.fabriques import EngagementFactory, LotFactory, MarcheFactory, StructureFactory, creer_utilisateur
from tests.lire_html import formulaires

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


# La durée du marché ---------------------------------------------------------------------------------------------------

# Le marché des fabriques : du 2 mars 2026 au 30 juin 2027 ; 18 mois depuis le 2 mars 2026 finissent le 1er septembre 2027.
DIX_HUIT_MOIS, VINGT_MOIS = date(2027, 9, 1), date(2027, 11, 1)


def noter(marche, numero=1, jour=MARS, **champs):
    enregistrer_avenant(avenant=avenant(marche, numero, jour, **champs), heures={}, par=None)
    marche.refresh_from_db()


def incoherences():
    return [str(ecart) for ecart in tous_les_ecarts() if ", fin" in str(ecart)]


def test_la_duree_d_un_avenant_deplace_la_fin_du_marche(marche):
    """18 mois, puis 20 : la fin suit, dans la même écriture, et la copie se recalcule."""
    noter(marche, duree_mois=18)
    assert (marche.date_fin, marche.date_fin_initiale) == (DIX_HUIT_MOIS, date(2027, 6, 30))
    noter(marche, 2, JUIN, duree_mois=20)
    assert (marche.date_fin, marche.date_fin_initiale) == (VINGT_MOIS, date(2027, 6, 30))
    assert [etape.phrase for etape in fin_de(marche).etapes] == [
        "fin 30/06/2027 → 01/09/2027, avenant 1, 12/03/2026",
        "fin 01/09/2027 → 01/11/2027, avenant 2, 01/06/2026",
    ]
    assert incoherences() == []


def test_un_avenant_plus_ancien_saisi_apres_ne_change_pas_la_fin(marche):
    """Seule la date de notification ordonne : le dernier avenant reste celui de juin."""
    noter(marche, 2, JUIN, duree_mois=20)
    noter(marche, 1, MARS, duree_mois=18)
    assert marche.date_fin == VINGT_MOIS
    assert incoherences() == []


def test_plusieurs_lignes_d_un_avenant_ne_comptent_qu_une_fois(marche, engagement):
    """Un avenant qui touche deux engagements dit sa durée deux fois : une étape."""
    autre = EngagementFactory(titulaire__lot=LotFactory(marche=marche, numero="2"), heures_initiales=Decimal(100))
    heures = {engagement: Decimal(933), autre: Decimal(120)}
    enregistrer_avenant(avenant=avenant(marche, duree_mois=18), heures=heures, par=None)
    marche.refresh_from_db()
    assert (marche.date_fin, len(fin_de(marche).etapes)) == (DIX_HUIT_MOIS, 1)


def test_supprimer_les_avenants_rend_la_fin_d_avant(client, marche):
    """La page de suppression dit à quelle date l'on revient ; le dernier parti, la fin redevient une simple saisie."""
    noter(marche, duree_mois=18)
    noter(marche, 2, JUIN, duree_mois=20)
    for numero, fin, dite in ((2, DIX_HUIT_MOIS, "1er septembre 2027"), (1, date(2027, 6, 30), "30 juin 2027")):
        adresse_de_suppression = reverse("clauses:avenant_supprimer", args=[marche.avenants.get(numero=numero).pk])
        assert f"le changement de la fin du marché, qui revient au {dite}" in texte(client.get(adresse_de_suppression))
        client.post(adresse_de_suppression)
        marche.refresh_from_db()
        assert marche.date_fin == fin
        assert incoherences() == []
    assert (marche.fin_suit_avenants, marche.date_fin_initiale) == (False, None)


def test_la_fin_de_l_operation_suit_le_marche_qui_la_depasse(marche):
    """Une fenêtre « toute l'opération » s'étend donc avec le marché ; une opération qui finit plus tard ne bouge pas."""
    noter(marche, duree_mois=18)
    marche.operation.refresh_from_db()
    assert marche.operation.date_fin == DIX_HUIT_MOIS
    assert faits_du_marche(marche).date_fin == DIX_HUIT_MOIS
    marche.operation.date_fin = date(2028, 12, 31)
    marche.operation.save()
    noter(marche, 2, JUIN, duree_mois=20)
    marche.operation.refresh_from_db()
    assert marche.operation.date_fin == date(2028, 12, 31)


def test_une_operation_sans_fin_le_reste(marche):
    """« À compléter » ne se devine pas."""
    type(marche.operation).objects.update(date_fin=None)
    noter(marche, duree_mois=18)
    marche.operation.refresh_from_db()
    assert (marche.date_fin, marche.operation.date_fin) == (DIX_HUIT_MOIS, None)


def test_ce_qui_lit_la_fin_la_suit(marche, engagement):
    """Le lot sans fin propre, ce qui est attendu à une date, et l'avertissement d'un contrat : tous lisent la nouvelle fin."""
    lot = engagement.titulaire.lot
    noter(marche, duree_mois=18)
    lot.refresh_from_db()
    assert lot.periode == Periode(date(2026, 3, 2), DIX_HUIT_MOIS)
    # 549 jours en tout, 305 passés au 31 décembre 2026 : 750 × 305 ÷ 549 = 416,67 h.
    [ligne] = avancements_des_engagements(Engagement.objects.all(), jour=date(2026, 12, 31))
    assert ligne.avancement.attendues.quantize(Decimal("0.01")) == Decimal("416.67")
    assert (
        controler_contrat(
            periode=Periode(date(2026, 4, 1), DIX_HUIT_MOIS),
            fenetre=None,
            date_decision=MARS,
            fin_marche=marche.date_fin,
        )
        == []
    )


def test_sans_debut_ni_notification_la_duree_attend(marche):
    """Le marché n'a pas de date d'où compter : la fin reste, et bouge dès que le début est écrit."""
    type(marche).objects.filter(pk=marche.pk).update(date_debut=None, date_notification=None)
    marche.refresh_from_db()
    noter(marche, duree_mois=18)
    assert marche.date_fin == date(2027, 6, 30)
    assert "à compléter" in fin_de(marche).etapes[0].raison
    assert incoherences() == []
    marche.date_debut = date(2026, 3, 2)
    modifier_marche(marche=marche, fin_changee=False)
    assert marche.date_fin == DIX_HUIT_MOIS
    assert incoherences() == []


def test_une_fin_d_avant_le_debut_est_refusee_partout(marche):
    """Par le service comme par l'écran : rien n'est écrit."""
    with pytest.raises(ValidationError, match="précède le début du marché, le 2 mars 2026"):
        noter(marche, date_fin=date(2026, 3, 1))
    marche.refresh_from_db()
    assert (marche.avenants.count(), marche.date_fin) == (0, date(2027, 6, 30))


def test_supprimer_un_avenant_qui_rendrait_une_fin_d_avant_le_debut_est_refuse(client, marche):
    """Le début a été repoussé après la fin d'origine : on le dit, l'avenant reste."""
    noter(marche, duree_mois=18)
    marche.date_debut = date(2027, 8, 2)
    modifier_marche(marche=marche, fin_changee=False)
    assert marche.date_fin == date(2029, 2, 1)
    page = texte(client.post(reverse("clauses:avenant_supprimer", args=[marche.avenants.get().pk])))
    assert "La fin du marché, le 30 juin 2027, précéderait son début, le 2 août 2027" in page
    assert marche.avenants.count() == 1


# La fin écrite sur la fiche du marché


def fiche(client, marche, **changements):
    """Envoie la fiche du marché telle qu'elle est affichée, avec ces changements."""
    page = reverse("clauses:marche_modifier", args=[marche.pk])
    [formulaire] = formulaires(client.get(page).content.decode())
    reponse = client.post(page, formulaire.valeurs | changements)
    marche.refresh_from_db()
    return reponse


def test_la_fin_ecrite_sur_la_fiche_l_emporte_et_le_dit(client, marche):
    """L'avenant donne le 1er septembre 2027, la fiche le 31 juillet : le 31 juillet reste, même après un autre avenant."""
    noter(marche, duree_mois=18)
    assert fiche(client, marche, date_fin="31/07/2027").status_code == 302
    assert marche.date_fin == date(2027, 7, 31)
    page = texte(client.get(reverse("clauses:marche_modifier", args=[marche.pk])))
    assert "Écrite ici : elle l’emporte sur les avenants, qui donnent 1er septembre 2027." in page
    envoi = {"numero": "2", "date_notification": "01/06/2026", "duree_mois": "20"}
    suite = texte(client.post(adresse(marche), envoi, follow=True))
    assert "L’avenant 2 est enregistré. La fin écrite sur la fiche du marché, le 31 juillet 2027, l’emporte." in suite
    assert "Fin 01/11/2027 → 31/07/2027, écrite sur la fiche du marché" in suite
    marche.refresh_from_db()
    assert marche.date_fin == date(2027, 7, 31)
    assert incoherences() == []


@pytest.mark.parametrize("ecrite", ["", "01/09/2027"])
def test_vider_la_fin_ou_reecrire_le_calcul_y_revient(client, marche, ecrite):
    """Plus de date écrite : le calcul des avenants reprend, et les suivants la déplacent."""
    noter(marche, duree_mois=18)
    fiche(client, marche, date_fin="31/07/2027")
    fiche(client, marche, date_fin=ecrite)
    assert (marche.date_fin, marche.date_fin_ecrite) == (DIX_HUIT_MOIS, None)
    noter(marche, 2, JUIN, duree_mois=20)
    assert marche.date_fin == VINGT_MOIS


def test_enregistrer_la_fiche_sans_toucher_la_fin_ne_l_ecrit_pas(client, marche):
    """Changer la référence ne fige rien ; déplacer le début déplace la fin calculée."""
    noter(marche, duree_mois=18)
    fiche(client, marche, reference="2026-CORRIGE", date_debut="01/04/2026")
    assert (marche.reference, marche.date_fin, marche.date_fin_ecrite) == ("2026-CORRIGE", date(2027, 9, 30), None)
    assert incoherences() == []


def test_un_avenant_passe_pendant_que_la_fiche_est_ouverte(client, marche):
    """La fiche, lue avec l'ancienne fin, est renvoyée sans la changer : celle du nouvel avenant reste."""
    noter(marche, duree_mois=18)
    page = reverse("clauses:marche_modifier", args=[marche.pk])
    [formulaire] = formulaires(client.get(page).content.decode())
    noter(marche, 2, JUIN, duree_mois=20)
    client.post(page, formulaire.valeurs | {"reference": "2026-CORRIGE"})
    marche.refresh_from_db()
    assert (marche.reference, marche.date_fin, marche.date_fin_ecrite) == ("2026-CORRIGE", VINGT_MOIS, None)


def test_une_copie_fausse_se_voit(marche):
    """Écrite hors du service, la fin ne tombe plus juste : verifier_coherence la nomme, dans les deux sens."""
    noter(marche, duree_mois=18)
    type(marche).objects.filter(pk=marche.pk).update(date_fin=date(2027, 1, 1))
    assert incoherences() == [f"Marché {str(marche.pk)[:8]}, fin\u00a0: 01/01/2027, au lieu de 01/09/2027"]
    marche.avenants.all().delete()
    assert incoherences() == [f"Marché {str(marche.pk)[:8]}, fin qui suit les avenants\u00a0: True, au lieu de False"]


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
        ({"duree_mois": "0"}, "La durée va de 1 à 1 200 mois."),
        ({"duree_mois": "1000"}, "Cette durée mène au-delà de l’an 2100."),
        ({"duree_mois": "12,5"}, "Écrivez un nombre entier de mois, par exemple 18."),
        ({"date_fin": "01/03/2026"}, "La nouvelle fin, le 1er mars 2026, précède le début du marché, le 2 mars 2026."),
        ({"date_fin": "31/02/2027"}, "Cette date n’existe pas."),
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


def test_l_ecran_dit_la_nouvelle_fin_et_les_lots_a_part(client, marche, engagement):
    """La durée se compte depuis le début, dit l'aide ; le lot 2, qui a sa propre fin, ne suit pas ; l'histoire s'affiche."""
    LotFactory(marche=marche, numero="2", date_fin=date(2026, 12, 31))
    page = texte(client.get(adresse(marche)))
    assert "En tout, depuis le 2 mars 2026 : la fin du marché suit." in page
    assert "Le lot 2 a sa propre fin, le 31 décembre 2026 : elle ne suit pas le marché." in page
    suite = texte(client.post(adresse(marche), saisie(engagement, duree_mois="18"), follow=True))
    assert "La fin du marché passe du 30 juin 2027 au 1er septembre 2027. L’opération est prolongée jusque-là." in suite
    assert "Fin 30/06/2027 → 01/09/2027, avenant 1, 12/03/2026" in suite
    assert "Fin du marché : 1er septembre 2027" in texte(client.get(adresse(marche)))


def test_l_ecran_prend_une_fin_ecrite_dans_l_avenant(client, marche, engagement):
    """L'avenant écrit une durée et une date : la date l'emporte, et la raison le dit."""
    client.post(adresse(marche), saisie(engagement, duree_mois="18", date_fin="15/09/2027"))
    marche.refresh_from_db()
    assert marche.date_fin == date(2027, 9, 15)
    assert "date écrite dans l’avenant, elle l’emporte sur la durée (01/09/2027)" in texte(client.get(adresse(marche)))
    assert incoherences() == []


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
