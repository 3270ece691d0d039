"""La lecture d'un fichier DECP : deux formes, des valeurs sales, des fichiers qui n'en sont pas. Sans base."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clauses.decp import (
    Consideration,
    FichierIllisible,
    Gravite,
    Lecture,
    Limites,
    MarcheLu,
    controler_taille,
    lire,
)
from tests.decp import ABIME, ACHETEUR, JSON, marche, octets

AUJOURD_HUI = date(2026, 11, 23)


def lire_fichier(nom: str) -> Lecture:
    return lire(octets(nom), aujourd_hui=AUJOURD_HUI)


def lire_un(**champs) -> tuple[MarcheLu, list[str]]:
    """Lit un seul marché ; rend ce qui se lit et les phrases des remarques."""
    contenu = json.dumps({"marches": {"marche": [marche(**champs)]}}).encode()
    lecture = lire(contenu, aujourd_hui=AUJOURD_HUI)
    return lecture.enregistrements[0].marche, [remarque.phrase for remarque in lecture.remarques]


def phrases(lecture: Lecture, titre: str) -> list[str]:
    return [r.phrase for e in lecture.enregistrements if e.titre == titre for r in e.remarques]


def test_un_marche_juste_se_lit_sans_remarque():
    """Rien à redire d'un enregistrement complet."""
    lu, remarques = lire_un()
    assert remarques == []
    assert (lu.cle, lu.objet, lu.duree_mois, lu.montant_ht_euros) == (
        f"{ACHETEUR}-2026-T1",
        "Travaux",
        12,
        Decimal("100000.00"),
    )
    assert lu.est_a_clause


def test_la_forme_imbriquee_dit_tout():
    """Marchés puis concessions, titulaires, sous-traitants, avenants, considérations : chacun à sa place."""
    lecture = lire_fichier("imbrique.json")
    saules, nettoyage, fournitures, concession = lecture.marches
    assert [m.rang for m in lecture.marches] == [1, 2, 3, 4]
    assert saules.considerations == (Consideration.CLAUSE, Consideration.CRITERE)
    assert [t.siret for t in saules.titulaires] == ["99910101700013", "99910202300010"]
    assert saules.groupement is True
    assert [(s.cle, s.entreprise.siret) for s in saules.sous_traitants] == [("acte:1", "99910303900015")]
    assert [(a.numero, a.date_notification, a.montant_ht_euros, a.duree_mois) for a in saules.avenants] == [
        (1, date(2026, 6, 15), Decimal("1310000.00"), 21)
    ]
    assert saules.technique == "Accord-cadre, tranches, bons de commande (2025-AC03)"
    assert (saules.ccag, saules.code_cpv, saules.code_postal) == ("travaux", "45210000-2", "69009")
    assert nettoyage.est_reserve and nettoyage.est_a_clause and nettoyage.technique == ""
    assert not fournitures.est_a_clause
    assert concession.est_concession
    assert (concession.date_signature, concession.date_debut) == (date(2026, 3, 30), date(2026, 5, 1))
    assert (concession.montant_ht_euros, concession.avenants[0].montant_ht_euros) == (4_200_000, 4_300_000)


def test_la_forme_plate_dit_la_meme_chose():
    """Une liste de marchés, titulaires et avenants sans emboîtement, listes vides, marque d'ordre des octets."""
    assert octets("plat.json").startswith(b"\xef\xbb\xbf")
    espaces_verts, assurances = lire_fichier("plat.json").marches
    assert espaces_verts.identifiant == "2026_VIL_S0042 01"
    assert espaces_verts.est_a_clause and not assurances.est_a_clause
    assert [t.siret for t in espaces_verts.titulaires] == ["99910404500011"]
    assert [a.date_notification for a in espaces_verts.avenants] == [date(2026, 9, 14)]
    assert (espaces_verts.technique, espaces_verts.lieu) == ("Bons de commande", "Département 69")


@pytest.mark.parametrize(
    ("titulaires", "considerations", "modifications"),
    [
        (
            [{"titulaire": {"id": "A" * 14}}],
            {"considerationSociale": ["Clause sociale"]},
            [{"modification": {"id": 1}}],
        ),
        ({"titulaire": [{"id": "A" * 14}]}, {"considerationSociale": "Clause sociale"}, {"modification": {"id": 1}}),
        ({"titulaire": {"id": "A" * 14}}, ["Clause sociale"], {"modification": [{"id": 1}]}),
        ([{"id": "A" * 14}], "Clause sociale", [{"id": 1}]),
        ({"id": "A" * 14}, "clause  SOCIALE", {"id": 1}),
    ],
)
def test_chaque_emboitement_se_lit_pareil(titulaires, considerations, modifications):
    """Une liste, un objet ou un mot : le schéma national, sa traduction du XML et les flux plats se valent."""
    element = modifications
    while not (isinstance(element, dict) and "id" in element):
        element = next(iter(element)) if isinstance(element, list) else element["modification"]
    element["dateNotificationModification"] = "2026-03-01"
    lu, _ = lire_un(titulaires=titulaires, considerationsSociales=considerations, modifications=modifications)
    assert [t.identifiant for t in lu.titulaires] == ["A" * 14]
    assert lu.considerations == (Consideration.CLAUSE,)
    assert [a.numero for a in lu.avenants] == [1]


