"""Le catalogue des contrôles : pour chaque code, ce qui le déclenche et ce qui ne le déclenche pas, bornes des deux côtés."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beneficiaires.periodes import Periode, ajouter_mois, mois_de
from clauses.regles.controles import (
    CATALOGUE,
    SUJETS,
    AutresHeures,
    Faits,
    FaitsContrat,
    FaitsDecision,
    FaitsEngagement,
    FaitsLot,
    FaitsPass,
    FaitsPreuve,
    Niveau,
    ParametresControles,
    constater,
    heures_du_contrat,
    heures_ne_comptent_pas,
    jours_feries,
    jours_ouvrables,
    refus_de,
)
from clauses.regles.heures import NatureHeures

AVRIL = mois_de(date(2026, 4, 1))
CONTRAT = FaitsContrat(
    periode=Periode(date(2026, 3, 2), date(2027, 3, 1)),
    type_contrat="cdd",
    ecrit="CDD",
    heures_hebdo=D(35),
    employeur="Bâti-Rhône",
    cle="contrat",
)
DECISION = FaitsDecision(
    est_favorable=True,
    date_decision=date(2026, 2, 12),
    fenetre=Periode(date(2026, 3, 2), date(2028, 3, 1)),
    preuves=(FaitsPreuve("RSA", date(2026, 1, 6), date(2026, 1, 9)),),
)
LOT = FaitsLot(Periode(date(2026, 3, 2), date(2027, 6, 30)), entreprises=(("Bâti-Rhône", "Titulaire"),))


def cas(**changements) -> Faits:
    """140 h de travail en avril 2026, CDD de 35 h depuis le 2 mars, saisies le 5 mai par le facilitateur ; rien à en dire."""
    faits = {
        "heures": D(140),
        "nature": NatureHeures.TRAVAIL,
        "periode": AVRIL,
        "ligne": "ligne",
        "operation": "Résidence Les Peupliers",
        "contrat": CONTRAT,
        "decision": DECISION,
        "lot": LOT,
        "engagement": FaitsEngagement("Bâti-Rhône", D(1000)),
        "aujourd_hui": date(2026, 5, 5),
        "saisi_le": date(2026, 5, 5),
        "naissance": date(1990, 4, 8),
    }
    return Faits(**(faits | {c: D(v) if c == "heures" else v for c, v in changements.items()}))


def avril(debut: int, fin: int) -> Periode:
    return Periode(date(2026, 4, debut), date(2026, 4, fin))


def autre(heures, *, recul: int = 0, ligne: str = "ailleurs", contrat: str = "contrat", **champs) -> AutresHeures:
    mois = ajouter_mois(date(2026, 4, 1), -recul)
    valeurs = {
        "mois": mois,
        "periode": mois_de(mois),
        "heures": D(heures),
        "nature": NatureHeures.TRAVAIL,
        "ligne": ligne,
        "contrat": contrat,
        "heures_hebdo": D(35),
        "operation": "Gymnase du Port",
        "employeur": "Voltéo",
    }
    return AutresHeures(**(valeurs | champs))


def avant(*heures) -> tuple[AutresHeures, ...]:
    """Les heures de la même ligne les mois d'avant, du plus proche au plus lointain ; None : rien de déclaré."""
    return tuple(autre(h, recul=n, ligne="ligne") for n, h in enumerate(heures, 1) if h is not None)


def contrat(**changements) -> FaitsContrat:
    return replace(CONTRAT, **changements)


def decision(**changements) -> FaitsDecision:
    return replace(DECISION, **changements)


def fenetre(debut, fin) -> FaitsDecision:
    return decision(fenetre=Periode(debut, fin))


CDDI = contrat(type_contrat="cddi", ecrit="CDD d’insertion (CDDI)")
DEPUIS_2025 = contrat(periode=Periode(date(2025, 1, 1), date(2027, 3, 1)))
ETTI = contrat(employeur="Coup de main", type_employeur="etti", met_a_disposition=True)
MINEURE, MAJEURE = date(2008, 5, 1), date(2008, 4, 30)  # dix-huit ans le lendemain, ou le dernier jour d'avril 2026
PASS = FaitsPass(Periode(date(2024, 4, 16), date(2026, 4, 15)), (avril(3, 10),))
FORMATION = NatureHeures.FORMATION
RESTE_D_AVRIL = autre("35.5", ligne="ligne", periode=avril(13, 30))

