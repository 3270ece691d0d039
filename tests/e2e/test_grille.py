"""La grille d'heures dans un vrai navigateur : au clavier seul, sans rien perdre de ce qui est tapé."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from beneficiaires.periodes import ajouter_mois, mois_de
from clauses.cumuls import recalculer_tous
from clauses.grille import mois_par_defaut
from clauses.grille import pages as pages_de_grille
from clauses.models import ConventionGlobalisation, EtatReleve, Imputation, ReleveHeures
from comptes.formats import MOIS, de
from tests.fabriques import (
    AffectationFactory,
    BeneficiaireFactory,
    ContratFactory,
    EligibiliteFactory,
    EngagementFactory,
    LotFactory,
    Paysage,
    TitulaireFactory,
)


class Chantier(Paysage):
    """Trois personnes sous contrat, des heures de tous états, relatives à aujourd'hui : le serveur n'a pas d'autre date."""

    def __init__(self) -> None:
        super().__init__()
        ReleveHeures.objects.all().delete()
        self.affectation.delete()
        self.dernier = mois_par_defaut(timezone.localdate())
        debut, fin = ajouter_mois(self.dernier, -12), ajouter_mois(self.dernier, 12)
        for objet in (self.operation, self.marche):
            objet.date_debut, objet.date_fin = debut, fin
        self.marche.date_attribution = self.marche.date_notification = debut
        self.operation.save()
        self.marche.save()
        self.affectations = [
            self.placer(prenom, nom, debut, fin)
            for prenom, nom in (("Luna", "Alba"), ("Moussa", "Bari"), ("Sofia", "Costa"))
        ]
        self.relever(self.affectations[0], -1, 100, EtatReleve.VALIDE)
        self.relever(self.affectations[1], -1, 80, EtatReleve.REFUSE)
        self.relever(self.affectations[1], 0, 70, EtatReleve.VERIFIE)
        recalculer_tous()

    def placer(self, prenom: str, nom: str, debut: date, fin: date):
        personne = BeneficiaireFactory(structure=self.structure, prenom=prenom, nom_naissance=nom)
        eligibilite = EligibiliteFactory(
            operation=self.operation, beneficiaire=personne, regle=self.regle, date_debut=debut, date_fin=fin
        )
        contrat = ContratFactory(beneficiaire=personne, employeur=self.entreprise, date_debut=debut, date_fin=fin)
        return AffectationFactory(contrat=contrat, engagement=self.engagement, eligibilite=eligibilite)

    def relever(self, affectation, recul: int, heures: int, etat: str, **champs) -> ReleveHeures:
        mois = ajouter_mois(self.dernier, recul)
        return ReleveHeures.objects.create(
            affectation=affectation, mois=mois, date_debut=mois, date_fin=mois_de(mois).fin, heures=heures, etat=etat,
            motif="Deux jours d’absence comptés" if etat == EtatReleve.REFUSE else "",
            saisi_par=champs.pop("saisi_par", self.facilitateur), saisi_le=timezone.now(),
            decide_par=self.facilitateur if etat == EtatReleve.REFUSE else None,
            decide_le=timezone.now() if etat == EtatReleve.REFUSE else None,
            **champs,
        )  # fmt: skip

    def recevoir(self, affectation, recul: int, heures: int) -> None:
        """Fait compter des heures de ce mois sur un autre lot de la même entreprise, par convention."""
        lot = LotFactory(marche=self.marche, numero="2")
        engagement = EngagementFactory(titulaire=TitulaireFactory(lot=lot, entreprise=self.entreprise))
        releve = affectation.releves.get(mois=ajouter_mois(self.dernier, recul))
        convention = ConventionGlobalisation.objects.create(
            structure=self.structure, reference="GLOB-1", entreprise=self.entreprise,
            date_debut=releve.mois, signee_le=releve.mois,
        )  # fmt: skip
        convention.engagements.set([self.engagement, engagement])
        Imputation.objects.create(convention=convention, releve=releve, engagement=engagement, heures=heures)
        ReleveHeures.objects.filter(pk=releve.pk).update(heures_imputees=heures)
        recalculer_tous()

    def champ(self, page: Page, prenom_nom: str, recul: int = 0):
        mois = MOIS[ajouter_mois(self.dernier, recul).month - 1]
        return page.get_by_label(f"Heures {de(mois)}, {prenom_nom}")

    def heures(self, affectation, recul: int = 0) -> Decimal | None:
        mois = ajouter_mois(self.dernier, recul)
        return ReleveHeures.objects.filter(affectation=affectation, mois=mois).values_list("heures", flat=True).first()


