"""Ce qu'un acheteur ou une entreprise peut lire d'une personne, cherché dans les octets de tout ce qui s'ouvre pour eux."""

import copy
import html
import io
import re
import zipfile
from datetime import date
from urllib.parse import urljoin

import pytest
import time_machine
from django.test import Client
from pypdf import PdfReader

from beneficiaires.criteres import CRITERES
from beneficiaires.models import Beneficiaire
from clauses.cumuls import recalculer_tous
from clauses.models import Candidature, EnvoiDeclaration, EtapeEnvoi
from clauses.regles.candidatures import EtatCandidature
from clauses.regles.declarations import REFUS_DE_LIEN
from clauses.services.annonces import composer as composer_annonce
from clauses.services.envois import composer
from comptes.formats import date_chiffres, date_longue
from reporting.bilans import produire
from reporting.models import EtatBilan
from tests.fabriques import (
    AUJOURD_HUI,
    AffectationFactory,
    BeneficiaireFactory,
    CandidatureFactory,
    ContratFactory,
    EligibiliteFactory,
    EngagementFactory,
    JustificatifFactory,
    OrientationFactory,
    PaysageComplet,
    ReleveHeuresFactory,
    SituationFactory,
    TitulaireFactory,
)
from tests.test_droits import LIGNES, lire_en_entier

PAGES_AU_PLUS = len(LIGNES) + 150  # chaque adresse de la table, et les liens qu’elles montrent
LIEN = re.compile(r'\b(?:href|hx-get|action)\s*=\s*"([^"#]*)"')
# La déconnexion, et les autres tris d'une même liste.
PASSES = re.compile(r"logout|[?&](recues-)?sort=|^/static/")
TH = CRITERES["TH"]
# Ce que le dossier d'une personne contient et que personne d'autre que le facilitateur ne lit.
DOSSIER = ("1234567Q", "0612349876", "noteprivee", "motifprive", "preciseprive", "pieceprivee")


class Personne:
    """Une personne au nom que rien d'autre ne porte, reconnue travailleuse handicapée : un critère que la règle n'affiche pas."""

    def __init__(self, paysage: PaysageComplet, prenom: str, nom: str, usage: str, naissance: date) -> None:
        self.mots = (prenom, nom, usage)
        self.dates = (
            date_chiffres(naissance),
            date_longue(naissance),
            f"{naissance:%Y-%m-%d}",
            f"{naissance:%d-%m-%Y}",
        )
        self.fiche = BeneficiaireFactory(
            structure=paysage.structure,
            prenom=prenom,
            nom_naissance=nom,
            nom_usage=usage,
            date_naissance=naissance,
            telephone="0612349876",
            note="noteprivee",
        )
        situation = SituationFactory(beneficiaire=self.fiche, critere="TH", precision="preciseprive")
        JustificatifFactory(situation=situation, vu_par=paysage.facilitateur, piece="pieceprivee")

    def proposer(self, paysage: PaysageComplet, etat: str, **champs) -> None:
        """À l'offre de l'entreprise, par le prescripteur qui l'a orientée."""
        Beneficiaire.objects.filter(pk=self.fiche.pk).update(prescripteur=paysage.prescripteur)
        CandidatureFactory(
            offre=paysage.offre,
            beneficiaire=self.fiche,
            prescripteur=paysage.prescripteur,
            auteur=paysage.compte_prescripteur,
            etat=etat,
            **champs,
        )

    def placer(self, paysage: PaysageComplet, titulaire, employeur) -> None:
        eligibilite = EligibiliteFactory(
            operation=paysage.operation,
            beneficiaire=self.fiche,
            regle=paysage.regle,
            decide_par=paysage.facilitateur,
            criteres_retenus=["TH"],
            motif="motifprive",
        )
        contrat = ContratFactory(beneficiaire=self.fiche, employeur=employeur)
        affectation = AffectationFactory(contrat=contrat, engagement=titulaire.engagement, eligibilite=eligibilite)
        for mois in (8, 9, 10):
            ReleveHeuresFactory(affectation=affectation, mois=date(2026, mois, 1), saisi_par=paysage.facilitateur)


