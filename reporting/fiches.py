"""Ce que montrent la page d'une opération et celle d'une personne, lu en un nombre constant de requêtes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from beneficiaires.models import Beneficiaire
from beneficiaires.periodes import Periode, ajouter_mois, mois_de, mois_entre, premier_du_mois
from clauses.avancement import Avancement, LigneAvancement, courbe_mensuelle
from clauses.heures_dues import montant_courant, parametres_heures_dues, parametres_penalites
from clauses.models import Affectation, Avenant, Contrat, Engagement, EtatReleve, Imputation, Marche, ReleveHeures
from clauses.regles.modes_dues import CLAUSES_RESERVEES
from clauses.regles.penalites import ecrire_regle_penalites
from clauses.regles.rythme import Besoin, Projection, attendu_au, evaluer_besoin, projeter
from clauses.services.fins import fin_de
from clauses.simulateur import rythme_plausible_de
from comptes.formats import date_longue, nombre
from comptes.models import Utilisateur
from reporting.graphiques import Evenement, PointCourbe, courbe_cumulee

MOIS_DE_RYTHME = 3
CHEMIN_OPERATION = "titulaire__lot__marche__operation"
ZERO = Decimal(0)


@dataclass(frozen=True)
class Courbe:
    """Le graphique, sa phrase et ses chiffres."""

    svg: str
    projection: Projection | None
    points: list[PointCourbe]
    fin: date
    periode: Periode
    mensuel: list[tuple[date, Decimal, Decimal]]


def courbe(
    engagements: QuerySet[Engagement],
    lignes: Sequence[LigneAvancement],
    total: Avancement,
    avenants: Sequence[Avenant],
    *,
    arrete_au: date,
    hauteur: int = 320,
) -> Courbe | None:
    """La courbe cumulée de ces engagements, ou None tant qu'aucun n'a de dates d'exécution."""
    periodes = {ligne.engagement.pk: ligne.lot.periode for ligne in lignes if ligne.avancement.dues}
    if not periodes or any(p is None or p.fin is None for p in periodes.values()):
        return None
    debut, fin = min(p.debut for p in periodes.values()), max(p.fin for p in periodes.values())
    mensuel = courbe_mensuelle(engagements, jusqu_au=arrete_au)
    origine = min([premier_du_mois(debut)] + [m for m, _, _ in mensuel[:1]])
    cible = [
        (
            mois,
            sum(
                (
                    attendu_au(ligne.avancement.dues, periodes[ligne.engagement.pk], mois_de(mois).fin) or ZERO
                    for ligne in lignes
                    if ligne.engagement.pk in periodes
                ),
                ZERO,
            ),
        )
        for mois in mois_entre(origine, max(fin, arrete_au if mensuel else fin))
    ]
    attendus = dict(cible)
    points, cumul, attente = [], ZERO, ZERO
    par_mois = {mois: (validees, en_attente) for mois, validees, en_attente in mensuel}
    for mois, _ in cible:
        if mois > arrete_au:
            break
        validees, en_attente = par_mois.get(mois, (ZERO, ZERO))
        cumul, attente = cumul + validees, attente + en_attente
        points.append(PointCourbe(mois, cumul, attente, attendus[mois]))
    derniers = [
        par_mois.get(ajouter_mois(premier_du_mois(arrete_au), -i), (ZERO, ZERO))[0] for i in range(MOIS_DE_RYTHME)
    ]
    projection = None
    if points and fin > arrete_au and total.restantes:
        projection = projeter(
            validees=total.validees,
            heures_dues=total.dues,
            derniers_mois=derniers,
            periode_execution=Periode(debut, fin),
            arrete_le=arrete_au,
        )
    svg = courbe_cumulee(
        passes=points,
        cible=cible,
        dues=total.dues,
        phrase_cible=f"{nombre(total.dues)}\xa0h dues le {date_longue(fin)}",
        conclusion=(
            f"Heures validées cumulées\xa0: {nombre(total.validees)}\xa0h au {date_longue(arrete_au)}, pour "
            f"{nombre(total.attendues or 0, 0)}\xa0h attendues et {nombre(total.dues)}\xa0h dues le {date_longue(fin)}."
        ),
        projection=projection.heures_a_la_fin if projection else None,
        evenements=[
            Evenement(a.date_notification, f"Avenant {a.numero}", _variation(a))
            for a in avenants
            if a.heures_apres is not None
        ],
        hauteur=hauteur,
    )
    return Courbe(svg, projection, points, fin, Periode(debut, fin), mensuel)


def besoin(
    trace: Courbe | None, lignes: Sequence[LigneAvancement], total: Avancement, marches: Sequence[Marche]
) -> Besoin | None:
    """Ce qu'il faut encore, au rythme plausible du marché (celui par défaut quand il y en a plusieurs) ; None si tout est fait."""
    if trace is None or not total.restantes:
        return None
    regle = marches[0].regle_courante if len(marches) == 1 else None
    rythme = rythme_plausible_de(
        parametres_heures_dues(regle), trace.mensuel, titulaires=sum(bool(ligne.avancement.dues) for ligne in lignes)
    )
    return evaluer_besoin(
        validees=total.dues - total.restantes,
        heures_dues=total.dues,
        periode_execution=trace.periode,
        arrete_le=total.a_la_date,
        rythme=rythme,
    )


def _variation(avenant: Avenant) -> str:
    ecart = (avenant.heures_apres or ZERO) - (avenant.heures_avant or ZERO)
    return f"{'+' if ecart >= 0 else '−'} {nombre(abs(ecart))}\xa0h"


