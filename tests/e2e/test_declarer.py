"""Déclarer un mois, du courriel qui arrive à l'heure validée : au téléphone et au clavier, puis sans JavaScript."""

import re
from datetime import date

import pytest
import time_machine
from django.core import mail
from playwright.sync_api import Page, expect

from clauses.models import ContactEntreprise, Declaration, EtatReleve, ReleveHeures
from reporting.tasks import suivre_les_declarations
from tests.fabriques import Paysage

OCTOBRE = date(2026, 10, 1)


@pytest.fixture
def paysage(transactional_db, live_server, settings):
    """Le 2 novembre 2026 : octobre à ouvrir, un contact, et les courriels qui mènent au serveur de l'essai."""
    settings.ADRESSE_PUBLIQUE = live_server.url
    with time_machine.travel("2026-11-02T06:30:00+01:00"):
        paysage = Paysage()
        ContactEntreprise.objects.create(
            structure=paysage.structure,
            entreprise=paysage.entreprise,
            role="premier",
            nom="Odile Vernay",
            courriel="paie@bati.example",
        )
        yield paysage


@pytest.fixture
def lien(paysage, celery_immediat) -> str:
    """L'adresse que porte le courriel d'ouverture, lue dans son corps."""
    suivre_les_declarations()
    [courriel] = mail.outbox
    assert courriel.to == ["paie@bati.example"]
    [adresse] = re.findall(r"http\S+", courriel.body)
    return adresse


def aller_a(page: Page, cible, essais: int = 40) -> None:
    """Avance à la touche Tab jusqu'à ce champ, ce bouton ou ce lien."""
    for _ in range(essais):
        page.keyboard.press("Tab")
        if cible.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError("La touche Tab n’y mène pas.")


def octobre(paysage) -> ReleveHeures:
    return ReleveHeures.objects.get(affectation=paysage.affectation, mois=OCTOBRE)


def test_du_courriel_a_l_heure_validee(lien, nouvelle_page, connecter, verifier_axe, paysage):
    """L'entreprise, au téléphone et au clavier, se trompe, corrige, relit, confirme ; le facilitateur valide et verrouille."""
    page = nouvelle_page(390)
    page.goto(lien)
    expect(page.get_by_role("heading", level=1)).to_have_text("Déclarer les heures d’octobre 2026")
    assert lien.rsplit("/", 2)[1] not in page.url
    verifier_axe(page)
    travail = page.get_by_label(re.compile("^Heures de travail"))
    aller_a(page, travail)
    page.keyboard.type("beaucoup")
    page.keyboard.press("Enter")
    resume = page.get_by_role("alert")
    expect(resume).to_contain_text("n’est pas un nombre d’heures")
    expect(travail).to_have_value("beaucoup")
    verifier_axe(page)
    aller_a(page, resume.get_by_role("link"))
    page.keyboard.press("Enter")
    expect(travail).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("120,5")
    aller_a(page, page.get_by_role("button", name="Enregistrer et relire"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Relisez, puis confirmez")
    expect(page.get_by_text("120,5\u00a0h de travail")).to_be_visible()
    verifier_axe(page)
    aller_a(page, page.get_by_role("button", name="Confirmer"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Octobre 2026 est déclaré")
    verifier_axe(page)

    bureau = nouvelle_page(390)
    connecter(bureau, paysage.facilitateur)
    bureau.goto("/declarations/")
    expect(bureau.get_by_text("Reçue", exact=True).last).to_be_visible()
    bureau.get_by_role("link", name="Bâti-Rhône").click()
    bureau.get_by_role("link", name="Voir les heures").click()
    for verbe in ("Vérifier", "Valider"):
        bureau.get_by_role("button", name=re.compile(f"^{verbe} .*120,5")).first.click()
    expect(bureau.get_by_text("validé", exact=True).first).to_be_attached()
    releve = octobre(paysage)
    assert (str(releve.heures), releve.etat) == ("120.50", EtatReleve.VALIDE)
    bureau.goto("/declarations/")
    bureau.get_by_role("link", name="Bâti-Rhône").click()
    bureau.get_by_role("button", name="Verrouiller le mois").click()
    expect(bureau.get_by_text("Le mois est verrouillé")).to_be_visible()
    verifier_axe(bureau)

    page.goto(lien)
    expect(page.get_by_text("Verrouillée")).to_be_visible()


def test_sans_javascript(lien, nouvelle_page, paysage):
    """Le lien, les heures, la relecture, la confirmation ; puis le mois suivant, « néant » d'un seul bouton."""
    page = nouvelle_page(390, java_script_enabled=False)
    page.goto(lien)
    page.get_by_label(re.compile("^Heures de travail")).fill("98")
    page.get_by_role("button", name="Enregistrer et relire").click()
    expect(page.get_by_text("98\u00a0h de travail")).to_be_visible()
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Octobre 2026 est déclaré")
    assert octobre(paysage).heures == 98
    with time_machine.travel("2026-12-01T06:30:00+01:00"):
        suivre_les_declarations()
        [suivant] = re.findall(r"http\S+", mail.outbox[-1].body)
        page.goto(suivant)
        page.get_by_role("button", name=re.compile("^Néant ce mois-ci")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Novembre 2026 est déclaré")
    assert Declaration.objects.get(mois=date(2026, 11, 1)).neant_le is not None


@pytest.mark.parametrize("compte", ["compte_entreprise", "autre_compte_entreprise"])
def test_un_lien_qui_ne_s_ouvre_pas(compte, lien, nouvelle_page, connecter, verifier_axe, paysage):
    """Altéré, ou celui d'une autre entreprise : une phrase qui dit quoi faire."""
    page = nouvelle_page(390, "dark")
    connecter(page, getattr(paysage, compte))
    altere = compte == "compte_entreprise"
    page.goto(lien[:-3] + "xy/" if altere else lien)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce lien ne s’ouvre pas")
    phrase = "a été modifié" if altere else "celui d’une autre entreprise"
    expect(page.get_by_text(re.compile(phrase))).to_be_visible()
    verifier_axe(page)