@pytest.fixture(scope="module", autouse=True)
def _paysage_bati(base_du_fichier):
    """Deux personnes placées sur le marché de l'acheteur, l'une par l'entreprise, l'autre par sa voisine ; une qui attend."""
    with time_machine.travel(AUJOURD_HUI, tick=False):
        paysage = PaysageComplet()
        paysage.code_bilan = paysage.bilan.code_verification
        paysage.regle.criteres = ["RSA"]
        paysage.regle.save()
        voisin = TitulaireFactory(lot=paysage.lot_libre, entreprise=paysage.autre_entreprise)
        EngagementFactory(titulaire=voisin)
        paysage.employee = Personne(paysage, "Zénobie", "Quatremère", "Valdenaire", date(1987, 3, 9))
        paysage.voisine = Personne(paysage, "Ferdinande", "Oloronnet", "Brécourt", date(1979, 11, 23))
        paysage.en_attente = Personne(paysage, "Wilhelmine", "Trévarez", "Kergolay", date(2001, 7, 5))
        paysage.employee.placer(paysage, paysage.titulaire, paysage.entreprise)
        paysage.voisine.placer(paysage, voisin, paysage.autre_entreprise)
        Beneficiaire.objects.filter(pk=paysage.voisine.fiche.pk).update(identifiant_france_travail="1234567Q")
        paysage.candidate = Personne(paysage, "Philomène", "Escoubès", "Lanquetot", date(1994, 2, 17))
        paysage.rencontree = Personne(paysage, "Apolline", "Mirebalais", "Guéméné", date(1983, 12, 28))
        paysage.refusee = Personne(paysage, "Eudoxie", "Tréguier", "Bourganeuf", date(1998, 8, 14))
        paysage.candidate.proposer(paysage, "envoyee")
        paysage.rencontree.proposer(paysage, "rencontre")
        paysage.refusee.proposer(paysage, "refusee", motif_refus="experience")
        OrientationFactory(
            prescripteur=paysage.prescripteur,
            auteur=paysage.compte_prescripteur,
            structure=paysage.structure,
            prenom="Théodulie",
            nom_naissance="Aspremont",
        )
        recalculer_tous()
        paysage.bilan.etat = EtatBilan.EN_ATTENTE
        paysage.bilan.save()
        return paysage


@pytest.fixture
def paysage(_paysage_bati, db):
    with time_machine.travel(AUJOURD_HUI, tick=False):
        yield copy.deepcopy(_paysage_bati)


def lire(reponse) -> str:
    """Tout ce que contient une réponse : page, texte et métadonnées du PDF, chaque partie d'un classeur."""
    octets = lire_en_entier(reponse)
    if octets.startswith(b"%PDF"):
        pdf = PdfReader(io.BytesIO(octets))
        return "\n".join([*(page.extract_text() for page in pdf.pages), str(pdf.metadata), octets.decode("latin-1")])
    if octets.startswith(b"PK"):
        classeur = zipfile.ZipFile(io.BytesIO(octets))
        return "\n".join(html.unescape(classeur.read(nom).decode()) for nom in classeur.namelist())
    return html.unescape(octets.decode())


def parcourir(paysage: PaysageComplet, compte, *, suivre: bool = True) -> dict[str, str]:
    """Tout ce que ce compte peut ouvrir : les adresses de la table, refusées comprises, puis chaque lien, de page en page.

    Les pages publiques n'y sont pas : elles ne lisent aucune donnée, et le glossaire nomme les critères.
    """
    client = Client()
    client.force_login(compte)
    publiques = {ligne.adresse(paysage) for ligne in LIGNES if ligne.droit["·"] == "o"}
    a_voir = [ligne.adresse(paysage) for ligne in LIGNES if "GET" in ligne.methodes and ligne.droit["·"] != "o"]
    a_voir += [f"/recherche/?q={mot[:5]}" for mot in (*paysage.voisine.mots, *paysage.employee.mots)]
    lues: dict[str, str] = {}
    while a_voir and len(lues) < PAGES_AU_PLUS:
        adresse = a_voir.pop(0)
        if adresse in lues or adresse in publiques or PASSES.search(adresse):
            continue
        reponse = client.get(adresse)
        lues[adresse] = lire(reponse)
        if reponse.status_code == 302:
            a_voir.append(urljoin(adresse, reponse.url))
        elif suivre and reponse.status_code == 200 and "html" in reponse["Content-Type"]:
            liens = (urljoin(adresse, html.unescape(lien)) for lien in LIEN.findall(reponse.content.decode()))
            a_voir += [lien for lien in liens if lien.startswith("/")]
    assert len(lues) < PAGES_AU_PLUS, "le parcours ne finit pas"
    return lues


