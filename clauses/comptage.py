"""Ce que compte chaque relevé, chaque imputation : une copie gardée sur la ligne, refaite par `clauses.regles.comptage`.

Une ligne ouverte suit la règle du marché d'aujourd'hui. Une ligne validée garde la version qui valait à sa validation
(`regle_comptee`), qu'une règle changée ensuite ne touche pas ; rouverte, elle la perd. Tant qu'un marché n'a pas de plafond, un
relevé se compte seul et seuls les mois touchés se relisent ; avec un plafond, tout l'engagement se recompte, et avec lui ceux de ses
sous-traitants, dont les heures remontent.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from beneficiaires.periodes import Periode
from clauses.models import (
    Affectation,
    Constat,
    Contrat,
    Eligibilite,
    Engagement,
    EtatReleve,
    Imputation,
    Lot,
    Marche,
    NiveauControle,
    RegleClause,
    ReleveHeures,
    Titulaire,
)
from clauses.models.heures import ETATS_SANS_COMPTE
from clauses.regles.comptage import HeuresComptees, LigneDeclaree, compter
from clauses.regles.heures import NatureHeures
from clauses.regles.section_comptage import ModeCompte, ParametresComptage

ZERO = Decimal(0)
PRORATA = "prorata"
RELEVE, IMPUTATION = "releve", "imputation"
TABLES = {RELEVE: ReleveHeures._meta.db_table, IMPUTATION: Imputation._meta.db_table}
_T = {
    modele.__name__: modele._meta.db_table
    for modele in (Affectation, Contrat, Eligibilite, Engagement, Lot, Marche, Titulaire)
}

# Les noms de tables viennent des modèles, les valeurs passent en paramètres.
_ECARTEE = f"""EXISTS (SELECT 1 FROM {Constat._meta.db_table} k
           WHERE k.releve_id = r.id AND k.niveau = '{NiveauControle.NE_COMPTE_PAS.value}')"""  # noqa: S608
_LIGNES = f"""
    SELECT '{RELEVE}', r.id, a.engagement_id, a.mode_execution, r.nature, greatest(r.heures - r.heures_imputees, 0),
           r.date_debut, r.date_fin, e.date_debut, e.date_fin, a.contrat_id, c.date_debut, coalesce(c.date_rupture, c.date_fin),
           r.etat, a.est_hors_site, r.regle_comptee_id, r.heures_ecartees, r.motif_ecart, r.compte_etp, {_ECARTEE}
      FROM {TABLES[RELEVE]} r
      JOIN {_T["Affectation"]} a ON a.id = r.affectation_id
      JOIN {_T["Contrat"]} c ON c.id = a.contrat_id
      JOIN {_T["Eligibilite"]} e ON e.id = a.eligibilite_id
     WHERE {{du_releve}}
    UNION ALL
    SELECT '{IMPUTATION}', i.id, i.engagement_id, a.mode_execution, r.nature, i.heures,
           r.date_debut, r.date_fin, e.date_debut, e.date_fin, a.contrat_id, c.date_debut, coalesce(c.date_rupture, c.date_fin),
           r.etat, a.est_hors_site, i.regle_comptee_id, i.heures_ecartees, i.motif_ecart, i.compte_etp, {_ECARTEE}
      FROM {TABLES[IMPUTATION]} i
      JOIN {TABLES[RELEVE]} r ON r.id = i.releve_id
      JOIN {_T["Affectation"]} a ON a.id = r.affectation_id
      JOIN {_T["Contrat"]} c ON c.id = a.contrat_id
      JOIN {_T["Engagement"]} g ON g.id = i.engagement_id
      JOIN {_T["Titulaire"]} t ON t.id = g.titulaire_id
      JOIN {_T["Lot"]} l ON l.id = t.lot_id
      JOIN {_T["Marche"]} m ON m.id = l.marche_id
      LEFT JOIN {_T["Eligibilite"]} e
        ON e.beneficiaire_id = c.beneficiaire_id AND e.operation_id = m.operation_id AND e.est_courante
     WHERE {{de_l_imputation}}
"""  # noqa: S608
_ECRIRE = """
    UPDATE {table} x SET heures_ecartees = v.ecartees, motif_ecart = v.motif, compte_etp = v.etp, regle_comptee_id = v.regle
      FROM unnest(%s::uuid[], %s::numeric[], %s::text[], %s::boolean[], %s::uuid[]) AS v(id, ecartees, motif, etp, regle)
     WHERE x.id = v.id
