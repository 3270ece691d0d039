"""Petits comptes : rien de ce qui est masqué ne se retrouve à partir de ce qui est publié."""

from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clauses.regles import Somme, masquer_petits_comptes, masquer_repartitions


def croise(lignes):
    """Un tableau croisé, ses totaux de ligne et de colonne et le total : comptes et sommes."""
    hauteur, largeur = len(lignes), len(lignes[0])
    comptes = {(i, j): lignes[i][j] for i in range(hauteur) for j in range(largeur)}
    comptes |= {(i, "T"): sum(lignes[i]) for i in range(hauteur)}
    comptes |= {("T", j): sum(ligne[j] for ligne in lignes) for j in range(largeur)}
    comptes["T", "T"] = sum(map(sum, lignes))
    sommes = [Somme((i, "T"), tuple((i, j) for j in range(largeur))) for i in range(hauteur)]
    sommes += [Somme(("T", j), tuple((i, j) for i in range(hauteur))) for j in range(largeur)]
    sommes.append(Somme(("T", "T"), tuple((i, "T") for i in range(hauteur))))
    sommes.append(Somme(("T", "T"), tuple(("T", j) for j in range(largeur))))
    return comptes, sommes


def tableaux_possibles(publies, sommes, fixe, essais):
    """L'attaquant : dit s'il existe un tableau entier, au moins 1 dans chaque case masquée, où `fixe` vaut ces valeurs.

    Il essaie les valeurs `essais(case)`, case par case, en laissant tomber dès qu'une somme publiée est dépassée.
    """
    totaux = {somme.total for somme in sommes}
    feuilles = [cle for cle, valeur in publies.items() if valeur is None and cle not in totaux and cle not in fixe]

    def evaluer(valeurs):
        """Rend les valeurs complétées des totaux, ou None si une somme est fausse ou dépassée."""
        valeurs = dict(valeurs)
        change = True
        while change:
            change = False
            for somme in sommes:
                connues = [valeurs.get(part) for part in somme.parts]
                partielle = sum(v for v in connues if v is not None)
                minimum = partielle + sum(1 for v in connues if v is None)
                total = valeurs.get(somme.total)
                if total is not None and minimum > total:
                    return None
                if None not in connues:
                    if total is None:
                        valeurs[somme.total] = partielle
                        change = True
                    elif partielle != total:
                        return None
                elif total is not None and connues.count(None) == 1:
                    reste = total - partielle
                    if reste < 1:
                        return None
                    valeurs[somme.parts[connues.index(None)]] = reste
                    change = True
        return valeurs

    def chercher(valeurs):
        complet = evaluer(valeurs)
        if complet is None:
            return False
        libre = next((cle for cle in feuilles if cle not in complet), None)
        if libre is None:
            return all(complet[cle] == valeur for cle, valeur in fixe.items())
        return any(chercher(complet | {libre: essai}) for essai in essais(libre))

    connus = {cle: valeur for cle, valeur in publies.items() if valeur is not None}
    return chercher(connus | fixe)


def verifier_secret(comptes, sommes, seuil=5):
    """Affirme la garantie : valeurs justes, aucune petite, et deux valeurs possibles au moins par case masquée."""
    publies = masquer_petits_comptes(comptes, sommes, seuil=seuil)

    def proches(cle):
        """Trouver un autre tableau près du vrai suffit à prouver le secret."""
        vrai = comptes[cle]
        return [v for v in (vrai, vrai + 1, vrai - 1, vrai + 2, vrai - 2, 2 * vrai) if v >= 1]

    assert publies.keys() == comptes.keys()
    for cle, valeur in publies.items():
        assert valeur in (None, comptes[cle])
        assert valeur is None or valeur == 0 or valeur >= seuil
        if valeur is None:
            assert comptes[cle] > 0
            vrai = comptes[cle]
            autres = [v for v in (vrai + 1, vrai - 1, vrai + 2, vrai - 2, 2 * vrai) if v >= 1]
            assert any(tableaux_possibles(publies, sommes, {cle: v}, proches) for v in autres), (cle, publies)
    for somme in sommes:
        if publies[somme.total] is not None:
            cachees = sum(comptes[part] for part in somme.parts if publies[part] is None)
            assert cachees == 0 or cachees >= seuil
    return publies


