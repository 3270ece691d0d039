"""Écrire une convention de globalisation, et imputer des heures d'un marché à un autre.

Une imputation prend le verrou du relevé, comme tout changement d'état : deux imputations simultanées ne dépassent pas ses heures.
"""

from collections.abc import Collection
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from beneficiaires.periodes import Periode
from clauses.cumuls import recalculer_cumuls
from clauses.models import (
    ConventionGlobalisation,
    Eligibilite,
    Engagement,
    EtatReleve,
    Imputation,
    Marche,
    RegleClause,
    ReleveHeures,
)
from clauses.regles.declarations import MOIS_VERROUILLE
from clauses.regles.globalisation import FaitsConvention, FaitsMarcheGlobalise, controler_imputation
from clauses.services.rectificatifs import noter_deplacement
from clauses.services.verrous import verrou_d_une_imputation
from comptes.ecriture import enregistrer
from comptes.models import Utilisateur
from comptes.regles import Refus

ZERO = Decimal(0)
DEUX_LOTS = "Choisissez au moins deux lots\u00a0: celui où les heures se font et celui où elles comptent."
PAR_CONVENTION = "convention"  # ce que dit une règle qui n'en dit rien : seulement avec une convention signée


def engagements_de(entreprise_id: object, utilisateur: Utilisateur) -> QuerySet[Engagement]:
    """Les engagements d'une entreprise, parmi ceux que cet utilisateur voit."""
    return Engagement.objects.pour(utilisateur).filter(titulaire__entreprise=entreprise_id)


@transaction.atomic
def enregistrer_convention(
    *, convention: ConventionGlobalisation, engagements: Collection[Engagement]
) -> ConventionGlobalisation:
    """Crée ou modifie une convention et ses engagements.

    Refuse d'en retirer un engagement, une personne, une entreprise ou des jours dont des heures imputées dépendent déjà.
    """
    if len({e.titulaire.lot_id for e in engagements}) < 2:
        raise ValidationError({"engagements": DEUX_LOTS})
    if any(e.titulaire.entreprise_id != convention.entreprise_id for e in engagements):
        raise ValidationError({"engagements": "Un de ces engagements n’est pas à cette entreprise."})
    gardes = {e.pk for e in engagements}
    for imputation in _imputations(convention):
        tenue = Periode(imputation.releve.date_debut, imputation.releve.date_fin)
        personne = imputation.releve.affectation.contrat.beneficiaire_id
        if (
            imputation.engagement_id not in gardes
            or imputation.releve.affectation.engagement_id not in gardes
            or not Periode(convention.date_debut, convention.date_fin).contient_periode(tenue)
            or convention.beneficiaire_id not in (None, personne)
        ):
            raise ValidationError(
                "Des heures sont déjà imputées par cette convention\u00a0: retirez-les d’abord.", code="imputee"
            )
    enregistrer(convention)
    convention.engagements.set(engagements)
    return convention


def _imputations(convention: ConventionGlobalisation) -> list[Imputation]:
    if convention._state.adding:
        return []
    _tenir(convention)
    return list(convention.imputations.select_related("releve__affectation__contrat"))


@transaction.atomic
def supprimer_convention(*, convention: ConventionGlobalisation) -> None:
    """Supprime une convention qui n'a rien imputé."""
    _tenir(convention)
    if convention.imputations.exists():
        raise ValidationError(
            "Des heures sont imputées par cette convention\u00a0: retirez-les d’abord.", code="imputee"
        )
    convention.delete()


@transaction.atomic
def imputer(
    *,
    convention: ConventionGlobalisation,
    releve: ReleveHeures,
    engagement: Engagement,
    heures: Decimal,
    par: Utilisateur,
) -> Imputation | Refus:
    """Fait compter des heures d'un relevé sur un autre engagement ; rend le refus qui l'a empêché."""
    tenue = _tenir(convention)
    if tenue is None:
        return Refus("Cette convention vient d’être supprimée\u00a0: rien n’est imputé.", "convention_disparue")
    if verrou_d_une_imputation(releve, engagement):
        return MOIS_VERROUILLE
    convention, releve = tenue, _verrouiller(releve)
    if refus := examiner(convention=convention, releve=releve, engagement=engagement, heures=heures):
        return refus
    if releve.imputations.filter(engagement=engagement).exists():
        return Refus(
            "Ce relevé compte déjà pour cet engagement\u00a0: retirez d’abord cette imputation.", "deja_imputee"
        )
    imputation = Imputation(convention=convention, releve=releve, engagement=engagement, heures=heures)
    imputation.full_clean()
    imputation.save()
    _deplacer(releve, imputation, par, f"Convention {convention.reference}")
    return imputation


