"""Petits comptes : rien de ce qui est masqué ne se retrouve à partir de ce qui est publié."""

from fractions import Fraction
from itertools import combinations, starmap
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clauses.regles import Somme, masquer_petits_comptes, masquer_repartitions
from clauses.regles.masque import _en_entiers, _enchainer, _mouvements, masquer_parts


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
        ({"a": 1, "b": 4}, {"a", "b"}),  # cinq en tout : le total reste écrit
        ({"a": 2, "b": 7, "c": 2, "d": 12, "e": 2}, {"a", "c", "e"}),  # six personnes en trois cases : rien de plus
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


def test_le_seuil_se_choisit():
    """Au seuil de trois, deux personnes sont masquées et trois ne le sont pas."""
    masque = masquer_repartitions(30, {"sexe": {"F": 3, "H": 27}, "âge": {"jeunes": 2, "autres": 28}}, seuil=3)
    assert masque.repartitions == {"sexe": {"F": 3, "H": 27}, "âge": {"jeunes": None, "autres": None}}


def test_a_egalite_la_meme_case_se_masque_toujours():
    """Deux tirages du même bilan masquent les mêmes cases, dans quelque ordre que les lignes arrivent."""
    publics = ["RSA", "DELD", "QPV", "RQTH", "Senior", "Jeune", "ASS", "AAH"]
    for lignes in (publics, publics[::-1]):
        comptes = {"T": 99, "Réfugié": 3} | dict.fromkeys(lignes, 12)
        publies = masquer_petits_comptes(comptes, [Somme("T", ("Réfugié", *lignes))])
        assert [cle for cle, valeur in publies.items() if valeur is None] == ["Réfugié", "AAH"]


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


def test_ce_qui_n_a_pas_de_rapport_reste_ecrit():
    """Les six jeunes ne disent rien du petit lot : ce sont les huit hommes de l'autre lot qui se masquent avec lui."""
    comptes = {"T": 23, "lot 1": 3, "lot 2": 20, "F2": 12, "H2": 8, "jeunes": 6, "autres": 17}
    sommes = [Somme("T", ("lot 1", "lot 2")), Somme("lot 2", ("F2", "H2")), Somme("T", ("jeunes", "autres"))]
    publies = verifier_secret(comptes, sommes)
    assert {cle for cle, valeur in publies.items() if valeur is None} == {"lot 1", "lot 2", "H2"}


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


M = None  # une case masquée


@pytest.mark.parametrize(
    ("lignes", "publie"),
    [
        # Une personne seule dans sa ligne, à côté d'un zéro : le total de sa ligne est masqué avec elle.
        ([[5, 7], [0, 1]], [[5, M, M], [0, M, M], [5, 8, 13]]),
        ([[5, 1], [5, 1]], [[M, M, 6], [M, M, 6], [M, M, 12]]),
        ([[1, 1, 4], [2, 1, 10]], [[M, M, M, 6], [M, M, M, 13], [M, M, 14, 19]]),
        # La dernière ligne n'a qu'une case : sa valeur se lirait dans la marge, qu'il faut masquer aussi.
        ([[3, 0, 15], [15, 9, 1], [4, 0, 0]], [[M, 0, M, M], [M, M, M, 25], [M, 0, 0, M], [22, M, M, 47]]),
        # En haut à droite, aucun carré de quatre cases ne peut bouger : il faut un chemin de six, et les marges restent écrites.
        ([[4, 1, 1], [1, 6, 0], [0, 4, 7]], [[M, M, M, 6], [M, M, 0, 7], [0, M, M, 11], [5, 11, 8, 24]]),
        ([[6, 1, 1], [1, 4, 1], [15, 10, 20]], [[M, M, M, 8], [M, M, M, 6], [15, M, M, 45], [22, 15, 22, 59]]),
    ],
)
def test_croisement_publie(lignes, publie):
    """Ce qui s'écrit d'un croisement, marges comprises : assez de cases masquées, et pas une de trop."""
    publies = verifier_secret(*croise(lignes))
    rangs, colonnes = [*range(len(lignes)), "T"], [*range(len(lignes[0])), "T"]
    assert [[publies[i, j] for j in colonnes] for i in rangs] == publie


