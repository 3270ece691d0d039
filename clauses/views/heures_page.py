"""Ce que partagent les vues de la grille : lire la demande, enregistrer les cases envoyées, rendre la page."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from beneficiaires.periodes import ajouter_mois, mois_de
from clauses.acces import a_modifier
from clauses.forms.heures import (
    CaseEnvoyee,
    FiltreGrille,
    MotifForm,
    affectations_envoyees,
    cases_envoyees,
    versions_envoyees,
)
from clauses.grille import (
    Case,
    Demande,
    Grille,
    construire_grille,
    lire_cle,
    mois_par_defaut,
    nom_de_mois,
    titulaires_de,
)
from clauses.models import Affectation, EtatReleve, Operation, ReleveHeures, SourceReleve, Titulaire
from clauses.regles import ETATS_MODIFIABLES
from clauses.services.heures import Conflit, saisir_cases
from comptes.formats import MOIS_COURTS, date_longue, heure, heures
from comptes.identifiants import identifiant_ou_404
from comptes.models import Profil, Utilisateur
from comptes.regles import Refus

VERBES = {
    EtatReleve.DECLARE: "a déclaré",
    EtatReleve.RECTIFIE: "a mis",
    EtatReleve.VERIFIE: "a vérifié",
    EtatReleve.VALIDE: "a validé",
    EtatReleve.REFUSE: "a refusé",
    EtatReleve.CONTESTE: "a contesté",
}


@dataclass
class Page:
    """La grille demandée par une adresse, pour un utilisateur."""

    request: HttpRequest
    filtre: FiltreGrille
    demande: Demande
    titulaires: list[Titulaire]
    aujourd_hui: date
    grille: Grille
    parametres: str = ""
    choix: tuple[str, ...] = ()
    motif_form: MotifForm = field(default_factory=MotifForm)

    @property
    def peut_decider(self) -> bool:
        return self.request.user.profil == Profil.FACILITATEUR

    @property
    def adresse(self) -> str:
        """L'adresse de la grille, filtres compris : celle où l'on revient après un envoi."""
        return f"{reverse('clauses:heures')}?{self.parametres}"

    @property
    def adresse_lot(self) -> str:
        return f"{reverse('clauses:heures_lot')}?{self.parametres}"

    def relire(self) -> None:
        self.grille = construire_grille(self.demande, self.titulaires, self.request.user, self.aujourd_hui)


def operations_visibles(utilisateur: Utilisateur) -> QuerySet[Operation]:
    """Les opérations dont cet utilisateur voit des heures : l'employeur d'une personne n'y est pas toujours titulaire."""
    siennes = Operation.objects.pour(utilisateur)
    if utilisateur.profil == Profil.FACILITATEUR:
        return siennes
    miennes = Affectation.objects.pour(utilisateur).values("engagement__titulaire__lot__marche__operation")
    return Operation.objects.filter(Q(pk__in=siennes.order_by().values("pk")) | Q(pk__in=miennes))


def ouvrir(request: HttpRequest, parametres: QueryDict | None = None, seule: UUID | None = None) -> Page:
    """Lit l'adresse : opération (404 si elle n'est pas visible), filtres, dernier mois, page.

    Un envoi montre aussi les lignes qu'il porte : une case enregistrée peut avoir quitté la page. `seule` : rien que cette affectation.
    """
    parametres = request.GET if parametres is None else parametres
    operation = operations_visibles(request.user).filter(pk=identifiant_ou_404(parametres.get("operation"))).first()
    if operation is None:
        lisibles = Operation.objects.lisibles_par(request.user)
        operation = a_modifier(lisibles, request.user, identifiant_ou_404(parametres.get("operation")))
    aujourd_hui = timezone.localdate()
    titulaires = titulaires_de(operation, request.user)
    filtre = FiltreGrille(parametres, titulaires=titulaires, operation=operation, aujourd_hui=aujourd_hui)
    demande = replace(
        _demande(filtre, operation, aujourd_hui),
        page=None if seule else parametres.get("page", ""),
        avec=frozenset([seule]) if seule else affectations_envoyees(request.POST),
    )
    grille = construire_grille(demande, titulaires, request.user, aujourd_hui)
    return Page(request, filtre, demande, titulaires, aujourd_hui, grille, parametres.urlencode())


