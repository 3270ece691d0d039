"""Les freins du territoire : comptes, médiane, filtres, graphique, et ce qui part chez un partenaire. Comptés à la main."""

import copy
from datetime import date, timedelta
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from parcours.models import Dispositif, Frein, Parcours
from reporting.freins_territoire import (
    LigneFrein,
    TableauFreins,
    freins_du_territoire,
    graphique,
    lignes_d_export,
    masquer_le_tableau,
)
from tests.fabriques import BeneficiaireFactory, Paysage
from tests.lire_html import texte

DEBUT = date(2026, 3, 2)


def suivre(paysage, commune="Villerive", debut=date(2026, 2, 2), personne=None, fin=None, **suite) -> Parcours:
    personne = personne or BeneficiaireFactory(structure=paysage.structure, commune=commune)
    return Parcours.objects.create(beneficiaire=personne, date_debut=debut, date_fin=fin, **suite)


def freiner(parcours: Parcours, rubrique: str, etat="repere", repere_le=DEBUT, jours=0) -> Frein:
    leve_le = repere_le + timedelta(days=jours) if etat == "leve" else None
    return Frein.objects.create(
        parcours=parcours,
        rubrique=rubrique,
        etat=etat,
        date_etat=leve_le or repere_le,
        repere_le=repere_le,
        leve_le=leve_le,
    )


@pytest.fixture(scope="module", autouse=True)
def _territoire_bati(base_du_fichier):
    """Mobilité : six personnes, dont trois levées en 10, 20 et 60 jours ; logement : une ; numérique : sans objet."""
    paysage = Paysage()
    parcours = [suivre(paysage, dispositif=Dispositif.PLIE if rang < 2 else Dispositif.RSA) for rang in range(5)]
    parcours.append(suivre(paysage, commune="Hautmont"))
    for rang, jours in enumerate((10, 20, 60)):
        freiner(parcours[rang], "mobilite", "leve", jours=jours)
    freiner(parcours[3], "mobilite", "en_cours")
    freiner(parcours[4], "mobilite", repere_le=date(2026, 6, 1))
    freiner(parcours[5], "mobilite")
    freiner(parcours[0], "logement")
    Frein.objects.create(parcours=parcours[0], rubrique="numerique", etat="sans_objet", date_etat=DEBUT)
    paysage.suivis = parcours
    return paysage


@pytest.fixture
def territoire(_territoire_bati, db):
    return copy.deepcopy(_territoire_bati)


def ligne(tableau: TableauFreins, rubrique: str) -> tuple:
    trouvee = next(x for x in tableau.lignes if x.rubrique == rubrique)
    return trouvee.personnes, trouvee.reperes, trouvee.en_cours, trouvee.leves, trouvee.mediane


def test_les_comptes_et_la_mediane(territoire):
    """Six en mobilité : deux repérés, un en cours, trois levés ; la médiane de 10, 20 et 60 est 20."""
    tableau = freins_du_territoire(Frein.objects.pour(territoire.facilitateur))
    assert tableau.personnes == 6
    assert ligne(tableau, "mobilite") == (6, 2, 1, 3, Decimal(20))
    assert ligne(tableau, "logement") == (1, 1, 0, 0, None)
    assert ligne(tableau, "numerique") == (0, 0, 0, 0, None)
    assert [x.rubrique for x in tableau.lignes][:2] == ["mobilite", "logement"] and len(tableau.lignes) == 9


def test_la_mediane_de_deux_levees_est_leur_milieu(territoire):
    """10 et 25 jours : 17,5."""
    Frein.objects.filter(parcours=territoire.suivis[2], rubrique="mobilite").delete()
    Frein.objects.filter(parcours=territoire.suivis[1], rubrique="mobilite").update(leve_le=DEBUT + timedelta(days=25))
    tableau = freins_du_territoire(Frein.objects.pour(territoire.facilitateur))
    assert ligne(tableau, "mobilite")[4] == Decimal("17.5")


def test_qui_revient_compte_une_fois_avec_son_dernier_parcours(territoire):
    """Logement repéré cette fois, levé la fois d'avant : une personne, repérée."""
    ancien = suivre(
        territoire, personne=territoire.suivis[0].beneficiaire, debut=date(2024, 1, 8), fin=date(2025, 1, 8)
    )
    freiner(ancien, "logement", "leve", repere_le=date(2024, 2, 1), jours=30)
    tableau = freins_du_territoire(Frein.objects.pour(territoire.facilitateur))
    assert ligne(tableau, "logement") == (1, 1, 0, 0, None)


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_freins(territoire, django_assert_num_queries):
    """Deux requêtes, pour huit freins comme pour des milliers."""
    freins = Frein.objects.pour(territoire.facilitateur)
    with django_assert_num_queries(2):
        freins_du_territoire(freins)


