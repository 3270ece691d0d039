"""Les heures dues à l'écran : tranches, bons de commande, nettoyage, groupement, règle du marché, marchés subséquents."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse

from clauses.heures_dues import parametres_heures_dues, parametres_penalites
from clauses.models import Avenant, Commande, Engagement, ModeleRegle, SousObjectif, Titulaire, Tranche
from clauses.regles.heures_dues import ParametresHeuresDues
from clauses.services.avenants import enregistrer_avenant, proposer_heures
from clauses.services.engagements import changer_regle_heures_dues, partager_le_lot
from clauses.services.marches import regle_courante
from tests.fabriques import (
    EngagementFactory,
    EntrepriseFactory,
    LotFactory,
    MarcheFactory,
    OperationFactory,
    RegleClauseFactory,
    StructureFactory,
    TitulaireFactory,
    creer_utilisateur,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("un_jour_fixe")]


@pytest.fixture
def un_jour_fixe():
    with time_machine.travel("2026-11-17 09:00+01:00", tick=False):
        yield


@pytest.fixture
def structure():
    return StructureFactory()


@pytest.fixture
def client(client, structure):
    client.force_login(creer_utilisateur(structure))
    return client


@pytest.fixture
def marche(structure):
    return MarcheFactory(
        operation__structure=structure, montant_ht_euros=Decimal(900_000), date_notification=date(2026, 1, 20)
    )


@pytest.fixture
def lot(marche):
    return LotFactory(marche=marche, numero="1", intitule="Gros œuvre")


def texte(reponse):
    return " ".join(reponse.content.decode().replace("\u00a0", " ").split())


def inscrire(client, lot, **saisie):
    """Inscrit une entreprise par l'écran et rend son engagement."""
    entreprise = EntrepriseFactory()
    envoi = {"entreprise": str(entreprise.pk), "role": "titulaire", "arrondi": "inferieur"} | saisie
    reponse = client.post(reverse("clauses:titulaire_creer", args=[lot.pk]), envoi)
    assert reponse.status_code == 302, texte(reponse)
    return Engagement.objects.get(titulaire__entreprise=entreprise)


def dues(engagement):
    engagement.refresh_from_db()
    return engagement.heures_dues


def concorde():
    """Lance la vérification des copies et rend ce qu'elle trouve à redire."""
    sortie = StringIO()
    try:
        call_command("verifier_coherence", stdout=sortie)
    except CommandError as erreur:
        return f"{sortie.getvalue()}{erreur}"
    return ""


# Tranches ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def a_tranches(client, lot):
    return inscrire(client, lot, mode="tranches")


def tranche(client, engagement, **saisie):
    envoi = {"numero": "1", "heures": "500", "intitule": ""} | saisie
    return client.post(reverse("clauses:tranche_creer", args=[engagement.pk]), envoi)


def test_les_tranches_font_les_heures_dues(client, a_tranches):
    """500 h fermes dues ; 250 h optionnelles montrées à part, dues le jour de l'affermissement, avec leur histoire."""
    assert dues(a_tranches) == 0
    tranche(client, a_tranches)
    tranche(client, a_tranches, numero="2", heures="250", est_optionnelle="on")
    assert dues(a_tranches) == 500
    page = texte(client.get(reverse("clauses:engagement_heures", args=[a_tranches.pk])))
    assert "250 h de plus</strong> si les tranches optionnelles sont affermies" in page
    seconde = Tranche.objects.get(numero=2)
    envoi = {"numero": "2", "heures": "250", "est_optionnelle": "on", "date_affermissement": "12/03/2026"}
    reponse = client.post(reverse("clauses:tranche_modifier", args=[seconde.pk]), envoi, follow=True)
    assert "500 h → 750 h dues" in texte(reponse)
    assert "12 mars 2026, tranche 2 affermie</span><strong>500 → 750 h</strong>" in texte(reponse)
    assert (dues(a_tranches), a_tranches.heures_initiales) == (750, 500)
    assert concorde() == ""


def test_un_avenant_puis_une_tranche_s_ajoutent(client, marche, a_tranches):
    """500 h, avenant à 600 h, tranche de 250 h affermie : 850 h ; supprimer l'avenant rend 750 h."""
    tranche(client, a_tranches)
    a_tranches.refresh_from_db()
    enregistrer_avenant(
        avenant=Avenant(marche=marche, numero=1, date_notification=date(2026, 2, 1)),
        heures={a_tranches: Decimal(600)},
        par=None,
    )
    tranche(client, a_tranches, numero="2", heures="250", est_optionnelle="on", date_affermissement="12/03/2026")
    assert dues(a_tranches) == 850
    assert concorde() == ""
    client.post(reverse("clauses:avenant_supprimer", args=[Avenant.objects.get().pk]))
    assert dues(a_tranches) == 750
    assert concorde() == ""