@pytest.fixture
def chantier(transactional_db):
    return Chantier()


@pytest.fixture
def ouvrir(connecter, chantier):
    """Ouvre la grille de l'opération dans la page, connecté comme facilitatrice."""

    def ouvrir_la_grille(page: Page, utilisateur=None, suite: str = "") -> Page:
        connecter(page, utilisateur or chantier.facilitateur)
        page.goto(f"{reverse('clauses:heures')}?operation={chantier.operation.pk}{suite}")
        return page

    return ouvrir_la_grille


def test_saisir_une_colonne_au_clavier_seul(page, ouvrir, chantier):
    """Taper, Entrée, taper, Entrée : chaque case est enregistrée, et la suivante de la colonne a le focus, case figée sautée."""
    ouvrir(page)
    chantier.champ(page, "Luna Alba").focus()
    page.keyboard.type("35,5")
    page.keyboard.press("Enter")
    expect(chantier.champ(page, "Sofia Costa")).to_be_focused()
    page.keyboard.type("7h30")
    page.keyboard.press("Enter")
    expect(page.locator("#annonce")).to_contain_text("7,5 h, à vérifier")
    expect(page.locator("#resume-heures")).to_contain_text("43 h à vérifier dans 2 cases")
    luna, _, sofia = chantier.affectations
    assert (chantier.heures(luna), chantier.heures(sofia)) == (Decimal("35.5"), Decimal("7.5"))


def test_les_cases_partent_une_a_une_et_le_resume_dit_la_derniere(page, ouvrir, chantier):
    """Deux cases tapées avant la première réponse : la seconde attend, sinon une réponse en retard effacerait le bon résumé.

    Retapée pendant l'attente, une case ne part qu'une fois, avec sa dernière valeur, et n'arrête pas la suivante."""
    ouvrir(page)
    envois = []

    def retenir(envoi):
        envois.append(envoi)

    page.route(f"**{reverse('clauses:heures_case')}", retenir)
    for nom, tapees in (("Luna Alba", "35,5"), ("Sofia Costa", "7h30"), ("Sofia Costa", "8")):
        chantier.champ(page, nom).fill(tapees)
        chantier.champ(page, nom).press("Tab")
    chantier.champ(page, "Sofia Costa", -1).fill("6")
    chantier.champ(page, "Sofia Costa", -1).press("Tab")
    for rang, resume in enumerate(("35,5 h à vérifier", "43,5 h à vérifier", "49,5 h à vérifier"), start=1):
        for _ in range(500):  # dix secondes
            if len(envois) < rang:
                page.wait_for_timeout(20)
        assert len(envois) == rang
        envois[-1].continue_()
        expect(page.locator("#resume-heures")).to_contain_text(resume)
    expect(page.locator("#etat-saisie")).not_to_contain_text("modifiée")
    assert len(envois) == 3
    luna, _, sofia = chantier.affectations
    assert [chantier.heures(luna), chantier.heures(sofia), chantier.heures(sofia, -1)] == [Decimal("35.5"), 8, 6]


