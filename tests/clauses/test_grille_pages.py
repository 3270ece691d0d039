"""La grille page par page : ce qu'une page montre, ce sur quoi agissent ses boutons, ce qui se compte sur tout."""

import copy
import re
from datetime import date, datetime
from html import unescape
from itertools import product
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from clauses.cumuls import recalculer_tous
from clauses.grille import Demande, construire_grille, pages, titulaires_de
from clauses.grille.pages import Effectif, decouper, page_du_rang
from clauses.models import EtatReleve, Lot, ReleveHeures
from clauses.services.marches import changer_regle
from tests.fabriques import (
    AffectationFactory,
    BeneficiaireFactory,
    ContratFactory,
    EligibiliteFactory,
    EngagementFactory,
    LotFactory,
    Paysage,
    ReleveHeuresFactory,
    TitulaireFactory,
)
from tests.lire_html import texte

PARIS = ZoneInfo("Europe/Paris")
LE_30_JUIN = datetime(2026, 6, 30, 10, 42, tzinfo=PARIS)
MAI, JUIN = date(2026, 5, 1), date(2026, 6, 1)
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _le_30_juin_2026():
    with time_machine.travel(LE_30_JUIN, tick=False):
        yield


@pytest.fixture(autouse=True)
def _deux_lignes_par_page(monkeypatch):
    monkeypatch.setattr(pages, "LIGNES_PAR_PAGE", 2)


@pytest.fixture(scope="module", autouse=True)
def _paysage_bati(base_du_fichier):
    """Cinq personnes, d'Alba à Egal, sur trois pages ; chacune a 100 h validées en mai, et en juin 10, 20, 30, 40, 50 h à vérifier."""
    with time_machine.travel(LE_30_JUIN, tick=False):
        paysage = Paysage()
        paysage.releve.delete()
        paysage.affectation.delete()
        noms = ("Alba", "Bari", "Costa", "Diop", "Egal")
        paysage.affectations = [_placer(paysage.engagement, nom) for nom in noms]
        for rang, affectation in enumerate(paysage.affectations, start=1):
            ReleveHeuresFactory(affectation=affectation, mois=MAI, heures=100, etat=EtatReleve.VALIDE)
            ReleveHeuresFactory(affectation=affectation, mois=JUIN, heures=10 * rang)
        recalculer_tous()
        return paysage


@pytest.fixture
def paysage(_paysage_bati, db):
    return copy.deepcopy(_paysage_bati)


def _placer(engagement, nom, **contrat):
    structure = engagement.titulaire.lot.marche.operation.structure
    personne = BeneficiaireFactory(structure=structure, prenom="Léa", nom_naissance=nom)
    return AffectationFactory(engagement=engagement, contrat=ContratFactory(beneficiaire=personne, **contrat))


@pytest.fixture
def grille(client, paysage):
    client.force_login(paysage.facilitateur)
    return f"{reverse('clauses:heures')}?operation={paysage.operation.pk}"


def _lire(reponse) -> str:
    return " ".join(texte(reponse.content.decode()).split())


def _noms(reponse) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]*">Léa ([^<]+)</a>', reponse.content.decode())


def _formulaire(reponse) -> dict[str, str]:
    champs = re.findall(r'name="((?:h|lu)-[^"]+)" form="grille" value="([^"]*)"', reponse.content.decode())
    return {nom: unescape(valeur) for nom, valeur in champs}


def _lot(client, adresse, action, donnees):
    vers = adresse.replace(reverse("clauses:heures"), reverse("clauses:heures_lot"))
    return client.post(vers, donnees | {"action": action})


def _cle(affectation, mois=JUIN, nature="t"):
    return f"{affectation.pk.hex}-{nature}-{mois:%Y%m}"


# Découper ------------------------------------------------------------------------------------------------------------