def test_le_prorata_des_tranches_part_des_heures_d_aujourd_hui(client, marche, a_tranches):
    """750 h dues à 900 000 € : à 1 120 000 €, 933 h."""
    tranche(client, a_tranches, heures="750")
    a_tranches.refresh_from_db()
    ligne = proposer_heures(
        a_tranches, [], nouveau_montant=Decimal(1_120_000), date_notification=date(2026, 6, 1), regle="prorata"
    )
    assert (ligne.heures_avant, ligne.heures_apres) == (750, 933)


def test_supprimer_une_tranche_retire_ses_heures(client, a_tranches):
    """La page dit ce qui part ; les heures suivent."""
    tranche(client, a_tranches)
    adresse = reverse("clauses:tranche_supprimer", args=[Tranche.objects.get().pk])
    assert "ses 500 h" in texte(client.get(adresse))
    client.post(adresse)
    assert (dues(a_tranches), Tranche.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("changement", "phrase"),
    [
        ({"numero": "0"}, "La première tranche est le numéro 1."),
        ({"numero": "7"}, "La tranche 7 est déjà enregistrée."),
        ({"heures": ""}, "Indiquez les heures de cette tranche."),
        ({"heures": "-1"}, "Un nombre d’heures n’est pas négatif."),
        ({"est_optionnelle": "on", "date_affermissement": "18/11/2026"}, "Cet affermissement est à venir"),
        ({"est_optionnelle": "on", "date_affermissement": "19/01/2026"}, "L’affermissement précède le marché"),
        ({"est_optionnelle": "on", "date_affermissement": "31/02/2026"}, "Cette date n’existe pas."),
    ],
)
def test_une_tranche_fausse_est_refusee(client, a_tranches, changement, phrase):
    """Rien n'est écrit, les heures dues ne bougent pas."""
    tranche(client, a_tranches, numero="7", heures="10")
    page = texte(tranche(client, a_tranches, **changement))
    assert phrase in page
    assert "<title>Erreur : " in page
    assert (dues(a_tranches), Tranche.objects.count()) == (10, 1)


def test_une_tranche_ferme_n_a_pas_d_affermissement(client, a_tranches):
    """Décochée, la date écrite s'oublie, même fausse."""
    tranche(client, a_tranches, date_affermissement="31/02/2026")
    assert Tranche.objects.get().date_affermissement is None
    assert dues(a_tranches) == 500


def test_on_ne_change_pas_de_calcul_sous_des_tranches(client, a_tranches):
    """Les tranches d'abord : la phrase dit combien ; rien ne change."""
    tranche(client, a_tranches)
    titulaire = a_tranches.titulaire
    envoi = {
        "entreprise": str(titulaire.entreprise_id),
        "role": "titulaire",
        "mode": "saisi",
        "heures_initiales": "9",
        "arrondi": "inferieur",
    }
    page = texte(client.post(reverse("clauses:titulaire_modifier", args=[titulaire.pk]), envoi))
    assert "Ces heures viennent de 1 tranche. Supprimez-les d’abord" in page
    assert (dues(a_tranches), a_tranches.mode) == (500, "tranches")


def test_un_engagement_sans_tranches_n_en_recoit_pas(client, lot):
    """L'adresse forgée mène à la page des heures, sans rien écrire."""
    engagement = EngagementFactory(titulaire__lot=lot)
    reponse = tranche(client, engagement)
    assert reponse.url == reverse("clauses:engagement_heures", args=[engagement.pk])
    assert not Tranche.objects.exists()


# Bons de commande ----------------------------------------------------------------------------------------------------


@pytest.fixture
def a_commandes(client, lot):
    return inscrire(client, lot, mode="commandes", ratio_heures="7", ratio_euros="10 000", calcul_commandes="cumul")


def commander(client, engagement, reference, montant, jour="02/03/2026"):
    envoi = {"reference": reference, "date_commande": jour, "montant_ht_euros": montant}
    return client.post(reverse("clauses:commande_creer", args=[engagement.pk]), envoi)


def test_les_bons_de_commande_font_les_heures_dues(client, a_commandes):
    """7 h pour 10 000 € sur le cumul : 9 000 € ne font rien, 6 000 € de plus font 7 h ; un bon modifié ou supprimé compte aussitôt."""
    commander(client, a_commandes, "BC-1", "9 000")
    assert dues(a_commandes) == 0
    commander(client, a_commandes, "BC-2", "6 000")
    assert dues(a_commandes) == 7
    page = texte(client.get(reverse("clauses:engagement_heures", args=[a_commandes.pk])))
    assert "15 000 € commandés, 1 tranche entière de 10 000 € × 7 h = 7 h." in page
    assert "2 mars 2026, bon BC-2</span><strong>0 → 7 h</strong>" in page
    second = Commande.objects.get(reference="BC-2")
    envoi = {"reference": "BC-2", "date_commande": "02/03/2026", "montant_ht_euros": "31 000"}
    client.post(reverse("clauses:commande_modifier", args=[second.pk]), envoi)
    assert dues(a_commandes) == 28
    assert concorde() == ""
    client.post(reverse("clauses:commande_supprimer", args=[second.pk]))
    assert dues(a_commandes) == 0


