"""Les contrôles à l'écran : dans la grille, avant et après l'envoi."""

import copy
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from clauses.models import Constat, ModeleRegle, Reexamen, RegleClause, ReleveHeures
from clauses.regles.controles import CATALOGUE
from clauses.services.marches import changer_regle
from tests.fabriques import ContratFactory, Paysage, ReleveHeuresFactory
from tests.lire_html import texte

AUJOURD_HUI = "2026-11-17T10:00:00+01:00"
# Octobre 2026 : 31 jours et 22 jours ouvrés ; un contrat de 35 h y fait 155 h au plus.
MOIS = "202610"


@pytest.fixture(scope="module", autouse=True)
def _paysage_bati(base_du_fichier):
    with time_machine.travel(AUJOURD_HUI, tick=False):
        paysage = Paysage()
        ReleveHeures.objects.all().delete()
        return paysage


@pytest.fixture
def paysage(_paysage_bati, db):
    with time_machine.travel(AUJOURD_HUI, tick=False):
        yield copy.deepcopy(_paysage_bati)


def _case(paysage, heures, version="0:"):
    cle = f"{paysage.affectation.pk.hex}-t-{MOIS}"
    return {f"h-{cle}": heures, f"lu-{cle}": version}


def _controler(client, paysage, heures, utilisateur=None):
    client.force_login(utilisateur or paysage.facilitateur)
    return client.post(reverse("clauses:heures_controler"), _case(paysage, heures), headers={"HX-Request": "true"})


def _grille(paysage):
    return f"{reverse('clauses:heures')}?operation={paysage.operation.pk}&mois=2026-10"


# --- avant l'envoi ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heures", "extrait"),
    [
        ("155,01", "Avertissement\u00a0: 155,01\u00a0h du 1er au 31 octobre 2026"),
        ("400", "Bloquant, ne s’enregistrera pas\u00a0: 400\u00a0h en octobre 2026"),
        ("abc", "Bloquant, ne s’enregistrera pas\u00a0: «\u00a0abc\u00a0» n’est pas un nombre d’heures"),
        ("-3", "ne peut pas être négatif"),
        ("35,123", "deux décimales au plus"),
    ],
)
def test_la_case_se_controle_sans_s_enregistrer(client, paysage, heures, extrait):
    """Le fragment dit le niveau en toutes lettres et la phrase ; rien n'est écrit."""
    reponse = _controler(client, paysage, heures)
    assert reponse.status_code == 200
    assert extrait in texte(reponse.content.decode())
    assert not ReleveHeures.objects.exists()
    assert not Constat.objects.exists()


def test_rien_a_dire_rend_un_fragment_vide(client, paysage):
    """Des heures ordinaires, déclarées par l'entreprise : aucune remarque."""
    assert not _controler(client, paysage, "140", paysage.compte_entreprise).content.strip()


def test_l_entreprise_ne_lit_pas_ce_qui_est_reserve(client, paysage):
    """Un autre temps plein de la personne se dit au facilitateur, jamais à l'entreprise."""
    second = ContratFactory(beneficiaire=paysage.beneficiaire, employeur=paysage.autre_entreprise)
    ReleveHeuresFactory(
        affectation__contrat=second, mois="2026-10-01", date_debut="2026-10-01", date_fin="2026-10-31", heures=10
    )
    assert "Voltéo" in texte(_controler(client, paysage, "100").content.decode())
    assert "Voltéo" not in texte(_controler(client, paysage, "100", paysage.compte_entreprise).content.decode())


def test_sans_htmx_la_reponse_se_lit_dans_la_page(client, paysage):
    """Appelé comme une page, le contrôle dit ses remarques en messages."""
    client.force_login(paysage.facilitateur)
    reponse = client.post(reverse("clauses:heures_controler"), _case(paysage, "400"), follow=True)
    assert "Bloquant\u00a0: 400\u00a0h en octobre 2026" in texte(reponse.content.decode())


def test_une_demande_sans_case_n_existe_pas(client, paysage):
    """Ni champ d'heures, ni clé de case : 404."""
    client.force_login(paysage.facilitateur)
    assert client.post(reverse("clauses:heures_controler"), {"h-x": "3"}).status_code == 404