@pytest.mark.parametrize(
    ("requete", "personnes"),
    [
        ("", 6),
        ("commune=Hautmont", 1),
        ("dispositif=plie", 2),
        ("debut=01/06/2026", 1),
        ("fin=31/05/2026", 5),
        ("debut=02/06/2026", 0),
    ],
)
def test_les_filtres_choisissent(client, territoire, requete, personnes):
    """Commune, dispositif, période de repérage, bornes comprises."""
    client.force_login(territoire.facilitateur)
    page = texte(client.get(f"{reverse('reporting:freins_territoire')}?{requete}").content.decode()).replace(
        "\xa0", " "
    )
    if personnes:
        assert f"{personnes} personne{'s ont' if personnes > 1 else ' a'} au moins un frein" in page
    else:
        assert "Aucun frein n’est repéré, ou aucun avec ces filtres." in page


@pytest.mark.parametrize("requete", ["debut=pas-une-date", "commune=Nulle-Part", "dispositif=x", "fin=99/99/9999"])
def test_un_filtre_absurde_ne_casse_rien(client, territoire, requete):
    """La page s'ouvre."""
    client.force_login(territoire.facilitateur)
    assert client.get(f"{reverse('reporting:freins_territoire')}?{requete}").status_code == 200


def test_une_autre_structure_ne_compte_rien(client, territoire):
    """Chacun ses personnes."""
    client.force_login(territoire.autre_facilitateur)
    assert "Aucun frein n’est repéré" in client.get(reverse("reporting:freins_territoire")).content.decode()


def test_le_fichier_remis_a_un_partenaire_masque_les_petits_comptes(client, territoire):
    """Une personne au logement, trois levées : le fichier les tait ; l'écran, lui, les montre."""
    client.force_login(territoire.facilitateur)
    reponse = client.get(f"{reverse('reporting:freins_territoire')}?export=csv")
    lignes = dict(x.split(";", 1) for x in reponse.content.decode("utf-8-sig").splitlines())
    assert lignes["Logement"].startswith("masqué")
    assert "20" not in lignes["Mobilité"] and lignes["Mobilité"].count("masqué") >= 3
    assert lignes["Numérique"] == "0;0;0;0;"
    assert territoire.suivis[0].beneficiaire.nom_naissance not in reponse.content.decode("utf-8-sig")


def test_ce_qui_est_grand_reste_ecrit():
    """Vingt personnes : 12 en mobilité (6 repérés, 0 en cours, 6 levés en 30 jours), 8 sans ; le reste à zéro."""
    tableau = TableauFreins(
        (LigneFrein("mobilite", 12, 6, 0, 6, Decimal(30)), LigneFrein("logement", 20, 5, 5, 10, Decimal("41.25"))), 20
    )
    assert masquer_le_tableau(tableau) == tableau
    assert lignes_d_export(tableau) == [
        ["Frein", "Personnes", "Repéré", "En cours de levée", "Levé", "Jours pour le lever (médiane)"],
        ["Mobilité", 12, 6, 0, 6, Decimal("30.0")],
        ["Logement", 20, 5, 5, 10, Decimal("41.2")],
        ["Personnes ayant au moins un frein", 20],
    ]


def test_douze_sur_quatorze_en_dit_deux():
    """Le complément de deux personnes fait taire le compte ou le total."""
    tableau = TableauFreins((LigneFrein("mobilite", 12, 6, 0, 6, Decimal(30)),), 14)
    masque = masquer_le_tableau(tableau)
    assert masque.personnes is None or masque.lignes[0].personnes is None


def test_le_graphique_se_dit_en_une_phrase_et_sans_style():
    """Une barre par frein présent, trois motifs ; un lecteur d'écran lit la conclusion."""
    dessin = graphique((LigneFrein("mobilite", 6, 2, 1, 3, None), LigneFrein("logement", 0, 0, 0, 0, None)))
    racine = ElementTree.fromstring(dessin)
    assert racine.get("aria-label") == "Mobilité est le frein le plus fréquent\xa0: 6\xa0personnes."
    rectangles = [r for r in racine.iter("rect") if "stroke-width" in r.attrib]
    assert [float(r.get("width")) for r in rectangles] == [200.0, 66.7, 133.3]  # 3, 1 et 2 sixièmes de 400
    assert "style" not in dessin and "Logement" not in dessin
    assert graphique(()) is None


