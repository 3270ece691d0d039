"""Les lignes derrière un nombre d'heures, et l'histoire de chacune."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, islice
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django_tables2 import RequestConfig

from clauses.explications import comptes_des_cases
from clauses.filters_heures import RecueFilter, ReleveFilter
from clauses.forms.bulletins import BulletinForm
from clauses.historique import histoire
from clauses.models import Affectation, EtatReleve, Imputation, Litige, Operation, ReleveHeures
from clauses.models.heures import ETATS_EN_ATTENTE
from clauses.regles import ETATS_MODIFIABLES, TRANSITIONS
from clauses.remarques import remarques
from clauses.tables_heures import RecueTable, ReleveTable
from clauses.views.heures_page import operations_visibles
from comptes import exports
from comptes.droits import reserve_a
from comptes.formats import heures, mois_annee
from comptes.listes import mettre_en_pages
from comptes.models import Profil, Utilisateur

COMPLET = (
    "affectation__contrat__beneficiaire",
    "affectation__contrat__employeur",
    "affectation__engagement__titulaire__entreprise",
    "affectation__engagement__titulaire__lot__marche__operation",
)
# Lues à part : trier des milliers de lignes qui porteraient déjà leur personne et leur marché coûte dix fois plus.
COMPLETES = Affectation.objects.select_related(*(chemin.removeprefix("affectation__") for chemin in COMPLET))
AFFECTATIONS = Prefetch("affectation", COMPLETES)
MOTS = {
    EtatReleve.DECLARE: "à vérifier",
    EtatReleve.RECTIFIE: "rectifiées",
    EtatReleve.VERIFIE: "vérifiées",
    EtatReleve.VALIDE: "validées",
    EtatReleve.REFUSE: "refusées",
    EtatReleve.CONTESTE: "contestées",
}


@reserve_a(Profil.FACILITATEUR, Profil.ENTREPRISE, Profil.PRESCRIPTEUR)
def releve_liste(request: HttpRequest) -> HttpResponse:
    visibles = ReleveHeures.objects.pour(request.user)
    operations = operations_visibles(request.user)
    filtre = ReleveFilter(request.GET, queryset=visibles, operations=operations)
    recues = heures_recues(request.GET, request.user, operations)
    par_etat = filtre.qs.order_by().values_list("etat")
    lues = list(par_etat.annotate(nombre=Count("pk"), somme=Sum("heures"), comptees=Sum("heures_comptees")))
    # Des heures validées sont celles qui comptent, comme partout ; les autres se disent telles que déclarées.
    sommes = [(etat, n, comptees if etat == EtatReleve.VALIDE else somme) for etat, n, somme, comptees in lues]
    total = sum((somme for _, _, somme in sommes), Decimal(0))
    table = ReleveTable(filtre.qs.prefetch_related(AFFECTATIONS), total=total)
    if format_ := exports.format_demande(request):
        RequestConfig(request, paginate=False).configure(table)
        lignes = chain(table.as_values(), islice(recues.table.as_values(), 1, None) if recues.nombre else ())
        return exports.reponse(lignes, format_, "Heures")
    nombre = sum(n for _, n, _ in sommes)
    mettre_en_pages(request, table, nombre)
    mettre_en_pages(request, recues.table, recues.nombre)
    parts = [(somme, MOTS[etat]) for etat, _, somme in sorted(sommes)]
    if recues.total:
        parts.append((recues.total, "reçues par convention"))
    contexte = {
        "filter": filtre,
        "table": table,
        "nombre": nombre,
        "recues": recues,
        "trouvees": nombre + recues.nombre,
        "total": total + recues.total,
        "declarees": sum((somme for _, _, somme, _ in lues), Decimal(0)),
        "validees": next(((d, c) for etat, _, d, c in lues if etat == EtatReleve.VALIDE and d != c), None),
        "quoi": _quoi(filtre, nombre),
        "parts": parts if len(parts) > 1 else [],
        "il_y_en_a": nombre or recues.total or visibles.exists(),
        "profil": request.user.profil,
    }
    return render(request, "clauses/heures/lignes.html", contexte)


@dataclass(frozen=True)
class Recues:
    """Les heures validées qu'une convention fait compter sur ce que l'on regarde. `cachees` : celles dont l'origine ne se voit pas."""

    table: RecueTable
    nombre: int
    visibles: Decimal
    cachees: Decimal

    @property
    def total(self) -> Decimal:
        return self.visibles + self.cachees