# code → (déclenchent, ne déclenchent pas, la phrase du premier cas)
CAS = {
    "heures_illisibles": (
        [cas(heures="NaN"), cas(heures="Infinity")],
        [cas(heures=0)],
        "Ce n’est pas un nombre d’heures. Écrivez par exemple 35 ou 35,5.",
    ),
    "heures_negatives": (
        [cas(heures="-0.01")],
        [cas(heures=0)],
        ("Un nombre d’heures ne peut pas être négatif. Pour corriger un mois, saisissez son nouveau total."),
    ),
    "heures_impossibles": (
        [cas(heures="744.01")],
        [cas(heures=744)],
        "Un mois entier ne compte que 744\u00a0h. Vérifiez le nombre saisi.",
    ),
    "heures_decimales": (
        [cas(heures="35.255")],
        [cas(heures="35.25"), cas(heures="35.250")],
        "Les heures s’écrivent avec deux décimales au plus, par exemple 35,25.",
    ),
    "lot_clos": (
        [cas(lot=replace(LOT, est_clos=True))],
        [cas()],
        ("Le lot est clos\u00a0: il ne reçoit plus d’heures pour avril 2026. Rouvrez le lot pour corriger ses heures."),
    ),
    "heures_futures": (
        [cas(aujourd_hui=date(2026, 3, 31))],
        [cas(aujourd_hui=date(2026, 4, 1))],
        ("Avril 2026 n’a pas commencé\u00a0: nous sommes le 31 mars 2026. Les heures se déclarent une fois faites."),
    ),
    "avant_embauche": (
        [cas(contrat=contrat(periode=Periode(date(2026, 5, 1), None)))],
        [cas(contrat=contrat(periode=Periode(date(2026, 4, 30), None)))],
        (
            "Pas de contrat du 1er au 30 avril 2026\u00a0: il court depuis le 1er mai 2026. Vérifiez le "
            "mois, ou les dates du contrat."
        ),
    ),
    "apres_contrat": (
        [cas(contrat=contrat(periode=Periode(date(2026, 3, 2), date(2026, 3, 31))))],
        [cas(contrat=contrat(periode=Periode(date(2026, 3, 2), date(2026, 4, 1))))],
        (
            "Pas de contrat du 1er au 30 avril 2026\u00a0: il court du 2 au 31 mars 2026. Vérifiez le "
            "mois, ou les dates du contrat."
        ),
    ),
    "hors_lot": (
        [
            cas(lot=replace(LOT, periode=Periode(date(2026, 5, 1), None))),
            cas(lot=replace(LOT, periode=Periode(date(2025, 1, 1), date(2026, 3, 31)))),
        ],
        [cas(lot=replace(LOT, periode=Periode(date(2026, 4, 30), None))), cas(lot=replace(LOT, periode=None))],
        (
            "Le lot ne s’exécute pas du 1er au 30 avril 2026\u00a0: il court depuis le 1er mai 2026. "
            "Vérifiez le mois, ou les dates du lot."
        ),
    ),
    "decision_defavorable": (
        [cas(decision=decision(est_favorable=False, fenetre=None))],
        [cas(), cas(heures=0, decision=decision(est_favorable=False, fenetre=None))],
        (
            "140\u00a0h du 1er au 30 avril 2026\u00a0: la décision du 12 février 2026 n’est pas favorable, ces "
            "heures ne peuvent pas compter. Complétez l’éligibilité, ou retirez ces heures."
        ),
    ),
    "eligibilite_absente": (
        [cas(decision=decision(fenetre=None))],
        [cas(heures=0, decision=decision(fenetre=None)), cas(decision=decision(est_favorable=False, fenetre=None))],
        (
            "140\u00a0h du 1er au 30 avril 2026\u00a0: l’éligibilité n’est pas ouverte. Faites-la valider avant"
            " de déclarer des heures."
        ),
    ),
    "avant_fenetre": (
        [cas(decision=fenetre(date(2026, 5, 1), None))],
        [cas(decision=fenetre(date(2026, 4, 30), None)), cas(decision=fenetre(date(2026, 4, 1), None))],
        (
            "140\u00a0h du 1er au 30 avril 2026\u00a0: l’éligibilité ne commence que le 1er mai 2026. Ces "
            "heures ne comptent pas."
        ),
    ),
    "apres_fenetre": (
        [cas(decision=fenetre(date(2026, 3, 2), date(2026, 3, 31)))],
        [cas(decision=fenetre(date(2026, 3, 2), date(2026, 4, 1)))],
        (
            "140\u00a0h du 1er au 30 avril 2026\u00a0: l’éligibilité s’est arrêtée le 31 mars 2026 inclus. Ces "
            "heures ne comptent plus pour la clause."
        ),
    ),
    "a_cheval": (
        [cas(decision=fenetre(date(2026, 3, 2), date(2026, 4, 29))), cas(decision=fenetre(date(2026, 4, 2), None))],
        [cas(decision=fenetre(date(2026, 4, 1), date(2026, 4, 30)))],
        (
            "140\u00a0h du 1er au 30 avril 2026\u00a0: l’éligibilité s’arrête le 29 avril 2026 inclus, ce total"
            " est à cheval. Partagez-le\u00a0: 1–29 / 30\u00a0; seules les heures du 1er au 29 avril 2026 "
            "comptent."
        ),
    ),
    "preuve_absente": (
        [cas(decision=decision(preuves=())), cas(decision=decision(preuves=(FaitsPreuve("RSA", None, None),)))],
        [cas(), cas(heures=0, decision=decision(preuves=()))],
        (
            "140\u00a0h du 1er au 30 avril 2026\u00a0: aucune pièce vue ne prouve l’éligibilité décidée le 12 "
            "février 2026. Demandez la pièce, et notez le jour où vous l’avez vue."
        ),
    ),
    # L'attestation RSA vaut trois mois. Du 12/11/2025, elle vaut jusqu'au 11/02/2026 inclus : la veille de la décision.
    "preuve_ancienne": (
        [cas(decision=decision(preuves=(FaitsPreuve("RSA", date(2025, 11, 12), date(2026, 1, 9)),)))],
        [
            cas(decision=decision(preuves=(FaitsPreuve("RSA", date(2025, 11, 13), date(2026, 1, 9)),))),
            cas(decision=decision(preuves=(FaitsPreuve("SENIOR", None, date(2026, 1, 9)),))),
            cas(decision=decision(preuves=())),
        ],
        (
            "140\u00a0h du 1er au 30 avril 2026\u00a0: la pièce de l’éligibilité, datée du 12 novembre 2025, ne"
            " valait plus le jour de l’embauche, le 2 mars 2026. Demandez une pièce de ce moment-là."
        ),
    ),
    "decision_apres_embauche": (
        [cas(decision=decision(date_decision=date(2026, 3, 3)))],
        [cas(decision=decision(date_decision=date(2026, 3, 2)))],
        (
            "140\u00a0h du 1er au 30 avril 2026\u00a0: l’éligibilité a été décidée le 3 mars 2026, après "
            "l’embauche du 2 mars 2026. Vérifiez que le marché admet cette régularisation."
        ),
    ),
    "pass_suspendu": (
        [cas(contrat=CDDI, pass_iae=(PASS,)), cas(contrat=CDDI, pass_iae=(PASS,), periode=avril(10, 12), heures=8)],
        [
            cas(contrat=CDDI, pass_iae=(PASS,), periode=avril(11, 12), heures=8),
            cas(contrat=CDDI, pass_iae=(PASS,), periode=avril(1, 2), heures=8),
            cas(pass_iae=(PASS,)),
        ],
        (
            "140\u00a0h du 1er au 30 avril 2026\u00a0: le PASS IAE est suspendu du 3 au 10 avril 2026. Vérifiez"
            " les jours travaillés, ou la suspension."
        ),
    ),
    "pass_termine": (
        [cas(contrat=CDDI, pass_iae=(PASS,)), cas(contrat=CDDI, pass_iae=(PASS,), periode=avril(15, 16), heures=8)],
        [
            cas(contrat=CDDI, pass_iae=(PASS,), periode=avril(14, 15), heures=8),
            cas(contrat=CDDI),
            cas(pass_iae=(PASS,)),
        ],
        (
            "140\u00a0h du 1er au 30 avril 2026\u00a0: le PASS IAE a fini le 15 avril 2026 inclus, et le "
            "contrat est un CDD d’insertion (CDDI). Vérifiez la prolongation du PASS, ou le contrat."
        ),
    ),
    "plafond_mensuel": (
        [cas(heures="220.01"), cas(heures=140, autres=(autre("80.01"),)), cas(heures=100, plafond_mensuel=D(99))],
        [cas(heures=220), cas(heures=140, autres=(autre(80),)), cas(heures=140, autres=(autre(150, recul=1),))],
        (
            "220,01\u00a0h en avril 2026\u00a0: c’est plus que les 220\u00a0h plausibles en un mois. Vérifiez le "
            "relevé d’heures."
        ),
    ),
    "plafond_journalier": (
        [cas(heures="24.01", periode=avril(29, 30))],
        [cas(heures=24, periode=avril(29, 30))],
        (
            "24,01\u00a0h en 2\u00a0jours de contrat\u00a0: c’est plus de 12\u00a0h par jour. Vérifiez le nombre d’heures"
            " ou les dates du contrat."
        ),
    ),
    # Du mardi 28 au jeudi 30 avril : trois jours ouvrables, 30 h. Du samedi 25 au lundi 27 : deux (le 26 est un dimanche), 20 h.
    "plus_de_10_h": (
        [
            cas(heures="30.01", periode=avril(28, 30)),
            cas(heures="20.01", periode=avril(25, 27)),
            cas(heures=20, periode=avril(28, 30), autres=(autre("10.01", periode=avril(28, 30)),)),
        ],
        [
            cas(heures=30, periode=avril(28, 30)),
            cas(heures=20, periode=avril(25, 27)),
            cas(heures=20, periode=avril(26, 26)),
        ],
        (
            "30,01\u00a0h du 28 au 30 avril 2026 pour 3\u00a0jours ouvrables\u00a0: c’est plus de 10\u00a0h par jour, le "
            "maximum sans dérogation. Vérifiez le relevé d’heures."
        ),
    ),
    # Trente jours : 48 × 30 ÷ 7 = 205,71 h. Cinq jours : une semaine entière, 48 h.
    "plus_de_48_h": (
        [
            cas(heures="205.72"),
            cas(heures="48.01", periode=avril(20, 24)),
            cas(heures=140, autres=(autre("65.72", contrat="second"),)),
        ],
        [cas(heures="205.71"), cas(heures=48, periode=avril(20, 24)), cas(heures=140, autres=(autre("65.71"),))],
        (
            "205,72\u00a0h du 1er au 30 avril 2026 en 30\u00a0jours\u00a0: c’est plus de 48\u00a0h par semaine, tous "
            "contrats ensemble. Vérifiez le relevé d’heures."
        ),
    ),
    "mineur_plus_de_8_h": (
        [cas(heures="24.01", periode=avril(28, 30), naissance=MINEURE)],
        [
            cas(heures=24, periode=avril(28, 30), naissance=MINEURE),
            cas(heures="24.01", periode=avril(28, 30), naissance=MAJEURE),
            cas(heures="24.01", periode=avril(28, 30), naissance=None),
        ],
        (
            "24,01\u00a0h du 28 au 30 avril 2026 pour 3\u00a0jours ouvrables\u00a0: c’est plus de 8\u00a0h par jour, le "
            "maximum avant 18\u00a0ans. Vérifiez le relevé, ou la dérogation de l’inspection du travail."
        ),
    ),
    # Trente jours : 35 × 30 ÷ 7 = 150 h.
    "mineur_plus_de_35_h": (
        [cas(heures="150.01", naissance=MINEURE)],
        [cas(heures=150, naissance=MINEURE), cas(heures="150.01", naissance=MAJEURE)],
        (
            "150,01\u00a0h du 1er au 30 avril 2026 en 30\u00a0jours\u00a0: c’est plus de 35\u00a0h par semaine, le "
            "maximum avant 18\u00a0ans. Vérifiez le relevé, ou la dérogation de l’inspection du travail."
        ),
    ),
    # Le 6 avril 2026 est le lundi de Pâques, le 5 et le 12 des dimanches.
    "sans_jour_ouvrable": (
        [cas(heures=14, periode=avril(5, 6)), cas(heures=7, periode=avril(12, 12))],
        [
            cas(heures=14, periode=avril(4, 6)),
            cas(heures=7, periode=avril(11, 11)),
            cas(heures=7, periode=avril(12, 12), nature=FORMATION),
        ],
        (
            "14\u00a0h du 5 au 6 avril 2026\u00a0: ces jours ne sont que des dimanches ou des jours fériés. "
            "Vérifiez les dates, ou l’accord qui permet d’y travailler."
        ),
    ),
    # Du lundi 6 (férié) au vendredi 10 : quatre jours à 7 h, 28 h. Au huitième jour, la période n'est plus courte.
    "ferie_periode_courte": (
        [cas(heures="28.01", periode=avril(6, 10)), cas(heures="28.01", periode=avril(6, 12))],
        [
            cas(heures=28, periode=avril(6, 10)),
            cas(heures=36, periode=avril(6, 13)),
            cas(heures=35, periode=avril(13, 17)),
            cas(heures=7, periode=avril(6, 6)),
            # Un férié du samedi (15 août 2026) n'ôte rien à un contrat du lundi au vendredi.
            cas(heures="35.01", periode=Periode(date(2026, 8, 10), date(2026, 8, 16)), aujourd_hui=date(2026, 9, 1)),
        ],
        (
            "28,01\u00a0h du 6 au 10 avril 2026, dont le 6 avril 2026, férié\u00a0: sans ce jour, le contrat "
            "fait 28\u00a0h. Vérifiez que le jour férié n’est pas compté."
        ),
    ),
    # Avril 2026 : 150 h au prorata, 151,67 h mensualisées, 154 h pour 22 jours ouvrés. À 20 h par semaine : 88 h.
    "plus_que_le_contrat": (
        [cas(heures="154.01"), cas(heures="88.01", contrat=contrat(heures_hebdo=D(20)))],
        [
            cas(heures=154),
            cas(heures=88, contrat=contrat(heures_hebdo=D(20))),
            cas(heures="154.01", nature=FORMATION),
        ],
        (
            "154,01\u00a0h du 1er au 30 avril 2026\u00a0: le contrat est de 35\u00a0h par semaine, soit 154\u00a0h sur "
            "ces jours. Vérifiez le relevé, ou les heures supplémentaires au bulletin."
        ),
    ),
    "formation_au_dela": (
        [cas(heures="154.01", nature=FORMATION)],
        [cas(heures=154, nature=FORMATION), cas(heures="154.01")],
        (
            "154,01\u00a0h du 1er au 30 avril 2026\u00a0: c’est plus de formation que les 154\u00a0h du contrat sur "
            "ces jours. Vérifiez l’attestation de l’organisme de formation."
        ),
    ),
    "deux_operations": (
        [cas(heures=100, autres=(autre("54.01"),))],
        [
            cas(heures=100, autres=(autre(54),)),
            cas(heures=100, autres=(autre("54.01", ligne="ligne"),)),
            cas(heures=100, autres=(autre("54.01", contrat="second"),)),
            cas(heures=100, autres=(autre("54.01", recul=1),)),
            # 150 h du 1er au 30 : les deux relevés se touchent, et le contrat fait 154 h sur leurs jours à tous les deux.
            cas(heures=70, periode=avril(1, 15), autres=(autre(80, periode=avril(10, 30)),)),
        ],
        (
            "100\u00a0h du 1er au 30 avril 2026, et 54,01\u00a0h du même contrat avec Gymnase du Port\u00a0: "
            "154,01\u00a0h en tout, 154\u00a0h au contrat. Une heure ne compte qu’une fois\u00a0: vérifiez le "
            "partage."
        ),
    ),
    "deux_temps_pleins": (
        [cas(autres=(autre(10, contrat="second"),))],
        [
            cas(autres=(autre(10, contrat="second", heures_hebdo=D("34.99")),)),
            cas(autres=(autre(10, contrat="second"),), contrat=contrat(heures_hebdo=D("34.99"))),
            cas(autres=(autre(10),)),
            cas(autres=(autre(10, contrat="second", periode=avril(1, 9)),), periode=avril(10, 30)),
        ],
        (
            "140\u00a0h du 1er au 30 avril 2026\u00a0: la personne est aussi déclarée ces jours-là à temps "
            "plein chez Voltéo. Vérifiez les dates des deux contrats."
        ),
    ),
    "sous_traitant_non_declare": (
        [cas(contrat=contrat(employeur="Voltéo")), cas(contrat=replace(ETTI, utilisatrice="Voltéo"))],
        [
            cas(),
            cas(contrat=replace(ETTI, utilisatrice="Bâti-Rhône")),
            cas(heures=0, contrat=contrat(employeur="Voltéo")),
        ],
        (
            "140\u00a0h du 1er au 30 avril 2026\u00a0: Voltéo n’est ni titulaire ni sous-traitante de ce lot "
            "(Bâti-Rhône). Inscrivez-la sur ce lot, ou vérifiez l’employeur\u00a0: sans ce lien, "
            "l’acheteur peut contester ces heures."
        ),
    ),
    "utilisatrice_absente": (
        [cas(contrat=ETTI)],
        [cas(contrat=replace(ETTI, utilisatrice="Bâti-Rhône")), cas()],
        (
            "140\u00a0h du 1er au 30 avril 2026\u00a0: Coup de main est une ETTI\u00a0: indiquez l’entreprise "
            "utilisatrice, celle où la personne travaille."
        ),
    ),
    "contrat_rompu": (
        [cas(contrat=contrat(date_rupture=date(2026, 4, jour))) for jour in (1, 30)],
        [cas(contrat=contrat(date_rupture=jour)) for jour in (date(2026, 3, 31), date(2026, 5, 1), None)],
        (
            "140\u00a0h du 1er au 30 avril 2026\u00a0: le contrat a été rompu le 1er avril 2026. Vérifiez que "
            "le relevé s’arrête à ce jour, congés payés non compris."
        ),
    ),
    "contrat_hors_clause": (
        [cas(hors_clause="stage ou immersion")],
        [cas(), cas(heures=0, hors_clause="stage ou immersion")],
        (
            "140\u00a0h du 1er au 30 avril 2026\u00a0: stage ou immersion, la règle du marché ne les compte "
            "pas. Vérifiez le mode d’exécution, ou ce que dit le marché."
        ),
    ),
    "plus_que_le_bulletin": (
        [cas(heures="140.01", heures_bulletin=D(140)), cas(heures=1, heures_bulletin=D(0))],
        [cas(heures=140, heures_bulletin=D(140)), cas()],
        (
            "140,01\u00a0h du 1er au 30 avril 2026\u00a0: le bulletin de paie en porte 140\u00a0h. Ramenez les "
            "heures au bulletin, ou corrigez les heures du bulletin."
        ),
    ),
    "mois_identiques": (
        [cas(autres=avant(140, 140)), cas(autres=(*avant(140), autre(140, recul=-1, ligne="ligne")))],
        [
            cas(autres=avant(140)),
            cas(autres=avant(140, "140.5")),
            cas(autres=avant(140, None, 140)),
            cas(heures=0, autres=avant(0, 0)),
            cas(autres=(autre(140, recul=1), autre(140, recul=2))),
        ],
        (
            "140\u00a0h du 1er au 30 avril 2026\u00a0: c’est le même nombre 3\u00a0mois de suite. Vérifiez que ce "
            "sont les heures faites, et non un forfait recopié."
        ),
    ),
    "nombres_ronds": (
        [
            cas(autres=avant(130, 120, 100)),
            # L'autre part d'un mois partagé n'est pas un mois de plus.
            cas(heures=60, periode=avril(1, 12), autres=(*avant(130, 120, 100), RESTE_D_AVRIL)),
        ],
        [
            cas(heures=60, periode=avril(1, 12), autres=(*avant(130, 120), replace(RESTE_D_AVRIL, heures=D(40)))),
            cas(autres=avant(130, 120, 101)),
            cas(autres=avant(130, 120)),
            cas(autres=avant(140, 140, 140)),
            cas(autres=avant(130, 120, 0)),
            cas(heures="140.5", autres=avant(130, 120, 100)),
        ],
        (
            "140\u00a0h du 1er au 30 avril 2026\u00a0: 4\u00a0mois de suite tombent sur une dizaine ronde. Vérifiez "
            "que le relevé n’est pas une estimation."
        ),
    ),
    # Un mois complet de 35 h : 151,67 h, écrites 152 h.
    "silence_puis_gros_mois": (
        [
            cas(heures=152, contrat=DEPUIS_2025),
            cas(heures=152, contrat=DEPUIS_2025, autres=avant(None, None, 100)),
            cas(heures=152, contrat=contrat(periode=Periode(date(2025, 1, 1), date(2026, 4, 20)))),
        ],
        [
            cas(heures="151.99", contrat=DEPUIS_2025),
            cas(heures=152, contrat=DEPUIS_2025, autres=avant(None, 10)),
            cas(heures=152, contrat=DEPUIS_2025, autres=avant(10)),
            cas(heures=152),
            cas(heures=152, contrat=contrat(periode=Periode(date(2026, 2, 2), None))),
            cas(heures=152, contrat=contrat(periode=Periode(date(2025, 1, 1), date(2026, 3, 30)))),
        ],
        (
            "152\u00a0h du 1er au 30 avril 2026, un mois complet, alors que rien n’est déclaré depuis "
            "février 2026\u00a0: vérifiez que plusieurs mois ne sont pas réunis en un."
        ),
    ),
    # Soixante jours après le 30 avril : le 29 juin.
    "declaration_tardive": (
        [cas(saisi_le=date(2026, 6, 30))],
        [cas(saisi_le=date(2026, 6, 29)), cas(heures=50, periode=avril(1, 12), saisi_le=date(2026, 6, 29))],
        (
            "140\u00a0h du 1er au 30 avril 2026\u00a0: déclaré 61\u00a0jours après la fin du mois, 60 au plus "
            "d’ordinaire. Vérifiez le relevé avec l’entreprise."
        ),
    ),
    "engagement_tenu": (
        [cas(engagement=FaitsEngagement("Bâti-Rhône", D(1000), D(1000)))],
        [
            cas(engagement=FaitsEngagement("Bâti-Rhône", D(1000), D("999.99"))),
            cas(engagement=FaitsEngagement("Bâti-Rhône", D(0), D(0))),
        ],
        (
            "140\u00a0h du 1er au 30 avril 2026\u00a0: les 1\u00a0000\u00a0h dues par Bâti-Rhône sont déjà validées. Rien"
            " n’empêche d’en déclarer plus."
        ),
    ),
    "saisi_pour_une_entreprise_muette": (
        [cas(engagement=FaitsEngagement("Bâti-Rhône", D(1000), a_un_compte=True))],
        [
            cas(engagement=FaitsEngagement("Bâti-Rhône", D(1000), a_un_compte=True, a_declare=True)),
            cas(engagement=FaitsEngagement("Bâti-Rhône", D(1000))),
            cas(engagement=FaitsEngagement("Bâti-Rhône", D(1000), a_un_compte=True), source="entreprise"),
        ],
        (
            "140\u00a0h du 1er au 30 avril 2026\u00a0: vous les saisissez à la place de Bâti-Rhône, qui a un "
            "compte et n’a rien déclaré ici depuis trois mois. Un rappel l’aiderait peut-être."
        ),
    ),
}