@pytest.mark.parametrize(
    ("changement", "phrase"),
    [
        ({"reference": ""}, "Donnez la référence du bon de commande."),
        ({"reference": "bc-1"}, "Le bon de commande bc-1 est déjà enregistré."),
        ({"montant": "0"}, "Le montant d’un bon de commande est supérieur à zéro."),
        ({"montant": "-5"}, "Un montant n’est pas négatif."),
        ({"jour": "18/11/2026"}, "Ce bon de commande est à venir"),
        ({"jour": "19/01/2026"}, "Ce bon précède le marché, qui est du 20 janvier 2026."),
        ({"jour": ""}, "Indiquez la date du bon de commande."),
    ],
)
def test_un_bon_faux_est_refuse(client, a_commandes, changement, phrase):
    """Rien n'est écrit, les heures ne bougent pas."""
    commander(client, a_commandes, "BC-1", "10 000")
    saisie = {"reference": "BC-2", "montant": "10 000", "jour": "02/03/2026"} | changement
    assert phrase in texte(commander(client, a_commandes, **saisie))
    assert (dues(a_commandes), Commande.objects.count()) == (7, 1)


@pytest.mark.parametrize(
    ("changement", "phrase"),
    [
        ({"ratio_heures": ""}, "Dites combien d’heures sont dues pour quel montant commandé."),
        ({"ratio_euros": "0"}, "Dites combien d’heures sont dues pour quel montant commandé."),
        ({"calcul_commandes": ""}, "Choisissez comment les bons de commande font des heures."),
        ({"calcul_commandes": "par_commande", "seuil_commande_euros": "-1"}, "Un montant n’est pas négatif."),
    ],
)
def test_une_regle_de_commandes_fausse_est_refusee(client, lot, changement, phrase):
    """Sur son champ, sans titulaire ni engagement."""
    envoi = {
        "entreprise": str(EntrepriseFactory().pk),
        "role": "titulaire",
        "arrondi": "inferieur",
        "mode": "commandes",
        "ratio_heures": "7",
        "ratio_euros": "10 000",
        "calcul_commandes": "cumul",
    } | changement
    assert phrase in texte(client.post(reverse("clauses:titulaire_creer", args=[lot.pk]), envoi))
    assert not Titulaire.objects.exists()


# Nettoyage, marché réservé -------------------------------------------------------------------------------------------


def test_nettoyage_avec_reprise_du_personnel(client, lot):
    """(12 000 − 9 000) × 10 % = 300 h ; le calcul reste écrit."""
    saisie = {"mode": "nettoyage", "heures_totales": "12 000", "heures_reprises": "9 000", "taux_effort": "10"}
    engagement = inscrire(client, lot, **saisie)
    assert dues(engagement) == 300
    page = texte(client.get(reverse("clauses:titulaire_modifier", args=[engagement.titulaire_id])))
    assert "(12 000 h − 9 000 h de personnel repris) × 10 % = 300 h" in page
    assert concorde() == ""


def test_calculer_le_nettoyage_n_enregistre_rien(client, lot):
    """Le bouton garde le mode choisi et montre le calcul."""
    envoi = {
        "mode": "nettoyage",
        "heures_totales": "1000",
        "heures_reprises": "0",
        "taux_effort": "5",
        "arrondi": "inferieur",
        "action": "calculer",
    }
    page = texte(client.post(reverse("clauses:titulaire_creer", args=[lot.pk]), envoi))
    assert "× 5 % = 50 h" in page
    assert not Titulaire.objects.exists()


@pytest.mark.parametrize(
    ("changement", "phrase"),
    [
        ({"heures_reprises": "1001"}, "Le personnel repris ne peut pas faire plus d’heures"),
        ({"heures_totales": ""}, "Indiquez les heures du marché sur toute sa durée."),
        ({"taux_effort": "0"}, "Indiquez l’effort d’insertion, en pour cent."),
        ({"taux_effort": "101"}, "Une part va de 0 à 100 %."),
    ],
)
def test_un_nettoyage_faux_est_refuse(client, lot, changement, phrase):
    """Sur le champ en cause."""
    envoi = {
        "entreprise": str(EntrepriseFactory().pk),
        "role": "titulaire",
        "arrondi": "inferieur",
        "mode": "nettoyage",
        "heures_totales": "1000",
        "heures_reprises": "0",
        "taux_effort": "5",
    } | changement
    assert phrase in texte(client.post(reverse("clauses:titulaire_creer", args=[lot.pk]), envoi))
    assert not Titulaire.objects.exists()


