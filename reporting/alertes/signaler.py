"""Les échéances à signaler : un ordre SQL par type les crée, les fait avancer de tranche et clôt celles qui n'ont plus lieu d'être.

Trois types, trois dates qui ne se confondent pas : l'éligibilité à une clause (par opération), le PASS IAE, le PLIE. Ce qui se
signale un jour donné, ce sont les objets encore en vigueur dont la fin tombe dans une tranche (`regles.bornes_echeance`), ou qui
est passée depuis moins de `ALERTE_JOURS_APRES_ECHEANCE` jours. Une alerte traitée par quelqu'un le reste : seule une nouvelle
date en crée une autre. Le travail peut être relancé ou lancé deux fois ensemble : rien n'est créé deux fois.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from beneficiaires.periodes import decaler
from clauses.models import Eligibilite, Operation, ReponseEligibilite
from clauses.regles import bornes_echeance
from comptes.formats import enumeration, quantite
from comptes.models import Utilisateur
from parcours.models import Agrement, TypeAgrement
from reporting.models import Alerte, SeuilAlerte, TypeAlerte

SEUIL_DE_LA_TRANCHE = MappingProxyType(
    {"passee": SeuilAlerte.DEPASSEE, "j30": SeuilAlerte.J30, "j60": SeuilAlerte.J60, "j90": SeuilAlerte.J90}
)


@dataclass(frozen=True, slots=True)
class Compte:
    """Ce qu'un passage a fait : alertes créées, avancées (changées de tranche ou rouvertes), closes."""

    creees: int = 0
    avancees: int = 0
    closes: int = 0


@dataclass(frozen=True, slots=True)
class Resultat:
    """Ce qu'un passage a fait pour chaque type d'échéance."""

    jour: date
    par_type: Mapping[TypeAlerte, Compte]

    @property
    def total(self) -> Compte:
        comptes = self.par_type.values()
        return Compte(sum(c.creees for c in comptes), sum(c.avancees for c in comptes), sum(c.closes for c in comptes))


# Les noms de tables viennent des modèles, les valeurs passent en paramètres.
_ALERTE = Alerte._meta.db_table
_ELIGIBILITES = f"""
    SELECT e.id AS objet_id, e.beneficiaire_id, o.structure_id, e.date_fin
      FROM {Eligibilite._meta.db_table} e
      JOIN {Operation._meta.db_table} o ON o.id = e.operation_id
     WHERE e.est_courante AND e.reponse = %(eligible)s AND e.date_fin BETWEEN %(premiere)s AND %(derniere)s
"""  # noqa: S608
# Un agrément renouvelé, donc suivi d'un autre du même type qui finit plus tard, n'a plus rien à signaler.
_AGREMENTS = f"""
    SELECT a.id AS objet_id, a.beneficiaire_id, b.structure_id, a.date_fin
      FROM {Agrement._meta.db_table} a
      JOIN {Beneficiaire._meta.db_table} b ON b.id = a.beneficiaire_id
     WHERE a.type_agrement = %(agrement)s AND a.date_fin BETWEEN %(premiere)s AND %(derniere)s
       AND NOT EXISTS (
           SELECT 1 FROM {Agrement._meta.db_table} suivant
            WHERE suivant.beneficiaire_id = a.beneficiaire_id AND suivant.type_agrement = a.type_agrement
              AND suivant.date_fin > a.date_fin)
"""  # noqa: S608
_SIGNALER = f"""
    WITH cible AS ({{cible}}),
    closes AS (
        UPDATE {_ALERTE} alerte SET close_le = %(maintenant)s
         WHERE alerte.type_alerte = %(type)s AND alerte.close_le IS NULL
           AND NOT EXISTS (
               SELECT 1 FROM cible
                WHERE cible.objet_id = alerte.{{objet}} AND cible.date_fin = alerte.date_echeance)
        RETURNING 1
    ),
    ecrites AS (
        INSERT INTO {_ALERTE} AS alerte
               (id, structure_id, type_alerte, seuil, beneficiaire_id, {{objet}}, date_echeance, creee_le, note)
        SELECT gen_random_uuid(), structure_id, %(type)s, {{seuil}}, beneficiaire_id, objet_id, date_fin,
               %(maintenant)s, ''
          FROM cible
         ORDER BY objet_id
            ON CONFLICT ({{objet}}, date_echeance) WHERE {{objet}} IS NOT NULL
            DO UPDATE SET seuil = excluded.seuil, close_le = NULL
         WHERE alerte.traitee_par_id IS NULL
           AND (alerte.seuil <> excluded.seuil OR alerte.close_le IS NOT NULL)
        RETURNING xmax = 0 AS est_nouvelle
    )
    SELECT (SELECT count(*) FROM ecrites WHERE est_nouvelle),
           (SELECT count(*) FROM ecrites WHERE NOT est_nouvelle),
           (SELECT count(*) FROM closes)
"""  # noqa: S608
_SOURCES = MappingProxyType(
    {
        TypeAlerte.ELIGIBILITE: (_ELIGIBILITES, "eligibilite_id", {"eligible": ReponseEligibilite.ELIGIBLE.value}),
        TypeAlerte.PASS_IAE: (_AGREMENTS, "agrement_id", {"agrement": TypeAgrement.PASS_IAE.value}),
        TypeAlerte.PLIE: (_AGREMENTS, "agrement_id", {"agrement": TypeAgrement.PLIE.value}),
    }
)