def codes(faits: Faits, parametres: ParametresControles | None = None) -> set[str]:
    return {c.code for c in (constater(faits, parametres) if parametres else constater(faits))}


def test_le_cas_de_base_ne_dit_rien():
    """Un mois ordinaire ne déclenche aucun contrôle."""
    assert constater(cas()) == ()


def test_chaque_controle_a_ses_cas():
    """Aucun code sans un cas de chaque côté, et au moins trente contrôles."""
    assert set(CAS) == set(CATALOGUE)
    assert all(declenchent and taisent for declenchent, taisent, _ in CAS.values())
    assert len(CATALOGUE) >= 30


@pytest.mark.parametrize(("code", "faits"), [(code, faits) for code, (oui, _, _) in CAS.items() for faits in oui])
def test_ce_qui_declenche(code, faits):
    """Chaque cas positif déclenche son contrôle, à son niveau par défaut, avec une phrase complète."""
    constat = next(c for c in constater(faits) if c.code == code)
    controle = CATALOGUE[code]
    assert (constat.niveau, constat.version, constat.limite) == (controle.niveau, 1, controle.limite)
    assert constat.phrase.endswith((".", ")"))
    assert constat.phrase[0].isupper() or constat.phrase[0].isdigit()
    assert len(constat.phrase) <= 500
    assert "  " not in constat.phrase


