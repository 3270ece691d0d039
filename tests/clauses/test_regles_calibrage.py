"""Calibrer une clause : heures, dispositif, obligation. Chaque nombre est calculé à la main."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clauses.regles.calibrage import CodeObligation, calibrer, obligation_sociale, rediger_calibrage
from clauses.regles.calibrage_besoin import (
    Besoin,
    controler_besoin,
    cout_retenu,
    efforts_retenus,
    est_en_reprise,
    heures_utiles_retenues,
    part_retenue,
)
from clauses.regles.calibrage_dispositifs import BASES, LIBELLES_DISPOSITIF, obstacles, proposer_dispositifs
from clauses.regles.calibrage_tables import (
    DEROGATIONS,
    METIERS,
    USAGE,
    NatureMarche,
    TypeAcheteur,
    choix_metiers,
    depuis_l_obligation,
    ecrire_seuil,
    seuil_europeen,
)
from clauses.regles.contradiction import Contradiction
from clauses.regles.objectifs import PartNpnru

JOUR = date(2026, 11, 15)
# L'exemple de la source : 1 000 000 € × 50 % × 5 % ÷ 30 € = 833 h.
MILLION = Besoin(montant_ht_euros=D(1_000_000), duree_mois=12, nature=NatureMarche.TRAVAUX, cout_horaire_euros=D(30))


def calcul(**changements):
    return calibrer(replace(MILLION, **changements), aujourd_hui=JOUR)


def test_l_exemple_de_la_source():
    """5 % en bas : 833 h, à l'inférieure ; 7 % conseillé : 1 166 h ; 10 % : 1 666 h."""
    resultat = calcul()
    assert (resultat.basses, resultat.conseillees, resultat.hautes) == (D(833), D(1166), D(1666))
    assert resultat.calcul == (
        "1\u00a0000\u00a0000\u00a0€ × 50\u00a0% × 7\u00a0% ÷ 30\u00a0€/h = 1\u00a0166,67\u00a0h, arrondi à 1\u00a0166\u00a0h"
    )


def test_ce_que_font_les_heures():
    """833 h ÷ 151,67 = 5,5 mois à temps plein, une personne sur douze mois ; 833 ÷ 1 607 = 0,52 ETP."""
    resultat = calcul(effort=D(5))
    assert resultat.conseillees == D(833)
    assert (resultat.mois_a_temps_plein, resultat.personnes, resultat.mois_par_personne) == (D("5.5"), 1, D("5.5"))
    assert resultat.etp == D("0.52")


def test_une_duree_courte_demande_plusieurs_personnes():
    """10 000 000 € à 5 % : 8 333 h, 54,9 mois à temps plein ; en douze mois, cinq personnes pendant 11 mois."""
    resultat = calcul(montant_ht_euros=D(10_000_000), effort=D(5))
    assert resultat.conseillees == D(8333)
    assert (resultat.mois_a_temps_plein, resultat.personnes, resultat.mois_par_personne) == (D("54.9"), 5, D("11.0"))


def test_les_valeurs_par_defaut_disent_d_ou_elles_viennent():
    """La maçonnerie et l'exemple ont une source ; la voirie, le coût de 40 € et les 300 h sont un usage à confirmer."""
    besoin = replace(MILLION, cout_horaire_euros=None)
    assert (part_retenue(besoin).valeur, part_retenue(besoin).source) == (D(50), "MEF du Sud 77 et LASER emploi")
    assert (part_retenue(replace(besoin, metier="vrd")).valeur, part_retenue(replace(besoin, metier="vrd")).source) == (
        D(30),
        USAGE,
    )
    assert (cout_retenu(besoin).valeur, cout_retenu(besoin).source) == (D(40), USAGE)
    assert (heures_utiles_retenues(besoin).valeur, heures_utiles_retenues(besoin).source) == (D(300), USAGE)
    saisi = replace(besoin, part_main_oeuvre=D(35), heures_utiles=D(200))
    assert (part_retenue(saisi).valeur, part_retenue(saisi).source) == (D(35), "saisi à la main")
    assert (heures_utiles_retenues(saisi).valeur, heures_utiles_retenues(saisi).source) == (D(200), "saisi à la main")
    # 1 000 000 × 50 % × 7 % ÷ 40 = 875 h.
    resultat = calibrer(besoin, aujourd_hui=JOUR)
    assert resultat.conseillees == D(875)
    assert [(h.nom, h.valeur, h.a_confirmer) for h in resultat.hypotheses] == [
        ("Part de main-d’œuvre, bâtiment, tous corps d’état", "50\u00a0%", False),
        ("Coût d’une heure", "40\u00a0€", True),
        ("Effort d’insertion, bas, conseillé et haut", "5\u00a0%, 7\u00a0% et 10\u00a0%", True),
    ]


