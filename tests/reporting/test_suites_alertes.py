"""Ce que l'on fait d'une échéance : reporter, confier, traiter ensemble ; filtres et réglages."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from reporting.alertes import reporter, signaler_echeances
from reporting.models import Alerte, ReglageEcheances
from tests.fabriques import (
    AgrementFactory,
    BeneficiaireFactory,
    MarcheFactory,
    OperationFactory,
    StructureFactory,
    creer_utilisateur,
)

JOUR = date(2026, 11, 17)
LISTE = "/echeances/"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("le_17_novembre")]


@pytest.fixture
def le_17_novembre(time_machine):
    time_machine.move_to("2026-11-17 10:00:00+01:00", tick=False)


@pytest.fixture
def structure():
    return StructureFactory()


@pytest.fixture
def claire(structure, client):
    utilisateur = creer_utilisateur(structure, utilisateur__nom="Morel")
    client.force_login(utilisateur)
    return utilisateur


@pytest.fixture
def samir(structure):
    return creer_utilisateur(structure, utilisateur__nom="Lahlou")


def pass_de(structure, prenom="Karim", fin=date(2026, 12, 1), **champs):
    personne = BeneficiaireFactory(structure=structure, prenom=prenom, nom_naissance="Belkacem", **champs)
    AgrementFactory(beneficiaire=personne, date_fin=fin)
    signaler_echeances(jour=JOUR)
    return Alerte.objects.get(beneficiaire=personne)


def page(client, adresse: str) -> str:
    return client.get(adresse).content.decode()


def test_reporter_retire_de_la_liste_jusqu_au_jour_dit(structure, claire, client, time_machine):
    """Reportée au 24 novembre : absente jusqu'au 23, de retour le 24, avec sa raison entre-temps."""
    alerte = pass_de(structure)
    adresse = reverse("reporting:alerte_reporter", args=[alerte.pk]) + "?seuil=j30"
    reponse = client.post(adresse, {"reportee_au": "24/11/2026", "motif": "Comité le 23"}, follow=True)
    assert reponse.redirect_chain == [("/echeances/?seuil=j30", 302)]
    assert "Karim Belkacem" not in page(client, LISTE).split("Échéance reportée")[-1].replace("Karim Belkacem.", "", 1)
    reportees = page(client, LISTE + "?etat=reportees")
    assert "Reportée au 24 novembre 2026" in reportees and "Comité le 23" in reportees
    signaler_echeances(jour=date(2026, 11, 23))
    time_machine.move_to("2026-11-23 10:00:00+01:00", tick=False)
    assert not Alerte.objects.ouvertes().exists()
    time_machine.move_to("2026-11-24 00:30:00+01:00", tick=False)
    assert Alerte.objects.ouvertes().get() == alerte
    assert "Karim Belkacem" in page(client, LISTE)


@pytest.mark.parametrize(
    ("envoi", "phrase"),
    [
        ({"reportee_au": "17/11/2026", "motif": "Comité"}, "Une échéance se reporte à demain au plus tôt."),
        ({"reportee_au": "16/02/2027", "motif": "Comité"}, "jusqu’au 15 février 2027"),
        ({"reportee_au": "31/02/2027", "motif": "Comité"}, "Cette date n’existe pas"),
        ({"reportee_au": "", "motif": "Comité"}, "Indiquez le jour où l’échéance doit revenir."),
        ({"reportee_au": "24/11/2026", "motif": ""}, "Dites pourquoi l’échéance est reportée."),
        ({"reportee_au": "24/11/2026", "motif": "Vu, 2 84 04 69 123 456"}, "numéro de sécurité sociale"),
    ],
)
def test_un_report_refuse_ne_change_rien(structure, claire, client, envoi, phrase):
    """La phrase dit quoi corriger ; ce qui était tapé reste."""
    alerte = pass_de(structure)
    reponse = page_postee(client, reverse("reporting:alerte_reporter", args=[alerte.pk]), envoi)
    assert phrase in reponse.replace("\u00a0", " ")
    assert envoi["motif"] in reponse and envoi["reportee_au"] in reponse
    alerte.refresh_from_db()
    assert (alerte.reportee_au, alerte.motif_report, alerte.reportee_par) == (None, "", None)