@pytest.mark.parametrize(("code", "faits"), [(code, faits) for code, (_, non, _) in CAS.items() for faits in non])
def test_ce_qui_ne_declenche_pas(code, faits):
    """De l'autre côté de la borne, le contrôle se tait."""
    assert code not in codes(faits)


@pytest.mark.parametrize("code", CAS)
def test_la_phrase_dit_ce_qu_il_faut(code):
    """La phrase entière : les heures, la date ou la limite, et ce qu'il faut faire."""
    declenchent, _, phrase = CAS[code]
    assert next(c.phrase for c in constater(declenchent[0]) if c.code == code) == phrase


@pytest.mark.parametrize(
    ("code", "faits", "phrase"),
    [
        (
            "preuve_ancienne",
            cas(decision=decision(preuves=(FaitsPreuve("RSA", None, date(2026, 1, 9)),))),
            "140 h du 1er au 30 avril 2026 : la pièce de l’éligibilité, sans date, ne valait plus le jour de l’embauche, "
            "le 2 mars 2026. Demandez une pièce de ce moment-là.",
        ),
        (
            "plafond_mensuel",
            cas(autres=(autre(200, contrat="ailleurs"),), source="entreprise"),
            "140 h en avril 2026, avec celles déjà déclarées sur un autre contrat : c’est plus que les 220 h plausibles "
            "en un mois. Vérifiez le relevé d’heures.",
        ),
        (
            "plus_de_10_h",
            cas(heures="20.5", periode=avril(29, 30)),
            "20,5 h du 29 au 30 avril 2026 pour 2 jours ouvrables : c’est plus de 10 h par jour, "
            "le maximum sans dérogation. Vérifiez le relevé d’heures.",
        ),
        (
            "plus_de_10_h",
            cas(heures="10.5", periode=avril(30, 30)),
            "10,5 h le 30 avril 2026 pour 1 jour ouvrable : c’est plus de 10 h par jour, le maximum sans dérogation. "
            "Vérifiez le relevé d’heures.",
        ),
        (
            "plus_de_10_h",
            cas(heures=20, periode=avril(28, 30), autres=(autre("10.01", periode=avril(28, 30)),)),
            "20 h du 28 au 30 avril 2026, 30,01 h avec les autres heures de la personne pour 3 jours ouvrables : "
            "c’est plus de 10 h par jour, le maximum sans dérogation. Vérifiez le relevé d’heures.",
        ),
    ],
)
def test_la_phrase_d_un_cas_particulier(code, faits, phrase):
    """Une pièce sans date, un seul jour, les heures d'un autre contrat : la phrase le dit."""
    assert next(c.phrase for c in constater(faits) if c.code == code).replace("\u00a0", " ") == phrase


