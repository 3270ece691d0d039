"""Le travail d'un bout à l'autre, dans un vrai navigateur : du marché saisi au bilan téléchargé, d'une orientation à sa réponse.

Rien n'est préparé que les comptes. axe passe sur chaque page visitée.
"""

import io
import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from beneficiaires.periodes import ajouter_mois, mois_de, premier_du_mois
from comptes.formats import MOIS, date_chiffres, date_longue, de, mois_annee
from comptes.models import Organisation
from tests.fabriques import MOT_DE_PASSE, PrescripteurFactory, StructureFactory, creer_utilisateur

N = "\u00a0"  # l'espace insécable des écrans


class Calendrier:
    """Un chantier commencé depuis trois mois quand finit le dernier mois clos : le serveur n'a d'autre date que la vraie."""

    def __init__(self) -> None:
        self.dernier = ajouter_mois(premier_du_mois(timezone.localdate()), -1)
        self.debut = ajouter_mois(self.dernier, -2)
        self.fin = mois_de(ajouter_mois(self.dernier, 14)).fin
        self.attribution = self.debut - timedelta(days=30)
        self.notification = self.debut - timedelta(days=20)
        self.piece = self.attribution - timedelta(days=5)
        self.decision = self.debut - timedelta(days=10)

    @property
    def derniere_eligible(self) -> date:
        """Vingt-quatre mois depuis l'embauche, dernier jour compris."""
        return ajouter_mois(self.debut, 24) - timedelta(days=1)

    def case(self, recul: int) -> str:
        """L'étiquette d'une case de la grille : « Heures d’octobre, Inès Carvalho »."""
        return f"Heures {de(MOIS[ajouter_mois(self.dernier, -recul).month - 1])}, Inès Carvalho"


@pytest.fixture
def calendrier() -> Calendrier:
    return Calendrier()


@pytest.fixture
def voir(verifier_axe):
    """La page dont voici le titre est là, et axe n'y trouve rien."""

    def verifier(page: Page, titre: str) -> None:
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(titre))
        verifier_axe(page)

    return verifier


def se_connecter(page: Page, compte) -> None:
    page.goto("/")
    page.get_by_label("Adresse électronique").fill(compte.email)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()


def remplir(page: Page, champs: dict[str, object]) -> None:
    """Remplit les champs dont voici le début des étiquettes ; une date s'écrit jj/mm/aaaa."""
    for etiquette, valeur in champs.items():
        texte = date_chiffres(valeur) if isinstance(valeur, date) else str(valeur)
        page.get_by_label(re.compile(f"^{etiquette}")).fill(texte)


def ajouter_une_organisation(page: Page, bouton: str, nom: str, categorie: str, voir) -> None:
    """Quitte le formulaire pour inscrire une organisation absente de la liste, et y revient."""
    page.get_by_role("button", name=bouton).click()
    voir(page, "^Ajouter un")
    page.get_by_label("Nom", exact=True).fill(nom)
    page.get_by_label("Catégorie").select_option(label=categorie)
    page.get_by_role("button", name="Ajouter à la liste").click()


def test_du_marche_au_bilan(worker, page, nouvelle_page, calendrier, voir):
    """Une structure vide : opération, marché, lot, titulaires, personne, décision, contrat, heures, chiffres, bilan de l'acheteur."""
    facilitatrice = creer_utilisateur(StructureFactory(nom="Maison de l’emploi du Confluent"))
    se_connecter(page, facilitatrice)
    voir(page, "Bonjour Claire")
    creer_le_marche(page, calendrier, voir)
    inscrire_les_titulaires(page, voir)
    suivre_une_personne(page, calendrier, voir)
    decider(page, calendrier, voir)
    placer(page, calendrier, voir)
    saisir_les_heures(page, calendrier, voir)
    lire_les_chiffres(page, calendrier, voir)

    acheteur = creer_utilisateur(Organisation.objects.get(nom="Habitat Confluence"))
    telecharger_le_bilan(nouvelle_page(), acheteur, voir)