# --- après l'envoi ---------------------------------------------------------------------------------------------------


def test_apres_l_envoi_la_remarque_reste_sous_la_ligne(client, paysage):
    """Sans script : la case est gardée, la page revenue montre l'avertissement, et la case le nomme."""
    client.force_login(paysage.facilitateur)
    reponse = client.post(_grille(paysage), _case(paysage, "160"), follow=True)
    page = texte(reponse.content.decode())
    assert "1\u00a0case enregistrée, 160\u00a0h." in page
    assert (
        "Avertissement\u00a0: 160\u00a0h du 1er au 31 octobre 2026\u00a0: le contrat est de 35\u00a0h par semaine"
        in page
    )
    cle = f"{paysage.affectation.pk.hex}-t-{MOIS}"
    assert f'aria-describedby="e-{cle} c-{cle}"' in reponse.content.decode()
    assert f'id="c-{cle}"' in reponse.content.decode()


def test_la_reponse_d_une_case_porte_ses_remarques(client, paysage):
    """Avec htmx : la case enregistrée revient avec la remarque à ranger sous sa ligne."""
    client.force_login(paysage.facilitateur)
    reponse = client.post(reverse("clauses:heures_case"), _case(paysage, "160"), headers={"HX-Request": "true"})
    assert reponse.status_code == 200
    assert f'id="c-{paysage.affectation.pk.hex}-t-{MOIS}"' in reponse.content.decode()
    assert ReleveHeures.objects.get().heures == Decimal(160)


def test_un_bloquant_du_marche_garde_ce_qui_est_tape(client, paysage):
    """Rendu bloquant par le marché : 422, la phrase, et 160 reste dans la case."""
    changer_regle(
        marche=paysage.marche, sections={"controles": {"plus_que_le_contrat": "bloquant"}}, par=paysage.facilitateur
    )
    client.force_login(paysage.facilitateur)
    reponse = client.post(_grille(paysage), _case(paysage, "160"))
    assert reponse.status_code == 422
    assert "soit 155\u00a0h sur ces jours" in texte(reponse.content.decode())
    assert 'value="160"' in reponse.content.decode()
    assert not ReleveHeures.objects.exists()


def test_une_ligne_validee_ne_montre_plus_ses_remarques(client, paysage):
    """Décidée, la case n'appelle plus rien : la remarque se lit dans son histoire."""
    client.force_login(paysage.facilitateur)
    client.post(_grille(paysage), _case(paysage, "160"))
    ReleveHeures.objects.update(etat="valide")
    assert "Avertissement" not in texte(client.get(_grille(paysage)).content.decode())


def test_la_page_d_une_ligne_dit_tous_ses_constats(client, paysage):
    """L'information aussi, au facilitateur ; l'entreprise n'y lit pas ce qui est réservé."""
    client.force_login(paysage.facilitateur)
    client.post(_grille(paysage), _case(paysage, "160"))
    adresse = reverse("clauses:releve_detail", args=[ReleveHeures.objects.get().pk])
    page = texte(client.get(adresse).content.decode())
    assert "Information\u00a0: 160\u00a0h du 1er au 31 octobre 2026\u00a0: vous les saisissez à la place" in page
    client.force_login(paysage.compte_entreprise)
    page = texte(client.get(adresse).content.decode())
    assert "soit 155\u00a0h sur ces jours" in page
    assert "vous les saisissez à la place" not in page


# --- la liste, le catalogue ------------------------------------------------------------------------------------------


def _declarer(client, paysage, heures="160"):
    """Trois constats : plus que le contrat, un mois complet après deux mois sans rien, saisi à la place de l'entreprise."""
    client.force_login(paysage.facilitateur)
    client.post(_grille(paysage), _case(paysage, heures))
    return ReleveHeures.objects.get()


def test_la_liste_montre_chaque_constat_et_mene_a_sa_ligne(client, paysage):
    """Phrase, nom du contrôle, limite, niveau, personne, opération, entreprise ; la ligne est à un lien."""
    releve = _declarer(client, paysage)
    reponse = client.get(reverse("clauses:controle_liste"))
    page = texte(reponse.content.decode())
    assert "3\u00a0constats" in page
    assert "soit 155\u00a0h sur ces jours" in page
    assert "Plus que les heures du contrat" in page
    assert "Résidence Les Peupliers lot 1, Bâti-Rhône" in page
    assert reverse("clauses:releve_detail", args=[releve.pk]) in reponse.content.decode()


