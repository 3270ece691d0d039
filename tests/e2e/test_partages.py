"""Partager une opération : proposer, accepter, placer sa personne, lire chacun son total ; et la page d'une coordination."""

import re
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from clauses.models import EtatReleve, PartageOperation
from comptes.models import Role
from tests.fabriques import (
    AffectationFactory,
    BeneficiaireFactory,
    ContratFactory,
    EligibiliteFactory,
    EngagementFactory,
    EntrepriseFactory,
    LotFactory,
    MarcheFactory,
    OperationFactory,
    RegleClauseFactory,
    ReleveHeuresFactory,
    StructureFactory,
    TitulaireFactory,
    creer_utilisateur,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chantier():
    """Une opération du Confluent, où une de ses personnes a 120 h validées ; et une personne éligible du Plateau."""
    confluent, plateau = StructureFactory(nom="Maison du Confluent"), StructureFactory(nom="PLIE du Plateau")
    operation = OperationFactory(structure=confluent, nom="Collège des Deux Rives")
    marche = MarcheFactory(operation=operation)
    regle = RegleClauseFactory(marche=marche)
    lot = LotFactory(marche=marche, numero="1", intitule="Gros œuvre")
    entreprise = EntrepriseFactory(nom="Bâti-Rhône")
    engagement = EngagementFactory(titulaire=TitulaireFactory(lot=lot, entreprise=entreprise))
    placee = BeneficiaireFactory(structure=confluent, prenom="Zénobie", nom_naissance="Quatremère")
    affectation = AffectationFactory(
        contrat=ContratFactory(beneficiaire=placee, employeur=entreprise),
        engagement=engagement,
        eligibilite=EligibiliteFactory(operation=operation, beneficiaire=placee, regle=regle),
    )
    ReleveHeuresFactory(affectation=affectation, mois=date(2026, 4, 1), heures=Decimal(120), etat=EtatReleve.VALIDE)
    invitee = BeneficiaireFactory(structure=plateau, prenom="Ferdinande", nom_naissance="Oloronnet")
    EligibiliteFactory(operation=operation, beneficiaire=invitee, regle=regle)
    return confluent, plateau, operation, invitee, entreprise


def sans_defilement(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def changer_de_visiteur(page, connecter, compte) -> None:
    page.context.clear_cookies()
    connecter(page, compte)


@pytest.mark.parametrize("largeur", [1280, 390])
def test_de_la_proposition_au_placement_chacune_lit_le_total(nouvelle_page, connecter, verifier_axe, chantier, largeur):
    confluent, plateau, operation, invitee, entreprise = chantier
    porteuse, partenaire = creer_utilisateur(confluent), creer_utilisateur(plateau)
    page = nouvelle_page(largeur)
    connecter(page, porteuse)
    page.goto(f"/operations/{operation.pk}/")
    page.get_by_role("link", name="Partager avec une structure").click()
    verifier_axe(page)
    page.get_by_label("Structure invitée").select_option("PLIE du Plateau")
    page.get_by_label("Écriture.").check()
    page.get_by_role("button", name="Proposer le partage").click()
    expect(page.get_by_text("La proposition attend la réponse de PLIE du Plateau")).to_be_visible()
    changer_de_visiteur(page, connecter, partenaire)
    page.goto("/")
    page.get_by_role("link", name="Partages à accepter").click()
    verifier_axe(page)
    page.get_by_role("link", name="Collège des Deux Rives").click()
    verifier_axe(page)
    assert sans_defilement(page)
    page.get_by_role("button", name="Accepter le partage").click()
    expect(page.get_by_text("Le partage commence")).to_be_visible()
    expect(page.get_by_text("Moins de cinq personnes suivies par Maison du Confluent")).to_be_visible()
    verifier_axe(page)
    assert sans_defilement(page)
    assert "Quatremère" not in page.content()
    page.goto(f"/personnes/{invitee.pk}/placer/?operation={operation.pk}")
    page.get_by_label("Type de contrat").select_option(label="CDD")
    page.get_by_label("Employeur").select_option(str(entreprise.pk))
    page.get_by_label(re.compile("^Bâti-Rhône")).check()
    for etiquette, valeur in {
        "Heures par semaine": "35",
        "Embauche le": "04/05/2026",
        "Fin prévue le": "30/10/2026",
    }.items():
        page.get_by_label(etiquette).fill(valeur)
    page.get_by_role("button", name="Enregistrer le contrat").click()
    expect(page.get_by_text("Contrat enregistré")).to_be_visible()
    ReleveHeuresFactory(
        affectation=invitee.contrats.get().affectations.get(),
        mois=date(2026, 5, 1),
        heures=Decimal(80),
        etat=EtatReleve.VALIDE,
    )
    changer_de_visiteur(page, connecter, porteuse)
    page.goto(f"/operations/{operation.pk}/")
    expect(page.get_by_text("Moins de cinq personnes suivies par PLIE du Plateau")).to_be_visible()
    assert "Oloronnet" not in page.content()
    page.get_by_role("link", name="PLIE du Plateau, écriture").click()
    page.get_by_label("Pourquoi").fill("Le chantier se finit sans elle.")
    page.get_by_role("button", name="Mettre fin au partage").click()
    expect(page.get_by_text("Le chantier se finit sans elle.")).to_be_visible()
    verifier_axe(page)
    assert PartageOperation.objects.get().etat == "fini"


def test_une_coordination_lit_ses_totaux(page_affichage, connecter, verifier_axe, chantier):
    page = page_affichage
    connecter(page, creer_utilisateur(chantier[0], role=Role.COORDINATION))
    page.goto("/")
    expect(page.get_by_role("heading", name="Totaux", exact=True)).to_be_visible()
    expect(page.get_by_text("Collège des Deux Rives")).to_be_visible()
    verifier_axe(page)
    assert sans_defilement(page)
    assert "Quatremère" not in page.content()
