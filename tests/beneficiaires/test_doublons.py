"""Les presque-doublons : ce que `comparer` montre et comment il le dit, puis ce que la base va chercher."""

from datetime import date

import pytest

from beneficiaires.doublons import CANDIDATS_MAXIMUM, Identite, chercher_doublons, comparer
from tests.fabriques import BeneficiaireFactory, StructureFactory

NEE = date(1984, 4, 8)
ASSIA = Identite("Assia", "Benali", NEE)


@pytest.mark.parametrize(
    ("saisie", "connue", "phrase"),
    [
        # la même, à l'écriture près
        (ASSIA, Identite("Assia", "Benali", NEE), "même date de naissance, même nom"),
        (ASSIA, Identite("ASSIA", "BENALI", NEE), "même date de naissance, même nom"),
        (Identite("Élodie", "Lefèvre", NEE), Identite("ELODIE", "LEFEVRE", NEE), "même date de naissance, même nom"),
        (
            Identite("Jean-Pierre", "Dupont", NEE),
            Identite("Jean Pierre", "Dupont", NEE),
            "même date de naissance, même nom",
        ),
        (Identite("Inès", "Lecœur", NEE), Identite("Ines", "Lecoeur", NEE), "même date de naissance, même nom"),
        # une faute de frappe
        (ASSIA, Identite("Assia", "Bennali", NEE), "même date de naissance, nom proche"),
        (
            Identite("Jean-Pierre", "Dupont", NEE),
            Identite("Jean Pierre", "Dupond", NEE),
            "même date de naissance, nom proche",
        ),
        # nom d'usage
        (
            Identite("Assia", "Benali", NEE, nom_usage="Martin"),
            Identite("Assia", "Martin", NEE),
            "même date de naissance, nom de naissance ou d’usage commun",
        ),
        (
            Identite("Assia", "Martin", NEE),
            Identite("Assia", "Benali", NEE, nom_usage="Martin"),
            "même date de naissance, nom de naissance ou d’usage commun",
        ),
        # nom et prénom inversés
        (ASSIA, Identite("Benali", "Assia", NEE), "même date de naissance, nom et prénom inversés"),
        # dates
        (ASSIA, Identite("Assia", "Benali", date(1984, 8, 4)), "jour et mois de naissance inversés, même nom"),
        (ASSIA, Identite("Assia", "Benali", date(1985, 4, 8)), "date de naissance à un chiffre près, même nom"),
        (ASSIA, Identite("Assia", "Benali", date(1991, 12, 30)), "même nom"),
        # jumelles : même nom, même jour, prénoms différents ; on montre, la personne tranche
        (ASSIA, Identite("Karima", "Benali", NEE), "même date de naissance, même nom de famille"),
        # identifiant et téléphone
        (
            Identite("Assia", "Benali", NEE, identifiant_france_travail="1234567a"),
            Identite("Paul", "Armand", date(1970, 1, 1), identifiant_france_travail="1234567A"),
            "même identifiant France Travail",
        ),
        (
            Identite("Assia", "Benali", NEE, telephone="06 39 98 12 47"),
            Identite("Asia", "Benaly", date(1991, 12, 30), telephone="+33639981247"),
            "nom proche, même téléphone",
        ),
    ],
)
def test_une_personne_ressemblante_est_montree_avec_sa_raison(saisie, connue, phrase):
    """Chaque ressemblance se dit en clair, et dans les deux sens."""
    for un, autre in ((saisie, connue), (connue, saisie)):
        ressemblance = comparer(un, autre)
        assert (ressemblance.est_a_montrer, ressemblance.phrase) == (True, phrase)