def page_postee(client, adresse: str, envoi: dict) -> str:
    reponse = client.post(adresse, envoi)
    assert reponse.status_code == 200
    return reponse.content.decode()


def test_reporter_une_echeance_close_est_refuse(structure, claire):
    """Un collègue vient de la traiter."""
    alerte = pass_de(structure)
    Alerte.objects.update(close_le="2026-11-17T09:00:00Z")
    with pytest.raises(ValidationError, match="n’est plus à traiter"):
        reporter(alerte=alerte, utilisateur=claire, reportee_au=date(2026, 11, 24), motif="Comité", aujourd_hui=JOUR)


def test_le_referent_suit_l_echeance_sauf_si_on_la_confie(structure, claire, samir, client):
    """Par défaut le référent ; confiée à Claire, elle est à elle ; rendue, de nouveau au référent."""
    alerte = pass_de(structure, referent=samir)
    assert "Claire Lahlou" in page(client, LISTE)
    assert "Aucune échéance avec ces filtres" in page(client, LISTE + "?referent=moi")
    adresse = reverse("reporting:alerte_confier", args=[alerte.pk])
    client.post(adresse, {"responsable": claire.pk})
    assert "Karim Belkacem" in page(client, LISTE + "?referent=moi")
    assert "Aucune échéance avec ces filtres" in page(client, LISTE + f"?referent={samir.pk}")
    client.post(adresse, {"responsable": ""})
    assert "Karim Belkacem" in page(client, LISTE + f"?referent={samir.pk}")


def test_une_echeance_ne_se_confie_qu_a_un_membre(structure, claire, client):
    """Ni à quelqu'un d'une autre structure, ni à qui l'a quittée."""
    alerte = pass_de(structure)
    parti = creer_utilisateur(structure)
    parti.adhesions.update(est_active=False)
    for autre in (creer_utilisateur(StructureFactory()), parti):
        reponse = page_postee(
            client, reverse("reporting:alerte_confier", args=[alerte.pk]), {"responsable": str(autre.pk)}
        )
        assert "Choisissez un membre de votre structure." in reponse
    alerte.refresh_from_db()
    assert alerte.responsable is None


def test_sans_referent_l_echeance_est_sans_responsable(structure, claire, samir, client):
    """Le filtre « sans responsable » la trouve ; un marché, qui n'a pas de personne, aussi."""
    pass_de(structure, prenom="Suivi", referent=samir)
    pass_de(structure, prenom="Orphelin")
    MarcheFactory(operation=OperationFactory(structure=structure, nom="Tramway T9"), date_fin=date(2026, 12, 1))
    signaler_echeances(jour=JOUR)
    liste = page(client, LISTE + "?referent=personne")
    assert "Orphelin" in liste and "Tramway T9" in liste and "Suivi Belkacem" not in liste


def test_traiter_une_selection(structure, claire, client):
    """Deux cochées sur trois : la page les nomme, une seule phrase les ferme, la troisième reste."""
    choisies = [pass_de(structure, prenom) for prenom in ("Assia", "Luna")]
    pass_de(structure, "Reste")
    adresse = f"/echeances/selection/?seuil=j30&action=traiter&alerte={choisies[0].pk}&alerte={choisies[1].pk}"
    formulaire = page(client, adresse)
    assert "Assia" in formulaire and "Luna" in formulaire and "Reste" not in formulaire
    assert "Dites ce qui a été fait" in page_postee(client, adresse, {"note": ""})
    reponse = client.post(adresse, {"note": "Prolongations demandées"}, follow=True)
    assert reponse.redirect_chain == [("/echeances/?seuil=j30", 302)]
    assert "2\u00a0échéances traitées" in reponse.content.decode()
    assert set(Alerte.objects.traitees().values_list("note", "traitee_par")) == {("Prolongations demandées", claire.pk)}
    assert Alerte.objects.ouvertes().get().beneficiaire.prenom == "Reste"