def test_la_fin_se_compte_depuis_la_notification_bornes_comprises():
    """48 mois notifiés le 15 mai 2024 finissent le 14 mai 2028 compris ; un avenant sûr change la durée."""
    assert lire_un(dureeMois=48, dateNotification="2024-05-15")[0].date_fin == date(2028, 5, 14)
    avenant = {"id": 1, "dureeMois": 60, "dateNotificationModification": "2025-02-01"}
    prolonge, _ = lire_un(dureeMois=48, dateNotification="2024-05-15", modifications=[avenant])
    assert (prolonge.duree_mois, prolonge.date_fin) == (48, date(2029, 5, 14))


@pytest.mark.parametrize("jour", ["2024-05-14", "2026-11-24"])
def test_un_avenant_a_la_date_impossible_ne_change_pas_la_fin(jour):
    """Avant le marché ou dans l'avenir : l'avenant est gardé, signalé, et sa durée ne compte pas."""
    avenant = {"id": 1, "dureeMois": 60, "dateNotificationModification": jour}
    lu, remarques = lire_un(dureeMois=48, dateNotification="2024-05-15", modifications=[avenant])
    assert len(lu.avenants) == 1
    assert lu.date_fin == date(2028, 5, 14)
    assert any("avenant 1" in phrase for phrase in remarques)


@pytest.mark.parametrize(
    ("titre", "extrait"),
    [
        ("DUREE", "«\u00a0NC\u00a0» n’est pas un nombre de mois"),
        ("MONTANT", "dépasse 10 milliards d’euros"),
        ("DATE", "«\u00a0nan\u00a0» n’est pas une date"),
        ("TITULAIRE", "«\u00a0typeIdentifiant\u00a0» à la place d’un objet"),
        ("SIRET6", "compte 6\u00a0chiffres au lieu de 14"),
        ("SIRETCLE", "n’a pas la bonne clé"),
        ("VIDES", "Le lieu d’exécution manque"),
        ("MANQUE", "La procédure manque"),
        ("MANQUE", "Le code CPV manque"),
        ("CPVFAUX", "«\u00a04500\u00a0» n’est pas un code CPV"),
        ("FUTUR", "L’avenant 1 est à venir, le 3 mars 2031"),
        ("TVA", "Identifiant TVA «\u00a0FR40123456824\u00a0»"),
    ],
)
def test_une_valeur_sale_se_dit_et_le_marche_reste(titre, extrait):
    """Chaque saleté vue dans de vrais fichiers a sa phrase, à sa ligne, et n'emporte pas le marché."""
    lecture = lire_fichier("sale.json")
    assert titre in {lu.identifiant for lu in lecture.marches}
    assert any(extrait in phrase for phrase in phrases(lecture, titre)), phrases(lecture, titre)


def test_ce_qui_ne_se_lit_pas_reste_vide():
    """« NC », 1e17 et « nan » ne deviennent ni zéro ni une date inventée."""
    lus = {lu.identifiant: lu for lu in lire_fichier("sale.json").marches}
    assert lus["DUREE"].duree_mois is None and lus["DUREE"].date_fin is None
    assert lus["MONTANT"].montant_ht_euros is None
    assert lus["DATE"].date_notification is None
    assert lus["TITULAIRE"].titulaires == ()
    assert [(t.identifiant, t.siret) for t in lus["SIRET6"].titulaires] == [("214356", "")]
    assert [(t.type_identifiant, t.siret) for t in lus["TVA"].titulaires] == [("TVA", "")]


def test_un_enregistrement_sans_cle_est_ecarte_seul():
    """Ni identifiant, ni acheteur, ni même un objet : l'enregistrement est écarté, avec sa raison, et les autres restent."""
    lecture = lire_fichier("sale.json")
    ecartes = {e.rang: e.remarques for e in lecture.enregistrements if e.marche is None}
    assert sorted(ecartes) == [12, 14, 15, 16]
    assert all(any(r.gravite == Gravite.REJET for r in remarques) for remarques in ecartes.values())
    assert len(lecture.marches) == 12