@pytest.mark.parametrize(
    ("saisie", "connue"),
    [
        (ASSIA, Identite("Paul", "Armand", NEE)),  # né le même jour, rien d'autre
        (ASSIA, Identite("Assia", "Roche", date(1990, 1, 2))),  # même prénom
        (ASSIA, Identite("Karim", "Benali", date(1979, 11, 3))),  # même nom de famille
        (ASSIA, Identite("Aïcha", "Bensaïd", date(1990, 1, 2))),  # nom voisin, autre naissance
        (  # le standard d'un foyer
            Identite("Assia", "Benali", NEE, telephone="0478000000"),
            Identite("Paul", "Armand", date(1990, 1, 2), telephone="0478000000"),
        ),
        (Identite("Assia", "Benali", NEE), Identite("Paul", "Armand", date(1990, 1, 2))),  # identifiants vides
    ],
)
def test_une_autre_personne_n_est_pas_montree(saisie, connue):
    """Un seul point commun banal ne suffit pas."""
    assert not comparer(saisie, connue).est_a_montrer
    assert not comparer(connue, saisie).est_a_montrer


def test_le_score_classe_les_ressemblances():
    """Même date avant date inversée, avant homonyme ; l'identifiant vaut 100."""
    scores = [
        comparer(Identite("Assia", "Benali", NEE, identifiant_france_travail="1234567A"), autre).score
        for autre in (
            Identite("X", "Y", date(1970, 1, 1), identifiant_france_travail="1234567A"),
            Identite("Asia", "Benali", NEE),
            Identite("Asia", "Benali", date(1984, 8, 4)),
            Identite("Assia", "Benali", date(1950, 12, 30)),
        )
    ]
    assert scores[0] == 100
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


@pytest.fixture
def structure(db):
    return StructureFactory()


@pytest.mark.parametrize(
    "fiche",
    [
        {"prenom": "Assia", "nom_naissance": "Benali", "date_naissance": NEE},
        {"prenom": "ASSÏA", "nom_naissance": "BÉNALI", "date_naissance": date(1991, 12, 30)},
        {"prenom": "Assia", "nom_naissance": "Bennali", "date_naissance": NEE},
        {"prenom": "Benali", "nom_naissance": "Assia", "date_naissance": NEE},
        {"prenom": "Assia", "nom_naissance": "Haddad", "nom_usage": "Benali", "date_naissance": date(1984, 8, 4)},
        {"prenom": "Zoé", "nom_naissance": "Autre", "identifiant_france_travail": "1234567A"},
        {"prenom": "Asia", "nom_naissance": "Benaly", "telephone": "06 39 98 12 47"},
    ],
)
def test_la_base_retrouve_la_personne(structure, fiche):
    """Accents, faute de frappe, inversion, nom d'usage, identifiant, téléphone écrit autrement : elle est proposée."""
    connue = BeneficiaireFactory(structure=structure, **fiche)
    BeneficiaireFactory(structure=structure, prenom="Paul", nom_naissance="Armand", date_naissance=date(1970, 2, 1))
    saisie = Identite("Assia", "Benali", NEE, identifiant_france_travail="1234567A", telephone="0639981247")
    assert [d.beneficiaire for d in chercher_doublons(structure=structure, identite=saisie)] == [connue]


def test_une_autre_structure_n_est_jamais_montree(structure):
    """La même personne suivie ailleurs reste invisible."""
    BeneficiaireFactory(prenom="Assia", nom_naissance="Benali", date_naissance=NEE)
    assert chercher_doublons(structure=structure, identite=ASSIA) == []


def test_au_plus_vingt_propositions_en_une_requete(structure, nombre_de_requetes):
    """Trente homonymes : vingt proposés, dont celle née le même jour en tête, en une seule requête."""
    for n in range(30):
        BeneficiaireFactory(
            structure=structure, prenom="Assia", nom_naissance="Benali", date_naissance=date(1950 + n, 12, 31)
        )
    jumelle = BeneficiaireFactory(structure=structure, prenom="Assia", nom_naissance="Benali", date_naissance=NEE)
    with nombre_de_requetes() as requetes:
        trouvees = chercher_doublons(structure=structure, identite=ASSIA)
    assert len(requetes) == 1
    assert len(trouvees) == CANDIDATS_MAXIMUM == 20
    assert trouvees[0].beneficiaire == jumelle