@transaction.atomic
def retirer_imputation(*, imputation: Imputation, par: Utilisateur) -> Refus | None:
    """Rend ces heures au marché où elles ont été faites ; ne fait rien si quelqu'un vient de les rendre. Refuse un mois verrouillé."""
    if verrou_d_une_imputation(imputation.releve, imputation.engagement):
        return MOIS_VERROUILLE
    releve = _verrouiller(imputation.releve)
    if not Imputation.objects.filter(pk=imputation.pk).exists():
        return None
    imputation.refresh_from_db(fields=["heures_comptees"])
    comptaient = imputation.heures_comptees
    engagement, reference = imputation.engagement, imputation.convention.reference
    imputation.delete()
    _deplacer(releve, None, par, f"Convention {reference}, imputation retirée", quitte=(engagement, comptaient))
    return None


def examiner(
    *, convention: ConventionGlobalisation, releve: ReleveHeures, engagement: Engagement, heures: Decimal
) -> Refus | None:
    """Contrôle une imputation sans rien écrire."""
    depart, arrivee = releve.affectation.engagement, engagement
    personne = releve.affectation.contrat.beneficiaire_id
    operation = arrivee.titulaire.lot.marche.operation_id
    eligibilite = Eligibilite.objects.favorables().filter(beneficiaire=personne, operation=operation).first()
    nommes = set(convention.engagements.values_list("pk", flat=True))
    clos_le = arrivee.titulaire.lot.clos_le
    if depart == arrivee:
        return Refus("Ces heures sont déjà faites sur cet engagement.", "meme_engagement")
    return controler_imputation(
        heures=heures,
        heures_du_releve=releve.heures,
        deja_imputees=releve.imputations.aggregate(somme=Sum("heures"))["somme"] or ZERO,
        est_validee=releve.etat == EtatReleve.VALIDE,
        periode=Periode(releve.date_debut, releve.date_fin),
        convention=FaitsConvention(
            reference=convention.reference,
            jours=Periode(convention.date_debut, convention.date_fin),
            est_meme_entreprise=depart.titulaire.entreprise_id
            == arrivee.titulaire.entreprise_id
            == convention.entreprise_id,
            est_pour_elle=convention.beneficiaire_id in (None, personne),
            couvre_depart=depart.pk in nommes,
            couvre_arrivee=arrivee.pk in nommes,
        ),
        depart=_faits(depart.titulaire.lot.marche),
        arrivee=_faits(arrivee.titulaire.lot.marche),
        est_meme_operation=depart.titulaire.lot.marche.operation_id == operation,
        fenetre_arrivee=eligibilite.fenetre if eligibilite else None,
        arrivee_close=clos_le is not None and clos_le <= timezone.localdate(),
    )


def _faits(marche: Marche) -> FaitsMarcheGlobalise:
    regle = RegleClause.objects.filter(marche=marche, est_courante=True).first()
    section = regle.options.get("eligibilite", {}) if regle else {}
    return FaitsMarcheGlobalise(marche.reference, section.get("globalisation", PAR_CONVENTION))


def _tenir(convention: ConventionGlobalisation) -> ConventionGlobalisation | None:
    """Verrouille la convention et la relit : qui impute et qui la change ou la supprime s'attendent. None si elle n'est plus là."""
    return ConventionGlobalisation.objects.select_for_update(of=("self",)).filter(pk=convention.pk).first()


def _verrouiller(releve: ReleveHeures) -> ReleveHeures:
    return (
        ReleveHeures.objects.select_for_update(of=("self",), no_key=True)
        .select_related("affectation__contrat", "affectation__engagement__titulaire__lot__marche")
        .get(pk=releve.pk)
    )


def _deplacer(
    releve: ReleveHeures,
    imputation: Imputation | None,
    par: Utilisateur,
    motif: str,
    quitte: tuple[Engagement, Decimal] | None = None,
) -> None:
    """Refait la copie du relevé et les cumuls des deux côtés, et note ce que des bilans publiés n'avaient pas."""
    avant = releve.heures_comptees
    releve.heures_imputees = releve.imputations.aggregate(somme=Sum("heures"))["somme"] or ZERO
    releve.save(update_fields=["heures_imputees"])
    engagements = {releve.affectation.engagement_id, *([quitte[0].pk] if quitte else [])}
    recalculer_cumuls(engagements=engagements, mois=[releve.mois], deja_notes=[releve.pk], par=par)
    if releve.etat != EtatReleve.VALIDE:
        return  # rouvertes ou refusées, ces heures ne comptaient déjà plus : aucun chiffre publié ne change
    releve.refresh_from_db(fields=["heures_comptees"])
    noter_deplacement(
        marche=releve.affectation.engagement.titulaire.lot.marche, releve=releve,
        avant=avant, apres=releve.heures_comptees, motif=motif, par=par,
    )  # fmt: skip
    if imputation is not None:
        imputation.refresh_from_db(fields=["heures_comptees"])
        quitte = (imputation.engagement, ZERO)
    cible, avant_cible = quitte
    noter_deplacement(
        marche=cible.titulaire.lot.marche, releve=releve,
        avant=avant_cible, apres=imputation.heures_comptees if imputation else ZERO, motif=motif, par=par,
    )  # fmt: skip