def _demande(filtre: FiltreGrille, operation: Operation, aujourd_hui: date) -> Demande:
    mois = filtre.valeur("mois")
    lot, titulaire = filtre.valeur("lot"), filtre.valeur("titulaire")
    return Demande(
        operation=operation,
        dernier_mois=date.fromisoformat(f"{mois}-01") if mois else mois_par_defaut(aujourd_hui),
        lot=UUID(lot) if lot else None,
        titulaire=UUID(titulaire) if titulaire else None,
        etat=filtre.valeur("etat"),
        nature=filtre.valeur("nature"),
        ligne=filtre.valeur("ligne") or None,
    )


@dataclass
class Enregistrement:
    """Ce qu'un envoi de la grille a gardé, et ce qu'il n'a pas gardé."""

    gardees: int = 0
    heures: Decimal = Decimal(0)
    erreurs: list[dict[str, str]] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)


def enregistrer_cases(page: Page) -> Enregistrement:
    """Enregistre les cases modifiées de l'envoi. Celles qui sont refusées gardent à l'écran ce qui a été tapé."""
    bilan = Enregistrement(versions=versions_envoyees(page.request.POST))
    a_dire: list[tuple[CaseEnvoyee, Refus | Conflit]] = []
    saisies = []
    for envoyee in cases_envoyees(page.request.POST):
        saisie = envoyee.saisie() if envoyee.est_modifiee else None
        if isinstance(saisie, Refus):
            a_dire.append((envoyee, saisie))
        elif saisie:
            saisies.append((envoyee, saisie))
    try:
        resultats = saisir_cases(saisies=[saisie for _, saisie in saisies], utilisateur=page.request.user)
    except Affectation.DoesNotExist as erreur:
        raise Http404 from erreur
    for (envoyee, saisie), resultat in zip(saisies, resultats, strict=True):
        if isinstance(resultat, Refus | Conflit):
            a_dire.append((envoyee, resultat))
        else:
            bilan.gardees += 1
            bilan.heures += saisie.heures or 0
            bilan.versions[envoyee.cle] = resultat.version if resultat else 0
    if saisies:
        page.relire()
    bilan.erreurs = [erreur for envoyee, resultat in a_dire if (erreur := marquer(page.grille, envoyee, resultat))]
    return bilan


def marquer(grille: Grille, envoyee: CaseEnvoyee, resultat: Refus | Conflit) -> dict[str, str]:
    """Remet dans sa case ce qui a été tapé, avec la raison ; rend la ligne du résumé d'erreurs."""
    case = grille.case(envoyee.cle)
    if case is None:
        _, _, mois = lire_cle(envoyee.cle)
        phrase = resultat.phrase if isinstance(resultat, Refus) else "la case a changé entre-temps."
        return {"cible": "", "libelle": "", "texte": f"{nom_de_mois(mois, mois).capitalize()}\u00a0: {phrase}"}
    case.texte, case.lu = envoyee.texte, envoyee.lu
    if isinstance(resultat, Conflit):
        case.conflit = resultat
        texte = "deux valeurs, choisissez celle à garder."
    else:
        case.refus = texte = resultat.phrase
    libelle = f"{nom_de_mois(case.mois, case.mois).capitalize()}, {case.ligne.personne}"
    return {"cible": f"h-{case.cle}", "libelle": libelle, "texte": texte}


def rendre(page: Page, erreurs: list[dict[str, str]] | None = None, statut: int = 200) -> HttpResponse:
    return render(
        page.request, "clauses/heures/grille.html", contexte(page) | {"erreurs": erreurs or []}, status=statut
    )