def test_reporter_une_selection(structure, claire, client):
    """Le même jour et la même raison ; un jour passé est refusé sans rien changer."""
    choisies = [pass_de(structure, prenom) for prenom in ("Assia", "Luna")]
    adresse = f"/echeances/selection/?action=reporter&alerte={choisies[0].pk}&alerte={choisies[1].pk}"
    assert "demain au plus tôt" in page_postee(client, adresse, {"reportee_au": "16/11/2026", "motif": "Congés"})
    assert Alerte.objects.ouvertes().count() == 2
    client.post(adresse, {"reportee_au": "01/12/2026", "motif": "Congés"})
    assert Alerte.objects.reportees().filter(reportee_au=date(2026, 12, 1), reportee_par=claire).count() == 2


@pytest.mark.parametrize("choix", ["", "alerte=", "alerte=rien", "alerte=00000000-0000-0000-0000-000000000000"])
def test_une_selection_vide_ou_inventee_est_introuvable(structure, claire, client, choix):
    """Rien de coché, ou autre chose que des échéances de sa structure."""
    assert client.get(f"/echeances/selection/?action=traiter&{choix}").status_code == 404


def test_la_selection_ne_touche_pas_une_autre_structure(structure, claire, client):
    """L'échéance d'autrui, glissée dans l'adresse, reste comme elle est."""
    mienne, autre = pass_de(structure, "Assia"), pass_de(StructureFactory(), "Étrangère")
    adresse = f"/echeances/selection/?action=traiter&alerte={mienne.pk}&alerte={autre.pk}"
    assert "Étrangère" not in page(client, adresse)
    client.post(adresse, {"note": "Vu"})
    autre.refresh_from_db()
    assert autre.close_le is None


# Les réglages --------------------------------------------------------------------------------------------------------

VALEURS = {
    "seuil_loin": "120",
    "seuil_moyen": "45",
    "seuil_proche": "15",
    "decision_jours": "20",
    "heures_jours": "5",
    "suivi_jours": "30",
    "orientation_jours": "10",
    "piece_jours": "21",
    "rythme_pourcent": "80",
}


def test_les_seuils_se_reglent_et_se_lisent_partout(structure, claire, client):
    """Enregistrés, ils nomment les tranches de la liste, des filtres et de l'accueil."""
    assert 'value="90"' in page(client, "/echeances/reglages/")
    assert client.post("/echeances/reglages/", VALEURS).status_code == 302
    reglage = ReglageEcheances.objects.get()
    assert {nom: str(getattr(reglage, nom)) for nom in VALEURS} == VALEURS
    pass_de(structure, fin=JOUR + timedelta(days=110))
    liste, accueil = page(client, LISTE), page(client, "/")
    assert "Dans 46 à 120\u00a0jours" in liste and "15\u00a0jours ou moins" in liste
    assert "dans 46 à 120\u00a0jours" in accueil
    assert "90\u00a0jours" not in accueil


@pytest.mark.parametrize(
    ("change", "phrase"),
    [
        ({"seuil_moyen": "120"}, "Les seuils vont du plus lointain au plus proche\u00a0: 120, 120 puis 15\u00a0jours"),
        ({"seuil_proche": "0"}, "Écrivez un nombre entier, de 1 à 365\u00a0jours."),
        ({"seuil_loin": "366"}, "Écrivez un nombre entier, de 1 à 365\u00a0jours."),
        ({"suivi_jours": "quinze"}, "Écrivez un nombre entier, de 1 à 365\u00a0jours."),
        ({"orientation_jours": ""}, "Écrivez un nombre entier, de 1 à 365\u00a0jours."),
        ({"rythme_pourcent": "101"}, "Écrivez un nombre entier, de 1 à 100\u00a0%."),
    ],
)
def test_un_reglage_refuse_ne_change_rien(structure, claire, client, change, phrase):
    """Une phrase par faute ; ce qui était tapé reste."""
    reponse = page_postee(client, "/echeances/reglages/", VALEURS | change)
    assert phrase in reponse
    assert f'value="{next(iter(change.values()))}"' in reponse or change == {"orientation_jours": ""}
    assert not ReglageEcheances.objects.exists()