def test_les_trois_metiers_de_la_source():
    """Peinture 70 %, maçonnerie 50 %, charpente métallique 20 % ; les autres se disent « usage »."""
    sources = {code: m.part_main_oeuvre for code, m in METIERS.items() if m.source != USAGE}
    assert sources == {"batiment": D(50), "maconnerie": D(50), "charpente_metal": D(20), "peinture": D(70)}
    assert ("peinture", "Peinture intérieure (70\u00a0%)") in choix_metiers()
    assert ("autre", "Autre métier") in choix_metiers()


@pytest.mark.parametrize(
    ("saisis", "attendus"),
    [
        ({}, (5, 7, 10)),
        ({"effort": D(12)}, (5, 12, 12)),
        ({"effort": D(3)}, (3, 3, 10)),
        ({"effort_bas": D(8)}, (8, 8, 10)),
        ({"effort_haut": D(6)}, (5, 6, 6)),
        ({"effort_bas": D(2), "effort": D(4), "effort_haut": D(6)}, (2, 4, 6)),
    ],
)
def test_efforts(saisis, attendus):
    """5, 7 et 10 % à défaut ; un effort saisi écarte les bornes qu'il dépasse."""
    efforts = efforts_retenus(replace(MILLION, **saisis))
    assert (efforts.bas, efforts.conseille, efforts.haut) == tuple(map(D, attendus))


def test_efforts_en_desordre():
    with pytest.raises(Contradiction, match=r"^L’effort conseillé se tient entre le bas et le haut") as refus:
        efforts_retenus(replace(MILLION, effort_bas=D(8), effort=D(6)))
    assert refus.value.champ == "effort"


def test_npnru():
    """Travaux : au moins 5 % ; gestion urbaine de proximité : au moins 10 %, pour les habitants des quartiers."""
    travaux = calcul(npnru=PartNpnru.TRAVAUX, effort_bas=D(2))
    assert (travaux.efforts.bas, travaux.efforts.releve) == (D(5), True)
    assert travaux.alertes[0] == "L’effort est relevé à 5\u00a0%, le minimum de la charte du NPNRU."
    # 1 000 000 × 50 % ÷ 30 = 16 666,67 h travaillées, dont 5 % : 833 h.
    assert travaux.heures_qpv == D(833)
    gup = calcul(npnru=PartNpnru.GUP)
    assert (gup.efforts.bas, gup.efforts.conseille, gup.efforts.haut) == (D(10), D(10), D(10))
    assert (gup.heures_qpv, gup.conseillees) == (D(1666), D(1666))
    assert "16\u00a0666,67\u00a0h travaillées (gestion urbaine de proximité)" in gup.calcul_qpv
    assert calcul().heures_qpv is None


def test_proprete_avec_reprise_du_personnel():
    """(12 000 h − 9 000 h reprises) × 7 % = 210 h : trop peu, une clause n'aurait pas de sens."""
    besoin = {"nature": NatureMarche.SERVICES, "metier": "proprete", "heures_totales": D(12_000)}
    resultat = calcul(**besoin, heures_reprises=D(9000))
    assert resultat.conseillees == D(210)
    assert resultat.calcul == "(12\u00a0000\u00a0h − 9\u00a0000\u00a0h de personnel repris) × 7\u00a0% = 210\u00a0h"
    assert resultat.conseil.code == "aucune"
    assert [h.nom for h in resultat.hypotheses] == ["Effort d’insertion, bas, conseillé et haut"]
    assert est_en_reprise(replace(MILLION, heures_reprises=D(1))) and not est_en_reprise(MILLION)


def test_proprete_sans_les_heures_reprises_alerte():
    resultat = calcul(nature=NatureMarche.SERVICES, metier="proprete")
    assert any(alerte.startswith("Propreté\u00a0: si le personnel en place est repris") for alerte in resultat.alertes)


def codes(besoin, heures=D(1166)):
    return [d.code for d in proposer_dispositifs(besoin, heures)]


