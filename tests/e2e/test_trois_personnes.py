"""Les trois personnes de la fiche A3, de l'orientation à la sortie, dans un vrai navigateur, tandis que les années passent.

Les marchés, les lots et les entreprises sont prêts ; le chemin de la personne se fait à l'écran. Le serveur est dans le processus
du test : avancer l'horloge du test (`Chemin.le`) avance la sienne.
"""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from playwright.sync_api import Locator, Page, expect

from beneficiaires.models import CritereOriente
from clauses.models import Engagement
from comptes.formats import date_chiffres
from comptes.models import Categorie, Organisation
from tests.fabriques import (
    AcheteurFactory,
    EngagementFactory,
    EntrepriseFactory,
    LotFactory,
    MarcheFactory,
    OperationFactory,
    OrientationFactory,
    PrescripteurFactory,
    RegleClauseFactory,
    StructureFactory,
    TitulaireFactory,
    creer_utilisateur,
)

N = "\u00a0"  # l'espace insécable des écrans
RIEN = "Rien à signaler"


def instant(jour: date) -> datetime:
    """Ce jour-là, le matin."""
    return datetime(jour.year, jour.month, jour.day, 9, tzinfo=UTC)


class Chemin:
    """Une structure, un prescripteur, une horloge que l'on avance, et les gestes du facilitateur sur sa page."""

    def __init__(self, horloge, connecter) -> None:
        self.horloge, self.connecter = horloge, connecter
        self.structure = StructureFactory(nom="Maison de l’emploi du Confluent")
        self.prescripteur = PrescripteurFactory(nom="France Travail Confluent")
        self.claire = creer_utilisateur(self.structure)
        self.conseiller = creer_utilisateur(self.prescripteur)
        self.page: Page
        self.adresse_de_la_fiche = ""

    def engagement(
        self, nom: str, maitre_ouvrage: Organisation, entreprise: Organisation, debut: date, fin: date, **operation
    ) -> Engagement:
        """Un engagement de 1 000 h, sur le seul lot du marché d'une opération ; attribué le jour du début."""
        chantier = OperationFactory(
            structure=self.structure,
            nom=nom,
            maitre_ouvrage=maitre_ouvrage,
            date_debut=debut,
            date_fin=fin,
            **operation,
        )
        marche = MarcheFactory(
            operation=chantier, date_attribution=debut, date_notification=debut, date_debut=debut, date_fin=fin
        )
        RegleClauseFactory(marche=marche)
        titulaire = TitulaireFactory(lot=LotFactory(marche=marche, numero="1"), entreprise=entreprise)
        return EngagementFactory(titulaire=titulaire)

    def le(self, jour: date, page: Page, compte=None) -> None:
        """Ce jour-là, cette personne (la facilitatrice, sinon dite) ouvre sa session dans la page."""
        self.horloge.move_to(instant(jour))
        self.connecter(page, compte or self.claire)
        self.page = page

    def lien(self, nom: str) -> None:
        self.page.get_by_role("link", name=re.compile(f"^{nom}")).first.click()

    def bouton(self, nom: str) -> None:
        self.page.get_by_role("button", name=re.compile(f"^{nom}")).first.click()

    def remplir(self, champs: dict[str, object]) -> None:
        """Remplit les champs dont voici le début des étiquettes ; une date s'écrit jj/mm/aaaa."""
        for etiquette, valeur in champs.items():
            texte = date_chiffres(valeur) if isinstance(valeur, date) else str(valeur)
            self.page.get_by_label(re.compile(f"^{etiquette}")).fill(texte)

    def lit(self, *phrases: str, dans: Locator | None = None) -> None:
        """L'écran le dit, à un endroit visible."""
        for phrase in phrases:
            expect((dans or self.page.locator("main")).first).to_contain_text(phrase)

    def fiche(self) -> None:
        self.page.goto(self.adresse_de_la_fiche)

    def parcours(self) -> None:
        self.fiche()
        self.lien("Ouvrir le parcours")

    def accepter(self, nom: str) -> None:
        self.page.goto("/orientations/")
        self.lien(nom)
        self.lien("Accepter l’orientation")
        self.bouton("Accepter et suivre")
        self.lit(f"Votre structure suit maintenant {nom}")
        self.adresse_de_la_fiche = self.page.url

    def noter_la_piece(self, situation: str, datee: date) -> None:
        self.lien(f"Noter une pièce pour {situation}")
        self.remplir({"Date écrite sur la pièce": datee})
        self.bouton("Enregistrer")
        self.lit("Pièce vue")

    def ouvrir_un_parcours(self, entree: date, dispositif: str) -> None:
        self.remplir({"Entrée dans le parcours le": entree})
        self.page.get_by_label(dispositif).check()
        self.page.get_by_label("Référent").select_option(label=self.claire.get_full_name())
        self.bouton("Ouvrir le parcours")
        self.lit("Entrée le")

    def phase(self, geste: str, phase: str, jour: date) -> None:
        self.lien(f"{geste} : {phase}")
        self.remplir({"Le": jour})
        self.bouton("Enregistrer")
        self.lit(f"{phase}", "phase")

    def decider(self, operation: str) -> None:
        self.lien("Décider d’une éligibilité")
        self.choisir("Opération", operation)
        expect(self.page.get_by_role("region", name=re.compile("^Éligible sur"))).to_be_visible()
        self.bouton("Décider")
        self.lit("Décision enregistrée")

    def placer(
        self,
        contrat: str,
        employeur: str,
        debut: date,
        fin: date | None = None,
        *,
        utilisatrice: str = "",
        operation: str = "Les engagements servis",
        constat: str = RIEN,
    ) -> None:
        """Un contrat à temps plein, qui sert tous les engagements ouverts à la personne, ou ceux d'une opération."""
        self.choisir("Type de contrat", contrat)
        self.choisir("Employeur", employeur)
        if utilisatrice:
            self.choisir("Entreprise utilisatrice", utilisatrice)
        for case in self.page.get_by_role("group", name=re.compile(f"^{operation}")).get_by_role("checkbox").all():
            case.check()
        self.remplir({"Heures par semaine": 35, "Embauche le": debut} | ({"Fin prévue le": fin} if fin else {}))
        self.page.keyboard.press("Tab")
        self.lit(constat, dans=self.page.locator("#constats"))
        if constat != RIEN:
            self.page.get_by_label("J’ai lu, enregistrer quand même").check()
        self.bouton("Enregistrer le contrat")
        self.lit("Contrat enregistré")

    def choisir(self, etiquette: str, mots: str) -> None:
        """Choisit dans une liste le choix qui s'écrit ainsi, sinon le premier qui contient ces mots."""
        liste = self.page.get_by_role("combobox", name=re.compile(f"^{etiquette}"))
        expect(liste).to_be_visible()
        choix = [texte.strip() for texte in liste.locator("option").all_inner_texts()]
        liste.select_option(label=mots if mots in choix else next(texte for texte in choix if mots in texte))

    def orienter(self, prenom: str, nom: str, naissance: date, critere: str, piece: date, *, envoyee: date) -> None:
        """Une orientation reçue, pas encore lue."""
        orientation = OrientationFactory(
            prescripteur=self.prescripteur, auteur=self.conseiller, structure=self.structure, prenom=prenom,
            nom_naissance=nom, date_naissance=naissance, sexe="F", envoyee_le=instant(envoyee),
        )  # fmt: skip
        CritereOriente.objects.create(orientation=orientation, critere=critere, date_piece=piece)

    def saisir_juin(self, operation: str, heures: str) -> None:
        self.page.goto("/heures/")
        self.lien(operation)
        case = self.page.get_by_label("Heures de juin, Luna Ferreira")
        case.fill(heures)
        case.press("Enter")
        self.bouton(r"Vérifier\s1\scase")
        self.bouton(r"Valider\s1\scase")
        self.lit(f"validée, {heures}")

    def ajouter_le_pass(self, numero: str, debut: date) -> None:
        self.fiche()
        self.lien("Ajouter un agrément")
        self.page.get_by_label("PASS IAE", exact=True).check()
        self.remplir({"Numéro": numero, "Commence le": debut})
        self.bouton("Ajouter l’agrément")
        self.lit("PASS IAE")

    def etape_du_contrat(self, debut_du_libelle: str) -> None:
        self.lien("Ajouter une étape")
        self.choisir("Étape", "Contrat au titre d’une clause")
        self.choisir("Contrat", debut_du_libelle)
        self.bouton("Ajouter l’étape")
        self.lit("Étape ajoutée")


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
