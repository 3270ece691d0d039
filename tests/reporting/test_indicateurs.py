"""Les comptes du public : distincts, masqués, et sans rien qui se retrouve par soustraction."""

from datetime import date
from decimal import Decimal

import pytest

from clauses.models import Engagement, NatureHeures, TypeContrat
from comptes.models import Categorie
from reporting.indicateurs import compter, comptes_du_public
from tests.reporting.conftest import ARRETE_AU


def ligne(personne, **champs):
    valeurs = {
        "sexe": "F",
        "naissance": date(1990, 1, 1),
        "qpv": "non",
        "contrat": TypeContrat.CDD,
        "employeur": Categorie.ENTREPRISE,
        "embauche": date(2026, 3, 2),
        "criteres": '["RSA"]',
        "nature": NatureHeures.TRAVAIL,
        "heures": Decimal(10),
    } | champs
    return (personne, *valeurs.values())


def comptes(lignes, nom):
    return {rang.libelle: rang.personnes for rang in getattr(compter(lignes), nom)}


def test_une_personne_a_deux_contrats_compte_une_fois():
    """Deux contrats de la même personne : une personne, deux types de contrat, vingt heures."""
    lignes = [ligne(n) for n in range(9)] + [ligne(0, contrat=TypeContrat.CDI)]
    public = compter(lignes)
    assert public.personnes == 9
    assert public.heures == Decimal(100)


def test_l_age_est_celui_de_la_premiere_embauche():
    """Embauchée à 25 ans puis à 26 : elle reste dans la tranche des moins de 26 ans."""
    lignes = [ligne(n, naissance=date(2000, 6, 1), embauche=date(2026, 7, 1)) for n in range(6)]
    lignes += [ligne(n, naissance=date(2000, 6, 1), embauche=date(2026, 5, 1)) for n in range(6)]
    lignes += [ligne(n) for n in range(10, 16)]
    assert comptes(lignes, "age") == {"Moins de 26 ans": 6, "26 à 49 ans": 6}


def test_un_petit_compte_est_masque_et_ne_se_retrouve_pas():
    """Quatre hommes sur douze : ni les hommes ni les femmes ne s'écrivent, sinon 12 − 8 donnerait 4."""
    lignes = [ligne(n) for n in range(8)] + [ligne(n, sexe="H") for n in range(8, 12)]
    assert comptes(lignes, "sexe") == {"Femmes": None, "Hommes": None}


def test_cinq_de_chaque_s_ecrivent():
    """Cinq personnes est le premier nombre publié."""
    lignes = [ligne(n) for n in range(5)] + [ligne(n, sexe="H") for n in range(5, 10)]
    assert comptes(lignes, "sexe") == {"Femmes": 5, "Hommes": 5}


@pytest.mark.parametrize("petites", [{Categorie.ETTI: 3}, {Categorie.ETTI: 1, Categorie.GEIQ: 2}])
def test_les_heures_cachees_parlent_d_au_moins_cinq_personnes(petites):
    """Le total est publié : ce qui est caché s'en déduit, donc doit couvrir cinq personnes et deux lignes."""
    lignes = [ligne(n) for n in range(10)] + [ligne(n, employeur=Categorie.EI) for n in range(10, 16)]
    suivante = 16
    for employeur, combien in petites.items():
        lignes += [ligne(suivante + n, employeur=employeur) for n in range(combien)]
        suivante += combien
    facons = compter(lignes).facons
    publiees = {f.libelle: f.heures for f in facons if f.heures is not None}
    assert publiees == {"Embauche directe": Decimal(100)}


def test_moins_de_cinq_personnes_en_tout():
    """Trois personnes : le total lui-même est masqué."""
    public = compter([ligne(n) for n in range(3)])
    assert public.personnes is None
    assert public.a_personne
    assert public.heures == Decimal(30)


def test_la_formation_est_comptee_a_part_et_dans_le_total():
    """Dix heures de formation sur vingt."""
    public = compter([ligne(n) for n in range(6)] + [ligne(0, nature=NatureHeures.FORMATION)])
    assert public.heures_formation == Decimal(10)
    assert public.heures == Decimal(70)


def test_seules_les_heures_validees_et_passees_comptent(chantier, django_assert_num_queries):
    """600 h validées ; celles à vérifier n'y sont pas, et quatre requêtes suffisent."""
    engagements = Engagement.objects.filter(pk=chantier.engagement.pk)
    with django_assert_num_queries(4):
        public = comptes_du_public(engagements, arrete_au=ARRETE_AU)
    assert public.heures == Decimal(600)
    assert public.personnes == 12
    assert {rang.libelle: rang.personnes for rang in public.sexe} == {"Femmes": 7, "Hommes": 5}


@pytest.mark.parametrize(
    ("arrete_au", "heures"), [(date(2026, 4, 30), 120), (date(2026, 5, 31), 240), (date(2026, 3, 31), 0)]
)
def test_la_date_d_arrete_borne_les_mois(chantier, arrete_au, heures):
    """120 h par mois depuis avril."""
    engagements = Engagement.objects.filter(pk=chantier.engagement.pk)
    assert comptes_du_public(engagements, arrete_au=arrete_au).heures == heures


def test_sur_une_operation_partagee_nul_ne_retranche_les_siens():
    """Douze personnes d'une structure, trois de l'autre : la première, en ôtant les siennes, lirait les trois."""
    lignes = [ligne(n) for n in range(15)]
    personnes = [une[0] for une in lignes]
    public = compter(lignes, {personne: "A" if rang < 12 else "B" for rang, personne in enumerate(personnes)})
    assert public.personnes is None
    assert public.se_retranche
    assert not any(groupe for _, groupe in public.groupes)
    assert public.heures_qpv is None
    assert public.heures == sum(une[-1] for une in lignes)


def test_sur_une_operation_partagee_cinq_de_chaque_cote_se_comptent():
    lignes = [ligne(n) for n in range(12)]
    public = compter(lignes, {une[0]: "A" if rang < 6 else "B" for rang, une in enumerate(lignes)})
    assert public.personnes == 12
    assert not public.se_retranche