"""


@dataclass(frozen=True, slots=True)
class Ligne:
    """Une ligne relue, ce que dit sa copie, et de quoi la recompter."""

    sorte: str
    cle: UUID
    engagement: UUID
    declaree: LigneDeclaree
    regle: UUID | None
    copie: tuple[Decimal, str, bool, UUID | None]


@dataclass(frozen=True, slots=True)
class CompteFaux:
    """Une copie qui n'est plus ce que donne la règle (config.coherence)."""

    sorte: str
    cle: UUID
    copie: tuple[Decimal, str, bool, UUID | None]
    juste: tuple[Decimal, str, bool, UUID | None]

    @property
    def est_validee(self) -> bool:
        """Validée avant comme après : seule une ligne validée garde la version de sa règle."""
        return self.copie[3] is not None and self.juste[3] is not None


def recompter(*, groupes: "Groupes", mois: Iterable[date]) -> list[CompteFaux]:
    """Refait ce que comptent les lignes de ces engagements pour ces mois (tous, si un plafond les lie) ; à appeler sous leur verrou.

    Rend les lignes qui étaient validées, le restent, et comptent autrement.
    """
    fausses = list(_fausses(groupes, _lire(groupes, list(mois))))
    _ecrire(fausses)
    return [f for f in fausses if f.est_validee and f.copie[0] != f.juste[0]]


def recompter_tout() -> None:
    """Refait toutes les lignes, par exemple après un chargement en masse."""
    groupes = Groupes(Engagement.objects.all())
    _ecrire(_fausses(groupes, _lire(groupes)))


def comptes_faux() -> list[CompteFaux]:
    """Rend les copies qui diffèrent de leur recalcul, sans rien écrire."""
    groupes = Groupes(Engagement.objects.all())
    return list(_fausses(groupes, _lire(groupes)))


class Groupes:
    """Tous les engagements de quelques lots : ceux qui se comptent ensemble (un titulaire et ses sous-traitants), et leur règle."""

    def __init__(self, engagements: QuerySet[Engagement]) -> None:
        self._lus = list(
            engagements.order_by("pk").values_list(
                "pk", "titulaire", "titulaire__donneur_ordre", "titulaire__lot__marche", "heures_dues"
            )
        )
        self.marches = {pk: marche for pk, _, _, marche, _ in self._lus}
        regles = RegleClause.objects.filter(marche__in=set(self.marches.values()))
        self._options: dict[UUID, Mapping[str, Any]] = {}
        self._marche_de: dict[UUID, UUID] = {}
        self.courantes: dict[UUID, UUID] = {}
        for pk, marche, options, est_courante in regles.values_list("pk", "marche", "options", "est_courante"):
            self._options[pk], self._marche_de[pk] = options, marche
            if est_courante:
                self.courantes[marche] = pk
        self._parametres: dict[UUID | None, ParametresComptage] = {}

    def parametres(self, regle: UUID | None) -> ParametresComptage:
        if regle not in self._parametres:
            section = self._options.get(regle, {}).get("comptage", {})
            self._parametres[regle] = ParametresComptage.depuis_json(section)
        return self._parametres[regle]

    def est_prorata(self, regle: UUID | None) -> bool:
        return self._options.get(regle, {}).get("eligibilite", {}).get("mois_a_cheval") == PRORATA

    def courante(self, engagement: UUID) -> UUID | None:
        return self.courantes.get(self.marches[engagement])

    @cached_property
    def chefs(self) -> dict[UUID, UUID]:
        """Le titulaire de tête de chaque engagement : son donneur d'ordre, ou celui de celui-ci."""
        donneurs = {titulaire: donneur for _, titulaire, donneur, _, _ in self._lus}
        return {pk: _tete(titulaire, donneurs) for pk, titulaire, _, _, _ in self._lus}

    @cached_property
    def dues(self) -> dict[UUID, Decimal]:
        """Les heures dues par chaque titulaire de tête, ses sous-traitants compris."""
        dues: defaultdict[UUID, Decimal] = defaultdict(Decimal)
        for pk, _, _, _, heures in self._lus:
            dues[self.chefs[pk]] += heures
        return dues

    @cached_property
    def lies_par_un_plafond(self) -> set[UUID]:
        """Les engagements dont une heure peut en écarter une autre : une version de leur règle, ancienne ou non, a un plafond."""
        marches = {self._marche_de[pk] for pk in self._options if self.parametres(pk).a_des_plafonds}
        return {pk for pk, marche in self.marches.items() if marche in marches}