def fuites(lues: dict[str, str], mots: tuple[str, ...]) -> list[str]:
    return [f"{mot} dans {adresse}" for adresse, contenu in lues.items() for mot in mots if mot in contenu]


def test_l_acheteur_ne_lit_rien_d_une_personne(paysage):
    """Ni nom, ni date de naissance, ni critère, ni dossier, dans aucune page, aucun export, aucun PDF de l'acheteur."""
    produire(paysage.bilan)
    lues = parcourir(paysage, paysage.compte_acheteur)
    personnes = (
        paysage.employee,
        paysage.voisine,
        paysage.en_attente,
        paysage.candidate,
        paysage.rencontree,
        paysage.refusee,
    )
    mots = tuple(mot for personne in personnes for mot in (*personne.mots, *personne.dates))
    assert not fuites(lues, (*mots, "Théodulie", "Aspremont", TH.libelle, TH.libelle_court, *DOSSIER))
    ouvertes = [adresse for adresse, contenu in lues.items() if paysage.operation.nom in contenu]
    assert len(ouvertes) >= 5, "le parcours doit ouvrir fiches, bilans et PDF"
    assert any(adresse.endswith(".pdf") for adresse in ouvertes)


def test_l_entreprise_lit_les_noms_de_ses_salaries_et_rien_d_autre(paysage):
    """Le nom de qui elle emploie ; jamais un critère, une date de naissance, un dossier, ni le nom d'une autre personne."""
    lues = parcourir(paysage, paysage.compte_entreprise)
    employee, autres = paysage.employee, (paysage.voisine, paysage.en_attente)
    caches = tuple(mot for personne in autres for mot in (*personne.mots, *personne.dates))
    criteres = tuple(critere.libelle for critere in CRITERES.values())
    assert not fuites(lues, (*caches, *employee.dates, "Théodulie", "Aspremont", TH.libelle_court, *DOSSIER))
    # « Puis-je compter cette personne ? » propose des situations à qui n'est pas nommé : aucune personne ne s'y lit.
    questions = {adresse: lu for adresse, lu in lues.items() if adresse.endswith("/puis-je-compter/")}
    assert questions
    assert not fuites(questions, employee.mots)
    assert not fuites({adresse: lu for adresse, lu in lues.items() if adresse not in questions}, criteres)
    assert fuites(lues, ("Zénobie Valdenaire",)), "elle voit pourtant qui elle emploie"
    assert any("export=xlsx" in adresse and "Valdenaire" in contenu for adresse, contenu in lues.items())


def test_l_entreprise_ne_lit_d_un_candidat_que_ce_qui_lui_revient(paysage):
    """Proposée ou refusée : un prénom et une initiale. Rencontrée : son nom d'usage. Jamais naissance, critère ni dossier."""
    lues = parcourir(paysage, paysage.compte_entreprise)
    candidate, rencontree, refusee = paysage.candidate, paysage.rencontree, paysage.refusee
    fermes = tuple(mot for personne in (candidate, refusee) for mot in personne.mots[1:])
    dates = tuple(jour for personne in (candidate, rencontree, refusee) for jour in personne.dates)
    assert not fuites(lues, (*fermes, *dates, rencontree.mots[1], TH.libelle_court, *DOSSIER))
    for nom in ("Philomène L.", "Apolline Guéméné", "Eudoxie B."):
        lieux = fuites(lues, (nom,))
        assert any("/offres/candidatures/" in lieu for lieu in lieux), nom
        assert any("export=" in lieu for lieu in lieux), nom
    # Ces noms ne sont que dans les pages des candidatures : la recherche et les autres listes n'en savent rien.
    ailleurs = {adresse: lu for adresse, lu in lues.items() if not adresse.startswith("/offres/")}
    assert not fuites(ailleurs, (*candidate.mots, *rencontree.mots, *refusee.mots))


def test_un_prescripteur_ne_lit_rien_des_candidats_d_un_autre(paysage):
    """L'offre est commune à tous les prescripteurs ; qui y est proposé ne l'est pas."""
    lues = parcourir(paysage, paysage.autre_compte_prescripteur)
    personnes = (paysage.candidate, paysage.rencontree, paysage.refusee)
    assert not fuites(lues, tuple(mot for p in personnes for mot in (*p.mots, *p.dates)))
    assert any(adresse == f"/offres/{paysage.offre.pk}/" for adresse in lues)


