"""Les cumuls par engagement et par mois : des copies, refaites d'un seul ordre SQL à partir des relevés.

Qui écrit des relevés appelle `recalculer_cumuls` dans la même transaction ; `ecarts` dit ce qui ne tombe plus juste
(manage.py verifier_coherence). Ce que chaque ligne compte est d'abord refait par `clauses.comptage`. `validees_heures` est ce qui
compte, travail et formation ; `formation_validees_heures` en est la part de formation, `ecartees_heures` ce qui est validé sans
compter. Des heures imputées par convention quittent le cumul du marché où elles sont faites pour celui qui les reçoit. Un mois sans
aucun relevé n'a pas de cumul.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from clauses.comptage import Groupes, recompter, recompter_tout
from clauses.models import (
    Affectation,
    CumulMensuel,
    Engagement,
    EtatReleve,
    Imputation,
    Lot,
    Marche,
    NatureHeures,
    ReleveHeures,
)
from clauses.models.heures import ETATS_EN_ATTENTE
from clauses.services.rectificatifs import noter_recomptes
from comptes.models import Utilisateur

CHAMPS = (
    "validees_heures",
    "en_attente_heures",
    "refusees_heures",
    "contestees_heures",
    "formation_validees_heures",
    "en_attente_nombre",
    "ecartees_heures",
    "etp_heures",
    "en_attente_comptees_heures",
)

# Les noms de tables viennent des modèles, les valeurs passent en paramètres.
_RELEVES, _IMPUTATIONS = ReleveHeures._meta.db_table, Imputation._meta.db_table
_AFFECTATIONS, _CUMULS = Affectation._meta.db_table, CumulMensuel._meta.db_table
_LIGNES = f"""
    SELECT a.engagement_id, r.mois, r.etat, r.nature, greatest(r.heures - r.heures_imputees, 0) AS heures, r.heures_comptees,
           r.compte_etp, true AS est_releve
      FROM {_RELEVES} r JOIN {_AFFECTATIONS} a ON a.id = r.affectation_id
    UNION ALL
    SELECT i.engagement_id, r.mois, r.etat, r.nature, i.heures, i.heures_comptees, i.compte_etp, false
      FROM {_IMPUTATIONS} i JOIN {_RELEVES} r ON r.id = i.releve_id
"""  # noqa: S608
_SOMMES = f"""
    SELECT x.engagement_id, x.mois,
           coalesce(sum(x.heures_comptees) FILTER (WHERE x.etat = %(valide)s), 0) AS validees_heures,
           coalesce(sum(x.heures) FILTER (WHERE x.etat = ANY(%(en_attente)s)), 0) AS en_attente_heures,
           coalesce(sum(x.heures) FILTER (WHERE x.etat = %(refuse)s), 0) AS refusees_heures,
           coalesce(sum(x.heures) FILTER (WHERE x.etat = %(conteste)s), 0) AS contestees_heures,
           coalesce(sum(x.heures_comptees) FILTER (WHERE x.etat = %(valide)s AND x.nature = %(formation)s), 0)
               AS formation_validees_heures,
           count(*) FILTER (WHERE x.est_releve AND x.etat = ANY(%(en_attente)s)) AS en_attente_nombre,
           coalesce(sum(x.heures - x.heures_comptees) FILTER (WHERE x.etat = %(valide)s), 0) AS ecartees_heures,
           coalesce(sum(x.heures_comptees) FILTER (WHERE x.etat = %(valide)s AND x.compte_etp), 0) AS etp_heures,
           coalesce(sum(x.heures_comptees) FILTER (WHERE x.etat = ANY(%(en_attente)s)), 0) AS en_attente_comptees_heures
      FROM ({_LIGNES}) x
     WHERE {{portee}}
     GROUP BY x.engagement_id, x.mois
"""  # noqa: S608
_ECRIRE = f"""
    INSERT INTO {_CUMULS} (engagement_id, mois, {", ".join(CHAMPS)})
    {_SOMMES}
    ON CONFLICT (engagement_id, mois) DO UPDATE SET {", ".join(f"{champ} = excluded.{champ}" for champ in CHAMPS)}
"""
_EFFACER = f"""
    DELETE FROM {_CUMULS} x
     WHERE {{portee}} AND NOT EXISTS (
        SELECT 1 FROM {_RELEVES} r JOIN {_AFFECTATIONS} a ON a.id = r.affectation_id
         WHERE a.engagement_id = x.engagement_id AND r.mois = x.mois)
       AND NOT EXISTS (
        SELECT 1 FROM {_IMPUTATIONS} i JOIN {_RELEVES} r ON r.id = i.releve_id
         WHERE i.engagement_id = x.engagement_id AND r.mois = x.mois)
