"""La grille d'heures vue par ses utilisateurs : ce qu'elle montre, enregistre, refuse, et à qui."""

import copy
import re
from datetime import date, datetime
from decimal import Decimal
from html import unescape
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from clauses.cumuls import ecarts, recalculer_tous
from clauses.models import EtatReleve, ReleveHeures
from clauses.services.marches import changer_regle
from tests.fabriques import (
    AffectationFactory,
    ContratFactory,
    EligibiliteFactory,
    EngagementFactory,
    LotFactory,
    Paysage,
    ReleveHeuresFactory,
    TitulaireFactory,
)

PARIS = ZoneInfo("Europe/Paris")
LE_30_JUIN = datetime(2026, 6, 30, 10, 42, tzinfo=PARIS)
MAI, JUIN = date(2026, 5, 1), date(2026, 6, 1)
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _le_30_juin_2026():
    with time_machine.travel(LE_30_JUIN, tick=False):
        yield


@pytest.fixture(scope="module", autouse=True)
def _paysage_bati(base_du_fichier):
    with time_machine.travel(LE_30_JUIN, tick=False):
        paysage = Paysage()
        paysage.beneficiaire.prenom, paysage.beneficiaire.nom_naissance = "Luna", "Ferreira"
        paysage.beneficiaire.save()
        recalculer_tous()
        return paysage


@pytest.fixture
def paysage(_paysage_bati, db):
    return copy.deepcopy(_paysage_bati)


@pytest.fixture
def grille(client, paysage):
    """Une session de facilitatrice, et l'adresse de la grille de l'opération."""
    client.force_login(paysage.facilitateur)
    return f"{reverse('clauses:heures')}?operation={paysage.operation.pk}"


def _cle(paysage, mois, nature="t", affectation=None):
    return f"{(affectation or paysage.affectation).pk.hex}-{nature}-{mois:%Y%m}"