@transaction.atomic
def signaler_echeances(*, jour: date, maintenant: datetime | None = None) -> Resultat:
    """Met les alertes d'accord avec les échéances vues de ce jour ; `maintenant` date les alertes créées et closes."""
    tranches = bornes_echeance(jour)
    quand = "".join(
        f" WHEN date_fin <= %(au_{tranche.code})s THEN '{SEUIL_DE_LA_TRANCHE[tranche.code].value}'"
        for tranche in tranches
    )
    parametres = {f"au_{tranche.code}": tranche.au for tranche in tranches} | {
        "premiere": decaler(jour, -settings.ALERTE_JOURS_APRES_ECHEANCE),
        "derniere": tranches[-1].au,
        "maintenant": maintenant or timezone.now(),
    }
    par_type = {}
    with connection.cursor() as curseur:
        for type_alerte, (cible, objet, propres) in _SOURCES.items():
            ordre = _SIGNALER.format(cible=cible, objet=objet, seuil=f"CASE{quand} END")
            curseur.execute(ordre, parametres | propres | {"type": type_alerte.value})
            par_type[type_alerte] = Compte(*curseur.fetchone())
    return Resultat(jour, par_type)


def resumer(resultat: Resultat) -> str:
    """« 3 échéances créées, 1 avancée, aucune close » : ce qu'un passage a fait, en une phrase."""
    total = resultat.total
    if total == Compte():
        return "Rien à changer\u00a0: les échéances signalées sont à jour."
    parties = [
        quantite(total.creees, "échéance créée") if total.creees else "",
        quantite(total.avancees, "avancée d’une tranche,avancées d’une tranche") if total.avancees else "",
        quantite(total.closes, "close") if total.closes else "",
    ]
    return f"{enumeration(partie for partie in parties if partie)}."


@transaction.atomic
def traiter(*, alerte: Alerte, utilisateur: Utilisateur, note: str) -> Alerte:
    """Ferme une échéance en gardant ce qui a été fait et par qui. Refuse celle qu'un autre a déjà traitée."""
    alerte = Alerte.objects.select_for_update().get(pk=alerte.pk)
    if alerte.close_le is not None:
        raise ValidationError("Cette échéance n’est plus à traiter\u00a0: elle vient d’être close.", code="deja_close")
    alerte.note, alerte.traitee_par, alerte.close_le = note, utilisateur, timezone.now()
    alerte.clean_fields()
    alerte.save(update_fields=["note", "traitee_par", "close_le"])
    return alerte