def creer_le_marche(page: Page, calendrier: Calendrier, voir) -> None:
    page.get_by_role("link", name="Opérations").click()
    voir(page, "Opérations")
    page.get_by_role("link", name="Créer une opération").first.click()
    voir(page, "Créer une opération")
    page.get_by_label("Nom de l’opération").fill("Résidence Les Peupliers")
    ajouter_une_organisation(page, "Ajouter un maître d’ouvrage", "Habitat Confluence", "Bailleur social", voir)
    expect(page.get_by_label("Nom de l’opération")).to_have_value("Résidence Les Peupliers")
    page.get_by_label("Financement").select_option(label="ANRU, NPNRU")
    remplir(page, {"Commune": "Villerive", "Début": calendrier.debut, "Fin prévue": calendrier.fin})
    page.get_by_role("button", name="Créer l’opération").click()
    voir(page, "Résidence Les Peupliers")

    page.get_by_role("link", name="Ajouter un marché").first.click()
    voir(page, "Ajouter un marché")
    remplir(
        page,
        {
            "Référence": "2026-T0001",
            "Objet": "Réhabilitation de 84 logements",
            "Montant HT": "1 000 000",
            "Article": "9.3",
            "Attribution": calendrier.attribution,
            "Notification": calendrier.notification,
            "Début": calendrier.debut,
            "Fin": calendrier.fin,
        },
    )
    page.get_by_role("button", name="Ajouter le marché").click()
    voir(page, "La règle du marché 2026-T0001")
    page.get_by_role("button", name="Calculer l’exemple").click()
    expect(page.locator("#exemple")).to_contain_text(f"jusqu’au {date_chiffres(calendrier.derniere_eligible)}")
    page.get_by_role("button", name="Enregistrer la règle").click()
    expect(page.get_by_text("La règle du marché est enregistrée.")).to_be_visible()


def inscrire_les_titulaires(page: Page, voir) -> None:
    """Le mandataire par la formule : 1 000 000 € × 40 % × 5 % ÷ 38 € font 526 h ; un sous-traitant qui ne doit rien."""
    page.get_by_role("link", name="Ajouter un lot").click()
    voir(page, "Ajouter un lot")
    remplir(page, {"Numéro": "1", "Intitulé": "Gros œuvre", "Montant HT": "1 000 000"})
    page.get_by_role("button", name="Ajouter le lot").click()
    voir(page, "Ajouter un titulaire")
    ajouter_une_organisation(page, "Ajouter une entreprise", "Bâti-Rhône", "Entreprise", voir)
    page.get_by_label("Mandataire").check()
    page.locator("label").filter(has_text="Calculé par la formule").click()
    expect(page.get_by_label("Calculé par la formule")).to_be_checked()
    remplir(page, {"Part de main-d’œuvre": "40", "Effort d’insertion": "5", "Coût d’une heure": "38"})
    page.get_by_role("button", name="Calculer", exact=True).click()
    expect(page.locator(".calcul")).to_contain_text(f"526{N}h")
    page.get_by_role("button", name="Ajouter le titulaire").click()
    voir(page, "Résidence Les Peupliers")

    page.get_by_role("link", name="1. Gros œuvre").click()
    voir(page, "Modifier le lot 1")
    page.get_by_role("link", name="Ajouter un titulaire").click()
    ajouter_une_organisation(page, "Ajouter une entreprise", "Coup de main", "Entreprise d’insertion (EI)", voir)
    page.get_by_label("Sous-traitant", exact=True).check()
    page.get_by_label("Sous-traitant de").select_option(label="Bâti-Rhône")
    remplir(page, {"Heures dues": "0"})
    page.get_by_role("button", name="Ajouter le titulaire").click()
    expect(page.get_by_text("Coup de main", exact=True)).to_be_visible()


def suivre_une_personne(page: Page, calendrier: Calendrier, voir) -> None:
    page.get_by_role("link", name="Personnes", exact=True).click()
    voir(page, "Personnes")
    page.get_by_role("link", name="Ajouter une personne").first.click()
    voir(page, "Ajouter une personne")
    remplir(page, {"Prénom": "Inès", "Nom de naissance": "Carvalho", "Date de naissance": date(1988, 2, 12)})
    page.get_by_label("Femme").check()
    remplir(page, {"Commune": "Villerive", "Métier 1": "maçonnerie"})
    page.get_by_role("button", name="Créer la fiche").click()
    voir(page, "Inès Carvalho")

    page.get_by_role("link", name="Ajouter une situation").click()
    voir(page, "Ajouter une situation")
    page.get_by_label("Critère").select_option(label="Bénéficiaire du RSA")
    remplir(page, {"Depuis le": calendrier.piece - timedelta(days=400), "Date écrite sur la pièce": calendrier.piece})
    remplir(page, {"Vue le": calendrier.attribution})
    page.get_by_role("button", name="Enregistrer la situation").click()
    expect(page.get_by_text("Pièce vue")).to_be_visible()


