"""Les gestes du facilitateur et du prescripteur sur le chemin d'une personne, à l'écran."""

import re
from datetime import UTC, date, datetime

from playwright.sync_api import Locator, Page, expect

from beneficiaires.models import CritereOriente
from clauses.models import Engagement
from comptes.formats import date_chiffres
from comptes.models import Organisation
from tests.fabriques import (
    EngagementFactory,
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
