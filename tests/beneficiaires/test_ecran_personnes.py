"""La liste des personnes : chercher, filtrer, trier, compter, exporter ; et ses deux vides."""

from datetime import date

import pytest

from beneficiaires.models import MetierRome, ModeQpv, StatutQpv
from tests.fabriques import (
    BeneficiaireFactory,
    JustificatifFactory,
    SituationFactory,
    StructureFactory,
    creer_utilisateur,
)

LISTE = "/personnes/"


@pytest.fixture
def assia(paysage):
    assia = BeneficiaireFactory(
        structure=paysage.structure,
        prenom="Assïa",
        nom_naissance="Bénali",
        commune="Villerive",
        qpv=StatutQpv.OUI,
        qpv_nom="Les Terrasses",
        qpv_mode=ModeQpv.ADRESSE,
        prescripteur=paysage.prescripteur,
        referent=paysage.facilitateur,
        date_naissance=date(1984, 4, 8),
    )
    assia.metiers.add(MetierRome.objects.get(code="F1703"))
    return assia


def noms(reponse) -> list[str]:
    return [ligne.record.prenom for ligne in reponse.context["table"].page.object_list]


def test_une_ligne_dit_l_essentiel(facilitateur, assia, lire):
    """Nom, âge, commune et quartier, métier, prescripteur, référente, date de création."""
    texte = lire(facilitateur.get(f"{LISTE}?nom=benali"))
    for attendu in (
        "Assïa Bénali",
        "42 ans",
        "Villerive QPV Les Terrasses",
        "Maçonnerie",
        "Mission locale du Confluent",
        assia.referent.get_full_name(),
        "17 nov. 2026",
        "1 personne sur 2",
    ):
        assert attendu in texte


@pytest.mark.parametrize("recherche", ["benali", "BÉNALI", "nali", "assia benali", "benali assia", "  ben  "])
def test_on_cherche_un_morceau_de_nom_sans_accent(facilitateur, assia, recherche):
    """Accents, majuscules et ordre des mots ne comptent pas."""
    assert noms(facilitateur.get(LISTE, {"nom": recherche})) == ["Assïa"]


@pytest.mark.parametrize("recherche", ["%", "_", "'; drop table", "zzz", "\\"])
def test_une_recherche_hostile_ne_trouve_rien(facilitateur, assia, recherche):
    """Les jokers et les apostrophes sont des lettres comme les autres."""
    reponse = facilitateur.get(LISTE, {"nom": recherche})
    assert (reponse.status_code, noms(reponse)) == (200, [])


def test_filtres(facilitateur, assia, paysage):
    """Commune, quartier, situation en cours, pièces à voir, prescripteur, référent : chacun retient les bonnes personnes."""
    autre = BeneficiaireFactory(structure=paysage.structure, prenom="Paul", commune="Givors")
    SituationFactory(beneficiaire=assia, critere="RSA", date_debut=date(2026, 1, 1))
    JustificatifFactory(situation=SituationFactory(beneficiaire=autre, critere="TH", date_debut=date(2026, 1, 1)))
    SituationFactory(beneficiaire=autre, critere="RSA", date_debut=date(2025, 1, 1), date_fin=date(2026, 11, 16))
    for filtre, attendus in (
        ({"commune": "Givors"}, ["Paul"]),
        ({"qpv": "oui"}, ["Assïa"]),
        ({"critere": "RSA"}, ["Assïa"]),
        ({"critere": "TH"}, ["Paul"]),
        ({"pieces": "a_voir"}, ["Assïa"]),
        ({"prescripteur": str(paysage.prescripteur.pk), "commune": "Villerive", "nom": "ben"}, ["Assïa"]),
        ({"referent": str(paysage.facilitateur.pk)}, ["Assïa"]),
    ):
        assert noms(facilitateur.get(LISTE, filtre)) == attendus, filtre


def test_tri_par_age_et_par_nom(facilitateur, paysage):
    """Croissant : le plus jeune d'abord ; le nom se range sans accent."""
    for prenom, nom, naissance in (
        ("Ainee", "Zed", date(1950, 1, 1)),
        ("Jeune", "Éloi", date(2008, 1, 1)),
        ("Milieu", "Abel", date(1980, 1, 1)),
    ):
        BeneficiaireFactory(
            structure=paysage.structure, prenom=prenom, nom_naissance=nom, date_naissance=naissance, commune="Tri"
        )
    assert noms(facilitateur.get(LISTE, {"commune": "Tri", "sort": "age"})) == ["Jeune", "Milieu", "Ainee"]
    assert noms(facilitateur.get(LISTE, {"commune": "Tri", "sort": "-age"})) == ["Ainee", "Milieu", "Jeune"]
    assert noms(facilitateur.get(LISTE, {"commune": "Tri"})) == ["Milieu", "Jeune", "Ainee"]
    assert noms(facilitateur.get(LISTE, {"commune": "Tri", "sort": "-personne"})) == ["Ainee", "Jeune", "Milieu"]
    assert facilitateur.get(LISTE, {"sort": "structure__secret"}).status_code == 200