def test_les_courriels_d_une_candidature_ne_nomment_personne(paysage):
    """Chaque fait qui s'annonce : l'offre et l'entreprise, jamais la personne ni ce qui s'est écrit dans le fil."""
    candidature = Candidature.objects.avec_ses_parties().get(beneficiaire=paysage.candidate.fiche)
    lus = {}
    for fait in (*(f"etat:{etat}" for etat in EtatCandidature), "message:1"):
        courriel = composer_annonce(candidature, fait, paysage.entreprise, "a@etape.example")
        lus[fait] = html.unescape(courriel.message().as_string() + courriel.subject + courriel.body)
    mots = (*paysage.candidate.mots, *paysage.candidate.dates, TH.libelle_court, candidature.presentation, *DOSSIER)
    assert not fuites(lus, mots)
    assert all("Bâti-Rhône" in lu for lu in lus.values())


def test_le_lien_recu_ne_montre_que_les_noms_de_ses_salaries(paysage):
    """Chaque page d'un lien, sans compte : le nom de qui l'entreprise emploie ; ni naissance, ni critère, ni personne d'une autre."""
    client = Client()
    feuille = client.get(f"/declarer/{paysage.jeton_declaration}/").url
    lues = {f"{feuille} {quoi}": lire(reponse) for quoi, reponse in _declarer_par_lien(client, feuille)}
    lues |= {f"refus {code}": lire(client.get(f"/declarer/refus/{code}/")) for code in REFUS_DE_LIEN}
    autres = (paysage.voisine, paysage.en_attente)
    caches = tuple(mot for personne in autres for mot in (*personne.mots, *personne.dates))
    criteres = tuple(critere.libelle for critere in CRITERES.values())
    assert not fuites(lues, (*caches, *paysage.employee.dates, TH.libelle_court, *criteres, *DOSSIER))
    assert len([lu for lu in lues.values() if "Zénobie Valdenaire" in lu]) >= 3, "elle voit pourtant qui elle emploie"


def _declarer_par_lien(client: Client, feuille: str):
    yield "vide", client.get(feuille)
    yield "à relire", client.get(f"{feuille}confirmer/")
    yield "refusée", client.post(feuille, {"neant": "1"})
    champ = re.search(r'name="(h-[^"]+)"', client.get(feuille).content.decode())[1]
    yield "faute", client.post(feuille, {champ: "beaucoup", champ.replace("h-", "lu-", 1): "0:"})


def test_les_courriels_de_la_boucle_ne_nomment_aucune_personne_placee(paysage):
    """Les six courriels qui partent vers une entreprise ou la structure : le marché et la date, jamais une personne."""
    lus = {}
    for etape in EtapeEnvoi.values:
        envoi = EnvoiDeclaration.objects.get(pk=paysage.envoi_declaration.pk)
        envoi.etape, envoi.numero = etape, 1
        courriel = composer(envoi, [paysage.declaration])
        lus[etape] = html.unescape(courriel.message().as_string() + courriel.subject + courriel.body)
    personnes = (paysage.employee, paysage.voisine, paysage.en_attente)
    mots = tuple(mot for personne in personnes for mot in (*personne.mots, *personne.dates))
    criteres = tuple(critere.libelle for critere in CRITERES.values())
    assert not fuites(lus, (*mots, TH.libelle_court, *criteres, *DOSSIER, paysage.beneficiaire.nom_complet))
    assert all("Résidence Les Peupliers" in lu for lu in lus.values())


def test_la_voisine_ne_lit_pas_les_noms_des_salaries_d_en_face(paysage):
    """Deux titulaires d'un même marché ne se lisent pas l'un l'autre."""
    lues = parcourir(paysage, paysage.autre_compte_entreprise)
    assert not fuites(lues, (*paysage.employee.mots, *paysage.employee.dates, TH.libelle, TH.libelle_court, *DOSSIER))
    assert fuites(lues, ("Ferdinande Brécourt",))


def test_un_critere_qui_se_lirait_serait_vu(paysage):
    """Le même parcours, fait par le facilitateur, trouve bien le nom, la naissance et le critère : le test sait les voir."""
    lues = parcourir(paysage, paysage.facilitateur, suivre=False)
    assert fuites(lues, ("Quatremère",))
    assert fuites(lues, (TH.libelle,))
    assert fuites(lues, (date_longue(date(1987, 3, 9)), date_chiffres(date(1987, 3, 9))))