def test_clause_d_execution():
    """Assez d'heures, assez de temps : la clause ; un an à temps plein de plus, la clause et le critère."""
    assert codes(MILLION) == ["execution"]
    assert codes(MILLION, D(1606)) == ["execution"]
    assert codes(MILLION, D(1607)) == ["execution_critere", "execution"]
    raisons = proposer_dispositifs(replace(MILLION, siae=3, lots=2), D(1166))[0].raisons
    assert raisons[0] == "1\u00a0166\u00a0h conseillées\u00a0: assez pour un contrat utile."
    assert raisons[1] == "3\u00a0structures peuvent aider l’entreprise à faire ces heures."
    assert raisons[-1] == "Avec plusieurs lots, la clause peut n’en porter que certains."
    assert "Une structure au plus" in proposer_dispositifs(replace(MILLION, siae=1), D(1166))[0].raisons[1]


def test_trop_peu_d_heures():
    """299 h, une de moins que le contrat utile : pas de clause ; à 300 h, elle est permise."""
    assert codes(MILLION, D(299)) == ["aucune", "critere", "formation"]
    assert codes(MILLION, D(300)) == ["execution"]
    assert obstacles(MILLION, D(299)) == (
        "299\u00a0h\u00a0: c’est moins que les 300\u00a0h d’un contrat utile (usage, à confirmer).",
    )


def test_travaux_de_moins_de_six_mois():
    """Cinq mois de travaux : pas de clause ; cinq mois de services : elle reste possible."""
    assert codes(replace(MILLION, duree_mois=5))[0] == "aucune"
    assert codes(replace(MILLION, duree_mois=6)) == ["execution"]
    assert codes(replace(MILLION, duree_mois=5, nature=NatureMarche.SERVICES)) == ["execution"]


@pytest.mark.parametrize(
    ("siae", "adaptees", "dependance", "attendu"),
    [
        (10, None, None, None),
        (11, None, None, ("reserve_siae", True)),
        (0, 11, None, ("reserve_ea_esat", True)),
        (6, 5, None, ("reserve_mixte", True)),
        (31, 0, D("29.9"), ("reserve_siae", False)),
        (31, 0, D(30), ("reserve_siae", True)),
        (31, 0, None, ("reserve_siae", True)),
        (30, 0, D(10), ("reserve_siae", True)),
    ],
)
def test_reserver(siae, adaptees, dependance, attendu):
    """Plus de dix structures : un lot. Plus de trente, et moins de 30 % de leur chiffre d'affaires : le marché."""
    premier = proposer_dispositifs(replace(MILLION, siae=siae, adaptees=adaptees, dependance=dependance), D(1166))[0]
    assert (None if premier.code == "execution" else (premier.code, premier.sur_un_lot)) == attendu


def test_reserver_dit_pourquoi():
    marche = proposer_dispositifs(replace(MILLION, siae=40, dependance=D(12)), D(1166))[0]
    assert marche.titre == "Réservation aux SIAE"
    assert marche.base == "code de la commande publique, L2113-13 et R2113-7"
    assert marche.raisons == (
        "40\u00a0structures peuvent répondre, plus de 30, et le marché pèserait 12\u00a0% de leur chiffre d’affaires, "
        "moins de 30\u00a0%.",
        "La moitié au moins des travailleurs concernés relève du public réservé (R2113-7).",
    )
    lot = proposer_dispositifs(replace(MILLION, siae=11), D(1166))[0]
    assert lot.titre == "Réservation aux SIAE, sur un lot"
    assert "Le marché n’a qu’un lot\u00a0: il faudrait en détacher un." in lot.raisons
    assert len(proposer_dispositifs(replace(MILLION, siae=11, lots=3), D(1166))[0].raisons) == 2
    assert "dites ce qu’il pèserait" in proposer_dispositifs(replace(MILLION, siae=31), D(1166))[0].raisons[0]


def test_insertion_et_ess_passent_avant():
    """Un achat d'insertion d'abord, puis l'ESS ; plus de 36 mois dépassent sa durée."""
    assert codes(replace(MILLION, insertion_est_l_objet=True, services_ess=True, siae=11)) == [
        *("services_insertion", "reserve_ess", "reserve_siae", "execution"),
    ]
    assert len(proposer_dispositifs(replace(MILLION, services_ess=True, duree_mois=36), D(500))[0].raisons) == 1
    trop_long = proposer_dispositifs(replace(MILLION, services_ess=True, duree_mois=37), D(500))[0]
    assert trop_long.raisons[1].endswith("(à confirmer)\u00a0: vos 37 mois la dépassent.")