def test_sur_un_telephone_chaque_nom_est_au_dessus_de_sa_barre():
    """La plus longue barre et son nombre tiennent dans le dessin ; ses hachures ne sont pas celles du dessin caché."""
    lignes = (LigneFrein("administratif_juridique", 6, 2, 1, 3, None), LigneFrein("mobilite", 1, 1, 0, 0, None))
    dessin = graphique(lignes, etroit=True)
    racine = ElementTree.fromstring(dessin)
    largeur = float(racine.get("viewBox").split()[2])
    rectangles = [r for r in racine.iter("rect") if "stroke-width" in r.attrib]
    bords = [float(r.get("x")) + float(r.get("width")) for r in rectangles]
    assert max(bords) == 290.0 and largeur == 340.0
    noms = [t for t in racine.iter("text") if t.get("font-weight") is None]
    assert [float(t.get("x")) for t in noms] == [1.0, 1.0]
    assert float(noms[0].get("y")) < float(rectangles[0].get("y"))
    assert 'id="barres-hachures-etroites"' in dessin and "url(#barres-hachures-etroites)" in dessin
    assert "url(#barres-hachures)" in graphique(lignes)


def test_chaque_chiffre_mene_aux_personnes_qu_il_compte(client, territoire):
    """Trois levés en mobilité : le lien mène à ces trois personnes, et à leur frein ; un zéro n'est pas un lien."""
    client.force_login(territoire.facilitateur)
    page = client.get(reverse("reporting:freins_territoire"), {"dispositif": "plie"}).content.decode()
    adresse = reverse("reporting:freins_personnes", args=["mobilite"])
    assert f'href="{adresse}?dispositif=plie&amp;etat=leve">2<' in page
    assert f'href="{adresse}?dispositif=plie">2<' in page
    assert "etat=en_cours" not in page
    page = client.get(adresse, {"etat": "leve"}).content.decode()
    noms = {territoire.suivis[rang].beneficiaire.nom_complet for rang in range(3)}
    absents = {territoire.suivis[rang].beneficiaire.nom_complet for rang in range(3, 6)}
    assert all(nom in page for nom in noms)
    assert not any(nom in page for nom in absents)
    assert "3\xa0personnes, frein levé." in texte(page)
    assert "Personne Commune Dispositif État Repéré le Levé le Jours pour le lever" in " ".join(texte(page).split())
    frein = Frein.objects.get(parcours=territoire.suivis[0], rubrique="mobilite")
    assert reverse("parcours:frein_detail", args=[frein.pk]) in page
    page = client.get(adresse, {"dispositif": "plie", "etat": "leve"}).content.decode()
    assert "2\xa0personnes, frein levé, avec les filtres de la page précédente." in texte(page)
    assert f'href="{reverse("reporting:freins_territoire")}?dispositif=plie"' in page


def test_les_personnes_d_une_autre_structure_ne_se_montrent_pas(client, territoire):
    """Une rubrique inventée est introuvable ; un état inventé n'en choisit aucun ; ailleurs, personne."""
    client.force_login(territoire.facilitateur)
    assert client.get(reverse("reporting:freins_personnes", args=["inventee"])).status_code == 404
    adresse = reverse("reporting:freins_personnes", args=["mobilite"])
    assert "6\xa0personnes." in texte(client.get(adresse, {"etat": "inventé"}).content.decode())
    client.force_login(territoire.autre_facilitateur)
    page = texte(client.get(adresse).content.decode())
    assert "Aucune personne n’a ce frein" in page
    assert territoire.suivis[0].beneficiaire.nom_complet not in page


def test_la_liste_des_personnes_coute_autant_avec_une_ou_six(client, territoire, nombre_de_requetes):
    client.force_login(territoire.facilitateur)
    adresse = reverse("reporting:freins_personnes", args=["mobilite"])
    client.get(adresse)
    with nombre_de_requetes() as six:
        client.get(adresse)
    Frein.objects.filter(parcours__in=territoire.suivis[1:]).delete()
    with nombre_de_requetes() as une:
        client.get(adresse)
    assert len(une) == len(six)