def contexte(page: Page) -> dict[str, object]:
    grille, demande = page.grille, page.demande
    mois = demande.mois
    choisis = {"operation": demande.operation.pk, "lot": demande.lot, "titulaire": demande.titulaire}
    choisis |= {"nature": "formation" if demande.nature == "formation" else ""}
    lignes_url = f"{reverse('clauses:releve_liste')}?{urlencode({n: v for n, v in choisis.items() if v})}"
    return {
        "page": page,
        "grille": grille,
        "resume": grille.resume,
        "operation": demande.operation,
        "filtre": page.filtre,
        "peut_decider": page.peut_decider,
        "choix": page.choix,
        "colonnes": [(jour, _titre_de_colonne(jour, mois[-1]), f"{jour:%Y-%m}") for jour in mois],
        "periode": f"{nom_de_mois(mois[0], mois[-1])} à {nom_de_mois(mois[-1], mois[-1])} {mois[-1].year}",
        "lignes_url": f"{lignes_url}&etat=valide",
        "veille_du_premier": f"{mois_de(ajouter_mois(mois[0], -1)).fin:%Y-%m-%d}",
        "fin": f"{mois_de(mois[-1]).fin:%Y-%m-%d}",
        "nom_dernier": nom_de_mois(mois[-1], page.aujourd_hui),
        "nom_veille": nom_de_mois(mois[-2], mois[-1]),
        "mois_precedent": _autre_mois(page, -1),
        "mois_suivant": _autre_mois(page, 1),
        "liens_de_pages": _liens_de_pages(page),
        "de_la_page": " de cette page" if grille.a_des_pages else "",
        "conflits": [ecrire_conflit(case, page.aujourd_hui) for case in grille.cases if case.conflit],
        "lot_a_verifier": grille.dernieres(EtatReleve.DECLARE, EtatReleve.RECTIFIE),
        "lot_a_valider": grille.dernieres(EtatReleve.VERIFIE),
        "motif_form": page.motif_form,
    }


def _liens_de_pages(page: Page) -> list[tuple[int | str, str]]:
    """(numéro, adresse) des pages à proposer, « … » entre deux qui ne se suivent pas.

    « #saisie » n'est pas un endroit de la page : le script y va à la première case à remplir.
    """
    pages = page.grille.pages
    parametres = QueryDict(page.parametres, mutable=True)
    parametres.pop("ligne", None)
    liens: list[tuple[int | str, str]] = []
    for numero in pages.paginator.get_elided_page_range(pages.number, on_each_side=1, on_ends=1):
        parametres["page"] = str(numero)
        liens.append((numero, f"{reverse('clauses:heures')}?{parametres.urlencode()}#saisie"))
    return liens


def _titre_de_colonne(jour: date, reference: date) -> str:
    if jour.year == reference.year:
        return nom_de_mois(jour, jour).capitalize()
    return f"{MOIS_COURTS[jour.month - 1].capitalize()} {jour.year}"


def _autre_mois(page: Page, ecart: int) -> dict[str, str] | None:
    """Le lien vers la même grille, un mois plus tôt ou plus tard ; rien hors des mois au choix."""
    jour = ajouter_mois(page.demande.dernier_mois, ecart)
    if f"{jour:%Y-%m}" not in dict(page.filtre.fields["mois"].choices):
        return None
    parametres = QueryDict(page.parametres, mutable=True)
    parametres["mois"] = f"{jour:%Y-%m}"
    nom = nom_de_mois(jour, page.demande.dernier_mois)
    return {"nom": nom, "url": f"{reverse('clauses:heures')}?{parametres.urlencode()}"}


@dataclass(frozen=True)
class ConflitEcrit:
    """Un conflit prêt à dire : les deux valeurs, qui a mis l'autre, quand, et ce que l'on peut choisir."""

    case: Case
    auteur: str
    verbe: str
    valeur: str
    moment: str
    saisie: str

    @property
    def peut_garder_la_mienne(self) -> bool:
        releve = self.case.conflit.releve
        return releve is None or releve.etat in ETATS_MODIFIABLES


def ecrire_conflit(case: Case, aujourd_hui: date) -> ConflitEcrit:
    conflit = case.conflit
    releve, saisie = conflit.releve, conflit.heures_saisies
    return ConflitEcrit(
        case=case,
        auteur=_auteur(releve),
        verbe="" if releve is None else VERBES[releve.etat],
        valeur="" if releve is None else heures(releve.heures),
        moment="" if releve is None else _moment(releve.decide_le or releve.saisi_le, aujourd_hui),
        saisie="" if saisie is None else heures(saisie),
    )


def _auteur(releve: ReleveHeures | None) -> str:
    """L'entreprise quand elle a déclaré, sinon la personne qui a saisi ou décidé."""
    if releve is None:
        return ""
    auteur = releve.decide_par or releve.saisi_par
    if auteur is None:
        return releve.auteur
    if releve.source == SourceReleve.ENTREPRISE and releve.decide_par is None and auteur.organisation:
        return auteur.organisation.nom
    return auteur.get_full_name()


def _moment(instant: datetime, aujourd_hui: date) -> str:
    local = timezone.localtime(instant)
    jour = "" if local.date() == aujourd_hui else f"le {date_longue(local.date())} "
    return f"{jour}à {heure(local)}"