def test_les_pages_mises_bout_a_bout_ont_chaque_ligne_une_fois_dans_l_ordre():
    """Trois affectations et une ligne reçue, rien, une ligne reçue, quatre affectations : neuf lignes sur cinq pages de deux."""
    effectifs = [
        Effectif(uuid4(), 3, ["reçue 1"]),
        Effectif(uuid4(), 0),
        Effectif(uuid4(), 0, ["reçue 2"]),
        Effectif(uuid4(), 4),
    ]
    attendues = [(n, rang) for n in (0, 3) for rang in range(effectifs[n].affectations)]
    lues, recues, tailles = [], [], []
    for numero in range(1, 6):
        page, tranches = decouper(effectifs, numero)
        assert page.paginator.num_pages == 5
        for tranche in tranches:
            rang = [e.titulaire for e in effectifs].index(tranche.titulaire)
            lues += [(rang, n) for n in range(tranche.debut, tranche.fin)]
            recues += tranche.recues
            assert all(
                page_du_rang(effectifs, tranche.titulaire, n) == numero for n in range(tranche.debut, tranche.fin)
            )
        tailles.append(sum(t.fin - t.debut + len(t.recues) for t in tranches))
    assert lues == attendues
    assert recues == ["reçue 1", "reçue 2"]
    assert tailles == [2, 2, 2, 2, 1]


def test_un_titulaire_coupe_par_la_page_dit_qu_il_continue():
    """Trois lignes : la deuxième page commence par la suite du même titulaire."""
    effectifs = [Effectif(uuid4(), 3)]
    assert [t.est_suite for numero in (1, 2) for t in decouper(effectifs, numero)[1]] == [False, True]


@pytest.mark.parametrize(
    ("demandee", "obtenue"), [("", 1), (None, 1), ("abc", 1), ("0", 3), ("-4", 3), ("99", 3), ("2", 2)]
)
def test_une_page_qui_n_existe_pas_mene_a_la_premiere_ou_a_la_derniere(demandee, obtenue):
    assert decouper([Effectif(uuid4(), 5)], demandee)[0].number == obtenue


def test_sans_ligne_une_seule_page_vide():
    page, tranches = decouper([Effectif(uuid4(), 0)], "2")
    assert (page.number, page.paginator.num_pages, tranches) == (1, 1, [])


# Lire ----------------------------------------------------------------------------------------------------------------


def test_chaque_page_montre_ses_personnes_et_les_totaux_de_toutes(client, grille, paysage):
    """Deux, deux, une ; 500 h validées en mai et 150 h à vérifier en juin sur chaque page, et l'adresse porte la page."""
    lues = []
    for numero in (1, 2, 3):
        page = client.get(f"{grille}&page={numero}")
        lues.append(_noms(page))
        html, dit = page.content.decode(), _lire(page)
        assert f"5 personnes, 1 engagement, page {numero} sur 3" in dit
        assert "150 h à vérifier dans 5 cases" in dit
        assert re.search(r'id="p-2026-05"[^>]*>500<', html)
        assert re.search(rf'id="g-{paysage.titulaire.pk.hex}-2026-05"[^>]*>500<', html)
        assert ("(suite)" in dit) == (numero > 1)
        assert f'action="{reverse("clauses:heures")}?operation={paysage.operation.pk}&amp;page={numero}"' in html
        assert re.search(rf'<a href="[^"]*page={numero}#saisie" aria-current="page">', html)
    assert lues == [["Alba", "Bari"], ["Costa", "Diop"], ["Egal"]]


def test_les_filtres_et_le_mois_gardent_leur_place_dans_les_liens(client, grille, paysage):
    """Un lien de page garde les filtres ; « Filtrer » revient à la première page."""
    page = client.get(f"{grille}&etat=declare&page=2").content.decode()
    assert "etat=declare&amp;page=3#saisie" in page
    filtres = re.search(r'<form class="filtres".*?</form>', page, re.S)[0]
    assert 'name="page"' not in filtres


def test_une_seule_page_ne_parle_pas_de_pages(client, grille, monkeypatch):
    """Cinq lignes tiennent : ni liens, ni « de cette page »."""
    monkeypatch.setattr(pages, "LIGNES_PAR_PAGE", 5)
    dit = _lire(client.get(grille))
    assert "page 1 sur" not in dit
    assert "de cette page" not in dit
    assert "Vérifier 5 cases de juin, 150 h" in dit


def test_la_case_d_une_page_lointaine_s_ouvre_depuis_son_historique(client, grille, paysage):
    """« Modifier dans la grille », pour Egal : la grille s'ouvre à la troisième page."""
    releve = paysage.affectations[4].releves.get(mois=JUIN)
    detail = client.get(reverse("clauses:releve_detail", args=[releve.pk])).content.decode()
    adresse = unescape(re.search(r'href="([^"]*ligne=[^"]*)"', detail)[1])
    assert _noms(client.get(adresse)) == ["Egal"]