def test_tab_mene_au_mois_suivant_et_les_fleches_a_la_personne_suivante(page, ouvrir, chantier):
    """Tab suit les mois d'une personne, ↓ et ↑ la colonne, cases figées comprises."""
    ouvrir(page)
    chantier.champ(page, "Sofia Costa", -2).focus()
    page.keyboard.press("Tab")
    expect(chantier.champ(page, "Sofia Costa", -1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(chantier.champ(page, "Moussa Bari", -1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    assert "100" in page.locator(":focus").inner_text()


def test_echap_remet_la_valeur_d_avant(page, ouvrir, chantier):
    """Une case modifiée puis Échap : plus de brouillon, rien n'est envoyé."""
    chantier.relever(chantier.affectations[0], 0, 40, EtatReleve.DECLARE)
    ouvrir(page)
    champ = chantier.champ(page, "Luna Alba")
    champ.focus()
    page.keyboard.type("999")
    expect(page.locator("#etat-saisie")).to_contain_text("1 case modifiée, pas encore enregistrée")
    page.keyboard.press("Escape")
    expect(champ).to_have_value("40")
    expect(page.locator("#etat-saisie")).not_to_contain_text("modifiée")
    page.keyboard.press("Tab")
    assert chantier.heures(chantier.affectations[0]) == 40


def test_une_case_refusee_garde_ce_qui_est_tape(page, ouvrir, chantier):
    """400 h : la phrase arrive sous la ligne, 400 reste dans la case ; corrigé à 40, la phrase part et c'est enregistré."""
    ouvrir(page)
    champ = chantier.champ(page, "Luna Alba")
    champ.focus()
    page.keyboard.type("400")
    page.keyboard.press("Enter")
    alerte = page.get_by_role("alert").filter(has_text="plausibles en un mois")
    expect(alerte).to_be_visible()
    expect(champ).to_have_value("400")
    expect(champ).to_have_attribute("aria-invalid", "true")
    assert chantier.heures(chantier.affectations[0]) is None
    champ.fill("40")
    page.keyboard.press("Tab")
    expect(page.locator("#annonce")).to_contain_text("40 h, à vérifier")
    expect(alerte).to_have_count(0)
    assert chantier.heures(chantier.affectations[0]) == 40


def test_deux_cases_refusees_de_la_meme_ligne_gardent_chacune_leur_phrase(page, ouvrir, chantier):
    """La seconde réponse n'efface ni le texte ni la phrase de la première."""
    ouvrir(page)
    for recul, texte in ((-2, "abc"), (-1, "400")):
        chantier.champ(page, "Sofia Costa", recul).fill(texte)
        page.keyboard.press("Tab")
    expect(page.get_by_role("alert").filter(has_text="« abc » n’est pas un nombre d’heures")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="plausibles en un mois")).to_be_visible()
    expect(chantier.champ(page, "Sofia Costa", -2)).to_have_value("abc")
    expect(chantier.champ(page, "Sofia Costa", -1)).to_have_value("400")


def test_un_conflit_se_tranche_sans_rien_perdre(page, ouvrir, chantier):
    """L'entreprise déclare 40 h pendant que je tape 46 : les deux valeurs s'affichent, « Garder 46 h » les départage."""
    ouvrir(page)
    chantier.relever(
        chantier.affectations[0], 0, 40, EtatReleve.DECLARE, source="entreprise", saisi_par=chantier.compte_entreprise
    )
    champ = chantier.champ(page, "Luna Alba")
    champ.fill("46")
    page.keyboard.press("Tab")
    conflit = page.get_by_role("alert").filter(has_text="Deux valeurs pour")
    expect(conflit).to_contain_text("Bâti-Rhône a déclaré 40 h")
    expect(champ).to_have_value("46")
    assert chantier.heures(chantier.affectations[0]) == 40
    conflit.get_by_role("button", name="Garder 46 h").click()
    expect(conflit).to_have_count(0)
    expect(page.locator("#annonce")).to_contain_text("46 h, à vérifier")
    expect(champ).to_be_focused()
    assert chantier.heures(chantier.affectations[0]) == 46


def test_un_conflit_ne_pousse_pas_la_case_sous_la_barre(page, ouvrir, chantier):
    """Le message s'insère en haut de page : la case où l'on est reste au-dessus de la barre d'enregistrement."""
    page.set_viewport_size({"width": 1280, "height": 560})
    ouvrir(page)
    chantier.relever(chantier.affectations[0], 0, 40, EtatReleve.DECLARE)
    chantier.champ(page, "Luna Alba").fill("46")
    page.keyboard.press("Enter")
    suivante = chantier.champ(page, "Sofia Costa")
    expect(page.get_by_role("alert").filter(has_text="Deux valeurs pour")).to_have_count(1)
    expect(suivante).to_be_focused()
    case, barre = suivante.bounding_box(), page.locator(".barre-saisie").bounding_box()
    assert case["y"] + case["height"] <= barre["y"]
    assert case["y"] >= 0


def test_garder_l_autre_valeur(page, ouvrir, chantier):
    """« Garder 40 h » remet 40 dans la case et ferme le message."""
    ouvrir(page)
    chantier.relever(chantier.affectations[0], 0, 40, EtatReleve.DECLARE)
    champ = chantier.champ(page, "Luna Alba")
    champ.fill("46")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Garder 40 h").click()
    expect(champ).to_have_value("40")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_taper_de_nouveau_pendant_l_envoi_ne_perd_rien(page, ouvrir, chantier):
    """La réponse au premier envoi arrive quand la case contient déjà autre chose : la seconde valeur reste et s'enregistre."""
    ouvrir(page)
    retenus = []

    def retenir(route):
        retenus.append(route)

    page.route("**/heures/case/", retenir)
    champ = chantier.champ(page, "Luna Alba")
    champ.fill("30")
    page.keyboard.press("Tab")
    page.wait_for_function("() => document.querySelector('.htmx-request')")
    champ.fill("31")
    retenus[0].continue_()
    page.unroute("**/heures/case/")
    page.wait_for_function("() => !document.querySelector('.htmx-request')")
    expect(champ).to_have_value("31")
    page.keyboard.press("Tab")
    expect(page.locator("#annonce")).to_contain_text("31 h, à vérifier")
    assert chantier.heures(chantier.affectations[0]) == 31


def test_alt_v_verifie_puis_valide_la_case(page, ouvrir, chantier):
    """Taper 35, Alt+V : enregistrée et vérifiée ; Alt+V encore : validée, le focus ne bouge pas et les totaux suivent."""
    ouvrir(page)
    chantier.champ(page, "Luna Alba").focus()
    page.keyboard.type("35")
    page.keyboard.press("Alt+v")
    expect(page.locator("#annonce")).to_contain_text("35 h vérifiées.")
    page.keyboard.press("Alt+v")
    expect(page.locator("#annonce")).to_contain_text("35 h validées.")
    expect(page.locator("#p-v")).to_have_text("135")
    assert "validé" in page.locator(":focus").inner_text()
    assert ReleveHeures.objects.get(mois=chantier.dernier, heures=35).etat == EtatReleve.VALIDE


def test_une_session_finie_garde_la_saisie_puis_repart(page, ouvrir, chantier, connecter):
    """Session expirée pendant la saisie : la case le dit et garde son texte ; reconnecté ailleurs, « Réessayer » enregistre."""
    ouvrir(page)
    Session.objects.all().delete()
    champ = chantier.champ(page, "Luna Alba")
    champ.fill("38")
    page.keyboard.press("Tab")
    alerte = page.get_by_role("alert").filter(has_text="Votre session a expiré")
    expect(alerte).to_contain_text("reconnectez-vous dans un autre onglet, puis réessayez")
    expect(champ).to_have_value("38")
    connecter(page, chantier.facilitateur)
    alerte.get_by_role("button", name="Réessayer").click()
    expect(page.locator("#annonce")).to_contain_text("38 h, à vérifier")
    expect(alerte).to_have_count(0)
    assert chantier.heures(chantier.affectations[0]) == 38


def test_le_bouton_de_masse_suit_les_cases_cochees(page, ouvrir, chantier):
    """Deux cases à vérifier, une cochée : le bouton compte la cochée, et n'agit que sur elle."""
    chantier.relever(chantier.affectations[0], 0, 40, EtatReleve.DECLARE)
    chantier.relever(chantier.affectations[2], 0, 30, EtatReleve.DECLARE)
    ouvrir(page)
    mois = MOIS[chantier.dernier.month - 1]
    expect(page.get_by_role("button", name=f"Vérifier 2 cases {de(mois)}, 70 h")).to_be_visible()
    page.get_by_label(f"Choisir {mois}, Luna Alba").check()
    page.get_by_role("button", name=f"Vérifier 1 case {de(mois)}, 40 h").click()
    expect(page.locator("#messages")).to_contain_text(f"1 case {de(mois)} vérifiée, 40 h.")
    etats = dict(ReleveHeures.objects.filter(mois=chantier.dernier).values_list("heures", "etat"))
    assert etats == {40: EtatReleve.VERIFIE, 70: EtatReleve.VERIFIE, 30: EtatReleve.DECLARE}


def test_la_saisie_au_clavier_passe_a_la_page_suivante(page, ouvrir, chantier, monkeypatch):
    """Entrée au bout de la page mène au lien de la suivante, Entrée encore l'ouvre à sa première case, une fois tout enregistré.

    Là, le bouton ne compte et ne vérifie que les cases de cette page.
    """
    monkeypatch.setattr(pages_de_grille, "LIGNES_PAR_PAGE", 2)
    ouvrir(page)
    chantier.champ(page, "Luna Alba").focus()
    page.keyboard.type("35,5")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Page 2")).to_be_focused()
    page.keyboard.press("Enter")
    expect(chantier.champ(page, "Sofia Costa")).to_be_focused()
    luna, _, sofia = chantier.affectations
    assert chantier.heures(luna) == Decimal("35.5")
    page.keyboard.type("7h30")
    page.keyboard.press("Enter")
    mois = MOIS[chantier.dernier.month - 1]
    expect(page.locator("#resume-heures")).to_contain_text("43 h à vérifier dans 2 cases")
    page.get_by_role("button", name=f"Vérifier 1 case {de(mois)} de cette page, 7,5 h").press("Enter")
    expect(page.locator("#messages")).to_contain_text(f"1 case {de(mois)} vérifiée, 7,5 h.")
    etats = dict(ReleveHeures.objects.filter(mois=chantier.dernier).values_list("affectation", "etat"))
    assert (etats[luna.pk], etats[sofia.pk]) == (EtatReleve.DECLARE, EtatReleve.VERIFIE)


def test_une_case_refusee_retient_sur_sa_page(page, ouvrir, chantier, monkeypatch):
    """400 h puis Entrée, Entrée : la page suivante ne s'ouvre pas, la phrase se lit et 400 reste dans la case."""
    monkeypatch.setattr(pages_de_grille, "LIGNES_PAR_PAGE", 2)
    ouvrir(page)
    champ = chantier.champ(page, "Luna Alba")
    champ.focus()
    page.keyboard.type("400")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="plausibles en un mois")).to_be_visible()
    expect(champ).to_have_value("400")


def test_les_heures_recues_se_lisent_au_clavier_sans_se_saisir(page, ouvrir, chantier):
    """↓ depuis la dernière personne mène à la case reçue du même mois ; la ligne n'a aucun champ."""
    chantier.recevoir(chantier.affectations[0], -1, 40)
    ouvrir(page)
    chantier.champ(page, "Sofia Costa", -1).focus()
    page.keyboard.press("ArrowDown")
    assert "heures globalisées" in page.locator(":focus").inner_text()
    ligne = page.locator("tr.ligne-recue")
    expect(ligne).to_contain_text("Luna Alba")
    expect(ligne).to_contain_text("heures globalisées, exécutées sur le lot 1")
    expect(ligne.locator("input")).to_have_count(0)
    page.keyboard.press("ArrowUp")
    expect(chantier.champ(page, "Sofia Costa", -1)).to_be_focused()


def test_l_aide_s_ouvre_avec_le_point_d_interrogation(page, ouvrir, chantier):
    """« ? » dans une case ouvre l'aide sans s'y écrire, Échap la ferme."""
    ouvrir(page)
    champ = chantier.champ(page, "Luna Alba")
    champ.focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Raccourcis du clavier")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(champ).to_have_value("")


def test_un_avertissement_se_dit_avant_l_envoi_et_n_arrete_rien(page, ouvrir, chantier):
    """170 h pour 35 h par semaine : la phrase arrive pendant la frappe, décrit la case, laisse le focus ; Entrée enregistre quand même."""
    ouvrir(page)
    champ = chantier.champ(page, "Luna Alba")
    champ.focus()
    page.keyboard.type("170")
    remarque = page.locator(".remarque").filter(has_text="le contrat est de 35 h par semaine")
    expect(remarque).to_contain_text("Avertissement :")
    expect(page.locator("#annonce-controle")).to_contain_text("le contrat est de 35 h par semaine")
    expect(champ).to_be_focused()
    cle = champ.get_attribute("id").removeprefix("h-")
    assert f"c-{cle}" in champ.get_attribute("aria-describedby").split()
    expect(page.locator(f"#e-{cle}")).to_have_text("avertissement")
    assert chantier.heures(chantier.affectations[0]) is None
    page.keyboard.press("Enter")
    expect(chantier.champ(page, "Sofia Costa")).to_be_focused()
    expect(page.locator("#annonce")).to_contain_text("170 h, à vérifier")
    expect(remarque).to_have_count(1)
    assert chantier.heures(chantier.affectations[0]) == 170


def test_un_blocage_se_dit_avant_l_envoi_et_echap_le_retire(page, ouvrir, chantier):
    """400 h : « ne s'enregistrera pas » s'écrit pendant la frappe ; corrigé à 40, plus rien de bloquant ; Échap retire tout."""
    ouvrir(page)
    champ = chantier.champ(page, "Luna Alba")
    champ.focus()
    page.keyboard.type("400")
    blocage = page.locator('.remarque[data-niveau="bloquant"]')
    expect(blocage).to_contain_text("Bloquant, ne s’enregistrera pas : 400 h")
    champ.fill("40")
    expect(blocage).to_have_count(0)
    champ.fill("400")
    expect(blocage).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".remarque")).to_have_count(0)
    expect(champ).to_have_value("")
    assert chantier.heures(chantier.affectations[0]) is None