def decider(page: Page, calendrier: Calendrier, voir) -> None:
    """La réponse du marché se lit avant d'être décidée, dans les mots de son article."""
    page.get_by_role("link", name="Décider d’une éligibilité").first.click()
    voir(page, "Éligibilité d’Inès Carvalho")
    page.get_by_label("Opération", exact=True).select_option(label="Résidence Les Peupliers")
    reponse = page.get_by_role("region", name=re.compile("^Éligible sur"))
    expect(reponse).to_contain_text(f"de l’attribution, le {date_longue(calendrier.attribution)}")
    remplir(page, {"Décidée le": calendrier.decision})
    page.get_by_role("button", name="Voir la réponse").click()
    expect(reponse).to_contain_text(f"validée le {date_longue(calendrier.decision)}")
    expect(reponse).to_contain_text(f"attestation RSA du {date_longue(calendrier.piece)}")
    expect(reponse).to_contain_text("CCAP, article 9.3")
    voir(page, "Éligibilité d’Inès Carvalho")
    page.get_by_role("button", name=re.compile("Décider.*éligible sur Résidence Les Peupliers")).click()
    expect(page.get_by_text("Décision enregistrée")).to_be_visible()


def placer(page: Page, calendrier: Calendrier, voir) -> None:
    """Une embauche avant la décision est dite aussitôt ; la bonne date s'enregistre."""
    page.get_by_role("link", name="Placer en contrat").click()
    voir(page, "Placer Inès Carvalho")
    page.get_by_label("Type de contrat").select_option(label="CDD")
    page.get_by_label("Employeur").select_option(label="Bâti-Rhône")
    page.get_by_label(re.compile("^Bâti-Rhône, mandataire")).check()
    remplir(page, {"Heures par semaine": "35", "Embauche le": calendrier.decision - timedelta(days=3)})
    remplir(page, {"Fin prévue le": mois_de(ajouter_mois(calendrier.dernier, 8)).fin})
    page.keyboard.press("Tab")
    expect(page.locator("#constats")).to_contain_text("avant")
    voir(page, "Placer Inès Carvalho")
    remplir(page, {"Embauche le": calendrier.debut})
    page.keyboard.press("Tab")
    expect(page.locator("#constats")).to_contain_text("Rien à signaler")
    page.get_by_role("button", name="Enregistrer le contrat").click()
    expect(page.get_by_text(re.compile("Contrat enregistré"))).to_be_visible()
    voir(page, "Inès Carvalho")


def saisir_les_heures(page: Page, calendrier: Calendrier, voir) -> None:
    """Au clavier, deux mois : l'un refusé reste à l'écran tel quel, l'autre est gardé ; puis vérifier et valider d'un bouton."""
    page.get_by_role("link", name="Heures", exact=True).click()
    voir(page, "Heures")
    page.get_by_label("Mois facultatif").select_option(label=mois_annee(calendrier.dernier).capitalize())
    page.get_by_role("button", name="Afficher ce mois").click()
    page.get_by_role("link", name="Résidence Les Peupliers").click()
    veille, dernier = (page.get_by_label(calendrier.case(recul)) for recul in (1, 0))
    veille.focus()
    page.keyboard.type("400")
    page.keyboard.press("Tab")
    page.keyboard.type("120,5")
    page.keyboard.press("Enter")
    expect(page.locator("#resume-heures")).to_contain_text(f"120,5{N}h à vérifier")
    expect(page.locator(".explication")).to_contain_text("400")
    expect(veille).to_have_value("400")
    expect(dernier).to_have_value("120,5")
    voir(page, "Heures")
    veille.fill("")
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile(r"^Vérifier\s1\scase")).click()
    expect(page.get_by_text(re.compile(r"vérifiée, 120,5"))).to_be_visible()
    page.get_by_role("button", name=re.compile(r"^Valider\s1\scase")).click()
    expect(page.get_by_text(re.compile(r"validée, 120,5"))).to_be_visible()
    voir(page, "Heures")