"""  # noqa: S608
_ECARTS = f"""
    WITH juste AS ({_SOMMES})
    SELECT coalesce(c.engagement_id, j.engagement_id), coalesce(c.mois, j.mois),
           {", ".join(f"c.{champ}" for champ in CHAMPS)}, {", ".join(f"j.{champ}" for champ in CHAMPS)}
      FROM {_CUMULS} c
      FULL JOIN juste j ON j.engagement_id = c.engagement_id AND j.mois = c.mois
     WHERE ({", ".join(f"c.{champ}" for champ in CHAMPS)})
           IS DISTINCT FROM ({", ".join(f"j.{champ}" for champ in CHAMPS)})
     ORDER BY 1, 2
"""  # noqa: S608
_ETATS = {
    "valide": EtatReleve.VALIDE.value,
    "refuse": EtatReleve.REFUSE.value,
    "conteste": EtatReleve.CONTESTE.value,
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


def recalculer_cumuls(
    *,
    engagements: Iterable[Engagement | UUID],
    mois: Iterable[date],
    deja_notes: Collection[UUID] = (),
    par: Utilisateur | None = None,
    est_automatique: bool = False,
) -> None:
    """Refait ce que comptent ces engagements pour ces mois, et leurs cumuls ; ceux qui en reçoivent des heures par convention aussi.

    Les engagements sont d'abord verrouillés, toujours dans le même ordre : deux saisies simultanées s'attendent sans se bloquer,
    et la seconde additionne ce que la première vient d'écrire. Une ligne validée d'un mois publié qui compte autrement ouvre un
    rectificatif au nom de `par` (`est_automatique` : le worker recompte à sa demande), sauf les relevés de `deja_notes`, que
    l'appelant note lui-même.
    """
    ids = {e.pk if isinstance(e, Engagement) else e for e in engagements}
    jours = sorted(set(mois))
    if not ids or not jours:
        return
    with transaction.atomic(savepoint=False):  # l'appelant écrit les relevés : une erreur ici défait tout
        groupes = Groupes(_meme_lots(ids, jours).select_for_update(of=("self",), no_key=True))
        revues = recompter(groupes=groupes, mois=jours)
        a_noter = [revue for revue in revues if revue.cle not in deja_notes]
        noter_recomptes(a_noter, par=par, est_automatique=est_automatique)
        un_plafond = bool(groupes.lies_par_un_plafond)
        portee = "x.engagement_id = ANY(%(engagements)s)" + ("" if un_plafond else " AND x.mois = ANY(%(mois)s)")
        parametres = _ETATS | {"engagements": list(groupes.marches), "mois": jours}
        with connection.cursor() as curseur:
            curseur.execute(_ECRIRE.format(portee=portee), parametres)
            curseur.execute(_EFFACER.format(portee=portee), parametres)


def _meme_lots(ids: Collection[UUID], mois: Collection[date]) -> QuerySet[Engagement]:
    """Tous les engagements des lots de ceux-ci, et des lots qui reçoivent leurs heures par convention.

    Un lot se compte d'un bloc : un plafond tient ensemble un titulaire et ses sous-traitants.
    """
    recoivent = Imputation.objects.filter(releve__affectation__engagement__in=ids, releve__mois__in=mois)
    lots = Lot.objects.filter(
        Q(titulaires__engagement__in=ids) | Q(titulaires__engagement__in=recoivent.values("engagement"))
    )
    return Engagement.objects.filter(titulaire__lot__in=lots.order_by().values("pk"))


def recompter_marche(marche: Marche, *, par: Utilisateur | None) -> None:
    """Refait tout ce que compte un marché dont la règle ou les heures dues changent ; les heures validées gardent leur version."""
    recompter_engagements(Engagement.objects.filter(titulaire__lot__marche=marche), par=par)


def recompter_engagements(engagements: QuerySet[Engagement], *, par: Utilisateur | None) -> None:
    """Refait tous les mois de ces engagements : ceux où ils ont des heures, ou en reçoivent."""
    ids = list(engagements.order_by("pk").values_list("pk", flat=True))
    mois = CumulMensuel.objects.filter(engagement__in=ids).order_by().values_list("mois", flat=True).distinct()
    recalculer_cumuls(engagements=ids, mois=list(mois), par=par)


@transaction.atomic
def recalculer_tous() -> None:
    """Refait tous les comptes et tous les cumuls, par exemple après un chargement en masse de relevés."""
    list(Engagement.objects.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk"))
    recompter_tout()
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