@pytest.mark.parametrize("connus", [(None,), (date(2026, 4, 15), None), (None, date(2026, 4, 15))])
def test_un_pass_sans_fin_connue_ne_finit_pas(connus):
    """Un seul PASS sans fin suffit : rien ne dit qu'il est terminé, quel que soit l'ordre des autres."""
    agrements = tuple(FaitsPass(Periode(date(2024, 4, 16), fin)) for fin in connus)
    assert "pass_termine" not in codes(cas(contrat=CDDI, pass_iae=agrements))


def test_hors_du_contrat_on_ne_juge_pas_la_duree_du_travail():
    """Aucun jour d'avril dans un contrat de mai : un seul refus, celui des dates."""
    assert (
        codes(cas(contrat=contrat(periode=Periode(date(2026, 5, 1), None))))
        & {
            "plus_de_10_h",
            "plus_de_48_h",
        }
        == set()
    )


def test_une_decision_defavorable_ne_parle_pas_de_regularisation():
    """Défavorable et prise après l'embauche : le refus suffit ; sans heures, rien ne se dit."""
    tardive = decision(est_favorable=False, date_decision=date(2026, 3, 3))
    assert "decision_apres_embauche" not in codes(cas(decision=tardive))
    assert "decision_apres_embauche" not in codes(cas(heures=0, decision=decision(date_decision=date(2026, 3, 3))))


