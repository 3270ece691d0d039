"""Les échéances lues dans les alertes : combien par tranche, et lesquelles cette semaine."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.urls import reverse

from beneficiaires.periodes import decaler
from clauses.models import Contrat
from comptes.formats import jour_et_date
from comptes.models import Utilisateur
from reporting.models import Alerte, SeuilAlerte, TypeAlerte


@dataclass(frozen=True)
class Tranches:
    """Combien d'échéances ouvertes dans chaque tranche."""

    j90: int = 0
    j60: int = 0
    j30: int = 0
    depassees: int = 0

    def __add__(self, autres: "Tranches") -> "Tranches":
        return Tranches(
            self.j90 + autres.j90, self.j60 + autres.j60, self.j30 + autres.j30, self.depassees + autres.depassees
        )

    @property
    def a_venir(self) -> int:
        return self.j90 + self.j60 + self.j30


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


def semaine_de(utilisateur: Utilisateur, aujourd_hui: date) -> list[Moment]:
    """Du lundi au dimanche : éligibilités et agréments qui finissent, contrats qui commencent ou finissent."""
    lundi = decaler(aujourd_hui, -aujourd_hui.weekday())
    dimanche = decaler(lundi, 6)
    moments = []
    alertes = (
        Alerte.objects.pour(utilisateur)
        .ouvertes()
        .filter(date_echeance__range=(lundi, dimanche))
        .select_related("beneficiaire", "eligibilite__operation")[:LIMITE_SEMAINE]
    )
    for alerte in alertes:
        suite = f" sur {alerte.eligibilite.operation.nom}" if alerte.eligibilite else ""
        moments.append((alerte.date_echeance, f"{alerte.get_type_alerte_display()}{suite}", alerte.beneficiaire))
    contrats = Contrat.objects.pour(utilisateur).select_related("beneficiaire", "employeur")
    for contrat in contrats.filter(date_debut__range=(lundi, dimanche))[:LIMITE_SEMAINE]:
        moments.append((contrat.date_debut, f"Embauche chez {contrat.employeur.nom}", contrat.beneficiaire))
    for contrat in contrats.filter(date_rupture__isnull=True, date_fin__range=(lundi, dimanche))[:LIMITE_SEMAINE]:
        moments.append((contrat.date_fin, f"Fin de contrat chez {contrat.employeur.nom}", contrat.beneficiaire))
    moments.sort(key=lambda m: m[0])
    return [
        Moment(jour, aujourd_hui, texte, reverse("reporting:personne_fiche", args=[qui.pk]), qui.nom_complet)
        for jour, texte, qui in moments[:LIMITE_SEMAINE]
    ]
