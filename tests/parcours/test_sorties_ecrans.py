"""La sortie et ses suivis à l'écran : classés par la règle, corrigés, annulés ; la nuit et la cohérence les relisent."""

import copy
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.coherence import tous_les_ecarts
from parcours.models import Dispositif, Etape, Parcours, PassagePhase, Phase, ReglageSuivi, Sortie, Suivi
from parcours.services.sorties import reclasser_ce_qui_murit
from reporting.models import ExecutionTache
from reporting.tasks import reclasser_les_sorties
from tests.fabriques import BeneficiaireFactory, Paysage
from tests.lire_html import texte

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _paysage_bati(base_du_fichier):
    """Le paysage au 17 novembre 2026, un parcours ouvert le 2 février 2026, un CDD commencé le 2 mars 2026."""
    with time_machine.travel("2026-11-17T10:00:00+01:00", tick=False):
        paysage = Paysage()
        paysage.parcours = Parcours.objects.create(
            beneficiaire=paysage.beneficiaire, referent=paysage.facilitateur, date_debut=date(2026, 2, 2)
        )
        PassagePhase.objects.create(
            parcours=paysage.parcours,
            phase=Phase.ACCOMPAGNEMENT,
            date_debut=date(2026, 2, 2),
            auteur=paysage.facilitateur,
        )
        return paysage


@pytest.fixture
def paysage(_paysage_bati, db):
    with time_machine.travel("2026-11-17T10:00:00+01:00", tick=False):
        yield copy.deepcopy(_paysage_bati)


def lu(reponse) -> str:
    return texte(reponse.content.decode()).replace("\u00a0", " ")


def ecarts_de_sortie() -> list[str]:
    return [str(ecart) for ecart in tous_les_ecarts() if ecart.objet.startswith("Sortie")]


def noter(client, parcours, nature: str, **saisie):
    url = f"{reverse('parcours:sortie_noter', args=[parcours.pk])}?nature={nature}"
    return client.post(url, {"quotite_pourcent": "100", "est_temps_choisi": "on"} | saisie, follow=True)


def missions(*lignes) -> dict[str, str]:
    envoi = {"missions-TOTAL_FORMS": str(len(lignes)), "missions-INITIAL_FORMS": "0"}
    for rang, (employeur, debut, fin) in enumerate(lignes):
        envoi |= {
            f"missions-{rang}-employeur": employeur,
            f"missions-{rang}-date_debut": debut,
            f"missions-{rang}-date_fin": fin,
        }
    return envoi


CDI = {"date_sortie": "02/11/2026", "date_debut": "02/11/2026", "employeur": "Bâti-Rhône", "est_atteste": "on"}


def test_la_page_ne_demande_que_ce_que_la_nature_rend_utile(client, paysage):
    """Sans nature, elle se choisit ; un abandon n'a ni employeur ni missions, l'intérim a ses missions."""
    client.force_login(paysage.facilitateur)
    url = reverse("parcours:sortie_noter", args=[paysage.parcours.pk])
    assert "Missions d’intérim" in lu(client.get(url))
    abandon = client.get(f"{url}?nature=abandon").content.decode()
    assert "id_employeur" not in abandon and "missions-" not in abandon
    assert "missions-0-employeur" in client.get(f"{url}?nature=interim").content.decode()
    assert "Certification obtenue" in lu(client.get(f"{url}?nature=formation_qualifiante"))
    assert "se choisit" not in lu(client.get(f"{url}?nature=inventee"))


def test_un_cdi_est_durable_clot_le_parcours_et_prevoit_ses_suivis(client, paysage):
    """Classée, expliquée ; la phase finit, la phase de sortie se note ; suivis à 6 et 18 mois."""
    client.force_login(paysage.facilitateur)
    page = lu(noter(client, paysage.parcours, "cdi", **CDI))
    assert "Sortie enregistrée : emploi durable." in page
    assert "CDI depuis le 2 novembre 2026." in page
    assert "Source : fiche A3" in page
    paysage.parcours.refresh_from_db()
    assert paysage.parcours.date_fin == date(2026, 11, 2)
    phases = list(paysage.parcours.passages.values_list("phase", "date_fin").order_by("cree_le"))
    assert phases == [("accompagnement", date(2026, 11, 2)), ("sortie", date(2026, 11, 2))]
    suivis = list(Suivi.objects.values_list("jalon_mois", "date_prevue"))
    assert suivis == [(6, date(2027, 5, 2)), (18, date(2028, 5, 2))]
    assert not ecarts_de_sortie()