def test_maitre_d_ouvrage_prive():
    """Une clause volontaire, ou rien si elle n'aiderait personne ; jamais le code de la commande publique."""
    prive = replace(MILLION, acheteur=TypeAcheteur.PRIVE, siae=40, dependance=D(1))
    assert codes(prive) == ["volontaire"]
    assert codes(prive, D(100)) == ["aucune"]
    assert obligation_sociale(prive, aujourd_hui=JOUR).code == CodeObligation.FACULTATIVE


def test_chaque_dispositif_a_son_nom_et_sa_base():
    assert LIBELLES_DISPOSITIF.keys() == BASES.keys()


@pytest.mark.parametrize(
    ("nature", "acheteur", "montant"),
    [
        (NatureMarche.TRAVAUX, TypeAcheteur.AUTRE, 5_404_000),
        (NatureMarche.TRAVAUX, TypeAcheteur.CENTRAL, 5_404_000),
        (NatureMarche.SERVICES, TypeAcheteur.CENTRAL, 140_000),
        (NatureMarche.FOURNITURES, TypeAcheteur.AUTRE, 216_000),
        (NatureMarche.SERVICES, TypeAcheteur.RESEAUX, 432_000),
    ],
)
def test_seuils_europeens_de_2026_et_2027(nature, acheteur, montant):
    """Règlements délégués : du 1er janvier 2026 au 31 décembre 2027 ; avant et après, on ne sait pas."""
    for jour in (date(2026, 1, 1), date(2027, 12, 31)):
        assert seuil_europeen(nature, acheteur, jour).montant_euros == D(montant)
    assert seuil_europeen(nature, acheteur, date(2025, 12, 31)) is None
    assert seuil_europeen(nature, acheteur, date(2028, 1, 1)) is None
    assert seuil_europeen(nature, TypeAcheteur.PRIVE, JOUR) is None
    assert ecrire_seuil(seuil_europeen(NatureMarche.SERVICES, TypeAcheteur.AUTRE, JOUR)).startswith(
        "216\u00a0000\u00a0€ HT ("
    )


def obligation(**changements):
    return obligation_sociale(replace(MILLION, **changements), aujourd_hui=JOUR)


def test_obligation_de_la_loi_climat():
    """Depuis le 22 août 2026, au seuil ou au-dessus ; la veille, non ; sous le seuil, non."""
    services = {"nature": NatureMarche.SERVICES}
    au_seuil = obligation(**services, montant_ht_euros=D(216_000))
    assert (au_seuil.code, au_seuil.derogations) == (CodeObligation.OBLIGATOIRE, DEROGATIONS)
    assert "ou vous écrivez pourquoi il n’en porte pas (L2112-2-1)." in au_seuil.phrase
    dessous = obligation(**services, montant_ht_euros=D("215999.99"))
    assert (dessous.code, dessous.derogations) == (CodeObligation.FACULTATIVE, ())
    avant = obligation(**services, publication=date(2026, 8, 21))
    assert avant.phrase == "La loi Climat n’oblige qu’à partir du 22 août 2026."
    assert obligation(**services, publication=date(2026, 8, 22)).code == CodeObligation.OBLIGATOIRE
    assert depuis_l_obligation(date(2026, 8, 22)) and not depuis_l_obligation(date(2026, 8, 21))


def test_obligation_seuil_saisi_ou_inconnu():
    """En 2028 les seuils auront changé : on le dit, et le seuil saisi l'emporte."""
    plus_tard = {"nature": NatureMarche.SERVICES, "publication": date(2028, 2, 1)}
    assert obligation(**plus_tard).code == CodeObligation.A_COMPLETER
    saisi = obligation(**plus_tard, seuil_euros=D(2_000_000))
    assert saisi.code == CodeObligation.FACULTATIVE
    assert saisi.phrase == (
        "1\u00a0000\u00a0000\u00a0€ HT, sous le seuil européen de 2\u00a0000\u00a0000\u00a0€ HT (saisi à la main)\u00a0: "
        "la clause reste un choix."
    )


def test_obligation_travaux_courts():
    """Six millions de travaux : obligatoire ; en cinq mois, la quatrième dérogation s'applique."""
    assert obligation(montant_ht_euros=D(6_000_000)).code == CodeObligation.OBLIGATOIRE
    court = obligation(montant_ht_euros=D(6_000_000), duree_mois=5)
    assert court.code == CodeObligation.DEROGATION
    assert court.phrase.endswith("Travaux de moins de 6 mois\u00a0: la quatrième dérogation s’applique.")