def test_un_controle_en_panne_ne_gene_pas_la_saisie(page, ouvrir, chantier):
    """Le contrôle ne répond pas : rien ne se dit, et la case s'enregistre."""
    ouvrir(page)
    page.route("**/heures/controler/", lambda route: None)
    champ = chantier.champ(page, "Luna Alba")
    champ.focus()
    with page.expect_request("**/heures/controler/"):
        page.keyboard.type("35")
    page.keyboard.press("Enter")
    expect(page.locator("#annonce")).to_contain_text("35 h, à vérifier")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator(".remarque")).to_have_count(0)
    assert chantier.heures(chantier.affectations[0]) == 35


def test_sans_javascript_la_grille_s_enregistre_d_un_bouton(nouvelle_page, ouvrir, chantier):
    """Un seul formulaire : une case juste et une fausse ; la juste est gardée, la fausse revient expliquée."""
    page = ouvrir(nouvelle_page(java_script_enabled=False))
    chantier.champ(page, "Luna Alba").fill("35,5")
    chantier.champ(page, "Sofia Costa").fill("400")
    page.get_by_role("button", name="Enregistrer les cases modifiées").click()
    expect(page.locator("#messages")).to_contain_text("1 case enregistrée, 35,5 h.")
    expect(chantier.champ(page, "Sofia Costa")).to_have_value("400")
    expect(page.get_by_text("plausibles en un mois").first).to_be_visible()
    assert chantier.heures(chantier.affectations[0]) == Decimal("35.5")