@pytest.mark.parametrize("ligne", ["abc", "00000000-0000-4000-8000-000000000000"])
def test_une_ligne_inconnue_ouvre_la_premiere_page(client, grille, ligne):
    assert _noms(client.get(f"{grille}&ligne={ligne}")) == ["Alba", "Bari"]


@pytest.mark.parametrize("suite", ["", "&etat=declare&nature=tout&page=2", "&etat=vide"])
def test_le_travail_d_une_page_ne_depend_pas_des_autres(client, grille, paysage, nombre_de_requetes, suite):
    """Trois pages ou sept : autant de requêtes, moins de quinze."""
    client.get(grille)
    with nombre_de_requetes() as trois:
        client.get(grille + suite)
    for affectation in AffectationFactory.create_batch(8, engagement=paysage.engagement):
        ReleveHeuresFactory(affectation=affectation, mois=JUIN)
    with nombre_de_requetes() as sept:
        client.get(grille + suite)
    assert len(sept) == len(trois) < 15


# Agir ----------------------------------------------------------------------------------------------------------------


def test_verifier_n_agit_que_sur_la_page_et_le_dit(client, grille, paysage):
    """Page 2 : « Vérifier 2 cases de juin de cette page, 70 h » ; Costa et Diop le sont, les trois autres non, et l'on y reste."""
    page = client.get(f"{grille}&page=2")
    assert "Vérifier 2 cases de juin de cette page, 70 h" in _lire(page)
    reponse = _lot(client, f"{grille}&page=2", "verifier", _formulaire(page))
    assert reponse.url.endswith("&page=2")
    suite = client.get(reponse.url)
    assert "2 cases de juin vérifiées, 70 h." in _lire(suite)
    assert _noms(suite) == ["Costa", "Diop"]
    verifiees = ReleveHeures.objects.filter(mois=JUIN, etat=EtatReleve.VERIFIE).values_list("heures", flat=True)
    assert sorted(verifiees) == [30, 40]


def test_verifier_agit_sur_ce_qui_etait_affiche_meme_si_la_page_a_glisse(client, grille, paysage):
    """Filtre « à vérifier », page 2 affichée (Costa, Diop). Alba est vérifiée entre-temps : la page 2 serait Diop et Egal.

    L'envoi porte Costa et Diop : eux seuls sont vérifiés, pas Egal que l'on n'a pas vu.
    """
    adresse = f"{grille}&etat=declare&page=2"
    donnees = _formulaire(client.get(adresse))
    ReleveHeures.objects.filter(affectation=paysage.affectations[0], mois=JUIN).update(
        etat=EtatReleve.VERIFIE, version=2
    )
    reponse = _lot(client, adresse, "verifier", donnees)
    assert "2 cases de juin vérifiées, 70 h." in _lire(client.get(reponse.url))
    etats = ReleveHeures.objects.filter(mois=JUIN, etat=EtatReleve.DECLARE).values_list("heures", flat=True)
    assert sorted(etats) == [20, 50]


def test_une_case_refusee_reste_a_l_ecran_meme_si_la_page_a_glisse(client, grille, paysage):
    """Filtre « à vérifier », page 2 : 400 h pour Costa revient telle quelle avec sa phrase, bien que la page ait glissé."""
    adresse = f"{grille}&etat=declare&page=2"
    donnees = _formulaire(client.get(adresse)) | {f"h-{_cle(paysage.affectations[2])}": "400"}
    ReleveHeures.objects.filter(affectation__in=paysage.affectations[:2], mois=JUIN).update(etat=EtatReleve.VERIFIE)
    reponse = client.post(adresse, donnees)
    assert reponse.status_code == 422
    champ = re.search(
        rf'<input class="case-valeur" id="h-{_cle(paysage.affectations[2])}"[^>]*>', reponse.content.decode()
    )
    assert 'value="400"' in champ[0]
    assert "plausibles en un mois" in _lire(reponse)