def test_le_plie_a_sa_propre_lecture_que_la_nuit_relit(client, paysage):
    """Le même CDI dans un parcours PLIE : à confirmer jusqu'au 1er mai 2027, durable ce jour-là ; rejouée, la nuit ne change rien."""
    Parcours.objects.update(dispositif=Dispositif.PLIE)
    client.force_login(paysage.facilitateur)
    page = lu(noter(client, paysage.parcours, "cdi", **CDI))
    assert "À confirmer" in page and "6 mois de présence seront atteints le 1er mai 2027" in page
    assert reclasser_ce_qui_murit(jour=date(2027, 4, 30)) == 0
    with time_machine.travel("2027-05-01T02:10:00+02:00"):
        reclasser_les_sorties()
    sortie = Sortie.objects.get()
    assert (sortie.classe, sortie.classee_au) == ("durable", date(2027, 5, 1))
    assert ExecutionTache.objects.get().resultats == {"reclassées": 1}
    assert reclasser_ce_qui_murit(jour=date(2027, 5, 2)) == 0
    assert not ecarts_de_sortie()


def test_changer_de_dispositif_reclasse_la_sortie(client, paysage):
    client.force_login(paysage.facilitateur)
    noter(client, paysage.parcours, "cdi", **CDI)
    envoi = {"date_debut": "02/02/2026", "dispositif": "plie"}
    client.post(reverse("parcours:parcours_modifier", args=[paysage.parcours.pk]), envoi)
    assert Sortie.objects.get().classe == "a_confirmer"


def test_voir_comment_elle_se_classe_ne_garde_rien(client, paysage):
    client.force_login(paysage.facilitateur)
    page = lu(noter(client, paysage.parcours, "cdd", **CDI, date_fin="31/01/2027", estimer="1"))
    assert "Emploi de transition" in page
    assert "CDD jusqu’au 31 janvier 2027 : moins de 6 mois et un jour depuis l’embauche." in page
    assert not Sortie.objects.exists()


def test_des_missions_qui_se_suivent_font_un_emploi_durable(client, paysage):
    """Du 2 mars au 4 septembre sans interruption, chez la même entreprise : plus de six mois et un jour."""
    client.force_login(paysage.facilitateur)
    lignes = missions(("Volteo", "02/03/2026", "29/05/2026"), ("Volteo", "01/06/2026", "04/09/2026"), ("", "", ""))
    page = lu(noter(client, paysage.parcours, "interim", date_sortie="05/09/2026", est_atteste="on", **lignes))
    assert "emploi durable" in page
    sortie = Sortie.objects.get()
    assert sortie.missions.count() == 2
    assert sortie.date_debut == date(2026, 3, 2)
    coupe = missions(("Volteo", "02/03/2026", "29/05/2026"), ("Volteo", "15/06/2026", "04/09/2026"))
    page = lu(noter(client, paysage.parcours, "interim", date_sortie="05/09/2026", est_atteste="on", **coupe))
    assert "emploi de transition" in page
    assert sortie.missions.count() == 2


def test_le_contrat_enregistre_remplit_l_employeur_et_les_dates(client, paysage):
    client.force_login(paysage.facilitateur)
    noter(client, paysage.parcours, "cdd", date_sortie="02/11/2026", contrat=str(paysage.contrat.pk), est_atteste="on")
    sortie = Sortie.objects.get()
    assert (sortie.employeur, sortie.date_debut, sortie.date_fin) == (
        paysage.contrat.employeur.nom,
        paysage.contrat.date_debut,
        paysage.contrat.date_fin,
    )


@pytest.mark.parametrize(
    ("nature", "saisie", "phrase"),
    [
        ("cdi", CDI | {"date_sortie": "01/03/2026"}, "précède le début du dernier contrat, le 2 mars 2026"),
        ("cdi", CDI | {"date_sortie": "18/11/2026"}, "une sortie se note quand elle a eu lieu"),
        ("cdi", CDI | {"date_sortie": ""}, "Indiquez le jour de la sortie."),
        ("cdi", CDI | {"date_rupture": "01/11/2026"}, "On ne quitte pas un emploi avant de l’avoir commencé."),
        ("cdd", CDI | {"date_fin": "01/11/2026"}, "La fin prévue ne peut pas précéder le début."),
        ("cdi", CDI | {"quotite_pourcent": "0"}, "1"),
        ("cdi", CDI | {"quotite_pourcent": "plein"}, "de 1 à 100"),
        ("cdi", CDI | {"employeur": "2 84 05 69 123 456 78"}, "sécurité sociale"),
        (
            "interim",
            {"date_sortie": "05/09/2026", **missions(("Volteo", "02/03/2026", ""))},
            "Indiquez le dernier jour, même prévu.",
        ),
        (
            "interim",
            {"date_sortie": "05/09/2026", **missions(("Volteo", "02/03/2026", "01/03/2026"))},
            "La mission ne peut pas finir avant d’avoir commencé.",
        ),
    ],
)
def test_une_sortie_impossible_est_refusee_et_rien_ne_change(client, paysage, nature, saisie, phrase):
    client.force_login(paysage.facilitateur)
    reponse = noter(client, paysage.parcours, nature, **saisie)
    assert phrase in lu(reponse)
    assert not Sortie.objects.exists()
    assert Parcours.objects.ouverts().count() == 1


