"""Les cumuls par engagement et par mois : des copies, refaites d'un seul ordre SQL à partir des relevés.

Qui écrit des relevés appelle `recalculer_cumuls` dans la même transaction ; `ecarts` dit ce qui ne tombe plus juste
(manage.py verifier_coherence). `validees_heures` compte le travail et la formation ; `formation_validees_heures` en est la part
de formation. Un mois sans aucun relevé n'a pas de cumul.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction

from clauses.models import Affectation, CumulMensuel, Engagement, EtatReleve, NatureHeures, ReleveHeures
from clauses.models.heures import ETATS_EN_ATTENTE

CHAMPS = (
    "validees_heures",
    "en_attente_heures",
    "refusees_heures",
    "formation_validees_heures",
    "en_attente_nombre",
)

# Les noms de tables viennent des modèles, les valeurs passent en paramètres.
_SOMMES = f"""
    SELECT a.engagement_id, r.mois,
           coalesce(sum(r.heures) FILTER (WHERE r.etat = %(valide)s), 0) AS validees_heures,
           coalesce(sum(r.heures) FILTER (WHERE r.etat = ANY(%(en_attente)s)), 0) AS en_attente_heures,
           coalesce(sum(r.heures) FILTER (WHERE r.etat = %(refuse)s), 0) AS refusees_heures,
           coalesce(sum(r.heures) FILTER (WHERE r.etat = %(valide)s AND r.nature = %(formation)s), 0)
               AS formation_validees_heures,
           count(*) FILTER (WHERE r.etat = ANY(%(en_attente)s)) AS en_attente_nombre
      FROM {ReleveHeures._meta.db_table} r
      JOIN {Affectation._meta.db_table} a ON a.id = r.affectation_id
     WHERE {{portee}}
     GROUP BY a.engagement_id, r.mois
"""  # noqa: S608
_ECRIRE = f"""
    INSERT INTO {CumulMensuel._meta.db_table} (engagement_id, mois, {", ".join(CHAMPS)})
    {_SOMMES}
    ON CONFLICT (engagement_id, mois) DO UPDATE SET {", ".join(f"{champ} = excluded.{champ}" for champ in CHAMPS)}
"""
_EFFACER = f"""
    DELETE FROM {CumulMensuel._meta.db_table} c
     WHERE {{portee}} AND NOT EXISTS (
        SELECT 1 FROM {ReleveHeures._meta.db_table} r
          JOIN {Affectation._meta.db_table} a ON a.id = r.affectation_id
         WHERE a.engagement_id = c.engagement_id AND r.mois = c.mois)
"""  # noqa: S608
_ECARTS = f"""
    WITH juste AS ({_SOMMES})
    SELECT coalesce(c.engagement_id, j.engagement_id), coalesce(c.mois, j.mois),
           {", ".join(f"c.{champ}" for champ in CHAMPS)}, {", ".join(f"j.{champ}" for champ in CHAMPS)}
      FROM {CumulMensuel._meta.db_table} c
      FULL JOIN juste j ON j.engagement_id = c.engagement_id AND j.mois = c.mois
     WHERE ({", ".join(f"c.{champ}" for champ in CHAMPS)})
           IS DISTINCT FROM ({", ".join(f"j.{champ}" for champ in CHAMPS)})
     ORDER BY 1, 2
"""  # noqa: S608
_ETATS = {
    "valide": EtatReleve.VALIDE.value,
    "refuse": EtatReleve.REFUSE.value,
    "en_attente": [etat.value for etat in ETATS_EN_ATTENTE],
    "formation": NatureHeures.FORMATION.value,
}


@dataclass(frozen=True, slots=True)
class EcartCumul:
    """Un cumul faux : ce que dit la copie et ce que disent les relevés (None : pas de ligne)."""

    engagement_id: UUID
    mois: date
    copie: dict[str, Decimal | int] | None
    releves: dict[str, Decimal | int] | None


def recalculer_cumuls(*, engagements: Iterable[Engagement | UUID], mois: Iterable[date]) -> None:
    """Refait les cumuls de ces engagements pour ces mois.

    Les engagements sont d'abord verrouillés, toujours dans le même ordre : deux saisies simultanées s'attendent sans se bloquer,
    et la seconde additionne ce que la première vient d'écrire.
    """
    ids = sorted({e.pk if isinstance(e, Engagement) else e for e in engagements})
    jours = sorted(set(mois))
    if not ids or not jours:
        return
    with transaction.atomic():
        list(Engagement.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True).values_list("pk"))
        parametres = _ETATS | {"engagements": ids, "mois": jours}
        with connection.cursor() as curseur:
            curseur.execute(
                _ECRIRE.format(portee="a.engagement_id = ANY(%(engagements)s) AND r.mois = ANY(%(mois)s)"), parametres
            )
            curseur.execute(
                _EFFACER.format(portee="c.engagement_id = ANY(%(engagements)s) AND c.mois = ANY(%(mois)s)"), parametres
            )


@transaction.atomic
def recalculer_tous() -> None:
    """Refait tous les cumuls, par exemple après un chargement en masse de relevés."""
    list(Engagement.objects.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    with connection.cursor() as curseur:
        curseur.execute(_ECRIRE.format(portee="true"), _ETATS)
        curseur.execute(_EFFACER.format(portee="true"), _ETATS)


def ecarts() -> list[EcartCumul]:
    """Rend les cumuls qui diffèrent de leur recalcul ; aucun quand tout est juste."""
    with connection.cursor() as curseur:
        curseur.execute(_ECARTS.format(portee="true"), _ETATS)
        lignes = curseur.fetchall()
    n = len(CHAMPS)
    return [
        EcartCumul(
            engagement_id=ligne[0],
            mois=ligne[1],
            copie=_valeurs(ligne[2 : 2 + n]),
            releves=_valeurs(ligne[2 + n :]),
        )
        for ligne in lignes
    ]


def _valeurs(colonnes: tuple) -> dict[str, Decimal | int] | None:
    return None if colonnes[0] is None else dict(zip(CHAMPS, colonnes, strict=True))