def test_un_marche_reserve_dit_que_rien_ne_se_calcule(client, marche, lot):
    """La page le dit ; la formule est refusée ; zéro heure écrite est permise."""
    marche.type_clause = "reserve_ea_esat"
    marche.save()
    adresse = reverse("clauses:titulaire_creer", args=[lot.pk])
    assert "Marché réservé : toute la prestation est faite par le public réservé." in texte(client.get(adresse))
    envoi = {"entreprise": str(EntrepriseFactory().pk), "role": "titulaire", "arrondi": "inferieur"}
    formule = {
        "mode": "formule",
        "montant_ht_euros": "1000",
        "part_main_oeuvre": "50",
        "taux_effort": "5",
        "cout_horaire_euros": "30",
    }
    assert "Aucune heure n’y est due par calcul." in texte(client.post(adresse, envoi | formule))
    assert not Titulaire.objects.exists()
    assert dues(inscrire(client, lot, mode="saisi", heures_initiales="0")) == 0


# Groupement ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def groupement(lot):
    """Mandataire à 60 %, cotraitant à 40 %."""
    return [
        TitulaireFactory(lot=lot, role="mandataire", entreprise__nom="Bâti-Rhône"),
        TitulaireFactory(lot=lot, role="cotraitant", entreprise__nom="Isol’Est"),
    ]


def partage(client, lot, groupement, parts=("60", "40"), heures="833", **autres):
    envoi = {f"part_{membre.pk.hex}": part for membre, part in zip(groupement, parts, strict=True)}
    return client.post(reverse("clauses:lot_partager", args=[lot.pk]), envoi | {"heures_lot": heures} | autres)


def test_les_heures_du_lot_se_partagent_sans_perte(client, lot, groupement):
    """833 h à 60 et 40 % : 500 et 333, et le calcul de chacun reste écrit."""
    partage(client, lot, groupement)
    assert [dues(Engagement.objects.get(titulaire=membre)) for membre in groupement] == [500, 333]
    page = texte(client.get(reverse("clauses:titulaire_modifier", args=[groupement[1].pk])))
    assert "333 h dues</strong> : 40 % de 833 h = 333,2 h, arrondi à 333 h." in page
    assert concorde() == ""


def test_calculer_le_partage_n_enregistre_rien(client, lot, groupement):
    """Le tableau montre les heures de chacun, et le total du lot."""
    page = texte(partage(client, lot, groupement, action="calculer"))
    assert '<td class="n">500</td>' in page
    assert '<td class="n">333</td>' in page
    assert not Engagement.objects.exists()


@pytest.mark.parametrize(
    ("parts", "heures", "phrase"),
    [
        (("60", "30"), "833", "Les parts font 90 % : il manque 10 %."),
        (("60", "50"), "833", "Les parts font 110 % : c’est 10 % de trop."),
        (("101", "0"), "833", "Une part va de 0 à 100 %."),
        (("60", ""), "833", "Indiquez sa part, 0 s’il n’en a pas."),
        (("60", "40"), "", "Indiquez les heures dues pour le lot entier."),
    ],
)
def test_un_partage_faux_est_refuse(client, lot, groupement, parts, heures, phrase):
    """La phrase dit de combien l'on s'écarte ; rien n'est écrit, la saisie reste."""
    page = texte(partage(client, lot, groupement, parts, heures))
    assert phrase in page
    assert not Engagement.objects.exists()


def test_des_heures_changees_par_un_avenant_ne_se_partagent_plus(client, marche, lot, groupement):
    """Le refus nomme l'entreprise ; les heures de chacun restent."""
    partage(client, lot, groupement)
    engagement = Engagement.objects.get(titulaire=groupement[0])
    enregistrer_avenant(
        avenant=Avenant(marche=marche, numero=1, date_notification=date(2026, 2, 1)),
        heures={engagement: Decimal(600)},
        par=None,
    )
    page = texte(partage(client, lot, groupement, ("50", "50")))
    assert "Un avenant a changé les heures de Bâti-Rhône" in page
    assert [dues(Engagement.objects.get(titulaire=membre)) for membre in groupement] == [600, 333]


def test_qui_porte_une_part_ne_se_retire_pas(client, lot, groupement):
    """Ni retiré, ni passé sous-traitant, tant que sa part n'est pas à zéro."""
    partage(client, lot, groupement)
    membre = groupement[1]
    assert "Il porte une part des heures du lot." in texte(
        client.post(reverse("clauses:titulaire_supprimer", args=[membre.pk]))
    )
    envoi = {
        "entreprise": str(membre.entreprise_id),
        "role": "sous_traitant",
        "donneur_ordre": str(groupement[0].pk),
    }
    assert "Il porte une part des heures du lot." in texte(
        client.post(reverse("clauses:titulaire_modifier", args=[membre.pk]), envoi)
    )
    partage(client, lot, groupement, ("100", "0"))
    client.post(reverse("clauses:titulaire_supprimer", args=[membre.pk]))
    assert not Titulaire.objects.filter(pk=membre.pk).exists()
    assert concorde() == ""