def test_une_etape_qui_deborde_empeche_la_sortie(client, paysage):
    Etape.objects.create(
        parcours=paysage.parcours, type_etape="immersion", date_debut=date(2026, 11, 9), date_fin=date(2026, 11, 20)
    )
    client.force_login(paysage.facilitateur)
    assert "Concluez-la ou corrigez-la d’abord." in lu(noter(client, paysage.parcours, "cdi", **CDI))
    assert not Sortie.objects.exists()


def test_annuler_la_sortie_rouvre_le_parcours_et_garde_l_histoire(client, paysage):
    client.force_login(paysage.facilitateur)
    noter(client, paysage.parcours, "cdi", **CDI)
    url = reverse("parcours:sortie_annuler", args=[Sortie.objects.get().pk])
    refus = client.post(url, {"phase": "accompagnement", "motif": ""})
    assert "Dites pourquoi le parcours se rouvre." in lu(refus)
    client.post(url, {"phase": "accompagnement", "motif": "Période d’essai rompue"})
    paysage.parcours.refresh_from_db()
    assert paysage.parcours.est_ouvert
    assert not Sortie.objects.exists() and not Suivi.objects.exists()
    dernier = paysage.parcours.passages.get(date_fin=None)
    assert (dernier.phase, dernier.motif) == ("accompagnement", "Période d’essai rompue")
    assert paysage.parcours.passages.count() == 3


def test_qui_revient_ouvre_un_parcours_et_l_ancien_ne_se_rouvre_plus(client, paysage):
    """Le nouveau commence après la sortie ; l'ancien se lit sur la fiche ; sa sortie ne s'annule plus."""
    client.force_login(paysage.facilitateur)
    noter(client, paysage.parcours, "cdi", **CDI)
    ouvrir = reverse("parcours:parcours_ouvrir", args=[paysage.beneficiaire.pk])
    envoi = {"date_debut": "02/11/2026", "dispositif": "rsa"}
    assert "Son parcours précédent a fini le 2 novembre 2026" in lu(client.post(ouvrir, envoi))
    assert client.post(ouvrir, envoi | {"date_debut": "16/11/2026"}).status_code == 302
    fiche = lu(client.get(reverse("reporting:personne_fiche", args=[paysage.beneficiaire.pk])))
    assert "Parcours précédents" in fiche and "Du 2 février au 2 novembre 2026" in fiche
    annuler = reverse("parcours:sortie_annuler", args=[Sortie.objects.get().pk])
    refus = client.post(annuler, {"phase": "accompagnement", "motif": "Erreur"})
    assert "a commencé un autre parcours le 16 novembre 2026" in lu(refus)
    assert Sortie.objects.count() == 1


# Suivis -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def sortie(paysage):
    """Un CDI du 5 mai 2026 : suivis au 5 novembre 2026, déjà à faire, et au 5 novembre 2027."""
    paysage.parcours.date_fin = date(2026, 5, 5)
    paysage.parcours.save()
    sortie = Sortie.objects.create(
        parcours=paysage.parcours,
        nature="cdi",
        date_sortie=date(2026, 5, 5),
        date_debut=date(2026, 4, 20),
        classe="durable",
        classee_au=date(2026, 5, 5),
        auteur=paysage.facilitateur,
    )
    for mois, jour in ((6, date(2026, 11, 5)), (18, date(2027, 11, 5))):
        Suivi.objects.create(sortie=sortie, jalon_mois=mois, date_prevue=jour)
    return sortie


def test_les_suivis_a_faire_puis_non_joint(client, paysage, sortie):
    """Celui de novembre est à faire ; « non joint » est une réponse, comptée à part, datée, avec son auteur."""
    client.force_login(paysage.facilitateur)
    liste = reverse("parcours:suivi_liste")
    page = lu(client.get(liste))
    assert paysage.beneficiaire.nom_complet in page and "5 nov. 2026" in page and "5 nov. 2027" not in page
    suivi = sortie.suivis.get(jalon_mois=6)
    envoi = {"reponse": "non_joint", "fait_le": "16/11/2026", "note": "Trois appels"}
    page = lu(client.post(reverse("parcours:suivi_repondre", args=[suivi.pk]), envoi, follow=True))
    assert f"Non joint, noté le 16 novembre 2026 par {paysage.facilitateur.get_full_name()}. Trois appels" in page
    assert "Aucun suivi avec ces filtres" in lu(client.get(liste))
    assert "Non joint" in lu(client.get(liste, {"etat": "non_joint"}))
    fiche = lu(client.get(reverse("reporting:personne_fiche", args=[paysage.beneficiaire.pk])))
    assert "à 18 mois, le 5 novembre 2027" in fiche


