"""Ouvrir le mois, le recevoir, le verrouiller, le rouvrir. Les heures, elles, passent par `services.heures`.

Verrous : les déclarations d'abord, puis le lien, puis ceux de la saisie.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from beneficiaires.periodes import ajouter_mois, premier_du_mois
from clauses.declarations.attendues import EMPLOYEUR, MARCHE, a_ouvrir, attendues
from clauses.declarations.etats import DeclarationLue, lire_etats
from clauses.models import Declaration, LienDeclaration, NatureHeures, RegleClause, ReleveHeures, Reouverture
from clauses.regles.declarations import (
    JOUR_PAR_DEFAUT,
    REFUS_DE_LIEN,
    controler_reouverture,
    controler_verrou,
    echeance_du_mois,
    jour_du_marche,
)
from clauses.regles.documents import ParametresDocuments
from clauses.services.auteurs import Auteur
from clauses.services.heures import Conflit, Resultat, Saisie, saisir_cases
from clauses.services.liens import refus_de
from comptes.formats import date_longue, heure, heures
from comptes.models import Utilisateur
from comptes.regles import Refus

journal = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MoisDeclare:
    """Ce que l'on déclare d'un coup : un mois, une entreprise, une structure, tous ses marchés."""

    entreprise: UUID
    structure: UUID
    mois: date

    @classmethod
    def du_lien(cls, lien: LienDeclaration) -> "MoisDeclare":
        return cls(lien.entreprise_id, lien.structure_id, lien.mois)

    @classmethod
    def de(cls, declaration: Declaration) -> "MoisDeclare":
        """Celui d'une déclaration dont le marché et l'opération sont lus."""
        return cls(declaration.entreprise_id, declaration.marche.operation.structure_id, declaration.mois)

    @property
    def declarations(self):
        return Declaration.objects.du_mois(entreprise=self.entreprise, structure=self.structure, mois=self.mois)


def ouvrir_mois(jour: date) -> int:
    """Ouvre le mois qui vient de finir à ceux qui le doivent et ne l'ont pas encore ; rend le nombre de déclarations ouvertes.

    Relancé, ou lancé deux fois ensemble, rien ne s'ouvre deux fois. Le nombre de requêtes ne dépend pas du nombre d'entreprises.
    """
    mois = ajouter_mois(premier_du_mois(jour), -1)
    deja = set(Declaration.objects.filter(mois=mois).values_list("entreprise", "marche"))
    nouvelles = a_ouvrir(mois, jour) - deja
    jours = _jours_des_marches({marche for _, marche in nouvelles})
    Declaration.objects.bulk_create(
        [
            Declaration(
                entreprise_id=entreprise,
                marche_id=marche,
                mois=mois,
                ouverte_le=jour,
                echeance=echeance_du_mois(mois, jours.get(marche, JOUR_PAR_DEFAUT), jour),
            )
            for entreprise, marche in sorted(nouvelles)
        ],
        ignore_conflicts=True,
    )
    return len(nouvelles)


def _jours_des_marches(marches: set[UUID]) -> dict[UUID, int]:
    regles = RegleClause.objects.filter(marche__in=marches, est_courante=True).values_list("marche", "options")
    return {
        marche: jour_du_marche(ParametresDocuments.depuis_json(options.get("documents", {})))
        for marche, options in regles
    }


# Ce que fait l'entreprise --------------------------------------------------------------------------------------------


@transaction.atomic
def saisir_le_mois(
    *, mois: MoisDeclare, saisies: Sequence[Saisie], auteur: Auteur, aujourd_hui: date
) -> list[Resultat] | Refus:
    """Garde les heures tapées, chacune avec ses contrôles. Un lien retiré ou un mois reçu entre-temps refuse tout, sans rien écrire."""
    etats = _tenir(mois, aujourd_hui)
    refus = _refus_de_l_auteur(auteur, aujourd_hui) or _deja_recu(etats, auteur)
    return refus or saisir_cases(saisies=saisies, utilisateur=auteur, aujourd_hui=aujourd_hui)


@transaction.atomic
def recevoir(*, mois: MoisDeclare, auteur: Auteur, empreinte_lue: str, aujourd_hui: date) -> Refus | None:
    """Confirme le mois, tel qu'il a été relu : chaque personne a ses heures, même 0. Le lien est alors utilisé.

    Un marché sans personne est reçu « néant ». Refuse si quelque chose a changé depuis la relecture.
    """
    etats = _tenir(mois, aujourd_hui)
    refus = _refus_de_l_auteur(auteur, aujourd_hui) or _deja_recu(etats, auteur)
    if refus is None and empreinte_lue != empreinte(mois):
        refus = Refus(
            "Des heures ont changé depuis votre relecture\u00a0: relisez-les, puis confirmez.", "change_depuis"
        )
    if refus is None and any(lu.faits.declarees < lu.faits.personnes for lu in etats if not lu.est_recue):
        refus = Refus("Il manque des heures\u00a0: écrivez celles de chaque personne, ou 0.", "heures_manquantes")
    return refus or _noter_recue(etats, auteur)


@transaction.atomic
def declarer_neant(*, mois: MoisDeclare, auteur: Auteur, aujourd_hui: date) -> Refus | None:
    """Déclare d'un coup que personne n'a travaillé : 0 h pour chaque personne attendue, et le mois est reçu."""
    etats = _tenir(mois, aujourd_hui)
    refus = _refus_de_l_auteur(auteur, aujourd_hui) or _deja_recu(etats, auteur) or _heures_presentes(etats)
    if refus:
        return refus
    a_remplir = attendues(
        mois.mois,
        aujourd_hui,
        contrat__employeur=mois.entreprise,
        **{f"{MARCHE}__in": [lu.declaration.marche_id for lu in etats if not lu.est_recue]},
    )
    remplies = ReleveHeures.objects.filter(mois=mois.mois, nature=NatureHeures.TRAVAIL, affectation__in=a_remplir)
    zeros = [
        Saisie(pk, NatureHeures.TRAVAIL, mois.mois, Decimal(0))
        for pk in a_remplir.exclude(pk__in=remplies.values("affectation")).values_list("pk", flat=True)
    ]
    resultats = saisir_cases(saisies=zeros, utilisateur=auteur, aujourd_hui=aujourd_hui)
    refuse = next((r for r in resultats if isinstance(r, Refus | Conflit)), None)
    if refuse is not None:
        transaction.set_rollback(True)
        return (
            refuse
            if isinstance(refuse, Refus)
            else Refus("Des heures viennent d’être saisies\u00a0: relisez-les.", "conflit")
        )
    return _noter_recue(etats, auteur)


def empreinte(mois: MoisDeclare) -> str:
    """Ce qui change dès qu'une heure ou une réception de ce mois change : une relecture ne confirme que ce qu'elle a montré."""
    releves = ReleveHeures.objects.filter(
        mois=mois.mois,
        **{
            f"affectation__{EMPLOYEUR}": mois.entreprise,
            f"affectation__{MARCHE}__operation__structure": mois.structure,
        },
    ).aggregate(somme=Sum("version"), heures=Sum("heures"))
    recues = mois.declarations.filter(recue_le__isnull=False).count()
    return f"{releves['somme'] or 0}-{releves['heures'] or 0}-{recues}"


def _tenir(mois: MoisDeclare, aujourd_hui: date) -> list[DeclarationLue]:
    """Verrouille les déclarations du mois et lit leur état."""
    tenues = mois.declarations.order_by("pk").select_for_update(of=("self",), no_key=True)
    return lire_etats(tenues.select_related("entreprise", "recue_par", "recue_lien"), aujourd_hui)


def _refus_de_l_auteur(auteur: Auteur, aujourd_hui: date) -> Refus | None:
    if auteur.lien is None:
        return None
    lien = LienDeclaration.objects.select_for_update(no_key=True).get(pk=auteur.lien.pk)
    refus = refus_de(lien, aujourd_hui)
    if refus is None and lien.utilise_le is not None:
        refus = REFUS_DE_LIEN["lien_utilise"]
    if refus:
        journal.warning("Déclaration refusée : %s", refus.code)
    return refus


def _deja_recu(etats: Sequence[DeclarationLue], auteur: Auteur) -> Refus | None:
    """Tout est reçu, et rien n'est à reprendre : par un autre lien, ou par un compte."""
    if not etats or not all(lu.est_recue for lu in etats):
        return None
    refus = Refus(f"{dire_la_reception(etats)} Rien n’a changé.", "deja_recue")
    journal.warning("Déclaration refusée : %s", refus.code)
    return refus