def test_les_heures_d_un_contrat_s_arrondissent_au_dessus():
    """Un dimanche, au prorata des sept jours : 24 h par semaine font 3,428… h, écrites 3,43 ; 0,01 h en fait 0,01, et non zéro."""
    assert heures_du_contrat(D(24), avril(12, 12)) == D("3.43")
    assert heures_du_contrat(D("0.01"), avril(12, 12)) == D("0.01")


def test_chaque_controle_dit_sa_limite_et_sa_source():
    """Nom, limite et source s'écrivent ; le niveau par défaut est l'un des niveaux permis ; un code tient en base."""
    for controle in CATALOGUE.values():
        assert controle.nom
        assert controle.limite
        assert controle.source
        assert controle.niveau in controle.niveaux
        assert len(controle.code) <= 40
        assert len(controle.limite) <= 120
    assert sum(len(controles) for controles in SUJETS.values()) == len(CATALOGUE)


def test_un_refus_du_nombre_arrete_tout():
    """« NaN » ne se compare à rien : un seul constat."""
    assert codes(cas(heures="NaN", lot=replace(LOT, est_clos=True))) == {"heures_illisibles"}


def test_le_niveau_du_marche_l_emporte():
    """Un contrôle inactif se tait ; un niveau plus lourd se lit dans le constat."""
    faits = cas(heures=200)
    assert "plus_que_le_contrat" in codes(faits)
    assert "plus_que_le_contrat" not in codes(faits, ParametresControles({"plus_que_le_contrat": Niveau.INACTIF}))
    bloque = ParametresControles({"plus_que_le_contrat": Niveau.BLOQUANT})
    refus = refus_de(constater(faits, bloque))
    assert refus.code == "plus_que_le_contrat"
    assert refus_de(constater(faits)) is None


