"""Les trois personnes de la fiche A3, de l'orientation à la sortie, dans un vrai navigateur, tandis que les années passent.

Les marchés, les lots et les entreprises sont prêts ; le chemin de la personne se fait à l'écran. Le serveur est dans le processus
du test : avancer l'horloge du test (`Chemin.le`) avance la sienne.
"""

import re
from datetime import date

import pytest
import time_machine
from playwright.sync_api import Page, expect

from comptes.models import Categorie, Organisation
from tests.e2e.chemin import Chemin, N, instant
from tests.fabriques import AcheteurFactory, EntrepriseFactory


@pytest.fixture
def chemin(transactional_db, connecter):
    with time_machine.travel(instant(date(2021, 1, 4))) as horloge:
        yield Chemin(horloge, connecter)


def test_monsieur_q_du_cdd_au_cdi(chemin, page, nouvelle_page, verifier_axe):
    """Un CDD puis un CDI dans la même entreprise ; sortie durable ; toujours en poste quand le lot est fini."""
    chemin.engagement(
        "Stade nautique", AcheteurFactory(nom="Ville de Villerive"), EntrepriseFactory(nom="Les Particules"),
        date(2024, 1, 15), date(2025, 6, 30),
    )  # fmt: skip
    orienter_monsieur_q(chemin, nouvelle_page())
    chemin.le(date(2024, 2, 7), page)
    chemin.accepter("Marc Quesnel")
    chemin.noter_la_piece("Demandeur d’emploi de longue durée", date(2024, 1, 8))
    chemin.lien("en ouvrir un")
    chemin.ouvrir_un_parcours(date(2024, 2, 7), "Droit commun")
    chemin.lit("Entrée le 7 février 2024, Droit commun.", "En cours, depuis le 7 février 2024")
    faire_le_diagnostic(chemin)
    lever_la_mobilite(chemin)
    employer_monsieur_q(chemin)
    sortir_monsieur_q(chemin, verifier_axe)


def orienter_monsieur_q(chemin: Chemin, page: Page) -> None:
    """Quatre étapes, chez le prescripteur."""
    chemin.le(date(2024, 2, 5), page, chemin.conseiller)
    page.goto("/mes-orientations/")
    chemin.lien("Orienter une personne")
    chemin.remplir({"Prénom": "Marc", "Nom de naissance": "Quesnel", "Date de naissance": date(1968, 3, 12)})
    page.get_by_label("Homme").check()
    chemin.remplir({"Commune": "Villerive"})
    chemin.bouton("Continuer : sa situation")
    page.get_by_label(re.compile("^Demandeur d’emploi de longue durée")).check()
    page.get_by_label(re.compile(r"Date de la pièce \(DELD\)")).fill("08/01/2024")
    chemin.bouton("Continuer : son projet")
    chemin.remplir({"Métier 1": "dessin btp"})
    page.get_by_label("Mobilité").check()
    chemin.bouton("Continuer : vérifier")
    chemin.bouton("Envoyer l’orientation")
    chemin.lit("est envoyée à Maison de l’emploi du Confluent")


def faire_le_diagnostic(chemin: Chemin) -> None:
    chemin.fiche()
    chemin.lien("Diagnostics")
    chemin.bouton("Commencer un diagnostic")
    for _ in range(3):
        chemin.bouton("Continuer")
    chemin.page.get_by_role("group", name="Permis B").get_by_label("Non", exact=True).check()
    for _ in range(3):
        chemin.bouton("Continuer")
    expect(chemin.page.get_by_text("Coché par le prescripteur")).to_be_visible()
    chemin.bouton("Finir le diagnostic")
    chemin.lit("Diagnostic fini")


def lever_la_mobilite(chemin: Chemin) -> None:
    """Repéré le 7, une action du 12 au 26, levé le 26 : dix-neuf jours."""
    chemin.fiche()
    chemin.lien("Ajouter une action : Mobilité")
    chemin.remplir({"Ce qui est fait": "Louer un deux-roues", "Commence le": date(2024, 2, 12)})
    chemin.bouton("Ajouter l’action")
    chemin.lit("Action ajoutée")
    chemin.le(date(2024, 2, 26), chemin.page)
    chemin.fiche()
    chemin.lien("Voir les neuf freins")
    chemin.lien("clore")
    chemin.bouton("Clore")
    chemin.bouton("Dire levé : Mobilité")
    chemin.lit("levé en 19 jours")