@pytest.mark.parametrize(
    ("envoi", "phrase"),
    [
        ({"reponse": "", "fait_le": "16/11/2026"}, "Dites ce que vous avez appris"),
        ({"reponse": "en_emploi", "fait_le": ""}, "Indiquez le jour du suivi."),
        ({"reponse": "en_emploi", "fait_le": "18/11/2026"}, "le suivi se note quand il est fait"),
        ({"reponse": "en_emploi", "fait_le": "04/05/2026"}, "avant la sortie du parcours, le 5 mai 2026"),
        ({"reponse": "perdu", "fait_le": "16/11/2026"}, "choix"),
        ({"reponse": "autre", "fait_le": "16/11/2026", "note": "2 84 05 69 123 456 78"}, "sécurité sociale"),
    ],
)
def test_une_mauvaise_reponse_est_refusee(client, paysage, sortie, envoi, phrase):
    client.force_login(paysage.facilitateur)
    suivi = sortie.suivis.get(jalon_mois=6)
    reponse = client.post(reverse("parcours:suivi_repondre", args=[suivi.pk]), envoi)
    assert phrase in lu(reponse)
    suivi.refresh_from_db()
    assert suivi.reponse == "" and suivi.fait_le is None


def test_le_reglage_deplace_les_suivis_sans_reponse(client, paysage, sortie):
    """Comptés de l'embauche du 20 avril, avec 3 et 12 mois : 12 mois s'ajoute, 3 mois est déjà passé, les jours suivent."""
    client.force_login(paysage.facilitateur)
    envoi = {"depart": "embauche", "a_3_mois": "on", "a_12_mois": "on"}
    client.post(reverse("parcours:suivi_reglages"), envoi)
    assert list(Suivi.objects.values_list("jalon_mois", "date_prevue")) == [
        (6, date(2026, 10, 20)),
        (12, date(2027, 4, 20)),
        (18, date(2027, 10, 20)),
    ]
    assert not ecarts_de_sortie()
    client.post(reverse("parcours:suivi_reglages"), {"depart": "sortie"})
    assert list(Suivi.objects.values_list("jalon_mois", flat=True)) == [6, 18]
    assert ReglageSuivi.objects.get().structure == paysage.structure


def test_la_coherence_trouve_une_classe_et_un_suivi_fausses(paysage, sortie):
    """Chaque copie faussée est nommée avec les deux valeurs, sans nom de personne."""
    assert not ecarts_de_sortie()
    Sortie.objects.update(classe="autre")
    Suivi.objects.filter(jalon_mois=6).update(date_prevue=date(2030, 1, 1))
    Parcours.objects.update(date_fin=date(2026, 5, 6))
    ecarts = ecarts_de_sortie()
    assert len(ecarts) == 3
    assert any("classe" in e and "autre" in e and "durable" in e for e in ecarts)
    assert any("suivi à 6 mois" in e and "01/01/2030" in e and "05/11/2026" in e for e in ecarts)
    assert any("fin du parcours" in e and "06/05/2026" in e and "05/05/2026" in e for e in ecarts)


def test_la_liste_des_suivis_ne_coute_pas_plus_avec_plus_de_lignes(client, paysage, sortie):
    client.force_login(paysage.facilitateur)
    url = reverse("parcours:suivi_liste")
    client.get(url)
    with CaptureQueriesContext(connection) as une:
        client.get(url)
    for _ in range(6):
        personne = BeneficiaireFactory(structure=paysage.structure)
        parcours = Parcours.objects.create(
            beneficiaire=personne,
            date_debut=date(2025, 1, 6),
            date_fin=date(2026, 3, 2),
            referent=paysage.facilitateur,
        )
        autre = Sortie.objects.create(
            parcours=parcours,
            nature="abandon",
            date_sortie=date(2026, 3, 2),
            classe="autre",
            classee_au=date(2026, 3, 2),
            auteur=paysage.facilitateur,
        )
        Suivi.objects.create(sortie=autre, jalon_mois=6, date_prevue=date(2026, 9, 2))
    with CaptureQueriesContext(connection) as sept:
        client.get(url)
    assert len(sept) == len(une)