def _tete(titulaire: UUID, donneurs: Mapping[UUID, UUID | None]) -> UUID:
    vus = {titulaire}
    while (donneur := donneurs.get(titulaire)) is not None and donneur not in vus:
        titulaire = donneur
        vus.add(donneur)
    return titulaire


def _lire(groupes: Groupes, mois: list[date] | None = None) -> list[Ligne]:
    """Les lignes de ces engagements : de ces mois, ou de tous (`mois` à None, ou plafond). Une requête."""
    portee = {"du_releve": "true", "de_l_imputation": "true"}
    parametres: dict[str, object] = {}
    if mois is not None:
        condition = "({0} = ANY(%(ids)s) AND r.mois = ANY(%(mois)s) OR {0} = ANY(%(entiers)s))"
        portee = {
            "du_releve": condition.format("a.engagement_id"),
            "de_l_imputation": condition.format("i.engagement_id"),
        }
        parametres = {"ids": list(groupes.marches), "mois": mois, "entiers": list(groupes.lies_par_un_plafond)}
    with connection.cursor() as curseur:
        curseur.execute(_LIGNES.format(**portee), parametres)
        return [_ligne(groupes, *colonnes) for colonnes in curseur.fetchall()]


def _ligne(
    groupes: Groupes, sorte, cle, engagement, mode, nature, heures, debut, fin, ouverte_le, fermee_le,
    contrat, embauche, depart, etat, est_hors_site, regle, ecartees, motif, compte_etp, est_ecartee,
) -> Ligne:  # fmt: skip
    copie = (ecartees, motif, compte_etp, regle)
    est_validee = etat == EtatReleve.VALIDE
    regle = (regle or groupes.courante(engagement)) if est_validee else None
    suivie = regle or groupes.courante(engagement)
    declaree = LigneDeclaree(
        cle=(sorte, cle),
        mode=ModeCompte(mode),
        nature=NatureHeures(nature),
        heures=ZERO if etat in ETATS_SANS_COMPTE else heures,
        periode=Periode(debut, fin),
        fenetre=Periode(ouverte_le, fermee_le) if ouverte_le else None,
        parametres=groupes.parametres(suivie),
        contrat=(contrat, engagement),
        contrat_jours=Periode(embauche, depart),
        est_validee=est_validee,
        est_hors_site=est_hors_site,
        est_prorata=groupes.est_prorata(suivie),
        est_imputee=sorte == IMPUTATION,
        est_ecartee=est_ecartee,
    )
    return Ligne(sorte, cle, engagement, declaree, regle, copie)


def _fausses(groupes: Groupes, lignes: Iterable[Ligne]) -> Iterable[CompteFaux]:
    par_chef: defaultdict[UUID, list[Ligne]] = defaultdict(list)
    for ligne in lignes:
        par_chef[groupes.chefs[ligne.engagement]].append(ligne)
    for chef, groupe in par_chef.items():
        comptees = compter((ligne.declaree for ligne in groupe), heures_dues=groupes.dues[chef])
        for ligne in groupe:
            juste = _copie_juste(comptees[ligne.declaree.cle], ligne.regle)
            if juste != ligne.copie:
                yield CompteFaux(ligne.sorte, ligne.cle, ligne.copie, juste)


def _copie_juste(heures: HeuresComptees, regle: UUID | None) -> tuple[Decimal, str, bool, UUID | None]:
    return heures.ecartees, heures.motif.value if heures.motif else "", heures.compte_etp, regle


def _ecrire(fausses: Iterable[CompteFaux]) -> None:
    par_sorte: defaultdict[str, list[CompteFaux]] = defaultdict(list)
    for fausse in fausses:
        par_sorte[fausse.sorte].append(fausse)
    with connection.cursor() as curseur:
        for sorte, groupe in par_sorte.items():
            colonnes = [list(colonne) for colonne in zip(*(f.juste for f in groupe), strict=True)]
            curseur.execute(_ECRIRE.format(table=TABLES[sorte]), [[f.cle for f in groupe], *colonnes])