def test_un_membre_arrive_entre_temps(lot, groupement):
    """Le service refuse un partage qui oublierait un membre du groupement."""
    with pytest.raises(ValidationError, match="Le groupement a changé"):
        partager_le_lot(lot=lot, heures_lot=Decimal(833), parts={groupement[0].pk: Decimal(100)}, par=None)


# Règle du marché -----------------------------------------------------------------------------------------------------


def regle(**changements):
    return {
        "regle_avenant": "",
        "seuil_pourcent": "",
        "arrondi": "inferieur",
        "portee_arrondi": "lot",
        "source_rythme": "observe",
        "personnes_plausibles": "",
        "heures_plausibles": "",
    } | changements


def test_la_regle_du_marche_est_celle_de_l_avenant(client, marche, lot):
    """« Seuil de 12 % » : la page de l'avenant l'a déjà choisi."""
    EngagementFactory(titulaire__lot=lot)
    client.post(
        reverse("clauses:regle_heures_dues", args=[marche.pk]), regle(regle_avenant="seuil", seuil_pourcent="12")
    )
    parametres = parametres_heures_dues(regle_courante(marche))
    assert (parametres.regle_avenant, parametres.seuil_pourcent) == ("seuil", 12)
    page = texte(client.get(reverse("clauses:avenant_creer", args=[marche.pk])))
    assert 'value="12"' in page
    assert "La règle du marché est choisie." in page


@pytest.mark.parametrize(
    ("changement", "phrase"),
    [
        ({"regle_avenant": "seuil"}, "Indiquez le seuil, en pour cent du montant."),
        ({"regle_avenant": "seuil", "seuil_pourcent": "101"}, "Une part va de 0 à 100 %."),
        ({"source_rythme": "personnes"}, "Indiquez combien de personnes à temps plein"),
        ({"source_rythme": "personnes", "personnes_plausibles": "deux"}, "Écrivez un nombre entier de personnes"),
        ({"source_rythme": "heures"}, "Indiquez combien d’heures le titulaire peut faire en un mois."),
        ({"regle_avenant": "pirate"}, "Sélectionnez un choix valide"),
    ],
)
def test_une_regle_fausse_est_refusee_sur_son_champ(client, marche, changement, phrase):
    """Rien n'est écrit."""
    page = texte(client.post(reverse("clauses:regle_heures_dues", args=[marche.pk]), regle(**changement)))
    assert phrase in page
    assert regle_courante(marche) is None


@pytest.mark.parametrize("voulue", ["prorata", "seuil"])
def test_le_prorata_sans_montant_est_refuse(client, marche, voulue):
    """La phrase dit ce qui manque et où l'écrire."""
    marche.montant_ht_euros = None
    marche.save()
    envoi = regle(regle_avenant=voulue, seuil_pourcent="10")
    page = texte(client.post(reverse("clauses:regle_heures_dues", args=[marche.pk]), envoi))
    assert "Le prorata part du montant HT du marché, qui manque." in page
    assert regle_courante(marche) is None


def par_la_formule(montant):
    return {
        "mode": "formule",
        "montant_ht_euros": montant,
        "part_main_oeuvre": "50",
        "taux_effort": "5",
        "cout_horaire_euros": "30",
    }


def test_l_arrondi_sur_le_total_du_marche(client, marche, lot):
    """833,33 h + 416,67 h : 833 et 416 lot par lot ; sur le total, 1 250 h, donc 833 et 417 ; et retour."""
    premier = inscrire(client, lot, **par_la_formule("1 000 000"))
    second = inscrire(client, LotFactory(marche=marche, numero="2"), **par_la_formule("500 000"))
    assert (dues(premier), dues(second)) == (833, 416)
    adresse = reverse("clauses:regle_heures_dues", args=[marche.pk])
    client.post(adresse, regle(portee_arrondi="total"))
    assert (dues(premier), dues(second)) == (833, 417)
    assert concorde() == ""
    assert "417 h retenues, l’arrondi portant sur le total du marché" in texte(
        client.get(reverse("clauses:engagement_heures", args=[second.pk]))
    )
    troisieme = inscrire(client, LotFactory(marche=marche, numero="3"), **par_la_formule("500 000"))
    assert dues(premier) + dues(second) + dues(troisieme) == 1666  # 1 666,67 h
    client.post(reverse("clauses:titulaire_supprimer", args=[troisieme.titulaire_id]))
    assert dues(premier) + dues(second) == 1250
    client.post(adresse, regle(portee_arrondi="lot"))
    assert (dues(premier), dues(second)) == (833, 416)
    assert concorde() == ""