def employer_monsieur_q(chemin: Chemin) -> None:
    """Éligible sur l'opération, il y est placé en CDD puis en CDI ; la fenêtre court de la première embauche."""
    chemin.parcours()
    chemin.phase("Finir ou sauter", "Diagnostic", date(2024, 2, 26))
    chemin.phase("Commencer ou sauter", "Accompagnement", date(2024, 2, 26))
    chemin.lit("Accompagnement et levée des freins : phase commencée.")
    chemin.fiche()
    chemin.decider("Stade nautique")
    chemin.le(date(2024, 3, 4), chemin.page)
    chemin.fiche()
    chemin.lien("Placer en contrat")
    chemin.placer("CDD", "Les Particules", date(2024, 3, 4), date(2024, 9, 3))
    chemin.lit("jusqu’au 3 mars 2026 inclus")
    chemin.le(date(2024, 9, 4), chemin.page)
    chemin.fiche()
    chemin.lien("Placer en contrat")
    fini = f"l’éligibilité s’arrête le 3 mars 2026 inclus{N}: ses heures ne comptent plus à partir du 4 mars 2026."
    chemin.placer("CDI", "Les Particules", date(2024, 9, 4), constat=fini)
    chemin.parcours()
    chemin.etape_du_contrat("CDD, Les Particules")
    chemin.etape_du_contrat("CDI, Les Particules")


def sortir_monsieur_q(chemin: Chemin, verifier_axe) -> None:
    chemin.lien("Noter la sortie")
    chemin.lien("CDI")
    chemin.choisir("Contrat", "CDI, Les Particules")
    chemin.remplir({"Sortie du parcours le": date(2024, 9, 4)})
    chemin.page.get_by_label("Commence le").press("Tab")
    chemin.lit("CDI depuis le 4 septembre 2024", dans=chemin.page.locator("#apercu"))
    verifier_axe(chemin.page)
    chemin.bouton("Enregistrer la sortie")
    chemin.lit("Sortie enregistrée : emploi durable.")
    chemin.lit("À 6 mois, 4 mars 2025", "À 18 mois, 4 mars 2026", "À venir")
    verifier_axe(chemin.page)

    chemin.le(date(2025, 7, 15), chemin.page)
    chemin.fiche()
    chemin.lit("En poste sur Stade nautique.", "Son parcours est fini : ses freins se lisent.")
    chemin.lien("à 6 mois, le 4 mars 2025")
    chemin.page.get_by_label("En emploi").check()
    chemin.bouton("Enregistrer le suivi")
    chemin.lit("Suivi à 6 mois enregistré : en emploi.", "En emploi, noté le 15 juillet 2025")


def test_luna_et_ses_trois_maitres_d_ouvrage(chemin, page, verifier_axe):
    """Un CDD de plus de six mois, partagé entre trois opérations dont deux privées : 151,5 h en juin, lues sur son étape."""
    decotec = EntrepriseFactory(nom="Decotec")
    for operation, maitre_ouvrage, categorie in (
        ("La Dargoire", "SACVL", Categorie.BAILLEUR),
        ("Nouvel Angle", "Vinci Immobilier", Categorie.PROMOTEUR_PRIVE),
        ("Siège d’Est Métropole Habitat", "Cogedim", Categorie.PROMOTEUR_PRIVE),
    ):
        acheteur = AcheteurFactory(nom=maitre_ouvrage, categorie=categorie)
        chemin.engagement(operation, acheteur, decotec, date(2022, 4, 4), date(2023, 6, 30))
    chemin.orienter("Luna", "Ferreira", date(1975, 1, 20), "DELD", date(2022, 3, 21), envoyee=date(2022, 4, 25))
    chemin.le(date(2022, 5, 2), page)
    chemin.accepter("Luna Ferreira")
    chemin.noter_la_piece("Demandeur d’emploi de longue durée", date(2022, 3, 21))
    chemin.lien("Ouvrir un parcours")
    chemin.ouvrir_un_parcours(date(2022, 5, 2), "Droit commun")
    for operation in ("La Dargoire", "Nouvel Angle", "Siège d’Est Métropole Habitat"):
        chemin.fiche()
        chemin.decider(operation)
    chemin.le(date(2022, 5, 16), page)
    chemin.fiche()
    chemin.lien("Placer en contrat")
    chemin.placer("CDD", "Decotec", date(2022, 5, 16), date(2022, 12, 30))
    chemin.lit("Contrat enregistré, pour 3 engagements.", "SACVL", "Vinci Immobilier", "Cogedim")
    chemin.parcours()
    chemin.etape_du_contrat("CDD, Decotec")
    chemin.le(date(2022, 7, 4), page)
    for operation, heures in (("La Dargoire", "45,5"), ("Nouvel Angle", "53"), ("Siège d’Est Métropole Habitat", "53")):
        chemin.saisir_juin(operation, heures)
    chemin.parcours()
    chemin.lit("CDD, Decotec", f"151,5{N}h validées")
    sortir_luna(chemin, verifier_axe)