def test_d_un_double_la_publication_la_plus_recente_reste():
    """Le même marché écrit deux fois : la seconde publication, plus récente, l'emporte et la première le dit."""
    lecture = lire_fichier("sale.json")
    assert [m.objet for m in lecture.marches if m.identifiant == "DOUBLE"] == ["Anomalie DOUBLE, seconde publication"]
    assert phrases(lecture, "DOUBLE") == [
        "Même acheteur et même référence que l’enregistrement 13, qui est retenu.",
    ]


@pytest.mark.parametrize(
    ("champ", "valeur", "attendu"),
    [
        ("codeCPV", "45000000-7", "45000000-7"),
        ("codeCPV", "450000007", "45000000-7"),
        ("codeCPV", 45000000, "45000000"),
    ],
)
def test_le_cpv_va_avec_ou_sans_cle(champ, valeur, attendu):
    """Huit chiffres, avec ou sans chiffre de contrôle, écrits en texte ou en nombre."""
    lu, remarques = lire_un(**{champ: valeur})
    assert lu.code_cpv == attendu
    assert remarques == []


@pytest.mark.parametrize("duree", ["NC", 0, -3, 1201, 12.5, True, [], {}, None, "douze", 1e300, "9" * 400])
def test_une_duree_impossible_reste_vide(duree):
    """Jamais une durée inventée, jamais une erreur."""
    lu, remarques = lire_un(dureeMois=duree)
    assert lu.duree_mois is None
    assert len(remarques) == 1


@pytest.mark.parametrize("montant", [-1, 1e17, "NC", True, {"euros": 3}, None, "1" * 300, "1e999"])
def test_un_montant_impossible_reste_vide(montant):
    """De zéro à dix milliards d'euros ; le reste se dit."""
    lu, remarques = lire_un(montant=montant)
    assert lu.montant_ht_euros is None
    assert len(remarques) == 1


@pytest.mark.parametrize(
    ("ecrite", "lue"),
    [
        ("2026-01-05", date(2026, 1, 5)),
        ("2026-01-05T10:30:00+02:00", date(2026, 1, 5)),
        ("05/01/2026", date(2026, 1, 5)),
        ("2026-02-30", None),
        ("0001-01-01", None),
        (20260105, None),
    ],
)
def test_une_date_se_lit_ou_reste_vide(ecrite, lue):
    """L'heure et le fuseau sont admis, le 30 février non."""
    assert lire_un(dateNotification=ecrite)[0].date_notification == lue


def test_un_siret_ecrit_en_nombre_retrouve_ses_zeros():
    """Un tableur a pu manger le zéro de tête d'un SIRET juste."""
    lu, remarques = lire_un(acheteur={"id": 999001100018}, titulaires=[{"id": 99910101700013}])
    assert (lu.acheteur.siret, lu.titulaires[0].siret) == ("00999001100018", "99910101700013")
    assert remarques == []


def test_un_texte_trop_long_ou_abime_est_nettoye():
    """Caractères de contrôle retirés, objet coupé à mille signes, et dit."""
    lu, remarques = lire_un(objet="Gros\x00 œuvre\n" + "a" * 2000)
    assert lu.objet.startswith("Gros œuvre aaa")
    assert len(lu.objet) == 1000
    assert remarques == ["Texte coupé à 1\u00a0000 signes, sur 2\u00a0011."]


def test_une_liste_sans_fin_est_coupee():
    """Cent titulaires au plus : le reste est écarté et compté."""
    lu, remarques = lire_un(titulaires=[{"id": f"{n:06}"} for n in range(130)])
    assert len(lu.titulaires) == 100
    assert any("les 30 derniers sont écartés" in phrase for phrase in remarques)


def test_les_avenants_sans_numero_ou_en_double_en_recoivent_un():
    """La position tient lieu de numéro ; un numéro pris deux fois n'efface rien."""
    modifications = [
        {"id": 1, "dateNotificationModification": "2026-02-01"},
        {"id": 1, "dateNotificationModification": "2026-03-01"},
        {"dateNotificationModification": "2026-04-01"},
        {"id": 9},
    ]
    lu, remarques = lire_un(modifications=modifications)
    assert [(a.numero, a.date_notification.month) for a in lu.avenants] == [(1, 2), (2, 3), (3, 4)]
    assert "L’avenant 9 n’a pas de date\u00a0: écarté." in remarques