def test_un_avenant_fige_l_arrondi_du_total(client, marche, lot):
    """Des heures qu'un avenant a changées ne bougent plus quand la règle change."""
    premier = inscrire(client, lot, **par_la_formule("1 000 000"))
    second = inscrire(client, LotFactory(marche=marche, numero="2"), **par_la_formule("500 000"))
    enregistrer_avenant(
        avenant=Avenant(marche=marche, numero=1, date_notification=date(2026, 2, 1)),
        heures={premier: Decimal(900)},
        par=None,
    )
    changer_regle_heures_dues(
        marche=marche, parametres=ParametresHeuresDues.depuis_json({"portee_arrondi": "total"}), par=None
    )
    assert (dues(premier), dues(second)) == (900, 416)
    assert concorde() == ""


def test_un_modele_de_regle_refait_les_arrondis(client, marche, lot, structure):
    """« Sur le total », venu d'un modèle : 833 et 417, comme si la page de la règle l'avait dit."""
    premier = inscrire(client, lot, **par_la_formule("1 000 000"))
    second = inscrire(client, LotFactory(marche=marche, numero="2"), **par_la_formule("500 000"))
    modele = ModeleRegle.objects.create(
        structure=structure,
        nom="Total",
        valeurs={"colonnes": {}, "options": {"heures_dues": {"portee_arrondi": "total"}}},
    )
    client.post(reverse("clauses:modele_appliquer", args=[marche.pk]), {"modele": str(modele.pk)})
    assert (dues(premier), dues(second)) == (833, 417)
    assert concorde() == ""


def test_un_modele_au_prorata_demande_le_montant_du_marche(client, marche, structure):
    """Sans montant HT, le prorata est refusé par le modèle comme par la page : rien n'est écrit."""
    marche.montant_ht_euros = None
    marche.save()
    modele = ModeleRegle.objects.create(
        structure=structure,
        nom="Prorata",
        valeurs={"colonnes": {}, "options": {"heures_dues": {"regle_avenant": "prorata"}}},
    )
    page = texte(client.post(reverse("clauses:modele_appliquer", args=[marche.pk]), {"modele": str(modele.pk)}))
    assert "Le prorata part du montant HT du marché, qui manque." in page
    assert regle_courante(marche) is None


def test_l_arrondi_du_marche_est_propose_au_titulaire(client, marche, lot):
    """La règle dit « supérieure » : le formulaire d'un nouveau titulaire l'a déjà coché."""
    client.post(reverse("clauses:regle_heures_dues", args=[marche.pk]), regle(arrondi="superieur"))
    page = client.get(reverse("clauses:titulaire_creer", args=[lot.pk]))
    assert page.context["heures"]["arrondi"].value() == "superieur"


@pytest.mark.parametrize("faux", ["heures_dues", "heures_initiales"])
@pytest.mark.parametrize("mode", ["tranches", "commandes", "part_lot"])
def test_une_copie_faussee_se_voit(client, lot, groupement, a_tranches, mode, faux):
    """Dans chaque mode, la vérification nomme l'engagement et la bonne valeur."""
    tranche(client, a_tranches)
    commandes = inscrire(
        client,
        LotFactory(marche=lot.marche, numero="2"),
        mode="commandes",
        ratio_heures="7",
        ratio_euros="10 000",
        calcul_commandes="prorata",
    )
    commander(client, commandes, "BC-1", "20 000")
    a_tranches.titulaire.role = "sous_traitant"
    a_tranches.titulaire.save()
    partage(client, lot, groupement)
    assert concorde() == ""
    Engagement.objects.filter(mode=mode).update(**{faux: 77})
    assert "77" in concorde()


def test_la_page_du_marche_dit_ce_qu_il_faut_encore(client, marche, lot):
    """500 h fermes dues, 250 h conditionnelles à part ; les heures par mois, les personnes et le rythme plausible du marché."""
    engagement = inscrire(client, lot, mode="tranches")
    tranche(client, engagement)
    tranche(client, engagement, numero="2", heures="250", est_optionnelle="on")
    client.post(
        reverse("clauses:regle_heures_dues", args=[marche.pk]),
        regle(source_rythme="personnes", personnes_plausibles="2"),
    )
    reponse = client.get(reverse("reporting:marche_fiche", args=[marche.pk]))
    page = texte(reponse)
    assert "+ 250 conditionnelles" in page
    assert "500 h restent à faire en 8 mois : <strong>63 h par mois, soit 1 personne à temps plein</strong>" in page
    assert reponse.context["besoin"].rythme.heures_par_mois == Decimal("303.34")
    assert "Rythme plausible : 2 personnes à temps plein, réglage du marché." in page


def test_l_article_d_un_parametre_est_garde(client, marche):
    """L'article et la phrase du marché s'écrivent avec la règle, sur ses deux pages, sans s'effacer l'un l'autre."""
    citation = {
        "citation-regle_avenant_article": "7.2",
        "citation-regle_avenant_texte": "Les heures suivent le montant.",
    }
    client.post(reverse("clauses:regle_heures_dues", args=[marche.pk]), regle(regle_avenant="prorata", **citation))
    client.post(
        reverse("clauses:regle_penalites", args=[marche.pk]),
        {"euros_par_heure": "60", "citation-euros_par_heure_article": "12"},
    )
    citations = regle_courante(marche).options["citations"]
    assert citations["regle_avenant"]["article"] == "7.2"
    assert citations["euros_par_heure"]["article"] == "12"
    assert parametres_heures_dues(regle_courante(marche)).regle_avenant == "prorata"