@pytest.mark.parametrize(
    ("requete", "attendus"),
    [
        ("", 3),
        ("code=plus_que_le_contrat", 1),
        ("niveau=information", 1),
        ("niveau=bloquant", 0),
        ("operation={p.operation.pk}", 3),
        ("entreprise={p.entreprise.pk}", 3),
        ("etat=valide", 0),
        ("debut=17/11/2026", 3),
        ("debut=18/11/2026", 0),
        ("fin=16/11/2026", 0),
        ("code=inconnu", 3),
        ("operation=pas-un-identifiant", 3),
    ],
)
def test_les_filtres_de_la_liste(client, paysage, requete, attendus):
    """Opération, entreprise, code, niveau, période ; une valeur fausse ne filtre rien et se dit."""
    _declarer(client, paysage)
    reponse = client.get(f"{reverse('clauses:controle_liste')}?{requete.format(p=paysage)}")
    page = texte(reponse.content.decode())
    nombre = "Aucun constat avec ces filtres" if not attendus else f"{attendus}\u00a0constat"
    assert nombre in page


@pytest.mark.parametrize(("jours", "vus"), [(90, True), (91, False)])
def test_la_liste_porte_sur_90_jours(client, paysage, jours, vus):
    """Un constat de 90 jours se voit encore, de 91 non, sauf à élargir la période."""
    _declarer(client, paysage)
    Constat.objects.update(constate_le=timezone.now() - timedelta(days=jours))
    page = texte(client.get(reverse("clauses:controle_liste")).content.decode())
    assert ("3\u00a0constats" in page) is vus
    elargie = texte(client.get(f"{reverse('clauses:controle_liste')}?debut=01/01/2026").content.decode())
    assert "3\u00a0constats" in elargie


def test_la_liste_s_exporte(client, paysage):
    """Les mêmes constats en CSV, avec le nom du contrôle et la phrase."""
    _declarer(client, paysage)
    reponse = client.get(f"{reverse('clauses:controle_liste')}?export=csv")
    lignes = b"".join(reponse) if reponse.streaming else reponse.content
    assert "Plus que les heures du contrat" in lignes.decode("utf-8-sig")
    assert "soit 155\u00a0h sur ces jours" in lignes.decode("utf-8-sig")


def test_une_autre_structure_ne_voit_pas_ces_constats(client, paysage):
    """La facilitatrice voisine n'a rien à signaler."""
    _declarer(client, paysage)
    client.force_login(paysage.autre_facilitateur)
    assert "Rien à signaler pour l’instant" in texte(client.get(reverse("clauses:controle_liste")).content.decode())


def test_la_liste_ne_fait_pas_une_requete_par_constat(client, paysage, nombre_de_requetes):
    """Un constat ou vingt : autant de requêtes."""
    releve = _declarer(client, paysage)
    with nombre_de_requetes() as peu:
        client.get(reverse("clauses:controle_liste"))
    for rang in range(20):
        Constat.objects.create(
            releve=releve, code=f"ancien_{rang}", niveau="information", phrase="x", constate_le=timezone.now()
        )
    with nombre_de_requetes() as beaucoup:
        client.get(reverse("clauses:controle_liste"))
    assert len(peu) == len(beaucoup) < 15


def test_le_catalogue_se_lit(client, paysage):
    """Chaque contrôle avec son nom, sa limite, sa source et sa version."""
    client.force_login(paysage.facilitateur)
    page = texte(client.get(reverse("clauses:controle_catalogue")).content.decode())
    for controle in CATALOGUE.values():
        assert controle.nom in page
        assert controle.limite in page
        assert f"{controle.code}, version {controle.version}" in page


# --- les niveaux d'un marché -----------------------------------------------------------------------------------------


def _niveaux(paysage):
    return reverse("clauses:regle_controles", args=[paysage.marche.pk])