def lire_les_chiffres(page: Page, calendrier: Calendrier, voir) -> None:
    """Dues 526, validées 120,5, restantes 405,5 ; le nombre validé mène à sa ligne, la ligne à son histoire."""
    page.get_by_role("link", name="Résidence Les Peupliers").click()
    voir(page, "Résidence Les Peupliers")
    lot = page.get_by_role("row", name=re.compile("Bâti-Rhône"))
    assert lot.get_by_role("cell").all_inner_texts()[:4] == ["526", "120,5", "120,5", "405,5"]
    expect(page.get_by_text(re.compile(r"ETP, à 1\s607\sh par an"))).to_be_visible()
    lot.get_by_role("link", name="120,5").last.click()
    voir(page, "Lignes d’heures")
    page.get_by_role("row", name=re.compile("Inès Carvalho")).get_by_role("link", name=re.compile("120,5")).click()
    voir(page, r"120,5\sh")
    expect(page.get_by_text("Claire").last).to_be_visible()


def telecharger_le_bilan(page: Page, compte, voir) -> None:
    """L'acheteur ne voit que son marché ; il suit la fabrication et télécharge un PDF balisé sans nom de personne."""
    se_connecter(page, compte)
    voir(page, "Votre opération avec clause")
    page.get_by_role("link", name="Résidence Les Peupliers").click()
    voir(page, "Résidence Les Peupliers")
    assert "Carvalho" not in page.content()
    page.get_by_role("button", name="Produire le bilan").click()
    expect(page.get_by_role("heading", name="Bilan en préparation")).to_be_visible()
    voir(page, "Bilan au")
    expect(page.get_by_role("heading", name="Le bilan est prêt")).to_be_visible(timeout=60_000)
    voir(page, "Bilan au")
    with page.expect_download() as telechargement:
        page.get_by_role("link", name="Télécharger le bilan").click()
    octets = telechargement.value.path().read_bytes()
    pdf = PdfReader(io.BytesIO(octets))
    texte = "\n".join(feuille.extract_text() for feuille in pdf.pages)
    assert "2026-T0001" in texte
    assert "Carvalho" not in texte + str(pdf.metadata)
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_orienter_et_recevoir_un_refus(transactional_db, page, nouvelle_page, voir):
    """Le prescripteur oriente quelqu'un en quatre pages ; la structure refuse avec sa raison ; il la lit dans sa liste."""
    structure = StructureFactory(nom="Maison de l’emploi du Confluent")
    prescripteur = creer_utilisateur(PrescripteurFactory(nom="Mission locale du Confluent"))
    se_connecter(page, prescripteur)
    page.get_by_role("link", name="Orienter une personne").first.click()
    remplir(page, {"Prénom": "Daniel", "Nom de naissance": "Mbarga", "Date de naissance": date(2003, 5, 21)})
    page.get_by_label("Homme").check()
    remplir(page, {"Commune": "Villerive"})
    page.get_by_role("button", name=re.compile("^Continuer")).click()
    page.get_by_label("Bénéficiaire du RSA").check()
    page.get_by_role("button", name=re.compile("^Continuer")).click()
    page.get_by_label("Mobilité").check()
    page.get_by_role("button", name=re.compile("^Continuer")).click()
    page.get_by_role("button", name="Envoyer l’orientation").click()
    voir(page, "Mes orientations")

    bureau = nouvelle_page()
    se_connecter(bureau, creer_utilisateur(structure))
    bureau.get_by_role("link", name="Orientations", exact=True).click()
    bureau.get_by_role("link", name="Daniel Mbarga").click()
    voir(bureau, "Daniel Mbarga")
    bureau.get_by_role("link", name=re.compile("^Refuser")).click()
    bureau.get_by_role("button", name=re.compile("^Refuser et prévenir")).click()
    expect(bureau.get_by_role("alert")).to_contain_text("Raison")
    voir(bureau, "Refuser l’orientation")
    bureau.get_by_label("La personne n’a pas pu être jointe").check()
    bureau.get_by_role("button", name=re.compile("^Refuser et prévenir")).click()
    expect(bureau.get_by_text("L’orientation est refusée.")).to_be_visible()

    page.reload()
    page.get_by_role("link", name="Daniel Mbarga").click()
    expect(page.get_by_text("La personne n’a pas pu être jointe.", exact=True)).to_be_visible()
    voir(page, "Daniel Mbarga")