def test_une_entreprise_ne_lit_pas_un_constat_reserve():
    """Bloquant et réservé : l'entreprise lit qu'elle doit appeler, pas pourquoi ; le facilitateur lit tout."""
    faits = cas(autres=(autre(10, contrat="second"),))
    constats = constater(faits, ParametresControles({"deux_temps_pleins": Niveau.BLOQUANT}))
    assert "Voltéo" in refus_de(constats).phrase
    assert "Voltéo" not in refus_de(constats, pour_le_facilitateur=False).phrase
    assert "votre facilitateur vous dira pourquoi" in refus_de(constats, pour_le_facilitateur=False).phrase


def test_le_plafond_du_mois_ne_chiffre_pas_a_l_entreprise_un_autre_contrat():
    """Avec 200 h sur un autre contrat, le facilitateur lit 200 h ; l'entreprise lit qu'il y en a ailleurs, sans le nombre."""
    ailleurs = (autre(200, contrat="celui d'une autre entreprise"),)
    for source, lu in (("facilitateur", True), ("entreprise", False)):
        [phrase] = [c.phrase for c in constater(cas(autres=ailleurs, source=source)) if c.code == "plafond_mensuel"]
        assert ("200\u00a0h" in phrase) is lu
        assert ("sur un autre contrat" in phrase) is not lu