def dire_la_reception(etats: Sequence[DeclarationLue]) -> str:
    """« Ce mois est reçu depuis le 4 décembre 2026 à 10 h 05, par un compte de l'entreprise. »"""
    derniere = max((lu.declaration for lu in etats if lu.declaration.recue_le), key=lambda d: d.recue_le)
    local = timezone.localtime(derniere.recue_le)
    if derniere.recue_lien_id:
        par = "par un lien"
    elif derniere.recue_par.organisation == derniere.entreprise:
        par = "par un compte de l’entreprise"
    else:
        par = "saisi par le facilitateur"
    return f"Ce mois est reçu depuis le {date_longue(local.date())} à {heure(local)}, {par}."


def _heures_presentes(etats: Sequence[DeclarationLue]) -> Refus | None:
    total = sum((lu.heures for lu in etats if not lu.est_recue), Decimal(0))
    if not total:
        return None
    return Refus(
        f"{heures(total)} sont déjà saisies ce mois-ci\u00a0: ce n’est pas néant. Mettez-les à 0 d’abord, ou confirmez-les.",
        "heures_presentes",
    )


def _noter_recue(etats: Sequence[DeclarationLue], auteur: Auteur) -> None:
    moment = timezone.now()
    for lu in etats:
        if lu.est_recue:
            continue
        declaration = lu.declaration
        declaration.recue_le, declaration.est_a_reprendre = moment, False
        declaration.recue_par, declaration.recue_lien = auteur.utilisateur, auteur.lien
        declaration.neant_le = None if lu.heures else moment
        declaration.save()
    if auteur.lien is not None:
        LienDeclaration.objects.filter(pk=auteur.lien.pk).update(utilise_le=moment)