def test_recopier_ne_remplit_que_la_page(client, grille, paysage):
    """Le 31 juillet : « Recopier juin dans 2 cases de cette page » ; les trois autres cases de juillet restent vides."""
    with time_machine.travel(datetime(2026, 7, 31, 18, 0, tzinfo=PARIS), tick=False):
        client.force_login(paysage.facilitateur)
        page = client.get(f"{grille}&page=2")
        assert "Recopier juin dans 2 cases de cette page" in _lire(page)
        reponse = _lot(client, f"{grille}&page=2", "recopier", _formulaire(page))
        assert "2 cases recopiées de juin en juillet, 70 h." in _lire(client.get(reponse.url))
    recopiees = ReleveHeures.objects.filter(mois=date(2026, 7, 1)).values_list("heures", flat=True)
    assert sorted(recopiees) == [30, 40]


def test_une_case_de_la_page_trois_revient_avec_les_totaux_de_tout(client, grille, paysage):
    """htmx, page 3, filtre « à vérifier » : la case d'Egal est validée, et la réponse apporte 550 h validées et ce qui reste."""
    releve = paysage.affectations[4].releves.get(mois=JUIN)
    entetes = HTMX | {"HX-Current-URL": f"http://testserver{grille}&etat=declare&page=3"}
    adresse = reverse("clauses:releve_etat", args=[releve.pk])
    client.post(adresse, {"vers": "suivant", "version": "1"}, headers=entetes)
    reponse = client.post(adresse, {"vers": "suivant", "version": "2"}, headers=entetes)
    html = reponse.content.decode()
    assert f'id="k-{_cle(paysage.affectations[4])}"' in html
    assert re.search(r'id="p-v" hx-swap-oob="true"[^>]*>550<', html)
    assert re.search(r'id="p-2026-06" hx-swap-oob="true"[^>]*>50<', html)
    assert "100 h à vérifier dans 4 cases" in _lire(reponse)


def test_une_personne_a_deux_lignes_garde_le_nom_de_son_titulaire(client, grille, paysage):
    """Alba est aussi chez Voltéo, à une autre page : ses champs disent l'entreprise, et la réponse d'une case la dit encore."""
    lot = LotFactory(marche=paysage.marche, numero="9")
    chez_volteo = EngagementFactory(titulaire=TitulaireFactory(lot=lot, entreprise=paysage.autre_entreprise))
    alba = paysage.affectations[0]
    contrat = ContratFactory(beneficiaire=alba.contrat.beneficiaire)
    AffectationFactory(contrat=contrat, engagement=chez_volteo, eligibilite=alba.eligibilite)
    assert "Heures de juin, Léa Alba, Bâti-Rhône" in unescape(client.get(grille).content.decode())
    reponse = client.post(
        reverse("clauses:heures_case"), {f"h-{_cle(alba)}": "12", f"lu-{_cle(alba)}": "1:10"}, headers=HTMX
    )
    assert reponse.status_code == 200
    assert "Heures de juin, Léa Alba, Bâti-Rhône" in unescape(reponse.content.decode())


# Compter en SQL comme les règles ---------------------------------------------------------------------------------------

# Autour du 10 juin 2026, où juin est le dernier mois : des bornes avant, pendant, après, le jour même, et inconnues.
CONTRATS = [
    (date(2025, 3, 1), None),
    (date(2026, 3, 2), date(2026, 6, 1)),
    (date(2026, 3, 2), date(2026, 5, 31)),
    (date(2026, 6, 10), None),
    (date(2026, 6, 11), date(2027, 1, 1)),
]
FENETRES = [
    (date(2025, 1, 1), None),
    (date(2026, 3, 2), date(2026, 6, 9)),
    (date(2024, 1, 1), date(2025, 12, 31)),
    (date(2026, 6, 10), date(2028, 6, 9)),
    (date(2026, 6, 15), date(2028, 6, 14)),
    (None, None),
]
# Un lot, et les cases de juin qui s'y ouvrent : là où un total à cheval se partage, là où il compte au prorata.
#   sans dates : trois contrats pour la fenêtre sans fin, deux pour celle qui finit le 9, deux pour celle qui commence le 10 ;
#     au prorata, deux de plus pour celle qui ne commence que le 15 (juin se saisit en entier) ;
#   fini le 5 juin : deux contrats, pour les deux fenêtres ouvertes avant.
LOTS = {
    "sans dates": ({}, 7, 9),
    "finit le 5 juin": ({"date_fin": date(2026, 6, 5)}, 4, 4),
    "commence demain": ({"date_debut": date(2026, 6, 11)}, 0, 0),
    "clos": ({"clos_le": date(2026, 6, 10)}, 0, 0),
}