def sortir_luna(chemin: Chemin, verifier_axe) -> None:
    """Un second CDD : six mois depuis le 2 janvier finissent le 1er juillet, et un jour de plus le rend durable."""
    chemin.le(date(2023, 1, 3), chemin.page)
    chemin.parcours()
    chemin.lien("Noter la sortie")
    chemin.lien("CDD")
    champs = {"Sortie du parcours le": date(2023, 1, 2), "Employeur": "Decotec", "Commence le": date(2023, 1, 2)}
    chemin.remplir(champs | {"Fin prévue": date(2023, 7, 1)})
    chemin.page.get_by_label("Employeur").press("Tab")
    apercu = chemin.page.locator("#apercu")
    chemin.lit("CDD jusqu’au 1er juillet 2023 : moins de 6 mois et un jour depuis l’embauche.", dans=apercu)
    chemin.remplir({"Fin prévue": date(2023, 7, 2)})
    chemin.page.get_by_label("Fin prévue").press("Tab")
    chemin.lit("CDD, prévu 6 mois et un jour au moins depuis le 2 janvier 2023.", dans=apercu)
    chemin.bouton("Enregistrer la sortie")
    chemin.lit("Sortie enregistrée : emploi durable.", "À 6 mois, 2 juillet 2023", "À 18 mois, 2 juillet 2024")
    expect(chemin.page.get_by_text("Pas commencée")).to_be_visible()  # l'accompagnement, que la sortie a devancé
    verifier_axe(chemin.page)


def test_assia_revient_sur_une_nouvelle_operation(chemin, nouvelle_page, verifier_axe):
    """Un CTTI pour une entreprise utilisatrice, une sortie, un retour : une nouvelle opération demande une nouvelle décision."""
    page = nouvelle_page(390, "dark")
    nallet = EntrepriseFactory(nom="Jean Nallet Construction")
    EntrepriseFactory(nom="Osez Intérim", categorie=Categorie.ETTI)
    bailleur = AcheteurFactory(nom="Est Métropole Habitat", categorie=Categorie.BAILLEUR)
    chemin.engagement("Résidence Pranard", bailleur, nallet, date(2021, 3, 15), date(2022, 10, 31), financement="anru")
    chemin.orienter("Assia", "Benali", date(1979, 4, 8), "RSA", date(2021, 3, 1), envoyee=date(2021, 5, 3))
    chemin.le(date(2021, 5, 10), page)
    chemin.accepter("Assia Benali")
    chemin.noter_la_piece("Bénéficiaire du RSA", date(2021, 3, 1))
    chemin.lien("Ouvrir un parcours")
    chemin.ouvrir_un_parcours(date(2021, 5, 10), "Insertion par l’activité économique (IAE)")
    chemin.fiche()
    chemin.decider("Résidence Pranard")
    chemin.le(date(2021, 6, 7), page)
    chemin.ajouter_le_pass("99999 21 00718", date(2021, 6, 1))
    chemin.fiche()
    chemin.lien("Placer en contrat")
    chemin.placer("CTTI", "Osez Intérim", date(2021, 6, 7), date(2022, 10, 28), utilisatrice="Jean Nallet Construction")
    # Deux durées, deux dates : 24 mois depuis l'embauche ; 730 jours depuis le début du PASS IAE.
    chemin.lit("jusqu’au 6 juin 2023 inclus", "du 1er juin 2021 au 31 mai 2023 (estimation)")
    chemin.lit("Ces dates ne décident pas de l’éligibilité à une clause.")
    chemin.parcours()
    chemin.etape_du_contrat("Osez Intérim")
    chemin.le(date(2022, 10, 31), page)
    chemin.parcours()
    chemin.lien("Noter la sortie")
    chemin.lien("Fin du parcours sans emploi ni formation")
    chemin.remplir({"Sortie du parcours le": date(2022, 10, 31)})
    chemin.bouton("Enregistrer la sortie")
    chemin.lit("Sortie enregistrée : autre sortie.", "À 6 mois, 30 avril 2023", "À 18 mois, 30 avril 2024")
    faire_revenir_assia(chemin, nallet)
    placer_assia_de_nouveau(chemin)
    sortir_assia(chemin, verifier_axe)