def _texte(reponse) -> str:
    """Le texte de la page, sans balises, espaces ramenées à une."""
    html = re.sub(r"<(script|svg).*?</\1>", "", reponse.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def _champ(reponse, cle) -> str:
    """La balise du champ d'une case."""
    trouve = re.search(rf'<input class="case-valeur" id="h-{cle}"[^>]*>', reponse.content.decode())
    assert trouve, f"pas de champ {cle}"
    return unescape(trouve[0])


def _formulaire(reponse) -> dict[str, str]:
    """Ce que le navigateur enverrait : tous les champs du formulaire « grille »."""
    html = reponse.content.decode()
    return {
        nom: unescape(valeur)
        for nom, valeur in re.findall(r'name="((?:h|lu)-[^"]+)" form="grille" value="([^"]*)"', html)
    }


def _envoyer_case(client, cle, texte, lu="0:", entetes=HTMX, adresse=""):
    return client.post(
        reverse("clauses:heures_case"),
        {f"h-{cle}": texte, f"lu-{cle}": lu},
        headers=entetes | ({"HX-Current-URL": f"http://testserver{adresse}"} if adresse else {}),
    )


# --- ce que la grille montre -----------------------------------------------------------------------------------------


def test_la_grille_montre_six_mois_finissant_par_celui_a_saisir(client, grille):
    """Le 30 juin, on saisit juin : la grille va de janvier à juin."""
    page = client.get(grille)
    assert "Heures, janvier à juin 2026" in _texte(page)
    assert '<option value="2026-06" selected>Juin 2026</option>' in page.content.decode()


@time_machine.travel(datetime(2026, 6, 10, 9, 0, tzinfo=PARIS))
def test_en_debut_de_mois_on_saisit_le_mois_qui_vient_de_finir(client, paysage, settings):
    """Le 10 juin, le dernier mois affiché est mai."""
    client.force_login(paysage.facilitateur)
    page = client.get(f"{reverse('clauses:heures')}?operation={paysage.operation.pk}")
    assert "décembre 2025 à mai 2026" in _texte(page)


def test_chaque_case_dit_son_etat_et_son_nom(client, grille, paysage):
    """À vérifier se modifie, validé non ; chaque champ dit le mois et la personne, et renvoie à son état."""
    ReleveHeuresFactory(affectation=paysage.affectation, mois=MAI, heures=50, etat=EtatReleve.VALIDE)
    page = client.get(grille)
    html = page.content.decode()
    avril = _cle(paysage, date(2026, 4, 1))
    champ = _champ(page, avril)
    assert 'value="100"' in champ
    assert "Heures d’avril, Luna Ferreira" in champ
    assert f'aria-describedby="e-{avril}"' in champ
    assert re.search(rf'id="e-{avril}">.*?</svg>à vérifier</span>', html)
    mai = _cle(paysage, MAI)
    assert f'name="h-{mai}"' not in html
    assert re.search(rf'id="e-{mai}">.*?</svg>validé</span>', html)
    assert re.search(rf'id="e-{_cle(paysage, JUIN)}">.*?</svg>à déclarer</span>', html)
    assert "hors contrat" in _texte(page)


def test_un_mois_a_cheval_dit_sa_part(client, grille, paysage):
    """Fenêtre finie le 12 juin : la case de juin est « du 1er au 12 », celle de mai un mois entier."""
    paysage.eligibilite.date_debut, paysage.eligibilite.date_fin = date(2024, 6, 13), date(2026, 6, 12)
    paysage.eligibilite.save()
    texte = _texte(client.get(grille))
    assert texte.count("du 1er au 12") == 1
    assert "éligible jusqu’au 12 juin 2026" in texte


def test_au_prorata_la_grille_dit_ce_qui_compte(client, grille, paysage):
    """Fenêtre finie le 12 mai : les 140 h de mai s'enregistrent, et la grille dit la part comptée et jusqu'à quel jour."""
    paysage.eligibilite.date_debut, paysage.eligibilite.date_fin = date(2024, 5, 13), date(2026, 5, 12)
    paysage.eligibilite.save()
    changer_regle(
        marche=paysage.marche, sections={"eligibilite": {"mois_a_cheval": "prorata"}}, par=paysage.facilitateur
    )
    phrase = "140 h déclarées, 54,19 h comptées : au prorata des jours jusqu’au 12/05/2026"
    reponse = _envoyer_case(client, _cle(paysage, MAI), "140")
    assert reponse.status_code == 200
    assert phrase in _texte(reponse)
    texte = _texte(client.get(grille))
    assert "du 1er au 12" not in texte
    assert phrase in texte


def test_le_prorata_et_le_coefficient_se_disent_tous_les_deux(client, grille, paysage):
    """140 h de mai, 12 jours sur 31 dans la fenêtre, coefficient 0,8 : 54,19 h, puis 43,35 h. Le calcul se lit en entier."""
    paysage.eligibilite.date_debut, paysage.eligibilite.date_fin = date(2024, 5, 13), date(2026, 5, 12)
    paysage.eligibilite.save()
    sections = {
        "eligibilite": {"mois_a_cheval": "prorata"},
        "comptage": {"modes": {"directe": {"coefficient": "0.8"}}},
    }
    changer_regle(marche=paysage.marche, sections=sections, par=paysage.facilitateur)
    assert (
        "140 h déclarées, 43,35 h comptées : 140 h × 12/31 = 54,19 h au prorata des jours jusqu’au 12/05/2026, "
        "× 0,8 = 43,35 h au coefficient d’embauche directe"
    ) in _texte(_envoyer_case(client, _cle(paysage, MAI), "140"))


@pytest.mark.parametrize(
    ("preparer", "mot"),
    [
        (lambda p: _changer(p.eligibilite, date_debut=date(2024, 4, 1), date_fin=date(2026, 3, 31)), "non éligible"),
        (lambda p: _changer(p.eligibilite, date_debut=None, date_fin=None), "non éligible"),
        (lambda p: _changer(p.lot, clos_le=date(2026, 6, 1)), "lot clos"),
        (lambda p: _changer(p.lot, date_fin=date(2026, 5, 31)), "hors du lot"),
        (lambda p: _changer(p.contrat, date_rupture=date(2026, 5, 31)), "hors contrat"),
    ],
)
def test_une_case_fermee_dit_pourquoi(client, grille, paysage, preparer, mot):
    """Juin ne se saisit pas, et deux mots disent pourquoi."""
    preparer(paysage)
    page = client.get(grille)
    assert f'name="h-{_cle(paysage, JUIN)}"' not in page.content.decode()
    assert mot in _texte(page)


def _changer(objet, **champs):
    for nom, valeur in champs.items():
        setattr(objet, nom, valeur)
    objet.save()


def test_les_totaux_comptent_les_heures_validees_et_menent_a_leurs_lignes(client, grille, paysage):
    """Mai : 50 + 30 h validées, 100 h à vérifier n'y sont pas ; chaque total ouvre exactement les lignes qu'il additionne."""
    autre = AffectationFactory(engagement=paysage.engagement)
    ReleveHeuresFactory(affectation=paysage.affectation, mois=MAI, heures=50, etat=EtatReleve.VALIDE)
    ReleveHeuresFactory(affectation=autre, mois=MAI, heures=30, etat=EtatReleve.VALIDE)
    ReleveHeuresFactory(affectation=autre, mois=JUIN, heures=100)
    html = client.get(grille).content.decode()
    adresse, valeur = re.search(r'<a id="p-2026-05" href="([^"]+)">([^<]+)</a>', html).groups()
    assert valeur == "80"
    lignes = client.get(unescape(adresse))
    assert "80 h dans 2 lignes" in _texte(lignes)
    adresse, valeur = re.search(rf'<a id="v-{paysage.affectation.pk.hex}-t" href="([^"]+)">([^<]+)</a>', html).groups()
    assert valeur == "50"
    assert "50 h dans 1 ligne " in _texte(client.get(unescape(adresse)))


def test_la_phrase_du_haut_dit_ce_qui_attend(client, grille, paysage):
    """100 h d'avril à vérifier ; personne n'a rien déclaré pour juin chez Bâti-Rhône, et juin est fini."""
    with time_machine.travel(datetime(2026, 7, 1, 9, 0, tzinfo=PARIS), tick=False):
        client.force_login(paysage.facilitateur)
        texte = _texte(client.get(grille))
    assert "100 h à vérifier dans 1 case" in texte
    assert "Le relevé de juin de Bâti-Rhône manque." in texte


@pytest.mark.parametrize(("jour", "se_recopie"), [(1, False), (24, False), (25, True), (30, True)])
def test_rien_ne_manque_avant_la_fin_du_mois(client, grille, paysage, jour, se_recopie):
    """Juin n'est pas fini : son relevé est attendu. « Recopier » n'apparaît que le 25, quand on commence à le saisir."""
    ReleveHeuresFactory(affectation=paysage.affectation, mois=MAI, heures=50)
    with time_machine.travel(datetime(2026, 6, jour, 9, 0, tzinfo=PARIS), tick=False):
        client.force_login(paysage.facilitateur)
        texte = _texte(client.get(f"{grille}&mois=2026-06"))
    assert "manque" not in texte
    assert "Les relevés de juin sont attendus à la fin du mois." in texte
    assert ("Recopier mai" in texte) == se_recopie


def test_un_mois_entame_ne_se_remplit_pas_d_avance(client, grille, paysage):
    """« Recopier » envoyé à la main le 10 juin n'écrit rien et le dit."""
    ReleveHeuresFactory(affectation=paysage.affectation, mois=MAI, heures=50)
    with time_machine.travel(datetime(2026, 6, 10, 9, 0, tzinfo=PARIS), tick=False):
        client.force_login(paysage.facilitateur)
        adresse = f"{reverse('clauses:heures_lot')}?operation={paysage.operation.pk}&mois=2026-06"
        reponse = client.post(adresse, {"action": "recopier"}, follow=True)
    assert "Aucune case vide à remplir en juin avec les heures de mai." in _texte(reponse)
    assert not ReleveHeures.objects.filter(mois=JUIN).exists()


def test_les_lots_se_rangent_par_numero(client, grille, paysage):
    """Le lot 2 vient avant le lot 10."""
    for numero in ("10", "2"):
        lot = LotFactory(marche=paysage.marche, numero=numero)
        AffectationFactory(engagement=EngagementFactory(titulaire=TitulaireFactory(lot=lot)))
    texte = _texte(client.get(grille))
    assert texte.index("Lot 1, ") < texte.index("Lot 2, ") < texte.index("Lot 10, ")


def test_les_filtres_restreignent_et_se_retirent(client, grille, paysage):
    """Filtrer sur un titulaire cache les autres ; un titulaire d'ailleurs est refusé avec une phrase et ne filtre rien."""
    lot = LotFactory(marche=paysage.marche, numero="2")
    autre = AffectationFactory(engagement=EngagementFactory(titulaire=TitulaireFactory(lot=lot)))
    nom = autre.contrat.beneficiaire.nom_complet
    page = client.get(f"{grille}&titulaire={paysage.titulaire.pk}")
    assert nom not in _texte(page)
    assert "Retirer le filtre" in _texte(page)
    page = client.get(f"{grille}&titulaire={paysage.autre_structure.pk}")
    assert page.status_code == 200
    assert nom in _texte(page)


def test_filtrer_sur_un_etat_garde_les_lignes_qui_en_ont(client, grille, paysage):
    """« Refusé » ne montre que la personne qui a des heures refusées, avec le motif sous sa ligne."""
    autre = AffectationFactory(engagement=paysage.engagement)
    ReleveHeuresFactory(
        affectation=autre,
        mois=MAI,
        heures=14,
        etat=EtatReleve.REFUSE,
        motif="Faites sur un autre chantier",
        decide_par=paysage.facilitateur,
        decide_le=datetime(2026, 6, 9, 9, 0, tzinfo=PARIS),
    )
    texte = _texte(client.get(f"{grille}&etat=refuse"))
    assert "Luna Ferreira" not in texte
    assert f"14 h de mai refusées le 9 juin 2026 par {paysage.facilitateur.get_full_name()}" in texte
    assert "Faites sur un autre chantier" in texte


def test_les_heures_de_formation_ont_leur_ligne(client, grille, paysage):
    """Une ligne de formation suit celle de travail quand il y en a ; « Formation » en montre une à tous."""
    assert _cle(paysage, JUIN, "f") not in client.get(grille).content.decode()
    assert f'name="h-{_cle(paysage, JUIN, "f")}"' in client.get(f"{grille}&nature=formation").content.decode()
    ReleveHeuresFactory(affectation=paysage.affectation, mois=MAI, heures=14, nature="formation")
    page = client.get(grille)
    assert "Heures de mai, formation, Luna Ferreira" in _champ(page, _cle(paysage, MAI, "f"))


def test_une_operation_sans_personne_dit_quoi_faire(client, grille, paysage):
    """Sans affectation, la page explique d'où viendront les lignes."""
    ReleveHeures.objects.all().delete()
    paysage.affectation.delete()
    assert "Personne n’est encore placé sur cette opération" in _texte(client.get(grille))


@pytest.mark.parametrize("suffixe", ["&mois=2026-13", "&mois=abc", "&etat=zzz", "&lot=1%27", "&nature=x"])
def test_un_filtre_errone_ne_casse_pas_la_page(client, grille, suffixe):
    """Une adresse retouchée à la main affiche la grille."""
    assert client.get(grille + suffixe).status_code == 200


@pytest.mark.parametrize("operation", ["pas-un-uuid", "00000000-0000-4000-8000-000000000000"])
def test_une_operation_inconnue_est_introuvable(client, grille, operation):
    assert client.get(f"{reverse('clauses:heures')}?operation={operation}").status_code == 404


def test_le_nombre_de_requetes_ne_depend_pas_des_lignes(client, grille, paysage, nombre_de_requetes):
    """Une personne ou cinquante : autant de requêtes, moins de quinze."""

    def compter():
        with nombre_de_requetes() as requetes:
            assert client.get(grille).status_code == 200
        return len(requetes)

    client.get(grille)
    une = compter()
    for affectation in AffectationFactory.create_batch(50, engagement=paysage.engagement):
        for mois in (MAI, JUIN):
            ReleveHeuresFactory(affectation=affectation, mois=mois)
    assert compter() == une
    assert une < 15


def test_enregistrer_une_case_prend_autant_de_requetes_quel_que_soit_le_nombre_de_lignes(
    client, grille, paysage, nombre_de_requetes
):
    """La réponse d'une case ne relit pas la grille ligne par ligne."""

    def compter(mois):
        with nombre_de_requetes() as requetes:
            assert _envoyer_case(client, _cle(paysage, mois), "35", adresse=grille).status_code == 200
        return len(requetes)

    client.get(grille)
    une = compter(MAI)
    for affectation in AffectationFactory.create_batch(50, engagement=paysage.engagement):
        ReleveHeuresFactory(affectation=affectation, mois=MAI)
    assert compter(JUIN) == une


# --- enregistrer une case (htmx) -------------------------------------------------------------------------------------


def test_une_case_s_enregistre_et_revient_a_verifier(client, grille, paysage):
    """La réponse contient la case « à vérifier », la phrase du haut et l'annonce ; les heures sont gardées."""
    cle = _cle(paysage, JUIN)
    reponse = _envoyer_case(client, cle, "7h30", adresse=grille)
    assert reponse.status_code == 200
    assert 'value="7,5"' in _champ(reponse, cle)
    texte = _texte(reponse)
    assert "107,5 h à vérifier dans 2 cases" in texte
    assert "7,5 h, à vérifier : juin, Luna Ferreira." in texte
    assert reponse["Etape-Lu"] == "1:7,5"
    releve = ReleveHeures.objects.get(mois=JUIN)
    assert (releve.heures, releve.saisi_par) == (Decimal("7.5"), paysage.facilitateur)


@pytest.mark.parametrize(
    ("texte", "extrait"),
    [
        ("400", "c’est plus que les 220 h plausibles en un mois"),
        ("-5", "ne peut pas être négatif"),
        ("abc", "« abc » n’est pas un nombre d’heures"),
        ("1e17", "« 1e17 » est une notation scientifique"),
        ("<b>35", "« <b>35 » n’est pas un nombre d’heures"),
    ],
)
def test_une_case_refusee_garde_le_texte_et_dit_pourquoi(client, grille, paysage, texte, extrait):
    """422 : le champ revient avec ce qui a été tapé, marqué invalide, et la phrase ; rien n'est écrit."""
    cle = _cle(paysage, JUIN)
    reponse = _envoyer_case(client, cle, texte, adresse=grille)
    assert reponse.status_code == 422
    champ = _champ(reponse, cle)
    assert f'value="{texte}"' in champ
    assert 'aria-invalid="true"' in champ
    assert f"x-{cle}" in champ
    assert extrait in unescape(re.sub(r"\s+", " ", reponse.content.decode()))
    assert "<b>" not in reponse.content.decode()
    assert not ReleveHeures.objects.filter(mois=JUIN).exists()


def test_un_conflit_montre_les_deux_valeurs_et_offre_le_choix(client, grille, paysage):
    """409 : l'entreprise a déclaré 40 h à 10 h 42 ; la page garde 46 h sous les yeux et propose l'une ou l'autre."""
    ReleveHeuresFactory(
        affectation=paysage.affectation,
        mois=JUIN,
        heures=40,
        source="entreprise",
        saisi_par=paysage.compte_entreprise,
    )
    cle = _cle(paysage, JUIN)
    reponse = _envoyer_case(client, cle, "46", adresse=grille)
    assert reponse.status_code == 409
    texte = _texte(reponse)
    assert "Deux valeurs pour juin, Luna Ferreira" in texte
    assert "Bâti-Rhône a déclaré 40 h à 10 h 42, pendant que vous saisissiez 46 h" in texte
    assert "Garder 40 h" in texte
    assert "Garder 46 h" in texte
    assert 'value="46"' in _champ(reponse, cle)
    assert ReleveHeures.objects.get(mois=JUIN).heures == 40
    # Envoyer à nouveau sans choisir ne remplace toujours rien.
    lu = re.search(rf'name="lu-{cle}" form="grille" value="([^"]*)"', reponse.content.decode())[1]
    assert _envoyer_case(client, cle, "47", lu=lu, adresse=grille).status_code == 409
    choix = re.search(r'name="garder_mienne" value="([^"]*)"', reponse.content.decode())[1]
    garde = client.post(reverse("clauses:heures_case"), {"garder_mienne": unescape(choix)}, headers=HTMX)
    assert garde.status_code == 200
    assert ReleveHeures.objects.get(mois=JUIN).heures == 46


def test_garder_l_autre_valeur_relit_la_case(client, grille, paysage):
    """« Garder 40 h » : la case montre 40, rien n'est écrit."""
    releve = ReleveHeuresFactory(affectation=paysage.affectation, mois=JUIN, heures=40)
    cle = _cle(paysage, JUIN)
    reponse = client.post(reverse("clauses:heures_case"), {"garder_autre": cle}, headers=HTMX)
    assert reponse.status_code == 200
    assert 'value="40"' in _champ(reponse, cle)
    releve.refresh_from_db()
    assert releve.version == 1


def test_une_case_validee_entre_temps_ne_peut_que_garder_la_valeur_validee(client, grille, paysage):
    """La case a été validée pendant la saisie : la seule issue proposée est la valeur validée."""
    ReleveHeuresFactory(
        affectation=paysage.affectation, mois=JUIN, heures=40, etat=EtatReleve.VALIDE, version=3,
        decide_par=paysage.facilitateur, decide_le=datetime(2026, 6, 29, 9, 5, tzinfo=PARIS),
    )  # fmt: skip
    reponse = _envoyer_case(client, _cle(paysage, JUIN), "46", lu="1:40", adresse=grille)
    texte = _texte(reponse)
    assert reponse.status_code == 409
    assert f"{paysage.facilitateur.get_full_name()} a validé 40 h le 29 juin 2026 à 9 h 05" in texte
    assert "Garder 40 h" in texte
    assert "Garder 46 h" not in texte


def test_une_case_sans_javascript_revient_a_la_grille(client, grille, paysage):
    """Sans htmx, la même adresse enregistre et revient à la grille avec un message."""
    reponse = _envoyer_case(client, _cle(paysage, JUIN), "35", entetes={})
    assert reponse.status_code == 302
    assert "35 h, à vérifier : juin, Luna Ferreira." in _texte(client.get(reponse.url))


def test_la_case_d_une_autre_structure_est_introuvable(client, paysage):
    client.force_login(paysage.autre_facilitateur)
    assert _envoyer_case(client, _cle(paysage, JUIN), "35").status_code == 404
    assert not ReleveHeures.objects.filter(mois=JUIN).exists()


@pytest.mark.parametrize("cle", ["", "zz", "0" * 32 + "-t-202613", "0" * 32 + "-t-000001", "0" * 32 + "-t-202606"])
def test_une_cle_de_case_fausse_est_introuvable(client, grille, cle):
    assert _envoyer_case(client, cle, "35").status_code == 404


# --- enregistrer sans JavaScript -------------------------------------------------------------------------------------


def test_le_formulaire_enregistre_toutes_les_cases_modifiees(client, grille, paysage):
    """Deux cases changées sur toutes celles envoyées : deux sont enregistrées, les autres ne bougent pas."""
    donnees = _formulaire(client.get(grille))
    donnees[f"h-{_cle(paysage, MAI)}"] = "120,5"
    donnees[f"h-{_cle(paysage, JUIN)}"] = "35h30"
    reponse = client.post(grille, donnees | {"action": "enregistrer"}, follow=True)
    assert "2 cases enregistrées, 156 h." in _texte(reponse)
    assert dict(ReleveHeures.objects.values_list("mois", "version")) == {date(2026, 4, 1): 1, MAI: 1, JUIN: 1}
    assert ecarts() == []


def test_le_formulaire_dit_tous_les_refus_et_garde_ce_qui_est_tape(client, grille, paysage):
    """Une case juste est enregistrée ; deux fausses reviennent telles quelles, expliquées, en tête et sous la ligne."""
    donnees = _formulaire(client.get(grille))
    donnees[f"h-{_cle(paysage, date(2026, 4, 1))}"] = "abc"
    donnees[f"h-{_cle(paysage, MAI)}"] = "120"
    donnees[f"h-{_cle(paysage, JUIN)}"] = "400"
    reponse = client.post(grille, donnees)
    assert reponse.status_code == 422
    texte = _texte(reponse)
    assert re.search(r"<title>Erreur\s: ", reponse.content.decode())
    assert "1 case enregistrée, 120 h." in texte
    assert "2 réponses sont à corriger" in texte
    assert 'value="abc"' in _champ(reponse, _cle(paysage, date(2026, 4, 1)))
    assert 'value="400"' in _champ(reponse, _cle(paysage, JUIN))
    assert texte.count("plausibles en un mois") == 2
    assert f'href="#h-{_cle(paysage, JUIN)}"' in reponse.content.decode()
    assert ReleveHeures.objects.get(mois=date(2026, 4, 1)).heures == 100


def test_le_formulaire_ne_remplace_pas_une_case_changee_par_un_autre(client, grille, paysage):
    """Entre l'affichage et l'envoi, l'entreprise a mis 90 h : ma case inchangée ne dit rien, ma case changée est un conflit."""
    donnees = _formulaire(client.get(grille))
    avril = _cle(paysage, date(2026, 4, 1))
    ReleveHeures.objects.filter(pk=paysage.releve.pk).update(heures=90, version=2)
    assert client.post(grille, donnees).status_code == 302
    assert ReleveHeures.objects.get(pk=paysage.releve.pk).heures == 90
    reponse = client.post(grille, donnees | {f"h-{avril}": "80"})
    assert reponse.status_code == 422
    assert "Deux valeurs pour avril, Luna Ferreira" in _texte(reponse)
    choix = unescape(re.search(r'name="garder_mienne" value="([^"]*)"', reponse.content.decode())[1])
    client.post(grille, _formulaire(reponse) | {"garder_mienne": choix})
    assert ReleveHeures.objects.get(pk=paysage.releve.pk).heures == 80


def test_laisser_l_autre_valeur_dans_le_formulaire(client, grille, paysage):
    """« Garder 90 h » sans JavaScript : la case reprend 90 h, le reste de la saisie part avec."""
    donnees = _formulaire(client.get(grille))
    avril = _cle(paysage, date(2026, 4, 1))
    ReleveHeures.objects.filter(pk=paysage.releve.pk).update(heures=90, version=2)
    donnees |= {f"h-{avril}": "80", f"h-{_cle(paysage, JUIN)}": "35", "garder_autre": avril}
    assert client.post(grille, donnees).status_code == 302
    assert dict(ReleveHeures.objects.values_list("mois", "heures")) == {date(2026, 4, 1): 90, JUIN: 35}


def test_envoyer_sans_rien_changer_le_dit(client, grille):
    reponse = client.post(grille, _formulaire(client.get(grille)), follow=True)
    assert "Aucune case n’avait changé" in _texte(reponse)


def test_une_case_d_ailleurs_glissee_dans_le_formulaire_n_ecrit_rien(client, grille, paysage):
    """Une affectation d'une autre structure dans l'envoi : 404, et même les cases justes ne sont pas écrites."""
    etrangere = AffectationFactory()
    donnees = {f"h-{_cle(paysage, JUIN)}": "35", f"h-{_cle(paysage, JUIN, affectation=etrangere)}": "35"}
    assert client.post(grille, donnees).status_code == 404
    assert not ReleveHeures.objects.filter(mois=JUIN).exists()


# --- actions en masse ------------------------------------------------------------------------------------------------


def _lot(client, paysage, action, donnees, suite=""):
    adresse = f"{reverse('clauses:heures_lot')}?operation={paysage.operation.pk}{suite}"
    return client.post(adresse, donnees | {"action": action})


@pytest.fixture
def trois_cases(paysage):
    """Trois personnes ont déclaré juin : 100, 50 et 30 h."""
    affectations = [paysage.affectation, *AffectationFactory.create_batch(2, engagement=paysage.engagement)]
    return [
        ReleveHeuresFactory(affectation=a, mois=JUIN, heures=h)
        for a, h in zip(affectations, (100, 50, 30), strict=True)
    ]


def test_verifier_puis_valider_les_cases_affichees(client, grille, paysage, trois_cases):
    """Le bouton dit combien ; un clic vérifie les trois cases de juin, le suivant les valide. Avril ne bouge pas."""
    page = client.get(grille)
    assert "Vérifier 3 cases de juin, 180 h" in _texte(page)
    reponse = _lot(client, paysage, "verifier", _formulaire(page))
    page = client.get(reponse.url)
    assert "3 cases de juin vérifiées, 180 h." in _texte(page)
    assert "Valider 3 cases de juin, 180 h" in _texte(page)
    _lot(client, paysage, "valider", _formulaire(page))
    assert set(ReleveHeures.objects.filter(mois=JUIN).values_list("etat", flat=True)) == {EtatReleve.VALIDE}
    assert ReleveHeures.objects.get(pk=paysage.releve.pk).etat == EtatReleve.DECLARE
    assert ecarts() == []


def test_ne_verifier_que_les_cases_cochees(client, grille, paysage, trois_cases):
    choix = _cle(paysage, JUIN)
    _lot(client, paysage, "verifier", _formulaire(client.get(grille)) | {"choix": choix})
    etats = dict(ReleveHeures.objects.filter(mois=JUIN).values_list("heures", "etat"))
    assert etats == {100: EtatReleve.VERIFIE, 50: EtatReleve.DECLARE, 30: EtatReleve.DECLARE}


def test_verifier_ne_passe_pas_sur_une_valeur_changee_depuis_l_affichage(client, grille, paysage, trois_cases):
    """Affiché 100 h, devenu 190 h : cette case n'est pas vérifiée, et c'est dit ; les autres le sont."""
    donnees = _formulaire(client.get(grille))
    ReleveHeures.objects.filter(pk=trois_cases[0].pk).update(heures=190, version=2)
    page = client.get(_lot(client, paysage, "verifier", donnees).url)
    assert "2 cases de juin vérifiées, 80 h." in _texte(page)
    assert "Luna Ferreira : Ces heures ont changé depuis que vous les avez lues" in _texte(page)
    assert ReleveHeures.objects.get(pk=trois_cases[0].pk).etat == EtatReleve.DECLARE


def test_verifier_enregistre_d_abord_ce_qui_est_tape(client, grille, paysage, trois_cases):
    """Une case modifiée puis « Vérifier » : la nouvelle valeur est enregistrée et vérifiée."""
    donnees = _formulaire(client.get(grille)) | {f"h-{_cle(paysage, JUIN)}": "90"}
    _lot(client, paysage, "verifier", donnees)
    releve = ReleveHeures.objects.get(pk=trois_cases[0].pk)
    assert (releve.heures, releve.etat) == (90, EtatReleve.VERIFIE)


def test_une_case_a_corriger_arrete_l_action_en_masse(client, grille, paysage, trois_cases):
    """Une case fausse dans l'envoi : rien n'est vérifié, le texte reste, la phrase le dit."""
    donnees = _formulaire(client.get(grille)) | {f"h-{_cle(paysage, JUIN)}": "400"}
    reponse = _lot(client, paysage, "verifier", donnees)
    assert reponse.status_code == 422
    assert "Corrigez d’abord les cases signalées" in _texte(reponse)
    assert 'value="400"' in _champ(reponse, _cle(paysage, JUIN))
    assert set(ReleveHeures.objects.filter(mois=JUIN).values_list("etat", flat=True)) == {EtatReleve.DECLARE}


def test_refuser_demande_des_cases_cochees_et_un_motif(client, grille, paysage, trois_cases):
    """Sans case cochée ou sans motif, rien n'est refusé ; avec, seule la case cochée l'est et le motif se lit."""
    donnees = _formulaire(client.get(grille))
    reponse = _lot(client, paysage, "refuser", donnees | {"motif": "Autre chantier"})
    assert reponse.status_code == 422
    assert "Cochez d’abord, dans la grille, les cases à refuser." in _texte(reponse)
    assert ">\nAutre chantier</textarea>" in reponse.content.decode()
    reponse = _lot(client, paysage, "refuser", donnees | {"choix": _cle(paysage, JUIN), "motif": " "})
    assert reponse.status_code == 422
    assert "Écrivez le motif" in _texte(reponse)
    assert f'value="{_cle(paysage, JUIN)}" form="grille" aria-label="Choisir juin, Luna Ferreira" checked' in (
        reponse.content.decode()
    )
    _lot(client, paysage, "refuser", donnees | {"choix": _cle(paysage, JUIN), "motif": "Autre chantier"})
    assert dict(ReleveHeures.objects.filter(mois=JUIN).values_list("heures", "etat"))[100] == EtatReleve.REFUSE
    assert "Autre chantier" in _texte(client.get(grille))


def test_recopier_le_mois_precedent(client, grille, paysage, trois_cases):
    """Juillet à peine commencé : recopier juin remplit les cases vides ; une seule ne passe pas le plafond, et le dit."""
    with time_machine.travel(datetime(2026, 7, 31, 18, 0, tzinfo=PARIS), tick=False):
        client.force_login(paysage.facilitateur)
        ailleurs = AffectationFactory(contrat=ContratFactory(beneficiaire=paysage.beneficiaire))
        ReleveHeuresFactory(affectation=ailleurs, mois=date(2026, 7, 1), heures=200)
        page = client.get(grille)
        assert "Recopier juin dans 3 cases" in _texte(page)
        reponse = _lot(client, paysage, "recopier", _formulaire(page))
        assert reponse.status_code == 422
        assert "2 cases recopiées de juin en juillet, 80 h." in _texte(reponse)
        assert 'value="100"' in _champ(reponse, _cle(paysage, date(2026, 7, 1)))
        assert "avec les 200 h déjà déclarées" in _texte(reponse)
        recopies = ReleveHeures.objects.filter(mois=date(2026, 7, 1), affectation__engagement=paysage.engagement)
        assert sorted(recopies.values_list("heures", "etat")) == [(30, "declare"), (50, "declare")]


# --- un pas à la fois (Alt+V, page de la case) -----------------------------------------------------------------------


def test_alt_v_verifie_puis_valide(client, grille, paysage):
    """« Suivant » vérifie, puis valide, et la réponse apporte les totaux qui changent."""
    adresse = reverse("clauses:releve_etat", args=[paysage.releve.pk])
    entetes = HTMX | {"HX-Current-URL": f"http://testserver{grille}"}
    reponse = client.post(adresse, {"vers": "suivant", "version": "1"}, headers=entetes)
    assert "100 h vérifiées." in _texte(reponse)
    reponse = client.post(adresse, {"vers": "suivant", "version": "2"}, headers=entetes)
    assert "100 h validées." in _texte(reponse)
    assert re.search(r'<a id="p-2026-04" hx-swap-oob="true"[^>]*>100</a>', reponse.content.decode())
    assert ReleveHeures.objects.get(pk=paysage.releve.pk).etat == EtatReleve.VALIDE


def test_la_page_d_une_case_raconte_son_histoire(client, grille, paysage):
    """Déclarée par l'entreprise, corrigée, refusée, rectifiée : chaque ligne dit quand, qui, et de quelle valeur à quelle autre."""
    cle = _cle(paysage, JUIN)
    client.force_login(paysage.compte_entreprise)
    _envoyer_case(client, cle, "40")
    _envoyer_case(client, cle, "46", lu="1:40")
    releve = ReleveHeures.objects.get(mois=JUIN)
    client.force_login(paysage.facilitateur)
    client.post(
        reverse("clauses:releve_etat", args=[releve.pk]),
        {"vers": "refuse", "version": releve.version, "motif": "Deux jours d’absence"},
    )
    client.force_login(paysage.compte_entreprise)
    _envoyer_case(client, cle, "32", lu="3:46")
    client.force_login(paysage.facilitateur)
    texte = _texte(client.get(reverse("clauses:releve_detail", args=[releve.pk])))
    etapes = [
        "32 h au lieu de 46 h, rectifiées",
        "Refusé : Deux jours d’absence",
        "46 h au lieu de 40 h",
        "40 h déclarées par l’entreprise",
    ]
    places = [texte.index(etape) for etape in etapes]
    assert places == sorted(places)
    assert paysage.compte_entreprise.get_full_name() in texte
    assert paysage.facilitateur.get_full_name() in texte


def test_l_histoire_garde_une_case_videe_puis_reprise(client, grille, paysage):
    """Vider puis ressaisir ne fait pas oublier la première valeur, ni qui l'a effacée."""
    cle = _cle(paysage, JUIN)
    _envoyer_case(client, cle, "40")
    _envoyer_case(client, cle, "", lu="1:40")
    _envoyer_case(client, cle, "12")
    texte = _texte(client.get(reverse("clauses:releve_detail", args=[ReleveHeures.objects.get(mois=JUIN).pk])))
    assert "Case vidée : 40 h effacées" in texte
    assert texte.count(paysage.facilitateur.get_full_name()) >= 3


def test_une_case_reprise_deja_decidee_dit_sa_declaration_puis_sa_decision(client, grille, paysage):
    """Des heures arrivées déjà validées racontent quand même les deux temps, à leurs dates."""
    releve = ReleveHeuresFactory(
        affectation=paysage.affectation,
        mois=MAI,
        heures=50,
        etat=EtatReleve.VALIDE,
        saisi_le=datetime(2026, 6, 2, 9, 0, tzinfo=PARIS),
        decide_par=paysage.facilitateur,
        decide_le=datetime(2026, 6, 9, 9, 0, tzinfo=PARIS),
    )
    texte = _texte(client.get(reverse("clauses:releve_detail", args=[releve.pk])))
    assert texte.index("9 juin 2026 à 9 h") < texte.index("Validé ", texte.index("Historique de la case"))
    assert texte.index("9 juin 2026 à 9 h") < texte.index("2 juin 2026 à 9 h") < texte.index("50 h déclarées")


def test_rouvrir_une_case_validee_depuis_sa_page(client, grille, paysage):
    """Sans motif, la phrase le réclame ; avec, la case redevient modifiable."""
    ReleveHeures.objects.filter(pk=paysage.releve.pk).update(etat=EtatReleve.VALIDE)
    adresse = reverse("clauses:releve_etat", args=[paysage.releve.pk])
    reponse = client.post(adresse, {"vers": "rectifie", "version": "1"}, follow=True)
    assert "Écrivez le motif" in _texte(reponse)
    reponse = client.post(adresse, {"vers": "rectifie", "version": "1", "motif": "Bulletin corrigé"}, follow=True)
    assert "100 h rouvertes." in _texte(reponse)
    assert "Rouvert : Bulletin corrigé" in _texte(reponse)


@pytest.mark.parametrize(
    ("donnees", "phrase"),
    [
        ({"vers": "zzz"}, "Cette action n’existe pas ici"),
        ({}, "Cette action n’existe pas ici"),
        ({"vers": "refuse", "motif": "x" * 401}, "400 signes au plus"),
        ({"vers": "valide", "version": "1"}, "vérifiez-les avant de les valider"),
        ({"vers": "verifie", "version": "²"}, "La page est trop ancienne"),
        ({"vers": "verifie"}, "La page est trop ancienne"),
    ],
)
def test_une_decision_mal_formee_ne_change_rien(client, grille, paysage, donnees, phrase):
    reponse = client.post(reverse("clauses:releve_etat", args=[paysage.releve.pk]), donnees)
    assert reponse.status_code == 422
    assert phrase in _texte(reponse)
    paysage.releve.refresh_from_db()
    assert paysage.releve.etat == EtatReleve.DECLARE


def test_un_motif_tape_survit_a_une_valeur_changee_entre_temps(client, grille, paysage):
    """Le relevé a changé pendant qu'on écrivait le motif : rien n'est refusé, le motif revient à l'écran."""
    ReleveHeures.objects.filter(pk=paysage.releve.pk).update(heures=90, version=2)
    adresse = reverse("clauses:releve_etat", args=[paysage.releve.pk])
    reponse = client.post(adresse, {"vers": "refuse", "version": "1", "motif": "Deux jours d’absence"})
    assert reponse.status_code == 422
    assert "Ces heures ont changé depuis que vous les avez lues" in _texte(reponse)
    assert ">\nDeux jours d’absence</textarea>" in unescape(reponse.content.decode())
    assert ReleveHeures.objects.get(pk=paysage.releve.pk).etat == EtatReleve.DECLARE


def test_alt_v_sur_une_valeur_changee_montre_la_nouvelle_et_le_dit(client, grille, paysage):
    """La case lue à 100 h est passée à 90 : elle n'est pas vérifiée, la nouvelle valeur et la phrase s'affichent."""
    ReleveHeures.objects.filter(pk=paysage.releve.pk).update(heures=90, version=2)
    adresse = reverse("clauses:releve_etat", args=[paysage.releve.pk])
    entetes = HTMX | {"HX-Current-URL": f"http://testserver{grille}"}
    reponse = client.post(adresse, {"vers": "suivant", "version": "1"}, headers=entetes)
    assert reponse.status_code == 200
    assert 'value="90"' in _champ(reponse, _cle(paysage, date(2026, 4, 1)))
    assert "relisez-les, puis décidez" in _texte(reponse)
    assert ReleveHeures.objects.get(pk=paysage.releve.pk).etat == EtatReleve.DECLARE


# --- qui voit quoi ---------------------------------------------------------------------------------------------------


def test_l_entreprise_ne_voit_que_ses_personnes_et_ne_decide_pas(client, grille, paysage):
    """Elle saisit, lit « éligible jusqu’au », ne voit ni le critère, ni les autres, ni aucun bouton de décision."""
    autre = AffectationFactory(engagement=paysage.engagement)
    decision = paysage.eligibilite.decision | {"critere": "Bénéficiaire du RSA"}
    _changer(paysage.eligibilite, criteres_retenus=["RSA"], decision=decision)
    client.force_login(paysage.compte_entreprise)
    page = client.get(grille)
    texte = _texte(page)
    assert "Luna Ferreira" in texte
    assert "éligible jusqu’au 1er mars 2028" in texte
    assert autre.contrat.beneficiaire.nom_complet not in texte
    assert "RSA" not in texte
    assert "Vérifier " not in texte
    assert 'name="choix"' not in page.content.decode()
    assert "data-decision" not in page.content.decode()
    assert f'name="h-{_cle(paysage, JUIN)}"' in page.content.decode()


def test_l_entreprise_ne_peut_pas_verifier_par_l_adresse(client, grille, paysage, trois_cases):
    """Les boutons absents ne suffisent pas : l'envoi forgé est refusé avec la phrase de la règle."""
    donnees = _formulaire(client.get(grille))
    client.force_login(paysage.compte_entreprise)
    reponse = _lot(client, paysage, "verifier", donnees)
    assert "revient au facilitateur" in _texte(client.get(reponse.url))
    assert set(ReleveHeures.objects.filter(mois=JUIN).values_list("etat", flat=True)) == {EtatReleve.DECLARE}


def test_l_employeur_qui_n_est_pas_titulaire_voit_ses_personnes(client, grille, paysage):
    """Une ETTI sans lot sur l'opération y saisit les heures de ses intérimaires, et rien d'autre."""
    contrat = ContratFactory(employeur=paysage.autre_entreprise, entreprise_utilisatrice=paysage.entreprise)
    AffectationFactory(contrat=contrat, engagement=paysage.engagement)
    client.force_login(paysage.autre_compte_entreprise)
    texte = _texte(client.get(grille))
    assert contrat.beneficiaire.nom_complet in texte
    assert "Luna Ferreira" not in texte


@pytest.mark.parametrize("compte", ["compte_acheteur", "compte_prescripteur"])
@pytest.mark.parametrize("nom", ["heures", "heures_case", "heures_lot"])
def test_acheteur_et_prescripteur_n_entrent_pas_dans_la_grille(client, grille, paysage, compte, nom):
    client.force_login(getattr(paysage, compte))
    methode = client.get if nom == "heures" else client.post
    assert methode(f"{reverse(f'clauses:{nom}')}?operation={paysage.operation.pk}").status_code == 403


def test_la_grille_d_une_autre_structure_est_introuvable(client, grille, paysage):
    client.force_login(paysage.autre_facilitateur)
    assert client.get(grille).status_code == 404


def test_le_fil_de_l_entreprise_ne_mene_pas_a_une_page_fermee(client, grille, paysage):
    """L'entreprise ne lit pas la fiche de l'opération : son nom y reste un mot."""
    fiche = f'href="{reverse("reporting:operation_fiche", args=[paysage.operation.pk])}"'
    client.force_login(paysage.compte_entreprise)
    assert fiche not in client.get(grille).content.decode()
    client.force_login(paysage.facilitateur)
    assert fiche in client.get(grille).content.decode()


# --- choisir une opération -------------------------------------------------------------------------------------------


def test_le_choix_compte_ce_qui_attend_par_operation(client, paysage, nombre_de_requetes):
    """Une case de juin à déclarer, 100 h d'avril à vérifier ; le compte des requêtes ne dépend pas des opérations."""
    client.force_login(paysage.facilitateur)
    texte = _texte(client.get(reverse("clauses:heures")))
    assert "1 case à déclarer en juin 2026, 1 case à vérifier" in texte
    with nombre_de_requetes() as une:
        client.get(reverse("clauses:heures"))
    for _ in range(10):
        eligibilite = EligibiliteFactory(operation__structure=paysage.structure)
        lot = LotFactory(marche=eligibilite.regle.marche)
        affectation = AffectationFactory(
            eligibilite=eligibilite, engagement=EngagementFactory(titulaire=TitulaireFactory(lot=lot))
        )
        ReleveHeuresFactory(affectation=affectation, etat=EtatReleve.VERIFIE)
    with nombre_de_requetes() as onze:
        texte = _texte(client.get(reverse("clauses:heures")))
    assert len(onze) == len(une) < 15
    assert "11 opérations" in texte
    assert "10 cases à valider" in texte


def test_le_choix_sans_rien_a_saisir_dit_d_ou_viendront_les_heures(client, paysage):
    client.force_login(paysage.autre_facilitateur)
    assert "Aucune heure à saisir pour l’instant" in _texte(client.get(reverse("clauses:heures")))


# --- les lignes ------------------------------------------------------------------------------------------------------


@pytest.fixture
def lignes(client, paysage):
    client.force_login(paysage.facilitateur)
    return reverse("clauses:releve_liste")


def _nombre_de_lignes(reponse) -> int:
    return int(re.search(r'role="status"><strong>(\d+)', reponse.content.decode())[1])


def test_chaque_filtre_retrouve_ses_lignes(client, lignes, paysage):
    """Opération, marché, lot, titulaire, engagement, personne, affectation, état, nature, mois, début et fin."""
    ReleveHeuresFactory(affectation=paysage.affectation, mois=MAI, heures=50, etat=EtatReleve.VALIDE)
    ReleveHeuresFactory(affectation=paysage.affectation, mois=JUIN, heures=14, nature="formation")
    ailleurs = AffectationFactory(
        contrat__beneficiaire__structure=paysage.structure,
        engagement__titulaire__lot__marche__operation__structure=paysage.structure,
    )
    ReleveHeuresFactory(affectation=ailleurs, mois=MAI, heures=7)
    attendus = {
        "": 4,
        f"operation={paysage.operation.pk}": 3,
        f"marche={paysage.marche.pk}": 3,
        f"lot={paysage.lot.pk}": 3,
        f"titulaire={paysage.titulaire.pk}": 3,
        f"engagement={paysage.engagement.pk}": 3,
        f"beneficiaire={paysage.beneficiaire.pk}": 3,
        f"affectation={paysage.affectation.pk.hex}": 3,
        "etat=valide": 1,
        "etat=en_attente": 3,
        "nature=formation": 1,
        "mois=2026-05": 2,
        "mois=2026-05-01": 2,
        "debut=15/05/2026": 3,
        "fin=2026-05-15": 3,
        f"operation={paysage.operation.pk}&etat=en_attente&mois=2026-06": 1,
    }
    comptes = {filtre: _nombre_de_lignes(client.get(f"{lignes}?{filtre}")) for filtre in attendus}
    assert comptes == attendus


def test_la_phrase_et_le_pied_disent_le_total(client, lignes, paysage):
    ReleveHeuresFactory(affectation=paysage.affectation, mois=MAI, heures=Decimal("50.5"), etat=EtatReleve.VALIDE)
    page = client.get(f"{lignes}?lot={paysage.lot.pk}")
    texte = _texte(page)
    assert "150,5 h dans 2 lignes : Résidence Les Peupliers, lot 1 ; dont 100 h à vérifier, 50,5 h validées" in texte
    assert re.search(r"<tfoot.*?150,5\s+h", page.content.decode(), re.S)


def test_les_lignes_se_trient_et_se_paginent_sans_requete_de_plus(client, lignes, paysage, nombre_de_requetes):
    """Soixante relevés : vingt-cinq par page, triables, autant de requêtes que pour un seul."""
    with nombre_de_requetes() as une:
        client.get(lignes)
    for n, affectation in enumerate(AffectationFactory.create_batch(59, engagement=paysage.engagement)):
        ReleveHeuresFactory(affectation=affectation, mois=MAI, heures=n)
    with nombre_de_requetes() as soixante:
        page = client.get(f"{lignes}?sort=-heures")
    assert len(soixante) <= len(une) < 15
    heures = [int(h) for h in re.findall(r"Historique\s: </span>(\d+)", page.content.decode())]
    assert len(heures) == 25
    assert heures == sorted(heures, reverse=True)


@pytest.mark.parametrize(
    "filtre", ["lot=pas-un-uuid", "mois=2026-13", "mois=0000-01", "debut=hier", "etat=zzz", "page=999"]
)
def test_un_filtre_de_lignes_errone_ne_casse_pas_la_page(client, lignes, filtre):
    assert client.get(f"{lignes}?{filtre}").status_code in (200, 404)


def test_un_mois_illisible_n_a_aucune_ligne(client, lignes):
    assert "Aucune ligne avec ces filtres" in _texte(client.get(f"{lignes}?mois=2026-13"))


def test_l_export_donne_les_lignes_affichees_et_neutralise_les_formules(client, lignes, paysage):
    """CSV des lignes filtrées, en clair ; un nom qui ressemble à une formule reste un texte."""
    _changer(paysage.beneficiaire, nom_naissance="=LIEN(1)")
    ReleveHeuresFactory(mois=MAI)
    fichier = client.get(f"{lignes}?operation={paysage.operation.pk}&export=csv")
    rangs = fichier.content.decode("utf-8-sig").strip().split("\r\n")
    assert len(rangs) == 2
    assert "'=LIEN(1)" in rangs[1]
    assert ";100,00;" in rangs[1]


def test_chacun_ne_voit_que_ses_lignes(client, lignes, paysage):
    """L'entreprise voit celles de ses salariés, le prescripteur celles des personnes qu'il a orientées, l'acheteur aucune."""
    autre = AffectationFactory(engagement=paysage.engagement)
    ReleveHeuresFactory(affectation=autre, mois=MAI)
    for compte in ("compte_entreprise", "compte_prescripteur"):
        client.force_login(getattr(paysage, compte))
        page = client.get(lignes)
        assert _nombre_de_lignes(page) == 1
        assert autre.contrat.beneficiaire.nom_complet not in _texte(page)
    client.force_login(paysage.compte_acheteur)
    assert client.get(lignes).status_code == 403
    client.force_login(paysage.autre_facilitateur)
    assert "Aucune heure pour l’instant" in _texte(client.get(lignes))
    assert client.get(reverse("clauses:releve_detail", args=[paysage.releve.pk])).status_code == 404