def test_ce_qui_reste_a_declarer_est_ce_que_disent_les_regles(paysage, monkeypatch):
    """Trente contrats et fenêtres : les cases vides comptées en SQL sont celles que les règles ouvrent, ni plus, ni moins.

    « À déclarer » ne montre qu'elles, et toute ligne où une règle ouvre un mois se montre.
    """
    monkeypatch.setattr(pages, "LIGNES_PAR_PAGE", 200)
    placees = []
    for (embauche, fin), (ouverture, fermeture) in product(CONTRATS, FENETRES):
        eligibilite = EligibiliteFactory(
            operation=paysage.operation,
            regle=paysage.regle,
            decide_par=paysage.facilitateur,
            date_debut=ouverture,
            date_fin=fermeture,
            decision=paysage.affectations[0].eligibilite.decision,
        )
        contrat = ContratFactory(
            beneficiaire=eligibilite.beneficiaire, employeur=paysage.entreprise, date_debut=embauche, date_fin=fin
        )
        placees.append(AffectationFactory(contrat=contrat, engagement=paysage.engagement, eligibilite=eligibilite))
    obtenues = {}
    for nom, (dates, _, _) in LOTS.items():
        Lot.objects.filter(pk=paysage.lot.pk).update(**{"date_debut": None, "date_fin": None, "clos_le": None} | dates)
        compte = []
        for mode in ("partager", "prorata"):
            section = {"eligibilite": {"mois_a_cheval": mode}}
            changer_regle(marche=paysage.marche, sections=section, par=paysage.facilitateur)
            compte.append(_ouvertes(paysage, placees))
        obtenues[nom] = (dates, *compte)
    assert obtenues == LOTS


@pytest.mark.parametrize(
    ("parametres", "attendues"),
    [({"point_depart": "premiere_heure"}, 3), ({"changement_entreprise": "nouvelle_fenetre", "duree_mois": 3}, 1)],
    ids=["première heure", "une fenêtre par entreprise"],
)
def test_une_fenetre_particuliere_se_relit_par_les_regles(paysage, monkeypatch, parametres, attendues):
    """Fenêtre gardée ouverte en juin, trois embauches. De la première heure : trois cases. Trois mois par entreprise : seule celle
    embauchée le 2 juin a la sienne ouverte, ce que SQL ne sait pas refaire."""
    monkeypatch.setattr(pages, "LIGNES_PAR_PAGE", 200)
    placees = []
    for embauche in (date(2025, 3, 1), date(2026, 1, 5), date(2026, 6, 2)):
        affectation = _placer(paysage.engagement, "Fall", date_debut=embauche, date_fin=None)
        eligibilite = affectation.eligibilite
        eligibilite.date_debut, eligibilite.date_fin = date(2025, 3, 1), date(2027, 3, 1)
        eligibilite.decision["parametres"] |= parametres
        eligibilite.decision["fenetre"] = {"debut": "2025-03-01", "fin": "2027-03-01"}
        eligibilite.save()
        placees.append(affectation)
    assert _ouvertes(paysage, placees) == attendues


def _ouvertes(paysage, placees) -> int:
    """Le nombre de cases de juin que les règles ouvrent à ces personnes le 10 juin, une fois vérifié que SQL dit les mêmes."""
    le_10_juin = date(2026, 6, 10)
    titulaires = titulaires_de(paysage.operation, paysage.facilitateur)

    def lire(**demande):
        return construire_grille(
            Demande(paysage.operation, JUIN, **demande), titulaires, paysage.facilitateur, le_10_juin
        )

    lues = lire(page=None, avec=frozenset(a.pk for a in placees)).lignes
    ouvertes = {ligne.affectation.pk for ligne in lues if ligne.cases[-1].part}
    assert lire().resume.a_declarer == len(ouvertes)
    assert {ligne.affectation.pk for ligne in lire(etat="vide").lignes} == ouvertes
    a_montrer = {ligne.affectation.pk for ligne in lues if any(case.part for case in ligne.cases)}
    assert a_montrer <= {ligne.affectation.pk for ligne in lire().lignes}
    return len(ouvertes)
