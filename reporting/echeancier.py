"""Les échéances lues dans les alertes : combien par tranche, combien de tâches, et lesquelles cette semaine."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, Q, When
from django.urls import reverse

from beneficiaires.periodes import decaler
from clauses.models import Contrat
from comptes.formats import jour_et_date
from comptes.models import Utilisateur
from reporting.alertes.mots import avec_mots, objet_en_mots, page_du_sujet, sujet
from reporting.models import FINS, Alerte, SeuilAlerte, TypeAlerte


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


def compter_par_tranche(utilisateur: Utilisateur) -> dict[str, Tranches]:
    """Une requête ; chaque type est présent, même vide."""
    comptes: dict[str, dict[str, int]] = defaultdict(dict)
    lus = Alerte.objects.pour(utilisateur).ouvertes().values_list("type_alerte", "seuil").annotate(n=Count("pk"))
    for type_alerte, seuil, n in lus.order_by():
        comptes[type_alerte][seuil] = n
    return {
        type_alerte: Tranches(
            j90=comptes[type_alerte].get(SeuilAlerte.J90, 0),
            j60=comptes[type_alerte].get(SeuilAlerte.J60, 0),
            j30=comptes[type_alerte].get(SeuilAlerte.J30, 0),
            depassees=comptes[type_alerte].get(SeuilAlerte.DEPASSEE, 0),
            a_faire=comptes[type_alerte].get(SeuilAlerte.A_FAIRE, 0),
        )
        for type_alerte in TypeAlerte
    }


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


LIMITE_SEMAINE = 8
# Un contrat qui finit se lit sur le contrat : même traité, ou suivi d'un autre, il finit cette semaine.
FINS_SIGNALEES = [type_alerte for type_alerte in FINS if type_alerte != TypeAlerte.CONTRAT]


def semaine_de(utilisateur: Utilisateur, aujourd_hui: date) -> list[Moment]:
    """Du lundi au dimanche : ce qui finit, contrats compris, et les embauches."""
    lundi = decaler(aujourd_hui, -aujourd_hui.weekday())
    semaine = (lundi, decaler(lundi, 6))
    alertes = Alerte.objects.pour(utilisateur).ouvertes(aujourd_hui, *FINS_SIGNALEES)
    fins = avec_mots(alertes.filter(date_echeance__range=semaine), FINS_SIGNALEES)[:LIMITE_SEMAINE]
    moments = [(a.date_echeance, _texte(a), page_du_sujet(a), sujet(a)) for a in fins]
    commence = Q(date_debut__range=semaine)
    finit = Q(date_rupture__isnull=True, date_fin__range=semaine)
    contrats = (
        Contrat.objects.pour(utilisateur)
        .filter(commence | finit)
        .order_by(Case(When(commence, then="date_debut"), default="date_fin"))
        .select_related("beneficiaire", "employeur")
    )
    for contrat in contrats[:LIMITE_SEMAINE]:
        if lundi <= contrat.date_debut <= semaine[1]:
            moments.append(_du_contrat(contrat, contrat.date_debut, "Embauche"))
        if contrat.date_rupture is None and contrat.date_fin and lundi <= contrat.date_fin <= semaine[1]:
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
