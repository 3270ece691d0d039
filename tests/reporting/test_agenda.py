"""L'agenda des échéances : une adresse secrète qui se retire, des journées entières, aucun nom."""

import re
from datetime import date, timedelta

import pytest
from icalendar import Calendar

from reporting.alertes import signaler_echeances
from reporting.models import Agenda, Alerte
from reporting.rappels.agenda import ouvrir_agenda
from reporting.views.mes_echeances import ESSAIS_MAXIMUM
from tests.fabriques import (
    AgrementFactory,
    BeneficiaireFactory,
    EligibiliteFactory,
    OperationFactory,
    StructureFactory,
    creer_utilisateur,
)

JOUR = date(2026, 11, 17)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("le_17_novembre")]


@pytest.fixture
def le_17_novembre(time_machine):
    time_machine.move_to("2026-11-17 10:00:00+01:00", tick=False)


@pytest.fixture
def structure():
    return StructureFactory()


@pytest.fixture
def claire(structure):
    return creer_utilisateur(structure)


def lire(client, cle: str):
    return client.get(f"/agenda/{cle}.ics")


def evenements(reponse) -> list:
    return list(Calendar.from_ical(reponse.content).walk("VEVENT"))


def eligibilite(structure, nom="Les Peupliers", **champs):
    operation = OperationFactory(structure=structure, nom=nom)
    personne = BeneficiaireFactory(structure=structure, prenom="Karim", nom_naissance="Belkacem")
    return EligibiliteFactory(operation=operation, beneficiaire=personne, date_fin=date(2026, 11, 20), **champs)


def test_un_evenement_d_une_journee_sans_nom(structure, claire, client):
    """« Fin d’éligibilité, opération Les Peupliers », le 20 novembre en entier, avec un lien ; ni nom ni prénom."""
    eligibilite(structure)
    signaler_echeances(jour=JOUR)
    reponse = lire(client, ouvrir_agenda(claire))
    assert reponse["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in reponse["Cache-Control"]
    (evenement,) = evenements(reponse)
    assert evenement["summary"] == "Fin d’éligibilité, opération Les Peupliers"
    assert (evenement["dtstart"].dt, evenement["dtend"].dt) == (date(2026, 11, 20), date(2026, 11, 21))
    assert evenement["url"].endswith(f"/echeances/{Alerte.objects.get().pk}/traiter/")
    assert b"Karim" not in reponse.content and b"Belkacem" not in reponse.content


def test_le_meme_evenement_garde_son_identifiant(structure, claire, client):
    """D'une lecture à l'autre, et quand l'échéance change de tranche ; une autre date est un autre événement."""
    decision = eligibilite(structure)
    cle = ouvrir_agenda(claire)

    def identifiants(jour):
        signaler_echeances(jour=jour)
        return [str(evenement["uid"]) for evenement in evenements(lire(client, cle))]

    premier = identifiants(JOUR)
    assert identifiants(date(2026, 11, 21)) == premier  # dépassée
    decision.date_fin = date(2026, 12, 20)
    decision.save()
    assert identifiants(JOUR) != premier


def test_les_lignes_sont_pliees(structure, claire, client):
    """Aucune ligne ne passe 75 octets, accents compris (RFC 5545, 3.1) ; chacune finit par CRLF."""
    eligibilite(structure, "Réhabilitation énergétique de la résidence étudiante « Les Érables », bâtiments A à F, été")
    signaler_echeances(jour=JOUR)
    contenu = lire(client, ouvrir_agenda(claire)).content
    lignes = contenu.split(b"\r\n")
    assert max(map(len, lignes)) <= 75
    assert b"\n" not in contenu.replace(b"\r\n", b"")
    assert evenements(lire(client, ouvrir_agenda(claire)))[0]["summary"].endswith("bâtiments A à F, été")


def test_l_adresse_est_secrete_et_se_retire(structure, claire, client):
    """La base n'en garde que l'empreinte ; une adresse neuve ferme l'ancienne ; retirée, aucune ne répond."""
    client.force_login(claire)
    page = client.post("/mon-compte/echeances/agenda/", {"action": "ouvrir"}).content.decode()
    premiere = re.search(r"/agenda/([\w-]+)\.ics", page)[1]
    assert len(premiere) >= 43
    assert (
        premiere not in str(Agenda.objects.values())
        and premiere not in client.get("/mon-compte/echeances/").content.decode()
    )
    client.logout()
    assert lire(client, premiere).status_code == 200
    seconde = ouvrir_agenda(claire)
    assert (lire(client, premiere).status_code, lire(client, seconde).status_code) == (404, 200)
    client.force_login(claire)
    client.post("/mon-compte/echeances/agenda/", {"action": "retirer"})
    client.logout()
    assert lire(client, seconde).status_code == 404


@pytest.mark.parametrize("depart", ["suspendu", "parti"])
def test_un_compte_suspendu_ou_parti_n_a_plus_d_agenda(structure, claire, client, depart):
    """404, comme si l'adresse n'avait jamais existé."""
    cle = ouvrir_agenda(claire)
    if depart == "suspendu":
        claire.is_active = False
        claire.save()
    else:
        claire.adhesions.update(est_active=False)
    assert lire(client, cle).status_code == 404


def test_trop_d_essais_ne_recoivent_plus_de_reponse(claire, client):
    """Vingt adresses fausses, puis plus rien, même à la bonne, pour qui essaie."""
    cle = ouvrir_agenda(claire)
    for essai in range(ESSAIS_MAXIMUM):
        assert lire(client, f"faux{essai}").status_code == 404
    assert lire(client, cle).status_code == 429
    assert client.get(f"/agenda/{cle}.ics", REMOTE_ADDR="203.0.113.7").status_code == 200


def test_chacun_ne_lit_que_ce_qu_il_suit(structure, claire, client):
    """L'échéance d'un collègue et celle d'une autre structure n'y sont pas ; celle que personne ne suit, si."""
    samir = creer_utilisateur(structure)
    for referent in (claire, samir, None):
        AgrementFactory(
            beneficiaire=BeneficiaireFactory(structure=structure, referent=referent), date_fin=date(2026, 12, 1)
        )
    AgrementFactory(date_fin=date(2026, 12, 1))
    signaler_echeances(jour=JOUR)
    assert len(evenements(lire(client, ouvrir_agenda(claire)))) == 2


def test_une_echeance_reportee_revient_a_son_jour(structure, claire, client, time_machine):
    """Reportée, elle quitte l'agenda jusqu'au jour dit."""
    eligibilite(structure)
    signaler_echeances(jour=JOUR)
    Alerte.objects.update(reportee_au=JOUR + timedelta(days=1), motif_report="Comité", reportee_par=claire)
    cle = ouvrir_agenda(claire)
    assert evenements(lire(client, cle)) == []
    time_machine.move_to("2026-11-18 08:00:00+01:00", tick=False)
    assert len(evenements(lire(client, cle))) == 1


def test_autant_de_requetes_pour_une_echeance_que_pour_cinquante(structure, claire, client, nombre_de_requetes):
    """Le nombre de requêtes ne suit pas le nombre d'événements."""
    cle = ouvrir_agenda(claire)

    def compter() -> int:
        signaler_echeances(jour=JOUR)
        with nombre_de_requetes() as requetes:
            assert lire(client, cle).status_code == 200
        return len(requetes)

    premiere = eligibilite(structure)
    une = compter()
    EligibiliteFactory.create_batch(49, operation=premiere.operation, date_fin=date(2026, 12, 1))
    assert compter() == une
    assert len(evenements(lire(client, cle))) == 50