def faire_revenir_assia(chemin: Chemin, nallet: Organisation) -> None:
    """Un second parcours, une formation Excel ; la nouvelle opération du même constructeur n'est pas couverte par la décision."""
    bailleur = AcheteurFactory(nom="SACVL", categorie=Categorie.BAILLEUR)
    chemin.engagement("Résidence Gorge de Loup", bailleur, nallet, date(2023, 2, 15), date(2024, 6, 28))
    chemin.le(date(2023, 3, 6), chemin.page)
    chemin.parcours()
    chemin.lien("La personne revient : ouvrir un parcours")
    chemin.ouvrir_un_parcours(date(2023, 3, 6), "Insertion par l’activité économique (IAE)")
    chemin.lit("Ses autres parcours", "Du 10 mai 2021 au 31 octobre 2022")
    chemin.lien("Ajouter une étape")
    chemin.choisir("Étape", "Formation")
    chemin.remplir({"Intitulé": "Excel", "Où": "Greta", "Du": date(2023, 3, 6), "Au, inclus": date(2023, 3, 10)})
    chemin.bouton("Ajouter l’étape")
    chemin.lit("Étape ajoutée")
    chemin.fiche()
    chemin.noter_la_piece("Bénéficiaire du RSA", date(2023, 2, 1))


def placer_assia_de_nouveau(chemin: Chemin) -> None:
    """L'écran le dit avant de placer. La nouvelle fenêtre part de la nouvelle embauche ; le PASS IAE, lui, finit le 31 mai."""
    chemin.le(date(2023, 3, 13), chemin.page)
    chemin.fiche()
    chemin.lien("Placer en contrat")
    # Pranard est finie : la seule opération ouverte attend sa décision, sous les yeux.
    chemin.lit("1 opération ouverte : décidez d’abord son éligibilité")
    chemin.lien("Décider d’abord pour Résidence Gorge de Loup")
    chemin.bouton("Décider")
    chemin.lit("Décision enregistrée")
    chemin.placer(
        "CTTI",
        "Osez Intérim",
        date(2023, 3, 13),
        date(2024, 3, 29),
        utilisatrice="Jean Nallet Construction",
        operation="Résidence Gorge de Loup",
    )
    chemin.lit(
        "Résidence Gorge de Loup", "jusqu’au 12 mars 2025 inclus", "du 1er juin 2021 au 31 mai 2023 (estimation)"
    )
    chemin.parcours()
    chemin.etape_du_contrat("Osez Intérim, du 13 mars 2023")
    chemin.lit("Hors agrément", "L’éligibilité à la clause, elle, ne change pas, jusqu’au 12 mars 2025 inclus.")


def sortir_assia(chemin: Chemin, verifier_axe) -> None:
    chemin.le(date(2024, 4, 2), chemin.page)
    chemin.parcours()
    chemin.lien("Noter la sortie")
    chemin.lien("Formation qualifiante")
    chemin.remplir({"Sortie du parcours le": date(2024, 4, 2), "Organisme": "Greta", "Commence le": date(2024, 4, 2)})
    chemin.page.get_by_label("Organisme").press("Tab")
    chemin.lit("Formation qualifiante depuis le 2 avril 2024.", dans=chemin.page.locator("#apercu"))
    verifier_axe(chemin.page)
    chemin.bouton("Enregistrer la sortie")
    chemin.lit("Sortie enregistrée : sortie positive.", "À 6 mois, 2 octobre 2024", "À 18 mois, 2 octobre 2025")
    verifier_axe(chemin.page)