def test_au_telephone_un_mois_a_la_fois(nouvelle_page, ouvrir, chantier):
    """À 390 px, seul le dernier mois se voit, sans défilement ; le mois précédent est à un lien."""
    page = ouvrir(nouvelle_page(390))
    expect(chantier.champ(page, "Luna Alba")).to_be_visible()
    expect(chantier.champ(page, "Sofia Costa", -1)).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("navigation", name="Autres mois").get_by_role("link").first.click()
    expect(chantier.champ(page, "Sofia Costa", -1)).to_be_visible()


def test_les_ecrans_d_heures_sont_accessibles(page_affichage, ouvrir, chantier, verifier_axe, monkeypatch):
    """Grille (refus, conflit, puis pages et heures reçues), choix, lignes et histoire d'une case : axe n'y trouve rien."""
    monkeypatch.setattr(pages_de_grille, "LIGNES_PAR_PAGE", 3)
    page = ouvrir(page_affichage)
    chantier.champ(page, "Luna Alba").fill("400")
    page.keyboard.press("Tab")
    expect(page.get_by_role("alert")).to_be_visible()
    releve = chantier.relever(chantier.affectations[2], 0, 40, EtatReleve.DECLARE)
    chantier.champ(page, "Sofia Costa").fill("46")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Deux valeurs pour")).to_be_visible()
    chantier.champ(page, "Luna Alba").fill("170")
    expect(page.locator(".remarque").first).to_be_visible()
    verifier_axe(page)
    for adresse in (
        reverse("clauses:heures"),
        reverse("clauses:releve_liste"),
        reverse("clauses:releve_detail", args=[releve.pk]),
    ):
        page.goto(adresse)
        verifier_axe(page)
    chantier.recevoir(chantier.affectations[0], -1, 40)
    ouvrir(page, suite="&page=2")
    expect(page.get_by_text("heures globalisées, exécutées sur le lot 1")).to_be_visible()
    verifier_axe(page)