# Pénalités -----------------------------------------------------------------------------------------------------------


def test_les_penalites_se_reglent_et_se_relisent(client, marche):
    """60 € par heure, au plus 10 % du marché, mise en demeure de 15 jours : enregistrés, dits en une phrase."""
    adresse = reverse("clauses:regle_penalites", args=[marche.pk])
    client.post(adresse, {"euros_par_heure": "60", "plafond_pourcent": "10", "mise_en_demeure_jours": "15"})
    parametres = parametres_penalites(regle_courante(marche))
    assert (parametres.euros_par_heure, parametres.plafond_pourcent) == (60, 10)
    page = texte(client.get(adresse))
    assert "60 € par heure non faite, au plus 10 % du montant du marché." in page
    assert "Seulement après une mise en demeure restée 15 jours sans réponse." in page


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({"plafond_pourcent": "101", "euros_par_heure": "60"}, "Une part va de 0 à 100 %."),
        ({"plafond_euros": "1000"}, "Un plafond sans pénalité ne sert à rien."),
        ({"euros_par_heure": "60", "smic_coefficient": "2"}, "Une heure non faite a un seul prix"),
        ({"smic_horaire_euros": "12"}, "Indiquez combien de fois le SMIC horaire"),
        ({"euros_par_heure": "-60"}, "Un montant n’est pas négatif."),
        ({"mise_en_demeure_jours": "366", "euros_par_heure": "60"}, "Écrivez un nombre entier de jours, de 0 à 365."),
    ],
)
def test_des_penalites_contradictoires_sont_refusees(client, marche, saisie, phrase):
    """Sur le champ, avec une phrase ; rien n'est écrit, la saisie reste."""
    page = texte(client.post(reverse("clauses:regle_penalites", args=[marche.pk]), saisie))
    assert phrase in page
    assert "<title>Erreur : " in page
    assert regle_courante(marche) is None


def test_calculer_une_proposition(client, marche):
    """221 h non faites à 60 € et 12 jours de retard à 100 € : 14 460 € proposés, rien d'écrit."""
    RegleClauseFactory(
        marche=marche,
        penalite_euros_par_heure=Decimal(60),
        options={"penalites": {"euros_par_jour_retard": "100"}},
    )
    adresse = reverse("clauses:regle_penalites", args=[marche.pk])
    page = texte(client.get(adresse, {"calculer": "1", "manquantes": "221", "retard": "12"}))
    assert (
        "Pénalité proposée : 14 460 € (221 h non faites × 60 € = 13 260 € ; 12 jours de retard × 100 € = 1 200 €)"
        in page
    )
    assert "Seul l’acheteur décide." in page
    assert "Ce n’est pas un nombre." in texte(client.get(adresse, {"calculer": "1", "manquantes": "beaucoup"}))


# Objectifs particuliers ----------------------------------------------------------------------------------------------


def objectif(**changements):
    return {
        "nature": "qpv",
        "intitule": "Habitants des QPV",
        "lot": "",
        "heures": "100",
        "part_pourcent": "",
        "metiers": "",
    } | changements


def test_le_npnru_propose_son_second_compteur(client, structure):
    """16 666,67 h travaillées : 833 h pour les habitants des QPV en travaux ; le formulaire est déjà rempli, puis la proposition part."""
    marche = MarcheFactory(operation=OperationFactory(structure=structure, financement="npnru"))
    inscrire(client, LotFactory(marche=marche), **par_la_formule("1 000 000"))
    liste = reverse("clauses:sous_objectif_liste", args=[marche.pk])
    assert "5 % de 16 666,67 h travaillées (travaux et ingénierie) = 833 h" in texte(client.get(liste))
    creer = reverse("clauses:sous_objectif_creer", args=[marche.pk])
    assert 'value="833"' in texte(client.get(creer, {"proposition": "travaux"}))
    client.post(creer, objectif(heures="833"))
    assert SousObjectif.objects.get().heures == 833
    assert "second compteur" not in texte(client.get(liste))


def test_le_npnru_sans_heures_travaillees_connues(client, structure):
    """Des heures écrites au marché ne disent pas les heures travaillées : à compléter, jamais devinées."""
    marche = MarcheFactory(operation=OperationFactory(structure=structure, financement="npnru"))
    inscrire(client, LotFactory(marche=marche), mode="saisi", heures_initiales="833")
    page = texte(client.get(reverse("clauses:sous_objectif_liste", args=[marche.pk])))
    assert "À compléter : les heures travaillées ne sont pas connues." in page