def test_l_attaquant_sait_soustraire():
    """Le témoin : si l'on ne masquait que les petits comptes, l'attaquant les retrouverait."""
    somme = [Somme("T", ("F", "H"))]

    def tous(_):
        return range(1, 64)

    assert tableaux_possibles({"T": 15, "F": None, "H": 12}, somme, {"F": 3}, tous)
    assert not any(tableaux_possibles({"T": 15, "F": None, "H": 12}, somme, {"F": v}, tous) for v in (1, 2, 4, 5))
    croisement = croise([[3, 20], [10, 30]])[1]
    publies = {(0, 0): None, (0, 1): None, (1, 0): 10, (1, 1): 30}
    publies |= {(0, "T"): 23, (1, "T"): 40, ("T", 0): 13, ("T", 1): 50, ("T", "T"): 63}
    assert not tableaux_possibles(publies, croisement, {(0, 0): 4}, tous)
    carre = publies | {(1, 0): None, (1, 1): None}
    assert tableaux_possibles(carre, croisement, {(0, 0): 4}, tous)
    assert not tableaux_possibles(carre, croisement, {(0, 0): 13}, tous)


# --- Cas


@pytest.mark.parametrize(
    ("parts", "masquees"),
    [
        ({"F": 12, "H": 20}, set()),
        ({"F": 5, "H": 5}, set()),
        ({"F": 4, "H": 20}, {"F", "H"}),
        ({"a": 3, "b": 12, "c": 20}, {"a", "b"}),
        ({"a": 2, "b": 2, "c": 20, "d": 30}, {"a", "b", "c"}),  # 2 + 2 ferait retrouver quatre personnes
        ({"a": 3, "b": 4, "c": 20}, {"a", "b"}),
        ({"a": 0, "b": 12}, set()),
        ({"a": 0, "b": 3, "c": 12}, {"b", "c"}),  # un zéro ne cache rien
        ({"a": 1, "b": 1, "c": 1, "d": 1, "e": 30}, {"a", "b", "c", "d", "e"}),
        ({"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 30}, {"a", "b", "c", "d", "e", "f"}),  # cinq cases qui font cinq
    ],
)
def test_repartition(parts, masquees):
    """Une répartition et son total : ce qui est masqué, et rien de plus."""
    comptes = {"T": sum(parts.values())} | parts
    publies = verifier_secret(comptes, [Somme("T", tuple(parts))])
    assert {cle for cle, valeur in publies.items() if valeur is None} == masquees


@pytest.mark.parametrize("total", [1, 4])
def test_moins_de_cinq_personnes_en_tout(total):
    """Moins de cinq personnes en tout : le total aussi est masqué."""
    publies = verifier_secret({"T": total, "F": total, "H": 0}, [Somme("T", ("F", "H"))])
    assert publies == {"T": None, "F": None, "H": 0}


def test_sans_somme_connue():
    """Des comptes isolés ne masquent que les petits."""
    assert masquer_petits_comptes({"a": 4, "b": 5, "c": 0}) == {"a": None, "b": 5, "c": 0}


def test_plusieurs_repartitions_d_un_total():
    """Le total est publié par chaque répartition : masquer l'une ne suffit pas, il reste connu par l'autre."""
    masque = masquer_repartitions(30, {"sexe": {"F": 3, "H": 27}, "âge": {"jeunes": 10, "autres": 20}})
    assert masque.total == 30
    assert masque.repartitions == {"sexe": {"F": None, "H": None}, "âge": {"jeunes": 10, "autres": 20}}


def test_criteres_multiples():
    """28 personnes au RSA sur 30 disent que deux ne l'ont pas : masqué ; 10 sur 30 ne dit rien de petit."""
    masque = masquer_repartitions(
        30, {"critère": {"RSA": 28, "QPV": 10, "RQTH": 2, "Senior": 0, "ASS": 30}}, multiples={"critère"}
    )
    assert masque.repartitions["critère"] == {"RSA": None, "QPV": 10, "RQTH": None, "Senior": 0, "ASS": 30}


def test_sous_tableaux():
    """Le total d'un lot se retrouverait par ses femmes et ses hommes : ils sont masqués avec lui."""
    comptes = {"T": 23, "lot 1": 3, "lot 2": 20, "F2": 10, "H2": 10}
    publies = verifier_secret(comptes, [Somme("T", ("lot 1", "lot 2")), Somme("lot 2", ("F2", "H2"))])
    assert publies["T"] == 23
    assert publies["lot 1"] is None
    assert publies["lot 2"] is None
    assert publies["F2"] is None


@pytest.mark.parametrize(
    "lignes",
    [
        [[3, 20, 30], [10, 15, 25], [12, 18, 40]],
        [[1, 20], [20, 1]],
        [[1, 1], [1, 30]],
        [[0, 3], [12, 15]],
        [[2, 2, 2], [2, 2, 2], [2, 2, 2]],
        [[5, 5], [5, 4]],
        [[3, 0], [0, 40]],
    ],
)
def test_tableau_croise(lignes):
    """Un croisement, ses marges et son total."""
    verifier_secret(*croise(lignes))


@pytest.mark.parametrize(
    ("comptes", "sommes", "phrase"),
    [
        ({"a": -1}, [], "négatif"),
        ({"T": 5, "a": 2, "b": 2}, [Somme("T", ("a", "b"))], "somme"),
    ],
)
def test_tableau_faux(comptes, sommes, phrase):
    """Un compte négatif ou une somme fausse est une erreur de l'appelant."""
    with pytest.raises(ValueError, match=phrase):
        masquer_petits_comptes(comptes, sommes)


# --- Propriétés


petits = st.integers(0, 14)


@given(st.lists(petits, min_size=1, max_size=6))
def test_une_repartition_quelconque_garde_son_secret(parts):
    """Quelle que soit la répartition, rien ne se déduit."""
    comptes = dict(enumerate(parts)) | {"T": sum(parts)}
    verifier_secret(comptes, [Somme("T", tuple(range(len(parts))))])


@settings(deadline=None)
@given(st.lists(petits, min_size=2, max_size=4), st.data())
def test_deux_repartitions_d_un_meme_total_gardent_leur_secret(parts, data):
    """Deux découpes des mêmes personnes."""
    total = sum(parts)
    coupes = sorted(data.draw(st.lists(st.integers(0, total), min_size=2, max_size=2)))
    autres = [coupes[0], coupes[1] - coupes[0], total - coupes[1]]
    comptes = {("a", i): n for i, n in enumerate(parts)} | {("b", i): n for i, n in enumerate(autres)} | {"T": total}
    sommes = [Somme("T", tuple(("a", i) for i in range(len(parts)))), Somme("T", tuple(("b", i) for i in range(3)))]
    verifier_secret(comptes, sommes)


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 3).flatmap(lambda n: st.lists(st.lists(petits, min_size=n, max_size=n), min_size=2, max_size=3)))
def test_un_croisement_quelconque_garde_son_secret(lignes):
    """Lots en lignes, publics en colonnes, avec toutes les marges."""
    verifier_secret(*croise(lignes))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(petits, min_size=2, max_size=2), min_size=2, max_size=3))
def test_une_hierarchie_quelconque_garde_son_secret(lots):
    """Marché, lots, sexe par lot et sexe en tout."""
    verifier_secret(*croise(lots))


@given(st.lists(st.integers(0, 300), min_size=1, max_size=8), st.integers(1, 5))
def test_sans_petit_compte_rien_n_est_masque(parts, seuil):
    """Quand chaque compte atteint le seuil ou vaut zéro, tout est publié."""
    parts = [compte if compte >= seuil else 0 for compte in parts]
    comptes = dict(enumerate(parts)) | {"T": sum(parts)}
    assert masquer_petits_comptes(comptes, [Somme("T", tuple(range(len(parts))))], seuil=seuil) == comptes


def test_un_grand_tableau_se_masque_vite():
    """Vingt lots et huit publics croisés se masquent en moins de deux secondes."""
    lignes = [[(7 * i + 3 * j) % 23 for j in range(8)] for i in range(20)]
    debut = perf_counter()
    publies = masquer_petits_comptes(*croise(lignes))
    assert perf_counter() - debut < 2
    assert any(valeur is not None for valeur in publies.values())
    assert all(valeur is None or valeur == 0 or valeur >= 5 for valeur in publies.values())