def _tels_quels(**changes):
    """Tous les niveaux du catalogue, tels que la page les renvoie."""
    return {c.code: c.niveau.value for c in CATALOGUE.values() if not c.niveau_fixe} | changes


def test_la_page_montre_chaque_controle_a_son_niveau(client, paysage):
    """Les réglables ont un choix, avec le niveau par défaut nommé ; les autres sont dits toujours bloquants."""
    client.force_login(paysage.facilitateur)
    reponse = client.get(_niveaux(paysage))
    page = texte(reponse.content.decode())
    assert "Avertissement (par défaut)" in page
    assert "Toujours bloquants\u00a0: nombre illisible" in page
    assert 'name="lot_clos"' not in reponse.content.decode()
    assert 'name="plafond_mensuel"' in reponse.content.decode()


def test_changer_un_niveau_le_garde_et_reexamine(client, paysage):
    """Le niveau va dans la règle du marché ; la ligne ouverte change de niveau tout de suite, et la page le dit."""
    _declarer(client, paysage)
    reponse = client.post(_niveaux(paysage), _tels_quels(plus_que_le_contrat="ne_compte_pas"), follow=True)
    assert "1\u00a0ligne ouverte réexaminée" in texte(reponse.content.decode())
    assert Constat.objects.get(code="plus_que_le_contrat").niveau == "ne_compte_pas"
    regle = RegleClause.objects.get(marche=paysage.marche, est_courante=True)
    assert regle.options["controles"] == {"plus_que_le_contrat": "ne_compte_pas"}


def test_un_niveau_inconnu_revient_explique(client, paysage):
    """Un niveau qui n'existe pas, ou que ce contrôle ne prend pas : 422, rien ne change."""
    client.force_login(paysage.facilitateur)
    for changes in ({"plus_que_le_contrat": "severe"}, {"mois_identiques": "bloquant"}):
        reponse = client.post(_niveaux(paysage), _tels_quels(**changes))
        assert reponse.status_code == 422
        assert "Erreur" in texte(reponse.content.decode())
    assert RegleClause.objects.get(marche=paysage.marche, est_courante=True).options == {}


def test_un_niveau_fixe_envoye_quand_meme_ne_compte_pas(client, paysage):
    """« lot_clos » ajouté à la main dans l'envoi : il n'est pas lu."""
    client.force_login(paysage.facilitateur)
    client.post(_niveaux(paysage), _tels_quels(lot_clos="inactif"))
    assert "controles" not in RegleClause.objects.get(marche=paysage.marche, est_courante=True).options


def test_la_progression_se_suit_puis_la_page_se_recharge(client, paysage):
    """En cours : où l'on en est ; arrêté : reprendre ; fini : la page se recharge."""
    client.force_login(paysage.facilitateur)
    reexamen = Reexamen.objects.create(marche=paysage.marche, demande_par=paysage.facilitateur, faits=200, total=740)
    assert "Lignes réexaminées\u00a0: 200 sur 740" in texte(client.get(_niveaux(paysage)).content.decode())
    fragment = client.get(_niveaux(paysage), headers={"HX-Request": "true"})
    assert "200 sur 740" in texte(fragment.content.decode())
    Reexamen.objects.filter(pk=reexamen.pk).update(etat="echec")
    assert "Reprendre le réexamen" in texte(client.get(_niveaux(paysage)).content.decode())
    Reexamen.objects.filter(pk=reexamen.pk).update(etat="fini")
    assert client.get(_niveaux(paysage), headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_un_modele_de_regle_reexamine_aussi(client, paysage):
    """Un niveau venu d'un modèle change les constats des lignes ouvertes, comme la page des contrôles."""
    _declarer(client, paysage)
    modele = ModeleRegle.objects.create(
        structure=paysage.structure,
        nom="Sévère",
        valeurs={"colonnes": {}, "options": {"controles": {"plus_que_le_contrat": "ne_compte_pas"}}},
    )
    client.post(reverse("clauses:modele_appliquer", args=[paysage.marche.pk]), {"modele": str(modele.pk)})
    assert Constat.objects.get(code="plus_que_le_contrat").niveau == "ne_compte_pas"