@pytest.mark.parametrize(
    ("contenu", "extrait"),
    [
        (b"", "vide"),
        (b"acheteur;objet;montant\n1;2;3", "n’est pas du JSON"),
        (b'{"marches": {"marche": [', "n’est pas du JSON"),
        (b"<?xml version='1.0'?><marches/>", "XML"),
        (b"PK\x03\x04reste", "classeur"),
        (b"%PDF-1.7", "PDF"),
        (b"{}", "ne contient pas de marché"),
        (b"12", "ne contient pas de marché"),
        (b'{"marches": {"autre": []}}', "ne contient pas de marché"),
        (b'{"marches": []}', "aucun marché"),
        (b"\x00\xff\xfe\x01", "n’est pas du JSON"),
        (b"[" * 50_000, "emboîte trop"),
        (b"[" * 500_000, "imbrique 500\u00a0000 éléments"),
        (b'{"marches":' + b'{"marche":' * 20_000, "emboîte trop"),
    ],
)
def test_un_fichier_illisible_se_refuse_en_une_phrase(contenu, extrait):
    """Chaque sorte de mauvais fichier a sa phrase, qui dit quoi faire ou pourquoi."""
    with pytest.raises(FichierIllisible, match=extrait):
        lire(contenu, aujourd_hui=AUJOURD_HUI)


def test_un_fichier_trop_lourd_ou_trop_long_se_refuse():
    """Au-delà de la taille ou du nombre d'enregistrements, la phrase donne les deux nombres."""
    with pytest.raises(FichierIllisible) as refus:
        controler_taille(50_000_000, Limites(20_000_000, 10))
    assert str(refus.value).startswith("Ce fichier pèse 50\u00a0Mo, 20\u00a0Mo au plus.")
    assert "la commande importer_decp lit jusqu’à 200\u00a0Mo" in str(refus.value)
    contenu = json.dumps([marche(id=str(n)) for n in range(4)]).encode()
    with pytest.raises(FichierIllisible, match="compte 4\u00a0enregistrements, 3 au plus"):
        lire(contenu, aujourd_hui=AUJOURD_HUI, limites=Limites(20_000_000, 3))


def test_un_fichier_en_windows_1252_se_lit_avec_une_remarque():
    """Les accents d'un vieux logiciel ne font pas rejeter le fichier."""
    contenu = json.dumps([marche(objet="Réfection du préau")], ensure_ascii=False).encode("cp1252")
    lecture = lire(contenu, aujourd_hui=AUJOURD_HUI)
    assert lecture.marches[0].objet == "Réfection du préau"
    assert "Windows-1252" in lecture.remarques[0].phrase


@pytest.mark.parametrize("nom", ["imbrique.json", "plat.json", "sale.json"])
def test_un_marche_lu_se_garde_et_se_relit_a_l_identique(nom):
    """Ce que l'aperçu garde en base est exactement ce qui a été lu."""
    for lu in lire_fichier(nom).marches:
        assert MarcheLu.depuis_json(json.loads(json.dumps(lu.vers_json()))) == lu


@given(JSON | st.builds(lambda contenu: {"marches": contenu}, JSON))
def test_aucun_json_ne_fait_planter_la_lecture(contenu):
    """Quel que soit le JSON, on lit ou l'on refuse en une phrase."""
    try:
        lecture = lire(json.dumps(contenu).encode(), aujourd_hui=AUJOURD_HUI)
    except FichierIllisible as refus:
        assert str(refus).endswith(".")
    else:
        assert lecture.enregistrements


@given(st.lists(ABIME, min_size=1, max_size=3), st.booleans())
def test_un_marche_abime_ne_fait_planter_ni_la_lecture_ni_la_base(marches, plat):
    """Un marché dont des champs sont remplacés par n'importe quoi se lit : ce qui en reste tient dans la base."""
    contenu = {"marches": marches if plat else {"marche": marches}}
    lecture = lire(json.dumps(contenu).encode(), aujourd_hui=AUJOURD_HUI)
    assert len(lecture.enregistrements) == len(marches)
    for lu in lecture.marches:
        assert MarcheLu.depuis_json(json.loads(json.dumps(lu.vers_json()))) == lu
        assert 0 < len(lu.identifiant) <= 60 and len(lu.cle) <= 80 and 0 < len(lu.objet) <= 1000
        assert len(lu.technique) <= 120 and len(lu.code_cpv) <= 10 and len(lu.lieu) <= 100
        assert "\x00" not in json.dumps(lu.vers_json()) and "\\u0000" not in json.dumps(lu.vers_json())
        assert lu.montant_ht_euros is None or 0 <= lu.montant_ht_euros <= 10**10
        assert lu.date_fin is None or lu.date_debut <= lu.date_fin


@given(st.binary(max_size=200))
def test_aucune_suite_d_octets_ne_fait_planter_la_lecture(contenu):
    """Des octets au hasard sont refusés en une phrase, ou lus."""
    try:
        lire(contenu, aujourd_hui=AUJOURD_HUI)
    except FichierIllisible as refus:
        assert str(refus).endswith(".")