def heures_recues(parametres: QueryDict, utilisateur: Utilisateur, operations: QuerySet[Operation]) -> Recues:
    """Filtre les heures reçues comme les autres lignes. Une requête ; aucune pour qui n'en reçoit pas."""
    validees = Imputation.objects.recues_par(utilisateur).filter(releve__etat=EtatReleve.VALIDE)
    lignes = RecueFilter(parametres, queryset=validees, operations=operations).qs
    est_visible = Q(est_visible=True)
    sommes = lignes.aggregate(
        nombre=Count("pk", filter=est_visible),
        visibles=Coalesce(Sum("heures_comptees", filter=est_visible), Decimal(0)),
        cachees=Coalesce(Sum("heures_comptees", filter=~est_visible), Decimal(0)),
    )
    lignes = (
        lignes.filter(est_visible)
        .select_related("releve", "engagement__titulaire__entreprise", "engagement__titulaire__lot__marche__operation")
        .prefetch_related(Prefetch("releve__affectation", COMPLETES))
    )
    return Recues(table=RecueTable(lignes, total=sommes["visibles"]), **sommes)


def _quoi(filtre: ReleveFilter, nombre: int) -> str:
    """« Résidence Les Peupliers, lot 1, Bâti-Rhône, octobre 2026 » : ce que les filtres ont en commun, lu sur une ligne."""
    choisis = {nom for nom, valeur in filtre.form.cleaned_data.items() if valeur} if filtre.form.is_valid() else set()
    releve = filtre.qs.prefetch_related(AFFECTATIONS).first() if nombre and choisis else None
    if releve is None:
        return ""
    contrat, titulaire = releve.affectation.contrat, releve.affectation.engagement.titulaire
    precis = {"affectation", "engagement", "titulaire"} & choisis
    morceaux = [
        contrat.beneficiaire.nom_complet if {"beneficiaire", "affectation"} & choisis else "",
        titulaire.lot.marche.operation.nom if precis or {"operation", "marche", "lot"} & choisis else "",
        f"marché {titulaire.lot.marche.reference}" if "marche" in choisis else "",
        f"lot {titulaire.lot.numero}" if precis or "lot" in choisis else "",
        titulaire.entreprise.nom if precis else "",
        mois_annee(releve.mois) if "mois" in choisis else "",
        releve.get_nature_display().lower() if "nature" in choisis else "",
    ]
    return ", ".join(morceau for morceau in morceaux if morceau)


@reserve_a(Profil.FACILITATEUR, Profil.ENTREPRISE, Profil.PRESCRIPTEUR)
def releve_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Une case et son histoire ; le facilitateur y décide, motif à l'appui."""
    return rendre_detail(request, releve_visible(request.user, pk))


def _compte(releve: ReleveHeures) -> str:
    """« 120 h déclarées, 96 h comptées : plafond de formation 20 % » ; rien quand tout compte."""
    affectations = {releve.affectation_id: releve.affectation}
    return comptes_des_cases({releve.pk: [releve]}, affectations).get(releve.pk, "")


def releve_visible(utilisateur: Utilisateur, pk: UUID) -> ReleveHeures:
    visibles = ReleveHeures.objects.pour(utilisateur).select_related(
        "declarant", "saisi_par", "saisi_par_lien__entreprise", "decide_par", *COMPLET
    )
    return get_object_or_404(visibles, pk=pk)


def rendre_detail(
    request: HttpRequest,
    releve: ReleveHeures,
    *,
    erreur: str = "",
    vers: str = "",
    motif: str = "",
    bulletin: BulletinForm | None = None,
) -> HttpResponse:
    """La page d'une case. `erreur` : ce qui a empêché la décision `vers` ; le motif tapé est rendu, et le `bulletin` refusé."""
    profil = request.user.profil
    passages = [
        (arrivee, passage)
        for (depart, arrivee), passage in TRANSITIONS.items()
        if depart == releve.etat and passage.exige_facilitateur and profil == Profil.FACILITATEUR
    ]
    contexte = {
        "releve": releve,
        "histoire": histoire(releve),
        "profil": profil,
        "se_saisit": releve.etat in ETATS_MODIFIABLES and profil in (Profil.FACILITATEUR, Profil.ENTREPRISE),
        "passages": passages,
        "remarques": remarques(releve.constats.all(), profil) if profil != Profil.PRESCRIPTEUR else [],
        "compte": _compte(releve),
        "approbations": releve.approbations.filter(heures=releve.heures).select_related("entreprise").order_by("le"),
        "litige": Litige.objects.pour(request.user)
        .ouverts()
        .filter(releve=releve)
        .select_related("entreprise")
        .first(),
        "titre": f"{heures(releve.heures)}, {mois_annee(releve.mois)}",
        "erreurs": [{"cible": "", "libelle": "", "texte": erreur}] if erreur else [],
        "vers_demande": vers,
        "motif": motif,
        "bulletin": bulletin or _bulletin(releve, profil),
    }
    return render(request, "clauses/heures/detail.html", contexte, status=422 if erreur or bulletin else 200)


def _bulletin(releve: ReleveHeures, profil: str) -> BulletinForm | None:
    """De quoi relever le bulletin de paie, tant que la ligne attend la décision du facilitateur."""
    if profil != Profil.FACILITATEUR or releve.etat not in ETATS_EN_ATTENTE:
        return None
    return BulletinForm(initial={"heures_bulletin": releve.heures_bulletin})