@pytest.mark.parametrize(("un", "deux"), [([1, 10], [1, 1]), ([2, 4], [0, 1])])
def test_deux_lots_dont_un_petit(un, deux):
    """Le petit lot se masque, l'autre avec lui, et leurs femmes et leurs hommes ; le total du marché reste écrit."""
    comptes = {"T": sum(un + deux), "lot 1": sum(un), "lot 2": sum(deux)}
    comptes |= {"F1": un[0], "H1": un[1], "F2": deux[0], "H2": deux[1]}
    sommes = [Somme("T", ("lot 1", "lot 2")), Somme("lot 1", ("F1", "H1")), Somme("lot 2", ("F2", "H2"))]
    publies = verifier_secret(comptes, sommes)
    assert {cle for cle, valeur in publies.items() if valeur} == {"T"}


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


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 3).flatmap(lambda n: st.lists(st.lists(petits, min_size=n, max_size=n), min_size=2, max_size=3)))
def test_un_mouvement_ne_change_ni_une_somme_ni_un_nombre_publie(lignes):
    """La preuve : un mouvement, ou deux de suite, ne touche que des cases masquées et laisse juste chaque somme."""
    comptes, sommes = croise(lignes)
    masquees = {cle for cle, valeur in masquer_petits_comptes(comptes, sommes).items() if valeur is None}
    mouvements = _mouvements(comptes, sommes, masquees)
    assert all({cle: -pas for cle, pas in mouvement.items()} in mouvements for mouvement in mouvements)
    for mouvement in (*mouvements, *starmap(_enchainer, combinations(mouvements, 2))):
        assert mouvement.keys() <= masquees
        for somme in sommes:
            assert mouvement.get(somme.total, 0) == sum(mouvement.get(part, 0) for part in somme.parts)
            assert all(isinstance(pas, int) for pas in mouvement.values())
    for cle in masquees:
        assert any(mouvement.get(cle) for mouvement in mouvements), (
            "une case masquée qu'aucun mouvement ne change se déduit"
        )


def test_un_mouvement_compte_des_personnes_entieres():
    """Une personne, une demie en moins et deux tiers en plus : six, trois et quatre."""
    assert _en_entiers({0: Fraction(1), 1: Fraction(-1, 2), 2: Fraction(2, 3)}) == {0: 6, 1: -3, 2: 4}


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


# --- parts qui se recouvrent --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "parts", "publies"),
    [
        (20, {"a": 12, "b": 9}, {"a": 12, "b": 9}),  # une personne dans les deux
        (20, {"a": 20, "b": 0}, {"a": 20, "b": 0}),  # zéro ne désigne personne
        (30, {"a": 20, "b": 6, "c": 4}, {"a": 20, "b": None, "c": None}),  # 4 seul se lirait : 30 - 20 - 6
        (33, {"a": 20, "b": 8, "c": 3, "d": 2}, {"a": 20, "b": 8, "c": None, "d": None}),  # à deux, cinq personnes
        (32, {"a": 20, "b": 8, "c": 3, "d": 1}, {"a": 20, "b": None, "c": None, "d": None}),  # à deux, quatre
        (14, {"a": 12, "b": 7}, {"a": None, "b": None}),  # « 12 sur 14 » en dit deux ; à côté, 7 ne reste pas seul
        (4, {"a": 4}, {"a": None}),
        (4, {"a": 4, "b": 0}, {"a": None, "b": 0}),
        (0, {"a": 0}, {"a": 0}),
        (0, {}, {}),
    ],
)
def test_des_parts_a_cote_de_leur_total(total, parts, publies):
    assert masquer_parts(total, parts) == publies


def test_beaucoup_de_parts_se_masquent_vite():
    """Mille opérations, une sur deux de trois personnes : le temps suit leur nombre."""
    parts = {rang: 3 if rang % 2 else 9 for rang in range(1000)}
    debut = perf_counter()
    publies = masquer_parts(6000, parts)
    assert perf_counter() - debut < 1
    assert publies == {rang: None if rang % 2 else 9 for rang in range(1000)}
