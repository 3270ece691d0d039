"""Les échéances lues dans les alertes : combien par tranche, combien de tâches, et lesquelles cette semaine."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case, Count, Q, When
from django.urls import reverse

from beneficiaires.periodes import decaler
from clauses.models import Contrat
from comptes.formats import jour_et_date
from comptes.models import Utilisateur
from reporting.alertes.mots import avec_mots, objet_en_mots, page_du_sujet, sujet
from reporting.models import FINS, Alerte, SeuilAlerte, TypeAlerte

LIMITE_SEMAINE = 8
# Un contrat qui finit se lit sur le contrat : même traité, ou suivi d'un autre, il finit cette semaine.
FINS_SIGNALEES = [type_alerte for type_alerte in FINS if type_alerte != TypeAlerte.CONTRAT]


@dataclass(frozen=True)
class Tranches:
    """Combien d'échéances ouvertes dans chaque tranche ; `a_faire` : les tâches, qui n'ont pas de tranche."""

    j90: int = 0
    j60: int = 0
    j30: int = 0
    depassees: int = 0
    a_faire: int = 0

    def __add__(self, autres: "Tranches") -> "Tranches":
        return Tranches(
            self.j90 + autres.j90,
            self.j60 + autres.j60,
            self.j30 + autres.j30,
            self.depassees + autres.depassees,
            self.a_faire + autres.a_faire,
        )

    @property
    def a_venir(self) -> int:
        return self.j90 + self.j60 + self.j30

    @property
    def total(self) -> int:
        return self.a_venir + self.depassees + self.a_faire


@dataclass(frozen=True)
class Echeances:
    """Les échéances ouvertes d'un utilisateur, par sorte (chaque sorte est présente, même vide), et les fins de la semaine."""

    tranches: dict[str, Tranches]
    fins_de_la_semaine: dict[str, list[UUID]]


def lire_echeances(utilisateur: Utilisateur, aujourd_hui: date) -> Echeances:
    """Une requête : ce qui compte les échéances trouve aussi celles de la semaine."""
    lues = (
        Alerte.objects.pour(utilisateur)
        .ouvertes(aujourd_hui)
        .values_list("type_alerte", "seuil")
        .annotate(
            n=Count("pk"), semaine=ArrayAgg("pk", filter=Q(date_echeance__range=semaine(aujourd_hui)), default=[])
        )
    )
    comptes: dict[str, dict[str, int]] = defaultdict(dict)
    fins: defaultdict[str, list[UUID]] = defaultdict(list)
    for type_alerte, seuil, n, de_la_semaine in lues.order_by():
        comptes[type_alerte][seuil] = n
        if de_la_semaine and type_alerte in FINS_SIGNALEES:
            fins[type_alerte] += de_la_semaine
    tranches = {
        type_alerte: Tranches(
            j90=comptes[type_alerte].get(SeuilAlerte.J90, 0),
            j60=comptes[type_alerte].get(SeuilAlerte.J60, 0),
            j30=comptes[type_alerte].get(SeuilAlerte.J30, 0),
            depassees=comptes[type_alerte].get(SeuilAlerte.DEPASSEE, 0),
            a_faire=comptes[type_alerte].get(SeuilAlerte.A_FAIRE, 0),
        )
        for type_alerte in TypeAlerte
    }
    return Echeances(tranches, fins)


@dataclass(frozen=True)
class Moment:
    """Un point du fil de la semaine."""

    jour: date
    aujourd_hui: date
    texte: str
    lien: str
    nom: str

    @property
    def etat(self) -> str:
        return "fait" if self.jour < self.aujourd_hui else "ici" if self.jour == self.aujourd_hui else ""

    @property
    def libelle(self) -> str:
        texte = jour_et_date(self.jour)
        return f"Aujourd’hui, {texte}" if self.jour == self.aujourd_hui else texte[:1].upper() + texte[1:]


def semaine(aujourd_hui: date) -> tuple[date, date]:
    """Le lundi et le dimanche."""
    lundi = decaler(aujourd_hui, -aujourd_hui.weekday())
    return lundi, decaler(lundi, 6)


def fil_de_la_semaine(utilisateur: Utilisateur, aujourd_hui: date, fins: Mapping[str, Sequence[UUID]]) -> list[Moment]:
    """Du lundi au dimanche : ce qui finit (`fins`, lues par `lire_echeances`), contrats compris, et les embauches."""
    lundi, dimanche = semaine(aujourd_hui)
    pks = list(chain.from_iterable(fins.values()))
    alertes = avec_mots(Alerte.objects.filter(pk__in=pks), fins)[:LIMITE_SEMAINE]
    moments = [(a.date_echeance, _texte(a), page_du_sujet(a), sujet(a)) for a in alertes]
    commence = Q(date_debut__range=(lundi, dimanche))
    finit = Q(date_rupture__isnull=True, date_fin__range=(lundi, dimanche))
    contrats = (
        Contrat.objects.pour(utilisateur)
        .filter(commence | finit)
        .order_by(Case(When(commence, then="date_debut"), default="date_fin"))
        .select_related("beneficiaire", "employeur")
    )
    for contrat in contrats[:LIMITE_SEMAINE]:
        if lundi <= contrat.date_debut <= dimanche:
            moments.append(_du_contrat(contrat, contrat.date_debut, "Embauche"))
        if contrat.date_rupture is None and contrat.date_fin and lundi <= contrat.date_fin <= dimanche:
            moments.append(_du_contrat(contrat, contrat.date_fin, "Fin de contrat"))
    moments.sort(key=lambda moment: moment[0])
    return [Moment(jour, aujourd_hui, *reste) for jour, *reste in moments[:LIMITE_SEMAINE]]


def _du_contrat(contrat: Contrat, jour: date, quoi: str) -> tuple[date, str, str, str]:
    fiche = reverse("reporting:personne_fiche", args=[contrat.beneficiaire_id])
    return jour, f"{quoi} chez {contrat.employeur.nom}", fiche, contrat.beneficiaire.nom_complet


def _texte(alerte: Alerte) -> str:
    match alerte.type_alerte:
        case TypeAlerte.ELIGIBILITE:
            return f"{alerte.get_type_alerte_display()} sur {alerte.operation.nom}"
        case TypeAlerte.MARCHE:
            return f"{alerte.get_type_alerte_display()} {objet_en_mots(alerte)}"
    return alerte.get_type_alerte_display()