def test_les_memes_requetes_pour_une_et_cinquante_lignes(paysage, facilitateur, nombre_de_requetes):
    """Moins de quinze, et autant pour une ligne que pour cinquante."""

    def compter() -> int:
        with nombre_de_requetes() as requetes:
            assert facilitateur.get(LISTE).status_code == 200
        return len(requetes)

    paysage.beneficiaire.metiers.add(MetierRome.objects.get(code="F1703"))
    une = compter()
    for _ in range(49):
        personne = BeneficiaireFactory(
            structure=paysage.structure,
            prescripteur=paysage.prescripteur,
            referent=creer_utilisateur(paysage.structure),
        )
        personne.metiers.add(*MetierRome.objects.all()[:3])
    assert compter() == une < 15


def test_vingt_cinq_lignes_par_page(facilitateur, paysage, lire):
    """La vingt-sixième est page 2, la cinquante et unième page 3 ; une page qui n'existe pas montre la dernière."""
    for _ in range(60):
        BeneficiaireFactory(structure=paysage.structure)
    assert len(noms(facilitateur.get(LISTE))) == 25
    assert len(noms(facilitateur.get(f"{LISTE}?page=2"))) == 25
    assert len(noms(facilitateur.get(f"{LISTE}?page=3"))) == 11
    assert len(noms(facilitateur.get(f"{LISTE}?page=999"))) == 11
    assert "61 personnes" in lire(facilitateur.get(LISTE))


def test_rien_encore(connecter, paysage, lire):
    """Une structure neuve : d'où viendront les personnes, et le bouton pour en ajouter une."""
    texte = lire(connecter(creer_utilisateur(StructureFactory())).get(LISTE))
    assert "Aucune personne pour l’instant" in texte
    assert "Ajouter une personne" in texte
    assert "Filtrer" not in texte


def test_rien_avec_ces_filtres(facilitateur, lire):
    """Le compte dit zéro sur le total, et un lien retire les filtres."""
    texte = lire(facilitateur.get(f"{LISTE}?nom=introuvable"))
    assert "0 personne sur 1" in texte
    assert "Aucune personne avec ces filtres" in texte
    assert "Retirer le filtre" in texte


def test_l_export_suit_les_filtres_et_desarme_les_formules(facilitateur, assia, paysage):
    """Le CSV a les lignes filtrées, une colonne par fait ; un nom qui commence par « = » reste un texte."""
    BeneficiaireFactory(structure=paysage.structure, prenom="=HYPERLINK(1)", nom_naissance="Piege", commune="Givors")
    lignes = facilitateur.get(f"{LISTE}?export=csv&nom=benali").content.decode("utf-8-sig").splitlines()
    assert lignes[0].split(";")[:4] == ["Nom", "Âge", "Habite", "Quartier prioritaire"]
    assert lignes[1].split(";")[:4] == ["Assïa Bénali", "42", "Villerive", "Habite un QPV"]
    assert len(lignes) == 2
    assert "'=HYPERLINK(1) Piege" in facilitateur.get(f"{LISTE}?export=csv").content.decode("utf-8-sig")


def test_les_personnes_d_une_autre_structure_ne_se_voient_pas(connecter, paysage, assia):
    """Ni en liste, ni par la recherche, ni dans les filtres, ni par l'export."""
    voisin = connecter(paysage.autre_facilitateur)
    BeneficiaireFactory(structure=paysage.autre_structure, prenom="Voisine")
    assert noms(voisin.get(f"{LISTE}?nom=benali")) == []
    assert noms(voisin.get(LISTE)) == ["Voisine"]
    assert "Bénali" not in voisin.get(f"{LISTE}?export=csv").content.decode()
    assert "Mission locale du Confluent" not in voisin.get(LISTE).content.decode()


@pytest.mark.parametrize("compte", ["compte_prescripteur", "compte_acheteur", "compte_entreprise", "suspendu"])
def test_la_liste_est_au_facilitateur(connecter, paysage, compte):
    """Les autres profils : accès refusé ; un compte suspendu : retour à la connexion."""
    reponse = connecter(getattr(paysage, compte)).get(LISTE)
    assert reponse.status_code == (302 if compte == "suspendu" else 403)


@pytest.mark.parametrize(
    "parametres",
    ["nom=%00", "page=abc", "page=-1", "qpv=zzz", "prescripteur=abc", "referent=%27", "critere=RSA%27--", "sort=%00"],
)
def test_une_adresse_abimee_montre_la_liste(facilitateur, paysage, parametres):
    """Un filtre, une page ou un tri qui ne veut rien dire n'arrête pas la page."""
    assert facilitateur.get(f"{LISTE}?{parametres}").status_code == 200
    assert facilitateur.get(f"/orientations/?{parametres}").status_code == 200