def test_le_paragraphe():
    """Un seul texte dit le dispositif, les heures, le calcul et l'obligation."""
    assert rediger_calibrage(calcul(effort=D(5))) == (
        "Clause d’exécution (code de la commande publique, L2112-2). 833\u00a0h conseillées\u00a0: assez pour un contrat utile. "
        "De 833\u00a0h à 1\u00a0666\u00a0h, 833\u00a0h conseillées\u00a0: 1\u00a0personne à temps plein pendant 5,5\u00a0mois, "
        "soit 0,52\u00a0ETP. Calcul\u00a0: 1\u00a0000\u00a0000\u00a0€ × 50\u00a0% × 5\u00a0% ÷ 30\u00a0€/h = 833,33\u00a0h, "
        "arrondi à 833\u00a0h. 1\u00a0000\u00a0000\u00a0€ HT, sous le seuil européen de 5\u00a0404\u00a0000\u00a0€ HT "
        "(règlements délégués (UE) 2025/2150 et suivants, du 1er janvier 2026 au 31 décembre 2027)\u00a0: "
        "la clause reste un choix."
    )
    assert "habitants des quartiers prioritaires\u00a0: 5\u00a0% de" in rediger_calibrage(
        calcul(npnru=PartNpnru.TRAVAUX)
    )
    reserve = rediger_calibrage(calcul(siae=11))
    assert (
        "Écrites en clause d’exécution, les heures seraient celles-ci\u00a0: de 833\u00a0h à 1\u00a0666\u00a0h"
        in reserve
    )
    assert "chacune" in rediger_calibrage(calcul(montant_ht_euros=D(10_000_000)))


def test_le_paragraphe_sans_une_heure():
    """100 € de marché : zéro heure, personne ; rien ne se divise par zéro."""
    resultat = calcul(montant_ht_euros=D(100))
    assert (resultat.conseillees, resultat.personnes, resultat.mois_par_personne) == (D(0), 0, D(0))
    assert "ETP" not in rediger_calibrage(resultat)


@pytest.mark.parametrize(
    ("changement", "champ"),
    [
        ({"duree_mois": 0}, "duree_mois"),
        ({"duree_mois": 601}, "duree_mois"),
        ({"lots": 0}, "lots"),
        ({"metier": "inconnu"}, "metier"),
        ({"metier": "autre"}, "part_main_oeuvre"),
        ({"part_main_oeuvre": D(0)}, "part_main_oeuvre"),
        ({"part_main_oeuvre": D(101)}, "part_main_oeuvre"),
        ({"cout_horaire_euros": D(0)}, "cout_horaire_euros"),
        ({"montant_ht_euros": D(0)}, "montant_ht_euros"),
        ({"montant_ht_euros": D(-5)}, "montant_ht_euros"),
        ({"montant_ht_euros": D(10) ** 17}, "montant_ht_euros"),
        ({"effort": D(0)}, "effort_bas"),
        ({"effort_bas": D(1), "effort": D(200), "effort_haut": D(300)}, "effort"),
        ({"siae": -1}, "siae"),
        ({"adaptees": -1}, "adaptees"),
        ({"dependance": D(101)}, "dependance"),
        ({"dependance": D(-1)}, "dependance"),
        ({"heures_totales": D(100)}, "heures_reprises"),
        ({"heures_reprises": D(100)}, "heures_totales"),
        ({"heures_totales": D(100), "heures_reprises": D(101)}, "heures_reprises"),
    ],
)
def test_ce_qui_ne_tient_pas(changement, champ):
    """Le refus va au champ en cause, avec une phrase."""
    with pytest.raises(Contradiction) as refus:
        controler_besoin(replace(MILLION, **changement))
    assert refus.value.champ == champ
    assert refus.value.phrase.endswith(".")


@given(
    montant=st.integers(1, 10**10),
    duree=st.integers(1, 600),
    part=st.integers(1, 100),
    effort=st.integers(1, 100),
    siae=st.none() | st.integers(0, 100),
)
def test_toujours_une_reponse(montant, duree, part, effort, siae):
    """Quel que soit le marché : une fourchette en ordre, un dispositif, et les personnes tiennent dans la durée."""
    resultat = calcul(
        montant_ht_euros=D(montant), duree_mois=duree, part_main_oeuvre=D(part), effort=D(effort), siae=siae
    )
    assert resultat.basses <= resultat.conseillees <= resultat.hautes
    assert resultat.dispositifs and resultat.conseil.raisons
    assert resultat.mois_par_personne <= duree + D("0.05")
    assert rediger_calibrage(resultat)
