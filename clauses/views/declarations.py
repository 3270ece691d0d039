"""Suivre les déclarations : la liste du mois, une déclaration, ses courriels, le courrier à l'acheteur."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django_tables2 import RequestConfig

from clauses.declarations.etats import lire_etats
from clauses.declarations.suivi import filtrer, suivre
from clauses.forms.declarations import DeclarationsForm, ReouvertureForm
from clauses.models import ContactEntreprise, Declaration, EnvoiDeclaration, EtapeEnvoi, LienDeclaration
from clauses.regles.declarations import controler_verrou
from clauses.services.declarations import MoisDeclare
from clauses.tables_declarations import DeclarationTable
from comptes import exports
from comptes.droits import facilitateur_seul
from comptes.listes import mettre_en_pages


@facilitateur_seul
def declaration_liste(request: HttpRequest) -> HttpResponse:
    """Les déclarations d'un mois, celles qui demandent un geste d'abord."""
    filtre = DeclarationsForm(request.GET, aujourd_hui=timezone.localdate())
    mois = filtre.mois_choisi
    toutes = suivre(request.user, mois, timezone.localdate())
    lignes = filtrer(toutes, etat=filtre.valeur("etat"), entreprise=filtre.valeur("entreprise"))
    table = DeclarationTable(lignes)
    if format_ := exports.format_demande(request):
        RequestConfig(request, paginate=False).configure(table)
        return exports.exporter(table, format_, "Déclarations")
    mettre_en_pages(request, table)
    contexte = {"filter": filtre, "table": table, "mois": mois, "trouvees": len(lignes), "total": len(toutes)}
    return render(request, "clauses/declarations/liste.html", contexte)


def declaration_visible(request: HttpRequest, pk: UUID) -> Declaration:
    visibles = Declaration.objects.pour(request.user).select_related(
        "entreprise", "marche__operation__structure", "marche__acheteur", "recue_par", "recue_lien", "verrouillee_par"
    )
    return get_object_or_404(visibles, pk=pk)


@facilitateur_seul
def declaration_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    return rendre_declaration(request, declaration_visible(request, pk), ReouvertureForm())


def rendre_declaration(
    request: HttpRequest, declaration: Declaration, reouverture: ReouvertureForm, refus: str = ""
) -> HttpResponse:
    """Une déclaration : où elle en est, qui a été écrit et quand, ce qui peut se faire."""
    [lue] = lire_etats([declaration], timezone.localdate())
    mois = MoisDeclare.de(declaration)
    faits = lue.faits
    contexte = {
        "declaration": declaration,
        "lue": lue,
        "refus": refus,
        "form": reouverture,
        "contacts": ContactEntreprise.objects.filter(structure=mois.structure, entreprise=mois.entreprise),
        "envois": envois_du_mois(mois),
        "liens": LienDeclaration.objects.qui_servent()
        .filter(
            structure=mois.structure, entreprise=mois.entreprise, mois=mois.mois, expire_le__gte=timezone.localdate()
        )
        .select_related("contact"),
        "reouvertures": declaration.reouvertures.select_related("par"),
        "obstacle": controler_verrou(
            est_recue=faits.est_recue,
            est_verrouillee=faits.est_verrouillee,
            en_attente=faits.en_attente,
            refusees=faits.refusees,
        ),
        "courrier_pret": lue.declaration.recue_le is None
        and any(envoi.etape == EtapeEnvoi.COURRIER for envoi in envois_du_mois(mois)),
    }
    statut = 422 if refus or reouverture.errors else 200
    return render(request, "clauses/declarations/detail.html", contexte, status=statut)


def envois_du_mois(mois: MoisDeclare) -> list[EnvoiDeclaration]:
    envois = EnvoiDeclaration.objects.filter(structure=mois.structure, entreprise=mois.entreprise, mois=mois.mois)
    return list(envois.select_related("contact"))


@facilitateur_seul
def declaration_courrier(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Le projet de courrier à l'acheteur, à relire et à imprimer : le mois, l'entreprise, les relances. Aucune personne n'y est nommée."""
    declaration = declaration_visible(request, pk)
    partis = [e for e in envois_du_mois(MoisDeclare.de(declaration)) if e.envoye_le]
    relances = sorted({(e.prevu_le, e.get_etape_display()) for e in partis if e.etape in ETAPES_A_ECRIRE})
    contexte = {"declaration": declaration, "relances": relances, "aujourd_hui": timezone.localdate()}
    return render(request, "clauses/declarations/courrier.html", contexte)


# Ce que le courrier raconte à l'acheteur.
ETAPES_A_ECRIRE = (EtapeEnvoi.OUVERTURE, EtapeEnvoi.RELANCE, EtapeEnvoi.DIRECTION, EtapeEnvoi.DEMANDE)