# Ce que fait le facilitateur -----------------------------------------------------------------------------------------


@transaction.atomic
def verrouiller(*, declaration: Declaration, par: Utilisateur, aujourd_hui: date) -> Refus | None:
    """Fige le mois : plus aucune heure ne s'y écrit, ni ne s'y décide."""
    tenue = Declaration.objects.select_for_update(no_key=True).get(pk=declaration.pk)
    # Une décision en cours sur ces heures finit d'abord ; une autre, qui attendait, relira le verrou.
    releves = ReleveHeures.objects.filter(
        mois=tenue.mois, **{f"affectation__{EMPLOYEUR}": tenue.entreprise_id, f"affectation__{MARCHE}": tenue.marche_id}
    )
    list(releves.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk"))
    [lu] = lire_etats([tenue], aujourd_hui)
    refus = controler_verrou(
        est_recue=lu.faits.est_recue,
        est_verrouillee=lu.faits.est_verrouillee,
        en_attente=lu.faits.en_attente,
        refusees=lu.faits.refusees,
    )
    if refus is None:
        tenue.verrouillee_le, tenue.verrouillee_par, tenue.est_a_reprendre = timezone.now(), par, False
        tenue.save()
    return refus


@transaction.atomic
def rouvrir(*, declaration: Declaration, par: Utilisateur, motif: str) -> Refus | None:
    """Lève le verrou, avec sa raison, gardée : le mois est à corriger jusqu'à ce qu'il soit reçu ou verrouillé de nouveau."""
    tenue = Declaration.objects.select_for_update(no_key=True).get(pk=declaration.pk)
    refus = controler_reouverture(est_verrouillee=tenue.verrouillee_le is not None, motif=motif)
    if refus is None:
        trace = Reouverture(declaration=tenue, le=timezone.now(), par=par, motif=motif.strip())
        trace.full_clean()
        trace.save()
        tenue.verrouillee_le = tenue.verrouillee_par = None
        tenue.est_a_reprendre = True
        tenue.save()
    return refus