@pytest.mark.parametrize(
    ("changement", "phrase"),
    [
        (
            {"heures": "", "part_pourcent": ""},
            "Écrivez des heures, ou une part des heures dues, plus grandes que zéro.",
        ),
        ({"heures": "0"}, "plus grandes que zéro"),
        ({"part_pourcent": "10"}, "pas les deux"),
        ({"heures": "1001"}, "Cet objectif de 1 001 h dépasse les heures dues, 1 000 h."),
        ({"heures": "", "part_pourcent": "101"}, "Une part va de 0 à 100 %."),
        ({"intitule": ""}, "Donnez un intitulé à cet objectif."),
        ({"nature": "public"}, "Cochez au moins un public."),
        ({"nature": "metier"}, "Écrivez au moins un code de métier."),
        ({"nature": "metier", "metiers": "F1703 maçon"}, "n’est pas un code ROME"),
        ({"nature": ""}, "Ce champ est obligatoire."),
    ],
)
def test_un_objectif_faux_est_refuse(client, marche, lot, changement, phrase):
    """Sur le champ ; rien n'est écrit."""
    EngagementFactory(titulaire__lot=lot, heures_initiales=Decimal(1000))
    page = texte(client.post(reverse("clauses:sous_objectif_creer", args=[marche.pk]), objectif(**changement)))
    assert phrase in page
    assert not SousObjectif.objects.exists()


def test_un_objectif_de_metier_sur_un_lot(client, marche, lot):
    """12 % de 833 h en maçonnerie, sur le lot 1 : 99 h."""
    EngagementFactory(titulaire__lot=lot, heures_initiales=Decimal(833))
    envoi = objectif(
        nature="metier", metiers="f1703, F1704", heures="", part_pourcent="12", lot=str(lot.pk), intitule="Maçons"
    )
    client.post(reverse("clauses:sous_objectif_creer", args=[marche.pk]), envoi)
    ecrit = SousObjectif.objects.get()
    assert (ecrit.codes, ecrit.lot) == (["F1703", "F1704"], lot)
    page = texte(client.get(reverse("clauses:sous_objectif_liste", args=[marche.pk])))
    assert "12 % de 833 h" in page
    assert '<td class="n" data-nom="Heures">99</td>' in page
    assert "Maçonnerie (F1703)" in page
    client.post(reverse("clauses:sous_objectif_supprimer", args=[ecrit.pk]))
    assert not SousObjectif.objects.exists()


# Accord-cadre --------------------------------------------------------------------------------------------------------


def saisie_du_marche(client, marche, **changements):
    form = client.get(reverse("clauses:marche_modifier", args=[marche.pk])).context["form"]
    valeurs = {champ.html_name: champ.value() for champ in form}
    return {nom: "" if valeur is None else valeur for nom, valeur in valeurs.items()} | changements


def test_un_marche_subsequent_a_ses_propres_heures(client, structure, marche, lot):
    """La page de l'accord-cadre liste ses marchés et leur total ; celle du subséquent dit d'où il vient."""
    EngagementFactory(titulaire__lot=lot, heures_initiales=Decimal(100))
    for numero, heures in (("S-1", 300), ("S-2", 200)):
        subsequent = MarcheFactory(operation=marche.operation, reference=numero)
        EngagementFactory(titulaire__lot__marche=subsequent, heures_initiales=Decimal(heures))
        envoi = saisie_du_marche(client, subsequent, accord_cadre=str(marche.pk))
        reponse = client.post(reverse("clauses:marche_modifier", args=[subsequent.pk]), envoi)
        assert reponse.status_code == 302, texte(reponse)
    page = texte(client.get(reverse("reporting:marche_fiche", args=[marche.pk])))
    assert "Marchés subséquents" in page
    assert '2 marchés</th><td class="n">500</td>' in page
    assert "<dt>Issu de</dt>" in texte(client.get(reverse("reporting:marche_fiche", args=[subsequent.pk])))


def test_un_accord_cadre_ne_vient_pas_d_ailleurs(client, marche):
    """Ni lui-même, ni un marché d'une autre structure, ni un accord-cadre qui a déjà des marchés subséquents."""
    ailleurs = MarcheFactory(operation__structure=StructureFactory())
    subsequent = MarcheFactory(operation=marche.operation, accord_cadre=marche)
    for objet, choix in ((marche, marche), (marche, ailleurs), (marche, subsequent)):
        envoi = saisie_du_marche(client, objet, accord_cadre=str(choix.pk))
        page = texte(client.post(reverse("clauses:marche_modifier", args=[objet.pk]), envoi))
        assert "Ce marché n’est pas un accord-cadre possible." in page
    marche.refresh_from_db()
    assert marche.accord_cadre is None
    page = texte(client.post(reverse("clauses:marche_supprimer", args=[marche.pk])))
    assert "1 marché subséquent en vient" in page