def test_ce_qui_ne_compte_pas():
    """Un seul constat « ne compte pas » suffit ; un avertissement ne retire rien."""
    assert heures_ne_comptent_pas(constater(cas(hors_clause="stage ou immersion")))
    assert not heures_ne_comptent_pas(constater(cas(heures=200)))
    sans_preuve = cas(decision=decision(preuves=()))
    assert heures_ne_comptent_pas(constater(sans_preuve, ParametresControles({"preuve_absente": Niveau.NE_COMPTE_PAS})))


@pytest.mark.parametrize(
    ("niveaux", "extrait"),
    [
        ({"lot_clos": Niveau.INFORMATION}, "Lot clos\u00a0: le niveau est «\u00a0bloquant\u00a0», rien d’autre"),
        ({"mois_identiques": Niveau.BLOQUANT}, "«\u00a0inactif\u00a0» ou «\u00a0information\u00a0»"),
        ({"inconnu": Niveau.INFORMATION}, "Le contrôle «\u00a0inconnu\u00a0» n’existe pas"),
    ],
)
def test_un_niveau_impossible_est_refuse(niveaux, extrait):
    """La loi, la base ou les dates ne s'assouplissent pas ; la phrase dit ce qui est permis."""
    with pytest.raises(ValueError, match=r"niveau est|n’existe pas") as erreur:
        ParametresControles(niveaux)
    assert extrait in str(erreur.value)


def test_la_section_fait_l_aller_et_retour():
    """Seul ce qui diffère du catalogue se garde ; un code disparu ou un niveau devenu impossible ne compte plus."""
    parametres = ParametresControles({"plus_de_48_h": Niveau.BLOQUANT, "preuve_absente": Niveau.AVERTISSEMENT})
    assert parametres.vers_json() == {"plus_de_48_h": "bloquant"}
    relu = ParametresControles.depuis_json({"plus_de_48_h": "bloquant", "ancien": "inactif", "lot_clos": "inactif"})
    assert relu.niveaux == {"plus_de_48_h": Niveau.BLOQUANT}
    assert ParametresControles.depuis_json({}).niveau("lot_clos") == Niveau.BLOQUANT


@pytest.mark.parametrize(
    ("jour", "nom"),
    [
        (date(2026, 4, 6), "Lundi de Pâques"),
        (date(2026, 5, 14), "Ascension"),
        (date(2024, 5, 9), "Ascension"),
        (date(2027, 5, 17), "Lundi de Pentecôte"),
        (date(2025, 12, 25), "Noël"),
        (date(2026, 4, 7), None),
        (date(2026, 12, 26), None),
    ],
)
def test_jours_feries(jour, nom):
    """Les onze fériés nationaux, les mobiles au bon jour."""
    assert jours_feries(jour.year).get(jour) == nom
    assert len(jours_feries(jour.year)) == 11


@pytest.mark.parametrize(
    ("periode", "jours"),
    [(AVRIL, 25), (mois_de(date(2026, 5, 1)), 22), (mois_de(date(2024, 2, 1)), 25), (avril(5, 6), 0), (avril(7, 7), 1)],
)
def test_jours_ouvrables(periode, jours):
    """Ni dimanches ni fériés : avril 2026 en a 25, mai 22 (cinq dimanches, quatre fériés), février 2024 bissextile 25."""
    assert jours_ouvrables(periode) == jours


@pytest.mark.parametrize(
    ("hebdo", "periode", "attendues"),
    [
        (35, AVRIL, "154"),
        (35, mois_de(date(2026, 2, 1)), "151.67"),
        (35, mois_de(date(2026, 7, 1)), "161"),
        (35, avril(1, 12), "60"),
        (24, avril(13, 13), "4.8"),
        (24, avril(12, 12), "3.43"),
    ],
)
def test_heures_du_contrat(hebdo, periode, attendues):
    """La lecture la plus large : prorata des jours, jours ouvrés, ou mois entier mensualisé."""
    assert heures_du_contrat(D(hebdo), periode) == D(attendues)


@given(st.decimals(0, 220, places=2), st.integers(-400, 400))
def test_decaler_le_calendrier_ne_change_pas_les_refus_de_dates(heures, jours):
    """Décaler toutes les dates d'un même nombre de semaines entières ne change ni les refus de dates ni la fenêtre."""
    semaine = timedelta(days=7 * jours)
    base = cas(heures=heures, periode=avril(13, 17), aujourd_hui=date(2026, 4, 20))

    def decale(periode):
        return Periode(periode.debut + semaine, periode.fin + semaine)

    periode = decale(base.periode)
    if not mois_de(periode.debut).contient(periode.fin):
        return
    autre_fois = cas(
        heures=heures,
        periode=periode,
        contrat=contrat(periode=decale(CONTRAT.periode)),
        decision=decision(fenetre=decale(DECISION.fenetre)),
        lot=replace(LOT, periode=decale(LOT.periode)),
        aujourd_hui=base.aujourd_hui + semaine,
    )
    dates = {c.code for c in SUJETS["Les dates du contrat et du lot"]} | {
        "avant_fenetre",
        "apres_fenetre",
        "a_cheval",
    }
    assert codes(base) & dates == codes(autre_fois) & dates
