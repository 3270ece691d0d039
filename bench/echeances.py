"""Mesure le travail de nuit : `python bench/echeances.py`.

Une base temporaire, 100 000 agréments et 100 000 éligibilités, dont les fins s'étalent sur deux ans. Le travail entier (verrous, règles,
douze sortes, clôtures) est comparé, tour à tour dans le même lancement, à son SQL nu : de simples INSERT … SELECT des trois mêmes sortes,
dans la même table, avec ses index. Il ne doit pas prendre plus de 3 fois ce temps, ni créer une alerte de plus ou de moins. Ce qui dépasse
est marqué « ✗ » et la commande finit alors avec le code 1. La base est jetée à la fin.
"""

import argparse
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.pages import Bases

RAPPORT = 3.0
JOUR = date(2026, 11, 17)

REMPLIR = """
    SET session_replication_role = replica;
    INSERT INTO beneficiaires_beneficiaire
           (id, structure_id, prenom, nom_naissance, nom_usage, date_naissance, sexe, courriel, telephone, adresse, code_postal,
            commune, qpv, qpv_nom, qpv_mode, identifiant_france_travail, note, cree_le, modifie_le)
    SELECT gen_random_uuid(), %(structure)s, 'Prénom' || n, 'Nom' || n, '', '1990-04-08', 'F', '', '', '', '', 'Villerive',
           'inconnu', '', '', '', '', now(), now() FROM generate_series(1, %(nombre)s) n;
    INSERT INTO parcours_agrement
           (id, beneficiaire_id, type_agrement, numero, porteur, prescripteur_habilite, date_debut, date_fin, cree_le)
    SELECT gen_random_uuid(), id, CASE WHEN n %% 3 = 0 THEN 'plie' ELSE 'pass_iae' END, '', '', '', %(jour)s::date - 900,
           %(jour)s::date - 365 + (n %% 730)::int, now()
      FROM (SELECT id, row_number() OVER () AS n FROM beneficiaires_beneficiaire) b;
    INSERT INTO clauses_eligibilite
           (id, beneficiaire_id, operation_id, regle_id, reponse, criteres_retenus, date_decision, decide_par_id, date_debut, date_fin,
            decision, motif, avis_organisme, avis_texte, est_courante, cree_le)
    SELECT gen_random_uuid(), id, %(operation)s, %(regle)s, 'eligible', '[]', %(jour)s::date - 900, %(auteur)s, %(jour)s::date - 900,
           %(jour)s::date - 365 + (n %% 730)::int, '{}', '', '', '', true, now()
      FROM (SELECT id, row_number() OVER () AS n FROM beneficiaires_beneficiaire) b;
    SET session_replication_role = origin;
"""
VERS_LA_TABLE = """
    INSERT INTO reporting_alerte
           (id, structure_id, type_alerte, seuil, objet, beneficiaire_id, operation_id, date_echeance, creee_le, signalee_le, note,
            motif_report)
    SELECT gen_random_uuid(), {structure}, '{sorte}',
           CASE WHEN s.date_fin < %(jour)s THEN 'depassee' WHEN s.date_fin <= %(jour)s::date + 30 THEN 'j30'
                WHEN s.date_fin <= %(jour)s::date + 60 THEN 'j60' ELSE 'j90' END,
           s.id, s.beneficiaire_id, {operation}, s.date_fin, now(), %(jour)s, '', ''
      FROM {source}
     WHERE {condition} AND s.date_fin BETWEEN %(jour)s::date - 180 AND %(jour)s::date + 90
"""
AGREMENTS = "parcours_agrement s JOIN beneficiaires_beneficiaire b ON b.id = s.beneficiaire_id"
SQL_NU = (
    VERS_LA_TABLE.format(
        structure="o.structure_id",
        sorte="eligibilite",
        operation="s.operation_id",
        source="clauses_eligibilite s JOIN clauses_operation o ON o.id = s.operation_id",
        condition="s.est_courante AND s.reponse = 'eligible'",
    ),
    *(
        VERS_LA_TABLE.format(
            structure="b.structure_id",
            sorte=sorte,
            operation="NULL",
            source=AGREMENTS,
            condition=f"s.type_agrement = '{sorte}'",
        )
        for sorte in ("pass_iae", "plie")
    ),
)


def principal() -> int:
    parseur = argparse.ArgumentParser(description="Mesure le travail de nuit des échéances.")
    parseur.add_argument("--nombre", type=int, default=100_000, help="agréments, et autant d'éligibilités")
    parseur.add_argument("--tours", type=int, default=5)
    options = parseur.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # arrêté de l’extérieur, il jette encore sa base
    with tempfile.TemporaryDirectory() as fichiers, Bases((options.nombre,)):
        Path(fichiers, "statiques").mkdir()
        remplir(options.nombre)
        return 0 if mesurer(options.tours) else 1


def remplir(nombre: int) -> None:
    from django.db import connection

    from tests.fabriques import LotFactory, RegleClauseFactory, UtilisateurFactory

    regle = RegleClauseFactory()
    LotFactory(marche=regle.marche)
    parametres = {
        "nombre": nombre,
        "jour": JOUR,
        "structure": regle.marche.operation.structure_id,
        "operation": regle.marche.operation_id,
        "regle": regle.pk,
        "auteur": UtilisateurFactory().pk,
    }
    with connection.cursor() as curseur:
        for ordre in filter(str.strip, REMPLIR.split(";")):
            curseur.execute(ordre, parametres)
        curseur.execute("VACUUM ANALYZE")


def mesurer(tours: int) -> bool:
    """Un tour de chauffe, puis le SQL nu et le travail à tour de rôle, sur une table vidée chaque fois."""
    nus, travaux, relances, comptes = [], [], [], set()
    for tour in range(tours + 1):
        nu, alertes_nues = chronometrer(sql_nu)
        travail, alertes = chronometrer(travailler)
        relance, encore = chronometrer(travailler, vider=False)
        comptes |= {alertes_nues, alertes, encore}
        if tour:
            nus, travaux, relances = [*nus, nu], [*travaux, travail], [*relances, relance]
    rapports = [travail / nu for travail, nu in zip(travaux, nus, strict=True)]
    rapport = statistics.median(rapports)
    tient = rapport <= RAPPORT and len(comptes) == 1
    print(f"Alertes : {', '.join(f'{n:,}'.replace(',', ' ') for n in sorted(comptes))} (le même nombre partout)")
    print(f"{'SQL nu':28}{statistics.median(nus) * 1000:8.0f} ms")
    print(f"{'Travail de nuit':28}{statistics.median(travaux) * 1000:8.0f} ms")
    print(f"{'Relancé, rien à changer':28}{statistics.median(relances) * 1000:8.0f} ms")
    print(f"{'Travail ÷ SQL nu':28}{rapport:8.2f}  (limite {RAPPORT:.0f}) {'✓' if tient else '✗'}")
    return tient


def chronometrer(faire: Callable[[], None], *, vider: bool = True) -> tuple[float, int]:
    from django.db import connection

    from reporting.models import Alerte

    if vider:
        with connection.cursor() as curseur:
            curseur.execute("TRUNCATE reporting_alerte")
    depart = time.perf_counter()
    faire()
    return time.perf_counter() - depart, Alerte.objects.count()


def sql_nu() -> None:
    from django.db import connection

    for ordre in SQL_NU:
        with connection.cursor() as curseur:
            curseur.execute(ordre, {"jour": JOUR})


def travailler() -> None:
    from reporting.tasks import signaler_echeances

    signaler_echeances(JOUR.isoformat())


if __name__ == "__main__":
    sys.exit(principal())