def affectations_avec_heures(affectations: QuerySet[Affectation]) -> list[Affectation]:
    """Lit les affectations, chacune avec ses heures validées, imputées ailleurs, et en attente. Une requête.

    `faites` : comptées là où elles sont faites ; `validees_declarees` : les mêmes, telles que déclarées ; `recues` : faites ailleurs
    par le même contrat, comptées ici par convention ; `validees` : tout ce qui compte.
    """
    releves = ReleveHeures.objects.filter(affectation=OuterRef("pk")).order_by()

    def somme(condition: Q, champ: str) -> Coalesce:
        total = releves.filter(condition).values("affectation").annotate(s=Sum(champ)).values("s")
        return Coalesce(Subquery(total), ZERO, output_field=DecimalField())

    valides = Q(etat=EtatReleve.VALIDE)
    recues = Imputation.objects.filter(
        engagement=OuterRef("engagement"),
        releve__affectation__contrat=OuterRef("contrat"),
        releve__etat=EtatReleve.VALIDE,
    ).order_by()
    recues = recues.values("engagement").annotate(s=Sum("heures_comptees")).values("s")
    avec_heures = affectations.annotate(
        faites=somme(valides, "heures_comptees"),
        recues=Coalesce(Subquery(recues), ZERO, output_field=DecimalField()),
        validees_declarees=somme(valides, "heures"),
        imputees_ailleurs=somme(valides, "heures_imputees"),
        en_attente=somme(~Q(etat__in=[EtatReleve.VALIDE, EtatReleve.REFUSE]), "heures"),
    ).select_related(
        "contrat__beneficiaire",
        "contrat__employeur",
        "contrat__entreprise_utilisatrice",
        "eligibilite",
        "engagement__titulaire__entreprise",
        "engagement__titulaire__lot__marche__operation__maitre_ouvrage",
    )
    lues = list(avec_heures)
    for affectation in lues:
        affectation.validees = affectation.faites + affectation.recues  # en SQL, les deux sommes se feraient deux fois
    return lues


def personnes_de(operation_ou_marche: Q, utilisateur: Utilisateur) -> QuerySet[Affectation]:
    """Les personnes placées sur une opération, les plus proches de leur fin d'éligibilité en tête."""
    affectations = Affectation.objects.pour(utilisateur).filter(operation_ou_marche)
    return affectations.order_by(F("eligibilite__date_fin").asc(nulls_last=True), "pk")


def marches_avec_regle(marches: QuerySet[Marche], avenants: Sequence[Avenant]) -> list[Marche]:
    """Les marchés, chacun avec sa règle en vigueur dans `regle_courante`, et l'histoire de sa fin. `avenants` : les leurs, déjà lus."""
    lus = list(marches.select_related("acheteur", "operation", "accord_cadre").prefetch_related("regles__cree_par"))
    for marche in lus:
        marche.regle_courante = next((r for r in marche.regles.all() if r.est_courante), None)
        penalites = parametres_penalites(marche.regle_courante)
        marche.penalites_prevues = ecrire_regle_penalites(penalites) if penalites.est_prevue else ""
        marche.est_reserve = marche.type_clause in CLAUSES_RESERVEES
        siens = [a for a in avenants if a.marche_id == marche.pk]
        marche.montant_a_jour = montant_courant(marche, siens)
        marche.etapes_de_la_fin = fin_de(marche, siens).etapes
    return lus


def dossier(beneficiaire: Beneficiaire, utilisateur: Utilisateur) -> list[Affectation]:
    """Les affectations de la personne, la plus récente embauche d'abord."""
    affectations = Affectation.objects.pour(utilisateur).filter(contrat__beneficiaire=beneficiaire)
    return affectations_avec_heures(affectations.order_by("-contrat__date_debut", "pk"))


def globalisees_hors_contrat(beneficiaire: Beneficiaire, utilisateur: Utilisateur) -> list[dict[str, object]]:
    """Ses heures qu'une convention fait compter sur un lot que le contrat ne sert pas, par lot et par convention."""
    placee = Affectation.objects.filter(
        contrat=OuterRef("releve__affectation__contrat"), engagement=OuterRef("engagement")
    )
    arrivee, depart = f"engagement__{CHEMIN_OPERATION}", f"releve__affectation__engagement__{CHEMIN_OPERATION}"
    return list(
        Imputation.objects.pour(utilisateur)
        .filter(
            ~Exists(placee), releve__affectation__contrat__beneficiaire=beneficiaire, releve__etat=EtatReleve.VALIDE
        )
        .order_by()
        .values(
            "convention",
            reference=F("convention__reference"),
            operation=F(arrivee),
            nom=F(f"{arrivee}__nom"),
            faites_sur=F(f"{depart}__nom"),
        )
        .annotate(somme=Sum("heures_comptees"))
        .order_by("nom", "reference", "faites_sur")
    )


@dataclass(frozen=True)
class ContratServi:
    """Un contrat et les engagements qu'il sert."""

    contrat: Contrat
    affectations: list[Affectation]


def par_contrat(affectations: Sequence[Affectation]) -> list[ContratServi]:
    """Regroupe les affectations par contrat, dans leur ordre : un contrat de trois opérations se lit d'un bloc."""
    groupes: dict[object, list[Affectation]] = {}
    for affectation in affectations:
        groupes.setdefault(affectation.contrat_id, []).append(affectation)
    return [ContratServi(groupe[0].contrat, groupe) for groupe in groupes.values()]
